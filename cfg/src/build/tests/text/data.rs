//! Data: construction in place, elements, views, arguments.

use super::super::dsl::{ADD, Dsl};
use super::super::world::{World, assert_text};
use kiln_air::Inst;
use kiln_types::{Ownership, ParamMode, TypeId};

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
            return
        }",
    );
    assert_eq!(
        &*world.statics.get(kiln_types::StaticId(0)).bytes,
        &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]
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
