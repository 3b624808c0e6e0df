//! Instructions that do the work of two: the same results, failures and places as one after the other; and what evaluations cost.

#![allow(clippy::unwrap_used, reason = "a test that can't be set up has failed")]

mod common;

use common::World;
use kiln_cfg::Panic;
use kiln_interp::TrapKind;

/// The steps and bytes that a function takes.
fn cost(world: &mut World, name: &str, args: &[i128]) -> (u64, u64) {
    let args = world.args(name, args);
    let used = world.run(name, &args).unwrap().statistics();
    (used.steps, used.bytes)
}

/// The place where a function overflows: the number of the instruction in its block.
fn overflow_at(world: &mut World, name: &str, args: &[i128]) -> u32 {
    let args = world.args(name, args);
    let trap = world.run(name, &args).map(drop).unwrap_err();
    assert!(matches!(trap.kind, TrapKind::Panic { reason: Panic::Overflow, .. }), "{:?}", trap.kind);
    assert_eq!(trap.frames[0].span, trap.span);
    trap.span.range.start
}

#[test]
fn products_and_sums_fail_where_they_stand() {
    let mut world = World::new(
        "fn horner(_1: u64, _2: u64) -> u64 {
         bb0:
             _3: u64 = mul.checked _1, 31_u64
             _0 = add.checked _3, _2
             return
         }
         fn odd(_1: u64) -> u64 {
         bb0:
             _2: u64 = mul.checked _1, 2_u64
             _0 = add.checked _2, 1_u64
             return
         }",
    );
    assert_eq!(world.int("horner", &[7, 5]), 222);
    assert_eq!(world.int("odd", &[(1 << 63) - 1]), (1 << 64) - 1);
    assert!(world.listing("horner").contains("MulAddU64"), "{}", world.listing("horner"));
    assert!(world.listing("odd").contains("MulAddImmU64"), "{}", world.listing("odd"));
    assert_eq!(overflow_at(&mut world, "horner", &[1 << 62, 0]), 0);
    assert_eq!(overflow_at(&mut world, "horner", &[u64::MAX as i128 / 31, 31]), 1);
    assert_eq!(overflow_at(&mut world, "odd", &[1 << 63]), 0);
}

#[test]
fn bits_are_mixed_in_fewer_instructions() {
    let mut world = World::new(
        "fn mix(_1: u32, _2: u32, _3: u32) -> u32 {
         bb0:
             _4: u32 = rotate_right(_1, 7_u32)
             _5: u32 = xor _4, _2
             _6: u32 = shr.checked _2, 3_i32
             _7: u32 = xor _6, _5
             _8: u32 = not _3
             _9: u32 = and _8, _7
             _10: u32 = and _1, _2
             _11: u32 = xor _10, _9
             _12: u32 = add _11, _2
             _13: u32 = add _12, _3
             _14: u32 = shl.checked _1, 8_i32
             _0 = or _14, _13
             return
         }",
    );
    let expected = |a: u32, b: u32, c: u32| {
        let mixed = !c & ((b >> 3) ^ (a.rotate_right(7) ^ b));
        (a << 8) | ((a & b) ^ mixed).wrapping_add(b).wrapping_add(c)
    };
    let mut seed: u32 = 1;
    let mut random = || {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        seed ^ seed >> 13
    };
    for _ in 0..200 {
        let [a, b, c] = [random(), random(), random()];
        assert_eq!(world.int("mix", &[a.into(), b.into(), c.into()]) as u32, expected(a, b, c), "{a} {b} {c}");
    }
    let listing = world.listing("mix");
    for op in ["RotXorU32", "ShrXorU", "AndNot", "AndXor", "WAdd3U32", "ShlOrU"] {
        assert!(listing.contains(op), "{op}\n{listing}");
    }
}

#[test]
fn a_value_that_is_needed_again_is_computed() {
    let mut world = World::new(
        "fn twice(_1: u64, _2: u64) -> u64 {
         bb0:
             _3: u64 = mul.checked _1, 31_u64
             _4: u64 = add.checked _3, _2
             _0 = xor _4, _3
             return
         }",
    );
    assert_eq!(world.int("twice", &[7, 5]), 222 ^ 217);
}

#[test]
fn counters_count() {
    let mut world = World::new(
        "fn count(inout _1: u64) {
         bb0:
             _1 = add.checked _1, 1_u64
             return
         }
         fn main(_1: u64, _2: u64) -> u64 {
             let mut _3: u64
             let mut _4: u64
         bb0:
             _3 = _1
             _4 = 0_u64
             jump bb1
         bb1:
             _5: bool = lt _4, _2
             branch _5, bb2, bb3
         bb2:
             call count(&_3)
             _4 = add.checked _4, 1_u64
             jump bb1
         bb3:
             _0 = _3
             return
         }",
    );
    assert_eq!(world.int("main", &[40, 2]), 42);
    assert!(world.listing("count").contains("BumpU64"), "{}", world.listing("count"));
    assert_eq!(overflow_at(&mut world, "main", &[u64::MAX.into(), 1]), 0);
}

#[test]
fn elements_cost_the_same_in_arrays_of_any_size() {
    let text = |size: usize| {
        format!(
            "fn main(_1: usize) -> u64 {{
                 let mut _2: usize
                 let mut _3: u64
             bb0:
                 _4: ptr mut u64 = alloc({size}_usize)
                 _2 = 0_usize
                 _3 = 0_u64
                 jump bb1
             bb1:
                 _5: bool = lt _2, _1
                 branch _5, bb2, bb3
             bb2:
                 _6: usize = rem.checked _2, 6_usize
                 _7: isize = cast.checked _6
                 _8: ptr mut u64 = ptr_offset(_4, _7)
                 (*_8) = 3_u64
                 _9: u64 = use (*_8)
                 _3 = add.checked _3, _9
                 _2 = add.checked _2, 1_usize
                 jump bb1
             bb3:
                 _0 = _3
                 return
             }}"
        )
    };
    // To allocate costs what the bytes cost.
    let costs = [6, 20_000, 1_000_000].map(|size| {
        let mut world = World::new(&text(size));
        cost(&mut world, "main", &[2000]).0 - cost(&mut world, "main", &[1000]).0
    });
    assert_eq!(costs, [costs[0]; 3]);
}

#[test]
fn loops_leave_nothing_behind() {
    let mut world = World::new(
        "fn pair(_1: u64) -> [u64; 4] {
         bb0:
             _0 = repeat _1
             return
         }
         fn main(_1: u64) -> u64 {
             let mut _2: u64
             let mut _3: [u64; 4]
         bb0:
             _2 = 0_u64
             jump bb1
         bb1:
             _4: bool = lt _2, _1
             branch _4, bb2, bb3
         bb2:
             _3 = call pair(_2)
             _2 = add.checked _2, 1_u64
             jump bb1
         bb3:
             _0 = _2
             return
         }",
    );
    let (few, bytes) = cost(&mut world, "main", &[1000]);
    let (many, same_bytes) = cost(&mut world, "main", &[1_000_000]);
    assert_eq!(bytes, same_bytes);
    // Cost is linear: each turn costs the same.
    let (more, _) = cost(&mut world, "main", &[2000]);
    assert_eq!((many - few) / (more - few), 999);
    assert_eq!((many - few) % (more - few), 0);
}

#[test]
fn growing_a_buffer_takes_little_more_than_it_holds() {
    let mut world = World::new(
        "fn main(_1: usize) -> usize {
             let mut _2: usize
             let mut _3: usize
             let mut _4: ptr mut u8
         bb0:
             _2 = 0_usize
             _3 = 16_usize
             _4 = alloc(16_usize)
             jump bb1
         bb1:
             _5: bool = lt _2, _1
             branch _5, bb2, bb5
         bb2:
             _6: bool = lt _2, _3
             branch _6, bb4, bb3
         bb3:
             _7: usize = mul.checked _3, 2_usize
             _4 = realloc(_4, _3, _7)
             _3 = _7
             jump bb4
         bb4:
             _8: isize = cast.checked _2
             _9: ptr mut u8 = ptr_offset(_4, _8)
             (*_9) = 97_u8
             _2 = add.checked _2, 1_usize
             jump bb1
         bb5:
             _10: () = free(_4, _3)
             _0 = _2
             return
         }",
    );
    let (steps, bytes) = cost(&mut world, "main", &[50_000]);
    assert!(bytes < 1 << 20, "{bytes}");
    assert_eq!((steps, bytes), cost(&mut world, "main", &[50_000]));
}
