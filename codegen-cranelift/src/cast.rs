//! Conversions of scalars. What they mean is written in [`kiln_types::arith`]; the conformance suite compares the two.

use crate::body::Body;
use crate::signature::int;
use crate::value::Value;
use cranelift_codegen::ir::condcodes::{FloatCC, IntCC};
use cranelift_codegen::ir::immediates::{Ieee32, Ieee64};
use cranelift_codegen::ir::{self, InstBuilder, MemFlagsData, Type, types};
use kiln_cfg::{CastKind, Operand, Panic};
use kiln_codegen::{Result, broken};
use kiln_types::arith::{FloatFormat, Kind};
use kiln_types::{IntType, Repr, ScalarKind, TypeId};

const U32: IntType = IntType { bits: 32, signed: false };

impl Body<'_, '_, '_, '_> {
    /// A conversion to a type that is held as a scalar or as a pointer with a length.
    pub fn build_cast(&mut self, kind: CastKind, operand: Operand, to: TypeId) -> Result<Value> {
        match kind {
            CastKind::Checked => {
                let from = self.operand_type(operand);
                let (from, to) = (self.kind(from)?, self.kind(to)?);
                let value = self.scalar(operand)?;
                self.build_checked(from, to, value).map(Value::Scalar)
            }
            CastKind::Wrap => {
                let from = self.operand_type(operand);
                let signed = self.is_signed(from);
                let value = self.scalar(operand)?;
                let Repr::Scalar(kind) = self.out.repr(to) else { return broken("an integer type is expected") };
                let ty = self.out.unit.signatures.scalar(kind);
                Ok(Value::Scalar(self.out.resize(value, ty, signed)))
            }
            CastKind::Bits => self.build_bits(operand, to),
            CastKind::PtrToInt => Ok(Value::Scalar(self.operand(operand)?.address()?)),
            CastKind::IntToPtr => Ok(Value::Scalar(self.scalar(operand)?)),
        }
    }

    fn kind(&self, ty: TypeId) -> Result<Kind> {
        let unit = &self.out.unit;
        let kind = Kind::of(unit.pool, unit.layouts.target(), ty);
        kind.map_or_else(|| broken("a conversion of what is no number"), Ok)
    }

    fn build_checked(&mut self, from: Kind, to: Kind, value: ir::Value) -> Result<ir::Value> {
        match from {
            Kind::Float(from) => match to {
                Kind::Float(to) => Ok(self.float_to_float(from, to, value)),
                Kind::Int(to) => self.float_to_int(from, to, value),
                Kind::Bool | Kind::Char => {
                    let number = self.float_to_int(from, U32, value)?;
                    self.int_to_any(U32, to, number)
                }
            },
            Kind::Int(from) => self.int_to_any(from, to, value),
            Kind::Bool => self.int_to_any(IntType { bits: 8, signed: false }, to, value),
            Kind::Char => self.int_to_any(U32, to, value),
        }
    }

    fn int_to_any(&mut self, from: IntType, to: Kind, value: ir::Value) -> Result<ir::Value> {
        match to {
            Kind::Int(to) => self.int_to_int(from, to, value),
            Kind::Bool => broken("numbers are compared, not converted to bools"),
            Kind::Char => {
                let code = self.int_to_int(from, U32, value)?;
                self.check_char(code, from)?;
                Ok(code)
            }
            Kind::Float(format) => self.int_to_float(from, format, value),
        }
    }

    fn int_to_float(&mut self, from: IntType, to: FloatFormat, value: ir::Value) -> Result<ir::Value> {
        let ty = float_type(to);
        if from.bits == 128 {
            let symbol = match (from.signed, to) {
                (true, FloatFormat::F32) => "__floattisf",
                (true, FloatFormat::F64) => "__floattidf",
                (false, FloatFormat::F32) => "__floatuntisf",
                (false, FloatFormat::F64) => "__floatuntidf",
            };
            let result = self.out.call_c(symbol, &[types::I128], Some(ty), &[value])?;
            return result.map_or_else(|| broken("a conversion has a result"), Ok);
        }
        // What is narrower fits the signed numbers of 32 bits.
        let value = if from.bits < 32 { self.out.resize(value, types::I32, from.signed) } else { value };
        let ins = self.out.b.ins();
        Ok(match from.signed || from.bits < 32 {
            true => ins.fcvt_from_sint(ty, value),
            false => ins.fcvt_from_uint(ty, value),
        })
    }

    /// `value < bound`, both unsigned.
    fn below(&mut self, value: ir::Value, bound: u64) -> ir::Value {
        self.out.b.ins().icmp_imm_u(IntCC::UnsignedLessThan, value, bound as i64)
    }

    fn int_to_int(&mut self, from: IntType, to: IntType, value: ir::Value) -> Result<ir::Value> {
        let value_bits = |ty: IntType| ty.bits - u16::from(ty.signed);
        let may_be_negative = from.signed && !to.signed;
        let may_be_large = value_bits(from) > value_bits(to);
        if may_be_negative || may_be_large {
            let fits = self.fits(from, to, value);
            self.panic_unless(fits, Panic::CastOverflow)?;
        }
        Ok(self.out.resize(value, int(to.bits), from.signed))
    }

    /// Whether an integer is in the range of another type, by one comparison.
    fn fits(&mut self, from: IntType, to: IntType, value: ir::Value) -> ir::Value {
        let ty = int(from.bits);
        if from.signed && to.signed {
            // Moved by half of the range, what fits is what is small.
            let half = self.out.int_const(ty, 1 << (to.bits - 1));
            let moved = self.out.b.ins().iadd(value, half);
            let end = self.out.int_const(ty, 1 << to.bits);
            return self.out.b.ins().icmp(IntCC::UnsignedLessThan, moved, end);
        }
        // As an unsigned number a negative one is large, too.
        let value_bits = to.bits - u16::from(to.signed);
        if value_bits >= from.bits - u16::from(from.signed) {
            let zero = self.out.int_const(ty, 0);
            return self.out.b.ins().icmp(IntCC::SignedGreaterThanOrEqual, value, zero);
        }
        let end = self.out.int_const(ty, 1 << value_bits);
        self.out.b.ins().icmp(IntCC::UnsignedLessThan, value, end)
    }

    /// That a number is a Unicode scalar value: below 0x11_0000 and no surrogate.
    fn check_char(&mut self, code: ir::Value, from: IntType) -> Result<()> {
        if from.bits == 8 {
            return Ok(());
        }
        // Exchanges the surrogates D800..E000 with the end: then all that is no character is large.
        let flipped = self.out.b.ins().bxor_imm_u(code, 0xD800);
        let moved = self.out.b.ins().iadd_imm_s(flipped, -0x800);
        let fits = self.below(moved, 0x11_0000 - 0x800);
        self.panic_unless(fits, Panic::CastOverflow)
    }

    fn float_to_float(&mut self, from: FloatFormat, to: FloatFormat, value: ir::Value) -> ir::Value {
        match (from, to) {
            (FloatFormat::F32, FloatFormat::F64) => self.out.b.ins().fpromote(types::F64, value),
            (FloatFormat::F64, FloatFormat::F32) => self.out.b.ins().fdemote(types::F32, value),
            _ => value,
        }
    }

    fn float_const(&mut self, format: FloatFormat, value: f64) -> ir::Value {
        match format {
            FloatFormat::F32 => self.out.b.ins().f32const(Ieee32::with_bits((value as f32).to_bits())),
            FloatFormat::F64 => self.out.b.ins().f64const(Ieee64::with_bits(value.to_bits())),
        }
    }

    /// Cut towards zero, if the result fits. Comparisons with NaN are false, so NaN does not.
    fn float_to_int(&mut self, from: FloatFormat, to: IntType, value: ir::Value) -> Result<ir::Value> {
        let value_bits = i32::from(to.bits) - i32::from(to.signed);
        let mantissa = if from == FloatFormat::F32 { f32::MANTISSA_DIGITS } else { f64::MANTISSA_DIGITS } as i32;
        let above = 2f64.powi(value_bits);
        // What is above -1 (or above the least value minus 1) is cut to what fits. Where floats are too coarse to have that
        // bound, the least value itself is the lowest that fits.
        let (low, includes_low) = match to.signed {
            false => (-1.0, false),
            true if value_bits < mantissa => (-above - 1.0, false),
            true => (-above, true),
        };
        // 2^128 is no `f32`, but the infinity it is rounded to is as good a bound.
        let (low, high) = (self.float_const(from, low), self.float_const(from, above));
        let low_condition = if includes_low { FloatCC::GreaterThanOrEqual } else { FloatCC::GreaterThan };
        let is_above = self.out.b.ins().fcmp(low_condition, value, low);
        let is_below = self.out.b.ins().fcmp(FloatCC::LessThan, value, high);
        let fits = self.out.b.ins().band(is_above, is_below);
        self.panic_unless(fits, Panic::CastOverflow)?;
        if to.bits == 128 {
            let symbol = match (to.signed, from) {
                (true, FloatFormat::F32) => "__fixsfti",
                (true, FloatFormat::F64) => "__fixdfti",
                (false, FloatFormat::F32) => "__fixunssfti",
                (false, FloatFormat::F64) => "__fixunsdfti",
            };
            let result = self.out.call_c(symbol, &[float_type(from)], Some(types::I128), &[value])?;
            return result.map_or_else(|| broken("a conversion has a result"), Ok);
        }
        let number = match to {
            IntType { bits: 64, signed: true } => self.out.b.ins().fcvt_to_sint_sat(types::I64, value),
            IntType { bits: 64, .. } => self.out.b.ins().fcvt_to_uint_sat(types::I64, value),
            // Everything narrower fits the signed numbers of 64 bits.
            IntType { bits: 32, signed: false } => self.out.b.ins().fcvt_to_sint_sat(types::I64, value),
            _ => self.out.b.ins().fcvt_to_sint_sat(types::I32, value),
        };
        Ok(self.out.resize(number, int(to.bits), to.signed))
    }

    /// `@bit_cast` to a scalar. Bools and chars must be ones.
    fn build_bits(&mut self, operand: Operand, to: TypeId) -> Result<Value> {
        let value = self.operand(operand)?;
        let Repr::Scalar(kind) = self.out.repr(to) else { return self.bits_to_fat(value, to) };
        let ty = self.out.unit.signatures.scalar(kind);
        let scalar = match value {
            Value::Memory(at) => self.out.load_scalar(at, kind),
            value => {
                let scalar = value.scalar()?;
                self.bits_as(scalar, ty)
            }
        };
        if kind == ScalarKind::Bool {
            let fits = self.below(scalar, 2);
            self.panic_unless(fits, Panic::CastOverflow)?;
        } else if to == TypeId::CHAR {
            self.check_char(scalar, U32)?;
        }
        Ok(Value::Scalar(scalar))
    }

    fn bits_as(&mut self, scalar: ir::Value, ty: Type) -> ir::Value {
        if self.value_type(scalar) == ty { scalar } else { self.out.b.ins().bitcast(ty, MemFlagsData::new(), scalar) }
    }

    fn bits_to_fat(&mut self, value: Value, to: TypeId) -> Result<Value> {
        match value {
            Value::Fat(..) => Ok(value),
            Value::Memory(at) => self.out.load(at, to),
            // Two words as one number.
            Value::Scalar(scalar) if self.value_type(scalar) == types::I128 => {
                let (low, high) = self.out.b.ins().isplit(scalar);
                Ok(Value::Fat(low, high))
            }
            _ => broken("these bits can't be reinterpreted"),
        }
    }
}

fn float_type(format: FloatFormat) -> Type {
    match format {
        FloatFormat::F32 => types::F32,
        FloatFormat::F64 => types::F64,
    }
}
