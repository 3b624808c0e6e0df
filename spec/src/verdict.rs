//! Compares what an example or program does with what it is to do.

use crate::engine::{BUDGET, compiled, options};
use crate::example::ROOT;
use crate::{Ending, Engine, Example, ExpectedRun, Marker, Outcome, Program};
use kiln_compiler::{
    Compilation, Disk, Emit, Files, Format, Interpreted, Memory, Mode, OptLevel, Options, Stage, Streams, compile_with,
    has_llvm, interpret_tests, render,
};
use kiln_source::{Diagnostic, Severity};
use std::fmt::Write;
use std::path::Path;

/// Checks and runs an example.
///
/// # Errors
/// How it differs from what it says.
pub fn check_example(example: &Example) -> Result<(), String> {
    let mut files = Memory::default();
    for (name, text) in &example.files {
        files.insert(name, text.clone());
    }
    let compilation = compiled(&options(Mode::Check, Path::new(ROOT)), &files)?;
    let mut differences = String::new();
    compare_markers("error", &example.errors, &markers(&compilation, Severity::Error), &mut differences);
    if let Some(warnings) = &example.warnings {
        compare_markers("warning", warnings, &markers(&compilation, Severity::Warning), &mut differences);
    }
    if !differences.is_empty() {
        return Err(differences + &rendered(&compilation));
    }
    match &example.run {
        Some(run) => on_every_engine(run, Path::new(ROOT), &files),
        None => Ok(()),
    }
}

/// Runs a program of a folder of examples.
///
/// # Errors
/// How it differs from its expected output.
pub fn check_program(program: &Program) -> Result<(), String> {
    let compilation = compiled(&options(Mode::Check, &program.path), &Disk)?;
    if !compilation.diagnostics.is_empty() {
        return Err(rendered(&compilation));
    }
    for engine in Engine::available() {
        let outcome = engine.run(&program.path, &Disk).map_err(|why| format!("{}: {why}", engine.name()))?;
        let expected = (&*program.stdout, &*program.stderr, program.status);
        let differences = compare_bytes(expected, &outcome);
        if !differences.is_empty() {
            return Err(format!("{}: {differences}", engine.name()));
        }
    }
    Ok(())
}

/// How a run differs from the output, the errors and the status that are expected; empty if it does not.
fn compare_bytes((stdout, stderr, status): (&[u8], &[u8], i32), outcome: &Outcome) -> String {
    if outcome.stdout == stdout && outcome.stderr == stderr && outcome.status == Some(status) {
        return String::new();
    }
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let out = difference("stdout", &text(stdout), &text(&outcome.stdout));
    let errors = difference("stderr", &text(stderr), &text(&outcome.stderr));
    format!("{out}{errors}status {:?}", outcome.status)
}

/// Runs the tests that stand in a program, on the interpreter.
///
/// # Errors
/// Those that fail.
pub fn check_tests(program: &Program) -> Result<(), String> {
    let options = Options { interpret: true, ..options(Mode::Test, &program.path) };
    let (compilation, mut checked) = compile_with(&options, &Disk, None);
    if compilation.has_errors() {
        return Err(rendered(&compilation));
    }
    let mut streams = Streams { out: Vec::new(), errors: Vec::new(), input: std::io::empty() };
    let mut failures = String::new();
    let mut report = |name: &str, ended: &Interpreted, _: &mut _| {
        if *ended != Interpreted::Status(0) {
            let _ = writeln!(failures, "{name}: {ended:?}");
        }
    };
    interpret_tests(&mut checked, BUDGET, &mut streams, |_| true, &mut report);
    if failures.is_empty() { Ok(()) } else { Err(failures) }
}

/// Runs a program with the inputs of its cases, on the interpreter and as native code that is linked: optimised, and by Cranelift.
///
/// # Errors
/// The first difference.
pub fn check_cases(program: &Program) -> Result<(), String> {
    let inputs: Vec<&[u8]> = program.cases.iter().map(|case| &*case.input).collect();
    for engine in Engine::available() {
        if matches!(engine, Engine::InMemory(_) | Engine::Native(OptLevel::None)) {
            continue;
        }
        let outcomes = engine.run_with(&program.path, &Disk, &inputs);
        let outcomes = outcomes.map_err(|why| format!("{}: {why}", engine.name()))?;
        for (case, outcome) in program.cases.iter().zip(outcomes) {
            let differences = compare_bytes((&case.stdout, &case.stderr, case.status), &outcome);
            if !differences.is_empty() {
                return Err(format!("{}, case {}: {differences}", engine.name(), case.name));
            }
        }
    }
    Ok(())
}

/// Emits every stage of a program: each says something, and the same when it is asked again.
///
/// # Errors
/// A stage that is missing, empty or different.
pub fn check_stages(program: &Program) -> Result<(), String> {
    let mut stages: Vec<Stage> = Stage::names().filter_map(Stage::named).collect();
    stages.dedup();
    // One backend makes them all: LLVM.
    stages.retain(|stage| !stage.is_made_by_backend() || has_llvm() && *stage != Stage::Clif);
    let mut options = options(Mode::Build, &program.path);
    options.emits = stages.iter().map(|stage| Emit { stage: *stage, path: None }).collect();
    let (first, second) = (compiled(&options, &Disk)?, compiled(&options, &Disk)?);
    for stage in stages {
        let text = |compilation: &Compilation| -> Vec<u8> {
            let of_stage = compilation.emitted.iter().filter(|emitted| emitted.stage == stage);
            of_stage.flat_map(|emitted| emitted.bytes.iter().copied()).collect()
        };
        let (name, bytes) = (stage.name(), text(&first));
        if bytes.is_empty() {
            return Err(format!("`--emit {name}` gives nothing\n{}", rendered(&first)));
        }
        if bytes != text(&second) {
            return Err(format!("`--emit {name}` gives something else the second time"));
        }
        if !stage.is_binary() && String::from_utf8(bytes).is_err() {
            return Err(format!("`--emit {name}` is no text"));
        }
    }
    Ok(())
}

fn on_every_engine(run: &ExpectedRun, root: &Path, files: &(dyn Files + Sync)) -> Result<(), String> {
    for engine in Engine::available() {
        let outcome = engine.run(root, files).map_err(|why| format!("{}: {why}", engine.name()))?;
        let differences = match &run.foreign {
            Some(symbol) if engine == Engine::Interpreter => compare_stop(run, symbol, &outcome),
            _ => compare_run(run, &outcome),
        };
        if !differences.is_empty() {
            return Err(format!("{}: {differences}", engine.name()));
        }
    }
    Ok(())
}

/// How a run differs from what is expected; empty if it does not.
fn compare_run(expected: &ExpectedRun, outcome: &Outcome) -> String {
    let (stderr, status) = match &expected.ending {
        Ending::Exit(status) => (String::new(), *status),
        Ending::Panic { reason, place: Some(place) } => (format!("error: {reason}\n  at {place}\n"), 101),
        Ending::Panic { reason, place: None } => (format!("error: {reason}\n"), 101),
    };
    let mut found = String::from_utf8_lossy(&outcome.stderr).into_owned();
    if matches!(&expected.ending, Ending::Panic { place: Some(place), .. } if place.ends_with(".kiln")) {
        found = without_line(&found);
    }
    let mut differences = difference("stdout", &expected.stdout, &String::from_utf8_lossy(&outcome.stdout));
    differences += &difference("stderr", &stderr, &found);
    if outcome.status != Some(status) {
        let found = outcome.status.map_or("a signal".to_owned(), |status| status.to_string());
        let _ = writeln!(differences, "exit status: expected {status}, found {found}");
    }
    differences
}

/// What a panic says, without line and column of its place.
fn without_line(said: &str) -> String {
    let mut parts = said.trim_end().rsplitn(3, ':');
    let numbers = parts.by_ref().take(2).all(|part| part.parse::<u32>().is_ok());
    parts.next().filter(|_| numbers).map_or_else(|| said.to_owned(), |rest| format!("{rest}\n"))
}

/// How a run that ends at the call of a foreign function differs from what is expected; empty if it does not.
fn compare_stop(expected: &ExpectedRun, symbol: &str, outcome: &Outcome) -> String {
    let (stdout, stderr) = (String::from_utf8_lossy(&outcome.stdout), String::from_utf8_lossy(&outcome.stderr));
    let refused = format!("error[E0807]: the interpreter can't call the foreign function `{symbol}`\n");
    if outcome.status == Some(101) && expected.stdout.starts_with(&*stdout) && stderr.ends_with(&refused) {
        return String::new();
    }
    format!("it does not stop at `{symbol}`: status {:?}, stdout {stdout:?}, stderr {stderr:?}\n", outcome.status)
}

fn difference(what: &str, expected: &str, found: &str) -> String {
    if expected == found {
        return String::new();
    }
    format!("{what}\n  expected {expected:?}\n  found    {found:?}\n")
}

/// The diagnostics of one severity with their files and lines, sorted.
fn markers(compilation: &Compilation, severity: Severity) -> Vec<Marker> {
    let of_severity = compilation.diagnostics.iter().filter(|diagnostic| diagnostic.severity == severity);
    let mut markers: Vec<Marker> = of_severity.map(|diagnostic| marker(compilation, diagnostic)).collect();
    markers.sort();
    markers
}

fn marker(compilation: &Compilation, diagnostic: &Diagnostic) -> Marker {
    let name = diagnostic.code.map(|code| code.id).or(diagnostic.warning.map(|warning| warning.name()));
    let name = name.unwrap_or("without a name").to_owned();
    match &diagnostic.primary {
        Some(label) => {
            let file = compilation.sources.file(label.span.file).name.to_string();
            Marker { file, line: compilation.sources.line_column(label.span).line as usize, name }
        }
        None => Marker { file: String::new(), line: 0, name },
    }
}

fn compare_markers(what: &str, expected: &[Marker], found: &[Marker], differences: &mut String) {
    let mut rest: Vec<&Marker> = found.iter().collect();
    for marker in expected {
        match rest.iter().position(|other| *other == marker) {
            Some(at) => drop(rest.remove(at)),
            None => {
                let _ = writeln!(differences, "{}:{}: {what} {} is missing", marker.file, marker.line, marker.name);
            }
        }
    }
    for marker in rest {
        let _ = writeln!(differences, "{}:{}: {what} {} is not expected", marker.file, marker.line, marker.name);
    }
}

fn rendered(compilation: &Compilation) -> String {
    let said = render(&compilation.diagnostics, &compilation.sources, Format::Short, false);
    format!("the compiler says:\n{said}")
}
