//! Where locals are: registers, the frame's memory, or a register that holds their address.

use super::emit::Constant;
use super::{Lower, LowerError, Lowered};
use crate::abi::Pass;
use crate::code::Addressed;
use crate::op::{Op, Reg};
use kiln_cfg::{Func, Local, LocalKind, Stmt};
use kiln_types::{Layout, ParamMode, Pool, Repr, ScalarKind, TypeId, TypeKey};

/// Where a local is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Loc {
    /// Nowhere at present: its block has not assigned it yet, or does not need it any more.
    Pending,
    /// It has no bytes.
    Zst,
    /// In a register.
    Reg(Reg),
    /// In a register and the next one.
    Pair(Reg),
    /// In the frame's memory. With a handle, it has an allocation there.
    Frame { offset: u32, handle: Option<u16> },
    /// It is a place elsewhere; a register holds the pointer.
    Ref(Reg),
    /// It is a view elsewhere; two registers hold pointer and length.
    FatRef(Reg),
    /// The pointer of a reference is in the frame's memory, for want of registers.
    RefInFrame { offset: u32, is_fat: bool },
    /// It is another name for a part of a local.
    Fixed,
}

/// Registers that locals of the whole function may take; the others are for what lives in a block.
const WHOLE_FUNCTION: usize = 150;

/// How a local is held when it is not in memory.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shape {
    Zst,
    Reg,
    Pair,
    Memory,
}

fn shape(layout: &Layout) -> Shape {
    match layout.repr {
        _ if layout.size == 0 => Shape::Zst,
        Repr::Zst => Shape::Zst,
        Repr::Scalar(ScalarKind::Int { bits: 128, .. }) | Repr::FatPtr => Shape::Pair,
        Repr::Scalar(_) | Repr::Comptime => Shape::Reg,
        Repr::Memory => Shape::Memory,
    }
}

/// Whether an instruction changes a local.
fn assigns(stmt: &Stmt, local: Local) -> bool {
    match stmt {
        Stmt::Assign(place, _) | Stmt::SetVariant { place, .. } => place.as_local() == Some(local),
        Stmt::Call(call) => call.dst.as_ref().is_some_and(|dst| dst.as_local() == Some(local)),
        _ => false,
    }
}

impl Lower<'_> {
    /// Gives every local its place, but for those that a single block needs.
    pub(super) fn place_locals(&mut self, constants: Option<&[Constant]>) -> Lowered {
        self.frame = 8 * self.survey.facts.iter().filter(|facts| facts.addressed).count() as u64;
        // Arguments in the window stay where they come in, also those that are copied to memory: traces show them.
        for param in self.params.iter().filter(|param| param.is_in_window()) {
            self.emit.take_at(param.slot as Reg, param.pass.slots() as usize);
        }
        if let Some(constants) = constants {
            self.emit.preset_constants(constants);
        }
        for local in self.func.locals.ids() {
            self.locs[local] = match local.0 as usize {
                index @ 1.. if index <= self.func.param_count => self.place_param(local)?,
                _ => self.place_local(local)?,
            };
            self.own(local);
        }
        Ok(())
    }

    fn place_param(&mut self, local: Local) -> Lowered<Loc> {
        let param = &self.params[local.0 as usize - 1];
        let (pass, slot, fits) = (param.pass, param.slot as Reg, param.is_in_window());
        let is_addressed = self.survey.facts[local].addressed;
        match pass {
            Pass::Nothing => Ok(Loc::Zst),
            Pass::Pointer if fits => Ok(Loc::Ref(slot)),
            Pass::FatPointer if fits => Ok(Loc::FatRef(slot)),
            Pass::Pointer | Pass::FatPointer => {
                let pointer = u64::from(self.cx.layouts.target().pointer_bytes);
                let offset = self.reserve(pointer * 2, pointer as u32)?;
                Ok(Loc::RefInFrame { offset, is_fat: pass == Pass::FatPointer })
            }
            Pass::Value if fits && !is_addressed => Ok(Loc::Reg(slot)),
            Pass::Pair if fits && !is_addressed => Ok(Loc::Pair(slot)),
            Pass::Value | Pass::Pair | Pass::Place => self.in_frame(local),
        }
    }

    fn place_local(&mut self, local: Local) -> Lowered<Loc> {
        let facts = self.survey.facts[local];
        if self.survey.fixed[local].is_some() {
            return Ok(Loc::Fixed);
        }
        if local != Func::RESULT && (facts.mentions == 0 || facts.home().is_some()) && !facts.addressed {
            return Ok(Loc::Pending);
        }
        self.give_place(local, WHOLE_FUNCTION)
    }

    /// A place for a local, in registers below `limit` if it can be.
    fn give_place(&mut self, local: Local, limit: usize) -> Lowered<Loc> {
        let ty = self.func.locals[local].ty;
        if self.survey.references[local] {
            let is_fat = self.cx.pool.is_unsized(ty);
            if !is_fat && self.layout(ty).is_zst() {
                return Ok(Loc::Zst);
            }
            return match self.take(1 + usize::from(is_fat), limit) {
                Some(reg) if is_fat => Ok(Loc::FatRef(reg)),
                Some(reg) => Ok(Loc::Ref(reg)),
                None => {
                    let pointer = u64::from(self.cx.layouts.target().pointer_bytes);
                    Ok(Loc::RefInFrame { offset: self.reserve(pointer * 2, pointer as u32)?, is_fat })
                }
            };
        }
        let layout = self.layout(ty);
        let in_registers = match shape(&layout) {
            Shape::Zst => return Ok(Loc::Zst),
            Shape::Memory => None,
            _ if self.survey.facts[local].addressed => None,
            Shape::Reg => self.take(1, limit).map(Loc::Reg),
            Shape::Pair => self.take(2, limit).map(Loc::Pair),
        };
        match in_registers {
            Some(loc) => Ok(loc),
            None => self.in_frame(local),
        }
    }

    fn take(&mut self, count: usize, limit: usize) -> Option<Reg> {
        let reg = self.emit.take(count)?;
        if usize::from(reg) + count > limit {
            self.emit.give(reg, count);
            return None;
        }
        Some(reg)
    }

    /// A place in the frame.
    fn in_frame(&mut self, local: Local) -> Lowered<Loc> {
        let decl = &self.func.locals[local];
        let (ty, range) = (decl.ty, decl.range);
        let layout = self.layout(ty);
        if layout.size == 0 {
            return Ok(Loc::Zst);
        }
        let facts = self.survey.facts[local];
        // Allocations begin at multiples of 16.
        let align = if facts.addressed { 16 } else { layout.align };
        let offset = self.reserve(layout.size, align)?;
        let handle = facts.addressed.then(|| {
            let addressed = &mut self.emit.tables.addressed;
            let from_start = !facts.has_storage;
            let size = layout.size as u32;
            addressed.push(Addressed { local, ty, offset, size, align: layout.align, from_start, range });
            addressed.len() as u16 - 1
        });
        Ok(Loc::Frame { offset, handle })
    }

    /// Bytes of the frame.
    pub(super) fn reserve(&mut self, size: u64, align: u32) -> Lowered<u32> {
        let offset = self.frame.next_multiple_of(align.into());
        self.frame = offset.checked_add(size).filter(|end| *end < 1 << 31).ok_or(LowerError::TooLarge)?;
        Ok(offset as u32)
    }

    /// Where a local is; one that its block assigns from here on gets a place.
    pub(super) fn define(&mut self, local: Local) -> Lowered<Loc> {
        if self.locs[local] == Loc::Pending {
            let loc = self.give_place(local, 256)?;
            self.locs[local] = loc;
            self.transient.push(local);
            self.fresh = Some(local);
            self.own(local);
            if let Loc::Frame { offset, .. } = loc {
                self.forget_gaps(offset, self.func.locals[local].ty)?;
            }
        }
        Ok(self.locs[local])
    }

    /// Gives a local that its block assigns from here on the scratch registers that hold its value already.
    pub(super) fn define_at(&mut self, local: Local, reg: Reg) -> bool {
        let layout = self.layout(self.func.locals[local].ty);
        if self.locs[local] != Loc::Pending || self.survey.references[local] {
            return false;
        }
        let (loc, count) = match shape(&layout) {
            Shape::Reg => (Loc::Reg(reg), 1),
            Shape::Pair => (Loc::Pair(reg), 2),
            Shape::Zst | Shape::Memory => return false,
        };
        self.emit.keep(reg, count);
        self.locs[local] = loc;
        self.transient.push(local);
        self.own(local);
        true
    }

    /// Notes whose value a register is.
    fn own(&mut self, local: Local) {
        if let Loc::Reg(reg) = self.locs[local] {
            self.owners[usize::from(reg)] = Some(local);
        }
    }

    /// After an assignment: when all it did was to move a register that keeps its value as long as the new local is needed, the local
    /// has that register instead of one of its own.
    pub(super) fn share(&mut self) {
        let Some(local) = self.fresh.take() else { return };
        let Loc::Reg(dst) = self.locs[local] else { return };
        let Some(a) = self.emit.take_back_move(dst) else { return };
        let was_free = self.emit.is_free(a);
        if self.keeps_value(a, self.survey.facts[local].last) && self.is_never_changed(local) && self.emit.share(a) {
            self.emit.give(dst, 1);
            if was_free {
                self.owners[usize::from(a)] = Some(local);
            }
            self.locs[local] = Loc::Reg(a);
        } else {
            self.emit.move_to(dst, a);
        }
    }

    /// Whether a register has its value until after an instruction of the block.
    fn keeps_value(&self, reg: Reg, last: u32) -> bool {
        if self.emit.is_free(reg) {
            return true;
        }
        let Some(owner) = self.owners[usize::from(reg)] else { return false };
        match self.func.locals[owner].kind {
            LocalKind::Temp => self.survey.facts[owner].home().is_some(),
            LocalKind::Param(mode) => mode != ParamMode::Inout,
            LocalKind::User | LocalKind::Return => self.is_unchanged(owner, self.at + 1, last),
            LocalKind::Alias { .. } => false,
        }
    }

    /// Whether a local is assigned once.
    fn is_never_changed(&self, local: Local) -> bool {
        let decl = &self.func.locals[local];
        decl.kind == LocalKind::Temp || self.is_unchanged(local, self.at + 1, self.survey.facts[local].last)
    }

    /// Whether no instruction in a stretch of the block assigns a local. Long stretches are not looked through.
    fn is_unchanged(&self, local: Local, from: u32, to: u32) -> bool {
        let stmts = &self.func.blocks[self.block].stmts;
        let stretch = stmts.iter().skip(from as usize).take((to + 1).saturating_sub(from) as usize);
        to.saturating_sub(from) < 256 && stretch.into_iter().all(|stmt| !assigns(stmt, local))
    }

    /// After an instruction: scratch registers, and registers of locals that are not needed any more, become free.
    pub(super) fn end_stmt(&mut self) {
        self.emit.end_instruction();
        let (at, emit, locs, facts) = (self.at, &mut self.emit, &mut self.locs, &self.survey.facts);
        self.transient.retain(|local| {
            if facts[*local].last > at {
                return true;
            }
            match locs[*local] {
                Loc::Reg(reg) | Loc::Ref(reg) => emit.give(reg, 1),
                Loc::Pair(reg) | Loc::FatRef(reg) => emit.give(reg, 2),
                _ => {}
            }
            locs[*local] = Loc::Pending;
            false
        });
    }

    /// Whether nothing needs the local after the current instruction.
    pub(super) fn is_last_use(&self, local: Local) -> bool {
        self.survey.facts[local].last <= self.at && self.transient.contains(&local)
    }

    /// Whether the current instruction is the only one that reads the local.
    pub(super) fn is_only_use(&self, local: Local) -> bool {
        let is_temp = self.func.locals[local].kind == LocalKind::Temp;
        is_temp && self.survey.facts[local].mentions == 2 && self.is_last_use(local)
    }

    /// The beginning of a function: its arguments go where they belong.
    pub(super) fn prologue(&mut self) -> Lowered {
        self.emit.range = self.func.range;
        if !self.emit.tables.addressed.is_empty() {
            self.emit.op(Op::Enter {});
        }
        for index in 0..self.params.len() {
            self.take_in(Local(index as u32 + 1))?;
            self.emit.end_instruction();
        }
        for local in self.func.locals.ids().skip(self.func.param_count + 1) {
            let has_storage = self.survey.facts[local].has_storage;
            if let (Loc::Frame { offset, handle: None }, false) = (self.locs[local], has_storage) {
                self.forget_gaps(offset, self.func.locals[local].ty)?;
            }
        }
        if let Loc::Frame { offset, handle: None } = self.locs[Func::RESULT] {
            self.forget_gaps(offset, self.func.ret())?;
        }
        Ok(())
    }

    fn take_in(&mut self, local: Local) -> Lowered {
        let param = self.params[local.0 as usize - 1].clone();
        let slots = param.pass.slots();
        let offset = match self.locs[local] {
            Loc::Frame { offset, .. } | Loc::RefInFrame { offset, .. } => offset,
            _ => return Ok(()),
        };
        let reg = if param.is_in_window() { param.slot as Reg } else { self.emit.scratch_row(slots as usize) };
        if !param.is_in_window() {
            for index in 0..slots {
                self.emit.op(Op::LoadSlot { dst: reg + index as Reg, slot: param.slot + index });
            }
        }
        self.fill_param(local, param.pass, offset, reg)
    }

    /// Whether some bytes of a type belong to none of its scalars, or not always.
    fn has_gaps(&mut self, ty: TypeId) -> bool {
        let (pool, layout): (&Pool, _) = (self.cx.pool, self.layout(ty));
        if !matches!(layout.repr, Repr::Memory) {
            return false;
        }
        match pool.key(ty) {
            TypeKey::Array { elem, .. } => self.has_gaps(*elem),
            TypeKey::Tuple(_) | TypeKey::Struct { .. } | TypeKey::AnonStruct { .. } => {
                let fields: Vec<TypeId> =
                    (0..layout.fields.len()).filter_map(|index| pool.field_type(ty, index)).collect();
                let filled: u64 = fields.iter().map(|field| self.layout(*field).size).sum();
                filled != layout.size || fields.into_iter().any(|field| self.has_gaps(field))
            }
            _ => true,
        }
    }

    /// Forgets what an earlier local left in bytes that the local's type may leave unwritten.
    fn forget_gaps(&mut self, offset: u32, ty: TypeId) -> Lowered {
        if self.has_gaps(ty) {
            let size = self.size(ty)?;
            self.emit.tables.ranges.push((offset, size));
            self.emit.op(Op::Forget { index: self.emit.tables.ranges.len() as u32 - 1 });
        }
        Ok(())
    }

    pub(super) fn storage_live(&mut self, local: Local) -> Lowered {
        match self.locs[local] {
            Loc::Frame { handle: Some(handle), .. } => self.emit.op(Op::Birth { local: handle.into() }),
            Loc::Frame { offset, handle: None } => self.forget_gaps(offset, self.func.locals[local].ty)?,
            _ => {}
        }
        Ok(())
    }

    pub(super) fn storage_dead(&mut self, local: Local) {
        if let Loc::Frame { handle: Some(handle), .. } = self.locs[local] {
            self.emit.op(Op::Death { local: handle.into() });
        }
    }
}
