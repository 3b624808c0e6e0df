//! Linear values: one that may still be there when its place ends was forgotten.

use super::bits;
use super::flow::State;
use super::paths::{Lookup, PathId, Paths};
use kiln_cfg::{Func, Place, PlaceBase, Proj};
use kiln_source::{Idx, TextRange};
use kiln_types::{Ownership, Pool, TypeId};

/// Where the value was made, if dropping the place would forget something linear.
pub(crate) fn lost(func: &Func, paths: &Paths, pool: &Pool, place: &Place, state: &State) -> Option<TextRange> {
    let PlaceBase::Local(local) = place.base else { return None };
    let ty = kiln_cfg::place_type(place, &func.locals, pool, &kiln_types::Statics::default())?;
    if pool.ownership(ty.ty) != Ownership::Linear {
        return None;
    }
    let is_lost = match paths.find(place) {
        Lookup::Exact(path) => left(paths, pool, path, state),
        Lookup::Inside(path) => bits::contains(&state.live, path.index()),
        Lookup::Untracked => true,
    };
    is_lost.then(|| func.locals[local].range)
}

/// Whether something linear may be left in a path.
fn left(paths: &Paths, pool: &Pool, path: PathId, state: &State) -> bool {
    let ty = paths.data(path).ty;
    let own = bits::contains(&state.live, path.index());
    if pool.ownership(ty.ty) != Ownership::Linear || !bits::intersects(&state.live, paths.below(path)) {
        return false;
    }
    if paths.below(path).len() == 1 || (own && ty.variant.is_none() && pool.is_linear_itself(ty.ty)) {
        return own;
    }
    let child = |step: Proj| paths.children(path).find(|child| child.1 == step).map(|child| child.0);
    let part = |step: Proj, ty: TypeId| match child(step) {
        Some(child) => left(paths, pool, child, state),
        None => own && pool.ownership(ty) == Ownership::Linear,
    };
    let Some(def) = pool.enum_def(ty.ty) else {
        let count = pool.field_count(ty.ty).unwrap_or(0);
        return (0..count)
            .any(|index| pool.field_type(ty.ty, index).is_some_and(|field| part(Proj::Field(index as u32), field)));
    };
    match ty.variant {
        Some(variant) => {
            let fields = &def.variants[variant as usize].fields;
            fields.iter().enumerate().any(|(index, field)| part(Proj::Field(index as u32), field.ty))
        }
        None => def.variants.iter().enumerate().any(|(index, variant)| match child(Proj::Variant(index as u32)) {
            Some(child) => left(paths, pool, child, state),
            None => own && variant.fields.iter().any(|field| pool.ownership(field.ty) == Ownership::Linear),
        }),
    }
}
