//! Rows of patterns for parts of the matched value. A row holds only the parts it asks something about.

use super::shape::{Shape, ShapeId, Shapes, variant_field};
use super::Types;
use kiln_source::{IdxVec, define_id};
use kiln_types::TypeId;
use rustc_hash::FxHashMap;

define_id!(
    /// A part of the matched value: a column. The whole value is the first.
    Part, "part"
);

/// Which variant's payload a part lies in; [`NO_VARIANT`] for structs and tuples.
pub(super) const NO_VARIANT: u32 = u32::MAX;

/// The parts of the matched value that are looked at.
pub(super) struct Parts {
    types: IdxVec<Part, TypeId>,
    inner: FxHashMap<(Part, u32, u32), Part>,
}

impl Parts {
    pub const WHOLE: Part = Part(0);

    pub fn new(ty: TypeId) -> Self {
        let mut types = IdxVec::new();
        types.push(ty);
        Parts { types, inner: FxHashMap::default() }
    }

    pub fn ty(&self, part: Part) -> TypeId {
        self.types[part]
    }

    /// The part with this field number, if something was asked about it.
    pub fn find(&self, of: Part, variant: u32, field: u32) -> Option<Part> {
        self.inner.get(&(of, variant, field)).copied()
    }

    /// The part with this field number.
    pub fn inside(&mut self, types: &impl Types, of: Part, variant: u32, field: u32) -> Part {
        if let Some(part) = self.find(of, variant, field) {
            return part;
        }
        let outer = self.types[of];
        let ty = match variant {
            NO_VARIANT => types.pool().field_type(outer, field as usize),
            variant => variant_field(types, outer, variant, field as usize),
        };
        let part = self.types.push(ty.unwrap_or(TypeId::ERROR));
        self.inner.insert((of, variant, field), part);
        part
    }
}

/// What an arm still asks for. Without cells it matches everything that is left.
#[derive(Clone, Debug)]
pub(super) struct Row {
    /// Parts in ascending order; no pattern is [`Shape::Any`].
    pub cells: Box<[(Part, ShapeId)]>,
    pub guarded: bool,
}

impl Row {
    /// Whether nothing is left for the rows after this one.
    pub fn takes_all(&self) -> bool {
        self.cells.is_empty() && !self.guarded
    }

    pub fn cell(&self, part: Part) -> Option<ShapeId> {
        let at = self.cells.binary_search_by_key(&part, |(part, _)| *part).ok()?;
        Some(self.cells[at].1)
    }

    /// The row once it is known that `part` fits `shape`; what `shape` asks of the parts inside is left.
    pub fn specialize(&self, parts: &mut Parts, types: &impl Types, shapes: &Shapes, part: Part, shape: ShapeId) -> Row {
        let mut cells: Vec<(Part, ShapeId)> = self.cells.iter().copied().filter(|cell| cell.0 != part).collect();
        let (variant, fields) = match &shapes[shape] {
            Shape::Parts(fields) => (NO_VARIANT, fields),
            Shape::Variant { variant, fields } => (*variant, fields),
            _ => return Row { cells: cells.into(), guarded: self.guarded },
        };
        cells.extend(fields.iter().map(|&(field, shape)| (parts.inside(types, part, variant, field), shape)));
        cells.sort_unstable_by_key(|(part, _)| *part);
        Row { cells: cells.into(), guarded: self.guarded }
    }
}

/// What makes two matrices the same, as words.
pub(super) fn fingerprint(rows: &[Row]) -> Box<[u32]> {
    let mut words = Vec::with_capacity(rows.iter().map(|row| 1 + 2 * row.cells.len()).sum());
    for row in rows {
        words.push((row.cells.len() as u32) << 1 | u32::from(row.guarded));
        words.extend(row.cells.iter().flat_map(|(part, shape)| [part.0, shape.0]));
    }
    words.into()
}

/// The column to split by: one the first row asks about, so that each split gets on with it; among those the one that
/// most rows ask about, so that few rows are in several groups.
pub(super) fn choose_part(rows: &[Row]) -> Option<Part> {
    let candidates = &rows.first()?.cells;
    if let [(only, _)] = **candidates {
        return Some(only);
    }
    let mut counts: FxHashMap<Part, u32> = candidates.iter().map(|(part, _)| (*part, 0)).collect();
    for (part, _) in rows.iter().flat_map(|row| &row.cells) {
        if let Some(count) = counts.get_mut(part) {
            *count += 1;
        }
    }
    let (part, _) = candidates.iter().rev().max_by_key(|(part, _)| counts[part])?;
    Some(*part)
}
