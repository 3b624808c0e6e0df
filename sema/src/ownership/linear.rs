//! Linear values: one that may still be there when its place ends was forgotten.

use super::bits;
use super::flow::State;
use super::paths::{Lookup, PathId, Paths};
use kiln_cfg::{Func, Place, PlaceBase, Proj};
use kiln_source::{Idx, TextRange};
use kiln_types::{Ownership, Pool, TypeId};

/// What of something linear is forgotten.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Loss {
    /// All of it.
    Whole,
    /// All of it or a part, but not on every path.
    Sometimes,
    /// A part; others were consumed.
    Part,
}

/// Where the value was made, if dropping the place would forget something linear, and how much of it.
pub(crate) fn lost(func: &Func, paths: &Paths, pool: &Pool, place: &Place, state: &State) -> Option<(TextRange, Loss)> {
    let PlaceBase::Local(local) = place.base else { return None };
    let ty = kiln_cfg::place_type(place, &func.locals, pool, &kiln_types::Statics::default())?;
    if pool.ownership(ty.ty) != Ownership::Linear {
        return None;
    }
    let loss = match paths.find(place) {
        Lookup::Exact(path) => left(paths, pool, path, state)?,
        Lookup::Inside(path) => own_loss(path, state)?,
        Lookup::Untracked => Loss::Whole,
    };
    Some((func.locals[local].range, loss))
}

/// What is left of a path beside those below it.
fn own_loss(path: PathId, state: &State) -> Option<Loss> {
    let loss = if bits::contains(&state.moved, path.index()) { Loss::Sometimes } else { Loss::Whole };
    bits::contains(&state.live, path.index()).then_some(loss)
}

/// What of something linear may be left in a path.
fn left(paths: &Paths, pool: &Pool, path: PathId, state: &State) -> Option<Loss> {
    let ty = paths.data(path).ty;
    let own = own_loss(path, state);
    if pool.ownership(ty.ty) != Ownership::Linear || !bits::intersects(&state.live, paths.below(path)) {
        return None;
    }
    if paths.below(path).len() == 1 || (own.is_some() && ty.variant.is_none() && pool.is_linear_itself(ty.ty)) {
        return own;
    }
    let is_linear = |ty: TypeId| pool.ownership(ty) == Ownership::Linear;
    let child = |step: Proj| paths.children(path).find(|child| child.1 == step).map(|child| child.0);
    let part = |index: usize, ty: TypeId| match child(Proj::Field(index as u32)) {
        Some(child) => left(paths, pool, child, state),
        None => own.filter(|_| is_linear(ty)),
    };
    let found = match (pool.enum_def(ty.ty), ty.variant) {
        (None, _) => {
            let count = pool.field_count(ty.ty).unwrap_or(0);
            (0..count).find_map(|index| part(index, pool.field_type(ty.ty, index)?))
        }
        (Some(def), Some(variant)) => {
            let fields = &def.variants[variant as usize].fields;
            fields.iter().enumerate().find_map(|(index, field)| part(index, field.ty))
        }
        (Some(def), None) => {
            def.variants.iter().enumerate().find_map(|(index, variant)| match child(Proj::Variant(index as u32)) {
                Some(child) => left(paths, pool, child, state),
                None => own.filter(|_| variant.fields.iter().any(|field| is_linear(field.ty))),
            })
        }
    };
    found.map(|loss| if loss == Loss::Whole { Loss::Part } else { loss })
}
