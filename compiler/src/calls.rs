//! How the calls that led to a panic are shown: as native programs show them (`std/backtrace.kiln`).

use kiln_source::{SourceMap, Span};

/// Calls that are shown at the inner end.
const INNER: usize = 32;
/// Calls that are shown at the outer end.
const OUTER: usize = 16;

/// A call that was running when a program panicked.
#[derive(Clone, PartialEq, Debug)]
pub struct RunningCall {
    /// How the function is printed.
    pub name: Box<str>,
    /// The linker's name of it.
    pub symbol: Box<str>,
    /// Where it was.
    pub span: Span,
}

/// What a panicking program writes behind the reason, where `KILN_BACKTRACE` is 1.
pub fn calls_text(calls: &[RunningCall], sources: &SourceMap) -> String {
    let mut text = String::from("calls, innermost first:\n");
    let hidden = calls.len().saturating_sub(INNER + OUTER);
    for (number, call) in calls.iter().enumerate() {
        if hidden > 0 && number == INNER {
            text.push_str(&format!("  … {hidden} more calls …\n"));
        }
        if hidden == 0 || number < INNER || number >= calls.len() - OUTER {
            let margin = if number < 10 { "   " } else { "  " };
            text.push_str(&format!("{margin}{number}: {}{}\n", call.symbol, place(call.span, sources)));
        }
    }
    text
}

/// Where a call is; nothing if the function is written nowhere.
fn place(span: Span, sources: &SourceMap) -> String {
    if span == Span::default() {
        return String::new();
    }
    format!(" at {}:{}", sources.file(span.file).name, sources.line_column(span).line)
}
