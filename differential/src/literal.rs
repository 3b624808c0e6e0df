//! Scalars as they are written: small ones, and those at which something changes.

use crate::Pick;
use crate::ty::{Int, Ty};

/// A literal of a scalar type.
pub fn literal(pick: &Pick<'_>, ty: &Ty) -> String {
    match ty {
        Ty::Int(int) => integer(pick, *int),
        Ty::Float(64) => pick.of(&DOUBLES).to_owned(),
        Ty::Float(_) => pick.of(&SINGLES).to_owned(),
        Ty::Bool => pick.of(&["false", "true"]).to_owned(),
        Ty::Char => pick.of(&CHARS).to_owned(),
        _ => unreachable!("only scalars have literals"),
    }
}

const DOUBLES: [&str; 24] = [
    "0.0",
    "1.0",
    "0.5",
    "2.0",
    "3.0",
    "-1.0",
    "-0.0",
    "0.1",
    "1.5",
    "2.5",
    "-2.5",
    "100.0",
    "1e10",
    "-1e-10",
    "255.9",
    "2147483648.0",
    "9007199254740993.0",
    "1e300",
    "1.8446744073709552e19",
    "5e-324",
    "f64::MAX",
    "f64::MIN",
    "f64::INFINITY",
    "f64::NAN",
];
const SINGLES: [&str; 22] = [
    "0.0",
    "1.0",
    "0.5",
    "2.0",
    "3.0",
    "-1.0",
    "-0.0",
    "0.1",
    "1.5",
    "2.5",
    "-2.5",
    "100.0",
    "1e10",
    "-1e-10",
    "255.9",
    "2147483648.0",
    "16777217.0",
    "1e-45",
    "f32::MAX",
    "f32::MIN",
    "f32::INFINITY",
    "f32::NAN",
];
const CHARS: [&str; 10] =
    ["'a'", "'Z'", "'0'", "' '", "'\\n'", "'\\0'", "'\\u{7F}'", "'\\u{D7FF}'", "'\\u{E000}'", "'\\u{10FFFF}'"];

fn integer(pick: &Pick<'_>, int: Int) -> String {
    if int == Int::Param {
        return pick.take(101).to_string();
    }
    let top = u128::MAX >> (128 - int.bits());
    let max = if int.is_signed() { top >> 1 } else { top };
    match pick.take(8) {
        0..=2 => pick.take(10).to_string(),
        3 => format!("{int}::MAX"),
        4 if int.is_signed() => pick.of(&["-1", "-2", "-3", "-10"]).to_owned(),
        5 if int.is_signed() => pick.of(&[format!("{int}::MIN"), format!("-{max}")]),
        6 => {
            let wide = u128::from(pick.bits()).wrapping_mul(0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835);
            format!("{:#x}", wide & max)
        }
        _ => {
            let power = 1 << pick.take(int.bits() as usize - 1);
            let near = [power, power - 1, power + 1, max - power];
            pick.of(&near).min(max).to_string()
        }
    }
}

/// What a pattern can compare with: a literal without names.
pub fn for_pattern(pick: &Pick<'_>, int: Int) -> i128 {
    let max = (u128::MAX >> (129 - int.bits())) as i128;
    let power = (1u128 << pick.take(int.bits() as usize - 1)) as i128;
    match pick.take(5) {
        0 | 1 => pick.take(5) as i128,
        2 => power.min(max),
        3 if int.is_signed() => -(power.min(max)),
        4 if int.is_signed() => -max - 1,
        _ => max,
    }
}
