//! Operators on scalars. What they mean is written in [`kiln_types::arith`]; the conformance suite compares the two.

use crate::body::Body;
use crate::value::Value;
use cranelift_codegen::ir::condcodes::{FloatCC, IntCC};
use cranelift_codegen::ir::{self, InstBuilder, Type, types};
use kiln_cfg::{BinOp, Operand, Overflow, Panic, UnOp};
use kiln_codegen::{Result, broken};
use kiln_types::{Repr, ScalarKind, TypeId};

/// The operation behind `+`, `-` and `*`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Ring {
    Add,
    Sub,
    Mul,
}

impl Body<'_, '_, '_, '_> {
    pub fn build_binary(&mut self, op: BinOp, left: Operand, right: Operand) -> Result<Value> {
        let ty = self.operand_type(left);
        let signed = self.is_signed(ty);
        let (a, b) = (self.scalar(left)?, self.scalar(right)?);
        let known = self.known_bits(right);
        let result = if self.value_type(a).is_float() {
            self.build_float(op, a, b)?
        } else {
            self.build_int(op, signed, a, b, known)?
        };
        Ok(Value::Scalar(result))
    }

    /// The machine type of a value.
    pub fn value_type(&self, value: ir::Value) -> Type {
        self.out.b.func.dfg.value_type(value)
    }

    fn build_int(
        &mut self,
        op: BinOp,
        signed: bool,
        a: ir::Value,
        b: ir::Value,
        known: Option<u128>,
    ) -> Result<ir::Value> {
        Ok(match op {
            BinOp::Add(mode) => self.build_ring(Ring::Add, mode, signed, a, b)?,
            BinOp::Sub(mode) => self.build_ring(Ring::Sub, mode, signed, a, b)?,
            BinOp::Mul(mode) => self.build_ring(Ring::Mul, mode, signed, a, b)?,
            BinOp::Div(mode) => self.build_division(mode, signed, a, b, known, false)?,
            BinOp::Rem(mode) => self.build_division(mode, signed, a, b, known, true)?,
            BinOp::Shl(mode) => {
                let amount = self.build_amount(mode, a, b, known)?;
                self.out.b.ins().ishl(a, amount)
            }
            BinOp::Shr(mode) => {
                let amount = self.build_amount(mode, a, b, known)?;
                if signed { self.out.b.ins().sshr(a, amount) } else { self.out.b.ins().ushr(a, amount) }
            }
            BinOp::And => self.out.b.ins().band(a, b),
            BinOp::Or => self.out.b.ins().bor(a, b),
            BinOp::Xor => self.out.b.ins().bxor(a, b),
            BinOp::Eq | BinOp::Ne | BinOp::Lt | BinOp::Le | BinOp::Gt | BinOp::Ge => {
                self.out.b.ins().icmp(int_condition(op, signed), a, b)
            }
        })
    }

    /// Whether comparisons and extensions go by sign; unit-only enums go by their tag.
    pub fn is_signed(&mut self, ty: TypeId) -> bool {
        matches!(self.out.repr(ty), Repr::Scalar(ScalarKind::Int { signed: true, .. }))
    }

    fn build_ring(&mut self, op: Ring, mode: Overflow, signed: bool, a: ir::Value, b: ir::Value) -> Result<ir::Value> {
        if mode == Overflow::Wrapping {
            return Ok(self.build_wrapping(op, a, b));
        }
        let (result, overflows) = self.build_overflowing(op, signed, a, b)?;
        self.panic_if(overflows, Panic::Overflow)?;
        Ok(result)
    }

    fn build_wrapping(&mut self, op: Ring, a: ir::Value, b: ir::Value) -> ir::Value {
        match op {
            Ring::Add => self.out.b.ins().iadd(a, b),
            Ring::Sub => self.out.b.ins().isub(a, b),
            Ring::Mul => self.out.b.ins().imul(a, b),
        }
    }

    /// The low bits of the result, and whether the rest is lost.
    pub fn build_overflowing(
        &mut self,
        op: Ring,
        signed: bool,
        a: ir::Value,
        b: ir::Value,
    ) -> Result<(ir::Value, ir::Value)> {
        if op == Ring::Mul && self.value_type(a) == types::I128 {
            return self.build_wide_product(signed, a, b);
        }
        let ins = self.out.b.ins();
        Ok(match (op, signed) {
            (Ring::Add, true) => ins.sadd_overflow(a, b),
            (Ring::Add, false) => ins.uadd_overflow(a, b),
            (Ring::Sub, true) => ins.ssub_overflow(a, b),
            (Ring::Sub, false) => ins.usub_overflow(a, b),
            (Ring::Mul, true) => ins.smul_overflow(a, b),
            (Ring::Mul, false) => ins.umul_overflow(a, b),
        })
    }

    /// A product of 128 bits has lost something if dividing it by one factor does not give the other.
    fn build_wide_product(&mut self, signed: bool, a: ir::Value, b: ir::Value) -> Result<(ir::Value, ir::Value)> {
        let product = self.out.b.ins().imul(a, b);
        let zero = self.out.int_const(types::I128, 0);
        let one = self.out.int_const(types::I128, 1);
        let is_zero = self.out.b.ins().icmp(IntCC::Equal, b, zero);
        let safe = self.out.b.ins().select(is_zero, one, b);
        if !signed {
            let back = self.wide_call("__udivti3", product, safe)?;
            let differs = self.out.b.ins().icmp(IntCC::NotEqual, back, a);
            let is_some = self.out.b.ins().icmp(IntCC::NotEqual, b, zero);
            return Ok((product, self.out.b.ins().band(differs, is_some)));
        }
        let minus_one = self.out.int_const(types::I128, u128::MAX);
        let is_minus_one = self.out.b.ins().icmp(IntCC::Equal, b, minus_one);
        let safe = self.out.b.ins().select(is_minus_one, one, safe);
        let back = self.wide_call("__divti3", product, safe)?;
        let differs = self.out.b.ins().icmp(IntCC::NotEqual, back, a);
        let is_special = self.out.b.ins().bor(is_zero, is_minus_one);
        let is_plain = self.out.b.ins().bxor_imm_u(is_special, 1);
        let lost = self.out.b.ins().band(differs, is_plain);
        let min = self.out.int_const(types::I128, 1 << 127);
        let is_min = self.out.b.ins().icmp(IntCC::Equal, a, min);
        let negates_min = self.out.b.ins().band(is_min, is_minus_one);
        Ok((product, self.out.b.ins().bor(lost, negates_min)))
    }

    /// Calls a function of the C compiler's own library on 128-bit integers.
    fn wide_call(&mut self, symbol: &str, a: ir::Value, b: ir::Value) -> Result<ir::Value> {
        let result = self.out.call_c(symbol, &[types::I128; 2], Some(types::I128), &[a, b])?;
        result.map_or_else(|| broken("a division has a result"), Ok)
    }

    fn build_division(
        &mut self,
        mode: Overflow,
        signed: bool,
        a: ir::Value,
        b: ir::Value,
        known: Option<u128>,
        remainder: bool,
    ) -> Result<ir::Value> {
        let ty = self.value_type(a);
        let zero = self.out.int_const(ty, 0);
        if known.is_none_or(|bits| bits == 0) {
            let is_zero = self.out.b.ins().icmp(IntCC::Equal, b, zero);
            self.panic_if(is_zero, Panic::DivisionByZero)?;
        }
        // Constants are extended by their sign.
        if !signed || known.is_some_and(|bits| bits != u128::MAX) {
            return self.build_quotient(signed, a, b, remainder);
        }
        let minus_one = self.out.int_const(ty, u128::MAX);
        let is_minus_one = self.out.b.ins().icmp(IntCC::Equal, b, minus_one);
        if mode == Overflow::Checked {
            let min = self.out.int_const(ty, 1 << (ty.bits() - 1));
            let is_min = self.out.b.ins().icmp(IntCC::Equal, a, min);
            let overflows = self.out.b.ins().band(is_min, is_minus_one);
            self.panic_if(overflows, Panic::Overflow)?;
            return self.build_quotient(true, a, b, remainder);
        }
        // `x / -1` is `0 - x` and `x % -1` is 0, but the machine traps for the least `x`: divide by 1 instead.
        let one = self.out.int_const(ty, 1);
        let safe = self.out.b.ins().select(is_minus_one, one, b);
        let result = self.build_quotient(true, a, safe, remainder)?;
        if remainder {
            return Ok(result);
        }
        let negated = self.out.b.ins().ineg(a);
        Ok(self.out.b.ins().select(is_minus_one, negated, result))
    }

    fn build_quotient(&mut self, signed: bool, a: ir::Value, b: ir::Value, remainder: bool) -> Result<ir::Value> {
        if self.value_type(a) == types::I128 {
            let symbol = match (signed, remainder) {
                (true, false) => "__divti3",
                (false, false) => "__udivti3",
                (true, true) => "__modti3",
                (false, true) => "__umodti3",
            };
            return self.wide_call(symbol, a, b);
        }
        let ins = self.out.b.ins();
        Ok(match (signed, remainder) {
            (true, false) => ins.sdiv(a, b),
            (false, false) => ins.udiv(a, b),
            (true, true) => ins.srem(a, b),
            (false, true) => ins.urem(a, b),
        })
    }

    /// A shift's amount in 32 bits. The shift itself takes it modulo the width.
    fn build_amount(
        &mut self,
        mode: Overflow,
        a: ir::Value,
        amount: ir::Value,
        known: Option<u128>,
    ) -> Result<ir::Value> {
        let width = u128::from(self.value_type(a).bits());
        if mode == Overflow::Checked && known.is_none_or(|bits| bits >= width) {
            // Unsigned, so that negative amounts are too large. The width fits every integer type.
            let ty = self.value_type(amount);
            let limit = self.out.int_const(ty, width);
            let fits = self.out.b.ins().icmp(IntCC::UnsignedLessThan, amount, limit);
            self.panic_unless(fits, Panic::ShiftOverflow)?;
        }
        Ok(self.out.resize(amount, types::I32, false))
    }

    fn build_float(&mut self, op: BinOp, a: ir::Value, b: ir::Value) -> Result<ir::Value> {
        let condition = match op {
            BinOp::Eq => FloatCC::Equal,
            BinOp::Ne => FloatCC::NotEqual,
            BinOp::Lt => FloatCC::LessThan,
            BinOp::Le => FloatCC::LessThanOrEqual,
            BinOp::Gt => FloatCC::GreaterThan,
            BinOp::Ge => FloatCC::GreaterThanOrEqual,
            BinOp::Add(_) => return Ok(self.out.b.ins().fadd(a, b)),
            BinOp::Sub(_) => return Ok(self.out.b.ins().fsub(a, b)),
            BinOp::Mul(_) => return Ok(self.out.b.ins().fmul(a, b)),
            BinOp::Div(_) => return Ok(self.out.b.ins().fdiv(a, b)),
            BinOp::Rem(_) => return self.build_math("fmod", &[a, b]),
            BinOp::Shl(_) | BinOp::Shr(_) | BinOp::And | BinOp::Or | BinOp::Xor => {
                return broken(format!("`{}` has floats as operands", op.name()));
            }
        };
        Ok(self.out.b.ins().fcmp(condition, a, b))
    }

    /// Calls a function of C's mathematical library, by its name for `f64`.
    pub fn build_math(&mut self, name: &str, args: &[ir::Value]) -> Result<ir::Value> {
        let Some(first) = args.first() else { return broken("a float operation has operands") };
        let ty = self.value_type(*first);
        let name = if ty == types::F32 { format!("{name}f") } else { name.to_owned() };
        let params = vec![ty; args.len()];
        let result = self.out.call_c(&name, &params, Some(ty), args)?;
        result.map_or_else(|| broken(format!("`{name}` has a result")), Ok)
    }

    pub fn build_unary(&mut self, op: UnOp, operand: Operand) -> Result<Value> {
        let of = self.operand_type(operand);
        let signed = self.is_signed(of);
        let is_bool = self.out.repr(of) == Repr::Scalar(ScalarKind::Bool);
        let a = self.scalar(operand)?;
        let ty = self.value_type(a);
        Ok(Value::Scalar(match op {
            UnOp::Neg(_) if ty.is_float() => self.out.b.ins().fneg(a),
            UnOp::Neg(mode) => {
                let zero = self.out.int_const(ty, 0);
                self.build_ring(Ring::Sub, mode, signed, zero, a)?
            }
            UnOp::Not if is_bool => self.out.b.ins().bxor_imm_u(a, 1),
            UnOp::Not => self.out.b.ins().bnot(a),
        }))
    }
}

fn int_condition(op: BinOp, signed: bool) -> IntCC {
    match (op, signed) {
        (BinOp::Eq, _) => IntCC::Equal,
        (BinOp::Lt, true) => IntCC::SignedLessThan,
        (BinOp::Lt, false) => IntCC::UnsignedLessThan,
        (BinOp::Le, true) => IntCC::SignedLessThanOrEqual,
        (BinOp::Le, false) => IntCC::UnsignedLessThanOrEqual,
        (BinOp::Gt, true) => IntCC::SignedGreaterThan,
        (BinOp::Gt, false) => IntCC::UnsignedGreaterThan,
        (BinOp::Ge, true) => IntCC::SignedGreaterThanOrEqual,
        (BinOp::Ge, false) => IntCC::UnsignedGreaterThanOrEqual,
        _ => IntCC::NotEqual,
    }
}
