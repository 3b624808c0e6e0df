//! C's calling conventions: Kiln and C call each other here, and for other machines LLVM's signatures are those of clang.

mod ir;
mod programs;
mod signatures;

#[path = "../common/mod.rs"]
mod common;

use common::Place;
use programs::Programs;
use signatures::World;
use std::process::Command;

/// Whether a program can be started.
fn has(program: &str) -> bool {
    Command::new(program).arg("--version").output().is_ok_and(|done| done.status.success())
}

fn compile_c(place: &Place, compiler: &str, level: &str) {
    let mut command = Command::new(compiler);
    command.args([level, "-w", "-std=gnu11", "-c", "c.c", "-o", "c.o"]).current_dir(place.path(""));
    let done = command.output().expect("a C compiler is there");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
}

/// How often C and Kiln call each other by signatures of the generator, besides the fixed ones.
const MORE: usize = 40;

fn call_both_ways(options: &[&str], compiler: &str, level: &str) {
    if !has(compiler) {
        println!("skipped: there is no {compiler}");
        return;
    }
    let world = World::new(MORE, true);
    assert!(world.signatures.len() >= 60);
    let programs = Programs::new(&world);
    let place = Place::with_main(&programs.kiln).file("c.c", &programs.c);
    compile_c(&place, compiler, level);
    place.kiln(&[&["build", "main.kiln", "c.o", "-o", "program"], options].concat()).accepted();
    let done = Command::new(place.path("program")).output().expect("it was built");
    let said = String::from_utf8_lossy(&done.stdout);
    assert_eq!((done.status.code(), &*said), (Some(0), ""), "{}", String::from_utf8_lossy(&done.stderr));
}

#[test]
fn cranelift_and_cc_call_each_other() {
    call_both_ways(&["--backend", "cranelift"], "cc", "-O1");
}

#[test]
fn llvm_and_cc_call_each_other() {
    call_both_ways(&["--backend", "llvm"], "cc", "-O0");
}

#[test]
fn optimised_llvm_and_clang_call_each_other() {
    call_both_ways(&["--backend", "llvm", "-O2"], "clang-22", "-O1");
}
