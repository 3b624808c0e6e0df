//! What small functions become, construct by construct.

use super::dsl::{ADD, Dsl, REM, World, assert_text};
use kiln_air::{BinOp, BindMode, Inst, Overflow, PatKind, UseKind};
use kiln_types::{Ownership, ParamMode, TypeId, ValueKey};

const WRAPPING_ADD: BinOp = BinOp::Add(Overflow::Wrapping);

#[test]
fn gcd() {
    let mut world = World::new();
    let mut f = Dsl::new(&mut world, "gcd", TypeId::U32);
    let (a, b) = (f.param("a", TypeId::U32), f.param("b", TypeId::U32));
    let (left, zero) = (f.get(b), f.int(TypeId::U32, 0));
    let cond = f.bin(BinOp::Eq, left, zero);
    let then = f.get(a);
    let (first, left, right) = (f.get(b), f.get(a), f.get(b));
    let rest = f.bin(REM, left, right);
    let again = f.call("gcd", TypeId::U32, &[first, rest]);
    let root = f.if_(cond, then, Some(again));
    assert_text(
        &f.text(root),
        "fn gcd(_1: u32, _2: u32) -> u32 {
            debug _1 a, _2 b
        bb0:
            _3: bool = eq _2, 0_u32
            branch _3, bb1, bb2
        bb1:
            _0 = _1
            return
        bb2:
            _4: u32 = rem.checked _1, _2             // panics: division by zero
            _0 = call gcd(_2, _4)
            return
        }",
    );
}

#[test]
fn short_circuits_are_jumps() {
    let mut world = World::new();
    let mut f = Dsl::new(&mut world, "f", TypeId::UNIT);
    let (a, b, c) = (f.param("a", TypeId::BOOL), f.param("b", TypeId::BOOL), f.param("c", TypeId::I32));
    let id = f.new_loop();
    let (left, right) = (f.get(a), f.get(b));
    let either = f.or(left, right);
    let not = f.not(either);
    let (left, right) = (f.get(c), f.i32(3));
    let less = f.bin(BinOp::Lt, left, right);
    let cond = f.and(not, less);
    let call = f.call("work", TypeId::UNIT, &[]);
    let body = f.block(&[call], None);
    let root = f.while_(id, cond, body);
    assert_text(
        &f.text(root),
        "fn f(_1: bool, _2: bool, _3: i32) {
            debug _1 a, _2 b, _3 c
        bb0:
            jump bb1
        bb1:
            branch _1, bb5, bb2
        bb2:
            branch _2, bb5, bb3
        bb3:
            _4: bool = lt _3, 3_i32
            branch _4, bb4, bb5
        bb4:
            call work()
            jump bb1
        bb5:
            return
        }",
    );
}

#[test]
fn operands_keep_their_values() {
    let mut world = World::new();
    let mut f = Dsl::new(&mut world, "f", TypeId::I32);
    let x = f.var("x", TypeId::I32);
    let init = f.i32(1);
    let let_ = f.let_(x, init);
    let (left, two) = (f.get(x), f.i32(2));
    let set = f.set_local(x, two);
    let after = f.get(x);
    let right = f.block(&[set], Some(after));
    let sum = f.bin(ADD, left, right);
    let again = f.get(x);
    let root = f.bin(ADD, sum, again);
    let root = f.block(&[let_], Some(root));
    assert_text(
        &f.text(root),
        "fn f() -> i32 {
            debug _1 x
        bb0:
            let mut _1: i32 = 1_i32
            _2: i32 = _1
            _1 = 2_i32
            _3: i32 = add.checked _2, _1             // panics: integer overflow
            _0 = add.checked _3, _1                  // panics: integer overflow
            return
        }",
    );
}

#[test]
fn aggregates_are_built_in_place() {
    let mut world = World::new();
    let point = world.strukt("Point", Ownership::Copy, &[("x", TypeId::I32), ("y", TypeId::I32)]);
    let line = world.pool.tuple(&[point, point]);
    let mut f = Dsl::new(&mut world, "f", line);
    let p = f.param_as("p", point, ParamMode::Inout);
    // p = Point { x: p.y, y: p.x }
    let (target, base) = (f.place(p), f.place(p));
    let y = f.field(base, 1);
    let y = f.load(y);
    let base = f.place(p);
    let x = f.field(base, 0);
    let x = f.load(x);
    let swapped = f.strukt(point, &[(0, y), (1, x)], None);
    let swap = f.set(target, swapped);
    // (Point { y: 1, ..p }, make())
    let (one, base) = (f.i32(1), f.place(p));
    let first = f.strukt(point, &[(1, one)], Some(base));
    let second = f.call("make", point, &[]);
    let root = f.tuple(&[first, second]);
    let root = f.block(&[swap], Some(root));
    assert_text(
        &f.text(root),
        "fn f(inout _1: Point) -> (Point, Point) {
            debug _1 p
            _2: Point
        bb0:
            _2.x = use _1.y
            _2.y = use _1.x
            _1 = _2
            _0.0.y = 1_i32
            _0.0.x = use _1.x
            _0.1 = call make()
            return
        }",
    );
}

#[test]
fn arrays() {
    let mut world = World::new();
    let array = world.pool.array(TypeId::I32, 3);
    let zeros = world.pool.array(TypeId::I32, 1000);
    let mut f = Dsl::new(&mut world, "f", TypeId::I32);
    let i = f.param("i", TypeId::USIZE);
    let (a, b) = (f.var("a", array), f.local("b", zeros));
    let elems = [f.i32(1), f.i32(2), f.i32(3)];
    let init = f.array(&elems);
    let let_a = f.let_(a, init);
    let zero = f.i32(0);
    let init = f.push(Inst::Repeat { value: zero, len: 1000 }, zeros);
    let let_b = f.let_(b, init);
    // a = [a[1], a[0], b[i]]
    let mut elems = Vec::new();
    for (local, index) in [(a, Some(1)), (a, Some(0)), (b, None)] {
        let base = f.place(local);
        let index = match index {
            Some(index) => f.usize(index),
            None => f.get(i),
        };
        let place = f.index(base, index);
        elems.push(f.load(place));
    }
    let (target, value) = (f.place(a), f.array(&elems));
    let set = f.set(target, value);
    // a[i] += 1
    let (base, index) = (f.place(a), f.get(i));
    let (place, one) = (f.index(base, index), f.i32(1));
    let add = f.set_op(ADD, place, one);
    let (base, index) = (f.place(a), f.usize(2));
    let place = f.index(base, index);
    let root = f.load(place);
    let root = f.block(&[let_a, let_b, set, add], Some(root));
    assert_text(
        &f.text(root),
        "fn f(_1: usize) -> i32 {
            debug _1 i, _2 a, _3 b
            let mut _2: [i32; 3]
            let _3: [i32; 1000]
            _4: [i32; 3]
        bb0:
            storage_live _2
            _2[0_usize] = 1_i32
            _2[1_usize] = 2_i32
            _2[2_usize] = 3_i32
            storage_live _3
            _3 = repeat 0_i32
            _4[0_usize] = use _2[1_usize]
            _4[1_usize] = use _2[0_usize]
            check _1 < 1000_usize                    // panics: index out of bounds
            _4[2_usize] = use _3[_1]
            _2 = _4
            check _1 < 3_usize                       // panics: index out of bounds
            _5: i32 = use _2[_1]
            _2[_1] = add.checked _5, 1_i32           // panics: integer overflow
            _0 = use _2[2_usize]
            storage_dead _3
            storage_dead _2
            return
        }",
    );
}

#[test]
fn tables_of_constants_are_copied() {
    let mut world = World::new();
    let mut f = Dsl::new(&mut world, "f", TypeId::UNIT);
    let elems: Vec<_> = (0..16).map(|value| f.int(TypeId::U8, value)).collect();
    let table = f.array(&elems);
    let ty = f.ty(table);
    let local = f.local("table", ty);
    let let_ = f.let_(local, table);
    let root = f.block(&[let_], None);
    assert_text(
        &f.text(root),
        "fn f() {
            debug _1 table
            let _1: [u8; 16]
        bb0:
            storage_live _1
            _1 = use s0
            storage_dead _1
            return
        }",
    );
    assert_eq!(
        &*world.statics.get(kiln_types::StaticId(0)).bytes,
        &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]
    );
}

#[test]
fn for_ranges() {
    for inclusive in [false, true] {
        let mut world = World::new();
        let mut f = Dsl::new(&mut world, "f", TypeId::U8);
        let n = f.param("n", TypeId::U8);
        let (sum, i) = (f.var("sum", TypeId::U8), f.local("i", TypeId::U8));
        let zero = f.int(TypeId::U8, 0);
        let let_ = f.let_(sum, zero);
        let (from, to, id) = (f.int(TypeId::U8, 0), f.get(n), f.new_loop());
        let (place, value) = (f.place(sum), f.get(i));
        let body = f.set_op(WRAPPING_ADD, place, value);
        let pat = f.bind(i);
        let for_ = f.push(Inst::ForRange { id, pat, from, to, inclusive, body }, TypeId::UNIT);
        let result = f.get(sum);
        let root = f.block(&[let_, for_], Some(result));
        assert_text(
            &f.text(root),
            if !inclusive {
                "fn f(_1: u8) -> u8 {
            debug _1 n, _2 sum, _3 i
        bb0:
            let mut _2: u8 = 0_u8
            let mut _3: u8 = 0_u8
            jump bb1
        bb1:
            _4: bool = lt _3, _1
            branch _4, bb2, bb3
        bb2:
            _2 = add _2, _3
            _3 = add _3, 1_u8
            jump bb1
        bb3:
            _0 = _2
            return
        }"
            } else {
                "fn f(_1: u8) -> u8 {
            debug _1 n, _2 sum, _3 i
        bb0:
            let mut _2: u8 = 0_u8
            let mut _3: u8 = 0_u8
            _4: bool = le _3, _1
            branch _4, bb1, bb3
        bb1:
            _2 = add _2, _3
            _5: bool = eq _3, _1
            branch _5, bb3, bb2
        bb2:
            _3 = add _3, 1_u8
            jump bb1
        bb3:
            _0 = _2
            return
        }"
            },
        );
    }
}

#[test]
fn loops_with_values_and_jumps() {
    let mut world = World::new();
    let mut f = Dsl::new(&mut world, "f", TypeId::I32);
    let n = f.param("n", TypeId::I32);
    let (outer, inner) = (f.new_loop(), f.new_loop());
    // 'outer: loop { loop { if n == 1 { continue 'outer } if n == 2 { break 'outer n + 1 } break } return 7 } + 5
    let (left, right) = (f.get(n), f.i32(1));
    let cond = f.bin(BinOp::Eq, left, right);
    let again = f.continue_(outer);
    let first = f.if_(cond, again, None);
    let (left, right) = (f.get(n), f.i32(2));
    let cond = f.bin(BinOp::Eq, left, right);
    let (left, right) = (f.get(n), f.i32(1));
    let value = f.bin(ADD, left, right);
    let out = f.break_(outer, Some(value));
    let second = f.if_(cond, out, None);
    let leave = f.break_(inner, None);
    let body = f.block(&[first, second, leave], None);
    let inner = f.loop_(inner, body, TypeId::UNIT);
    let seven = f.i32(7);
    let ret = f.return_(Some(seven));
    let body = f.block(&[inner, ret], None);
    let value = f.loop_(outer, body, TypeId::I32);
    let five = f.i32(5);
    let root = f.bin(ADD, value, five);
    assert_text(
        &f.text(root),
        "fn f(_1: i32) -> i32 {
            debug _1 n
        bb0:
            jump bb1
        bb1:
            _3: bool = eq _1, 1_i32
            branch _3, bb1, bb2
        bb2:
            _4: bool = eq _1, 2_i32
            branch _4, bb3, bb4
        bb3:
            let mut _2: i32 = add.checked _1, 1_i32  // panics: integer overflow
            _0 = add.checked _2, 5_i32               // panics: integer overflow
            return
        bb4:
            _0 = 7_i32
            return
        }",
    );
}

#[test]
fn what_is_behind_a_jump_is_not_emitted() {
    let mut world = World::new();
    let mut f = Dsl::new(&mut world, "f", TypeId::I32);
    let (left, value) = (f.i32(1), f.i32(2));
    let right = f.return_(Some(value));
    let sum = f.push(Inst::Binary(ADD, left, right), TypeId::I32);
    let call = f.call("never", TypeId::UNIT, &[]);
    let result = f.i32(3);
    let inner = f.block(&[sum, call], Some(result));
    let last = f.call("never", TypeId::UNIT, &[]);
    let result = f.i32(4);
    let root = f.block(&[inner, last], Some(result));
    f.body.root = root;
    let expected = f.body.ranges[call];
    let Dsl { world, body, .. } = f;
    let built = world.build(&body);
    assert_text(
        &world.print(&built.func),
        "fn f() -> i32 {
        bb0:
            _0 = 2_i32
            return
        }",
    );
    assert_eq!(built.unreachable, [expected]);
}

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
fn views() {
    let mut world = World::new();
    let array = world.pool.array(TypeId::U8, 10);
    let view = world.pool.slice(TypeId::U8);
    let mut f = Dsl::new(&mut world, "f", TypeId::UNIT);
    let (a, n) = (f.param_as("a", array, ParamMode::Inout), f.param("n", TypeId::USIZE));
    let mut stmts = Vec::new();
    for (from, to, inclusive) in
        [(None, None, false), (Some(2), Some(5), false), (Some(2), None, false), (None, None, true)]
    {
        let base = f.place(a);
        let from = from.map(|from| f.usize(from));
        let to = if inclusive { Some(f.get(n)) } else { to.map(|to| f.usize(to)) };
        let place = f.push(Inst::Slice { base, from, to, inclusive }, view);
        stmts.push(f.call_with("fill", TypeId::UNIT, &[(ParamMode::Inout, place)]));
    }
    let root = f.block(&stmts, None);
    assert_text(
        &f.text(root),
        "fn f(inout _1: [u8; 10], _2: usize) {
            debug _1 a, _2 n
        bb0:
            _3: ptr mut [u8] = slice _1, ..
            call fill(&(*_3))
            _4: ptr mut [u8] = slice _1, 2_usize..5_usize
            call fill(&(*_4))
            _5: ptr mut [u8] = slice _1, 2_usize..
            call fill(&(*_5))
            check _2 < 10_usize                      // panics: index out of bounds
            _6: usize = add _2, 1_usize
            _7: ptr mut [u8] = slice _1, .._6
            call fill(&(*_7))
            return
        }",
    );
}

#[test]
fn values_are_dropped_at_every_way_out() {
    let mut world = World::new();
    let file = world.droppable("File", &[("fd", TypeId::I32)]);
    let mut f = Dsl::new(&mut world, "f", TypeId::I32);
    let a = f.param("a", file);
    let (b, c) = (f.var("b", file), f.local("c", file));
    let open = f.call("open", file, &[]);
    let let_b = f.let_(b, open);
    let id = f.new_loop();
    // loop { let c = open(); if done(borrow c) { break } if failed(borrow open()) { return 1 } b = c; }
    let open = f.call("open", file, &[]);
    let let_c = f.let_(c, open);
    let place = f.place(c);
    let cond = f.call_with("done", TypeId::BOOL, &[(ParamMode::Borrow, place)]);
    let out = f.break_(id, None);
    let first = f.if_(cond, out, None);
    let open = f.call("open", file, &[]);
    let cond = f.call_with("failed", TypeId::BOOL, &[(ParamMode::Borrow, open)]);
    let one = f.i32(1);
    let ret = f.return_(Some(one));
    let second = f.if_(cond, ret, None);
    let (target, value) = (f.place(b), f.get(c));
    let set = f.set(target, value);
    let body = f.block(&[let_c, first, second, set], None);
    let loop_ = f.loop_(id, body, TypeId::UNIT);
    let result = f.get(a);
    let result = f.call("close", TypeId::I32, &[result]);
    let root = f.block(&[let_b, loop_], Some(result));
    assert_text(
        &f.text(root),
        "fn f(_1: File) -> i32 {
            debug _1 a, _2 b, _3 c
            let mut _2: File
            let _3: File
        bb0:
            storage_live _2
            _2 = call open()
            jump bb1
        bb1:
            storage_live _3
            _3 = call open()
            _4: bool = call done(&_3)
            branch _4, bb2, bb3
        bb2:
            drop _3
            storage_dead _3
            _0 = call close(move _1)
            drop _2
            storage_dead _2
            drop _1
            return
        bb3:
            _5: File = call open()
            _6: bool = call failed(&_5)
            drop _5
            branch _6, bb4, bb5
        bb4:
            _0 = 1_i32
            drop _3
            drop _2
            drop _1
            return
        bb5:
            drop _2
            _2 = move _3
            drop _3
            storage_dead _3
            jump bb1
        }",
    );
}

#[test]
fn parts_wait_while_a_later_one_may_leave() {
    let mut world = World::new();
    let file = world.droppable("File", &[("fd", TypeId::I32)]);
    let pair = world.pool.tuple(&[file, TypeId::I32]);
    let mut f = Dsl::new(&mut world, "f", pair);
    let p = f.param("p", pair);
    let first = f.call("open", file, &[]);
    let whole = f.get(p);
    let second = f.return_(Some(whole));
    let (cond, three) = (f.bool(true), f.i32(3));
    let second = f.push(Inst::If { cond, then: second, else_: Some(three) }, TypeId::I32);
    let root = f.push(Inst::Tuple(Box::new([first, second])), pair);
    assert_text(
        &f.text(root),
        "fn f(_1: (File, i32)) -> (File, i32) {
            debug _1 p
        bb0:
            _2: File = call open()
            branch true, bb1, bb2
        bb1:
            _0 = move _1
            drop _2
            drop _1
            return
        bb2:
            _0.1 = 3_i32
            _0.0 = move _2
            drop _2
            drop _1
            return
        }",
    );
}

#[test]
fn guards_see_what_they_do_not_take() {
    let mut world = World::new();
    let file = world.droppable("File", &[("fd", TypeId::I32)]);
    let option = world.enumeration("Option", Ownership::Affine, &[("None", &[]), ("Some", &[file])]);
    let mut f = Dsl::new(&mut world, "f", TypeId::I32);
    let o = f.param("o", option);
    let x = f.local("x", file);
    let scrutinee = f.place(o);
    let part = f.bind(x);
    let some = f.is_variant(option, 1, &[part]);
    let place = f.place(x);
    let guard = f.call_with("good", TypeId::BOOL, &[(ParamMode::Borrow, place)]);
    let value = f.get(x);
    let value = f.call("close", TypeId::I32, &[value]);
    let (rest, zero) = (f.wild(option), f.i32(0));
    let root = f.match_(scrutinee, &[(some, Some(guard), value), (rest, None, zero)], TypeId::I32);
    assert_text(
        &f.text(root),
        "fn f(_1: Option) -> i32 {
            debug _1 o, _2 x
            let _2: File
        bb0:
            _3: u8 = tag _1
            _4: bool = eq _3, 1_u8
            branch _4, bb1, bb3
        bb1:
            alias _5: File = &_1::Some.0
            _6: bool = call good(&_5)
            branch _6, bb2, bb3
        bb2:
            storage_live _2
            _2 = use move _1::Some.0
            _0 = call close(move _2)
            drop _2
            storage_dead _2
            jump bb4
        bb3:
            _0 = 0_i32
            jump bb4
        bb4:
            drop _1
            return
        }",
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

#[test]
fn arguments_do_not_overlap() {
    let mut world = World::new();
    let array = world.pool.array(TypeId::I32, 4);
    let mut f = Dsl::new(&mut world, "f", TypeId::UNIT);
    let a = f.param_as("a", array, ParamMode::Inout);
    // a = g(a, inout a)
    let (target, value, place) = (f.place(a), f.get(a), f.place(a));
    let call = f.call_with("g", array, &[(ParamMode::Own, value), (ParamMode::Inout, place)]);
    let set = f.set(target, call);
    let root = f.block(&[set], None);
    assert_text(
        &f.text(root),
        "fn f(inout _1: [i32; 4]) {
            debug _1 a
        bb0:
            _2: [i32; 4] = _1
            _3: [i32; 4] = call g(_2, &_1)
            _1 = _3
            return
        }",
    );
}

#[test]
fn panics_and_pointers() {
    let mut world = World::new();
    let text = world.text("no \"way\"");
    let pointer = world.pool.ptr(true, TypeId::I32);
    let mut f = Dsl::new(&mut world, "f", TypeId::NEVER);
    let p = f.param("p", pointer);
    let value = f.get(p);
    let place = f.push(Inst::Deref(value), TypeId::I32);
    let seven = f.i32(7);
    let set = f.set(place, seven);
    let ty = f.world.pool.type_of(text);
    let text = f.push(Inst::Const(text), ty);
    let text = f.push(Inst::Deref(text), TypeId::STR);
    let panic = f.push(Inst::Panic(kiln_air::Panic::User, Some(text)), TypeId::NEVER);
    let root = f.block(&[set, panic], None);
    assert_text(
        &f.text(root),
        r#"fn f(_1: ptr mut i32) -> ! {
            debug _1 p
        bb0:
            (*_1) = 7_i32
            panic &s0+0[8] as ptr const str          // "no \"way\""
        }"#,
    );
}

#[test]
fn moves_are_moves() {
    let mut world = World::new();
    let file = world.droppable("File", &[("fd", TypeId::I32)]);
    let pair = world.pool.tuple(&[file, file]);
    let mut f = Dsl::new(&mut world, "f", file);
    let p = f.param("p", pair);
    let (a, b) = (f.local("a", file), f.local("b", file));
    let parts = [f.bind(a), f.bind(b)];
    let (pat, place) = (f.parts(pair, &parts), f.place(p));
    let let_ = f.push(Inst::Let { pat, init: place, or_else: None }, TypeId::UNIT);
    let place = f.place(b);
    let result = f.push(Inst::Use { place, kind: UseKind::Move }, file);
    let root = f.block(&[let_], Some(result));
    assert_text(
        &f.text(root),
        "fn f(_1: (File, File)) -> File {
            debug _1 p, _2 a, _3 b
            let _2: File
            let _3: File
        bb0:
            storage_live _2
            _2 = use move _1.0
            storage_live _3
            _3 = use move _1.1
            _0 = move _3
            drop _3
            storage_dead _3
            drop _2
            storage_dead _2
            drop _1
            return
        }",
    );
}
