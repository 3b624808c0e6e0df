//! Patterns.

use super::{Rule, Verifier};
use crate::{LocalId, PatId, PatKind};
use kiln_source::Idx;
use kiln_types::{TypeId, ValueKey};

impl Verifier<'_> {
    /// Patterns and the locals they bind are in range.
    pub(super) fn pattern_structure(&mut self) {
        let body = self.body;
        for pat in body.pats.iter() {
            let in_range = |ids: &[(u32, PatId)]| ids.iter().all(|id| id.1.index() < body.pats.len());
            let right = match &pat.kind {
                PatKind::Wild | PatKind::Const(_) | PatKind::Range { .. } => true,
                PatKind::Bind { local, .. } => local.index() < body.locals.len(),
                PatKind::Fields(fields) | PatKind::Variant { fields, .. } => in_range(fields),
                PatKind::Or(parts) => !parts.is_empty() && parts.iter().all(|id| id.index() < body.pats.len()),
            };
            self.require(right, || Rule::OutOfRange);
        }
    }

    /// A pattern that matches values of a type.
    pub(super) fn pattern(&mut self, id: PatId, ty: TypeId) {
        let (pool, body) = (self.cx.pool, self.body);
        let pat = &body.pats[id];
        self.expect("pattern", ty, pat.ty);
        match &pat.kind {
            PatKind::Wild => {}
            PatKind::Bind { local, .. } => self.expect("binding", body.locals[*local].ty, pat.ty),
            PatKind::Const(value) => {
                let right = pool.type_of(*value) == pat.ty || matches!(pool.value_key(*value), Some(ValueKey::Unit));
                self.require(right, || Rule::Pattern(id));
            }
            PatKind::Range { from, to } => {
                let right = from.iter().chain(to).all(|bound| pool.type_of(*bound) == pat.ty);
                self.require(right, || Rule::Pattern(id));
            }
            PatKind::Fields(fields) => {
                for (field, part) in fields {
                    self.sub_pattern(id, *part, pool.field_type(pat.ty, *field as usize));
                }
            }
            PatKind::Variant { variant, fields } => {
                let def = pool.enum_def(pat.ty).and_then(|def| def.variants.get(*variant as usize));
                self.require(def.is_some(), || Rule::Pattern(id));
                for (field, part) in fields {
                    self.sub_pattern(id, *part, def.and_then(|def| Some(def.fields.get(*field as usize)?.ty)));
                }
            }
            PatKind::Or(parts) => {
                parts.iter().for_each(|part| self.pattern(*part, pat.ty));
                let bound: Vec<Vec<LocalId>> = parts.iter().map(|part| self.bindings(*part)).collect();
                self.require(bound.windows(2).all(|pair| pair[0] == pair[1]), || Rule::Alternatives(id));
            }
        }
    }

    fn sub_pattern(&mut self, whole: PatId, part: PatId, ty: Option<TypeId>) {
        match ty {
            Some(ty) => self.pattern(part, ty),
            None => self.report(Rule::Pattern(whole)),
        }
    }

    /// The locals a pattern binds, sorted.
    fn bindings(&self, pat: PatId) -> Vec<LocalId> {
        let mut bound = Vec::new();
        let mut stack = vec![pat];
        while let Some(pat) = stack.pop() {
            match &self.body.pats[pat].kind {
                PatKind::Wild | PatKind::Const(_) | PatKind::Range { .. } => {}
                PatKind::Bind { local, .. } => bound.push(*local),
                PatKind::Fields(fields) | PatKind::Variant { fields, .. } => {
                    stack.extend(fields.iter().map(|field| field.1));
                }
                // All alternatives bind the same.
                PatKind::Or(parts) => stack.extend(parts.first()),
            }
        }
        bound.sort_unstable();
        bound
    }
}
