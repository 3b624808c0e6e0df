//! Constants as they lie in memory: bytes of the target, with addresses in them.

use crate::facts::Facts;
use crate::{Result, broken};
use kiln_types::{Endian, Pool, RelocTarget, TypeId, ValueId, ValueKey};

/// Bytes of the target with addresses in them.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Image {
    /// The content; address bytes are zero.
    pub bytes: Vec<u8>,
    /// Alignment in bytes.
    pub align: u32,
    /// Where addresses stand, ordered by offset, and what they are the addresses of.
    pub relocs: Vec<(u64, RelocTarget)>,
}

impl Image {
    /// An image of zeros.
    fn zeroed(size: u64, align: u32) -> Image {
        Image { bytes: vec![0; size as usize], align, relocs: Vec::new() }
    }

    /// Writes the low `bytes` bytes of a number in the target's byte order.
    fn put(&mut self, at: u64, bytes: u64, number: u128, endian: Endian) {
        let target = &mut self.bytes[at as usize..(at + bytes) as usize];
        let little = number.to_le_bytes();
        for (index, byte) in target.iter_mut().enumerate() {
            let from = if endian == Endian::Little { index } else { bytes as usize - 1 - index };
            *byte = little[from];
        }
    }
}

/// The bits of a scalar that is a number; a unit-only enum's variant is its discriminant.
pub fn scalar_bits(pool: &Pool, value: ValueId) -> Option<u128> {
    match pool.value_key(value)? {
        ValueKey::Scalar { bits, .. } => Some(*bits),
        ValueKey::Variant { ty, variant, .. } => {
            let def = pool.enum_def(*ty).filter(|def| def.is_unit_only())?;
            Some(def.variants.get(*variant as usize)?.discriminant)
        }
        _ => None,
    }
}

impl Facts<'_> {
    /// A value as it lies in memory.
    ///
    /// # Errors
    /// The value exists only at comptime.
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
        if let Some(bits) = scalar_bits(self.pool, value) {
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
