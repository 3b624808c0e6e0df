//! Which backend does what, what each refuses, and that programs in memory end as linked ones do.
#![allow(clippy::unwrap_used, reason = "tests may panic")]

mod common;

use common::{HANGS, Place, finish};
use std::fs;
use std::process::Command;

const HELLO: &str = "fn main() -> i32 { @dbg(41 + 1); 7 }\n";

/// Ways to run a program that this build has.
fn ways() -> Vec<&'static [&'static str]> {
    let mut ways: Vec<&[&str]> = vec![&["--backend", "interp"]];
    if kiln_compiler::has_cranelift() {
        ways.extend([&["--backend", "cranelift"][..], &["--backend", "auto"]]);
    }
    if kiln_compiler::has_llvm() {
        ways.extend([&["--backend", "llvm"][..], &["--jit"], &["--jit", "-O2"], &["-O2"]]);
    }
    ways
}

fn run(place: &Place, way: &[&str], rest: &[&str]) -> common::Done {
    place.kiln(&[&["run", "main.kiln"], way, rest].concat())
}

#[test]
fn every_backend_runs_programs() {
    let place = Place::with_main(HELLO);
    for way in ways() {
        let done = run(&place, way, &[]);
        assert_eq!((done.status.code(), &*done.stdout), (Some(7), "42\n"), "{way:?}: {}", done.stderr);
        assert_eq!(place.names(), ["main.kiln"], "{way:?} leaves something");
    }
}

#[test]
fn panics_are_the_same_everywhere() {
    let place = Place::with_main("fn main() {\n    let mut n: u8 = 255;\n    n += 1;\n    @dbg(n);\n}\n");
    for way in ways() {
        let done = run(&place, way, &[]);
        assert_eq!(done.status.code(), Some(101), "{way:?}");
        assert_eq!(done.stderr, "error: integer overflow\n  at main.kiln:3:5\n", "{way:?}");
    }
}

#[test]
#[cfg(unix)]
fn a_program_that_breaks_is_no_broken_compiler() {
    let text = "fn main() {\n    let p: ptr const u32 = checked { @int_to_ptr(16) };\n    @dbg(checked { @ptr_read(p) });\n}\n";
    let place = Place::with_main(text);
    for way in ways().into_iter().filter(|way| !way.contains(&"interp")) {
        let done = run(&place, way, &[]);
        assert_eq!(done.status.code(), Some(128 + 11), "{way:?}: {}", done.stderr);
        assert!(done.stderr.contains("the program was ended by signal 11"), "{way:?}: {}", done.stderr);
        assert!(!done.stderr.contains("compiler"), "{way:?}: {}", done.stderr);
    }
}

#[test]
#[cfg(unix)]
fn endless_recursion_ends_by_a_panic() {
    let place =
        Place::with_main("fn f(n: u64) -> u64 { if n == 0 { 0 } else { f(n + 1) + 1 } }\nfn main() { @dbg(f(1)); }\n");
    for way in ways().into_iter().filter(|way| !way.contains(&"interp") && !way.contains(&"-O2")) {
        let done = run(&place, way, &[]);
        assert_eq!((done.status.code(), &*done.stderr), (Some(101), "error: stack overflow\n"), "{way:?}");
    }
}

#[test]
fn programs_in_memory_call_what_the_process_has() {
    // The format is `%d %.2f %s` and a line's end.
    let text = "extern \"C\" fn printf(format: ptr const u8, ...) -> i32;
extern \"C\" fn fabs(x: f64) -> f64;
fn main() {
    let format: [u8; 12] = [37, 100, 32, 37, 46, 50, 102, 32, 37, 115, 10, 0];
    let text: [u8; 5] = [116, 101, 120, 116, 0];
    let seven: i32 = 7;
    checked { printf(@raw(format[0]), seven, fabs(-2.5), @raw(text[0])); }
}
";
    let place = Place::with_main(text);
    for way in ways().into_iter().filter(|way| !way.contains(&"interp")) {
        let done = run(&place, way, &[]);
        assert_eq!(done.stdout, "7 2.50 text\n", "{way:?}: {}", done.stderr);
    }
}

#[test]
#[cfg(target_os = "linux")]
fn programs_see_their_own_arguments() {
    let text = "const env = @import(\"std/env\");\nfn main() { for arg in env::args() { @dbg(arg.len()); } }\n";
    let place = Place::with_main(text);
    for way in ways().into_iter().filter(|way| !way.contains(&"interp")) {
        let done = run(&place, way, &["--", "a", "b c"]);
        let lines: Vec<&str> = done.stdout.lines().collect();
        assert!(matches!(lines[..], [_, "1", "3"]), "{way:?}: {lines:?} {}", done.stderr);
    }
}

#[test]
fn cranelift_makes_objects_for_its_targets() {
    if !kiln_compiler::has_cranelift() {
        return;
    }
    let text = "fn main() { let mut x: i128 = 7; let mut y = 2.5; let xs = [x; 20]; while x < 9 { x += xs[3]; y *= 2.0; } @dbg(x / 3); @dbg(y); }\n";
    let place = Place::with_main(text);
    let magic: [(&str, &[u8], usize); 4] = [
        ("x86_64-unknown-linux-gnu", &[0x3E, 0], 18),
        ("aarch64-unknown-linux-gnu", &[0xB7, 0], 18),
        ("x86_64-apple-darwin", &[0xCF, 0xFA, 0xED, 0xFE, 7, 0, 0, 1], 0),
        ("aarch64-apple-darwin", &[0xCF, 0xFA, 0xED, 0xFE, 12, 0, 0, 1], 0),
    ];
    for (target, machine, at) in magic {
        let args = ["build", "main.kiln", "--backend", "cranelift", "--target", target, "--emit", "obj=main.o"];
        place.kiln(&args).accepted();
        let bytes = fs::read(place.path("main.o")).unwrap();
        assert_eq!(&bytes[at..at + machine.len()], machine, "{target}");
    }
}

#[test]
fn what_a_backend_can_not_do_is_said() {
    let place = Place::with_main(HELLO);
    let refused = |args: &[&str], words: &str| {
        let done = place.kiln(args);
        done.refused("E0806");
        assert!(done.stderr.contains(words), "{}", done.stderr);
    };
    refused(&["build", "main.kiln", "--backend", "interp"], "makes no executables");
    if kiln_compiler::has_cranelift() {
        refused(&["build", "main.kiln", "--backend", "cranelift", "--emit", "asm"], "`--backend llvm`");
        let target = ["--target", "i686-unknown-linux-gnu"];
        refused(
            &[&["build", "main.kiln", "--backend", "cranelift"][..], &target].concat(),
            "does not compile for `i686",
        );
    }
    if kiln_compiler::has_llvm() {
        refused(&["build", "main.kiln", "--backend", "jit"], "makes no executables");
        refused(&["build", "main.kiln", "--backend", "llvm", "--emit", "clif"], "`--backend cranelift`");
        refused(&["build", "main.kiln", "-O1", "--passes", "no-such-pass", "--emit", "asm"], "no-such-pass");
    }
}

#[test]
fn cranelift_shows_its_ir() {
    if !kiln_compiler::has_cranelift() {
        return;
    }
    let done = Place::with_main(HELLO).kiln(&["build", "main.kiln", "--emit", "clif"]);
    assert!(done.stdout.contains("function u0:") && done.stdout.contains("return"), "{}", done.stderr);
}

#[test]
fn passes_are_the_users_choice() {
    if !kiln_compiler::has_llvm() {
        return;
    }
    let place = Place::with_main("fn main() -> i32 { let mut n = 0; while n < 5 { n += 1; } n }\n");
    let emit = ["--emit", "asm=x.ll"];
    place.kiln(&[&["build", "main.kiln", "-O2", "--keep-unopt"][..], &emit].concat()).accepted();
    let read = |name: &str| fs::read_to_string(place.path(name)).unwrap();
    assert!(read("x.unopt.ll").contains("bb1:") && !read("x.ll").contains("bb1:"));
    place.kiln(&[&["build", "main.kiln", "-O2", "--skip-opt"][..], &emit].concat()).accepted();
    assert!(read("x.ll").contains("bb1:"));
    place.kiln(&[&["build", "main.kiln", "--passes", "mem2reg"][..], &emit].concat()).accepted();
    assert!(read("x.ll").contains("phi i32"));
    assert_eq!(place.kiln(&["build", "main.kiln", "--keep-unopt"]).status.code(), Some(2));
}

#[test]
fn objects_libraries_and_arguments_reach_the_linker() {
    if !kiln_compiler::has_native_code() {
        return;
    }
    let text = "extern \"C\" fn twice(n: i32) -> i32;\nextern \"C\" fn cos(x: f64) -> f64;\n\
                fn main() -> i32 { checked { @dbg(cos(0.0)); twice(21) } }\n";
    let place = Place::with_main(text).file("twice.c", "int twice(int n) { return 2 * n; }\n");
    let cc = |args: &[&str]| {
        let mut command = Command::new("cc");
        assert!(finish(command.args(args).current_dir(place.path("")), HANGS).unwrap().status.success());
    };
    cc(&["-c", "twice.c", "-o", "twice.o"]);
    place.kiln(&["build", "main.kiln", "twice.o", "-l", "m", "-o", "program", "--link-arg=-s"]).accepted();
    let done = finish(&mut Command::new(place.path("program")), HANGS).unwrap();
    assert_eq!((done.status.code(), &*done.stdout), (Some(42), "1.0\n"));
    place.kiln(&["build", "main.kiln", "twice.o", "-l", "no_such_library"]).refused("E0804");
    place.kiln(&["build", "main.kiln"]).refused("E0804");
}

#[test]
fn targets_and_tools_are_listed() {
    let place = Place::new();
    let targets = place.kiln(&["targets"]);
    for triple in kiln_types::Target::known() {
        assert!(targets.stdout.lines().any(|line| line.starts_with(triple)), "{triple}: {}", targets.stdout);
    }
    let doctor = place.command(&["doctor"]).env("KILN_CC", "no-such-cc").output().unwrap();
    let text = String::from_utf8(doctor.stdout).unwrap();
    let line = text.lines().find(|line| line.starts_with("linker driver")).unwrap();
    assert!(line.contains("missing") && line.contains("`no-such-cc`") && line.contains("KILN_CC"), "{line}");
    let library = text.lines().find(|line| line.starts_with("standard library ")).unwrap();
    assert!(library.ends_with(" embedded"), "{text}");
}
