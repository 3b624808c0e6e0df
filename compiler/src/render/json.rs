//! One JSON object a line. `docs/diagnostics.md` is the contract for its fields.

use super::{Count, severity_name};
use kiln_source::{Diagnostic, Fix, Label, SourceMap, Span};
use serde_json::{Value, json};

pub(super) fn diagnostic(diagnostic: &Diagnostic, sources: &SourceMap) -> String {
    let primary = diagnostic.primary.iter().map(|mark| label(mark, true, sources));
    let secondary = diagnostic.secondary.iter().map(|mark| label(mark, false, sources));
    let object = json!({
        "type": "diagnostic",
        "severity": severity_name(diagnostic.severity),
        "code": diagnostic.code.map(|code| code.id),
        "name": diagnostic.code.map(|code| code.name).or(diagnostic.warning.map(|warning| warning.name())),
        "message": diagnostic.message,
        "labels": primary.chain(secondary).collect::<Vec<Value>>(),
        "notes": diagnostic.notes,
        "help": diagnostic.help,
        "fixes": diagnostic.fixes.iter().map(|change| fix(change, sources)).collect::<Vec<Value>>(),
    });
    format!("{object}\n")
}

pub(super) fn summary(count: Count, shown: usize) -> String {
    let object = json!({ "type": "summary", "errors": count.errors, "warnings": count.warnings, "shown": shown });
    format!("{object}\n")
}

fn label(label: &Label, primary: bool, sources: &SourceMap) -> Value {
    with_span(json!({ "text": label.text, "primary": primary }), label.span, sources)
}

fn fix(fix: &Fix, sources: &SourceMap) -> Value {
    with_span(json!({ "title": fix.title, "replacement": fix.replacement }), fix.span, sources)
}

/// Adds `file`, `start` and `end` to an object.
fn with_span(mut object: Value, span: Span, sources: &SourceMap) -> Value {
    let file = sources.file(span.file);
    let position = |offset| {
        let at = file.line_column(offset);
        json!({ "line": at.line, "column": at.column, "byte": offset })
    };
    object["file"] = json!(&*file.name);
    object["start"] = position(span.range.start);
    object["end"] = position(span.range.end);
    object
}
