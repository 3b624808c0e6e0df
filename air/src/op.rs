//! Operators, conversions and built-in operations, with their names in dumps.

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
    /// Every operator.
    pub const ALL: [BinOp; 23] = {
        use Overflow::{Checked, Wrapping};
        [
            BinOp::Add(Checked),
            BinOp::Add(Wrapping),
            BinOp::Sub(Checked),
            BinOp::Sub(Wrapping),
            BinOp::Mul(Checked),
            BinOp::Mul(Wrapping),
            BinOp::Div(Checked),
            BinOp::Div(Wrapping),
            BinOp::Rem(Checked),
            BinOp::Rem(Wrapping),
            BinOp::Shl(Checked),
            BinOp::Shl(Wrapping),
            BinOp::Shr(Checked),
            BinOp::Shr(Wrapping),
            BinOp::And,
            BinOp::Or,
            BinOp::Xor,
            BinOp::Eq,
            BinOp::Ne,
            BinOp::Lt,
            BinOp::Le,
            BinOp::Gt,
            BinOp::Ge,
        ]
    };

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
    /// Every operator.
    pub const ALL: [UnOp; 3] = [UnOp::Neg(Overflow::Checked), UnOp::Neg(Overflow::Wrapping), UnOp::Not];

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
    /// Every conversion.
    pub const ALL: [CastKind; 5] =
        [CastKind::Checked, CastKind::Wrap, CastKind::Bits, CastKind::PtrToInt, CastKind::IntToPtr];

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

impl Builtin {
    /// Every operation.
    pub const ALL: [Builtin; 32] = [
        Builtin::PtrOffset,
        Builtin::Alloc,
        Builtin::Realloc,
        Builtin::Free,
        Builtin::CopyMemory,
        Builtin::Syscall,
        Builtin::MakeFatPtr,
        Builtin::FatPtrAddress,
        Builtin::FatPtrLen,
        Builtin::LeadingZeros,
        Builtin::TrailingZeros,
        Builtin::CountOnes,
        Builtin::SwapBytes,
        Builtin::ReverseBits,
        Builtin::RotateLeft,
        Builtin::RotateRight,
        Builtin::AddOverflows,
        Builtin::SubOverflows,
        Builtin::MulOverflows,
        Builtin::AddSaturating,
        Builtin::SubSaturating,
        Builtin::Sqrt,
        Builtin::Floor,
        Builtin::Ceil,
        Builtin::Trunc,
        Builtin::Round,
        Builtin::Abs,
        Builtin::CopySign,
        Builtin::MulAdd,
        Builtin::Write,
        Builtin::Exit,
        Builtin::IsComptime,
    ];

    /// How many operands it takes; `None` if that varies.
    pub fn operand_count(self) -> Option<usize> {
        Some(match self {
            Builtin::Syscall => return None,
            Builtin::IsComptime => 0,
            Builtin::Alloc
            | Builtin::FatPtrAddress
            | Builtin::FatPtrLen
            | Builtin::LeadingZeros
            | Builtin::TrailingZeros
            | Builtin::CountOnes
            | Builtin::SwapBytes
            | Builtin::ReverseBits
            | Builtin::Sqrt
            | Builtin::Floor
            | Builtin::Ceil
            | Builtin::Trunc
            | Builtin::Round
            | Builtin::Abs
            | Builtin::Exit => 1,
            Builtin::PtrOffset
            | Builtin::Free
            | Builtin::MakeFatPtr
            | Builtin::RotateLeft
            | Builtin::RotateRight
            | Builtin::AddOverflows
            | Builtin::SubOverflows
            | Builtin::MulOverflows
            | Builtin::AddSaturating
            | Builtin::SubSaturating
            | Builtin::CopySign => 2,
            Builtin::Realloc | Builtin::CopyMemory | Builtin::MulAdd | Builtin::Write => 3,
        })
    }

    /// The name in dumps.
    pub fn name(self) -> &'static str {
        match self {
            Builtin::PtrOffset => "ptr_offset",
            Builtin::Alloc => "alloc",
            Builtin::Realloc => "realloc",
            Builtin::Free => "free",
            Builtin::CopyMemory => "copy_memory",
            Builtin::Syscall => "syscall",
            Builtin::MakeFatPtr => "make_fat_ptr",
            Builtin::FatPtrAddress => "fat_ptr_address",
            Builtin::FatPtrLen => "fat_ptr_len",
            Builtin::LeadingZeros => "leading_zeros",
            Builtin::TrailingZeros => "trailing_zeros",
            Builtin::CountOnes => "count_ones",
            Builtin::SwapBytes => "swap_bytes",
            Builtin::ReverseBits => "reverse_bits",
            Builtin::RotateLeft => "rotate_left",
            Builtin::RotateRight => "rotate_right",
            Builtin::AddOverflows => "add_overflows",
            Builtin::SubOverflows => "sub_overflows",
            Builtin::MulOverflows => "mul_overflows",
            Builtin::AddSaturating => "add_saturating",
            Builtin::SubSaturating => "sub_saturating",
            Builtin::Sqrt => "sqrt",
            Builtin::Floor => "floor",
            Builtin::Ceil => "ceil",
            Builtin::Trunc => "trunc",
            Builtin::Round => "round",
            Builtin::Abs => "abs",
            Builtin::CopySign => "copy_sign",
            Builtin::MulAdd => "mul_add",
            Builtin::Write => "write",
            Builtin::Exit => "exit",
            Builtin::IsComptime => "is_comptime",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique() {
        let names = || BinOp::ALL.map(BinOp::name).into_iter().chain(UnOp::ALL.map(UnOp::name));
        let names = || names().chain(CastKind::ALL.map(CastKind::name)).chain(Builtin::ALL.map(Builtin::name));
        for (index, name) in names().enumerate() {
            assert!(names().skip(index + 1).all(|other| other != name), "{name} stands twice");
        }
    }
}
