//! Exhaustiveness and reachability of matches.
//!
//! The arms are the rows of a matrix whose columns are parts of the matched value. One column after the other is split
//! by the constructors that its patterns name, until a matrix has no row left, and what was assumed on the way is a value
//! without an arm, or its first row asks for nothing more, and that row is reached.
//!
//! What always holds:
//! - A guarded row covers nothing.
//! - Values that can't exist (a variant with a part of type `!`) are not demanded; a pattern for them is still reached,
//!   so that one body can be checked for `Result(T, E)` whatever `E` is.
//! - Text and other constants that can't be listed are an open set: only `_` covers the rest.
//! - The work is bounded by [`STEPS`]. A match that needs more counts as covered if some arm takes everything, and
//!   else lacks `_`; none of its arms is called unreachable. So what is judged complete is complete.

mod matrix;
mod scalar;
mod shape;
mod solve;
mod split;
mod witness;

#[cfg(test)]
mod tests;

use crate::context::Sema;
use kiln_air::{Body, Pat, PatId, PatKind};
use kiln_source::{IdxVec, Interner};
use kiln_types::{Pool, Target, TypeId};
use shape::{Shape, Shapes};
use solve::{Judged, Solver};

/// How much one match may cost; a step is about the work of looking at one row. All are used up in a fraction of a second,
/// and no match that people write needs a hundredth.
const STEPS: u64 = 3_000_000;

/// What is wrong with the arms of a match.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Found {
    /// A value that no arm matches, as a pattern: `Shape::Circle(_)`.
    pub missing: Option<String>,
    /// Patterns (arms or alternatives) that earlier ones leave nothing for, in the order they stand in the source.
    pub unreachable: Vec<PatId>,
}

/// What is asked about types.
trait Types {
    fn pool(&self) -> &Pool;
    fn target(&self) -> &Target;
    fn names(&self) -> &Interner;
    /// Makes the definition of a struct or enum available, unless it is wrong.
    fn complete(&mut self, ty: TypeId);
}

impl Types for Sema<'_> {
    fn pool(&self) -> &Pool {
        &self.pool
    }

    fn target(&self) -> &Target {
        &self.options.target
    }

    fn names(&self) -> &Interner {
        self.names
    }

    fn complete(&mut self, ty: TypeId) {
        // What is wrong with the type was reported; then it has no definition, and nothing is said about its parts.
        let _: Result<(), kiln_source::ErrorReported> = Sema::complete(self, ty);
    }
}

/// Checks arms (pattern, has a guard) in order against all values of a type.
pub(crate) fn check(sema: &mut Sema<'_>, body: &Body, ty: TypeId, rows: &[(PatId, bool)]) -> Found {
    judge(sema, &body.pats, ty, rows, STEPS)
}

fn judge(types: &mut impl Types, pats: &IdxVec<PatId, Pat>, ty: TypeId, rows: &[(PatId, bool)], steps: u64) -> Found {
    let mut shapes = Shapes::default();
    let rows: Vec<_> = rows.iter().map(|&(pat, guarded)| (shapes.lower(types, pats, pat, ty), pat, guarded)).collect();
    let mut solver = Solver::new(types, &shapes, ty, steps);
    let heads: Vec<_> = rows.iter().map(|&(shape, _, guarded)| (shape, guarded)).collect();
    let Some(Judged { missing, useful }) = solver.run(&heads) else {
        let takes_all = heads.iter().any(|&(shape, guarded)| !guarded && shapes[shape] == Shape::Any);
        return Found { missing: (!takes_all).then(|| "_".to_owned()), unreachable: Vec::new() };
    };
    let missing = missing.map(|example| witness::show(solver.types, &solver.parts, &example));
    let mut unreachable = Vec::new();
    for (index, &(_, pat, _)) in rows.iter().enumerate() {
        if useful[index] {
            dead_alternatives(pats, pat, &|alternative| solver.is_reached(alternative), &mut unreachable);
        } else {
            unreachable.push(pat);
        }
    }
    Found { missing, unreachable }
}

/// The alternatives inside a reached pattern that are not reached themselves.
fn dead_alternatives(
    pats: &IdxVec<PatId, Pat>,
    pat: PatId,
    is_reached: &impl Fn(PatId) -> bool,
    dead: &mut Vec<PatId>,
) {
    match &pats[pat].kind {
        PatKind::Wild | PatKind::Bind { .. } | PatKind::Const(_) | PatKind::Range { .. } => {}
        PatKind::Fields(fields) | PatKind::Variant { fields, .. } => {
            for &(_, part) in fields {
                dead_alternatives(pats, part, is_reached, dead);
            }
        }
        PatKind::Or(alternatives) => {
            for &alternative in alternatives {
                if is_reached(alternative) {
                    dead_alternatives(pats, alternative, is_reached, dead);
                } else {
                    dead.push(alternative);
                }
            }
        }
    }
}
