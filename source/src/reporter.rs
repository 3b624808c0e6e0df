//! Collects diagnostics and hands out proof that an error was reported.

use crate::{Diagnostic, Severity, Span, Warning};
use rustc_hash::FxHashSet;

/// Proof that an error was reported. Only [`Reporter::error`] makes one.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub struct ErrorReported(());

/// Diagnostics that are kept: a damaged file can have millions, and nobody reads them.
const KEPT: usize = 10_000;

/// The diagnostics of one compilation, in the order they were reported. Beyond [`KEPT`] they are counted, not kept.
#[derive(Debug, Default)]
pub struct Reporter {
    diagnostics: Vec<Diagnostic>,
    errors: usize,
    /// Errors and warnings already said: a generic body is checked once an instance but complained of once.
    seen: FxHashSet<(Option<Span>, String)>,
}

impl Reporter {
    /// Reports an error. The same words at the same place are said once.
    pub fn error(&mut self, diagnostic: Diagnostic) -> ErrorReported {
        debug_assert_eq!(diagnostic.severity, Severity::Error);
        self.keep(diagnostic);
        self.errors += 1;
        ErrorReported(())
    }

    /// Reports a warning or a note. The same words at the same place are said once.
    pub fn report(&mut self, diagnostic: Diagnostic) {
        debug_assert_ne!(diagnostic.severity, Severity::Error);
        self.keep(diagnostic);
    }

    fn keep(&mut self, diagnostic: Diagnostic) {
        // An error is kept even then if nothing but warnings were said: a program that is wrong is not refused in silence.
        let room = self.seen.len() < KEPT || (self.errors == 0 && diagnostic.severity == Severity::Error);
        if room && self.is_new(&diagnostic) {
            self.diagnostics.push(diagnostic);
        }
    }

    fn is_new(&mut self, diagnostic: &Diagnostic) -> bool {
        self.seen.insert((diagnostic.primary.as_ref().map(|label| label.span), diagnostic.message.clone()))
    }

    /// Whether an error was reported.
    pub fn has_errors(&self) -> bool {
        self.errors > 0
    }

    /// `Err` if an error was reported.
    ///
    /// # Errors
    /// The proof of it.
    pub fn check(&self) -> Result<(), ErrorReported> {
        if self.has_errors() { Err(ErrorReported(())) } else { Ok(()) }
    }

    /// Everything reported so far.
    pub fn diagnostics(&self) -> &[Diagnostic] {
        &self.diagnostics
    }

    /// Takes everything reported so far; errors stay counted.
    pub fn take(&mut self) -> Vec<Diagnostic> {
        std::mem::take(&mut self.diagnostics)
    }

    /// Drops warnings of the given kinds inside the given spans, as `@allow` asks.
    pub fn silence(&mut self, allowed: &[(Span, Warning)]) {
        self.diagnostics.retain(|diagnostic| {
            let (Some(warning), Some(primary)) = (diagnostic.warning, &diagnostic.primary) else { return true };
            !allowed.iter().any(|(span, name)| {
                *name == warning && span.file == primary.span.file && span.range.contains(primary.span.range)
            })
        });
    }
}
