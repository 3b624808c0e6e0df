//! The pipeline on one screen.

use crate::backend::{Backend, Unit, Wanted, native};
use crate::cascade::Broken;
use crate::emit::{check_only, cut, emit_functions};
use crate::errors::BackendUnavailable;
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
    /// The objects of the executable, to be linked together; none if none is wanted or something is wrong.
    pub objects: Vec<Vec<u8>>,
}

/// The program behind a compilation. It stays on the thread that made it.
#[derive(Debug)]
pub struct Checked {
    /// The declarations of all files.
    pub hir: kiln_hir::Program,
    /// What is known of them; a complete program only if nothing is wrong.
    pub analysis: Analysis,
}

impl Compilation {
    /// Whether the program is wrong.
    pub fn has_errors(&self) -> bool {
        self.diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error)
    }
}

/// Compiles what the options ask for, with the backend of this build. Never prints, links or runs anything.
pub fn compile(options: &Options, files: &dyn Files) -> Compilation {
    compile_with(options, files, native()).0
}

/// Compiles what the options ask for, and gives the checked program too. What a backend would make is refused where there is
/// none.
pub fn compile_with(options: &Options, files: &dyn Files, backend: Option<&dyn Backend>) -> (Compilation, Checked) {
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
    let objects =
        if session.reporter.has_errors() { Vec::new() } else { generate(&mut session, &mut analysis, backend) };

    let mut diagnostics = session.reporter.take();
    diagnostics.retain(|diagnostic| broken.is_worth_saying(diagnostic));
    let compilation = Compilation { sources: session.sources, diagnostics, emitted: session.emitted, objects };
    (compilation, Checked { hir, analysis })
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

/// CFG → what the backend makes: stages asked for, and the objects of an executable.
fn generate(session: &mut Session<'_>, analysis: &mut Analysis, backend: Option<&dyn Backend>) -> Vec<Vec<u8>> {
    let options = session.options;
    if !options.needs_backend() {
        return Vec::new();
    }
    let stages = options.emits.iter().map(|emit| emit.stage).filter(|stage| stage.is_made_by_backend());
    let wanted = Wanted { stages: stages.collect(), executable: options.wants_executable() };
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
    let made = match backend {
        Some(backend) => backend.compile(unit, &wanted),
        None => Err(Box::new(BackendUnavailable::NoLlvm { wanted: purpose(options) }.diagnostic())),
    };
    match made {
        Ok(made) => {
            for (stage, bytes) in made.stages {
                session.emit(stage, |_| match &options.only {
                    Some(only) if !stage.is_binary() => cut(stage, &bytes, only, analysis),
                    _ => bytes,
                });
            }
            made.objects
        }
        Err(error) => {
            session.reporter.error(*error);
            Vec::new()
        }
    }
}

/// What a backend is wanted for.
fn purpose(options: &Options) -> String {
    let stage = options.emits.iter().find(|emit| emit.stage.is_made_by_backend());
    stage.map_or_else(|| "native code".to_owned(), |emit| format!("`--emit {}`", emit.stage.name()))
}
