//! Mistakes at the border to C.

use kiln_source::{Diagnostic, FileId, SourceMap, Span, codes};

/// Why C has no such parameter or result.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum NotInC {
    /// `borrow`, `inout`.
    Mode,
    /// `[T]`, `str`, and pointers to them.
    View,
    /// A function that is called by Kiln's convention.
    KilnFn,
    /// 128 bits, where C's compilers have no such integer.
    WideInt,
    /// An enum that is more than a number.
    Payload,
    /// An array that is no part of a struct.
    Array,
    /// A tuple.
    Tuple,
    /// No bytes at all.
    Empty,
    /// Something has to be done when the value goes away.
    Owner,
    /// A struct that would fill the stack.
    TooLarge {
        /// Bytes.
        size: u64,
    },
    /// Only there at compile time.
    Comptime,
    /// A part of a struct is of such a type.
    Field {
        /// The field.
        name: String,
        /// Its type.
        ty: String,
        /// Why C does not have that one.
        why: Box<NotInC>,
    },
}

impl NotInC {
    /// What is wrong, and what to do about it.
    fn words(&self, ty: &str) -> (String, String) {
        let said = |what: &str, instead: &str| (what.to_owned(), instead.to_owned());
        match self {
            NotInC::Mode => {
                ("no `borrow` or `inout` in C".to_owned(), format!("take a `ptr const {ty}` or `ptr mut {ty}`"))
            }
            NotInC::View => said("a view is an address and a length", "pass a `ptr const T` and a `usize`"),
            NotInC::KilnFn => {
                (format!("`{ty}` is called by Kiln's own convention"), format!("write `extern \"C\" {ty}`"))
            }
            NotInC::WideInt => said("C has no 128-bit integers on this target", "pass a pointer, or two halves"),
            NotInC::Payload => said(
                "C has only enums whose variants carry nothing",
                "pass a struct with a number that says which it is",
            ),
            NotInC::Array => said("C passes no arrays", "pass a pointer, or a struct with the array in it"),
            NotInC::Tuple => said("C has no tuples", "declare a struct"),
            NotInC::Empty => said("C has no values without bytes", "leave it out"),
            NotInC::Owner => (
                format!("`{ty}` is dropped by its owner, which C never does"),
                "pass a pointer to it, or to what it holds".to_owned(),
            ),
            NotInC::TooLarge { size } => {
                (format!("{size} bytes are too many to pass by value"), "pass a pointer".to_owned())
            }
            NotInC::Comptime => (format!("`{ty}` exists at compile time only"), "pass a value".to_owned()),
            NotInC::Field { name, ty, why } => {
                let (what, instead) = why.words(ty);
                (format!("the field `{name}`: {what}"), instead)
            }
        }
    }
}

/// A parameter or result of a foreign or exported function that C does not have.
pub(crate) fn not_in_c(span: Span, ty: &str, why: &NotInC) -> Diagnostic {
    let (what, instead) = why.words(ty);
    Diagnostic::error(codes::E0703, span, "C has nothing like this in a signature").label(what).help(instead)
}

/// What can't be passed in place of `...`.
pub(crate) fn bad_variadic(span: Span, ty: &str) -> Diagnostic {
    Diagnostic::error(codes::E0703, span, format!("`{ty}` can't be passed in place of `...`"))
        .label("expected a number or a pointer")
        .help("pass its parts, or a pointer to it")
}

/// A second exported function of the same name.
pub(crate) fn duplicate_export(span: Span, name: &str, first: Span) -> Diagnostic {
    Diagnostic::error(codes::E0705, span, format!("`{name}` is exported already"))
        .label("exported again")
        .also(first, "first exported here")
        .help("for C all names are in one place, whatever module they come from")
}

/// A foreign function that is exported here, in another form.
pub(crate) fn foreign_differs(span: Span, name: &str, exported: Span) -> Diagnostic {
    Diagnostic::error(codes::E0705, span, format!("`{name}` is exported by this program with another signature"))
        .label("declared as foreign")
        .also(exported, "exported here")
}

/// An exported function in the place of one that every program calls, in another form.
pub(crate) fn export_of_library_name(span: Span, name: &str) -> Diagnostic {
    Diagnostic::error(
        codes::E0705,
        span,
        format!("`{name}` is a function of C that the library calls, with another signature"),
    )
    .label("it would call this one")
    .help("export it under another name")
}

/// An exported function with comptime parameters. `param` is the first of them.
pub(crate) fn generic_export(param: Span, name: &str) -> Diagnostic {
    Diagnostic::error(
        codes::E0706,
        param,
        format!("`{name}` has a comptime parameter, so there is no one function to export"),
    )
    .label("known at compile time only")
    .help("export a function that calls it with this argument")
}

/// `export "C" fn main`
pub(crate) fn exported_main(span: Span) -> Diagnostic {
    Diagnostic::error(codes::E0706, span, "`main` can't be exported")
        .label("C's `main` is the one that calls it")
        .help("leave `export` out, or export a function of another name")
}

/// An exported function whose name is a word of C's grammar.
pub(crate) fn export_of_keyword(span: Span, name: &str) -> Diagnostic {
    Diagnostic::error(codes::E0706, span, format!("`{name}` is no name in C"))
        .label("a keyword there")
        .help(format!("call it `{name}_` or something else"))
}

/// A library that C could call nothing of.
pub(crate) fn nothing_exported(sources: &SourceMap, file: FileId) -> Diagnostic {
    let end = sources.file(file).text.len() as u32;
    Diagnostic::error(codes::E0706, Span::new(file, end, end), format!("`{}` exports nothing", sources.file(file).name))
        .label("a library is what it exports")
        .help("write `export \"C\"` before a function")
}
