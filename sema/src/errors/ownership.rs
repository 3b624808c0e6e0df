//! Mistakes about owners: what was moved, what can't be, what is forgotten, what overlaps.

use crate::ownership::Loss;
use kiln_source::{Diagnostic, Span, codes};
use kiln_types::ParamMode;

/// Where a value went.
pub(crate) struct Moved<'a> {
    pub span: Span,
    /// The function that took it.
    pub into: Option<&'a str>,
    /// It was in an earlier turn of a loop.
    pub in_loop: bool,
    /// Only a part of it went.
    pub in_part: bool,
}

/// `` `name` ``, or words for a value without one.
fn quoted(name: Option<&str>) -> String {
    name.map_or_else(|| "this value".to_owned(), |name| format!("`{name}`"))
}

pub(crate) fn use_after_move(
    used: Span,
    name: Option<&str>,
    moved: &Moved<'_>,
    stored: bool,
    duplicate: Option<&str>,
) -> Diagnostic {
    let shown = quoted(name);
    let mut place = match moved.into {
        Some(into) => format!("moved here, into `{into}`"),
        None => "moved here".to_owned(),
    };
    if moved.in_loop {
        place.push_str(", in an earlier turn of the loop");
    }
    let message = match stored {
        true => format!("a part of {shown} can't be set: the whole was moved"),
        false if moved.in_part => format!("{shown} can't be used as a whole: a part of it was moved"),
        false => format!("{shown} was moved and can't be used again"),
    };
    let error = Diagnostic::error(codes::E0205, used, message);
    let error = match moved.span == used {
        true => error.label(place),
        false => error.label(if stored { "set here" } else { "used here" }).also(moved.span, place),
    };
    match duplicate {
        Some(text) if !stored && !moved.in_part => {
            error.help(format!("write `{text}` where it is moved, if both need one"))
        }
        _ => error,
    }
}

pub(crate) fn move_out_of_borrow(span: Span, name: Option<&str>, owner: &str, declared: Span) -> Diagnostic {
    Diagnostic::error(codes::E0206, span, format!("{} can't be moved: `{owner}` is borrowed", quoted(name)))
        .label("moved here")
        .also(declared, "borrowed: it stays the caller's")
        .help(format!("take it as `{owner}: …` without `borrow` to own it"))
}

pub(crate) fn move_out_of_inout(span: Span, name: Option<&str>, owner: &str, declared: Span) -> Diagnostic {
    Diagnostic::error(codes::E0206, span, format!("{} can't be moved: `{owner}` has to stay whole", quoted(name)))
        .label("moved here")
        .also(declared, "it still belongs to somebody else")
        .help("put another value in its place: `mem::replace(inout place, new)` gives the old one")
}

pub(crate) fn move_out_of_alias(span: Span, name: Option<&str>, owner: &str, declared: Span) -> Diagnostic {
    let message = format!("{} can't be moved: `{owner}` names a part of something else", quoted(name));
    Diagnostic::error(codes::E0206, span, message)
        .label("moved here")
        .also(declared, "bound here, by its place: what is matched or iterated keeps it")
}

pub(crate) fn move_out_of_constant(span: Span) -> Diagnostic {
    Diagnostic::error(codes::E0206, span, "a constant can't be moved out of")
        .label("moved here")
        .help("borrow it, or make a new value")
}

pub(crate) fn move_out_of_element(span: Span) -> Diagnostic {
    Diagnostic::error(codes::E0206, span, "an element can't be moved out of its array")
        .label("moved here")
        .help("borrow it, or put another value in its place with `mem::replace`")
}

pub(crate) fn move_out_of_view(span: Span) -> Diagnostic {
    Diagnostic::error(codes::E0206, span, "a part of a borrowed value can't be moved").label("moved here")
}

pub(crate) fn move_out_of_destructor(span: Span, ty: &str) -> Diagnostic {
    Diagnostic::error(
        codes::E0206,
        span,
        format!("a field can't be moved out of `{ty}`: its destructor needs all of it"),
    )
    .label("moved here")
}

pub(crate) fn move_out_of_linear(span: Span, ty: &str) -> Diagnostic {
    Diagnostic::error(
        codes::E0206,
        span,
        format!("a field can't be moved out of `{ty}`, which is linear: the rest would be forgotten"),
    )
    .label("moved here")
    .help("take it apart with a pattern, which consumes the whole")
}

/// `end` is where it is overwritten or thrown away; without, it is left behind at the end of its scope.
pub(crate) fn linear_lost(made: Span, name: Option<&str>, ty: &str, end: Option<Span>, loss: Loss) -> Diagnostic {
    let message = match (quoted(name), loss) {
        (name, Loss::Whole) => format!("{name} is never consumed"),
        (name, Loss::Sometimes) => format!("{name} is not consumed on every path"),
        (name, Loss::Part) => format!("a part of {name} is never consumed"),
    };
    let error = Diagnostic::error(codes::E0208, made, message)
        .label(format!("a `{ty}`, which is linear: it can't be forgotten"));
    let error = match end {
        Some(end) if end != made => error.also(end, "it ends here"),
        _ => error,
    };
    error.help("pass it to a function that takes it, or take it apart with a pattern")
}

/// `word`: how the other argument is passed.
/// An argument that is a place.
pub(crate) struct PassedPlace {
    pub span: Span,
    pub name: Option<String>,
    pub mode: ParamMode,
}

/// One argument needs its place for itself, as it is `inout` or moved.
pub(crate) fn overlapping_arguments(exclusive: &PassedPlace, other: &PassedPlace) -> Diagnostic {
    let (how, here) = match exclusive.mode {
        ParamMode::Own => ("moved", "moved here"),
        ParamMode::Inout | ParamMode::Borrow => ("passed `inout`", "passed `inout` here"),
    };
    let message = match (&exclusive.name, &other.name) {
        (Some(one), Some(two)) if one != two => format!("`{one}` and `{two}` overlap in one call"),
        (Some(one), _) => format!("`{one}` is {how} and used again in the same call"),
        _ => format!("what is {how} is used again in the same call"),
    };
    let text = match other.mode {
        ParamMode::Inout => "passed `inout` here as well",
        ParamMode::Own => "moved here",
        ParamMode::Borrow => "read here",
    };
    Diagnostic::error(codes::E0207, other.span, message).label(text).also(exclusive.span, here)
}

pub(crate) fn written_while_named(
    span: Span,
    place: Option<&str>,
    holder: Option<&str>,
    named: Span,
    moved: bool,
) -> Diagnostic {
    let (place, how) = (quoted(place), if moved { "moved" } else { "changed" });
    let why = match holder {
        Some(holder) => format!("`{holder}` still shows a part of it"),
        None => "it is still to be looked at".to_owned(),
    };
    Diagnostic::error(codes::E0207, span, format!("{place} can't be {how} here: {why}"))
        .label(format!("{how} here"))
        .also(named, "shown from here on")
}

pub(crate) fn view_returned(span: Span, ty: &str) -> Diagnostic {
    Diagnostic::error(codes::E0210, span, format!("a view (`{ty}`) can't be returned"))
        .label("shows something that belongs to somebody else")
        .help("return a value of its own (`String`, `Vec(T)`), or the position")
}

pub(crate) fn view_stored(span: Span, ty: &str) -> Diagnostic {
    Diagnostic::error(codes::E0210, span, format!("a view (`{ty}`) can't be kept"))
        .label("shows something that belongs to somebody else")
        .help(format!("pass it on to a parameter `borrow x: {ty}`, or make a value of its own"))
}

pub(crate) fn handle_without_method(span: Span, ty: &str) -> Diagnostic {
    Diagnostic::error(codes::E0211, span, format!("`{ty}` is a handle, but does not say how to duplicate it"))
        .label("needs a method `handle`")
        .help("add `fn handle(borrow self) -> Self { … }` to it")
}

pub(crate) fn view_of_temporary(named: Span, holder: Option<&str>) -> Diagnostic {
    let shown = holder.map_or_else(|| "this".to_owned(), |holder| format!("`{holder}`"));
    Diagnostic::error(codes::E0210, named, format!("{shown} shows a value that ends with the statement"))
        .label("a part of a temporary value")
        .help("give the value a name first: `let whole = …;`")
}
