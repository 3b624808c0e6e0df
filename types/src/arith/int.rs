//! Arithmetic on integers of every width.
//!
//! Operands are computed at 128 bits, where only 128-bit types can overflow the host's own operation; a narrower type
//! overflows when extending its low bits does not give the same number again.

use super::ArithError;
use crate::IntType;

impl IntType {
    /// All ones, as many as the type is wide.
    #[inline]
    pub const fn mask(self) -> u128 {
        u128::MAX >> (128 - self.bits)
    }

    /// Extends the low bits by the type's own sign: the only form in which values of the type are held.
    #[inline]
    pub const fn extend(self, bits: u128) -> u128 {
        let unused = 128 - self.bits;
        if self.signed { ((bits << unused) as i128 >> unused) as u128 } else { bits << unused >> unused }
    }

    /// The smallest value, extended.
    #[inline]
    pub const fn min(self) -> u128 {
        if self.signed { self.extend(1 << (self.bits - 1)) } else { 0 }
    }

    /// The largest value, extended.
    #[inline]
    pub const fn max(self) -> u128 {
        if self.signed { self.mask() >> 1 } else { self.mask() }
    }

    /// Whether extended bits are a negative number.
    #[inline]
    pub const fn is_negative(self, bits: u128) -> bool {
        self.signed && (bits as i128) < 0
    }

    /// The low bits of a result at 128 bits, and whether they are not the result.
    #[inline]
    const fn fit(self, (wide, overflowed): (u128, bool)) -> (u128, bool) {
        let kept = self.extend(wide);
        (kept, overflowed || kept != wide)
    }
}

#[inline]
fn checked((value, overflowed): (u128, bool)) -> Result<u128, ArithError> {
    if overflowed { Err(ArithError::Overflow) } else { Ok(value) }
}

/// An operation at 128 bits, by the type's sign.
macro_rules! at_128 {
    ($ty:ident, $a:ident.$op:ident($b:ident)) => {
        if $ty.signed {
            let (value, overflowed) = ($a as i128).$op($b as i128);
            $ty.fit((value as u128, overflowed))
        } else {
            $ty.fit($a.$op($b))
        }
    };
}

/// `a + b`: the low bits, and whether they are not the sum.
#[inline]
pub fn overflowing_add(ty: IntType, a: u128, b: u128) -> (u128, bool) {
    at_128!(ty, a.overflowing_add(b))
}

/// `a - b`: the low bits, and whether they are not the difference.
#[inline]
pub fn overflowing_sub(ty: IntType, a: u128, b: u128) -> (u128, bool) {
    at_128!(ty, a.overflowing_sub(b))
}

/// `a * b`: the low bits, and whether they are not the product.
#[inline]
pub fn overflowing_mul(ty: IntType, a: u128, b: u128) -> (u128, bool) {
    at_128!(ty, a.overflowing_mul(b))
}

/// `-a`: the low bits, and whether they are not the negation. On unsigned types only 0 has one.
#[inline]
pub fn overflowing_neg(ty: IntType, a: u128) -> (u128, bool) {
    overflowing_sub(ty, 0, a)
}

/// `a / b`, cut towards zero: the low bits, and whether they are not the quotient (`MIN / -1`).
///
/// # Errors
/// `b` is zero.
#[inline]
pub fn overflowing_div(ty: IntType, a: u128, b: u128) -> Result<(u128, bool), ArithError> {
    if b == 0 {
        return Err(ArithError::DivisionByZero);
    }
    Ok(at_128!(ty, a.overflowing_div(b)))
}

/// `a % b`, with the sign of `a`: the remainder, and whether the quotient overflows (`MIN % -1`, which is 0).
///
/// # Errors
/// `b` is zero.
#[inline]
pub fn overflowing_rem(ty: IntType, a: u128, b: u128) -> Result<(u128, bool), ArithError> {
    let (_, overflowed) = overflowing_div(ty, a, b)?;
    let rest = if ty.signed { (a as i128).wrapping_rem(b as i128) as u128 } else { a % b };
    Ok((rest, overflowed))
}

/// `a + b`.
///
/// # Errors
/// The sum is outside of the type's range.
#[inline]
pub fn add(ty: IntType, a: u128, b: u128) -> Result<u128, ArithError> {
    checked(overflowing_add(ty, a, b))
}

/// `a - b`.
///
/// # Errors
/// The difference is outside of the type's range.
#[inline]
pub fn sub(ty: IntType, a: u128, b: u128) -> Result<u128, ArithError> {
    checked(overflowing_sub(ty, a, b))
}

/// `a * b`.
///
/// # Errors
/// The product is outside of the type's range.
#[inline]
pub fn mul(ty: IntType, a: u128, b: u128) -> Result<u128, ArithError> {
    checked(overflowing_mul(ty, a, b))
}

/// `-a`.
///
/// # Errors
/// `a` is the smallest value of a signed type.
#[inline]
pub fn neg(ty: IntType, a: u128) -> Result<u128, ArithError> {
    checked(overflowing_neg(ty, a))
}

/// `a / b`, cut towards zero.
///
/// # Errors
/// `b` is zero, or it is `MIN / -1`.
#[inline]
pub fn div(ty: IntType, a: u128, b: u128) -> Result<u128, ArithError> {
    checked(overflowing_div(ty, a, b)?)
}

/// `a % b`, with the sign of `a`.
///
/// # Errors
/// `b` is zero, or it is `MIN % -1`.
#[inline]
pub fn rem(ty: IntType, a: u128, b: u128) -> Result<u128, ArithError> {
    checked(overflowing_rem(ty, a, b)?)
}

/// The low bits of `a + b`.
#[inline]
pub fn wrapping_add(ty: IntType, a: u128, b: u128) -> u128 {
    ty.extend(a.wrapping_add(b))
}

/// The low bits of `a - b`.
#[inline]
pub fn wrapping_sub(ty: IntType, a: u128, b: u128) -> u128 {
    ty.extend(a.wrapping_sub(b))
}

/// The low bits of `a * b`.
#[inline]
pub fn wrapping_mul(ty: IntType, a: u128, b: u128) -> u128 {
    ty.extend(a.wrapping_mul(b))
}

/// The low bits of `-a`.
#[inline]
pub fn wrapping_neg(ty: IntType, a: u128) -> u128 {
    ty.extend(a.wrapping_neg())
}

/// `a / b`, cut towards zero; `MIN / -1` is `MIN`.
///
/// # Errors
/// `b` is zero.
#[inline]
pub fn wrapping_div(ty: IntType, a: u128, b: u128) -> Result<u128, ArithError> {
    Ok(overflowing_div(ty, a, b)?.0)
}

/// `a % b`, with the sign of `a`; `MIN % -1` is 0.
///
/// # Errors
/// `b` is zero.
#[inline]
pub fn wrapping_rem(ty: IntType, a: u128, b: u128) -> Result<u128, ArithError> {
    Ok(overflowing_rem(ty, a, b)?.0)
}

/// `a << amount`; bits that leave the type are lost. `amount` is a number of any integer type, extended by its own sign.
///
/// # Errors
/// The amount is negative, or the type's width or more.
#[inline]
pub fn shl(ty: IntType, a: u128, amount: u128) -> Result<u128, ArithError> {
    if amount < u128::from(ty.bits) { Ok(wrapping_shl(ty, a, amount)) } else { Err(ArithError::ShiftOverflow) }
}

/// `a >> amount`, arithmetic on signed types. `amount` is a number of any integer type, extended by its own sign.
///
/// # Errors
/// The amount is negative, or the type's width or more.
#[inline]
pub fn shr(ty: IntType, a: u128, amount: u128) -> Result<u128, ArithError> {
    if amount < u128::from(ty.bits) { Ok(wrapping_shr(ty, a, amount)) } else { Err(ArithError::ShiftOverflow) }
}

/// `a << (amount modulo the width)`; bits that leave the type are lost.
#[inline]
pub fn wrapping_shl(ty: IntType, a: u128, amount: u128) -> u128 {
    ty.extend(a << (amount as u32 & (u32::from(ty.bits) - 1)))
}

/// `a >> (amount modulo the width)`, arithmetic on signed types.
#[inline]
pub fn wrapping_shr(ty: IntType, a: u128, amount: u128) -> u128 {
    let amount = amount as u32 & (u32::from(ty.bits) - 1);
    if ty.signed { ((a as i128) >> amount) as u128 } else { a >> amount }
}

/// `~a`.
#[inline]
pub fn not(ty: IntType, a: u128) -> u128 {
    ty.extend(!a)
}

/// `a + b`, or the bound it passes.
#[inline]
pub fn saturating_add(ty: IntType, a: u128, b: u128) -> u128 {
    match overflowing_add(ty, a, b) {
        (sum, false) => sum,
        _ if ty.is_negative(b) => ty.min(),
        _ => ty.max(),
    }
}

/// `a - b`, or the bound it passes.
#[inline]
pub fn saturating_sub(ty: IntType, a: u128, b: u128) -> u128 {
    match overflowing_sub(ty, a, b) {
        (difference, false) => difference,
        _ if ty.is_negative(b) => ty.max(),
        _ => ty.min(),
    }
}
