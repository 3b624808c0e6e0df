//! Where things lie: size, alignment and offsets of every type on a target. The one authority; all others ask.

use crate::{Pool, Target, TypeId, TypeKey};
use std::rc::Rc;

/// A machine-level scalar.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum ScalarKind {
    /// An integer, also a char, a unit-only enum's tag, or (1 byte, 0 or 1) a bool.
    Int {
        /// Width in bits: 8, 16, 32, 64 or 128.
        bits: u16,
        /// Sign-extends.
        signed: bool,
    },
    /// `bool`: one byte in memory, one bit as a value.
    Bool,
    /// `f32`
    F32,
    /// `f64`
    F64,
    /// An address of data.
    Ptr,
    /// An address of code.
    FnPtr,
}

/// How values of a type are held outside memory.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum Repr {
    /// No bytes.
    Zst,
    /// One scalar.
    Scalar(ScalarKind),
    /// An address and a length (`usize`): a pointer to `[T]` or `str`.
    FatPtr,
    /// Bytes in memory: structs, tuples, arrays, enums with payload.
    Memory,
    /// Only at comptime: a `type` or module; a handle of 8 bytes inside the interpreter.
    Comptime,
}

/// Where the parts of a type lie.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Layout {
    /// Bytes; a multiple of the alignment.
    pub size: u64,
    /// Bytes; a power of two.
    pub align: u32,
    /// How it is held outside memory.
    pub repr: Repr,
    /// Offsets of a struct's or tuple's fields in declaration order; empty for others.
    pub fields: Box<[u64]>,
    /// Tag and payloads, for enums.
    pub enumeration: Option<EnumLayout>,
}

/// Where an enum's parts lie. The tag is at offset 0.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct EnumLayout {
    /// The integer type of the tag.
    pub tag: TypeId,
    /// Bytes of the tag.
    pub tag_size: u32,
    /// Offsets of each variant's payload fields, from the start of the enum.
    pub variants: Box<[Box<[u64]>]>,
}

/// A type is larger than the target can address.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TooLarge(pub TypeId);

/// The layouts of one target, computed once a type.
#[derive(Debug)]
pub struct Layouts {
    target: Target,
    known: Vec<Option<Rc<Layout>>>,
}

impl Layouts {
    /// No layouts yet, for `target`.
    pub fn new(target: Target) -> Self {
        Layouts { target, known: Vec::new() }
    }

    /// The target these layouts are for.
    pub fn target(&self) -> &Target {
        &self.target
    }

    /// The layout of a completed type.
    ///
    /// # Panics
    /// The type is too large; sema asks [`Layouts::try_of`] for every type a program names, so later stages never meet one.
    pub fn of(&mut self, pool: &Pool, ty: TypeId) -> Rc<Layout> {
        self.try_of(pool, ty).unwrap_or_else(|TooLarge(ty)| panic!("layout of {ty:?} was not checked by sema"))
    }

    /// The layout of a completed type.
    ///
    /// # Errors
    /// The type, or a part of it, is larger than half the target's address space.
    pub fn try_of(&mut self, pool: &Pool, ty: TypeId) -> Result<Rc<Layout>, TooLarge> {
        if let Some(Some(known)) = self.known.get(ty.index()) {
            return Ok(Rc::clone(known));
        }
        let layout = Rc::new(self.compute(pool, ty)?);
        if layout.size > self.target.max_object_size() {
            return Err(TooLarge(ty));
        }
        if self.known.len() <= ty.index() {
            self.known.resize(pool.len().max(ty.index() + 1), None);
        }
        self.known[ty.index()] = Some(Rc::clone(&layout));
        Ok(layout)
    }

    fn compute(&mut self, pool: &Pool, ty: TypeId) -> Result<Layout, TooLarge> {
        let pointer = u32::from(self.target.pointer_bytes);
        Ok(match pool.key(ty) {
            TypeKey::Error | TypeKey::Never | TypeKey::Unit => Layout::zst(1),
            TypeKey::Bool => Layout::scalar(ScalarKind::Bool, 1, 1),
            TypeKey::Char => self.int(32, false),
            TypeKey::Int { bits, signed } => self.int(*bits, *signed),
            TypeKey::Size { signed } => self.int(self.target.pointer_bits(), *signed),
            TypeKey::InferInt(_) | TypeKey::InferFloat(_) => unreachable!("inference is over before layouts are asked"),
            TypeKey::Float { bits: 32 } => Layout::scalar(ScalarKind::F32, 4, 4),
            TypeKey::Float { .. } => Layout::scalar(ScalarKind::F64, 8, u32::from(self.target.align_f64)),
            TypeKey::Type | TypeKey::Module => Layout { repr: Repr::Comptime, ..Layout::memory(8, 8) },
            TypeKey::Fn(_) => Layout::scalar(ScalarKind::FnPtr, pointer, pointer),
            TypeKey::Ptr { pointee, .. } if pool.is_unsized(*pointee) => {
                Layout { repr: Repr::FatPtr, ..Layout::memory(u64::from(pointer) * 2, pointer) }
            }
            TypeKey::Ptr { .. } => Layout::scalar(ScalarKind::Ptr, pointer, pointer),
            TypeKey::Slice { elem } => Layout { size: 0, ..Layout::memory(0, self.try_of(pool, *elem)?.align) },
            TypeKey::Str => Layout::memory(0, 1),
            TypeKey::Array { elem, len } => {
                let elem = self.try_of(pool, *elem)?;
                let size = elem.size.checked_mul(*len).ok_or(TooLarge(ty))?;
                Layout::memory(size, elem.align)
            }
            TypeKey::Tuple(parts) => self.fields(pool, ty, parts.iter().copied(), 0, 1)?,
            TypeKey::Struct { .. } | TypeKey::AnonStruct { .. } => {
                let def = pool.struct_def(ty).expect("sema completes a struct before its layout is asked");
                self.fields(pool, ty, def.fields.iter().map(|field| field.ty), 0, 1)?
            }
            TypeKey::Enum { .. } | TypeKey::AnonEnum { .. } => self.enumeration(pool, ty)?,
        })
    }

    fn int(&self, bits: u16, signed: bool) -> Layout {
        let align = match bits {
            64 => self.target.align_i64,
            128 => self.target.align_i128,
            bits => (bits / 8) as u8,
        };
        Layout::scalar(ScalarKind::Int { bits, signed }, u32::from(bits / 8), u32::from(align))
    }

    /// Lays fields out in order from `start`, as C does.
    fn fields(
        &mut self,
        pool: &Pool,
        ty: TypeId,
        fields: impl Iterator<Item = TypeId>,
        start: u64,
        min_align: u32,
    ) -> Result<Layout, TooLarge> {
        let (mut size, mut align, mut offsets) = (start, min_align, Vec::new());
        for field in fields {
            let field = self.try_of(pool, field)?;
            size = align_up(size, field.align);
            offsets.push(size);
            align = align.max(field.align);
            size = size.checked_add(field.size).filter(|size| *size <= u64::MAX / 2).ok_or(TooLarge(ty))?;
        }
        Ok(Layout { fields: offsets.into(), ..Layout::memory(align_up(size, align), align) })
    }

    fn enumeration(&mut self, pool: &Pool, ty: TypeId) -> Result<Layout, TooLarge> {
        let def = pool.enum_def(ty).expect("sema completes an enum before its layout is asked");
        if def.variants.is_empty() {
            return Ok(Layout::zst(1));
        }
        let tag = self.try_of(pool, def.tag)?;
        let (mut size, mut align, mut variants) = (tag.size, tag.align, Vec::new());
        // One payload alignment for all variants keeps a payload copy independent of the variant.
        for field in def.variants.iter().flat_map(|variant| &variant.fields) {
            align = align.max(self.try_of(pool, field.ty)?.align);
        }
        for variant in &def.variants {
            let payload = self.fields(pool, ty, variant.fields.iter().map(|field| field.ty), tag.size, align)?;
            size = size.max(payload.size);
            variants.push(payload.fields);
        }
        let enumeration = EnumLayout { tag: def.tag, tag_size: tag.size as u32, variants: variants.into() };
        let layout = if def.is_unit_only() { (*tag).clone() } else { Layout::memory(align_up(size, align), align) };
        Ok(Layout { enumeration: Some(enumeration), ..layout })
    }
}

impl Layout {
    fn zst(align: u32) -> Layout {
        Layout { repr: Repr::Zst, ..Layout::memory(0, align) }
    }

    fn scalar(kind: ScalarKind, size: u32, align: u32) -> Layout {
        Layout { repr: Repr::Scalar(kind), ..Layout::memory(u64::from(size), align) }
    }

    fn memory(size: u64, align: u32) -> Layout {
        let repr = if size == 0 { Repr::Zst } else { Repr::Memory };
        Layout { size, align, repr, fields: Box::default(), enumeration: None }
    }

    /// Whether values have no bytes.
    pub fn is_zst(&self) -> bool {
        self.size == 0
    }
}

fn align_up(size: u64, align: u32) -> u64 {
    size.next_multiple_of(u64::from(align))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_follow_the_target() {
        let mut pool = Pool::new();
        let pair = pool.tuple(&[TypeId::U8, TypeId::USIZE]);
        let text = pool.ptr(false, TypeId::STR);
        for (triple, pair_size, text_size, i64_align) in
            [("x86_64-unknown-linux-gnu", 16, 16, 8), ("i686-unknown-linux-gnu", 8, 8, 4)]
        {
            let mut layouts = Layouts::new(Target::from_triple(triple).unwrap());
            assert_eq!(layouts.of(&pool, pair).size, pair_size);
            assert_eq!(layouts.of(&pool, text).size, text_size);
            assert_eq!(layouts.of(&pool, TypeId::I64).align, i64_align);
        }
    }

    #[test]
    fn too_large_is_an_answer() {
        let mut pool = Pool::new();
        let row = pool.array(TypeId::U64, u64::MAX / 4);
        let mut layouts = Layouts::new(Target::host());
        assert!(layouts.try_of(&pool, row).is_err());
        let half = pool.array(TypeId::U8, 1 << 62);
        let whole = pool.tuple(&[half, half, half]);
        assert!(layouts.try_of(&pool, whole).is_err());
        let empty = pool.array(TypeId::U64, 0);
        assert_eq!(layouts.of(&pool, empty).repr, Repr::Zst);
    }
}
