//! What is computed at compile time is the same every time; tests and timings are reported.
#![allow(clippy::unwrap_used, reason = "tests may panic")]

mod common;

use common::Place;
use kiln_compiler::{Compilation, Emit, Memory, Mode, Options, Stage, compile_with};

const HEAVY: &str = "
fn Table(comptime n: usize) -> type { struct { items: [u64; n], sum: u64 } }

fn fill(inout table: Table(500)) {
    let mut s: u64 = 1;
    for i in 0..500 {
        s = s.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        table.items[i] = s >> 33;
        table.sum = table.sum.wrapping_mul(31).wrapping_add(s);
    }
}

fn build() -> Table(500) {
    let mut table = Table(500) { items: [0; 500], sum: 0 };
    let mut turn = 0;
    while turn < 200 {
        fill(inout table);
        turn += 1;
    }
    table
}

fn lookup(i: usize) -> u64 { TABLE.items[i] }

const TABLE: Table(500) = build();
const LAST: u64 = TABLE.items[499] + TABLE.sum % 7;

fn main() { @dbg(LAST); @dbg(TABLE.sum); @dbg(lookup(3)); }
";

fn compiled() -> Compilation {
    let emits = [Stage::Air, Stage::Cfg].map(|stage| Emit { stage, path: None }).to_vec();
    let files = Memory::split("main.kiln", HEAVY);
    let options =
        Options { emits, timings: true, interpret: true, ..Options::new(Mode::Run, vec!["main.kiln".into()]) };
    compile_with(&options, &files, None).0
}

#[test]
fn the_same_program_gives_the_same_steps_and_bytes() {
    let (first, second) = (compiled(), compiled());
    assert!(!first.has_errors(), "{:?}", first.diagnostics);
    let stages = |compilation: &Compilation| {
        compilation.emitted.iter().map(|emitted| (emitted.stage, emitted.bytes.clone())).collect::<Vec<_>>()
    };
    assert_eq!(stages(&first).len(), 2);
    assert_eq!(stages(&first), stages(&second));
    let used = |compilation: &Compilation| {
        let evaluations = &compilation.timings.evaluations;
        evaluations.iter().map(|one| (one.name.clone(), one.steps, one.bytes, one.hits)).collect::<Vec<_>>()
    };
    assert_eq!(used(&first), used(&second));
    let table = first.timings.evaluations.iter().rfind(|one| &*one.name == "TABLE").unwrap();
    // 100,000 turns of some ten instructions.
    assert!((500_000..5_000_000).contains(&table.steps), "{}", table.steps);
    assert!(table.bytes < 100_000, "{}", table.bytes);
    assert!(table.hits > 0);
}

const TESTS: &str = "
fn half(x: u32) -> u32 { @assert(x % 2 == 0); x / 2 }
test \"halves\" { @assert(half(4) == 2); }
test \"odd halves\" { @assert(half(5) == 2); }
test \"leaves memory\" { checked { let p: ptr mut u8 = @alloc(u8, 3); @ptr_write(p, 1); } }
test \"uses what was freed\" { checked { let p: ptr mut u8 = @alloc(u8, 3); @free(p, 3); @ptr_write(p, 1); } }
";

#[test]
fn tests_are_reported_one_by_one() {
    let place = Place::with_main(TESTS);
    let done = place.kiln(&["test", "--interp", "main.kiln"]);
    assert_eq!(done.status.code(), Some(1));
    let lines: Vec<&str> = done.stdout.lines().collect();
    let begins = ["ok     halves (", "FAILED odd halves (", "ok     leaves memory (", "FAILED uses what was freed ("];
    for (line, begin) in lines.iter().zip(begins) {
        assert!(line.starts_with(begin) && line.ends_with(" ms)"), "{line}");
    }
    assert!(lines[4].starts_with("2 passed (1 with leaks), 2 failed ("), "{}", lines[4]);
    for said in [
        "main.kiln:2:26",
        "assertion failed",
        "called here, in `odd halves`",
        "3 bytes in 1 allocation are never freed",
        "freed here",
    ] {
        assert!(done.stderr.contains(said), "{said} is missing in {}", done.stderr);
    }
}

#[test]
fn a_filter_chooses_tests() {
    let place = Place::with_main(TESTS);
    let done = place.kiln(&["test", "--interp", "main.kiln", "--filter", "halves"]);
    assert!(done.stdout.contains("1 passed, 1 failed"), "{}", done.stdout);
    let done = place.kiln(&["test", "main.kiln", "--filter", "leaves"]);
    assert_eq!(done.status.code(), Some(0));
}

#[test]
fn timings_go_to_standard_errors() {
    let place = Place::with_main(HEAVY);
    let done = place.kiln(&["run", "--interp", "main.kiln", "--timings"]);
    assert_eq!(done.status.code(), Some(0), "{}", done.stderr);
    assert_eq!(done.stdout.lines().count(), 3);
    for said in ["phases:", "analysing the program", "evaluations at compile time: ", "`TABLE` at main.kiln:"] {
        assert!(done.stderr.contains(said), "{said} is missing in {}", done.stderr);
    }
}

#[test]
fn budgets_are_options() {
    let place = Place::with_main(
        "fn deep(n: u64) -> u64 { if n == 0 { 0 } else { 1 + deep(n - 1) } }\nconst X: u64 = deep(20000);\nfn main() { @dbg(X); }\n",
    );
    assert_eq!(place.kiln(&["check", "main.kiln"]).status.code(), Some(0));
    for (option, few, said) in [
        ("--comptime-steps", "1000", "--comptime-steps N"),
        ("--comptime-depth", "1000", "--comptime-depth N"),
        ("--comptime-memory", "0", ""),
    ] {
        let done = place.kiln(&["check", "main.kiln", option, few]);
        assert_eq!(done.status.code(), Some(i32::from(!said.is_empty())), "{option}: {}", done.stderr);
        assert!(done.stderr.contains(said), "{}", done.stderr);
        assert_eq!(place.kiln(&["check", "main.kiln", option, "0"]).status.code(), Some(0));
    }
}
