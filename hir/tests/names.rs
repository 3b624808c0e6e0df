//! What names mean, and what is said of those that mean nothing.

mod common;
use common::{lower, lower_as, right, said};

/// The lines of the printed function `f`, without the braces around.
fn body(text: &str) -> String {
    let printed = right(text).print();
    let lines = printed.lines().skip_while(|line| !line.starts_with("fn f(")).skip(1).take_while(|line| *line != "}");
    lines.map(|line| line.strip_prefix("    ").unwrap_or(line)).collect::<Vec<_>>().join("\n")
}

#[test]
fn later_bindings_shadow_earlier_ones() {
    assert_eq!(
        body("fn f(x: i32) -> i32 { let x = x + 1; let y = { let x = x * 2; x }; x + y }"),
        "let x.l1 = x.l0 + 1;\nlet y.l3 = {\n    let x.l2 = x.l1 * 2;\n    x.l2\n};\nx.l1 + y.l3"
    );
    assert_eq!(body("fn f() -> i32 { 1 }\nfn g(f: i32) -> i32 { f + { fn f() -> i32 { 2 } f() } }"), "1");
}

#[test]
fn items_of_a_block_are_visible_throughout() {
    assert_eq!(
        body("fn f() -> i32 { let n = g(); fn g() -> i32 { LIMIT } const LIMIT: i32 = 3; n }"),
        "let n.l0 = f::g();\nn.l0"
    );
    // A binding that comes later hides them, an earlier one does not.
    assert_eq!(
        body("fn f() -> i32 { let g = g(); fn g() -> i32 { 1 } { fn g() -> i32 { 2 } g() + 1; } g }"),
        "let g.l0 = f::g();\n{\n    f::g#2() + 1;\n}\ng.l0"
    );
    assert_eq!(said("fn f() -> i32 { { fn g() -> i32 { 1 } g(); } g() }"), "E0101 g: there is no `g` here; f");
}

#[test]
fn scopes_end_with_what_opened_them() {
    for text in [
        "if let (q, r) = pair { q + r } else { q }",
        "while let (q, r) = pair { q + r; } q",
        "match pair { (q, 1) => q, (_, r) => q + r }",
        "for q in 0..3 { q + 1; } q",
        "{ let q = 1; q + 1; } q",
        "let (q, 2) = pair else { return q }; q",
        "let (q, _) = (1, q); q",
    ] {
        let said = said(&format!("fn f(pair: (i32, i32)) -> i32 {{ {text} }}"));
        let unresolved: Vec<&str> = said.lines().filter(|line| line.starts_with("E0101 q")).collect();
        assert_eq!(unresolved.len(), 1, "{text}: {said}");
    }
}

#[test]
fn alternatives_share_their_locals() {
    let text = "enum E { A(i32, i32), B { x: i32, y: i32 } }
        fn f(e: E) -> i32 { match e { E::A(x, y) | E::B { y: x, x: y } => x - y } }";
    assert_eq!(body(text), "match e.l0 {\n    E::A(x.l1, y.l2) | E::B { y: x.l1, x: y.l2 } => x.l1 - y.l2,\n}");
    let text = "fn f(e: (i32, i32)) -> i32 { match e { (1, x) | ((x, 2) | (x, 3)) => x, _ => 0 } }";
    assert_eq!(body(text), "match e.l0 {\n    (1, x.l1) | ((x.l1, 2) | (x.l1, 3)) => x.l1,\n    _ => 0,\n}");
    let text = "fn f(e: (i32, (i32, i32))) -> i32 { match e { (a, (1, b) | (b, 1)) | (b, (a, _)) => a - b } }";
    assert_eq!(
        body(text).lines().nth(1),
        Some("    (a.l1, (1, b.l2) | (b.l2, 1)) | (b.l2, (a.l1, _)) => a.l1 - b.l2,")
    );
}

#[test]
fn alternatives_bind_the_same_names() {
    let f = |pat: &str, value: &str| {
        said(&format!("fn f(e: (i32, i32)) -> i32 {{ match e {{ {pat} => {value}, _ => 0 }} }}"))
    };
    assert_eq!(f("(1, x) | (2, _)", "x"), "E0503 (2, _): the alternatives do not all bind `x`");
    assert_eq!(f("(1, _) | (2, x)", "x"), "E0503 (2, x): the alternatives do not all bind `x`");
    assert_eq!(f("(1, x) | (x, 1) | (3, y)", "x + y").lines().count(), 1);
    assert_eq!(f("(x, x)", "x"), "E0102 x: the name `x` is taken");
    assert_eq!(f("(1, x) | (x, x)", "x"), "E0102 x: the name `x` is taken");
}

#[test]
fn names_of_consts_and_types_are_compared_with() {
    for order in ["const LIMIT: i32 = 3; struct Point {} F", "F const LIMIT: i32 = 3; struct Point {}"] {
        let text = order.replace('F', "fn f(n: i32) -> i32 { match n { LIMIT => 1, Point => 2 } }");
        assert_eq!(body(&text), "match n.l0 {\n    LIMIT => 1,\n    Point => 2,\n}", "{text}");
        let text =
            order.replace("LIMIT", "limit").replace('F', "fn f(n: i32) -> i32 { match n { limit => 1, _ => 2 } }");
        assert_eq!(body(&text), "match n.l0 {\n    limit => 1,\n    _ => 2,\n}", "{text}");
    }
    let text = "const w: i32 = 3; struct P { w: i32 } fn f(p: P) -> i32 { let P { w } = p; w }";
    assert_eq!(body(text), "let P { w: w.l1 } = p.l0;\nw.l1");
}

#[test]
fn labels_name_loops() {
    assert_eq!(
        body("fn f() { 'a: loop { 'b: while true { continue 'a; } 'a: for _ in 0..1 { break 'a; } break; } }"),
        "'loop0: loop {\n    'loop1: loop { // while\n        if true {\n            continue 'loop0;\n        } else { break 'loop1 }\n    }\n    \
         'loop2: for _ in 0..1 {\n        break 'loop2;\n    }\n    break 'loop0;\n}"
    );
    assert_eq!(said("fn f() { loop { break 'a; } }"), "E0109 'a: there is no loop labelled `'a` around this");
    assert_eq!(said("fn f() { continue; }"), "E0109 continue: `continue` outside a loop");
    assert_eq!(said("fn f() { loop { fn g() { break; } g(); } }"), "E0109 break: `break` outside a loop");
    assert_eq!(said("fn f() { 'a: loop { fn g() { loop { break 'a; } } g(); } }").lines().count(), 1);
    assert_eq!(said("fn f() { 'a: loop { break; } loop { continue 'a; } }").lines().count(), 1);
}

#[test]
fn duplicates() {
    assert_eq!(said("fn f() {}\nconst f: i32 = 1;"), "E0102 f: the name `f` is taken");
    assert_eq!(said("fn f() { fn g() {} struct g {} g() }"), "E0102 g: the name `g` is taken");
    assert_eq!(said("fn f() { fn g() {} { fn g() {} g() } g() }"), "");
    assert_eq!(said("struct S { x: i32, x: i32 }"), "E0102 x: the name `x` is taken");
    assert_eq!(said("enum E { A, B, A(i32) }"), "E0102 A: the name `A` is taken");
    assert_eq!(said("enum E { A { x: i32, x: i32 } }"), "E0102 x: the name `x` is taken");
    assert_eq!(said("struct S { fn m() {} fn m() {} }"), "E0102 m: the name `m` is taken");
    assert_eq!(said("enum E { m, fn m() {} }"), "E0102 m: the name `m` is taken");
    // A field and a method are told apart by the call.
    assert_eq!(said("struct S { x: i32, fn x(borrow self) -> i32 { self.x } }"), "");
    assert_eq!(said("fn f(a: i32, a: i32) -> i32 { a }").lines().next(), Some("E0102 a: the name `a` is taken"));
    assert_eq!(said("struct S {} drop fn S(self) {} drop fn S(self) {} test \"a\" {} test \"a\" {}"), "");
}

#[test]
fn unknown_names_suggest_near_ones() {
    assert_eq!(said("fn f(total: i32) -> i32 { totl + total }"), "E0101 totl: there is no `totl` here; total");
    assert_eq!(said("fn compute() {} fn f() { comptue() }"), "E0101 comptue: there is no `comptue` here; compute");
    assert_eq!(said("fn f() { elsewhere() }"), "E0101 elsewhere: there is no `elsewhere` here");
    assert_eq!(said("fn f(x: Nothing) -> Missing { x }").lines().count(), 2);
    assert_eq!(said("struct S { x: Unknown }"), "E0101 Unknown: there is no `Unknown` here");
    // Each place is named, each once.
    assert_eq!(said("fn f() { nowhere; nowhere; }").lines().count(), 2);
}

#[test]
fn self_needs_a_type_and_a_receiver() {
    assert_eq!(said("fn f() { self; }"), "E0111 self: there is no `self` here");
    assert_eq!(said("struct S { fn f() { self; } }"), "E0111 self: there is no `self` here");
    assert_eq!(said("fn f() -> Self { 1 }"), "E0111 Self: there is no `Self` here");
    assert_eq!(said("fn f(borrow self) {}"), "E0111 borrow self: a `self` parameter stands outside a type");
    assert_eq!(said("struct S { x: Self2, fn f(self) -> Self { self } }").lines().count(), 1);
    assert_eq!(said("struct S {} drop fn S(borrow self) {}"), "E0112 borrow self: a destructor takes its value; self");
    assert_eq!(said("struct S { drop fn(inout self) {} }"), "E0112 inout self: a destructor takes its value; self");
    let twice = "struct S { drop fn(self) {} drop fn(self) {} }";
    assert_eq!(said(twice), "E0112 drop: this type has a destructor already");
}

#[test]
fn unused_variables_are_warned_of() {
    let warned =
        |text: &str| said(text).lines().map(|line| line.split(':').next().unwrap().to_owned()).collect::<Vec<_>>();
    assert_eq!(
        warned("fn f(a: i32, _b: i32, _: i32) { let c = 1; let _d = 2; let (e, _) = (1, 2); }"),
        ["unused_variable a", "unused_variable c", "unused_variable e"]
    );
    assert_eq!(warned("fn f() { let mut x = 1; x = 2; x += 3; }"), ["unused_variable x"]);
    assert_eq!(warned("fn f(inout x: i32) { x = 2; }"), [""; 0]);
    assert_eq!(warned("fn f() -> i32 { let x = 1; let x = 2; x }"), ["unused_variable x"]);
    assert_eq!(warned("fn f(e: (i32, i32)) { match e { (1, x) | (x, _) => {} } }"), ["unused_variable x"]);
    assert_eq!(warned("extern \"C\" fn f(a: i32);"), [""; 0]);
    assert_eq!(warned("struct S { fn m(self, a: i32) {} } drop fn S(self) {}"), ["unused_variable a"]);
    assert_eq!(warned("fn f() { for i in 0..3 {} }"), ["unused_variable i"]);
    assert_eq!(warned("fn f(comptime T: type, x: T) -> T { x }"), [""; 0]);
    assert_eq!(lower_as("fn f(a: i32) {}", true).said(), "");
    assert_eq!(said("fn f(a: i32) {}"), "unused_variable a: the parameter `a` is never read; _a");
    // The fix is right where a field is bound by its name, and left out where one change does not do.
    let f = |pat: &str| said(&format!("struct P {{ x: i32 }} fn f(p: P) {{ let {pat} = p; }}"));
    assert_eq!(f("P { x }"), "unused_variable x: the variable `x` is never read; x: _");
    assert_eq!(f("P { x: y }"), "unused_variable y: the variable `y` is never read; _y");
    assert_eq!(f("P { mut x }"), "unused_variable x: the variable `x` is never read");
    assert_eq!(f("P { x: x } | P { x }"), "unused_variable x: the variable `x` is never read");
}

#[test]
fn attributes() {
    // Misplaced ones are said once, where they are parsed.
    for text in ["@copy fn f() {}", "fn f() { @copy let _ = 1; }"] {
        let said = said(text);
        assert!(said.starts_with("E0015") && said.lines().count() == 1, "{text}: {said}");
    }
    assert_eq!(said("@copy @handle struct S {}"), "");
    assert_eq!(
        said("@allow(unused_varable) fn f() {}"),
        "E0110 unused_varable: there is no warning named `unused_varable`; unused_variable"
    );
    let lowered = lower("@allow(unused_variable) fn f(a: i32) {} fn g() { @allow(unused_variable) let b = 1; }");
    assert_eq!(lowered.program.allows().len(), 2);
}

#[test]
fn imports_are_collected() {
    let lowered = right("const a = @import(\"a\"); fn f() -> i32 { @import(\"b/c\").x } const d = @embed_file(\"d\");");
    let paths: Vec<&str> = lowered.program.imports.iter().map(|import| lowered.names.name(import.path)).collect();
    assert_eq!(paths, ["a", "b/c", "d"]);
    assert_eq!(said("const a = @import(1);"), "E0113 @import(1): `@import` takes one path as a string literal");
    assert_eq!(said("const a = @import(\"a\", \"b\");").lines().count(), 1);
}

#[test]
fn ranges_stand_in_few_places() {
    assert_eq!(said("fn f() { let r = 0..3; r; }"), "E0016 0..3: a range is not a value");
    assert_eq!(said("fn f() { for i in 0.. { i; } }"), "E0416 0..: a `for` needs both ends of its range");
    assert_eq!(said("fn f(t: (i32, i32, i32)) { let (a, .., ..) = t; a; }"), "E0010 ..: `..` can't stand here");
    assert_eq!(
        body("fn f(a: [i32; 3]) { for i in (0..3) { a[i..]; a[..=i]; a[i]; } }").lines().nth(1),
        Some("    a.l0[i.l1..];")
    );
}

#[test]
fn used_declarations_are_known() {
    let lowered =
        lower("fn main() { a(); } fn a() { b() } fn b() {} fn c() { c() } struct S {} drop fn S(self) {} fn d() {}");
    let is_used = |name: &str| lowered.program.is_used(lowered.decl(name).0);
    assert!(is_used("a") && is_used("b") && !is_used("d"));
}
