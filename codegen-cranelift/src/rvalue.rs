//! What is assigned: one line for each kind of value, and the kinds that are not operators.

use crate::body::Body;
use crate::value::{Pointer, Value};
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{self, BlockArg, InstBuilder, types};
use kiln_cfg::{CastKind, Operand, Place, Rvalue};
use kiln_codegen::{Result, broken};
use kiln_types::{Repr, ScalarKind, TypeId};

impl Body<'_, '_, '_, '_> {
    /// The value of an rvalue of type `ty` that is a scalar, a pointer with a length, or has no bytes.
    pub fn build_rvalue(&mut self, value: &Rvalue, ty: TypeId) -> Result<Value> {
        match value {
            Rvalue::Operand(operand) => self.operand(*operand),
            Rvalue::Use(place, _) => self.read(place),
            Rvalue::Unary(op, operand) => self.build_unary(*op, *operand),
            Rvalue::Binary(op, left, right) => self.build_binary(*op, *left, *right),
            Rvalue::Cast(kind, operand) => self.build_cast(*kind, *operand, ty),
            Rvalue::AddressOf(place) => self.build_address_of(place),
            Rvalue::Slice { place, from, to } => self.build_slice(place, *from, *to),
            Rvalue::Len(place) => Ok(Value::Scalar(self.build_len(place)?)),
            Rvalue::Tag(place) => self.build_tag(place, ty),
            Rvalue::Builtin(builtin, args) => self.build_builtin(*builtin, args, ty),
            Rvalue::Repeat(_) => broken("an array is held in memory"),
            Rvalue::MakeType { .. } => broken("types are made at comptime only"),
        }
    }

    /// Writes an rvalue of an aggregate type to memory.
    pub fn build_aggregate(&mut self, at: Pointer, ty: TypeId, value: &Rvalue) -> Result<()> {
        match value {
            Rvalue::Operand(operand) => {
                let value = self.operand(*operand)?;
                self.out.store(at, ty, value)
            }
            Rvalue::Use(place, _) => {
                let value = self.read(place)?;
                self.out.store(at, ty, value)
            }
            Rvalue::Repeat(operand) => self.build_repeat(at, ty, *operand),
            Rvalue::Cast(CastKind::Bits, operand) => self.build_bits_to_memory(at, ty, *operand),
            _ => broken("this operation has no aggregate as result"),
        }
    }

    fn build_address_of(&mut self, place: &Place) -> Result<Value> {
        let spot = self.spot(place)?;
        let at = self.out.address(spot.at);
        Ok(match spot.len {
            Some(len) => Value::Fat(at, len),
            None => Value::Scalar(at),
        })
    }

    fn build_len(&mut self, place: &Place) -> Result<ir::Value> {
        let spot = self.spot(place)?;
        match (spot.len, self.out.unit.pool.elem(spot.ty)) {
            (Some(len), _) => Ok(len),
            (None, Some((_, Some(len)))) => Ok(self.out.size(len)),
            _ => broken("only arrays, slices and text have a length"),
        }
    }

    fn build_slice(&mut self, place: &Place, from: Option<Operand>, to: Option<Operand>) -> Result<Value> {
        let spot = self.spot(place)?;
        let Some((elem, _)) = self.out.unit.pool.elem(spot.ty) else {
            return broken("only arrays, slices and text have parts");
        };
        let end = match to {
            Some(to) => self.scalar(to)?,
            None => self.build_len(place)?,
        };
        let Some(from) = from else { return Ok(Value::Fat(self.out.address(spot.at), end)) };
        let from = self.scalar(from)?;
        let start = self.elem_address(spot.at, elem, from);
        Ok(Value::Fat(start, self.out.b.ins().isub(end, from)))
    }

    fn build_tag(&mut self, place: &Place, tag: TypeId) -> Result<Value> {
        let enum_ty = self.place_type(place)?;
        match self.out.repr(enum_ty) {
            Repr::Scalar(_) => self.read(place),
            Repr::Memory => {
                let spot = self.spot(place)?;
                self.out.load(spot.at, tag)
            }
            _ => broken("an enum without values has no tag"),
        }
    }

    /// Fills an array with copies of one value.
    fn build_repeat(&mut self, at: Pointer, ty: TypeId, operand: Operand) -> Result<()> {
        let Some((elem, Some(len))) = self.out.unit.pool.elem(ty) else { return broken("only arrays are filled") };
        let size = self.out.layout(elem).size;
        if let Some(byte) = self.repeated_byte(elem, operand)? {
            let (to, bytes) = (self.out.address(at), self.out.size(size * len));
            let config = self.out.unit.module.target_config();
            self.out.b.call_memset(config, to, byte, bytes);
            return Ok(());
        }
        let value = self.operand(operand)?;
        if len == 1 {
            return self.out.store(at, elem, value);
        }
        let start = self.out.address(at);
        let bytes = self.out.size(size * len);
        let end = self.out.b.ins().iadd(start, bytes);
        let (turn, next) = (self.out.b.create_block(), self.out.b.create_block());
        let pointer = self.out.pointer_type();
        let here = self.out.b.append_block_param(turn, pointer);
        self.out.b.ins().jump(turn, &[BlockArg::Value(start)]);
        self.out.b.switch_to_block(turn);
        self.out.store(Pointer::at(here), elem, value)?;
        let after = self.out.b.ins().iadd_imm_s(here, size as i64);
        let is_done = self.out.b.ins().icmp(IntCC::Equal, after, end);
        self.out.b.ins().brif(is_done, next, &[], turn, &[BlockArg::Value(after)]);
        self.out.b.seal_block(turn);
        self.out.b.switch_to_block(next);
        self.out.b.seal_block(next);
        Ok(())
    }

    /// The byte all of an element's bytes are equal to, if that is known, or if it has only one.
    fn repeated_byte(&mut self, elem: TypeId, operand: Operand) -> Result<Option<ir::Value>> {
        if let Operand::Const(value) = operand {
            let image = self.out.unit.facts().image_of(value)?;
            let first = image.bytes.first().copied().unwrap_or(0);
            let is_uniform = image.relocs.is_empty() && image.bytes.iter().all(|byte| *byte == first);
            return Ok(is_uniform.then(|| self.out.b.ins().iconst(types::I8, i64::from(first))));
        }
        match self.out.repr(elem) {
            Repr::Scalar(ScalarKind::Bool | ScalarKind::Int { bits: 8, .. }) => self.scalar(operand).map(Some),
            _ => Ok(None),
        }
    }

    /// `@bit_cast` to an aggregate: the bytes are the same.
    fn build_bits_to_memory(&mut self, at: Pointer, ty: TypeId, operand: Operand) -> Result<()> {
        let from = self.operand_type(operand);
        match self.operand(operand)? {
            Value::Memory(source) => {
                let size = self.out.layout(ty).size;
                self.out.copy(at, source, size);
                Ok(())
            }
            value => self.out.store(at, from, value),
        }
    }
}
