//! The text form: what is printed is read back, and what is no function is refused with its line.

mod support;

use proptest::prelude::*;
use support::World;

/// Every form of instruction, place, operand and constant.
const EVERYTHING: &str = r##"fn Point::every(f(1))(_1: i32, borrow _2: [u8], inout _3: Shape, _4: Point) -> (i32, bool) {
    debug _1 a, _9 x
    let mut _5: [i32; 3]
bb0:
    storage_live _5
    _5 = repeat 0_i32
    _5[1_usize] = _1
    _6: usize = len _2
    check 3_usize < _6                       // panics: index out of bounds
    _7: u8 = use _2[3_usize]
    check 0_usize <= 2_usize <= _6           // panics: index out of bounds
    _8: ptr const [u8] = slice _2, ..2_usize
    _10: ptr mut i32 = address_of _4.x
    (*_10) = add.checked _1, -7_i32          // panics: integer overflow
    alias mut _9: i32 = &_3::Circle.0
    _9 = &_4.x
    _11: i32 = call add(_1, 2_i32)
    call fill(&(*_8))
    _12: fn(i32, i32) -> i32 = fn add as fn(i32, i32) -> i32
    _13: i32 = call_ptr _12(_11, _11)
    _0.0 = neg.checked _13                   // panics: integer overflow
    _0.1 = not true
    _14: u64 = cast.checked 'x'              // panics: integer cast overflow
    _15: usize = ptr_to_int _10
    _16: f64 = mul_add(1.5_f64, -0.0_f64, inf_f64)
    _17: f64 = nan.7ff8000000000001_f64
    _18: (i32, bool) = (i32, bool) {1_i32, true}
    _19: [u8; 4] = [u8; 4] b"a\"\x00\\"
    _20: Shape = Shape::Circle {5_i32}
    _21: Color = Color::Green
    _22: ptr const u8 = &s0+1 as ptr const u8
    _23: ptr const str = &s0+0[4] as ptr const str // "\u{1}\u{2}\u{3}\u{4}"
    _24: ptr mut () = 0xff as ptr mut ()
    _25: char = '\''
    _26: type = type [i32; 3]
    _27: type = make_type decl7(_26, 3_usize)
    set_variant _3, Empty
    _28: u8 = tag _3
    _29: (File, ()) = use move _18
    _30: u8 = use s0[2_usize]
    drop _4
    storage_dead _5
    switch _28: u8 [0: bb1, 1: bb2, else: bb3]
bb1:
    branch _0, bb4, bb5
bb2:
    switch _1: i32 [-1: bb4, 7: bb5, else: bb6]
bb3:
    switch _25: char ['a': bb4, '"': bb5, else: bb6]
bb4:
    panic _23
bb5:
    panic "division by zero"
bb6:
    call stop()
    unreachable
}
"##;

#[test]
fn every_form_is_read_back() {
    let mut world = World::new();
    let funcs = world.parse(EVERYTHING).unwrap();
    assert_eq!(world.print(&funcs[0]), EVERYTHING);
    assert_eq!(world.parse(EVERYTHING).unwrap(), funcs);
}

#[test]
fn several_functions_are_read_in_order() {
    let mut world = World::new();
    let text = "// two\nfn a() {\nbb0:\n    return\n}\n\nfn b(_1: u8) -> u8 {\nbb0:\n    _0 = _1\n    return\n}\n";
    let names: Vec<String> = world.parse(text).unwrap().iter().map(|func| func.name.to_string()).collect();
    assert_eq!(names, ["a", "b"]);
}

#[test]
fn what_is_no_function_is_refused() {
    for (text, line) in [
        ("bb0:", 1),
        ("fn f(", 1),
        ("fn f() {", 1),
        ("fn f() {\n}", 2),
        ("fn f() {\nbb1:\n return\n}", 2),
        ("fn f() {\nbb0:\n return\n return\n}", 4),
        ("fn f() {\nbb0:\n _1: i32 = 1_i32\n}", 4),
        ("fn f() {\nbb0:\n _1 = 1_i32\n return\n}", 5),
        ("fn f() {\nbb0:\n _1: nothing = 1_i32\n return\n}", 3),
        ("fn f() {\nbb0:\n _1: i32 = frobnicate 1_i32\n return\n}", 3),
        ("fn f() {\nbb0:\n _1: i32 = add 1_i32\n return\n}", 3),
        ("fn f() {\nbb0:\n _1: i32 = call nobody()\n return\n}", 3),
        ("fn f() {\nbb0:\n _99999999: i32 = 1_i32\n return\n}", 3),
        ("fn f(_1: Point) {\nbb0:\n _1.z = 1_i32\n return\n}", 3),
        ("fn f() {\nbb0:\n _1: char = 'ab\n return\n}", 3),
        ("fn f() {\nbb0:\n switch 1_u8: u8 [1: bb0\n}", 3),
        ("fn f() {\nbb0:\n _1: i32 = 1_i32\n _1: i32 = 1_i32\n return\n}", 4),
        ("fn f(_1: ((((((i32) {\nbb0:\n return\n}", 1),
    ] {
        let error = World::new().parse(text).expect_err(text);
        assert_eq!(error.line, line, "{text}: {error}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// Damaged text is read or refused, and what is read is printed so that it is read back.
    #[test]
    fn damaged_text_is_no_accident(from in 0usize..2000, len in 0usize..9, with in "[ -~]{0,4}") {
        let mut text = EVERYTHING.to_owned();
        let from = from.min(text.len());
        text.replace_range(from..(from + len).min(text.len()), &with);
        let mut world = World::new();
        if let Ok(funcs) = world.parse(&text) {
            let printed: String = funcs.iter().map(|func| world.print(func)).collect();
            prop_assert_eq!(world.parse(&printed).unwrap(), funcs, "{}", printed);
        }
    }
}
