//! The whole analysis, and what comes out of it.

use crate::context::{Checked, Sema};
use crate::errors;
use crate::foreign::Export;
use crate::options::{Mode, Options};
use crate::type_decl::destroyed;
use kiln_air as air;
use kiln_cfg::Program;
use kiln_hir::{self as hir, DeclKind};
use kiln_source::{DeclId, IdxVec, Interner, Reporter, SourceMap, Span, sym};
use kiln_types::{FuncId, Layouts, Pool, TypeId};

/// A `test` block.
#[derive(Clone, Debug)]
pub struct TestCase {
    /// Its text.
    pub name: Box<str>,
    /// Its function.
    pub func: FuncId,
    /// Where it is written.
    pub span: Span,
}

/// A checked program and everything known of it.
#[derive(Debug)]
pub struct Analysis {
    /// Types and values.
    pub pool: Pool,
    /// Layouts on the target.
    pub layouts: Layouts,
    /// The program. Only after an analysis without errors is it complete.
    pub program: Program,
    /// AIR of the bodies, if [`Options::keep_air`].
    pub airs: IdxVec<FuncId, Option<air::Body>>,
    /// The tests of the program, in source order.
    pub tests: Vec<TestCase>,
    /// The functions C can call by name, in source order.
    pub exports: Vec<Export>,
    /// What was evaluated, in the order in which that ended; only with [`Options::clock`].
    pub evaluations: Vec<crate::Evaluation>,
}

/// Checks a program. Mistakes are reported.
pub fn analyze(
    hir: &hir::Program,
    sources: &SourceMap,
    names: &mut Interner,
    reporter: &mut Reporter,
    options: &Options,
) -> Analysis {
    let mut sema = Sema::new(hir, sources, names, reporter, options);
    let tests = sema.check_declarations();
    let exports = sema.check_exports();
    sema.check_main(&exports);
    sema.ensure_panic();
    if options.mode == Mode::Test {
        // An error is reported.
        let _ = sema.make_test_entry(&tests);
    }
    sema.ensure_guard();
    sema.drain_queue();
    for warning in std::mem::take(&mut sema.unchanged).into_values().flatten() {
        sema.reporter.report(warning);
    }
    sema.check_unused_functions();
    sema.reporter.silence(&hir.allows());
    let mut roots: Vec<FuncId> = sema.program.entry.into_iter().collect();
    match options.mode {
        Mode::Test => {}
        Mode::Check => roots.extend(tests.iter().map(|test| test.func).chain(exports.iter().map(|export| export.func))),
        Mode::Program | Mode::Library => roots.extend(exports.iter().map(|export| export.func)),
    }
    let reached = sema.reached_from(roots);
    sema.check_reached(&reached);
    if options.mode != Mode::Check {
        sema.keep(&reached);
    }
    let evaluations = sema.evaluations.finish();
    let Sema { pool, layouts, program, airs, .. } = sema;
    Analysis { pool, layouts, program, airs, tests, exports, evaluations }
}

impl<'a> Sema<'a> {
    /// Checks every declaration of the program that needs no arguments, used or not.
    fn check_declarations(&mut self) -> Vec<TestCase> {
        let mut tests = Vec::new();
        for (decl, item) in self.hir.decls.iter_enumerated() {
            if self.hir.modules[item.module].is_std || !self.stands_alone(decl) {
                continue;
            }
            match self.check_declaration(decl, item) {
                Ok(Some(func)) if matches!(item.kind, DeclKind::Test { .. }) => tests.push(TestCase {
                    name: self.names.name(item.name.symbol).into(),
                    func,
                    span: self.hir.span(decl),
                }),
                // Errors are reported; other declarations are checked all the same.
                Ok(_) | Err(_) => {}
            }
        }
        tests
    }

    /// Whether a declaration means something without arguments: it captures nothing and has no comptime parameters.
    fn stands_alone(&self, decl: DeclId) -> bool {
        let holder = self.capture_holder(decl);
        self.hir.decls[holder].captures.is_empty()
            && !self.decl(decl).as_fn().is_some_and(hir::FnDecl::is_generic)
            && self.decl(decl).parent.is_none_or(|parent| !self.is_in_generic(parent))
    }

    /// Whether a declaration stands inside a function with comptime parameters, so that it is made with that one's instances.
    fn is_in_generic(&self, decl: DeclId) -> bool {
        let item = self.decl(decl);
        item.as_fn().is_some_and(hir::FnDecl::is_generic)
            || item.parent.is_some_and(|parent| self.is_in_generic(parent))
    }

    fn check_declaration(&mut self, decl: DeclId, item: &'a hir::Decl) -> Checked<Option<FuncId>> {
        match &item.kind {
            DeclKind::Fn(_) | DeclKind::Test { .. } => {
                let func = self.ensure_signature(decl, &[], self.hir.name_span(decl))?;
                self.check_foreign(func, item)?;
                self.want_body(func);
                Ok(Some(func))
            }
            DeclKind::Struct(_) | DeclKind::Enum(_) => {
                let ty = self.make_type(decl, &[], None)?;
                self.complete(ty)?;
                self.ensure_layout(ty, self.hir.name_span(decl))?;
                Ok(None)
            }
            DeclKind::Const(_) if self.alias_of(decl).is_some() => Ok(None),
            DeclKind::Const(_) => {
                let span = self.hir.name_span(decl);
                self.ensure_global(decl, &[], span)?;
                Ok(None)
            }
            DeclKind::Drop { .. } => {
                self.check_destructor(decl, item)?;
                Ok(None)
            }
            DeclKind::Error => Ok(None),
        }
    }

    /// A destructor belongs to a type of its file, which has no other.
    fn check_destructor(&mut self, decl: DeclId, item: &hir::Decl) -> Checked<()> {
        let span = self.hir.name_span(decl);
        let Some(of) = destroyed(item) else { return self.reporter.check() };
        let name = self.decl_path(of);
        if self.decl(of).members().is_none() || self.decl(of).module != item.module {
            return Err(self.error(errors::destructor_of_nothing(span, &name)));
        }
        match self.types.destructor(of) {
            Some(first) if first != decl => {
                let first = self.hir.name_span(first);
                Err(self.error(errors::second_destructor(span, &name, first)))
            }
            _ => {
                let func = self.ensure_signature(decl, &[], self.hir.name_span(decl))?;
                self.want_body(func);
                Ok(())
            }
        }
    }

    /// `main` takes nothing and gives `()` or `i32`. A library has exports instead.
    fn check_main(&mut self, exports: &[Export]) {
        if self.options.mode == Mode::Library {
            if exports.is_empty() && !self.reporter.has_errors() {
                let file = self.hir.modules[hir::Program::ROOT].file;
                let error = errors::nothing_exported(self.sources, file);
                self.error(error);
            }
            return;
        }
        let Some(root) = self.hir.modules.get(hir::Program::ROOT) else { return };
        let main = root.names.get(&sym::MAIN).copied();
        let Some(main) = main.filter(|main| matches!(self.decl(*main).kind, DeclKind::Fn(_))) else {
            if self.options.mode == Mode::Program && !self.reporter.has_errors() {
                let file = root.file;
                let error = errors::missing_main(self.sources, file);
                self.error(error);
            }
            return;
        };
        let function = self.decl(main).as_fn().expect("just tested");
        let span = self.hir.name_span(main);
        if !function.params.is_empty() {
            self.error(errors::main_with_parameters(span));
            return;
        }
        let Ok(func) = self.ensure_signature(main, &[], span) else { return };
        let ret = self.program.info(func).sig.ret;
        if !matches!(ret, TypeId::UNIT | TypeId::I32 | TypeId::NEVER) {
            let shown = self.show(ret);
            self.error(errors::main_with_result(span, &shown));
            return;
        }
        self.program.entry = Some(func);
    }

    /// Backends call the panic function by themselves.
    fn ensure_panic(&mut self) {
        if self.options.mode == Mode::Check {
            return;
        }
        if let Ok(func) = self.panic_func() {
            self.program.panic = Some(func);
            self.want_body(func);
        }
    }

    /// What C's `main` calls first.
    fn ensure_guard(&mut self) {
        if self.program.entry.is_none() {
            return;
        }
        if let Ok(Some(func)) = self.guard_func() {
            self.program.guard = Some(func);
            self.want_body(func);
        }
    }

    fn check_unused_functions(&mut self) {
        for (decl, item) in self.hir.decls.iter_enumerated() {
            let name = self.names.name(item.name.symbol);
            let counts = matches!(item.kind, DeclKind::Fn(_)) && !item.is_member && !item.public;
            let exempt = self.hir.modules[item.module].is_std || item.name.symbol == sym::MAIN || name.starts_with('_');
            let exempt = exempt || item.as_fn().is_some_and(|function| function.exported);
            if counts && !exempt && !self.hir.is_used(decl) {
                let warning = errors::unused_function(self.hir.name_span(decl), name);
                self.reporter.report(warning);
            }
        }
    }
}
