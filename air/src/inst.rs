//! The instructions of AIR. An instruction is an expression: it has children, a type and a source range.

use crate::{BinOp, Builtin, CastKind, LocalId, LoopId, PatId, UnOp};
use kiln_source::{DeclId, define_id};
use kiln_types::{FuncId, ParamMode, StaticId, ValueId};

define_id!(
    /// An instruction of a body.
    InstId, "%"
);

/// What a use of a place does to it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum UseKind {
    /// The place keeps its value.
    Copy,
    /// The place is left without a value.
    Move,
    /// The bits of a value that stays its place's: for a variable that is never dropped and does not outlive the place.
    Show,
}

/// An argument of a call.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Arg {
    /// How it is passed.
    pub mode: ParamMode,
    /// A value for [`ParamMode::Own`]; otherwise a place (`borrow` also takes a value, which lives until the statement ends).
    pub value: InstId,
}

/// An arm of a `match`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Arm {
    /// What it matches.
    pub pat: PatId,
    /// A condition after the pattern.
    pub guard: Option<InstId>,
    /// What it does.
    pub body: InstId,
}

/// The operation of a compound assignment.
pub type AssignOp = BinOp;

/// Why a program panics.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum Panic {
    /// `integer overflow`
    Overflow,
    /// `division by zero`
    DivisionByZero,
    /// `index out of bounds`
    OutOfBounds,
    /// `integer cast overflow`
    CastOverflow,
    /// `shift amount out of range`
    ShiftOverflow,
    /// `assertion failed`
    AssertionFailed,
    /// `reached unreachable code`: a value of an empty type, a function without result that fell through.
    Unreachable,
    /// A text of the program's own: the instruction's operand, a place of type `str`.
    User,
}

impl Panic {
    /// The reason as users read it; empty for [`Panic::User`].
    pub fn reason(self) -> &'static str {
        match self {
            Panic::Overflow => "integer overflow",
            Panic::DivisionByZero => "division by zero",
            Panic::OutOfBounds => "index out of bounds",
            Panic::CastOverflow => "integer cast overflow",
            Panic::ShiftOverflow => "shift amount out of range",
            Panic::AssertionFailed => "assertion failed",
            Panic::Unreachable => "reached unreachable code",
            Panic::User => "",
        }
    }
}

/// An instruction. "Place" children are [`Inst::is_place`]; all other children are values.
#[derive(Clone, PartialEq, Debug)]
pub enum Inst {
    // ── values that are there already ──
    /// A constant: scalar, `()`, function, type, small aggregate.
    Const(ValueId),
    // ── places ──
    /// A parameter or binding.
    Local(LocalId),
    /// Static data of the instruction's type, read-only: a large constant. (Text is a `Deref` of a constant pointer.)
    Static(StaticId),
    /// A struct's or tuple's field. A place if `base` is one, else the part of a temporary.
    Field {
        /// Struct or tuple.
        base: InstId,
        /// Which field.
        index: u32,
    },
    /// An element of an array or slice; bounds are checked.
    Index {
        /// Array or slice.
        base: InstId,
        /// A `usize`.
        index: InstId,
    },
    /// A part of an array, slice or `str` as a view (`[T]`, `str`); bounds are checked. No bounds: the whole, which is how an array becomes a slice.
    Slice {
        /// Array, slice or `str`.
        base: InstId,
        /// First index, a `usize`.
        from: Option<InstId>,
        /// End index, a `usize`.
        to: Option<InstId>,
        /// The end index belongs to the view.
        inclusive: bool,
    },
    /// What a raw pointer points to.
    Deref(InstId),
    // ── uses of places ──
    /// The value of a place.
    Use {
        /// The place.
        place: InstId,
        /// What remains there.
        kind: UseKind,
    },
    /// `@raw(place)`, `@raw_mut(place)`: its address, a raw pointer (with length for views).
    AddressOf {
        /// The place.
        place: InstId,
    },
    /// Length of a slice or `str` place, as `usize`. (An array's length is a constant.)
    Len(InstId),
    /// The tag of an enum place, as its tag type.
    Tag(InstId),
    // ── operations ──
    /// An operator on one scalar.
    Unary(UnOp, InstId),
    /// An operator on two scalars.
    Binary(BinOp, InstId, InstId),
    /// A conversion of a scalar to the instruction's type.
    Cast(CastKind, InstId),
    /// A built-in operation.
    Builtin(Builtin, Box<[InstId]>),
    // ── calls ──
    /// A call of a known function.
    Call {
        /// Which.
        func: FuncId,
        /// Arguments of its run-time parameters, in order.
        args: Box<[Arg]>,
    },
    /// A call through a function pointer.
    CallPtr {
        /// A value of a function type.
        callee: InstId,
        /// Arguments, in order.
        args: Box<[Arg]>,
    },
    // ── construction ──
    /// A struct; fields in the order they are evaluated. With `base`, the remaining fields come from that place.
    Struct {
        /// Field numbers and values.
        fields: Box<[(u32, InstId)]>,
        /// What `..base` names (a place), and how its fields are taken.
        base: Option<(InstId, UseKind)>,
    },
    /// A tuple.
    Tuple(Box<[InstId]>),
    /// An array of these elements.
    Array(Box<[InstId]>),
    /// An array of one value, copied.
    Repeat {
        /// The value, of a copy type (or the length is at most 1).
        value: InstId,
        /// How often.
        len: u64,
    },
    /// A variant of an enum; fields in the order they are evaluated.
    Variant {
        /// Which variant.
        variant: u32,
        /// Field numbers and values.
        fields: Box<[(u32, InstId)]>,
    },
    /// At comptime: the struct or enum type written at `decl`, with what it captures.
    MakeType {
        /// Where it is written.
        decl: DeclId,
        /// Captured values, in the declaration's order.
        captures: Box<[InstId]>,
    },
    // ── control ──
    /// Statements, then a value; a scope for bindings.
    Block {
        /// Statements in order; their values are dropped.
        stmts: Box<[InstId]>,
        /// The value; without it `()` (or `!` if the end is not reached).
        result: Option<InstId>,
    },
    /// A binding. With `or_else` the pattern may fail, and that block diverges.
    Let {
        /// What is bound.
        pat: PatId,
        /// A value, or a place when the pattern destructures one.
        init: InstId,
        /// The block of `let … else`.
        or_else: Option<InstId>,
    },
    /// `place = value`. Evaluates the place's operands, then the value, drops the old value, stores. (A [`Inst::Deref`] as
    /// place is `@ptr_write`: nothing is dropped there.)
    Assign {
        /// Where.
        place: InstId,
        /// What.
        value: InstId,
    },
    /// `place op= value`. The place's operands are evaluated once, first; then the value; then the place is read.
    AssignOp {
        /// The operation.
        op: AssignOp,
        /// Where.
        place: InstId,
        /// The right operand.
        value: InstId,
    },
    /// `if`. Without `else_` its type is `()`.
    If {
        /// A `bool`.
        cond: InstId,
        /// When true.
        then: InstId,
        /// When false.
        else_: Option<InstId>,
    },
    /// `match`: exhaustive, arms in order.
    Match {
        /// A place, or a value that becomes a temporary.
        scrutinee: InstId,
        /// Arms in order.
        arms: Box<[Arm]>,
    },
    /// `loop`: runs the body until a `break`.
    Loop {
        /// Its number.
        id: LoopId,
        /// The body, of type `()` or `!`.
        body: InstId,
    },
    /// `for pat in from..to`: integers of one type (or chars), the end tested before each turn, no overflow.
    ForRange {
        /// Its number.
        id: LoopId,
        /// Binds each number.
        pat: PatId,
        /// First.
        from: InstId,
        /// End.
        to: InstId,
        /// The end belongs to it.
        inclusive: bool,
        /// The body.
        body: InstId,
    },
    /// `for pat in array`, `for pat in slice`: elements in order.
    ForEach {
        /// Its number.
        id: LoopId,
        /// Binds each element.
        pat: PatId,
        /// A place (array or slice), or an array value.
        elems: InstId,
        /// The body.
        body: InstId,
    },
    /// A labelled block: `break` to it ends it with the value.
    Labeled {
        /// Its number.
        id: LoopId,
        /// The block.
        body: InstId,
    },
    /// Leaves a loop.
    Break {
        /// Which loop.
        id: LoopId,
        /// Its value.
        value: Option<InstId>,
    },
    /// Starts a loop's next turn.
    Continue {
        /// Which loop.
        id: LoopId,
    },
    /// Leaves the function.
    Return(Option<InstId>),
    /// Ends the program with a reason; for [`Panic::User`] the text is a place of type `str`.
    Panic(Panic, Option<InstId>),
}

impl Inst {
    /// Whether the instruction names a place (a field or element of a value that is no place is none, but may be read like one).
    pub fn is_place(&self) -> bool {
        matches!(
            self,
            Inst::Local(_)
                | Inst::Static(_)
                | Inst::Field { .. }
                | Inst::Index { .. }
                | Inst::Slice { .. }
                | Inst::Deref(_)
        )
    }

    /// A constant of the pool, if it is one.
    pub fn as_const(&self) -> Option<ValueId> {
        match self {
            Inst::Const(value) => Some(*value),
            _ => None,
        }
    }
}
