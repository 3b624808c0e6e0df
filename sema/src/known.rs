//! Comptime values between the evaluation that makes them and the code that uses them.

use crate::context::Sema;
use kiln_types::{FuncId, StaticId, TypeId, ValueId, ValueKey};

/// A comptime value: in the pool, or (larger) as static data.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Known {
    /// A scalar, `()`, function, type, module or text.
    Value(ValueId),
    /// An aggregate.
    Static(StaticId),
    /// An integer that was written without type and takes the one its use asks for, as a literal does: `i32` if nothing does.
    Literal(i128),
}

/// The type of an integer without type where it is not used as another.
pub(crate) fn literal_type(value: i128) -> TypeId {
    if i32::try_from(value).is_ok() { TypeId::I32 } else { TypeId::I64 }
}

impl Sema<'_> {
    /// The type of a comptime value.
    pub fn known_type(&self, known: Known) -> TypeId {
        match known {
            Known::Value(value) => self.pool.type_of(value),
            Known::Static(data) => self.program.statics.get(data).ty,
            Known::Literal(value) => literal_type(value),
        }
    }

    /// A function's id, if the value is one.
    pub fn as_fn(&self, value: ValueId) -> Option<FuncId> {
        match self.pool.value_key(value)? {
            ValueKey::Fn { func, .. } => Some(*func),
            _ => None,
        }
    }
}
