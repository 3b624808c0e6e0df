//! What is built stays in proportion to what was written, and nesting needs no stack.

use super::dsl::{ADD, Dsl};
use super::world::World;
use kiln_air::{InstId, PatId};
use kiln_types::{Ownership, TypeId};

/// Blocks of a match over a tuple of `count` values of a type, whose arms `make` makes.
fn blocks_of_match(
    world: &mut World,
    ty: TypeId,
    count: usize,
    make: impl FnOnce(&mut Dsl<'_>) -> Vec<(PatId, Option<InstId>, InstId)>,
) -> usize {
    let tuple = world.pool.tuple(&vec![ty; count]);
    let mut f = Dsl::new(world, "f", TypeId::I32);
    let p = f.param("p", tuple);
    let scrutinee = f.place(p);
    let mut arms = make(&mut f);
    let (rest, value) = (f.wild(tuple), f.i32(-1));
    arms.push((rest, None, value));
    f.body.root = f.match_(scrutinee, &arms, TypeId::I32);
    let Dsl { world, body, .. } = f;
    world.build(&body).func.blocks.len()
}

/// A pattern over a tuple whose parts are `part`, or anything where it says nothing.
fn row(f: &mut Dsl<'_>, ty: TypeId, count: usize, mut part: impl FnMut(&mut Dsl<'_>, usize) -> Option<PatId>) -> PatId {
    let tuple = f.world.pool.tuple(&vec![ty; count]);
    let parts: Vec<PatId> = (0..count).map(|index| part(f, index).unwrap_or_else(|| f.wild(ty))).collect();
    f.parts(tuple, &parts)
}

#[test]
fn equal_remainders_are_solved_once() {
    // (true, true, _, _, …), (_, _, true, true, …), …: a tree would have 2^12 leaves.
    let (count, ty) = (24, TypeId::BOOL);
    let blocks = blocks_of_match(&mut World::new(), ty, count, |f| {
        let arms = 0..count / 2;
        arms.map(|arm| {
            let pat = row(f, ty, count, |f, index| (index / 2 == arm).then(|| f.is(ty, 1)));
            let value = f.i32(arm as i32);
            (pat, None, value)
        })
        .collect()
    });
    assert!(blocks < 60, "{blocks} blocks");
}

#[test]
fn what_does_not_share_is_tried_in_order() {
    // Each arm asks for two columns far apart: any order of tests leaves many different remainders.
    let (count, ty) = (40, TypeId::BOOL);
    let blocks = blocks_of_match(&mut World::new(), ty, count, |f| {
        let arms = 0..count;
        arms.map(|arm| {
            let other = (arm * 7 + 3) % count;
            let pat = row(f, ty, count, |f, index| match index {
                index if index == arm => Some(f.is(ty, 1)),
                index if index == other => Some(f.is(ty, 0)),
                _ => None,
            });
            let value = f.i32(arm as i32);
            (pat, None, value)
        })
        .collect()
    });
    assert!(blocks < 4000, "{blocks} blocks");
}

#[test]
fn alternatives_do_not_multiply() {
    let mut world = World::new();
    let ty = world.enumeration("E", Ownership::Copy, &[("A", &[TypeId::I32]), ("B", &[TypeId::I32]), ("C", &[])]);
    let count = 20;
    for binds in [false, true] {
        let blocks = blocks_of_match(&mut world, ty, count, |f| {
            let locals: Vec<_> = (0..count).map(|_| f.local("x", TypeId::I32)).collect();
            let pat = row(f, ty, count, |f, index| {
                let parts = [0, 1].map(|variant| {
                    let part = if binds { f.bind(locals[index]) } else { f.wild(TypeId::I32) };
                    f.is_variant(ty, variant, &[part])
                });
                Some(f.any_of(&parts))
            });
            let value = f.i32(1);
            vec![(pat, None, value)]
        });
        assert!(blocks < 200, "{blocks} blocks");
    }
}

#[test]
fn many_numbers_are_one_switch() {
    let mut world = World::new();
    let mut f = Dsl::new(&mut world, "f", TypeId::U32);
    let n = f.param("n", TypeId::U32);
    let scrutinee = f.get(n);
    let mut arms = Vec::new();
    for number in 0..5000 {
        let (pat, value) = (f.is(TypeId::U32, number * 3), f.int(TypeId::U32, number));
        arms.push((pat, None, value));
    }
    let (rest, value) = (f.wild(TypeId::U32), f.int(TypeId::U32, 9));
    arms.push((rest, None, value));
    f.body.root = f.match_(scrutinee, &arms, TypeId::U32);
    let Dsl { world, body, .. } = f;
    assert_eq!(world.build(&body).func.blocks.len(), 5002);
}

const DEEP: usize = 20_000;

#[track_caller]
fn assert_builds(ret: TypeId, make: impl FnOnce(&mut Dsl<'_>) -> InstId) {
    let mut world = World::new();
    let mut f = Dsl::new(&mut world, "f", ret);
    f.body.root = make(&mut f);
    let Dsl { world, body, .. } = f;
    world.build(&body);
}

#[test]
fn deep_operators() {
    for left in [true, false] {
        assert_builds(TypeId::I32, |f| {
            let mut sum = f.i32(1);
            for _ in 0..DEEP {
                let one = f.i32(1);
                sum = if left { f.bin(ADD, sum, one) } else { f.bin(ADD, one, sum) };
            }
            sum
        });
    }
}

#[test]
fn deep_conditions() {
    assert_builds(TypeId::UNIT, |f| {
        let p = f.param("p", TypeId::BOOL);
        let mut cond = f.get(p);
        for turn in 0..DEEP {
            let other = f.get(p);
            cond = if turn % 2 == 0 { f.and(cond, other) } else { f.or(other, cond) };
            cond = f.not(cond);
        }
        let call = f.call("work", TypeId::UNIT, &[]);
        f.if_(cond, call, None)
    });
}

#[test]
fn deep_blocks_and_branches() {
    assert_builds(TypeId::I32, |f| {
        let p = f.param("p", TypeId::BOOL);
        let mut value = f.i32(1);
        for _ in 0..DEEP / 4 {
            let (cond, other) = (f.get(p), f.i32(2));
            value = f.if_(cond, other, Some(value));
            value = f.block(&[], Some(value));
            let id = f.new_loop();
            value = f.break_(id, Some(value));
            value = f.loop_(id, value, TypeId::I32);
        }
        value
    });
}
