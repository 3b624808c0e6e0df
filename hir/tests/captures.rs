//! What nested declarations capture.

mod common;
use common::{right, said};

#[test]
fn top_level_declarations_capture_nothing() {
    let lowered = right("fn f(comptime n: usize) -> usize { g(n) }\nfn g(comptime n: usize) -> usize { f(n) }");
    assert_eq!(lowered.captures("f"), "");
    assert_eq!(lowered.captures("g"), "");
}

#[test]
fn uses_are_captured_in_order_and_once() {
    let lowered = right(
        "fn f(comptime a: usize, comptime b: usize, comptime c: usize) -> usize {
            fn g() -> usize { c + a + c + a }
            g() + b
        }",
    );
    assert_eq!(lowered.captures("g"), "c a");
    assert_eq!(lowered.captures("f"), "");
}

#[test]
fn bodies_between_capture_too() {
    let lowered = right(
        "fn f(comptime a: usize) -> usize {
            fn g() -> usize {
                let x = 1;
                fn h() -> usize { fn i() -> usize { a } i() }
                h() + x
            }
            g()
        }",
    );
    for name in ["g", "h", "i"] {
        assert_eq!(lowered.captures(name), "a");
    }
}

#[test]
fn naming_a_function_needs_what_it_captures() {
    let lowered = right(
        "fn f(comptime a: usize) -> usize {
            fn first() -> usize { second() }
            fn second() -> usize { third() }
            fn third() -> usize { a }
            fn apart() -> usize { 1 }
            first() + apart()
        }",
    );
    for name in ["first", "second", "third"] {
        assert_eq!(lowered.captures(name), "a");
    }
    assert_eq!(lowered.captures("apart"), "");
}

#[test]
fn mutual_recursion_shares_captures() {
    let lowered = right(
        "fn f(comptime a: usize, comptime b: usize) -> usize {
            fn even(n: usize) -> bool { if n == a { true } else { odd(n - 1) } }
            fn odd(n: usize) -> bool { if n == b { false } else { even(n - 1) } }
            if even(4) { 1 } else { 0 }
        }",
    );
    assert_eq!(lowered.captures("even"), "a b");
    assert_eq!(lowered.captures("odd"), "b a");
}

/// `inner` names `outer_twin`, which names `inner`'s parent: all need `a`, and `b` stays inside.
#[test]
fn recursion_through_levels() {
    let lowered = right(
        "fn f(comptime a: usize) -> usize {
            fn parent(comptime b: usize) -> usize {
                fn inner() -> usize { b + twin(1) }
                inner()
            }
            fn twin(n: usize) -> usize { if n == a { 0 } else { parent(3) } }
            parent(2)
        }",
    );
    assert_eq!(lowered.captures("parent"), "a");
    assert_eq!(lowered.captures("twin"), "a");
    assert_eq!(lowered.captures("inner"), "b a");
}

#[test]
fn members_share_the_captures_of_their_type() {
    let lowered = right(
        "fn f(comptime T: type, comptime n: usize, comptime m: usize) -> type {
            struct {
                cells: [T; n],
                fn len() -> usize { m + n }
                fn other() -> usize { Self::len() }
            }
        }",
    );
    assert_eq!(lowered.captures("_"), "T n m");
    assert_eq!(lowered.captures("len"), "");
    assert_eq!(lowered.captures("other"), "");
}

#[test]
fn members_and_their_locals() {
    let lowered = right(
        "fn f(comptime a: usize) -> usize {
            struct S {
                fn one(borrow self) -> usize {
                    let base = 1;
                    fn helper(k: usize) -> usize { k + a }
                    helper(base)
                }
                fn two(borrow self) -> usize { g() }
            }
            fn g() -> usize { let s = S {}; s.two() }
            let s = S {};
            s.one()
        }",
    );
    for name in ["S", "helper", "g"] {
        assert_eq!(lowered.captures(name), "a", "{name}");
    }
}

#[test]
fn consts_tests_and_types_capture() {
    let lowered = right(
        "test \"t\" {
            let k = 1;
            const TWICE: i32 = k + k;
            enum E { A([u8; TWICE]), B = k }
            @assert(E::B == E::B);
        }",
    );
    assert_eq!(lowered.captures("TWICE"), "k");
    assert_eq!(lowered.captures("E"), "k");
}

#[test]
fn consts_in_patterns_are_named() {
    let lowered = right(
        "fn f(comptime n: i32) -> i32 {
            const LIMIT: i32 = n;
            fn g(k: i32) -> i32 { match k { LIMIT => 1, _ => 0 } }
            g(n)
        }",
    );
    assert_eq!(lowered.captures("g"), "n");
}

#[test]
fn a_captured_variable_counts_as_read() {
    assert_eq!(said("fn f(comptime n: i32) -> i32 { fn g() -> i32 { n } g() }"), "");
}
