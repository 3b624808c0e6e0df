//! What is said about texts that are no Kiln: one message a mistake, at a narrow place.

mod common;
use common::{errors_in_body, parse};
use kiln_source::Diagnostic;

/// The messages about a text, without their places.
fn messages(text: &str) -> Vec<String> {
    parse(text).diagnostics.iter().map(|error| error.message.clone()).collect()
}

/// Checks that a body has one mistake, of this code, and what is marked.
fn one(body: &str, code: &str, marked: &str) -> Diagnostic {
    let text = format!("fn f() {{\n{body}\n}}\nfn after() {{}}\n");
    one_in(&text, code, marked)
}

fn one_in(text: &str, code: &str, marked: &str) -> Diagnostic {
    let parsed = parse(text);
    assert_eq!(parsed.diagnostics.len(), 1, "in {text}\n{}", parsed.errors());
    let error = parsed.diagnostics[0].clone();
    let range = error.primary.as_ref().map(|label| label.span.range).unwrap_or_default();
    let found = &text[range.start as usize..range.end as usize];
    assert_eq!((error.code.map(|code| code.id), found), (Some(code), marked), "{} in {text}", error.message);
    error
}

#[test]
fn a_missing_semicolon_is_missing_after_the_token_before() {
    for body in [
        "let x = 1\nlet y = 2;",
        "f()\ng();",
        "x = 1\nreturn;",
        "let x = 1 let y = 2;",
        "const A: i32 = 1\nfn g() {}",
        "x += 1",
    ] {
        let error = one(body, "E0010", "");
        assert!(error.message.starts_with("expected `;` after this"), "{}", error.message);
        assert_eq!(error.fixes[0].replacement, ";");
    }
    let error = one_in("const A: i32 = 1\nfn f() {}", "E0010", "");
    assert_eq!(error.fixes[0].span.range.start, 16);
}

#[test]
fn expectations_in_words() {
    let cases = [
        ("let x = ;", ";", "expected an expression, found `;`"),
        ("let x = 1 +;", ";", "expected an expression, found `;`"),
        ("let = 1;", "=", "expected a pattern, found `=`"),
        ("let x: = 1;", "=", "expected a type, found `=`"),
        ("let x;", ";", "expected `=` and a value, or `:` and a type, found `;`"),
        ("foo(1 2);", "2", "expected `,` or `)`, found `2`"),
        ("let a = [1 2];", "2", "expected `,` or `]`, found `2`"),
        ("x.;", ";", "expected a field's name, found `;`"),
        ("let fn = 1;", "fn", "expected a pattern, found `fn`"),
        ("a b;", "b", "expected `;`, found `b`"),
        ("for x of y {}", "of", "expected `in` after the pattern, found `of`"),
        ("if {}", "{", "expected a condition, found `{`"),
        ("loop f();", "f", "expected `{` after `loop`, found `f`"),
        ("match x { 1 -> 2, _ => 3 }", "->", "expected `=>`, `|` or `if` after the pattern, found `->`"),
        ("match x { 1 => 2 _ => 3 }", "_", "expected `,` or `}` after this arm, found `_`"),
        ("P { x = 1 };", "=", "expected `:` after the field's name, found `=`"),
        ("if a = b {}", "=", "expected `{` after the condition, found `=`"),
        ("let p = P { x: 1 y: 2 };", "y", "expected `,` or `}`, found `y`"),
        ("'a: f();", "f", "expected a loop after its label, found `f`"),
        ("let x = _;", "_", "expected an expression, found `_`"),
        ("let y = 1; else {}", "else", "expected an expression, found `else`"),
    ];
    for (body, marked, message) in cases {
        let error = one(body, "E0010", marked);
        assert_eq!(error.message, message, "in {body}");
    }
    let error = one_in("fn type() {}", "E0010", "type");
    assert_eq!(error.message, "expected the function's name, found `type`");
    assert_eq!(error.notes, ["`type` is a reserved word"]);
    one_in("fn f(a) {}", "E0010", ")");
    one_in("fn f() i32 { 1 }", "E0010", "i32");
    one_in("struct P { x }", "E0010", "}");
    one_in("struct P { x: i32 y: i32 }", "E0010", "y");
    one_in("enum E { A B }", "E0010", "B");
    one_in("foo", "E0010", "foo");
    one_in("const A: i32;", "E0010", ";");
    one_in("test name {}", "E0010", "name");
}

#[test]
fn brackets_without_a_partner() {
    one("foo(1, 2;", "E0011", "(");
    one("let a = [1, 2;", "E0011", "[");
    one("let x = (1 + 2;", "E0011", "(");
    one("foo(bar(1);\nlet x = 1;", "E0011", "(");
    one("foo(1,\nlet x = 1;", "E0011", "(");
    one("a[1;", "E0011", "[");
    one("if (a == b { c(); }\nlet y = 1;", "E0011", "(");
    one("while a[1 { c(); }", "E0011", "[");
    one_in("fn f(a: i32 { b(); }", "E0011", "(");
    one("foo(1));", "E0010", ")");
    one(")", "E0011", ")");
    one_in("fn f() {}\n}\nfn g() {}", "E0011", "}");
    one_in("fn f() {\n    a();\nfn g() {}\n", "E0011", "{");
    one_in("fn f() {", "E0011", "{");
    one_in("struct P { x: i32,\n\nfn main() {}", "E0011", "{");
    one_in("fn f() { match x { A => 1,", "E0011", "{");
}

#[test]
fn a_missing_brace_is_looked_for_by_indentation() {
    let text = "fn f() {\n    if a {\n        b();\n}\nfn g() {\n    c();\n}\n";
    let error = one_in(text, "E0011", "{");
    assert_eq!(error.primary.map(|label| label.span.range.start), Some(18));
}

#[test]
fn comparisons_do_not_chain() {
    one("let x = a < b < c;", "E0013", "<");
    one("if a == b == c {}", "E0013", "==");
}

#[test]
fn struct_literals_in_conditions() {
    let error = one("if p == P { x: 1 } {}", "E0014", "P { x: 1 }");
    assert_eq!(error.fixes[0].replacement, "(P { x: 1 })");
    one("for x in P { a: 1, b: 2 } {}", "E0014", "P { a: 1, b: 2 }");
    assert_eq!(errors_in_body("if x { y } match x { y => z } while x {}"), "");
}

#[test]
fn attributes() {
    one_in("@foo fn f() {}", "E0015", "@foo");
    one_in("@copy fn f() {}", "E0015", "@copy");
    one("@copy let x = 1;", "E0015", "@copy");
    assert_eq!(errors_in_body("@allow(unused_variable) let x = 1; @copy struct P {} @dbg(x);"), "");
}

#[test]
fn what_other_languages_have() {
    let cases = [
        ("let x = y as i32;", "as"),
        ("let x = &y;", "&"),
        ("*p = 1;", "*"),
        ("let f = |x| x;", "|"),
        ("x++;", "+"),
        ("println!(x);", "!"),
        ("let x: Vec<i32> = y;", "<i32>"),
        ("let x = Vec::<i32>::new();", "<i32>"),
        ("let [a, b] = x;", "["),
        ("match x { A => y = 1, _ => {} }", "="),
        ("static X: i32 = 1;", "static"),
    ];
    for (body, marked) in cases {
        one(body, "E0016", marked);
    }
    one_in("static X: i32 = 1;", "E0016", "static");
    one_in("interface I {}", "E0016", "interface");
    one_in("impl P { fn f() {} }", "E0016", "impl");
    one_in("use std::io;", "E0016", "use");
    one_in("fn f<T>(x: T) {}", "E0016", "<T>");
    one_in("fn f(x: &i32) {}", "E0016", "&");
    one_in("struct P(i32);", "E0016", "(");
    one_in("struct P;", "E0016", ";");
    one_in("const fn f() {}", "E0016", "fn");
}

#[test]
fn lexical_mistakes_are_said_once() {
    one("let x = \"abc;\nlet y = 1;", "E0002", "\"");
    one("print(\"abc);\nlet y = 1;", "E0002", "\"");
    one("let x = 1 # 2;", "E0001", "#");
    assert_eq!(one("let x = “a”;", "E0001", "“a”").fixes[0].replacement, "\"a\"");
    one("let x = '';", "E0007", "''");
    one("let x = 'ab';", "E0007", "'ab'");
    one("let x = \"a\\qb\";", "E0004", "\\q");
    one("let x = 12abc;", "E0005", "12abc");
    one("let x = 1.5.2;", "E0005", "1.5.2");
    one("let x = 340282366920938463463374607431768211456;", "E0006", "340282366920938463463374607431768211456");
    one_in("fn f() {}\n/* open", "E0003", "/*");
}

#[test]
fn independent_mistakes_are_all_reported() {
    let text = r#"
fn one() { let x = ; }
fn two(a i32) { b(1 2); }
struct P { x: i32, y }
fn three() {
    let a = 1
    let b = [1, 2;
    if a = b { c(; }
    match a { 1 -> 2, _ => 3 }
    while { d() }
    for x y { e(] }
    return 1 +;
}
const A i32 = 1;
enum E { A, B(, C }
imp fn four() { g(1, 2; }
fn five( { h() }
fn six() -> { k. }
fn seven() { let ok = 1; }
"#;
    let parsed = parse(text);
    let lines: Vec<usize> = parsed
        .diagnostics
        .iter()
        .filter_map(|error| error.primary.as_ref())
        .map(|label| text[..label.span.range.start as usize].matches('\n').count() + 1)
        .collect();
    assert_eq!(lines, [2, 3, 3, 4, 6, 7, 8, 8, 9, 10, 11, 11, 12, 14, 15, 16, 16, 17, 18], "{}", parsed.errors());
}

#[test]
fn many_typos_many_errors() {
    let typos = [
        "let x = ;",
        "foo(1 2);",
        "a b;",
        "if { }",
        "let = 3;",
        "x.;",
        "f(;",
        "match x { 1 -> 2 }",
        "let y = 1",
        "return 1 +;",
    ];
    for count in [1, 7, 50] {
        let body: String = (0..count).map(|n| format!("    {}\n    good({n});\n", typos[n % typos.len()])).collect();
        let text = format!("fn f() {{\n{body}}}\nfn g() {{}}\n");
        assert_eq!(messages(&text).len(), count, "{}", parse(&text).errors());
        let items: String = (0..count).map(|n| format!("fn fun{n}() {{ {} }}\n", typos[n % 8])).collect();
        assert_eq!(messages(&items).len(), count, "{}", parse(&items).errors());
    }
}

#[test]
fn what_is_right_around_a_mistake_is_kept() {
    let parsed = parse("fn a() { let x = 1; let = 1; y z; let w = 2; }\nfoo bar\nfn b() {}\nstruct P { x: , y: i32 }");
    let dump = parsed.dump();
    for kept in [
        "let _ = _;\n      x",
        "let _ = _;\n      <error>",
        "<error>;",
        "      w",
        "fn b()",
        "struct P { x: _, y: _, }",
    ] {
        assert!(dump.contains(kept), "{kept} is not in\n{dump}");
    }
}
