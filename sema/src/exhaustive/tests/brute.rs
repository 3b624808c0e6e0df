//! Random matches over small types against trying every value.

use super::World;
use crate::exhaustive::matrix::{NO_VARIANT, Part, Parts};
use crate::exhaustive::shape::Shapes;
use crate::exhaustive::solve::{Example, Solver};
use crate::exhaustive::split::Ctor;
use crate::exhaustive::{Found, STEPS};
use kiln_air::{PatId, PatKind};
use kiln_types::{TypeId, VariantKind};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use std::collections::{HashMap, HashSet};

#[derive(Clone, Debug)]
enum Ty {
    Bool,
    I8,
    U128,
    Char,
    Void,
    Tuple(Vec<Ty>),
    Enum(Vec<Vec<Ty>>),
}

/// Scalars are [`key`]s.
#[derive(Clone, Debug)]
enum Pattern {
    Any,
    Range(u128, u128),
    Tuple(Vec<Pattern>),
    Variant(usize, Vec<Pattern>),
    Or(Vec<Pattern>),
}

#[derive(Clone, Debug)]
enum Value {
    Number(u128),
    Void,
    Tuple(Vec<Value>),
    Variant(usize, Vec<Value>),
}

/// Makes the order of `i8`s that of natural numbers.
const I8_SHIFT: u128 = 128;

/// The ends that ranges of a scalar type may have.
fn ends(ty: &Ty) -> Vec<u128> {
    match ty {
        Ty::Bool => vec![0, 1],
        Ty::I8 => vec![0, 1, 127, 128, 129, 254, 255],
        Ty::U128 => vec![0, 1, 5, u128::MAX >> 1, (u128::MAX >> 1) + 1, u128::MAX - 1, u128::MAX],
        Ty::Char => vec![0, 0x61, 0xd7ff, 0xe000, 0x10_ffff],
        Ty::Void | Ty::Tuple(_) | Ty::Enum(_) => Vec::new(),
    }
}

/// The ends and what follows them: all other values are like one of these.
fn numbers(ty: &Ty) -> Vec<Value> {
    let ends = ends(ty);
    let last = *ends.last().expect("scalars have a last value");
    let after = ends.iter().filter(|end| **end < last).map(|end| if *end == 0xd7ff { 0xe000 } else { end + 1 });
    let mut all: Vec<u128> = ends.iter().copied().chain(after).collect();
    all.sort_unstable();
    all.dedup();
    all.into_iter().map(Value::Number).collect()
}

/// More values than this are not tried.
const MOST: usize = 3_000;

fn values(ty: &Ty) -> Option<Vec<Value>> {
    let all = match ty {
        Ty::Bool | Ty::I8 | Ty::U128 | Ty::Char => numbers(ty),
        Ty::Void => vec![Value::Void],
        Ty::Tuple(parts) => products(parts)?.into_iter().map(Value::Tuple).collect(),
        Ty::Enum(variants) if variants.is_empty() => vec![Value::Void],
        Ty::Enum(variants) => {
            let mut all = Vec::new();
            for (variant, parts) in variants.iter().enumerate() {
                all.extend(products(parts)?.into_iter().map(|parts| Value::Variant(variant, parts)));
            }
            all
        }
    };
    (all.len() <= MOST).then_some(all)
}

fn products(parts: &[Ty]) -> Option<Vec<Vec<Value>>> {
    let mut all = vec![Vec::new()];
    for part in parts {
        let part = values(part)?;
        if all.len() * part.len() > MOST {
            return None;
        }
        let longer = |first: &Vec<Value>| {
            part.iter().map(|value| first.iter().cloned().chain([value.clone()]).collect()).collect::<Vec<_>>()
        };
        all = all.iter().flat_map(longer).collect();
    }
    Some(all)
}

fn exists(value: &Value) -> bool {
    match value {
        Value::Number(_) => true,
        Value::Void => false,
        Value::Tuple(parts) | Value::Variant(_, parts) => parts.iter().all(exists),
    }
}

fn matches(pattern: &Pattern, value: &Value) -> bool {
    let all = |patterns: &[Pattern], values: &[Value]| {
        patterns.iter().zip(values).all(|(pattern, value)| matches(pattern, value))
    };
    match (pattern, value) {
        (Pattern::Any, _) => true,
        (Pattern::Or(patterns), _) => patterns.iter().any(|pattern| matches(pattern, value)),
        (Pattern::Range(from, to), Value::Number(value)) => (from..=to).contains(&value),
        (Pattern::Tuple(patterns), Value::Tuple(values)) => all(patterns, values),
        (Pattern::Variant(wanted, patterns), Value::Variant(variant, values)) => {
            wanted == variant && all(patterns, values)
        }
        _ => false,
    }
}

/// A pattern as the checker gets it, beside the pattern itself.
struct Built<'a> {
    pat: PatId,
    pattern: &'a Pattern,
    parts: Vec<Built<'a>>,
}

impl World {
    fn declare(&mut self, ty: &Ty) -> TypeId {
        match ty {
            Ty::Bool => TypeId::BOOL,
            Ty::I8 => TypeId::I8,
            Ty::U128 => TypeId::U128,
            Ty::Char => TypeId::CHAR,
            Ty::Void => TypeId::NEVER,
            Ty::Tuple(parts) => {
                let parts: Vec<TypeId> = parts.iter().map(|part| self.declare(part)).collect();
                self.pool.tuple(&parts)
            }
            Ty::Enum(variants) => {
                let payload = |parts: &Vec<Ty>| parts.iter().map(|part| ("f", self.declare(part))).collect();
                let payloads: Vec<Vec<(&str, TypeId)>> = variants.iter().map(payload).collect();
                let variants: Vec<_> = payloads.iter().map(|fields| ("V", VariantKind::Tuple, &fields[..])).collect();
                self.enum_type("E", &variants)
            }
        }
    }

    fn build<'a>(&mut self, pattern: &'a Pattern, ty: &Ty, id: TypeId) -> Built<'a> {
        let mut parts: Vec<Built<'a>> = Vec::new();
        let pat = match (pattern, ty) {
            (Pattern::Any, _) => self.wild(),
            (Pattern::Range(from, to), _) => {
                let shift = if matches!(ty, Ty::I8) { I8_SHIFT } else { 0 };
                let [from, to] = [*from, *to].map(|key| key.wrapping_sub(shift) as i128);
                if from == to { self.is(id, from) } else { self.range(id, from, to) }
            }
            (Pattern::Tuple(patterns), Ty::Tuple(types)) => {
                parts = self.build_parts(patterns, types, id, None);
                self.tuple(&parts.iter().map(|part| part.pat).collect::<Vec<_>>())
            }
            (Pattern::Variant(variant, patterns), Ty::Enum(variants)) => {
                parts = self.build_parts(patterns, &variants[*variant], id, Some(*variant));
                self.variant(*variant as u32, &parts.iter().map(|part| part.pat).collect::<Vec<_>>())
            }
            (Pattern::Or(patterns), _) => {
                parts = patterns.iter().map(|pattern| self.build(pattern, ty, id)).collect();
                self.or(&parts.iter().map(|part| part.pat).collect::<Vec<_>>())
            }
            _ => unreachable!("patterns are made for their type"),
        };
        Built { pat, pattern, parts }
    }

    fn build_parts<'a>(
        &mut self,
        patterns: &'a [Pattern],
        types: &[Ty],
        id: TypeId,
        variant: Option<usize>,
    ) -> Vec<Built<'a>> {
        let ids: Vec<TypeId> = match variant {
            None => (0..types.len()).map(|field| self.pool.field_type(id, field).unwrap()).collect(),
            Some(variant) => {
                self.pool.enum_def(id).unwrap().variants[variant].fields.iter().map(|field| field.ty).collect()
            }
        };
        patterns.iter().zip(types).zip(ids).map(|((pattern, ty), id)| self.build(pattern, ty, id)).collect()
    }
}

/// Notes the alternatives that a value goes through; behind a guard also those that are tried when it says no.
fn note_reached(built: &Built<'_>, value: &Value, guarded: bool, reached: &mut HashSet<PatId>) {
    match (built.pattern, value) {
        (Pattern::Or(_), _) => {
            for alternative in built.parts.iter().filter(|alternative| matches(alternative.pattern, value)) {
                reached.insert(alternative.pat);
                note_reached(alternative, value, guarded, reached);
                if !guarded {
                    break;
                }
            }
        }
        (_, Value::Tuple(values) | Value::Variant(_, values)) => {
            for (part, value) in built.parts.iter().zip(values) {
                note_reached(part, value, guarded, reached);
            }
        }
        _ => {}
    }
}

fn note_dead(built: &Built<'_>, reached: &HashSet<PatId>, dead: &mut Vec<PatId>) {
    let is_or = matches!(built.pattern, Pattern::Or(_));
    for part in &built.parts {
        if is_or && !reached.contains(&part.pat) {
            dead.push(part.pat);
        } else {
            note_dead(part, reached, dead);
        }
    }
}

/// By trying every value: whether one is missed, and what is never reached.
fn by_force(rows: &[(Built<'_>, bool)], values: &[Value]) -> (bool, Vec<PatId>) {
    let mut reached = HashSet::new();
    let mut missed = false;
    for value in values {
        let mut covered = false;
        for (row, guarded) in rows {
            if matches(row.pattern, value) {
                reached.insert(row.pat);
                note_reached(row, value, *guarded, &mut reached);
                covered = !guarded;
            }
            if covered {
                break;
            }
        }
        missed |= !covered && exists(value);
    }
    let mut dead = Vec::new();
    for (row, _) in rows {
        if reached.contains(&row.pat) { note_dead(row, &reached, &mut dead) } else { dead.push(row.pat) }
    }
    (missed, dead)
}

/// Whether a value is one of those that an example stands for.
fn fits(parts: &Parts, assumed: &HashMap<Part, Ctor>, part: Part, value: &Value, is_i8: &dyn Fn(Part) -> bool) -> bool {
    let inner = |variant: u32, values: &[Value]| {
        (0..).zip(values).all(|(field, value)| match parts.find(part, variant, field) {
            Some(inner) => fits(parts, assumed, inner, value, is_i8),
            None => true,
        })
    };
    match (assumed.get(&part), value) {
        (None, _) => true,
        (Some(Ctor::Range { domain, from, to }), Value::Number(key)) => {
            let bits = if is_i8(part) { key.wrapping_sub(I8_SHIFT) } else { *key };
            (*from..=*to).contains(&domain.number(bits))
        }
        (Some(Ctor::Parts), Value::Tuple(values)) => inner(NO_VARIANT, values),
        (Some(Ctor::Variant(wanted)), Value::Variant(variant, values)) => {
            *wanted as usize == *variant && inner(*wanted, values)
        }
        _ => false,
    }
}

fn assumptions(mut example: &Example) -> HashMap<Part, Ctor> {
    let mut all = HashMap::new();
    while let Some(fact) = example {
        assert!(all.insert(fact.part, fact.ctor.clone()).is_none(), "a part is assumed about once");
        example = &fact.rest;
    }
    all
}

/// Judges a match, compares with trying all values, and tries the example.
fn compare(ty: &Ty, rows: &[(Pattern, bool)], values: &[Value]) {
    let mut world = World::new();
    let id = world.declare(ty);
    let built: Vec<_> = rows.iter().map(|(row, guarded)| (world.build(row, ty, id), *guarded)).collect();
    let ids: Vec<(PatId, bool)> = built.iter().map(|(row, guarded)| (row.pat, *guarded)).collect();
    let (missed, dead) = by_force(&built, values);
    let Found { missing, unreachable } = world.found(id, &ids);
    assert_eq!(missing.is_some(), missed, "missing: {missing:?}");
    assert_eq!(unreachable, dead);
    if missed {
        let mut shapes = Shapes::default();
        let pats = std::mem::take(&mut world.pats);
        let heads: Vec<_> = ids.iter().map(|&(pat, guard)| (shapes.lower(&mut world, &pats, pat, id), guard)).collect();
        let mut solver = Solver::new(&mut world, &shapes, id, STEPS);
        let example = solver.run(&heads).unwrap().missing.unwrap();
        let assumed = assumptions(&example);
        let is_i8 = |part: Part| solver.parts.ty(part) == TypeId::I8;
        let fitting: Vec<&Value> = values
            .iter()
            .filter(|value| exists(value) && fits(&solver.parts, &assumed, Parts::WHOLE, value, &is_i8))
            .collect();
        assert!(!fitting.is_empty(), "no value is like {missing:?}");
        for value in fitting {
            assert!(rows.iter().all(|(row, guarded)| *guarded || !matches(row, value)), "{value:?} has an arm");
        }
    }
}

fn types() -> impl Strategy<Value = Ty> {
    let leaf = prop_oneof![
        4 => Just(Ty::Bool),
        2 => Just(Ty::I8),
        1 => Just(Ty::U128),
        1 => Just(Ty::Char),
        1 => Just(Ty::Void),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![vec(inner.clone(), 1..4).prop_map(Ty::Tuple), vec(vec(inner, 0..3), 0..4).prop_map(Ty::Enum),]
    })
}

fn patterns(ty: &Ty, depth: u32) -> BoxedStrategy<Pattern> {
    let list = |parts: &[Ty]| parts.iter().map(|part| patterns(part, depth + 1)).collect::<Vec<_>>();
    let any = Just(Pattern::Any).boxed();
    let plain = match ty {
        Ty::Bool | Ty::I8 | Ty::U128 | Ty::Char => {
            let ends = ends(ty);
            let range = (select(ends.clone()), select(ends)).prop_map(|(a, b)| Pattern::Range(a.min(b), a.max(b)));
            prop_oneof![1 => any, 4 => range].boxed()
        }
        Ty::Void => any,
        Ty::Tuple(parts) => prop_oneof![1 => any, 4 => list(parts).prop_map(Pattern::Tuple)].boxed(),
        Ty::Enum(variants) if variants.is_empty() => any,
        Ty::Enum(variants) => {
            let one = |(variant, parts): (usize, &Vec<Ty>)| {
                list(parts).prop_map(move |parts| Pattern::Variant(variant, parts)).boxed()
            };
            let variant = proptest::strategy::Union::new(variants.iter().enumerate().map(one));
            prop_oneof![1 => any, 4 => variant].boxed()
        }
    };
    if depth > 3 {
        return plain;
    }
    prop_oneof![5 => plain.clone(), 1 => vec(plain.clone(), 2..4).prop_map(Pattern::Or)]
        .prop_flat_map(move |pattern| match pattern {
            // Or-patterns inside or-patterns.
            Pattern::Or(parts) => (Just(parts), vec(plain.clone(), 2..3), any_bool())
                .prop_map(|(mut parts, inner, nest)| {
                    if nest {
                        parts.push(Pattern::Or(inner));
                    }
                    Pattern::Or(parts)
                })
                .boxed(),
            other => Just(other).boxed(),
        })
        .boxed()
}

fn any_bool() -> impl Strategy<Value = bool> {
    proptest::bool::weighted(0.3)
}

fn cases() -> impl Strategy<Value = (Ty, Vec<Value>, Vec<(Pattern, bool)>)> {
    types().prop_filter_map("too many values", |ty| values(&ty).map(|values| (ty, values))).prop_flat_map(
        |(ty, values)| {
            let row = (patterns(&ty, 0), proptest::bool::weighted(0.15));
            (Just(ty), Just(values), vec(row, 0..8))
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn judges_as_trying_every_value_does((ty, values, rows) in cases()) {
        compare(&ty, &rows, &values);
    }
}

/// Constants of the test itself stay honest.
#[test]
fn a_match_that_must_fail_by_force() {
    let rows = [(Pattern::Range(0, 0), false), (Pattern::Range(0, 0), true), (Pattern::Range(1, 1), true)];
    let mut world = World::new();
    let built: Vec<_> = rows.iter().map(|(row, guard)| (world.build(row, &Ty::Bool, TypeId::BOOL), *guard)).collect();
    let (missed, dead) = by_force(&built, &values(&Ty::Bool).unwrap());
    assert!(missed);
    assert_eq!(dead, [built[1].0.pat]);
    assert!(matches!(world.pats[built[0].0.pat].kind, PatKind::Const(_)));
}
