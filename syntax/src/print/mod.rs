//! Trees and tokens as text.
//!
//! [`print`] writes a tree as Kiln source, which parses to the same tree. [`dump_ast`] shows its shape: a node a line,
//! its parts below it, in the same words with `_` for each part. [`dump_tokens`] shows tokens, a line each.

mod dump;
mod expr;
mod item;
mod pattern;

pub use dump::{dump_ast, dump_tokens};

use crate::ast::{Ast, Name};
use crate::children::Child;
use kiln_source::{Interner, Symbol};

/// A tree as Kiln source. Error nodes become text that is no Kiln.
pub fn print(ast: &Ast, interner: &Interner) -> String {
    let mut printer = Printer { ast, interner, out: String::new(), indent: 0, parts: Parts::Written };
    printer.module_docs();
    for (index, &id) in ast.items.iter().enumerate() {
        if index > 0 {
            printer.out.push('\n');
        }
        printer.item(&ast[id]);
        printer.out.push('\n');
    }
    printer.out
}

/// What is written for the parts of a node.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Parts {
    /// Their text.
    Written,
    /// `_`
    Blank,
}

/// Writes nodes. The methods named after nodes write the node's own words and leave its parts to [`Printer::part`].
struct Printer<'a> {
    ast: &'a Ast,
    interner: &'a Interner,
    out: String,
    indent: usize,
    parts: Parts,
}

impl Printer<'_> {
    fn part(&mut self, child: impl Into<Child>) {
        if self.parts == Parts::Blank {
            self.out.push('_');
            return;
        }
        match child.into() {
            Child::Expr(id) => self.expr(&self.ast[id]),
            Child::Pat(id) => self.pat(&self.ast[id]),
            Child::Block(id) => self.block(&self.ast[id]),
            Child::Item(id) => self.item(&self.ast[id]),
        }
    }

    fn word(&mut self, text: &str) {
        self.out.push_str(text);
    }

    fn name(&mut self, name: Name) {
        self.symbol(name.symbol);
    }

    fn symbol(&mut self, symbol: Symbol) {
        self.out.push_str(self.interner.name(symbol));
    }

    fn new_line(&mut self) {
        self.out.push('\n');
        for _ in 0..self.indent {
            self.out.push_str("    ");
        }
    }

    /// Things with `, ` between them.
    fn separated<T>(&mut self, things: impl IntoIterator<Item = T>, mut write: impl FnMut(&mut Self, T)) {
        for (index, thing) in things.into_iter().enumerate() {
            if index > 0 {
                self.out.push_str(", ");
            }
            write(self, thing);
        }
    }

    /// The parts of a tuple, in parentheses; a single one has a comma behind it.
    fn tuple<T: Into<Child> + Copy>(&mut self, parts: &[T]) {
        self.out.push('(');
        self.separated(parts, |this, &part| this.part(part));
        self.out.push_str(if parts.len() == 1 { ",)" } else { ")" });
    }

    /// A quoted literal with what needs it escaped.
    fn quoted(&mut self, text: &str, quote: char) {
        self.out.push(quote);
        for c in text.chars() {
            match c {
                '\n' => self.out.push_str("\\n"),
                '\t' => self.out.push_str("\\t"),
                '\r' => self.out.push_str("\\r"),
                '\0' => self.out.push_str("\\0"),
                '\\' => self.out.push_str("\\\\"),
                c if c == quote => self.out.extend(['\\', c]),
                c if c.is_control() => self.out.push_str(&format!("\\u{{{:X}}}", c as u32)),
                c => self.out.push(c),
            }
        }
        self.out.push(quote);
    }

    fn docs(&mut self, docs: Option<&str>, mark: &str) {
        for line in docs.into_iter().flat_map(|docs| docs.split('\n')) {
            self.out.push_str(mark);
            if !line.is_empty() {
                self.out.push(' ');
                self.out.push_str(line);
            }
            self.new_line();
        }
    }

    fn module_docs(&mut self) {
        self.docs(self.ast.docs.as_deref(), "//!");
    }
}
