//! Patterns with what does not matter taken away: bindings are `_`, literals are ranges, parts that match anything are
//! left out. Equal patterns are one [`ShapeId`], so that matrices can be compared; or-patterns are equal only to
//! themselves, because each of their alternatives is judged.

use super::Types;
use super::scalar::Domain;
use kiln_air::{Pat, PatId, PatKind};
use kiln_source::{IdxVec, define_id};
use kiln_types::{TypeId, ValueId, ValueKey};
use rustc_hash::FxHashMap;

define_id!(
    /// A pattern of [`Shapes`].
    ShapeId, "shape"
);

/// What a pattern asks for.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) enum Shape {
    /// Nothing.
    Any,
    /// Scalars by their numbers in the domain, but not all.
    Range { domain: Domain, from: u128, to: u128 },
    /// A constant of a type whose values are not counted: text, a float.
    Exactly(ValueId),
    /// Parts of a struct or tuple, by number; none of them is [`Shape::Any`].
    Parts(Box<[(u32, ShapeId)]>),
    /// A variant, and parts of its payload as above.
    Variant { variant: u32, fields: Box<[(u32, ShapeId)]> },
    /// Alternatives.
    Or { pat: PatId, alternatives: Box<[(PatId, ShapeId)]> },
}

/// The patterns of one match.
#[derive(Default)]
pub(super) struct Shapes {
    shapes: IdxVec<ShapeId, Shape>,
    known: FxHashMap<Shape, ShapeId>,
}

impl std::ops::Index<ShapeId> for Shapes {
    type Output = Shape;
    fn index(&self, id: ShapeId) -> &Shape {
        &self.shapes[id]
    }
}

impl Shapes {
    fn add(&mut self, shape: Shape) -> ShapeId {
        if let Some(id) = self.known.get(&shape) {
            return *id;
        }
        let id = self.shapes.push(shape.clone());
        self.known.insert(shape, id);
        id
    }

    /// The shape of a pattern for values of type `ty`. Types that it looks into are completed.
    pub fn lower(&mut self, types: &mut impl Types, pats: &IdxVec<PatId, Pat>, pat: PatId, ty: TypeId) -> ShapeId {
        let shape = match &pats[pat].kind {
            PatKind::Wild | PatKind::Bind { .. } => Shape::Any,
            PatKind::Const(value) => constant(types, *value),
            PatKind::Range { from, to } => range(types, ty, *from, *to),
            PatKind::Fields(fields) => {
                types.complete(ty);
                let fields = self.parts(types, pats, fields, |types, field| types.pool().field_type(ty, field));
                if fields.is_empty() { Shape::Any } else { Shape::Parts(fields) }
            }
            PatKind::Variant { variant, fields } => {
                types.complete(ty);
                let part = |types: &_, field| variant_field(types, ty, *variant, field);
                Shape::Variant { variant: *variant, fields: self.parts(types, pats, fields, part) }
            }
            PatKind::Or(alternatives) => {
                let lower = |&alternative: &PatId| (alternative, self.lower(types, pats, alternative, ty));
                Shape::Or { pat, alternatives: alternatives.iter().map(lower).collect() }
            }
        };
        self.add(shape)
    }

    fn parts<T: Types>(
        &mut self,
        types: &mut T,
        pats: &IdxVec<PatId, Pat>,
        fields: &[(u32, PatId)],
        part_type: impl Fn(&T, usize) -> Option<TypeId>,
    ) -> Box<[(u32, ShapeId)]> {
        let mut parts = Vec::with_capacity(fields.len());
        for &(field, pat) in fields {
            let ty = part_type(types, field as usize).unwrap_or(TypeId::ERROR);
            let shape = self.lower(types, pats, pat, ty);
            if self.shapes[shape] != Shape::Any {
                parts.push((field, shape));
            }
        }
        parts.sort_unstable_by_key(|(field, _)| *field);
        parts.into()
    }
}

/// Type of a part of a variant's payload.
pub(super) fn variant_field(types: &impl Types, ty: TypeId, variant: u32, field: usize) -> Option<TypeId> {
    let variant = types.pool().enum_def(ty)?.variants.get(variant as usize)?;
    Some(variant.fields.get(field)?.ty)
}

/// A range, or anything if it is the whole domain.
fn numbers(domain: Domain, from: u128, to: u128) -> Shape {
    if from == 0 && to == domain.last() { Shape::Any } else { Shape::Range { domain, from, to } }
}

fn constant(types: &mut impl Types, value: ValueId) -> Shape {
    let ty = types.pool().type_of(value);
    types.complete(ty);
    let pool = types.pool();
    match (pool.value_key(value), Domain::of(pool, types.target(), ty)) {
        (Some(ValueKey::Scalar { bits, .. }), Some(domain)) => {
            let number = domain.number(*bits);
            numbers(domain, number, number)
        }
        (Some(ValueKey::Scalar { bits, .. }), None) => {
            let variants = pool.enum_def(ty).map_or(&[][..], |def| &def.variants[..]);
            match variants.iter().position(|variant| variant.discriminant == *bits) {
                Some(variant) => Shape::Variant { variant: variant as u32, fields: Box::default() },
                None => Shape::Exactly(value),
            }
        }
        (Some(ValueKey::Variant { variant, parts, .. }), _) if parts.is_empty() => {
            Shape::Variant { variant: *variant, fields: Box::default() }
        }
        (Some(ValueKey::Unit), _) => Shape::Any,
        _ => Shape::Exactly(value),
    }
}

fn range(types: &impl Types, ty: TypeId, from: Option<ValueId>, to: Option<ValueId>) -> Shape {
    let pool = types.pool();
    let ty = from.or(to).map_or(ty, |value| pool.type_of(value));
    let Some(domain) = Domain::of(pool, types.target(), ty) else { return Shape::Any };
    let number =
        |value: Option<ValueId>| value.and_then(|value| pool.scalar_bits(value)).map(|bits| domain.number(bits));
    numbers(domain, number(from).unwrap_or(0), number(to).unwrap_or(domain.last()))
}
