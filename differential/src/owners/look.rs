//! Functions that look at values: each gives a number that is another one for most other values.

use super::ty::Own;
use super::writer::World;
use crate::scope::Items;
use crate::ty::{Decl as DataDecl, Ty};
use std::fmt::Write;

/// The functions for all types that are looked at, and for the types of their parts.
pub fn lookers(world: &mut World, items: &Items) -> String {
    let mut text = String::new();
    let mut at = 0;
    while let Some(own) = world.looked.get(at).cloned() {
        let body = match &own {
            Own::Data(ty) => scalar(world, items, ty),
            other => of_owner(world, other),
        };
        let _ = writeln!(text, "fn look{at}(borrow x: {own}) -> u64 {{ {body} }}");
        if world.ordered.contains(&at) {
            let less = format!("look{at}(a) < look{at}(b)");
            let _ = writeln!(text, "fn less{at}(borrow a: {own}, borrow b: {own}) -> bool {{ {less} }}");
            let _ = writeln!(text, "fn accept{at}(borrow a: {own}) -> bool {{ look{at}(a) % 4 != 1 }}");
        }
        at += 1;
    }
    text
}

/// The functions that use up values with linear parts.
pub fn spenders(world: &mut World) -> String {
    let mut text = String::new();
    let mut at = 0;
    while let Some(own) = world.spent.get(at).cloned() {
        let mut body = String::new();
        let variants = world.types.variants(&own);
        if variants.is_empty() {
            for (selector, part) in world.types.fields(&own) {
                if world.types.is_linear(&part) {
                    let _ = write!(body, "{}; ", world.spend(&part, &format!("x{selector}")));
                }
            }
        } else {
            body.push_str("match x { ");
            for (name, payload) in variants {
                let (parts, spent): (Vec<String>, Vec<String>) = (payload.iter().enumerate())
                    .map(|(at, part)| match world.types.is_linear(part) {
                        true => (format!("v{at}"), format!("{}; ", world.spend(part, &format!("v{at}")))),
                        false => ("_".to_owned(), String::new()),
                    })
                    .unzip();
                let bound = if parts.is_empty() { String::new() } else { format!("({})", parts.join(", ")) };
                let _ = write!(body, "{name}{bound} => {{ {} }} ", spent.concat());
            }
            body.push('}');
        }
        let _ = writeln!(text, "fn spend{at}(x: {own}) {{ {body} }}");
        at += 1;
    }
    text
}

/// `look3(text)`
fn look(world: &mut World, own: &Own, text: &str) -> String {
    format!("{}({text})", world.looker(own))
}

fn scalar(world: &mut World, items: &Items, ty: &Ty) -> String {
    match ty {
        Ty::Int(_) => "@wrap(x)".to_owned(),
        Ty::Float(64) => "bits_f64(x)".to_owned(),
        Ty::Float(_) => "@cast(bits_f32(x))".to_owned(),
        Ty::Bool => "if x { 1 } else { 2 }".to_owned(),
        Ty::Char => "let n: u32 = @cast(x); @cast(n)".to_owned(),
        Ty::Fn(..) => "9".to_owned(),
        Ty::Array(of, _) => row(world, &Own::Data((**of).clone())),
        Ty::Tuple(_) => {
            let parts = items.parts(ty).into_iter().map(|(selector, part, _)| (selector, Own::Data(part)));
            fold(world, &parts.collect::<Vec<_>>())
        }
        Ty::Struct(number) => {
            let DataDecl::Struct(fields) = &items.types[*number] else { unreachable!("the type is a struct") };
            let fields = fields.iter().enumerate().map(|(at, field)| (format!(".x{at}"), Own::Data(field.clone())));
            fold(world, &fields.collect::<Vec<_>>())
        }
        Ty::Enum(number) => {
            let DataDecl::Enum(variants) = items.types[*number].clone() else { unreachable!("the type is an enum") };
            let mut arms = String::new();
            for (at, variant) in variants.iter().enumerate() {
                let names: Vec<String> = (0..variant.payload().len()).map(|at| format!("v{at}")).collect();
                let mut sum = format!("{at}");
                for (name, part) in names.iter().zip(variant.payload()) {
                    sum = format!("({sum}).wrapping_mul(31) ^ {}", look(world, &Own::Data(part.clone()), name));
                }
                let _ = write!(
                    arms,
                    "{} => {{ let n: u64 = {at}; {} }} ",
                    variant.show(*number, at, &names),
                    sum.replacen(&at.to_string(), "n", 1)
                );
            }
            format!("match x {{ {arms}}}")
        }
    }
}

/// The sum over the elements.
fn row(world: &mut World, of: &Own) -> String {
    let one = look(world, of, "e");
    format!("let mut sum: u64 = 3; for e in x {{ sum = sum.wrapping_mul(31) ^ {one}; }} sum")
}

/// The sum over the fields.
fn fold(world: &mut World, fields: &[(String, Own)]) -> String {
    let mut text = String::from("let mut sum: u64 = 5; ");
    for (selector, own) in fields {
        let _ = write!(text, "sum = sum.wrapping_mul(31) ^ {}; ", look(world, own, &format!("x{selector}")));
    }
    text + "sum"
}

fn of_owner(world: &mut World, own: &Own) -> String {
    match own {
        Own::File => "@wrap(x.id)".to_owned(),
        Own::Shared => "@wrap(x.file.id)".to_owned(),
        Own::Token => "@wrap(x.n)".to_owned(),
        Own::List => "x.sum()".to_owned(),
        Own::Text => "text_sum(x)".to_owned(),
        Own::Deque(_) => "@cast(x.len())".to_owned(),
        Own::Array(of, _) | Own::Vec(of) | Own::Boxed(of) | Own::Slice(of) => row(world, of),
        Own::Map(key, value) => {
            let (key, value) = (look(world, key, "e.key"), look(world, value, "e.value"));
            format!(
                "let mut sum: u64 = 4; for e in x {{ sum = sum.wrapping_mul(31) ^ {key} ^ ({value}).rotate_left(9); }} sum"
            )
        }
        own if !world.types.variants(own).is_empty() => {
            let mut arms = String::new();
            for (at, (name, payload)) in world.types.variants(own).iter().enumerate() {
                let names: Vec<String> = (0..payload.len()).map(|at| format!("v{at}")).collect();
                let mut sum = "n".to_owned();
                for (name, part) in names.iter().zip(payload) {
                    sum = format!("({sum}).wrapping_mul(31) ^ {}", look(world, part, name));
                }
                let bound = if names.is_empty() { String::new() } else { format!("({})", names.join(", ")) };
                let _ = write!(arms, "{name}{bound} => {{ let n: u64 = {at}; {sum} }} ");
            }
            format!("match x {{ {arms}}}")
        }
        Own::Set(of) => {
            let key = look(world, of, "e.key");
            format!("let mut sum: u64 = 4; for e in x {{ sum = sum.wrapping_mul(31) ^ {key}; }} sum")
        }
        Own::Data(_) | Own::Param => unreachable!("data is looked at elsewhere, and `T` by reflection"),
        own => {
            let fields = world.types.fields(own);
            fold(world, &fields)
        }
    }
}
