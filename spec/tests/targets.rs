//! Examples of the reference on other machines: compiled for each target, linked and run under an emulator or node where the
//! tools for that are installed (`cargo xtask setup --cross`), and compared with the interpreter for the same target.
//!
//! Many examples are one program of tests, so that a target takes seconds: each is a module, and each test calls the `main` of one.
#![allow(clippy::unwrap_used, reason = "tests may panic")]

#[path = "targets/batch.rs"]
mod batch;
#[path = "targets/machine.rs"]
mod machine;

use batch::Batch;
use kiln_compiler::{BackendName, Memory, Mode, OptLevel, Options, has_llvm};
use kiln_spec::{Example, Outcome, read_pages};
use libtest_mimic::{Arguments, Failed, Trial};
use machine::{Host, MACHINES, Machine};
use std::path::Path;
use std::process::ExitCode;

/// Of the examples that are about no machine in particular, every one of so many is run.
const ONE_OF: usize = 4;
/// Examples in one program.
const BATCH: usize = 48;

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let examples = examples();
    let mut trials = Vec::new();
    for machine in MACHINES {
        let missing = machine.missing();
        if !missing.is_empty() {
            if !arguments.list {
                eprintln!("programs for {} are not run: there is no {}", machine.triple, missing.join(", no "));
            }
            continue;
        }
        if has_llvm() && machine.host == Host::Linux {
            let name = format!("{} system calls", machine.triple);
            trials.push(Trial::test(name, move || check_system_calls(machine)));
        }
        for (number, examples) in examples.chunks(BATCH).enumerate() {
            let opt = if number % 2 == 0 { OptLevel::None } else { OptLevel::Default };
            let examples = examples.to_vec();
            let name = format!("{} {number}", machine.triple);
            trials.push(Trial::test(name, move || check(machine, examples, opt)));
        }
    }
    libtest_mimic::run(&arguments, trials).exit_code()
}

/// Name and text of examples that run by themselves and need nothing of C: all that are about comptime, sizes and numbers, and
/// some of the rest.
fn examples() -> Vec<(String, Example)> {
    if !has_llvm() {
        return Vec::new();
    }
    let (pages, _) = read_pages(Path::new(env!("CARGO_MANIFEST_DIR"))).unwrap();
    let mut found = Vec::new();
    let mut others = 0;
    for page in &pages {
        let is_about_machines = ["comptime/", "types/sizes", "types/integers", "expressions/conversions"]
            .iter()
            .any(|start| page.path.starts_with(start));
        for (rule, block) in page.rules.iter().flat_map(|rule| rule.blocks.iter().map(move |block| (rule, block))) {
            let Ok(example) = Example::parse(&block.text) else { continue };
            let runs = example.run.as_ref().is_some_and(|run| run.foreign.is_none()) && example.files.len() == 1;
            if !runs || !batch::fits(&example) {
                continue;
            }
            others += 1;
            if is_about_machines || others % ONE_OF == 0 {
                found.push((format!("{} {}:{}", rule.id, page.path, block.line), example));
            }
        }
    }
    // One for each level.
    let wide = || ("wide integers".to_owned(), Example::parse(include_str!("targets/wide.kiln")).unwrap());
    found.insert(BATCH, wide());
    found.insert(0, wide());
    found
}

fn check(machine: &Machine, mut examples: Vec<(String, Example)>, opt: OptLevel) -> Result<(), Failed> {
    if machine.host == Host::Bare {
        examples.retain(|(_, example)| !batch::converts_wide_floats(example));
    }
    let batch = Batch::new(examples, machine.target()).without_wide_words();
    let expected = batch.interpreted()?;
    let found = machine.run(&batch, opt)?;
    for (((name, _), expected), found) in batch.examples.iter().zip(expected).zip(found) {
        if expected != found {
            return Err(format!("{name}\n  interpreted {}\n  found       {}", shown(&expected), shown(&found)).into());
        }
    }
    Ok(())
}

/// The interpreter has no kernel: what the calls answer is written here.
fn check_system_calls(machine: &Machine) -> Result<(), Failed> {
    let files = Memory::from([("system_calls.kiln", include_str!("targets/system_calls.kiln"))]);
    for opt in [OptLevel::None, OptLevel::Default] {
        let options = Options {
            target: machine.target(),
            backend: BackendName::Llvm,
            opt,
            ..Options::new(Mode::Build, vec!["system_calls.kiln".into()])
        };
        let found = machine.run_program(&options, &files)?;
        if found.stdout != b"written\n0\n-11\n-38\n" || found.status != Some(0) {
            return Err(shown(&found).into());
        }
    }
    Ok(())
}

fn shown(outcome: &Outcome) -> String {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    format!("status {:?}, stdout {:?}, stderr {:?}", outcome.status, text(&outcome.stdout), text(&outcome.stderr))
}
