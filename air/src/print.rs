//! The text of a body, for `--emit air`.
//!
//! One instruction a line with its type behind it, its children indented below, in the order they are evaluated. What is
//! small stands in one line: constants, places, uses of places. Locals have their name and number, `b#1`; a use says
//! whether it copies or moves; roles that are not evident (`then`, `else`, `arm`, `guard`, …) have lines of their own.
//!
//! ```text
//! fn gcd(a#0: u32, b#1: u32) -> u32
//!   if: u32
//!     eq: bool
//!       copy b#1: u32
//!       0: u32
//!   then
//!     copy a#0: u32
//!   else
//!     call gcd: u32
//!       copy b#1: u32
//!       rem.checked: u32
//!         copy a#0: u32
//!         copy b#1: u32
//! ```

mod inline;
mod node;

use crate::{Body, InstId, LocalId};
use kiln_source::{Idx, Interner};
use kiln_types::{FuncId, Pool, TypeId};
use std::fmt::Write;

/// Lines are indented no deeper than this many levels.
const MAX_INDENT: usize = 60;

/// What printing needs to know.
#[derive(Clone, Copy)]
pub struct PrintCx<'a> {
    /// Types and values.
    pub pool: &'a Pool,
    /// Names.
    pub names: &'a Interner,
    /// Names of functions.
    pub funcs: &'a dyn Fn(FuncId) -> Box<str>,
}

/// The text of a body, with a line break at the end.
pub fn print(body: &Body, cx: &PrintCx<'_>) -> String {
    let mut printer = Printer { body, cx: *cx, text: String::new(), depth: 0 };
    printer.function();
    printer.text
}

struct Printer<'a> {
    body: &'a Body,
    cx: PrintCx<'a>,
    text: String,
    depth: usize,
}

impl Printer<'_> {
    fn function(&mut self) {
        let body = self.body;
        let mut line = format!("fn {}(", body.name);
        for (id, local) in body.locals.iter_enumerated().take(body.param_count) {
            let comma = if id.0 > 0 { ", " } else { "" };
            let mode = local.param.unwrap_or_default().prefix();
            let _ = write!(line, "{comma}{mode}{}: {}", self.local(id), self.ty(local.ty));
        }
        line.push(')');
        if body.ret != TypeId::UNIT {
            let _ = write!(line, " -> {}", self.ty(body.ret));
        }
        self.line(&line);
        self.children(&[body.root]);
    }

    fn line(&mut self, line: &str) {
        let blanks = self.depth.min(MAX_INDENT) * 2;
        let _ = writeln!(self.text, "{:blanks$}{line}", "");
    }

    /// Children, one level deeper.
    fn children(&mut self, ids: &[InstId]) {
        self.depth += 1;
        for id in ids {
            self.node(*id);
        }
        self.depth -= 1;
    }

    /// A line for the role of what follows one level deeper.
    fn role(&mut self, role: &str, ids: &[InstId]) {
        self.line(role);
        self.children(ids);
    }

    fn ty(&self, ty: TypeId) -> String {
        self.cx.pool.display(ty, self.cx.names).to_string()
    }

    fn local(&self, id: LocalId) -> String {
        let name = self.body.locals.get(id).and_then(|local| local.name);
        format!("{}#{}", name.map_or("", |name| self.cx.names.name(name)), id.index())
    }
}
