//! Expressions, and types, which are expressions.

use super::{Attr, BinaryOp, BlockId, EnumBody, ExprId, Literal, Mode, Name, PatId, PrimType, StructBody, UnaryOp};
use kiln_source::{Symbol, TextRange};

/// An expression or a type.
///
/// In the place of a type the grammar makes [`Expr::ArrayType`], [`Expr::SliceType`] and [`Expr::TupleType`]; where an
/// expression is expected (also in the arguments of a type call such as `Pair([u8; 4], (i32, u8))`) the same text makes
/// [`Expr::Repeat`], [`Expr::Array`] and [`Expr::Tuple`], whose meaning is decided when their parts are known.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Expr {
    /// What could not be parsed; reported.
    Error,
    /// A literal.
    Literal(Literal),
    /// A name, alone or at the start of a path.
    Name(Symbol),
    /// `self`
    SelfValue,
    /// `Self`
    SelfType,
    /// `base::name`; the base is a path or a call such as `Vec(i32)`.
    Member {
        /// What the name is looked up in.
        base: ExprId,
        /// The name after `::`.
        name: Name,
    },
    /// `(inner)`
    Paren(ExprId),
    /// `()`: the unit value, or its type.
    Unit,
    /// `(a,)`, `(a, b)`: never empty.
    Tuple(Box<[ExprId]>),
    /// `[a, b]`
    Array(Box<[ExprId]>),
    /// `[value; len]`
    Repeat {
        /// The element.
        value: ExprId,
        /// How many.
        len: ExprId,
    },
    /// `P { x: 1, y, ..base }`
    StructLit {
        /// The type or variant: a path, a call, `Self`.
        ty: ExprId,
        /// The fields as written.
        fields: Box<[FieldInit]>,
        /// What `..` names.
        base: Option<ExprId>,
    },
    /// `-a`, `!a`, `~a`
    Unary {
        /// The operator.
        op: UnaryOp,
        /// What it applies to.
        operand: ExprId,
    },
    /// `a + b` and the rest, `&&` and `||` included.
    Binary {
        /// The operator.
        op: BinaryOp,
        /// Where the operator stands.
        op_range: TextRange,
        /// Left.
        lhs: ExprId,
        /// Right.
        rhs: ExprId,
    },
    /// `a..b`, `a..=b`, `a..`, `..b`, `..`
    Range {
        /// The first value.
        start: Option<ExprId>,
        /// Past the last value, or the last one.
        end: Option<ExprId>,
        /// Whether it is `..=`.
        inclusive: bool,
    },
    /// `callee(args)`
    Call {
        /// What is called.
        callee: ExprId,
        /// The arguments.
        args: Box<[Arg]>,
    },
    /// `receiver.name(args)`; `(receiver.name)(args)` is a [`Expr::Call`].
    MethodCall {
        /// What stands before the point.
        receiver: ExprId,
        /// The method.
        name: Name,
        /// The arguments.
        args: Box<[Arg]>,
    },
    /// `@name(args)`
    Intrinsic {
        /// The name, `@` included in its range but not in its symbol.
        name: Name,
        /// The arguments; some are types.
        args: Box<[Arg]>,
    },
    /// `base.name`; a tuple's field has its number as name.
    Field {
        /// What has the field.
        base: ExprId,
        /// The field.
        name: Name,
    },
    /// `base[index]`
    Index {
        /// What is indexed.
        base: ExprId,
        /// By what; may be a range.
        index: ExprId,
    },
    /// `inner?`
    Try(ExprId),
    /// `{ … }`
    Block(BlockId),
    /// `checked { … }`
    Checked(BlockId),
    /// `comptime inner`: a block, `if`, `match`, a loop, or a postfix expression.
    Comptime(ExprId),
    /// `if cond { } else …`
    If {
        /// The condition.
        cond: Cond,
        /// What is done if it holds.
        then: BlockId,
        /// Else: an [`Expr::Block`], [`Expr::If`] or [`Expr::Error`].
        otherwise: Option<ExprId>,
    },
    /// `match scrutinee { arms }`
    Match {
        /// What is matched.
        scrutinee: ExprId,
        /// The arms.
        arms: Box<[Arm]>,
    },
    /// `'label: while cond { }`
    While {
        /// The label, without `'` in its symbol.
        label: Option<Name>,
        /// The condition.
        cond: Cond,
        /// What is repeated.
        body: BlockId,
    },
    /// `'label: loop { }`
    Loop {
        /// The label, without `'` in its symbol.
        label: Option<Name>,
        /// What is repeated.
        body: BlockId,
    },
    /// `'label: for pat in iter { }`
    For {
        /// The label, without `'` in its symbol.
        label: Option<Name>,
        /// What each element is bound to.
        pat: PatId,
        /// What is iterated; may be a range.
        iter: ExprId,
        /// What is repeated.
        body: BlockId,
    },
    /// `break 'label value`
    Break {
        /// The label, without `'` in its symbol.
        label: Option<Name>,
        /// The value of the loop.
        value: Option<ExprId>,
    },
    /// `continue 'label`
    Continue {
        /// The label, without `'` in its symbol.
        label: Option<Name>,
    },
    /// `return value`
    Return(Option<ExprId>),

    /// `i32`, `bool`, `str`, `type`, …
    Prim(PrimType),
    /// `!`
    Never,
    /// `[T; N]` where a type is expected.
    ArrayType {
        /// The element's type.
        elem: ExprId,
        /// The length.
        len: ExprId,
    },
    /// `[T]` where a type is expected.
    SliceType(ExprId),
    /// `(A,)`, `(A, B)` where a type is expected; never empty.
    TupleType(Box<[ExprId]>),
    /// `ptr const T`, `ptr mut T`
    PtrType {
        /// Whether it is `ptr mut`.
        mutable: bool,
        /// What it points to.
        pointee: ExprId,
    },
    /// `fn(A, inout B) -> C`, `extern "C" fn(A) -> C`
    FnType {
        /// The string after `extern`, where the function is called by another convention than Kiln's.
        abi: Option<Name>,
        /// The parameters.
        params: Box<[FnTypeParam]>,
        /// The result; `None` is `()`.
        ret: Option<ExprId>,
    },
    /// `struct { x: i32, fn f(self) { } }`
    StructType(Box<StructBody>),
    /// `enum { A, B(i32), fn f(self) { } }`
    EnumType(Box<EnumBody>),
}

/// What decides an `if` or `while`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Cond {
    /// A `bool`.
    Expr(ExprId),
    /// `let pat = value`
    Let(PatId, ExprId),
}

/// One argument of a call.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Arg {
    /// The mark before it.
    pub mode: Mode,
    /// The argument.
    pub value: ExprId,
}

/// `name: value` or `name` in a struct literal.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct FieldInit {
    /// The field.
    pub name: Name,
    /// Its value; `None` is the shorthand for a variable of that name.
    pub value: Option<ExprId>,
}

/// One arm of a `match`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Arm {
    /// What it matches.
    pub pat: PatId,
    /// `if guard`
    pub guard: Option<ExprId>,
    /// What it does.
    pub body: ExprId,
    /// The attributes before it: `@allow(…)`.
    pub attrs: Box<[Attr]>,
    /// From the pattern to the body's end.
    pub range: TextRange,
}

/// A parameter of a function type.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct FnTypeParam {
    /// How the value is received.
    pub mode: Mode,
    /// The type.
    pub ty: ExprId,
}
