//! The mistakes sema finds, each a function named after it, with its code and its words.

mod comptime;
mod constants;
mod foreign;
mod items;
mod memory;
mod ownership;
mod patterns;
mod types;

pub(crate) use comptime::*;
pub(crate) use constants::*;
pub(crate) use foreign::*;
pub(crate) use items::*;
pub(crate) use memory::*;
pub(crate) use ownership::*;
pub(crate) use patterns::*;
pub(crate) use types::*;

use kiln_source::{Diagnostic, Span, nearest};

/// Names in a sentence: `` `a`, `b` and `c` ``.
fn list(names: &[String]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    match quoted.as_slice() {
        [] => "none".to_owned(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// Offers the known name nearest to a misspelt one, or lists what there is if that is short.
fn suggest(error: Diagnostic, span: Span, name: &str, known: &[String], what: &str) -> Diagnostic {
    if let Some(near) = nearest(name, known.iter().map(String::as_str)) {
        let near = near.to_owned();
        return error.fix(span, near.clone(), format!("did you mean `{near}`?"));
    }
    match known.len() {
        0 => error.help(format!("it has no {what}")),
        1..=8 => error.help(format!("its {what} {} {}", if known.len() == 1 { "is" } else { "are" }, list(known))),
        _ => error,
    }
}

/// `1 argument`, `2 arguments`
fn count(number: usize, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}
