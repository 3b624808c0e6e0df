//! The instructions of the virtual machine.
//!
//! An instruction is 8 bytes. A register is a number from 0 to 255 in the frame's window and holds 64 bits: integers
//! extended by their own sign, bools and chars as numbers, floats as their bits (`f32` in the low half), pointers as
//! [`Pointer`](crate::memory::Pointer)s, types and modules as their [`ValueId`](kiln_types::ValueId). 128-bit integers and pointers
//! with a length take two registers, the low half or the address first.
//!
//! `unused` is 64 less the width of an integer type of at most 64 bits; extending is shifting up and down again by it.

use crate::memory::Pointer;

/// A register of the current frame.
pub(crate) type Reg = u8;

/// Position of an instruction in its function.
pub(crate) type Pc = u32;

/// Which scalar lies in memory.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub(crate) enum MemKind {
    I8,
    U8,
    I16,
    U16,
    I32,
    U32,
    /// Eight bytes of anything but a pointer.
    W64,
    /// A byte, 0 or 1.
    Bool,
    /// A pointer, as wide as the target's.
    Pointer,
}

/// What an instruction does beside setting `dst` and failing.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Effect {
    /// Nothing; it depends on registers alone.
    Pure,
    /// Nothing; it depends on memory, too.
    Load,
    /// Nothing, and it sets no register.
    Check,
    /// It writes memory.
    Store,
    /// It may go on elsewhere, and sets no register.
    Flow,
    /// Anything.
    Other,
}

/// The set of instructions: fields in the order in which they lie in the 8 bytes, and the effect.
macro_rules! ops {
    ($($(#[$meta:meta])* $name:ident { $($field:ident: $ty:ty),* } $effect:ident;)*) => {
        /// An instruction. `dst` is the register it sets; `a`, `b` and `c` are registers it reads; a `to` is where execution goes on.
        #[derive(Clone, Copy, PartialEq, Debug)]
        #[repr(u8)]
        pub(crate) enum Op {
            $($(#[$meta])* $name { $($field: $ty),* },)*
        }

        impl Op {
            /// What it does beside setting `dst` and failing.
            pub(crate) fn effect(&self) -> Effect {
                match self {
                    $(Op::$name { .. } => ops!(@effect $effect),)*
                }
            }

            /// Where it may go on.
            #[allow(unused_variables)]
            pub(crate) fn target_mut(&mut self) -> Option<&mut Pc> {
                match self {
                    $(Op::$name { $($field),* } => ops!(@target $($field $field)*),)*
                }
            }

            /// The register it sets.
            #[allow(unused_variables)]
            pub(crate) fn dst_mut(&mut self) -> Option<&mut Reg> {
                match self {
                    $(Op::$name { $($field),* } => ops!(@dst $($field $field)*),)*
                }
            }

            /// The registers it reads.
            #[allow(unused_variables)]
            #[allow(unused_mut)]
            pub(crate) fn reads(&self) -> [Option<Reg>; 3] {
                match *self {
                    $(Op::$name { $($field),* } => {
                        let mut reads = [None; 3];
                        $(ops!(@read reads $field $field);)*
                        reads
                    })*
                }
            }
        }
    };
    (@effect pure) => { Effect::Pure };
    (@effect load) => { Effect::Load };
    (@effect check) => { Effect::Check };
    (@effect store) => { Effect::Store };
    (@effect flow) => { Effect::Flow };
    (@effect other) => { Effect::Other };
    // Fields come twice: once to be told by their names, once as what they are bound to.
    (@target) => { None };
    (@target to $to:ident) => { Some($to) };
    (@target $name:ident $field:ident $($rest:ident)*) => { ops!(@target $($rest)*) };
    (@dst dst $dst:ident $($rest:ident)*) => { Some($dst) };
    (@dst $($rest:ident)*) => { None };
    (@read $reads:ident a $a:ident) => { $reads[0] = Some($a) };
    (@read $reads:ident b $b:ident) => { $reads[1] = Some($b) };
    (@read $reads:ident c $c:ident) => { $reads[2] = Some($c) };
    (@read $reads:ident $name:ident $field:ident) => {};
}

ops! {
    // ── control ──
    Jump { to: Pc } flow;
    /// If register `a` is not 0.
    BrTrue { a: Reg, to: Pc } flow;
    BrFalse { a: Reg, to: Pc } flow;
    BrEq { a: Reg, b: Reg, to: Pc } flow;
    BrNe { a: Reg, b: Reg, to: Pc } flow;
    BrLtS { a: Reg, b: Reg, to: Pc } flow;
    BrLeS { a: Reg, b: Reg, to: Pc } flow;
    BrLtU { a: Reg, b: Reg, to: Pc } flow;
    BrLeU { a: Reg, b: Reg, to: Pc } flow;
    BrEqImm { a: Reg, imm: i16, to: Pc } flow;
    BrNeImm { a: Reg, imm: i16, to: Pc } flow;
    BrLtSImm { a: Reg, imm: i16, to: Pc } flow;
    BrGeSImm { a: Reg, imm: i16, to: Pc } flow;
    BrLtUImm { a: Reg, imm: u16, to: Pc } flow;
    BrGeUImm { a: Reg, imm: u16, to: Pc } flow;
    /// `a += step` (wrapping); then as [`Op::BrLtS`] or [`Op::BrLtU`].
    StepLtI32 { a: Reg, b: Reg, step: i8, to: Pc } other;
    StepLtI64 { a: Reg, b: Reg, step: i8, to: Pc } other;
    StepLtU32 { a: Reg, b: Reg, step: i8, to: Pc } other;
    StepLtU64 { a: Reg, b: Reg, step: i8, to: Pc } other;
    /// `a += step` (checked; not negative for unsigned types); then as [`Op::BrLtS`] or [`Op::BrLtU`].
    CheckedStepLtI32 { a: Reg, b: Reg, step: i8, to: Pc } other;
    CheckedStepLtI64 { a: Reg, b: Reg, step: i8, to: Pc } other;
    CheckedStepLtU32 { a: Reg, b: Reg, step: i8, to: Pc } other;
    CheckedStepLtU64 { a: Reg, b: Reg, step: i8, to: Pc } other;
    /// `a += b` (checked); then as [`Op::BrLtU`] with `c`.
    AddLtU64 { a: Reg, b: Reg, c: Reg, to: Pc } other;
    /// Goes where table `table` of the function sends the bits in `a` (in `a` and the next register for 128-bit types).
    Switch { a: Reg, table: u32 } flow;
    /// Calls a function; the arguments stand in the registers from `base`, where its window begins.
    Call { base: Reg, func: u32 } other;
    /// [`Op::Move`], then [`Op::Call`].
    MoveCall { base: Reg, into: Reg, a: Reg, func: u32 } other;
    /// Calls what the function pointer in `a` points to.
    CallPointer { base: Reg, a: Reg } other;
    /// Returns nothing.
    Ret {} flow;
    /// Returns a register.
    RetReg { a: Reg } flow;
    /// Returns two registers.
    RetPair { a: Reg } flow;
    /// Returns the place of bytes of the frame.
    RetMem { offset: u32 } flow;
    /// Panics; the reason's number.
    Panic { reason: u8 } flow;
    /// Panics with the text behind the pointer in `a` and the length in the next register.
    PanicText { a: Reg } flow;
    /// Never reached, if the program is right.
    Unreachable {} flow;
    /// Fails unless `a < b`.
    CheckBounds { a: Reg, b: Reg } check;
    /// Fails unless `a < imm`.
    CheckBoundsImm { a: Reg, imm: u32 } check;
    /// Fails unless `a <= b <= c`.
    CheckSlice { a: Reg, b: Reg, c: Reg } check;

    // ── moves ──
    Move { dst: Reg, a: Reg } pure;
    /// Two times [`Op::Move`].
    Move2 { first: Reg, a: Reg, second: Reg, b: Reg } other;
    /// Moves two registers in a row.
    MovePair { dst: Reg, a: Reg } other;
    Imm { dst: Reg, imm: i32 } pure;
    /// Number `index` of the function's table of constants.
    Const { dst: Reg, index: u32 } pure;
    /// A register beyond the window: parameter `slot` of a function with a great many.
    LoadSlot { dst: Reg, slot: u32 } other;
    /// Sets a register beyond the window.
    StoreSlot { a: Reg, slot: u32 } other;

    // ── integers, checked ──
    AddI32 { dst: Reg, a: Reg, b: Reg } pure;
    AddI64 { dst: Reg, a: Reg, b: Reg } pure;
    AddU32 { dst: Reg, a: Reg, b: Reg } pure;
    AddU64 { dst: Reg, a: Reg, b: Reg } pure;
    AddS { dst: Reg, a: Reg, b: Reg, unused: u8 } pure;
    AddU { dst: Reg, a: Reg, b: Reg, unused: u8 } pure;
    SubI32 { dst: Reg, a: Reg, b: Reg } pure;
    SubI64 { dst: Reg, a: Reg, b: Reg } pure;
    /// Unsigned, of any width.
    SubU { dst: Reg, a: Reg, b: Reg } pure;
    SubS { dst: Reg, a: Reg, b: Reg, unused: u8 } pure;
    MulI32 { dst: Reg, a: Reg, b: Reg } pure;
    MulI64 { dst: Reg, a: Reg, b: Reg } pure;
    MulU32 { dst: Reg, a: Reg, b: Reg } pure;
    MulU64 { dst: Reg, a: Reg, b: Reg } pure;
    MulS { dst: Reg, a: Reg, b: Reg, unused: u8 } pure;
    MulU { dst: Reg, a: Reg, b: Reg, unused: u8 } pure;
    AddImmI32 { dst: Reg, a: Reg, imm: i32 } pure;
    AddImmI64 { dst: Reg, a: Reg, imm: i32 } pure;
    AddImmU32 { dst: Reg, a: Reg, imm: u32 } pure;
    AddImmU64 { dst: Reg, a: Reg, imm: u32 } pure;
    /// Unsigned, of any width.
    SubImmU { dst: Reg, a: Reg, imm: u32 } pure;
    MulImmI32 { dst: Reg, a: Reg, imm: i32 } pure;
    MulImmI64 { dst: Reg, a: Reg, imm: i32 } pure;
    MulImmU32 { dst: Reg, a: Reg, imm: u32 } pure;
    MulImmU64 { dst: Reg, a: Reg, imm: u32 } pure;
    /// `a * imm + b`, both checked.
    MulAddU64 { dst: Reg, a: Reg, b: Reg, imm: u32 } pure;
    /// `a * times + imm`, both checked.
    MulAddImmU64 { dst: Reg, a: Reg, times: u8, imm: u32 } pure;
    DivS { dst: Reg, a: Reg, b: Reg, unused: u8 } pure;
    /// Unsigned, of any width.
    DivU { dst: Reg, a: Reg, b: Reg } pure;
    RemS { dst: Reg, a: Reg, b: Reg, unused: u8 } pure;
    /// Unsigned, of any width.
    RemU { dst: Reg, a: Reg, b: Reg } pure;
    /// The divisor is positive.
    DivImmS { dst: Reg, a: Reg, imm: i32 } pure;
    /// The divisor is not 0.
    DivImmU { dst: Reg, a: Reg, imm: u32 } pure;
    /// The divisor is positive.
    RemImmS { dst: Reg, a: Reg, imm: i32 } pure;
    /// The divisor is not 0.
    RemImmU { dst: Reg, a: Reg, imm: u32 } pure;
    NegS { dst: Reg, a: Reg, unused: u8 } pure;
    /// Fails unless `a` is 0.
    NegU { dst: Reg, a: Reg } pure;
    ShlS { dst: Reg, a: Reg, b: Reg, unused: u8 } pure;
    ShlU { dst: Reg, a: Reg, b: Reg, unused: u8 } pure;
    ShrS { dst: Reg, a: Reg, b: Reg, unused: u8 } pure;
    ShrU { dst: Reg, a: Reg, b: Reg, unused: u8 } pure;

    // ── integers, wrapping ──
    WAdd { dst: Reg, a: Reg, b: Reg } pure;
    WSub { dst: Reg, a: Reg, b: Reg } pure;
    WMul { dst: Reg, a: Reg, b: Reg } pure;
    WAddU32 { dst: Reg, a: Reg, b: Reg } pure;
    WSubU32 { dst: Reg, a: Reg, b: Reg } pure;
    WMulU32 { dst: Reg, a: Reg, b: Reg } pure;
    /// At 64 bits.
    WAddImm { dst: Reg, a: Reg, imm: i32 } pure;
    WAddImmI32 { dst: Reg, a: Reg, imm: i32 } pure;
    WAddImmU32 { dst: Reg, a: Reg, imm: i32 } pure;
    WMulImmU32 { dst: Reg, a: Reg, imm: u32 } pure;
    WDivS { dst: Reg, a: Reg, b: Reg, unused: u8 } pure;
    WRemS { dst: Reg, a: Reg, b: Reg } pure;
    WShlS { dst: Reg, a: Reg, b: Reg, unused: u8 } pure;
    WShlU { dst: Reg, a: Reg, b: Reg, unused: u8 } pure;
    WShrS { dst: Reg, a: Reg, b: Reg, unused: u8 } pure;
    WShrU { dst: Reg, a: Reg, b: Reg, unused: u8 } pure;
    /// By a constant amount below the width.
    ShlImmS { dst: Reg, a: Reg, amount: u8, unused: u8 } pure;
    ShlImmU { dst: Reg, a: Reg, amount: u8, unused: u8 } pure;
    ShrImmS { dst: Reg, a: Reg, amount: u8 } pure;
    ShrImmU { dst: Reg, a: Reg, amount: u8 } pure;
    RotLU32 { dst: Reg, a: Reg, b: Reg } pure;
    RotRU32 { dst: Reg, a: Reg, b: Reg } pure;
    RotLImmU32 { dst: Reg, a: Reg, amount: u8 } pure;
    And { dst: Reg, a: Reg, b: Reg } pure;
    Or { dst: Reg, a: Reg, b: Reg } pure;
    Xor { dst: Reg, a: Reg, b: Reg } pure;
    AndImm { dst: Reg, a: Reg, imm: i32 } pure;
    OrImm { dst: Reg, a: Reg, imm: i32 } pure;
    XorImm { dst: Reg, a: Reg, imm: i32 } pure;
    /// `a` rotated to the left, exclusive or `b`.
    RotXorU32 { dst: Reg, a: Reg, b: Reg, amount: u8 } pure;
    /// `a` shifted to the right, exclusive or `b`.
    ShrXorU { dst: Reg, a: Reg, b: Reg, amount: u8 } pure;
    /// `a` shifted to the left, or `b`.
    ShlOrU { dst: Reg, a: Reg, b: Reg, amount: u8, unused: u8 } pure;
    /// `a` and not `b`, of unsigned types.
    AndNot { dst: Reg, a: Reg, b: Reg } pure;
    /// `a & b ^ c`
    AndXor { dst: Reg, a: Reg, b: Reg, c: Reg } pure;
    /// `a ^ b ^ c`
    Xor3 { dst: Reg, a: Reg, b: Reg, c: Reg } pure;
    /// `a + b + c`, wrapping.
    WAdd3U32 { dst: Reg, a: Reg, b: Reg, c: Reg } pure;
    /// All 64 bits, which is right for signed types.
    Not { dst: Reg, a: Reg } pure;
    /// The other bits of an unsigned type.
    NotU { dst: Reg, a: Reg, unused: u8 } pure;
    /// Extends the low bits by their sign.
    ExtS { dst: Reg, a: Reg, unused: u8 } pure;
    /// Extends the low bits by zeros.
    ExtU { dst: Reg, a: Reg, unused: u8 } pure;
    /// A checked cast: fails unless extending the low bits by their sign changes nothing.
    NarrowS { dst: Reg, a: Reg, unused: u8 } pure;
    /// A checked cast: fails unless all bits from `bits` on are 0.
    NarrowU { dst: Reg, a: Reg, bits: u8 } pure;
    /// Fails unless `a` is a char's number (`is_cast` says how it fails).
    CheckChar { a: Reg, is_cast: u8 } check;

    // ── comparisons ──
    Eq { dst: Reg, a: Reg, b: Reg } pure;
    Ne { dst: Reg, a: Reg, b: Reg } pure;
    LtS { dst: Reg, a: Reg, b: Reg } pure;
    LeS { dst: Reg, a: Reg, b: Reg } pure;
    LtU { dst: Reg, a: Reg, b: Reg } pure;
    LeU { dst: Reg, a: Reg, b: Reg } pure;
    EqImm { dst: Reg, a: Reg, imm: i32 } pure;
    NeImm { dst: Reg, a: Reg, imm: i32 } pure;
    LtSImm { dst: Reg, a: Reg, imm: i32 } pure;
    GeSImm { dst: Reg, a: Reg, imm: i32 } pure;
    LtUImm { dst: Reg, a: Reg, imm: u32 } pure;
    GeUImm { dst: Reg, a: Reg, imm: u32 } pure;
    /// Compares pointers; `how` is the number of a [`CompareOp`](kiln_types::arith::CompareOp).
    ComparePointers { dst: Reg, a: Reg, b: Reg, how: u8 } load;

    // ── floats ──
    AddF64 { dst: Reg, a: Reg, b: Reg } pure;
    SubF64 { dst: Reg, a: Reg, b: Reg } pure;
    MulF64 { dst: Reg, a: Reg, b: Reg } pure;
    DivF64 { dst: Reg, a: Reg, b: Reg } pure;
    AddF32 { dst: Reg, a: Reg, b: Reg } pure;
    SubF32 { dst: Reg, a: Reg, b: Reg } pure;
    MulF32 { dst: Reg, a: Reg, b: Reg } pure;
    DivF32 { dst: Reg, a: Reg, b: Reg } pure;
    NegF64 { dst: Reg, a: Reg } pure;
    SqrtF64 { dst: Reg, a: Reg } pure;
    EqF64 { dst: Reg, a: Reg, b: Reg } pure;
    LtF64 { dst: Reg, a: Reg, b: Reg } pure;
    LeF64 { dst: Reg, a: Reg, b: Reg } pure;
    EqF32 { dst: Reg, a: Reg, b: Reg } pure;
    LtF32 { dst: Reg, a: Reg, b: Reg } pure;
    LeF32 { dst: Reg, a: Reg, b: Reg } pure;
    /// A signed integer of at most 64 bits.
    I64ToF64 { dst: Reg, a: Reg } pure;
    /// An unsigned integer of at most 64 bits.
    U64ToF64 { dst: Reg, a: Reg } pure;

    /// Anything else on scalars: entry `index` of the function's table of [`Scalar`](crate::code::Scalar)s.
    Scalar { index: u32 } other;

    // ── memory of the frame, at an offset known when the code was made ──
    FrameI8 { dst: Reg, offset: u32 } load;
    FrameU8 { dst: Reg, offset: u32 } load;
    FrameI16 { dst: Reg, offset: u32 } load;
    FrameU16 { dst: Reg, offset: u32 } load;
    FrameI32 { dst: Reg, offset: u32 } load;
    FrameU32 { dst: Reg, offset: u32 } load;
    FrameW64 { dst: Reg, offset: u32 } load;
    FrameBool { dst: Reg, offset: u32 } load;
    FramePointer { dst: Reg, offset: u32 } load;
    SetFrame8 { a: Reg, offset: u32 } store;
    SetFrame16 { a: Reg, offset: u32 } store;
    SetFrame32 { a: Reg, offset: u32 } store;
    SetFrame64 { a: Reg, offset: u32 } store;
    SetFramePointer { a: Reg, offset: u32 } store;
    // ── elements of an array in the frame: element `b` of those at the offset ──
    FrameAtI8 { dst: Reg, b: Reg, offset: u32 } load;
    FrameAtU8 { dst: Reg, b: Reg, offset: u32 } load;
    FrameAtI16 { dst: Reg, b: Reg, offset: u32 } load;
    FrameAtU16 { dst: Reg, b: Reg, offset: u32 } load;
    FrameAtI32 { dst: Reg, b: Reg, offset: u32 } load;
    FrameAtU32 { dst: Reg, b: Reg, offset: u32 } load;
    FrameAtW64 { dst: Reg, b: Reg, offset: u32 } load;
    FrameAtBool { dst: Reg, b: Reg, offset: u32 } load;
    SetFrameAt8 { a: Reg, b: Reg, offset: u32 } store;
    SetFrameAt16 { a: Reg, b: Reg, offset: u32 } store;
    SetFrameAt32 { a: Reg, b: Reg, offset: u32 } store;
    SetFrameAt64 { a: Reg, b: Reg, offset: u32 } store;
    // ── a counter: what is there plus `imm` (checked); and the same written back there ──
    FrameAddI32 { dst: Reg, imm: u8, offset: u32 } load;
    FrameAddU64 { dst: Reg, imm: u8, offset: u32 } load;
    FrameBumpI32 { dst: Reg, imm: u8, offset: u32 } store;
    FrameBumpU64 { dst: Reg, imm: u8, offset: u32 } store;
    /// A scalar of any kind at `b` bytes from the offset.
    FrameBytes { dst: Reg, b: Reg, kind: MemKind, offset: u32 } load;
    SetFrameBytes { a: Reg, b: Reg, kind: MemKind, offset: u32 } store;

    // ── memory behind the pointer in `b`, `offset` bytes further ──
    LoadI8 { dst: Reg, b: Reg, offset: u32 } load;
    LoadU8 { dst: Reg, b: Reg, offset: u32 } load;
    LoadI16 { dst: Reg, b: Reg, offset: u32 } load;
    LoadU16 { dst: Reg, b: Reg, offset: u32 } load;
    LoadI32 { dst: Reg, b: Reg, offset: u32 } load;
    LoadU32 { dst: Reg, b: Reg, offset: u32 } load;
    LoadW64 { dst: Reg, b: Reg, offset: u32 } load;
    LoadBool { dst: Reg, b: Reg, offset: u32 } load;
    LoadPointer { dst: Reg, b: Reg, offset: u32 } load;
    Store8 { a: Reg, b: Reg, offset: u32 } store;
    Store16 { a: Reg, b: Reg, offset: u32 } store;
    Store32 { a: Reg, b: Reg, offset: u32 } store;
    Store64 { a: Reg, b: Reg, offset: u32 } store;
    StorePointer { a: Reg, b: Reg, offset: u32 } store;
    // ── a counter behind the pointer in `b` ──
    LoadAddI32 { dst: Reg, b: Reg, imm: u8, offset: u32 } load;
    LoadAddU64 { dst: Reg, b: Reg, imm: u8, offset: u32 } load;
    BumpI32 { dst: Reg, b: Reg, imm: u8, offset: u32 } store;
    BumpU64 { dst: Reg, b: Reg, imm: u8, offset: u32 } store;
    // ── element `c` of those behind the pointer in `b`, `offset` bytes further ──
    LoadAtI8 { dst: Reg, b: Reg, c: Reg, offset: u32 } load;
    LoadAtU8 { dst: Reg, b: Reg, c: Reg, offset: u32 } load;
    LoadAtI16 { dst: Reg, b: Reg, c: Reg, offset: u32 } load;
    LoadAtU16 { dst: Reg, b: Reg, c: Reg, offset: u32 } load;
    LoadAtI32 { dst: Reg, b: Reg, c: Reg, offset: u32 } load;
    LoadAtU32 { dst: Reg, b: Reg, c: Reg, offset: u32 } load;
    LoadAtW64 { dst: Reg, b: Reg, c: Reg, offset: u32 } load;
    LoadAtBool { dst: Reg, b: Reg, c: Reg, offset: u32 } load;
    StoreAt8 { a: Reg, b: Reg, c: Reg, offset: u32 } store;
    StoreAt16 { a: Reg, b: Reg, c: Reg, offset: u32 } store;
    StoreAt32 { a: Reg, b: Reg, c: Reg, offset: u32 } store;
    StoreAt64 { a: Reg, b: Reg, c: Reg, offset: u32 } store;

    // ── the same with `CheckBounds` before: the bound is the number `bound`, or with the highest bit set a register ──
    CheckedLoadAtU8 { dst: Reg, b: Reg, c: Reg, bound: u32 } load;
    CheckedLoadAtI32 { dst: Reg, b: Reg, c: Reg, bound: u32 } load;
    CheckedLoadAtU32 { dst: Reg, b: Reg, c: Reg, bound: u32 } load;
    CheckedLoadAtW64 { dst: Reg, b: Reg, c: Reg, bound: u32 } load;
    CheckedLoadAtBool { dst: Reg, b: Reg, c: Reg, bound: u32 } load;
    CheckedStoreAt8 { a: Reg, b: Reg, c: Reg, bound: u32 } store;
    CheckedStoreAt32 { a: Reg, b: Reg, c: Reg, bound: u32 } store;
    CheckedStoreAt64 { a: Reg, b: Reg, c: Reg, bound: u32 } store;
    // ── the same in the frame: offset and bound are entry `range` of the function's table of ranges ──
    CheckedFrameAtU8 { dst: Reg, b: Reg, range: u32 } load;
    CheckedFrameAtI32 { dst: Reg, b: Reg, range: u32 } load;
    CheckedFrameAtU32 { dst: Reg, b: Reg, range: u32 } load;
    CheckedFrameAtW64 { dst: Reg, b: Reg, range: u32 } load;
    CheckedFrameAtBool { dst: Reg, b: Reg, range: u32 } load;
    CheckedSetFrameAt8 { a: Reg, b: Reg, range: u32 } store;
    CheckedSetFrameAt32 { a: Reg, b: Reg, range: u32 } store;
    CheckedSetFrameAt64 { a: Reg, b: Reg, range: u32 } store;

    // ── addresses ──
    /// The pointer to a local that has one, `imm` bytes into it.
    AddrLocal { dst: Reg, handle: u16, imm: u32 } pure;
    /// The pointer `imm` bytes further: a part of what it points to.
    PtrAddImm { dst: Reg, a: Reg, imm: u32 } pure;
    /// The pointer `b` bytes further.
    PtrAdd { dst: Reg, a: Reg, b: Reg } pure;
    /// The pointer to element `b` of those of `size` bytes.
    PtrIndex { dst: Reg, a: Reg, b: Reg, size: u32 } pure;
    /// The place of bytes of the frame, for the callee to copy.
    FrameAddr { dst: Reg, offset: u32 } pure;
    /// The pointer to constant `index` of the machine's table.
    ConstPointer { dst: Reg, index: u32 } pure;
    /// Makes the frame's bytes uninitialised: entry `index` of the function's table of ranges.
    Forget { index: u32 } store;
    /// Gives local `local` an allocation, in handle `handle`.
    Birth { local: u32 } other;
    /// Ends the allocation of a local.
    Death { local: u32 } other;
    /// Sets up the handles of a frame.
    Enter {} other;
    /// Ends the allocations of all locals.
    Leave {} other;
    /// Copies bytes: entry `index` of the function's table of [`CopyPlan`](crate::code::CopyPlan)s.
    Copy { index: u32 } store;
    /// Fills an array whose first element is there: entry `index` of the function's table of [`RepeatPlan`](crate::code::RepeatPlan)s.
    Repeat { index: u32 } store;
    /// `dst = a + b elements of size bytes`, inside of the allocation.
    PtrOffset { dst: Reg, a: Reg, b: Reg, size: u32 } load;
    /// Other operations on memory: entry `index` of the function's table of [`RawOp`](crate::code::RawOp)s.
    Raw { index: u32 } other;
    /// What needs the world outside of the machine: entry `index` of the function's table of [`Service`](crate::code::Service)s.
    Service { index: u32 } other;
}

/// The bound of a checked access is in the register of the low byte.
pub(crate) const BOUND_IN_REGISTER: u32 = 1 << 31;

impl Op {
    /// The access to an element with the check before it in one instruction, if there is one. Parts of the frame are noted in `ranges`.
    pub(crate) fn with_check(self, check: Op, ranges: &mut Vec<(u32, u32)>) -> Option<Op> {
        let (index, bound) = match check {
            Op::CheckBoundsImm { a, imm } if imm < BOUND_IN_REGISTER => (a, imm),
            Op::CheckBounds { a, b } => (a, BOUND_IN_REGISTER | u32::from(b)),
            _ => return None,
        };
        let mut range = |offset: u32| {
            (bound < BOUND_IN_REGISTER).then(|| {
                ranges.push((offset, bound));
                ranges.len() as u32 - 1
            })
        };
        Some(match self {
            Op::LoadAtU8 { dst, b, c, offset: 0 } if c == index => Op::CheckedLoadAtU8 { dst, b, c, bound },
            Op::LoadAtI32 { dst, b, c, offset: 0 } if c == index => Op::CheckedLoadAtI32 { dst, b, c, bound },
            Op::LoadAtU32 { dst, b, c, offset: 0 } if c == index => Op::CheckedLoadAtU32 { dst, b, c, bound },
            Op::LoadAtW64 { dst, b, c, offset: 0 } if c == index => Op::CheckedLoadAtW64 { dst, b, c, bound },
            Op::LoadAtBool { dst, b, c, offset: 0 } if c == index => Op::CheckedLoadAtBool { dst, b, c, bound },
            Op::StoreAt8 { a, b, c, offset: 0 } if c == index => Op::CheckedStoreAt8 { a, b, c, bound },
            Op::StoreAt32 { a, b, c, offset: 0 } if c == index => Op::CheckedStoreAt32 { a, b, c, bound },
            Op::StoreAt64 { a, b, c, offset: 0 } if c == index => Op::CheckedStoreAt64 { a, b, c, bound },
            Op::FrameAtU8 { dst, b, offset } if b == index => Op::CheckedFrameAtU8 { dst, b, range: range(offset)? },
            Op::FrameAtI32 { dst, b, offset } if b == index => Op::CheckedFrameAtI32 { dst, b, range: range(offset)? },
            Op::FrameAtU32 { dst, b, offset } if b == index => Op::CheckedFrameAtU32 { dst, b, range: range(offset)? },
            Op::FrameAtW64 { dst, b, offset } if b == index => Op::CheckedFrameAtW64 { dst, b, range: range(offset)? },
            Op::FrameAtBool { dst, b, offset } if b == index => {
                Op::CheckedFrameAtBool { dst, b, range: range(offset)? }
            }
            Op::SetFrameAt8 { a, b, offset } if b == index => Op::CheckedSetFrameAt8 { a, b, range: range(offset)? },
            Op::SetFrameAt32 { a, b, offset } if b == index => Op::CheckedSetFrameAt32 { a, b, range: range(offset)? },
            Op::SetFrameAt64 { a, b, offset } if b == index => Op::CheckedSetFrameAt64 { a, b, range: range(offset)? },
            _ => return None,
        })
    }
}

const _: () = assert!(size_of::<Op>() == 8);
const _: () = assert!(size_of::<Pointer>() == 8);
