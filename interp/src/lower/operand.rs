//! Operands: locals and constants in registers.

use super::emit::Constant;
use super::locals::Loc;
use super::place::{Spot, Where};
use super::{Lower, Lowered};
use crate::consts::ConstKey;
use crate::memory::Pointer;
use crate::op::{Op, Reg};
use kiln_cfg::{Operand, Place};
use kiln_types::{IntType, TypeId, TypeKey, ValueId, ValueKey};

impl Lower<'_> {
    /// The bits of a constant as a register holds them; `None` for other operands and for wide constants.
    pub(super) fn imm(&self, operand: Operand) -> Option<u64> {
        let Operand::Const(value) = operand else { return None };
        if self.cx.pool.as_type(value).is_some() {
            return Some(value.0.into());
        }
        match self.cx.pool.value_key(value)? {
            ValueKey::Scalar { ty, bits } => match self.cx.pool.int_type(*ty, self.cx.layouts.target()) {
                Some(IntType { bits: 128, .. }) => None,
                _ => Some(*bits as u64),
            },
            ValueKey::Fn { func, .. } => Some(Pointer::new(Pointer::FUNCTION, func.0).0),
            ValueKey::Module(_) => Some(value.0.into()),
            ValueKey::RawPtr { ty, address } if *address <= u64::from(u32::MAX) && !self.is_fat(*ty) => Some(*address),
            _ => None,
        }
    }

    fn is_fat(&self, ty: TypeId) -> bool {
        matches!(self.cx.pool.key(ty), TypeKey::Ptr { pointee, .. } if self.cx.pool.is_unsized(*pointee))
    }

    /// A scalar operand in some register.
    pub(super) fn reg(&mut self, operand: Operand) -> Lowered<Reg> {
        if let Some(local) = operand.local() {
            if let Loc::Reg(reg) = self.locs[local] {
                if self.is_only_use(local) {
                    self.emit.dies(reg);
                }
                return Ok(reg);
            }
            if let Spot { at: Where::Reg(reg), .. } = self.spot(&Place::local(local))? {
                return Ok(reg);
            }
        }
        if let Some(reg) = self.constant_reg(operand) {
            return Ok(reg);
        }
        let reg = self.emit.scratch();
        self.reg_into(operand, reg)?;
        self.emit.dies(reg);
        Ok(self.emit.found(reg))
    }

    /// Inside of loops: the register that has a constant from the function's beginning on.
    pub(super) fn constant_reg(&mut self, operand: Operand) -> Option<Reg> {
        if !self.in_loop[self.block] {
            return None;
        }
        let bits = self.imm(operand)?;
        self.emit.constant(Constant::Bits(bits))
    }

    /// The pointer to a constant in memory.
    pub(super) fn const_pointer(&mut self, key: ConstKey) -> Reg {
        let index = self.cx.consts.number(key);
        if self.in_loop[self.block]
            && let Some(reg) = self.emit.constant(Constant::Pointer(index))
        {
            return reg;
        }
        let dst = self.emit.scratch();
        self.emit.op(Op::ConstPointer { dst, index });
        dst
    }

    /// A scalar operand in a particular register.
    pub(super) fn reg_into(&mut self, operand: Operand, dst: Reg) -> Lowered {
        match operand {
            Operand::Copy(local) | Operand::Move(local) => {
                let spot = self.spot(&Place::local(local))?;
                match spot.at {
                    Where::Zst => {}
                    Where::Reg(reg) => self.move_to(dst, reg, self.is_last_use(local)),
                    at => {
                        let kind = self.mem_kind(spot.ty);
                        self.load_scalar(kind, at, dst)?;
                    }
                }
            }
            Operand::Const(value) => self.constant_into(value, dst)?,
        }
        Ok(())
    }

    /// Two registers in a row that hold a 128-bit integer or a pointer with its length.
    pub(super) fn pair(&mut self, operand: Operand) -> Lowered<Reg> {
        if let Some(local) = operand.local()
            && let Spot { at: Where::Pair(reg), .. } = self.spot(&Place::local(local))?
        {
            return Ok(reg);
        }
        let reg = self.emit.scratch_row(2);
        self.pair_into(operand, reg)?;
        Ok(reg)
    }

    /// Two particular registers.
    pub(super) fn pair_into(&mut self, operand: Operand, dst: Reg) -> Lowered {
        match operand {
            Operand::Copy(local) | Operand::Move(local) => {
                let spot = self.spot(&Place::local(local))?;
                match spot.at {
                    Where::Zst => {}
                    Where::Pair(a) if a == dst => {}
                    Where::Pair(a) => self.emit.op(Op::MovePair { dst, a }),
                    at => self.load_pair(spot.ty, at, dst)?,
                }
            }
            Operand::Const(value) => self.wide_constant_into(value, dst)?,
        }
        Ok(())
    }

    /// Moves a register, or makes the instruction before set the other one at once if `is_last` says that nothing needs the first.
    pub(super) fn move_to(&mut self, dst: Reg, a: Reg, is_last: bool) {
        if dst != a && !(is_last && self.emit.retarget(a, dst)) {
            self.emit.move_to(dst, a);
        }
    }

    /// Sets a register to bits.
    pub(super) fn bits_into(&mut self, bits: u64, dst: Reg) {
        let op = self.emit.bits_op(bits, dst);
        self.emit.op(op);
    }

    fn constant_into(&mut self, value: ValueId, dst: Reg) -> Lowered {
        if let Some(bits) = self.imm(Operand::Const(value)) {
            self.bits_into(bits, dst);
            return Ok(());
        }
        match self.cx.pool.value_key(value) {
            Some(ValueKey::StaticPtr { data, offset, .. }) => {
                let (key, offset) = (ConstKey::Static(*data), *offset);
                let index = self.cx.consts.number(key);
                self.emit.op(Op::ConstPointer { dst, index });
                if offset != 0 {
                    let b = self.emit.scratch();
                    self.bits_into(offset, b);
                    self.emit.op(Op::PtrAdd { dst, a: dst, b });
                }
            }
            // An address that an offset does not hold is made when the code runs.
            _ => {
                let index = self.cx.consts.number(ConstKey::Value(value));
                self.emit.op(Op::ConstPointer { dst, index });
            }
        }
        Ok(())
    }

    fn wide_constant_into(&mut self, value: ValueId, dst: Reg) -> Lowered {
        match self.cx.pool.value_key(value) {
            Some(ValueKey::Scalar { bits, .. }) => {
                let bits = *bits;
                self.bits_into(bits as u64, dst);
                self.bits_into((bits >> 64) as u64, dst + 1);
            }
            Some(ValueKey::StaticPtr { len, .. }) => {
                let len = len.unwrap_or(0);
                self.constant_into(value, dst)?;
                self.bits_into(len, dst + 1);
            }
            Some(ValueKey::RawPtr { address, .. }) => {
                let address = *address;
                if address <= u64::from(u32::MAX) {
                    self.bits_into(address, dst);
                } else {
                    self.constant_into(value, dst)?;
                }
                self.bits_into(0, dst + 1);
            }
            _ => unreachable!("no other constants take two registers"),
        }
        Ok(())
    }
}
