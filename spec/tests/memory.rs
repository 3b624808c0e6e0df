//! The example programs under valgrind: none reads or writes what is not its own, and what they take they give back.
//!
//! What they read are the inputs of their cases, each with code of another sort than the one before; and large ones, whole and cut off
//! somewhere, so that there is much to give back when the mistake is found.
#![allow(clippy::unwrap_used, reason = "tests may panic")]

#[path = "memory/large.rs"]
mod large;

use kiln_compiler::{Disk, OptLevel};
use kiln_spec::{Engine, Program, programs, run_command};
use libtest_mimic::{Arguments, Failed, Trial};
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};

/// valgrind's own status for a program with errors.
const WRONG: i32 = 99;
/// The status of a program that panics: no input makes an example do so.
const PANIC: i32 = 101;

/// An input, and the status to end with where it is known.
struct Input {
    name: String,
    bytes: Vec<u8>,
    status: Option<i32>,
}

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let found = Command::new("valgrind").arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    if !found.is_ok_and(|status| status.success()) {
        eprintln!("the memory of the examples is not checked: there is no valgrind (`cargo xtask setup`)");
        return ExitCode::SUCCESS;
    }
    let linked =
        |engine: &Engine| matches!(engine, Engine::Native(OptLevel::None | OptLevel::Default) | Engine::Cranelift);
    let engines: Vec<Engine> = Engine::available().into_iter().filter(linked).collect();
    let mut trials = Vec::new();
    if !engines.is_empty() {
        for program in programs(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples")).unwrap() {
            for (engine, inputs) in engines.iter().zip(dealt(&program, engines.len())) {
                let (engine, program) = (*engine, program.clone());
                if !inputs.is_empty() {
                    let name = format!("{} {}", engine.name(), program.name);
                    trials.push(Trial::test(name, move || check(engine, &program, &inputs)));
                }
            }
        }
    }
    libtest_mimic::run(&arguments, trials).exit_code()
}

/// The inputs of a program, dealt out to so many engines.
fn dealt(program: &Program, engines: usize) -> Vec<Vec<Input>> {
    let empty = Input { name: "empty".to_owned(), bytes: Vec::new(), status: Some(program.status) };
    let cases = program.cases.iter().map(|case| Input {
        name: case.name.clone(),
        bytes: case.input.clone(),
        status: Some(case.status),
    });
    let large = large::input(&program.name).map(|whole| {
        // It ends inside of something, by a byte that is no UTF-8.
        let mut cut = whole[..whole.len() * 2 / 3].to_vec();
        cut.push(0xFF);
        [("large", whole, Some(0)), ("cut", cut, None)]
    });
    let large = large.into_iter().flatten();
    let large = large.map(|(name, bytes, status)| Input { name: name.to_owned(), bytes, status });
    let mut dealt: Vec<Vec<Input>> = (0..engines).map(|_| Vec::new()).collect();
    for (number, input) in large.chain(cases).chain([empty]).enumerate() {
        dealt[number % engines].push(input);
    }
    dealt
}

fn check(engine: Engine, program: &Program, inputs: &[Input]) -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("program");
    engine.build(&program.path, &Disk, &path)?;
    for input in inputs {
        let mut command = Command::new("valgrind");
        command.args(["--quiet", "--leak-check=full", "--show-leak-kinds=all", "--errors-for-leak-kinds=all"]);
        command.arg(format!("--error-exitcode={WRONG}")).arg(&path);
        let outcome = run_command(&mut command, &input.bytes)?;
        let is_fine = match input.status {
            Some(status) => outcome.status == Some(status),
            None => outcome.status.is_some_and(|status| status != WRONG && status != PANIC),
        };
        if !is_fine {
            let said = String::from_utf8_lossy(&outcome.stderr).into_owned();
            return Err(format!("input {}: status {:?}\n{said}", input.name, outcome.status).into());
        }
    }
    Ok(())
}
