//! Paths inside results, for messages.

use super::Freezer;
use crate::memory::DATA;
use crate::value::number_of_bytes;
use kiln_source::Symbol;
use kiln_types::{TypeId, TypeKey};

/// A step from a value to a part of it. Following a pointer is no step of its own.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PathStep {
    /// A struct's field, or one of a variant's payload.
    Field(Symbol),
    /// A tuple's part.
    Part(u32),
    /// An array's element.
    Index(u64),
}

/// Where a run of bytes came from.
#[derive(Clone, Copy, Debug)]
pub(super) struct Origin {
    /// What it holds.
    pub(super) ty: TypeId,
    /// Its place in the arena.
    pub(super) at: usize,
    /// The pointer by which it was reached; none for the result itself.
    pub(super) route: Option<usize>,
}

/// A pointer that was followed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Route {
    pub(super) origin: Origin,
    pub(super) offset: usize,
}

impl Freezer<'_, '_> {
    /// The way from the result to a byte of a run.
    pub(super) fn path(&mut self, origin: Origin, offset: usize) -> Vec<PathStep> {
        let mut runs = vec![(origin, offset)];
        let mut route = origin.route;
        while let Some(Route { origin, offset }) = route.map(|route| self.routes[route]) {
            runs.push((origin, offset));
            route = origin.route;
        }
        let mut path = Vec::new();
        for (origin, offset) in runs.into_iter().rev() {
            self.inside(origin.ty, origin.at, offset, &mut path);
        }
        path
    }

    /// The way from a value to a byte of it.
    fn inside(&mut self, mut ty: TypeId, mut at: usize, mut offset: usize, path: &mut Vec<PathStep>) {
        while let Some((step, part, start)) = self.part_at(ty, at, offset) {
            path.push(step);
            (ty, at, offset) = (part, at + start, offset - start);
        }
    }

    /// The part of a value that has a byte: its step, its type and where it starts.
    fn part_at(&mut self, ty: TypeId, at: usize, offset: usize) -> Option<(PathStep, TypeId, usize)> {
        let layout = self.env.layouts.of(self.env.pool, ty);
        match *self.env.pool.key(ty) {
            TypeKey::Array { elem, .. } => {
                let size = self.env.layouts.of(self.env.pool, elem).size as usize;
                let index = offset.checked_div(size)?;
                Some((PathStep::Index(index as u64), elem, index * size))
            }
            TypeKey::Tuple(_) | TypeKey::Struct { .. } | TypeKey::AnonStruct { .. } => {
                let index = layout.fields.iter().rposition(|start| *start as usize <= offset)?;
                let field = self.env.pool.field_type(ty, index)?;
                let step = match self.env.pool.field_name(ty, index) {
                    Some(name) => PathStep::Field(name),
                    None => PathStep::Part(index as u32),
                };
                Some((step, field, layout.fields[index] as usize))
            }
            TypeKey::Enum { .. } | TypeKey::AnonEnum { .. } => {
                let variant = self.variant(ty, at)?;
                let offsets = layout.enumeration.as_ref()?.variants.get(variant)?;
                let index = offsets.iter().rposition(|start| *start as usize <= offset)?;
                let field = &self.env.pool.enum_def(ty)?.variants[variant].fields[index];
                Some((PathStep::Field(field.name), field.ty, offsets[index] as usize))
            }
            _ => None,
        }
    }

    /// The variant an enum in memory holds.
    pub(super) fn variant(&mut self, ty: TypeId, at: usize) -> Option<usize> {
        let layout = self.env.layouts.of(self.env.pool, ty);
        let enumeration = layout.enumeration.as_ref()?;
        let size = enumeration.tag_size as usize;
        if self.memory.knowledge(at, size).iter().any(|known| *known != DATA) {
            return None;
        }
        let bits = number_of_bytes(self.memory.bytes(at, size), self.env.layouts.target().endian);
        let mask = self.env.pool.int_type(enumeration.tag, self.env.layouts.target())?.mask();
        let def = self.env.pool.enum_def(ty)?;
        def.variants.iter().position(|variant| variant.discriminant & mask == bits)
    }
}
