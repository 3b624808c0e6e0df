//! What a scalar's bits mean.

use super::FloatFormat;
use crate::{IntType, Pool, Target, TypeId, TypeKey};

/// The kinds of scalars that take part in arithmetic.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum Kind {
    /// An integer; also a unit-only enum, whose bits are those of its tag.
    Int(IntType),
    /// 0 or 1.
    Bool,
    /// A Unicode scalar value.
    Char,
    /// IEEE 754 bits.
    Float(FloatFormat),
}

impl Kind {
    /// The kind of a type's values on a target; `None` for types whose values are not scalars, and for pointers.
    pub fn of(pool: &Pool, target: &Target, ty: TypeId) -> Option<Kind> {
        match pool.key(ty) {
            TypeKey::Bool => Some(Kind::Bool),
            TypeKey::Char => Some(Kind::Char),
            TypeKey::Float { bits: 32 } => Some(Kind::Float(FloatFormat::F32)),
            TypeKey::Float { .. } => Some(Kind::Float(FloatFormat::F64)),
            TypeKey::Int { .. } | TypeKey::Size { .. } => pool.int_type(ty, target).map(Kind::Int),
            TypeKey::Enum { .. } | TypeKey::AnonEnum { .. } => {
                let def = pool.enum_def(ty).filter(|def| def.is_unit_only() && !def.variants.is_empty())?;
                pool.int_type(def.tag, target).map(Kind::Int)
            }
            _ => None,
        }
    }

    /// Bytes of a value in memory.
    pub fn bytes(self) -> u32 {
        match self {
            Kind::Int(ty) => u32::from(ty.bits / 8),
            Kind::Bool => 1,
            Kind::Char => 4,
            Kind::Float(format) => format.bytes(),
        }
    }

    /// Extends the low bits of `raw` (a value's bytes read as a number) as values are held; `None` if no value has them.
    pub fn extend(self, raw: u128) -> Option<u128> {
        match self {
            Kind::Int(ty) => Some(ty.extend(raw)),
            Kind::Bool => Some(raw & 0xff).filter(|raw| *raw <= 1),
            Kind::Char => Some(raw & 0xffff_ffff).filter(|raw| char::from_u32(*raw as u32).is_some()),
            Kind::Float(FloatFormat::F32) => Some(raw & 0xffff_ffff),
            Kind::Float(FloatFormat::F64) => Some(raw & 0xffff_ffff_ffff_ffff),
        }
    }
}
