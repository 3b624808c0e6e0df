//! The pipeline on one screen.

use crate::backend::{self, Unit};
use crate::cascade::Broken;
use crate::emit::{check_only, cut, emit_functions};
use crate::guard::Phase;
use crate::load::load;
use crate::{Emitted, Files, Mode, Options, Session, Stage};
use kiln_sema::Analysis;
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
    let hir = load(&mut session);
    let broken = Broken::of(session.reporter.diagnostics(), &hir);

    Phase::Analysing.enter();
    let mut analysis = analyse(&mut session, &hir);

    Phase::Printing.enter();
    if !session.reporter.has_errors() {
        check_only(&mut session, &analysis);
        emit_functions(&mut session, &hir, &analysis);
    }

    Phase::Generating.enter();
    let object = if session.reporter.has_errors() { None } else { generate(&mut session, &mut analysis) };

    let mut diagnostics = session.reporter.take();
    diagnostics.retain(|diagnostic| broken.is_worth_saying(diagnostic));
    Compilation { sources: session.sources, diagnostics, emitted: session.emitted, object }
}

/// HIR → AIR → CFG.
fn analyse(session: &mut Session<'_>, hir: &kiln_hir::Program) -> Analysis {
    let options = kiln_sema::Options {
        target: session.options.target.clone(),
        mode: match session.options.mode {
            Mode::Check => kiln_sema::Mode::Check,
            Mode::Build | Mode::Run => kiln_sema::Mode::Program,
            Mode::Test => kiln_sema::Mode::Test,
        },
        keep_air: session.options.emits(Stage::Air),
        limits: session.options.limits,
    };
    kiln_sema::analyze(hir, &session.sources, &mut session.interner, &mut session.reporter, &options)
}

/// CFG → what the backend makes: stages asked for, and the object of an executable.
fn generate(session: &mut Session<'_>, analysis: &mut Analysis) -> Option<Vec<u8>> {
    let options = session.options;
    let wants_object = options.wants_executable();
    let mut wanted: Vec<Stage> =
        options.emits.iter().map(|emit| emit.stage).filter(|stage| stage.is_made_by_backend()).collect();
    wanted.extend(wants_object.then_some(Stage::Obj));
    if wanted.is_empty() {
        return None;
    }
    let name = options.inputs.first().and_then(|root| root.file_name()).map(|name| name.to_string_lossy());
    let unit = Unit {
        program: &analysis.program,
        pool: &analysis.pool,
        layouts: &mut analysis.layouts,
        sources: &session.sources,
        names: &session.interner,
        name: name.as_deref().unwrap_or("program"),
        opt: options.opt,
    };
    let made = match backend::choose(options).and_then(|backend| backend.compile(unit, &wanted)) {
        Ok(made) => made,
        Err(error) => {
            session.reporter.error(*error);
            return None;
        }
    };
    let object = made.iter().find(|(stage, _)| wants_object && *stage == Stage::Obj).map(|(_, bytes)| bytes.clone());
    for (stage, bytes) in made {
        session.emit(stage, |_| match &options.only {
            Some(only) if !stage.is_binary() => cut(stage, &bytes, only, analysis),
            _ => bytes,
        });
    }
    object
}
