//! The pipeline on one screen.

use crate::backend::{Backend, Backends, Choice, Loaded, Made, Unit, Wanted};
use crate::builtins;
use crate::cascade::Broken;
use crate::emit::{check_only, cut, emit_functions};
use crate::errors::BackendUnavailable;
use crate::guard::Phase;
use crate::header;
use crate::load::load;
use crate::timings::{Clock, Timings};
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
    /// The program in memory instead, where it is run in this process's memory.
    pub loaded: Option<Box<dyn Loaded>>,
    /// LLVM's IR before its passes, where it was asked for.
    pub unoptimised: Option<Vec<u8>>,
    /// How long it took. Evaluations are only there with [`Options::timings`].
    pub timings: Timings,
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

/// Compiles what the options ask for, with the backend of this build that fits. Never prints, links or runs anything.
pub fn compile_files(options: &Options, files: &dyn Files) -> Compilation {
    let choice = Backends::all().choose(options);
    let backend = match &choice {
        Ok(Choice::Here(backend)) => Some(*backend),
        Ok(Choice::Beside) | Err(_) => None,
    };
    let mut compilation = compile_with(options, files, backend).0;
    if let Err(refusal) = choice
        && options.needs_backend()
    {
        // Says more than that there is no backend, and less than what is wrong with the program.
        compilation.diagnostics.retain(|diagnostic| diagnostic.code != refusal.code);
        if !compilation.has_errors() {
            compilation.diagnostics.push(*refusal);
        }
    }
    compilation
}

/// Compiles what the options ask for, and gives the checked program too. What a backend would make is refused where there is
/// none.
pub fn compile_with(options: &Options, files: &dyn Files, backend: Option<&dyn Backend>) -> (Compilation, Checked) {
    let mut session = Session::new(options, files);
    let mut clock = Clock::start();

    Phase::Loading.enter();
    let hir = load(&mut session);
    let broken = Broken::of(session.reporter.diagnostics(), &hir);
    clock.lap(Phase::Loading.name());

    Phase::Analysing.enter();
    let mut analysis = analyse(&mut session, &hir);
    clock.lap(Phase::Analysing.name());

    Phase::Printing.enter();
    if !session.reporter.has_errors() {
        check_only(&mut session, &analysis);
        emit_functions(&mut session, &hir, &analysis);
        header::emit(&mut session, &hir, &analysis);
    }

    clock.lap(Phase::Printing.name());

    Phase::Generating.enter();
    let made =
        if session.reporter.has_errors() { Made::default() } else { generate(&mut session, &mut analysis, backend) };

    clock.lap(Phase::Generating.name());

    let mut timings = clock.finish();
    timings.evaluations = std::mem::take(&mut analysis.evaluations);
    let mut diagnostics = session.reporter.take();
    diagnostics.retain(|diagnostic| broken.is_worth_saying(diagnostic));
    let Session { sources, emitted, .. } = session;
    let Made { objects, loaded, unoptimised, .. } = made;
    let compilation = Compilation { sources, diagnostics, emitted, objects, loaded, unoptimised, timings };
    (compilation, Checked { hir, analysis })
}

/// HIR → AIR → CFG.
fn analyse(session: &mut Session<'_>, hir: &kiln_hir::Program) -> Analysis {
    let options = kiln_sema::Options {
        target: session.options.target.clone(),
        mode: match session.options.mode {
            Mode::Check => kiln_sema::Mode::Check,
            Mode::Build if session.options.is_library() => kiln_sema::Mode::Library,
            Mode::Build | Mode::Run => kiln_sema::Mode::Program,
            Mode::Test => kiln_sema::Mode::Test,
        },
        keep_air: session.options.emits(Stage::Air),
        limits: session.options.limits,
        clock: session.options.timings.then_some(crate::timings::since_start),
    };
    kiln_sema::analyze(hir, &session.sources, &mut session.interner, &mut session.reporter, &options)
}

/// The library's function that asks the system what the process was started with.
const ARGUMENTS: &str = "std::env::args";

/// Whether the program asks for its arguments. The system tells them only to a process that was started with them.
fn reads_arguments(program: &kiln_cfg::Program) -> bool {
    program.funcs().any(|(func, _)| &*program.info(func).symbol == ARGUMENTS)
}

/// CFG → what the backend makes: stages asked for, and the code of an executable.
fn generate(session: &mut Session<'_>, analysis: &mut Analysis, backend: Option<&dyn Backend>) -> Made {
    let options = session.options;
    if !options.needs_backend() {
        return Made::default();
    }
    let stages = options.emits.iter().map(|emit| emit.stage).filter(|stage| stage.is_made_by_backend());
    let wanted = Wanted {
        stages: stages.collect(),
        executable: options.wants_executable(),
        in_memory: options.runs_in_memory() && !reads_arguments(&analysis.program),
        hidden: false,
    };
    let name = options.inputs.first().and_then(|root| root.file_name()).map(|name| name.to_string_lossy());
    let unit = Unit {
        program: &analysis.program,
        pool: &analysis.pool,
        layouts: &mut analysis.layouts,
        sources: &session.sources,
        names: &session.interner,
        name: name.as_deref().unwrap_or("program"),
        options,
    };
    let made = match backend {
        Some(backend) => backend.compile(unit, &wanted).and_then(|mut made| {
            made.objects.extend(builtins::needed(&made.objects, options, backend)?);
            Ok(made)
        }),
        None => Err(Box::new(BackendUnavailable::NoLlvm { wanted: "native code".to_owned() }.diagnostic())),
    };
    match made {
        Ok(mut made) => {
            for (stage, bytes) in std::mem::take(&mut made.stages) {
                session.emit(stage, |_| match &options.only {
                    Some(only) if !stage.is_binary() => cut(stage, &bytes, only, analysis),
                    _ => bytes,
                });
            }
            made
        }
        Err(error) => {
            session.reporter.error(*error);
            Made::default()
        }
    }
}
