//! What the bindings of a `match` take. One that its arm uses by value gets the value; one that is only looked at names the part
//! where it is, and what is matched stays whole.
//!
//! ```text
//! match ticket {
//!     Some(t) => sell(t),      // `t` is moved out of `ticket`
//!     None => {}
//! }
//! match ticket {
//!     Some(t) => show(t),      // `t` is another name for the part of `ticket`
//!     None => {}
//! }
//! ```

use kiln_air::{BindMode, Body, Inst, InstId, PatId, PatKind, UseKind};
use kiln_source::Idx;
use kiln_types::Pool;

/// Settles the bindings of all matches of a body, whose types are known. Inner ones come first: their numbers are smaller.
pub(crate) fn settle(body: &mut Body, pool: &Pool) {
    if !body.pats.iter().any(|pat| matches!(pat.kind, PatKind::Bind { mode: BindMode::Move, .. })) {
        return;
    }
    let mut taken = vec![false; body.locals.len()];
    for index in 0..body.insts.len() {
        let id = InstId::from_usize(index);
        match &body.insts[id] {
            Inst::Use { place, kind: UseKind::Move } | Inst::Struct { base: Some((place, UseKind::Move)), .. } => {
                take(body, *place, &mut taken);
            }
            Inst::Let { pat, init, .. } if body.insts[*init].is_place() && moves(body, *pat) => {
                take(body, *init, &mut taken);
            }
            Inst::Match { scrutinee, arms } if body.insts[*scrutinee].is_place() => {
                let (scrutinee, pats): (InstId, Vec<PatId>) = (*scrutinee, arms.iter().map(|arm| arm.pat).collect());
                for pat in &pats {
                    look_only(body, pool, *pat, &taken);
                }
                if pats.iter().any(|pat| moves(body, *pat)) {
                    take(body, scrutinee, &mut taken);
                }
            }
            _ => {}
        }
    }
}

/// Something is moved out of the place.
fn take(body: &Body, mut place: InstId, taken: &mut [bool]) {
    loop {
        match &body.insts[place] {
            Inst::Local(local) => {
                taken[local.index()] = true;
                return;
            }
            Inst::Field { base, .. } | Inst::Index { base, .. } | Inst::Slice { base, .. } => place = *base,
            _ => return,
        }
    }
}

fn moves(body: &Body, pat: PatId) -> bool {
    match &body.pats[pat].kind {
        PatKind::Bind { mode, .. } => *mode == BindMode::Move,
        PatKind::Wild | PatKind::Const(_) | PatKind::Range { .. } => false,
        PatKind::Fields(fields) | PatKind::Variant { fields, .. } => fields.iter().any(|field| moves(body, field.1)),
        PatKind::Or(alternatives) => alternatives.iter().any(|part| moves(body, *part)),
    }
}

/// Bindings whose value nobody takes or changes become names. What is linear itself is taken apart, so its parts are taken.
fn look_only(body: &mut Body, pool: &Pool, pat: PatId, taken: &[bool]) {
    let parts: Vec<PatId> = match &body.pats[pat].kind {
        PatKind::Bind { local, mode: BindMode::Move } => {
            if !taken[local.index()] && !body.locals[*local].mutable {
                body.pats[pat].kind = PatKind::Bind { local: *local, mode: BindMode::Alias };
            }
            return;
        }
        PatKind::Fields(_) | PatKind::Variant { .. } if pool.is_linear_itself(body.pats[pat].ty) => return,
        PatKind::Fields(fields) | PatKind::Variant { fields, .. } => fields.iter().map(|field| field.1).collect(),
        PatKind::Or(alternatives) => alternatives.to_vec(),
        PatKind::Bind { .. } | PatKind::Wild | PatKind::Const(_) | PatKind::Range { .. } => return,
    };
    parts.into_iter().for_each(|part| look_only(body, pool, part, taken));
}
