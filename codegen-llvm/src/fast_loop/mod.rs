//! Fast loops: copies of simple loops whose overflow checks would keep LLVM from vectorising them.
//!
//! A sum of checked additions panics at the first partial sum that does not fit, so its additions can't be reordered. But if
//! the terms of the next thousand turns are small enough, no partial sum overflows, in whatever order they are added. So
//! before such a loop stands a fast one, which adds without checks, keeps the largest magnitude it saw, and counts only if
//! that proves that nothing overflowed. If not, or for a few turns, the loop runs as it is written.
//!
//! ```text
//! for i in 0..n { sum += a[i] * b[i]; }
//!
//! bb1.fast:      enough turns left, and all indices inside? then go on, else to bb1
//! bb1.turns:     the turns without checks, on copies of the variables; magnitudes are collected
//! bb1.proof:     did everything fit? then go on, else to bb1.signed, as if nothing had happened
//! bb1.done:      the variables get their new values; on with bb1.fast
//! bb1.signed:    the same once more, for negative numbers
//! bb1:           the loop as it is written
//! ```
//! A loop that also writes elements is gone through twice: first magnitudes are collected, then, behind the proof, the work is
//! done. What it reads and what it writes must not overlap, which is tested before, unless it is the very same element.

mod find;
pub(crate) use find::{FastLoop, find};

mod build;
mod proof;
