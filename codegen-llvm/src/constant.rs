//! Constants of the pool: scalars as LLVM constants, everything larger as an image in memory.

use crate::errors::{Result, broken};
use crate::statics::Image;
use crate::unit::{Convention, Unit};
use crate::value::Value;
use inkwell::values::PointerValue;
use kiln_types::{FuncId, RelocTarget, Repr, ScalarKind, TypeId, ValueId, ValueKey};

impl<'ctx> Unit<'ctx, '_> {
    /// A constant as it is used by instructions. The builder stands in a block.
    pub fn constant(&mut self, value: ValueId) -> Result<Value<'ctx>> {
        let ty = self.pool.type_of(value);
        let layout = self.layouts.of(self.pool, ty);
        match layout.repr {
            Repr::Zst => Ok(Value::Nothing),
            Repr::Scalar(kind) => self.scalar_constant(value, kind),
            Repr::FatPtr => self.fat_constant(value),
            Repr::Memory => Ok(Value::Memory(self.constant_address(value)?)),
            Repr::Comptime => broken("a comptime value is used at run time"),
        }
    }

    fn key(&self, value: ValueId) -> Result<&ValueKey> {
        self.pool.value_key(value).map_or_else(|| broken("a type is used at run time"), Ok)
    }

    fn scalar_constant(&mut self, value: ValueId, kind: ScalarKind) -> Result<Value<'ctx>> {
        if let Some(bits) = self.scalar_bits(value) {
            return Ok(Value::Scalar(match kind {
                ScalarKind::Bool => self.scalars.bit.const_int(bits as u64 & 1, false).into(),
                ScalarKind::Int { bits: width, .. } => self.int_const(width, bits).into(),
                ScalarKind::F32 => self.float_const(32, bits)?,
                ScalarKind::F64 => self.float_const(64, bits)?,
                ScalarKind::Ptr | ScalarKind::FnPtr => return broken("an address is given as a number"),
            }));
        }
        let address = match *self.key(value)? {
            ValueKey::Fn { func, .. } => self.function_address(func)?,
            ValueKey::StaticPtr { data, offset, .. } => self.static_address_at(data, offset)?,
            ValueKey::RawPtr { address, .. } => self.raw_address(address),
            _ => return broken("a constant is no scalar, but its type is one"),
        };
        Ok(Value::Scalar(address.into()))
    }

    fn fat_constant(&mut self, value: ValueId) -> Result<Value<'ctx>> {
        match *self.key(value)? {
            ValueKey::StaticPtr { data, offset, len: Some(len), .. } => {
                Ok(Value::Fat(self.static_address_at(data, offset)?, self.size(len)))
            }
            ValueKey::RawPtr { address, .. } => Ok(Value::Fat(self.raw_address(address), self.size(0))),
            _ => broken("a constant is no pointer with a length, but its type is one"),
        }
    }

    fn raw_address(&self, address: u64) -> PointerValue<'ctx> {
        if address == 0 { self.scalars.ptr.const_null() } else { self.size(address).const_to_pointer(self.scalars.ptr) }
    }

    /// The bits of a scalar that is a number; a unit-only enum's variant is its discriminant.
    pub fn scalar_bits(&self, value: ValueId) -> Option<u128> {
        match self.pool.value_key(value)? {
            ValueKey::Scalar { bits, .. } => Some(*bits),
            ValueKey::Variant { ty, variant, .. } => {
                let def = self.pool.enum_def(*ty).filter(|def| def.is_unit_only())?;
                Some(def.variants.get(*variant as usize)?.discriminant)
            }
            _ => None,
        }
    }

    /// The address of a function as a value of the program: always called by Kiln's convention.
    pub fn function_address(&mut self, func: FuncId) -> Result<PointerValue<'ctx>> {
        let declared = self.function(func)?;
        let value = match &declared.convention {
            Convention::Kiln(_) => declared.value,
            Convention::C(_) => self.extern_thunk(func)?,
        };
        Ok(value.as_global_value().as_pointer_value())
    }

    /// A value as it lies in memory.
    pub fn image_of(&mut self, value: ValueId) -> Result<Image> {
        let layout = self.layouts.of(self.pool, self.pool.type_of(value));
        let mut image = Image::zeroed(layout.size, layout.align);
        self.write_image(&mut image, value, 0)?;
        image.relocs.sort_by_key(|reloc| reloc.0);
        Ok(image)
    }

    fn write_image(&mut self, image: &mut Image, value: ValueId, at: u64) -> Result<()> {
        let ty = self.pool.type_of(value);
        let layout = self.layouts.of(self.pool, ty);
        let endian = self.layouts.target().endian;
        let pointer = u64::from(self.layouts.target().pointer_bytes);
        if layout.is_zst() {
            return Ok(());
        }
        if let Some(bits) = self.scalar_bits(value) {
            image.put(at, layout.size, bits, endian);
            return Ok(());
        }
        let pool = self.pool;
        let Some(key) = pool.value_key(value) else { return broken("a type is used at run time") };
        match key {
            ValueKey::Aggregate { parts, .. } => {
                for (index, part) in parts.iter().enumerate() {
                    let offset = self.part_offset(ty, index)?;
                    self.write_image(image, *part, at + offset)?;
                }
            }
            ValueKey::Variant { variant, parts, .. } => self.write_variant(image, ty, *variant, parts, at)?,
            ValueKey::Bytes { bytes, .. } => image.bytes[at as usize..at as usize + bytes.len()].copy_from_slice(bytes),
            ValueKey::Fn { func, .. } => image.relocs.push((at, RelocTarget::Func(*func))),
            ValueKey::StaticPtr { data, offset, len, .. } => {
                image.relocs.push((at, RelocTarget::Static { data: *data, addend: *offset }));
                if let Some(len) = len {
                    image.put(at + pointer, pointer, u128::from(*len), endian);
                }
            }
            ValueKey::RawPtr { address, .. } => image.put(at, pointer, u128::from(*address), endian),
            _ => return broken("a constant can't be kept at run time"),
        }
        Ok(())
    }

    fn part_offset(&mut self, ty: TypeId, index: usize) -> Result<u64> {
        if let Some((elem, _)) = self.pool.elem(ty) {
            return Ok(self.layouts.of(self.pool, elem).size * index as u64);
        }
        let layout = self.layouts.of(self.pool, ty);
        layout.fields.get(index).copied().map_or_else(|| broken("a constant has more parts than its type"), Ok)
    }

    fn write_variant(&mut self, image: &mut Image, ty: TypeId, variant: u32, parts: &[ValueId], at: u64) -> Result<()> {
        let layout = self.layouts.of(self.pool, ty);
        let endian = self.layouts.target().endian;
        let (Some(def), Some(lies)) = (self.pool.enum_def(ty), &layout.enumeration) else {
            return broken("a variant of what is no enum");
        };
        let index = variant as usize;
        let (Some(variant), Some(offsets)) = (def.variants.get(index), lies.variants.get(index)) else {
            return broken("an enum has not as many variants");
        };
        image.put(at, u64::from(lies.tag_size), variant.discriminant, endian);
        for (part, offset) in parts.iter().zip(offsets) {
            self.write_image(image, *part, at + offset)?;
        }
        Ok(())
    }
}
