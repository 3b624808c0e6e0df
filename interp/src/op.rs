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

/// An instruction. `dst`, `a`, `b` are registers; a `to` is where execution goes on.
#[derive(Clone, Copy, PartialEq, Debug)]
#[repr(u8)]
pub(crate) enum Op {
    // ── control ──
    Jump {
        to: Pc,
    },
    /// If register `a` is not 0.
    BrTrue {
        a: Reg,
        to: Pc,
    },
    BrFalse {
        a: Reg,
        to: Pc,
    },
    BrEq {
        a: Reg,
        b: Reg,
        to: Pc,
    },
    BrNe {
        a: Reg,
        b: Reg,
        to: Pc,
    },
    BrLtS {
        a: Reg,
        b: Reg,
        to: Pc,
    },
    BrLeS {
        a: Reg,
        b: Reg,
        to: Pc,
    },
    BrLtU {
        a: Reg,
        b: Reg,
        to: Pc,
    },
    BrLeU {
        a: Reg,
        b: Reg,
        to: Pc,
    },
    BrEqImm {
        a: Reg,
        imm: i16,
        to: Pc,
    },
    BrNeImm {
        a: Reg,
        imm: i16,
        to: Pc,
    },
    BrLtSImm {
        a: Reg,
        imm: i16,
        to: Pc,
    },
    BrGeSImm {
        a: Reg,
        imm: i16,
        to: Pc,
    },
    BrLtUImm {
        a: Reg,
        imm: u16,
        to: Pc,
    },
    BrGeUImm {
        a: Reg,
        imm: u16,
        to: Pc,
    },
    /// Goes where table `table` of the function sends the bits in `a` (in `a` and the next register for 128-bit types).
    Switch {
        a: Reg,
        table: u32,
    },
    /// Calls a function; the arguments stand in the registers from `base`, where its window begins.
    Call {
        base: Reg,
        func: u32,
    },
    /// Calls what the function pointer in `a` points to.
    CallPointer {
        base: Reg,
        a: Reg,
    },
    /// Returns nothing.
    Ret,
    /// Returns a register.
    RetReg {
        a: Reg,
    },
    /// Returns two registers.
    RetPair {
        a: Reg,
    },
    /// Returns the place of bytes of the frame.
    RetMem {
        offset: u32,
    },
    /// Panics; the reason's number.
    Panic {
        reason: u8,
    },
    /// Panics with the text behind the pointer in `a` and the length in the next register.
    PanicText {
        a: Reg,
    },
    /// Never reached, if the program is right.
    Unreachable,
    /// Fails unless `a < b`.
    CheckBounds {
        a: Reg,
        b: Reg,
    },
    /// Fails unless `a < imm`.
    CheckBoundsImm {
        a: Reg,
        imm: u32,
    },
    /// Fails unless `a <= b <= c`.
    CheckSlice {
        a: Reg,
        b: Reg,
        c: Reg,
    },

    // ── moves ──
    Move {
        dst: Reg,
        a: Reg,
    },
    /// Moves two registers.
    MovePair {
        dst: Reg,
        a: Reg,
    },
    Imm {
        dst: Reg,
        imm: i32,
    },
    /// Number `index` of the function's table of constants.
    Const {
        dst: Reg,
        index: u32,
    },
    /// A register beyond the window: parameter `slot` of a function with a great many.
    LoadSlot {
        dst: Reg,
        slot: u32,
    },
    /// Sets a register beyond the window.
    StoreSlot {
        a: Reg,
        slot: u32,
    },

    // ── integers, checked ──
    AddI32 {
        dst: Reg,
        a: Reg,
        b: Reg,
    },
    AddI64 {
        dst: Reg,
        a: Reg,
        b: Reg,
    },
    AddU32 {
        dst: Reg,
        a: Reg,
        b: Reg,
    },
    AddU64 {
        dst: Reg,
        a: Reg,
        b: Reg,
    },
    AddS {
        dst: Reg,
        a: Reg,
        b: Reg,
        unused: u8,
    },
    AddU {
        dst: Reg,
        a: Reg,
        b: Reg,
        unused: u8,
    },
    SubI32 {
        dst: Reg,
        a: Reg,
        b: Reg,
    },
    SubI64 {
        dst: Reg,
        a: Reg,
        b: Reg,
    },
    /// Unsigned, of any width.
    SubU {
        dst: Reg,
        a: Reg,
        b: Reg,
    },
    SubS {
        dst: Reg,
        a: Reg,
        b: Reg,
        unused: u8,
    },
    MulI32 {
        dst: Reg,
        a: Reg,
        b: Reg,
    },
    MulI64 {
        dst: Reg,
        a: Reg,
        b: Reg,
    },
    MulU32 {
        dst: Reg,
        a: Reg,
        b: Reg,
    },
    MulU64 {
        dst: Reg,
        a: Reg,
        b: Reg,
    },
    MulS {
        dst: Reg,
        a: Reg,
        b: Reg,
        unused: u8,
    },
    MulU {
        dst: Reg,
        a: Reg,
        b: Reg,
        unused: u8,
    },
    AddImmI32 {
        dst: Reg,
        a: Reg,
        imm: i32,
    },
    AddImmI64 {
        dst: Reg,
        a: Reg,
        imm: i32,
    },
    AddImmU32 {
        dst: Reg,
        a: Reg,
        imm: u32,
    },
    AddImmU64 {
        dst: Reg,
        a: Reg,
        imm: u32,
    },
    /// Unsigned, of any width.
    SubImmU {
        dst: Reg,
        a: Reg,
        imm: u32,
    },
    MulImmI32 {
        dst: Reg,
        a: Reg,
        imm: i32,
    },
    MulImmI64 {
        dst: Reg,
        a: Reg,
        imm: i32,
    },
    MulImmU32 {
        dst: Reg,
        a: Reg,
        imm: u32,
    },
    MulImmU64 {
        dst: Reg,
        a: Reg,
        imm: u32,
    },
    DivS {
        dst: Reg,
        a: Reg,
        b: Reg,
        unused: u8,
    },
    /// Unsigned, of any width.
    DivU {
        dst: Reg,
        a: Reg,
        b: Reg,
    },
    RemS {
        dst: Reg,
        a: Reg,
        b: Reg,
        unused: u8,
    },
    /// Unsigned, of any width.
    RemU {
        dst: Reg,
        a: Reg,
        b: Reg,
    },
    /// The divisor is positive.
    DivImmS {
        dst: Reg,
        a: Reg,
        imm: i32,
    },
    /// The divisor is not 0.
    DivImmU {
        dst: Reg,
        a: Reg,
        imm: u32,
    },
    /// The divisor is positive.
    RemImmS {
        dst: Reg,
        a: Reg,
        imm: i32,
    },
    /// The divisor is not 0.
    RemImmU {
        dst: Reg,
        a: Reg,
        imm: u32,
    },
    NegS {
        dst: Reg,
        a: Reg,
        unused: u8,
    },
    /// Fails unless `a` is 0.
    NegU {
        dst: Reg,
        a: Reg,
    },
    ShlS {
        dst: Reg,
        a: Reg,
        b: Reg,
        unused: u8,
    },
    ShlU {
        dst: Reg,
        a: Reg,
        b: Reg,
        unused: u8,
    },
    ShrS {
        dst: Reg,
        a: Reg,
        b: Reg,
        unused: u8,
    },
    ShrU {
        dst: Reg,
        a: Reg,
        b: Reg,
        unused: u8,
    },

    // ── integers, wrapping ──
    WAdd {
        dst: Reg,
        a: Reg,
        b: Reg,
    },
    WSub {
        dst: Reg,
        a: Reg,
        b: Reg,
    },
    WMul {
        dst: Reg,
        a: Reg,
        b: Reg,
    },
    WAddU32 {
        dst: Reg,
        a: Reg,
        b: Reg,
    },
    WSubU32 {
        dst: Reg,
        a: Reg,
        b: Reg,
    },
    WMulU32 {
        dst: Reg,
        a: Reg,
        b: Reg,
    },
    /// At 64 bits.
    WAddImm {
        dst: Reg,
        a: Reg,
        imm: i32,
    },
    WAddImmU32 {
        dst: Reg,
        a: Reg,
        imm: i32,
    },
    WMulImmU32 {
        dst: Reg,
        a: Reg,
        imm: u32,
    },
    WDivS {
        dst: Reg,
        a: Reg,
        b: Reg,
        unused: u8,
    },
    WRemS {
        dst: Reg,
        a: Reg,
        b: Reg,
    },
    WShlS {
        dst: Reg,
        a: Reg,
        b: Reg,
        unused: u8,
    },
    WShlU {
        dst: Reg,
        a: Reg,
        b: Reg,
        unused: u8,
    },
    WShrS {
        dst: Reg,
        a: Reg,
        b: Reg,
        unused: u8,
    },
    WShrU {
        dst: Reg,
        a: Reg,
        b: Reg,
        unused: u8,
    },
    /// By a constant amount below the width.
    ShlImmS {
        dst: Reg,
        a: Reg,
        amount: u8,
        unused: u8,
    },
    ShlImmU {
        dst: Reg,
        a: Reg,
        amount: u8,
        unused: u8,
    },
    ShrImmS {
        dst: Reg,
        a: Reg,
        amount: u8,
    },
    ShrImmU {
        dst: Reg,
        a: Reg,
        amount: u8,
    },
    RotLU32 {
        dst: Reg,
        a: Reg,
        b: Reg,
    },
    RotRU32 {
        dst: Reg,
        a: Reg,
        b: Reg,
    },
    RotLImmU32 {
        dst: Reg,
        a: Reg,
        amount: u8,
    },
    And {
        dst: Reg,
        a: Reg,
        b: Reg,
    },
    Or {
        dst: Reg,
        a: Reg,
        b: Reg,
    },
    Xor {
        dst: Reg,
        a: Reg,
        b: Reg,
    },
    AndImm {
        dst: Reg,
        a: Reg,
        imm: i32,
    },
    OrImm {
        dst: Reg,
        a: Reg,
        imm: i32,
    },
    XorImm {
        dst: Reg,
        a: Reg,
        imm: i32,
    },
    /// All 64 bits, which is right for signed types.
    Not {
        dst: Reg,
        a: Reg,
    },
    /// The other bits of an unsigned type.
    NotU {
        dst: Reg,
        a: Reg,
        unused: u8,
    },
    /// Extends the low bits by their sign.
    ExtS {
        dst: Reg,
        a: Reg,
        unused: u8,
    },
    /// Extends the low bits by zeros.
    ExtU {
        dst: Reg,
        a: Reg,
        unused: u8,
    },
    /// A checked cast: fails unless extending the low bits by their sign changes nothing.
    NarrowS {
        dst: Reg,
        a: Reg,
        unused: u8,
    },
    /// A checked cast: fails unless all bits from `bits` on are 0.
    NarrowU {
        dst: Reg,
        a: Reg,
        bits: u8,
    },
    /// Fails unless `a` is a char's number (`is_cast` says how it fails).
    CheckChar {
        a: Reg,
        is_cast: u8,
    },

    // ── comparisons ──
    Eq {
        dst: Reg,
        a: Reg,
        b: Reg,
    },
    Ne {
        dst: Reg,
        a: Reg,
        b: Reg,
    },
    LtS {
        dst: Reg,
        a: Reg,
        b: Reg,
    },
    LeS {
        dst: Reg,
        a: Reg,
        b: Reg,
    },
    LtU {
        dst: Reg,
        a: Reg,
        b: Reg,
    },
    LeU {
        dst: Reg,
        a: Reg,
        b: Reg,
    },
    EqImm {
        dst: Reg,
        a: Reg,
        imm: i32,
    },
    NeImm {
        dst: Reg,
        a: Reg,
        imm: i32,
    },
    LtSImm {
        dst: Reg,
        a: Reg,
        imm: i32,
    },
    GeSImm {
        dst: Reg,
        a: Reg,
        imm: i32,
    },
    LtUImm {
        dst: Reg,
        a: Reg,
        imm: u32,
    },
    GeUImm {
        dst: Reg,
        a: Reg,
        imm: u32,
    },
    /// Compares pointers; `how` is the number of a [`CompareOp`](kiln_types::arith::CompareOp).
    ComparePointers {
        dst: Reg,
        a: Reg,
        b: Reg,
        how: u8,
    },

    // ── floats ──
    AddF64 {
        dst: Reg,
        a: Reg,
        b: Reg,
    },
    SubF64 {
        dst: Reg,
        a: Reg,
        b: Reg,
    },
    MulF64 {
        dst: Reg,
        a: Reg,
        b: Reg,
    },
    DivF64 {
        dst: Reg,
        a: Reg,
        b: Reg,
    },
    AddF32 {
        dst: Reg,
        a: Reg,
        b: Reg,
    },
    SubF32 {
        dst: Reg,
        a: Reg,
        b: Reg,
    },
    MulF32 {
        dst: Reg,
        a: Reg,
        b: Reg,
    },
    DivF32 {
        dst: Reg,
        a: Reg,
        b: Reg,
    },
    NegF64 {
        dst: Reg,
        a: Reg,
    },
    SqrtF64 {
        dst: Reg,
        a: Reg,
    },
    EqF64 {
        dst: Reg,
        a: Reg,
        b: Reg,
    },
    LtF64 {
        dst: Reg,
        a: Reg,
        b: Reg,
    },
    LeF64 {
        dst: Reg,
        a: Reg,
        b: Reg,
    },
    EqF32 {
        dst: Reg,
        a: Reg,
        b: Reg,
    },
    LtF32 {
        dst: Reg,
        a: Reg,
        b: Reg,
    },
    LeF32 {
        dst: Reg,
        a: Reg,
        b: Reg,
    },
    /// A signed integer of at most 64 bits.
    I64ToF64 {
        dst: Reg,
        a: Reg,
    },
    /// An unsigned integer of at most 64 bits.
    U64ToF64 {
        dst: Reg,
        a: Reg,
    },

    /// Anything else on scalars: entry `index` of the function's table of [`Scalar`](crate::code::Scalar)s.
    Scalar {
        index: u32,
    },

    // ── memory of the frame, at an offset known when the code was made ──
    FrameI8 {
        dst: Reg,
        offset: u32,
    },
    FrameU8 {
        dst: Reg,
        offset: u32,
    },
    FrameI16 {
        dst: Reg,
        offset: u32,
    },
    FrameU16 {
        dst: Reg,
        offset: u32,
    },
    FrameI32 {
        dst: Reg,
        offset: u32,
    },
    FrameU32 {
        dst: Reg,
        offset: u32,
    },
    FrameW64 {
        dst: Reg,
        offset: u32,
    },
    FrameBool {
        dst: Reg,
        offset: u32,
    },
    FramePointer {
        dst: Reg,
        offset: u32,
    },
    SetFrame8 {
        a: Reg,
        offset: u32,
    },
    SetFrame16 {
        a: Reg,
        offset: u32,
    },
    SetFrame32 {
        a: Reg,
        offset: u32,
    },
    SetFrame64 {
        a: Reg,
        offset: u32,
    },
    SetFramePointer {
        a: Reg,
        offset: u32,
    },
    // ── elements of an array in the frame: element `b` of those at the offset ──
    FrameAtI8 {
        dst: Reg,
        b: Reg,
        offset: u32,
    },
    FrameAtU8 {
        dst: Reg,
        b: Reg,
        offset: u32,
    },
    FrameAtI16 {
        dst: Reg,
        b: Reg,
        offset: u32,
    },
    FrameAtU16 {
        dst: Reg,
        b: Reg,
        offset: u32,
    },
    FrameAtI32 {
        dst: Reg,
        b: Reg,
        offset: u32,
    },
    FrameAtU32 {
        dst: Reg,
        b: Reg,
        offset: u32,
    },
    FrameAtW64 {
        dst: Reg,
        b: Reg,
        offset: u32,
    },
    FrameAtBool {
        dst: Reg,
        b: Reg,
        offset: u32,
    },
    SetFrameAt8 {
        a: Reg,
        b: Reg,
        offset: u32,
    },
    SetFrameAt16 {
        a: Reg,
        b: Reg,
        offset: u32,
    },
    SetFrameAt32 {
        a: Reg,
        b: Reg,
        offset: u32,
    },
    SetFrameAt64 {
        a: Reg,
        b: Reg,
        offset: u32,
    },
    /// A scalar of any kind at `b` bytes from the offset.
    FrameBytes {
        dst: Reg,
        b: Reg,
        kind: MemKind,
        offset: u32,
    },
    SetFrameBytes {
        a: Reg,
        b: Reg,
        kind: MemKind,
        offset: u32,
    },

    // ── memory behind the pointer in `b`, `offset` bytes further ──
    LoadI8 {
        dst: Reg,
        b: Reg,
        offset: u32,
    },
    LoadU8 {
        dst: Reg,
        b: Reg,
        offset: u32,
    },
    LoadI16 {
        dst: Reg,
        b: Reg,
        offset: u32,
    },
    LoadU16 {
        dst: Reg,
        b: Reg,
        offset: u32,
    },
    LoadI32 {
        dst: Reg,
        b: Reg,
        offset: u32,
    },
    LoadU32 {
        dst: Reg,
        b: Reg,
        offset: u32,
    },
    LoadW64 {
        dst: Reg,
        b: Reg,
        offset: u32,
    },
    LoadBool {
        dst: Reg,
        b: Reg,
        offset: u32,
    },
    LoadPointer {
        dst: Reg,
        b: Reg,
        offset: u32,
    },
    Store8 {
        a: Reg,
        b: Reg,
        offset: u32,
    },
    Store16 {
        a: Reg,
        b: Reg,
        offset: u32,
    },
    Store32 {
        a: Reg,
        b: Reg,
        offset: u32,
    },
    Store64 {
        a: Reg,
        b: Reg,
        offset: u32,
    },
    StorePointer {
        a: Reg,
        b: Reg,
        offset: u32,
    },
    // ── element `c` of those behind the pointer in `b`, `offset` bytes further ──
    LoadAtI8 {
        dst: Reg,
        b: Reg,
        c: Reg,
        offset: u32,
    },
    LoadAtU8 {
        dst: Reg,
        b: Reg,
        c: Reg,
        offset: u32,
    },
    LoadAtI16 {
        dst: Reg,
        b: Reg,
        c: Reg,
        offset: u32,
    },
    LoadAtU16 {
        dst: Reg,
        b: Reg,
        c: Reg,
        offset: u32,
    },
    LoadAtI32 {
        dst: Reg,
        b: Reg,
        c: Reg,
        offset: u32,
    },
    LoadAtU32 {
        dst: Reg,
        b: Reg,
        c: Reg,
        offset: u32,
    },
    LoadAtW64 {
        dst: Reg,
        b: Reg,
        c: Reg,
        offset: u32,
    },
    LoadAtBool {
        dst: Reg,
        b: Reg,
        c: Reg,
        offset: u32,
    },
    StoreAt8 {
        a: Reg,
        b: Reg,
        c: Reg,
        offset: u32,
    },
    StoreAt16 {
        a: Reg,
        b: Reg,
        c: Reg,
        offset: u32,
    },
    StoreAt32 {
        a: Reg,
        b: Reg,
        c: Reg,
        offset: u32,
    },
    StoreAt64 {
        a: Reg,
        b: Reg,
        c: Reg,
        offset: u32,
    },

    // ── addresses ──
    /// The pointer to a local that has one, `imm` bytes into it.
    AddrLocal {
        dst: Reg,
        handle: u16,
        imm: u32,
    },
    /// The pointer `imm` bytes further: a part of what it points to.
    PtrAddImm {
        dst: Reg,
        a: Reg,
        imm: u32,
    },
    /// The pointer `b` bytes further.
    PtrAdd {
        dst: Reg,
        a: Reg,
        b: Reg,
    },
    /// The pointer to element `b` of those of `size` bytes.
    PtrIndex {
        dst: Reg,
        a: Reg,
        b: Reg,
        size: u32,
    },
    /// The place of bytes of the frame, for the callee to copy.
    FrameAddr {
        dst: Reg,
        offset: u32,
    },
    /// The pointer to constant `index` of the machine's table.
    ConstPointer {
        dst: Reg,
        index: u32,
    },
    /// Makes the frame's bytes uninitialised: entry `index` of the function's table of ranges.
    Forget {
        index: u32,
    },
    /// Gives local `local` an allocation, in handle `handle`.
    Birth {
        local: u32,
    },
    /// Ends the allocation of a local.
    Death {
        local: u32,
    },
    /// Sets up the handles of a frame.
    Enter,
    /// Ends the allocations of all locals.
    Leave,
    /// Copies bytes: entry `index` of the function's table of [`CopyPlan`](crate::code::CopyPlan)s.
    Copy {
        index: u32,
    },
    /// Fills an array whose first element is there: entry `index` of the function's table of [`RepeatPlan`](crate::code::RepeatPlan)s.
    Repeat {
        index: u32,
    },
    /// `dst = a + b elements of size bytes`, inside of the allocation.
    PtrOffset {
        dst: Reg,
        a: Reg,
        b: Reg,
        size: u32,
    },
    /// Other operations on memory: entry `index` of the function's table of [`RawOp`](crate::code::RawOp)s.
    Raw {
        index: u32,
    },
    /// What needs the world outside of the machine: entry `index` of the function's table of [`Service`](crate::code::Service)s.
    Service {
        index: u32,
    },
}

impl Op {
    /// Where it may go on.
    pub(crate) fn target_mut(&mut self) -> Option<&mut Pc> {
        match self {
            Op::Jump { to }
            | Op::BrTrue { to, .. }
            | Op::BrFalse { to, .. }
            | Op::BrEq { to, .. }
            | Op::BrNe { to, .. }
            | Op::BrLtS { to, .. }
            | Op::BrLeS { to, .. }
            | Op::BrLtU { to, .. }
            | Op::BrLeU { to, .. }
            | Op::BrEqImm { to, .. }
            | Op::BrNeImm { to, .. }
            | Op::BrLtSImm { to, .. }
            | Op::BrGeSImm { to, .. }
            | Op::BrLtUImm { to, .. }
            | Op::BrGeUImm { to, .. } => Some(to),
            _ => None,
        }
    }

    /// The register it sets, if that is all it does beside failing.
    pub(crate) fn dst_mut(&mut self) -> Option<&mut Reg> {
        match self {
            Op::Move { dst, .. }
            | Op::Imm { dst, .. }
            | Op::Const { dst, .. }
            | Op::LoadSlot { dst, .. }
            | Op::AddI32 { dst, .. }
            | Op::AddI64 { dst, .. }
            | Op::AddU32 { dst, .. }
            | Op::AddU64 { dst, .. }
            | Op::AddS { dst, .. }
            | Op::AddU { dst, .. }
            | Op::SubI32 { dst, .. }
            | Op::SubI64 { dst, .. }
            | Op::SubU { dst, .. }
            | Op::SubS { dst, .. }
            | Op::MulI32 { dst, .. }
            | Op::MulI64 { dst, .. }
            | Op::MulU32 { dst, .. }
            | Op::MulU64 { dst, .. }
            | Op::MulS { dst, .. }
            | Op::MulU { dst, .. }
            | Op::AddImmI32 { dst, .. }
            | Op::AddImmI64 { dst, .. }
            | Op::AddImmU32 { dst, .. }
            | Op::AddImmU64 { dst, .. }
            | Op::SubImmU { dst, .. }
            | Op::MulImmI32 { dst, .. }
            | Op::MulImmI64 { dst, .. }
            | Op::MulImmU32 { dst, .. }
            | Op::MulImmU64 { dst, .. }
            | Op::DivS { dst, .. }
            | Op::DivU { dst, .. }
            | Op::RemS { dst, .. }
            | Op::RemU { dst, .. }
            | Op::DivImmS { dst, .. }
            | Op::DivImmU { dst, .. }
            | Op::RemImmS { dst, .. }
            | Op::RemImmU { dst, .. }
            | Op::NegS { dst, .. }
            | Op::NegU { dst, .. }
            | Op::ShlS { dst, .. }
            | Op::ShlU { dst, .. }
            | Op::ShrS { dst, .. }
            | Op::ShrU { dst, .. }
            | Op::WAdd { dst, .. }
            | Op::WSub { dst, .. }
            | Op::WMul { dst, .. }
            | Op::WAddU32 { dst, .. }
            | Op::WSubU32 { dst, .. }
            | Op::WMulU32 { dst, .. }
            | Op::WAddImm { dst, .. }
            | Op::WAddImmU32 { dst, .. }
            | Op::WMulImmU32 { dst, .. }
            | Op::WDivS { dst, .. }
            | Op::WRemS { dst, .. }
            | Op::WShlS { dst, .. }
            | Op::WShlU { dst, .. }
            | Op::WShrS { dst, .. }
            | Op::WShrU { dst, .. }
            | Op::ShlImmS { dst, .. }
            | Op::ShlImmU { dst, .. }
            | Op::ShrImmS { dst, .. }
            | Op::ShrImmU { dst, .. }
            | Op::RotLU32 { dst, .. }
            | Op::RotRU32 { dst, .. }
            | Op::RotLImmU32 { dst, .. }
            | Op::And { dst, .. }
            | Op::Or { dst, .. }
            | Op::Xor { dst, .. }
            | Op::AndImm { dst, .. }
            | Op::OrImm { dst, .. }
            | Op::XorImm { dst, .. }
            | Op::Not { dst, .. }
            | Op::NotU { dst, .. }
            | Op::ExtS { dst, .. }
            | Op::ExtU { dst, .. }
            | Op::NarrowS { dst, .. }
            | Op::NarrowU { dst, .. }
            | Op::Eq { dst, .. }
            | Op::Ne { dst, .. }
            | Op::LtS { dst, .. }
            | Op::LeS { dst, .. }
            | Op::LtU { dst, .. }
            | Op::LeU { dst, .. }
            | Op::EqImm { dst, .. }
            | Op::NeImm { dst, .. }
            | Op::LtSImm { dst, .. }
            | Op::GeSImm { dst, .. }
            | Op::LtUImm { dst, .. }
            | Op::GeUImm { dst, .. }
            | Op::ComparePointers { dst, .. }
            | Op::AddF64 { dst, .. }
            | Op::SubF64 { dst, .. }
            | Op::MulF64 { dst, .. }
            | Op::DivF64 { dst, .. }
            | Op::AddF32 { dst, .. }
            | Op::SubF32 { dst, .. }
            | Op::MulF32 { dst, .. }
            | Op::DivF32 { dst, .. }
            | Op::NegF64 { dst, .. }
            | Op::SqrtF64 { dst, .. }
            | Op::EqF64 { dst, .. }
            | Op::LtF64 { dst, .. }
            | Op::LeF64 { dst, .. }
            | Op::EqF32 { dst, .. }
            | Op::LtF32 { dst, .. }
            | Op::LeF32 { dst, .. }
            | Op::I64ToF64 { dst, .. }
            | Op::U64ToF64 { dst, .. }
            | Op::FrameI8 { dst, .. }
            | Op::FrameU8 { dst, .. }
            | Op::FrameI16 { dst, .. }
            | Op::FrameU16 { dst, .. }
            | Op::FrameI32 { dst, .. }
            | Op::FrameU32 { dst, .. }
            | Op::FrameW64 { dst, .. }
            | Op::FrameBool { dst, .. }
            | Op::FramePointer { dst, .. }
            | Op::FrameAtI8 { dst, .. }
            | Op::FrameAtU8 { dst, .. }
            | Op::FrameAtI16 { dst, .. }
            | Op::FrameAtU16 { dst, .. }
            | Op::FrameAtI32 { dst, .. }
            | Op::FrameAtU32 { dst, .. }
            | Op::FrameAtW64 { dst, .. }
            | Op::FrameAtBool { dst, .. }
            | Op::FrameBytes { dst, .. }
            | Op::LoadI8 { dst, .. }
            | Op::LoadU8 { dst, .. }
            | Op::LoadI16 { dst, .. }
            | Op::LoadU16 { dst, .. }
            | Op::LoadI32 { dst, .. }
            | Op::LoadU32 { dst, .. }
            | Op::LoadW64 { dst, .. }
            | Op::LoadBool { dst, .. }
            | Op::LoadPointer { dst, .. }
            | Op::LoadAtI8 { dst, .. }
            | Op::LoadAtU8 { dst, .. }
            | Op::LoadAtI16 { dst, .. }
            | Op::LoadAtU16 { dst, .. }
            | Op::LoadAtI32 { dst, .. }
            | Op::LoadAtU32 { dst, .. }
            | Op::LoadAtW64 { dst, .. }
            | Op::LoadAtBool { dst, .. }
            | Op::AddrLocal { dst, .. }
            | Op::PtrAddImm { dst, .. }
            | Op::PtrAdd { dst, .. }
            | Op::PtrIndex { dst, .. }
            | Op::FrameAddr { dst, .. }
            | Op::ConstPointer { dst, .. }
            | Op::PtrOffset { dst, .. } => Some(dst),
            _ => None,
        }
    }
}

const _: () = assert!(size_of::<Op>() == 8);
const _: () = assert!(size_of::<Pointer>() == 8);
