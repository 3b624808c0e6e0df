//! The calls that led to a panic are shown where `KILN_BACKTRACE` is 1: the same ones on every engine.
#![allow(clippy::unwrap_used, reason = "tests may panic")]

mod common;

use common::{HANGS, Place, finish};

const PROGRAM: &str = "\
struct Point {
    x: i32,

    fn grow(inout self, by: i32) -> i32 {
        self.x += by;
        self.x
    }
}

fn twice(comptime T: type, a: T, f: fn(T) -> T) -> T {
    let first = f(a);
    f(first)
}

fn step(a: i32) -> i32 {
    let mut point = Point { x: a };
    point.grow(2000000000)
}

fn main() {
    @dbg(twice(i32, 5, step));
}
";

const CALLS: &str = "\
error: integer overflow
  at main.kiln:5:9
calls, innermost first:
   0: main::Point::grow at main.kiln:5
   1: main::step at main.kiln:17
   2: main::twice(i32) at main.kiln:12
   3: main::main at main.kiln:21
";

fn run(place: &Place, value: &str, args: &[&str]) -> common::Done {
    finish(place.command(&[&["run", "main.kiln"], args].concat()).env("KILN_BACKTRACE", value), HANGS).unwrap()
}

/// Ways to run a program without optimisation that this build has.
fn ways() -> Vec<&'static [&'static str]> {
    let mut ways: Vec<&[&str]> = vec![&["--interp"]];
    // Elsewhere only the interpreter knows the calls.
    if cfg!(all(target_os = "linux", target_env = "gnu", target_pointer_width = "64")) {
        if kiln_compiler::has_cranelift() {
            ways.push(&["--backend", "cranelift"]);
        }
        if kiln_compiler::has_llvm() {
            ways.extend([&["--backend", "llvm"][..], &["--jit"]]);
        }
    }
    ways
}

#[test]
fn all_engines_show_the_same_calls() {
    let place = Place::with_main(PROGRAM);
    for way in ways() {
        let done = run(&place, "1", way);
        assert_eq!(done.status.code(), Some(101), "{way:?}");
        assert_eq!(done.stderr, CALLS, "{way:?}");
    }
}

#[test]
fn nothing_is_shown_unless_asked() {
    let place = Place::with_main(PROGRAM);
    for way in ways() {
        for value in ["", "0"] {
            let done = run(&place, value, way);
            assert_eq!(done.stderr, "error: integer overflow\n  at main.kiln:5:9\n", "{way:?}");
        }
    }
}

#[test]
fn optimised_programs_show_what_is_left() {
    if !ways().contains(&&["--jit"][..]) {
        return;
    }
    let place = Place::with_main(
        "\
fn down(n: u64, values: [u64; 3]) -> u64 {
    if n == 0 {
        let at: usize = @cast(values[0]);
        return values[at];
    }
    down(n - 1, values) * 3 % 1000
}

fn main() {
    @dbg(down(2, [7, 8, 9]));
}
",
    );
    let done = run(&place, "1", &["-O2"]);
    let calls: Vec<&str> = done.stderr.lines().skip(2).collect();
    assert_eq!(calls[..2], ["calls, innermost first:", "   0: main::down at main.kiln:4"], "{}", done.stderr);
    assert!(calls.last().unwrap().ends_with("main at main.kiln:10"), "{}", done.stderr);
}

#[test]
fn deep_recursions_are_abbreviated() {
    let place = Place::with_main(
        "fn down(n: u32) -> u32 {\n    if n == 0 { @panic(\"deep\"); }\n    down(n - 1) + 1\n}\n\nfn main() {\n    @dbg(down(50000));\n}\n",
    );
    for way in ways() {
        let done = run(&place, "1", way);
        let lines: Vec<&str> = done.stderr.lines().collect();
        assert_eq!(lines.len(), 3 + 32 + 1 + 16, "{way:?}: {}", done.stderr);
        assert_eq!(lines[3], "   0: main::down at main.kiln:2", "{way:?}");
        assert_eq!(lines[35], "  … 49954 more calls …", "{way:?}");
        assert_eq!(lines[51], "  50001: main::main at main.kiln:7", "{way:?}");
    }
}

#[test]
fn calls_that_overflow_the_stack_are_shown_without_a_place() {
    let place = Place::with_main(
        "fn down(n: u64) -> u64 {\n    down(n.wrapping_add(1)) + 1\n}\n\nfn main() {\n    @dbg(down(0));\n}\n",
    );
    for way in ways() {
        let done = run(&place, "1", way);
        let lines: Vec<&str> = done.stderr.lines().collect();
        assert_eq!(lines.len(), 2 + 32 + 1 + 16, "{way:?}: {}", done.stderr);
        assert_eq!(lines[..2], ["error: stack overflow", "calls, innermost first:"], "{way:?}");
        assert!(lines[2].starts_with("   0: main::down at main.kiln:"), "{way:?}: {}", lines[2]);
        assert!(lines[50].ends_with(": main::main at main.kiln:6"), "{way:?}: {}", lines[50]);
    }
}

#[test]
fn calls_of_the_library_have_their_place_there() {
    let place = Place::with_main(
        "fn main() {\n    let mut all = Vec(i32)::new();\n    all.push(1);\n    @dbg(all.pop().unwrap());\n    @dbg(all.pop().unwrap());\n}\n",
    );
    for way in ways() {
        let done = run(&place, "1", way);
        let lines: Vec<&str> = done.stderr.lines().skip(3).collect();
        assert!(lines[0].contains("unwrap at std/option.kiln:"), "{way:?}: {}", done.stderr);
        assert_eq!(lines[1], "   1: main::main at main.kiln:5", "{way:?}");
    }
}

#[test]
fn without_debug_information_there_is_nothing_to_show() {
    if !ways().contains(&&["--backend", "cranelift"][..]) {
        return;
    }
    let place = Place::with_main(PROGRAM);
    let done = run(&place, "1", &["--debug-info", "none"]);
    assert_eq!(done.stderr, "error: integer overflow\n  at main.kiln:5:9\n");
}
