//! Budgets of an evaluation, and what it used of them.

/// What an evaluation may use at most.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Limits {
    /// Instructions. One that moves many bytes counts as one more for each 16 of them.
    pub steps: u64,
    /// Calls within each other.
    pub depth: u64,
    /// Bytes of frames, heap and constants together.
    pub bytes: u64,
}

impl Default for Limits {
    /// More than real tables, parsers and hashes need; an endless loop ends after a few seconds.
    fn default() -> Self {
        Limits { steps: 2_000_000_000, depth: 250_000, bytes: 1 << 30 }
    }
}

impl Limits {
    /// No limits but those of the interpreter itself: 4 GiB of memory, and 16 million calls within each other.
    pub const NONE: Limits = Limits { steps: u64::MAX, depth: 16_000_000, bytes: 1 << 32 };

    /// Limits as an option gives them, where 0 stands for none.
    pub fn of_options(steps: u64, depth: u64, bytes: u64) -> Limits {
        let or_none = |value, none| if value == 0 { none } else { value };
        Limits {
            steps: or_none(steps, Limits::NONE.steps),
            depth: or_none(depth, Limits::NONE.depth),
            bytes: or_none(bytes, Limits::NONE.bytes),
        }
    }
}

/// What an evaluation used.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Statistics {
    /// Instructions executed.
    pub steps: u64,
    /// The most bytes that were allocated at one time.
    pub bytes: u64,
}
