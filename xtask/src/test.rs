//! `cargo xtask test`: all tests, with each LLVM this machine has.

use crate::llvm::{chosen, features, installed, workspace};
use crate::process::{cargo, output, shown};
use crate::{Outcome, setup};
use std::io::{BufRead, BufReader, Read};
use std::process::{Command, Stdio};
use std::thread;

/// Crates whose tests depend on the LLVM, and so run once for each further one.
const NATIVE: &[&str] = &["kiln-codegen-llvm", "kiln-compiler", "kiln-spec", "kiln-differential"];

/// The task. Arguments go to the test runner.
pub fn run(args: &[String]) -> Outcome {
    if let Err(failure) = setup::ensure() {
        eprintln!("xtask test: {failure}; going on without native code");
    }
    if let Err(failure) = setup::ensure_tests() {
        eprintln!("xtask test: {failure}; going on without");
    }
    let major = chosen();
    let mut total = Count::default();
    total.add(tests(&workspace(major), args)?);
    if args.is_empty() {
        total.add(doc_tests(major)?);
    }
    for other in installed().into_iter().filter(|other| Some(*other) != major && major.is_some()) {
        println!("the tests of native code with LLVM {other}");
        total.add(tests(&native(other), args)?);
    }
    println!("{} passed, {} failed", total.passed, total.failed);
    if total.failed > 0 || total.broken { Err("not all tests passed".to_owned()) } else { Ok(()) }
}

/// Cargo's arguments for the crates that depend on the LLVM.
fn native(major: u32) -> Vec<String> {
    let packages = NATIVE.iter().flat_map(|package| ["--package".to_owned(), (*package).to_owned()]);
    packages.chain(features(Some(major))).collect()
}

/// What runs of test runners came to.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
struct Count {
    passed: usize,
    failed: usize,
    /// A runner failed, whatever it said.
    broken: bool,
}

impl Count {
    fn add(&mut self, other: Count) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.broken |= other.broken;
    }

    /// Adds what a line says, if it is a runner's summary.
    fn read(&mut self, line: &str) {
        let nextest = line.trim_start().starts_with("Summary [");
        let libtest = line.starts_with("test result:");
        if !nextest && !libtest {
            return;
        }
        let words: Vec<&str> = line.split([' ', ',', ';']).filter(|word| !word.is_empty()).collect();
        for pair in words.windows(2) {
            match (pair[0].parse::<usize>(), pair[1]) {
                (Ok(number), "passed") => self.passed += number,
                (Ok(number), "failed") => self.failed += number,
                _ => {}
            }
        }
    }
}

/// Runs the tests of some crates with cargo-nextest where it is installed, else with Cargo.
fn tests(selection: &[String], args: &[String]) -> Result<Count, String> {
    let runner: &[&str] = match output(&mut cargo(&["nextest", "--version"])) {
        Some(_) => &["nextest", "run", "--no-fail-fast"],
        None => &["test", "--no-fail-fast", "--lib", "--bins", "--tests"],
    };
    let selection: Vec<&str> = selection.iter().chain(args).map(String::as_str).collect();
    counted(&mut cargo(&[runner, &selection].concat()))
}

fn doc_tests(major: Option<u32>) -> Result<Count, String> {
    let selection = workspace(major);
    let selection: Vec<&str> = selection.iter().map(String::as_str).collect();
    counted(&mut cargo(&[&["test", "--doc", "--no-fail-fast", "--quiet"], &selection[..]].concat()))
}

/// Runs a test runner in view of the user and counts what it says.
fn counted(command: &mut Command) -> Result<Count, String> {
    eprintln!("$ {}", shown(command));
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| format!("`{}` could not be started: {error}", shown(command)))?;
    let stdout = child.stdout.take().expect("it is piped");
    let stderr = child.stderr.take().expect("it is piped");
    let reader = thread::spawn(move || copy(stderr, |line| eprintln!("{line}")));
    let mut count = copy(stdout, |line| println!("{line}"));
    count.add(reader.join().map_err(|_| "the reader of the test runner's errors failed".to_owned())?);
    let status = child.wait().map_err(|error| format!("the test runner got lost: {error}"))?;
    count.broken |= !status.success();
    Ok(count)
}

/// Shows each line and counts what it says.
fn copy(from: impl Read, show: impl Fn(&str)) -> Count {
    let mut count = Count::default();
    for line in BufReader::new(from).split(b'\n').map_while(Result::ok) {
        let line = String::from_utf8_lossy(&line);
        show(&line);
        count.read(&line);
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn summaries_are_read() {
        let mut count = Count::default();
        count.read("     Summary [   3.105s] 12 tests run: 9 passed (1 slow), 3 failed, 2 skipped");
        count.read("test result: ok. 4 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s");
        count.read("a test that printed 100 passed, 7 failed");
        assert_eq!(count, Count { passed: 13, failed: 3, broken: false });
    }
}
