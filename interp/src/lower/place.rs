//! Places: where a path through fields, elements and pointers ends.

use super::locals::Loc;
use super::{Lower, LowerError, Lowered};
use crate::consts::ConstKey;
use crate::op::{Op, Reg};
use kiln_cfg::{Local, Operand, Place, PlaceBase, Proj};
use kiln_types::{Repr, TypeId, TypeKey};

/// Where something is.
#[derive(Clone, Copy, Debug)]
pub(super) enum Where {
    /// It has no bytes.
    Zst,
    Reg(Reg),
    Pair(Reg),
    /// In the frame, as a part of a local (if it is one's).
    Frame {
        local: Option<Local>,
        offset: u32,
    },
    /// In the frame: `index` times `scale` bytes from the offset.
    FrameAt {
        local: Option<Local>,
        index: Reg,
        scale: u32,
        offset: u32,
    },
    /// Behind a pointer.
    Through {
        base: Reg,
        offset: u32,
    },
    /// Behind a pointer: `index` times `scale` bytes further.
    ThroughAt {
        base: Reg,
        index: Reg,
        scale: u32,
        offset: u32,
    },
}

/// A place that was walked to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Spot {
    pub(super) at: Where,
    pub(super) ty: TypeId,
    /// The length of a view.
    pub(super) len: Option<Reg>,
    /// The variant whose payload is meant.
    pub(super) variant: Option<u32>,
}

impl Lower<'_> {
    /// Walks to a place. Emits what computes its address, but no access to the place itself.
    pub(super) fn spot(&mut self, place: &Place) -> Lowered<Spot> {
        let mut spot = self.base(place.base)?;
        for step in &place.proj {
            spot = self.step(spot, *step)?;
        }
        if !self.cx.pool.is_unsized(spot.ty) && self.layout(spot.ty).is_zst() {
            spot.at = Where::Zst;
        }
        Ok(spot)
    }

    fn base(&mut self, base: PlaceBase) -> Lowered<Spot> {
        match base {
            PlaceBase::Local(local) => self.local_spot(local),
            PlaceBase::Static(data) => {
                let base = self.const_pointer(ConstKey::Static(data));
                let ty = self.cx.statics.get(data).ty;
                Ok(Spot { at: Where::Through { base, offset: 0 }, ty, len: None, variant: None })
            }
        }
    }

    fn local_spot(&mut self, local: Local) -> Lowered<Spot> {
        let ty = self.func.locals[local].ty;
        let spot = |at, len| Ok(Spot { at, ty, len, variant: None });
        match self.locs[local] {
            Loc::Fixed => {
                let place = self.survey.fixed[local].clone().expect("only aliases of fixed places are marked so");
                self.spot(&place)
            }
            Loc::Pending => match self.define(local)? {
                Loc::Pending => spot(Where::Zst, None),
                _ => self.local_spot(local),
            },
            Loc::Zst => spot(Where::Zst, None),
            Loc::Reg(reg) => spot(Where::Reg(reg), None),
            Loc::Pair(reg) => spot(Where::Pair(reg), None),
            Loc::Frame { offset, .. } => spot(Where::Frame { local: Some(local), offset }, None),
            Loc::Ref(base) => spot(Where::Through { base, offset: 0 }, None),
            Loc::FatRef(base) => spot(Where::Through { base, offset: 0 }, Some(base + 1)),
            Loc::RefInFrame { offset, is_fat } => {
                let base = self.emit.scratch_row(2);
                self.emit.op(Op::FramePointer { dst: base, offset });
                if is_fat {
                    let usize = self.mem_kind(TypeId::USIZE);
                    let offset = offset + u32::from(self.cx.layouts.target().pointer_bytes);
                    self.load_scalar(usize, Where::Frame { local: None, offset }, base + 1)?;
                }
                spot(Where::Through { base, offset: 0 }, is_fat.then_some(base + 1))
            }
        }
    }

    fn step(&mut self, spot: Spot, step: Proj) -> Lowered<Spot> {
        match step {
            Proj::Deref => self.deref(spot),
            Proj::Variant(variant) => Ok(Spot { variant: Some(variant), ..spot }),
            Proj::Field(index) => self.field(spot, index),
            Proj::Index(index) => self.index(spot, index),
        }
    }

    fn deref(&mut self, spot: Spot) -> Lowered<Spot> {
        let TypeKey::Ptr { pointee, .. } = *self.cx.pool.key(spot.ty) else {
            unreachable!("only raw pointers are dereferenced")
        };
        let is_fat = self.cx.pool.is_unsized(pointee);
        let (base, len) = match spot.at {
            Where::Reg(reg) => (reg, None),
            Where::Pair(reg) => (reg, Some(reg + 1)),
            at if is_fat => {
                let reg = self.emit.scratch_row(2);
                self.load_pair(spot.ty, at, reg)?;
                (reg, Some(reg + 1))
            }
            at => {
                let reg = self.emit.scratch();
                let kind = self.mem_kind(spot.ty);
                self.load_scalar(kind, at, reg)?;
                (reg, None)
            }
        };
        Ok(Spot { at: Where::Through { base, offset: 0 }, ty: pointee, len, variant: None })
    }

    fn field(&mut self, spot: Spot, index: u32) -> Lowered<Spot> {
        let (layout, index) = (self.layout(spot.ty), index as usize);
        let (offset, ty) = match (spot.variant, &layout.enumeration) {
            (Some(variant), Some(enumeration)) => {
                let def = self.cx.pool.enum_def(spot.ty).expect("a payload belongs to a completed enum");
                (enumeration.variants[variant as usize][index], def.variants[variant as usize].fields[index].ty)
            }
            _ => (layout.fields[index], self.cx.pool.field_type(spot.ty, index).expect("the field exists")),
        };
        let offset = u32::try_from(offset).map_err(|_| LowerError::TooLarge)?;
        Ok(Spot { at: spot.at.further(offset)?, ty, len: None, variant: None })
    }

    fn index(&mut self, spot: Spot, index: Operand) -> Lowered<Spot> {
        let (elem, _) = self.cx.pool.elem(spot.ty).expect("only arrays, slices and text have elements");
        let size = self.size(elem)?;
        let at = match self.imm(index) {
            _ if size == 0 => Where::Zst,
            // An array of none: no index passes the check before, but what follows is lowered all the same.
            _ if matches!(spot.at, Where::Zst) => Where::Through { base: self.address(spot)?, offset: 0 },
            Some(index) => {
                let offset = index.checked_mul(size.into()).and_then(|offset| u32::try_from(offset).ok());
                spot.at.further(offset.ok_or(LowerError::TooLarge)?)?
            }
            None => {
                let index = self.reg(index)?;
                match self.settle(spot.at)? {
                    Where::Frame { local, offset } => Where::FrameAt { local, index, scale: size, offset },
                    Where::Through { base, offset } => Where::ThroughAt { base, index, scale: size, offset },
                    Where::FrameAt { local, index: outer, offset, .. } => {
                        let sum = self.scaled(index, size);
                        let dst = self.emit.scratch();
                        self.emit.op(Op::WAdd { dst, a: sum, b: outer });
                        Where::FrameAt { local, index: dst, scale: 1, offset }
                    }
                    other => other,
                }
            }
        };
        Ok(Spot { at, ty: elem, len: None, variant: None })
    }

    /// A register times a constant; the product is an offset inside something that exists.
    fn scaled(&mut self, index: Reg, scale: u32) -> Reg {
        let dst = self.emit.scratch();
        match scale {
            1 => return index,
            scale if scale.is_power_of_two() => {
                self.emit.op(Op::ShlImmU { dst, a: index, amount: scale.trailing_zeros() as u8, unused: 0 });
            }
            scale => self.emit.op(Op::MulImmU64 { dst, a: index, imm: scale }),
        }
        self.emit.found(dst)
    }

    /// The same place with the elements counted in bytes, or none.
    pub(super) fn settle(&mut self, at: Where) -> Lowered<Where> {
        Ok(match at {
            Where::FrameAt { local, index, scale, offset } if scale != 1 => {
                Where::FrameAt { local, index: self.scaled(index, scale), scale: 1, offset }
            }
            Where::ThroughAt { base, index, scale, offset } => {
                let dst = self.emit.scratch();
                self.emit.op(Op::PtrIndex { dst, a: base, b: index, size: scale });
                Where::Through { base: dst, offset }
            }
            other => other,
        })
    }

    /// A pointer to a place.
    pub(super) fn address(&mut self, spot: Spot) -> Lowered<Reg> {
        let at = self.settle(spot.at)?;
        if let Where::Through { base, offset: 0 } = at {
            return Ok(base);
        }
        let dst = self.emit.scratch();
        match at {
            Where::Zst => {
                let align = self.layout(spot.ty).align;
                self.emit.op(Op::Imm { dst, imm: align as i32 });
            }
            Where::Through { base, offset } => self.emit.op(Op::PtrAddImm { dst, a: base, imm: offset }),
            Where::Frame { local, offset } => self.local_address(local, offset, dst),
            Where::FrameAt { local, index, offset, .. } => {
                self.local_address(local, offset, dst);
                self.emit.op(Op::PtrAdd { dst, a: dst, b: index });
            }
            Where::Reg(_) | Where::Pair(_) | Where::ThroughAt { .. } => {
                unreachable!("what has an address is in memory, and elements were settled")
            }
        }
        Ok(dst)
    }

    fn local_address(&mut self, local: Option<Local>, offset: u32, dst: Reg) {
        let loc = local.map(|local| self.locs[local]);
        let Some(Loc::Frame { offset: start, handle: Some(handle) }) = loc else {
            unreachable!("the survey found all locals whose address is taken")
        };
        self.emit.op(Op::AddrLocal { dst, handle, imm: offset - start });
    }

    /// Whether values of a type are aggregates in memory.
    pub(super) fn is_memory(&mut self, ty: TypeId) -> bool {
        matches!(self.layout(ty).repr, Repr::Memory)
    }
}

impl Where {
    /// A part of it.
    fn further(self, bytes: u32) -> Lowered<Where> {
        let add = |offset: u32| offset.checked_add(bytes).ok_or(LowerError::TooLarge);
        Ok(match self {
            Where::Frame { local, offset } => Where::Frame { local, offset: add(offset)? },
            Where::FrameAt { local, index, scale, offset } => {
                Where::FrameAt { local, index, scale, offset: add(offset)? }
            }
            Where::Through { base, offset } => Where::Through { base, offset: add(offset)? },
            Where::ThroughAt { base, index, scale, offset } => {
                Where::ThroughAt { base, index, scale, offset: add(offset)? }
            }
            Where::Zst | Where::Reg(_) | Where::Pair(_) => self,
        })
    }
}
