//! Patterns. Bindings become visible when the whole pattern is lowered.

use super::scope::Meaning;
use super::{Lower, Written};
use crate::errors;
use crate::{Local, LocalId, LocalKind, Name, Pat, PatId};
use kiln_source::{Symbol, TextRange, sym};
use kiln_syntax::ast::{self, BindingMode};

/// Names that a pattern binds, in order.
type Bound = Vec<(Symbol, LocalId)>;

impl Lower<'_> {
    /// Lowers a pattern and makes its bindings visible.
    pub(super) fn pattern(&mut self, id: ast::PatId) -> PatId {
        let mut bound = Bound::new();
        let pat = self.pat(id, &mut bound, &[]);
        for (name, local) in bound {
            self.bind_local(name, local);
        }
        pat
    }

    /// `bound` collects what this pattern binds; `shared` is what the first of several alternatives bound.
    fn pat(&mut self, id: ast::PatId, bound: &mut Bound, shared: &[(Symbol, LocalId)]) -> PatId {
        let ast = self.ast;
        let range = ast.pat_range(id);
        let lowered = match &ast[id] {
            ast::Pat::Error => Pat::Error,
            ast::Pat::Wildcard => Pat::Wild,
            ast::Pat::Rest => {
                self.error(errors::misplaced_rest(self.span(range)));
                Pat::Error
            }
            ast::Pat::Binding { name, mode } => self.binding(*name, *mode, bound, shared),
            ast::Pat::Literal(expr) => Pat::Literal(self.expr(*expr)),
            ast::Pat::Range { start, end, inclusive } => Pat::Range {
                from: start.map(|start| self.expr(start)),
                to: end.map(|end| self.expr(end)),
                inclusive: *inclusive,
            },
            ast::Pat::Paren(inner) => return self.pat(*inner, bound, shared),
            ast::Pat::Tuple(parts) => {
                let (elems, rest) = self.pat_list(parts, bound, shared);
                Pat::Tuple { elems, rest }
            }
            ast::Pat::Path(path) => Pat::Path(self.expr(*path)),
            ast::Pat::TupleVariant { path, elems } => {
                let path = self.expr(*path);
                let (elems, rest) = self.pat_list(elems, bound, shared);
                Pat::TupleVariant { path, elems, rest }
            }
            ast::Pat::Struct { path, fields, rest } => {
                let path = self.expr(*path);
                let lower = |field: &ast::FieldPat| (field.name, self.field_pat(field, bound, shared));
                Pat::Struct { path, fields: fields.iter().map(lower).collect(), rest: *rest }
            }
            ast::Pat::Or(alternatives) => self.alternatives(alternatives, bound, shared),
        };
        self.push_pat(lowered, range)
    }

    fn push_pat(&mut self, pat: Pat, range: TextRange) -> PatId {
        self.cx().body.push_pat(pat, range)
    }

    /// A bare name: a const or type of that name is compared with, everything else is a new binding.
    fn binding(&mut self, name: Name, mode: BindingMode, bound: &mut Bound, shared: &[(Symbol, LocalId)]) -> Pat {
        if name.symbol == sym::UNDERSCORE {
            return Pat::Wild;
        }
        let is_plain = mode == BindingMode::Plain;
        if is_plain
            && let Some(Meaning::Decl(decl)) = self.scopes.find(name.symbol)
            && self.compared.contains(&decl)
        {
            return Pat::Path(self.name(name.symbol, name.range));
        }
        if is_plain && self.scopes.find(name.symbol).is_none() && self.is_prelude(name.symbol) {
            return Pat::Path(self.name(name.symbol, name.range));
        }
        if let Some(first) = bound.iter().find(|(other, _)| *other == name.symbol) {
            let first = self.cx_ref().body.locals[first.1].range;
            let text = self.names.name(name.symbol).to_owned();
            self.error(errors::duplicate_name(self.span(name.range), &text, self.span(first)));
            return Pat::Error;
        }
        let local = match shared.iter().find(|(other, _)| *other == name.symbol) {
            Some((_, local)) => {
                let local = *local;
                self.cx().written.insert(local, Written::Several);
                let first = &self.cx_ref().body.locals[local];
                if mode_of(first) != mode {
                    let word = if [mode_of(first), mode].contains(&BindingMode::Inout) { "inout" } else { "mut" };
                    let (first, text) = (first.range, self.names.name(name.symbol).to_owned());
                    self.error(errors::inconsistent_mode(self.span(name.range), self.span(first), &text, word));
                }
                local
            }
            None => {
                let kind = if mode == BindingMode::Inout { LocalKind::Part } else { LocalKind::Binding };
                self.new_local(name.symbol, name.range, kind, mode == BindingMode::Mut)
            }
        };
        bound.push((name.symbol, local));
        Pat::Bind(local)
    }

    fn pat_list(
        &mut self,
        parts: &[ast::PatId],
        bound: &mut Bound,
        shared: &[(Symbol, LocalId)],
    ) -> (Box<[PatId]>, Option<u32>) {
        let (mut elems, mut rest) = (Vec::with_capacity(parts.len()), None);
        for &part in parts {
            if matches!(self.ast[part], ast::Pat::Rest) && rest.is_none() {
                rest = Some(elems.len() as u32);
            } else {
                elems.push(self.pat(part, bound, shared));
            }
        }
        (elems.into(), rest)
    }

    fn field_pat(&mut self, field: &ast::FieldPat, bound: &mut Bound, shared: &[(Symbol, LocalId)]) -> PatId {
        match field.pat {
            Some(pat) => self.pat(pat, bound, shared),
            None => {
                let pat = self.field_binding(field, bound, shared);
                self.push_pat(pat, field.name.range)
            }
        }
    }

    /// `P { x }` always binds, whatever consts there are.
    fn field_binding(&mut self, field: &ast::FieldPat, bound: &mut Bound, shared: &[(Symbol, LocalId)]) -> Pat {
        let mark = self.scopes.mark();
        let local = LocalId(u32::MAX);
        // Hide a const of that name while the binding is made.
        let depth = self.bodies.len() as u32 - 1;
        self.scopes.bind(field.name.symbol, Meaning::Local { depth, local });
        let pat = self.binding(field.name, field.mode, bound, shared);
        self.scopes.leave(mark);
        if let Pat::Bind(local) = pat {
            let written = if field.mode == BindingMode::Plain { Written::Field } else { Written::Several };
            self.cx().written.entry(local).or_insert(written);
        }
        pat
    }

    /// `A | B`: the first alternative declares the bindings, the others must bind the same.
    fn alternatives(&mut self, alternatives: &[ast::PatId], bound: &mut Bound, shared: &[(Symbol, LocalId)]) -> Pat {
        let before = bound.len();
        let first = self.pat(alternatives[0], bound, shared);
        let mut lowered = vec![first];
        let mine: Bound = bound[before..].to_vec();
        let mut known = mine.clone();
        known.extend_from_slice(shared);
        let mut consistent = true;
        for &alternative in &alternatives[1..] {
            let mut theirs = bound[..before].to_vec();
            lowered.push(self.pat(alternative, &mut theirs, &known));
            let theirs = &theirs[before..];
            let differs = |a: &[(Symbol, LocalId)], b: &[(Symbol, LocalId)]| {
                a.iter().find(|(name, _)| b.iter().all(|(other, _)| other != name)).map(|(name, _)| *name)
            };
            // What only a later one binds is bound all the same, so that its uses are not wrong as well.
            for other in theirs {
                if known.iter().all(|(name, _)| *name != other.0) {
                    known.push(*other);
                    bound.push(*other);
                }
            }
            if let Some(name) = differs(&mine, theirs).or_else(|| differs(theirs, &mine)) {
                let text = self.names.name(name).to_owned();
                let range = self.ast.pat_range(alternative);
                let first = self.ast.pat_range(alternatives[0]);
                self.error(errors::inconsistent_bindings(self.span(range), self.span(first), &text));
                consistent = false;
            }
        }
        if consistent { Pat::Or(lowered.into()) } else { Pat::Error }
    }
}

/// How a local is written in the pattern that binds it.
fn mode_of(local: &Local) -> BindingMode {
    match (local.kind, local.mutable) {
        (LocalKind::Part, _) => BindingMode::Inout,
        (_, true) => BindingMode::Mut,
        (_, false) => BindingMode::Plain,
    }
}
