//! Operations on the bits of integers.

use crate::IntType;

/// Zero bits above the highest one; the width for 0.
#[inline]
pub fn leading_zeros(ty: IntType, a: u128) -> u32 {
    (a & ty.mask()).leading_zeros() - (128 - u32::from(ty.bits))
}

/// Zero bits below the lowest one; the width for 0.
#[inline]
pub fn trailing_zeros(ty: IntType, a: u128) -> u32 {
    a.trailing_zeros().min(u32::from(ty.bits))
}

/// How many bits are one.
#[inline]
pub fn count_ones(ty: IntType, a: u128) -> u32 {
    (a & ty.mask()).count_ones()
}

/// The bytes in reverse.
#[inline]
pub fn swap_bytes(ty: IntType, a: u128) -> u128 {
    ty.extend(a.swap_bytes() >> (128 - ty.bits))
}

/// The bits in reverse.
#[inline]
pub fn reverse_bits(ty: IntType, a: u128) -> u128 {
    ty.extend(a.reverse_bits() >> (128 - ty.bits))
}

/// The bits moved up by `amount` modulo the width; those that leave come in at the other end.
#[inline]
pub fn rotate_left(ty: IntType, a: u128, amount: u128) -> u128 {
    let width = u32::from(ty.bits);
    let (amount, a) = (amount as u32 & (width - 1), a & ty.mask());
    if amount == 0 { ty.extend(a) } else { ty.extend(a << amount | a >> (width - amount)) }
}

/// The bits moved down by `amount` modulo the width; those that leave come in at the other end.
#[inline]
pub fn rotate_right(ty: IntType, a: u128, amount: u128) -> u128 {
    rotate_left(ty, a, amount.wrapping_neg())
}
