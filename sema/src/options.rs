//! What sema is asked to do.

use kiln_types::Target;
use std::time::Duration;

/// What the program is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mode {
    /// Only to be checked; `main` may be missing.
    Check,
    /// To be run: `main` is demanded, and only what it reaches stays in the program.
    Program,
    /// A library: what its exported functions reach stays in the program, and `main` is not demanded.
    Library,
    /// Its `test` blocks are to be run; they and what they reach stay in the program.
    Test,
}

/// Budgets of comptime evaluation. 0 is unlimited.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Limits {
    /// Executed instructions of one evaluation.
    pub steps: u64,
    /// Nested calls.
    pub depth: u64,
    /// Bytes of comptime memory alive at once.
    pub memory: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Limits { steps: 10_000_000_000, depth: 1_000_000, memory: 1 << 30 }
    }
}

/// Options of one analysis.
#[derive(Clone, Debug)]
pub struct Options {
    /// The machine the program is for.
    pub target: Target,
    /// What the program is for.
    pub mode: Mode,
    /// Keep AIR bodies, for `--emit air`.
    pub keep_air: bool,
    /// Budgets of comptime.
    pub limits: Limits,
    /// The time since some fixed moment; with it, what each evaluation used is noted in [`crate::Analysis::evaluations`].
    pub clock: Option<fn() -> Duration>,
}

impl Default for Options {
    fn default() -> Self {
        Options { target: Target::host(), mode: Mode::Check, keep_air: false, limits: Limits::default(), clock: None }
    }
}
