//! Large matches: what they cost is bounded, and what people write is far below the bound.

use super::{Variant, World};
use crate::exhaustive::Found;
use kiln_air::{PatId, PatKind};
use kiln_types::{TypeId, VariantKind};

#[test]
fn ten_thousand_numbers() {
    let mut world = World::new();
    let mut rows: Vec<PatId> = (0..10_000).map(|number| world.is(TypeId::I32, number * 3)).collect();
    assert_eq!(world.missing(TypeId::I32, &rows), "i32::MIN..=-1");
    let twice = world.is(TypeId::I32, 3_000);
    rows.push(twice);
    rows.push(world.wild());
    assert_eq!(world.judge(TypeId::I32, &rows), Found { missing: None, unreachable: vec![twice] });
    let nested: Vec<PatId> = (0..10_000).map(|number| world.range(TypeId::I32, 0, number)).collect();
    assert_eq!(world.missing(TypeId::I32, &nested), "i32::MIN..=-1");
    let at_once = world.or(&rows);
    assert_eq!(world.judge(TypeId::I32, &[at_once]).unreachable, [twice]);
}

#[test]
fn five_hundred_variants() {
    let mut world = World::new();
    let names: Vec<String> = (0..500).map(|index| format!("V{index}")).collect();
    let payload = [("0", TypeId::BOOL)];
    let variants: Vec<Variant<'_>> =
        names.iter().map(|name| (name.as_str(), VariantKind::Tuple, &payload[..])).collect();
    let ty = world.enum_type("Big", &variants);
    let (no, yes) = (world.is(TypeId::BOOL, 0), world.is(TypeId::BOOL, 1));
    let mut rows = Vec::new();
    for index in 0..500 {
        rows.push(world.variant(index, &[no]));
        if index != 321 {
            rows.push(world.variant(index, &[yes]));
        }
    }
    assert_eq!(world.missing(ty, &rows), "Big::V321(true)");
    let pair = world.pool.tuple(&[ty, ty]);
    let pairs: Vec<PatId> = rows.iter().map(|row| world.tuple(&[*row, *row])).collect();
    assert_eq!(world.missing(pair, &pairs), "(Big::V0(_), Big::V1(_))");
}

/// `(_, _, true)`, `(_, true, _)`, `(true, _, _)`, …: each row asks about another part.
#[test]
fn wide_tuples_of_bools() {
    const WIDTH: usize = 100;
    let mut world = World::new();
    let ty = world.pool.tuple(&[TypeId::BOOL; WIDTH]);
    let (no, yes) = (world.is(TypeId::BOOL, 0), world.is(TypeId::BOOL, 1));
    for descending in [false, true] {
        let mut order: Vec<u32> = (0..WIDTH as u32).collect();
        if descending {
            order.reverse();
        }
        let mut rows: Vec<PatId> =
            order.iter().map(|&part| world.pat(PatKind::Fields(Box::new([(part, yes)])))).collect();
        let missing = world.missing(ty, &rows);
        assert_eq!(missing, format!("({})", ["false"; WIDTH].join(", ")));
        let last = world.tuple(&[no; WIDTH]);
        rows.push(last);
        assert_eq!(world.missing(ty, &rows), "");
        rows.push(last);
        assert_eq!(world.judge(ty, &rows).unreachable, [last]);
    }
}

#[test]
fn very_wide_tuples_do_not_cost_stack() {
    const WIDTH: usize = 1_500;
    let mut world = World::new();
    let ty = world.pool.tuple(&[TypeId::BOOL; WIDTH]);
    let yes = world.is(TypeId::BOOL, 1);
    let rows = [world.tuple(&[yes; WIDTH]), world.wild()];
    assert_eq!(world.missing(ty, &rows), "");
}

/// The complement of a random 3-SAT instance: hard for every order of columns.
fn hard_match(world: &mut World) -> (TypeId, Vec<PatId>) {
    const WIDTH: u64 = 120;
    let ty = world.pool.tuple(&[TypeId::BOOL; WIDTH as usize]);
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut next = |below: u64| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state % below
    };
    let mut rows = Vec::new();
    for _ in 0..WIDTH * 6 {
        let mut parts: Vec<(u32, i128)> = (0..3).map(|_| (next(WIDTH) as u32, i128::from(next(2)))).collect();
        parts.sort_unstable();
        parts.dedup_by_key(|(part, _)| *part);
        let parts = parts.into_iter().map(|(part, value)| (part, world.is(TypeId::BOOL, value))).collect();
        rows.push(world.pat(PatKind::Fields(parts)));
    }
    (ty, rows)
}

#[test]
fn what_costs_too_much_demands_a_last_arm() {
    let mut world = World::new();
    let (ty, mut rows) = hard_match(&mut world);
    world.steps = 100_000;
    assert_eq!(world.judge(ty, &rows), Found { missing: Some("_".into()), unreachable: vec![] });
    rows.push(world.wild());
    assert_eq!(world.judge(ty, &rows), Found::default());
}
