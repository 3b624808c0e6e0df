//! Numbers of types, values, functions and static data.

use kiln_source::define_id;
use std::fmt;

define_id!(
    /// A type or value in the [`crate::Pool`]. Equal ids, equal values.
    ValueId, "v"
);
define_id!(
    /// One instance of a function: a declaration with its comptime arguments. Index of sema's instance table.
    FuncId, "f"
);
define_id!(
    /// A piece of static data; index into [`crate::Statics`].
    StaticId, "s"
);

/// A [`ValueId`] that is known to be a type.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TypeId(pub(crate) ValueId);

impl TypeId {
    /// The type as a value (of type `type`).
    #[inline]
    pub fn as_value(self) -> ValueId {
        self.0
    }

    /// Dense number, for side tables.
    #[inline]
    pub fn index(self) -> usize {
        self.0.0 as usize
    }
}

impl fmt::Debug for TypeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "t{}", self.0.0)
    }
}

/// How a parameter gets its argument.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum ParamMode {
    /// `x: T`: the function owns the value.
    #[default]
    Own,
    /// `borrow x: T`: the function reads the caller's place.
    Borrow,
    /// `inout x: T`: the function reads and writes the caller's place.
    Inout,
}

impl ParamMode {
    /// The keyword with a blank behind it, or nothing.
    pub fn prefix(self) -> &'static str {
        match self {
            ParamMode::Own => "",
            ParamMode::Borrow => "borrow ",
            ParamMode::Inout => "inout ",
        }
    }
}
