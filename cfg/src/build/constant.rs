//! Arrays of constants become static data, from which the array is copied at once.

use super::Builder;
use kiln_air::{Inst, InstId};
use kiln_types::{Endian, Reloc, RelocTarget, StaticData, StaticId, TypeId, ValueId, ValueKey};

/// The part of the data that is being written, and what was written so far.
struct Image {
    bytes: Vec<u8>,
    relocs: Vec<Reloc>,
}

impl Builder<'_, '_> {
    /// Static data with the value of an instruction that is a constant in all its parts.
    pub(super) fn constant_table(&mut self, id: InstId) -> Option<StaticId> {
        if !self.is_constant(id) {
            return None;
        }
        let ty = self.ty(id);
        let layout = self.cx.layouts.of(self.cx.pool, ty);
        let mut image = Image { bytes: vec![0; usize::try_from(layout.size).ok()?], relocs: Vec::new() };
        self.write_inst(&mut image, id, 0)?;
        image.relocs.sort_by_key(|reloc| reloc.offset);
        let data = StaticData { ty, bytes: image.bytes.into(), align: layout.align, relocs: image.relocs.into() };
        Some(self.cx.statics.add(data))
    }

    fn is_constant(&self, id: InstId) -> bool {
        match &self.body.insts[id] {
            Inst::Const(_) => true,
            Inst::Array(parts) | Inst::Tuple(parts) => parts.iter().all(|part| self.is_constant(*part)),
            Inst::Struct { fields, base: None } => fields.iter().all(|field| self.is_constant(field.1)),
            _ => false,
        }
    }

    fn write_inst(&mut self, image: &mut Image, id: InstId, at: u64) -> Option<()> {
        let body = self.body;
        match &body.insts[id] {
            Inst::Const(value) => self.write_value(image, *value, self.ty(id), at),
            Inst::Array(elems) => {
                let size = self.element_size(self.ty(id))?;
                elems.iter().zip(0u64..).try_for_each(|(elem, index)| self.write_inst(image, *elem, at + index * size))
            }
            Inst::Tuple(parts) => {
                let layout = self.cx.layouts.of(self.cx.pool, self.ty(id));
                parts
                    .iter()
                    .zip(&layout.fields)
                    .try_for_each(|(part, offset)| self.write_inst(image, *part, at + offset))
            }
            Inst::Struct { fields, .. } => {
                let layout = self.cx.layouts.of(self.cx.pool, self.ty(id));
                fields
                    .iter()
                    .try_for_each(|(field, part)| self.write_inst(image, *part, at + layout.fields[*field as usize]))
            }
            _ => None,
        }
    }

    fn element_size(&mut self, array: TypeId) -> Option<u64> {
        let (elem, _) = self.cx.pool.elem(array)?;
        Some(self.cx.layouts.of(self.cx.pool, elem).size)
    }

    /// Writes a value of the pool; `None` if it has no bytes (a type, an error) or is an enum with payload.
    fn write_value(&mut self, image: &mut Image, value: ValueId, ty: TypeId, at: u64) -> Option<()> {
        let pointer = u64::from(self.cx.layouts.target().pointer_bytes);
        match self.cx.pool.value_key(value)?.clone() {
            ValueKey::Scalar { bits, .. } => {
                let size = self.cx.layouts.of(self.cx.pool, ty).size;
                self.write_bits(image, bits, at, size);
            }
            ValueKey::Unit => {}
            ValueKey::Bytes { bytes, .. } => {
                image.bytes[at as usize..at as usize + bytes.len()].copy_from_slice(&bytes);
            }
            ValueKey::Aggregate { ty, parts } => {
                let layout = self.cx.layouts.of(self.cx.pool, ty);
                for (index, part) in parts.iter().enumerate() {
                    let part_ty = self.cx.pool.type_of(*part);
                    let offset = match self.element_size(ty) {
                        Some(size) => index as u64 * size,
                        None => layout.fields[index],
                    };
                    self.write_value(image, *part, part_ty, at + offset)?;
                }
            }
            ValueKey::Fn { func, .. } => image.relocs.push(Reloc { offset: at, target: RelocTarget::Func(func) }),
            ValueKey::StaticPtr { data, offset, len, .. } => {
                image.relocs.push(Reloc { offset: at, target: RelocTarget::Static { data, addend: offset } });
                if let Some(len) = len {
                    self.write_bits(image, u128::from(len), at + pointer, pointer);
                }
            }
            ValueKey::RawPtr { address, .. } => self.write_bits(image, u128::from(address), at, pointer),
            ValueKey::Variant { .. } | ValueKey::Str(_) | ValueKey::Module(_) | ValueKey::Error => return None,
        }
        Some(())
    }

    fn write_bits(&self, image: &mut Image, bits: u128, at: u64, size: u64) {
        let (at, size) = (at as usize, size as usize);
        let place = &mut image.bytes[at..at + size];
        place.copy_from_slice(&bits.to_le_bytes()[..size]);
        if self.cx.layouts.target().endian == Endian::Big {
            place.reverse();
        }
    }
}
