//! Rows of patterns for parts of the matched value. A row holds only the parts it asks something about.

use super::Types;
use super::shape::{Shape, ShapeId, Shapes, variant_field};
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

define_id!(
    /// A row of [`Rows`].
    RowId, "row"
);

/// What an arm still asks for. Without cells it matches everything that is left.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
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

    /// What it asks of a part.
    pub fn cell(&self, part: Part) -> Option<ShapeId> {
        let at = self.cells.binary_search_by_key(&part, |(part, _)| *part).ok()?;
        Some(self.cells[at].1)
    }

    /// The row once it is known that `part` fits `shape`: what `shape` asks of the parts inside is left.
    fn narrowed(
        &self,
        parts: &mut Parts,
        types: &impl Types,
        shapes: &Shapes,
        part: Part,
        shape: Option<ShapeId>,
    ) -> Row {
        let mut cells: Vec<(Part, ShapeId)> = self.cells.iter().copied().filter(|cell| cell.0 != part).collect();
        let inside = match shape.map(|shape| &shapes[shape]) {
            Some(Shape::Parts(fields)) => Some((NO_VARIANT, fields)),
            Some(Shape::Variant { variant, fields }) => Some((*variant, fields)),
            _ => None,
        };
        if let Some((variant, fields)) = inside {
            cells.extend(fields.iter().map(|&(field, shape)| (parts.inside(types, part, variant, field), shape)));
            cells.sort_unstable_by_key(|(part, _)| *part);
        }
        Row { cells: cells.into(), guarded: self.guarded }
    }
}

/// All rows of all matrices, equal ones once. A matrix is a list of ids.
#[derive(Default)]
pub(super) struct Rows {
    rows: IdxVec<RowId, Row>,
    known: FxHashMap<Row, RowId>,
    narrowed: FxHashMap<(RowId, Part, Option<ShapeId>), RowId>,
}

impl std::ops::Index<RowId> for Rows {
    type Output = Row;
    fn index(&self, id: RowId) -> &Row {
        &self.rows[id]
    }
}

impl Rows {
    pub fn add(&mut self, row: Row) -> RowId {
        if let Some(id) = self.known.get(&row) {
            return *id;
        }
        let id = self.rows.push(row.clone());
        self.known.insert(row, id);
        id
    }

    /// The row once it is known that `part` fits `shape` (`None`: whatever it is).
    pub fn narrow(
        &mut self,
        parts: &mut Parts,
        types: &impl Types,
        shapes: &Shapes,
        (row, part, shape): (RowId, Part, Option<ShapeId>),
    ) -> RowId {
        if let Some(id) = self.narrowed.get(&(row, part, shape)) {
            return *id;
        }
        let narrowed = self.rows[row].narrowed(parts, types, shapes, part, shape);
        let id = self.add(narrowed);
        self.narrowed.insert((row, part, shape), id);
        id
    }

    /// The column to split by: one the first row asks about, so that each split gets on with it; among those the one that
    /// most of the next rows ask about, so that few rows are in several groups.
    pub fn choose_part(&self, matrix: &[RowId]) -> Option<Part> {
        const LOOK_AHEAD: usize = 64;
        let (first, next) = matrix.split_first()?;
        let candidates = &self.rows[*first].cells;
        let asked =
            |part: Part| next.iter().take(LOOK_AHEAD).filter(|row| self.rows[**row].cell(part).is_some()).count();
        match &**candidates {
            [(only, _)] => Some(*only),
            _ => candidates.iter().take(LOOK_AHEAD).rev().map(|(part, _)| *part).max_by_key(|part| asked(*part)),
        }
    }
}
