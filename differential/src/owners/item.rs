//! Types and functions with owners, and the part of a program that they are.

use super::fault::Fault;
use super::look::{lookers, spenders};
use super::prelude::PRELUDE;
use super::state::Hold;
use super::ty::{Decl, Form, Own};
use super::writer::{Function, Mode, World, Writer};
use crate::body::Body;
use crate::scope::Items;
use crate::{Pick, Program};

/// The part of a program that has owners.
pub struct Owners {
    /// Types and functions; they end with `const OWNERS` and `fn owners`, which compute the same.
    pub text: String,
    /// Whether the mistake that was wanted is in it.
    pub is_wrong: bool,
}

/// The part of a program that has owners.
pub fn owners(items: &mut Items, program: &Program, fault: Fault) -> Owners {
    let panics = program.owner_types.first().is_some_and(|seed| seed.number % 3 == 0);
    let wrong = fault != Fault::None;
    let mut world = World { wrong, fault, panics: panics && !wrong, ..World::default() };
    let mut declared = Vec::new();
    for seed in &program.owner_types {
        declared.push(type_item(items, &mut world, &Pick::new(seed)));
    }
    let mut functions = String::new();
    for seed in &program.owner_consts {
        functions.push_str(&const_item(items, &mut world, &Pick::new(seed)));
    }
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
    text = text + &functions + &main + &world.makers + &spenders(&mut world) + &lookers(&mut world, items);
    // What was written may not have been used.
    let is_wrong = wrong && world.fault == Fault::None && text.matches("// error").count() == 1;
    Owners { text, is_wrong }
}

/// A const that owns something.
fn const_item(items: &mut Items, world: &mut World, pick: &Pick<'_>) -> String {
    let name = format!("C{}", world.consts.len());
    let mut writer = Writer::new(Body::new(items, true), world);
    let own = writer.own(pick, 2);
    if matches!(own, Own::Data(_)) || !writer.world.types.is_pure(&own) {
        return String::new();
    }
    let value = writer.frozen(pick, &own);
    world.consts.push((name.clone(), own.clone()));
    format!("const {name}: {own} = {value};\n")
}

/// A struct, an enum, or a function that makes a type.
fn type_item(items: &mut Items, world: &mut World, pick: &Pick<'_>) -> String {
    let number = world.types.decls.len();
    let panics = world.panics;
    let body = Body::new(items, true);
    let writer = Writer::new(body, world);
    let drops = pick.once_in(3);
    let first = drops.then_some(Own::File);
    let token = (!drops && pick.once_in(4)).then_some(Own::Token);
    let types = |pick: &Pick<'_>, count: usize| -> Vec<Own> { (0..count).map(|_| writer.own(pick, 1)).collect() };
    let (decl, text) = match pick.take(5) {
        0 | 1 => {
            let fields = first.into_iter().chain(types(pick, 1 + pick.take(3))).chain(token);
            let fields: Vec<Own> = fields.collect();
            let text = struct_text(number, &fields, (drops, panics));
            (Decl::Struct(fields), text)
        }
        2 | 3 => {
            let mut variants: Vec<Vec<Own>> =
                (0..1 + pick.take(4)).map(|at| types(&pick.part(at), pick.part(at).take(3))).collect();
            variants[0].extend(token);
            let text = enum_text(number, &variants, drops);
            (Decl::Enum(variants), text)
        }
        _ => {
            let form = pick.of(&[Form::Struct, Form::Enum, Form::Reflected]);
            (Decl::Maker(form), maker_text(number, form))
        }
    };
    world.types.drops.push(drops && !matches!(decl, Decl::Maker(_)));
    world.types.decls.push(decl);
    text
}

/// `mem::clone(self.x0)`
fn clone_of(text: &str) -> String {
    format!("mem::clone({text})")
}

fn struct_text(number: usize, fields: &[Own], (drops, panics): (bool, bool)) -> String {
    let list: Vec<String> = fields.iter().enumerate().map(|(at, field)| format!("x{at}: {field}, ")).collect();
    let clones: Vec<String> =
        (0..fields.len()).map(|at| format!("x{at}: {}, ", clone_of(&format!("self.x{at}")))).collect();
    let panic = if panics { " if risky(self.x0.log, self.x0.id) { @panic(\"in a destructor\"); }" } else { "" };
    let mut methods = String::new();
    if fields.last() != Some(&Own::Token) {
        methods.push_str(&format!("\n    pub fn clone(borrow self) -> Self {{ Self {{ {} }} }}", clones.concat()));
    }
    if drops {
        methods.push_str(&format!("\n    drop fn(self) {{ say(self.x0.log, @wrap(self.x0.id ^ 1000));{panic} }}"));
    }
    format!("struct O{number} {{\n    {}{methods}\n\u{1}}}\n", list.concat())
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
    let clone = match variants.iter().flatten().any(|own| *own == Own::Token) {
        true => String::new(),
        false => format!("\n    pub fn clone(borrow self) -> Self {{ match self {{ {arms} }} }}"),
    };
    let drop = if drops {
        format!("\n    drop fn(self) {{ match self {{ {}_ => {{}} }} }}", seen(variants))
    } else {
        String::new()
    };
    format!("enum Q{number} {{\n    {list}{clone}{drop}\n\u{1}}}\n")
}

/// The arms of a destructor that shows the first file of a value.
fn seen(variants: &[Vec<Own>]) -> String {
    let mut arms = String::new();
    for (at, payload) in variants.iter().enumerate() {
        if let Some(file) = payload.iter().position(|own| *own == Own::File) {
            let names: Vec<&str> = (0..payload.len()).map(|at| if at == file { "f" } else { "_" }).collect();
            arms.push_str(&format!("Self::V{at}({}) => say(f.log, @wrap(f.id ^ 2000)), ", names.join(", ")));
        }
    }
    arms
}

fn maker_text(number: usize, form: Form) -> String {
    match form {
        Form::Struct => format!(
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
        ),
        Form::Enum => format!(
            "fn M{number}(comptime T: type) -> type {{
    enum {{
        A(T),
        B(T, Option(T)),
        C,
        pub fn clone(borrow self) -> Self {{
            match self {{
                Self::A(a) => Self::A(mem::clone(a)),
                Self::B(a, b) => Self::B(mem::clone(a), b.clone()),
                Self::C => Self::C,
            }}
        }}
    }}
}}
"
        ),
        Form::Reflected => format!(
            "fn R{number}(comptime T: type) -> type {{
    @struct_type([
        meta::Field {{ name: \"a\", ty: T, offset: 0 }},
        meta::Field {{ name: \"b\", ty: Option(T), offset: 0 }},
    ])
}}
fn M{number}(comptime T: type) -> type {{
    struct {{
        x0: R{number}(T),
        fn new(first: T) -> Self {{ Self {{ x0: R{number}(T) {{ a: first, b: Option(T)::None }} }} }}
        pub fn clone(borrow self) -> Self {{
            Self {{ x0: R{number}(T) {{ a: mem::clone(self.x0.a), b: self.x0.b.clone() }} }}
        }}
    }}
}}
"
        ),
    }
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
    writer.generic = method.is_none() && pick.take(3) == 1;
    let params = writer.params(pick, method);
    let result = if pick.once_in(8) { writer.linear_own(pick) } else { writer.own(pick, 2) };
    writer.result = Some(result.clone());
    let mut list: Vec<String> = (params.iter().enumerate())
        .map(|(at, (mode, own))| {
            let word = match mode {
                Mode::Value => "",
                Mode::Borrow => "borrow ",
                Mode::Inout => "inout ",
            };
            if method.is_some() && at == 0 { format!("{word}self") } else { format!("{word}q{at}: {own}") }
        })
        .collect();
    list.insert(usize::from(method.is_some()), "log: ptr mut Log".to_owned());
    if writer.generic {
        list.insert(0, "comptime T: type, comptime make: fn(ptr mut Log) -> T".to_owned());
    }
    let (text, _) = writer.block_of_function(pick, &params, &result, method.is_some());
    let cost = 5 + writer.body.cost;
    let generic = writer.generic;
    let indent = "    ".repeat(usize::from(method.is_some()));
    let text = format!("{indent}fn {name}({}) -> {result} {text}\n", list.join(", "));
    world.functions.push(Function { name, method, generic, params, result, cost });
    (method, text)
}

impl Writer<'_> {
    /// The parameters of a function, behind the log; of a method the receiver first.
    fn params(&self, pick: &Pick<'_>, method: Option<usize>) -> Vec<(Mode, Own)> {
        let mut params = Vec::new();
        if let Some(number) = method {
            let own = Own::Struct(number);
            let mode = pick.of(&[Mode::Borrow, Mode::Inout, Mode::Value]);
            params.push((if self.world.types.is_linear(&own) { Mode::Value } else { mode }, own));
        }
        for _ in 0..1 + pick.take(3) {
            let mode = pick.of(&[Mode::Value, Mode::Borrow, Mode::Inout]);
            let own = self.own(pick, 1);
            params.push(match mode {
                Mode::Value if pick.once_in(6) => (mode, self.linear_own(pick)),
                Mode::Borrow | Mode::Inout if pick.once_in(4) => (mode, Own::Slice(Box::new(own))),
                _ => (mode, own),
            });
        }
        params
    }

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
