//! Equality: all parts in order, until two differ. Floats compare as `==` does.

use super::{FIRST, GlueBuilder, NOWHERE, SECOND};
use crate::{Arg, BinOp, BlockId, Builtin, Func, Glue, Operand, Place, Proj, Rvalue, Terminator, UseKind};
use kiln_types::{TypeId, TypeKey, ValueId};

impl GlueBuilder<'_, '_> {
    /// Compares the two parameters.
    pub(super) fn eq_value(&mut self, ty: TypeId) {
        let (left, right) = (Place::local(FIRST), Place::local(SECOND));
        let differ = self.emit.new_block();
        match *self.cx.pool.key(ty) {
            TypeKey::Array { elem, len } => {
                let len = self.usize_const(len);
                self.compare_elements(elem, len, &left, &right, differ);
            }
            TypeKey::Slice { elem } => self.compare_views(elem, &left, &right, differ),
            TypeKey::Str => self.compare_views(TypeId::U8, &left, &right, differ),
            TypeKey::Enum { .. } | TypeKey::AnonEnum { .. } => self.compare_variants(ty, &left, &right, differ),
            TypeKey::Tuple(_) | TypeKey::Struct { .. } | TypeKey::AnonStruct { .. } => {
                for (index, field) in (0..).zip(self.fields(ty)) {
                    let step = Proj::Field(index);
                    self.compare_part(field, left.then(step), right.then(step), differ);
                }
            }
            _ => self.compare_part(ty, left, right, differ),
        }
        self.finish_with(true);
        if self.emit.enter(differ).is_ok() {
            self.finish_with(false);
        }
    }

    fn finish_with(&mut self, equal: bool) {
        let value = Rvalue::Operand(Operand::Const(ValueId::bool(equal)));
        self.emit.assign(Place::local(Func::RESULT), value, NOWHERE);
        self.emit.end(Terminator::Return, NOWHERE);
    }

    /// Goes on in a new block if two operands are equal.
    fn require(&mut self, left: Operand, right: Operand, differ: BlockId) {
        let next = self.emit.new_block();
        self.branch_on(BinOp::Eq, left, right, next, differ);
        self.emit.enter(next).expect("the branch goes there");
    }

    /// Computes the same of both sides.
    fn both(&mut self, ty: TypeId, left: Place, right: Place, what: impl Fn(Place) -> Rvalue) -> (Operand, Operand) {
        let left = self.emit.compute(ty, what(left), NOWHERE);
        (left, self.emit.compute(ty, what(right), NOWHERE))
    }

    fn compare_part(&mut self, ty: TypeId, left: Place, right: Place, differ: BlockId) {
        match *self.cx.pool.key(ty) {
            TypeKey::Unit | TypeKey::Never => {}
            TypeKey::Ptr { pointee, .. } if self.cx.pool.is_unsized(pointee) => {
                self.compare_fat(ty, left, right, differ)
            }
            TypeKey::Bool
            | TypeKey::Char
            | TypeKey::Int { .. }
            | TypeKey::Size { .. }
            | TypeKey::Float { .. }
            | TypeKey::Ptr { .. }
            | TypeKey::Fn(_) => {
                let (left, right) = self.both(ty, left, right, |place| Rvalue::Use(place, UseKind::Copy));
                self.require(left, right, differ);
            }
            TypeKey::Enum { .. } | TypeKey::AnonEnum { .. } if self.is_unit_only(ty) => {
                self.compare_tags(ty, left, right, differ);
            }
            _ => {
                let equal = self.emit.temp(TypeId::BOOL, NOWHERE);
                let args = Box::new([Arg::Place(left), Arg::Place(right)]);
                self.call_glue(Glue::Eq(ty), Some(Place::local(equal)), args);
                let next = self.emit.new_block();
                let cond = Operand::Copy(equal);
                self.emit.end(Terminator::Branch { cond, then: next, else_: differ }, NOWHERE);
                self.emit.enter(next).expect("the branch goes there");
            }
        }
    }

    /// Pointers with a length are equal if both address and length are.
    fn compare_fat(&mut self, ty: TypeId, left: Place, right: Place, differ: BlockId) {
        let TypeKey::Ptr { mutable, pointee } = *self.cx.pool.key(ty) else { return };
        let elem = self.cx.pool.elem(pointee).map_or(TypeId::U8, |elem| elem.0);
        let address = self.cx.pool.ptr(mutable, elem);
        let (left, right) = self.both(ty, left, right, |place| Rvalue::Use(place, UseKind::Copy));
        for (part, ty) in [(Builtin::FatPtrAddress, address), (Builtin::FatPtrLen, TypeId::USIZE)] {
            let left = self.emit.compute(ty, Rvalue::Builtin(part, Box::new([left])), NOWHERE);
            let right = self.emit.compute(ty, Rvalue::Builtin(part, Box::new([right])), NOWHERE);
            self.require(left, right, differ);
        }
    }

    fn is_unit_only(&self, ty: TypeId) -> bool {
        self.cx.pool.enum_def(ty).is_some_and(|def| def.is_unit_only() && !def.variants.is_empty())
    }

    /// Compares the tags; gives the left one.
    fn compare_tags(&mut self, ty: TypeId, left: Place, right: Place, differ: BlockId) -> Option<(Operand, TypeId)> {
        let tag = self.cx.pool.enum_def(ty)?.tag;
        let (left, right) = self.both(tag, left, right, Rvalue::Tag);
        self.require(left, right, differ);
        Some((left, tag))
    }

    fn compare_variants(&mut self, ty: TypeId, left: &Place, right: &Place, differ: BlockId) {
        let variants = self.variants(ty);
        if variants.is_empty() {
            return;
        }
        let Some((value, ty)) = self.compare_tags(ty, left.clone(), right.clone(), differ) else { return };
        let full: Vec<u32> =
            (0..).zip(&variants).filter(|(_, variant)| !variant.1.is_empty()).map(|(index, _)| index).collect();
        if full.is_empty() {
            return;
        }
        let end = self.emit.new_block();
        let blocks: Vec<BlockId> = full.iter().map(|_| self.emit.new_block()).collect();
        let cases = full.iter().zip(&blocks).map(|(index, block)| (variants[*index as usize].0, *block)).collect();
        self.emit.end(Terminator::Switch { value, ty, cases, default: end }, NOWHERE);
        for (index, block) in full.iter().zip(blocks) {
            self.emit.enter(block).expect("the switch goes there");
            let payload = |place: &Place| place.then(Proj::Variant(*index));
            for (field, ty) in (0..).zip(&variants[*index as usize].1) {
                let step = Proj::Field(field);
                self.compare_part(*ty, payload(left).then(step), payload(right).then(step), differ);
            }
            self.emit.jump(end, NOWHERE);
        }
        self.emit.enter(end).expect("the switch goes there");
    }

    fn compare_views(&mut self, elem: TypeId, left: &Place, right: &Place, differ: BlockId) {
        let (len, other) = self.both(TypeId::USIZE, left.clone(), right.clone(), Rvalue::Len);
        self.require(len, other, differ);
        self.compare_elements(elem, len, left, right, differ);
    }

    fn compare_elements(&mut self, elem: TypeId, len: Operand, left: &Place, right: &Place, differ: BlockId) {
        self.for_each_index(len, |this, step| {
            this.compare_part(elem, left.then(step), right.then(step), differ);
        });
    }
}
