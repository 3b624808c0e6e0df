//! Conversions of scalars. What they mean is written in [`kiln_types::arith`]; tests compare the two.

use crate::body::Body;
use crate::errors::{Result, broken};
use crate::value::Value;
use inkwell::values::{BasicValueEnum, FloatValue, IntValue};
use inkwell::{FloatPredicate, IntPredicate};
use kiln_cfg::{CastKind, Operand, Panic};
use kiln_types::arith::{FloatFormat, Kind};
use kiln_types::{IntType, Repr, ScalarKind, TypeId};

const U32: IntType = IntType { bits: 32, signed: false };

impl<'ctx> Body<'_, 'ctx, '_> {
    /// A conversion to a type that is held as a scalar or as a pointer with a length.
    pub fn build_cast(&mut self, kind: CastKind, operand: Operand, to: TypeId) -> Result<Value<'ctx>> {
        match kind {
            CastKind::Checked => {
                let (from, to) = (self.kind(self.operand_type(operand))?, self.kind(to)?);
                let value = self.operand(operand)?.scalar()?;
                self.build_checked(from, to, value).map(Value::Scalar)
            }
            CastKind::Wrap => {
                let from = self.operand_type(operand);
                let value = self.operand(operand)?.int()?;
                let signed = self.is_signed(from)?;
                let (bits, _) = self.int_kind(to)?;
                Ok(Value::Scalar(self.resize(value, bits, signed)?.into()))
            }
            CastKind::Bits => self.build_bits(operand, to),
            CastKind::PtrToInt => {
                let address = self.operand(operand)?.address()?;
                Ok(Value::Scalar(self.unit.builder.build_ptr_to_int(address, self.unit.scalars.usize, "")?.into()))
            }
            CastKind::IntToPtr => {
                let number = self.operand(operand)?.int()?;
                Ok(Value::Scalar(self.unit.builder.build_int_to_ptr(number, self.unit.scalars.ptr, "")?.into()))
            }
        }
    }

    fn kind(&self, ty: TypeId) -> Result<Kind> {
        let kind = Kind::of(self.unit.pool, self.unit.layouts.target(), ty);
        kind.map_or_else(|| broken("a conversion of what is no number"), Ok)
    }

    /// Truncates or extends.
    fn resize(&self, value: IntValue<'ctx>, bits: u16, signed: bool) -> Result<IntValue<'ctx>> {
        Ok(self.unit.builder.build_int_cast_sign_flag(value, self.unit.scalars.int(bits), signed, "")?)
    }

    fn build_checked(&mut self, from: Kind, to: Kind, value: BasicValueEnum<'ctx>) -> Result<BasicValueEnum<'ctx>> {
        match (from, value) {
            (Kind::Float(from), BasicValueEnum::FloatValue(value)) => match to {
                Kind::Float(to) => self.float_to_float(from, to, value),
                Kind::Int(to) => Ok(self.float_to_int(from, to, value)?.into()),
                Kind::Bool | Kind::Char => {
                    let number = self.float_to_int(from, U32, value)?;
                    self.int_to_any(U32, to, number)
                }
            },
            (Kind::Int(from), BasicValueEnum::IntValue(value)) => self.int_to_any(from, to, value),
            (Kind::Bool, BasicValueEnum::IntValue(value)) => {
                let byte = self.resize(value, 8, false)?;
                self.int_to_any(IntType { bits: 8, signed: false }, to, byte)
            }
            (Kind::Char, BasicValueEnum::IntValue(value)) => self.int_to_any(U32, to, value),
            _ => broken("a number has another form than its type"),
        }
    }

    fn int_to_any(&mut self, from: IntType, to: Kind, value: IntValue<'ctx>) -> Result<BasicValueEnum<'ctx>> {
        match to {
            Kind::Int(to) => Ok(self.int_to_int(from, to, value)?.into()),
            Kind::Bool => broken("numbers are compared, not converted to bools"),
            Kind::Char => {
                let code = self.int_to_int(from, U32, value)?;
                self.check_char(code, from)?;
                Ok(code.into())
            }
            Kind::Float(format) => {
                let ty = if format == FloatFormat::F32 { self.unit.scalars.f32 } else { self.unit.scalars.f64 };
                Ok(match from.signed {
                    true => self.unit.builder.build_signed_int_to_float(value, ty, "")?.into(),
                    false => self.unit.builder.build_unsigned_int_to_float(value, ty, "")?.into(),
                })
            }
        }
    }

    /// `value < bound`, both unsigned.
    fn below(&self, value: IntValue<'ctx>, bound: u64) -> Result<IntValue<'ctx>> {
        let bound = value.get_type().const_int(bound, false);
        Ok(self.unit.builder.build_int_compare(IntPredicate::ULT, value, bound, "")?)
    }

    fn int_to_int(&mut self, from: IntType, to: IntType, value: IntValue<'ctx>) -> Result<IntValue<'ctx>> {
        let value_bits = |ty: IntType| ty.bits - u16::from(ty.signed);
        let may_be_negative = from.signed && !to.signed;
        let may_be_large = value_bits(from) > value_bits(to);
        if may_be_negative || may_be_large {
            let fits = self.fits(from, to, value)?;
            self.panic_unless(fits, Panic::CastOverflow)?;
        }
        self.resize(value, to.bits, from.signed)
    }

    /// Whether an integer is in the range of another type, by one comparison.
    fn fits(&self, from: IntType, to: IntType, value: IntValue<'ctx>) -> Result<IntValue<'ctx>> {
        let builder = &self.unit.builder;
        let ty = value.get_type();
        if from.signed && to.signed {
            // Moved by half of the range, what fits is what is small.
            let half = self.unit.int_const(from.bits, 1 << (to.bits - 1));
            let moved = builder.build_int_add(value, half, "")?;
            let end = self.unit.int_const(from.bits, 1 << to.bits);
            return Ok(builder.build_int_compare(IntPredicate::ULT, moved, end, "")?);
        }
        // As an unsigned number a negative one is large, too.
        let value_bits = to.bits - u16::from(to.signed);
        if value_bits >= from.bits - u16::from(from.signed) {
            return Ok(builder.build_int_compare(IntPredicate::SGE, value, ty.const_zero(), "")?);
        }
        let end = self.unit.int_const(from.bits, 1 << value_bits);
        Ok(builder.build_int_compare(IntPredicate::ULT, value, end, "")?)
    }

    /// That a number is a Unicode scalar value: below 0x11_0000 and no surrogate.
    fn check_char(&mut self, code: IntValue<'ctx>, from: IntType) -> Result<()> {
        if from.bits == 8 {
            return Ok(());
        }
        // Exchanges the surrogates D800..E000 with the end: then all that is no character is large.
        let flipped = self.unit.builder.build_xor(code, self.unit.int_const(32, 0xD800), "")?;
        let moved = self.unit.builder.build_int_sub(flipped, self.unit.int_const(32, 0x800), "")?;
        let fits = self.below(moved, 0x11_0000 - 0x800)?;
        self.panic_unless(fits, Panic::CastOverflow)
    }

    fn float_to_float(
        &self,
        from: FloatFormat,
        to: FloatFormat,
        value: FloatValue<'ctx>,
    ) -> Result<BasicValueEnum<'ctx>> {
        let builder = &self.unit.builder;
        Ok(match (from, to) {
            (FloatFormat::F32, FloatFormat::F64) => builder.build_float_ext(value, self.unit.scalars.f64, "")?.into(),
            (FloatFormat::F64, FloatFormat::F32) => builder.build_float_trunc(value, self.unit.scalars.f32, "")?.into(),
            _ => value.into(),
        })
    }

    /// Cut towards zero, if the result fits. Comparisons with NaN are false, so NaN does not.
    fn float_to_int(&mut self, from: FloatFormat, to: IntType, value: FloatValue<'ctx>) -> Result<IntValue<'ctx>> {
        let ty = value.get_type();
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
        let high = ty.const_float(if from == FloatFormat::F32 { f64::from(above as f32) } else { above });
        let low_predicate = if includes_low { FloatPredicate::OGE } else { FloatPredicate::OGT };
        let builder = &self.unit.builder;
        let is_above = builder.build_float_compare(low_predicate, value, ty.const_float(low), "")?;
        let is_below = builder.build_float_compare(FloatPredicate::OLT, value, high, "")?;
        let fits = builder.build_and(is_above, is_below, "")?;
        self.panic_unless(fits, Panic::CastOverflow)?;
        let int = self.unit.scalars.int(to.bits);
        Ok(match to.signed {
            true => self.unit.builder.build_float_to_signed_int(value, int, "")?,
            false => self.unit.builder.build_float_to_unsigned_int(value, int, "")?,
        })
    }

    /// `@bit_cast` to a scalar. Bools and chars must be ones.
    fn build_bits(&mut self, operand: Operand, to: TypeId) -> Result<Value<'ctx>> {
        let from = self.operand_type(operand);
        let value = self.operand(operand)?;
        let kind = match self.unit.layouts.of(self.unit.pool, to).repr {
            Repr::Scalar(kind) => kind,
            _ => return self.bits_to_fat(value, to),
        };
        let scalar = match value {
            Value::Memory(at) => {
                let align = self.unit.layouts.of(self.unit.pool, from).align;
                self.unit.load_aligned(at, kind, align)?
            }
            value => {
                let Repr::Scalar(from) = self.unit.layouts.of(self.unit.pool, from).repr else {
                    return broken("these bits can't be reinterpreted");
                };
                let memory = self.unit.value_to_memory(value.scalar()?, from)?;
                self.bits_as(memory, kind)?
            }
        };
        match kind {
            ScalarKind::Bool => {
                let fits = self.below(scalar.into_int_value(), 2)?;
                self.panic_unless(fits, Panic::CastOverflow)?;
            }
            _ if to == TypeId::CHAR => self.check_char(scalar.into_int_value(), U32)?,
            _ => {}
        }
        self.unit.value_from_memory(scalar, kind).map(Value::Scalar)
    }

    fn bits_as(&self, scalar: BasicValueEnum<'ctx>, kind: ScalarKind) -> Result<BasicValueEnum<'ctx>> {
        let ty = self.unit.scalars.memory(kind);
        let builder = &self.unit.builder;
        Ok(match (scalar, kind) {
            (BasicValueEnum::PointerValue(_), ScalarKind::Ptr | ScalarKind::FnPtr) => scalar,
            (BasicValueEnum::PointerValue(address), _) => {
                builder.build_ptr_to_int(address, ty.into_int_type(), "")?.into()
            }
            (BasicValueEnum::IntValue(number), ScalarKind::Ptr | ScalarKind::FnPtr) => {
                builder.build_int_to_ptr(number, self.unit.scalars.ptr, "")?.into()
            }
            _ => builder.build_bit_cast(scalar, ty, "")?,
        })
    }

    fn bits_to_fat(&mut self, value: Value<'ctx>, to: TypeId) -> Result<Value<'ctx>> {
        match value {
            Value::Fat(..) => Ok(value),
            Value::Memory(at) => self.unit.load(at, to),
            _ => broken("these bits can't be reinterpreted"),
        }
    }
}
