//! `for`: over ranges, arrays, slices, what containers show, characters of text, and iterators.

use super::Expect;
use crate::body::BodyCx;
use crate::context::Checked;
use crate::errors;
use crate::pattern::Owner;
use kiln_air::{self as air, Arg, Arm, BinOp, BindMode, Inst, InstId, Pat, PatKind, UseKind};
use kiln_hir::{ExprId, ForIter, LoopId, PatId};
use kiln_source::{TextRange, sym};
use kiln_types::{FuncId, ParamMode, TypeId, TypeKey};

impl BodyCx<'_, '_> {
    pub fn for_expr(&mut self, id: LoopId, pat: PatId, iter: ForIter, body: ExprId, range: TextRange) -> InstId {
        match iter {
            ForIter::Range { from, to, inclusive } => {
                let first = self.value(from, Expect::None);
                let hint = match self.ty(first) {
                    TypeId::ERROR | TypeId::NEVER => Expect::None,
                    ty => Expect::Hint(ty),
                };
                let last = self.value(to, hint);
                let ty = self.range_type(first, last, from, to);
                self.refuse_parts(pat);
                let pat = self.pattern(pat, ty, Owner::Value);
                self.check_irrefutable(pat, ty);
                let air = self.enter_loop(id, true);
                let body = self.unit_body(body, errors::loop_body_value);
                self.loops[id.0 as usize] = None;
                self.push(Inst::ForRange { id: air, pat, from: first, to: last, inclusive, body }, TypeId::UNIT, range)
            }
            ForIter::Each(elems) => self.for_each(id, pat, elems, body, range),
        }
    }

    /// The type that a range counts in.
    fn range_type(&mut self, first: InstId, last: InstId, from: ExprId, to: ExprId) -> TypeId {
        let (a, b) = (self.ty(first), self.ty(last));
        if a == TypeId::ERROR || b == TypeId::ERROR {
            return TypeId::ERROR;
        }
        if !self.unify(a, b) {
            let (a, b) = (self.show(a), self.show(b));
            let error = errors::range_mismatch(self.expr_span(from), &a, self.expr_span(to), &b);
            self.error(error);
            return TypeId::ERROR;
        }
        let ty = self.ty(first);
        let fits =
            matches!(self.key(ty), TypeKey::Int { .. } | TypeKey::Size { .. } | TypeKey::InferInt(_) | TypeKey::Char);
        if !fits {
            let shown = self.show(ty);
            let error = errors::range_of(self.expr_span(from), &shown);
            self.error(error);
            return TypeId::ERROR;
        }
        ty
    }

    fn for_each(&mut self, id: LoopId, pat: PatId, elems: ExprId, body: ExprId, range: TextRange) -> InstId {
        let inst = self.operand(elems, Expect::None);
        let inst = self.view_of(inst);
        let ty = self.ty(inst);
        let elem = match *self.key(ty) {
            TypeKey::Array { elem, .. } | TypeKey::Slice { elem } => elem,
            TypeKey::Str => return self.for_chars(id, pat, inst, body, range),
            TypeKey::Error => TypeId::ERROR,
            _ => {
                if let Some((next, item)) = self.next_method(ty, range) {
                    return self.for_next(id, pat, inst, (next, item), body, range);
                }
                let shown = self.show(ty);
                let error = errors::not_iterable(self.expr_span(elems), &shown);
                self.error(error);
                TypeId::ERROR
            }
        };
        let elem = if elem == TypeId::ERROR { elem } else { self.infer.shallow(elem, &self.sema.pool) };
        // Elements stay where they are; the array of a value is dropped as a whole behind the loop.
        if self.changes_parts(pat) {
            self.demand_mutable(inst, elems);
        }
        let pat = self.pattern(pat, elem, Owner::Borrowed);
        self.check_irrefutable(pat, elem);
        let air = self.enter_loop(id, true);
        let body = self.unit_body(body, errors::loop_body_value);
        self.loops[id.0 as usize] = None;
        if elem == TypeId::ERROR {
            return self.error_inst(range);
        }
        self.push(Inst::ForEach { id: air, pat, elems: inst, body }, TypeId::UNIT, range)
    }

    /// `for c in text`: the position moves on before each turn, so `continue` needs nothing special.
    fn for_chars(&mut self, id: LoopId, pat: PatId, text: InstId, body: ExprId, range: TextRange) -> InstId {
        let next = match self.sema.rt_func("next_char") {
            Ok(next) => next,
            Err(error) => {
                self.fail(error);
                return self.error_inst(range);
            }
        };
        self.sema.want_body(next);
        let view = self.new_local(None, TypeId::STR, None, false);
        let bind_view = self.bind_local(view, BindMode::Alias, text, TypeId::STR, range);
        let at = self.new_local(None, TypeId::USIZE, None, true);
        let zero = self.sema.pool.scalar(TypeId::USIZE, 0);
        let zero = self.push(Inst::Const(zero), TypeId::USIZE, range);
        let bind_at = self.bind_local(at, BindMode::Copy, zero, TypeId::USIZE, range);
        let air = self.enter_loop(id, true);
        let test = self.leave_unless_before_end(air, at, view, range);
        let args = Box::new([
            Arg { mode: ParamMode::Borrow, value: self.push(Inst::Local(view), TypeId::STR, range) },
            Arg { mode: ParamMode::Inout, value: self.push(Inst::Local(at), TypeId::USIZE, range) },
        ]);
        let char = self.push(Inst::Call { func: next, args }, TypeId::CHAR, range);
        self.refuse_parts(pat);
        let pat = self.pattern(pat, TypeId::CHAR, Owner::Value);
        self.check_irrefutable(pat, TypeId::CHAR);
        let bind = self.push(Inst::Let { pat, init: char, or_else: None }, TypeId::UNIT, range);
        let body = self.unit_body(body, errors::loop_body_value);
        self.loops[id.0 as usize] = None;
        let turn = self.statements(vec![test, bind, body], range);
        let whole = self.push(Inst::Loop { id: air, body: turn }, TypeId::UNIT, range);
        self.statements(vec![bind_view, bind_at, whole], range)
    }

    /// `if at >= text.len() { break }`
    fn leave_unless_before_end(
        &mut self,
        id: air::LoopId,
        at: air::LocalId,
        text: air::LocalId,
        range: TextRange,
    ) -> InstId {
        let place = self.push(Inst::Local(at), TypeId::USIZE, range);
        let value = self.push(Inst::Use { place, kind: UseKind::Copy }, TypeId::USIZE, range);
        let text = self.push(Inst::Local(text), TypeId::STR, range);
        let len = self.push(Inst::Len(text), TypeId::USIZE, range);
        let cond = self.push(Inst::Binary(BinOp::Ge, value, len), TypeId::BOOL, range);
        let then = self.push(Inst::Break { id, value: None }, TypeId::NEVER, range);
        self.push(Inst::If { cond, then, else_: None }, TypeId::UNIT, range)
    }

    fn statements(&mut self, stmts: Vec<InstId>, range: TextRange) -> InstId {
        self.push(Inst::Block { stmts: stmts.into(), result: None }, TypeId::UNIT, range)
    }

    /// `fn next(inout self) -> Option(T)` of an iterator, and `Option(T)`.
    fn next_method(&mut self, ty: TypeId, range: TextRange) -> Option<(FuncId, TypeId)> {
        let span = self.span(range);
        let next = self.sema.hook(ty, sym::NEXT, &[ParamMode::Inout], span)?;
        let item = self.sema.program.info(next).sig.ret;
        self.sema.option_payload(item).map(|_| (next, item))
    }

    /// `for x in iterator`: `loop { match it.next() { Some(x) => …, None => break } }`.
    fn for_next(
        &mut self,
        id: LoopId,
        pat: PatId,
        iterator: InstId,
        (next, option): (FuncId, TypeId),
        body: ExprId,
        range: TextRange,
    ) -> InstId {
        self.sema.want_body(next);
        let ty = self.ty(iterator);
        let value = self.use_place(iterator);
        let it = self.new_local(None, ty, None, true);
        let mode = if self.is_copied(ty) { BindMode::Copy } else { BindMode::Move };
        let bind = self.bind_local(it, mode, value, ty, range);
        let air = self.enter_loop(id, true);
        let args = Box::new([Arg { mode: ParamMode::Inout, value: self.push(Inst::Local(it), ty, range) }]);
        let item = self.push(Inst::Call { func: next, args }, option, range);
        let arms = self.some_or_leave(air, pat, option, body, range);
        self.loops[id.0 as usize] = None;
        let Ok(arms) = arms else { return self.error_inst(range) };
        let turn = self.push(Inst::Match { scrutinee: item, arms }, TypeId::UNIT, range);
        let whole = self.push(Inst::Loop { id: air, body: turn }, TypeId::UNIT, range);
        self.statements(vec![bind, whole], range)
    }

    fn some_or_leave(
        &mut self,
        id: air::LoopId,
        pat: PatId,
        option: TypeId,
        body: ExprId,
        range: TextRange,
    ) -> Checked<Box<[Arm]>> {
        let payload = self.sema.option_payload(option).expect("the caller has looked");
        let (some, none) = self.sema.option_variants(option)?;
        self.refuse_parts(pat);
        let inner = self.pattern(pat, payload, Owner::Value);
        self.check_irrefutable(inner, payload);
        let kind = PatKind::Variant { variant: some, fields: Box::new([(0, inner)]) };
        let some = self.air.pats.push(Pat { kind, ty: option, range });
        let kind = PatKind::Variant { variant: none, fields: Box::default() };
        let none = self.air.pats.push(Pat { kind, ty: option, range });
        let body = self.unit_body(body, errors::loop_body_value);
        let leave = self.push(Inst::Break { id, value: None }, TypeId::NEVER, range);
        Ok(Box::new([Arm { pat: some, guard: None, body }, Arm { pat: none, guard: None, body: leave }]))
    }
}
