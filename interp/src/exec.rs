//! The loop that executes bytecode.
//!
//! What an instruction computes is in [`ops`]; this file only connects it with registers, memory and control. The one
//! long function of the crate is here: one line an instruction.

mod ops;
pub(crate) use ops::{COMPARISONS, PANICS};

mod bulk;

#[cfg(test)]
mod tests;

use crate::code::Code;
use crate::memory::Pointer;
use crate::op::{BOUND_IN_REGISTER, Op};
use crate::state::{Exit, Frame, State, Window};
use kiln_air::Panic;
use kiln_types::arith::{ArithError, F32, F64, FloatOp, FloatUnary};
use std::rc::Rc;

/// The bytecode of all functions that have some, by their numbers.
pub(crate) type Codes = [Option<Rc<Code>>];

/// What stands behind the last instruction, if it were not one that goes on elsewhere. Looking it up costs less than a branch.
static PAST_THE_END: Op = Op::Unreachable {};

/// Executes until something stops it.
///
/// Steps are counted where control is transferred: at any time as many instructions were executed as `spent + pc` says,
/// so a transfer only moves the difference of positions into `spent`.
#[allow(clippy::cognitive_complexity, clippy::too_many_lines)]
pub(crate) fn run(state: &mut State, codes: &Codes) -> Exit {
    let State { registers, callers, current, memory, consts, steps, pause_at, max_depth } = state;
    let pause_at = *pause_at;
    let mut code: &Code = match codes.get(current.func as usize) {
        Some(Some(code)) => code,
        _ => return Exit::Call { func: current.func, base: 0 },
    };
    // What calls and returns alone need stays in `current`: the fewer variables live here, the more of them are in registers.
    let mut ops: &[Op] = &code.ops;
    let (mut pc, mut frame) = (current.pc as usize, current.memory as usize);
    let mut spent = *steps - pc as i64;
    let mut regs: &mut Window = State::window(registers, current.base as usize);

    macro_rules! r {
        ($reg:expr) => {
            regs[$reg as usize]
        };
    }
    // Leaves the loop; the instruction was not executed and is the one to go on with.
    macro_rules! leave {
        ($exit:expr) => {{
            pc -= 1;
            break $exit;
        }};
    }
    macro_rules! jump {
        ($to:expr) => {{
            let to = $to as usize;
            spent += pc as i64 - to as i64;
            pc = to;
            if spent >= pause_at {
                break Exit::Paused;
            }
        }};
    }
    macro_rules! branch {
        ($cond:expr, $to:expr) => {
            if $cond {
                jump!($to)
            }
        };
    }
    // A result that may overflow.
    macro_rules! checked {
        ($dst:expr, $value:expr) => {
            match $value {
                Some(value) => r!($dst) = value,
                None => leave!(Exit::Arith(ArithError::Overflow)),
            }
        };
    }
    // A result that may be any arithmetic error.
    macro_rules! arith {
        ($dst:expr, $value:expr) => {
            match $value {
                Ok(value) => r!($dst) = value,
                Err(error) => leave!(Exit::Arith(error)),
            }
        };
    }
    // The result of the first of two joined operations.
    macro_rules! first {
        ($value:expr) => {
            match $value {
                Some(value) => value,
                None => leave!(Exit::ArithFirst(ArithError::Overflow)),
            }
        };
    }
    macro_rules! f64_op {
        ($dst:expr, $op:ident, $a:expr, $b:expr) => {
            r!($dst) = F64::binary(FloatOp::$op, r!($a), r!($b))
        };
    }
    macro_rules! f32_op {
        ($dst:expr, $op:ident, $a:expr, $b:expr) => {
            r!($dst) = F32::binary(FloatOp::$op, r!($a) as u32, r!($b) as u32).into()
        };
    }
    // Memory of the frame.
    macro_rules! frame_load {
        ($ty:ident, $wide:ident, $dst:expr, $at:expr) => {{
            let at = $at;
            match memory.read_at(at) {
                Some(bytes) => r!($dst) = $ty::from_le_bytes(bytes) as $wide as u64,
                None => leave!(ops::bad_frame_read(memory, at, size_of::<$ty>())),
            }
        }};
    }
    macro_rules! frame_store {
        ($ty:ident, $a:expr, $at:expr) => {{
            let at = $at;
            if memory.write_at(at, (r!($a) as $ty).to_le_bytes()).is_none() {
                leave!(ops::bad_frame_write(memory, at, size_of::<$ty>()))
            }
        }};
    }
    macro_rules! at {
        ($offset:expr) => {
            frame + $offset as usize
        };
        ($offset:expr, $index:expr, $size:expr) => {
            (frame + $offset as usize).wrapping_add((r!($index) as usize).wrapping_mul($size))
        };
    }
    // Memory behind pointers.
    macro_rules! load {
        ($ty:ident, $wide:ident, $dst:expr, $b:expr, $further:expr) => {{
            let (pointer, further) = (Pointer(r!($b)), $further);
            match memory.read(pointer, further) {
                Some(bytes) => r!($dst) = $ty::from_le_bytes(bytes) as $wide as u64,
                None => leave!(ops::bad_read(memory, pointer, further, size_of::<$ty>())),
            }
        }};
    }
    macro_rules! store {
        ($ty:ident, $a:expr, $b:expr, $further:expr) => {{
            let (pointer, further) = (Pointer(r!($b)), $further);
            if memory.write(pointer, further, (r!($a) as $ty).to_le_bytes()).is_none() {
                leave!(ops::bad_write(memory, pointer, further, size_of::<$ty>()))
            }
        }};
    }
    // Counters: reads one, and says what it is after `imm` more.
    macro_rules! counted {
        ($ty:ident, $at:expr, $imm:expr) => {{
            let at = $at;
            match memory.read_at(at) {
                Some(bytes) => match $ty::from_le_bytes(bytes).checked_add($imm.into()) {
                    Some(sum) => sum,
                    None => leave!(Exit::Arith(ArithError::Overflow)),
                },
                None => leave!(ops::bad_frame_read(memory, at, size_of::<$ty>())),
            }
        }};
        ($ty:ident, $pointer:expr, $further:expr, $imm:expr) => {{
            match memory.read($pointer, $further) {
                Some(bytes) => match $ty::from_le_bytes(bytes).checked_add($imm.into()) {
                    Some(sum) => sum,
                    None => leave!(Exit::Arith(ArithError::Overflow)),
                },
                None => leave!(ops::bad_read(memory, $pointer, $further, size_of::<$ty>())),
            }
        }};
    }
    macro_rules! frame_bump {
        ($ty:ident, $wide:ident, $dst:expr, $at:expr, $imm:expr) => {{
            let sum = counted!($ty, $at, $imm);
            r!($dst) = sum as $wide as u64;
            if memory.write_at($at, sum.to_le_bytes()).is_none() {
                leave!(ops::bad_frame_write(memory, $at, size_of::<$ty>()))
            }
        }};
    }
    macro_rules! bump {
        ($ty:ident, $wide:ident, $dst:expr, $b:expr, $further:expr, $imm:expr) => {{
            let (pointer, further) = (Pointer(r!($b)), u64::from($further));
            let sum = counted!($ty, pointer, further, $imm);
            if memory.write(pointer, further, sum.to_le_bytes()).is_none() {
                leave!(ops::bad_write(memory, pointer, further, size_of::<$ty>()))
            }
            r!($dst) = sum as $wide as u64;
        }};
    }
    macro_rules! further {
        ($offset:expr) => {
            u64::from($offset)
        };
        ($offset:expr, $index:expr, $size:expr) => {
            ops::element(r!($index), $size, $offset)
        };
    }
    // Bounds of elements that are accessed at once.
    macro_rules! bound {
        ($index:expr, $bound:expr) => {
            let bound = if $bound & BOUND_IN_REGISTER != 0 { r!($bound as u8) } else { $bound.into() };
            if r!($index) >= bound {
                leave!(Exit::Panic(Panic::OutOfBounds))
            }
        };
    }
    macro_rules! range {
        ($index:expr, $range:expr) => {{
            let (offset, bound) = code.tables.ranges[$range as usize];
            if r!($index) >= u64::from(bound) {
                leave!(Exit::Panic(Panic::OutOfBounds))
            }
            offset
        }};
    }
    macro_rules! enter {
        ($func:expr, $base:expr, $leave:expr) => {{
            let callee: u32 = $func;
            let Some(Some(next)) = codes.get(callee as usize) else { leave!($leave(callee)) };
            if callers.len() >= *max_depth {
                leave!(Exit::Depth)
            }
            let mut mark = current.mark;
            let mut new_frame = 0;
            if next.frame_bytes != 0 {
                match memory.push_frame(next.frame_bytes) {
                    Ok(pushed) => (new_frame, mark) = pushed,
                    Err(_) => leave!(Exit::OutOfMemory),
                }
            }
            let base = current.base + u32::from($base);
            callers.push(Frame { pc: pc as u32, memory: frame as u32, ..*current });
            State::reserve(registers, base as usize, next.extra_slots as usize);
            spent += pc as i64;
            *current = Frame { func: callee, pc: 0, base, memory: 0, mark };
            (code, ops, pc, frame) = (next, &next.ops, 0, new_frame);
            regs = State::window(registers, base as usize);
            if spent >= pause_at {
                break Exit::Paused;
            }
        }};
    }
    macro_rules! give_back {
        () => {{
            if code.frame_bytes != 0 {
                memory.pop_frame(current.mark);
            }
            let Some(caller) = callers.pop() else { break Exit::Returned };
            spent += pc as i64 - i64::from(caller.pc);
            *current = caller;
            (pc, frame) = (caller.pc as usize, caller.memory as usize);
            code = codes[caller.func as usize].as_deref().expect("a caller was executed, so it has bytecode");
            ops = &code.ops;
            regs = State::window(registers, caller.base as usize);
        }};
    }

    let exit = loop {
        let at = pc;
        pc += 1;
        match *ops.get(at).unwrap_or(&PAST_THE_END) {
            Op::Jump { to } => jump!(to),
            Op::BrTrue { a, to } => branch!(r!(a) != 0, to),
            Op::BrFalse { a, to } => branch!(r!(a) == 0, to),
            Op::BrEq { a, b, to } => branch!(r!(a) == r!(b), to),
            Op::BrNe { a, b, to } => branch!(r!(a) != r!(b), to),
            Op::BrLtS { a, b, to } => branch!((r!(a) as i64) < r!(b) as i64, to),
            Op::BrLeS { a, b, to } => branch!(r!(a) as i64 <= r!(b) as i64, to),
            Op::BrLtU { a, b, to } => branch!(r!(a) < r!(b), to),
            Op::BrLeU { a, b, to } => branch!(r!(a) <= r!(b), to),
            Op::BrEqImm { a, imm, to } => branch!(r!(a) == imm as i64 as u64, to),
            Op::BrNeImm { a, imm, to } => branch!(r!(a) != imm as i64 as u64, to),
            Op::BrLtSImm { a, imm, to } => branch!((r!(a) as i64) < i64::from(imm), to),
            Op::BrGeSImm { a, imm, to } => branch!(r!(a) as i64 >= i64::from(imm), to),
            Op::BrLtUImm { a, imm, to } => branch!(r!(a) < u64::from(imm), to),
            Op::BrGeUImm { a, imm, to } => branch!(r!(a) >= u64::from(imm), to),
            Op::StepLtI32 { a, b, step, to } => {
                r!(a) = (r!(a) as i32).wrapping_add(step.into()) as i64 as u64;
                branch!((r!(a) as i64) < r!(b) as i64, to);
            }
            Op::StepLtI64 { a, b, step, to } => {
                r!(a) = r!(a).wrapping_add(step as i64 as u64);
                branch!((r!(a) as i64) < r!(b) as i64, to);
            }
            Op::StepLtU32 { a, b, step, to } => {
                r!(a) = (r!(a) as u32).wrapping_add(step as u32).into();
                branch!(r!(a) < r!(b), to);
            }
            Op::StepLtU64 { a, b, step, to } => {
                r!(a) = r!(a).wrapping_add(step as i64 as u64);
                branch!(r!(a) < r!(b), to);
            }
            Op::CheckedStepLtI32 { a, b, step, to } => {
                checked!(a, ops::add_i32(r!(a), step as u64));
                branch!((r!(a) as i64) < r!(b) as i64, to);
            }
            Op::CheckedStepLtI64 { a, b, step, to } => {
                checked!(a, ops::add_i64(r!(a), step as u64));
                branch!((r!(a) as i64) < r!(b) as i64, to);
            }
            Op::CheckedStepLtU32 { a, b, step, to } => {
                checked!(a, ops::add_u32(r!(a), step as u64));
                branch!(r!(a) < r!(b), to);
            }
            Op::CheckedStepLtU64 { a, b, step, to } => {
                checked!(a, r!(a).checked_add(step as u64));
                branch!(r!(a) < r!(b), to);
            }
            Op::AddLtU64 { a, b, c, to } => {
                checked!(a, r!(a).checked_add(r!(b)));
                branch!(r!(a) < r!(c), to);
            }
            Op::Switch { a, table } => {
                let to = ops::switch(&code.tables.switches[table as usize], regs, a);
                jump!(to)
            }
            Op::Call { base: at, func: callee } => {
                enter!(callee, at, |callee| Exit::Call { func: callee, base: at });
            }
            Op::MoveCall { base: at, into, a, func: callee } => {
                r!(into) = r!(a);
                enter!(callee, at, |callee| Exit::Call { func: callee, base: at });
            }
            Op::CallPointer { base: at, a } => {
                let target = Pointer(r!(a));
                if target.serial() != Pointer::FUNCTION {
                    leave!(ops::bad_call(memory, target));
                }
                enter!(target.offset(), at, |callee| Exit::Call { func: callee, base: at });
            }
            Op::Ret {} => give_back!(),
            Op::RetReg { a } => {
                regs[0] = r!(a);
                give_back!()
            }
            Op::RetPair { a } => {
                (regs[0], regs[1]) = (r!(a), r!(a.wrapping_add(1)));
                give_back!()
            }
            Op::RetMem { offset } => {
                regs[0] = at!(offset) as u64;
                give_back!()
            }
            Op::Panic { reason } => leave!(Exit::Panic(PANICS[reason as usize])),
            Op::PanicText { a } => leave!(Exit::PanicText(Pointer(r!(a)), r!(a.wrapping_add(1)))),
            Op::Unreachable {} => leave!(Exit::Unreachable),
            Op::CheckBounds { a, b } => {
                if r!(a) >= r!(b) {
                    leave!(Exit::Panic(Panic::OutOfBounds))
                }
            }
            Op::CheckBoundsImm { a, imm } => {
                if r!(a) >= u64::from(imm) {
                    leave!(Exit::Panic(Panic::OutOfBounds))
                }
            }
            Op::CheckSlice { a, b, c } => {
                if r!(a) > r!(b) || r!(b) > r!(c) {
                    leave!(Exit::Panic(Panic::OutOfBounds))
                }
            }

            Op::Move { dst, a } => r!(dst) = r!(a),
            Op::Move2 { first, a, second, b } => {
                r!(first) = r!(a);
                r!(second) = r!(b);
            }
            Op::MovePair { dst, a } => {
                (r!(dst), r!(dst.wrapping_add(1))) = (r!(a), r!(a.wrapping_add(1)));
            }
            Op::Imm { dst, imm } => r!(dst) = imm as i64 as u64,
            Op::Const { dst, index } => r!(dst) = code.tables.consts[index as usize],
            Op::LoadSlot { dst, slot } => {
                let base = current.base as usize;
                let value = registers[base + slot as usize];
                regs = State::window(registers, base);
                r!(dst) = value;
            }
            Op::StoreSlot { a, slot } => {
                let (value, base) = (r!(a), current.base as usize);
                State::reserve(registers, base + slot as usize, 0);
                registers[base + slot as usize] = value;
                regs = State::window(registers, base);
            }

            Op::AddI32 { dst, a, b } => checked!(dst, ops::add_i32(r!(a), r!(b))),
            Op::AddI64 { dst, a, b } => checked!(dst, ops::add_i64(r!(a), r!(b))),
            Op::AddU32 { dst, a, b } => checked!(dst, ops::add_u32(r!(a), r!(b))),
            Op::AddU64 { dst, a, b } => checked!(dst, r!(a).checked_add(r!(b))),
            Op::AddS { dst, a, b, unused } => checked!(dst, ops::fit_s(r!(a).wrapping_add(r!(b)), unused)),
            Op::AddU { dst, a, b, unused } => checked!(dst, ops::fit_u(r!(a).wrapping_add(r!(b)), unused)),
            Op::SubI32 { dst, a, b } => checked!(dst, ops::sub_i32(r!(a), r!(b))),
            Op::SubI64 { dst, a, b } => checked!(dst, ops::sub_i64(r!(a), r!(b))),
            Op::SubU { dst, a, b } => checked!(dst, r!(a).checked_sub(r!(b))),
            Op::SubS { dst, a, b, unused } => checked!(dst, ops::fit_s(r!(a).wrapping_sub(r!(b)), unused)),
            Op::MulI32 { dst, a, b } => checked!(dst, ops::mul_i32(r!(a), r!(b))),
            Op::MulI64 { dst, a, b } => checked!(dst, ops::mul_i64(r!(a), r!(b))),
            Op::MulU32 { dst, a, b } => checked!(dst, ops::mul_u32(r!(a), r!(b))),
            Op::MulU64 { dst, a, b } => checked!(dst, r!(a).checked_mul(r!(b))),
            Op::MulS { dst, a, b, unused } => checked!(dst, ops::fit_s(r!(a).wrapping_mul(r!(b)), unused)),
            Op::MulU { dst, a, b, unused } => checked!(dst, ops::fit_u(r!(a).wrapping_mul(r!(b)), unused)),
            Op::AddImmI32 { dst, a, imm } => checked!(dst, ops::add_i32(r!(a), imm as u64)),
            Op::AddImmI64 { dst, a, imm } => checked!(dst, ops::add_i64(r!(a), imm as u64)),
            Op::AddImmU32 { dst, a, imm } => checked!(dst, ops::add_u32(r!(a), imm.into())),
            Op::AddImmU64 { dst, a, imm } => checked!(dst, r!(a).checked_add(imm.into())),
            Op::SubImmU { dst, a, imm } => checked!(dst, r!(a).checked_sub(imm.into())),
            Op::MulImmI32 { dst, a, imm } => checked!(dst, ops::mul_i32(r!(a), imm as u64)),
            Op::MulImmI64 { dst, a, imm } => checked!(dst, ops::mul_i64(r!(a), imm as u64)),
            Op::MulImmU32 { dst, a, imm } => checked!(dst, ops::mul_u32(r!(a), imm.into())),
            Op::MulImmU64 { dst, a, imm } => checked!(dst, r!(a).checked_mul(imm.into())),
            Op::MulAddU64 { dst, a, b, imm } => {
                let product = first!(r!(a).checked_mul(imm.into()));
                checked!(dst, product.checked_add(r!(b)));
            }
            Op::MulAddImmU64 { dst, a, times, imm } => {
                let product = first!(r!(a).checked_mul(times.into()));
                checked!(dst, product.checked_add(imm.into()));
            }
            Op::DivS { dst, a, b, unused } => arith!(dst, ops::div_s(r!(a), r!(b), unused)),
            Op::DivU { dst, a, b } => arith!(dst, ops::div_u(r!(a), r!(b))),
            Op::RemS { dst, a, b, unused } => arith!(dst, ops::rem_s(r!(a), r!(b), unused)),
            Op::RemU { dst, a, b } => arith!(dst, ops::rem_u(r!(a), r!(b))),
            Op::DivImmS { dst, a, imm } => arith!(dst, ops::div_s(r!(a), imm as u64, 0)),
            Op::DivImmU { dst, a, imm } => arith!(dst, ops::div_u(r!(a), imm.into())),
            Op::RemImmS { dst, a, imm } => arith!(dst, ops::rem_s(r!(a), imm as u64, 0)),
            Op::RemImmU { dst, a, imm } => arith!(dst, ops::rem_u(r!(a), imm.into())),
            Op::NegS { dst, a, unused } => checked!(dst, ops::fit_s_of((r!(a) as i64).checked_neg(), unused)),
            Op::NegU { dst, a } => checked!(dst, 0u64.checked_sub(r!(a))),
            Op::ShlS { dst, a, b, unused } => {
                arith!(dst, ops::amount(r!(b), unused).map(|by| ops::shl_s(r!(a), by, unused)))
            }
            Op::ShlU { dst, a, b, unused } => {
                arith!(dst, ops::amount(r!(b), unused).map(|by| ops::shl_u(r!(a), by, unused)))
            }
            Op::ShrS { dst, a, b, unused } => arith!(dst, ops::amount(r!(b), unused).map(|by| ops::shr_s(r!(a), by))),
            Op::ShrU { dst, a, b, unused } => arith!(dst, ops::amount(r!(b), unused).map(|by| r!(a) >> by)),

            Op::WAdd { dst, a, b } => r!(dst) = r!(a).wrapping_add(r!(b)),
            Op::WSub { dst, a, b } => r!(dst) = r!(a).wrapping_sub(r!(b)),
            Op::WMul { dst, a, b } => r!(dst) = r!(a).wrapping_mul(r!(b)),
            Op::WAddU32 { dst, a, b } => r!(dst) = (r!(a) as u32).wrapping_add(r!(b) as u32).into(),
            Op::WSubU32 { dst, a, b } => r!(dst) = (r!(a) as u32).wrapping_sub(r!(b) as u32).into(),
            Op::WMulU32 { dst, a, b } => r!(dst) = (r!(a) as u32).wrapping_mul(r!(b) as u32).into(),
            Op::WAddImm { dst, a, imm } => r!(dst) = r!(a).wrapping_add(imm as i64 as u64),
            Op::WAddImmI32 { dst, a, imm } => r!(dst) = (r!(a) as i32).wrapping_add(imm) as i64 as u64,
            Op::WAddImmU32 { dst, a, imm } => r!(dst) = (r!(a) as u32).wrapping_add(imm as u32).into(),
            Op::WMulImmU32 { dst, a, imm } => r!(dst) = (r!(a) as u32).wrapping_mul(imm).into(),
            Op::WDivS { dst, a, b, unused } => arith!(dst, ops::wrapping_div_s(r!(a), r!(b), unused)),
            Op::WRemS { dst, a, b } => arith!(dst, ops::wrapping_rem_s(r!(a), r!(b))),
            Op::WShlS { dst, a, b, unused } => r!(dst) = ops::shl_s(r!(a), ops::modulo(r!(b), unused), unused),
            Op::WShlU { dst, a, b, unused } => r!(dst) = ops::shl_u(r!(a), ops::modulo(r!(b), unused), unused),
            Op::WShrS { dst, a, b, unused } => r!(dst) = ops::shr_s(r!(a), ops::modulo(r!(b), unused)),
            Op::WShrU { dst, a, b, unused } => r!(dst) = r!(a) >> ops::modulo(r!(b), unused),
            Op::ShlImmS { dst, a, amount, unused } => r!(dst) = ops::shl_s(r!(a), amount.into(), unused),
            Op::ShlImmU { dst, a, amount, unused } => r!(dst) = ops::shl_u(r!(a), amount.into(), unused),
            Op::ShrImmS { dst, a, amount } => r!(dst) = ops::shr_s(r!(a), amount.into()),
            Op::ShrImmU { dst, a, amount } => r!(dst) = r!(a) >> (amount & 63),
            Op::RotLU32 { dst, a, b } => r!(dst) = (r!(a) as u32).rotate_left(r!(b) as u32 & 31).into(),
            Op::RotRU32 { dst, a, b } => r!(dst) = (r!(a) as u32).rotate_right(r!(b) as u32 & 31).into(),
            Op::RotLImmU32 { dst, a, amount } => r!(dst) = (r!(a) as u32).rotate_left(amount.into()).into(),
            Op::RotXorU32 { dst, a, b, amount } => {
                r!(dst) = u64::from((r!(a) as u32).rotate_left(amount.into())) ^ r!(b);
            }
            Op::ShrXorU { dst, a, b, amount } => r!(dst) = (r!(a) >> (amount & 63)) ^ r!(b),
            Op::ShlOrU { dst, a, b, amount, unused } => r!(dst) = ops::shl_u(r!(a), amount.into(), unused) | r!(b),
            Op::AndNot { dst, a, b } => r!(dst) = r!(a) & !r!(b),
            Op::AndXor { dst, a, b, c } => r!(dst) = r!(a) & r!(b) ^ r!(c),
            Op::Xor3 { dst, a, b, c } => r!(dst) = r!(a) ^ r!(b) ^ r!(c),
            Op::WAdd3U32 { dst, a, b, c } => {
                r!(dst) = (r!(a) as u32).wrapping_add(r!(b) as u32).wrapping_add(r!(c) as u32).into();
            }
            Op::And { dst, a, b } => r!(dst) = r!(a) & r!(b),
            Op::Or { dst, a, b } => r!(dst) = r!(a) | r!(b),
            Op::Xor { dst, a, b } => r!(dst) = r!(a) ^ r!(b),
            Op::AndImm { dst, a, imm } => r!(dst) = r!(a) & imm as i64 as u64,
            Op::OrImm { dst, a, imm } => r!(dst) = r!(a) | imm as i64 as u64,
            Op::XorImm { dst, a, imm } => r!(dst) = r!(a) ^ imm as i64 as u64,
            Op::Not { dst, a } => r!(dst) = !r!(a),
            Op::NotU { dst, a, unused } => r!(dst) = ops::extend_u(!r!(a), unused),
            Op::ExtS { dst, a, unused } => r!(dst) = ops::extend_s(r!(a), unused),
            Op::ExtU { dst, a, unused } => r!(dst) = ops::extend_u(r!(a), unused),
            Op::NarrowS { dst, a, unused } => {
                let Some(value) = ops::fit_s(r!(a), unused) else { leave!(Exit::Arith(ArithError::CastOverflow)) };
                r!(dst) = value;
            }
            Op::NarrowU { dst, a, bits } => {
                if r!(a) >> (bits & 63) != 0 {
                    leave!(Exit::Arith(ArithError::CastOverflow))
                }
                r!(dst) = r!(a);
            }
            Op::CheckChar { a, is_cast } => {
                if !ops::is_char(r!(a)) {
                    leave!(ops::bad_char(memory, is_cast != 0))
                }
            }

            Op::Eq { dst, a, b } => r!(dst) = (r!(a) == r!(b)).into(),
            Op::Ne { dst, a, b } => r!(dst) = (r!(a) != r!(b)).into(),
            Op::LtS { dst, a, b } => r!(dst) = ((r!(a) as i64) < r!(b) as i64).into(),
            Op::LeS { dst, a, b } => r!(dst) = (r!(a) as i64 <= r!(b) as i64).into(),
            Op::LtU { dst, a, b } => r!(dst) = (r!(a) < r!(b)).into(),
            Op::LeU { dst, a, b } => r!(dst) = (r!(a) <= r!(b)).into(),
            Op::EqImm { dst, a, imm } => r!(dst) = (r!(a) == imm as i64 as u64).into(),
            Op::NeImm { dst, a, imm } => r!(dst) = (r!(a) != imm as i64 as u64).into(),
            Op::LtSImm { dst, a, imm } => r!(dst) = ((r!(a) as i64) < i64::from(imm)).into(),
            Op::GeSImm { dst, a, imm } => r!(dst) = (r!(a) as i64 >= i64::from(imm)).into(),
            Op::LtUImm { dst, a, imm } => r!(dst) = (r!(a) < u64::from(imm)).into(),
            Op::GeUImm { dst, a, imm } => r!(dst) = (r!(a) >= u64::from(imm)).into(),
            Op::ComparePointers { dst, a, b, how } => {
                match ops::compare_pointers(memory, Pointer(r!(a)), Pointer(r!(b)), how) {
                    Ok(holds) => r!(dst) = holds.into(),
                    Err(fault) => leave!(Exit::Fault(fault)),
                }
            }

            Op::AddF64 { dst, a, b } => f64_op!(dst, Add, a, b),
            Op::SubF64 { dst, a, b } => f64_op!(dst, Sub, a, b),
            Op::MulF64 { dst, a, b } => f64_op!(dst, Mul, a, b),
            Op::DivF64 { dst, a, b } => f64_op!(dst, Div, a, b),
            Op::AddF32 { dst, a, b } => f32_op!(dst, Add, a, b),
            Op::SubF32 { dst, a, b } => f32_op!(dst, Sub, a, b),
            Op::MulF32 { dst, a, b } => f32_op!(dst, Mul, a, b),
            Op::DivF32 { dst, a, b } => f32_op!(dst, Div, a, b),
            Op::NegF64 { dst, a } => r!(dst) = F64::unary(FloatUnary::Neg, r!(a)),
            Op::SqrtF64 { dst, a } => r!(dst) = F64::unary(FloatUnary::Sqrt, r!(a)),
            Op::EqF64 { dst, a, b } => r!(dst) = (f64::from_bits(r!(a)) == f64::from_bits(r!(b))).into(),
            Op::LtF64 { dst, a, b } => r!(dst) = (f64::from_bits(r!(a)) < f64::from_bits(r!(b))).into(),
            Op::LeF64 { dst, a, b } => r!(dst) = (f64::from_bits(r!(a)) <= f64::from_bits(r!(b))).into(),
            Op::EqF32 { dst, a, b } => r!(dst) = (f32::from_bits(r!(a) as u32) == f32::from_bits(r!(b) as u32)).into(),
            Op::LtF32 { dst, a, b } => r!(dst) = (f32::from_bits(r!(a) as u32) < f32::from_bits(r!(b) as u32)).into(),
            Op::LeF32 { dst, a, b } => r!(dst) = (f32::from_bits(r!(a) as u32) <= f32::from_bits(r!(b) as u32)).into(),
            Op::I64ToF64 { dst, a } => r!(dst) = (r!(a) as i64 as f64).to_bits(),
            Op::U64ToF64 { dst, a } => r!(dst) = (r!(a) as f64).to_bits(),

            Op::Scalar { index } => {
                if let Err(error) = ops::scalar(&code.tables.scalars[index as usize], regs) {
                    leave!(Exit::Arith(error))
                }
            }

            Op::FrameI8 { dst, offset } => frame_load!(i8, i64, dst, at!(offset)),
            Op::FrameU8 { dst, offset } => frame_load!(u8, u64, dst, at!(offset)),
            Op::FrameI16 { dst, offset } => frame_load!(i16, i64, dst, at!(offset)),
            Op::FrameU16 { dst, offset } => frame_load!(u16, u64, dst, at!(offset)),
            Op::FrameI32 { dst, offset } => frame_load!(i32, i64, dst, at!(offset)),
            Op::FrameU32 { dst, offset } => frame_load!(u32, u64, dst, at!(offset)),
            Op::FrameW64 { dst, offset } => frame_load!(u64, u64, dst, at!(offset)),
            Op::FrameBool { dst, offset } => match memory.read_at::<1>(at!(offset)) {
                Some([byte @ 0..=1]) => r!(dst) = byte.into(),
                _ => leave!(ops::bad_frame_read(memory, at!(offset), 1)),
            },
            Op::FramePointer { dst, offset } => match memory.read_pointer_at(at!(offset)) {
                Some(pointer) => r!(dst) = pointer.0,
                None => leave!(ops::bad_frame_pointer(memory, at!(offset))),
            },
            Op::SetFrame8 { a, offset } => frame_store!(u8, a, at!(offset)),
            Op::SetFrame16 { a, offset } => frame_store!(u16, a, at!(offset)),
            Op::SetFrame32 { a, offset } => frame_store!(u32, a, at!(offset)),
            Op::SetFrame64 { a, offset } => frame_store!(u64, a, at!(offset)),
            Op::SetFramePointer { a, offset } => {
                if memory.write_pointer_at(at!(offset), Pointer(r!(a))).is_none() {
                    leave!(ops::bad_frame_pointer(memory, at!(offset)))
                }
            }
            Op::FrameAtI8 { dst, b, offset } => frame_load!(i8, i64, dst, at!(offset, b, 1)),
            Op::FrameAtU8 { dst, b, offset } => frame_load!(u8, u64, dst, at!(offset, b, 1)),
            Op::FrameAtI16 { dst, b, offset } => frame_load!(i16, i64, dst, at!(offset, b, 2)),
            Op::FrameAtU16 { dst, b, offset } => frame_load!(u16, u64, dst, at!(offset, b, 2)),
            Op::FrameAtI32 { dst, b, offset } => frame_load!(i32, i64, dst, at!(offset, b, 4)),
            Op::FrameAtU32 { dst, b, offset } => frame_load!(u32, u64, dst, at!(offset, b, 4)),
            Op::FrameAtW64 { dst, b, offset } => frame_load!(u64, u64, dst, at!(offset, b, 8)),
            Op::FrameAtBool { dst, b, offset } => match memory.read_at::<1>(at!(offset, b, 1)) {
                Some([byte @ 0..=1]) => r!(dst) = byte.into(),
                _ => leave!(ops::bad_frame_read(memory, at!(offset, b, 1), 1)),
            },
            Op::SetFrameAt8 { a, b, offset } => frame_store!(u8, a, at!(offset, b, 1)),
            Op::SetFrameAt16 { a, b, offset } => frame_store!(u16, a, at!(offset, b, 2)),
            Op::SetFrameAt32 { a, b, offset } => frame_store!(u32, a, at!(offset, b, 4)),
            Op::SetFrameAt64 { a, b, offset } => frame_store!(u64, a, at!(offset, b, 8)),
            Op::FrameBytes { dst, b, kind, offset } => match ops::read_kind(memory, kind, at!(offset, b, 1)) {
                Ok(value) => r!(dst) = value,
                Err(fault) => leave!(Exit::Fault(fault)),
            },
            Op::SetFrameBytes { a, b, kind, offset } => {
                if let Err(fault) = ops::write_kind(memory, kind, at!(offset, b, 1), r!(a)) {
                    leave!(Exit::Fault(fault))
                }
            }

            Op::FrameAddI32 { dst, imm, offset } => r!(dst) = counted!(i32, at!(offset), imm) as i64 as u64,
            Op::FrameAddU64 { dst, imm, offset } => r!(dst) = counted!(u64, at!(offset), imm),
            Op::FrameBumpI32 { dst, imm, offset } => frame_bump!(i32, i64, dst, at!(offset), imm),
            Op::FrameBumpU64 { dst, imm, offset } => frame_bump!(u64, u64, dst, at!(offset), imm),
            Op::LoadAddI32 { dst, b, imm, offset } => {
                r!(dst) = counted!(i32, Pointer(r!(b)), u64::from(offset), imm) as i64 as u64;
            }
            Op::LoadAddU64 { dst, b, imm, offset } => {
                r!(dst) = counted!(u64, Pointer(r!(b)), u64::from(offset), imm);
            }
            Op::BumpI32 { dst, b, imm, offset } => bump!(i32, i64, dst, b, offset, imm),
            Op::BumpU64 { dst, b, imm, offset } => bump!(u64, u64, dst, b, offset, imm),
            Op::LoadI8 { dst, b, offset } => load!(i8, i64, dst, b, further!(offset)),
            Op::LoadU8 { dst, b, offset } => load!(u8, u64, dst, b, further!(offset)),
            Op::LoadI16 { dst, b, offset } => load!(i16, i64, dst, b, further!(offset)),
            Op::LoadU16 { dst, b, offset } => load!(u16, u64, dst, b, further!(offset)),
            Op::LoadI32 { dst, b, offset } => load!(i32, i64, dst, b, further!(offset)),
            Op::LoadU32 { dst, b, offset } => load!(u32, u64, dst, b, further!(offset)),
            Op::LoadW64 { dst, b, offset } => load!(u64, u64, dst, b, further!(offset)),
            Op::LoadBool { dst, b, offset } => match memory.read::<1>(Pointer(r!(b)), further!(offset)) {
                Some([byte @ 0..=1]) => r!(dst) = byte.into(),
                _ => leave!(ops::bad_read(memory, Pointer(r!(b)), further!(offset), 1)),
            },
            Op::LoadPointer { dst, b, offset } => match memory.read_pointer(Pointer(r!(b)), further!(offset)) {
                Some(pointer) => r!(dst) = pointer.0,
                None => leave!(ops::bad_read_pointer(memory, Pointer(r!(b)), further!(offset))),
            },
            Op::Store8 { a, b, offset } => store!(u8, a, b, further!(offset)),
            Op::Store16 { a, b, offset } => store!(u16, a, b, further!(offset)),
            Op::Store32 { a, b, offset } => store!(u32, a, b, further!(offset)),
            Op::Store64 { a, b, offset } => store!(u64, a, b, further!(offset)),
            Op::StorePointer { a, b, offset } => {
                if memory.write_pointer(Pointer(r!(b)), further!(offset), Pointer(r!(a))).is_none() {
                    leave!(ops::bad_write(memory, Pointer(r!(b)), further!(offset), memory.pointer_bytes()))
                }
            }
            Op::LoadAtI8 { dst, b, c, offset } => load!(i8, i64, dst, b, further!(offset, c, 1)),
            Op::LoadAtU8 { dst, b, c, offset } => load!(u8, u64, dst, b, further!(offset, c, 1)),
            Op::LoadAtI16 { dst, b, c, offset } => load!(i16, i64, dst, b, further!(offset, c, 2)),
            Op::LoadAtU16 { dst, b, c, offset } => load!(u16, u64, dst, b, further!(offset, c, 2)),
            Op::LoadAtI32 { dst, b, c, offset } => load!(i32, i64, dst, b, further!(offset, c, 4)),
            Op::LoadAtU32 { dst, b, c, offset } => load!(u32, u64, dst, b, further!(offset, c, 4)),
            Op::LoadAtW64 { dst, b, c, offset } => load!(u64, u64, dst, b, further!(offset, c, 8)),
            Op::LoadAtBool { dst, b, c, offset } => match memory.read::<1>(Pointer(r!(b)), further!(offset, c, 1)) {
                Some([byte @ 0..=1]) => r!(dst) = byte.into(),
                _ => leave!(ops::bad_read(memory, Pointer(r!(b)), further!(offset, c, 1), 1)),
            },
            Op::StoreAt8 { a, b, c, offset } => store!(u8, a, b, further!(offset, c, 1)),
            Op::StoreAt16 { a, b, c, offset } => store!(u16, a, b, further!(offset, c, 2)),
            Op::StoreAt32 { a, b, c, offset } => store!(u32, a, b, further!(offset, c, 4)),
            Op::StoreAt64 { a, b, c, offset } => store!(u64, a, b, further!(offset, c, 8)),

            Op::CheckedLoadAtU8 { dst, b, c, bound } => {
                bound!(c, bound);
                load!(u8, u64, dst, b, further!(0u32, c, 1));
            }
            Op::CheckedLoadAtI32 { dst, b, c, bound } => {
                bound!(c, bound);
                load!(i32, i64, dst, b, further!(0u32, c, 4));
            }
            Op::CheckedLoadAtU32 { dst, b, c, bound } => {
                bound!(c, bound);
                load!(u32, u64, dst, b, further!(0u32, c, 4));
            }
            Op::CheckedLoadAtW64 { dst, b, c, bound } => {
                bound!(c, bound);
                load!(u64, u64, dst, b, further!(0u32, c, 8));
            }
            Op::CheckedLoadAtBool { dst, b, c, bound } => {
                bound!(c, bound);
                match memory.read::<1>(Pointer(r!(b)), further!(0u32, c, 1)) {
                    Some([byte @ 0..=1]) => r!(dst) = byte.into(),
                    _ => leave!(ops::bad_read(memory, Pointer(r!(b)), further!(0u32, c, 1), 1)),
                }
            }
            Op::CheckedStoreAt8 { a, b, c, bound } => {
                bound!(c, bound);
                store!(u8, a, b, further!(0u32, c, 1));
            }
            Op::CheckedStoreAt32 { a, b, c, bound } => {
                bound!(c, bound);
                store!(u32, a, b, further!(0u32, c, 4));
            }
            Op::CheckedStoreAt64 { a, b, c, bound } => {
                bound!(c, bound);
                store!(u64, a, b, further!(0u32, c, 8));
            }
            Op::CheckedFrameAtU8 { dst, b, range } => {
                let offset = range!(b, range);
                frame_load!(u8, u64, dst, at!(offset, b, 1));
            }
            Op::CheckedFrameAtI32 { dst, b, range } => {
                let offset = range!(b, range);
                frame_load!(i32, i64, dst, at!(offset, b, 4));
            }
            Op::CheckedFrameAtU32 { dst, b, range } => {
                let offset = range!(b, range);
                frame_load!(u32, u64, dst, at!(offset, b, 4));
            }
            Op::CheckedFrameAtW64 { dst, b, range } => {
                let offset = range!(b, range);
                frame_load!(u64, u64, dst, at!(offset, b, 8));
            }
            Op::CheckedFrameAtBool { dst, b, range } => {
                let offset = range!(b, range);
                match memory.read_at::<1>(at!(offset, b, 1)) {
                    Some([byte @ 0..=1]) => r!(dst) = byte.into(),
                    _ => leave!(ops::bad_frame_read(memory, at!(offset, b, 1), 1)),
                }
            }
            Op::CheckedSetFrameAt8 { a, b, range } => {
                let offset = range!(b, range);
                frame_store!(u8, a, at!(offset, b, 1));
            }
            Op::CheckedSetFrameAt32 { a, b, range } => {
                let offset = range!(b, range);
                frame_store!(u32, a, at!(offset, b, 4));
            }
            Op::CheckedSetFrameAt64 { a, b, range } => {
                let offset = range!(b, range);
                frame_store!(u64, a, at!(offset, b, 8));
            }

            Op::AddrLocal { dst, handle, imm } => r!(dst) = memory.handle(frame, handle).wrapping_add(imm.into()),
            Op::PtrAddImm { dst, a, imm } => match ops::pointer_add(r!(a), imm.into()) {
                Some(pointer) => r!(dst) = pointer,
                None => leave!(ops::bad_read(memory, Pointer(r!(a)), imm.into(), 1)),
            },
            Op::PtrAdd { dst, a, b } => match ops::pointer_add(r!(a), r!(b)) {
                Some(pointer) => r!(dst) = pointer,
                None => leave!(ops::bad_read(memory, Pointer(r!(a)), r!(b), 1)),
            },
            Op::PtrIndex { dst, a, b, size } => match ops::pointer_add(r!(a), ops::element(r!(b), size.into(), 0)) {
                Some(pointer) => r!(dst) = pointer,
                None => leave!(ops::bad_read(memory, Pointer(r!(a)), ops::element(r!(b), size.into(), 0), 1)),
            },
            Op::PtrOffset { dst, a, b, size } => match bulk::pointer_offset(memory, Pointer(r!(a)), r!(b), size) {
                Ok(pointer) => r!(dst) = pointer.0,
                Err(fault) => leave!(Exit::Fault(fault)),
            },
            Op::FrameAddr { dst, offset } => r!(dst) = at!(offset) as u64,
            Op::ConstPointer { dst, index } => match consts.get(index as usize) {
                Some(pointer) if pointer.0 != 0 => r!(dst) = pointer.0,
                _ => leave!(Exit::Const(index)),
            },
            Op::Forget { index } => {
                let (offset, size) = code.tables.ranges[index as usize];
                memory.forget(at!(offset), size as usize);
            }
            Op::Birth { local } => bulk::birth(memory, code, frame, local),
            Op::Death { local } => bulk::death(memory, frame, local),
            Op::Enter {} => bulk::enter(memory, code, frame),
            Op::Leave {} => bulk::leave(memory, code, frame),
            Op::Copy { index } => match bulk::copy(memory, &code.tables.copies[index as usize], regs, frame) {
                Ok(cost) => spent += cost,
                Err(fault) => leave!(Exit::Fault(fault)),
            },
            Op::Repeat { index } => match bulk::repeat(memory, &code.tables.repeats[index as usize], regs, frame) {
                Ok(cost) => spent += cost,
                Err(fault) => leave!(Exit::Fault(fault)),
            },
            Op::Raw { index } => match bulk::raw(memory, &code.tables.raws[index as usize], regs, current.func, pc - 1)
            {
                Ok(cost) => spent += cost,
                Err(exit) => leave!(exit),
            },
            Op::Service { index } => leave!(Exit::Service(index)),
        }
    };
    *steps = spent + pc as i64;
    (current.pc, current.memory) = (pc as u32, frame as u32);
    exit
}
