//! Mistakes about declarations and modules.

use super::suggest;
use kiln_source::{Diagnostic, FileId, SourceMap, Span, Warning, codes};

pub(crate) fn missing_rt(name: &str) -> Diagnostic {
    Diagnostic::global_error(codes::E0104, format!("the run-time library has no `{name}`"))
        .help("the library given by `--std` does not belong to this compiler")
}

pub(crate) fn import_not_loaded(span: Span) -> Diagnostic {
    Diagnostic::error(codes::E0104, span, "this file was not loaded").label("not found")
}

pub(crate) fn unknown_module_member(span: Span, module: &str, name: &str, known: &[String]) -> Diagnostic {
    let error = Diagnostic::error(codes::E0101, span, format!("there is no `{name}` in the module `{module}`"))
        .label("not found there");
    suggest(error, span, name, known, "public items")
}

/// A field or function without `pub` that another file names.
pub(crate) fn private_member(span: Span, name: &str, ty: &str, declared: Span) -> Diagnostic {
    Diagnostic::error(codes::E0103, span, format!("`{name}` of `{ty}` is private to its file"))
        .label("not visible here")
        .also(declared, "declared here without `pub`")
}

/// `T { ..base }` with fields that can't be named.
pub(crate) fn update_of_private(span: Span, ty: &str) -> Diagnostic {
    Diagnostic::error(codes::E0103, span, format!("`{ty}` has fields that are private to its file"))
        .label("they would be taken over here")
}

/// A change of a private field that reflection reached.
pub(crate) fn private_field_changed(span: Span, ty: &str, declared: Span) -> Diagnostic {
    Diagnostic::error(codes::E0103, span, format!("a field of `{ty}` that is private to its file is changed"))
        .label("needs `checked { … }`")
        .also(declared, "declared here without `pub`")
}

pub(crate) fn private_item(span: Span, name: &str, declared: Span) -> Diagnostic {
    Diagnostic::error(codes::E0103, span, format!("`{name}` is private to its file"))
        .label("used from another file")
        .also(declared, "declared here without `pub`")
}

pub(crate) fn missing_main(sources: &SourceMap, file: FileId) -> Diagnostic {
    let end = sources.file(file).text.len() as u32;
    Diagnostic::error(codes::E0106, Span::new(file, end, end), format!("`{}` has no `main`", sources.file(file).name))
        .label("a program starts in `main`")
        .help("add `fn main() { … }`")
}

pub(crate) fn main_with_parameters(span: Span) -> Diagnostic {
    Diagnostic::error(codes::E0107, span, "`main` takes no parameters").label("expected `fn main()`")
}

pub(crate) fn main_with_result(span: Span, ty: &str) -> Diagnostic {
    Diagnostic::error(codes::E0107, span, format!("`main` returns `()` or `i32`, not `{ty}`"))
        .label("expected `fn main()` or `fn main() -> i32`")
}

pub(crate) fn recursive_type(used: Span, ty: &str, declared: Option<Span>) -> Diagnostic {
    let error = Diagnostic::error(codes::E0108, used, format!("`{ty}` contains itself, so it would be endless"))
        .label("here, by value")
        .help("put a pointer between them");
    match declared {
        Some(declared) if declared != used => error.also(declared, "declared here"),
        _ => error,
    }
}

pub(crate) fn type_needs_itself(span: Span, ty: &str) -> Diagnostic {
    Diagnostic::error(codes::E0105, span, format!("the fields of `{ty}` are needed to find them"))
        .label("depends on its own layout")
}

pub(crate) fn cyclic_signature(span: Span, name: &str) -> Diagnostic {
    Diagnostic::error(codes::E0105, span, format!("the signature of `{name}` needs itself")).label("depends on itself")
}

pub(crate) fn body_needs_itself(span: Span, name: &str) -> Diagnostic {
    Diagnostic::error(codes::E0105, span, format!("`{name}` has to be run while it is being checked"))
        .label("a comptime expression in its body calls it")
}

pub(crate) fn duplicate_discriminant(span: Span, value: i128, first: Span) -> Diagnostic {
    Diagnostic::error(codes::E0102, span, format!("the discriminant {value} is taken"))
        .label("again")
        .also(first, "first here")
}

pub(crate) fn copy_and_linear(span: Span) -> Diagnostic {
    Diagnostic::error(codes::E0209, span, "a linear type can't be copied").label("`@copy` on a `linear` type")
}

pub(crate) fn copy_with_destructor(span: Span, destructor: Span) -> Diagnostic {
    Diagnostic::error(codes::E0209, span, "a type with a destructor can't be copied")
        .label("each copy would be dropped")
        .also(destructor, "the destructor")
}

pub(crate) fn linear_with_destructor(destructor: Span, ty: &str) -> Diagnostic {
    Diagnostic::error(
        codes::E0112,
        destructor,
        format!("`{ty}` is linear: it is never dropped, so it has no destructor"),
    )
    .label("never runs")
    .help("write a method that consumes `self`")
}

pub(crate) fn copy_of_affine_field(span: Span, field: Span, ty: &str) -> Diagnostic {
    Diagnostic::error(codes::E0209, field, format!("`{ty}` is not copied, so the type around it can't be"))
        .label(format!("of type `{ty}`"))
        .also(span, "declared `@copy` here")
}

pub(crate) fn destructor_of_nothing(span: Span, name: &str) -> Diagnostic {
    Diagnostic::error(codes::E0112, span, format!("there is no struct or enum `{name}` in this file"))
        .label("a destructor stands in the file of its type")
}

pub(crate) fn second_destructor(span: Span, name: &str, first: Span) -> Diagnostic {
    Diagnostic::error(codes::E0112, span, format!("`{name}` has a destructor already"))
        .label("a second one")
        .also(first, "the first")
}

pub(crate) fn unused_function(span: Span, name: &str) -> Diagnostic {
    Diagnostic::warning(Warning::UnusedFunction, span, format!("the function `{name}` is never used"))
        .help("make it `pub`, or name it with a leading `_`, if that is intended")
}
