//! Operators on two scalars: the instruction for an operator, a type and a constant operand.

use super::scalar::{is_wide, unused};
use super::{Lower, Lowered};
use crate::exec::COMPARISONS;
use crate::fold::{self, ScalarOp};
use crate::op::{Op, Reg};
use kiln_cfg::{BinOp, Operand, Overflow, Place};
use kiln_types::arith::{CompareOp, FloatFormat, Kind};
use kiln_types::{IntType, TypeKey};

use Overflow::{Checked, Wrapping};

/// What an integer operation works on.
#[derive(Clone, Copy)]
struct Ints {
    ty: IntType,
    dst: Reg,
    a: Reg,
}

impl Lower<'_> {
    pub(super) fn binary(&mut self, place: &Place, op: BinOp, a: Operand, b: Operand) -> Lowered {
        let (left, right) = (self.operand_ty(a), self.operand_ty(b));
        let target = self.open(place)?;
        let dst = target.dst;
        match (self.kind(left), fold::comparison(op)) {
            (None, Some(compare)) => self.compare_others(compare, a, b, dst)?,
            (Some(kind), Some(compare)) if !is_wide(kind) => self.compare(compare, kind, a, b, dst)?,
            (Some(Kind::Int(ty)), None) if ty.bits <= 64 && !self.kind(right).is_some_and(is_wide) => {
                self.int_binary(op, ty, a, b, dst)?;
            }
            (Some(Kind::Bool), None) => self.bitwise(op, a, b, dst)?,
            (Some(Kind::Float(format)), None) if !matches!(op, BinOp::Rem(_)) => {
                let (a, b) = (self.reg(a)?, self.reg(b)?);
                self.emit.op(float_op(op, format, dst, a, b));
            }
            (Some(kind), _) => {
                let second = self.kind(right).expect("operators have scalar operands");
                let result = self.kind(target.spot.ty).expect("operators have scalar results");
                let (a, b) = (self.regs(a, kind)?, self.regs(b, second)?);
                self.by_table(ScalarOp::Binary(op), kind, second, result, dst, [a, b, b]);
            }
            (None, None) => unreachable!("pointers and types are only compared"),
        }
        self.close(target)
    }

    /// Pointers, functions and types.
    fn compare_others(&mut self, op: CompareOp, a: Operand, b: Operand, dst: Reg) -> Lowered {
        let is_pointer = matches!(self.cx.pool.key(self.operand_ty(a)), TypeKey::Ptr { .. });
        let (a, b) = (self.reg(a)?, self.reg(b)?);
        let how = COMPARISONS.iter().position(|known| *known == op).unwrap_or(0) as u8;
        self.emit.op(match op {
            _ if is_pointer => Op::ComparePointers { dst, a, b, how },
            CompareOp::Ne => Op::Ne { dst, a, b },
            _ => Op::Eq { dst, a, b },
        });
        Ok(())
    }

    /// A comparison of scalars of at most 64 bits.
    fn compare(&mut self, op: CompareOp, kind: Kind, a: Operand, b: Operand, dst: Reg) -> Lowered {
        if let Kind::Float(format) = kind {
            let (a, b) = (self.reg(a)?, self.reg(b)?);
            for op in float_compare(op, format, dst, a, b) {
                self.emit.op(op);
            }
            return Ok(());
        }
        let signed = matches!(kind, Kind::Int(ty) if ty.signed);
        let (op, a, b) = if self.imm(a).is_some() { (swapped(op), b, a) } else { (op, a, b) };
        if let Some(imm) = self.imm(b)
            && let Some(op) = compare_imm(op, signed, dst, imm, || self.reg(a))
        {
            let op = op?;
            self.emit.op(op);
            return Ok(());
        }
        let (a, b) = (self.reg(a)?, self.reg(b)?);
        self.emit.op(match (op, signed) {
            (CompareOp::Eq, _) => Op::Eq { dst, a, b },
            (CompareOp::Ne, _) => Op::Ne { dst, a, b },
            (CompareOp::Lt, true) => Op::LtS { dst, a, b },
            (CompareOp::Lt, false) => Op::LtU { dst, a, b },
            (CompareOp::Le, true) => Op::LeS { dst, a, b },
            (CompareOp::Le, false) => Op::LeU { dst, a, b },
            (CompareOp::Gt, true) => Op::LtS { dst, a: b, b: a },
            (CompareOp::Gt, false) => Op::LtU { dst, a: b, b: a },
            (CompareOp::Ge, true) => Op::LeS { dst, a: b, b: a },
            (CompareOp::Ge, false) => Op::LeU { dst, a: b, b: a },
        });
        Ok(())
    }

    fn bitwise(&mut self, op: BinOp, a: Operand, b: Operand, dst: Reg) -> Lowered {
        let (a, b) = if self.imm(a).is_some() { (b, a) } else { (a, b) };
        if let Some(imm) = self.imm(b).and_then(|imm| i32::try_from(imm as i64).ok()) {
            let a = self.reg(a)?;
            self.emit.op(match op {
                BinOp::And => Op::AndImm { dst, a, imm },
                BinOp::Or => Op::OrImm { dst, a, imm },
                _ => Op::XorImm { dst, a, imm },
            });
            return Ok(());
        }
        let (a, b) = (self.reg(a)?, self.reg(b)?);
        self.emit.op(match op {
            BinOp::And => Op::And { dst, a, b },
            BinOp::Or => Op::Or { dst, a, b },
            _ => Op::Xor { dst, a, b },
        });
        Ok(())
    }

    /// An operation on integers of at most 64 bits.
    fn int_binary(&mut self, op: BinOp, ty: IntType, a: Operand, b: Operand, dst: Reg) -> Lowered {
        if matches!(op, BinOp::And | BinOp::Or | BinOp::Xor) {
            return self.bitwise(op, a, b, dst);
        }
        let commutes = matches!(op, BinOp::Add(_) | BinOp::Mul(_));
        let (a, b) = if commutes && self.imm(a).is_some() { (b, a) } else { (a, b) };
        let first = self.reg(a)?;
        let ints = Ints { ty, dst, a: first };
        if let Some(imm) = self.imm(b)
            && let Some(op) = immediate(op, ints, imm)
        {
            self.emit.op(op);
            return Ok(());
        }
        let b = self.reg(b)?;
        self.emit.op(registers(op, ints, b));
        let needs_extension = match op {
            BinOp::Add(Wrapping) | BinOp::Sub(Wrapping) | BinOp::Mul(Wrapping) => !matches!(ty.bits, 64) && ty != U32,
            _ => false,
        };
        if needs_extension {
            self.extend(ty, dst, dst);
        }
        Ok(())
    }
}

const U32: IntType = IntType { bits: 32, signed: false };

/// The comparison with its operands the other way round.
pub(super) fn swapped(op: CompareOp) -> CompareOp {
    match op {
        CompareOp::Lt => CompareOp::Gt,
        CompareOp::Le => CompareOp::Ge,
        CompareOp::Gt => CompareOp::Lt,
        CompareOp::Ge => CompareOp::Le,
        CompareOp::Eq | CompareOp::Ne => op,
    }
}

/// A comparison with a constant, if it fits the instruction. `a <= n` is `a < n + 1`, `a > n` is `a >= n + 1`.
fn compare_imm(
    op: CompareOp,
    signed: bool,
    dst: Reg,
    imm: u64,
    a: impl FnOnce() -> Lowered<Reg>,
) -> Option<Lowered<Op>> {
    let next = imm.wrapping_add(1);
    let (s, u) = (|imm: u64| i32::try_from(imm as i64).ok(), |imm: u64| u32::try_from(imm).ok());
    let next_s = || if imm as i64 == i64::MAX { None } else { s(next) };
    let next_u = || if imm == u64::MAX { None } else { u(next) };
    enum With {
        S(fn(Reg, Reg, i32) -> Op, i32),
        U(fn(Reg, Reg, u32) -> Op, u32),
    }
    let with = match (op, signed) {
        (CompareOp::Eq, _) => With::S(|dst, a, imm| Op::EqImm { dst, a, imm }, s(imm)?),
        (CompareOp::Ne, _) => With::S(|dst, a, imm| Op::NeImm { dst, a, imm }, s(imm)?),
        (CompareOp::Lt, true) => With::S(|dst, a, imm| Op::LtSImm { dst, a, imm }, s(imm)?),
        (CompareOp::Le, true) => With::S(|dst, a, imm| Op::LtSImm { dst, a, imm }, next_s()?),
        (CompareOp::Ge, true) => With::S(|dst, a, imm| Op::GeSImm { dst, a, imm }, s(imm)?),
        (CompareOp::Gt, true) => With::S(|dst, a, imm| Op::GeSImm { dst, a, imm }, next_s()?),
        (CompareOp::Lt, false) => With::U(|dst, a, imm| Op::LtUImm { dst, a, imm }, u(imm)?),
        (CompareOp::Le, false) => With::U(|dst, a, imm| Op::LtUImm { dst, a, imm }, next_u()?),
        (CompareOp::Ge, false) => With::U(|dst, a, imm| Op::GeUImm { dst, a, imm }, u(imm)?),
        (CompareOp::Gt, false) => With::U(|dst, a, imm| Op::GeUImm { dst, a, imm }, next_u()?),
    };
    Some(a().map(|a| match with {
        With::S(make, imm) => make(dst, a, imm),
        With::U(make, imm) => make(dst, a, imm),
    }))
}

/// The instruction for a constant right operand, if there is one.
fn immediate(op: BinOp, Ints { ty, dst, a }: Ints, bits: u64) -> Option<Op> {
    let signed = i32::try_from(bits as i64).ok();
    let minus = (bits as i64).checked_neg().and_then(|minus| i32::try_from(minus).ok());
    let unsigned = u32::try_from(bits).ok();
    let positive = signed.filter(|imm| *imm > 0);
    let not_zero = unsigned.filter(|imm| *imm != 0);
    Some(match (op, ty.signed, ty.bits) {
        (BinOp::Add(Checked), true, 32) => Op::AddImmI32 { dst, a, imm: signed? },
        (BinOp::Add(Checked), true, 64) => Op::AddImmI64 { dst, a, imm: signed? },
        (BinOp::Add(Checked), false, 32) => Op::AddImmU32 { dst, a, imm: unsigned? },
        (BinOp::Add(Checked), false, 64) => Op::AddImmU64 { dst, a, imm: unsigned? },
        (BinOp::Sub(Checked), true, 32) => Op::AddImmI32 { dst, a, imm: minus? },
        (BinOp::Sub(Checked), true, 64) => Op::AddImmI64 { dst, a, imm: minus? },
        (BinOp::Sub(Checked), false, _) => Op::SubImmU { dst, a, imm: unsigned? },
        (BinOp::Mul(Checked), true, 32) => Op::MulImmI32 { dst, a, imm: signed? },
        (BinOp::Mul(Checked), true, 64) => Op::MulImmI64 { dst, a, imm: signed? },
        (BinOp::Mul(Checked), false, 32) => Op::MulImmU32 { dst, a, imm: unsigned? },
        (BinOp::Mul(Checked), false, 64) => Op::MulImmU64 { dst, a, imm: unsigned? },
        (BinOp::Div(_), true, _) => Op::DivImmS { dst, a, imm: positive? },
        (BinOp::Div(_), false, _) => Op::DivImmU { dst, a, imm: not_zero? },
        (BinOp::Rem(_), true, _) => Op::RemImmS { dst, a, imm: positive? },
        (BinOp::Rem(_), false, _) => Op::RemImmU { dst, a, imm: not_zero? },
        (BinOp::Add(Wrapping), _, 64) => Op::WAddImm { dst, a, imm: signed? },
        (BinOp::Sub(Wrapping), _, 64) => Op::WAddImm { dst, a, imm: minus? },
        (BinOp::Add(Wrapping), true, 32) => Op::WAddImmI32 { dst, a, imm: signed? },
        (BinOp::Sub(Wrapping), true, 32) => Op::WAddImmI32 { dst, a, imm: minus? },
        (BinOp::Add(Wrapping), false, 32) => Op::WAddImmU32 { dst, a, imm: bits as u32 as i32 },
        (BinOp::Sub(Wrapping), false, 32) => Op::WAddImmU32 { dst, a, imm: (bits as u32).wrapping_neg() as i32 },
        (BinOp::Mul(Wrapping), false, 32) => Op::WMulImmU32 { dst, a, imm: unsigned? },
        (BinOp::Shl(overflow), ..) => {
            let amount = shift_amount(overflow, ty, bits)?;
            let unused = unused(ty);
            if ty.signed { Op::ShlImmS { dst, a, amount, unused } } else { Op::ShlImmU { dst, a, amount, unused } }
        }
        (BinOp::Shr(overflow), ..) => {
            let amount = shift_amount(overflow, ty, bits)?;
            if ty.signed { Op::ShrImmS { dst, a, amount } } else { Op::ShrImmU { dst, a, amount } }
        }
        _ => return None,
    })
}

/// A constant amount that is below the width, or is taken modulo it.
fn shift_amount(overflow: Overflow, ty: IntType, bits: u64) -> Option<u8> {
    match overflow {
        Wrapping => Some((bits & u64::from(ty.bits - 1)) as u8),
        Checked => (bits < u64::from(ty.bits)).then_some(bits as u8),
    }
}

/// The instruction for two registers. Wrapping results of other widths than 64 and `u32` still have to be extended.
fn registers(op: BinOp, Ints { ty, dst, a }: Ints, b: Reg) -> Op {
    let unused = unused(ty);
    match (op, ty.signed, ty.bits) {
        (BinOp::Add(Checked), true, 32) => Op::AddI32 { dst, a, b },
        (BinOp::Add(Checked), true, 64) => Op::AddI64 { dst, a, b },
        (BinOp::Add(Checked), true, _) => Op::AddS { dst, a, b, unused },
        (BinOp::Add(Checked), false, 32) => Op::AddU32 { dst, a, b },
        (BinOp::Add(Checked), false, 64) => Op::AddU64 { dst, a, b },
        (BinOp::Add(Checked), false, _) => Op::AddU { dst, a, b, unused },
        (BinOp::Sub(Checked), true, 32) => Op::SubI32 { dst, a, b },
        (BinOp::Sub(Checked), true, 64) => Op::SubI64 { dst, a, b },
        (BinOp::Sub(Checked), true, _) => Op::SubS { dst, a, b, unused },
        (BinOp::Sub(Checked), false, _) => Op::SubU { dst, a, b },
        (BinOp::Mul(Checked), true, 32) => Op::MulI32 { dst, a, b },
        (BinOp::Mul(Checked), true, 64) => Op::MulI64 { dst, a, b },
        (BinOp::Mul(Checked), true, _) => Op::MulS { dst, a, b, unused },
        (BinOp::Mul(Checked), false, 32) => Op::MulU32 { dst, a, b },
        (BinOp::Mul(Checked), false, 64) => Op::MulU64 { dst, a, b },
        (BinOp::Mul(Checked), false, _) => Op::MulU { dst, a, b, unused },
        (BinOp::Add(Wrapping), false, 32) => Op::WAddU32 { dst, a, b },
        (BinOp::Sub(Wrapping), false, 32) => Op::WSubU32 { dst, a, b },
        (BinOp::Mul(Wrapping), false, 32) => Op::WMulU32 { dst, a, b },
        (BinOp::Add(Wrapping), ..) => Op::WAdd { dst, a, b },
        (BinOp::Sub(Wrapping), ..) => Op::WSub { dst, a, b },
        (BinOp::Mul(Wrapping), ..) => Op::WMul { dst, a, b },
        (BinOp::Div(Checked), true, _) => Op::DivS { dst, a, b, unused },
        (BinOp::Div(Wrapping), true, _) => Op::WDivS { dst, a, b, unused },
        (BinOp::Div(_), false, _) => Op::DivU { dst, a, b },
        (BinOp::Rem(Checked), true, _) => Op::RemS { dst, a, b, unused },
        (BinOp::Rem(Wrapping), true, _) => Op::WRemS { dst, a, b },
        (BinOp::Rem(_), false, _) => Op::RemU { dst, a, b },
        (BinOp::Shl(Checked), true, _) => Op::ShlS { dst, a, b, unused },
        (BinOp::Shl(Checked), false, _) => Op::ShlU { dst, a, b, unused },
        (BinOp::Shl(Wrapping), true, _) => Op::WShlS { dst, a, b, unused },
        (BinOp::Shl(Wrapping), false, _) => Op::WShlU { dst, a, b, unused },
        (BinOp::Shr(Checked), true, _) => Op::ShrS { dst, a, b, unused },
        (BinOp::Shr(Checked), false, _) => Op::ShrU { dst, a, b, unused },
        (BinOp::Shr(Wrapping), true, _) => Op::WShrS { dst, a, b, unused },
        (BinOp::Shr(Wrapping), false, _) => Op::WShrU { dst, a, b, unused },
        _ => unreachable!("bitwise operators and comparisons are lowered elsewhere"),
    }
}

fn float_op(op: BinOp, format: FloatFormat, dst: Reg, a: Reg, b: Reg) -> Op {
    match (op, format) {
        (BinOp::Add(_), FloatFormat::F64) => Op::AddF64 { dst, a, b },
        (BinOp::Sub(_), FloatFormat::F64) => Op::SubF64 { dst, a, b },
        (BinOp::Mul(_), FloatFormat::F64) => Op::MulF64 { dst, a, b },
        (BinOp::Div(_), FloatFormat::F64) => Op::DivF64 { dst, a, b },
        (BinOp::Add(_), FloatFormat::F32) => Op::AddF32 { dst, a, b },
        (BinOp::Sub(_), FloatFormat::F32) => Op::SubF32 { dst, a, b },
        (BinOp::Mul(_), FloatFormat::F32) => Op::MulF32 { dst, a, b },
        (BinOp::Div(_), FloatFormat::F32) => Op::DivF32 { dst, a, b },
        _ => unreachable!("floats have no other operators"),
    }
}

fn float_compare(op: CompareOp, format: FloatFormat, dst: Reg, a: Reg, b: Reg) -> impl Iterator<Item = Op> {
    let is_wide = format == FloatFormat::F64;
    let eq = if is_wide { Op::EqF64 { dst, a, b } } else { Op::EqF32 { dst, a, b } };
    let lt = |a, b| if is_wide { Op::LtF64 { dst, a, b } } else { Op::LtF32 { dst, a, b } };
    let le = |a, b| if is_wide { Op::LeF64 { dst, a, b } } else { Op::LeF32 { dst, a, b } };
    let (first, second) = match op {
        CompareOp::Eq => (eq, None),
        CompareOp::Ne => (eq, Some(Op::XorImm { dst, a: dst, imm: 1 })),
        CompareOp::Lt => (lt(a, b), None),
        CompareOp::Le => (le(a, b), None),
        CompareOp::Gt => (lt(b, a), None),
        CompareOp::Ge => (le(b, a), None),
    };
    [Some(first), second].into_iter().flatten()
}
