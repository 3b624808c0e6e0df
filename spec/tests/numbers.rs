//! `@dbg` of numbers against Rust's `{:?}`, on every engine: random ones and all sorts of borders.

use kiln_compiler::Memory;
use kiln_spec::Engine;
use std::fmt::{Debug, Write};
use std::path::Path;

/// Numbers that look random: xorshift, multiplied.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }
}

/// Runs a program that prints each element of an array, a line each, after the conversion `convert`.
fn print_all(ty: &str, elems: &[String], convert: &str, expected: &[String]) {
    let mut text = format!("const VALUES: [{ty}; {}] = [\n", elems.len());
    for elem in elems {
        let _ = writeln!(text, "    {elem},");
    }
    let _ = write!(text, "];\nfn main() {{\n    for value in VALUES {{\n        {convert}\n    }}\n}}\n");
    let files = Memory::from([("main.kiln", text)]);
    for engine in Engine::available() {
        let outcome = engine.run(Path::new("main.kiln"), &files).expect("the program runs");
        assert_eq!(outcome.status, Some(0), "{}: {}", engine.name(), String::from_utf8_lossy(&outcome.stderr));
        let stdout = String::from_utf8(outcome.stdout).expect("numbers are ASCII");
        assert_eq!(stdout.lines().count(), expected.len());
        for ((found, expected), elem) in stdout.lines().zip(expected).zip(elems) {
            assert_eq!(found, expected, "{}: {ty} of {elem}", engine.name());
        }
    }
}

fn debug<T: Debug>(values: impl Iterator<Item = T>) -> Vec<String> {
    values.map(|value| format!("{value:?}")).collect()
}

#[test]
fn doubles_are_printed_with_the_fewest_digits() {
    let mut random = Random(1);
    let mut bits: Vec<u64> = (0..2000).map(|_| random.next()).collect();
    bits.extend((0..500).map(|_| ((random.next() >> 40) as f64 / 1000.0).to_bits()));
    for exponent in (0..2048).step_by(7).chain([1, 2, 1022, 1023, 1024, 2046, 2047]) {
        bits.extend([0, 1, (1 << 52) - 1].map(|fraction| exponent << 52 | fraction));
    }
    for power in (-325..309).step_by(3) {
        let value: f64 = format!("1e{power}").parse().unwrap();
        bits.extend([value.to_bits(), (-value).to_bits(), value.to_bits() + 1]);
    }
    let elems: Vec<String> = bits.iter().map(|bits| format!("{bits:#x}")).collect();
    let expected = debug(bits.iter().map(|bits| f64::from_bits(*bits)));
    print_all("u64", &elems, "let float: f64 = @bit_cast(value); @dbg(float);", &expected);
}

#[test]
fn singles_are_printed_with_the_fewest_digits() {
    let mut random = Random(2);
    let mut bits: Vec<u32> = (0..2000).map(|_| random.next() as u32).collect();
    for exponent in 0..256_u32 {
        bits.extend([0, 1, (1 << 23) - 1].map(|fraction| exponent << 23 | fraction));
    }
    for power in -46..39 {
        let value: f32 = format!("1e{power}").parse().unwrap();
        bits.extend([value.to_bits(), (-value).to_bits(), value.to_bits() + 1]);
    }
    let elems: Vec<String> = bits.iter().map(|bits| format!("{bits:#x}")).collect();
    let expected = debug(bits.iter().map(|bits| f32::from_bits(*bits)));
    print_all("u32", &elems, "let float: f32 = @bit_cast(value); @dbg(float);", &expected);
}

#[test]
fn wide_integers_are_printed_in_decimal() {
    let mut random = Random(3);
    let mut values: Vec<i128> = vec![0, 1, -1, i128::MAX, i128::MIN + 1, i64::MIN.into(), u64::MAX.into()];
    for power in 0..39 {
        let power = 10_i128.pow(power);
        values.extend([power, -power, power - 1, 1 - power]);
    }
    values.extend((0..300).map(|_| {
        let wide = i128::from(random.next()) << 64 | i128::from(random.next());
        wide >> (random.next() % 127)
    }));
    values.retain(|value| *value != i128::MIN);
    let elems: Vec<String> = values.iter().map(ToString::to_string).collect();
    print_all("i128", &elems, "@dbg(value);", &elems);
    let unsigned: Vec<u128> = values.iter().map(|value| *value as u128).collect();
    let elems: Vec<String> = unsigned.iter().map(ToString::to_string).collect();
    print_all("u128", &elems, "@dbg(value);", &elems);
}
