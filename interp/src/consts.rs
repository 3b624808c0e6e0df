//! Constants that live in memory: one list for all bytecode, by whose numbers instructions name them.

use indexmap::IndexSet;
use kiln_types::{StaticId, ValueId};
use rustc_hash::FxBuildHasher;

/// A constant that an evaluation brings into its memory when it is first used.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum ConstKey {
    /// A value of the pool.
    Value(ValueId),
    /// Static data.
    Static(StaticId),
}

/// The constants bytecode refers to.
#[derive(Debug, Default)]
pub(crate) struct ConstTable {
    keys: IndexSet<ConstKey, FxBuildHasher>,
}

impl ConstTable {
    /// The number of a constant.
    pub(crate) fn number(&mut self, key: ConstKey) -> u32 {
        self.keys.insert_full(key).0 as u32
    }

    /// The constant of a number.
    pub(crate) fn key(&self, number: u32) -> ConstKey {
        self.keys[number as usize]
    }
}
