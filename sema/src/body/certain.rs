//! Operations that certainly panic: their operands are constants. They are errors, whether the program would reach them or not.
//!
//! One pass over a body whose types are settled, so that `1 / 0` is found whatever type its literals turned out to have.

use super::BodyCx;
use crate::errors;
use kiln_air::{BinOp, CastKind, Inst, InstId, Overflow, UnOp};
use kiln_source::{Diagnostic, Span};
use kiln_types::arith::{self, ArithError, Kind};
use kiln_types::{IntType, TypeId, TypeKey};

impl BodyCx<'_, '_> {
    /// Reports every operation of the body that certainly panics.
    pub fn check_certain_panics(&mut self) {
        for inst in self.air.insts.ids() {
            if let Some(error) = self.certain_panic(inst) {
                self.error(error);
            }
        }
    }

    fn certain_panic(&self, inst: InstId) -> Option<Diagnostic> {
        match self.air.insts[inst] {
            Inst::Binary(op, left, right) => self.binary_panic(inst, op, Some(left), right, self.air.types[left]),
            Inst::AssignOp { op, place, value } => self.binary_panic(inst, op, None, value, self.air.types[place]),
            Inst::Unary(UnOp::Neg(Overflow::Checked), operand) => self.negation_panic(inst, operand),
            Inst::Cast(CastKind::Checked, value) => self.cast_panic(inst, value),
            Inst::Index { base, index } => self.index_panic(base, index),
            _ => None,
        }
    }

    fn at(&self, inst: InstId) -> Span {
        self.span(self.air.ranges[inst])
    }

    fn int(&self, ty: TypeId) -> Option<IntType> {
        self.sema.pool.int_type(ty, &self.sema.options.target)
    }

    /// The bits of a constant scalar.
    fn constant(&self, inst: InstId) -> Option<u128> {
        self.sema.pool.scalar_bits(self.air.insts[inst].as_const()?)
    }

    fn binary_panic(
        &self,
        inst: InstId,
        op: BinOp,
        left: Option<InstId>,
        right: InstId,
        ty: TypeId,
    ) -> Option<Diagnostic> {
        let int = self.int(ty)?;
        let right_bits = self.constant(right)?;
        let shown = || self.sema.show(ty);
        match op {
            BinOp::Div(_) | BinOp::Rem(_) if right_bits == 0 => {
                return Some(errors::constant_division_by_zero(self.at(inst)));
            }
            BinOp::Shl(Overflow::Checked) | BinOp::Shr(Overflow::Checked) if right_bits >= u128::from(int.bits) => {
                return Some(errors::constant_shift_overflow(self.at(right), &shown(), int.bits));
            }
            _ => {}
        }
        let left_bits = self.constant(left?)?;
        let checked = Overflow::Checked;
        let result = match op {
            BinOp::Add(mode) if mode == checked => arith::add(int, left_bits, right_bits),
            BinOp::Sub(mode) if mode == checked => arith::sub(int, left_bits, right_bits),
            BinOp::Mul(mode) if mode == checked => arith::mul(int, left_bits, right_bits),
            BinOp::Div(mode) if mode == checked => arith::div(int, left_bits, right_bits),
            BinOp::Rem(mode) if mode == checked => arith::rem(int, left_bits, right_bits),
            _ => return None,
        };
        result.err().map(|error: ArithError| {
            debug_assert_ne!(error, ArithError::DivisionByZero);
            errors::constant_overflow(self.at(inst), &shown())
        })
    }

    fn negation_panic(&self, inst: InstId, operand: InstId) -> Option<Diagnostic> {
        let ty = self.air.types[operand];
        let int = self.int(ty)?;
        if !int.signed {
            return Some(errors::negate_unsigned(self.at(inst), &self.sema.show(ty)));
        }
        arith::neg(int, self.constant(operand)?).err()?;
        Some(errors::constant_overflow(self.at(inst), &self.sema.show(ty)))
    }

    fn cast_panic(&self, inst: InstId, value: InstId) -> Option<Diagnostic> {
        let (from, to) = (self.air.types[value], self.air.types[inst]);
        let kind = |ty| Kind::of(&self.sema.pool, &self.sema.options.target, ty);
        arith::cast(kind(from)?, kind(to)?, self.constant(value)?).err()?;
        let text = self.sema.sources.text(self.at(value));
        Some(errors::constant_cast_overflow(self.at(inst), text, &self.sema.show(to)))
    }

    fn index_panic(&self, base: InstId, index: InstId) -> Option<Diagnostic> {
        let TypeKey::Array { len, .. } = *self.key(self.air.types[base]) else { return None };
        let bits = self.constant(index)?;
        (bits >= u128::from(len)).then(|| errors::constant_index_out_of_bounds(self.at(index), bits, len))
    }
}
