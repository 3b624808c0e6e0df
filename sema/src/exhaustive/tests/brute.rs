//! Random matches over small types against trying every value.

use super::World;
use crate::exhaustive::matrix::{NO_VARIANT, Part, Parts};
use crate::exhaustive::shape::Shapes;
use crate::exhaustive::solve::{Example, Solver};
use crate::exhaustive::split::Ctor;
use crate::exhaustive::{Found, STEPS};
use kiln_air::PatId;
use kiln_types::{TypeId, VariantKind};
use proptest::prelude::*;
use std::collections::{HashMap, HashSet};

#[derive(Clone, Debug)]
enum Ty {
    Bool,
    I8,
    U128,
    Void,
    Tuple(Vec<Ty>),
    Enum(Vec<Vec<Ty>>),
}

#[derive(Clone, Debug)]
enum Pattern {
    Any,
    Range(i128, i128),
    Tuple(Vec<Pattern>),
    Variant(usize, Vec<Pattern>),
    Or(Vec<Pattern>),
}

#[derive(Clone, Debug)]
enum Value {
    /// Bits of a scalar.
    Number(i128),
    Void,
    Tuple(Vec<Value>),
    Variant(usize, Vec<Value>),
}

/// A pattern as the checker gets it.
struct Built<'a> {
    pat: PatId,
    kind: &'a Pattern,
    parts: Vec<Built<'a>>,
}

/// The ends that ranges of a type may have. Between them all values are alike.
fn ends(ty: &Ty) -> &'static [i128] {
    match ty {
        Ty::Bool => &[0, 1],
        Ty::I8 => &[-128, -127, -1, 0, 1, 126, 127],
        // As bits: the largest is the last.
        Ty::U128 => &[0, 1, 5, i128::MAX, i128::MIN, -2, -1],
        Ty::Void | Ty::Tuple(_) | Ty::Enum(_) => &[],
    }
}

/// Every value that some pattern can tell from the others; `None` if there are too many.
fn values(ty: &Ty) -> Option<Vec<Value>> {
    const MOST: usize = 4_000;
    let all = match ty {
        Ty::Bool => vec![Value::Number(0), Value::Number(1)],
        Ty::I8 => [-128, -127, -126, -1, 0, 1, 2, 126, 127].map(Value::Number).to_vec(),
        Ty::U128 => [0, 1, 2, 5, 6, i128::MAX, i128::MIN, i128::MIN + 1, -2, -1].map(Value::Number).to_vec(),
        Ty::Void => vec![Value::Void],
        Ty::Tuple(parts) => products(parts)?.into_iter().map(Value::Tuple).collect(),
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
        if all.len() * part.len() > 4_000 {
            return None;
        }
        let longer = |first: &Vec<Value>| {
            let first = first.clone();
            part.iter().map(move |value| first.iter().cloned().chain([value.clone()]).collect()).collect::<Vec<_>>()
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

/// Whether a pattern matches; the order of 128-bit numbers is that of `u128`, of all others that of `i128`.
fn matches(pattern: &Pattern, value: &Value, wide: bool) -> bool {
    let all = |patterns: &[Pattern], values: &[Value], wide: &dyn Fn(usize) -> bool| {
        patterns.iter().zip(values).enumerate().all(|(index, (pattern, value))| matches(pattern, value, wide(index)))
    };
    match (pattern, value) {
        (Pattern::Any, _) => true,
        (Pattern::Or(patterns), _) => patterns.iter().any(|pattern| matches(pattern, value, wide)),
        (Pattern::Range(from, to), Value::Number(value)) => {
            // Bounds beyond what an `i8` holds belong to `u128`.
            let key = |bits: i128| if is_wide(*from, *to, *value) { bits as u128 } else { (bits as u128) ^ (1 << 127) };
            key(*from) <= key(*value) && key(*value) <= key(*to)
        }
        (Pattern::Tuple(patterns), Value::Tuple(values)) => all(patterns, values, &|_| wide),
        (Pattern::Variant(wanted, patterns), Value::Variant(variant, values)) => {
            wanted == variant && all(patterns, values, &|_| wide)
        }
        _ => false,
    }
}
