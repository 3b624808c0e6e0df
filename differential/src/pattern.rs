//! Patterns.

use crate::Pick;
use crate::body::Body;
use crate::literal::{for_pattern, literal};
use crate::ty::{Decl, Int, Ty};

impl Body<'_> {
    /// A pattern that some values match. What it binds is declared.
    pub fn pattern(&mut self, pick: &Pick<'_>, ty: &Ty, depth: usize) -> String {
        let form = pick.take(6);
        if form == 0 {
            return "_".to_owned();
        }
        match ty {
            _ if form == 1 => self.binding(pick, ty),
            Ty::Int(Int::Param) => pick.take(20).to_string(),
            Ty::Int(int) => integers(pick, *int, form),
            Ty::Bool => literal(pick, ty),
            Ty::Char if form == 2 => pick.of(&["'a'..='z'", "'\\0'..='0'", "'b'..", "..'Z'"]).to_owned(),
            Ty::Char => literal(pick, ty),
            Ty::Tuple(parts) if depth > 0 => {
                let (first, last) = if form == 2 { (1, "..") } else { (parts.len(), "") };
                let parts: Vec<String> =
                    parts[..first].iter().map(|part| self.pattern(pick, part, depth - 1)).collect();
                format!("({}, {last})", parts.join(", "))
            }
            Ty::Struct(number) if depth > 0 => self.struct_pattern(pick, *number, depth - 1),
            Ty::Enum(number) if depth > 0 => self.variant_pattern(pick, *number, depth - 1),
            _ => self.binding(pick, ty),
        }
    }

    /// A pattern that every value matches.
    pub fn irrefutable(&mut self, pick: &Pick<'_>, ty: &Ty) -> String {
        match ty {
            Ty::Tuple(parts) => {
                let parts: Vec<String> = parts.iter().map(|part| self.irrefutable(pick, part)).collect();
                format!("({},)", parts.join(", "))
            }
            Ty::Struct(number) => {
                let Decl::Struct(fields) = self.items.types[*number].clone() else {
                    unreachable!("the type is a struct")
                };
                let parts: Vec<String> = fields
                    .iter()
                    .enumerate()
                    .map(|(at, field)| format!("x{at}: {}, ", self.irrefutable(pick, field)))
                    .collect();
                format!("S{number} {{ {}.. }}", parts.concat())
            }
            _ => self.binding(pick, ty),
        }
    }

    /// A name.
    pub fn binding(&mut self, pick: &Pick<'_>, ty: &Ty) -> String {
        let name = self.items.fresh("p");
        let mutable = pick.once_in(3);
        self.declare(&name, ty.clone(), mutable);
        if mutable { format!("mut {name}") } else { name }
    }

    fn struct_pattern(&mut self, pick: &Pick<'_>, number: usize, depth: usize) -> String {
        let Decl::Struct(fields) = self.items.types[number].clone() else { unreachable!("the type is a struct") };
        let mut parts = Vec::new();
        for (at, field) in fields.iter().enumerate() {
            if pick.take(3) < 2 {
                parts.push(format!("x{at}: {}, ", self.pattern(pick, field, depth)));
            }
        }
        format!("S{number} {{ {}.. }}", parts.concat())
    }

    fn variant_pattern(&mut self, pick: &Pick<'_>, number: usize, depth: usize) -> String {
        let Decl::Enum(variants) = self.items.types[number].clone() else { unreachable!("the type is an enum") };
        let at = pick.take(variants.len());
        let parts: Vec<String> = variants[at].payload().iter().map(|part| self.pattern(pick, part, depth)).collect();
        let pattern = variants[at].show(number, at, &parts);
        let other = pick.take(variants.len());
        if variants[other].payload().is_empty() && variants[at].payload().is_empty() && other != at {
            return format!("{pattern} | {}", variants[other].show(number, other, &[]));
        }
        pattern
    }
}

fn integers(pick: &Pick<'_>, int: Int, form: usize) -> String {
    let (a, b) = (for_pattern(pick, int), for_pattern(pick, int));
    let (low, high) = (a.min(b), a.max(b));
    match form {
        2 => format!("{low}..={high}"),
        3 if low < high => format!("{low}..{high}"),
        4 if low != high => format!("{low} | {high}"),
        5 => pick.of(&[format!("{low}.."), format!("..={high}")]),
        _ => low.to_string(),
    }
}
