//! The one table of diagnostic codes and of warning names.
//!
//! A code's *name* is the name of its `explain` page (`compiler/explain/E0123.md`) and of its ui test
//! (`ui-tests/**/<name>.kiln`); `cargo xtask tidy` checks that both exist for each entry.

use std::fmt;

/// A diagnostic's code, such as `E0205`, with the name of the mistake.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Code {
    /// `E0205`.
    pub id: &'static str,
    /// The name of the mistake in snake case: `use_after_move`.
    pub name: &'static str,
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}({})", self.id, self.name)
    }
}

macro_rules! codes {
    ($($(#[$meta:meta])* $id:ident $name:ident;)*) => {
        $($(#[$meta])* pub const $id: Code = Code { id: stringify!($id), name: stringify!($name) };)*
        /// Every error code, in order.
        pub const ALL: &[Code] = &[$($id),*];
    };
}

/// The code with this id, such as `E0205`.
pub fn find(id: &str) -> Option<Code> {
    ALL.iter().copied().find(|code| code.id.eq_ignore_ascii_case(id))
}

codes! {
    // E00xx: characters, tokens, grammar.
    /// A character that starts no token.
    E0001 unknown_character;
    /// A string, raw string or char literal that is not closed.
    E0002 unterminated_literal;
    /// A block comment that is not closed.
    E0003 unterminated_comment;
    /// A backslash sequence that does not exist, or a malformed one.
    E0004 bad_escape;
    /// A number that is not written right: digits of another base, two points, an empty exponent.
    E0005 malformed_number;
    /// An integer literal of more than 128 bits.
    E0006 literal_too_large;
    /// A char literal that holds no or several characters.
    E0007 bad_char_literal;
    /// A token the grammar does not allow here.
    E0010 unexpected_token;
    /// A bracket without its partner.
    E0011 unbalanced_delimiter;
    /// Nesting deeper than the documented limit.
    E0012 nesting_too_deep;
    /// Comparisons chained without parentheses.
    E0013 chained_comparison;
    /// A struct literal where `{` opens a block.
    E0014 struct_literal_in_condition;
    /// An attribute that does not exist or does not belong here.
    E0015 unknown_attribute;
    /// `as`, closures and other things Kiln deliberately has not, with what to write instead.
    E0016 unsupported_syntax;

    // E01xx: names, modules, items.
    /// A name that means nothing here.
    E0101 unresolved_name;
    /// Two items, fields, variants, methods, parameters or bindings of one name.
    E0102 duplicate_name;
    /// A private item used from another file.
    E0103 private_item;
    /// An import whose file does not exist.
    E0104 import_not_found;
    /// Consts, types or lengths that need each other's value.
    E0105 cyclic_definition;
    /// `run` or `build` of a program without `main`.
    E0106 missing_main;
    /// `main` with parameters or another return type.
    E0107 bad_main_signature;
    /// A type that contains itself by value.
    E0108 recursive_type;
    /// `break` or `continue` outside a loop, or to a label that is not there.
    E0109 misplaced_jump;
    /// A warning name that does not exist, in `@allow`.
    E0110 unknown_warning;
    /// A `self` receiver, `Self`, or `drop fn` where there is no type for it.
    E0111 misplaced_self;
    /// A `drop fn` that is not at top level of its type's file, or a second one.
    E0112 bad_destructor;
    /// An import path that leaves the program's folder or is not a string literal.
    E0113 bad_import_path;

    // E02xx: ownership.
    /// An `inout` argument that is not marked `inout`, or a mark without an `inout` parameter.
    E0201 argument_mode;
    /// Assigning to, or passing `inout`, what is not a mutable place.
    E0202 immutable_place;
    /// A value where a place is needed.
    E0203 not_a_place;
    /// A value used after it was moved.
    E0205 use_after_move;
    /// Moving out of an index, a borrowed place, or a field of a type with a destructor.
    E0206 move_out_of_place;
    /// Overlapping places passed to one call, one of them `inout`.
    E0207 overlapping_access;
    /// A linear value that is dropped.
    E0208 linear_not_consumed;
    /// `@copy` on a type that can't be copied.
    E0209 bad_copy;
    /// A view stored, returned, or made of a temporary.
    E0210 view_escapes;
    /// `@handle` without the method it needs.
    E0211 bad_handle;

    // E03xx: values known at compile time.
    /// Arithmetic that overflows at compile time.
    E0301 constant_overflow;
    /// Division by zero at compile time.
    E0302 constant_division_by_zero;
    /// A constant index past the end.
    E0303 constant_index_out_of_bounds;
    /// A literal out of the range of its type.
    E0304 literal_out_of_range;
    /// Something that exists only at run time, needed at compile time.
    E0305 not_comptime_known;
    /// `@panic` or a failed `@assert` at compile time.
    E0306 comptime_panic;
    /// A conversion that does not fit at compile time.
    E0307 constant_cast_overflow;
    /// An array length or repetition count that is no non-negative integer, or too large.
    E0308 bad_array_length;
    /// A shift by the width or more at compile time.
    E0309 constant_shift_overflow;

    // E04xx: types.
    /// A value of another type than its place demands.
    E0401 type_mismatch;
    /// Too many or too few arguments.
    E0402 argument_count;
    /// A call of something that can't be called.
    E0403 not_callable;
    /// A field that the type does not have.
    E0404 unknown_field;
    /// A method or associated item that the type does not have.
    E0405 unknown_member;
    /// An operator on types it is not defined for.
    E0406 bad_operand;
    /// A struct literal that leaves fields out.
    E0407 missing_field;
    /// A field given twice in a literal or pattern.
    E0408 repeated_field;
    /// A value where a type is needed, or a type where a value is.
    E0409 expected_type;
    /// Branches of an `if`, `match` or loop with different types.
    E0410 branch_mismatch;
    /// Something indexed, iterated or destructured that can't be.
    E0411 not_indexable;
    /// A type that can't be inferred.
    E0412 cannot_infer;
    /// Unary minus on an unsigned type.
    E0413 negate_unsigned;
    /// A variant used with the wrong shape (unit, tuple, struct).
    E0414 variant_shape;
    /// Use of a type where it can't stand: `str` or `[T]` by value, `type` at run time.
    E0415 unsized_value;
    /// A `for` over something that can't be iterated.
    E0416 not_iterable;
    /// `?` in a function that can't return the error, or on something else.
    E0417 bad_try;
    /// `@bit_cast` between types of different sizes.
    E0418 bit_cast_size;
    /// A type larger than the target can address.
    E0419 type_too_large;

    // E05xx: patterns.
    /// A match that forgets values; an example is shown.
    E0501 non_exhaustive_match;
    /// A pattern that may fail where it may not.
    E0502 refutable_pattern;
    /// Alternatives that bind different names or types.
    E0503 inconsistent_bindings;
    /// A pattern that the type can't match.
    E0504 pattern_mismatch;
    /// The else branch of `let … else` that falls through.
    E0505 else_falls_through;
    /// An empty or malformed range pattern.
    E0506 bad_range_pattern;

    // E06xx: comptime.
    /// A budget (steps, depth, memory) exceeded.
    E0601 comptime_budget;
    /// A misuse of memory at comptime.
    E0602 comptime_memory;
    /// A value that can't be kept at run time.
    E0603 cannot_freeze;
    /// `@compile_error`.
    E0604 compile_error;
    /// A type argument that can't be inferred, or does not fit.
    E0605 bad_comptime_argument;
    /// Something `@embed_file` can't read.
    E0606 embed_failed;
    /// Instances that make instances without end.
    E0607 instantiation_depth;

    // E07xx: intrinsics, unchecked code.
    /// An `@name` that does not exist.
    E0701 unknown_intrinsic;
    /// Raw operations outside `checked`.
    E0702 needs_checked;
    /// An `extern` signature that C does not have.
    E0703 bad_extern;
    /// A wrong placeholder in a format.
    E0704 bad_format;
    /// Two exported functions of one name.
    E0705 duplicate_export;
    /// An `export` of what C can't call by a name, or a library without any.
    E0706 bad_export;

    // E08xx: files, options, tools.
    /// A file that can't be read.
    E0801 unreadable_file;
    /// A file that is not UTF-8, or too large.
    E0802 bad_source_file;
    /// An output that can't be written.
    E0803 unwritable_output;
    /// No linker, or one that failed.
    E0804 link_failed;
    /// A target the compiler or its LLVM does not know.
    E0805 unknown_target;
    /// Something this build of the compiler can't do.
    E0806 backend_unavailable;
    /// A program that could not be started.
    E0807 run_failed;
    /// A broken invariant of the compiler.
    E0901 internal_error;
}

macro_rules! warnings {
    ($($(#[$meta:meta])* $variant:ident $name:literal;)*) => {
        /// A warning that `@allow(name)` silences.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        pub enum Warning { $($(#[$meta])* $variant),* }
        impl Warning {
            /// Every warning, in order.
            pub const ALL: &[Warning] = &[$(Warning::$variant),*];
            /// The name `@allow` knows it by.
            pub const fn name(self) -> &'static str { match self { $(Warning::$variant => $name),* } }
        }
    };
}

warnings! {
    /// A binding that is never read.
    UnusedVariable "unused_variable";
    /// A private function that nothing uses.
    UnusedFunction "unused_function";
    /// `mut` on a binding that is never changed.
    UnusedMut "unused_mut";
    /// Code after something that does not return.
    UnreachableCode "unreachable_code";
    /// An arm that earlier arms leave nothing for.
    UnreachablePattern "unreachable_pattern";
    /// `@compile_log` left in the program.
    ComptimeLog "comptime_log";
}

impl Warning {
    /// The warning with this name.
    pub fn find(name: &str) -> Option<Warning> {
        Warning::ALL.iter().copied().find(|warning| warning.name() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_and_names_are_unique() {
        for (index, code) in ALL.iter().enumerate() {
            assert!(ALL[..index].iter().all(|other| other.id < code.id), "{} is out of order", code.id);
            assert!(ALL[..index].iter().all(|other| other.name != code.name), "{} stands twice", code.name);
        }
        assert_eq!(find("e0205"), Some(E0205));
        assert_eq!(Warning::find("unused_mut"), Some(Warning::UnusedMut));
    }
}
