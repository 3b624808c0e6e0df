//! `kiln test`: runs tests, as native code or on the interpreter, and reports them.
//!
//! A line on standard output for each test, with its time; why one failed, and what one leaked, on standard error. On the
//! interpreter a test that does not free what it allocated passes with a warning.

mod native;

use crate::app::{FAILED, hand_over};
use crate::printer::Printer;
use kiln_compiler::{
    Backends, Called, Checked, Choice, Compilation, DEEPEST, Disk, Interpreted, Limits, Options, Streams, TestRun,
    compile_with, ms, run_tests,
};
use kiln_source::{Diagnostic, FileId, Severity, SourceMap, Span, codes};
use std::io::{self, Write};
use std::mem::ManuallyDrop;
use std::time::{Duration, Instant};

/// How many tests passed, how many of them leaked, and how many failed.
#[derive(Default)]
struct Counts {
    passed: u32,
    leaking: u32,
    failed: u32,
}

/// Compiles and runs the tests whose name contains `filter`. Gives the exit status.
pub fn test(printer: &Printer, backends: Backends, options: &Options, filter: Option<&str>) -> i32 {
    let backend = match backends.choose(options) {
        Ok(Choice::Here(backend)) => backend,
        Ok(Choice::Beside) => return hand_over(printer),
        Err(error) => return printer.failure(*error),
    };
    let (mut compilation, checked) = compile_with(options, &Disk, Some(backend));
    let mut checked = ManuallyDrop::new(checked);
    printer.diagnostics(&compilation.diagnostics, &compilation.sources);
    if options.timings {
        printer.plain(&compilation.timings.table(&compilation.sources));
    }
    if compilation.has_errors() {
        return FAILED;
    }
    let wants = |name: &str| filter.is_none_or(|filter| name.contains(filter));
    let start = Instant::now();
    let counts = match options.interpret {
        true => Ok(interpret(printer, &compilation, &mut checked, &wants)),
        false => native::run(printer, &mut compilation, &mut checked, options, &wants),
    };
    match counts {
        Ok(counts) => {
            summary(&counts, start.elapsed());
            if counts.failed == 0 { 0 } else { FAILED }
        }
        Err(error) => printer.failure(*error),
    }
}

fn interpret(
    printer: &Printer,
    compilation: &Compilation,
    checked: &mut Checked,
    wants: &dyn Fn(&str) -> bool,
) -> Counts {
    let sources = &compilation.sources;
    let mut streams = Streams { out: io::stdout(), errors: io::stderr(), input: io::stdin() };
    let std_files = std_files(checked);
    let is_std = |span: Span| std_files.contains(&span.file);
    let limits = Limits { steps: 0, depth: DEEPEST, memory: 0 };
    let mut counts = Counts::default();
    run_tests(checked, limits, &mut streams, wants, |run, _| report(printer, sources, &is_std, run, &mut counts));
    counts
}

/// The files of the library.
fn std_files(checked: &Checked) -> Vec<FileId> {
    checked.hir.modules.iter().filter(|module| module.is_std).map(|module| module.file).collect()
}

/// The line of a test that ended.
fn say_ended(passed: bool, name: &str, time: Duration) {
    println!("{} {name} ({})", if passed { "ok    " } else { "FAILED" }, ms(time));
    // What follows on standard errors belongs to this line.
    let _ = io::stdout().flush();
}

fn report(printer: &Printer, sources: &SourceMap, is_std: &dyn Fn(Span) -> bool, run: &TestRun, counts: &mut Counts) {
    let TestRun { name, time, called } = run;
    let passed = called.ended == Interpreted::Status(0);
    say_ended(passed, name, *time);
    match (passed, leak(called)) {
        (true, None) => counts.passed += 1,
        (true, Some(warning)) => {
            counts.passed += 1;
            counts.leaking += 1;
            printer.about_test(&warning, sources);
        }
        (false, _) => {
            counts.failed += 1;
            printer.about_test(&failure(called, is_std), sources);
        }
    }
}

fn summary(counts: &Counts, time: Duration) {
    let Counts { passed, leaking, failed } = counts;
    let leaks = if *leaking > 0 { format!(" ({leaking} with leaks)") } else { String::new() };
    println!("{passed} passed{leaks}, {failed} failed ({})", ms(time));
}

/// Why a test failed: the reason at the line of the user's that came last, and the calls that led there.
fn failure(called: &Called, is_std: &dyn Fn(Span) -> bool) -> Diagnostic {
    match &called.ended {
        Interpreted::Panicked { reason, at } => {
            let user = called.calls.iter().map(|call| call.span).find(|span| !is_std(*span)).or(*at);
            let message = format!("the test panics: {reason}");
            let Some(user) = user else { return Diagnostic::global_error(codes::E0306, message) };
            let mut error = Diagnostic::error(codes::E0306, user, message).label("here");
            if let Some(at) = at.filter(|at| is_std(*at)) {
                error = error.also(at, "in the library, here");
            }
            // The last one is the test itself.
            let callers = called.calls.iter().filter(|call| !is_std(call.span)).skip(1);
            for call in callers.take(CALLS) {
                error = error.also(call.span, format!("called here, in `{}`", call.name));
            }
            match called.calls.len().saturating_sub(CALLS + 1) {
                0 => error,
                more => error.note(format!("and {more} more calls")),
            }
        }
        Interpreted::Stopped(error) => (**error).clone(),
        Interpreted::Status(status) => ended_with(*status),
    }
}

/// A test that ended its program, which it must not do.
fn ended_with(status: i32) -> Diagnostic {
    Diagnostic::global_error(codes::E0306, format!("the test ended the program with status {status}"))
}

/// As many callers are shown with their source.
const CALLS: usize = 4;

/// What a test did not free.
fn leak(called: &Called) -> Option<Diagnostic> {
    let bytes: u64 = called.leaks.iter().map(|leak| leak.size).sum();
    let count = called.leaks.len();
    let first = called.leaks.iter().find_map(|leak| leak.span)?;
    let message = format!("{bytes} bytes in {count} allocation{} are never freed", if count == 1 { "" } else { "s" });
    let warning = Diagnostic { severity: Severity::Warning, ..Diagnostic::note_at(first, message) };
    Some(warning.label("allocated here"))
}
