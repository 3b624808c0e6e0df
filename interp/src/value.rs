//! Values of the pool as bytes of the target, and bytes as values.

use crate::consts::{ConstKey, ConstTable};
use crate::memory::{AllocKind, Memory, OutOfMemory, Pointer, Site, internal_site};
use kiln_types::arith::Kind;
use kiln_types::{Endian, Layouts, Pool, RelocTarget, StaticId, Statics, TypeId, ValueId, ValueKey};

/// Brings constants into the memory of an evaluation.
pub(crate) struct Writer<'a> {
    pub(crate) pool: &'a Pool,
    pub(crate) layouts: &'a mut Layouts,
    pub(crate) statics: &'a Statics,
    pub(crate) consts: &'a mut ConstTable,
    pub(crate) memory: &'a mut Memory,
    /// Pointers of the constants that are there, by their numbers.
    pub(crate) pointers: &'a mut Vec<Pointer>,
}

impl Writer<'_> {
    /// The pointer to a constant; brings it, and static data it refers to, into memory.
    pub(crate) fn constant(&mut self, number: u32) -> Result<Pointer, OutOfMemory> {
        match self.consts.key(number) {
            ConstKey::Static(data) => self.static_data(data),
            ConstKey::Value(value) => {
                let pointer = match self.pool.value_key(value) {
                    Some(ValueKey::RawPtr { address, .. }) => self.memory.pointer_to_address(*address),
                    _ => self.value(value, AllocKind::Const(value))?,
                };
                self.note(number, pointer);
                Ok(pointer)
            }
        }
    }

    /// A value in a read-only allocation of its own.
    pub(crate) fn value(&mut self, value: ValueId, kind: AllocKind) -> Result<Pointer, OutOfMemory> {
        let ty = self.pool.type_of(value);
        if let Some(ValueKey::Str(text)) = self.pool.value_key(value) {
            return self.bytes(text.as_bytes(), 1, Site { ty: TypeId::U8, ..internal_site(kind) });
        }
        let layout = self.layouts.of(self.pool, ty);
        let pointer = self.memory.allocate(layout.size, layout.align, Site { ty, ..internal_site(kind) })?;
        let at = self.start(pointer);
        self.write(value, ty, at)?;
        if kind != AllocKind::Argument {
            self.memory.protect(pointer);
        }
        Ok(pointer)
    }

    fn bytes(&mut self, bytes: &[u8], align: u32, site: Site) -> Result<Pointer, OutOfMemory> {
        let pointer = self.memory.allocate(bytes.len() as u64, align, site)?;
        let at = self.start(pointer);
        self.memory.write_bytes(at, bytes);
        self.memory.protect(pointer);
        Ok(pointer)
    }

    fn start(&self, pointer: Pointer) -> usize {
        self.memory.entry(pointer).map_or(0, |entry| entry.start())
    }

    fn note(&mut self, number: u32, pointer: Pointer) {
        let number = number as usize;
        if self.pointers.len() <= number {
            self.pointers.resize(number + 1, Pointer(0));
        }
        self.pointers[number] = pointer;
    }

    /// The pointer to static data; data that it refers to comes with it, also in cycles.
    pub(crate) fn static_data(&mut self, data: StaticId) -> Result<Pointer, OutOfMemory> {
        let mut waiting = Vec::new();
        let first = self.reserve_static(data, &mut waiting)?;
        while let Some((data, pointer)) = waiting.pop() {
            let at = self.start(pointer);
            for reloc in &self.statics.get(data).relocs {
                let target = match reloc.target {
                    RelocTarget::Func(func) => Pointer::new(Pointer::FUNCTION, func.0),
                    RelocTarget::Static { data, addend } => {
                        self.reserve_static(data, &mut waiting)?.add(addend as i64).unwrap_or_default()
                    }
                };
                self.memory.write_pointer_at(at + reloc.offset as usize, target);
            }
        }
        Ok(first)
    }

    fn reserve_static(
        &mut self,
        data: StaticId,
        waiting: &mut Vec<(StaticId, Pointer)>,
    ) -> Result<Pointer, OutOfMemory> {
        let number = self.consts.number(ConstKey::Static(data));
        if let Some(pointer) = self.pointers.get(number as usize).filter(|pointer| pointer.0 != 0) {
            return Ok(*pointer);
        }
        let content = self.statics.get(data);
        let site = Site { ty: content.ty, ..internal_site(AllocKind::Static(data)) };
        let pointer = self.bytes(&content.bytes, content.align, site)?;
        self.note(number, pointer);
        if !content.relocs.is_empty() {
            waiting.push((data, pointer));
        }
        Ok(pointer)
    }

    /// Writes a value at a place of the arena.
    pub(crate) fn write(&mut self, value: ValueId, ty: TypeId, at: usize) -> Result<(), OutOfMemory> {
        let pool = self.pool;
        let layout = self.layouts.of(pool, ty);
        if layout.size == 0 {
            return Ok(());
        }
        if pool.as_type(value).is_some() {
            return self.number(value.0.into(), 8, at);
        }
        match pool.value_key(value).expect("what is no type has a key") {
            ValueKey::Scalar { bits, .. } => self.number(*bits, layout.size as usize, at)?,
            ValueKey::Aggregate { parts, .. } => {
                for (index, part) in parts.iter().enumerate() {
                    let (offset, part_ty) = self.part(ty, &layout, index);
                    self.write(*part, part_ty, at + offset)?;
                }
            }
            ValueKey::Variant { variant, parts, .. } => {
                let (variant, def) = (*variant as usize, pool.enum_def(ty).expect("its enum is complete"));
                let enumeration = layout.enumeration.as_ref().expect("enums have a layout of their own");
                self.number(def.variants[variant].discriminant, enumeration.tag_size as usize, at)?;
                for (index, part) in parts.iter().enumerate() {
                    let offset = enumeration.variants[variant][index] as usize;
                    self.write(*part, def.variants[variant].fields[index].ty, at + offset)?;
                }
            }
            ValueKey::Bytes { bytes, .. } => self.memory.write_bytes(at, bytes),
            ValueKey::Fn { func, .. } => self.pointer(Pointer::new(Pointer::FUNCTION, func.0), at),
            ValueKey::StaticPtr { data, offset, len, .. } => {
                let pointer = self.static_data(*data)?.add(*offset as i64).unwrap_or_default();
                self.pointer(pointer, at);
                if let Some(len) = len {
                    let bytes = self.memory.pointer_bytes();
                    self.number((*len).into(), bytes, at + bytes)?;
                }
            }
            ValueKey::RawPtr { address, .. } => self.number((*address).into(), layout.size as usize, at)?,
            ValueKey::Module(_) => self.number(value.0.into(), 8, at)?,
            ValueKey::Unit | ValueKey::Str(_) | ValueKey::Error => {}
        }
        Ok(())
    }

    fn part(&mut self, ty: TypeId, layout: &kiln_types::Layout, index: usize) -> (usize, TypeId) {
        match self.pool.elem(ty) {
            Some((elem, _)) => (self.layouts.of(self.pool, elem).size as usize * index, elem),
            None => {
                (layout.fields[index] as usize, self.pool.field_type(ty, index).expect("a value has its type's fields"))
            }
        }
    }

    fn pointer(&mut self, pointer: Pointer, at: usize) {
        self.memory.write_pointer_at(at, pointer);
    }

    fn number(&mut self, bits: u128, size: usize, at: usize) -> Result<(), OutOfMemory> {
        let mut bytes = bits.to_le_bytes();
        bytes[..size].reverse_if(self.layouts.target().endian == Endian::Big);
        self.memory.write_bytes(at, &bytes[..size]);
        Ok(())
    }
}

/// A scalar's bits from bytes of the target.
pub(crate) fn scalar_of_bytes(kind: Kind, bytes: &[u8], endian: Endian) -> Option<u128> {
    let mut raw = [0; 16];
    raw[..bytes.len()].copy_from_slice(bytes);
    raw[..bytes.len()].reverse_if(endian == Endian::Big);
    kind.extend(u128::from_le_bytes(raw))
}

/// The unsigned number that bytes of the target are.
pub(crate) fn number_of_bytes(bytes: &[u8], endian: Endian) -> u128 {
    let mut raw = [0; 16];
    raw[..bytes.len()].copy_from_slice(bytes);
    raw[..bytes.len()].reverse_if(endian == Endian::Big);
    u128::from_le_bytes(raw)
}

trait ReverseIf {
    fn reverse_if(&mut self, condition: bool);
}

impl ReverseIf for [u8] {
    fn reverse_if(&mut self, condition: bool) {
        if condition {
            self.reverse();
        }
    }
}
