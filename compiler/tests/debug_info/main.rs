//! What debuggers are told: that tools find no fault with it, and that gdb shows programs as they are written.
#![allow(clippy::unwrap_used, reason = "tests may panic")]

#[path = "../common/mod.rs"]
mod common;

mod dwarf;
mod gdb;

use common::Place;
use std::process::Command;

/// Ways to compile a program that this build has.
fn backends() -> Vec<&'static [&'static str]> {
    let mut ways: Vec<&[&str]> = Vec::new();
    if kiln_compiler::has_cranelift() {
        ways.push(&["--backend", "cranelift"]);
    }
    if kiln_compiler::has_llvm() {
        ways.push(&["--backend", "llvm"]);
    }
    ways
}

/// The first of these programs that is installed.
fn find(names: &[&str]) -> Option<String> {
    let answers = |name: &&&str| Command::new(name).arg("--version").output().is_ok_and(|done| done.status.success());
    names.iter().find(answers).map(|name| (*name).to_owned())
}

/// Compiles `main.kiln` to something beside it.
#[track_caller]
fn build(place: &Place, way: &[&str], rest: &[&str]) {
    let done = place.kiln(&[&["build", "main.kiln"], way, rest].concat());
    assert!(done.status.success(), "{way:?} {rest:?}: {}", done.stderr);
}
