//! Expressions, patterns and statements.

use crate::{ImportId, LocalId, LoopId};
use kiln_source::{DeclId, Symbol, TextRange, define_id};
pub use kiln_syntax::ast::Name;
use kiln_syntax::ast::{BinaryOp, Mode, PrimType, UnaryOp};

define_id!(
    /// An expression of a body.
    ExprId, "e"
);
define_id!(
    /// A pattern of a body.
    PatId, "p"
);

/// A local of an enclosing declaration's body.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash, PartialOrd, Ord)]
pub struct VarRef {
    /// Whose body it belongs to.
    pub decl: DeclId,
    /// Which local there.
    pub local: LocalId,
}

/// An argument as written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Arg {
    /// Its mark.
    pub mode: Mode,
    /// The expression.
    pub value: ExprId,
}

/// An arm of a `match`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Arm {
    /// What it matches.
    pub pat: PatId,
    /// The condition after `if`.
    pub guard: Option<ExprId>,
    /// What it does.
    pub body: ExprId,
}

/// What a `match` was in the source, for messages.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum MatchOrigin {
    /// `match`
    Match,
    /// `if let`: the second arm is the else branch.
    IfLet,
    /// `while let`: the second arm breaks.
    WhileLet,
}

/// What a `for` runs over.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ForIter {
    /// Numbers or chars.
    Range {
        /// First.
        from: ExprId,
        /// End.
        to: ExprId,
        /// The end belongs to it.
        inclusive: bool,
    },
    /// The elements of an array, slice or container.
    Each(ExprId),
}

/// An expression or type.
#[derive(Clone, PartialEq, Debug)]
pub enum Expr {
    /// Could not be made out; reported.
    Error,
    /// An integer below 2^64.
    Int(u64),
    /// A larger integer.
    BigInt(Box<u128>),
    /// A float's text without `_`.
    Float(Symbol),
    /// `true`, `false`
    Bool(bool),
    /// A character.
    Char(char),
    /// Text.
    Str(Symbol),
    /// `()`, the value or the type.
    Unit,

    /// A local of this body.
    Local(LocalId),
    /// A local of an enclosing body; known at comptime or an error.
    Captured(VarRef),
    /// A declaration.
    Decl(DeclId),
    /// The module that an `@import` names.
    Import(ImportId),
    /// `Self`
    SelfType,

    /// `base::name`
    Member {
        /// A module, type or enum.
        base: ExprId,
        /// What is looked up there.
        name: Name,
    },
    /// `base.name`
    Field {
        /// What has the field (or a module).
        base: ExprId,
        /// Its name, or number.
        name: Name,
    },
    /// `base[index]`
    Index {
        /// Array, slice or container.
        base: ExprId,
        /// Index.
        index: ExprId,
    },
    /// `base[from..to]`
    Slice {
        /// Array, slice, text or container.
        base: ExprId,
        /// First index.
        from: Option<ExprId>,
        /// End.
        to: Option<ExprId>,
        /// The end belongs to it.
        inclusive: bool,
    },
    /// `callee(args)`
    Call {
        /// What is called.
        callee: ExprId,
        /// Arguments.
        args: Box<[Arg]>,
    },
    /// `receiver.name(args)`
    MethodCall {
        /// The receiver.
        receiver: ExprId,
        /// The method.
        name: Name,
        /// Arguments.
        args: Box<[Arg]>,
    },
    /// `@name(args)`
    Intrinsic {
        /// Which.
        name: Name,
        /// Arguments.
        args: Box<[Arg]>,
    },
    /// `-a`, `!a`, `~a`
    Unary {
        /// The operator.
        op: UnaryOp,
        /// Its operand.
        operand: ExprId,
    },
    /// An operator on two values; never `&&` or `||`.
    Binary {
        /// The operator.
        op: BinaryOp,
        /// Where it stands.
        op_range: TextRange,
        /// Left.
        lhs: ExprId,
        /// Right.
        rhs: ExprId,
    },
    /// `e?`
    Try(ExprId),

    /// `T { x: 1, ..base }`
    StructLit {
        /// Type or variant; `None` never occurs in source.
        ty: ExprId,
        /// Fields in the order they are written.
        fields: Box<[(Name, ExprId)]>,
        /// What `..` names.
        base: Option<ExprId>,
    },
    /// `(a, b)`
    Tuple(Box<[ExprId]>),
    /// `[a, b]`
    Array(Box<[ExprId]>),
    /// `[value; len]`, or the array type of that spelling.
    Repeat {
        /// Value (or element type).
        value: ExprId,
        /// How many.
        len: ExprId,
    },

    /// A scope: statements and a value.
    Block {
        /// Statements.
        stmts: Box<[Stmt]>,
        /// The value.
        tail: Option<ExprId>,
    },
    /// `checked { }` around a block.
    Checked(ExprId),
    /// `comptime` before an expression.
    Comptime(ExprId),
    /// `if`, also `&&` and `||`.
    If {
        /// Condition.
        cond: ExprId,
        /// When true.
        then: ExprId,
        /// When false.
        else_: Option<ExprId>,
    },
    /// `match`, also `if let` and `while let`.
    Match {
        /// What is matched.
        scrutinee: ExprId,
        /// Arms in order.
        arms: Box<[Arm]>,
        /// What was written.
        origin: MatchOrigin,
    },
    /// `loop`, also `while`: then the body is an [`Expr::If`] or [`Expr::Match`] whose other branch breaks.
    Loop {
        /// Its number.
        id: LoopId,
        /// What is repeated.
        body: ExprId,
        /// Written as `while` (its type is `()`).
        is_while: bool,
    },
    /// `for`
    For {
        /// Its number.
        id: LoopId,
        /// Binds each element.
        pat: PatId,
        /// What it runs over.
        iter: ForIter,
        /// What is repeated.
        body: ExprId,
    },
    /// `break`
    Break {
        /// Which loop.
        id: LoopId,
        /// Its value.
        value: Option<ExprId>,
    },
    /// `continue`
    Continue {
        /// Which loop.
        id: LoopId,
    },
    /// `return`
    Return(Option<ExprId>),

    /// `i32`, …
    Prim(PrimType),
    /// `!`
    NeverType,
    /// `[T; N]`
    ArrayType {
        /// Element type.
        elem: ExprId,
        /// Length.
        len: ExprId,
    },
    /// `[T]`
    SliceType(ExprId),
    /// `(A, B)`
    TupleType(Box<[ExprId]>),
    /// `ptr const T`, `ptr mut T`
    PtrType {
        /// `mut`
        mutable: bool,
        /// What it points to.
        pointee: ExprId,
    },
    /// `fn(A, inout B) -> C`, `extern "C" fn(A) -> C`
    FnType {
        /// `extern "C"`
        foreign: bool,
        /// Modes and types.
        params: Box<[(Mode, ExprId)]>,
        /// Result; `None` is `()`.
        ret: Option<ExprId>,
    },
    /// `struct { … }`, `enum { … }`: a type made where it stands.
    TypeDecl(DeclId),
}

/// A pattern.
#[derive(Clone, PartialEq, Debug)]
pub enum Pat {
    /// Could not be made out; reported.
    Error,
    /// `_`
    Wild,
    /// A binding.
    Bind(LocalId),
    /// A literal, perhaps negated.
    Literal(ExprId),
    /// `a..=b`; without a start from the smallest, without an end to the largest.
    Range {
        /// First.
        from: Option<ExprId>,
        /// Last, or past it.
        to: Option<ExprId>,
        /// `..=`
        inclusive: bool,
    },
    /// `(a, .., b)`
    Tuple {
        /// Parts without `..`.
        elems: Box<[PatId]>,
        /// Before which of them `..` stands.
        rest: Option<u32>,
    },
    /// A unit variant or a const.
    Path(ExprId),
    /// `V(a, .., b)`
    TupleVariant {
        /// The variant.
        path: ExprId,
        /// Parts without `..`.
        elems: Box<[PatId]>,
        /// Before which of them `..` stands.
        rest: Option<u32>,
    },
    /// `P { x: a, .. }`
    Struct {
        /// Type or variant.
        path: ExprId,
        /// Fields in the order they are written.
        fields: Box<[(Name, PatId)]>,
        /// `..`
        rest: bool,
    },
    /// `A | B`
    Or(Box<[PatId]>),
}

/// A statement.
#[derive(Clone, PartialEq, Debug)]
pub enum Stmt {
    /// `let`
    Let {
        /// The value is known at comptime; a `mut` binding changes while compiling.
        comptime: bool,
        /// What is bound.
        pat: PatId,
        /// Its type.
        ty: Option<ExprId>,
        /// The value.
        init: ExprId,
        /// The block after `else`.
        or_else: Option<ExprId>,
    },
    /// `place = value`
    Assign {
        /// Where.
        place: ExprId,
        /// What.
        value: ExprId,
        /// The statement.
        range: TextRange,
    },
    /// `place op= value`
    AssignOp {
        /// The operator.
        op: BinaryOp,
        /// Where.
        place: ExprId,
        /// Right operand.
        value: ExprId,
        /// The operator's place.
        op_range: TextRange,
        /// The statement.
        range: TextRange,
    },
    /// An expression.
    Expr {
        /// The expression.
        expr: ExprId,
        /// Its value is thrown away by a `;`.
        semi: bool,
    },
}
