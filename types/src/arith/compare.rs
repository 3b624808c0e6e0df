//! Comparisons of scalars.

use super::{FloatFormat, Kind};
use std::cmp::Ordering;

/// The comparisons.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
#[allow(missing_docs)]
pub enum CompareOp {
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
}

impl CompareOp {
    /// Whether operands that stand in this order (`None`: one is a NaN) fulfil the comparison.
    pub fn holds(self, order: Option<Ordering>) -> bool {
        match self {
            CompareOp::Eq => order == Some(Ordering::Equal),
            CompareOp::Ne => order != Some(Ordering::Equal),
            CompareOp::Lt => order == Some(Ordering::Less),
            CompareOp::Le => matches!(order, Some(Ordering::Less | Ordering::Equal)),
            CompareOp::Gt => order == Some(Ordering::Greater),
            CompareOp::Ge => matches!(order, Some(Ordering::Greater | Ordering::Equal)),
        }
    }
}

/// Compares two scalars of one kind. A NaN is unequal to everything and neither less nor greater; `0.0` equals `-0.0`.
pub fn compare(op: CompareOp, kind: Kind, a: u128, b: u128) -> bool {
    op.holds(match kind {
        Kind::Int(ty) if ty.signed => Some((a as i128).cmp(&(b as i128))),
        Kind::Int(_) | Kind::Bool | Kind::Char => Some(a.cmp(&b)),
        Kind::Float(FloatFormat::F32) => f32::from_bits(a as u32).partial_cmp(&f32::from_bits(b as u32)),
        Kind::Float(FloatFormat::F64) => f64::from_bits(a as u64).partial_cmp(&f64::from_bits(b as u64)),
    })
}
