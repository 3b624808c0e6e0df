//! Built-in operations.

use super::{Lower, Lowered};
use crate::code::{RawOp, Service};
use crate::fold;
use crate::op::{Op, Reg};
use kiln_cfg::{Builtin, Operand, Place};
use kiln_types::{TypeId, TypeKey};

impl Lower<'_> {
    pub(super) fn builtin(&mut self, place: &Place, builtin: Builtin, args: &[Operand]) -> Lowered {
        match builtin {
            builtin if fold::is_scalar(builtin) => self.scalar_builtin(place, builtin, args),
            Builtin::PtrOffset => self.pointer_offset(place, args),
            Builtin::Alloc => {
                let target = self.open(place)?;
                let count = self.reg(args[0])?;
                let ty = self.pointee(target.spot.ty);
                let (size, align) = (self.size(ty)?, self.layout(ty).align);
                self.raw(RawOp::Alloc { dst: target.dst, count, ty, size, align });
                self.close(target)
            }
            Builtin::Realloc => {
                let target = self.open(place)?;
                let (pointer, old, new) = (self.reg(args[0])?, self.reg(args[1])?, self.reg(args[2])?);
                let ty = self.pointee(target.spot.ty);
                let (size, align) = (self.size(ty)?, self.layout(ty).align);
                self.raw(RawOp::Realloc { dst: target.dst, pointer, old, new, ty, size, align });
                self.close(target)
            }
            Builtin::Free => {
                let (pointer, count) = (self.reg(args[0])?, self.reg(args[1])?);
                let size = self.size(self.pointee(self.operand_ty(args[0])))?;
                self.raw(RawOp::Free { pointer, count, size });
                Ok(())
            }
            Builtin::CopyMemory => {
                let (dst, src, count) = (self.reg(args[0])?, self.reg(args[1])?, self.reg(args[2])?);
                let ty = self.pointee(self.operand_ty(args[0]));
                let (size, align) = (self.size(ty)?, self.layout(ty).align);
                self.raw(RawOp::CopyMemory { dst, src, count, size, align });
                Ok(())
            }
            Builtin::MakeFatPtr => {
                let row = self.emit.scratch_row(2);
                self.reg_into(args[0], row)?;
                self.reg_into(args[1], row + 1)?;
                let target = self.open(place)?;
                self.emit.op(Op::MovePair { dst: target.dst, a: row });
                self.close(target)
            }
            Builtin::FatPtrAddress => self.half(place, args[0], 0),
            Builtin::FatPtrLen => self.half(place, args[0], 1),
            Builtin::Write => {
                let (stream, text, len) = (self.reg(args[0])?, self.reg(args[1])?, self.reg(args[2])?);
                self.service(Service::Write { stream, text, len });
                Ok(())
            }
            Builtin::Exit => {
                let status = self.reg(args[0])?;
                self.service(Service::Exit { status });
                Ok(())
            }
            Builtin::Syscall => {
                self.service(Service::Syscall);
                Ok(())
            }
            Builtin::IsComptime => {
                let target = self.open(place)?;
                self.emit.op(Op::Imm { dst: target.dst, imm: self.cx.is_comptime.into() });
                self.close(target)
            }
            _ => unreachable!("{builtin:?} is an operation on scalars"),
        }
    }

    fn pointer_offset(&mut self, place: &Place, args: &[Operand]) -> Lowered {
        let (a, b): (Reg, Reg) = (self.reg(args[0])?, self.reg(args[1])?);
        let size = self.size(self.pointee(self.operand_ty(args[0])))?;
        let target = self.open(place)?;
        self.emit.op(Op::PtrOffset { dst: target.dst, a, b, size });
        self.close(target)
    }

    /// The address or the length of a pointer to a view.
    fn half(&mut self, place: &Place, pointer: Operand, index: Reg) -> Lowered {
        let pair = self.pair(pointer)?;
        let target = self.open(place)?;
        self.move_to(target.dst, pair + index, false);
        self.close(target)
    }

    fn pointee(&self, ty: TypeId) -> TypeId {
        match *self.cx.pool.key(ty) {
            TypeKey::Ptr { pointee, .. } => match self.cx.pool.elem(pointee) {
                Some((elem, None)) => elem,
                _ => pointee,
            },
            ref other => unreachable!("{other:?} is no pointer"),
        }
    }
}
