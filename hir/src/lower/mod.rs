//! AST → HIR, one module at a time.
//!
//! Names are resolved against one stack of bindings that nested declarations share: a binding of an outer body found from
//! an inner one is a capture. Items are declared before any body is lowered, so their order does not matter.

mod capture;
mod control;
mod expr;
mod item;
mod pat;
mod scope;
mod stmt;

use crate::errors;
use crate::{Body, LocalId, LocalKind, LoopId, Module, Name, Program, VarRef};
use kiln_source::{DeclId, Diagnostic, Interner, ModuleId, Reporter, Symbol, TextRange, Warning};
use kiln_syntax::ast::{self, Ast};
use rustc_hash::{FxHashMap, FxHashSet};
use scope::Scopes;

/// Lowers one file and adds its declarations to the program. `name` is the module's in printed paths.
///
/// Imports are added to [`Program::imports`] without target; names that mean nothing are reported.
pub fn lower_module(
    ast: &Ast,
    name: &str,
    is_std: bool,
    program: &mut Program,
    names: &mut Interner,
    reporter: &mut Reporter,
) -> ModuleId {
    let module = program.modules.push(Module {
        file: ast.file,
        name: name.into(),
        names: FxHashMap::default(),
        decls: Vec::new(),
        allows: Vec::new(),
        methods: FxHashSet::default(),
        is_std,
    });
    let mut lower = Lower {
        ast,
        module,
        program,
        names,
        reporter,
        scopes: Scopes::default(),
        bodies: Vec::new(),
        pending: Vec::new(),
        compared: FxHashSet::default(),
        unresolved: 0,
        has_string: false,
    };
    lower.module_items();
    module
}

/// The state of lowering one module.
struct Lower<'a> {
    ast: &'a Ast,
    module: ModuleId,
    program: &'a mut Program,
    names: &'a mut Interner,
    reporter: &'a mut Reporter,
    scopes: Scopes,
    /// The declarations being lowered, outermost first.
    bodies: Vec<BodyCx>,
    /// Nested declarations that name others: (who names, who is named).
    pending: Vec<(DeclId, DeclId)>,
    /// Declarations whose bare name in a pattern is compared with: consts and types, known before they are lowered.
    compared: FxHashSet<DeclId>,
    /// How many unknown names were reported.
    unresolved: u32,
    /// The module of owned text was imported for a literal.
    has_string: bool,
}

/// The state of lowering one declaration.
struct BodyCx {
    decl: DeclId,
    body: Body,
    /// Which locals are read somewhere.
    read: Vec<bool>,
    /// How bindings are written that are not just a name.
    written: FxHashMap<LocalId, Written>,
    /// Loops around the current expression, outermost first.
    loops: Vec<OpenLoop>,
    /// Locals of enclosing bodies used here.
    captures: Vec<VarRef>,
    /// Nested declarations named here, whose captures become captures here too.
    names_decls: Vec<DeclId>,
    /// `Self` means something here.
    has_self_type: bool,
    /// A type so far mentions `Self`, or the function that makes it.
    mentions_itself: bool,
}

/// How a binding is written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Written {
    /// `P { x }`
    Field,
    /// In several alternatives, or with `mut` where that is no part of its range.
    Several,
}

#[derive(Clone, Copy)]
struct OpenLoop {
    label: Option<Symbol>,
    id: LoopId,
}

impl Lower<'_> {
    fn module_items(&mut self) {
        let ast = self.ast;
        let declared = self.declare_items(ast.items.iter().copied(), None);
        for (_, decl) in &declared {
            self.program.modules[self.module].decls.push(*decl);
        }
        for (item, decl) in declared {
            self.item(item, decl);
        }
        debug_assert!(self.bodies.is_empty());
    }

    fn error(&mut self, diagnostic: Diagnostic) {
        self.reporter.error(diagnostic);
    }

    fn cx(&mut self) -> &mut BodyCx {
        self.bodies.last_mut().expect("expressions are lowered inside a declaration")
    }

    fn span(&self, range: TextRange) -> kiln_source::Span {
        range.in_file(self.ast.file)
    }

    /// Notes what `@allow(…)` silences in `range`. Attributes that do not belong there were reported by the parser.
    fn allows(&mut self, attrs: &[ast::Attr], range: TextRange) {
        for attr in attrs.iter().filter(|attr| attr.name.symbol == kiln_source::sym::ALLOW) {
            for arg in &attr.args {
                self.allow(*arg, range);
            }
        }
    }

    fn allow(&mut self, arg: Name, range: TextRange) {
        match Warning::find(self.names.name(arg.symbol)) {
            Some(warning) => self.program.modules[self.module].allows.push((range, warning)),
            None => {
                let name = self.names.name(arg.symbol).to_owned();
                self.error(errors::unknown_warning(self.span(arg.range), &name));
            }
        }
    }

    /// Starts a declaration's body.
    fn open_body(&mut self, decl: DeclId, has_self_type: bool) {
        self.bodies.push(BodyCx {
            decl,
            body: Body::default(),
            read: Vec::new(),
            written: FxHashMap::default(),
            loops: Vec::new(),
            captures: Vec::new(),
            names_decls: Vec::new(),
            has_self_type,
            mentions_itself: false,
        });
    }

    /// Ends the innermost body: warns of bindings nobody reads, hands captures to the declaration.
    fn close_body(&mut self) -> Body {
        let cx = self.bodies.pop().expect("every open has its close");
        if !self.program.modules[self.module].is_std {
            for ((id, local), read) in cx.body.locals.iter_enumerated().zip(&cx.read) {
                let name = self.names.name(local.name);
                if !read && !name.starts_with('_') && local.name != kiln_source::sym::SELF_VALUE {
                    let silent = match cx.written.get(&id) {
                        None => Some(format!("_{name}")),
                        Some(Written::Field) => Some(format!("{name}: _")),
                        Some(Written::Several) => None,
                    };
                    let is_param = !matches!(local.kind, LocalKind::Binding | LocalKind::Part);
                    let span = local.range.in_file(self.ast.file);
                    self.reporter.report(errors::unused_variable(span, name, is_param, silent));
                }
            }
        }
        self.finish_captures(cx.decl, cx.captures, cx.names_decls);
        cx.body
    }
}
