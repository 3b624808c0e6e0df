//! HIR as text, for `--emit hir`.
//!
//! It reads like Kiln and shows what HIR adds: each local has its id behind its name (`x.l3`), a local of an enclosing
//! body also that body's path before it; loops are labelled with their ids; names of declarations are paths from the
//! module. What is nested stands behind what it is nested in, under its path (`#2` is the second of one path), with
//! what it captures above it. Sugar is gone, so operands are in parentheses instead of having precedence. `{error}`
//! stands for what was reported.
//!
//! ```text
//! fn count(to.l0: i32) -> i32 {
//!     let mut sum.l1 = 0;
//!     'loop0: loop { // while
//!         if sum.l1 < to.l0 {
//!             sum.l1 += count::step();
//!         } else { break 'loop0 }
//!     }
//!     sum.l1
//! }
//!
//! // captures count::to.l0
//! fn count::step() -> i32 {
//!     count::to.l0
//! }
//! ```

mod decl;
mod expr;
mod pat;
mod path;
mod stmt;

use crate::{Body, LocalId, Name, Program};
use kiln_source::{Interner, ModuleId, Symbol};
use path::Paths;
use std::fmt::{Arguments, Write};

/// The declarations of a module as text.
pub fn print_module(program: &Program, module: ModuleId, names: &Interner) -> String {
    let paths = Paths::new(program, module, names);
    let mut out = String::new();
    for &decl in paths.decls() {
        if !out.is_empty() {
            out.push('\n');
        }
        let body = &program.decls[decl].body;
        let mut printer = Printer { program, names, paths: &paths, body, out, indent: 0 };
        printer.decl(decl);
        out = printer.out;
    }
    out
}

/// Writes one declaration.
struct Printer<'a> {
    program: &'a Program,
    names: &'a Interner,
    paths: &'a Paths,
    body: &'a Body,
    out: String,
    indent: usize,
}

impl<'a> Printer<'a> {
    fn word(&mut self, text: &str) {
        self.out.push_str(text);
    }

    fn put(&mut self, text: Arguments<'_>) {
        self.out.write_fmt(text).expect("writing to a string never fails");
    }

    fn line(&mut self) {
        self.out.push('\n');
        for _ in 0..self.indent {
            self.out.push_str("    ");
        }
    }

    fn symbol(&self, symbol: Symbol) -> &'a str {
        self.names.name(symbol)
    }

    fn name(&mut self, name: Name) {
        self.word(self.symbol(name.symbol));
    }

    /// `x.l3`
    fn local(&mut self, local: LocalId) {
        let name = self.symbol(self.body.locals[local].name);
        self.put(format_args!("{name}.{local}"));
    }

    /// Parts with commas between.
    fn list<T>(&mut self, parts: impl IntoIterator<Item = T>, mut part: impl FnMut(&mut Self, T)) {
        for (index, item) in parts.into_iter().enumerate() {
            if index > 0 {
                self.word(", ");
            }
            part(self, item);
        }
    }

    /// `{`, a line a part, `}`
    fn lines<T>(&mut self, parts: impl IntoIterator<Item = T>, mut part: impl FnMut(&mut Self, T)) {
        self.word("{");
        self.indent += 1;
        let mut is_empty = true;
        for item in parts {
            is_empty = false;
            self.line();
            part(self, item);
        }
        self.indent -= 1;
        if !is_empty {
            self.line();
        }
        self.word("}");
    }
}
