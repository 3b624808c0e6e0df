//! The functions of `compiler/builtins/` compute what the operators do that they stand for, natively and on the interpreter.

mod common;

use common::Place;

#[track_caller]
fn check(functions: &str, tests: &str) {
    let place = Place::new().file("builtins.kiln", format!("{functions}\n{tests}"));
    let mut engines = vec![&["--interp"][..]];
    if kiln_compiler::has_native_code() {
        engines.push(&["--debug"]);
    }
    if kiln_compiler::has_llvm() {
        engines.push(&["-O2", "--backend", "llvm"]);
    }
    for engine in engines {
        let done = place.kiln(&[&["test", "builtins.kiln"], engine].concat());
        assert_eq!(done.status.code(), Some(0), "{engine:?}: {}{}", done.stdout, done.stderr);
        assert!(!done.stdout.contains("\n0 passed"), "{}", done.stdout);
    }
}

#[test]
fn integers_of_128_bits() {
    check(include_str!("../builtins/int128.kiln"), include_str!("builtins/int128.kiln"));
}

#[test]
fn products_of_128_bits() {
    check(include_str!("../builtins/overflow.kiln"), "");
}

#[test]
fn integers_of_64_bits_and_memory() {
    check(include_str!("../builtins/bare.kiln"), include_str!("builtins/bare.kiln"));
}
