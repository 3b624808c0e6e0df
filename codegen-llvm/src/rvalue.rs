//! What is assigned: one line for each kind of value, and the kinds that are not operators.

use crate::body::Body;
use crate::errors::{Result, broken};
use crate::value::Value;
use inkwell::IntPredicate;
use inkwell::values::{BasicValueEnum, IntValue, PointerValue};
use kiln_cfg::{CastKind, Operand, Place, Rvalue};
use kiln_types::{Repr, ScalarKind, TypeId};

impl<'ctx> Body<'_, 'ctx, '_> {
    /// The value of an rvalue of type `ty` that is a scalar, a pointer with a length, or has no bytes.
    pub fn build_rvalue(&mut self, value: &Rvalue, ty: TypeId) -> Result<Value<'ctx>> {
        match value {
            Rvalue::Operand(operand) => self.operand(*operand),
            Rvalue::Use(place, _) => self.read(place),
            Rvalue::Unary(op, operand) => self.build_unary(*op, *operand),
            Rvalue::Binary(op, left, right) => self.build_binary(*op, *left, *right),
            Rvalue::Cast(kind, operand) => self.build_cast(*kind, *operand, ty),
            Rvalue::AddressOf(place) => self.build_address_of(place),
            Rvalue::Slice { place, from, to } => self.build_slice(place, *from, *to),
            Rvalue::Len(place) => Ok(Value::Scalar(self.build_len(place)?.into())),
            Rvalue::Tag(place) => self.build_tag(place, ty),
            Rvalue::Builtin(builtin, args) => self.build_builtin(*builtin, args, ty),
            Rvalue::Repeat(_) => broken("an array is held in memory"),
            Rvalue::MakeType { .. } => broken("types are made at comptime only"),
        }
    }

    /// Writes an rvalue of an aggregate type to memory.
    pub fn build_aggregate(&mut self, at: PointerValue<'ctx>, ty: TypeId, value: &Rvalue) -> Result<()> {
        match value {
            Rvalue::Operand(operand) => {
                let value = self.operand(*operand)?;
                self.unit.store(at, ty, value)
            }
            Rvalue::Use(place, _) => {
                let value = self.read(place)?;
                self.unit.store(at, ty, value)
            }
            Rvalue::Repeat(operand) => self.build_repeat(at, ty, *operand),
            Rvalue::Cast(CastKind::Bits, operand) => self.build_bits_to_memory(at, ty, *operand),
            _ => broken("this operation has no aggregate as result"),
        }
    }

    fn build_address_of(&mut self, place: &Place) -> Result<Value<'ctx>> {
        let spot = self.spot(place)?;
        let at = self.address(spot)?;
        Ok(match spot.len {
            Some(len) => Value::Fat(at, len),
            None => Value::Scalar(at.into()),
        })
    }

    fn build_len(&mut self, place: &Place) -> Result<IntValue<'ctx>> {
        let spot = self.spot(place)?;
        match (spot.len, self.unit.pool.elem(spot.ty)) {
            (Some(len), _) => Ok(len),
            (None, Some((_, Some(len)))) => Ok(self.unit.size(len)),
            _ => broken("only arrays, slices and text have a length"),
        }
    }

    fn build_slice(&mut self, place: &Place, from: Option<Operand>, to: Option<Operand>) -> Result<Value<'ctx>> {
        let spot = self.spot(place)?;
        let Some((elem, _)) = self.unit.pool.elem(spot.ty) else {
            return broken("only arrays, slices and text have parts");
        };
        let end = match to {
            Some(to) => self.operand(to)?.int()?,
            None => self.build_len(place)?,
        };
        let base = self.address(spot)?;
        let Some(from) = from else { return Ok(Value::Fat(base, end)) };
        let from = self.operand(from)?.int()?;
        let start = self.elem_pointer(base, elem, from)?;
        Ok(Value::Fat(start, self.unit.builder.build_int_nuw_sub(end, from, "")?))
    }

    fn build_tag(&mut self, place: &Place, tag: TypeId) -> Result<Value<'ctx>> {
        let enum_ty = self.place_type(place)?;
        match self.unit.layouts.of(self.unit.pool, enum_ty).repr {
            Repr::Scalar(_) => self.read(place),
            Repr::Memory => {
                let spot = self.spot(place)?;
                let at = self.address(spot)?;
                self.unit.load_tag(at, enum_ty, tag)
            }
            _ => broken("an enum without values has no tag"),
        }
    }

    /// Fills an array with copies of one value.
    fn build_repeat(&mut self, at: PointerValue<'ctx>, ty: TypeId, operand: Operand) -> Result<()> {
        let Some((elem, Some(len))) = self.unit.pool.elem(ty) else { return broken("only arrays are filled") };
        let layout = self.unit.layouts.of(self.unit.pool, elem);
        if let Some(byte) = self.repeated_byte(elem, operand)? {
            let size = self.unit.size(layout.size * len);
            self.unit.builder.build_memset(at, layout.align, byte, size)?;
            return Ok(());
        }
        let value = self.operand(operand)?;
        if len == 1 {
            return self.unit.store(at, elem, value);
        }
        let end = self.elem_pointer(at, elem, self.unit.size(len))?;
        let Some(before) = self.unit.builder.get_insert_block() else {
            return broken("the builder stands in no block");
        };
        let turn = self.split()?;
        self.unit.builder.build_unconditional_branch(turn)?;
        self.unit.builder.position_at_end(turn);
        let next = self.split()?;
        let phi = self.unit.builder.build_phi(self.unit.scalars.ptr, "")?;
        let here = phi.as_basic_value().into_pointer_value();
        self.unit.store(here, elem, value)?;
        let after = self.elem_pointer(here, elem, self.unit.size(1))?;
        phi.add_incoming(&[(&at, before), (&after, turn)]);
        let is_done = self.unit.builder.build_int_compare(IntPredicate::EQ, after, end, "")?;
        self.unit.builder.build_conditional_branch(is_done, next, turn)?;
        self.unit.builder.position_at_end(next);
        Ok(())
    }

    /// The byte all of an element's bytes are equal to, if that is known, or if it has only one.
    fn repeated_byte(&mut self, elem: TypeId, operand: Operand) -> Result<Option<IntValue<'ctx>>> {
        let byte = self.unit.scalars.int(8);
        if let Operand::Const(value) = operand {
            let image = self.unit.facts().image_of(value)?;
            let first = image.bytes.first().copied().unwrap_or(0);
            let is_uniform = image.relocs.is_empty() && image.bytes.iter().all(|byte| *byte == first);
            return Ok(is_uniform.then(|| byte.const_int(u64::from(first), false)));
        }
        match self.unit.layouts.of(self.unit.pool, elem).repr {
            Repr::Scalar(kind @ (ScalarKind::Bool | ScalarKind::Int { bits: 8, .. })) => {
                let scalar = self.operand(operand)?.scalar()?;
                Ok(Some(self.unit.value_to_memory(scalar, kind)?.into_int_value()))
            }
            _ => Ok(None),
        }
    }

    /// `@bit_cast` to an aggregate: the bytes are the same.
    fn build_bits_to_memory(&mut self, at: PointerValue<'ctx>, ty: TypeId, operand: Operand) -> Result<()> {
        let from = self.operand_type(operand);
        let value = self.operand(operand)?;
        let from_layout = self.unit.layouts.of(self.unit.pool, from);
        let layout = self.unit.layouts.of(self.unit.pool, ty);
        match (value, from_layout.repr) {
            (Value::Memory(source), _) => {
                let size = self.unit.size(layout.size);
                self.unit.builder.build_memcpy(at, layout.align, source, from_layout.align, size)?;
                Ok(())
            }
            (Value::Scalar(scalar), Repr::Scalar(kind)) => {
                let scalar: BasicValueEnum<'ctx> = self.unit.value_to_memory(scalar, kind)?;
                self.unit.store_aligned(at, scalar, layout.align)
            }
            (Value::Fat(..), _) => self.unit.store(at, from, value),
            _ => broken("these bits can't be reinterpreted"),
        }
    }
}
