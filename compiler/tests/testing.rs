//! `kiln test`: the same report whatever runs the tests, and what only the interpreter finds.
#![allow(clippy::unwrap_used, reason = "tests may panic")]

mod common;

use common::{Done, Place};

/// Ways to run tests that this build has.
fn ways() -> Vec<&'static [&'static str]> {
    let mut ways: Vec<&[&str]> = vec![&["--interp"]];
    if kiln_compiler::has_cranelift() {
        ways.extend([&[][..], &["--backend", "cranelift"]]);
    }
    if kiln_compiler::has_llvm() {
        ways.extend([&["--backend", "llvm"][..], &["--backend", "jit"], &["-O2"]]);
    }
    ways
}

fn test(place: &Place, way: &[&str]) -> Done {
    place.kiln(&[&["test", "main.kiln"], way].concat())
}

/// What was reported, without times.
fn report(done: &Done) -> String {
    let without = |line: &str| format!("{}\n", line.rsplit_once(" (").map_or(line, |(before, _)| before));
    done.stdout.lines().map(without).collect()
}

const TESTS: &str = "
struct Point { x: i32, y: i32 }
fn half(x: u32) -> u32 { @assert(x % 2 == 0); x / 2 }
test \"halves\" { @dbg(half(4)); @assert(half(4) == 2); }
test \"odd halves\" { @assert(half(5) == 2); }
test \"points\" { @assert(Point { x: 1, y: -2 } == Point { x: 1, y: 3 }); }
test \"tuples\" { let pair = (1, 2); @assert(pair == (1, 3)); }
test \"text\" { let mut s: String = \"ab\"; s.push_str(\"c\\n\"); @assert(s == \"abc\"); }
test \"order\" { let limit = 0.25; @assert(limit > 0.5); }
test \"literals\" { let n = 200; @assert(n == 300); let wide: u64 = n; @dbg(wide); }
test \"message\" { @assert(half(2) == 2, \"no\"); }
test \"index\" { let list = [1, 2]; let mut at: usize = 1; at += half(2); @dbg(list[at]); }
";

#[test]
fn every_way_reports_the_same() {
    let place = Place::with_main(TESTS.replace("at += half(2)", "at += 1"));
    for way in ways() {
        let done = test(&place, way);
        assert_eq!(done.status.code(), Some(1), "{way:?}: {}", done.stderr);
        let expected = "2\nok     halves\nFAILED odd halves\nFAILED points\nFAILED tuples\nFAILED text\nFAILED order\nFAILED literals\n\
                        FAILED message\nFAILED index\n1 passed, 8 failed\n";
        assert_eq!(report(&done), expected, "{way:?}");
        for said in [
            "main.kiln:3:26",
            "the test panics: assertion failed: left is 1, right is 0",
            "left is Point { x: 1, y: -2 }, right is Point { x: 1, y: 3 }",
            "left is (1, 2), right is (1, 3)",
            "left is \"abc\\n\", right is \"abc\"",
            "left is 0.25, right is 0.5",
            "left is 200, right is 300",
            "the test panics: no",
            "the test panics: index out of bounds",
        ] {
            assert!(done.stderr.contains(said), "{way:?}: {said} is missing in {}", done.stderr);
        }
    }
}

#[test]
fn a_test_that_ends_or_breaks_its_process_is_one_failure() {
    let place = Place::with_main(
        "extern \"C\" fn abort() -> !;
test \"aborts\" { checked { abort(); } }
test \"goes on\" { @assert(1 + 1 == 2); }\n",
    );
    for way in ways().into_iter().skip(1) {
        let done = test(&place, way);
        assert_eq!(report(&done), "FAILED aborts\nok     goes on\n1 passed, 1 failed\n", "{way:?}: {}", done.stderr);
        assert!(done.stderr.contains("the test is ended by signal 6"), "{way:?}: {}", done.stderr);
    }
}

#[test]
fn long_sides_are_cut_where_a_character_ends() {
    let place = Place::with_main(
        "test \"long\" { let mut s: String = \"\"; for _ in 0..500 { s.push_str(\"\\u{e9}\"); } @assert(s == \"b\"); }\n",
    );
    for way in ways() {
        let done = test(&place, way);
        assert!(done.stderr.contains("éé..., right is \"b\""), "{way:?}: {}", done.stderr);
        assert!(!done.stderr.contains('\u{fffd}'), "{way:?}: {}", done.stderr);
    }
}

#[test]
fn tests_that_need_a_library_are_linked() {
    if !kiln_compiler::has_cranelift() && !kiln_compiler::has_llvm() {
        return;
    }
    let place = Place::with_main(
        "extern \"C\" fn hypot(x: f64, y: f64) -> f64;
test \"first\" { @assert(checked { hypot(3.0, 4.0) } == 6.0); }
test \"second\" { @assert(checked { hypot(3.0, 4.0) } == 5.0); }\n",
    );
    let done = test(&place, &["-lm"]);
    assert_eq!(report(&done), "FAILED first\nok     second\n1 passed, 1 failed\n", "{}", done.stderr);
    assert!(done.stderr.contains("left is 5.0, right is 6.0"), "{}", done.stderr);
}

#[test]
fn operands_are_evaluated_once() {
    let place = Place::with_main(
        "fn next(inout n: i32) -> i32 { n += 1; n }
test \"once\" {
    let mut n = 0;
    let list = [10, 20, 30];
    @assert(list[1] != next(inout n));
    @assert(next(inout n) <= 2);
    @assert(n == 2);
}\n",
    );
    for way in ways() {
        let done = test(&place, way);
        assert_eq!(report(&done), "ok     once\n1 passed, 0 failed\n", "{way:?}: {}", done.stderr);
    }
}

#[test]
fn a_panic_in_the_library_is_shown_at_the_call() {
    let place = Place::with_main(
        "fn third(borrow list: Vec(i32)) -> i32 { let mut copy = list.clone(); copy.remove(2) }
test \"short\" { let list = Vec(i32)::new(); @assert(third(list) == 3); }\n",
    );
    for way in ways() {
        let done = test(&place, way);
        for said in ["main.kiln:1:71", "in the library, here", "called here, in `short`"] {
            assert!(done.stderr.contains(said), "{way:?}: {said} is missing in {}", done.stderr);
        }
    }
}
