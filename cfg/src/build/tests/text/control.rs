//! Control flow: conditions, loops, jumps, order of evaluation.

use super::super::dsl::{ADD, Dsl, REM};
use super::super::world::{World, assert_text};
use kiln_air::{BinOp, Inst, Overflow};
use kiln_types::TypeId;

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
