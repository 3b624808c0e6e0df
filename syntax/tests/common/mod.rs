//! What the tests of this crate share.

#![allow(dead_code, reason = "each test uses some of it")]

use kiln_source::{Diagnostic, FileId, Interner, Reporter};
use kiln_syntax::{Ast, dump_ast, print};

/// A parsed text with everything that goes with it.
pub struct Parsed {
    pub ast: Ast,
    pub interner: Interner,
    pub diagnostics: Vec<Diagnostic>,
}

pub fn parse(text: &str) -> Parsed {
    let (mut interner, mut reporter) = (Interner::new(), Reporter::default());
    let ast = kiln_syntax::parse(FileId(0), text, &mut interner, &mut reporter);
    Parsed { ast, interner, diagnostics: reporter.take() }
}

impl Parsed {
    pub fn dump(&self) -> String {
        dump_ast(&self.ast, &self.interner)
    }

    pub fn print(&self) -> String {
        print(&self.ast, &self.interner)
    }

    /// `E0010 5..6 expected …`, a line each.
    pub fn errors(&self) -> String {
        let line = |error: &Diagnostic| {
            let range = error.primary.as_ref().map(|label| label.span.range).unwrap_or_default();
            format!("{} {range:?} {}", error.code.map_or("?", |code| code.id), error.message)
        };
        self.diagnostics.iter().map(line).collect::<Vec<_>>().join("\n")
    }
}

/// Parses a text that is right.
pub fn right(text: &str) -> Parsed {
    let parsed = parse(text);
    assert_eq!(parsed.errors(), "", "in {text}");
    parsed
}

/// The dump of an expression, without the function around it.
pub fn expr(text: &str) -> String {
    let dump = right(&format!("fn f() {{ {text} }}")).dump();
    let lines = dump.lines().skip(3).map(|line| line.strip_prefix("      ").unwrap_or(line));
    lines.collect::<Vec<_>>().join("\n")
}

/// The printed form of a statement list's only statement or tail, on one line.
pub fn errors_in_body(body: &str) -> String {
    parse(&format!("fn f() {{\n{body}\n}}")).errors()
}
