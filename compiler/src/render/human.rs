//! Diagnostics for people: what is wrong, the source with marks, what helps. miette draws the source.
//!
//! ```text
//! error[E0101]: there is no name `totl` here
//!    ╭─[main.kiln:2:10]
//!  1 │ fn main() {
//!  2 │     @dbg(totl);
//!    ·          ──┬─
//!    ·            ╰── not found in this scope
//!  3 │ }
//!    ╰────
//!   = help: a name that is spelled nearly so is `total`
//! ```

use super::excerpt::{Excerpt, around};
use super::{Count, severity_name, tag};
use kiln_source::{Diagnostic, FileId, Label, Severity, SourceMap};
use miette::{GraphicalReportHandler, GraphicalTheme, LabeledSpan, ThemeCharacters, ThemeStyles};
use owo_colors::Style;
use std::ops::Range;

/// Lines of a message, note or help that are shown.
const TEXT_LINES: usize = 60;

pub(super) fn diagnostic(diagnostic: &Diagnostic, sources: &SourceMap, colour: bool) -> String {
    let paint = Paint { colour };
    let mut text = header(diagnostic, paint);
    for part in parts(diagnostic, sources) {
        text.push_str(&snippet(diagnostic.severity, &part, sources, paint));
    }
    let notes = diagnostic.notes.iter().map(|note| ("note", note));
    let help = diagnostic.help.iter().map(|help| ("help", help));
    let fixes = diagnostic.fixes.iter().map(|fix| ("help", &fix.title));
    for (kind, words) in notes.chain(help).chain(fixes) {
        text.push_str(&footer(kind, words, paint));
    }
    text
}

/// `error: 3 errors, 1 warning`; nothing where nothing was said.
pub(super) fn summary(count: Count, hidden: usize, colour: bool) -> String {
    let paint = Paint { colour };
    let counted = |number: usize, noun: &str| match number {
        0 => None,
        1 => Some(format!("1 {noun}")),
        number => Some(format!("{number} {noun}s")),
    };
    let parts: Vec<String> =
        [counted(count.errors, "error"), counted(count.warnings, "warning")].into_iter().flatten().collect();
    if parts.is_empty() {
        return String::new();
    }
    let severity = if count.errors > 0 { Severity::Error } else { Severity::Warning };
    let hidden = if hidden > 0 { format!("; {hidden} of them not shown") } else { String::new() };
    format!("{}: {}{hidden}\n", paint.severity(severity, severity_name(severity)), parts.join(", "))
}

fn header(diagnostic: &Diagnostic, paint: Paint) -> String {
    let severity = severity_name(diagnostic.severity);
    let title = match tag(diagnostic) {
        Some(tag) => format!("{severity}[{tag}]"),
        None => severity.to_owned(),
    };
    format!(
        "{}{}\n",
        paint.severity(diagnostic.severity, &title),
        paint.bold(&format!(": {}", shorten(&diagnostic.message)))
    )
}

/// `  = help: words`, further lines indented as far as the first.
fn footer(kind: &str, words: &str, paint: Paint) -> String {
    let indent = " ".repeat("  = : ".len() + kind.len());
    let words = shorten(words).replace('\n', &format!("\n{indent}"));
    format!("  = {}: {words}\n", paint.bold(kind))
}

/// The text up to [`TEXT_LINES`]: what a linker says can be endless.
fn shorten(text: &str) -> String {
    let mut lines = text.lines();
    let mut short = lines.by_ref().take(TEXT_LINES).map(excerpt_line).collect::<Vec<_>>().join("\n");
    let rest = lines.count();
    if rest > 0 {
        short.push_str(&format!("\n({rest} more lines)"));
    }
    short
}

/// The line without characters that would do something to the terminal.
fn excerpt_line(line: &str) -> String {
    line.chars().map(super::excerpt::visible).collect()
}

/// Lines of one file that follow each other, and the marks in them.
struct Part<'a> {
    file: FileId,
    lines: Range<usize>,
    /// The labels, and whether each is the primary one.
    labels: Vec<(&'a Label, bool)>,
}

/// What is shown of the sources: the part with the primary mark, then the others in the order of their labels. Marks that
/// are near each other are in one part.
fn parts<'a>(diagnostic: &'a Diagnostic, sources: &SourceMap) -> Vec<Part<'a>> {
    let primary = diagnostic.primary.iter().map(|label| (label, true));
    let secondary = diagnostic.secondary.iter().map(|label| (label, false));
    let mut parts: Vec<Part<'a>> = Vec::new();
    for label in primary.chain(secondary) {
        let file = label.0.span.file;
        let lines = around(sources.file(file), label.0.span.range);
        let mut part = Part { file, lines, labels: vec![label] };
        // The new label may join parts that were apart.
        let (near, apart): (Vec<_>, Vec<_>) = parts.into_iter().partition(|other| other.touches(&part));
        parts = apart;
        let place = near.first().map_or(parts.len(), |first| if first.labels[0].1 { 0 } else { parts.len() });
        for other in near.into_iter().rev() {
            part.lines = part.lines.start.min(other.lines.start)..part.lines.end.max(other.lines.end);
            part.labels.splice(0..0, other.labels);
        }
        parts.insert(place, part);
    }
    parts
}

impl Part<'_> {
    /// Whether at most one line is between the parts.
    fn touches(&self, other: &Part<'_>) -> bool {
        self.file == other.file && self.lines.start <= other.lines.end + 1 && other.lines.start <= self.lines.end + 1
    }
}

/// The marked lines of one part.
fn snippet(severity: Severity, part: &Part<'_>, sources: &SourceMap, paint: Paint) -> String {
    let ranges = part.labels.iter().map(|(label, _)| label.span.range);
    let (excerpt, ranges) = Excerpt::of(sources.file(part.file), part.lines.clone(), ranges);
    let marks = part.labels.iter().zip(ranges).map(|((label, primary), range)| {
        let text = (!label.text.is_empty()).then(|| excerpt_line(&label.text));
        let span = (range.start, range.len());
        match primary {
            true => LabeledSpan::new_primary_with_span(text, span),
            false => LabeledSpan::new_with_span(text, span),
        }
    });
    let report = Report { severity, excerpt: &excerpt, marks: marks.collect() };
    let mut text = String::new();
    paint
        .handler(severity, &report.marks)
        .render_report(&mut text, &report)
        .expect("writing to a string does not fail");
    // The first line is the message, which `header` says once for all parts.
    text.split_once('\n').map_or(String::new(), |(_, snippet)| snippet.to_owned())
}

/// One part of a diagnostic, as miette wants it.
#[derive(Debug)]
struct Report<'a> {
    severity: Severity,
    excerpt: &'a Excerpt,
    marks: Vec<LabeledSpan>,
}

impl std::fmt::Display for Report<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(severity_name(self.severity))
    }
}

impl std::error::Error for Report<'_> {}

impl miette::Diagnostic for Report<'_> {
    fn severity(&self) -> Option<miette::Severity> {
        Some(match self.severity {
            Severity::Error => miette::Severity::Error,
            Severity::Warning => miette::Severity::Warning,
            Severity::Note => miette::Severity::Advice,
        })
    }

    fn source_code(&self) -> Option<&dyn miette::SourceCode> {
        Some(self.excerpt)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(self.marks.iter().cloned()))
    }
}

/// Colours, or none.
#[derive(Clone, Copy)]
struct Paint {
    colour: bool,
}

impl Paint {
    fn severity(self, severity: Severity, text: &str) -> String {
        let code = match severity {
            Severity::Error => "1;31",
            Severity::Warning => "1;33",
            Severity::Note => "1;36",
        };
        self.escape(code, text)
    }

    fn bold(self, text: &str) -> String {
        self.escape("1", text)
    }

    fn escape(self, code: &str, text: &str) -> String {
        if self.colour { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    }

    /// What draws a part with these marks: the primary one in the colour of the severity.
    fn handler(self, severity: Severity, marks: &[LabeledSpan]) -> GraphicalReportHandler {
        let mut styles = if self.colour { ThemeStyles::ansi() } else { ThemeStyles::none() };
        if self.colour {
            let primary = match severity {
                Severity::Error => Style::new().red().bold(),
                Severity::Warning => Style::new().yellow().bold(),
                Severity::Note => Style::new().cyan().bold(),
            };
            // miette gives its styles to the marks in the order of their places.
            let mut order: Vec<&LabeledSpan> = marks.iter().collect();
            order.sort_by_key(|mark| mark.offset());
            styles.highlights =
                order.iter().map(|mark| if mark.primary() { primary } else { Style::new().blue() }).collect();
        }
        let theme = GraphicalTheme { characters: ThemeCharacters::unicode(), styles };
        GraphicalReportHandler::new_themed(theme).with_context_lines(1).with_wrap_lines(false).with_links(false)
    }
}
