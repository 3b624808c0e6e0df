//! Values between registers and memory.

use super::place::{Spot, Where};
use super::{Lower, Lowered};
use crate::abi::Pass;
use crate::code::{CopyPlan, MemRef};
use crate::consts::ConstKey;
use crate::op::{MemKind, Op, Reg};
use kiln_cfg::{Local, Operand, Place};
use kiln_types::{Endian, Repr, ScalarKind, TypeId, TypeKey};

impl Lower<'_> {
    /// How scalars of a type lie in memory.
    pub(super) fn mem_kind(&mut self, ty: TypeId) -> MemKind {
        match self.layout(ty).repr {
            Repr::Scalar(ScalarKind::Int { bits: 8, signed: true }) => MemKind::I8,
            Repr::Scalar(ScalarKind::Int { bits: 8, .. }) => MemKind::U8,
            Repr::Scalar(ScalarKind::Int { bits: 16, signed: true }) => MemKind::I16,
            Repr::Scalar(ScalarKind::Int { bits: 16, .. }) => MemKind::U16,
            Repr::Scalar(ScalarKind::Int { bits: 32, signed: true }) => MemKind::I32,
            Repr::Scalar(ScalarKind::Int { bits: 32, .. } | ScalarKind::F32) => MemKind::U32,
            Repr::Scalar(ScalarKind::Bool) => MemKind::Bool,
            Repr::Scalar(ScalarKind::Ptr | ScalarKind::FnPtr) => MemKind::Pointer,
            _ => MemKind::W64,
        }
    }

    /// Loads a scalar into a register.
    pub(super) fn load_scalar(&mut self, kind: MemKind, at: Where, dst: Reg) -> Lowered {
        match at {
            Where::Zst => {}
            Where::Reg(a) | Where::Pair(a) => self.move_to(dst, a, false),
            Where::Frame { offset, .. } => self.emit.op(frame_load(kind, dst, offset)),
            Where::Through { base, offset } => self.emit.op(load(kind, dst, base, offset)),
            Where::FrameAt { index, scale, offset, .. } if scale as usize == kind.bytes(0) => {
                self.emit.op(frame_load_at(kind, dst, index, offset));
            }
            Where::ThroughAt { base, index, scale, offset } if scale as usize == kind.bytes(0) => {
                self.emit.op(load_at(kind, dst, base, index, offset));
            }
            at => match self.settle(at)? {
                Where::FrameAt { index, offset, .. } => self.emit.op(Op::FrameBytes { dst, b: index, kind, offset }),
                settled => return self.load_scalar(kind, settled, dst),
            },
        }
        self.swap(kind, dst);
        Ok(())
    }

    /// Stores a scalar from a register.
    pub(super) fn store_scalar(&mut self, kind: MemKind, at: Where, a: Reg) -> Lowered {
        let a = self.swapped(kind, a);
        match at {
            Where::Zst => {}
            Where::Reg(dst) | Where::Pair(dst) => self.move_to(dst, a, false),
            Where::Frame { offset, .. } => self.emit.op(frame_store(kind, a, offset)),
            Where::Through { base, offset } => self.emit.op(store(kind, a, base, offset)),
            Where::FrameAt { index, scale, offset, .. } if scale as usize == kind.bytes(0) => {
                self.emit.op(frame_store_at(kind, a, index, offset));
            }
            Where::ThroughAt { base, index, scale, offset } if scale as usize == kind.bytes(0) => {
                self.emit.op(store_at(kind, a, base, index, offset));
            }
            at => match self.settle(at)? {
                Where::FrameAt { index, offset, .. } => self.emit.op(Op::SetFrameBytes { a, b: index, kind, offset }),
                Where::Through { base, offset } => self.emit.op(store(kind, a, base, offset)),
                other => unreachable!("settling leaves {other:?} as it is"),
            },
        }
        Ok(())
    }

    /// The bytes of a scalar in the target's order are those of the interpreter in reverse on some targets.
    fn swap(&mut self, kind: MemKind, reg: Reg) {
        let is_big = self.cx.layouts.target().endian == Endian::Big;
        if is_big && !matches!(kind, MemKind::I8 | MemKind::U8 | MemKind::Bool | MemKind::Pointer) {
            self.swap_bytes(kind, reg, reg);
        }
    }

    fn swapped(&mut self, kind: MemKind, a: Reg) -> Reg {
        let is_big = self.cx.layouts.target().endian == Endian::Big;
        if is_big && !matches!(kind, MemKind::I8 | MemKind::U8 | MemKind::Bool | MemKind::Pointer) {
            let dst = self.emit.scratch();
            self.swap_bytes(kind, dst, a);
            return dst;
        }
        a
    }

    /// Where the parts of a value of two registers are, and how.
    fn halves(&mut self, ty: TypeId) -> (MemKind, MemKind, u32) {
        if matches!(self.cx.pool.key(ty), TypeKey::Ptr { .. }) {
            (MemKind::Pointer, self.mem_kind(TypeId::USIZE), self.cx.layouts.target().pointer_bytes.into())
        } else {
            (MemKind::W64, MemKind::W64, 8)
        }
    }

    /// Loads two registers.
    pub(super) fn load_pair(&mut self, ty: TypeId, at: Where, dst: Reg) -> Lowered {
        let (low, high, step) = self.halves(ty);
        let (first, second) = self.both(ty, at, step)?;
        // The first load must not overwrite what the second one's address is computed from.
        let overlaps = |at: Where| match at {
            Where::Through { base, .. } => base == dst,
            Where::FrameAt { index, .. } => index == dst,
            _ => false,
        };
        if overlaps(first) {
            self.load_scalar(high, second, dst + 1)?;
            return self.load_scalar(low, first, dst);
        }
        self.load_scalar(low, first, dst)?;
        self.load_scalar(high, second, dst + 1)
    }

    /// Stores two registers.
    pub(super) fn store_pair(&mut self, ty: TypeId, at: Where, a: Reg) -> Lowered {
        let (low, high, step) = self.halves(ty);
        let (first, second) = self.both(ty, at, step)?;
        self.store_scalar(low, first, a)?;
        self.store_scalar(high, second, a + 1)
    }

    /// The places of the first and the second register.
    fn both(&mut self, ty: TypeId, at: Where, step: u32) -> Lowered<(Where, Where)> {
        let (first, second) = match self.settle(at)? {
            Where::Frame { local, offset } => {
                (Where::Frame { local, offset }, Where::Frame { local, offset: offset + step })
            }
            Where::FrameAt { local, index, scale, offset } => {
                let second = Where::FrameAt { local, index, scale, offset: offset + step };
                (Where::FrameAt { local, index, scale, offset }, second)
            }
            Where::Through { base, offset } => {
                (Where::Through { base, offset }, Where::Through { base, offset: offset + step })
            }
            Where::Reg(reg) | Where::Pair(reg) => (Where::Reg(reg), Where::Reg(reg + 1)),
            other => (other, other),
        };
        let is_pointer = matches!(self.cx.pool.key(ty), TypeKey::Ptr { .. });
        let is_big = self.cx.layouts.target().endian == Endian::Big;
        Ok(if is_big && !is_pointer { (second, first) } else { (first, second) })
    }

    /// What a copy refers to.
    pub(super) fn mem_ref(&mut self, at: Where) -> Lowered<MemRef> {
        Ok(match self.settle(at)? {
            Where::Frame { offset, .. } => MemRef::Frame(offset),
            Where::FrameAt { index, offset, .. } => MemRef::FrameAt(index, offset),
            Where::Through { base, offset } => MemRef::Through(base, offset),
            other => unreachable!("aggregates are in memory, not at {other:?}"),
        })
    }

    /// Copies an aggregate.
    pub(super) fn copy(&mut self, ty: TypeId, dst: MemRef, src: MemRef) -> Lowered {
        let (size, align) = (self.size(ty)?, self.layout(ty).align);
        self.emit.tables.copies.push(CopyPlan { dst, src, size, align });
        self.emit.op(Op::Copy { index: self.emit.tables.copies.len() as u32 - 1 });
        Ok(())
    }

    /// Stores an operand of any type to a place.
    pub(super) fn store_operand(&mut self, to: Spot, operand: Operand) -> Lowered {
        if let Where::Zst = to.at {
            return Ok(());
        }
        match self.layout(to.ty).repr {
            Repr::Zst => Ok(()),
            Repr::Memory => {
                let src = self.operand_bytes(operand)?;
                let dst = self.mem_ref(to.at)?;
                self.copy(to.ty, dst, src)
            }
            Repr::FatPtr | Repr::Scalar(ScalarKind::Int { bits: 128, .. }) => match to.at {
                Where::Pair(dst) => self.pair_into(operand, dst),
                at => {
                    let a = self.pair(operand)?;
                    self.store_pair(to.ty, at, a)
                }
            },
            Repr::Scalar(_) | Repr::Comptime => match to.at {
                Where::Reg(dst) => self.reg_into(operand, dst),
                at => {
                    let a = self.reg(operand)?;
                    let kind = self.mem_kind(to.ty);
                    self.store_scalar(kind, at, a)
                }
            },
        }
    }

    /// Where the bytes of an aggregate operand are.
    pub(super) fn operand_bytes(&mut self, operand: Operand) -> Lowered<MemRef> {
        match operand {
            Operand::Copy(local) | Operand::Move(local) => {
                let spot = self.spot(&Place::local(local))?;
                self.mem_ref(spot.at)
            }
            Operand::Const(value) => Ok(MemRef::Through(self.const_pointer(ConstKey::Value(value)), 0)),
        }
    }

    /// Puts an argument that came in registers into the frame.
    pub(super) fn fill_param(&mut self, local: Local, pass: Pass, offset: u32, reg: Reg) -> Lowered {
        let (ty, at) = (self.func.locals[local].ty, Where::Frame { local: None, offset });
        match pass {
            Pass::Nothing => Ok(()),
            Pass::Value => {
                let kind = self.mem_kind(ty);
                self.store_scalar(kind, at, reg)
            }
            Pass::Pair => self.store_pair(ty, at, reg),
            Pass::Place => self.copy(ty, MemRef::Frame(offset), MemRef::Place(reg)),
            Pass::Pointer | Pass::FatPointer => {
                self.emit.op(Op::SetFramePointer { a: reg, offset });
                if pass == Pass::FatPointer {
                    let offset = offset + u32::from(self.cx.layouts.target().pointer_bytes);
                    let usize = self.mem_kind(TypeId::USIZE);
                    self.store_scalar(usize, Where::Frame { local: None, offset }, reg + 1)?;
                }
                Ok(())
            }
        }
    }

    /// The frame's offset of an aggregate operand: that of its local, or of a copy.
    pub(super) fn operand_in_frame(&mut self, operand: Operand) -> Lowered<u32> {
        match self.operand_bytes(operand)? {
            MemRef::Frame(offset) => Ok(offset),
            src => {
                let ty = self.operand_ty(operand);
                let layout = self.layout(ty);
                let offset = self.reserve(layout.size, layout.align)?;
                self.copy(ty, MemRef::Frame(offset), src)?;
                Ok(offset)
            }
        }
    }
}

/// One instruction for each kind of scalar.
macro_rules! by_kind {
    ($kind:expr, [$($op:ident)*], $fields:tt) => {
        by_kind!(@ $kind, [I8 U8 I16 U16 I32 U32 W64 Bool Pointer], [$($op)*], $fields)
    };
    (@ $kind:expr, [$($k:ident)*], [$($op:ident)*], $fields:tt) => {
        match $kind { $(MemKind::$k => by_kind!(= $op $fields)),* }
    };
    (= $op:ident { $($field:ident),* }) => { Op::$op { $($field),* } };
}

fn frame_load(kind: MemKind, dst: Reg, offset: u32) -> Op {
    by_kind!(
        kind,
        [FrameI8 FrameU8 FrameI16 FrameU16 FrameI32 FrameU32 FrameW64 FrameBool FramePointer],
        { dst, offset }
    )
}

fn frame_store(kind: MemKind, a: Reg, offset: u32) -> Op {
    by_kind!(
        kind,
        [SetFrame8 SetFrame8 SetFrame16 SetFrame16 SetFrame32 SetFrame32 SetFrame64 SetFrame8 SetFramePointer],
        { a, offset }
    )
}

fn load(kind: MemKind, dst: Reg, b: Reg, offset: u32) -> Op {
    by_kind!(
        kind,
        [LoadI8 LoadU8 LoadI16 LoadU16 LoadI32 LoadU32 LoadW64 LoadBool LoadPointer],
        { dst, b, offset }
    )
}

fn store(kind: MemKind, a: Reg, b: Reg, offset: u32) -> Op {
    by_kind!(
        kind,
        [Store8 Store8 Store16 Store16 Store32 Store32 Store64 Store8 StorePointer],
        { a, b, offset }
    )
}

/// Pointers have no such instruction: their size is no element's size for [`MemKind::bytes`] of 0.
fn frame_load_at(kind: MemKind, dst: Reg, b: Reg, offset: u32) -> Op {
    match kind {
        MemKind::I8 => Op::FrameAtI8 { dst, b, offset },
        MemKind::U8 => Op::FrameAtU8 { dst, b, offset },
        MemKind::I16 => Op::FrameAtI16 { dst, b, offset },
        MemKind::U16 => Op::FrameAtU16 { dst, b, offset },
        MemKind::I32 => Op::FrameAtI32 { dst, b, offset },
        MemKind::U32 => Op::FrameAtU32 { dst, b, offset },
        MemKind::W64 => Op::FrameAtW64 { dst, b, offset },
        MemKind::Bool => Op::FrameAtBool { dst, b, offset },
        MemKind::Pointer => Op::FrameBytes { dst, b, kind, offset },
    }
}

fn frame_store_at(kind: MemKind, a: Reg, b: Reg, offset: u32) -> Op {
    match kind {
        MemKind::I8 | MemKind::U8 | MemKind::Bool => Op::SetFrameAt8 { a, b, offset },
        MemKind::I16 | MemKind::U16 => Op::SetFrameAt16 { a, b, offset },
        MemKind::I32 | MemKind::U32 => Op::SetFrameAt32 { a, b, offset },
        MemKind::W64 => Op::SetFrameAt64 { a, b, offset },
        MemKind::Pointer => Op::SetFrameBytes { a, b, kind, offset },
    }
}

fn load_at(kind: MemKind, dst: Reg, b: Reg, c: Reg, offset: u32) -> Op {
    match kind {
        MemKind::I8 => Op::LoadAtI8 { dst, b, c, offset },
        MemKind::U8 => Op::LoadAtU8 { dst, b, c, offset },
        MemKind::I16 => Op::LoadAtI16 { dst, b, c, offset },
        MemKind::U16 => Op::LoadAtU16 { dst, b, c, offset },
        MemKind::I32 => Op::LoadAtI32 { dst, b, c, offset },
        MemKind::U32 => Op::LoadAtU32 { dst, b, c, offset },
        MemKind::W64 => Op::LoadAtW64 { dst, b, c, offset },
        MemKind::Bool => Op::LoadAtBool { dst, b, c, offset },
        MemKind::Pointer => unreachable!("elements that are pointers are loaded by their address"),
    }
}

fn store_at(kind: MemKind, a: Reg, b: Reg, c: Reg, offset: u32) -> Op {
    match kind {
        MemKind::I8 | MemKind::U8 | MemKind::Bool => Op::StoreAt8 { a, b, c, offset },
        MemKind::I16 | MemKind::U16 => Op::StoreAt16 { a, b, c, offset },
        MemKind::I32 | MemKind::U32 => Op::StoreAt32 { a, b, c, offset },
        MemKind::W64 => Op::StoreAt64 { a, b, c, offset },
        MemKind::Pointer => unreachable!("elements that are pointers are stored by their address"),
    }
}
