//! Control flow, calls, aggregates, memory: programs that run to their end.

#![allow(clippy::unwrap_used, reason = "a test that can't be set up has failed")]

mod common;

use common::World;

#[test]
fn recursion() {
    let mut world = World::new(
        "fn fib(_1: u32, inout _2: u64) -> u32 {
         bb0:
             _3: u64 = add.checked _2, 1_u64
             _2 = _3
             _4: bool = lt _1, 2_u32
             branch _4, bb1, bb2
         bb1:
             _0 = _1
             return
         bb2:
             _5: u32 = sub.checked _1, 1_u32
             _6: u32 = call fib(_5, &_2)
             _7: u32 = sub.checked _1, 2_u32
             _8: u32 = call fib(_7, &_2)
             _0 = add.checked _6, _8
             return
         }
         fn main(_1: u32) -> u64 {
         bb0:
             let mut _2: u64 = 0_u64
             _3: u32 = call fib(_1, &_2)
             _0 = _2
             return
         }",
    );
    assert_eq!(world.int("main", &[10]), 177);
}

#[test]
fn a_loop_with_return_inside() {
    let mut world = World::new(
        "fn find(_1: u32) -> u32 {
         bb0:
             let mut _2: u32 = 0_u32
             jump bb1
         bb1:
             _3: bool = lt _2, 100_u32
             branch _3, bb2, bb4
         bb2:
             _4: u32 = mul.checked _2, _2
             _5: bool = ge _4, _1
             branch _5, bb3, bb5
         bb3:
             _0 = _2
             return
         bb4:
             _0 = 4294967295_u32
             return
         bb5:
             _2 = add.checked _2, 1_u32
             jump bb1
         }",
    );
    assert_eq!(world.int("find", &[50]), 8);
    assert_eq!(world.int("find", &[0]), 0);
    assert_eq!(world.int("find", &[1_000_000]), 0xffff_ffff);
}

#[test]
fn aggregates_are_copied_not_shared() {
    let mut world = World::new(
        "fn f(_1: [i32; 3]) -> [i32; 3] {
         bb0:
             let mut _2: [i32; 3] = _1
             _2[1_usize] = 7_i32
             _0 = _2
             return
         }
         fn main() -> i32 {
             let mut _2: [i32; 3]
         bb0:
             let mut _1: [i32; 3]  = repeat 1_i32
             _2 = call f(_1)
             _3: i32 = use _1[1_usize]
             _4: i32 = use _2[1_usize]
             _5: i32 = mul.checked _3, 10_i32
             _0 = add.checked _5, _4
             return
         }",
    );
    assert_eq!(world.int("main", &[]), 17);
}

#[test]
fn nested_places() {
    let mut world = World::new(
        "fn main(_1: usize, _2: usize) -> i64 {
             let mut _3: [([i64; 4], u8); 5]
             let mut _5: ([i64; 4], u8)
         bb0:
             _4: [i64; 4] = repeat 0_i64
             _5.0 = _4
             _5.1 = 9_u8
             _3 = repeat _5
             _3[_1].0[_2] = 41_i64
             _3[_1].1 = 1_u8
             _6: i64 = use _3[_1].0[_2]
             _7: u8 = use _3[_1].1
             _8: i64 = cast.checked _7
             _9: u8 = use _3[0_usize].1
             _10: i64 = cast.checked _9
             _11: i64 = add.checked _6, _8
             _0 = mul.checked _11, _10
             return
         }",
    );
    assert_eq!(world.int("main", &[3, 2]), 378);
    assert_eq!(world.int("main", &[0, 0]), 42);
}

#[test]
fn wide_integers() {
    let mut world = World::new(
        "fn pow(_1: u128, _2: u32) -> u128 {
         bb0:
             let mut _3: u128 = 1_u128
             let mut _4: u32 = 0_u32
             jump bb1
         bb1:
             _5: bool = lt _4, _2
             branch _5, bb2, bb3
         bb2:
             _3 = mul.checked _3, _1
             _4 = add _4, 1_u32
             jump bb1
         bb3:
             _0 = _3
             return
         }
         fn through(_1: i128) -> i128 {
             let mut _2: [i128; 2]
         bb0:
             _2[0_usize] = _1
             _2[1_usize] = neg.checked _1
             _3: i128 = use _2[1_usize]
             _4: i128 = call id(_3)
             _0 = shr.checked _4, 4_u8
             return
         }
         fn id(_1: i128) -> i128 {
         bb0:
             _0 = _1
             return
         }
         fn sort(_1: i128) -> u8 {
         bb0:
             switch _1: i128 [-5: bb1, 170141183460469231731687303715884105727: bb2, else: bb3]
         bb1:
             _0 = 1_u8
             return
         bb2:
             _0 = 2_u8
             return
         bb3:
             _0 = 3_u8
             return
         }",
    );
    assert_eq!(world.int("pow", &[3, 80]) as u128, 3u128.pow(80));
    assert_eq!(world.int("through", &[1 << 100]), -(1 << 96));
    assert_eq!(world.int("through", &[-(1 << 100)]), 1 << 96);
    assert_eq!(
        ["-5", "max", "0"].map(|name| match name {
            "-5" => world.int("sort", &[-5]),
            "max" => world.int("sort", &[i128::MAX]),
            _ => world.int("sort", &[0]),
        }),
        [1, 2, 3]
    );
}

#[test]
fn function_pointers() {
    let mut world = World::new(
        "fn double(_1: i32) -> i32 {
         bb0:
             _0 = mul.checked _1, 2_i32
             return
         }
         fn square(_1: i32) -> i32 {
         bb0:
             _0 = mul.checked _1, _1
             return
         }
         fn pick(_1: bool) -> fn(i32) -> i32 {
         bb0:
             branch _1, bb1, bb2
         bb1:
             _0 = fn double as fn(i32) -> i32
             return
         bb2:
             _0 = fn square as fn(i32) -> i32
             return
         }
         fn main(_1: bool, _2: i32) -> i32 {
             let mut _4: [fn(i32) -> i32; 2]
         bb0:
             _3: fn(i32) -> i32 = call pick(_1)
             _4 = repeat _3
             _5: fn(i32) -> i32 = use _4[1_usize]
             _0 = call_ptr _5(_2)
             return
         }",
    );
    assert_eq!(world.int("main", &[1, 7]), 14);
    assert_eq!(world.int("main", &[0, 7]), 49);
}

#[test]
fn views() {
    let mut world = World::new(
        "fn sum(borrow _1: [i32]) -> i32 {
         bb0:
             let mut _2: i32 = 0_i32
             let mut _3: usize = 0_usize
             _4: usize = len _1
             jump bb1
         bb1:
             _5: bool = lt _3, _4
             branch _5, bb2, bb3
         bb2:
             check _3 < _4
             _6: i32 = use _1[_3]
             _2 = add.checked _2, _6
             _3 = add _3, 1_usize
             jump bb1
         bb3:
             _0 = _2
             return
         }
         fn main(_1: usize, _2: usize) -> i32 {
             let mut _3: [i32; 5]
         bb0:
             _3 = [i32; 5] {1_i32, 2_i32, 3_i32, 4_i32, 5_i32}
             check _1 <= _2 <= 5_usize
             _4: ptr const [i32] = slice _3, _1.._2
             _5: i32 = call sum(&(*_4))
             _6: i32 = call sum(&_3)
             _7: i32 = mul.checked _6, 100_i32
             _0 = add.checked _7, _5
             return
         }",
    );
    assert_eq!(world.int("main", &[1, 4]), 1509);
    assert_eq!(world.int("main", &[5, 5]), 1500);
    assert!(matches!(
        world.trap("main", &[3, 2]),
        kiln_interp::TrapKind::Panic { reason: kiln_cfg::Panic::OutOfBounds, .. }
    ));
}

#[test]
fn deep_recursion_stays_off_the_host_stack() {
    let mut world = World::new(
        "fn down(_1: u64) -> u64 {
         bb0:
             _2: bool = eq _1, 0_u64
             branch _2, bb1, bb2
         bb1:
             _0 = 0_u64
             return
         bb2:
             _3: u64 = sub.checked _1, 1_u64
             _4: u64 = call down(_3)
             _0 = add.checked _4, 1_u64
             return
         }",
    );
    assert_eq!(world.int("down", &[200_000]), 200_000);
    assert!(matches!(world.trap("down", &[1_000_000]), kiln_interp::TrapKind::Depth { limit: 250_000 }));
}

#[test]
fn many_parameters_and_many_locals() {
    let count = 400;
    let params: Vec<String> = (1..=count).map(|n| format!("_{n}: u64")).collect();
    let mut text = format!("fn sum({}) -> u64 {{\nbb0:\n    _0 = 0_u64\n", params.join(", "));
    (1..=count).for_each(|n| text.push_str(&format!("    _0 = add.checked _0, _{n}\n")));
    text.push_str("    return\n}\nfn main() -> u64 {\nbb0:\n");
    (1..=count).for_each(|n| text.push_str(&format!("    let mut _{n}: u64 = {n}_u64\n")));
    text.push_str("    jump bb1\nbb1:\n");
    (1..=count).for_each(|n| text.push_str(&format!("    _{n} = add.checked _{n}, 1_u64\n")));
    let args: Vec<String> = (1..=count).map(|n| format!("_{n}")).collect();
    text.push_str(&format!("    _0 = call sum({})\n    return\n}}\n", args.join(", ")));
    let mut world = World::new(&text);
    let count = count as i128;
    assert_eq!(world.int("main", &[]), count * (count + 1) / 2 + count);
}

#[test]
fn borrowed_scalars_and_aliases() {
    let mut world = World::new(
        "fn twice(borrow _1: i32, inout _2: i32) {
         bb0:
             _2 = mul.checked _1, 2_i32
             return
         }
         fn main(_1: i32) -> i32 {
             let mut _2: (i32, i32)
             alias mut _3: i32
             alias _5: (i32, i32)
         bb0:
             _2.0 = _1
             _2.1 = 0_i32
             _3 = &_2.1
             call twice(&_2.0, &_3)
             _5 = &_2
             _4: i32 = use _5.1
             _3 = add.checked _3, 1_i32
             _6: i32 = _3
             _7: i32 = mul.checked _4, 100_i32
             _0 = add.checked _7, _6
             return
         }",
    );
    assert_eq!(world.int("main", &[21]), 4243);
}
