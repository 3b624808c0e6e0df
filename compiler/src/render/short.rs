//! One line a diagnostic: `main.kiln:3:9: error[E0101]: there is no name `totl` here`.

use super::{severity_name, tag};
use kiln_source::{Diagnostic, SourceMap};

pub(super) fn diagnostic(diagnostic: &Diagnostic, sources: &SourceMap) -> String {
    let place = match &diagnostic.primary {
        Some(label) => format!("{}: ", sources.location(label.span)),
        None => String::new(),
    };
    let tag = tag(diagnostic).map(|tag| format!("[{tag}]")).unwrap_or_default();
    let message = diagnostic.message.replace('\n', " ");
    format!("{place}{}{tag}: {message}\n", severity_name(diagnostic.severity))
}
