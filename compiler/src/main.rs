//! `kiln`: the command line over the library.
//!
//! Exit status: 0 all is well, 1 the program is wrong or an output could not be made, 2 the command line is wrong, 70 the
//! compiler is; `run` ends as the program it ran.

mod cli;
mod printer;

use clap::Parser;
use cli::{Cli, Task};
use kiln_compiler::{Compilation, Disk, Ended, Mode, Options, compile, guarded};
use kiln_source::Diagnostic;
use printer::Printer;
use std::ffi::OsString;
use std::process::exit;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The program is wrong, or an output could not be made.
const FAILED: i32 = 1;
/// The command line is wrong.
const USAGE: i32 = 2;
/// The compiler is wrong.
const INTERNAL: i32 = 70;

fn main() {
    kiln_compiler::silence_panics();
    let cli = Cli::parse();
    let printer = Printer::new(cli.message_format.into(), cli.color);
    let status = guarded(|| match cli.command.task() {
        Ok(Task::Explain(code)) => explain(&printer, code.as_deref()),
        Ok(Task::Compile(options, args)) => drive(&printer, &options, &args),
        Err(error) => printer.failure(*error),
    });
    exit(status.unwrap_or_else(|bug| {
        printer.failure(*bug);
        INTERNAL
    }))
}

/// Compiles, then emits, links or runs what was asked for.
fn drive(printer: &Printer, options: &Options, args: &[OsString]) -> i32 {
    if let Some(emit) = options.emits.iter().find(|emit| emit.stage.is_binary() && emit.path.is_none())
        && printer::stdout_is_terminal()
    {
        let name = emit.stage.name();
        return printer.usage(&format!("`--emit {name}` is bytes, not text: write `--emit {name}=PATH`"));
    }
    let compilation = compile(options, &Disk);
    printer.diagnostics(&compilation.diagnostics, &compilation.sources);
    match emit(options, &compilation) {
        Ok(()) if compilation.has_errors() => FAILED,
        Ok(()) => finish(printer, options, &compilation, args),
        Err(error) => printer.failure(*error),
    }
}

/// Writes the stages asked for, in the order they were asked for.
fn emit(options: &Options, compilation: &Compilation) -> Result<(), Box<Diagnostic>> {
    for emit in &options.emits {
        let Some(made) = compilation.emitted.iter().find(|made| made.stage == emit.stage) else { continue };
        match &emit.path {
            Some(path) => kiln_compiler::write_file(path, &made.bytes)?,
            None => printer::to_stdout(&made.bytes)?,
        }
    }
    Ok(())
}

/// Makes the executable or runs the program.
fn finish(printer: &Printer, options: &Options, compilation: &Compilation, args: &[OsString]) -> i32 {
    let Some(object) = &compilation.object else { return 0 };
    let done = match options.mode {
        Mode::Run => kiln_compiler::run(object, args, options),
        Mode::Build | Mode::Check | Mode::Test => {
            let output = options.output.clone().unwrap_or_else(|| kiln_compiler::default_output(options));
            kiln_compiler::link(object, &output, options).map(|()| Ended::Status(0))
        }
    };
    match done {
        Ok(ended) => {
            if let Ended::Signal(signal) = ended {
                printer.say(&format!("the program was ended by signal {signal}"));
            }
            ended.exit_status()
        }
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
