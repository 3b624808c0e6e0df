//! A whole program.

use crate::body::Body;
use crate::item::{const_item, function_item, helpers, type_item};
use crate::owners::{Fault, MISTAKES, owners};
use crate::scope::Items;
use crate::{Pick, Program};

/// The program of a seed: the text of a module whose `pub fn run()` is the program.
pub fn source(program: &Program) -> String {
    build(program, Fault::None).0
}

/// The program with one mistake, which must be refused: the line that has it says with which error. `number` decides which mistake it
/// is and where; there may be no place for it.
pub fn wrong_source(program: &Program, number: u64) -> Option<String> {
    let (mistake, after) = (number % MISTAKES as u64, number / MISTAKES as u64 % 12);
    let (text, is_wrong) = build(program, Fault::Wanted { mistake: mistake as usize, after: after as usize });
    is_wrong.then_some(text)
}

/// The text, and whether it has the mistake.
fn build(program: &Program, fault: Fault) -> (String, bool) {
    let mut items = Items::default();
    let mut types: Vec<String> = Vec::new();
    for seed in &program.types {
        types.push(type_item(&mut items, &Pick::new(seed)));
    }
    let mut text = String::new();
    let mut methods = vec![String::new(); types.len()];
    let mut consts = program.consts.iter();
    for seed in &program.functions {
        let (method, function) = function_item(&mut items, &Pick::new(seed));
        match method {
            Some(number) => methods[number].push_str(&function),
            None => text.push_str(&function),
        }
        if let Some(seed) = consts.next() {
            text.push_str(&const_item(&mut items, &Pick::new(seed)));
        }
    }
    for seed in consts {
        text.push_str(&const_item(&mut items, &Pick::new(seed)));
    }
    let owners = (!program.owner_main.is_empty()).then(|| owners(&mut items, program, fault));
    let is_wrong = owners.as_ref().is_some_and(|owners| owners.is_wrong);
    let owners = owners.map_or(String::new(), |owners| owners.text);
    let main = main_text(&mut items, program);
    for (number, declared) in types.iter().enumerate() {
        let methods = match methods[number].as_str() {
            "" => String::new(),
            methods => format!("\n{methods}"),
        };
        text.push_str(&declared.replace(&format!("\u{1}{number}\u{1}"), &methods));
    }
    (format!("{}{text}{owners}{main}", helpers(&items)), is_wrong)
}

fn main_text(items: &mut Items, program: &Program) -> String {
    let mut body = Body::new(items, false);
    let mut text = String::from("pub fn run() {");
    if !program.owner_main.is_empty() {
        text.push_str("\n    let log = owners(true);\n    @dbg(\"~\");");
        for log in ["log", "OWNERS"] {
            text.push_str(&format!("\n    @dbg(({log}.next, {log}.live, {log}.digest));"));
        }
    }
    for seed in &program.main {
        text.push_str(&body.statement(&Pick::new(seed)));
    }
    for (name, _) in body.printable() {
        text.push_str(&format!("{}@dbg(({name},));", body.line()));
    }
    text + "\n}\n"
}
