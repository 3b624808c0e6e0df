//! Mistakes about places, modes and unchecked code.

use kiln_source::{Diagnostic, Span, codes};
use kiln_types::ParamMode;

pub(crate) fn not_a_place(span: Span) -> Diagnostic {
    Diagnostic::error(codes::E0203, span, "this is a value, not a place").label("nothing that could be changed later")
}

/// `inout` in a pattern for values that have no place.
pub(crate) fn part_of_a_value(span: Span) -> Diagnostic {
    Diagnostic::error(codes::E0203, span, "what is matched here is a value, not a place")
        .label("nothing that could be changed later")
        .help("`mut` makes it a variable of its own")
}

/// `inout` in a pattern that consumes what it takes apart.
pub(crate) fn part_of_a_linear_value(span: Span, ty: &str) -> Diagnostic {
    Diagnostic::error(
        codes::E0203,
        span,
        format!("a pattern takes a linear `{ty}` apart: nothing of it stays to be changed"),
    )
    .label("a part of what is consumed here")
    .help("bind the parts, and make a new value of them")
}

pub(crate) fn immutable_local(span: Span, name: &str, param: Option<ParamMode>, declared: Span) -> Diagnostic {
    let error = Diagnostic::error(codes::E0202, span, format!("`{name}` can't be changed")).label("written here");
    let start = Span::new(declared.file, declared.range.start, declared.range.start);
    match param {
        None => error.also(declared, "bound without `mut`").fix(start, "mut ", format!("write `mut {name}`")),
        Some(ParamMode::Borrow) => {
            error.also(declared, "borrowed: it can only be read").help(format!("take it as `inout {name}`"))
        }
        Some(_) => {
            error.also(declared, "a parameter").help(format!("copy it into a variable: `let mut {name} = {name};`"))
        }
    }
}

pub(crate) fn write_to_const(span: Span) -> Diagnostic {
    Diagnostic::error(codes::E0202, span, "a constant can't be changed").label("written here")
}

pub(crate) fn write_through_const_ptr(span: Span) -> Diagnostic {
    Diagnostic::error(codes::E0202, span, "a `ptr const` can't be written through").label("needs a `ptr mut`")
}

pub(crate) fn needs_checked_call(span: Span, name: &str, is_extern: bool) -> Diagnostic {
    let what = if is_extern { "a foreign function" } else { "an unchecked function" };
    Diagnostic::error(codes::E0702, span, format!("`{name}` is {what}: its call needs a `checked` block"))
        .label("outside `checked`")
        .help("write `checked { … }` around it and make sure that its conditions hold")
}

/// An unchecked function as a value, which anybody can call.
pub(crate) fn needs_checked_value(span: Span, name: &str) -> Diagnostic {
    Diagnostic::error(
        codes::E0702,
        span,
        format!("`{name}` is an unchecked function: its value needs a `checked` block"),
    )
    .label("outside `checked`; calls of the value would need none")
    .help("write `checked { … }` around it and make sure that its conditions hold wherever it is called")
}

pub(crate) fn needs_checked_intrinsic(span: Span, name: &str) -> Diagnostic {
    Diagnostic::error(codes::E0702, span, format!("`@{name}` needs a `checked` block"))
        .label("outside `checked`")
        .help("write `checked { … }` around it and make sure that its conditions hold")
}

pub(crate) fn expected_pointer(span: Span, ty: &str) -> Diagnostic {
    Diagnostic::error(codes::E0401, span, format!("expected a pointer, found `{ty}`")).label(format!("this is `{ty}`"))
}

/// An element of a container that can only be read.
pub(crate) fn read_only_view(span: Span, ty: &str) -> Diagnostic {
    Diagnostic::error(codes::E0202, span, format!("what a `{ty}` shows can only be read"))
        .label("written here")
        .help("a method `unchecked fn view_mut(inout self)` would make its elements places to write")
}
