//! Exclusivity during a call: what is passed `inout` or moved overlaps nothing else that is passed.

use super::OwnCx;
use super::check::modes;
use super::loans::{Loans, overlap};
use kiln_cfg::{Arg, Call, Func, Operand, Place};
use kiln_types::ParamMode;
use smallvec::SmallVec;

/// Two arguments that overlap.
#[derive(Clone, Debug)]
pub(crate) struct Clash {
    /// The one that is passed `inout` or moved.
    pub exclusive: Passed,
    pub other: Passed,
}

/// An argument that is a place.
#[derive(Clone, Debug)]
pub(crate) struct Passed {
    pub index: usize,
    pub place: Place,
    pub mode: ParamMode,
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

/// The first two arguments that overlap although one of them is `inout`, or moved while the other is a place.
pub(crate) fn clash(func: &Func, loans: &Loans, cx: &OwnCx<'_>, call: &Call) -> Option<Clash> {
    let places = call.args.iter().filter(|arg| matches!(arg, Arg::Place(_))).count();
    if places == 0 || call.args.len() < 2 {
        return None;
    }
    let modes = modes(func, cx, call.callee);
    let moves = call.args.iter().any(|arg| matches!(arg, Arg::Value(Operand::Move(_))));
    if !moves && !modes.contains(&ParamMode::Inout) {
        return None;
    }
    let passed = |index: usize| {
        let mode = modes.get(index).copied().unwrap_or(ParamMode::Own);
        match &call.args[index] {
            Arg::Place(place) => Some(Passed { index, place: place.clone(), mode }),
            Arg::Value(Operand::Move(local)) => Some(Passed { index, place: Place::local(*local), mode }),
            Arg::Value(_) => None,
        }
    };
    for left in 0..call.args.len() {
        for right in left + 1..call.args.len() {
            let (Some(left), Some(right)) = (passed(left), passed(right)) else { continue };
            let (exclusive, other) = match (left.mode, right.mode) {
                (ParamMode::Inout, _) => (left, right),
                (_, ParamMode::Inout) => (right, left),
                (ParamMode::Own, ParamMode::Borrow) => (left, right),
                (ParamMode::Borrow, ParamMode::Own) => (right, left),
                (ParamMode::Own, ParamMode::Own) | (ParamMode::Borrow, ParamMode::Borrow) => continue,
            };
            if may_overlap(func, loans, cx, &exclusive.place, &other.place) {
                return Some(Clash { exclusive, other });
            }
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
