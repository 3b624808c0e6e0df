//! The instructions of AIR. An instruction is an expression: it has children, a type and a source range.

use crate::{LocalId, LoopId, PatId};
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
}

/// What happens when a result does not fit.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum Overflow {
    /// Panic.
    Checked,
    /// Keep the low bits.
    Wrapping,
}

/// Operations on two scalars of one type (shifts: the right one is any unsigned or signed integer).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum BinOp {
    /// `+` on integers; on floats the mode does not matter.
    Add(Overflow),
    /// `-`
    Sub(Overflow),
    /// `*`
    Mul(Overflow),
    /// `/`: panics for a zero divisor and for `MIN / -1` (wrapping: `MIN`). IEEE on floats.
    Div(Overflow),
    /// `%`, with the sign of the left operand: panics as `/` does (wrapping: `MIN % -1` is 0). IEEE `fmod` on floats.
    Rem(Overflow),
    /// `<<`: checked panics for an amount of the width or more; wrapping takes it modulo the width. Bits shifted out are lost.
    Shl(Overflow),
    /// `>>`: as `<<`; arithmetic on signed types.
    Shr(Overflow),
    /// `&` on integers and bools
    And,
    /// `|`
    Or,
    /// `^`
    Xor,
    /// `==` on scalars and thin pointers
    Eq,
    /// `!=`
    Ne,
    /// `<` on numbers and chars
    Lt,
    /// `<=`
    Le,
    /// `>`
    Gt,
    /// `>=`
    Ge,
}

impl BinOp {
    /// Whether the result is a `bool`, whatever the operands are.
    pub fn is_comparison(self) -> bool {
        matches!(self, BinOp::Eq | BinOp::Ne | BinOp::Lt | BinOp::Le | BinOp::Gt | BinOp::Ge)
    }

    /// Whether the right operand may have another type than the left.
    pub fn is_shift(self) -> bool {
        matches!(self, BinOp::Shl(_) | BinOp::Shr(_))
    }

    /// The name in dumps: `add.checked`, `lt`.
    pub fn name(self) -> &'static str {
        use Overflow::{Checked, Wrapping};
        match self {
            BinOp::Add(Checked) => "add.checked",
            BinOp::Add(Wrapping) => "add",
            BinOp::Sub(Checked) => "sub.checked",
            BinOp::Sub(Wrapping) => "sub",
            BinOp::Mul(Checked) => "mul.checked",
            BinOp::Mul(Wrapping) => "mul",
            BinOp::Div(Checked) => "div.checked",
            BinOp::Div(Wrapping) => "div",
            BinOp::Rem(Checked) => "rem.checked",
            BinOp::Rem(Wrapping) => "rem",
            BinOp::Shl(Checked) => "shl.checked",
            BinOp::Shl(Wrapping) => "shl",
            BinOp::Shr(Checked) => "shr.checked",
            BinOp::Shr(Wrapping) => "shr",
            BinOp::And => "and",
            BinOp::Or => "or",
            BinOp::Xor => "xor",
            BinOp::Eq => "eq",
            BinOp::Ne => "ne",
            BinOp::Lt => "lt",
            BinOp::Le => "le",
            BinOp::Gt => "gt",
            BinOp::Ge => "ge",
        }
    }
}

/// Operations on one scalar.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum UnOp {
    /// `-`: checked panics for `MIN`; floats flip the sign.
    Neg(Overflow),
    /// `!` on bools, `~` on integers.
    Not,
}

impl UnOp {
    /// The name in dumps.
    pub fn name(self) -> &'static str {
        match self {
            UnOp::Neg(Overflow::Checked) => "neg.checked",
            UnOp::Neg(Overflow::Wrapping) => "neg",
            UnOp::Not => "not",
        }
    }
}

/// Conversions of scalars. Source and result types are those of the instructions.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum CastKind {
    /// `@cast`: between numbers, chars, bools (to integers) and unit-only enums (to integers). Panics with `integer cast overflow` when the
    /// integer result does not fit (floats are cut towards zero first; NaN does not fit; no char has the number). To floats: rounded to nearest even.
    Checked,
    /// `@wrap`: between integers, keeps the low bits, extends by the source's sign.
    Wrap,
    /// `@bit_cast` between types of one size; also pointers from and to pointers.
    Bits,
    /// `@ptr_to_int` (to `usize`)
    PtrToInt,
    /// `@int_to_ptr` (from `usize`)
    IntToPtr,
}

impl CastKind {
    /// The name in dumps.
    pub fn name(self) -> &'static str {
        match self {
            CastKind::Checked => "cast.checked",
            CastKind::Wrap => "wrap",
            CastKind::Bits => "bit_cast",
            CastKind::PtrToInt => "ptr_to_int",
            CastKind::IntToPtr => "int_to_ptr",
        }
    }
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

/// Operations that are neither operators nor calls. One row each in the table of intrinsics of `docs/`; every one takes values.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum Builtin {
    /// `@ptr_offset(p, n: isize) -> ptr`: `n` elements further.
    PtrOffset,
    /// `@alloc(T, n: usize) -> ptr mut T`: the type is the result's pointee.
    Alloc,
    /// `@realloc(p, old: usize, new: usize) -> ptr mut T`
    Realloc,
    /// `@free(p, n: usize)`
    Free,
    /// `@copy_memory(dst, src, n: usize)`: `n` elements, the ranges may overlap.
    CopyMemory,
    /// `@syscall(n, …) -> i64`
    Syscall,
    /// Makes a pointer to `[T]` (the result type) of an address and a length (`usize`).
    MakeFatPtr,
    /// The address part of a pointer to `[T]` or `str`.
    FatPtrAddress,
    /// The length part of a pointer to `[T]` or `str`.
    FatPtrLen,
    /// Leading zero bits of an integer, as `u32`.
    LeadingZeros,
    /// Trailing zero bits of an integer, as `u32`.
    TrailingZeros,
    /// One bits of an integer, as `u32`.
    CountOnes,
    /// The bytes of an integer in reverse.
    SwapBytes,
    /// The bits of an integer in reverse.
    ReverseBits,
    /// `rotate_left(x, n: u32)`
    RotateLeft,
    /// `rotate_right(x, n: u32)`
    RotateRight,
    /// Whether `a + b` overflows.
    AddOverflows,
    /// Whether `a - b` overflows.
    SubOverflows,
    /// Whether `a * b` overflows.
    MulOverflows,
    /// `a + b`, at the nearest bound when it overflows.
    AddSaturating,
    /// `a - b`, at the nearest bound when it overflows.
    SubSaturating,
    /// Square root of a float, correctly rounded.
    Sqrt,
    /// Largest integral float not above.
    Floor,
    /// Smallest integral float not below.
    Ceil,
    /// Towards zero.
    Trunc,
    /// Nearest integral float, halves away from zero.
    Round,
    /// Absolute value of a float.
    Abs,
    /// Magnitude of the first float with the sign of the second.
    CopySign,
    /// `a * b + c` rounded once.
    MulAdd,
    /// Writes bytes to a standard stream: `(stream: u32, text: ptr const u8, len: usize)`; 1 output, 2 errors, 3 `@dbg` (output at run time, a note at comptime).
    Write,
    /// Ends the program: `(status: i32) -> !`.
    Exit,
    /// Whether this runs at comptime, as `bool`.
    IsComptime,
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
    /// `place = value`. Evaluates the place's operands, then the value, drops the old value, stores.
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
