//! The two exits of an evaluation: a result as a value of the pool, or as static data.
//!
//! Memory that a result points to becomes static data by a worklist over the pointers in it: what was shared stays
//! shared, cycles stay cycles, pointers into the middle stay there. What may not leave an evaluation is refused with the
//! path to it inside of the result.

mod path;
pub use path::PathStep;

mod read;

use crate::env::Env;
use crate::memory::{AllocKind, DATA, Memory, POINTER, Peeked, Pointer, Site, UNINIT};
use kiln_types::{FuncId, Reloc, RelocTarget, StaticData, StaticId, TypeId, TypeKey, ValueId};
use path::{Origin, Route};
use rustc_hash::FxHashMap;

/// Why a result cannot leave its evaluation.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Refusal {
    /// The way from the result to what is wrong, such as `.items[3].next`.
    pub path: Vec<PathStep>,
    /// What is wrong.
    pub reason: RefusalReason,
}

/// What may not leave an evaluation.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RefusalReason {
    /// A type or module inside of what has to be data.
    ComptimeOnly,
    /// A pointer to something that was freed, or to a local that is gone.
    Dangling,
    /// A value that was not initialised.
    Uninitialised,
    /// Bytes that are no value of their type.
    InvalidValue,
    /// A part of a pointer.
    BrokenPointer,
    /// An array of so many elements without size that no list holds them.
    TooMany,
}

/// What the reading of a result needs.
pub(crate) struct Freezer<'a, 'e> {
    env: &'a mut Env<'e>,
    memory: &'a Memory,
    /// Allocations that have become static data, by serial.
    done: FxHashMap<u32, StaticId>,
    /// Allocations whose static data is still to be filled, and how they were reached.
    waiting: Vec<(Pointer, StaticId, Option<usize>)>,
    routes: Vec<Route>,
    /// Values without memory, of which a type has one.
    sizeless: FxHashMap<TypeId, ValueId>,
}

impl<'a, 'e> Freezer<'a, 'e> {
    pub(crate) fn new(env: &'a mut Env<'e>, memory: &'a Memory) -> Self {
        Freezer {
            env,
            memory,
            done: FxHashMap::default(),
            waiting: Vec::new(),
            routes: Vec::new(),
            sizeless: FxHashMap::default(),
        }
    }

    /// The bytes at a place of the arena as static data of a type.
    pub(crate) fn data(&mut self, ty: TypeId, at: usize) -> Result<StaticId, Refusal> {
        let layout = self.env.layouts.of(self.env.pool, ty);
        let origin = Origin { ty, at, route: None };
        let data = self.content(ty, layout.align, at, layout.size as usize, origin)?;
        let id = self.env.statics.add(data);
        self.finish()?;
        Ok(id)
    }

    /// Fills all static data that is still waiting.
    fn finish(&mut self) -> Result<(), Refusal> {
        while let Some((pointer, id, route)) = self.waiting.pop() {
            let (Some(entry), Some(site)) = (self.memory.entry(pointer).copied(), self.memory.site(pointer).copied())
            else {
                unreachable!("only live allocations wait")
            };
            let elem = self.env.layouts.of(self.env.pool, site.ty);
            let ty = self.run_of(site.ty, elem.size, entry.size.into());
            let origin = Origin { ty, at: entry.start(), route };
            let data = self.content(ty, elem.align, entry.start(), entry.size as usize, origin)?;
            self.env.statics.fill(id, data);
        }
        Ok(())
    }

    /// The type of an allocation of `size` bytes of elements.
    fn run_of(&mut self, elem: TypeId, elem_size: u64, size: u64) -> TypeId {
        match size.checked_div(elem_size) {
            Some(1) => elem,
            Some(count) if count * elem_size == size => self.env.pool.array(elem, count),
            _ => self.env.pool.array(TypeId::U8, size),
        }
    }

    fn content(
        &mut self,
        ty: TypeId,
        align: u32,
        at: usize,
        size: usize,
        origin: Origin,
    ) -> Result<StaticData, Refusal> {
        if let Some(offset) = self.comptime_part(ty, at) {
            return Err(self.refuse(origin, offset, RefusalReason::ComptimeOnly));
        }
        let known = self.memory.knowledge(at, size);
        let mut bytes: Box<[u8]> = self.memory.bytes(at, size).into();
        let mut relocs = Vec::new();
        if known.iter().any(|known| *known != DATA) {
            let pointer_bytes = self.memory.pointer_bytes();
            let mut offset = 0;
            while offset < size {
                match known[offset] {
                    DATA => offset += 1,
                    UNINIT => {
                        bytes[offset] = 0;
                        offset += 1;
                    }
                    POINTER => {
                        let Some(Peeked::Pointer(pointer)) = self.memory.peek_pointer(at + offset) else {
                            return Err(self.refuse(origin, offset, RefusalReason::BrokenPointer));
                        };
                        let target = self.target(pointer, origin, offset)?;
                        relocs.push(Reloc { offset: offset as u64, target });
                        bytes[offset..offset + pointer_bytes].fill(0);
                        offset += pointer_bytes;
                    }
                    _ => return Err(self.refuse(origin, offset, RefusalReason::BrokenPointer)),
                }
            }
        }
        Ok(StaticData { ty, bytes, align, relocs: relocs.into() })
    }

    /// What a pointer at `offset` of `origin` becomes.
    fn target(&mut self, pointer: Pointer, origin: Origin, offset: usize) -> Result<RelocTarget, Refusal> {
        if pointer.serial() == Pointer::FUNCTION {
            return Ok(RelocTarget::Func(FuncId(pointer.offset())));
        }
        let site = self.memory.entry(pointer).and_then(|_| self.memory.site(pointer).copied());
        let data = match site {
            None | Some(Site { kind: AllocKind::Local, .. }) => {
                return Err(self.refuse(origin, offset, RefusalReason::Dangling));
            }
            Some(Site { kind: AllocKind::Static(data), .. }) => data,
            Some(site) => match self.done.get(&pointer.serial()) {
                Some(data) => *data,
                None => {
                    let data = self.env.statics.reserve(site.ty);
                    self.done.insert(pointer.serial(), data);
                    self.routes.push(Route { origin, offset });
                    self.waiting.push((pointer, data, Some(self.routes.len() - 1)));
                    data
                }
            },
        };
        Ok(RelocTarget::Static { data, addend: pointer.offset().into() })
    }

    fn refuse(&mut self, origin: Origin, offset: usize, reason: RefusalReason) -> Refusal {
        Refusal { path: self.path(origin, offset), reason }
    }

    /// Where in a value of the type a type or module is.
    fn comptime_part(&mut self, ty: TypeId, at: usize) -> Option<usize> {
        if !self.may_hold_types(ty) {
            return None;
        }
        let layout = self.env.layouts.of(self.env.pool, ty);
        match *self.env.pool.key(ty) {
            TypeKey::Type | TypeKey::Module => Some(0),
            TypeKey::Array { elem, len } => {
                let size = self.env.layouts.of(self.env.pool, elem).size as usize;
                (0..len as usize).find_map(|index| Some(index * size + self.comptime_part(elem, at + index * size)?))
            }
            TypeKey::Enum { .. } | TypeKey::AnonEnum { .. } => {
                let variant = self.variant(ty, at)?;
                let offsets = layout.enumeration.as_ref()?.variants.get(variant)?.clone();
                let fields: Vec<TypeId> =
                    self.env.pool.enum_def(ty)?.variants[variant].fields.iter().map(|field| field.ty).collect();
                offsets.iter().zip(fields).find_map(|(offset, field)| {
                    Some(*offset as usize + self.comptime_part(field, at + *offset as usize)?)
                })
            }
            _ => (0..layout.fields.len()).find_map(|index| {
                let (offset, field) = (layout.fields[index] as usize, self.env.pool.field_type(ty, index)?);
                Some(offset + self.comptime_part(field, at + offset)?)
            }),
        }
    }

    /// Whether values of a type have types or modules inside.
    fn may_hold_types(&self, ty: TypeId) -> bool {
        let pool = &self.env.pool;
        match pool.key(ty) {
            TypeKey::Type | TypeKey::Module => true,
            TypeKey::Array { elem, .. } => self.may_hold_types(*elem),
            TypeKey::Tuple(_) | TypeKey::Struct { .. } | TypeKey::AnonStruct { .. } => {
                let count = pool.field_count(ty).unwrap_or(0);
                (0..count).filter_map(|index| pool.field_type(ty, index)).any(|field| self.may_hold_types(field))
            }
            TypeKey::Enum { .. } | TypeKey::AnonEnum { .. } => pool.enum_def(ty).is_some_and(|def| {
                def.variants.iter().flat_map(|variant| &variant.fields).any(|field| self.may_hold_types(field.ty))
            }),
            _ => false,
        }
    }
}
