//! Mistakes about types and operands.

use super::{count, list, suggest};
use kiln_hir::{Mode, UnaryOp};
use kiln_source::{Diagnostic, Span, Warning, codes, nearest};

pub(crate) fn type_mismatch(span: Span, expected: &str, found: &str) -> Diagnostic {
    let error = Diagnostic::error(codes::E0401, span, format!("expected `{expected}`, found `{found}`"))
        .label(format!("this is `{found}`"));
    match (expected, found) {
        ("str", "String") => error.help("its text is `name[..]`"),
        ("String", "str") => error.help("a copy is `name.to_string()`"),
        _ => error,
    }
}

/// A call such as `println("{} {}", a, b)`, whose last parameter takes any value.
pub(crate) fn values_without_tuple(span: Span, name: &str, expected: usize, found: usize) -> Diagnostic {
    argument_count(span, name, expected, found, None)
        .help("several values are one in parentheses: `println(\"{} {}\", (a, b))`")
}

pub(crate) fn argument_count(
    span: Span,
    name: &str,
    expected: usize,
    found: usize,
    declared: Option<Span>,
) -> Diagnostic {
    let error = Diagnostic::error(
        codes::E0402,
        span,
        format!(
            "`{name}` takes {}, but {found} {} given",
            count(expected, "argument"),
            if found == 1 { "is" } else { "are" }
        ),
    )
    .label(format!("expected {}", count(expected, "argument")));
    match declared {
        Some(declared) => error.also(declared, "declared here"),
        None => error,
    }
}

pub(crate) fn intrinsic_arguments(
    span: Span,
    name: &str,
    (least, most): (usize, usize),
    found: usize,
    signature: &str,
) -> Diagnostic {
    let expected = if least == most { count(least, "argument") } else { format!("{least} to {most} arguments") };
    Diagnostic::error(
        codes::E0402,
        span,
        format!("`@{name}` takes {expected}, but {found} {} given", if found == 1 { "is" } else { "are" }),
    )
    .label(format!("expected {expected}"))
    .help(format!("it is called `{signature}`"))
}

pub(crate) fn intrinsic_mark(span: Span, name: &str) -> Diagnostic {
    Diagnostic::error(codes::E0201, span, format!("arguments of `@{name}` take no `inout`")).label("marked `inout`")
}

pub(crate) fn not_callable(span: Span, text: &str, ty: Option<&str>, is_type: bool) -> Diagnostic {
    let what = ty.map_or_else(|| format!("`{text}` is not a function"), |ty| format!("`{ty}` can't be called"));
    let error = Diagnostic::error(codes::E0403, span, what).label("called here");
    if is_type { error.help(format!("a struct is made with braces: `{text} {{ … }}`")) } else { error }
}

pub(crate) fn unknown_field(span: Span, ty: &str, name: &str, known: &[String], is_method: bool) -> Diagnostic {
    let error = Diagnostic::error(codes::E0404, span, format!("`{ty}` has no field `{name}`")).label("unknown field");
    if is_method {
        return error.help(format!("there is a method of that name: call it, `.{name}(…)`"));
    }
    match known {
        // Numbers are not misspelt for one another.
        [only] if only == "0" => error.help("it has one field, `0`"),
        [first, .., last] if first == "0" => error.help(format!("it has the fields `0` to `{last}`")),
        _ => suggest(error, span, name, known, if known.len() == 1 { "field" } else { "fields" }),
    }
}

pub(crate) fn unknown_member(span: Span, ty: &str, name: &str, known: &[String]) -> Diagnostic {
    let error =
        Diagnostic::error(codes::E0405, span, format!("`{ty}` has no member `{name}`")).label("not found in this type");
    if known.is_empty() { error } else { suggest(error, span, name, known, "members") }
}

pub(crate) fn field_called(span: Span, ty: &str, name: &str, callable: bool) -> Diagnostic {
    let error = Diagnostic::error(codes::E0405, span, format!("`{name}` is a field of `{ty}`, not a method"))
        .label("called as a method");
    if callable {
        error.help(format!("to call what it holds, write `(value.{name})(…)`"))
    } else {
        error.help("leave the parentheses out to read it")
    }
}

pub(crate) fn no_receiver(span: Span, ty: &str, name: &str, declared: Span) -> Diagnostic {
    Diagnostic::error(codes::E0405, span, format!("`{name}` has no receiver"))
        .label("called as a method")
        .also(declared, "it takes no `self`")
        .help(format!("call it as `{ty}::{name}(…)`"))
}

pub(crate) fn no_path_base(span: Span, text: &str) -> Diagnostic {
    Diagnostic::error(codes::E0409, span, format!("`{text}` is neither a module nor a type"))
        .label("nothing can be looked up in it by `::`")
        .help("fields and methods of values are reached by `.`")
}

pub(crate) fn bad_unary(span: Span, op: UnaryOp, ty: &str, is_bool: bool, is_int: bool) -> Diagnostic {
    let (sign, wanted) = match op {
        UnaryOp::Neg => ("-", "a signed number"),
        UnaryOp::Not => ("!", "a `bool`"),
        UnaryOp::BitNot => ("~", "an integer"),
    };
    let error = Diagnostic::error(codes::E0406, span, format!("`{sign}` needs {wanted}, found `{ty}`"))
        .label(format!("this is `{ty}`"));
    match op {
        UnaryOp::Not if is_int => error.help("the bits of an integer are flipped by `~`"),
        UnaryOp::BitNot if is_bool => error.help("a `bool` is negated by `!`"),
        _ => error,
    }
}

pub(crate) fn bad_operands(span: Span, op: &str, left: (Span, &str), right: (Span, &str)) -> Diagnostic {
    let message = if left.1 == right.1 {
        format!("`{op}` is not defined for `{}`", left.1)
    } else {
        format!("`{op}` does not fit `{}` and `{}`", left.1, right.1)
    };
    Diagnostic::error(codes::E0406, span, message)
        .also(left.0, format!("this is `{}`", left.1))
        .also(right.0, format!("this is `{}`", right.1))
}

pub(crate) fn not_comparable(span: Span, op: &str, ty: &str, part: &str) -> Diagnostic {
    let error = Diagnostic::error(codes::E0406, span, format!("`{op}` is not defined for `{ty}`"));
    if part == ty { error } else { error.note(format!("it contains `{part}`, which can't be compared")) }
}

pub(crate) fn negate_unsigned(span: Span, ty: &str) -> Diagnostic {
    Diagnostic::error(codes::E0413, span, format!("`{ty}` has no negative numbers"))
        .label("unary minus on an unsigned type")
        .help("for the two's complement use `wrapping_neg()`")
}

pub(crate) fn missing_fields(span: Span, ty: &str, missing: &[String]) -> Diagnostic {
    Diagnostic::error(codes::E0407, span, format!("`{ty}` needs {} too", list(missing)))
        .label(format!("missing {}", list(missing)))
}

pub(crate) fn repeated_field(span: Span, name: &str) -> Diagnostic {
    Diagnostic::error(codes::E0408, span, format!("the field `{name}` is given twice")).label("again")
}

pub(crate) fn expected_type(span: Span, found: &str) -> Diagnostic {
    Diagnostic::error(codes::E0409, span, format!("expected a type, found a value of `{found}`")).label("not a type")
}

pub(crate) fn module_as_value(span: Span) -> Diagnostic {
    Diagnostic::error(codes::E0409, span, "a module is not a value")
        .label("a module")
        .help("name one of its items by `::`")
}

pub(crate) fn not_a_struct(span: Span, text: &str) -> Diagnostic {
    Diagnostic::error(codes::E0409, span, format!("`{text}` is not a struct"))
        .label("only structs and struct variants have named fields")
}

pub(crate) fn no_self_type(span: Span) -> Diagnostic {
    Diagnostic::error(codes::E0111, span, "there is no `Self` here").label("no type around this")
}

pub(crate) fn branch_mismatch(span: Span, first: &str, found: &str, at: Span) -> Diagnostic {
    Diagnostic::error(codes::E0410, span, format!("the branches have different types: `{first}` and `{found}`"))
        .label(format!("this is `{found}`"))
        .also(at, format!("this is `{first}`"))
}

pub(crate) fn break_mismatch(span: Span, first: &str, found: &str) -> Diagnostic {
    Diagnostic::error(codes::E0410, span, format!("the `break`s of this loop give `{first}` and `{found}`"))
        .label(format!("this one gives `{found}`"))
}

pub(crate) fn break_value_in_while(span: Span) -> Diagnostic {
    Diagnostic::error(codes::E0410, span, "only `loop` has a value").label("a `while` or `for` may end without `break`")
}

pub(crate) fn if_without_else(span: Span, ty: &str) -> Diagnostic {
    Diagnostic::error(codes::E0410, span, format!("an `if` without `else` has no value, but this branch gives `{ty}`"))
        .label(format!("this is `{ty}`"))
        .help("add an `else`, or end the branch with `;`")
}

pub(crate) fn loop_body_value(span: Span, ty: &str) -> Diagnostic {
    Diagnostic::error(codes::E0401, span, format!("the body of a loop has no value, but this gives `{ty}`"))
        .label("end it with `;`")
}

pub(crate) fn unused_block_value(span: Span, ty: &str) -> Diagnostic {
    Diagnostic::error(codes::E0401, span, format!("this statement has a value of `{ty}` that nobody takes"))
        .label("expected `()`")
        .fix(Span::new(span.file, span.range.end, span.range.end), ";", "end it with `;`")
}

pub(crate) fn block_without_value(span: Span, ty: &str, last: Option<Span>) -> Diagnostic {
    let error =
        Diagnostic::error(codes::E0401, span, format!("this block should give `{ty}`, but ends without a value"));
    match last {
        Some(last) => error.also(last, "the `;` throws this value away"),
        None => error,
    }
}

pub(crate) fn return_without_value(span: Span, ty: &str) -> Diagnostic {
    Diagnostic::error(codes::E0401, span, format!("this function returns `{ty}`")).label("`return` without a value")
}

pub(crate) fn not_indexable(span: Span, ty: &str) -> Diagnostic {
    Diagnostic::error(codes::E0411, span, format!("`{ty}` can't be indexed")).label("not an array or slice")
}

/// `is_number`: whether a cast would mend it.
pub(crate) fn bad_index_type(span: Span, ty: &str, text: &str, is_number: bool) -> Diagnostic {
    let error = Diagnostic::error(codes::E0401, span, format!("an index is an unsigned integer, not `{ty}`"))
        .label(format!("this is `{ty}`"));
    if is_number && text.len() < 60 && !text.contains('\n') {
        error.help(format!("convert it: `let index: usize = @cast({text});`"))
    } else {
        error
    }
}

pub(crate) fn not_iterable(span: Span, ty: &str) -> Diagnostic {
    Diagnostic::error(codes::E0416, span, format!("`{ty}` can't be iterated"))
        .label("not a range, array or slice")
        .help("to count, write `for i in 0..n`")
}

pub(crate) fn range_mismatch(from: Span, a: &str, to: Span, b: &str) -> Diagnostic {
    Diagnostic::error(codes::E0401, to, format!("the range goes from `{a}` to `{b}`"))
        .label(format!("this is `{b}`"))
        .also(from, format!("this is `{a}`"))
}

pub(crate) fn range_of(span: Span, ty: &str) -> Diagnostic {
    Diagnostic::error(codes::E0416, span, format!("a range can't count in `{ty}`"))
        .label("expected an integer or a char")
}

pub(crate) fn empty_array(span: Span) -> Diagnostic {
    Diagnostic::error(codes::E0412, span, "the element type of `[]` is not known")
        .label("of what?")
        .help("give the binding a type: `let a: [i32; 0] = [];`")
}

pub(crate) fn cannot_infer_type(span: Span, maker: &str, name: &str) -> Diagnostic {
    Diagnostic::error(codes::E0412, span, format!("the arguments of `{maker}` are not known here"))
        .label("nothing says of which type")
        .help(format!("write them: `{maker}(T)::{name}`, or give the binding a type"))
}

pub(crate) fn cast_without_type(span: Span, name: &str) -> Diagnostic {
    Diagnostic::error(codes::E0412, span, format!("`@{name}` does not know which type to make"))
        .label("the context says no type")
        .help(format!("give it one: `let x: i64 = @{name}(…);`"))
}

pub(crate) fn bad_cast(span: Span, name: &str, from: &str, to: &str) -> Diagnostic {
    Diagnostic::error(codes::E0406, span, format!("`@{name}` can't make `{to}` of `{from}`"))
        .label("no such conversion")
}

pub(crate) fn bit_cast_size(span: Span, (from, a): (&str, u64), (to, b): (&str, u64)) -> Diagnostic {
    Diagnostic::error(codes::E0418, span, format!("`@bit_cast` between sizes: `{from}` has {a} bytes, `{to}` has {b}"))
        .label("the sizes differ")
}

pub(crate) fn unsized_value(span: Span, ty: &str) -> Diagnostic {
    Diagnostic::error(codes::E0415, span, format!("`{ty}` has no size known at compile time"))
        .label("can't stand here by value")
        .help(format!("take it as a parameter: `borrow x: {ty}`"))
}

pub(crate) fn never_parameter(span: Span) -> Diagnostic {
    Diagnostic::error(codes::E0409, span, "a parameter of type `!` can never be given").label("no value has this type")
}

pub(crate) fn type_too_large(span: Span, ty: &str, part: Option<&str>) -> Diagnostic {
    let error = Diagnostic::error(codes::E0419, span, format!("`{ty}` is larger than the target can address"))
        .label("too large");
    match part {
        Some(part) => error.note(format!("because of `{part}`")),
        None => error,
    }
}

pub(crate) fn type_too_heavy(span: Span, limit: u32) -> Diagnostic {
    Diagnostic::error(codes::E0419, span, format!("a type of more than {limit} parts"))
        .label("this type repeats its parts too often")
        .help("name inner types: a named struct counts as one part")
}

pub(crate) fn repeat_of_affine(span: Span, ty: &str) -> Diagnostic {
    Diagnostic::error(codes::E0406, span, format!("`[value; n]` copies its value, but `{ty}` is not copied"))
        .label("used more than once")
        .help("declare the type `@copy` if its parts are")
}

pub(crate) fn variant_needs_payload(span: Span, name: &str, is_struct: bool, declared: Span) -> Diagnostic {
    let form = if is_struct { format!("{name} {{ … }}") } else { format!("{name}(…)") };
    Diagnostic::error(codes::E0414, span, format!("the variant `{name}` carries values"))
        .label("without them")
        .also(declared, "declared here")
        .help(format!("write `{form}`"))
}

pub(crate) fn variant_is_no_struct(span: Span, name: &str, is_tuple: bool, declared: Span) -> Diagnostic {
    let form = if is_tuple { format!("{name}(…)") } else { name.to_owned() };
    Diagnostic::error(codes::E0414, span, format!("the variant `{name}` has no named fields"))
        .label("written with braces")
        .also(declared, "declared here")
        .help(format!("write `{form}`"))
}

pub(crate) fn variant_is_no_tuple(span: Span, name: &str, is_struct: bool, declared: Span) -> Diagnostic {
    let form = if is_struct { format!("{name} {{ … }}") } else { name.to_owned() };
    Diagnostic::error(codes::E0414, span, format!("the variant `{name}` is not written with parentheses"))
        .label("written with parentheses")
        .also(declared, "declared here")
        .help(format!("write `{form}`"))
}

pub(crate) fn update_of_variant(span: Span) -> Diagnostic {
    Diagnostic::error(codes::E0414, span, "a variant can't be made with `..`").label("only structs take `..base`")
}

pub(crate) fn argument_mode(span: Span, text: &str, wanted: Mode, found: Mode) -> Diagnostic {
    let message = match (wanted, found) {
        (Mode::Inout, _) => "this argument is changed by the call, which has to be marked",
        (Mode::Borrow, _) => "the parameter only reads: no `inout` here",
        (Mode::Value, Mode::Borrow) => "the parameter takes the value: no `borrow` here",
        (Mode::Value, _) => "the parameter takes the value: no `inout` here",
    };
    let error = Diagnostic::error(codes::E0201, span, message);
    if wanted == Mode::Inout && text.len() < 60 {
        error.label("expected `inout`").fix(
            Span::new(span.file, span.range.start, span.range.start),
            "inout ",
            format!("write `inout {text}`"),
        )
    } else {
        error.label("remove the mark")
    }
}

pub(crate) fn no_such_try(span: Span, ty: &str) -> Diagnostic {
    Diagnostic::error(codes::E0417, span, format!("`?` needs an `Option` or a `Result`, found `{ty}`"))
        .label(format!("this is `{ty}`"))
}

pub(crate) fn try_outside_function(span: Span) -> Diagnostic {
    Diagnostic::error(codes::E0417, span, "`?` leaves a function, but there is none around it")
        .label("nothing to return from")
}

pub(crate) fn try_in_other_function(span: Span, ty: &str, ret: &str) -> Diagnostic {
    Diagnostic::error(codes::E0417, span, format!("`?` on `{ty}` can't leave a function that returns `{ret}`"))
        .label("the other case can't be returned here")
}

pub(crate) fn unknown_intrinsic<'a>(span: Span, name: &str, known: impl Iterator<Item = &'a str>) -> Diagnostic {
    let error = Diagnostic::error(codes::E0701, span, format!("there is no `@{name}`")).label("unknown intrinsic");
    match nearest(name, known) {
        Some(near) => error.fix(span, format!("@{near}"), format!("did you mean `@{near}`?")),
        None => error,
    }
}

pub(crate) fn unused_mut(span: Span, name: &str, word: &str) -> Diagnostic {
    Diagnostic::warning(Warning::UnusedMut, span, format!("`{name}` is never changed"))
        .help(format!("leave `{word}` out"))
}
