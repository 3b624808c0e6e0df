//! Programs with owners: types with destructors, linear and `@handle` types, the containers of the library; moved whole and in
//! parts, on some ways and in loops, lent, assigned, left behind by `return`, `break`, `continue`, `?` and panics; in generic functions and
//! types, by reflection, and made while compiling.
//!
//! Each owner says when it is made (`5`) and when it is dropped (`-5`), on a line of its own; both happen once. The generator knows
//! at every place which variables have their values. What such a program prints is digested, and the same is computed at comptime.

mod ty;

mod prelude;

mod state;

mod writer;

mod from;
mod value;

mod call;
mod change;
mod fault;
mod flow;
mod matching;
mod stmt;

mod look;

mod item;
pub use fault::{Fault, MISTAKES};
pub use item::owners;
