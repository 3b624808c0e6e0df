//! Places: locals, parts of them, elements with their bounds checks, views, what pointers point to.

use super::{Builder, Effects};
use crate::emit::{Flow, with_stack};
use crate::{BinOp, Check, LocalKind, Operand, Overflow, Place, PlaceBase, Proj, Rvalue, Stmt};
use kiln_air::{Inst, InstId, UseKind};
use kiln_source::TextRange;
use kiln_types::{ParamMode, StaticId, TypeId, TypeKey, ValueId};
use smallvec::SmallVec;

/// A place while its steps are collected.
#[derive(Clone, Debug)]
pub(super) struct PlaceBuf {
    base: PlaceBase,
    proj: SmallVec<[Proj; 4]>,
}

impl PlaceBuf {
    /// A whole local.
    pub fn local(local: crate::Local) -> PlaceBuf {
        PlaceBuf { base: PlaceBase::Local(local), proj: SmallVec::new() }
    }

    fn of_static(data: StaticId) -> PlaceBuf {
        PlaceBuf { base: PlaceBase::Static(data), proj: SmallVec::new() }
    }

    /// The place that was built, to go on from there.
    pub fn of(place: &Place) -> PlaceBuf {
        PlaceBuf { base: place.base, proj: SmallVec::from_slice(&place.proj) }
    }

    /// Goes one step further.
    pub fn push(&mut self, step: Proj) {
        self.proj.push(step);
    }

    /// This place one step further.
    pub fn then(&self, step: Proj) -> PlaceBuf {
        let mut next = self.clone();
        next.push(step);
        next
    }

    /// The local, if the place is a whole one.
    pub fn as_local(&self) -> Option<crate::Local> {
        match self.base {
            PlaceBase::Local(local) if self.proj.is_empty() => Some(local),
            _ => None,
        }
    }

    /// The local it starts at, if all steps from there lead to parts that can be taken away.
    pub fn owner(&self) -> Option<crate::Local> {
        match self.base {
            PlaceBase::Local(local) => {
                let fixed = |step: &Proj| matches!(step, Proj::Deref | Proj::Index(_));
                (!self.proj.iter().any(fixed)).then_some(local)
            }
            PlaceBase::Static(_) => None,
        }
    }

    /// The finished place.
    pub fn finish(&self) -> Place {
        Place { base: self.base, proj: self.proj.as_slice().into() }
    }
}

impl Builder<'_, '_> {
    /// Lowers a place. Its operands keep their values through `after`, what siblings do before the place is used. The
    /// place of a value is a temporary that is dropped at the end of the statement.
    pub(super) fn place(&mut self, id: InstId, after: Effects) -> Flow<PlaceBuf> {
        let body = self.body;
        match &body.insts[id] {
            Inst::Local(local) => Ok(PlaceBuf::local(self.local(*local))),
            Inst::Static(data) => Ok(PlaceBuf::of_static(*data)),
            Inst::Field { base, index } => {
                let mut place = with_stack(|| self.place(*base, after))?;
                place.push(Proj::Field(*index));
                Ok(place)
            }
            Inst::Index { base, index } => with_stack(|| self.index_place(id, *base, *index, after)),
            Inst::Slice { base, from, to, inclusive } => {
                with_stack(|| self.view_place(id, *base, [*from, *to], *inclusive, after))
            }
            Inst::Deref(pointer) => {
                let pointer_ty = self.ty(*pointer);
                let pointer = self.operand(*pointer, after)?;
                let local = self.operand_local(pointer, pointer_ty, self.range(id));
                Ok(PlaceBuf::local(local).then(Proj::Deref))
            }
            _ => self.value_place(id),
        }
    }

    /// A temporary with the value of an instruction that is no place.
    pub(super) fn value_place(&mut self, id: InstId) -> Flow<PlaceBuf> {
        let local = self.value_local(id)?;
        self.drop_at_statement_end(local, self.ty(id));
        Ok(PlaceBuf::local(local))
    }

    /// A local that holds the operand.
    pub(super) fn operand_local(&mut self, operand: Operand, ty: TypeId, range: TextRange) -> crate::Local {
        match operand {
            Operand::Copy(local) | Operand::Move(local) => local,
            Operand::Const(_) => self.emit.hold(ty, Rvalue::Operand(operand), range),
        }
    }

    fn index_place(&mut self, id: InstId, base: InstId, index: InstId, after: Effects) -> Flow<PlaceBuf> {
        let mut place = self.place(base, after.and(self.effects(index)))?;
        let index = self.operand(index, after)?;
        let range = self.range(id);
        let known = self.array_len(self.ty(base)).zip(self.const_bits(index));
        if known.is_none_or(|(len, index)| index >= u128::from(len)) {
            let len = self.len_of(&place, self.ty(base), range);
            self.emit.push(Stmt::Check(Check::Bounds { index, len }), range);
        }
        place.push(Proj::Index(index));
        Ok(place)
    }

    /// The length of an array type.
    pub(super) fn array_len(&self, ty: TypeId) -> Option<u64> {
        match self.cx.pool.key(ty) {
            TypeKey::Array { len, .. } => Some(*len),
            _ => None,
        }
    }

    /// The length of an array, slice or `str` place.
    pub(super) fn len_of(&mut self, place: &PlaceBuf, ty: TypeId, range: TextRange) -> Operand {
        match self.array_len(ty) {
            Some(len) => self.usize_const(len),
            None => self.emit.compute(TypeId::USIZE, Rvalue::Len(place.finish()), range),
        }
    }

    /// A `usize` constant.
    pub(super) fn usize_const(&mut self, value: u64) -> Operand {
        Operand::Const(self.cx.pool.scalar(TypeId::USIZE, u128::from(value)))
    }

    /// The bits of a scalar constant.
    pub(super) fn const_bits(&self, operand: Operand) -> Option<u128> {
        match operand {
            Operand::Const(value) => self.cx.pool.scalar_bits(value),
            Operand::Copy(_) | Operand::Move(_) => None,
        }
    }

    fn view_place(
        &mut self,
        id: InstId,
        base: InstId,
        bounds: [Option<InstId>; 2],
        inclusive: bool,
        after: Effects,
    ) -> Flow<PlaceBuf> {
        let base_ty = self.ty(base);
        let effects_of = |this: &Self, bound: Option<InstId>| bound.map_or(Effects::NONE, |bound| this.effects(bound));
        let after_from = after.and(effects_of(self, bounds[1]));
        let place = self.place(base, after_from.and(effects_of(self, bounds[0])))?;
        if bounds == [None, None] && self.cx.pool.is_unsized(base_ty) {
            return Ok(place);
        }
        let from = bounds[0].map(|from| self.operand(from, after_from)).transpose()?;
        let to = bounds[1].map(|to| self.operand(to, after)).transpose()?;
        let range = self.range(id);
        let to = self.check_view(&place, base_ty, from, to, inclusive, range);
        let mutable = self.is_writable(base);
        let pointer = self.cx.pool.ptr(mutable, self.ty(id));
        let view = self.emit.hold(pointer, Rvalue::Slice { place: place.finish(), from, to }, range);
        Ok(PlaceBuf::local(view).then(Proj::Deref))
    }

    /// Emits the checks of a view's bounds, as far as they are not certainly right, and gives the exclusive end.
    fn check_view(
        &mut self,
        place: &PlaceBuf,
        ty: TypeId,
        from: Option<Operand>,
        to: Option<Operand>,
        inclusive: bool,
        range: TextRange,
    ) -> Option<Operand> {
        if from.is_none() && to.is_none() {
            return None;
        }
        let len = self.len_of(place, ty, range);
        let to = match to {
            Some(last) if inclusive => Some(self.end_after(last, len, range)),
            to => to,
        };
        let start = from.unwrap_or_else(|| self.usize_const(0));
        let end = to.unwrap_or(len);
        let known = |operand| self.const_bits(operand);
        let right = match (known(start), known(end), known(len)) {
            (Some(start), Some(end), Some(len)) => start <= end && end <= len,
            // What was just checked against the length, or is the length.
            (Some(0), _, _) => to.is_none() || inclusive,
            _ => false,
        };
        if !right {
            self.emit.push(Stmt::Check(Check::Slice { from: start, to: end, len }), range);
        }
        to
    }

    /// The exclusive end of a view that ends with the element `last`, which is checked to exist.
    fn end_after(&mut self, last: Operand, len: Operand, range: TextRange) -> Operand {
        match (self.const_bits(last), self.const_bits(len)) {
            (Some(last), Some(len)) if last < len => self.usize_const(last as u64 + 1),
            _ => {
                self.emit.push(Stmt::Check(Check::Bounds { index: last, len }), range);
                let one = self.usize_const(1);
                self.emit.compute(TypeId::USIZE, Rvalue::Binary(BinOp::Add(Overflow::Wrapping), last, one), range)
            }
        }
    }

    /// Whether the place belongs to a local that holds its value itself.
    pub(super) fn is_owned(&self, place: &PlaceBuf) -> bool {
        place.owner().is_some_and(|local| !self.emit.locals[local].is_reference())
    }

    /// Whether the program may write the place.
    fn is_writable(&self, mut place: InstId) -> bool {
        loop {
            match &self.body.insts[place] {
                Inst::Local(local) => {
                    let decl = &self.emit.locals[self.local(*local)];
                    return match decl.kind {
                        LocalKind::Param(mode) => mode == ParamMode::Inout,
                        LocalKind::Alias { mutable } => mutable,
                        LocalKind::Return | LocalKind::User | LocalKind::Temp => self.body.locals[*local].mutable,
                    };
                }
                Inst::Static(_) => return false,
                Inst::Field { base, .. } | Inst::Index { base, .. } | Inst::Slice { base, .. } => place = *base,
                Inst::Deref(pointer) => {
                    return matches!(self.cx.pool.key(self.ty(*pointer)), TypeKey::Ptr { mutable: true, .. });
                }
                _ => return true,
            }
        }
    }

    /// How the value of a place of this type is taken when nothing says so: copied if it can be.
    pub(super) fn use_kind(&mut self, ty: TypeId) -> UseKind {
        if self.is_copy(ty) { UseKind::Copy } else { UseKind::Move }
    }

    /// `()` as an operand.
    pub(super) fn unit(&self) -> Operand {
        Operand::Const(ValueId::UNIT)
    }
}
