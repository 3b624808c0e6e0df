//! Conversions between scalars.

use super::{ArithError, F32, F64, FloatFormat, Kind};
use crate::IntType;

/// `@cast`: the same number in another kind. Floats are cut towards zero on the way to integers, and rounded to the
/// nearest (ties to even) on the way to floats; a number too large for a float becomes an infinity.
///
/// # Errors
/// [`ArithError::CastOverflow`]: the target kind does not have the number; NaN fits no integer.
pub fn cast(from: Kind, to: Kind, bits: u128) -> Result<u128, ArithError> {
    match (from, to) {
        (Kind::Float(from), Kind::Float(to)) => Ok(float_to_float(from, to, bits)),
        (Kind::Float(from), Kind::Int(to)) => float_to_int(to_f64(from, bits), to),
        (Kind::Float(from), Kind::Bool | Kind::Char) => {
            let number = float_to_int(to_f64(from, bits), IntType { bits: 32, signed: false })?;
            integral(false, to, number)
        }
        (Kind::Int(from), _) => integral(from.signed, to, bits),
        (Kind::Bool | Kind::Char, _) => integral(false, to, bits),
    }
}

/// `@wrap`: the low bits of an integer, extended by the sign of `to`.
pub fn wrap(to: IntType, bits: u128) -> u128 {
    to.extend(bits)
}

/// `@bit_cast`: the same bits in another kind of the same size.
///
/// # Errors
/// [`ArithError::CastOverflow`]: no bool or char has these bits.
pub fn bit_cast(to: Kind, bits: u128) -> Result<u128, ArithError> {
    to.extend(bits).ok_or(ArithError::CastOverflow)
}

/// Converts an integral number, given at 128 bits.
fn integral(signed: bool, to: Kind, bits: u128) -> Result<u128, ArithError> {
    let is_negative = signed && (bits as i128) < 0;
    let fits = match to {
        Kind::Int(to) if is_negative => to.signed && to.extend(bits) == bits,
        Kind::Int(to) => bits <= to.max(),
        Kind::Bool => bits <= 1,
        Kind::Char => u32::try_from(bits).is_ok_and(|number| char::from_u32(number).is_some()),
        Kind::Float(format) => return Ok(int_to_float(is_negative, format, bits)),
    };
    if fits { Ok(bits) } else { Err(ArithError::CastOverflow) }
}

fn int_to_float(is_negative: bool, format: FloatFormat, bits: u128) -> u128 {
    match (format, is_negative) {
        (FloatFormat::F32, true) => (bits as i128 as f32).to_bits().into(),
        (FloatFormat::F32, false) => (bits as f32).to_bits().into(),
        (FloatFormat::F64, true) => (bits as i128 as f64).to_bits().into(),
        (FloatFormat::F64, false) => (bits as f64).to_bits().into(),
    }
}

fn float_to_float(from: FloatFormat, to: FloatFormat, bits: u128) -> u128 {
    match (from, to) {
        (FloatFormat::F32, FloatFormat::F64) => F64::canonical(f32::from_bits(bits as u32).into()).into(),
        (FloatFormat::F64, FloatFormat::F32) => F32::canonical(f64::from_bits(bits as u64) as f32).into(),
        (FloatFormat::F32, FloatFormat::F32) | (FloatFormat::F64, FloatFormat::F64) => bits,
    }
}

/// Exact: every binary32 is a binary64.
fn to_f64(format: FloatFormat, bits: u128) -> f64 {
    match format {
        FloatFormat::F32 => f32::from_bits(bits as u32).into(),
        FloatFormat::F64 => f64::from_bits(bits as u64),
    }
}

fn float_to_int(value: f64, to: IntType) -> Result<u128, ArithError> {
    let value = value.trunc();
    // The bounds are powers of two (or zero), which floats have exactly; the upper one is the first that does not fit.
    let value_bits = i32::from(to.bits) - i32::from(to.signed);
    let above = 2f64.powi(value_bits);
    let lowest = if to.signed { -above } else { 0.0 };
    if value >= lowest && value < above {
        Ok(if to.signed { value as i128 as u128 } else { value as u128 })
    } else {
        Err(ArithError::CastOverflow)
    }
}
