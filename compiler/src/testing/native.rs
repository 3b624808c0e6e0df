//! Tests as native code: each runs in a process of its own, and says on its standard errors why it panics.

use super::{Counts, ended_with, failure, say_ended, std_files};
use crate::printer::Printer;
use kiln_cfg::Terminator;
use kiln_compiler::{
    Checked, Compilation, Ended, Interpreted, Limits, NativeTests, Options, PANIC, STACK_OVERFLOW, explain_test,
};
use kiln_source::{Diagnostic, FileId, SourceMap, Span, codes};
use kiln_types::FuncId;
use std::fs::File;
use std::io::{self, Read, Seek, Write};
use std::time::Instant;

/// What a test may take that is run again to be explained: a second or less.
const AGAIN: Limits = Limits { steps: 200_000_000, depth: 100_000, memory: 1 << 30 };

/// Runs the tests that are wanted.
///
/// # Errors
/// The program could not be linked, or there are no processes or files for it.
pub fn run(
    printer: &Printer,
    compilation: &mut Compilation,
    checked: &mut Checked,
    options: &Options,
    wants: &dyn Fn(&str) -> bool,
) -> Result<Counts, Box<Diagnostic>> {
    let mut counts = Counts::default();
    let tests = std::mem::take(&mut checked.analysis.tests);
    if tests.is_empty() {
        return Ok(counts);
    }
    let mut program = NativeTests::of(compilation, options)?;
    let std_files = std_files(checked);
    for (index, test) in tests.iter().enumerate().filter(|(_, test)| wants(&test.name)) {
        let mut errors = tempfile::tempfile().map_err(no_file)?;
        let start = Instant::now();
        let ended = program.run(index, &errors, options)?;
        let time = start.elapsed();
        let said = read(&mut errors).map_err(no_file)?;
        let panic = Panic::in_text(&said).filter(|_| ended == Ended::Status(PANIC));
        let before = panic.as_ref().map_or(&*said, |panic| panic.before);
        // Where standard errors are closed, nobody can be told.
        let _ = io::stderr().write_all(before.as_bytes());
        let passed = ended == Ended::Status(0);
        say_ended(passed, &test.name, time);
        if passed {
            counts.passed += 1;
            continue;
        }
        counts.failed += 1;
        let failure = match panic {
            Some(Panic { location: None, reason, .. }) => {
                Diagnostic::error(codes::E0306, test.span, format!("the test panics: {reason}")).label("this test")
            }
            Some(Panic { location: Some(location), reason, .. }) => {
                diagnostic((reason, location), &compilation.sources, checked, &std_files, test.func)
            }
            None => broken(ended, test.span),
        };
        printer.about_test(&failure, &compilation.sources);
    }
    Ok(counts)
}

fn no_file(error: io::Error) -> Box<Diagnostic> {
    Box::new(Diagnostic::global_error(codes::E0803, format!("a temporary file can't be used: {error}")))
}

fn read(file: &mut File) -> io::Result<String> {
    let mut bytes = Vec::new();
    file.rewind()?;
    file.read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// A test that did not come to its end, and did not panic.
fn broken(ended: Ended, test: Span) -> Diagnostic {
    match ended {
        Ended::Status(status) => ended_with(status),
        Ended::Signal(signal) => {
            let message = format!("the test is ended by signal {signal}");
            let error = Diagnostic::error(codes::E0306, test, message).label("this test");
            error.note("on the interpreter (`--interp`) misuse of memory is found where it happens")
        }
    }
}

/// What a panicking program wrote last.
struct Panic<'a> {
    /// What it had written before.
    before: &'a str,
    reason: &'a str,
    /// Nowhere if the stack overflowed.
    location: Option<&'a str>,
}

impl<'a> Panic<'a> {
    /// `error: REASON`, then `  at LOCATION` on the next line.
    fn in_text(text: &'a str) -> Option<Panic<'a>> {
        const ERROR: &str = "error: ";
        const AT: &str = "\n  at ";
        let overflowed = |text: &'a str| text.strip_suffix('\n')?.strip_suffix(STACK_OVERFLOW)?.strip_suffix(ERROR);
        if let Some(before) = overflowed(text) {
            return Some(Panic { before, reason: STACK_OVERFLOW, location: None });
        }
        let at = text.rfind(AT)?;
        let location = text[at + AT.len()..].lines().next()?;
        let head = &text[..at];
        let error = match head.rfind(&format!("\n{ERROR}")) {
            Some(line) => line + 1,
            None if head.starts_with(ERROR) => 0,
            None => return None,
        };
        Some(Panic { before: &head[..error], reason: &head[error + ERROR.len()..], location: Some(location) })
    }
}

/// What is said of a panic for this reason at this location.
fn diagnostic(
    (reason, location): (&str, &str),
    sources: &SourceMap,
    checked: &mut Checked,
    std_files: &[FileId],
    test: FuncId,
) -> Diagnostic {
    let message = format!("the test panics: {reason}");
    let Some(start) = sources.find(location) else {
        return Diagnostic::global_error(codes::E0306, message).note(format!("at {location}"));
    };
    let span = panicking_at(checked, start);
    if !std_files.contains(&span.file) {
        return Diagnostic::error(codes::E0306, span, message).label("here");
    }
    // The interpreter knows the calls, if it comes to the same panic.
    let again = explain_test(checked, test, AGAIN);
    match &again.ended {
        Interpreted::Panicked { reason: found, at: Some(at) }
            if found == reason && at.range.start == span.range.start =>
        {
            failure(&again, &|span| std_files.contains(&span.file))
        }
        _ => Diagnostic::error(codes::E0306, span, message).label("in the library, here"),
    }
}

/// The whole of what panics at the start of a span; the span itself, if nothing does.
fn panicking_at(checked: &Checked, start: Span) -> Span {
    let bodies = checked.analysis.program.funcs().map(|(_, func)| func).filter(|func| func.file == start.file);
    let ranges = bodies.flat_map(|func| func.blocks.iter()).flat_map(|block| {
        let stmts = block.stmts.iter().zip(&block.ranges).filter(|(stmt, _)| stmt.may_panic());
        let end = matches!(block.term, Terminator::Panic(..)).then_some(block.term_range);
        stmts.map(|(_, range)| *range).chain(end)
    });
    let found = ranges.filter(|range| range.start == start.range.start).max_by_key(|range| range.end);
    Span { range: found.unwrap_or(start.range), ..start }
}

#[cfg(test)]
mod tests {
    use super::Panic;

    #[test]
    fn a_panic_is_found_behind_other_text() {
        let text = "noise\nerror: no\nerror: two\nlines\n  at a.kiln:1:2\nmore\n";
        let panic = Panic::in_text(text).expect("there is one");
        let found = (panic.before, panic.reason, panic.location);
        assert_eq!(found, ("noise\nerror: no\n", "two\nlines", Some("a.kiln:1:2")));
        let panic = Panic::in_text("noise\nerror: stack overflow\n").expect("there is one");
        assert_eq!((panic.before, panic.reason, panic.location), ("noise\n", "stack overflow", None));
        assert!(Panic::in_text("error: no").is_none());
        assert!(Panic::in_text("no\n  at a.kiln:1:2\n").is_none());
    }
}
