//! Whether values of a struct or enum are copied, moved or have to be consumed, and which destructor they have.

use crate::context::{Checked, Sema};
use crate::errors;
use crate::instance::Progress;
use kiln_hir::{DeclKind, EnumDecl, StructDecl};
use kiln_source::DeclId;
use kiln_types::{FieldDef, Ownership, ParamMode, TypeId, ValueId};

impl Sema<'_> {
    /// The strictest ownership among parts.
    pub fn ownership_of_parts(&self, parts: &[FieldDef]) -> Ownership {
        parts.iter().map(|part| self.pool.ownership(part.ty)).max().unwrap_or(Ownership::Copy)
    }

    /// A type made by a function that says `@copy` is copied if its parts are and it has no destructor.
    pub fn copy_if_parts_are(&mut self, ty: TypeId, decl: DeclId) {
        let item = self.decl(decl);
        let (anonymous, linear) = match &item.kind {
            DeclKind::Struct(body) => (body.anonymous, body.linear),
            DeclKind::Enum(body) => (body.anonymous, body.linear),
            _ => return,
        };
        let makers_word = item.parent.and_then(|maker| self.decl(maker).attrs.copy);
        if !anonymous || linear || makers_word.is_none() || self.types.destructor(decl).is_some() {
            return;
        }
        let parts = self.parts_of_type(ty);
        for part in &parts {
            // A part that is wrong was reported.
            let _ = self.complete(part.ty);
        }
        if parts.iter().all(|part| self.pool.is_copy(part.ty)) {
            self.pool.set_ownership(ty, Ownership::Copy);
        }
    }

    /// Fields of a struct, or of all variants.
    pub fn parts_of_type(&self, ty: TypeId) -> Vec<FieldDef> {
        match (self.pool.struct_def(ty), self.pool.enum_def(ty)) {
            (Some(def), _) => def.fields.to_vec(),
            (_, Some(def)) => def.variants.iter().flat_map(|variant| variant.fields.iter().cloned()).collect(),
            _ => Vec::new(),
        }
    }

    pub fn declared_ownership(&self, decl: DeclId, linear: bool) -> Ownership {
        match () {
            () if linear => Ownership::Linear,
            () if self.decl(decl).attrs.copy.is_some() => Ownership::Copy,
            () => Ownership::Affine,
        }
    }

    /// `@copy` needs parts that are copied, no destructor, and is not `linear`.
    pub fn check_copy(&mut self, ty: TypeId, decl: DeclId) {
        let Some(attr) = self.decl(decl).attrs.copy else { return };
        let attr = self.span_in(decl, attr);
        let fields = self.parts_of_type(ty);
        let linear = matches!(
            &self.decl(decl).kind,
            DeclKind::Struct(StructDecl { linear: true, .. }) | DeclKind::Enum(EnumDecl { linear: true, .. })
        );
        if linear {
            self.error(errors::copy_and_linear(attr));
        }
        if let Some(destructor) = self.types.destructor(decl) {
            let span = self.hir.name_span(destructor);
            self.error(errors::copy_with_destructor(attr, span));
        }
        for field in fields {
            if self.complete(field.ty).is_ok() && !self.pool.is_copy(field.ty) {
                let ty = self.show(field.ty);
                self.error(errors::copy_of_affine_field(attr, field.span, &ty));
            }
        }
    }

    /// `@handle` needs the method that duplicates.
    pub fn check_handle(&mut self, ty: TypeId, decl: DeclId) {
        let Some(attr) = self.decl(decl).attrs.handle else { return };
        // The signature names the type itself; its fields are known by now.
        self.types.note_fields(ty, Progress::Done);
        let span = self.span_in(decl, attr);
        let method = self.names.get("handle").and_then(|name| self.hook(ty, name, &[ParamMode::Borrow], span));
        if method.is_none_or(|method| self.program.info(method).sig.ret != ty) {
            let shown = self.show(ty);
            self.error(errors::handle_without_method(span, &shown));
        }
    }

    /// Notes the type's destructor, if it has one.
    pub fn find_destructor(&mut self, ty: TypeId, decl: DeclId, captures: &[ValueId]) -> Checked<()> {
        let Some(destructor) = self.types.destructor(decl) else { return Ok(()) };
        // The signature names the type itself; its fields are known by now.
        self.types.note_fields(ty, Progress::Done);
        if self.pool.ownership(ty) == Ownership::Linear {
            let (span, shown) = (self.hir.name_span(destructor), self.show(ty));
            return Err(self.error(errors::linear_with_destructor(span, &shown)));
        }
        let func = self.ensure_signature(destructor, captures, self.hir.name_span(destructor))?;
        if let Some(def) = self.pool.struct_def_mut(ty) {
            def.destructor = Some(func);
        }
        if let Some(def) = self.pool.enum_def_mut(ty) {
            def.destructor = Some(func);
        }
        self.want_body(func);
        Ok(())
    }

    /// What holds something linear is linear. The parts are complete.
    pub fn settle_linear(&mut self, ty: TypeId) {
        let is_linear = |field: &FieldDef| self.pool.ownership(field.ty) == Ownership::Linear;
        let holds = match (self.pool.struct_def(ty), self.pool.enum_def(ty)) {
            (Some(def), _) => def.fields.iter().any(is_linear),
            (_, Some(def)) => def.variants.iter().any(|variant| variant.fields.iter().any(is_linear)),
            _ => false,
        };
        if !holds {
            return;
        }
        if let Some(def) = self.pool.struct_def_mut(ty) {
            def.ownership = Ownership::Linear;
        }
        if let Some(def) = self.pool.enum_def_mut(ty) {
            def.ownership = Ownership::Linear;
        }
    }
}
