//! What the compiler says about a program, as plain values. Rendering is the business of `compiler`.

use crate::{Code, Span, Warning};

/// How much a diagnostic matters.
#[derive(Clone, Copy, PartialEq, Eq, Debug, PartialOrd, Ord)]
pub enum Severity {
    /// Says something; the program is right.
    Note,
    /// The program is legal, but probably not what was meant.
    Warning,
    /// The program is wrong.
    Error,
}

/// A marked piece of source with a few words.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Label {
    /// What is marked.
    pub span: Span,
    /// The words beside the mark; may be empty on the primary label.
    pub text: String,
}

/// A change that certainly mends the program.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fix {
    /// What is replaced; empty to insert.
    pub span: Span,
    /// What stands there afterwards.
    pub replacement: String,
    /// The change in words, as a help line: ``write `inout x` ``.
    pub title: String,
}

/// One message to the user.
///
/// ```
/// use kiln_source::{codes, Diagnostic, Span, FileId};
/// let here = Span::new(FileId(0), 4, 9);
/// let error = Diagnostic::error(codes::E0101, here, "there is no `total` here").label("not found in this scope");
/// assert_eq!(error.code.unwrap().id, "E0101");
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Diagnostic {
    /// How much it matters.
    pub severity: Severity,
    /// The error code; warnings and notes have none.
    pub code: Option<Code>,
    /// The warning's name; `None` for errors and notes.
    pub warning: Option<Warning>,
    /// The sentence that says what is wrong, without a final stop.
    pub message: String,
    /// Where: the narrowest span that shows the mistake. `None` for mistakes that are in no file.
    pub primary: Option<Label>,
    /// Other places that matter, in the order to read them.
    pub secondary: Vec<Label>,
    /// Facts that help to understand, a line each.
    pub notes: Vec<String>,
    /// What to do, a line each.
    pub help: Vec<String>,
    /// Changes that mend it.
    pub fixes: Vec<Fix>,
}

impl Diagnostic {
    /// An error at `span`.
    pub fn error(code: Code, span: Span, message: impl Into<String>) -> Self {
        Diagnostic {
            severity: Severity::Error,
            code: Some(code),
            primary: Some(Label { span, text: String::new() }),
            ..Self::bare(Severity::Error, message.into())
        }
    }

    /// An error that is in no file: a missing linker, an unknown target.
    pub fn global_error(code: Code, message: impl Into<String>) -> Self {
        Diagnostic { code: Some(code), ..Self::bare(Severity::Error, message.into()) }
    }

    /// A warning at `span`.
    pub fn warning(warning: Warning, span: Span, message: impl Into<String>) -> Self {
        Diagnostic {
            warning: Some(warning),
            primary: Some(Label { span, text: String::new() }),
            ..Self::bare(Severity::Warning, message.into())
        }
    }

    /// A note at `span`.
    pub fn note_at(span: Span, message: impl Into<String>) -> Self {
        Diagnostic { primary: Some(Label { span, text: String::new() }), ..Self::bare(Severity::Note, message.into()) }
    }

    fn bare(severity: Severity, message: String) -> Self {
        Diagnostic {
            severity,
            code: None,
            warning: None,
            message,
            primary: None,
            secondary: Vec::new(),
            notes: Vec::new(),
            help: Vec::new(),
            fixes: Vec::new(),
        }
    }

    /// Sets the words beside the primary mark.
    pub fn label(mut self, text: impl Into<String>) -> Self {
        if let Some(primary) = &mut self.primary {
            primary.text = text.into();
        }
        self
    }

    /// Marks another place.
    pub fn also(mut self, span: Span, text: impl Into<String>) -> Self {
        self.secondary.push(Label { span, text: text.into() });
        self
    }

    /// Adds a fact.
    pub fn note(mut self, text: impl Into<String>) -> Self {
        self.notes.push(text.into());
        self
    }

    /// Adds advice.
    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.help.push(text.into());
        self
    }

    /// Adds a certain fix; its title is shown as help.
    pub fn fix(mut self, span: Span, replacement: impl Into<String>, title: impl Into<String>) -> Self {
        self.fixes.push(Fix { span, replacement: replacement.into(), title: title.into() });
        self
    }
}
