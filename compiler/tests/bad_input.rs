//! Input that is damaged, hostile or absurd: each is refused with a code and status 1, and none makes `kiln` crash or hang.

mod common;

use common::Place;

/// What is nested so often is nested too deeply.
const MILLION: usize = 1_000_000;

#[test]
fn inputs_that_are_no_files() {
    let place = Place::new().file("folder/main.kiln", "fn main() { }");
    place.kiln(&["check", "."]).refused("E0801");
    place.kiln(&["check", "folder"]).refused("E0801");
    place.kiln(&["check", "missing.kiln"]).refused("E0801");
    place.kiln(&["check", "no/such/folder/main.kiln"]).refused("E0801");
    place.kiln(&["check", "folder/main.kiln/x.kiln"]).refused("E0801");
}

#[test]
fn several_inputs_are_each_reported() {
    let place = Place::with_main("fn main() { }");
    let done = place.kiln(&["check", "main.kiln", "a.kiln", "b.kiln"]);
    done.refused("E0801");
    assert!(done.stderr.contains("`a.kiln`") && done.stderr.contains("`b.kiln`"), "{}", done.stderr);
    let outside = Place::new().file("inner/main.kiln", "fn main() { }").file("other.kiln", "");
    outside.kiln(&["check", "inner/main.kiln", "other.kiln"]).refused("E0113");
}

#[test]
fn text_that_is_not_utf8() {
    let place = Place::with_main(b"fn main() {\n    // \xFF\n}\n");
    let done = place.kiln(&["check", "main.kiln"]);
    done.refused("E0802");
    assert!(done.stderr.contains("0xff, in line 2"), "{}", done.stderr);
    // UTF-16, an executable, a surrogate.
    for bytes in [&b"\xFF\xFEf\0n\0"[..], b"\x7FELF\x02\x01\x01\0\xE8\x90", b"fn \xED\xA0\x80() { }"] {
        Place::with_main(bytes).kiln(&["check", "main.kiln"]).refused("E0802");
    }
    let imported = Place::with_main("const x = @import(\"x\"); fn main() { }").file("x.kiln", b"\xC0\x80");
    imported.kiln(&["check", "main.kiln"]).refused("E0802");
}

#[test]
fn junk_that_is_utf8() {
    // A generator of small numbers: the junk is the same on every machine.
    let mut state: u32 = 1;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state >> 16
    };
    for _ in 0..40 {
        let junk: String = (0..2_000).filter_map(|_| char::from_u32(next() % 0x250)).collect();
        let done = Place::with_main(&junk).kiln(&["check", "main.kiln"]);
        assert_eq!(done.status.code(), Some(1), "{junk:?}: {}", done.stderr);
    }
    Place::with_main("\0".repeat(MILLION)).kiln(&["check", "main.kiln"]).refused("E0001");
    Place::with_main("€".repeat(MILLION)).kiln(&["check", "main.kiln"]).refused("E0001");
    Place::with_main("\u{FEFF}\u{200B}fn main() { }").kiln(&["check", "main.kiln"]).refused("E0001");
}

#[test]
fn tokens_in_no_order() {
    let tokens = "fn struct enum { } ( ) [ ] ; , . .. -> => = == + - * / if else match while for in let mut 1 2.5 x 'a' \"s\" @ : ::";
    let tokens: Vec<&str> = tokens.split(' ').collect();
    let mut state: u64 = 7;
    for _ in 0..40 {
        let mut text = String::new();
        for _ in 0..3_000 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            text.push_str(tokens[(state >> 33) as usize % tokens.len()]);
            text.push(' ');
        }
        let done = Place::with_main(&text).kiln(&["check", "main.kiln"]);
        assert_eq!(done.status.code(), Some(1), "{}", &text[..200]);
    }
}

#[test]
fn nesting_without_end() {
    let body = |text: String| format!("fn f(n: i32) -> i32 {{ n }} fn main() {{ let x = {text}; }}");
    let nested = |open: &str, middle: &str, close: &str| open.repeat(MILLION) + middle + &close.repeat(MILLION);
    let cases = [
        body(nested("(", "1", ")")),
        body(nested("[", "1", "]")),
        body(nested("{", "1", "}")),
        body(nested("f(", "1", ")")),
        body(nested("if true { ", "1", " } else { 2 }")),
        body(nested("match 1 { _ => ", "1", " }")),
        body(nested("loop { break ", "1", "; }")),
        body(nested("comptime { ", "1", " }")),
        body("(".repeat(MILLION)),
        body("{".repeat(MILLION)),
        body("-".repeat(MILLION) + "1"),
        body("!".repeat(MILLION) + "true"),
        format!("fn f(x: {}) {{ }}", nested("[", "i32", "; 1]")),
        format!("fn f(x: {}) {{ }}", nested("(", "i32", ",)")),
        format!("fn f(x: {}i32) {{ }}", "ptr const ".repeat(MILLION)),
        format!("fn f(x: {}) {{ }}", nested("fn(", "i32", ")")),
        format!("fn main() {{ match 1 {{ {} => 1 }} }}", nested("(", "x", ")")),
        "fn f() { ".repeat(MILLION),
    ];
    for text in cases {
        let done = Place::with_main(&text).kiln(&["check", "main.kiln"]);
        let start: String = text.chars().take(60).collect();
        assert_eq!(done.status.code(), Some(1), "{start}: {}", done.stderr.chars().take(500).collect::<String>());
        assert!(done.stderr.contains("[E0012]"), "{start}: {}", done.stderr.chars().take(500).collect::<String>());
        assert!(done.stderr.len() < 100_000, "{start}: {} bytes are said", done.stderr.len());
    }
}

#[test]
fn items_where_there_can_be_none_without_end() {
    Place::with_main("struct S { ".repeat(MILLION)).kiln(&["check", "main.kiln"]).refused("E0010");
    Place::with_main("enum E { A ".repeat(MILLION)).kiln(&["check", "main.kiln"]).refused("E0010");
}

#[test]
fn chains_without_end() {
    let chain = |first: &str, next: &str| format!("fn main() {{ let x = {first}{}; }}", next.repeat(MILLION / 10));
    let else_if = format!("fn main() {{ if false {{ }} {} }}", "else if false { } ".repeat(MILLION / 10));
    for text in
        [chain("1", " + 1"), chain("true", " && true"), chain("a", ".b"), chain("f", "()"), chain("a", "[0]"), else_if]
    {
        let done = Place::with_main(&text).kiln(&["check", "main.kiln"]);
        let start: String = text.chars().take(60).collect();
        assert!(
            matches!(done.status.code(), Some(0 | 1)),
            "{start}: {:?} {}",
            done.status,
            done.stderr.chars().take(500).collect::<String>()
        );
    }
}

#[test]
fn mistakes_inside_of_calls_are_looked_at_once() {
    // Whoever checks the arguments of a wrong call again does so twice as often on each level.
    let calls = [
        ("Option::Some(", ")", "E0101"),
        ("Option::Some({ let y = ", "; y })", "E0101"),
        ("id(", ")", "E0101"),
        ("f(", ", 1)", "E0402"),
        ("m.f(", ")", "E0101"),
        ("1(", ")", "E0403"),
    ];
    for (open, close, code) in calls {
        let nested = open.repeat(100) + "missing" + &close.repeat(100);
        let functions = "fn id(comptime T: type, x: T) -> T { x } fn f(x: i32) -> i32 { x }";
        let text = format!("{functions} fn main() {{ let _x = {nested}; }}");
        Place::with_main(text).kiln(&["check", "main.kiln"]).refused(code);
    }
}

#[test]
fn values_and_loops_without_end() {
    let empty = "const X: [(); 1 << 62] = [(); 1 << 62]; fn main() { @dbg(X.len()); }";
    Place::with_main(empty).kiln(&["check", "main.kiln"]).refused("E0603");
    let turns = "comptime for _ in 0..30_000 { ".repeat(3) + &"}".repeat(3);
    Place::with_main(format!("fn main() {{ {turns} }}")).kiln(&["check", "main.kiln"]).refused("E0601");
}

#[test]
fn endless_tokens() {
    let digits = |prefix: &str, digit: &str| format!("const X: u128 = {prefix}{};", digit.repeat(MILLION));
    for text in [digits("", "9"), digits("0x", "F"), digits("0b", "1"), digits("1", "_0")] {
        Place::with_main(text).kiln(&["check", "main.kiln"]).refused("E0006");
    }
    Place::with_main("/*".repeat(MILLION)).kiln(&["check", "main.kiln"]).refused("E0003");
    Place::with_main(format!("const X: i32 = \"{}", "x".repeat(MILLION)))
        .kiln(&["check", "main.kiln"])
        .refused("E0002");
    Place::with_main(format!("fn main() {{ {}; }}", "x".repeat(MILLION)))
        .kiln(&["check", "main.kiln"])
        .refused("E0101");
    Place::with_main("const X: i32 = \"".to_owned() + &"\\q".repeat(MILLION))
        .kiln(&["check", "main.kiln"])
        .refused("E0002");
}

#[test]
fn large_files() {
    const LARGE: usize = 100 << 20;
    let mut junk = b"fn main() { }\n".to_vec();
    junk.resize(LARGE, 0xA5);
    Place::with_main(&junk).kiln(&["check", "main.kiln"]).refused("E0802");
    Place::with_main(vec![0; LARGE]).kiln(&["check", "main.kiln"]).refused("E0001");
    Place::with_main(vec![b'('; LARGE]).kiln(&["check", "main.kiln"]).refused("E0010");
}

#[test]
fn what_is_said_of_one_long_line_is_short() {
    let text = format!("fn main() {{ {} @dbg(missing); }}", "@dbg(1); ".repeat(100_000));
    let done = Place::with_main(&text).kiln(&["check", "main.kiln"]);
    done.refused("E0101");
    assert!(done.stderr.len() < 2_000, "{} bytes are said", done.stderr.len());
}

#[test]
fn a_million_errors_are_counted_but_not_shown() {
    let text = format!("fn main() {{\n{}}}", "    @dbg(missing);\n".repeat(100_000));
    for format in ["human", "short", "json"] {
        let done = Place::with_main(&text).kiln(&["check", "main.kiln", "--message-format", format]);
        assert_eq!(done.status.code(), Some(1));
        assert!(done.stderr.len() < 200_000, "{format}: {} bytes are said", done.stderr.len());
    }
}

#[test]
fn imports_in_circles() {
    let place = Place::with_main("const a = @import(\"a\"); pub fn main() { a::f(); }").file(
        "a.kiln",
        "const main = @import(\"main\"); const me = @import(\"a\"); pub fn f() { if false { main::main(); me::f(); } }",
    );
    place.kiln(&["check", "main.kiln"]).accepted();
    let folder = Place::with_main("const a = @import(\"a\"); fn main() { }").file("a/b.kiln", "");
    folder.kiln(&["check", "main.kiln"]).refused("E0104");
    let here = Place::with_main("const a = @import(\"a.kiln\"); fn main() { }").file("a.kiln", "");
    here.kiln(&["check", "main.kiln"]).refused("E0104");
}

#[test]
fn a_library_that_is_not_there() {
    Place::with_main("fn main() { }").kiln(&["check", "main.kiln", "--std", "nowhere"]).refused("E0801");
}

#[test]
fn odd_programs_that_are_right() {
    for text in ["", "\n\n", "// only a comment", "/* one */ /* two */", "fn main() { }\r\n", ";"] {
        let done = Place::with_main(text).kiln(&["check", "main.kiln"]);
        assert!(matches!(done.status.code(), Some(0 | 1)), "{text:?}: {}", done.stderr);
    }
    Place::with_main("").kiln(&["check", "main.kiln"]).accepted();
    Place::with_main("").kiln(&["build", "main.kiln"]).refused("E0106");
}

#[test]
fn command_lines_that_say_nothing() {
    let place = Place::with_main("fn main() { }");
    let lines: [&[&str]; 9] = [
        &[],
        &["frobnicate"],
        &["check"],
        &["check", "main.kiln", "--emit"],
        &["check", "main.kiln", "--emit", "mir"],
        &["check", "main.kiln", "--emit", "cfg="],
        &["build", "main.kiln", "-O7"],
        &["build", "main.kiln", "-O2", "--release"],
        &["explain", "E9999"],
    ];
    for line in lines {
        let done = place.kiln(line);
        assert_eq!(done.status.code(), Some(2), "{line:?}: {}", done.stderr);
    }
    place.kiln(&["check", "main.kiln", "--target", "pdp11-unix"]).refused("E0805");
}
