//! What lacks an arm, in words, and what is never reached.

use super::World;
use crate::exhaustive::Found;
use kiln_air::{PatId, PatKind};
use kiln_types::{TypeId, VariantKind};

#[test]
fn integers_of_every_width_end_where_they_end() {
    let ints: [(TypeId, i128, &str); 10] = [
        (TypeId::U8, 0, "1..=255"),
        (TypeId::I8, -128, "-127..=127"),
        (TypeId::U16, 0, "1..=u16::MAX"),
        (TypeId::I16, i16::MIN.into(), "-32767..=i16::MAX"),
        (TypeId::U32, 0, "1..=u32::MAX"),
        (TypeId::I32, i32::MIN.into(), "-2147483647..=i32::MAX"),
        (TypeId::U64, 0, "1..=u64::MAX"),
        (TypeId::I64, i64::MIN.into(), "-9223372036854775807..=i64::MAX"),
        (TypeId::U128, 0, "1..=u128::MAX"),
        (TypeId::I128, i128::MIN, "-170141183460469231731687303715884105727..=i128::MAX"),
    ];
    for (ty, first, rest) in ints {
        let mut world = World::new();
        let least = world.is(ty, first);
        assert_eq!(world.missing(ty, &[least]), rest);
        let others = world.range(ty, first + 1, None);
        assert_eq!(world.missing(ty, &[least, others]), "");
        let most = world.range(ty, None, first);
        assert_eq!(world.judge(ty, &[least, most]).unreachable, [most]);
    }
}

#[test]
fn sizes_are_open_ended_on_every_target() {
    for (triple, bits) in [("x86_64-unknown-linux-gnu", 64), ("i686-unknown-linux-gnu", 32)] {
        let mut world = World::on(triple);
        let (most, least) = ((1_i128 << bits) - 1, -(1_i128 << (bits - 1)));
        let (zero, low) = (world.is(TypeId::USIZE, 0), world.range(TypeId::USIZE, 0, most));
        assert_eq!(world.missing(TypeId::USIZE, &[zero]), "1..");
        assert_eq!(world.missing(TypeId::USIZE, &[low]), "usize::MAX..");
        let last = world.range(TypeId::USIZE, most, None);
        assert_eq!(world.missing(TypeId::USIZE, &[low, last]), "");
        let rest = world.range(TypeId::USIZE, 1, None);
        assert_eq!(world.missing(TypeId::USIZE, &[zero, rest]), "");
        assert_eq!(world.missing(TypeId::USIZE, &[rest]), "0");

        let all = world.range(TypeId::ISIZE, least, -least - 1);
        assert_eq!(world.missing(TypeId::ISIZE, &[all]), "..=isize::MIN");
        let (below, above) = (world.range(TypeId::ISIZE, None, -1), world.range(TypeId::ISIZE, 0, None));
        assert_eq!(world.missing(TypeId::ISIZE, &[below]), "0..");
        assert_eq!(world.missing(TypeId::ISIZE, &[above]), "..=-1");
        assert_eq!(world.missing(TypeId::ISIZE, &[below, above]), "");
        assert_eq!(world.judge(TypeId::ISIZE, &[below, above, all]).unreachable, [all]);
    }
}

#[test]
fn gaps_are_shown_whole() {
    let mut world = World::new();
    let (zero, one) = (world.is(TypeId::I32, 0), world.is(TypeId::I32, 1));
    assert_eq!(world.missing(TypeId::I32, &[zero, one]), "i32::MIN..=-1");
    let negative = world.range(TypeId::I32, None, -1);
    assert_eq!(world.missing(TypeId::I32, &[zero, one, negative]), "2..=i32::MAX");
    let but_seven = [world.range(TypeId::I32, 2, 6), world.range(TypeId::I32, 8, None)];
    assert_eq!(world.missing(TypeId::I32, &[zero, one, negative, but_seven[0], but_seven[1]]), "7");
}

#[test]
fn characters_leave_surrogates_out() {
    let mut world = World::new();
    let low = world.range(TypeId::CHAR, 0, 0xd7ff);
    let high = world.range(TypeId::CHAR, 0xe000, 0x10_ffff);
    assert_eq!(world.missing(TypeId::CHAR, &[low, high]), "");
    // `..'\u{e000}'`
    let exclusive = world.range(TypeId::CHAR, None, 0xdfff);
    assert_eq!(world.missing(TypeId::CHAR, &[exclusive, high]), "");
    assert_eq!(world.missing(TypeId::CHAR, &[low]), r"'\u{e000}'..='\u{10ffff}'");
    let b = world.range(TypeId::CHAR, 'b' as i128, None);
    let before_a = world.range(TypeId::CHAR, None, 'a' as i128 - 1);
    assert_eq!(world.missing(TypeId::CHAR, &[b, before_a]), "'a'");
}

#[test]
fn variants_are_written_with_their_shape() {
    let mut world = World::new();
    let shape = world.shape();
    let (empty, circle) = (world.variant(0, &[]), world.variant(1, &[]));
    assert_eq!(world.missing(shape, &[empty]), "Shape::Circle(_)");
    assert_eq!(world.missing(shape, &[empty, circle]), "Shape::Rect { .. }");
    let zero = world.is(TypeId::U8, 0);
    let some = world.range(TypeId::U8, 1, None);
    let (rect, both) = (world.variant(2, &[some]), world.variant(2, &[zero, some]));
    assert_eq!(world.missing(shape, &[empty, circle, rect]), "Shape::Rect { w: 0, .. }");
    assert_eq!(world.missing(shape, &[empty, circle, rect, both]), "Shape::Rect { w: 0, h: 0 }");
    let wild = world.wild();
    assert_eq!(world.missing(shape, &[empty, circle, rect, both, wild]), "");
    assert_eq!(world.judge(shape, &[wild, circle]).unreachable, [circle]);
}

#[test]
fn products_are_written_by_their_parts() {
    let mut world = World::new();
    let pair = world.pool.tuple(&[TypeId::BOOL, TypeId::U8]);
    let (no, yes) = (world.is(TypeId::BOOL, 0), world.is(TypeId::BOOL, 1));
    let (wild, low) = (world.wild(), world.range(TypeId::U8, 0, 2));
    let (a, b) = (world.tuple(&[no, wild]), world.tuple(&[yes, low]));
    assert_eq!(world.missing(pair, &[a, b]), "(true, 3..=255)");
    let point = world.struct_type("Point", &[("x", TypeId::BOOL), ("on", pair)]);
    let inner = world.tuple(&[no, b]);
    let on = world.pat(PatKind::Fields(Box::new([(1, a)])));
    assert_eq!(world.missing(point, &[on, inner]), "Point { x: true, on: (true, _) }");
    let single = world.pool.tuple(&[TypeId::BOOL]);
    let only = world.tuple(&[no]);
    assert_eq!(world.missing(single, &[only]), "(true,)");
    let long = world.pool.tuple(&[TypeId::BOOL; 9]);
    let row = world.tuple(&[wild, no]);
    assert_eq!(world.missing(long, &[row]), "(_, true, ..)");
    assert_eq!(world.missing(TypeId::UNIT, &[]), "_");
}

#[test]
fn generic_enums_are_named_without_arguments() {
    let mut world = World::new();
    let option = world.enum_type(
        "Option(bool)",
        &[("None", VariantKind::Unit, &[]), ("Some", VariantKind::Tuple, &[("0", TypeId::BOOL)])],
    );
    let yes = world.is(TypeId::BOOL, 1);
    let rows = [world.variant(0, &[]), world.variant(1, &[yes])];
    assert_eq!(world.missing(option, &rows), "Option::Some(false)");
}

#[test]
fn text_is_an_open_set() {
    let mut world = World::new();
    let (a, again, b) = (world.text("a"), world.text("a"), world.text("b"));
    assert_eq!(world.judge(TypeId::STR, &[a, again, b]), Found { missing: Some("_".into()), unreachable: vec![again] });
    let wild = world.wild();
    assert_eq!(world.missing(TypeId::STR, &[a, b, wild]), "");
    let pair = world.pool.tuple(&[TypeId::STR, TypeId::BOOL]);
    let (no, yes) = (world.is(TypeId::BOOL, 0), world.is(TypeId::BOOL, 1));
    let rows = [world.tuple(&[a, no]), world.tuple(&[wild, yes])];
    assert_eq!(world.missing(pair, &rows), "(_, false)");
    let rows = [world.tuple(&[a, no]), world.tuple(&[wild, yes]), world.tuple(&[b])];
    assert_eq!(world.missing(pair, &rows), "(_, false)");
}

#[test]
fn constants_of_unit_enums_are_variants() {
    let mut world = World::new();
    let light = world.enum_type("Light", &[("Red", VariantKind::Unit, &[]), ("Green", VariantKind::Unit, &[])]);
    let (red, named) = (world.variant(0, &[]), world.is(light, 0));
    assert_eq!(world.missing(light, &[named]), "Light::Green");
    assert_eq!(world.judge(light, &[red, named]).unreachable, [named]);
}

#[test]
fn floats_are_an_open_set() {
    let mut world = World::new();
    let (one, two) = (1.0_f64.to_bits(), 2.0_f64.to_bits());
    let rows = [world.is(TypeId::F64, one.into()), world.is(TypeId::F64, two.into())];
    assert_eq!(world.missing(TypeId::F64, &rows), "_");
}

#[test]
fn what_cannot_exist_is_not_demanded() {
    let mut world = World::new();
    assert_eq!(world.missing(TypeId::NEVER, &[]), "");
    let void = world.enum_type("Void", &[]);
    assert_eq!(world.missing(void, &[]), "");
    let pair = world.pool.tuple(&[TypeId::I32, void]);
    assert_eq!(world.missing(pair, &[]), "");
    let rows = world.pool.array(void, 2);
    assert_eq!(world.missing(rows, &[]), "");
    let none = world.pool.array(void, 0);
    assert_eq!(world.missing(none, &[]), "_");
    let result = world.enum_type(
        "Result(i32, Void)",
        &[("Ok", VariantKind::Tuple, &[("0", TypeId::I32)]), ("Err", VariantKind::Tuple, &[("0", pair)])],
    );
    let (ok, err, wild) = (world.variant(0, &[]), world.variant(1, &[]), world.wild());
    assert_eq!(world.missing(result, &[ok]), "");
    assert_eq!(world.missing(result, &[err]), "Result::Ok(_)");
    // One body can be checked for many types: arms for what can't exist are not blamed.
    assert_eq!(world.missing(result, &[ok, err]), "");
    assert_eq!(world.missing(result, &[ok, wild]), "");
    assert_eq!(world.judge(result, &[ok, err, wild]).unreachable, [wild]);
    let zero = world.is(TypeId::I32, 0);
    let inner = world.tuple(&[zero]);
    let bad = world.variant(1, &[inner]);
    assert_eq!(world.missing(result, &[ok, bad]), "");
}

#[test]
fn guarded_arms_cover_nothing() {
    let mut world = World::new();
    let (no, yes, wild) = (world.is(TypeId::BOOL, 0), world.is(TypeId::BOOL, 1), world.wild());
    let found = world.found(TypeId::BOOL, &[(no, true), (yes, false)]);
    assert_eq!(found, Found { missing: Some("false".into()), unreachable: vec![] });
    let found = world.found(TypeId::BOOL, &[(wild, true), (no, false), (wild, true), (no, true), (yes, false)]);
    assert_eq!(found, Found { missing: None, unreachable: vec![no] });
    let found = world.found(TypeId::BOOL, &[(wild, true)]);
    assert_eq!(found, Found { missing: Some("_".into()), unreachable: vec![] });
}

#[test]
fn alternatives_are_judged_one_by_one() {
    let mut world = World::new();
    let option = world
        .enum_type("Option", &[("None", VariantKind::Unit, &[]), ("Some", VariantKind::Tuple, &[("0", TypeId::U8)])]);
    let one: Vec<PatId> = (0..4).map(|_| world.is(TypeId::U8, 1)).collect();
    let two = world.is(TypeId::U8, 2);
    // Some(1 | 1), None | Some(1 | 2), Some(1 | 2 | _), Some(_)
    let first = world.or(&[one[0], one[1]]);
    let second = world.or(&[one[2], two]);
    let (none, wild) = (world.variant(0, &[]), world.wild());
    let again = world.is(TypeId::U8, 2);
    let third = world.or(&[one[3], again, wild]);
    let (some_first, some_second) = (world.variant(1, &[first]), world.variant(1, &[second]));
    let (some_third, some_any) = (world.variant(1, &[third]), world.variant(1, &[]));
    let either = world.or(&[none, some_second]);
    let found = world.judge(option, &[some_first, either, some_third, some_any]);
    assert_eq!(found, Found { missing: None, unreachable: vec![one[1], one[2], one[3], again, some_any] });
    // Where nothing is asked but by alternatives.
    let (any, other) = (world.wild(), world.wild());
    let useless = world.or(&[any, other]);
    assert_eq!(world.judge(TypeId::F32, &[useless]).unreachable, [other]);
    // A guard may turn down one alternative and take the next.
    let twice = world.or(&[one[0], one[1]]);
    assert_eq!(world.found(TypeId::U8, &[(twice, true), (wild, false)]), Found::default());
}
