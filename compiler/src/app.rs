//! The command line over the library: what `kiln` and `kiln-llvm` both do.
//!
//! Loading LLVM takes longer than checking a program, so `kiln` is without, and hands what needs LLVM over to `kiln-llvm`
//! beside it, with the same arguments.
//!
//! Exit status: 0 all is well, 1 the program is wrong or an output could not be made, 2 the command line is wrong, 70 the
//! compiler is; `run` ends as the program it ran.

use crate::cli::{Cli, Task};
use crate::printer::{self, Printer};
use crate::testing;
use clap::Parser;
use kiln_compiler::{
    Backend, Backends, Choice, Compilation, Disk, Ended, Executed, Execution, Interpreted, Interpreter, Library, Mode,
    Options, Stage, calls_text, check_outputs, compile_with, doctor, executable_path, guarded, has_llvm, list_targets,
    missing_part,
};
use kiln_source::{Diagnostic, SourceMap};
use kiln_types::Os;
use std::ffi::OsString;
use std::io;
use std::mem::ManuallyDrop;
use std::path::{Path, PathBuf};
use std::process::Command;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The program with LLVM.
const NATIVE: &str = "kiln-llvm";

/// The program is wrong, or an output could not be made.
pub const FAILED: i32 = 1;
/// The command line is wrong.
pub const USAGE: i32 = 2;
/// The compiler is wrong.
const INTERNAL: i32 = 70;

/// Does what the command line says, with the backends inside. Gives the exit status.
pub fn main(backends: Backends) -> i32 {
    kiln_compiler::silence_panics();
    let cli = Cli::parse();
    let printer = Printer::new(cli.message_format.into(), cli.color);
    let status = guarded(|| match cli.command.task() {
        Ok(Task::Explain(code)) => explain(&printer, code.as_deref()),
        Ok(Task::Targets) => with_llvm(backends, || show(&printer, &list_targets(backends))),
        Ok(Task::Doctor(std)) => with_llvm(backends, || show(&printer, &doctor(backends, std.as_deref()))),
        Ok(Task::Test(options, filter)) => testing::test(&printer, backends, &options, filter.as_deref()),
        Ok(Task::Compile(options, args)) => drive(&printer, backends, &options, &args),
        Err(error) => printer.failure(*error),
    });
    status.unwrap_or_else(|bug| {
        printer.failure(*bug);
        INTERNAL
    })
}

/// Compiles, then emits, links or runs what was asked for.
fn drive(printer: &Printer, backends: Backends, options: &Options, args: &[OsString]) -> i32 {
    if options.only.is_some() && !options.emits.iter().any(|emit| emit.stage.has_functions()) {
        return printer.usage("`--only` needs `--emit air`, `cfg`, `asm` or `native-asm`");
    }
    if let Some(refused) = refuse_c(options).or_else(|| refuse_library(options)) {
        return printer.usage(&refused);
    }
    if options.tuning.keep_unopt && !options.emits.iter().any(|emit| emit.stage == Stage::LlvmIr && emit.path.is_some())
    {
        return printer.usage("`--keep-unopt` needs `--emit asm=PATH`, and writes PATH with `.unopt` in its name");
    }
    if let Some(emit) = options.emits.iter().find(|emit| emit.stage.is_binary() && emit.path.is_none())
        && printer::stdout_is_terminal()
    {
        let name = emit.stage.name();
        return printer.usage(&format!("`--emit {name}` is bytes, not text: write `--emit {name}=PATH`"));
    }
    if let Err(error) = check_outputs(options) {
        return printer.failure(*error);
    }
    let backend = match backends.choose(options) {
        Ok(Choice::Here(backend)) => backend,
        Ok(Choice::Beside) if options.needs_backend() => return hand_over(printer),
        Ok(Choice::Beside) => &Interpreter,
        Err(_) if !options.needs_backend() => &Interpreter,
        Err(error) => return printer.failure(*error),
    };
    // The process ends soon: to give all of the memory back piece by piece would be a waste of time.
    let (mut compilation, checked) = compile_with(options, &Disk, Some(backend));
    let mut checked = ManuallyDrop::new(checked);
    printer.diagnostics(&compilation.diagnostics, &compilation.sources);
    if options.timings {
        printer.plain(&compilation.timings.table(&compilation.sources));
    }
    match emit(options, &compilation) {
        Ok(()) if compilation.has_errors() => FAILED,
        Ok(()) if options.mode == Mode::Run && (options.interpret || options.wants_executable()) => {
            let (loaded, objects) = (compilation.loaded.take(), &compilation.objects);
            let execution = Execution { checked: &mut checked, loaded, objects, options, args };
            execute(printer, &compilation.sources, backend, execution)
        }
        Ok(()) => finish(printer, options, &compilation),
        Err(error) => printer.failure(*error),
    }
}

/// Files of C among the inputs, which need a compiler of their own.
fn refuse_c(options: &Options) -> Option<String> {
    let is_c = |ending: &std::ffi::OsStr| ["c", "cc", "cpp", "cxx", "h"].iter().any(|known| ending == *known);
    let input = options.inputs.iter().find(|input| input.extension().is_some_and(is_c))?;
    let object = input.with_extension("o");
    Some(format!("`{}` is C: compile it (`cc -c`) and name `{}`", input.display(), object.display()))
}

/// Why a library can't be built with these options.
fn refuse_library(options: &Options) -> Option<String> {
    let triple = &options.target.triple;
    match options.library? {
        Library::Static if !options.tuning.libraries.is_empty() => Some(
            "`-l` is for what is linked: name the libraries when the static library is linked into a program".into(),
        ),
        Library::Shared if options.target.os == Os::Freestanding => {
            Some(format!("`{triple}` has no system that loads shared libraries: use `--lib static`"))
        }
        _ => None,
    }
}

/// Does a task where LLVM is, if it is somewhere.
fn with_llvm(backends: Backends, task: impl FnOnce() -> i32) -> i32 {
    let is_here = backends.list().iter().any(|(name, _)| *name == "llvm");
    if has_llvm() && !is_here {
        // It returns only if there is no such program; then this one says so.
        match start_native() {
            Ok(status) => return status,
            Err(_) => return task(),
        }
    }
    task()
}

fn show(printer: &Printer, text: &str) -> i32 {
    printer::to_stdout(text.as_bytes()).map_or_else(|error| printer.failure(*error), |()| 0)
}

/// Lets the program with LLVM do this task. Gives its exit status, if this process is still here to do so.
pub fn hand_over(printer: &Printer) -> i32 {
    start_native().unwrap_or_else(|(program, failed)| printer.failure(missing_part(&program, &failed)))
}

/// Becomes the program with LLVM, or starts it; an error has its path.
fn start_native() -> Result<i32, (PathBuf, io::Error)> {
    let beside =
        std::env::current_exe().map(|this| this.with_file_name(format!("{NATIVE}{}", std::env::consts::EXE_SUFFIX)));
    let program = beside.unwrap_or_else(|_| PathBuf::from(NATIVE));
    let mut command = Command::new(&program);
    command.args(std::env::args_os().skip(1));
    #[cfg(unix)]
    let failed = std::os::unix::process::CommandExt::exec(&mut command);
    #[cfg(not(unix))]
    let failed = match command.status() {
        Ok(status) => return Ok(status.code().unwrap_or(FAILED)),
        Err(error) => error,
    };
    Err((program, failed))
}

/// Writes the stages asked for, in the order they were asked for.
fn emit(options: &Options, compilation: &Compilation) -> Result<(), Box<Diagnostic>> {
    for emit in &options.emits {
        let Some(made) = compilation.emitted.iter().find(|made| made.stage == emit.stage) else { continue };
        match &emit.path {
            Some(path) => {
                kiln_compiler::write_file(path, &made.bytes)?;
                if let (Stage::LlvmIr, Some(unoptimised)) = (emit.stage, &compilation.unoptimised) {
                    kiln_compiler::write_file(&unoptimised_path(path), unoptimised)?;
                }
            }
            None => printer::to_stdout(&made.bytes)?,
        }
    }
    Ok(())
}

/// `x.unopt.ll` beside `x.ll`.
fn unoptimised_path(path: &Path) -> PathBuf {
    let ending = path.extension().map_or("unopt".into(), |ending| format!("unopt.{}", ending.to_string_lossy()));
    path.with_extension(ending)
}

/// Runs the program. Gives its exit status.
fn execute(printer: &Printer, sources: &SourceMap, backend: &dyn Backend, execution: Execution<'_>) -> i32 {
    let shows_calls = execution.options.backtrace;
    match backend.execute(execution) {
        Ok(Executed::Native(ended)) => {
            if let Ended::Signal(signal) = ended {
                printer.say(&format!("the program was ended by signal {signal}"));
            }
            ended.exit_status()
        }
        Ok(Executed::Interpreted(called)) => {
            printer.ended(&called.ended, sources);
            if shows_calls && matches!(called.ended, Interpreted::Panicked { .. }) {
                printer.plain(&calls_text(&called.calls, sources));
            }
            called.ended.exit_status()
        }
        Err(error) => printer.failure(*error),
    }
}

/// Makes the executable.
fn finish(printer: &Printer, options: &Options, compilation: &Compilation) -> i32 {
    if compilation.objects.is_empty() {
        return 0;
    }
    let make = if options.library == Some(Library::Static) { kiln_compiler::archive } else { kiln_compiler::link };
    match make(&compilation.objects, &executable_path(options), options) {
        Ok(()) => 0,
        Err(error) => printer.failure(*error),
    }
}

fn explain(printer: &Printer, code: Option<&str>) -> i32 {
    let text = match code.map(kiln_compiler::find_code) {
        None => Ok(kiln_compiler::list()),
        Some(Ok(code)) => kiln_compiler::explain(code).map(str::to_owned).ok_or(format!("{} has no page", code.id)),
        Some(Err(hint)) => Err(hint),
    };
    match text {
        Ok(text) => printer::to_stdout(text.as_bytes()).map_or_else(|error| printer.failure(*error), |()| 0),
        Err(hint) => printer.usage(&hint),
    }
}
