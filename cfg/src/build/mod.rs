//! AIR to CFG: places, control flow, pattern matches, checks, moves and drops made explicit.
//!
//! The lowering walks the tree once, in order of evaluation. A value is asked for in one of four ways: as an operand
//! ([`Builder::operand`]), into a place ([`Builder::eval`], which builds aggregates where they are to lie), as a place
//! ([`Builder::place`]), or as a jump ([`Builder::condition`]). Each gives [`Diverged`](crate::emit::Diverged) if the
//! path ends inside; what would follow is not emitted.
//!
//! Operands are read where they are written only if a later sibling may change them:
//! ```text
//! x + y                _3: i32 = add.checked _1, _2
//! x + { x = 2; x }     _3: i32 = _1
//!                      _1 = 2_i32
//!                      _4: i32 = add.checked _3, _1
//! ```

mod survey;

mod visible;

mod facts;
pub(crate) use facts::FactTable;

mod place;

mod operand;

mod construct;

mod constant;

mod call;

mod scope;

mod assign;

mod control;

mod loops;

mod pattern;

#[cfg(test)]
mod tests;

use crate::emit::{Emit, Flow, with_stack};
use crate::{Func, Glue, Local, LocalDecl, LocalKind, Place, Terminator};
use kiln_air::{BindMode, Body, Inst, InstId, LocalId, PatKind};
use kiln_source::TextRange;
use kiln_types::{FuncId, Layouts, ParamMode, Pool, Statics, TypeId};
use survey::{Effects, Survey};

/// What building functions needs of its surroundings.
pub struct BuildCx<'a> {
    /// Types and values.
    pub pool: &'a mut Pool,
    /// Sizes and offsets on the target.
    pub layouts: &'a mut Layouts,
    /// Where tables of constants go.
    pub statics: &'a mut Statics,
    /// The function that does this for this type; its body is built when somebody asks for it.
    pub glue: &'a mut dyn FnMut(Glue) -> FuncId,
    /// Kept from one function to the next.
    pub scratch: &'a mut Scratch,
}

/// Buffers, and facts about types, that are kept from one function to the next: one scratch for one pool and target. The
/// definition of a type that a built function uses does not change afterwards.
#[derive(Debug, Default)]
pub struct Scratch {
    pub(crate) emit: Emit,
    pub(crate) facts: FactTable,
    survey: Survey,
    matches: pattern::Buffers,
}

/// A function, and what there is to say about its source.
#[derive(Debug)]
pub struct BuiltFunc {
    /// The function.
    pub func: Func,
    /// Statements that are never reached: the first one behind each that does not go on.
    pub unreachable: Vec<TextRange>,
}

/// Builds the function of a body that sema found right.
pub fn build(body: &Body, cx: &mut BuildCx<'_>) -> BuiltFunc {
    let mut emit = std::mem::take(&mut cx.scratch.emit);
    emit.begin(body.locals.len() + body.insts.len() / 6 + 2);
    declare_locals(body, &mut emit);
    let mut survey = std::mem::take(&mut cx.scratch.survey);
    survey.run(body);
    let mut builder = Builder {
        body,
        cx,
        emit,
        survey,
        scopes: Vec::new(),
        loops: Vec::new(),
        guard_aliases: Vec::new(),
        unreachable: Vec::new(),
        warned: false,
    };
    builder.function();
    let Builder { mut emit, survey, unreachable, .. } = builder;
    let (locals, blocks) = emit.finish();
    cx.scratch.emit = emit;
    cx.scratch.survey = survey;
    let (name, file, range, param_count) = (body.name.clone(), body.file, body.range, body.param_count);
    BuiltFunc { func: Func { name, file, range, locals, param_count, blocks }, unreachable }
}

/// Local `_0`, then the body's locals in their order: `l0` is `_1`.
fn declare_locals(body: &Body, emit: &mut Emit) {
    let (kind, range, scope) = (LocalKind::Return, body.range, TextRange::default());
    emit.locals.push(LocalDecl { ty: body.ret, kind, name: None, mutable: true, range, scope });
    let scopes = visible::scopes(body);
    for (local, scope) in body.locals.iter().zip(scopes) {
        let (kind, mutable) = match local.param {
            Some(mode) => (LocalKind::Param(mode), mode == ParamMode::Inout),
            None => (LocalKind::User, local.mutable),
        };
        let (ty, name, range) = (local.ty, local.name, local.range);
        emit.locals.push(LocalDecl { ty, kind, name, mutable, range, scope });
    }
    for pat in body.pats.iter() {
        if let PatKind::Bind { local, mode: mode @ (BindMode::Alias | BindMode::AliasMut) } = pat.kind {
            let decl = &mut emit.locals[Local(local.0 + 1)];
            (decl.kind, decl.mutable) = (LocalKind::Alias { mutable: mode == BindMode::AliasMut }, false);
        }
    }
}

/// One function being built.
struct Builder<'b, 'a> {
    body: &'b Body,
    cx: &'b mut BuildCx<'a>,
    emit: Emit,
    survey: Survey,
    /// What ends with the scopes that are open here, outermost first.
    scopes: Vec<scope::Entry>,
    /// The loops and labelled blocks that are open here, by their ids.
    loops: Vec<Option<loops::Frame>>,
    /// Bindings that stand for other locals, while a guard is lowered.
    guard_aliases: Vec<(LocalId, Local)>,
    unreachable: Vec<TextRange>,
    /// Unreachable code was reported since something was last reached.
    warned: bool,
}

impl Builder<'_, '_> {
    fn function(&mut self) {
        let body = self.body;
        for (index, local) in body.locals.iter().take(body.param_count).enumerate() {
            if local.param == Some(ParamMode::Own) && self.needs_drop(local.ty) {
                self.scopes.push(scope::Entry {
                    local: Local(index as u32 + 1),
                    drop: scope::Dropped::Whole,
                    storage: false,
                });
            }
        }
        if self.return_value(Some(body.root)).is_ok() {
            self.emit.end(Terminator::Return, TextRange::empty(body.range.end));
        }
    }

    /// The local that stands for a binding or parameter.
    fn local(&self, local: LocalId) -> Local {
        match self.guard_aliases.iter().rev().find(|alias| alias.0 == local) {
            Some(alias) => alias.1,
            None => Local(local.0 + 1),
        }
    }

    fn range(&self, id: InstId) -> TextRange {
        self.body.ranges[id]
    }

    fn ty(&self, id: InstId) -> TypeId {
        self.body.types[id]
    }

    /// Evaluates an instruction and stores its value in `dst`; without `dst` the value is dropped at the end of the
    /// statement. Nothing that the instruction reads may overlap `dst`.
    fn eval(&mut self, dst: Option<&Place>, id: InstId) -> Flow<()> {
        with_stack(|| self.eval_here(dst, id))
    }

    fn eval_here(&mut self, dst: Option<&Place>, id: InstId) -> Flow<()> {
        let body = self.body;
        match &body.insts[id] {
            Inst::Block { stmts, result } => self.block(dst, stmts, *result),
            Inst::Let { pat, init, or_else } => self.let_(id, *pat, *init, *or_else),
            Inst::Assign { place, value } => self.assign(id, *place, *value),
            Inst::AssignOp { op, place, value } => self.assign_op(id, *op, *place, *value),
            Inst::If { cond, then, else_ } => self.if_(dst, *cond, *then, *else_),
            Inst::Match { scrutinee, arms } => self.match_(dst, id, *scrutinee, arms),
            Inst::Loop { id: number, body } => self.loop_(dst, id, *number, *body),
            Inst::ForRange { .. } => self.for_range(id),
            Inst::ForEach { .. } => self.for_each(id),
            Inst::Labeled { id: number, body } => self.labeled(dst, id, *number, *body),
            Inst::Break { id: number, value } => self.break_(id, *number, *value),
            Inst::Continue { id: number } => self.continue_(id, *number),
            Inst::Return(value) => self.return_(id, *value),
            Inst::Panic(reason, text) => self.panic(id, *reason, *text),
            Inst::Call { func, args } => self.call(dst, id, *func, args),
            Inst::CallPtr { callee, args } => self.call_pointer(dst, id, *callee, args),
            Inst::Struct { fields, base } => self.struct_(dst, id, fields, *base),
            Inst::Tuple(parts) => self.tuple(dst, id, parts),
            Inst::Array(elems) => self.array(dst, id, elems),
            Inst::Repeat { value, len } => self.repeat(dst, id, *value, *len),
            Inst::Variant { variant, fields } => self.variant(dst, id, *variant, fields),
            Inst::Const(_)
            | Inst::Local(_)
            | Inst::Static(_)
            | Inst::Field { .. }
            | Inst::Index { .. }
            | Inst::Slice { .. }
            | Inst::Deref(_)
            | Inst::Use { .. }
            | Inst::AddressOf { .. }
            | Inst::Len(_)
            | Inst::Tag(_)
            | Inst::Unary(..)
            | Inst::Binary(..)
            | Inst::Cast(..)
            | Inst::Builtin(..)
            | Inst::MakeType { .. } => self.eval_simple(dst, id),
        }
    }

    /// What evaluating an instruction may do.
    fn effects(&self, id: InstId) -> Effects {
        self.survey.effects(id)
    }
}
