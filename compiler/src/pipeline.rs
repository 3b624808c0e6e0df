//! The pipeline on one screen.

use crate::guard::Phase;
use crate::load::load;
use crate::{Emitted, Files, Options, Session};
use kiln_source::{Diagnostic, Severity, SourceMap};

/// What a compilation came to.
#[derive(Debug)]
pub struct Compilation {
    /// The loaded files.
    pub sources: SourceMap,
    /// What there is to say about the program.
    pub diagnostics: Vec<Diagnostic>,
    /// Stages asked for, as far as they were reached.
    pub emitted: Vec<Emitted>,
    /// The object file, if an executable is wanted and nothing is wrong.
    pub object: Option<Vec<u8>>,
}

impl Compilation {
    /// Whether the program is wrong.
    pub fn has_errors(&self) -> bool {
        self.diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error)
    }
}

/// Compiles what the options ask for. Never prints, links or runs anything.
pub fn compile(options: &Options, files: &dyn Files) -> Compilation {
    let mut session = Session::new(options, files);

    Phase::Loading.enter();
    let _hir = load(&mut session);
    let object = None;

    Compilation { diagnostics: session.reporter.take(), sources: session.sources, emitted: session.emitted, object }
}
