//! Scalar arithmetic against big integers: exhaustive at 8 bits, by property at every width.

use kiln_types::IntType;
use kiln_types::arith::{self, ArithError, CompareOp, F32, F64, FloatFormat, FloatOp, FloatUnary, Kind};
use num_bigint::BigInt;
use proptest::prelude::*;

/// An integer type and what its values mean, without the code under test.
#[derive(Clone, Copy, Debug)]
struct Reference(IntType);

impl Reference {
    fn number(self, bits: u128) -> BigInt {
        if self.0.signed { BigInt::from(bits as i128) } else { BigInt::from(bits) }
    }

    fn modulus(self) -> BigInt {
        BigInt::from(1) << self.0.bits
    }

    fn min(self) -> BigInt {
        if self.0.signed { -(BigInt::from(1) << (self.0.bits - 1)) } else { BigInt::from(0) }
    }

    fn max(self) -> BigInt {
        self.min() + self.modulus() - 1
    }

    /// Bits of the number that is congruent and in range.
    fn wrapped(self, number: &BigInt) -> u128 {
        let offset = number - self.min();
        let below = ((offset % self.modulus()) + self.modulus()) % self.modulus();
        self.bits(&(below + self.min())).expect("reduced into the range")
    }

    fn bits(self, number: &BigInt) -> Option<u128> {
        if *number < self.min() || *number > self.max() {
            return None;
        }
        i128::try_from(number).map(|number| number as u128).or_else(|_| u128::try_from(number)).ok()
    }

    fn checked(self, number: &BigInt) -> Result<u128, ArithError> {
        self.bits(number).ok_or(ArithError::Overflow)
    }

    fn clamped(self, number: BigInt) -> u128 {
        self.bits(&number.clamp(self.min(), self.max())).expect("clamped into the range")
    }
}

/// Every operation on two operands of one type.
fn agree_binary(ty: IntType, a: u128, b: u128) {
    let reference = Reference(ty);
    let (x, y) = (reference.number(a), reference.number(b));
    let context = format!("{ty:?} {x} {y}");
    let (sum, difference, product) = (&x + &y, &x - &y, &x * &y);
    assert_eq!(arith::add(ty, a, b), reference.checked(&sum), "+ {context}");
    assert_eq!(arith::sub(ty, a, b), reference.checked(&difference), "- {context}");
    assert_eq!(arith::mul(ty, a, b), reference.checked(&product), "* {context}");
    assert_eq!(arith::wrapping_add(ty, a, b), reference.wrapped(&sum), "wrapping + {context}");
    assert_eq!(arith::wrapping_sub(ty, a, b), reference.wrapped(&difference), "wrapping - {context}");
    assert_eq!(arith::wrapping_mul(ty, a, b), reference.wrapped(&product), "wrapping * {context}");
    let overflowing = |number: &BigInt| (reference.wrapped(number), reference.bits(number).is_none());
    assert_eq!(arith::overflowing_add(ty, a, b), overflowing(&sum), "overflowing + {context}");
    assert_eq!(arith::overflowing_sub(ty, a, b), overflowing(&difference), "overflowing - {context}");
    assert_eq!(arith::overflowing_mul(ty, a, b), overflowing(&product), "overflowing * {context}");
    assert_eq!(arith::saturating_add(ty, a, b), reference.clamped(sum), "saturating + {context}");
    assert_eq!(arith::saturating_sub(ty, a, b), reference.clamped(difference), "saturating - {context}");
    if b == 0 {
        let zero = Err(ArithError::DivisionByZero);
        assert_eq!([arith::div(ty, a, b), arith::rem(ty, a, b)], [zero; 2], "{context}");
        assert_eq!([arith::wrapping_div(ty, a, b), arith::wrapping_rem(ty, a, b)], [zero; 2], "{context}");
    } else {
        let (quotient, rest) = (&x / &y, &x % &y);
        let checked_rest = reference.checked(&quotient).and(reference.checked(&rest));
        assert_eq!(arith::div(ty, a, b), reference.checked(&quotient), "/ {context}");
        assert_eq!(arith::rem(ty, a, b), checked_rest, "% {context}");
        assert_eq!(arith::wrapping_div(ty, a, b), Ok(reference.wrapped(&quotient)), "wrapping / {context}");
        assert_eq!(arith::wrapping_rem(ty, a, b), Ok(reference.wrapped(&rest)), "wrapping % {context}");
    }
    for (op, expected) in [
        (CompareOp::Eq, x == y),
        (CompareOp::Ne, x != y),
        (CompareOp::Lt, x < y),
        (CompareOp::Le, x <= y),
        (CompareOp::Gt, x > y),
        (CompareOp::Ge, x >= y),
    ] {
        assert_eq!(arith::compare(op, Kind::Int(ty), a, b), expected, "{op:?} {context}");
    }
}

/// Shifts and rotations, by an amount of any type.
fn agree_shift(ty: IntType, a: u128, amount: u128) {
    let reference = Reference(ty);
    let x = reference.number(a);
    let width = u128::from(ty.bits);
    let context = format!("{ty:?} {x} by {amount}");
    let within = (amount % width) as u32;
    let left = reference.wrapped(&(&x << within));
    // `BigInt` rounds towards minus infinity, as an arithmetic shift does.
    let right = reference.wrapped(&(&x >> within));
    let checked = |value| if amount < width { Ok(value) } else { Err(ArithError::ShiftOverflow) };
    assert_eq!(arith::shl(ty, a, amount), checked(left), "<< {context}");
    assert_eq!(arith::shr(ty, a, amount), checked(right), ">> {context}");
    assert_eq!(arith::wrapping_shl(ty, a, amount), left, "wrapping << {context}");
    assert_eq!(arith::wrapping_shr(ty, a, amount), right, "wrapping >> {context}");
    let natural = (&x % reference.modulus() + reference.modulus()) % reference.modulus();
    let rotated = |by: u32| {
        let doubled = &natural + (&natural << ty.bits);
        reference.wrapped(&((doubled >> (u32::from(ty.bits) - by)) % reference.modulus()))
    };
    assert_eq!(arith::rotate_left(ty, a, amount), rotated(within), "rotate_left {context}");
    let back = (width as u32 - within) % width as u32;
    assert_eq!(arith::rotate_right(ty, a, amount), rotated(back), "rotate_right {context}");
}

/// Every operation on one operand.
fn agree_unary(ty: IntType, a: u128) {
    let reference = Reference(ty);
    let x = reference.number(a);
    assert_eq!(ty.extend(a & ty.mask()), a, "{ty:?} {x}");
    assert_eq!(arith::neg(ty, a), reference.checked(&-&x), "- {ty:?} {x}");
    assert_eq!(arith::wrapping_neg(ty, a), reference.wrapped(&-&x), "wrapping - {ty:?} {x}");
    assert_eq!(arith::not(ty, a), reference.wrapped(&(-&x - 1)), "~ {ty:?} {x}");
    let digits: Vec<bool> = (0..ty.bits).map(|bit| a >> bit & 1 == 1).collect();
    assert_eq!(arith::leading_zeros(ty, a) as usize, digits.iter().rev().take_while(|bit| !**bit).count());
    assert_eq!(arith::trailing_zeros(ty, a) as usize, digits.iter().take_while(|bit| !**bit).count());
    assert_eq!(arith::count_ones(ty, a) as usize, digits.iter().filter(|bit| **bit).count());
    let number = |digits: &mut dyn Iterator<Item = bool>| {
        ty.extend(digits.enumerate().fold(0, |bits, (at, bit)| bits | u128::from(bit) << at))
    };
    assert_eq!(arith::reverse_bits(ty, a), number(&mut digits.iter().rev().copied()));
    assert_eq!(arith::swap_bytes(ty, a), number(&mut digits.chunks(8).rev().flatten().copied()));
}

/// Casts between two integer types.
fn agree_cast(from: IntType, to: IntType, a: u128) {
    let number = Reference(from).number(a);
    let expected = Reference(to).bits(&number).ok_or(ArithError::CastOverflow);
    assert_eq!(arith::cast(Kind::Int(from), Kind::Int(to), a), expected, "{from:?} {to:?} {number}");
    assert_eq!(arith::wrap(to, a), Reference(to).wrapped(&number), "{from:?} {to:?} {number}");
}

fn int(bits: u16, signed: bool) -> IntType {
    IntType { bits, signed }
}

fn types() -> impl Iterator<Item = IntType> + Clone {
    [8, 16, 32, 64, 128].into_iter().flat_map(|bits| [int(bits, true), int(bits, false)])
}

#[test]
fn bytes_exhaustively() {
    for ty in [int(8, true), int(8, false)] {
        for a in 0..=255 {
            agree_unary(ty, ty.extend(a));
            types().for_each(|to| agree_cast(ty, to, ty.extend(a)));
            for b in 0..=255 {
                agree_binary(ty, ty.extend(a), ty.extend(b));
                agree_shift(ty, ty.extend(a), ty.extend(b));
            }
        }
    }
}

#[test]
fn bounds_of_every_width() {
    for ty in types() {
        let edges = [
            0,
            1,
            2,
            ty.max(),
            ty.max() - 1,
            ty.min(),
            ty.extend(ty.min() + 1),
            ty.extend(u128::MAX),
            ty.extend(u128::MAX - 1),
        ];
        for a in edges {
            agree_unary(ty, a);
            types().for_each(|to| agree_cast(ty, to, a));
            for b in edges {
                agree_binary(ty, a, b);
                agree_shift(ty, a, b);
            }
        }
    }
}

/// Numbers of all magnitudes.
fn bits() -> impl Strategy<Value = u128> {
    (any::<u128>(), 0u32..128, any::<bool>())
        .prop_map(|(bits, shift, flip)| if flip { !(bits >> shift) } else { bits >> shift })
}

fn any_type() -> impl Strategy<Value = IntType> {
    proptest::sample::select(types().collect::<Vec<_>>())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]

    #[test]
    fn every_width(ty in any_type(), to in any_type(), a in bits(), b in bits(), amount in 0u128..140) {
        let (a, b) = (ty.extend(a), ty.extend(b));
        agree_binary(ty, a, b);
        agree_shift(ty, a, amount);
        agree_shift(ty, a, b);
        agree_unary(ty, a);
        agree_cast(ty, to, a);
    }

    #[test]
    fn f32_is_f64_rounded(a in any::<u32>(), b in any::<u32>()) {
        // For these operations a result computed in binary64 and rounded once more is correctly rounded in binary32.
        let (x, y) = (f64::from(f32::from_bits(a)), f64::from(f32::from_bits(b)));
        for (op, wide) in [(FloatOp::Add, x + y), (FloatOp::Sub, x - y), (FloatOp::Mul, x * y), (FloatOp::Div, x / y)] {
            prop_assert_eq!(F32::binary(op, a, b), F32::canonical(wide as f32), "{:?} {} {}", op, x, y);
        }
        prop_assert_eq!(F32::unary(FloatUnary::Sqrt, a), F32::canonical(x.sqrt() as f32));
        prop_assert_eq!(F32::unary(FloatUnary::Floor, a), F32::canonical(x.floor() as f32));
    }

    #[test]
    fn floats_to_integers(value in any::<f64>(), ty in any_type()) {
        let bits = u128::from(value.to_bits());
        let expected = if value.is_finite() { exact(value.trunc()) } else { None };
        let expected = expected.and_then(|number| Reference(ty).bits(&number)).ok_or(ArithError::CastOverflow);
        prop_assert_eq!(arith::cast(Kind::Float(FloatFormat::F64), Kind::Int(ty), bits), expected, "{} {:?}", value, ty);
    }

    #[test]
    fn small_floats_to_integers(value in -1e6f64..1e6, ty in any_type()) {
        let expected = Reference(ty).bits(&BigInt::from(value as i64)).ok_or(ArithError::CastOverflow);
        let bits = value.to_bits().into();
        prop_assert_eq!(arith::cast(Kind::Float(FloatFormat::F64), Kind::Int(ty), bits), expected);
    }

    #[test]
    fn integers_to_floats_are_nearest(ty in any_type(), a in bits()) {
        let a = ty.extend(a);
        let number = Reference(ty).number(a);
        let Ok(rounded) = arith::cast(Kind::Int(ty), Kind::Float(FloatFormat::F64), a) else { panic!("always fits") };
        let rounded = f64::from_bits(rounded as u64);
        let distance = |candidate: f64| (exact(candidate).expect("integral") - &number).magnitude().clone();
        prop_assert!(distance(rounded) <= distance(rounded.next_up().trunc()) || rounded.next_up().fract() != 0.0);
        prop_assert!(distance(rounded) <= distance(rounded.next_down().trunc()) || rounded.next_down().fract() != 0.0);
    }
}

/// The integer an integral float is, from its mantissa and exponent.
fn exact(value: f64) -> Option<BigInt> {
    let bits = value.to_bits();
    let exponent = (bits >> 52 & 0x7ff) as i32;
    let mantissa = BigInt::from(bits & ((1 << 52) - 1) | if exponent == 0 { 0 } else { 1 << 52 });
    let shift = exponent.max(1) - 1075;
    let magnitude = if shift >= 0 { mantissa << shift } else { mantissa >> -shift };
    value.is_finite().then_some(if value < 0.0 { -magnitude } else { magnitude })
}

#[test]
fn every_computed_nan_is_the_same() {
    let negative = 0xfff8_0000_0000_1234_u64;
    assert_eq!(F64::NAN, 0x7ff8_0000_0000_0000);
    assert_eq!(F32::NAN, 0x7fc0_0000);
    for op in [FloatOp::Add, FloatOp::Sub, FloatOp::Mul, FloatOp::Div, FloatOp::Rem] {
        assert_eq!(F64::binary(op, negative, 1f64.to_bits()), F64::NAN);
    }
    assert_eq!(F64::binary(FloatOp::Div, 0, 0), F64::NAN);
    assert_eq!(F64::unary(FloatUnary::Sqrt, (-1f64).to_bits()), F64::NAN);
    assert_eq!(F64::unary(FloatUnary::Neg, negative), negative & !(1 << 63));
    let f64 = Kind::Float(FloatFormat::F64);
    assert_eq!(arith::cast(f64, Kind::Float(FloatFormat::F32), negative.into()), Ok(F32::NAN.into()));
    assert!(!arith::compare(CompareOp::Eq, f64, negative.into(), negative.into()));
    assert!(arith::compare(CompareOp::Ne, f64, negative.into(), negative.into()));
    assert!(arith::compare(CompareOp::Eq, f64, 0, 1 << 63));
}

#[test]
fn float_remainder_has_the_sign_of_the_dividend() {
    let rem = |a: f64, b: f64| f64::from_bits(F64::binary(FloatOp::Rem, a.to_bits(), b.to_bits()));
    assert_eq!(rem(5.5, 2.0), 1.5);
    assert_eq!(rem(-5.5, 2.0), -1.5);
    assert_eq!(rem(5.5, -2.0), 1.5);
    assert_eq!(rem(1.0, f64::INFINITY), 1.0);
    assert_eq!(rem(-0.0, 1.0).to_bits(), (-0.0f64).to_bits());
}

#[test]
fn chars_and_bools_hold_only_their_values() {
    let u32 = Kind::Int(int(32, false));
    assert_eq!(arith::cast(u32, Kind::Char, 0x41), Ok(0x41));
    assert_eq!(arith::cast(u32, Kind::Char, 0xd800), Err(ArithError::CastOverflow));
    assert_eq!(arith::cast(u32, Kind::Char, 0x11_0000), Err(ArithError::CastOverflow));
    assert_eq!(arith::cast(Kind::Char, Kind::Int(int(8, false)), 0x20ac), Err(ArithError::CastOverflow));
    assert_eq!(arith::cast(Kind::Bool, Kind::Int(int(8, true)), 1), Ok(1));
    assert_eq!(arith::cast(Kind::Int(int(8, true)), Kind::Char, u128::MAX), Err(ArithError::CastOverflow));
    assert_eq!(arith::bit_cast(Kind::Bool, 2), Err(ArithError::CastOverflow));
    assert_eq!(arith::bit_cast(Kind::Int(int(8, true)), 0xff), Ok(u128::MAX));
    assert_eq!(arith::bit_cast(Kind::Float(FloatFormat::F32), u128::MAX), Ok(0xffff_ffff));
}
