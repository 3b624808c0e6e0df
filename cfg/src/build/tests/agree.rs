//! The function that is built does what its body says: the same calls with the same values, the same result or panic, the same
//! values in the places it was given.

use super::dsl::Dsl;
use super::generate::{Generator, Types};
use super::machine::{Machine, Pointer, Rng, Stop, Value, random_value, visible};
use super::run_cfg::Given;
use super::world::World;
use super::{run_air, run_cfg};
use crate::Glue;
use kiln_air::{Body, Inst};
use kiln_types::{ParamMode, TypeId};
use proptest::prelude::*;

/// What can be seen of a run.
#[derive(PartialEq, Debug)]
struct Seen {
    result: Result<Value, Stop>,
    trace: Vec<super::machine::Event>,
    places: Vec<Value>,
}

fn arguments(world: &World, body: &Body, machine: &mut Machine, rng: &mut Rng) -> Vec<Given> {
    let params = body.locals.iter().take(body.param_count);
    params
        .map(|local| {
            let value = random_value(&world.pool, local.ty, rng);
            match local.param {
                Some(ParamMode::Own) => Given::Value(value),
                _ => Given::Place(Pointer::slot(machine.alloc(value))),
            }
        })
        .collect()
}

fn seen(world: &World, body: &Body, machine: Machine, result: Result<Value, Stop>) -> Seen {
    let mut places = Vec::new();
    let mut slots = machine.slots.iter();
    if result.is_err() {
        // A panic ends the program; nobody looks at places that were being written.
        return Seen { result, trace: machine.trace, places };
    }
    for local in body.locals.iter().take(body.param_count) {
        if local.param != Some(ParamMode::Own) {
            places.push(visible(&world.pool, local.ty, slots.next().unwrap()));
        }
    }
    Seen { result: result.map(|value| visible(&world.pool, body.ret, &value)), trace: machine.trace, places }
}

/// Runs a body both ways on the same arguments.
#[track_caller]
pub fn assert_agree(world: &mut World, body: &Body, seed: u64, rounds: u64) {
    let built = world.build(body);
    for round in 0..rounds {
        let mut machine = Machine::new(20_000);
        let args = arguments(world, body, &mut machine, &mut Rng::new(seed ^ round));
        let result = run_air::run(world, body, &mut machine, &args);
        let expected = seen(world, body, machine, result);

        let mut machine = Machine::new(40_000);
        let args = arguments(world, body, &mut machine, &mut Rng::new(seed ^ round));
        let result = run_cfg::run(world, &built.func, &mut machine, &args);
        let actual = seen(world, body, machine, result);
        let tired = [&expected, &actual].iter().any(|seen| seen.result == Err(Stop::OutOfFuel));
        if !tired && expected != actual {
            panic!("{}\nargs {args:?}\nexpected {expected:#?}\nactual {actual:#?}", world.print(&built.func));
        }
    }
}

/// `PROPTEST_CASES` runs more of them.
fn config() -> ProptestConfig {
    ProptestConfig { failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn built_functions_do_what_their_bodies_say(size in 1usize..150, seed: u64) {
        let mut world = World::new();
        let types = Types::new(&mut world);
        let body = Generator::new(&mut world, &types, seed, size).body();
        assert_agree(&mut world, &body, seed, 3);
    }

    #[test]
    fn matches_choose_the_first_arm_that_fits(arms in 1usize..20, seed: u64) {
        let mut world = World::new();
        let types = Types::new(&mut world);
        let body = Generator::match_body(&mut world, &types, seed, arms);
        assert_agree(&mut world, &body, seed, 30);
    }

    #[test]
    fn equality_glue_compares_all_parts(ty in 0usize..10, seed: u64) {
        let mut world = World::new();
        let types = Types::new(&mut world);
        let (ty, mut rng) = (types.all[ty], Rng::new(seed));
        let id = world.glue_id(Glue::Eq(ty));
        let func = world.build_glue(Glue::Eq(ty));
        prop_assert_eq!(id, world.glue_id(Glue::Eq(ty)));
        for _ in 0..20 {
            let mut machine = Machine::new(20_000);
            let left = random_value(&world.pool, ty, &mut rng);
            let right = if rng.chance(50) { left.clone() } else { random_value(&world.pool, ty, &mut rng) };
            let equal = visible(&world.pool, ty, &left) == visible(&world.pool, ty, &right);
            let args = [left, right].map(|value| Given::Place(Pointer::slot(machine.alloc(value))));
            let result = run_cfg::run(&mut world, &func, &mut machine, &args);
            prop_assert_eq!(result, Ok(Value::Bits(u128::from(equal))));
        }
    }
}

#[test]
fn text_is_compared_by_its_bytes() {
    let mut world = World::new();
    let func = world.build_glue(Glue::Eq(TypeId::STR));
    for (left, right) in [("", ""), ("yes", "yes"), ("yes", "yet"), ("yes", "ye"), ("", "y")] {
        let mut machine = Machine::new(1000);
        let args = [left, right].map(|text| {
            let bytes = text.bytes().map(|byte| Value::Bits(byte.into())).collect();
            let slot = machine.alloc(Value::Parts(bytes));
            Given::Place(Pointer { slot, path: Vec::new(), view: Some((0, text.len() as u64)) })
        });
        let result = run_cfg::run(&mut world, &func, &mut machine, &args);
        assert_eq!(result, Ok(Value::Bits(u128::from(left == right))), "{left:?} {right:?}");
    }
}

/// What `for x in from..=to { see(x) }` sees.
fn seen_by_loop(ty: TypeId, from: u128, to: u128, inclusive: bool) -> Vec<u128> {
    let mut world = World::new();
    let mut f = Dsl::new(&mut world, "f", TypeId::UNIT);
    let x = f.local("x", ty);
    let (from, to, id) = (f.int(ty, from as i128), f.int(ty, to as i128), f.new_loop());
    let (pat, value) = (f.bind(x), f.get(x));
    let body = f.call("see", TypeId::UNIT, &[value]);
    f.body.root = f.push(Inst::ForRange { id, pat, from, to, inclusive, body }, TypeId::UNIT);
    let Dsl { world, body, .. } = f;
    let func = world.build(&body).func;
    let mut machine = Machine::new(1000);
    run_cfg::run(world, &func, &mut machine, &[]).unwrap();
    let seen = machine.trace.into_iter().map(|(_, args)| match args[..] {
        [Value::Bits(bits)] => bits,
        _ => panic!("{args:?}"),
    });
    seen.collect()
}

#[test]
fn ranges_reach_the_ends_of_their_types() {
    let minus = |n: i128| (-n) as u128;
    assert_eq!(seen_by_loop(TypeId::U8, 253, 255, true), [253, 254, 255]);
    assert_eq!(seen_by_loop(TypeId::U8, 253, 255, false), [253, 254]);
    assert_eq!(seen_by_loop(TypeId::I8, minus(128), minus(127), true), [minus(128), minus(127)]);
    assert_eq!(seen_by_loop(TypeId::I8, 127, 127, true), [127]);
    assert_eq!(seen_by_loop(TypeId::I8, 127, 126, true), []);
    // No char has a number between 0xD800 and 0xDFFF.
    assert_eq!(seen_by_loop(TypeId::CHAR, 0xD7FE, 0xE001, true), [0xD7FE, 0xD7FF, 0xE000, 0xE001]);
    assert_eq!(seen_by_loop(TypeId::CHAR, 0xD7FF, 0xE000, false), [0xD7FF]);
    assert_eq!(seen_by_loop(TypeId::CHAR, 0x10_FFFE, 0x10_FFFF, true), [0x10_FFFE, 0x10_FFFF]);
}
