//! One declaration being checked: a function's body, or the expressions of a signature, a type or a const.

mod certain;
mod check;
mod types;

use crate::context::{Checked, Sema};
use crate::errors;
use crate::infer::Infer;
use crate::known::Known;
use kiln_air::{self as air, Inst, InstId};
use kiln_hir as hir;
use kiln_source::{DeclId, Diagnostic, ErrorReported, FileId, IdxVec, Span, TextRange};
use kiln_types::{TypeId, TypeKey, ValueId};

/// What a local of the HIR is in this instance.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum LocalState {
    /// Not declared yet.
    Unset,
    /// A variable of the function.
    Runtime(air::LocalId),
    /// A variable of the function around a comptime expression: it can't be used there.
    Outer,
    /// Known at comptime.
    Known(Known),
    /// Its declaration was wrong.
    Failed,
}

/// A loop around the current expression.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LoopCx {
    /// Its number in AIR.
    pub id: air::LoopId,
    /// The type its `break`s give it; `None` until one did.
    pub ty: Option<TypeId>,
    /// `while` and `for` give `()`.
    pub is_unit: bool,
    /// In a loop that is written out at comptime: the labelled block of the current turn, which `continue` leaves.
    pub turn: Option<air::LoopId>,
    /// Some `continue` left the current turn.
    pub continued: bool,
}

/// The state of checking one declaration.
pub(crate) struct BodyCx<'s, 'a> {
    pub sema: &'s mut Sema<'a>,
    pub decl: DeclId,
    pub hir: &'a hir::Body,
    pub file: FileId,
    /// Captured values, then comptime arguments.
    pub args: Box<[ValueId]>,
    /// `Self`.
    pub self_type: Option<TypeId>,
    pub locals: IdxVec<hir::LocalId, LocalState>,
    /// What is made.
    pub air: air::Body,
    /// Which AIR locals were written through or passed `inout`.
    pub mutated: Vec<bool>,
    /// The AIR locals that name places of others, in order.
    pub aliases: Vec<air::LocalId>,
    pub infer: Infer,
    /// By HIR loop number.
    pub loops: Vec<Option<LoopCx>>,
    /// The result type; `None` where there is nothing to return from.
    pub ret: Option<TypeId>,
    /// How many branches and loops around are decided only at run time.
    pub runtime_depth: u32,
    /// Variables of `comptime let mut`, with the depth they were declared at.
    pub comptime_vars: Vec<(hir::LocalId, u32)>,
    /// Turns of loops written out at comptime so far.
    pub turns: u32,
    /// How many patterns were wrong so far: what they match is not known.
    pub wrong_patterns: u32,
    /// How many `checked` blocks are around.
    pub checked: u32,
    /// An error was reported for this body.
    pub failed: Option<ErrorReported>,
    /// The body runs only at comptime.
    pub comptime: bool,
}

impl<'s, 'a> BodyCx<'s, 'a> {
    /// Ready to check expressions of a declaration, with its captures and comptime parameters known.
    pub fn new(sema: &'s mut Sema<'a>, decl: DeclId, args: &[ValueId]) -> Checked<Self> {
        let item = sema.decl(decl);
        let hir = &item.body;
        let file = sema.file_of(item.module);
        let self_type = sema.self_type(decl, args)?;
        let mut locals: IdxVec<hir::LocalId, LocalState> = IdxVec::new();
        locals.grow_to(hir.locals.len(), || LocalState::Unset);
        if let Some(function) = item.as_fn() {
            let captured = sema.hir.decls[sema.capture_holder(decl)].captures.len();
            let comptime = function.params.iter().filter(|param| param.comptime);
            for (param, value) in comptime.zip(args.get(captured..).unwrap_or_default()) {
                locals[param.local] = LocalState::Known(Known::Value(*value));
            }
        }
        Ok(BodyCx {
            sema,
            decl,
            hir,
            file,
            args: args.into(),
            self_type,
            locals,
            air: air::Body::empty(file, item.range),
            mutated: Vec::new(),
            aliases: Vec::new(),
            infer: Infer::default(),
            loops: vec![None; hir.loops as usize],
            ret: None,
            runtime_depth: 0,
            comptime_vars: Vec::new(),
            turns: 0,
            wrong_patterns: 0,
            checked: 0,
            failed: None,
            comptime: false,
        })
    }

    pub fn span(&self, range: TextRange) -> Span {
        range.in_file(self.file)
    }

    pub fn range(&self, expr: hir::ExprId) -> TextRange {
        self.hir.expr_ranges[expr]
    }

    pub fn expr_span(&self, expr: hir::ExprId) -> Span {
        self.span(self.range(expr))
    }

    /// Reports an error in this body.
    pub fn error(&mut self, diagnostic: Diagnostic) -> ErrorReported {
        let error = self.sema.error(diagnostic);
        self.failed = Some(error);
        error
    }

    /// Notes that an error was reported while this body was checked.
    pub fn fail(&mut self, error: ErrorReported) {
        self.failed = Some(error);
    }

    pub fn name(&self, symbol: kiln_source::Symbol) -> &str {
        self.sema.names.name(symbol)
    }

    pub fn show(&mut self, ty: TypeId) -> String {
        let ty = self.resolve(ty);
        self.sema.show(ty)
    }

    pub fn key(&self, ty: TypeId) -> &TypeKey {
        self.sema.pool.key(ty)
    }

    /// Appends an instruction.
    pub fn push(&mut self, inst: Inst, ty: TypeId, range: TextRange) -> InstId {
        self.air.push(inst, ty, range)
    }

    /// Stands for an expression that could not be made out.
    pub fn error_inst(&mut self, range: TextRange) -> InstId {
        if let Err(error) = self.sema.reporter.check() {
            // The mistake may be elsewhere: in a type this body uses, say.
            self.fail(error);
        }
        self.push(Inst::Const(ValueId::ERROR), TypeId::ERROR, range)
    }

    /// Reports an error; the instruction stands for the wrong expression.
    pub fn wrong(&mut self, diagnostic: Diagnostic, range: TextRange) -> InstId {
        self.error(diagnostic);
        self.error_inst(range)
    }

    /// The instruction, or the stand-in for what was wrong.
    pub fn or_error(&mut self, result: Checked<InstId>, range: TextRange) -> InstId {
        match result {
            Ok(inst) => inst,
            Err(error) => {
                self.fail(error);
                self.error_inst(range)
            }
        }
    }

    /// The type of an instruction, as far as it is known.
    pub fn ty(&self, inst: InstId) -> TypeId {
        self.infer.shallow(self.air.types[inst], &self.sema.pool)
    }

    pub fn is_place(&self, inst: InstId) -> bool {
        self.air.insts[inst].is_place()
    }

    pub fn is_error(&self, inst: InstId) -> bool {
        self.air.types[inst] == TypeId::ERROR
    }

    pub fn unit(&mut self, range: TextRange) -> InstId {
        self.push(Inst::Const(ValueId::UNIT), TypeId::UNIT, range)
    }

    /// The value of an enclosing body's local.
    pub fn captured(&mut self, var: hir::VarRef, range: TextRange) -> Checked<Known> {
        let holder = self.sema.capture_holder(self.decl);
        let captures = &self.sema.hir.decls[holder].captures;
        match captures.iter().position(|capture| *capture == var) {
            Some(index) if index < self.args.len() => Ok(Known::Value(self.args[index])),
            _ => {
                let name = self.sema.hir.decls[var.decl].body.locals[var.local].name;
                let error = errors::capture_unknown(self.span(range), self.name(name));
                Err(self.error(error))
            }
        }
    }

    /// The values of what a nested declaration captures, seen from here.
    pub fn captures_of(&mut self, decl: DeclId, range: TextRange) -> Checked<Vec<ValueId>> {
        let holder = self.sema.capture_holder(decl);
        let hir = self.sema.hir;
        let mut values = Vec::with_capacity(hir.decls[holder].captures.len());
        for var in &hir.decls[holder].captures {
            let known = if var.decl == self.decl {
                match self.locals[var.local] {
                    LocalState::Known(known) => known,
                    LocalState::Failed => return Err(self.failed.unwrap_or_else(|| self.unknown_capture(decl, *var))),
                    _ => return Err(self.unknown_capture(decl, *var)),
                }
            } else {
                self.captured(*var, range)?
            };
            values.push(self.identity(known, range)?);
        }
        Ok(values)
    }

    /// A nested declaration uses a variable; the mistake is where it names it.
    fn unknown_capture(&mut self, decl: DeclId, var: hir::VarRef) -> ErrorReported {
        let local = &self.sema.hir.decls[var.decl].body.locals[var.local];
        let declared = self.span(local.range);
        let nested = &self.sema.hir.decls[decl];
        let named = nested.body.exprs.iter_enumerated().find(|(_, expr)| **expr == hir::Expr::Captured(var));
        let at = named.map_or(nested.name.range, |(id, _)| nested.body.expr_ranges[id]);
        let error = errors::capture_of_runtime(self.span(at), self.name(local.name), declared);
        self.error(error)
    }

    /// Functions and consts inside this body see none of its variables, whether they are used or not.
    pub fn check_nested(&mut self) {
        for decl in self.sema.types.nested(self.decl) {
            let hir = self.sema.hir;
            let runtime = hir.decls[decl]
                .captures
                .iter()
                .find(|var| var.decl == self.decl && matches!(self.locals[var.local], LocalState::Runtime(_)));
            if let Some(var) = runtime {
                self.unknown_capture(decl, *var);
            }
        }
    }
}

impl Sema<'_> {
    /// What `Self` is for a declaration: the type itself, the type of a member, or that of what is around it.
    fn self_type(&mut self, decl: DeclId, args: &[ValueId]) -> Checked<Option<TypeId>> {
        let item = self.decl(decl);
        let holder = self.capture_holder(decl);
        let captured = self.hir.decls[holder].captures.len().min(args.len());
        match &item.kind {
            hir::DeclKind::Struct(body) if body.is_structural() => Ok(None),
            hir::DeclKind::Struct(_) | hir::DeclKind::Enum(_) => {
                self.make_type(decl, &args[..captured], None).map(Some)
            }
            hir::DeclKind::Drop { ty, .. } if !item.is_member => match item.body[*ty] {
                hir::Expr::Decl(of) if self.decl(of).members().is_some() => self.make_type(of, &[], None).map(Some),
                _ => Ok(None),
            },
            _ if item.is_member => {
                let parent = item.parent.expect("members have a type");
                self.make_type(parent, &args[..captured], None).map(Some)
            }
            // A local function or const inside a method sees the method's `Self` if it captures nothing.
            _ => match item.parent {
                Some(parent) if args.is_empty() && self.capture_holder(parent) != parent => self.self_type(parent, &[]),
                _ => Ok(None),
            },
        }
    }
}
