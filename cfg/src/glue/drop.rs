//! Dropping: the type's destructor, then its parts in order.

use super::{FIRST, GlueBuilder, NOWHERE};
use crate::{Arg, Call, Callee, Glue, Place, Proj, Rvalue, Stmt, Terminator};
use kiln_types::{TypeId, TypeKey};

impl GlueBuilder<'_, '_> {
    /// Drops the value of the first parameter.
    pub(super) fn drop_value(&mut self, ty: TypeId) {
        let place = Place::local(FIRST);
        if let Some(destructor) = self.cx.pool.destructor(ty) {
            let args = Box::new([Arg::Place(place.clone())]);
            let call = Call { dst: None, callee: Callee::Func(destructor), args };
            self.emit.push(Stmt::Call(Box::new(call)), NOWHERE);
        }
        match *self.cx.pool.key(ty) {
            TypeKey::Array { elem, len } if self.cx.pool.needs_drop(elem) => {
                let len = self.usize_const(len);
                self.for_each_index(len, |this, step| {
                    this.drop_part(&place, &[step], elem);
                });
            }
            TypeKey::Enum { .. } | TypeKey::AnonEnum { .. } => return self.drop_payload(ty, &place),
            _ => {
                for (index, field) in (0..).zip(self.fields(ty)) {
                    self.drop_part(&place, &[Proj::Field(index)], field);
                }
            }
        }
        self.emit.end(Terminator::Return, NOWHERE);
    }

    fn drop_part(&mut self, whole: &Place, steps: &[Proj], ty: TypeId) {
        if self.cx.pool.needs_drop(ty) {
            let part = steps.iter().fold(whole.clone(), |place, step| place.then(*step));
            self.call_glue(Glue::Drop(ty), None, Box::new([Arg::Place(part)]));
        }
    }

    fn drop_payload(&mut self, ty: TypeId, place: &Place) {
        let end = self.emit.new_block();
        let variants = self.variants(ty);
        let needs_drop = |fields: &[TypeId]| fields.iter().any(|field| self.cx.pool.needs_drop(*field));
        let full: Vec<usize> = (0..variants.len()).filter(|index| needs_drop(&variants[*index].1)).collect();
        if let Some(tag) = self.cx.pool.enum_def(ty).map(|def| def.tag).filter(|_| !full.is_empty()) {
            let value = self.emit.compute(tag, Rvalue::Tag(place.clone()), NOWHERE);
            let blocks: Vec<_> = full.iter().map(|_| self.emit.new_block()).collect();
            let cases = full.iter().zip(&blocks).map(|(index, block)| (variants[*index].0, *block)).collect();
            self.emit.end(Terminator::Switch { value, ty: tag, cases, default: end }, NOWHERE);
            for (index, block) in full.iter().zip(blocks) {
                self.emit.enter(block).expect("the switch goes there");
                for (field, ty) in (0..).zip(&variants[*index].1) {
                    self.drop_part(place, &[Proj::Variant(*index as u32), Proj::Field(field)], *ty);
                }
                self.emit.jump(end, NOWHERE);
            }
        } else {
            self.emit.jump(end, NOWHERE);
        }
        self.emit.enter(end).expect("all ways lead there");
        self.emit.end(Terminator::Return, NOWHERE);
    }
}
