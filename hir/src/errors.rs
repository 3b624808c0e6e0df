//! The mistakes that lowering finds, and their words.

use kiln_source::{Diagnostic, Span, Warning, codes};

pub(crate) fn unknown_warning(span: Span, name: &str) -> Diagnostic {
    let known: Vec<&str> = Warning::ALL.iter().map(|warning| warning.name()).collect();
    let error = Diagnostic::error(codes::E0110, span, format!("there is no warning named `{name}`"));
    match closest(name, known.iter().copied()) {
        Some(near) => error.label("unknown warning").fix(span, near, format!("did you mean `{near}`?")),
        None => error.label("unknown warning").help(format!("the warnings are {}", known.join(", "))),
    }
}

/// `silent` is what to write instead, if one change does.
pub(crate) fn unused_variable(span: Span, name: &str, is_param: bool, silent: Option<String>) -> Diagnostic {
    let what = if is_param { "parameter" } else { "variable" };
    let warning = Diagnostic::warning(Warning::UnusedVariable, span, format!("the {what} `{name}` is never read"));
    match silent {
        Some(silent) => {
            let title = format!("write `{silent}` if that is intended");
            warning.fix(span, silent, title)
        }
        None => warning.help(format!("name it `_{name}` everywhere if that is intended")),
    }
}

pub(crate) fn duplicate_name(span: Span, name: &str, first: Span) -> Diagnostic {
    Diagnostic::error(codes::E0102, span, format!("the name `{name}` is taken"))
        .label(format!("`{name}` again"))
        .also(first, "first declared here")
}

/// How many unknown names of a module are compared with the known ones.
pub(crate) const MOST_SUGGESTIONS: u32 = 200;

pub(crate) fn unresolved_name<'a>(span: Span, name: &str, known: impl Iterator<Item = &'a str>) -> Diagnostic {
    let error =
        Diagnostic::error(codes::E0101, span, format!("there is no `{name}` here")).label("not found in this scope");
    let variant_of = LIBRARY_VARIANTS.iter().find(|(variant, _)| *variant == name);
    if let Some((_, help)) = ELSEWHERE.iter().find(|(known, _)| *known == name) {
        return error.help(*help);
    }
    match (variant_of, closest(name, known)) {
        (Some((_, ty)), _) => {
            error.fix(span, format!("{ty}::{name}"), format!("a variant stands behind its type: `{ty}::{name}`"))
        }
        (None, Some(near)) => error.fix(span, near, format!("did you mean `{near}`?")),
        (None, None) => error,
    }
}

/// What has to be imported here, or has another name, and what to write.
const ELSEWHERE: [(&str, &str); 6] = [
    ("HashMap", "write `const hash_map = @import(\"std/hash_map\");`, then `hash_map::HashMap(K, V)`"),
    ("HashSet", "write `const hash_set = @import(\"std/hash_set\");`, then `hash_set::HashSet(K)`"),
    ("Deque", "write `const deque = @import(\"std/deque\");`, then `deque::Deque(T)`"),
    ("Own", "write `const own = @import(\"std/own\");`, then `own::Own(T)`"),
    ("Box", "a value in memory of its own is `Own`: `const own = @import(\"std/own\");`, then `own::Own(T)`"),
    ("unsafe", "write `checked { … }`"),
];

/// Variants that other languages know without their types.
const LIBRARY_VARIANTS: [(&str, &str); 4] =
    [("Some", "Option"), ("None", "Option"), ("Ok", "Result"), ("Err", "Result")];

pub(crate) fn unknown_abi(span: Span, abi: &str) -> Diagnostic {
    Diagnostic::error(codes::E0703, span, format!("`{abi}` is no calling convention")).label("expected \"C\"").fix(
        span,
        "\"C\"",
        "write `\"C\"`",
    )
}

pub(crate) fn self_outside_type(span: Span) -> Diagnostic {
    Diagnostic::error(codes::E0111, span, "a `self` parameter stands outside a type")
        .label("only methods have a receiver")
        .help("move the function into the braces of its type, or give the parameter a name and a type")
}

pub(crate) fn self_without_receiver(span: Span, in_type: bool) -> Diagnostic {
    let error = Diagnostic::error(codes::E0111, span, "there is no `self` here");
    if in_type {
        error
            .label("this function has no receiver")
            .help("add `borrow self`, `inout self` or `self` as its first parameter")
    } else {
        error.label("`self` exists only in methods")
    }
}

pub(crate) fn self_type_outside_type(span: Span) -> Diagnostic {
    Diagnostic::error(codes::E0111, span, "there is no `Self` here").label("`Self` exists only inside a type")
}

pub(crate) fn second_destructor(span: Span, first: Span) -> Diagnostic {
    Diagnostic::error(codes::E0112, span, "this type has a destructor already")
        .label("the second")
        .also(first, "the first")
}

pub(crate) fn destructor_receiver(span: Span) -> Diagnostic {
    Diagnostic::error(codes::E0112, span, "a destructor takes its value").label("expected `self`").fix(
        span,
        "self",
        "write `self`",
    )
}

pub(crate) fn misplaced_rest(span: Span) -> Diagnostic {
    Diagnostic::error(codes::E0010, span, "`..` can't stand here")
        .label("only once among the parts of a tuple or variant")
}

pub(crate) fn inconsistent_mode(span: Span, first: Span, name: &str, mode: &str) -> Diagnostic {
    Diagnostic::error(codes::E0503, span, format!("only some of the alternatives bind `{name}` with `{mode}`"))
        .label("not as in the first one")
        .also(first, "first bound here")
        .help(format!("write `{mode}` in all of them, or in none"))
}

pub(crate) fn inconsistent_bindings(span: Span, first: Span, name: &str) -> Diagnostic {
    Diagnostic::error(codes::E0503, span, format!("the alternatives do not all bind `{name}`"))
        .label(format!("binds other names than the first alternative: `{name}`"))
        .also(first, "the first alternative")
}

pub(crate) fn open_range_in_for(span: Span) -> Diagnostic {
    Diagnostic::error(codes::E0416, span, "a `for` needs both ends of its range")
        .label("expected `from..to` or `from..=to`")
        .help("to count without end, use `loop` with a variable")
}

pub(crate) fn range_is_no_value(span: Span) -> Diagnostic {
    Diagnostic::error(codes::E0016, span, "a range is not a value")
        .label("ranges stand in `for`, in `[…]` and in patterns")
}

pub(crate) fn unknown_label(span: Span, name: &str) -> Diagnostic {
    Diagnostic::error(codes::E0109, span, format!("there is no loop labelled `'{name}` around this"))
        .label("unknown label")
}

pub(crate) fn jump_outside_loop(span: Span, keyword: &str) -> Diagnostic {
    Diagnostic::error(codes::E0109, span, format!("`{keyword}` outside a loop")).label("no loop around this")
}

pub(crate) fn import_needs_literal(span: Span, name: &str) -> Diagnostic {
    Diagnostic::error(codes::E0113, span, format!("`@{name}` takes one path as a string literal"))
        .label("expected one string literal")
        .help("files are found before anything is computed, so the path can't be computed")
}

/// The known name nearest to a misspelt one, if it is near: at most a third of the letters changed. Very long names are
/// near to none.
pub(crate) fn closest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    const LONGEST: usize = 64;
    if name.len() > LONGEST {
        return None;
    }
    let limit = name.chars().count().div_ceil(3);
    known
        .take(2_000)
        .filter(|other| *other != "_" && other.len().abs_diff(name.len()) <= limit)
        .map(|other| (edit_distance(name, other), other))
        .filter(|(distance, _)| *distance <= limit)
        .min()
        .map(|(_, other)| other)
}

/// Levenshtein's distance, row by row; swapping two neighbours counts 2.
fn edit_distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, a) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, b) in b.iter().enumerate() {
            let changed = diagonal + usize::from(a != *b);
            diagonal = row[j + 1];
            row[j + 1] = changed.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_names_are_found() {
        assert_eq!(closest("totl", ["other", "total", "t"].into_iter()), Some("total"));
        assert_eq!(closest("x", ["y", "longer"].into_iter()), Some("y"));
        assert_eq!(closest("abcdef", ["uvwxyz"].into_iter()), None);
    }
}
