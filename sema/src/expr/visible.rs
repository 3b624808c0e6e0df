//! Who may name what is inside of a type: fields and functions without `pub` belong to the file they are written in. Variants and
//! their payloads are as visible as their enum.

use crate::body::BodyCx;
use crate::context::Checked;
use crate::errors;
use kiln_air::{Inst, InstId};
use kiln_hir::{DeclKind, ExprId, Name};
use kiln_source::{DeclId, Span};
use kiln_types::{TypeId, TypeKey};

impl BodyCx<'_, '_> {
    /// Where a field is written that this file can't name; `None` if it can.
    fn hidden_field(&self, ty: TypeId, index: u32) -> Option<Span> {
        let TypeKey::Struct { decl, .. } = *self.key(ty) else { return None };
        let item = self.sema.decl(decl);
        let DeclKind::Struct(body) = &item.kind else { return None };
        let field = body.fields.get(index as usize)?;
        let is_ours = item.module == self.sema.decl(self.decl).module;
        (!field.public && !is_ours).then(|| self.sema.span_in(decl, field.name.range))
    }

    /// Reports a field that this file can't name.
    pub fn demand_visible_field(&mut self, ty: TypeId, index: u32, name: Name) -> Checked<()> {
        let Some(declared) = self.hidden_field(ty, index) else { return Ok(()) };
        let shown = self.show(ty);
        let error = errors::private_member(self.span(name.range), self.name(name.symbol), &shown, declared);
        Err(self.error(error))
    }

    /// Reports a function of a type that this file can't name.
    pub fn demand_visible_member(&mut self, ty: TypeId, member: DeclId, name: Name) {
        let item = self.sema.decl(member);
        if !item.public && item.module != self.sema.decl(self.decl).module {
            let declared = self.sema.hir.name_span(member);
            let shown = self.show(ty);
            let error = errors::private_member(self.span(name.range), self.name(name.symbol), &shown, declared);
            self.error(error);
        }
    }

    /// Whether all fields of a struct can be named here.
    pub fn sees_all_fields(&self, ty: TypeId) -> bool {
        let count = self.sema.pool.field_count(ty).unwrap_or(0);
        (0..count).all(|index| self.hidden_field(ty, index as u32).is_none())
    }

    /// Reflection reaches every field, but what others keep to themselves is not changed outside of `checked`.
    pub fn demand_own_fields(&mut self, mut place: InstId, expr: ExprId) -> bool {
        if self.checked > 0 {
            return true;
        }
        loop {
            match self.air.insts[place] {
                Inst::Field { base, index } => {
                    let ty = self.ty(base);
                    if let Some(declared) = self.hidden_field(ty, index) {
                        let shown = self.show(ty);
                        let error = errors::private_field_changed(self.expr_span(expr), &shown, declared);
                        self.error(error);
                        return false;
                    }
                    place = base;
                }
                Inst::Index { base, .. } | Inst::Slice { base, .. } => place = base,
                _ => return true,
            }
        }
    }
}
