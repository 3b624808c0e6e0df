//! The command line of `kiln`.

use clap::{Args, Parser, Subcommand, ValueEnum};
use kiln_compiler::{
    BackendName, DebugLevel, Emit, Format, Library, Limits, Linker, Mode, OptLevel, Options, Stage, Tuning,
    has_native_code, target_named,
};
use kiln_source::{Diagnostic, nearest};
use std::ffi::OsString;
use std::path::PathBuf;

/// The Kiln compiler.
#[derive(Parser, Debug)]
#[command(name = "kiln", version, about, disable_help_subcommand = true)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Command,
    /// Colours: on a terminal, always, or never
    #[arg(long, value_enum, default_value_t, global = true, value_name = "WHEN")]
    pub color: Color,
    /// How diagnostics are written, to standard error
    #[arg(long, value_enum, default_value_t, global = true, value_name = "FORMAT")]
    pub message_format: MessageFormat,
}

#[derive(Subcommand, Debug)]
pub enum Command {
    /// Compile a program and run it
    Run {
        /// The file with `main`
        file: PathBuf,
        /// The same as --backend interp
        #[arg(long, conflicts_with_all = ["backend", "jit"])]
        interp: bool,
        /// The same as --backend jit
        #[arg(long, conflicts_with = "backend")]
        jit: bool,
        #[command(flatten)]
        compile: CompileArgs,
        #[command(flatten)]
        native: NativeArgs,
        /// Arguments of the program
        #[arg(last = true, value_name = "ARGS")]
        args: Vec<OsString>,
    },
    /// Compile a program to an executable, or show a stage of it
    Build {
        /// The file with `main`, then others to compile with it
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
        /// The executable; by default the first file's name without ending
        #[arg(short, long, value_name = "OUT")]
        output: Option<PathBuf>,
        /// Build a library of what is exported: an archive (static), or one that is loaded with programs (shared)
        #[arg(long, value_enum, value_name = "KIND")]
        lib: Option<LibraryKind>,
        #[command(flatten)]
        compile: CompileArgs,
        #[command(flatten)]
        native: NativeArgs,
    },
    /// Say what is wrong with a program
    Check {
        /// Files; the first is the root
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
        #[command(flatten)]
        compile: CompileArgs,
    },
    /// Run the tests of a program, each in a process of its own
    Test {
        /// Files; the first is the root
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
        /// The same as --backend interp: misuse of memory and leaks are found
        #[arg(long, conflicts_with = "backend")]
        interp: bool,
        /// Run only tests whose name contains this
        #[arg(long, value_name = "TEXT")]
        filter: Option<String>,
        #[command(flatten)]
        compile: CompileArgs,
        #[command(flatten)]
        native: NativeArgs,
    },
    /// List the machines there are programs for, and what works here
    Targets,
    /// Say which tools were found, and what does not work without the others
    Doctor {
        /// Read the standard library from this folder
        #[arg(long, value_name = "DIR", env = "KILN_STD")]
        std: Option<PathBuf>,
    },
    /// Explain a code such as E0205; without one, list all
    Explain {
        /// `E0205`, `205` or `use_after_move`
        code: Option<String>,
    },
}

/// Options of everything that compiles.
#[derive(Args, Debug)]
pub struct CompileArgs {
    /// The machine to compile for
    #[arg(long, value_name = "TRIPLE")]
    pub target: Option<String>,
    /// Show a stage: tokens, ast, hir, air, cfg, header, clif, asm (LLVM IR; also llvm-ir), native-asm, obj, bc. Can be given several times
    #[arg(long, value_name = "STAGE[=PATH]", value_parser = emit)]
    pub emit: Vec<Emit>,
    /// Show only this function, by the name it is printed under
    #[arg(long, value_name = "NAME")]
    pub only: Option<String>,
    /// Read the standard library from this folder
    #[arg(long, value_name = "DIR", env = "KILN_STD")]
    pub std: Option<PathBuf>,
    /// Instructions that one evaluation at compile time may execute; 0 is no limit
    #[arg(long, value_name = "N", default_value_t = Limits::default().steps)]
    pub comptime_steps: u64,
    /// Calls that may nest at compile time; 0 is no limit
    #[arg(long, value_name = "N", default_value_t = Limits::default().depth)]
    pub comptime_depth: u64,
    /// Bytes that may be in use at compile time; 0 is no limit
    #[arg(long, value_name = "N", default_value_t = Limits::default().memory)]
    pub comptime_memory: u64,
    /// Say on standard error how long each phase took, and what was evaluated at compile time
    #[arg(long)]
    pub timings: bool,
}

/// Options of everything that makes native code.
#[derive(Args, Debug)]
pub struct NativeArgs {
    /// What compiles or runs the program
    #[arg(long, value_enum, default_value_t, value_name = "NAME")]
    pub backend: BackendChoice,
    /// Optimisation: 0, 1, 2, 3, s for size, or z for the least size
    #[arg(short = 'O', value_name = "LEVEL", value_parser = ["0", "1", "2", "3", "s", "z"])]
    pub opt: Option<String>,
    /// The same as -O2
    #[arg(long, conflicts_with = "opt")]
    pub release: bool,
    /// The same as -O0, which is the default
    #[arg(long, conflicts_with_all = ["opt", "release"])]
    pub debug: bool,
    /// Tell debuggers everything, which is the default without optimisation
    #[arg(short = 'g', conflicts_with = "debug_info")]
    pub full_debug_info: bool,
    /// What debuggers are told; by default everything at -O0, else nothing
    #[arg(long, value_enum, value_name = "LEVEL")]
    pub debug_info: Option<DebugChoice>,
    /// The linker driver; otherwise KILN_CC, CC or cc
    #[arg(long, value_name = "PROGRAM")]
    pub linker: Option<String>,
    /// A further argument of the linker driver; can be given several times
    #[arg(long, value_name = "ARG", allow_hyphen_values = true)]
    pub link_arg: Vec<String>,
    /// Where the target's headers and libraries are
    #[arg(long, value_name = "DIR")]
    pub sysroot: Option<PathBuf>,
    /// Look for libraries in this folder too; can be given several times
    #[arg(short = 'L', value_name = "DIR")]
    pub library_path: Vec<PathBuf>,
    /// Link a library: -lm; can be given several times
    #[arg(short = 'l', value_name = "NAME")]
    pub library: Vec<String>,
    /// Run none of LLVM's passes, whatever the level
    #[arg(long)]
    pub skip_opt: bool,
    /// With `--emit asm=x.ll`: also write the IR before the passes, to x.unopt.ll
    #[arg(long)]
    pub keep_unopt: bool,
    /// Run these passes of LLVM instead of those of the level, such as "mem2reg,instcombine"
    #[arg(long, value_name = "PASSES", conflicts_with = "skip_opt")]
    pub passes: Option<String>,
    /// The processor to compile for, as LLVM calls it
    #[arg(long, value_name = "NAME")]
    pub cpu: Option<String>,
    /// Join the program with the bitcode files (.bc) among its inputs before it is optimised
    #[arg(long, conflicts_with = "codegen_units")]
    pub lto: bool,
    /// Split an optimised program into up to this many parts, each made by a thread: faster to compile, less inlined
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(1..=64))]
    pub codegen_units: Option<u8>,
    /// Features of the processor: "+avx2,-sse4a"
    #[arg(long, value_name = "LIST", allow_hyphen_values = true)]
    pub features: Option<String>,
}

/// What compiles or runs a program.
#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum BackendChoice {
    /// Cranelift for -O0 where it has the target, LLVM for the rest
    #[default]
    Auto,
    /// LLVM, ahead of time
    Llvm,
    /// Cranelift: quick to compile, little optimised
    Cranelift,
    /// The interpreter (run and test only)
    Interp,
    /// LLVM, in memory (run and test only)
    Jit,
}

impl From<BackendChoice> for BackendName {
    fn from(choice: BackendChoice) -> BackendName {
        match choice {
            BackendChoice::Auto => BackendName::Auto,
            BackendChoice::Llvm => BackendName::Llvm,
            BackendChoice::Cranelift => BackendName::Cranelift,
            BackendChoice::Interp => BackendName::Interp,
            BackendChoice::Jit => BackendName::Jit,
        }
    }
}

/// What debuggers are told.
#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub enum DebugChoice {
    /// Nothing
    None,
    /// Which line each instruction belongs to
    Lines,
    /// Also functions, variables and types
    Full,
}

impl From<DebugChoice> for DebugLevel {
    fn from(choice: DebugChoice) -> DebugLevel {
        match choice {
            DebugChoice::None => DebugLevel::None,
            DebugChoice::Lines => DebugLevel::Lines,
            DebugChoice::Full => DebugLevel::Full,
        }
    }
}

/// A form of libraries.
#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub enum LibraryKind {
    /// Objects in an archive
    Static,
    /// Loaded when a program that needs it starts
    Shared,
}

impl From<LibraryKind> for Library {
    fn from(kind: LibraryKind) -> Library {
        match kind {
            LibraryKind::Static => Library::Static,
            LibraryKind::Shared => Library::Shared,
        }
    }
}

/// The variable by which programs are asked to show their calls when they panic.
const BACKTRACE: &str = "KILN_BACKTRACE";

/// What the linker takes beside programs.
const OBJECT_ENDINGS: &[&str] = &["o", "a", "so", "obj", "lib", "dylib"];

/// When to use colours.
#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Color {
    /// On a terminal, unless NO_COLOR is set
    #[default]
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// How diagnostics are written.
#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum MessageFormat {
    /// With the source marked
    #[default]
    Human,
    /// One line each: FILE:LINE:COLUMN: SEVERITY: MESSAGE
    Short,
    /// One JSON object a line
    Json,
}

impl From<MessageFormat> for Format {
    fn from(format: MessageFormat) -> Format {
        match format {
            MessageFormat::Human => Format::Human,
            MessageFormat::Short => Format::Short,
            MessageFormat::Json => Format::Json,
        }
    }
}

/// What the command line asks for.
#[derive(Debug)]
pub enum Task {
    /// Explain a code, or list all.
    Explain(Option<String>),
    /// List the targets.
    Targets,
    /// Report on tools; with the folder of the standard library.
    Doctor(Option<PathBuf>),
    /// Compile, and run with these arguments where the mode says so.
    Compile(Box<Options>, Vec<OsString>),
    /// Run the tests whose name contains the text.
    Test(Box<Options>, Option<String>),
}

impl Command {
    /// The task, with the environment's wishes in it.
    ///
    /// # Errors
    /// E0805: there is no such target.
    pub fn task(self) -> Result<Task, Box<Diagnostic>> {
        let (mut interpret, mut library) = (false, None);
        let mut test_filter = None;
        let (mode, inputs, compile, native, output, args) = match self {
            Command::Targets => return Ok(Task::Targets),
            Command::Doctor { std } => return Ok(Task::Doctor(std)),
            Command::Explain { code } => return Ok(Task::Explain(code)),
            Command::Check { files, compile } => (Mode::Check, files, compile, None, None, Vec::new()),
            Command::Build { files, output, lib, compile, native } => {
                library = lib;
                (Mode::Build, files, compile, Some(native), output, Vec::new())
            }
            Command::Run { file, interp, jit, compile, mut native, args } => {
                if jit {
                    native.backend = BackendChoice::Jit;
                }
                interpret = interp || native.interprets();
                (Mode::Run, vec![file], compile, Some(native), None, args)
            }
            Command::Test { files, interp, filter, compile, native } => {
                interpret = interp || native.interprets();
                test_filter = filter;
                (Mode::Test, files, compile, Some(native), None, Vec::new())
            }
        };
        let mut options = compile.options(mode, inputs)?;
        options.output = output;
        options.library = library.map(Library::from);
        options.interpret = interpret;
        if let Some(native) = native {
            native.apply(&mut options);
        }
        Ok(match mode {
            Mode::Test => Task::Test(Box::new(options), test_filter),
            _ => Task::Compile(Box::new(options), args),
        })
    }
}

impl CompileArgs {
    fn options(self, mode: Mode, inputs: Vec<PathBuf>) -> Result<Options, Box<Diagnostic>> {
        let CompileArgs { target, emit, only, std, comptime_steps, comptime_depth, comptime_memory, timings } = self;
        let limits = Limits { steps: comptime_steps, depth: comptime_depth, memory: comptime_memory };
        let mut options = Options { emits: emit, only, std_dir: std, limits, timings, ..Options::new(mode, inputs) };
        if let Some(triple) = target {
            options.target = target_named(&triple)?;
        }
        Ok(options)
    }
}

impl NativeArgs {
    /// Whether programs run on the interpreter.
    fn interprets(&self) -> bool {
        match self.backend {
            BackendChoice::Interp => true,
            BackendChoice::Auto => !has_native_code(),
            _ => false,
        }
    }

    fn apply(self, options: &mut Options) {
        options.backend = self.backend.into();
        let NativeArgs { opt, release, linker, .. } = self;
        options.opt = match opt.as_deref() {
            None if release => OptLevel::Default,
            // `--debug` asks for what is the default.
            None | Some("0") => OptLevel::None,
            Some("1") => OptLevel::Less,
            Some("2") => OptLevel::Default,
            Some("3") => OptLevel::Aggressive,
            Some("z") => OptLevel::MinSize,
            Some(_) => OptLevel::Size,
        };
        options.linker = Linker::asked_for(linker.as_deref(), &options.target);
        let asked = self.full_debug_info.then_some(DebugChoice::Full).or(self.debug_info);
        options.debug = asked.map(DebugLevel::from);
        options.backtrace = std::env::var_os(BACKTRACE).is_some_and(|value| value == "1");
        options.folder = std::env::current_dir().map_or_else(|_| String::new(), |here| here.display().to_string());
        options.tuning = Tuning {
            skip_opt: self.skip_opt,
            keep_unopt: self.keep_unopt,
            passes: self.passes,
            cpu: self.cpu,
            features: self.features,
            link_args: self.link_arg,
            sysroot: self.sysroot,
            libraries: self.library,
            library_paths: self.library_path,
            lto: self.lto,
            units: self.codegen_units.map(usize::from),
            ..Tuning::default()
        };
        let is_object = |input: &PathBuf| {
            input.extension().is_some_and(|ending| OBJECT_ENDINGS.iter().any(|known| ending == *known))
        };
        let is_bitcode = |input: &PathBuf| input.extension().is_some_and(|ending| ending == "bc");
        let (objects, inputs): (_, Vec<PathBuf>) = std::mem::take(&mut options.inputs).into_iter().partition(is_object);
        options.tuning.objects = objects;
        (options.tuning.bitcode, options.inputs) = inputs.into_iter().partition(is_bitcode);
    }
}

/// `cfg`, `cfg=out.txt`
fn emit(text: &str) -> Result<Emit, String> {
    let (name, path) = match text.split_once('=') {
        Some((name, path)) if !path.is_empty() => (name, Some(PathBuf::from(path))),
        Some(_) => return Err("a path is missing after `=`".to_owned()),
        None => (text, None),
    };
    let stage = Stage::named(name).ok_or_else(|| match nearest(name, Stage::names()) {
        Some(near) => format!("there is no stage `{name}`; there is `{near}`"),
        None => format!("there is no stage `{name}`; the stages are {}", Stage::names().collect::<Vec<_>>().join(", ")),
    })?;
    Ok(Emit { stage, path })
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn levels_and_emits() {
        let cli = Cli::parse_from(["kiln", "build", "a.kiln", "-Os", "--emit", "cfg", "--emit", "asm=x.ll"]);
        let Ok(Task::Compile(options, _)) = cli.command.task() else { panic!("it compiles") };
        assert_eq!(options.opt, OptLevel::Size);
        assert_eq!(options.emits[1], Emit { stage: Stage::LlvmIr, path: Some("x.ll".into()) });
        assert!(Cli::try_parse_from(["kiln", "build", "a.kiln", "-O2", "--release"]).is_err());
        assert!(Cli::try_parse_from(["kiln", "check", "a.kiln", "--emit", "mir"]).is_err());
    }
}
