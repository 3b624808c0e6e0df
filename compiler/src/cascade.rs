//! Leaves out what only follows from a mistake of the grammar.
//!
//! The rest of a file is checked when a part of it could not be parsed. But what is said of a declaration in which
//! something could not be parsed may only follow from that, and warnings about it say nothing: they wait until it is mended.

use kiln_hir::Program;
use kiln_source::{Diagnostic, Span};

/// The narrowest declarations in which something could not be parsed.
pub(crate) struct Broken {
    spans: Vec<Span>,
}

impl Broken {
    /// The declarations that hold the mistakes among `diagnostics` that lexer and grammar found.
    pub(crate) fn of(diagnostics: &[Diagnostic], program: &Program) -> Broken {
        let grammar =
            diagnostics.iter().filter(|diagnostic| diagnostic.code.is_some_and(|code| code.id.starts_with("E00")));
        let mistakes: Vec<Span> = grammar.filter_map(|error| Some(error.primary.as_ref()?.span)).collect();
        if mistakes.is_empty() {
            return Broken { spans: Vec::new() };
        }
        let mut declarations: Vec<Span> = program.decls.iter_enumerated().map(|(id, _)| program.span(id)).collect();
        declarations.sort_by_key(|span| span.range.len());
        let narrowest = |mistake: &Span| declarations.iter().find(|span| holds(**span, *mistake)).copied();
        let mut spans: Vec<Span> = mistakes.iter().filter_map(narrowest).collect();
        spans.dedup();
        Broken { spans }
    }

    /// Whether the diagnostic says more than that something could not be parsed: it is about grammar or names, or about
    /// none of these declarations.
    pub(crate) fn is_worth_saying(&self, diagnostic: &Diagnostic) -> bool {
        let early = diagnostic.code.is_some_and(|code| code.id.starts_with("E00") || code.id.starts_with("E01"));
        early || !self.is_inside(diagnostic)
    }

    fn is_inside(&self, diagnostic: &Diagnostic) -> bool {
        let Some(primary) = &diagnostic.primary else { return false };
        self.spans.iter().any(|span| holds(*span, primary.span))
    }
}

fn holds(outer: Span, inner: Span) -> bool {
    outer.file == inner.file && outer.range.contains(inner.range)
}
