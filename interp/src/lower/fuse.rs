//! Pairs of instructions that become one.
//!
//! An instruction joins the one before it when that one's result is needed nowhere else, or is set all the same. Moves join
//! at the very end, because until then one that stands alone may still be taken back.

use crate::op::{Op, Reg};

/// One instruction for two that stand behind each other. `dies` says of a register that nothing but `second` needs it.
pub(super) fn fuse(first: Op, second: Op, dies: impl Fn(Reg) -> bool) -> Option<Op> {
    if let Some(joined) = store_back(first, second) {
        return Some(joined);
    }
    let mut of_first = first;
    let t = *of_first.dst_mut()?;
    let reads = second.reads().into_iter().flatten().filter(|reg| *reg == t).count();
    if reads != 1 || !dies(t) {
        return None;
    }
    // The operand of `second` that is not `t`.
    let other = |a: Reg, b: Reg| if a == t { b } else { a };
    Some(match (first, second) {
        (Op::MulImmU64 { a, imm, .. }, Op::AddU64 { dst, a: x, b: y }) => Op::MulAddU64 { dst, a, b: other(x, y), imm },
        (Op::MulImmU64 { a, imm: times, .. }, Op::AddImmU64 { dst, imm, .. }) => {
            Op::MulAddImmU64 { dst, a, times: u8::try_from(times).ok()?, imm }
        }
        (Op::RotLImmU32 { a, amount, .. }, Op::Xor { dst, a: x, b: y }) => {
            Op::RotXorU32 { dst, a, b: other(x, y), amount }
        }
        (Op::ShrImmU { a, amount, .. }, Op::Xor { dst, a: x, b: y }) => Op::ShrXorU { dst, a, b: other(x, y), amount },
        (Op::ShlImmU { a, amount, unused, .. }, Op::Or { dst, a: x, b: y }) => {
            Op::ShlOrU { dst, a, b: other(x, y), amount, unused }
        }
        (Op::NotU { a, .. }, Op::And { dst, a: x, b: y }) => Op::AndNot { dst, a: other(x, y), b: a },
        (Op::And { a, b, .. }, Op::Xor { dst, a: x, b: y }) => Op::AndXor { dst, a, b, c: other(x, y) },
        (Op::Xor { a, b, .. }, Op::Xor { dst, a: x, b: y }) => Op::Xor3 { dst, a, b, c: other(x, y) },
        (Op::WAddU32 { a, b, .. }, Op::WAddU32 { dst, a: x, b: y }) => Op::WAdd3U32 { dst, a, b, c: other(x, y) },
        (Op::LoadW64 { b, offset, .. }, Op::AddImmU64 { dst, imm, .. }) => {
            Op::LoadAddU64 { dst, b, imm: u8::try_from(imm).ok()?, offset }
        }
        (Op::LoadI32 { b, offset, .. }, Op::AddImmI32 { dst, imm, .. }) => {
            Op::LoadAddI32 { dst, b, imm: u8::try_from(imm).ok()?, offset }
        }
        (Op::FrameW64 { offset, .. }, Op::AddImmU64 { dst, imm, .. }) => {
            Op::FrameAddU64 { dst, imm: u8::try_from(imm).ok()?, offset }
        }
        (Op::FrameI32 { offset, .. }, Op::AddImmI32 { dst, imm, .. }) => {
            Op::FrameAddI32 { dst, imm: u8::try_from(imm).ok()?, offset }
        }
        _ => return None,
    })
}

/// A counter that goes back to where it came from.
fn store_back(first: Op, second: Op) -> Option<Op> {
    Some(match (first, second) {
        (Op::LoadAddU64 { dst, b, imm, offset }, Op::Store64 { a, b: to, offset: at })
            if (dst, b, offset) == (a, to, at) && dst != b =>
        {
            Op::BumpU64 { dst, b, imm, offset }
        }
        (Op::LoadAddI32 { dst, b, imm, offset }, Op::Store32 { a, b: to, offset: at })
            if (dst, b, offset) == (a, to, at) && dst != b =>
        {
            Op::BumpI32 { dst, b, imm, offset }
        }
        (Op::FrameAddU64 { dst, imm, offset }, Op::SetFrame64 { a, offset: at }) if (dst, offset) == (a, at) => {
            Op::FrameBumpU64 { dst, imm, offset }
        }
        (Op::FrameAddI32 { dst, imm, offset }, Op::SetFrame32 { a, offset: at }) if (dst, offset) == (a, at) => {
            Op::FrameBumpI32 { dst, imm, offset }
        }
        _ => return None,
    })
}

/// Whether the first of two operations that an instruction joins can fail otherwise than the second.
pub(super) fn has_two_places(op: Op) -> bool {
    matches!(op, Op::MulAddU64 { .. } | Op::MulAddImmU64 { .. })
}

/// One instruction for a move and what follows it.
pub(super) fn fuse_move(first: Op, second: Op) -> Option<Op> {
    let Op::Move { dst, a } = first else { return None };
    match second {
        Op::Move { dst: second, a: b } => Some(Op::Move2 { first: dst, a, second, b }),
        Op::Call { base, func } => Some(Op::MoveCall { base, into: dst, a, func }),
        _ => None,
    }
}
