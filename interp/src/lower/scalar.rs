//! Operations on scalars that have no instruction of their own, and casts.

use super::{Lower, Lowered};
use crate::code::{RawOp, Scalar};
use crate::fold::ScalarOp;
use crate::op::{MemKind, Op, Reg};
use kiln_cfg::{Builtin, CastKind, Operand, Overflow, Place, UnOp};
use kiln_types::arith::{FloatFormat, Kind};
use kiln_types::{IntType, Repr, TypeId, TypeKey};

/// `u32`, the kind of rotation amounts and counts.
const U32: Kind = Kind::Int(IntType { bits: 32, signed: false });

/// How far 64 bits are from a width.
pub(super) fn unused(ty: IntType) -> u8 {
    (64 - ty.bits) as u8
}

pub(super) fn is_wide(kind: Kind) -> bool {
    matches!(kind, Kind::Int(IntType { bits: 128, .. }))
}

impl Lower<'_> {
    /// The kind of a scalar type; `None` for pointers and comptime values.
    pub(super) fn kind(&self, ty: TypeId) -> Option<Kind> {
        Kind::of(self.cx.pool, self.cx.layouts.target(), ty)
    }

    /// A scalar operand of any kind: the first of its registers.
    pub(super) fn regs(&mut self, operand: Operand, kind: Kind) -> Lowered<Reg> {
        if is_wide(kind) { self.pair(operand) } else { self.reg(operand) }
    }

    /// Any operation, by the table. The operands after the first are all of kind `second`.
    pub(super) fn by_table(&mut self, op: ScalarOp, kind: Kind, second: Kind, result: Kind, dst: Reg, args: [Reg; 3]) {
        self.emit.tables.scalars.push(Scalar { op, kind, second, result, dst, args });
        self.emit.table_op(Op::Scalar { index: self.emit.tables.scalars.len() as u32 - 1 }, dst);
    }

    pub(super) fn unary(&mut self, place: &Place, op: UnOp, a: Operand) -> Lowered {
        let kind = self.kind(self.operand_ty(a)).expect("operators have scalar operands");
        let a = self.regs(a, kind)?;
        let target = self.open(place)?;
        let dst = target.dst;
        match (op, kind) {
            (UnOp::Not, Kind::Bool) => self.emit.op(Op::XorImm { dst, a, imm: 1 }),
            (UnOp::Not, Kind::Int(ty)) if ty.bits <= 64 && ty.signed => self.emit.op(Op::Not { dst, a }),
            (UnOp::Not, Kind::Int(ty)) if ty.bits <= 64 => self.emit.op(Op::NotU { dst, a, unused: unused(ty) }),
            (UnOp::Neg(Overflow::Checked), Kind::Int(ty)) if ty.bits <= 64 && ty.signed => {
                self.emit.op(Op::NegS { dst, a, unused: unused(ty) });
            }
            (UnOp::Neg(Overflow::Checked), Kind::Int(ty)) if ty.bits <= 64 => self.emit.op(Op::NegU { dst, a }),
            (UnOp::Neg(_), Kind::Float(FloatFormat::F64)) => self.emit.op(Op::NegF64 { dst, a }),
            _ => self.by_table(ScalarOp::Unary(op), kind, kind, kind, dst, [a; 3]),
        }
        self.close(target)
    }

    pub(super) fn cast(&mut self, place: &Place, cast: CastKind, operand: Operand) -> Lowered {
        let from = self.operand_ty(operand);
        let target = self.open(place)?;
        let (to, dst) = (target.spot.ty, target.dst);
        match (cast, self.kind(from), self.kind(to)) {
            (CastKind::PtrToInt, ..) => {
                let pointer = self.reg(operand)?;
                let is_comptime = self.cx.is_comptime;
                self.raw(RawOp::PtrToInt { dst, pointer, is_comptime });
            }
            (CastKind::IntToPtr, ..) => {
                let address = self.reg(operand)?;
                self.raw(RawOp::IntToPtr { dst, address });
            }
            (CastKind::Checked, Some(Kind::Int(from)), Some(Kind::Int(to))) if from.bits <= 64 && to.bits <= 64 => {
                self.checked_int_cast(from, to, dst, operand)?;
            }
            (CastKind::Checked, Some(Kind::Bool | Kind::Char), Some(Kind::Int(to)))
                if to.bits > 32 && to.bits <= 64 =>
            {
                self.reg_into(operand, dst)?;
            }
            (CastKind::Checked, Some(Kind::Int(from)), Some(Kind::Float(FloatFormat::F64))) if from.bits <= 64 => {
                let a = self.reg(operand)?;
                self.emit.op(if from.signed { Op::I64ToF64 { dst, a } } else { Op::U64ToF64 { dst, a } });
            }
            (CastKind::Wrap, Some(Kind::Int(from)), Some(Kind::Int(to))) if from.bits <= 64 && to.bits <= 64 => {
                let a = self.reg(operand)?;
                self.extend(to, dst, a);
            }
            (_, Some(from), Some(to)) => {
                let a = self.regs(operand, from)?;
                self.by_table(ScalarOp::Cast(cast), from, from, to, dst, [a; 3]);
            }
            _ => return self.cast_pointer(from, operand, target),
        }
        self.close(target)
    }

    /// Bits between pointers, or aggregates of one size.
    fn cast_pointer(&mut self, from: TypeId, operand: Operand, target: super::assign::Target) -> Lowered {
        let is_pointer = |this: &Self, ty| matches!(this.cx.pool.key(ty), TypeKey::Ptr { .. } | TypeKey::Fn(_));
        let (to, dst) = (target.spot.ty, target.dst);
        if is_pointer(self, from) && is_pointer(self, to) {
            if matches!(self.layout(from).repr, Repr::FatPtr) {
                let a = self.pair(operand)?;
                let is_fat = matches!(self.layout(to).repr, Repr::FatPtr);
                self.emit.op(if is_fat { Op::MovePair { dst, a } } else { Op::Move { dst, a } });
            } else {
                self.reg_into(operand, dst)?;
            }
            return self.close(target);
        }
        self.cast_through_memory(from, operand, target)
    }

    /// Stores the value as the one type and loads it as the other: the frame's knowledge of bytes decides what is allowed.
    fn cast_through_memory(&mut self, from: TypeId, operand: Operand, target: super::assign::Target) -> Lowered {
        let (layout, to) = (self.layout(from), self.layout(target.spot.ty));
        if layout.size == 0 {
            return Ok(());
        }
        let offset = self.reserve(layout.size.max(to.size), layout.align.max(to.align))?;
        let at = super::place::Where::Frame { local: None, offset };
        let spot = super::place::Spot { at, ty: from, ..target.spot };
        self.store_operand(spot, operand)?;
        match to.repr {
            Repr::Memory => {
                let (dst, src) = (self.mem_ref(target.spot.at)?, self.mem_ref(at)?);
                self.copy(target.spot.ty, dst, src)
            }
            Repr::Scalar(_) | Repr::Comptime if to.size <= 8 => {
                let kind = self.mem_kind(target.spot.ty);
                self.load_scalar(kind, at, target.dst)?;
                self.close(target)
            }
            _ => {
                self.load_pair(target.spot.ty, at, target.dst)?;
                self.close(target)
            }
        }
    }

    fn checked_int_cast(&mut self, from: IntType, to: IntType, dst: Reg, operand: Operand) -> Lowered {
        let a = self.reg(operand)?;
        let value_bits = |ty: IntType| ty.bits - u16::from(ty.signed);
        let always_fits = (from.signed == to.signed || to.signed) && value_bits(to) >= value_bits(from);
        if always_fits {
            let is_last = operand.local().is_some_and(|local| self.is_last_use(local));
            self.move_to(dst, a, is_last);
        } else if from.signed && to.signed {
            self.emit.op(Op::NarrowS { dst, a, unused: unused(to) });
        } else {
            // A negative number has its highest bit set, which is above all value bits but those of `u64`.
            let bits = if from.signed { value_bits(to).min(63) } else { value_bits(to) };
            self.emit.op(Op::NarrowU { dst, a, bits: bits as u8 });
        }
        Ok(())
    }

    /// The low bits, extended as the type is.
    pub(super) fn extend(&mut self, ty: IntType, dst: Reg, a: Reg) {
        match ty {
            IntType { bits: 64, .. } => self.move_to(dst, a, false),
            IntType { signed: true, .. } => self.emit.op(Op::ExtS { dst, a, unused: unused(ty) }),
            IntType { signed: false, .. } => self.emit.op(Op::ExtU { dst, a, unused: unused(ty) }),
        }
    }

    /// A built-in function of scalars.
    pub(super) fn scalar_builtin(&mut self, place: &Place, op: Builtin, args: &[Operand]) -> Lowered {
        let kind = self.kind(self.operand_ty(args[0])).expect("these operations have scalar operands");
        let second = match op {
            Builtin::RotateLeft | Builtin::RotateRight => U32,
            _ => kind,
        };
        if let (Builtin::RotateLeft | Builtin::RotateRight, U32) = (op, kind) {
            return self.rotate(place, op, args);
        }
        let mut regs = [self.regs(args[0], kind)?; 3];
        for (index, arg) in args.iter().enumerate().skip(1) {
            regs[index] = self.regs(*arg, second)?;
        }
        let target = self.open(place)?;
        let result = self.kind(target.spot.ty).expect("these operations give scalars");
        match (op, kind) {
            (Builtin::Sqrt, Kind::Float(FloatFormat::F64)) => self.emit.op(Op::SqrtF64 { dst: target.dst, a: regs[0] }),
            _ => {
                let others = if args.len() > 1 { second } else { kind };
                self.by_table(ScalarOp::Builtin(op), kind, others, result, target.dst, regs);
            }
        }
        self.close(target)
    }

    fn rotate(&mut self, place: &Place, op: Builtin, args: &[Operand]) -> Lowered {
        let a = self.reg(args[0])?;
        let is_left = op == Builtin::RotateLeft;
        match self.imm(args[1]) {
            Some(amount) => {
                let amount = if is_left { amount } else { amount.wrapping_neg() } & 31;
                let target = self.open(place)?;
                self.emit.op(Op::RotLImmU32 { dst: target.dst, a, amount: amount as u8 });
                self.close(target)
            }
            None => {
                let b = self.reg(args[1])?;
                let target = self.open(place)?;
                let dst = target.dst;
                self.emit.op(if is_left { Op::RotLU32 { dst, a, b } } else { Op::RotRU32 { dst, a, b } });
                self.close(target)
            }
        }
    }

    pub(super) fn swap_bytes_of(&mut self, kind: MemKind, dst: Reg, a: Reg) {
        let (bits, signed) = match kind {
            MemKind::I8 | MemKind::U8 | MemKind::Bool | MemKind::Pointer => return,
            MemKind::I16 => (16, true),
            MemKind::U16 => (16, false),
            MemKind::I32 => (32, true),
            MemKind::U32 => (32, false),
            MemKind::W64 => (64, false),
        };
        let kind = Kind::Int(IntType { bits, signed });
        self.by_table(ScalarOp::Builtin(Builtin::SwapBytes), kind, kind, kind, dst, [a; 3]);
    }

    pub(super) fn raw(&mut self, raw: RawOp) {
        self.emit.tables.raws.push(raw);
        self.emit.op(Op::Raw { index: self.emit.tables.raws.len() as u32 - 1 });
    }
}
