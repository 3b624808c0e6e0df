//! `@cast`, `@wrap`, `@bit_cast`: conversions to the type the context gives.

use crate::body::BodyCx;
use crate::errors;
use crate::expr::Expect;
use kiln_air::{CastKind, Inst, InstId};
use kiln_hir::ExprId;
use kiln_source::TextRange;
use kiln_types::{TypeId, TypeKey};

impl BodyCx<'_, '_> {
    /// The type a conversion makes: the context has to say it.
    fn target_type(&mut self, name: &str, expect: Expect, range: TextRange) -> Option<TypeId> {
        let ty = expect.ty().map(|ty| self.infer.shallow(ty, &self.sema.pool));
        match ty {
            Some(ty) if !matches!(self.key(ty), TypeKey::InferInt(_) | TypeKey::InferFloat(_)) => Some(ty),
            Some(ty) => Some(self.settle(ty)),
            None => {
                let error = errors::cast_without_type(self.span(range), name);
                self.error(error);
                None
            }
        }
    }

    /// `@cast(e)`: what doesn't fit panics.
    pub fn cast(&mut self, expr: ExprId, expect: Expect, range: TextRange) -> InstId {
        let inst = self.value(expr, Expect::None);
        let Some(to) = self.target_type("cast", expect, range) else { return self.error_inst(range) };
        let from = self.ty(inst);
        let is_number = self.sema.pool.is_int(to) || self.sema.pool.is_float(to);
        if is_number && matches!(self.key(from), TypeKey::InferInt(_) | TypeKey::InferFloat(_)) {
            // Whatever number it turns out to be.
            return self.push(Inst::Cast(CastKind::Checked, inst), to, range);
        }
        let from = self.settle(from);
        if from == TypeId::ERROR || to == TypeId::ERROR {
            return self.error_inst(range);
        }
        if from == to {
            return inst;
        }
        if !self.is_castable(from) || !self.is_castable(to) || !self.cast_exists(from, to) {
            let (from, to) = (self.show(from), self.show(to));
            let error = errors::bad_cast(self.span(range), "cast", &from, &to);
            return self.wrong(error, range);
        }
        self.push(Inst::Cast(CastKind::Checked, inst), to, range)
    }

    fn is_castable(&self, ty: TypeId) -> bool {
        match self.key(ty) {
            TypeKey::Int { .. } | TypeKey::Size { .. } | TypeKey::Float { .. } | TypeKey::Char | TypeKey::Bool => true,
            TypeKey::Enum { .. } | TypeKey::AnonEnum { .. } => self.is_scalar(ty),
            _ => false,
        }
    }

    /// Numbers to numbers; integers from and to chars; bools and unit-only enums to integers.
    fn cast_exists(&self, from: TypeId, to: TypeId) -> bool {
        let is_int = |ty| self.sema.pool.is_int(ty);
        let is_number = |ty| is_int(ty) || self.sema.pool.is_float(ty);
        match self.key(from) {
            TypeKey::Char | TypeKey::Bool | TypeKey::Enum { .. } | TypeKey::AnonEnum { .. } => is_int(to),
            _ => is_number(to) || (to == TypeId::CHAR && is_int(from)),
        }
    }

    /// `@wrap(e)`: keeps the low bits.
    pub fn wrap(&mut self, expr: ExprId, expect: Expect, range: TextRange) -> InstId {
        let inst = self.value(expr, Expect::None);
        let Some(to) = self.target_type("wrap", expect, range) else { return self.error_inst(range) };
        let from = self.ty(inst);
        let from = self.settle(from);
        if from == TypeId::ERROR || to == TypeId::ERROR {
            return self.error_inst(range);
        }
        let fits = |cx: &Self, ty: TypeId| cx.sema.pool.is_int(ty);
        if !fits(self, to)
            || !(fits(self, from)
                || matches!(from, TypeId::CHAR | TypeId::BOOL)
                || self.is_castable(from) && !self.sema.pool.is_float(from))
        {
            let (from, to) = (self.show(from), self.show(to));
            let error = errors::bad_cast(self.span(range), "wrap", &from, &to);
            return self.wrong(error, range);
        }
        self.push(Inst::Cast(CastKind::Wrap, inst), to, range)
    }

    /// `@bit_cast(e)`: the same bits as another type of the same size.
    pub fn bit_cast(&mut self, expr: ExprId, expect: Expect, range: TextRange) -> InstId {
        let inst = self.value(expr, Expect::None);
        let Some(to) = self.target_type("bit_cast", expect, range) else { return self.error_inst(range) };
        let from = self.ty(inst);
        let from = self.settle(from);
        if from == TypeId::ERROR || to == TypeId::ERROR {
            return self.error_inst(range);
        }
        let (span, is_plain) = (self.span(range), |cx: &Self, ty: TypeId| cx.is_bits(ty));
        if !is_plain(self, from) || !is_plain(self, to) {
            let (from, to) = (self.show(from), self.show(to));
            let error = errors::bad_cast(span, "bit_cast", &from, &to);
            return self.wrong(error, range);
        }
        let size = |cx: &mut Self, ty: TypeId| {
            cx.sema.ensure_layout(ty, span).map(|()| cx.sema.layouts.of(&cx.sema.pool, ty).size)
        };
        match (size(self, from), size(self, to)) {
            (Ok(a), Ok(b)) if a == b => self.push(Inst::Cast(CastKind::Bits, inst), to, range),
            (Ok(a), Ok(b)) => {
                let (from, to) = (self.show(from), self.show(to));
                let error = errors::bit_cast_size(span, (&from, a), (&to, b));
                self.wrong(error, range)
            }
            (Err(error), _) | (_, Err(error)) => {
                self.fail(error);
                self.error_inst(range)
            }
        }
    }

    /// Scalars whose every bit pattern is a value.
    fn is_bits(&self, ty: TypeId) -> bool {
        matches!(self.key(ty), TypeKey::Int { .. } | TypeKey::Size { .. } | TypeKey::Float { .. })
    }
}
