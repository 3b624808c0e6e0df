//! The mistakes of this crate: what is wrong, as data, and the words for it.

use crate::literal::{NumberError, TextError};
use crate::token::Tok;
use kiln_source::{Diagnostic, FileId, TextRange, codes};

/// Something the author wrote that is no Kiln, with everything needed to say so.
pub(crate) trait Mistake {
    /// The words.
    fn diagnostic(&self, file: FileId, text: &str) -> Diagnostic;
}

/// What the lexer found wrong.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LexError {
    /// Characters that start no token.
    UnknownCharacter {
        /// All of them.
        range: TextRange,
    },
    /// A string without its closing quote.
    UnterminatedString {
        /// The opening quote.
        open: TextRange,
    },
    /// A char literal without its closing quote.
    UnterminatedChar {
        /// The opening quote.
        open: TextRange,
    },
    /// A block comment without its `*/`.
    UnterminatedComment {
        /// The opening `/*`.
        open: TextRange,
    },
}

impl LexError {
    /// The narrowest range that shows the mistake.
    pub fn range(self) -> TextRange {
        match self {
            LexError::UnknownCharacter { range } => range,
            LexError::UnterminatedString { open }
            | LexError::UnterminatedChar { open }
            | LexError::UnterminatedComment { open } => open,
        }
    }
}

impl Mistake for LexError {
    fn diagnostic(&self, file: FileId, text: &str) -> Diagnostic {
        let span = self.range().in_file(file);
        match self {
            LexError::UnknownCharacter { range } => unknown_character(file, *range, text),
            LexError::UnterminatedString { .. } => {
                Diagnostic::error(codes::E0002, span, "this string is not closed").label("starts here").help(
                    "close it with `\"` in the same line, or write a raw string `r\"…\"`, which may go over several lines",
                )
            }
            LexError::UnterminatedChar { .. } => {
                Diagnostic::error(codes::E0002, span, "this character literal is not closed").label("starts here")
            }
            LexError::UnterminatedComment { .. } => {
                Diagnostic::error(codes::E0003, span, "this comment is not closed")
                    .label("starts here")
                    .help("comments nest: each `/*` needs its own `*/`")
            }
        }
    }
}

fn unknown_character(file: FileId, range: TextRange, text: &str) -> Diagnostic {
    let span = range.in_file(file);
    let found = &text[range.start as usize..range.end as usize];
    let first = found.chars().next().unwrap_or('\0');
    let one = found.chars().nth(1).is_none();
    let shown = if first.is_control() || first.is_whitespace() {
        format!("U+{:04X}", first as u32)
    } else {
        format!("`{}`", found.chars().take(20).collect::<String>())
    };
    let message = match (one, first) {
        (_, '\0') => "a NUL character has no place in a source file".to_owned(),
        (true, _) => format!("the character {shown} has no meaning in Kiln"),
        (false, _) => format!("the characters {shown} have no meaning in Kiln"),
    };
    let error = Diagnostic::error(codes::E0001, span, message);
    match look_alike(found) {
        Some(meant) => {
            let title = format!("write `{meant}`");
            error.fix(span, meant, title)
        }
        None if first.is_alphabetic() => error.help("names are made of the letters A to Z, digits and `_`"),
        None => error,
    }
}

/// What was meant by characters that look like tokens, or stand for them elsewhere.
fn look_alike(found: &str) -> Option<String> {
    if let Some(inside) = found.strip_prefix('\u{201C}').and_then(|rest| rest.strip_suffix('\u{201D}')) {
        return Some(format!("\"{inside}\""));
    }
    let meant = match found {
        "\u{201C}" | "\u{201D}" | "\u{201E}" => "\"",
        "\u{2018}" | "\u{2019}" => "'",
        "\u{2013}" | "\u{2212}" => "-",
        "\u{FF1B}" | "\u{37E}" => ";",
        "\u{FF0C}" => ",",
        "\u{FF08}" => "(",
        "\u{FF09}" => ")",
        "\u{D7}" => "*",
        "\u{A0}" => " ",
        "\u{2026}" => "...",
        _ => return None,
    };
    Some(meant.to_owned())
}

/// A number or text literal without a value. E0004 to E0007.
pub(crate) struct BadLiteral<E> {
    pub range: TextRange,
    pub why: E,
}

impl Mistake for BadLiteral<NumberError> {
    fn diagnostic(&self, file: FileId, _: &str) -> Diagnostic {
        let span = self.range.in_file(file);
        match self.why {
            NumberError::TooLarge => Diagnostic::error(codes::E0006, span, "this number does not fit in 128 bits")
                .help("the largest is 2^128 - 1"),
            NumberError::Malformed(why) => {
                Diagnostic::error(codes::E0005, span, "this number is not written right").label(why)
            }
        }
    }
}

impl Mistake for BadLiteral<TextError> {
    fn diagnostic(&self, file: FileId, text: &str) -> Diagnostic {
        let span = self.range.in_file(file);
        match self.why {
            TextError::BadEscape(within, why) => {
                let start = self.range.start;
                let range = TextRange::new(start + within.start, start + within.end);
                let escape = &text[range.start as usize..range.end as usize];
                Diagnostic::error(codes::E0004, range.in_file(file), format!("`{escape}` is no escape")).label(why)
            }
            TextError::EmptyChar => {
                Diagnostic::error(codes::E0007, span, "a character literal holds one character, not none")
            }
            TextError::LongChar => {
                let inside = &text[self.range.start as usize + 1..(self.range.end as usize).saturating_sub(1)];
                let error =
                    Diagnostic::error(codes::E0007, span, "a character literal holds one character, not several");
                if inside.contains('"') {
                    error.help("strings stand in double quotes")
                } else {
                    error.fix(span, format!("\"{inside}\""), "write a string")
                }
            }
        }
    }
}

/// The grammar wants something else here. E0010.
pub(crate) struct UnexpectedToken {
    /// What the grammar wants, in words: `an expression`.
    pub expected: &'static str,
    pub found: Tok,
    pub range: TextRange,
}

impl Mistake for UnexpectedToken {
    fn diagnostic(&self, file: FileId, text: &str) -> Diagnostic {
        let written = &text[self.range.start as usize..self.range.end as usize];
        let found = match self.found {
            Tok::Eof => "the end of the file".to_owned(),
            Tok::Ident | Tok::Int | Tok::Float | Tok::Label if written.len() <= 40 => format!("`{written}`"),
            found => found.describe().to_owned(),
        };
        let error = Diagnostic::error(
            codes::E0010,
            self.range.in_file(file),
            format!("expected {}, found {found}", self.expected),
        );
        let is_word = written.bytes().all(|byte| byte.is_ascii_alphanumeric()) && !written.is_empty();
        // Words that many programs have as names.
        let is_usual = matches!(written, "as" | "drop" | "in" | "linear" | "ptr" | "static" | "test" | "type");
        let is_name = self.expected.ends_with("name")
            || self.expected == "a pattern"
            || self.expected == "an expression" && is_usual;
        if is_name && is_word && self.found != Tok::Int && self.found.spelling().is_some() {
            error.note(format!("`{written}` is a reserved word"))
        } else {
            error
        }
    }
}

/// A token that is often written for another one; what was meant is certain. E0010.
pub(crate) struct WrongToken {
    /// What the grammar wants, in words: `` `=>` after the pattern ``.
    pub expected: &'static str,
    pub meant: Tok,
    pub range: TextRange,
}

impl Mistake for WrongToken {
    fn diagnostic(&self, file: FileId, text: &str) -> Diagnostic {
        let span = self.range.in_file(file);
        let written = &text[self.range.start as usize..self.range.end as usize];
        let meant = self.meant.spelling().unwrap_or_default();
        let message = format!("expected {}, found `{written}`", self.expected);
        Diagnostic::error(codes::E0010, span, message).fix(span, meant, format!("write `{meant}`"))
    }
}

/// A token that has to stand right after another one is missing; what to insert is certain. E0010.
pub(crate) struct MissingToken {
    /// `;`
    pub token: &'static str,
    /// What it belongs to: `after this statement`.
    pub place: &'static str,
    /// The end of what it has to follow.
    pub at: TextRange,
}

impl Mistake for MissingToken {
    fn diagnostic(&self, file: FileId, _: &str) -> Diagnostic {
        let MissingToken { token, place, at } = self;
        Diagnostic::error(codes::E0010, at.in_file(file), format!("expected `{token}` {place}")).fix(
            at.in_file(file),
            *token,
            format!("write `{token}`"),
        )
    }
}

/// A bracket without its partner. E0011.
pub(crate) enum Unbalanced {
    /// One that is opened and not closed.
    Unclosed {
        open: TextRange,
        /// What stands where it should have been closed at the latest.
        found: TextRange,
    },
    /// One that closes nothing.
    Unopened { close: TextRange },
}

impl Mistake for Unbalanced {
    fn diagnostic(&self, file: FileId, text: &str) -> Diagnostic {
        let written = |range: TextRange| &text[range.start as usize..range.end as usize];
        match *self {
            Unbalanced::Unclosed { open, found } => {
                let error = Diagnostic::error(
                    codes::E0011,
                    open.in_file(file),
                    format!("this `{}` is not closed", written(open)),
                );
                if found.is_empty() { error } else { error.also(found.in_file(file), "should be closed before this") }
            }
            Unbalanced::Unopened { close } => {
                let message = format!("this `{}` closes nothing", written(close));
                Diagnostic::error(codes::E0011, close.in_file(file), message)
            }
        }
    }
}

/// Nesting, or a chain, beyond [`crate::MAX_NESTING`] or [`crate::MAX_DEPTH`]. E0012.
pub(crate) struct NestingTooDeep {
    pub range: TextRange,
    pub limit: usize,
}

impl Mistake for NestingTooDeep {
    fn diagnostic(&self, file: FileId, _: &str) -> Diagnostic {
        let message = format!("nesting deeper than {} levels", self.limit);
        Diagnostic::error(codes::E0012, self.range.in_file(file), message)
            .help("give parts of it names: a `let`, a `const`, a function")
    }
}

/// `a < b < c`. E0013.
pub(crate) struct ChainedComparison {
    pub first: TextRange,
    pub second: TextRange,
}

impl Mistake for ChainedComparison {
    fn diagnostic(&self, file: FileId, _: &str) -> Diagnostic {
        Diagnostic::error(codes::E0013, self.second.in_file(file), "comparisons can't be chained")
            .also(self.first.in_file(file), "the first comparison")
            .help("join two comparisons with `&&`, or use parentheses")
    }
}

/// `if x == P { y: 1 } { }`. E0014.
pub(crate) struct StructLiteralInCondition {
    pub range: TextRange,
}

impl Mistake for StructLiteralInCondition {
    fn diagnostic(&self, file: FileId, text: &str) -> Diagnostic {
        let written = &text[self.range.start as usize..self.range.end as usize];
        Diagnostic::error(codes::E0014, self.range.in_file(file), "a struct literal here needs parentheses")
            .label("`{` opens a block after a condition")
            .fix(self.range.in_file(file), format!("({written})"), "put it in parentheses")
    }
}

/// An attribute that does not exist, or stands before something it says nothing about. E0015.
pub(crate) struct UnknownAttribute<'s> {
    pub range: TextRange,
    pub name: &'s str,
    /// What does not have it: `a function`; `None` if nothing has.
    pub on: Option<&'static str>,
}

impl Mistake for UnknownAttribute<'_> {
    fn diagnostic(&self, file: FileId, _: &str) -> Diagnostic {
        let name = self.name;
        let message = match self.on {
            None => format!("there is no attribute `@{name}`"),
            Some(on) => format!("`@{name}` does not belong before {on}"),
        };
        Diagnostic::error(codes::E0015, self.range.in_file(file), message)
            .help("`@copy` and `@handle` stand before a struct or enum (`@copy` also before a function that makes one), `@allow(…)` before any item or statement")
    }
}

/// Something Kiln deliberately has not. E0016.
pub(crate) struct Unsupported {
    pub range: TextRange,
    /// What it is: ``Kiln has no `as` ``.
    pub message: &'static str,
    /// What to write instead.
    pub instead: &'static str,
    /// A replacement of `range`, where it is certain.
    pub fix: Option<&'static str>,
}

impl Mistake for Unsupported {
    fn diagnostic(&self, file: FileId, _: &str) -> Diagnostic {
        let span = self.range.in_file(file);
        let error = Diagnostic::error(codes::E0016, span, self.message);
        match self.fix {
            Some(replacement) => error.fix(span, replacement, self.instead),
            None => error.help(self.instead),
        }
    }
}
