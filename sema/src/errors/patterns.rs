//! Mistakes in patterns and matches.

use super::{count, list};
use kiln_source::{Diagnostic, Span, Warning, codes};

pub(crate) fn non_exhaustive_match(span: Span, ty: &str, example: &str) -> Diagnostic {
    let error = Diagnostic::error(codes::E0501, span, format!("this `match` on `{ty}` forgets `{example}`"))
        .label(format!("no arm for `{example}`"));
    if example == "_" {
        error.help("add an arm `_ => …` for all others")
    } else {
        error.help(format!("add an arm: `{example} => …`, or `_ => …` for all others"))
    }
}

pub(crate) fn refutable_pattern(span: Span, example: &str) -> Diagnostic {
    Diagnostic::error(codes::E0502, span, format!("this pattern does not match `{example}`"))
        .label("may fail")
        .help("use `let … else { … }` or `if let`")
}

pub(crate) fn unreachable_pattern(span: Span) -> Diagnostic {
    Diagnostic::warning(Warning::UnreachablePattern, span, "nothing is left for this pattern")
        .label("earlier patterns match all of it")
}

pub(crate) fn pattern_mismatch(span: Span, what: &str, ty: &str) -> Diagnostic {
    let error = Diagnostic::error(codes::E0504, span, format!("the pattern is {what}, but the value is `{ty}`"))
        .label(format!("can't match `{ty}`"));
    match (what, ty) {
        ("text", "String") => error.help("match its text: `match name[..] { … }`"),
        _ => error,
    }
}

pub(crate) fn float_pattern(span: Span) -> Diagnostic {
    Diagnostic::error(codes::E0504, span, "floats can't be matched")
        .label("equality of floats is seldom meant")
        .help("use a guard: `x if x < 0.5 => …`")
}

pub(crate) fn constant_pattern(span: Span) -> Diagnostic {
    Diagnostic::error(codes::E0504, span, "only constants of one scalar can be matched")
        .label("this has parts")
        .help("use a guard: `x if x == CONSTANT => …`")
}

pub(crate) fn pattern_part_count(span: Span, what: &str, expected: usize, found: usize) -> Diagnostic {
    Diagnostic::error(codes::E0504, span, format!("{what} has {}, the pattern {found}", count(expected, "part")))
        .label(format!("expected {}", count(expected, "part")))
        .help("`..` stands for the rest")
}

pub(crate) fn pattern_misses_fields(span: Span, missing: &[String]) -> Diagnostic {
    Diagnostic::error(codes::E0504, span, format!("the pattern does not mention {}", list(missing)))
        .label(format!("missing {}", list(missing)))
        .help("`..` stands for the rest")
}

pub(crate) fn empty_range_pattern(span: Span) -> Diagnostic {
    Diagnostic::error(codes::E0506, span, "this range is empty").label("matches nothing")
}

pub(crate) fn variant_pattern_shape(span: Span, name: &str, is_struct: bool, declared: Span) -> Diagnostic {
    let form = if is_struct { format!("{name} {{ .. }}") } else { format!("{name}(..)") };
    Diagnostic::error(codes::E0414, span, format!("the variant `{name}` carries values"))
        .label("without them")
        .also(declared, "declared here")
        .help(format!("write `{form}`"))
}

pub(crate) fn binding_types_differ(span: Span, name: &str, first: &str, found: &str) -> Diagnostic {
    Diagnostic::error(codes::E0503, span, format!("`{name}` is `{first}` in one alternative and `{found}` in another"))
        .label("bound here first")
}

pub(crate) fn else_falls_through(span: Span) -> Diagnostic {
    Diagnostic::error(codes::E0505, span, "the `else` of a `let` has to leave")
        .label("goes on after it")
        .help("end it with `return`, `break`, `continue` or `@panic`")
}
