//! Writes patterns.

use super::Printer;
use crate::ast::{BindingMode, FieldPat, Pat};

impl Printer<'_> {
    pub(super) fn pat(&mut self, pat: &Pat) {
        match pat {
            Pat::Error => self.word("<error>"),
            Pat::Wildcard => self.word("_"),
            Pat::Rest => self.word(".."),
            Pat::Binding { name, mode } => {
                self.binding_mode(*mode);
                self.name(*name);
            }
            Pat::Literal(value) | Pat::Path(value) => self.part(*value),
            Pat::Range { start, end, inclusive } => {
                self.optional("", *start);
                self.word(if *inclusive { "..=" } else { ".." });
                self.optional("", *end);
            }
            Pat::Paren(inner) => {
                self.word("(");
                self.part(*inner);
                self.word(")");
            }
            Pat::Tuple(elems) => self.tuple(elems),
            Pat::TupleVariant { path, elems } => {
                self.part(*path);
                self.word("(");
                self.separated(elems, |this, &elem| this.part(elem));
                self.word(")");
            }
            Pat::Struct { path, fields, rest } => {
                self.part(*path);
                self.struct_pattern(fields, *rest);
            }
            Pat::Or(alternatives) => {
                for (index, &alternative) in alternatives.iter().enumerate() {
                    self.word(if index > 0 { " | " } else { "" });
                    self.part(alternative);
                }
            }
        }
    }

    fn binding_mode(&mut self, mode: BindingMode) {
        self.word(match mode {
            BindingMode::Plain => "",
            BindingMode::Mut => "mut ",
            BindingMode::Inout => "inout ",
        });
    }

    fn struct_pattern(&mut self, fields: &[FieldPat], rest: bool) {
        if fields.is_empty() && !rest {
            return self.word(" {}");
        }
        self.word(" { ");
        self.separated(fields, |this, field| {
            this.binding_mode(field.mode);
            this.name(field.name);
            if let Some(pat) = field.pat {
                this.word(": ");
                this.part(pat);
            }
        });
        match (rest, fields.is_empty()) {
            (true, true) => self.word(".. }"),
            (true, false) => self.word(", .. }"),
            (false, _) => self.word(" }"),
        }
    }
}
