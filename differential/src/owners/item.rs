//! Types and functions with owners, and the part of a program that they are.

use super::look::lookers;
use super::prelude::PRELUDE;
use super::state::Hold;
use super::ty::{Decl, Own};
use super::writer::{Function, Mode, World, Writer};
use crate::body::Body;
use crate::scope::Items;
use crate::{Pick, Program};

/// The text of the types and functions with owners; they end with `const OWNERS` and `fn owners`, which compute the same.
pub fn owners(items: &mut Items, program: &Program) -> String {
    let mut world = World::default();
    let mut declared = Vec::new();
    for seed in &program.owner_types {
        declared.push(type_item(items, &mut world, &Pick::new(seed)));
    }
    let mut functions = String::new();
    let mut methods = vec![String::new(); declared.len()];
    for seed in &program.owner_functions {
        let (method, text) = function_item(items, &mut world, &Pick::new(seed));
        match method {
            Some(number) => methods[number].push_str(&text),
            None => functions.push_str(&text),
        }
    }
    let main = main_function(items, &mut world, program);
    let mut text = PRELUDE.to_owned();
    for (declared, methods) in declared.iter().zip(methods) {
        text.push_str(&declared.replace('\u{1}', &methods));
    }
    text + &functions + &main + &lookers(&mut world, items)
}

/// A struct, an enum, or a function that makes a type.
fn type_item(items: &mut Items, world: &mut World, pick: &Pick<'_>) -> String {
    let number = world.types.decls.len();
    let body = Body::new(items, true);
    let writer = Writer::new(body, world);
    let drops = pick.once_in(3);
    let first = drops.then_some(Own::File);
    let types = |pick: &Pick<'_>, count: usize| -> Vec<Own> { (0..count).map(|_| writer.own(pick, 1)).collect() };
    let (decl, text) = match pick.take(5) {
        0 | 1 => {
            let fields: Vec<Own> = first.into_iter().chain(types(pick, 1 + pick.take(3))).collect();
            let text = struct_text(number, &fields, drops);
            (Decl::Struct(fields), text)
        }
        2 | 3 => {
            let variants: Vec<Vec<Own>> =
                (0..1 + pick.take(4)).map(|at| types(&pick.part(at), pick.part(at).take(3))).collect();
            let text = enum_text(number, &variants, drops);
            (Decl::Enum(variants), text)
        }
        _ => (Decl::Maker, maker_text(number)),
    };
    world.types.drops.push(drops && !matches!(decl, Decl::Maker));
    world.types.decls.push(decl);
    text
}

/// `mem::clone(self.x0)`
fn clone_of(text: &str) -> String {
    format!("mem::clone({text})")
}

fn struct_text(number: usize, fields: &[Own], drops: bool) -> String {
    let list: Vec<String> = fields.iter().enumerate().map(|(at, field)| format!("x{at}: {field}, ")).collect();
    let clones: Vec<String> =
        (0..fields.len()).map(|at| format!("x{at}: {}, ", clone_of(&format!("self.x{at}")))).collect();
    let drop = if drops { "\n    drop fn(self) { say(self.x0.log, @wrap(self.x0.id ^ 1000)); }" } else { "" };
    format!(
        "struct O{number} {{\n    {}\n    pub fn clone(borrow self) -> Self {{ Self {{ {} }} }}{drop}\n\u{1}}}\n",
        list.concat(),
        clones.concat()
    )
}

fn enum_text(number: usize, variants: &[Vec<Own>], drops: bool) -> String {
    let mut list = String::new();
    let mut arms = String::new();
    for (at, payload) in variants.iter().enumerate() {
        let names: Vec<String> = (0..payload.len()).map(|at| format!("v{at}")).collect();
        let types: Vec<String> = payload.iter().map(ToString::to_string).collect();
        let clones: Vec<String> = names.iter().map(|name| clone_of(name)).collect();
        if payload.is_empty() {
            list.push_str(&format!("V{at}, "));
            arms.push_str(&format!("Self::V{at} => Self::V{at}, "));
        } else {
            list.push_str(&format!("V{at}({}), ", types.join(", ")));
            arms.push_str(&format!("Self::V{at}({}) => Self::V{at}({}), ", names.join(", "), clones.join(", ")));
        }
    }
    let drop = if drops { "\n    drop fn(self) { if false { @panic(\"never\"); } }" } else { "" };
    format!(
        "enum Q{number} {{\n    {list}\n    pub fn clone(borrow self) -> Self {{ match self {{ {arms} }} }}{drop}\n\u{1}}}\n"
    )
}

fn maker_text(number: usize) -> String {
    format!(
        "fn M{number}(comptime T: type) -> type {{
    struct {{
        x0: T,
        x1: Option(T),
        fn new(first: T) -> Self {{ Self {{ x0: first, x1: Option(T)::None }} }}
        fn swap(inout self, value: T) -> T {{ mem::replace(T, inout self.x0, value) }}
        fn keep(inout self, value: T) {{
            let old = self.x1.take();
            self.x1 = Option(T)::Some(self.swap(value));
            comptime if @size_of(T) > 16 {{ mem::discard(Option(T), old); }} else {{ let _ = old; }}
        }}
        pub fn clone(borrow self) -> Self {{ Self {{ x0: mem::clone(self.x0), x1: self.x1.clone() }} }}
    }}
}}
"
    )
}

fn function_item(items: &mut Items, world: &mut World, pick: &Pick<'_>) -> (Option<usize>, String) {
    let name = items.fresh("own");
    let mut body = Body::new(items, true);
    let structs: Vec<usize> =
        (0..world.types.decls.len()).filter(|at| matches!(world.types.decls[*at], Decl::Struct(_))).collect();
    let method = if !structs.is_empty() && pick.once_in(3) { Some(pick.of(&structs)) } else { None };
    if method.is_some() {
        body.indent += 1;
    }
    let mut writer = Writer::new(body, world);
    let mut params = Vec::new();
    if let Some(number) = method {
        params.push((pick.of(&[Mode::Borrow, Mode::Inout, Mode::Value]), Own::Struct(number)));
    }
    for _ in 0..1 + pick.take(3) {
        let mode = pick.of(&[Mode::Value, Mode::Borrow, Mode::Inout]);
        let own = writer.own(pick, 1);
        params.push(match mode {
            Mode::Value if pick.once_in(8) => (mode, Own::Token),
            Mode::Borrow | Mode::Inout if pick.once_in(4) => (mode, Own::Slice(Box::new(own))),
            _ => (mode, own),
        });
    }
    let result = writer.own(pick, 2);
    writer.result = Some(result.clone());
    let mut list = Vec::new();
    for (at, (mode, own)) in params.iter().enumerate() {
        let name = if method.is_some() && at == 0 { "self".to_owned() } else { format!("q{at}") };
        let word = match mode {
            Mode::Value => "",
            Mode::Borrow => "borrow ",
            Mode::Inout => "inout ",
        };
        list.push(if name == "self" { format!("{word}self") } else { format!("{word}{name}: {own}") });
    }
    list.insert(usize::from(method.is_some()), "log: ptr mut Log".to_owned());
    let (text, _) = writer.block_of_function(pick, &params, &result, method.is_some());
    let cost = 5 + writer.body.cost;
    let indent = "    ".repeat(usize::from(method.is_some()));
    let text = format!("{indent}fn {name}({}) -> {result} {text}\n", list.join(", "));
    world.functions.push(Function { name, method, params, result, cost });
    (method, text)
}

impl Writer<'_> {
    fn block_of_function(
        &mut self,
        pick: &Pick<'_>,
        params: &[(Mode, Own)],
        result: &Own,
        method: bool,
    ) -> super::writer::Written {
        self.body.indent -= 1;
        let written = self.block(pick.parts(1), Some((pick.part(0), result)), |writer| {
            for (at, (mode, own)) in params.iter().enumerate() {
                let name = if method && at == 0 { "self".to_owned() } else { format!("q{at}") };
                let hold = match mode {
                    Mode::Value => Hold::Owned,
                    Mode::Borrow => Hold::Lent,
                    Mode::Inout => Hold::Inout,
                };
                match own {
                    Own::Data(ty) => writer.body.declare(&name, ty.clone(), hold == Hold::Inout),
                    own => writer.scope.declare(&name, own.clone(), hold, false),
                }
            }
        });
        self.body.indent += 1;
        written
    }
}

fn main_function(items: &mut Items, world: &mut World, program: &Program) -> String {
    let mut body = Body::new(items, true);
    body.indent = 0;
    let mut writer = Writer::new(body, world);
    writer.body.times = 3;
    let (text, _) = writer.block(program.owner_main.iter().map(Pick::new), None, |_| {});
    format!(
        "fn turn(log: ptr mut Log) {text}
fn owners(shown: bool) -> Log {{
    let mut l = Log {{ next: 0, live: 0, digest: 0, shown }};
    let log = checked {{ @raw_mut(l) }};
    for _ in 0..3 {{ turn(log); next(log); }}
    l
}}
const OWNERS: Log = owners(false);
"
    )
}
