//! Patterns.

use super::{ExprId, Name, PatId};

/// What stands before the name of a binding.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BindingMode {
    /// Nothing: a value, or a name for what is only looked at.
    Plain,
    /// `mut`: a variable of its own that changes.
    Mut,
    /// `inout`: another name for a part of what is matched, to change it where it is.
    Inout,
}

/// A pattern.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Pat {
    /// What could not be parsed; reported.
    Error,
    /// `_`
    Wildcard,
    /// `..` among the parts of a tuple or tuple variant.
    Rest,
    /// `x`, `mut x`, `inout x`. A bare name is always a binding here; whether it means a `const` or variant is decided later.
    Binding {
        /// The name.
        name: Name,
        /// What stands before it.
        mode: BindingMode,
    },
    /// An [`Expr::Literal`], or `-` before a number as [`Expr::Unary`].
    Literal(ExprId),
    /// `a..=b`, `a..b`, `a..`, `..=b`; the ends are literals, negated numbers or paths.
    Range {
        /// The first value.
        start: Option<ExprId>,
        /// The last value, or past it.
        end: Option<ExprId>,
        /// Whether it is `..=`.
        inclusive: bool,
    },
    /// `(inner)`
    Paren(PatId),
    /// `()`, `(a,)`, `(a, b)`
    Tuple(Box<[PatId]>),
    /// A path of two or more parts, as `Shape::Empty`, `Option(i32)::None`, `Self::A`.
    Path(ExprId),
    /// `Some(x)`, `Shape::Circle(r)`
    TupleVariant {
        /// The variant.
        path: ExprId,
        /// Its parts.
        elems: Box<[PatId]>,
    },
    /// `P { x, y: 0, .. }`
    Struct {
        /// The type or variant.
        path: ExprId,
        /// The fields as written.
        fields: Box<[FieldPat]>,
        /// Whether `..` stands at the end.
        rest: bool,
    },
    /// `A | B`: two or more.
    Or(Box<[PatId]>),
}

/// `name: pat` or `name`, `mut name`, `inout name` in a struct pattern.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct FieldPat {
    /// The field.
    pub name: Name,
    /// What it has to match; `None` binds a variable of the field's name.
    pub pat: Option<PatId>,
    /// What stands before the shorthand.
    pub mode: BindingMode,
}
