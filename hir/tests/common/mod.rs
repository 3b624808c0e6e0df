//! What the tests of this crate share.

#![allow(dead_code, reason = "each test uses some of it")]

use kiln_hir::{Decl, Program, VarRef, lower_module, print_module};
use kiln_source::{DeclId, Diagnostic, FileId, Interner, Reporter};

/// A lowered text with everything that goes with it.
pub struct Lowered {
    pub text: String,
    pub program: Program,
    pub names: Interner,
    pub diagnostics: Vec<Diagnostic>,
}

pub fn lower(text: &str) -> Lowered {
    lower_as(text, false)
}

/// Lowers one file, perhaps as a part of the library.
pub fn lower_as(text: &str, is_std: bool) -> Lowered {
    let (mut names, mut reporter) = (Interner::new(), Reporter::default());
    let ast = kiln_syntax::parse(FileId(0), text, &mut names, &mut reporter);
    let mut program = Program::default();
    lower_module(&ast, "main", is_std, &mut program, &mut names, &mut reporter);
    Lowered { text: text.to_owned(), program, names, diagnostics: reporter.take() }
}

/// Lowers a text that is right and has no warnings.
pub fn right(text: &str) -> Lowered {
    let lowered = lower(text);
    assert_eq!(lowered.said(), "", "in {text}");
    lowered
}

/// What is said about a text, a line each: `E0101 x: there is no `x` here; y` with the place, the words and the fix.
pub fn said(text: &str) -> String {
    lower(text).said()
}

impl Lowered {
    pub fn print(&self) -> String {
        print_module(&self.program, Program::ROOT, &self.names)
    }

    pub fn said(&self) -> String {
        let line = |diagnostic: &Diagnostic| {
            let kind = match (diagnostic.code, diagnostic.warning) {
                (Some(code), _) => code.id,
                (None, Some(warning)) => warning.name(),
                (None, None) => "note",
            };
            let range = diagnostic.primary.as_ref().expect("all mistakes are somewhere").span.range;
            let place = &self.text[range.start as usize..range.end as usize];
            let fixes: String = diagnostic.fixes.iter().map(|fix| format!("; {}", fix.replacement)).collect();
            format!("{kind} {place}: {}{fixes}", diagnostic.message)
        };
        self.diagnostics.iter().map(line).collect::<Vec<_>>().join("\n")
    }

    /// The first declaration of a name.
    pub fn decl(&self, name: &str) -> (DeclId, &Decl) {
        let is_it = |(_, decl): &(DeclId, &Decl)| self.names.name(decl.name.symbol) == name;
        self.program.decls.iter_enumerated().find(is_it).unwrap_or_else(|| panic!("nothing is called {name}"))
    }

    /// What a declaration captures: `x y`.
    pub fn captures(&self, name: &str) -> String {
        let text = |var: &VarRef| self.names.name(self.program.decls[var.decl].body.locals[var.local].name);
        self.decl(name).1.captures.iter().map(text).collect::<Vec<_>>().join(" ")
    }
}
