//! Patterns.

use super::Printer;
use crate::{LocalKind, Name, Pat, PatId};

impl Printer<'_> {
    pub(super) fn pat(&mut self, id: PatId) {
        match &self.body[id] {
            Pat::Error => self.word("{error}"),
            Pat::Wild => self.word("_"),
            Pat::Bind(local) => {
                let binding = &self.body.locals[*local];
                self.word(match (binding.mutable, binding.kind) {
                    (true, _) => "mut ",
                    (false, LocalKind::Part) => "inout ",
                    (false, _) => "",
                });
                self.local(*local);
            }
            Pat::Literal(value) => self.expr(*value),
            Pat::Range { from, to, inclusive } => self.range(*from, *to, *inclusive),
            Pat::Tuple { elems, rest } => self.parts(elems, *rest, elems.len() == 1),
            Pat::Path(path) => self.expr(*path),
            Pat::TupleVariant { path, elems, rest } => {
                self.expr(*path);
                self.parts(elems, *rest, false);
            }
            Pat::Struct { path, fields, rest } => {
                self.expr(*path);
                self.field_pats(fields, *rest);
            }
            Pat::Or(alternatives) => {
                for (index, alternative) in alternatives.iter().enumerate() {
                    self.word(if index > 0 { " | " } else { "" });
                    self.alternative(*alternative);
                }
            }
        }
    }

    fn alternative(&mut self, id: PatId) {
        let is_or = matches!(self.body[id], Pat::Or(_));
        self.word(if is_or { "(" } else { "" });
        self.pat(id);
        self.word(if is_or { ")" } else { "" });
    }

    /// `(a, .., b)`
    fn parts(&mut self, elems: &[PatId], rest: Option<u32>, single: bool) {
        let before = rest.map_or(elems.len(), |rest| rest as usize);
        let (first, last) = elems.split_at(before);
        let all = first.iter().map(Some).chain(rest.map(|_| None)).chain(last.iter().map(Some));
        self.word("(");
        self.list(all, |printer, elem| match elem {
            Some(elem) => printer.pat(*elem),
            None => printer.word(".."),
        });
        self.word(if single && rest.is_none() { ",)" } else { ")" });
    }

    /// ` { x: a, .. }`
    fn field_pats(&mut self, fields: &[(Name, PatId)], rest: bool) {
        let all = fields.iter().map(Some).chain(rest.then_some(None));
        self.word(" { ");
        self.list(all, |printer, field| match field {
            Some((name, pat)) => {
                printer.name(*name);
                printer.word(": ");
                printer.pat(*pat);
            }
            None => printer.word(".."),
        });
        self.word(" }");
    }
}
