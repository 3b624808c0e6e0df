//! What LLVM is told of parameters that borrow: what the check of ownership found out.
#![cfg(feature = "llvm22")]

mod common;

use common::Place;

const PROGRAM: &str = "\
struct Big { numbers: [u64; 8] }
fn add(inout to: Big, borrow from: Big, by: u64) { to.numbers[0] += from.numbers[0] + by; }
fn fill(inout all: [u64], borrow from: [u64]) { all[0] = from[0]; }
fn main() {
    let mut a = Big { numbers: [1; 8] };
    let b = Big { numbers: [2; 8] };
    add(inout a, b, 3);
    fill(inout a.numbers, b.numbers);
    @dbg(a.numbers[0]);
}
";

/// The line of LLVM's text that defines a function.
fn definition(text: &str, name: &str) -> String {
    let line = text.lines().find(|line| line.starts_with("define") && line.contains(&format!("{name}\"(")));
    line.unwrap_or_else(|| panic!("`{name}` is defined in:\n{text}")).to_owned()
}

#[test]
fn llvm_knows_what_is_exclusive() {
    if !kiln_compiler::has_native_code() {
        return;
    }
    let place = Place::new().file("main.kiln", PROGRAM);
    let done = place.kiln(&[
        "build",
        "main.kiln",
        "--target",
        "x86_64-unknown-linux-gnu",
        "-O2",
        "--skip-opt",
        "--emit",
        "asm",
    ]);
    done.accepted();
    let add = definition(&done.stdout, "add");
    let params: Vec<&str> = add.split("ptr ").skip(1).collect();
    assert_eq!(params.len(), 2, "{add}");
    for word in ["noalias", "nonnull", "noundef", "align 8", "dereferenceable(64)"] {
        assert!(params.iter().all(|param| param.contains(word)), "`{word}` is missing: {add}");
    }
    assert!(!params[0].contains("readonly") && params[1].contains("readonly"), "{add}");
    let fill = definition(&done.stdout, "fill");
    let params: Vec<&str> = fill.split("ptr ").skip(1).collect();
    assert_eq!(params.len(), 2, "{fill}");
    // A view of nothing may be null.
    assert!(params.iter().all(|param| param.contains("noalias") && !param.contains("nonnull")), "{fill}");
    assert!(!params[0].contains("readonly") && params[1].contains("readonly"), "{fill}");
}
