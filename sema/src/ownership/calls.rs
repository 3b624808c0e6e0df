//! Exclusivity during a call: what is passed `inout` overlaps nothing else that is passed.

use super::OwnCx;
use super::check::modes;
use super::loans::{Loans, overlap};
use kiln_cfg::{Arg, Call, Func, Operand, Place};
use kiln_types::ParamMode;
use smallvec::SmallVec;

/// Two arguments that overlap.
#[derive(Clone, Debug)]
pub(crate) struct Clash {
    /// Index of the one passed `inout`, and its place.
    pub inout: (usize, Place),
    /// Index of the other, its place and its mode.
    pub other: (usize, Place, ParamMode),
}

/// The places a call may write.
pub(crate) fn inout_places<'c>(func: &Func, cx: &OwnCx<'_>, call: &'c Call) -> SmallVec<[&'c Place; 2]> {
    if !call.args.iter().any(|arg| matches!(arg, Arg::Place(_))) {
        return SmallVec::new();
    }
    let modes = modes(func, cx, call.callee);
    call.args
        .iter()
        .zip(modes)
        .filter_map(|(arg, mode)| match arg {
            Arg::Place(place) if mode == ParamMode::Inout => Some(place),
            _ => None,
        })
        .collect()
}

/// The first two arguments that overlap although one of them is `inout`.
pub(crate) fn clash(func: &Func, loans: &Loans, cx: &OwnCx<'_>, call: &Call) -> Option<Clash> {
    let places = call.args.iter().filter(|arg| matches!(arg, Arg::Place(_))).count();
    if places == 0 || call.args.len() < 2 {
        return None;
    }
    let modes = modes(func, cx, call.callee);
    if !modes.contains(&ParamMode::Inout) {
        return None;
    }
    let place_of = |index: usize| match &call.args[index] {
        Arg::Place(place) => Some(place.clone()),
        Arg::Value(Operand::Move(local)) => Some(Place::local(*local)),
        Arg::Value(_) => None,
    };
    for left in 0..call.args.len() {
        for right in left + 1..call.args.len() {
            let mode = |index: usize| modes.get(index).copied().unwrap_or(ParamMode::Own);
            if mode(left) != ParamMode::Inout && mode(right) != ParamMode::Inout {
                continue;
            }
            let (Some(first), Some(second)) = (place_of(left), place_of(right)) else { continue };
            if !may_overlap(func, loans, cx, &first, &second) {
                continue;
            }
            let (inout, other) = if mode(left) == ParamMode::Inout { (left, right) } else { (right, left) };
            let (inout_place, other_place) = if inout == left { (first, second) } else { (second, first) };
            return Some(Clash { inout: (inout, inout_place), other: (other, other_place, mode(other)) });
        }
    }
    None
}

fn may_overlap(func: &Func, loans: &Loans, cx: &OwnCx<'_>, left: &Place, right: &Place) -> bool {
    if left.base == right.base
        && left.proj.first() == Some(&kiln_cfg::Proj::Deref)
        && right.proj.first() == left.proj.first()
    {
        return overlap(cx.pool, &left.proj, &right.proj);
    }
    let right = loans.resolve(func, right);
    loans
        .resolve(func, left)
        .iter()
        .any(|left| right.iter().any(|right| left.root == right.root && overlap(cx.pool, &left.steps, &right.steps)))
}
