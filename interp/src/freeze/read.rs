//! Results as values of the pool.

use super::path::Origin;
use super::{Freezer, Refusal, RefusalReason};
use crate::memory::{DATA, Peeked, UNINIT};
use crate::value::{number_of_bytes, scalar_of_bytes};
use kiln_types::arith::Kind;
use kiln_types::{RelocTarget, Repr, TypeId, TypeKey, ValueId, ValueKey};

/// Elements of an array as a value, where their size does not limit them.
const MAX_SIZELESS: u64 = 1 << 20;

impl Freezer<'_, '_> {
    /// The value of a type at a place of the arena. What it points to becomes static data.
    pub(crate) fn value(&mut self, ty: TypeId, at: usize) -> Result<ValueId, Refusal> {
        let value = self.read(ty, at, Origin { ty, at, route: None }, 0)?;
        self.finish()?;
        Ok(value)
    }

    fn read(&mut self, ty: TypeId, at: usize, origin: Origin, offset: usize) -> Result<ValueId, Refusal> {
        let layout = self.env.layouts.of(self.env.pool, ty);
        if layout.size > 0 {
            return self.read_whole(ty, at, origin, offset);
        }
        if let Some(value) = self.sizeless.get(&ty) {
            return Ok(*value);
        }
        let value = self.read_whole(ty, at, origin, offset)?;
        self.sizeless.insert(ty, value);
        Ok(value)
    }

    fn read_whole(&mut self, ty: TypeId, at: usize, origin: Origin, offset: usize) -> Result<ValueId, Refusal> {
        let layout = self.env.layouts.of(self.env.pool, ty);
        if let Some(kind) = Kind::of(self.env.pool, self.env.layouts.target(), ty) {
            let bits = self.bits(kind, at, origin, offset)?;
            return Ok(self.env.pool.scalar(ty, bits));
        }
        match self.env.pool.key(ty).clone() {
            TypeKey::Unit | TypeKey::Never | TypeKey::Error => Ok(ValueId::UNIT),
            TypeKey::Type | TypeKey::Module => {
                let bytes = self.plain(at, 8, origin, offset)?;
                Ok(ValueId(number_of_bytes(bytes, kiln_types::Endian::Little) as u32))
            }
            TypeKey::Ptr { .. } | TypeKey::Fn(_) => self.pointer(ty, at, origin, offset),
            TypeKey::Array { elem: TypeId::U8, .. } => {
                let bytes = self.plain(at, layout.size as usize, origin, offset)?.into();
                Ok(self.env.pool.value(ValueKey::Bytes { ty, bytes }))
            }
            TypeKey::Array { elem, len } => {
                let size = self.env.layouts.of(self.env.pool, elem).size as usize;
                if size == 0 && len > MAX_SIZELESS {
                    return Err(self.refuse(origin, offset, RefusalReason::TooMany));
                }
                let parts =
                    (0..len as usize).map(|index| self.read(elem, at + index * size, origin, offset + index * size));
                let parts = parts.collect::<Result<_, _>>()?;
                Ok(self.env.pool.value(ValueKey::Aggregate { ty, parts }))
            }
            TypeKey::Enum { .. } | TypeKey::AnonEnum { .. } => self.enumeration(ty, at, origin, offset),
            TypeKey::Tuple(_) | TypeKey::Struct { .. } | TypeKey::AnonStruct { .. } => {
                let fields = self.fields(ty, layout.fields.len());
                let parts = self.parts(&layout.fields, &fields, at, origin, offset)?;
                Ok(self.env.pool.value(ValueKey::Aggregate { ty, parts }))
            }
            _ => Err(self.refuse(origin, offset, RefusalReason::InvalidValue)),
        }
    }

    fn fields(&self, ty: TypeId, count: usize) -> Vec<TypeId> {
        (0..count).filter_map(|index| self.env.pool.field_type(ty, index)).collect()
    }

    fn parts(
        &mut self,
        offsets: &[u64],
        types: &[TypeId],
        at: usize,
        origin: Origin,
        offset: usize,
    ) -> Result<Box<[ValueId]>, Refusal> {
        let parts = offsets.iter().zip(types);
        parts.map(|(start, ty)| self.read(*ty, at + *start as usize, origin, offset + *start as usize)).collect()
    }

    fn enumeration(&mut self, ty: TypeId, at: usize, origin: Origin, offset: usize) -> Result<ValueId, Refusal> {
        let layout = self.env.layouts.of(self.env.pool, ty);
        let size = layout.enumeration.as_ref().map_or(0, |enumeration| enumeration.tag_size as usize);
        self.plain(at, size, origin, offset)?;
        let variant = self.variant(ty, at).ok_or_else(|| self.refuse(origin, offset, RefusalReason::InvalidValue))?;
        let def = self.env.pool.enum_def(ty).expect("its layout was made from it");
        let types: Vec<TypeId> = def.variants[variant].fields.iter().map(|field| field.ty).collect();
        let offsets =
            layout.enumeration.as_ref().map(|enumeration| enumeration.variants[variant].clone()).unwrap_or_default();
        let parts = self.parts(&offsets, &types, at, origin, offset)?;
        Ok(self.env.pool.value(ValueKey::Variant { ty, variant: variant as u32, parts }))
    }

    fn plain(&mut self, at: usize, size: usize, origin: Origin, offset: usize) -> Result<&[u8], Refusal> {
        let known = self.memory.knowledge(at, size);
        match known.iter().position(|known| *known != DATA) {
            None => Ok(self.memory.bytes(at, size)),
            Some(byte) => {
                let is_pointer = known[byte] != UNINIT;
                let reason = if is_pointer { RefusalReason::BrokenPointer } else { RefusalReason::Uninitialised };
                Err(self.refuse(origin, offset + byte, reason))
            }
        }
    }

    fn bits(&mut self, kind: Kind, at: usize, origin: Origin, offset: usize) -> Result<u128, Refusal> {
        let endian = self.env.layouts.target().endian;
        let bytes = self.plain(at, kind.bytes() as usize, origin, offset)?;
        let bits = scalar_of_bytes(kind, bytes, endian);
        bits.ok_or_else(|| self.refuse(origin, offset, RefusalReason::InvalidValue))
    }

    fn pointer(&mut self, ty: TypeId, at: usize, origin: Origin, offset: usize) -> Result<ValueId, Refusal> {
        let bytes = self.memory.pointer_bytes();
        let is_fat = matches!(self.env.layouts.of(self.env.pool, ty).repr, Repr::FatPtr);
        let len = match is_fat {
            true => {
                let endian = self.env.layouts.target().endian;
                Some(number_of_bytes(self.plain(at + bytes, bytes, origin, offset)?, endian) as u64)
            }
            false => None,
        };
        match self.memory.peek_pointer(at) {
            Some(Peeked::Address(address)) => Ok(self.env.pool.value(ValueKey::RawPtr { ty, address })),
            Some(Peeked::Pointer(pointer)) => Ok(match self.target(pointer, origin, offset)? {
                RelocTarget::Func(func) => self.env.pool.value(ValueKey::Fn { ty, func }),
                RelocTarget::Static { data, addend } => {
                    self.env.pool.value(ValueKey::StaticPtr { ty, data, offset: addend, len })
                }
            }),
            None => {
                let is_uninit = self.memory.knowledge(at, bytes).contains(&UNINIT);
                let reason = if is_uninit { RefusalReason::Uninitialised } else { RefusalReason::BrokenPointer };
                Err(self.refuse(origin, offset, reason))
            }
        }
    }
}
