//! The meaning of every operation on scalars, written once: sema folds with it, the interpreter executes it, and tests
//! compare compiled code with it.
//!
//! A scalar is given as [`ValueKey::Scalar`](crate::ValueKey::Scalar) holds it: 128 bits, sign-extended for signed
//! integers, zero-extended for everything else; floats are their IEEE 754 bits. Functions expect such *extended* bits
//! and return them.
//!
//! ```
//! use kiln_types::{IntType, arith::{self, ArithError}};
//! let u8 = IntType { bits: 8, signed: false };
//! assert_eq!(arith::add(u8, 100, 100), Ok(200));
//! assert_eq!(arith::add(u8, 100, 200), Err(ArithError::Overflow));
//! assert_eq!(arith::wrapping_add(u8, 100, 200), 44);
//! ```
//!
//! Floats: `f32` is computed in `f32`, with one rounding per operation. IEEE 754 leaves the sign and payload of a NaN
//! result free, and machines differ there (x86-64 makes negative ones, Arm and RISC-V positive ones); here every operation that
//! computes gives the positive quiet NaN without payload, so a result is the same on every host. What only moves bits
//! (negation, absolute value, copying a sign, bit casts) keeps a NaN's payload.

mod int;
pub use int::{
    add, div, mul, neg, not, overflowing_add, overflowing_div, overflowing_mul, overflowing_neg, overflowing_rem,
    overflowing_sub, rem, saturating_add, saturating_sub, shl, shr, sub, wrapping_add, wrapping_div, wrapping_mul,
    wrapping_neg, wrapping_rem, wrapping_shl, wrapping_shr, wrapping_sub,
};

mod bits;
pub use bits::{count_ones, leading_zeros, reverse_bits, rotate_left, rotate_right, swap_bytes, trailing_zeros};

mod float;
pub use float::{F32, F64, FloatFormat, FloatOp, FloatUnary, float_binary, float_mul_add, float_neg, float_unary};

mod compare;
pub use compare::{CompareOp, compare};

mod cast;
pub use cast::{bit_cast, cast, wrap};

mod kind;
pub use kind::Kind;

/// Why an operation has no result.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum ArithError {
    /// The result is outside of the type's range; also `MIN / -1`.
    Overflow,
    /// `/` or `%` by zero.
    DivisionByZero,
    /// A shift by the width or more, or by a negative amount.
    ShiftOverflow,
    /// A converted value is outside of the range of the type it is converted to.
    CastOverflow,
}
