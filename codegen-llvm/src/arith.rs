//! Operators on scalars. What they mean is written in [`kiln_types::arith`]; tests compare the two.

use crate::body::Body;
use crate::errors::{Result, broken};
use crate::value::Value;
use inkwell::values::{BasicValueEnum, FloatValue, IntValue, PointerValue};
use inkwell::{FloatPredicate, IntPredicate};
use kiln_cfg::{BinOp, Operand, Overflow, Panic, UnOp};
use kiln_types::TypeId;

/// The operation behind `+`, `-` and `*`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Ring {
    Add,
    Sub,
    Mul,
}

impl Ring {
    /// LLVM's intrinsic that also says whether the result does not fit.
    pub fn intrinsic(self, signed: bool) -> &'static str {
        match (self, signed) {
            (Ring::Add, true) => "llvm.sadd.with.overflow",
            (Ring::Add, false) => "llvm.uadd.with.overflow",
            (Ring::Sub, true) => "llvm.ssub.with.overflow",
            (Ring::Sub, false) => "llvm.usub.with.overflow",
            (Ring::Mul, true) => "llvm.smul.with.overflow",
            (Ring::Mul, false) => "llvm.umul.with.overflow",
        }
    }
}

impl<'ctx> Body<'_, 'ctx, '_> {
    pub fn build_binary(&mut self, op: BinOp, left: Operand, right: Operand) -> Result<Value<'ctx>> {
        let ty = self.operand_type(left);
        let a = self.operand(left)?.scalar()?;
        let b = self.operand(right)?.scalar()?;
        let result: BasicValueEnum<'ctx> = match (a, b) {
            (BasicValueEnum::IntValue(a), BasicValueEnum::IntValue(b)) => self.build_int(op, ty, a, b)?.into(),
            (BasicValueEnum::FloatValue(a), BasicValueEnum::FloatValue(b)) => self.build_float(op, a, b)?,
            (BasicValueEnum::PointerValue(a), BasicValueEnum::PointerValue(b)) => {
                self.build_pointer_compare(op, a, b)?.into()
            }
            _ => return broken(format!("`{}` has operands of different kinds", op.name())),
        };
        Ok(Value::Scalar(result))
    }

    fn build_int(&mut self, op: BinOp, ty: TypeId, a: IntValue<'ctx>, b: IntValue<'ctx>) -> Result<IntValue<'ctx>> {
        let signed = self.is_signed(ty)?;
        match op {
            BinOp::Add(mode) => self.build_ring(Ring::Add, mode, signed, a, b),
            BinOp::Sub(mode) => self.build_ring(Ring::Sub, mode, signed, a, b),
            BinOp::Mul(mode) => self.build_ring(Ring::Mul, mode, signed, a, b),
            BinOp::Div(mode) => self.build_division(mode, signed, a, b, false),
            BinOp::Rem(mode) => self.build_division(mode, signed, a, b, true),
            BinOp::Shl(mode) => {
                let amount = self.build_amount(mode, a, b)?;
                Ok(self.unit.builder.build_left_shift(a, amount, "")?)
            }
            BinOp::Shr(mode) => {
                let amount = self.build_amount(mode, a, b)?;
                Ok(self.unit.builder.build_right_shift(a, amount, signed, "")?)
            }
            BinOp::And => Ok(self.unit.builder.build_and(a, b, "")?),
            BinOp::Or => Ok(self.unit.builder.build_or(a, b, "")?),
            BinOp::Xor => Ok(self.unit.builder.build_xor(a, b, "")?),
            BinOp::Eq | BinOp::Ne | BinOp::Lt | BinOp::Le | BinOp::Gt | BinOp::Ge => {
                Ok(self.unit.builder.build_int_compare(int_predicate(op, signed), a, b, "")?)
            }
        }
    }

    /// Whether comparisons and extensions go by sign; unit-only enums go by their tag.
    pub fn is_signed(&mut self, ty: TypeId) -> Result<bool> {
        Ok(match self.unit.layouts.of(self.unit.pool, ty).repr {
            kiln_types::Repr::Scalar(kiln_types::ScalarKind::Int { signed, .. }) => signed,
            _ => false,
        })
    }

    fn build_ring(
        &mut self,
        op: Ring,
        mode: Overflow,
        signed: bool,
        a: IntValue<'ctx>,
        b: IntValue<'ctx>,
    ) -> Result<IntValue<'ctx>> {
        if mode == Overflow::Wrapping {
            let builder = &self.unit.builder;
            return Ok(match op {
                Ring::Add => builder.build_int_add(a, b, "")?,
                Ring::Sub => builder.build_int_sub(a, b, "")?,
                Ring::Mul => builder.build_int_mul(a, b, "")?,
            });
        }
        // Before the operation: LLVM fuses it with a branch that follows at once.
        self.mark_place()?;
        let (result, overflows) = self.build_overflowing(op, signed, a, b)?;
        self.panic_if(overflows, Panic::Overflow)?;
        Ok(result)
    }

    /// The low bits of the result, and whether the rest is lost.
    pub fn build_overflowing(
        &mut self,
        op: Ring,
        signed: bool,
        a: IntValue<'ctx>,
        b: IntValue<'ctx>,
    ) -> Result<(IntValue<'ctx>, IntValue<'ctx>)> {
        let pair = self.unit.call_intrinsic(op.intrinsic(signed), a.get_type().into(), &[a.into(), b.into()])?;
        let pair = pair.into_struct_value();
        let result = self.unit.builder.build_extract_value(pair, 0, "")?.into_int_value();
        let overflows = self.unit.builder.build_extract_value(pair, 1, "")?.into_int_value();
        Ok((result, overflows))
    }

    fn build_division(
        &mut self,
        mode: Overflow,
        signed: bool,
        a: IntValue<'ctx>,
        b: IntValue<'ctx>,
        remainder: bool,
    ) -> Result<IntValue<'ctx>> {
        let ty = a.get_type();
        let is_zero = self.unit.builder.build_int_compare(IntPredicate::EQ, b, ty.const_zero(), "")?;
        self.panic_if(is_zero, Panic::DivisionByZero)?;
        if !signed {
            let builder = &self.unit.builder;
            return Ok(match remainder {
                true => builder.build_int_unsigned_rem(a, b, "")?,
                false => builder.build_int_unsigned_div(a, b, "")?,
            });
        }
        let is_minus_one = self.unit.builder.build_int_compare(IntPredicate::EQ, b, ty.const_all_ones(), "")?;
        let b = match mode {
            Overflow::Checked => {
                self.check_min_by_minus_one(a, is_minus_one)?;
                b
            }
            // `x / -1` is `0 - x` and `x % -1` is 0, but the machine traps for the least `x`: divide by 1 instead.
            Overflow::Wrapping => {
                self.unit.builder.build_select(is_minus_one, ty.const_int(1, false), b, "")?.into_int_value()
            }
        };
        let builder = &self.unit.builder;
        if remainder {
            return Ok(builder.build_int_signed_rem(a, b, "")?);
        }
        let quotient = builder.build_int_signed_div(a, b, "")?;
        match mode {
            Overflow::Checked => Ok(quotient),
            Overflow::Wrapping => {
                let negated = builder.build_int_neg(a, "")?;
                Ok(builder.build_select(is_minus_one, negated, quotient, "")?.into_int_value())
            }
        }
    }

    fn check_min_by_minus_one(&mut self, a: IntValue<'ctx>, is_minus_one: IntValue<'ctx>) -> Result<()> {
        if is_minus_one.get_zero_extended_constant() == Some(0) {
            return Ok(());
        }
        let min = self.min_value(a);
        let is_min = self.unit.builder.build_int_compare(IntPredicate::EQ, a, min, "")?;
        let overflows = self.unit.builder.build_and(is_min, is_minus_one, "")?;
        self.panic_if(overflows, Panic::Overflow)
    }

    /// The least value of a signed integer's type.
    fn min_value(&self, like: IntValue<'ctx>) -> IntValue<'ctx> {
        let bits = like.get_type().get_bit_width() as u16;
        self.unit.int_const(bits, 1 << (bits - 1))
    }

    /// A shift's amount in the type of what is shifted, less than its width.
    fn build_amount(&mut self, mode: Overflow, a: IntValue<'ctx>, amount: IntValue<'ctx>) -> Result<IntValue<'ctx>> {
        let width = u64::from(a.get_type().get_bit_width());
        if mode == Overflow::Checked {
            // Unsigned, so that negative amounts are too large. The width fits every integer type.
            let limit = amount.get_type().const_int(width, false);
            let fits = self.unit.builder.build_int_compare(IntPredicate::ULT, amount, limit, "")?;
            self.panic_unless(fits, Panic::ShiftOverflow)?;
        }
        let amount = self.unit.builder.build_int_cast_sign_flag(amount, a.get_type(), false, "")?;
        match mode {
            Overflow::Checked => Ok(amount),
            Overflow::Wrapping => {
                let mask = a.get_type().const_int(width - 1, false);
                Ok(self.unit.builder.build_and(amount, mask, "")?)
            }
        }
    }

    fn build_float(&mut self, op: BinOp, a: FloatValue<'ctx>, b: FloatValue<'ctx>) -> Result<BasicValueEnum<'ctx>> {
        let builder = &self.unit.builder;
        Ok(match op {
            BinOp::Add(_) => builder.build_float_add(a, b, "")?.into(),
            BinOp::Sub(_) => builder.build_float_sub(a, b, "")?.into(),
            BinOp::Mul(_) => builder.build_float_mul(a, b, "")?.into(),
            BinOp::Div(_) => builder.build_float_div(a, b, "")?.into(),
            BinOp::Rem(_) => builder.build_float_rem(a, b, "")?.into(),
            BinOp::Eq => builder.build_float_compare(FloatPredicate::OEQ, a, b, "")?.into(),
            BinOp::Ne => builder.build_float_compare(FloatPredicate::UNE, a, b, "")?.into(),
            BinOp::Lt => builder.build_float_compare(FloatPredicate::OLT, a, b, "")?.into(),
            BinOp::Le => builder.build_float_compare(FloatPredicate::OLE, a, b, "")?.into(),
            BinOp::Gt => builder.build_float_compare(FloatPredicate::OGT, a, b, "")?.into(),
            BinOp::Ge => builder.build_float_compare(FloatPredicate::OGE, a, b, "")?.into(),
            BinOp::Shl(_) | BinOp::Shr(_) | BinOp::And | BinOp::Or | BinOp::Xor => {
                return broken(format!("`{}` has floats as operands", op.name()));
            }
        })
    }

    fn build_pointer_compare(
        &mut self,
        op: BinOp,
        a: PointerValue<'ctx>,
        b: PointerValue<'ctx>,
    ) -> Result<IntValue<'ctx>> {
        if !op.is_comparison() {
            return broken(format!("`{}` has pointers as operands", op.name()));
        }
        Ok(self.unit.builder.build_int_compare(int_predicate(op, false), a, b, "")?)
    }

    pub fn build_unary(&mut self, op: UnOp, operand: Operand) -> Result<Value<'ctx>> {
        let signed = self.is_signed(self.operand_type(operand))?;
        let result: BasicValueEnum<'ctx> = match (op, self.operand(operand)?.scalar()?) {
            (UnOp::Neg(_), BasicValueEnum::FloatValue(a)) => self.unit.builder.build_float_neg(a, "")?.into(),
            (UnOp::Neg(mode), BasicValueEnum::IntValue(a)) => {
                self.build_ring(Ring::Sub, mode, signed, a.get_type().const_zero(), a)?.into()
            }
            (UnOp::Not, BasicValueEnum::IntValue(a)) => self.unit.builder.build_not(a, "")?.into(),
            _ => return broken(format!("`{}` has no such operand", op.name())),
        };
        Ok(Value::Scalar(result))
    }
}

fn int_predicate(op: BinOp, signed: bool) -> IntPredicate {
    match (op, signed) {
        (BinOp::Eq, _) => IntPredicate::EQ,
        (BinOp::Lt, true) => IntPredicate::SLT,
        (BinOp::Lt, false) => IntPredicate::ULT,
        (BinOp::Le, true) => IntPredicate::SLE,
        (BinOp::Le, false) => IntPredicate::ULE,
        (BinOp::Gt, true) => IntPredicate::SGT,
        (BinOp::Gt, false) => IntPredicate::UGT,
        (BinOp::Ge, true) => IntPredicate::SGE,
        (BinOp::Ge, false) => IntPredicate::UGE,
        _ => IntPredicate::NE,
    }
}
