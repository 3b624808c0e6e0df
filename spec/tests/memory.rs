//! The example programs under valgrind: none reads or writes what is not its own, and what they take they give back. Each as optimised code
//! and by Cranelift; with an empty input and with the short ones of its cases.
#![allow(clippy::unwrap_used, reason = "tests may panic")]

use kiln_compiler::{Disk, OptLevel};
use kiln_spec::{Engine, Program, programs, run_command};
use libtest_mimic::{Arguments, Failed, Trial};
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};

/// Longer inputs take valgrind too long.
const SHORT: usize = 24;
/// valgrind's own status for a program with errors.
const WRONG: i32 = 99;

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let found = Command::new("valgrind").arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    if !found.is_ok_and(|status| status.success()) {
        eprintln!("the memory of the examples is not checked: there is no valgrind (`cargo xtask setup`)");
        return ExitCode::SUCCESS;
    }
    let examples = programs(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples")).unwrap();
    let mut trials = Vec::new();
    for engine in Engine::available() {
        if matches!(engine, Engine::Native(OptLevel::Default) | Engine::Cranelift) {
            trials.extend(examples.iter().filter(|program| is_wanted(engine, program)).map(|program| {
                let program = program.clone();
                Trial::test(format!("{} {}", engine.name(), program.name), move || check(engine, &program))
            }));
        }
    }
    libtest_mimic::run(&arguments, trials).exit_code()
}

/// Cranelift's code is as it was written, so those that only compute are left out.
fn is_wanted(engine: Engine, program: &Program) -> bool {
    engine != Engine::Cranelift || !program.cases.is_empty()
}

fn check(engine: Engine, program: &Program) -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("program");
    engine.build(&program.path, &Disk, &path)?;
    let mut inputs: Vec<(&str, &[u8], i32)> = vec![("empty", &[], program.status)];
    if engine != Engine::Cranelift {
        let short = program.cases.iter().filter(|case| case.input.len() <= SHORT);
        inputs.extend(short.map(|case| (&*case.name, &*case.input, case.status)));
    }
    for (name, input, status) in inputs {
        let mut command = Command::new("valgrind");
        command.args(["--quiet", "--leak-check=full", "--show-leak-kinds=all", "--errors-for-leak-kinds=all"]);
        command.arg(format!("--error-exitcode={WRONG}")).arg(&path);
        let outcome = run_command(&mut command, input)?;
        if outcome.status != Some(status) {
            let said = String::from_utf8_lossy(&outcome.stderr).into_owned();
            return Err(format!("input {name}: status {:?}\n{said}", outcome.status).into());
        }
    }
    Ok(())
}
