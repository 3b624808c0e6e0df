//! Unary and binary operators.

use super::Expect;
use crate::body::BodyCx;
use crate::errors;
use kiln_air::{Arg, BinOp, Inst, InstId, Overflow, UnOp};
use kiln_cfg::Glue;
use kiln_hir::{BinaryOp, Expr, ExprId, UnaryOp};
use kiln_source::TextRange;
use kiln_types::{ParamMode, TypeId, TypeKey};
use rustc_hash::FxHashSet;

impl BodyCx<'_, '_> {
    pub fn unary(&mut self, op: UnaryOp, operand: ExprId, expect: Expect, range: TextRange) -> InstId {
        if op == UnaryOp::Neg {
            // `-128` is a literal of its own: the positive number need not fit.
            match &self.hir[operand] {
                Expr::Int(value) => return self.negative_int(u128::from(*value), expect, range),
                Expr::BigInt(value) => return self.negative_int(**value, expect, range),
                Expr::Float(text) => return self.float_literal(*text, true, expect, range),
                _ => {}
            }
        }
        let inst = self.value(operand, expect.hint());
        let ty = self.ty(inst);
        if ty == TypeId::ERROR {
            return self.error_inst(range);
        }
        let key = self.key(ty);
        let fits = match op {
            UnaryOp::Neg => match key {
                TypeKey::Int { signed, .. } | TypeKey::Size { signed } => {
                    if !signed {
                        let shown = self.show(ty);
                        let error = errors::negate_unsigned(self.span(range), &shown);
                        return self.wrong(error, range);
                    }
                    true
                }
                TypeKey::Float { .. } | TypeKey::InferFloat(_) | TypeKey::InferInt(_) => true,
                _ => false,
            },
            UnaryOp::Not => ty == TypeId::BOOL,
            UnaryOp::BitNot => matches!(key, TypeKey::Int { .. } | TypeKey::Size { .. } | TypeKey::InferInt(_)),
        };
        if !fits && ty != TypeId::NEVER {
            let shown = self.show(ty);
            let is_int = self.sema.pool.is_int(ty);
            let error = errors::bad_unary(self.span(range), op, &shown, ty == TypeId::BOOL, is_int);
            return self.wrong(error, range);
        }
        let op = if op == UnaryOp::Neg { UnOp::Neg(Overflow::Checked) } else { UnOp::Not };
        self.push(Inst::Unary(op, inst), self.air.types[inst], range)
    }

    fn negative_int(&mut self, value: u128, expect: Expect, range: TextRange) -> InstId {
        let expected = expect.ty().map(|ty| self.infer.shallow(ty, &self.sema.pool));
        if let Some(ty) = expected
            && self.sema.pool.is_int(ty)
            && !self.sema.pool.is_signed(ty)
            && value != 0
        {
            let shown = self.show(ty);
            let error = errors::negate_unsigned(self.span(range), &shown);
            return self.wrong(error, range);
        }
        self.int_literal(value, true, expect, range)
    }

    pub fn binary(
        &mut self,
        op: BinaryOp,
        op_range: TextRange,
        lhs: ExprId,
        rhs: ExprId,
        expect: Expect,
        range: TextRange,
    ) -> InstId {
        match op {
            BinaryOp::Eq | BinaryOp::Ne => return self.equality(op == BinaryOp::Ne, op_range, lhs, rhs, range),
            BinaryOp::Lt | BinaryOp::Le | BinaryOp::Gt | BinaryOp::Ge => {
                return self.ordering(op, op_range, lhs, rhs, range);
            }
            BinaryOp::Shl | BinaryOp::Shr => return self.shift(op, op_range, lhs, rhs, expect, range),
            _ => {}
        }
        let left = self.operand(lhs, expect.hint());
        // Reading it now keeps the order of evaluation; what has no size is refused below.
        let left = if self.sema.pool.is_unsized(self.ty(left)) { left } else { self.use_place(left) };
        let hint = self.operand_hint(left);
        let right = self.operand(rhs, hint);
        let right = if self.sema.pool.is_unsized(self.ty(right)) { right } else { self.use_place(right) };
        let Some(ty) = self.same_numbers(op, op_range, left, right) else { return self.error_inst(range) };
        let Some(air_op) = self.arith_op(op, ty) else {
            let error = self.bad_operands(op, op_range, left, right);
            return self.wrong(error, range);
        };
        self.push(Inst::Binary(air_op, left, right), ty, range)
    }

    /// What the left operand says of the right one.
    fn operand_hint(&mut self, left: InstId) -> Expect {
        match self.ty(left) {
            TypeId::ERROR | TypeId::NEVER => Expect::None,
            ty => Expect::Hint(ty),
        }
    }

    /// `left op right` where the left operand is known: for assignments at comptime.
    pub fn binary_with(
        &mut self,
        op: BinaryOp,
        op_range: TextRange,
        left: InstId,
        rhs: ExprId,
        range: TextRange,
    ) -> InstId {
        if matches!(op, BinaryOp::Shl | BinaryOp::Shr) {
            let right = self.value(rhs, Expect::None);
            return self.shift_values(op, op_range, left, right, range);
        }
        let hint = self.operand_hint(left);
        let right = self.value(rhs, hint);
        let Some(ty) = self.same_numbers(op, op_range, left, right) else { return self.error_inst(range) };
        match self.arith_op(op, ty) {
            Some(op) => self.push(Inst::Binary(op, left, right), ty, range),
            None => {
                let error = self.bad_operands(op, op_range, left, right);
                self.wrong(error, range)
            }
        }
    }

    /// The common type of two operands. `None` if there is none; that was reported.
    fn same_numbers(&mut self, op: BinaryOp, op_range: TextRange, left: InstId, right: InstId) -> Option<TypeId> {
        let (a, b) = (self.ty(left), self.ty(right));
        if a == TypeId::ERROR || b == TypeId::ERROR {
            return None;
        }
        if a == TypeId::NEVER {
            return Some(b);
        }
        if b != TypeId::NEVER && !self.unify(a, b) {
            let error = self.bad_operands(op, op_range, left, right);
            self.error(error);
            return None;
        }
        Some(self.ty(left))
    }

    fn bad_operands(
        &mut self,
        op: BinaryOp,
        op_range: TextRange,
        left: InstId,
        right: InstId,
    ) -> kiln_source::Diagnostic {
        let (left_ty, right_ty) = (self.ty(left), self.ty(right));
        let (a, b) = (self.show(left_ty), self.show(right_ty));
        let (left, right) = (self.span(self.air.ranges[left]), self.span(self.air.ranges[right]));
        errors::bad_operands(self.span(op_range), op.spelling(), (left, &a), (right, &b))
    }

    fn arith_op(&self, op: BinaryOp, ty: TypeId) -> Option<BinOp> {
        let key = self.key(ty);
        let is_int = matches!(key, TypeKey::Int { .. } | TypeKey::Size { .. } | TypeKey::InferInt(_) | TypeKey::Never);
        let is_number = is_int || matches!(key, TypeKey::Float { .. } | TypeKey::InferFloat(_));
        let is_bits = is_int || ty == TypeId::BOOL;
        let checked = Overflow::Checked;
        let (op, fits) = match op {
            BinaryOp::Add => (BinOp::Add(checked), is_number),
            BinaryOp::Sub => (BinOp::Sub(checked), is_number),
            BinaryOp::Mul => (BinOp::Mul(checked), is_number),
            BinaryOp::Div => (BinOp::Div(checked), is_number),
            BinaryOp::Rem => (BinOp::Rem(checked), is_number),
            BinaryOp::Shl => (BinOp::Shl(checked), is_int),
            BinaryOp::Shr => (BinOp::Shr(checked), is_int),
            BinaryOp::BitAnd => (BinOp::And, is_bits),
            BinaryOp::BitOr => (BinOp::Or, is_bits),
            BinaryOp::BitXor => (BinOp::Xor, is_bits),
            _ => return None,
        };
        fits.then_some(op)
    }

    /// Shifts: the amount is an integer of any type.
    fn shift(
        &mut self,
        op: BinaryOp,
        op_range: TextRange,
        lhs: ExprId,
        rhs: ExprId,
        expect: Expect,
        range: TextRange,
    ) -> InstId {
        let left = self.value(lhs, expect.hint());
        let right = self.value(rhs, Expect::None);
        self.shift_values(op, op_range, left, right, range)
    }

    fn shift_values(
        &mut self,
        op: BinaryOp,
        op_range: TextRange,
        left: InstId,
        right: InstId,
        range: TextRange,
    ) -> InstId {
        let (a, b) = (self.ty(left), self.ty(right));
        if a == TypeId::ERROR || b == TypeId::ERROR {
            return self.error_inst(range);
        }
        let amount_fits =
            matches!(self.key(b), TypeKey::Int { .. } | TypeKey::Size { .. } | TypeKey::InferInt(_) | TypeKey::Never);
        let air_op = self.arith_op(op, a).filter(|_| amount_fits);
        let Some(air_op) = air_op else {
            let error = self.bad_operands(op, op_range, left, right);
            return self.wrong(error, range);
        };
        self.push(Inst::Binary(air_op, left, right), self.air.types[left], range)
    }

    /// `==` and `!=`: scalars by bits, everything else by its parts; neither side is moved.
    fn equality(&mut self, negate: bool, op_range: TextRange, lhs: ExprId, rhs: ExprId, range: TextRange) -> InstId {
        let op = if negate { BinaryOp::Ne } else { BinaryOp::Eq };
        let left = self.operand(lhs, Expect::None);
        let hint = self.operand_hint(left);
        let right = self.operand(rhs, hint);
        let (left, right) = self.compared_views(left, right);
        let Some(ty) = self.same_numbers(op, op_range, left, right) else { return self.error_inst(range) };
        if self.is_scalar(ty) {
            let (left, right) = (self.use_place(left), self.use_place(right));
            let op = if negate { BinOp::Ne } else { BinOp::Eq };
            return self.push(Inst::Binary(op, left, right), TypeId::BOOL, range);
        }
        if ty == TypeId::UNIT {
            return self.bool_literal(!negate, range);
        }
        if ty == TypeId::TYPE {
            return self.type_equality(negate, left, right, range);
        }
        let ty = self.settle(ty);
        if let Err(part) = self.comparable(ty) {
            let (shown, part) = (self.show(ty), self.show(part));
            let error = errors::not_comparable(self.span(op_range), op.spelling(), &shown, &part);
            return self.wrong(error, range);
        }
        let span = self.span(range);
        if let Err(error) = self.sema.ensure_layout(ty, span) {
            self.fail(error);
            return self.error_inst(range);
        }
        let func = self.sema.glue(Glue::Eq(ty));
        let arg = |value| Arg { mode: ParamMode::Borrow, value };
        let call = self.push(Inst::Call { func, args: Box::new([arg(left), arg(right)]) }, TypeId::BOOL, range);
        if negate { self.push(Inst::Unary(UnOp::Not, call), TypeId::BOOL, range) } else { call }
    }

    fn type_equality(&mut self, negate: bool, left: InstId, right: InstId, range: TextRange) -> InstId {
        match (self.air.insts[left].as_const(), self.air.insts[right].as_const()) {
            (Some(a), Some(b)) => self.bool_literal((a == b) != negate, range),
            _ => {
                let op = if negate { BinOp::Ne } else { BinOp::Eq };
                let (left, right) = (self.use_place(left), self.use_place(right));
                self.push(Inst::Binary(op, left, right), TypeId::BOOL, range)
            }
        }
    }

    /// Whether values of the type are one scalar.
    pub fn is_scalar(&self, ty: TypeId) -> bool {
        match self.key(ty) {
            TypeKey::Ptr { pointee, .. } => !self.sema.pool.is_unsized(*pointee),
            TypeKey::Enum { .. } | TypeKey::AnonEnum { .. } => {
                self.sema.pool.enum_def(ty).is_some_and(|def| def.is_unit_only() && !def.variants.is_empty())
            }
            key => matches!(
                key,
                TypeKey::Bool
                    | TypeKey::Char
                    | TypeKey::Int { .. }
                    | TypeKey::Size { .. }
                    | TypeKey::Float { .. }
                    | TypeKey::InferInt(_)
                    | TypeKey::InferFloat(_)
                    | TypeKey::Fn(_)
                    | TypeKey::Never
            ),
        }
    }

    /// Whether values of the type can be compared for equality; if not, the part that can't.
    pub fn comparable(&mut self, ty: TypeId) -> Result<(), TypeId> {
        self.comparable_but(ty, &mut FxHashSet::default())
    }

    /// `seen`: parts that were looked at.
    fn comparable_but(&mut self, ty: TypeId, seen: &mut FxHashSet<TypeId>) -> Result<(), TypeId> {
        if self.is_scalar(ty) || matches!(ty, TypeId::STR | TypeId::UNIT | TypeId::ERROR) {
            return Ok(());
        }
        let _ = self.sema.complete(ty);
        let parts: Vec<TypeId> = match self.key(ty) {
            TypeKey::Array { elem, .. } | TypeKey::Slice { elem } => vec![*elem],
            TypeKey::Tuple(parts) => parts.to_vec(),
            TypeKey::Struct { .. } | TypeKey::AnonStruct { .. } => {
                let def = self.sema.pool.struct_def(ty);
                def.map_or_else(Vec::new, |def| def.fields.iter().map(|field| field.ty).collect())
            }
            TypeKey::Enum { .. } | TypeKey::AnonEnum { .. } => {
                let def = self.sema.pool.enum_def(ty);
                let fields = def.into_iter().flat_map(|def| def.variants.iter()).flat_map(|variant| &variant.fields);
                fields.map(|field| field.ty).collect()
            }
            _ => return Err(ty),
        };
        if self.sema.eq_method(ty).is_some() {
            return Ok(());
        }
        // A recursive type is reported elsewhere; here it must only not recurse for ever.
        match seen.insert(ty) {
            true => parts.into_iter().try_for_each(|part| self.comparable_but(part, seen)),
            false => Ok(()),
        }
    }

    /// `<` and its kin, on numbers, chars and text.
    fn ordering(&mut self, op: BinaryOp, op_range: TextRange, lhs: ExprId, rhs: ExprId, range: TextRange) -> InstId {
        let left = self.operand(lhs, Expect::None);
        let hint = self.operand_hint(left);
        let right = self.operand(rhs, hint);
        let (left, right) = self.ordered_views(left, right);
        let Some(ty) = self.same_numbers(op, op_range, left, right) else { return self.error_inst(range) };
        if ty == TypeId::STR {
            return self.text_ordering(op, left, right, range);
        }
        let fits = matches!(
            self.key(ty),
            TypeKey::Char
                | TypeKey::Int { .. }
                | TypeKey::Size { .. }
                | TypeKey::Float { .. }
                | TypeKey::InferInt(_)
                | TypeKey::InferFloat(_)
                | TypeKey::Never
        ) || matches!(self.key(ty), TypeKey::Ptr { pointee, .. } if !self.sema.pool.is_unsized(*pointee));
        if !fits {
            let error = self.bad_operands(op, op_range, left, right);
            return self.wrong(error, range);
        }
        let (left, right) = (self.use_place(left), self.use_place(right));
        self.push(Inst::Binary(compare_op(op), left, right), TypeId::BOOL, range)
    }

    /// Both sides of an ordering: text in containers is compared as text.
    fn ordered_views(&mut self, left: InstId, right: InstId) -> (InstId, InstId) {
        let range = self.air.ranges[left];
        if self.view_type(self.ty(left), range) == Some(TypeId::STR) {
            return (self.view_of(left), self.view_of(right));
        }
        self.compared_views(left, right)
    }

    /// Text is ordered by its bytes, which is the order of its characters.
    fn text_ordering(&mut self, op: BinaryOp, left: InstId, right: InstId, range: TextRange) -> InstId {
        let arg = |value| Arg { mode: ParamMode::Borrow, value };
        let order = match self.rt_call("str_compare", Box::new([arg(left), arg(right)]), range) {
            Ok(order) => order,
            Err(error) => {
                self.fail(error);
                return self.error_inst(range);
            }
        };
        let zero = self.sema.pool.scalar(TypeId::I32, 0);
        let zero = self.push(Inst::Const(zero), TypeId::I32, range);
        self.push(Inst::Binary(compare_op(op), order, zero), TypeId::BOOL, range)
    }

    /// `place op= value`
    pub fn assign_op(
        &mut self,
        op: BinaryOp,
        place: ExprId,
        value: ExprId,
        op_range: TextRange,
        range: TextRange,
    ) -> InstId {
        let target = self.operand(place, Expect::None);
        let ty = self.ty(target);
        let is_shift = matches!(op, BinaryOp::Shl | BinaryOp::Shr);
        let hint = if is_shift || ty == TypeId::ERROR { Expect::None } else { Expect::Hint(ty) };
        let right = self.value(value, hint);
        if !self.demand_mutable(target, place) || self.is_error(right) {
            return self.error_inst(range);
        }
        if !is_shift && self.same_numbers(op, op_range, target, right).is_none() {
            return self.error_inst(range);
        }
        let Some(air_op) = self.arith_op(op, ty) else {
            let error = self.bad_operands(op, op_range, target, right);
            return self.wrong(error, range);
        };
        if is_shift
            && !self.sema.pool.is_int(self.ty(right))
            && !matches!(self.key(self.ty(right)), TypeKey::InferInt(_))
        {
            let error = self.bad_operands(op, op_range, target, right);
            return self.wrong(error, range);
        }
        let settled = self.settle_operands(target, right);
        let (place, value) = settled.as_ref().map_or((target, right), |settled| (settled.place, settled.value));
        let assign = self.push(Inst::AssignOp { op: air_op, place, value }, TypeId::UNIT, range);
        self.after_operands(settled, assign, range)
    }

    /// Both sides of a comparison, with containers as what they show where the other side is a view.
    fn compared_views(&mut self, left: InstId, right: InstId) -> (InstId, InstId) {
        let (a, b) = (self.ty(left), self.ty(right));
        let is_view =
            |cx: &Self, ty: TypeId| matches!(cx.key(ty), TypeKey::Slice { .. } | TypeKey::Array { .. } | TypeKey::Str);
        let needs_views = a != b && (is_view(self, a) || is_view(self, b));
        if !needs_views {
            return (left, right);
        }
        let (left, right) = (self.view_of(left), self.view_of(right));
        match (self.key(self.ty(left)), self.key(self.ty(right))) {
            (TypeKey::Slice { .. }, TypeKey::Array { .. }) => (left, self.as_view(right, self.ty(left))),
            (TypeKey::Array { .. }, TypeKey::Slice { .. }) => (self.as_view(left, self.ty(right)), right),
            _ => (left, right),
        }
    }
}

fn compare_op(op: BinaryOp) -> BinOp {
    match op {
        BinaryOp::Lt => BinOp::Lt,
        BinaryOp::Le => BinOp::Le,
        BinaryOp::Gt => BinOp::Gt,
        _ => BinOp::Ge,
    }
}
