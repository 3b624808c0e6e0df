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

/// How often C and Kiln call each other by signatures of the generator, besides the fixed ones.
const MORE: usize = 40;

/// Whose C compiler, and how it and Kiln are called.
struct Both<'a> {
    compiler: &'a str,
    level: &'a str,
    kiln: &'a [&'a str],
    /// What runs the program, if it is for another machine.
    emulator: Option<&'a str>,
    /// Whether C has 128-bit integers.
    wide: bool,
}

impl Both<'_> {
    fn call_each_other(&self) {
        if let Some(missing) = [Some(self.compiler), self.emulator].into_iter().flatten().find(|tool| !has(tool)) {
            println!("skipped: there is no {missing}");
            return;
        }
        let world = World::new(MORE, self.wide);
        assert!(world.signatures.len() >= 60);
        let programs = Programs::new(&world);
        let place = Place::with_main(&programs.kiln).file("c.c", &programs.c);
        let mut command = Command::new(self.compiler);
        command.args([self.level, "-w", "-std=gnu11", "-c", "c.c", "-o", "c.o"]).current_dir(place.path(""));
        let done = command.output().expect("it was there just now");
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        place.kiln(&[&["build", "main.kiln", "c.o", "-o", "program"], self.kiln].concat()).accepted();
        let program = place.path("program");
        let done = match self.emulator {
            Some(emulator) => Command::new(emulator).arg(program).output(),
            None => Command::new(program).output(),
        };
        let done = done.expect("it was built");
        let said = String::from_utf8_lossy(&done.stdout);
        assert_eq!((done.status.code(), &*said), (Some(0), ""), "{}", String::from_utf8_lossy(&done.stderr));
    }
}

fn here(kiln: &[&str], compiler: &str, level: &str) {
    Both { compiler, level, kiln, emulator: None, wide: true }.call_each_other();
}

fn elsewhere(backend: &str, machine: &str, system: &str, emulator: &str, wide: bool) {
    let target = format!("{machine}-unknown-{system}");
    let kiln = ["--target", &target, "--backend", backend, "--link-arg", "-static"];
    let compiler = format!("{}-{system}-gcc", machine.trim_end_matches("v7"));
    Both { compiler: &compiler, level: "-O1", kiln: &kiln, emulator: Some(emulator), wide }.call_each_other();
}

#[test]
fn cranelift_and_cc_call_each_other() {
    here(&["--backend", "cranelift"], "cc", "-O1");
}

#[test]
fn llvm_and_cc_call_each_other() {
    here(&["--backend", "llvm"], "cc", "-O0");
}

#[test]
fn optimised_llvm_and_clang_call_each_other() {
    here(&["--backend", "llvm", "-O2"], "clang-22", "-O1");
}

#[test]
fn on_aarch64_by_llvm() {
    elsewhere("llvm", "aarch64", "linux-gnu", "qemu-aarch64", true);
}

#[test]
fn on_aarch64_by_cranelift() {
    elsewhere("cranelift", "aarch64", "linux-gnu", "qemu-aarch64", true);
}

#[test]
fn on_riscv64_by_llvm() {
    elsewhere("llvm", "riscv64", "linux-gnu", "qemu-riscv64", true);
}

#[test]
fn on_armv7_by_llvm() {
    elsewhere("llvm", "armv7", "linux-gnueabihf", "qemu-arm", false);
}

#[test]
fn on_i686_by_llvm() {
    elsewhere("llvm", "i686", "linux-gnu", "qemu-i386", false);
}
