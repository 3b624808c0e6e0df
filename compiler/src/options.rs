//! What is asked of one compilation. One [`Options`] travels through the whole driver.

use crate::errors::UnknownTarget;
use crate::{BackendName, Stage};
use kiln_codegen::DebugLevel;
use kiln_sema::Limits;
use kiln_source::Diagnostic;
use kiln_types::{Os, Target};
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
    /// `-Oz`: as small as can be.
    MinSize,
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

/// What goes to LLVM as it is, and to the linker.
#[derive(Clone, Debug, Default)]
pub struct Tuning {
    /// `--skip-opt`: none of LLVM's passes run, whatever the level.
    pub skip_opt: bool,
    /// `--keep-unopt`: `--emit asm` also writes the IR before the passes.
    pub keep_unopt: bool,
    /// `--passes`: these passes run instead of those of the level.
    pub passes: Option<String>,
    /// `--cpu`: the processor, as LLVM calls it.
    pub cpu: Option<String>,
    /// `--features`: such as `+avx2,-sse4a`.
    pub features: Option<String>,
    /// `--link-arg`: further arguments of the linker driver, in order.
    pub link_args: Vec<String>,
    /// `--sysroot`: where the target's libraries are.
    pub sysroot: Option<PathBuf>,
    /// `-L`: folders that libraries are looked for in before the usual ones, in order.
    pub library_paths: Vec<PathBuf>,
    /// `-l`: libraries, in order.
    pub libraries: Vec<String>,
    /// Objects and archives that are linked with the program, in order.
    pub objects: Vec<PathBuf>,
    /// Modules as LLVM's bitcode that belong to the program, in order.
    pub bitcode: Vec<PathBuf>,
    /// `--lto`: those are joined with the program before it is optimised.
    pub lto: bool,
    /// `--codegen-units`: into how many parts a program is split that is optimised; otherwise it is one.
    pub units: Option<usize>,
}

impl Tuning {
    /// Whether something is asked of LLVM in particular.
    pub fn is_for_llvm(&self) -> bool {
        let passes = self.skip_opt || self.keep_unopt || self.passes.is_some();
        passes || self.cpu.is_some() || self.features.is_some() || self.lto || !self.bitcode.is_empty()
    }

    /// Whether the program needs more than itself and the C library.
    pub fn links_more(&self) -> bool {
        let inputs = self.objects.len() + self.bitcode.len();
        !(self.link_args.is_empty() && self.libraries.is_empty() && inputs == 0 && self.sysroot.is_none())
    }
}

/// A form of libraries.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Library {
    /// Objects in an archive, to be linked into programs.
    Static,
    /// What the system loads when a program that needs it starts.
    Shared,
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
    /// What compiles or executes the program.
    pub backend: BackendName,
    /// What goes to LLVM as it is, and to the linker.
    pub tuning: Tuning,
    /// Stages to emit.
    pub emits: Vec<Emit>,
    /// The one function whose text is emitted, by its printed name.
    pub only: Option<String>,
    /// The executable's path; `None` takes the root's name without ending.
    pub output: Option<PathBuf>,
    /// What is built is a library, which needs no `main`.
    pub library: Option<Library>,
    /// The linker driver; `None` takes `cc`.
    pub linker: Option<Linker>,
    /// A folder to read the standard library from, instead of the embedded one.
    pub std_dir: Option<PathBuf>,
    /// Budgets of comptime evaluation.
    pub limits: Limits,
    /// Whether evaluations at compile time are measured one by one.
    pub timings: bool,
    /// How much a debugger is told, where somebody asked; see [`Options::debug_level`].
    pub debug: Option<DebugLevel>,
    /// Whether a program that is run shows its calls when it panics.
    pub backtrace: bool,
    /// The folder that paths are relative to, for debuggers; nothing if they need not know.
    pub folder: String,
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
            backend: BackendName::Auto,
            tuning: Tuning::default(),
            emits: Vec::new(),
            only: None,
            output: None,
            library: None,
            linker: None,
            std_dir: None,
            limits: Limits::default(),
            timings: false,
            debug: None,
            backtrace: false,
            folder: String::new(),
        }
    }

    /// How much a debugger is told. By itself: everything without optimisation, with it nothing, or lines where calls are to be shown;
    /// nothing of what is not linked, and where someone is to read what was made.
    pub fn debug_level(&self) -> DebugLevel {
        let is_read = self.emits.iter().any(|emit| emit.stage.is_made_by_backend() && emit.stage != Stage::Obj);
        match self.debug {
            Some(level) => level,
            None if is_read || self.runs_in_memory() => DebugLevel::None,
            None if self.opt == OptLevel::None => DebugLevel::Full,
            None if self.backtrace => DebugLevel::Lines,
            None => DebugLevel::None,
        }
    }

    /// Whether a program that panics can show its calls: it is for a system that `std/backtrace.kiln` knows, and has the tables.
    pub fn shows_calls(&self) -> bool {
        let has_tables = self.needs_backend() && self.debug_level() != DebugLevel::None;
        has_tables && self.target.os == Os::Linux && self.target.pointer_bytes == 8
    }

    /// Whether a program says that its stack has overflowed: it is one, for a system that `std/stack.kiln` knows.
    pub fn guards_stack(&self) -> bool {
        self.wants_executable() && !self.is_library() && self.target.os == Os::Linux
    }

    /// The folder that debuggers are told: only of what is not to be given away.
    pub fn debug_folder(&self) -> &str {
        if self.debug_level() == DebugLevel::Full { &self.folder } else { "" }
    }

    /// Whether there is no `main` to start in: a library is built, or only a header is wanted.
    pub fn is_library(&self) -> bool {
        let only_header = !self.emits.is_empty() && self.emits.iter().all(|emit| emit.stage == Stage::Header);
        self.mode == Mode::Build && (self.library.is_some() || (only_header && self.output.is_none()))
    }

    /// Whether a stage is to be emitted.
    pub fn emits(&self, stage: Stage) -> bool {
        self.emits.iter().any(|emit| emit.stage == stage)
    }

    /// Whether something is wanted that only a backend makes.
    pub fn needs_backend(&self) -> bool {
        self.wants_executable() || self.emits.iter().any(|emit| emit.stage.is_made_by_backend())
    }

    /// Whether the program or its tests are run, need nothing from elsewhere, and so need not be linked. What is to show its calls
    /// is linked: code in memory has no tables.
    pub fn runs_in_memory(&self) -> bool {
        let is_plain =
            self.linker.as_ref().is_none_or(|linker| linker.asked_by != "--linker") && !self.tuning.links_more();
        let is_run = match self.mode {
            Mode::Run => !self.backtrace,
            mode => mode == Mode::Test,
        };
        is_run && self.wants_executable() && is_plain && self.target == Target::host()
    }

    /// Whether an executable is to be made: by `run` and `test`, and by `build` unless it was only asked to emit something.
    pub fn wants_executable(&self) -> bool {
        match self.mode {
            Mode::Check => false,
            Mode::Run | Mode::Test => !self.interpret,
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
