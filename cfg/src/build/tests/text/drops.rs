//! Owners: moves, and drops at every way out of a scope.

use super::super::dsl::Dsl;
use super::super::world::{World, assert_text};
use kiln_air::{Inst, UseKind};
use kiln_types::{Ownership, ParamMode, TypeId};

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
            drop _2
            drop _1
            return
        }",
    );
}
