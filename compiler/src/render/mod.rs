//! Diagnostics as text, for people, for editors that read lines, and for programs.

mod excerpt;
mod human;
mod json;
mod short;

use kiln_source::{Diagnostic, Severity, SourceMap};

/// Diagnostics beyond this number are counted, not shown: a damaged file can have millions.
const SHOWN: usize = 100;

/// How diagnostics are written.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Format {
    /// With the source marked, notes, help, and a last line that counts.
    #[default]
    Human,
    /// `file:line:column: error[E0101]: message`, one line each.
    Short,
    /// One JSON object a line; `docs/diagnostics.md` lists the fields.
    Json,
}

/// Renders diagnostics in the order of their places.
///
/// Deterministic: no terminal, environment or clock is asked; `colour` decides about ANSI escapes in [`Format::Human`].
pub fn render(diagnostics: &[Diagnostic], sources: &SourceMap, format: Format, colour: bool) -> String {
    let order = shown(diagnostics);
    let hidden = diagnostics.len() - order.len();
    let shown = order.iter();
    let count = Count::of(diagnostics);
    match format {
        Format::Human => {
            let mut text: String =
                shown.map(|diagnostic| human::diagnostic(diagnostic, sources, colour) + "\n").collect();
            text.push_str(&human::summary(count, hidden, colour));
            text
        }
        Format::Short => shown.map(|diagnostic| short::diagnostic(diagnostic, sources)).collect(),
        Format::Json => {
            let lines: String = shown.map(|diagnostic| json::diagnostic(diagnostic, sources)).collect();
            lines + &json::summary(count, order.len())
        }
    }
}

/// Renders one diagnostic that stands by itself, without a count.
pub fn render_one(diagnostic: &Diagnostic, sources: &SourceMap, format: Format, colour: bool) -> String {
    match format {
        Format::Human => human::diagnostic(diagnostic, sources, colour) + "\n",
        Format::Short => short::diagnostic(diagnostic, sources),
        Format::Json => json::diagnostic(diagnostic, sources),
    }
}

/// What is shown, in the order of the places: at most [`SHOWN`], errors rather than warnings, the first ones.
fn shown(diagnostics: &[Diagnostic]) -> Vec<&Diagnostic> {
    let place =
        |diagnostic: &&Diagnostic| diagnostic.primary.as_ref().map(|label| (label.span.file, label.span.range.start));
    let mut order: Vec<&Diagnostic> = diagnostics.iter().collect();
    if order.len() > SHOWN {
        order.sort_by_key(|diagnostic| (diagnostic.severity != Severity::Error, place(diagnostic)));
        order.truncate(SHOWN);
    }
    order.sort_by_key(place);
    order
}

/// How many diagnostics of each kind there are.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
struct Count {
    errors: usize,
    warnings: usize,
}

impl Count {
    fn of(diagnostics: &[Diagnostic]) -> Count {
        let of = |severity| diagnostics.iter().filter(|diagnostic| diagnostic.severity == severity).count();
        Count { errors: of(Severity::Error), warnings: of(Severity::Warning) }
    }
}

/// `error`, `warning` or `note`.
fn severity_name(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "note",
    }
}

/// What stands in brackets after the severity: an error's code, a warning's name.
fn tag(diagnostic: &Diagnostic) -> Option<&'static str> {
    diagnostic.code.map(|code| code.id).or(diagnostic.warning.map(|warning| warning.name()))
}
