//! Typed patterns.

use crate::{LocalId, PatId};
use kiln_source::TextRange;
use kiln_types::{TypeId, ValueId};

/// What a binding gets.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum BindMode {
    /// A copy of the matched place.
    Copy,
    /// The value of the matched place, which is left without it.
    Move,
    /// Another name for the matched place, to read: the scrutinee is borrowed and the part is not copied.
    Alias,
    /// Another name for the matched place, to read and write: the scrutinee is an `inout` or mutable place matched as `inout`.
    AliasMut,
}

/// A pattern with the type it matches.
#[derive(Clone, PartialEq, Debug)]
pub struct Pat {
    /// What it matches.
    pub kind: PatKind,
    /// The type of the matched place.
    pub ty: TypeId,
    /// Where it is written.
    pub range: TextRange,
}

/// The forms of patterns.
#[derive(Clone, PartialEq, Debug)]
pub enum PatKind {
    /// `_`: anything; binds and moves nothing.
    Wild,
    /// A binding.
    Bind {
        /// The local.
        local: LocalId,
        /// What it gets.
        mode: BindMode,
    },
    /// A scalar constant, or text (the value is a [`kiln_types::ValueKey::Str`], the place a `str`).
    Const(ValueId),
    /// Numbers or chars between two scalars.
    Range {
        /// Smallest; `None`: the type's smallest.
        from: Option<ValueId>,
        /// Largest (it belongs to the range); `None`: the type's largest.
        to: Option<ValueId>,
    },
    /// A struct or tuple; fields not named match anything.
    Fields(Box<[(u32, PatId)]>),
    /// A variant with its payload; fields not named match anything.
    Variant {
        /// Which variant.
        variant: u32,
        /// Field numbers and their patterns.
        fields: Box<[(u32, PatId)]>,
    },
    /// Alternatives, tried in order; all bind the same locals.
    Or(Box<[PatId]>),
}
