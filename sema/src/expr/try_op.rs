//! `e?`: the value of an `Option` or `Result`, or leaving the function with the empty or error case.

use super::Expect;
use crate::body::BodyCx;
use crate::context::{Checked, Sema};
use crate::errors;
use kiln_air::{Arm, BindMode, Inst, InstId, Pat, PatId, PatKind, UseKind};
use kiln_hir::ExprId;
use kiln_source::{Symbol, TextRange, sym};
use kiln_types::TypeId;

/// The two types that `?` knows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Family {
    Option,
    Result,
}

impl Family {
    /// The case that goes on, and the one that leaves.
    fn variants(self) -> (Symbol, Symbol) {
        match self {
            Family::Option => (sym::SOME, sym::NONE),
            Family::Result => (sym::OK, sym::ERR),
        }
    }
}

impl Sema<'_> {
    /// Whether a type was made by the library's `Option` or `Result`.
    fn family(&self, ty: TypeId) -> Option<Family> {
        let (maker, _) = self.types.origin(ty)?;
        let item = self.decl(*maker);
        if !self.hir.modules[item.module].is_std {
            return None;
        }
        match item.name.symbol {
            sym::OPTION => Some(Family::Option),
            sym::RESULT => Some(Family::Result),
            _ => None,
        }
    }

    /// `T` of `Option(T)`.
    pub fn option_payload(&mut self, ty: TypeId) -> Option<TypeId> {
        if self.family(ty) != Some(Family::Option) || self.complete(ty).is_err() {
            return None;
        }
        self.payload(ty, sym::SOME)
    }

    /// Numbers of `Some` and `None`.
    pub fn option_variants(&mut self, ty: TypeId) -> Checked<(u32, u32)> {
        self.complete(ty)?;
        Ok((self.variant_number(ty, sym::SOME), self.variant_number(ty, sym::NONE)))
    }

    fn variant_number(&self, ty: TypeId, name: Symbol) -> u32 {
        let def = self.pool.enum_def(ty).expect("the type was completed");
        let number = def.variants.iter().position(|variant| variant.name == name);
        number.expect("the library's types have their variants") as u32
    }

    fn payload(&self, ty: TypeId, name: Symbol) -> Option<TypeId> {
        let def = self.pool.enum_def(ty)?;
        let variant = def.variants.iter().find(|variant| variant.name == name)?;
        variant.fields.first().map(|field| field.ty)
    }
}

impl BodyCx<'_, '_> {
    /// `e?`
    pub fn try_expr(&mut self, inner: ExprId, range: TextRange) -> InstId {
        let inst = self.value(inner, Expect::None);
        let ty = self.ty(inst);
        let ty = self.settle(ty);
        if ty == TypeId::ERROR || self.sema.complete(ty).is_err() {
            return self.error_inst(range);
        }
        let Some(family) = self.sema.family(ty) else {
            let shown = self.show(ty);
            let error = errors::no_such_try(self.expr_span(inner), &shown);
            return self.wrong(error, range);
        };
        let Some(ret) = self.ret else {
            let error = errors::try_outside_function(self.span(range));
            return self.wrong(error, range);
        };
        if self.sema.complete(ret).is_err() {
            return self.error_inst(range);
        }
        let (go_on, leave) = family.variants();
        let fits =
            self.sema.family(ret) == Some(family) && self.sema.payload(ret, leave) == self.sema.payload(ty, leave);
        if !fits {
            let (shown, returned) = (self.show(ty), self.show(ret));
            let error = errors::try_in_other_function(self.span(range), &shown, &returned);
            return self.wrong(error, range);
        }
        let value = self.sema.payload(ty, go_on).unwrap_or(TypeId::UNIT);
        let (going, taken) = self.case(ty, go_on, range);
        let going_body = taken.unwrap_or_else(|| self.unit(range));
        let (leaving, error) = self.case(ty, leave, range);
        let fields = error.into_iter().map(|error| (0, error)).collect();
        let variant = self.sema.variant_number(ret, leave);
        let result = self.push(Inst::Variant { variant, fields }, ret, range);
        let leaving_body = self.push(Inst::Return(Some(result)), TypeId::NEVER, range);
        let arms = Box::new([
            Arm { pat: going, guard: None, body: going_body },
            Arm { pat: leaving, guard: None, body: leaving_body },
        ]);
        self.push(Inst::Match { scrutinee: inst, arms }, value, range)
    }

    /// A pattern for a variant, and what it binds as a value.
    fn case(&mut self, ty: TypeId, name: Symbol, range: TextRange) -> (PatId, Option<InstId>) {
        let variant = self.sema.variant_number(ty, name);
        let payload = self.sema.payload(ty, name);
        let mut fields = Vec::new();
        let value = payload.map(|payload| {
            let is_copied = self.is_copied(payload);
            let (mode, kind) = match is_copied {
                true => (BindMode::Copy, UseKind::Copy),
                false => (BindMode::Move, UseKind::Move),
            };
            let local = self.new_local(None, payload, None, false);
            let kind_of_pat = PatKind::Bind { local, mode };
            fields.push((0, self.air.pats.push(Pat { kind: kind_of_pat, ty: payload, range })));
            let place = self.push(Inst::Local(local), payload, range);
            self.push(Inst::Use { place, kind }, payload, range)
        });
        let kind = PatKind::Variant { variant, fields: fields.into() };
        (self.air.pats.push(Pat { kind, ty, range }), value)
    }
}
