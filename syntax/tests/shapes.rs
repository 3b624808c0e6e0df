//! What trees texts have.

mod common;
use common::{expr, right};

#[test]
fn precedence() {
    let loosest_first = ["||", "&&", "==", "|", "^", "&", "<<", "+", "*"];
    for pair in loosest_first.windows(2) {
        let (loose, tight) = (pair[0], pair[1]);
        assert_eq!(expr(&format!("a {loose} b {tight} c")), expr_grouped(loose, "a", &format!("b {tight} c")));
        let left = expr(&format!("a {tight} b {loose} c"));
        assert!(left.starts_with(&format!("_ {loose} _\n  _ {tight} _\n")), "{left}");
    }
    assert_eq!(expr("a - b - c"), "_ - _\n  _ - _\n    a\n    b\n  c");
    assert_eq!(expr("-a.b[0]?"), "-_\n  _?\n    _[_]\n      _.b\n        a\n      0");
    assert_eq!(expr("!a == ~b"), "_ == _\n  !_\n    a\n  ~_\n    b");
    assert_eq!(expr("a..b + 1"), "_.._\n  a\n  _ + _\n    b\n    1");
}

fn expr_grouped(operator: &str, lhs: &str, rhs: &str) -> String {
    let rhs = expr(rhs).replace('\n', "\n  ");
    format!("_ {operator} _\n  {lhs}\n  {rhs}")
}

#[test]
fn postfixes() {
    assert_eq!(expr("t.1.0"), "_.0\n  _.1\n    t");
    assert_eq!(expr("t.1.0.2.3"), "_.3\n  _.2\n    _.0\n      _.1\n        t");
    assert_eq!(expr("1.foo()"), "_.foo()\n  1");
    assert_eq!(expr("f(inout a, borrow b, c)"), "_(inout _, borrow _, _)\n  f\n  a\n  b\n  c");
    assert_eq!(expr("Vec(i32)::new()"), "_()\n  _::new\n    _(_)\n      Vec\n      i32");
    assert_eq!(expr("field.type"), "_.type\n  field");
    assert_eq!(expr("@size_of([u8; 4])"), "@size_of(_)\n  [_; _]\n    u8\n    4");
    assert_eq!(expr("v[1..]"), "_[_]\n  v\n  _..\n    1");
    assert_eq!(expr("v[..]"), "_[_]\n  v\n  ..");
}

#[test]
fn brackets() {
    assert_eq!(expr("()"), "()");
    assert_eq!(expr("(a)"), "(_)\n  a");
    assert_eq!(expr("(a,)"), "(_,)\n  a");
    assert_eq!(expr("(a, b,)"), "(_, _)\n  a\n  b");
    assert_eq!(expr("[]"), "[]");
    assert_eq!(expr("[a; 3]"), "[_; _]\n  a\n  3");
    assert_eq!(expr("[a, b,]"), "[_, _]\n  a\n  b");
}

#[test]
fn struct_literals_and_blocks() {
    assert_eq!(expr("P { x: 1, y, ..p }"), "_ { x: _, y, .._ }\n  P\n  1\n  p");
    assert_eq!(expr("P {}"), "_ {}\n  P");
    assert_eq!(expr("Pair(i32, u8) { first: 1 }"), "_ { first: _ }\n  _(_, _)\n    Pair\n    i32\n    u8\n  1");
    assert_eq!(expr("Self { type: 1 }"), "_ { type: _ }\n  Self\n  1");
    assert_eq!(expr("Shape::Rect { w: 1 }"), "_ { w: _ }\n  _::Rect\n    Shape\n  1");
    assert_eq!(
        expr("if x { y } else { z }"),
        "if _ _ else _\n  x\n  { 1 }\n    tail _\n      y\n  _\n    { 1 }\n      tail _\n        z"
    );
    assert_eq!(expr("match x {}"), "match _ {}\n  x");
    assert_eq!(expr("if (P { x }) == p {}"), "if _ _\n  _ == _\n    (_)\n      _ { x }\n        P\n    p\n  { 0 }");
    assert_eq!(expr("if f(P { x }) {}"), "if _ _\n  _(_)\n    f\n    _ { x }\n      P\n  { 0 }");
}

#[test]
fn types_in_the_place_of_types_and_of_values() {
    let ty = |text: &str| {
        let dump = right(&format!("const A: {text} = 0;")).dump();
        let lines: Vec<_> = dump.lines().skip(1).map(|line| line[2..].to_owned()).collect();
        lines[..lines.len() - 1].join("\n")
    };
    assert_eq!(ty("[[T]; 2 * N]"), "[_; _]\n  [_]\n    T\n  _ * _\n    2\n    N");
    assert_eq!(
        ty("fn(i32, inout [u8], borrow str) -> !"),
        "fn(_, inout _, borrow _) -> _\n  i32\n  [_]\n    u8\n  str\n  !"
    );
    assert_eq!(ty("ptr const ptr mut u8"), "ptr const _\n  ptr mut _\n    u8");
    assert_eq!(
        ty("util.Map(str, (i32, bool))::Entry"),
        "_::Entry\n  _(_, _)\n    _.Map\n      util\n    str\n    (_, _)\n      i32\n      bool"
    );
    assert_eq!(ty("(A,)"), "(_,)\n  A");
    assert_eq!(ty("()"), "()");
    assert_eq!(ty("@elem(T)"), "@elem(_)\n  T");
    assert_eq!(expr("Result(ptr mut T, !)"), "_(_, _)\n  Result\n  ptr mut _\n    T\n  !");
    assert_eq!(expr("struct { x: i32 }"), "struct { x: _, }\n  i32");
    assert_eq!(expr("f(fn(A) -> B, type)"), "_(_, _)\n  f\n  fn(_) -> _\n    A\n    B\n  type");
}

#[test]
fn statements() {
    let body = |text: &str| expr(text);
    assert_eq!(right("fn f() { x += 1; }").dump(), "fn f() _\n  { 1 }\n    _ += _;\n      x\n      1\n");
    assert_eq!(
        right("fn f() { let (a, mut b): T = c else { return }; }").dump(),
        "fn f() _\n  { 1 }\n    let _: _ = _ else _;\n      (_, _)\n        a\n        mut b\n      T\n      c\n      { 1 }\n        tail _\n          return\n"
    );
    // A block ends its statement: `-1` is no operand of it; `.f()` is.
    assert_eq!(
        right("fn f() { if a {} -1 }").dump(),
        "fn f() _\n  { 2 }\n    _\n      if _ _\n        a\n        { 0 }\n    tail _\n      -_\n        1\n"
    );
    assert_eq!(body("match a {}.f()"), "_.f()\n  match _ {}\n    a");
    assert_eq!(body("'a: for (i, x) in 0..=n { continue 'a }").lines().next(), Some("'a: for _ in _ _"));
    assert_eq!(body("break 'a b + 1"), "break 'a _\n  _ + _\n    b\n    1");
    assert_eq!(body("comptime if a {} else if b {}").lines().next(), Some("comptime _"));
    assert_eq!(body("comptime f(x) + 1"), "_ + _\n  comptime _\n    _(_)\n      f\n      x\n  1");
    assert_eq!(
        body("while let Some(x) = next() {}"),
        "while let _ = _ _\n  _(_)\n    Some\n    x\n  _()\n    next\n  { 0 }"
    );
}

#[test]
fn patterns() {
    let pattern = |text: &str| {
        let dump = expr(&format!("match x {{ {text} => 0 }}"));
        let lines: Vec<_> = dump.lines().skip(2).map(|line| line[2..].to_owned()).collect();
        lines[..lines.len() - 1].join("\n")
    };
    assert_eq!(pattern("_"), "_");
    assert_eq!(pattern("mut x"), "mut x");
    assert_eq!(
        pattern("-1 | 2..=3 | 'a'..'z' | 5.."),
        "_ | _ | _ | _\n  _\n    -_\n      1\n  _..=_\n    2\n    3\n  _.._\n    'a'\n    'z'\n  _..\n    5"
    );
    assert_eq!(pattern("Option(i32)::Some(x)"), "_(_)\n  _::Some\n    _(_)\n      Option\n      i32\n  x");
    assert_eq!(pattern("P { x, y: 0, mut z, .. }"), "_ { x, y: _, mut z, .. }\n  P\n  _\n    0");
    assert_eq!(pattern("(a, (b), ..)"), "(_, _, _)\n  a\n  (_)\n    b\n  ..");
    assert_eq!(pattern("Shape::Empty"), "_\n  _::Empty\n    Shape");
    assert_eq!(pattern("Self::MIN..=i32::MAX"), "_..=_\n  _::MIN\n    Self\n  _::MAX\n    i32");
}

#[test]
fn items() {
    let text = r#"//! About.
/// A point.
@copy @allow(unused_mut) pub linear struct P {
    /// Across.
    pub x: i32, y: i32,
    fn len(borrow self) -> i32 { 0 }
    @allow(unused_function) unchecked fn g(inout self, comptime T: type, borrow a: [T]) {}
}
enum E { A = 3, B(i32, u8), C { x: i32 }, drop fn(self) {} fn f(self) {} }
extern "C" fn printf(format: ptr const u8, ...) -> i32;
drop fn P(inout self) {}
test "all\n" {}
const N = 1;"#;
    let expected = r#"//!"About."
///"A point." @copy @allow(unused_mut) pub linear struct P { ///"Across." pub x: _, y: _, _ _ }
  i32
  i32
  fn len(borrow self) -> _ _
    i32
    { 1 }
      tail _
        0
  @allow(unused_function) unchecked fn g(inout self, comptime T: _, borrow a: _) _
    type
    [_]
      T
    { 0 }
enum E { A = _, B(_, _), C { x: _, }, _ _ }
  3
  i32
  u8
  i32
  drop fn(self) _
    { 0 }
  fn f(self) _
    { 0 }
extern "C" fn printf(format: _, ...) -> _;
  ptr const _
    u8
  i32
drop fn P(inout self) _
  { 0 }
test "all\n" _
  { 0 }
const N = _;
  1
"#;
    assert_eq!(right(text).dump(), expected);
}

#[test]
fn ranges_cover_what_was_written() {
    let text = "fn f() { a + (b)(c, ) }";
    let parsed = right(text);
    let written: Vec<&str> = parsed
        .ast
        .exprs()
        .map(|(id, _)| {
            let range = parsed.ast.expr_range(id);
            &text[range.start as usize..range.end as usize]
        })
        .collect();
    assert_eq!(written, ["a", "b", "(b)", "c", "(b)(c, )", "a + (b)(c, )"]);
}

#[test]
fn literals_have_values() {
    assert_eq!(
        expr("[0xFF, 1_0, 'a', '\\u{62}', \"\\x41\\n\", r#\"a\\\"#, 1_0.5e1, true]")
            .lines()
            .skip(1)
            .collect::<Vec<_>>(),
        ["  255", "  10", "  'a'", "  'b'", "  \"A\\n\"", "  \"a\\\\\"", "  10.5e1", "  true",]
    );
}
