//! What is asked of one compilation. One [`Options`] travels through the whole driver.

use crate::Stage;
use crate::errors::UnknownTarget;
use kiln_sema::Limits;
use kiln_source::Diagnostic;
use kiln_types::Target;
use std::path::PathBuf;

/// What the compilation is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mode {
    /// Only to say what is wrong; no `main` is needed.
    Check,
    /// To make an executable.
    Build,
    /// To run `main`.
    Run,
    /// To run the `test` items; no `main` is needed.
    Test,
}

/// How much the backend optimises.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum OptLevel {
    /// `-O0`: as fast to compile as can be.
    #[default]
    None,
    /// `-O1`
    Less,
    /// `-O2`
    Default,
    /// `-O3`
    Aggressive,
    /// `-Os`: small.
    Size,
}

/// A stage's text or bytes that is asked for, and where it goes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Emit {
    /// What.
    pub stage: Stage,
    /// The file; `None` is standard output.
    pub path: Option<PathBuf>,
}

/// The linker driver somebody asked for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Linker {
    /// The program.
    pub program: String,
    /// Arguments that always come first: those of `CC="gcc -m32"`.
    pub args: Vec<String>,
    /// Who asked: `--linker`, `KILN_CC` or `CC`.
    pub asked_by: &'static str,
}

/// Everything a user can ask of one compilation.
#[derive(Clone, Debug)]
pub struct Options {
    /// What it is for.
    pub mode: Mode,
    /// The files; the first one is the root.
    pub inputs: Vec<PathBuf>,
    /// The machine the program is for.
    pub target: Target,
    /// Optimisation.
    pub opt: OptLevel,
    /// Whether the program is run on the interpreter instead of as native code.
    pub interpret: bool,
    /// Stages to emit.
    pub emits: Vec<Emit>,
    /// The one function whose text is emitted, by its printed name.
    pub only: Option<String>,
    /// The executable's path; `None` takes the root's name without ending.
    pub output: Option<PathBuf>,
    /// The linker driver; `None` takes `cc`.
    pub linker: Option<Linker>,
    /// A folder to read the standard library from, instead of the embedded one.
    pub std_dir: Option<PathBuf>,
    /// Budgets of comptime evaluation.
    pub limits: Limits,
}

impl Options {
    /// What `kiln check` without further options does.
    pub fn new(mode: Mode, inputs: Vec<PathBuf>) -> Options {
        Options {
            mode,
            inputs,
            target: Target::host(),
            opt: OptLevel::None,
            interpret: false,
            emits: Vec::new(),
            only: None,
            output: None,
            linker: None,
            std_dir: None,
            limits: Limits::default(),
        }
    }

    /// Whether a stage is to be emitted.
    pub fn emits(&self, stage: Stage) -> bool {
        self.emits.iter().any(|emit| emit.stage == stage)
    }

    /// Whether something is wanted that only a backend makes.
    pub fn needs_backend(&self) -> bool {
        self.wants_executable() || self.emits.iter().any(|emit| emit.stage.is_made_by_backend())
    }

    /// Whether an executable is to be made: by `run`, and by `build` unless it was only asked to emit something.
    pub fn wants_executable(&self) -> bool {
        match self.mode {
            Mode::Check | Mode::Test => false,
            Mode::Run => !self.interpret,
            Mode::Build => self.emits.is_empty() || self.output.is_some(),
        }
    }
}

/// The target with this triple.
///
/// # Errors
/// E0805: there is none; the known ones are listed.
pub fn target_named(triple: &str) -> Result<Target, Box<Diagnostic>> {
    Target::from_triple(triple)
        .map_err(|_| Box::new(UnknownTarget { triple, known: Target::known().collect() }.diagnostic()))
}
