//! `@assert`. In a test the failure of a comparison shows both sides, as `@dbg` prints them.
//!
//! ```text
//! @assert(a == b)    { let l = a; let r = b;
//!                      if l == r {} else {
//!                          let mut reason = rt::reason_begin();
//!                          let mut out = rt::reason_text(inout reason); put l; rt::text_end(inout out);
//!                          rt::reason_next(inout reason);
//!                          …the same with r…
//!                          panic *rt::reason_end(reason) } }
//! ```
//!
//! A side that is a place stays one: what is bound is its address.

use super::dbg::leaf;
use crate::body::BodyCx;
use crate::context::Checked;
use crate::expr::Expect;
use crate::infer::Pending;
use crate::options::Mode;
use kiln_air::{Arg, BindMode, CastKind, Inst, InstId, LocalId, Panic, UnOp, UseKind};
use kiln_hir::{BinaryOp, Expr, ExprId};
use kiln_source::TextRange;
use kiln_types::{ParamMode, TypeId, TypeKey, ValueId};

/// Instructions that are to write a value when its type is known.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Put {
    /// What is written.
    place: InstId,
    /// The text it goes into.
    out: InstId,
    /// Is to be the value,
    value: InstId,
    /// the same as the type that the library takes,
    widened: InstId,
    /// and the call.
    call: InstId,
}

/// A side of a comparison, evaluated once.
#[derive(Clone, Copy)]
enum Side {
    /// A value in a variable.
    Value(LocalId, TypeId),
    /// The place behind the address in a variable.
    Behind(LocalId, TypeId),
}

impl BodyCx<'_, '_> {
    /// `@assert(c)`, `@assert(c, "…")`: `if !c { panic }`
    pub fn assert(&mut self, condition: ExprId, message: Option<ExprId>, range: TextRange) -> InstId {
        let is_comparison = matches!(
            self.hir[condition],
            Expr::Binary {
                op: BinaryOp::Eq | BinaryOp::Ne | BinaryOp::Lt | BinaryOp::Le | BinaryOp::Gt | BinaryOp::Ge,
                ..
            }
        );
        let cond = self.value(condition, Expect::Type(TypeId::BOOL));
        if is_comparison
            && message.is_none()
            && self.sema.options.mode == Mode::Test
            && let Some((holder, left, right)) = self.sides(cond)
        {
            let shown = self.assert_comparison(cond, holder, [left, right], range);
            return self.or_error(shown, range);
        }
        let panic = match message {
            Some(message) => self.panic(message, range),
            None => self.push(Inst::Panic(Panic::AssertionFailed, None), TypeId::NEVER, range),
        };
        self.unless(cond, panic, range)
    }

    fn unless(&mut self, cond: InstId, panic: InstId, range: TextRange) -> InstId {
        let ok = self.unit(range);
        self.push(Inst::If { cond, then: ok, else_: Some(panic) }, TypeId::UNIT, range)
    }

    /// The instruction that compares, and what it compares, where both sides can be shown.
    fn sides(&mut self, cond: InstId) -> Option<(InstId, InstId, InstId)> {
        let (left, right) = match &self.air.insts[cond] {
            Inst::Unary(UnOp::Not, inner) => return self.sides(*inner),
            Inst::Binary(op, left, right) if op.is_comparison() => {
                // Text is compared by a function that gives a number.
                if matches!(self.air.insts[*left], Inst::Call { .. }) && self.air.ranges[*left] == self.air.ranges[cond]
                {
                    return self.sides(*left);
                }
                (*left, *right)
            }
            Inst::Call { args, .. } => match **args {
                [left, right] => (left.value, right.value),
                _ => return None,
            },
            _ => return None,
        };
        (self.can_show(left) && self.can_show(right)).then_some((cond, left, right))
    }

    fn can_show(&mut self, side: InstId) -> bool {
        let ty = self.ty(side);
        let silent = matches!(
            self.key(ty),
            TypeKey::Error | TypeKey::Never | TypeKey::Unit | TypeKey::Ptr { .. } | TypeKey::Fn(_)
        );
        !silent && !self.sema.is_comptime_only(ty)
    }

    fn assert_comparison(
        &mut self,
        cond: InstId,
        holder: InstId,
        sides: [InstId; 2],
        range: TextRange,
    ) -> Checked<InstId> {
        let mut stmts = Vec::new();
        let sides @ [left, right] = sides.map(|side| self.bind_side(side, &mut stmts));
        let cond = self.compare_sides(cond, holder, sides);
        let panic = self.panic_with_sides([left, right], range)?;
        stmts.push(self.unless(cond, panic, range));
        Ok(self.push(Inst::Block { stmts: stmts.into(), result: None }, TypeId::UNIT, range))
    }

    /// The condition again, of the sides as they are bound.
    fn compare_sides(&mut self, cond: InstId, holder: InstId, sides: [Side; 2]) -> InstId {
        let (ty, range) = (self.air.types[cond], self.air.ranges[cond]);
        let again = match self.air.insts[cond].clone() {
            Inst::Binary(op, ..) if cond == holder => {
                let [left, right] = sides.map(|side| self.read_side(side, range));
                Inst::Binary(op, left, right)
            }
            Inst::Call { func, args } => {
                let [left, right] = sides.map(|side| self.side_place(side, range));
                let arg = |mode, value| Arg { mode, value };
                Inst::Call { func, args: Box::new([arg(args[0].mode, left), arg(args[1].mode, right)]) }
            }
            Inst::Unary(op, inner) => Inst::Unary(op, self.compare_sides(inner, holder, sides)),
            Inst::Binary(op, order, zero) => {
                let order = self.compare_sides(order, holder, sides);
                let zero = self.push(self.air.insts[zero].clone(), self.air.types[zero], range);
                Inst::Binary(op, order, zero)
            }
            other => other,
        };
        // An operand has one user.
        self.set(cond, Inst::Const(ValueId::UNIT), TypeId::UNIT);
        self.push(again, ty, range)
    }

    fn bind_side(&mut self, side: InstId, stmts: &mut Vec<InstId>) -> Side {
        let (ty, range) = (self.air.types[side], self.air.ranges[side]);
        // A pointer's type has to be whole. Values with parts were compared, and so their types are settled.
        let ty = self.resolve(ty);
        if self.is_place(side) {
            let pointer = self.sema.pool.ptr(false, ty);
            let address = self.push(Inst::AddressOf { place: side }, pointer, range);
            let local = self.new_local(None, pointer, None, false);
            stmts.push(self.bind_local(local, BindMode::Copy, address, pointer, range));
            return Side::Behind(local, ty);
        }
        let shallow = self.ty(side);
        let mode = if self.is_copied(shallow) { BindMode::Copy } else { BindMode::Move };
        let local = self.new_local(None, ty, None, false);
        stmts.push(self.bind_local(local, mode, side, ty, range));
        Side::Value(local, ty)
    }

    fn side_place(&mut self, side: Side, range: TextRange) -> InstId {
        match side {
            Side::Value(local, ty) => self.push(Inst::Local(local), ty, range),
            Side::Behind(local, ty) => {
                let pointer = self.sema.pool.ptr(false, ty);
                let place = self.push(Inst::Local(local), pointer, range);
                let address = self.push(Inst::Use { place, kind: UseKind::Copy }, pointer, range);
                self.push(Inst::Deref(address), ty, range)
            }
        }
    }

    /// The value of a side that is a scalar.
    fn read_side(&mut self, side: Side, range: TextRange) -> InstId {
        let (Side::Value(_, ty) | Side::Behind(_, ty)) = side;
        let place = self.side_place(side, range);
        self.push(Inst::Use { place, kind: UseKind::Copy }, ty, range)
    }

    fn panic_with_sides(&mut self, sides: [Side; 2], range: TextRange) -> Checked<InstId> {
        let mut stmts = Vec::new();
        let begin = self.rt_call("reason_begin", Box::default(), range)?;
        let reason_ty = self.air.types[begin];
        let reason = self.new_local(None, reason_ty, None, true);
        stmts.push(self.bind_local(reason, BindMode::Move, begin, reason_ty, range));
        for (index, side) in sides.into_iter().enumerate() {
            if index > 0 {
                let arg = self.local_arg(reason, reason_ty, ParamMode::Inout, range);
                stmts.push(self.rt_call("reason_next", Box::new([arg]), range)?);
            }
            let arg = self.local_arg(reason, reason_ty, ParamMode::Inout, range);
            let text = self.rt_call("reason_text", Box::new([arg]), range)?;
            let text_ty = self.air.types[text];
            let out = self.new_local(None, text_ty, None, true);
            stmts.push(self.bind_local(out, BindMode::Move, text, text_ty, range));
            let place = self.side_place(side, range);
            let out_place = self.push(Inst::Local(out), text_ty, range);
            // Put in place when the type is known for certain.
            let [value, widened, call] = std::array::from_fn(|_| self.unit(range));
            self.infer.pending.push(Pending::Put(Put { place, out: out_place, value, widened, call }));
            stmts.push(call);
            let arg = self.local_arg(out, text_ty, ParamMode::Inout, range);
            stmts.push(self.rt_call("text_end", Box::new([arg]), range)?);
        }
        let arg = self.local_arg(reason, reason_ty, ParamMode::Borrow, range);
        let shown = self.rt_call("reason_end", Box::new([arg]), range)?;
        let text = self.push(Inst::Deref(shown), TypeId::STR, range);
        stmts.push(self.push(Inst::Panic(Panic::User, Some(text)), TypeId::NEVER, range));
        Ok(self.push(Inst::Block { stmts: stmts.into(), result: None }, TypeId::NEVER, range))
    }

    fn local_arg(&mut self, local: LocalId, ty: TypeId, mode: ParamMode, range: TextRange) -> Arg {
        Arg { mode, value: self.push(Inst::Local(local), ty, range) }
    }

    /// Makes the call that writes a value whose type is known now.
    pub fn put_value(&mut self, put: Put) -> Checked<()> {
        let ty = self.settle(self.air.types[put.place]);
        let out = Arg { mode: ParamMode::Inout, value: put.out };
        let (func, value) = match leaf(self.sema, ty) {
            Some((name, as_ty)) => {
                let func = self.sema.rt_func(&format!("put_{name}"))?;
                self.sema.want_body(func);
                let value = match ty {
                    TypeId::STR => Arg { mode: ParamMode::Borrow, value: put.place },
                    _ => {
                        self.set(put.value, Inst::Use { place: put.place, kind: UseKind::Copy }, ty);
                        let mut value = put.value;
                        if ty != as_ty {
                            self.set(put.widened, Inst::Cast(CastKind::Wrap, value), as_ty);
                            value = put.widened;
                        }
                        Arg { mode: ParamMode::Own, value }
                    }
                };
                (func, value)
            }
            None => {
                let span = self.span(self.air.ranges[put.call]);
                self.sema.ensure_layout(ty, span)?;
                let text = self.air.types[put.out];
                (self.sema.dbg_glue(ty, text), Arg { mode: ParamMode::Borrow, value: put.place })
            }
        };
        self.set(put.call, Inst::Call { func, args: Box::new([out, value]) }, TypeId::UNIT);
        Ok(())
    }

    fn set(&mut self, at: InstId, inst: Inst, ty: TypeId) {
        self.air.insts[at] = inst;
        self.air.types[at] = ty;
    }
}
