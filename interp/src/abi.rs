//! How values pass between frames. It depends on types and modes alone, so calls through pointers agree with all others.

use crate::state::WINDOW;
use kiln_types::{Layouts, ParamMode, Pool, Repr, ScalarKind, TypeId};

/// What stands in registers for an argument or result.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Pass {
    /// Nothing: the value has no bytes.
    Nothing,
    /// The value, in one register.
    Value,
    /// The value, in two: 128 bits, or a pointer with its length.
    Pair,
    /// The place of the value's bytes in a frame; they are copied at once by who gets it.
    Place,
    /// A pointer to the place that is passed.
    Pointer,
    /// A pointer and a length.
    FatPointer,
}

impl Pass {
    /// How many registers it takes.
    pub(crate) fn slots(self) -> u32 {
        match self {
            Pass::Nothing => 0,
            Pass::Value | Pass::Place | Pass::Pointer => 1,
            Pass::Pair | Pass::FatPointer => 2,
        }
    }
}

/// Arguments that come in registers of the window; what follows comes in registers beyond it.
pub(crate) const IN_WINDOW: u32 = 24;

/// The register, counted from the callee's first, for the argument that needs `slots` of them from the `slot`-th on.
pub(crate) fn argument_slot(slot: u32, slots: u32) -> u32 {
    if slot + slots <= IN_WINDOW { slot } else { slot + WINDOW as u32 }
}

/// How a value of a type passes: a result, or an owned argument.
pub(crate) fn pass_value(pool: &Pool, layouts: &mut Layouts, ty: TypeId) -> Pass {
    let layout = layouts.of(pool, ty);
    match layout.repr {
        _ if layout.size == 0 => Pass::Nothing,
        Repr::Zst => Pass::Nothing,
        Repr::Scalar(ScalarKind::Int { bits: 128, .. }) | Repr::FatPtr => Pass::Pair,
        Repr::Scalar(_) | Repr::Comptime => Pass::Value,
        Repr::Memory => Pass::Place,
    }
}

/// How an argument passes. What is borrowed, copied and no aggregate passes as its value: nobody can change it meanwhile.
pub(crate) fn pass_param(pool: &Pool, layouts: &mut Layouts, mode: ParamMode, ty: TypeId) -> Pass {
    if mode != ParamMode::Own && pool.is_unsized(ty) {
        return Pass::FatPointer;
    }
    let by_value = pass_value(pool, layouts, ty);
    match mode {
        ParamMode::Own => by_value,
        _ if by_value == Pass::Nothing => Pass::Nothing,
        ParamMode::Borrow if by_value != Pass::Place && pool.is_copy(ty) => by_value,
        ParamMode::Borrow | ParamMode::Inout => Pass::Pointer,
    }
}
