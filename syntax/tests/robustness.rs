//! Whatever the text, parsing ends soon, on a small stack, without a panic.

mod common;
use common::parse;
use kiln_syntax::{MAX_DEPTH, MAX_NESTING};
use proptest::prelude::*;
use std::time::{Duration, Instant};

/// Every token with a fixed spelling, some of the others, and what the lexer stumbles over.
const PIECES: &str = "fn let mut const static struct enum interface drop linear if else match while loop for in break continue \
    return true false comptime type test self Self inout borrow checked unchecked ptr pub extern as i32 bool str \
    + - * / % & | ^ ~ ! << >> && || == != < <= > >= = += <<= -> => :: . .. ..= ... , ; : ? @ ( ) [ ] { } \
    name other 1 1.5 'a' 'label \"text\" r\"raw\" § ' @allow @copy @cast";

fn soup() -> impl Strategy<Value = String> {
    let pieces: Vec<&str> =
        PIECES.split_whitespace().chain(["\n", "\n}\n", "/// doc\n", "//! doc\n", "fn f() {", "\nfn g("]).collect();
    prop::collection::vec(prop::sample::select(pieces), 0..200).prop_map(|pieces| pieces.join(" "))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn any_text(text in any::<String>()) {
        parse(&text);
    }

    #[test]
    fn any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        parse(&String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn any_tokens(text in soup()) {
        let parsed = parse(&text);
        let broken = parsed.dump().contains("<error>");
        prop_assert!(!broken || !parsed.diagnostics.is_empty(), "an error node without an error in {text}");
    }

    #[test]
    fn any_tokens_in_a_body(text in soup()) {
        let parsed = parse(&format!("fn main() {{\n{text}\n}}\n"));
        let broken = parsed.dump().contains("<error>");
        prop_assert!(!broken || !parsed.diagnostics.is_empty(), "an error node without an error in {text}");
    }

    #[test]
    fn a_right_program_with_one_token_changed(at in 0_usize..1000, piece in prop::sample::select(PIECES.split_whitespace().collect::<Vec<_>>())) {
        let tokens: Vec<&str> = PROGRAM.split(' ').collect();
        let at = at % tokens.len();
        let replaced = [&tokens[..at], &[piece], &tokens[at + 1..]].concat().join(" ");
        let removed = [&tokens[..at], &tokens[at + 1..]].concat().join(" ");
        for text in [replaced, removed] {
            let parsed = parse(&text);
            prop_assert!(parsed.diagnostics.len() <= 6, "{text}\n{}", parsed.errors());
        }
    }
}

const PROGRAM: &str = "struct P { x : i32 , y : [ u8 ; 4 ] , fn f ( borrow self ) -> i32 { self . x } }
enum E { A = 1 , B ( i32 , bool ) , C { z : f64 } }
fn g ( a : i32 , inout b : P ) -> Option ( i32 ) { let mut c = a + 1 ; b . x = c ; c += a * ( 2 - c ) ;
        if c > 3 && a != 4 { h ( c , inout b ) ; } else { return None ; }
        match a { 0 => { } 1 | 2 => k ( ) , x if x > 3 => 5 , _ => ( 1 , 2 ) . 0 , }
        for i in 0 .. a { b . y [ i ] = 1 ; } while true { break ; } let p = P { x : 1 , y : [ 0 ; 4 ] } ; c }
const K : i32 = comptime { 4 } ; test \"t\" { @assert ( g ( 1 ) ? == 2 ) ; }";

/// Parses fast, with at most `most` errors, all of them E0012 if there are any.
#[track_caller]
fn deep(text: &str, most: usize) -> usize {
    let start = Instant::now();
    let parsed = parse(text);
    // Alone on a machine it is well under a second; anything quadratic takes minutes.
    assert!(start.elapsed() < Duration::from_secs(30), "{:?}", start.elapsed());
    let codes: Vec<&str> = parsed.diagnostics.iter().filter_map(|error| error.code).map(|code| code.id).collect();
    assert!(codes.len() <= most, "{}", parsed.errors().chars().take(500).collect::<String>());
    codes.iter().filter(|code| **code == "E0012").count()
}

/// How often things are repeated; less where the compiler under test is slow.
const MANY: usize = if cfg!(debug_assertions) { 200_000 } else { 1_000_000 };

#[test]
fn nesting_as_deep_as_the_limit_is_right() {
    let n = MAX_NESTING - 8;
    let nest =
        |open: &str, inner: &str, close: &str| format!("fn f() {{ {}{inner}{}; }}", open.repeat(n), close.repeat(n));
    for (open, inner, close) in [("(", "1", ")"), ("[", "1", "]"), ("f(", "1", ")"), ("a[", "1", "]"), ("{", "1", "}")]
    {
        assert_eq!(deep(&nest(open, inner, close), 0), 0, "{open}");
    }
    assert_eq!(deep(&format!("const A: {}i32 = 1;", "ptr const ".repeat(n)), 0), 0);
}

#[test]
fn deep_nesting_is_refused() {
    let body = |text: String| format!("fn f() {{ let x = {text}; }}");
    let nest =
        |open: &str, inner: &str, close: &str| body(format!("{}{inner}{}", open.repeat(MANY), close.repeat(MANY)));
    for (open, inner, close) in [
        ("(", "1", ")"),
        ("[", "1", "]"),
        ("{", "1", "}"),
        ("f(", "1", ")"),
        ("a[", "1", "]"),
        ("@f(", "1", ")"),
        ("P { x: ", "1", "}"),
        ("if a {", "1", "}"),
        ("loop {", "1", "}"),
        ("match a { _ => ", "1", "}"),
        ("comptime ", "1", ""),
        ("return ", "1", ""),
        ("struct { fn f() {", "", "} }"),
    ] {
        assert_eq!(deep(&nest(open, inner, close), 1), 1, "{open}");
    }
    assert_eq!(deep(&format!("fn f() {{ {} }}", "fn f() {".repeat(MANY) + &"}".repeat(MANY)), 1), 1);
}

#[test]
fn deep_types_and_patterns_are_refused() {
    let ty = |open: &str, close: &str| format!("const A: {}i32{} = 1;", open.repeat(MANY), close.repeat(MANY));
    for (open, close) in
        [("[", "]"), ("(", ")"), ("ptr const ", ""), ("fn(", ")"), ("fn() -> ", ""), ("V(", ")"), ("[", "; 1]")]
    {
        assert_eq!(deep(&ty(open, close), 1), 1, "{open}");
    }
    let pattern =
        |open: &str, close: &str| format!("fn f() {{ let {}x{} = 1; }}", open.repeat(MANY), close.repeat(MANY));
    for (open, close) in [("(", ")"), ("Some(", ")"), ("P { x: ", "}")] {
        assert_eq!(deep(&pattern(open, close), 1), 1, "{open}");
    }
}

#[test]
fn unclosed_nesting_is_refused() {
    for open in [
        "(",
        "[",
        "{",
        "f(",
        "P { x: ",
        "if a {",
        "match a { _ => ",
        "if (",
        "if ",
        "match ",
        "fn f() {",
        "- (",
        "a[",
        "{ (",
        "comptime (",
    ] {
        let text = format!("fn f() {{ {}", open.repeat(MANY));
        assert!(deep(&text, 4) <= 1, "{open}");
    }
    for text in
        ["(", "[", "{", "}", ")", "fn f(", "struct P {", "if", "@", "@f(", "fn", "let", "'", "\"", "pub", "match a {"]
    {
        let start = Instant::now();
        parse(&text.repeat(MANY / 10));
        parse(&format!("fn f() {{ {}", text.repeat(MANY / 10)));
        assert!(start.elapsed() < Duration::from_secs(30), "{text}: {:?}", start.elapsed());
    }
}

#[test]
fn comments_nest_as_deep_as_they_like() {
    let text = format!("{}{} fn f() {{}}", "/*".repeat(MANY), "*/".repeat(MANY));
    assert_eq!(deep(&text, 0), 0);
}

#[test]
fn long_chains_are_right_up_to_the_limit() {
    let body = |text: String| format!("fn f() {{ let x = {text}; }}");
    let chains = |n: usize| {
        [
            body("a + ".repeat(n) + "a"),
            body("a".to_owned() + &".f()".repeat(n)),
            body("a".to_owned() + &"?".repeat(n)),
            body("a".to_owned() + &"::b".repeat(n)),
            body("-".repeat(n) + "a"),
            body("if a {} ".to_owned() + &"else if a {} ".repeat(n)),
            body("(a + ".repeat(40) + &"a + ".repeat(n) + "a" + &")".repeat(40)),
        ]
    };
    for text in chains(MAX_DEPTH - 200) {
        assert_eq!(deep(&text, 0), 0, "{}", &text[..40]);
    }
    for text in chains(100_000) {
        assert_eq!(deep(&text, 1), 1, "{}", &text[..40]);
    }
}

#[test]
fn long_lists_are_right() {
    let many = 100_000;
    let texts = [
        format!("const A: i32 = f({});", "a, ".repeat(many)),
        format!("const A: i32 = [{}];", "a, ".repeat(many)),
        format!("fn f() {{ {} }}", "a; ".repeat(many)),
        format!("fn f() {{ match a {{ {} }} }}", "A | B => 1, ".repeat(many)),
        format!("fn f() {{ match a {{ {} => 1 }} }}", "A | ".repeat(many) + "A"),
        "fn f() {}\n".repeat(many),
        format!("struct P {{ {} }}", "x: i32, ".repeat(many)),
        format!("enum E {{ {} }}", "A(i32), ".repeat(many)),
    ];
    for text in texts {
        assert_eq!(deep(&text, 0), 0);
    }
}

#[test]
fn a_million_digits() {
    let parsed = parse(&format!("const A: i32 = {};", "9".repeat(1_000_000)));
    assert!(parsed.errors().starts_with("E0006"));
}
