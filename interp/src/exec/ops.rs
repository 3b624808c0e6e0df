//! What instructions compute: small functions of registers' bits, and the cold paths that find out what was wrong.

use crate::code::{Scalar, Switch};
use crate::fold;
use crate::memory::{Access, Fault, FaultKind, Memory, Pointer};
use crate::op::{MemKind, Pc, Reg};
use crate::state::{Exit, Window};
use kiln_air::Panic;
use kiln_types::IntType;
use kiln_types::arith::{ArithError, CompareOp, Kind};

/// Panic reasons by the numbers in instructions.
pub(crate) const PANICS: [Panic; 8] = [
    Panic::Overflow,
    Panic::DivisionByZero,
    Panic::OutOfBounds,
    Panic::CastOverflow,
    Panic::ShiftOverflow,
    Panic::AssertionFailed,
    Panic::Unreachable,
    Panic::User,
];

macro_rules! narrow {
    ($($name:ident: $ty:ident.$op:ident -> $wide:ident;)*) => {
        $(#[inline(always)]
        pub(super) fn $name(a: u64, b: u64) -> Option<u64> {
            Some((a as $ty).$op(b as $ty)? as $wide as u64)
        })*
    };
}

narrow! {
    add_i32: i32.checked_add -> i64;
    sub_i32: i32.checked_sub -> i64;
    mul_i32: i32.checked_mul -> i64;
    add_i64: i64.checked_add -> i64;
    sub_i64: i64.checked_sub -> i64;
    mul_i64: i64.checked_mul -> i64;
    add_u32: u32.checked_add -> u64;
    mul_u32: u32.checked_mul -> u64;
}

/// Extends the low bits by their sign.
#[inline(always)]
pub(super) fn extend_s(bits: u64, unused: u8) -> u64 {
    ((bits << (unused & 63)) as i64 >> (unused & 63)) as u64
}

/// Extends the low bits by zeros.
#[inline(always)]
pub(super) fn extend_u(bits: u64, unused: u8) -> u64 {
    bits << (unused & 63) >> (unused & 63)
}

#[inline(always)]
pub(super) fn fit_s(wide: u64, unused: u8) -> Option<u64> {
    (extend_s(wide, unused) == wide).then_some(wide)
}

#[inline(always)]
pub(super) fn fit_s_of(wide: Option<i64>, unused: u8) -> Option<u64> {
    fit_s(wide? as u64, unused)
}

#[inline(always)]
pub(super) fn fit_u(wide: u64, unused: u8) -> Option<u64> {
    (extend_u(wide, unused) == wide).then_some(wide)
}

#[inline(always)]
pub(super) fn div_s(a: u64, b: u64, unused: u8) -> Result<u64, ArithError> {
    if b == 0 {
        return Err(ArithError::DivisionByZero);
    }
    fit_s_of((a as i64).checked_div(b as i64), unused).ok_or(ArithError::Overflow)
}

#[inline(always)]
pub(super) fn div_u(a: u64, b: u64) -> Result<u64, ArithError> {
    // Division of small numbers is several times faster on most machines.
    if (a | b) >> 32 == 0 {
        return Ok((a as u32).checked_div(b as u32).ok_or(ArithError::DivisionByZero)?.into());
    }
    a.checked_div(b).ok_or(ArithError::DivisionByZero)
}

#[inline(always)]
pub(super) fn rem_s(a: u64, b: u64, unused: u8) -> Result<u64, ArithError> {
    if b == 0 {
        return Err(ArithError::DivisionByZero);
    }
    if b as i64 == -1 {
        let overflows = a as i64 == i64::MIN >> (unused & 63);
        return if overflows { Err(ArithError::Overflow) } else { Ok(0) };
    }
    if (a | b) >> 31 == 0 {
        return Ok(u64::from(a as u32 % b as u32));
    }
    Ok((a as i64).wrapping_rem(b as i64) as u64)
}

#[inline(always)]
pub(super) fn rem_u(a: u64, b: u64) -> Result<u64, ArithError> {
    if (a | b) >> 32 == 0 {
        return Ok((a as u32).checked_rem(b as u32).ok_or(ArithError::DivisionByZero)?.into());
    }
    a.checked_rem(b).ok_or(ArithError::DivisionByZero)
}

#[inline(always)]
pub(super) fn wrapping_div_s(a: u64, b: u64, unused: u8) -> Result<u64, ArithError> {
    if b == 0 {
        return Err(ArithError::DivisionByZero);
    }
    Ok(extend_s((a as i64).wrapping_div(b as i64) as u64, unused))
}

#[inline(always)]
pub(super) fn wrapping_rem_s(a: u64, b: u64) -> Result<u64, ArithError> {
    if b == 0 {
        return Err(ArithError::DivisionByZero);
    }
    Ok((a as i64).wrapping_rem(b as i64) as u64)
}

/// A shift amount below the width.
#[inline(always)]
pub(super) fn amount(b: u64, unused: u8) -> Result<u32, ArithError> {
    if b < 64 - u64::from(unused) { Ok(b as u32) } else { Err(ArithError::ShiftOverflow) }
}

/// A shift amount modulo the width.
#[inline(always)]
pub(super) fn modulo(b: u64, unused: u8) -> u32 {
    b as u32 & (63 - u32::from(unused & 63))
}

#[inline(always)]
pub(super) fn shl_s(a: u64, amount: u32, unused: u8) -> u64 {
    extend_s(a << (amount & 63), unused)
}

#[inline(always)]
pub(super) fn shl_u(a: u64, amount: u32, unused: u8) -> u64 {
    extend_u(a << (amount & 63), unused)
}

#[inline(always)]
pub(super) fn shr_s(a: u64, amount: u32) -> u64 {
    ((a as i64) >> (amount & 63)) as u64
}

/// Offset of an element; too large for any allocation when it does not fit.
#[inline(always)]
pub(super) fn element(index: u64, size: u64, offset: u32) -> u64 {
    // An index of 2^32 or more is outside of every allocation, and so is 2^32 times any size.
    index.min(1 << 32) * size + u64::from(offset)
}

/// A pointer further into what it points to; `None` where offsets end, and for what is no data at all.
#[inline(always)]
pub(super) fn pointer_add(pointer: u64, bytes: u64) -> Option<u64> {
    let offset = (pointer & 0xffff_ffff).checked_add(bytes)?;
    let is_special = pointer.wrapping_sub(1 << 32) < u64::from(Pointer::FIRST - 1) << 32;
    (offset <= 0xffff_ffff && !is_special).then_some(pointer & !0xffff_ffff | offset)
}

#[inline(always)]
pub(super) fn is_char(bits: u64) -> bool {
    bits < 0x11_0000 && bits & !0x7ff != 0xd800
}

/// Where a switch leads.
#[inline(never)]
pub(super) fn switch(table: &Switch, regs: &Window, a: Reg) -> Pc {
    let bits = regs[a as usize];
    match table {
        Switch::Dense { low, targets, default } => {
            targets.get(bits.wrapping_sub(*low) as usize).copied().unwrap_or(*default)
        }
        Switch::Sparse { cases, default } => {
            cases.binary_search_by_key(&bits, |case| case.0).map_or(*default, |at| cases[at].1)
        }
        Switch::Wide { cases, default } => {
            let bits = wide(regs, a);
            cases.binary_search_by_key(&bits, |case| case.0).map_or(*default, |at| cases[at].1)
        }
    }
}

fn wide(regs: &Window, a: Reg) -> u128 {
    u128::from(regs[a as usize]) | u128::from(regs[a.wrapping_add(1) as usize]) << 64
}

const fn is_wide(kind: Kind) -> bool {
    matches!(kind, Kind::Int(IntType { bits: 128, .. }))
}

/// A scalar in registers as [`kiln_types::arith`] holds it.
fn get(regs: &Window, reg: Reg, kind: Kind) -> u128 {
    match kind {
        kind if is_wide(kind) => wide(regs, reg),
        Kind::Int(ty) if ty.signed => regs[reg as usize] as i64 as u128,
        _ => regs[reg as usize].into(),
    }
}

/// The operands of an operation.
fn gather(scalar: &Scalar, regs: &Window) -> [u128; 3] {
    let [a, b, c] = scalar.args;
    [get(regs, a, scalar.kind), get(regs, b, scalar.second), get(regs, c, scalar.second)]
}

/// Puts a result into registers.
fn scatter(scalar: &Scalar, regs: &mut Window, bits: u128) {
    regs[scalar.dst as usize] = bits as u64;
    if is_wide(scalar.result) {
        regs[scalar.dst.wrapping_add(1) as usize] = (bits >> 64) as u64;
    }
}

/// An operation of the table.
#[inline(never)]
pub(super) fn scalar(scalar: &Scalar, regs: &mut Window) -> Result<(), ArithError> {
    let bits = fold::scalar(scalar.op, scalar.kind, scalar.result, gather(scalar, regs))?;
    scatter(scalar, regs, bits);
    Ok(())
}

/// A scalar of any kind at a place of the arena.
#[inline(never)]
pub(super) fn read_kind(memory: &mut Memory, kind: MemKind, at: usize) -> Result<u64, Box<Fault>> {
    let value = match kind {
        MemKind::I8 => memory.read_at(at).map(|bytes| i8::from_le_bytes(bytes) as u64),
        MemKind::U8 => memory.read_at(at).map(|bytes| u8::from_le_bytes(bytes).into()),
        MemKind::I16 => memory.read_at(at).map(|bytes| i16::from_le_bytes(bytes) as u64),
        MemKind::U16 => memory.read_at(at).map(|bytes| u16::from_le_bytes(bytes).into()),
        MemKind::I32 => memory.read_at(at).map(|bytes| i32::from_le_bytes(bytes) as u64),
        MemKind::U32 => memory.read_at(at).map(|bytes| u32::from_le_bytes(bytes).into()),
        MemKind::W64 => memory.read_at(at).map(u64::from_le_bytes),
        MemKind::Bool => memory.read_at(at).map(|[byte]| byte.into()).filter(|byte: &u64| *byte <= 1),
        MemKind::Pointer => memory.read_pointer_at(at).map(|pointer| pointer.0),
    };
    value.ok_or_else(|| {
        let access = if kind == MemKind::Pointer { Access::ReadPointer } else { Access::Read };
        Box::new(memory.explain_at(access, at, kind.bytes(memory.pointer_bytes())))
    })
}

/// Writes a scalar of any kind at a place of the arena.
#[inline(never)]
pub(super) fn write_kind(memory: &mut Memory, kind: MemKind, at: usize, value: u64) -> Result<(), Box<Fault>> {
    let done = match kind {
        MemKind::I8 | MemKind::U8 | MemKind::Bool => memory.write_at(at, (value as u8).to_le_bytes()),
        MemKind::I16 | MemKind::U16 => memory.write_at(at, (value as u16).to_le_bytes()),
        MemKind::I32 | MemKind::U32 => memory.write_at(at, (value as u32).to_le_bytes()),
        MemKind::W64 => memory.write_at(at, value.to_le_bytes()),
        MemKind::Pointer => memory.write_pointer_at(at, Pointer(value)),
    };
    done.ok_or_else(|| Box::new(memory.explain_at(Access::Write, at, kind.bytes(memory.pointer_bytes()))))
}

impl MemKind {
    /// Bytes in memory, where pointers have `pointer` of them.
    pub(crate) fn bytes(self, pointer: usize) -> usize {
        match self {
            MemKind::I8 | MemKind::U8 | MemKind::Bool => 1,
            MemKind::I16 | MemKind::U16 => 2,
            MemKind::I32 | MemKind::U32 => 4,
            MemKind::W64 => 8,
            MemKind::Pointer => pointer,
        }
    }
}

/// Compares pointers. Equality of the end of one allocation and the start of another one, and the order of pointers into
/// different allocations, depend on where they lie.
#[inline(never)]
pub(super) fn compare_pointers(memory: &Memory, a: Pointer, b: Pointer, how: u8) -> Result<bool, Box<Fault>> {
    let op = COMPARISONS[how as usize];
    if a.serial() == b.serial() && a.serial() != Pointer::FAR {
        return Ok(op.holds(Some(a.offset().cmp(&b.offset()))));
    }
    if let (Some(a), Some(b)) = (memory.plain_address(a), memory.plain_address(b)) {
        return Ok(op.holds(Some(a.cmp(&b))));
    }
    let is_end = |pointer: Pointer| memory.entry(pointer).is_some_and(|entry| entry.size == pointer.offset());
    let is_start = |pointer: Pointer| pointer.has_allocation() && pointer.offset() == 0;
    let may_touch = is_end(a) && is_start(b) || is_end(b) && is_start(a);
    match op {
        CompareOp::Eq if !may_touch => Ok(false),
        CompareOp::Ne if !may_touch => Ok(true),
        _ => Err(Box::new(memory.fault(FaultKind::UnrelatedPointers, a, 0))),
    }
}

/// Comparisons by the numbers in instructions.
pub(crate) const COMPARISONS: [CompareOp; 6] =
    [CompareOp::Eq, CompareOp::Ne, CompareOp::Lt, CompareOp::Le, CompareOp::Gt, CompareOp::Ge];

#[cold]
pub(super) fn bad_read(memory: &Memory, pointer: Pointer, further: u64, size: usize) -> Exit {
    Exit::Fault(Box::new(memory.explain(Access::Read, pointer, further, size as u64, size as u32)))
}

#[cold]
pub(super) fn bad_write(memory: &Memory, pointer: Pointer, further: u64, size: usize) -> Exit {
    Exit::Fault(Box::new(memory.explain(Access::Write, pointer, further, size as u64, size as u32)))
}

#[cold]
pub(super) fn bad_read_pointer(memory: &Memory, pointer: Pointer, further: u64) -> Exit {
    let size = memory.pointer_bytes();
    Exit::Fault(Box::new(memory.explain(Access::ReadPointer, pointer, further, size as u64, size as u32)))
}

#[cold]
pub(super) fn bad_frame_read(memory: &Memory, at: usize, size: usize) -> Exit {
    Exit::Fault(Box::new(memory.explain_at(Access::Read, at, size)))
}

#[cold]
pub(super) fn bad_frame_write(memory: &Memory, at: usize, size: usize) -> Exit {
    Exit::Fault(Box::new(memory.explain_at(Access::Write, at, size)))
}

#[cold]
pub(super) fn bad_frame_pointer(memory: &Memory, at: usize) -> Exit {
    Exit::Fault(Box::new(memory.explain_at(Access::ReadPointer, at, memory.pointer_bytes())))
}

#[cold]
pub(super) fn bad_call(memory: &Memory, target: Pointer) -> Exit {
    let kind = match target.serial() {
        Pointer::PLAIN if target.offset() == 0 => FaultKind::Null,
        Pointer::PLAIN | Pointer::FAR => FaultKind::NoAllocation,
        _ => FaultKind::DataAsFunction,
    };
    Exit::Fault(Box::new(memory.fault(kind, target, 0)))
}

#[cold]
pub(super) fn bad_char(memory: &Memory, is_cast: bool) -> Exit {
    if is_cast {
        return Exit::Arith(ArithError::CastOverflow);
    }
    Exit::Fault(Box::new(memory.fault(FaultKind::InvalidValue, Pointer(0), 4)))
}
