//! Matches: one test for each kind of scrutinee.

use super::super::dsl::{ADD, Dsl, REM};
use super::super::world::{World, assert_text};
use kiln_air::{BinOp, BindMode, Inst, PatKind};
use kiln_types::{Ownership, ParamMode, TypeId, ValueKey};

#[test]
fn matches_of_numbers() {
    let mut world = World::new();
    let mut f = Dsl::new(&mut world, "f", TypeId::I32);
    let n = f.param("n", TypeId::I32);
    let scrutinee = f.get(n);
    let (minus, one, three) = (f.is(TypeId::I32, -1), f.is(TypeId::I32, 1), f.is(TypeId::I32, 3));
    let few = f.any_of(&[minus, one, three]);
    let many = f.range_pat(TypeId::I32, Some(10), Some(99));
    let negative = f.range_pat(TypeId::I32, None, Some(-2));
    let x = f.local("x", TypeId::I32);
    let other = f.bind(x);
    let mut arms = Vec::new();
    for (pat, value) in [(few, 1), (many, 2), (negative, 3)] {
        let value = f.i32(value);
        arms.push((pat, None, value));
    }
    let value = f.get(x);
    arms.push((other, None, value));
    let root = f.match_(scrutinee, &arms, TypeId::I32);
    assert_text(
        &f.text(root),
        "fn f(_1: i32) -> i32 {
            debug _1 n, _2 x
        bb0:
            switch _1: i32 [-1: bb1, 1: bb1, 3: bb1, else: bb2]
        bb1:
            _0 = 1_i32
            return
        bb2:
            _3: bool = lt _1, 10_i32
            branch _3, bb3, bb5
        bb3:
            _4: bool = lt _1, 0_i32
            branch _4, bb4, bb7
        bb4:
            _0 = 3_i32
            return
        bb5:
            _5: bool = lt _1, 100_i32
            branch _5, bb6, bb7
        bb6:
            _0 = 2_i32
            return
        bb7:
            let _2: i32 = _1
            _0 = _2
            return
        }",
    );
}

#[test]
fn matches_of_enums() {
    let mut world = World::new();
    let option = world.enumeration("Option", Ownership::Copy, &[("None", &[]), ("Some", &[TypeId::I32])]);
    let shape = world.enumeration(
        "Shape",
        Ownership::Copy,
        &[("Empty", &[]), ("Circle", &[TypeId::I32]), ("Rect", &[option, TypeId::I32])],
    );
    let mut f = Dsl::new(&mut world, "area", TypeId::I32);
    let s = f.param_as("s", shape, ParamMode::Borrow);
    let scrutinee = f.place(s);
    let (r, w, h) = (f.local("r", TypeId::I32), f.local("w", TypeId::I32), f.local("h", TypeId::I32));
    let part = f.pat(PatKind::Bind { local: r, mode: BindMode::Alias }, TypeId::I32);
    let circle = f.is_variant(shape, 1, &[part]);
    let value = f.get(r);
    let mut arms = vec![(circle, None, value)];
    let (w_pat, h_pat) = (f.bind(w), f.bind(h));
    let some = f.is_variant(option, 1, &[w_pat]);
    let rect = f.is_variant(shape, 2, &[some, h_pat]);
    let (left, right) = (f.get(w), f.get(h));
    let guard = f.bin(BinOp::Lt, left, right);
    let (left, right) = (f.get(w), f.get(h));
    let value = f.bin(ADD, left, right);
    arms.push((rect, Some(guard), value));
    let (rest, value) = (f.wild(shape), f.i32(0));
    arms.push((rest, None, value));
    let root = f.match_(scrutinee, &arms, TypeId::I32);
    assert_text(
        &f.text(root),
        "fn area(borrow _1: Shape) -> i32 {
            debug _1 s, _2 r, _3 w, _4 h
        bb0:
            _5: u8 = tag _1
            switch _5: u8 [1: bb1, 2: bb2, else: bb5]
        bb1:
            alias _2: i32 = &_1::Circle.0
            _0 = _2
            return
        bb2:
            _6: u8 = tag _1::Rect.0
            _7: bool = eq _6, 1_u8
            branch _7, bb3, bb5
        bb3:
            let _3: i32 = use _1::Rect.0::Some.0
            let _4: i32 = use _1::Rect.1
            _8: bool = lt _3, _4
            branch _8, bb4, bb5
        bb4:
            _0 = add.checked _3, _4                  // panics: integer overflow
            return
        bb5:
            _0 = 0_i32
            return
        }",
    );
}

#[test]
fn matches_of_tuples_need_no_tuple() {
    let mut world = World::new();
    let pair = world.pool.tuple(&[TypeId::U32, TypeId::U32]);
    let mut f = Dsl::new(&mut world, "fizz", TypeId::U32);
    let n = f.param("n", TypeId::U32);
    let parts = [3, 5].map(|by| {
        let (left, right) = (f.get(n), f.int(TypeId::U32, by));
        f.bin(REM, left, right)
    });
    let scrutinee = f.tuple(&parts);
    let mut arms = Vec::new();
    for (index, (first, second)) in [(true, true), (true, false), (false, true), (false, false)].into_iter().enumerate()
    {
        let parts = [first, second].map(|zero| if zero { f.is(TypeId::U32, 0) } else { f.wild(TypeId::U32) });
        let (pat, value) = (f.parts(pair, &parts), f.int(TypeId::U32, index as i128));
        arms.push((pat, None, value));
    }
    let root = f.match_(scrutinee, &arms, TypeId::U32);
    assert_text(
        &f.text(root),
        "fn fizz(_1: u32) -> u32 {
            debug _1 n
        bb0:
            _2: u32 = rem.checked _1, 3_u32          // panics: division by zero
            _3: u32 = rem.checked _1, 5_u32          // panics: division by zero
            _4: bool = eq _2, 0_u32
            branch _4, bb1, bb4
        bb1:
            _5: bool = eq _3, 0_u32
            branch _5, bb2, bb3
        bb2:
            _0 = 0_u32
            return
        bb3:
            _0 = 1_u32
            return
        bb4:
            _6: bool = eq _3, 0_u32
            branch _6, bb5, bb6
        bb5:
            _0 = 2_u32
            return
        bb6:
            _0 = 3_u32
            return
        }",
    );
}

#[test]
fn matches_of_text() {
    let mut world = World::new();
    let mut f = Dsl::new(&mut world, "f", TypeId::I32);
    let s = f.param_as("s", TypeId::STR, ParamMode::Borrow);
    let scrutinee = f.place(s);
    let mut arms = Vec::new();
    for (index, text) in ["yes", "no"].into_iter().enumerate() {
        let text = f.world.pool.value(ValueKey::Str(text.into()));
        let (pat, value) = (f.pat(PatKind::Const(text), TypeId::STR), f.i32(index as i32));
        arms.push((pat, None, value));
    }
    let (rest, value) = (f.wild(TypeId::STR), f.i32(9));
    arms.push((rest, None, value));
    let root = f.match_(scrutinee, &arms, TypeId::I32);
    assert_text(
        &f.text(root),
        r#"fn f(borrow _1: str) -> i32 {
            debug _1 s
        bb0:
            _2: ptr const str = &s0+0[3] as ptr const str // "yes"
            _3: bool = call glue0(&_1, &(*_2))
            branch _3, bb1, bb2
        bb1:
            _0 = 0_i32
            return
        bb2:
            _4: ptr const str = &s1+0[2] as ptr const str // "no"
            _5: bool = call glue0(&_1, &(*_4))
            branch _5, bb3, bb4
        bb3:
            _0 = 1_i32
            return
        bb4:
            _0 = 9_i32
            return
        }"#,
    );
}

#[test]
fn let_else() {
    let mut world = World::new();
    let option = world.enumeration("Option", Ownership::Copy, &[("None", &[]), ("Some", &[TypeId::I32])]);
    let mut f = Dsl::new(&mut world, "f", TypeId::I32);
    let x = f.local("x", TypeId::I32);
    let init = f.call("find", option, &[]);
    let part = f.bind(x);
    let pat = f.is_variant(option, 1, &[part]);
    let zero = f.i32(0);
    let or_else = f.return_(Some(zero));
    let let_ = f.push(Inst::Let { pat, init, or_else: Some(or_else) }, TypeId::UNIT);
    let result = f.get(x);
    let root = f.block(&[let_], Some(result));
    assert_text(
        &f.text(root),
        "fn f() -> i32 {
            debug _1 x
        bb0:
            _2: Option = call find()
            _3: u8 = tag _2
            _4: bool = eq _3, 1_u8
            branch _4, bb1, bb2
        bb1:
            let _1: i32 = use _2::Some.0
            _0 = _1
            return
        bb2:
            _0 = 0_i32
            return
        }",
    );
}
