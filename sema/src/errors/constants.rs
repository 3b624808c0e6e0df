//! Mistakes about values known at compile time.

use kiln_source::{Diagnostic, Span, codes};
use kiln_types::IntType;

pub(crate) fn literal_out_of_range(span: Span, value: u128, negative: bool, ty: &str, int: IntType) -> Diagnostic {
    let sign = if negative { "-" } else { "" };
    let top = u128::MAX >> (128 - u32::from(int.bits));
    let range = match int.signed {
        false => format!("0..={top}"),
        true => format!("{}..={}", -((top >> 1) as i128) - 1, top >> 1),
    };
    Diagnostic::error(codes::E0304, span, format!("`{sign}{value}` does not fit `{ty}`"))
        .label(format!("`{ty}` holds {range}"))
}

pub(crate) fn constant_overflow(span: Span, ty: &str) -> Diagnostic {
    Diagnostic::error(codes::E0301, span, format!("this overflows `{ty}`")).label("integer overflow")
}

pub(crate) fn constant_division_by_zero(span: Span) -> Diagnostic {
    Diagnostic::error(codes::E0302, span, "this divides by zero").label("division by zero")
}

pub(crate) fn constant_shift_overflow(span: Span, ty: &str, bits: u16) -> Diagnostic {
    Diagnostic::error(codes::E0309, span, format!("`{ty}` has {bits} bits: it can be shifted by 0 to {}", bits - 1))
        .label("shift amount out of range")
}

pub(crate) fn constant_index_out_of_bounds(span: Span, index: u128, len: u64) -> Diagnostic {
    Diagnostic::error(codes::E0303, span, format!("the index {index} is out of bounds"))
        .label(format!("the array has {len} elements"))
}

pub(crate) fn constant_cast_overflow(span: Span, text: &str, ty: &str) -> Diagnostic {
    Diagnostic::error(codes::E0307, span, format!("`{text}` does not fit `{ty}`"))
        .label("integer cast overflow")
        .help("`@wrap` keeps the low bits")
}

pub(crate) fn bad_array_length(span: Span, found: &str) -> Diagnostic {
    Diagnostic::error(codes::E0308, span, format!("an array length is an integer, found `{found}`"))
        .label("not a length")
}

pub(crate) fn runtime_variable(span: Span, name: &str, declared: Span) -> Diagnostic {
    Diagnostic::error(codes::E0305, span, format!("`{name}` is known only when this code runs"))
        .label("needed before, while the program is checked")
        .also(declared, "a variable")
        .help("a `const`, a `comptime` parameter, a `comptime let` or the variable of a `comptime for` is known at compile time")
}

pub(crate) fn capture_of_runtime(span: Span, name: &str, declared: Span) -> Diagnostic {
    Diagnostic::error(codes::E0305, span, format!("this uses `{name}`, which is known only when the code around runs"))
        .label("a nested declaration sees only what is known at compile time")
        .also(declared, "a variable")
}

pub(crate) fn capture_unknown(span: Span, name: &str) -> Diagnostic {
    Diagnostic::error(codes::E0305, span, format!("`{name}` is not known here"))
        .label("belongs to the function around this")
}

pub(crate) fn float_out_of_range(span: Span, ty: &str) -> Diagnostic {
    Diagnostic::error(codes::E0304, span, format!("this is larger than the largest `{ty}`"))
        .label("out of range")
        .help(format!("`{ty}::INFINITY` is the infinity"))
}

pub(crate) fn jump_out_of_comptime(span: Span, keyword: &str) -> Diagnostic {
    Diagnostic::error(codes::E0109, span, format!("`{keyword}` would leave the `comptime` expression"))
        .label("the loop or function is not evaluated here")
}

pub(crate) fn compile_error(span: Span, text: &str) -> Diagnostic {
    Diagnostic::error(codes::E0604, span, text.to_owned())
}

pub(crate) fn comptime_match_without_arm(span: Span, value: &str) -> Diagnostic {
    Diagnostic::error(codes::E0501, span, format!("no arm matches `{value}`")).label("decided at compile time")
}

pub(crate) fn comptime_pattern(span: Span) -> Diagnostic {
    Diagnostic::error(codes::E0504, span, "this pattern can't be matched at compile time").label("here")
}

pub(crate) fn comptime_assign_at_runtime(span: Span, name: &str, declared: Span) -> Diagnostic {
    Diagnostic::error(
        codes::E0305,
        span,
        format!("`{name}` changes while compiling, but whether this is reached is known only at run time"),
    )
    .label("inside a branch or loop of the program")
    .also(declared, "a `comptime let`")
    .help("use `comptime if` or a plain `let mut`")
}

pub(crate) fn too_many_turns(span: Span, count: i128, limit: i128) -> Diagnostic {
    Diagnostic::error(codes::E0601, span, format!("this loop would be written out {count} times"))
        .label(format!("at most {limit} turns"))
        .help("a plain `for` inside `comptime { }` runs instead of being written out")
}

pub(crate) fn too_many_turns_in_all(span: Span, limit: u32) -> Diagnostic {
    Diagnostic::error(codes::E0601, span, "the loops of this function would be written out too often")
        .label(format!("at most {limit} turns in all"))
        .help("a plain `for` inside `comptime { }` runs instead of being written out")
}

pub(crate) fn cannot_infer_argument(span: Span, name: &str, declared: Span) -> Diagnostic {
    Diagnostic::error(codes::E0605, span, format!("the arguments do not say what `{name}` is"))
        .label(format!("give `{name}` as the first argument"))
        .also(declared, "declared here")
}

pub(crate) fn generic_as_value(span: Span, name: &str) -> Diagnostic {
    Diagnostic::error(codes::E0605, span, format!("`{name}` has comptime parameters, so it is no single function"))
        .label("can't be used as a value")
        .help("wrap it in a function that gives the arguments")
}

pub(crate) fn cyclic_const(span: Span, name: &str, chain: &[(String, Span)], last: Span) -> Diagnostic {
    let mut error = Diagnostic::error(codes::E0105, span, format!("`{name}` needs its own value"))
        .label("a const that depends on itself");
    for (next, at) in chain {
        error = error.also(*at, format!("needs `{next}`"));
    }
    error.also(last, format!("needs `{name}` again"))
}

pub(crate) fn array_length_out_of_range(span: Span, value: &str) -> Diagnostic {
    Diagnostic::error(codes::E0308, span, format!("an array can't have {value} elements")).label("not a length")
}
