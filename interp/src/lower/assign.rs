//! Assignments: what is computed goes where it is wanted.

use super::locals::Loc;
use super::place::{Spot, Where};
use super::{Lower, LowerError, Lowered};
use crate::code::{RepeatPlan, Service};
use crate::op::{MemKind, Op, Reg};
use kiln_cfg::{Local, Operand, Place, Rvalue};
use kiln_types::{Repr, ScalarKind, TypeId, TypeKey};

/// A place with the registers its value is computed in.
pub(super) struct Target {
    pub(super) spot: Spot,
    /// The first register.
    pub(super) dst: Reg,
    is_pair: bool,
}

impl Lower<'_> {
    pub(super) fn assign(&mut self, place: &Place, value: &Rvalue) -> Lowered {
        self.fresh = None;
        self.compute(place, value)?;
        self.share();
        Ok(())
    }

    fn compute(&mut self, place: &Place, value: &Rvalue) -> Lowered {
        match value {
            Rvalue::Operand(operand) => {
                let spot = self.spot(place)?;
                self.store_operand(spot, *operand)
            }
            Rvalue::Use(from, _) => self.assign_use(place, from),
            Rvalue::Unary(op, a) => self.unary(place, *op, *a),
            Rvalue::Binary(op, a, b) => self.binary(place, *op, *a, *b),
            Rvalue::Cast(kind, a) => self.cast(place, *kind, *a),
            Rvalue::AddressOf(of) => self.assign_address(place, of),
            Rvalue::Slice { place: of, from, to } => self.assign_slice(place, of, *from, *to),
            Rvalue::Len(of) => {
                let len = self.spot(of)?.len.unwrap_or_else(|| unreachable!("only views have a length of their own"));
                let target = self.open(place)?;
                self.move_to(target.dst, len, false);
                self.close(target)
            }
            Rvalue::Tag(of) => self.assign_tag(place, of),
            Rvalue::Repeat(value) => self.assign_repeat(place, *value),
            Rvalue::Builtin(builtin, args) => self.builtin(place, *builtin, args),
            Rvalue::MakeType { decl, captures } => {
                let mut made = Vec::with_capacity(captures.len());
                for capture in captures {
                    made.push((self.reg(*capture)?, self.operand_ty(*capture)));
                }
                let target = self.open(place)?;
                self.service(Service::MakeType { dst: target.dst, decl: *decl, captures: made.into() });
                self.close(target)
            }
        }
    }

    /// Walks to a place that is assigned next, and gets registers for its value.
    pub(super) fn open(&mut self, place: &Place) -> Lowered<Target> {
        let spot = self.spot(place)?;
        let is_pair =
            matches!(self.layout(spot.ty).repr, Repr::FatPtr | Repr::Scalar(ScalarKind::Int { bits: 128, .. }));
        let dst = match spot.at {
            Where::Reg(reg) | Where::Pair(reg) => reg,
            _ => self.emit.scratch_row(1 + usize::from(is_pair)),
        };
        Ok(Target { spot, dst, is_pair })
    }

    /// Stores the value, unless its registers are the place.
    pub(super) fn close(&mut self, target: Target) -> Lowered {
        match target.spot.at {
            Where::Reg(_) | Where::Pair(_) | Where::Zst => Ok(()),
            at if target.is_pair => self.store_pair(target.spot.ty, at, target.dst),
            at => {
                let kind = self.mem_kind(target.spot.ty);
                self.store_scalar(kind, at, target.dst)
            }
        }
    }

    fn assign_use(&mut self, place: &Place, from: &Place) -> Lowered {
        let source = self.spot(from)?;
        if let Where::Zst = source.at {
            return Ok(());
        }
        if self.is_memory(source.ty) {
            let src = self.mem_ref(source.at)?;
            let to = self.spot(place)?;
            let dst = self.mem_ref(to.at)?;
            return self.copy(source.ty, dst, src);
        }
        let target = self.open(place)?;
        match source.at {
            Where::Reg(a) => self.move_to(target.dst, a, false),
            Where::Pair(a) if a == target.dst => {}
            Where::Pair(a) => self.emit.op(Op::MovePair { dst: target.dst, a }),
            at if target.is_pair => self.load_pair(source.ty, at, target.dst)?,
            at => {
                let kind = self.mem_kind(source.ty);
                self.load_scalar(kind, at, target.dst)?;
                if *self.cx.pool.key(source.ty) == TypeKey::Char {
                    self.emit.op(Op::CheckChar { a: target.dst, is_cast: 0 });
                }
            }
        }
        self.close(target)
    }

    fn assign_address(&mut self, place: &Place, of: &Place) -> Lowered {
        let spot = self.spot(of)?;
        let address = self.address(spot)?;
        let target = self.open(place)?;
        if let Some(len) = spot.len {
            // The address may stand in the register that the length goes to, but not the other way round.
            self.emit.op(Op::Move { dst: target.dst, a: address });
            self.move_to(target.dst + 1, len, false);
        } else {
            self.emit.op(Op::Move { dst: target.dst, a: address });
        }
        self.close(target)
    }

    fn assign_slice(&mut self, place: &Place, of: &Place, from: Option<Operand>, to: Option<Operand>) -> Lowered {
        let spot = self.spot(of)?;
        let (elem, len) = self.cx.pool.elem(spot.ty).expect("only arrays, slices and text have parts");
        let size = self.size(elem)?;
        let base = self.address(spot)?;
        let target = self.open(place)?;
        let row = self.emit.scratch_row(2);
        match (to, spot.len) {
            (Some(to), _) => self.reg_into(to, row + 1)?,
            (None, Some(len)) => self.emit.op(Op::Move { dst: row + 1, a: len }),
            (None, None) => self.bits_into(len.unwrap_or(0), row + 1),
        }
        match from {
            Some(from) => {
                let from = self.reg(from)?;
                self.emit.op(Op::WSub { dst: row + 1, a: row + 1, b: from });
                self.emit.op(Op::PtrIndex { dst: row, a: base, b: from, size });
            }
            None => self.emit.op(Op::Move { dst: row, a: base }),
        }
        self.emit.op(Op::MovePair { dst: target.dst, a: row });
        self.close(target)
    }

    fn assign_tag(&mut self, place: &Place, of: &Place) -> Lowered {
        let spot = self.spot(of)?;
        let tag = self.layout(spot.ty).enumeration.as_ref().map(|enumeration| enumeration.tag);
        let tag = tag.unwrap_or_else(|| unreachable!("only enums with variants have a tag"));
        let target = self.open(place)?;
        match spot.at {
            Where::Reg(a) => self.move_to(target.dst, a, false),
            at => {
                let kind = self.mem_kind(tag);
                self.load_scalar(kind, at, target.dst)?;
            }
        }
        self.close(target)
    }

    fn assign_repeat(&mut self, place: &Place, value: Operand) -> Lowered {
        let spot = self.spot(place)?;
        let (elem, len) = self.cx.pool.elem(spot.ty).expect("only arrays are filled");
        let (size, total) = (self.size(elem)?, self.size(spot.ty)?);
        if total == 0 {
            return Ok(());
        }
        let at = self.settle(spot.at)?;
        self.store_operand(Spot { at, ty: elem, ..spot }, value)?;
        let align = self.layout(elem).align;
        let dst = self.mem_ref(at)?;
        let count = u32::try_from(len.unwrap_or(0)).map_err(|_| LowerError::TooLarge)?;
        self.emit.tables.repeats.push(RepeatPlan { dst, size, count, align });
        self.emit.op(Op::Repeat { index: self.emit.tables.repeats.len() as u32 - 1 });
        Ok(())
    }

    pub(super) fn set_variant(&mut self, place: &Place, variant: u32) -> Lowered {
        let spot = self.spot(place)?;
        let def = self.cx.pool.enum_def(spot.ty).expect("only completed enums have variants");
        let (bits, tag) = (def.variants[variant as usize].discriminant, def.tag);
        let bits = match self.cx.pool.int_type(tag, self.cx.layouts.target()) {
            Some(ty) => ty.extend(bits) as u64,
            None => bits as u64,
        };
        match spot.at {
            Where::Zst => Ok(()),
            Where::Reg(dst) => {
                self.bits_into(bits, dst);
                Ok(())
            }
            at => {
                let a = self.emit.scratch();
                self.bits_into(bits, a);
                let kind = self.mem_kind(tag);
                self.store_scalar(kind, at, a)
            }
        }
    }

    pub(super) fn bind(&mut self, local: Local, place: &Place) -> Lowered {
        if self.survey.fixed[local].is_some() {
            return Ok(());
        }
        let spot = self.spot(place)?;
        match self.define(local)? {
            Loc::Ref(dst) => {
                let a = self.address(spot)?;
                self.move_to(dst, a, false);
            }
            Loc::FatRef(dst) => {
                let a = self.address(spot)?;
                let len = spot.len.unwrap_or_else(|| unreachable!("views have a length"));
                self.emit.op(Op::Move { dst, a });
                self.emit.op(Op::Move { dst: dst + 1, a: len });
            }
            Loc::RefInFrame { offset, is_fat } => {
                let a = self.address(spot)?;
                self.emit.op(Op::SetFramePointer { a, offset });
                if let (true, Some(len)) = (is_fat, spot.len) {
                    let usize = self.mem_kind(TypeId::USIZE);
                    let offset = offset + u32::from(self.cx.layouts.target().pointer_bytes);
                    self.store_scalar(usize, Where::Frame { local: None, offset }, len)?;
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// Swaps the bytes of a scalar between the target's order and the interpreter's.
    pub(super) fn swap_bytes(&mut self, kind: MemKind, dst: Reg, a: Reg) {
        self.swap_bytes_of(kind, dst, a);
    }

    pub(super) fn service(&mut self, service: Service) {
        self.emit.tables.services.push(service);
        self.emit.op(Op::Service { index: self.emit.tables.services.len() as u32 - 1 });
    }
}
