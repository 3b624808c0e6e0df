//! A value without an arm, written as a pattern: `(true, Shape::Rect { w: 3..=255, .. })`.

use super::Types;
use super::matrix::{NO_VARIANT, Part, Parts};
use super::solve::Example;
use super::split::Ctor;
use kiln_types::{FieldDef, TypeKey, VariantKind};
use rustc_hash::FxHashMap;

/// Tuples with more parts than this end in `..` where the last parts can be anything.
const LONG: usize = 6;

/// Writes an example as a pattern.
pub(super) fn show(types: &impl Types, parts: &Parts, example: &Example) -> String {
    let mut assumed: FxHashMap<Part, &Ctor> = FxHashMap::default();
    let mut rest = example;
    while let Some(fact) = rest {
        assumed.insert(fact.part, &fact.ctor);
        rest = &fact.rest;
    }
    Writer { types, parts, assumed }.part(Parts::WHOLE)
}

struct Writer<'a, T> {
    types: &'a T,
    parts: &'a Parts,
    assumed: FxHashMap<Part, &'a Ctor>,
}

impl<T: Types> Writer<'_, T> {
    fn part(&self, part: Part) -> String {
        let (pool, names) = (self.types.pool(), self.types.names());
        match self.assumed.get(&part) {
            None | Some(Ctor::Any | Ctor::NoneOf(_)) => "_".to_owned(),
            Some(Ctor::Range { domain, from, to }) => domain.show(pool, names, *from, *to),
            Some(Ctor::Exactly(value)) => pool.display_value(*value, names).to_string(),
            Some(Ctor::Variant(variant)) => self.variant(part, *variant),
            Some(Ctor::Parts) => self.product(part),
        }
    }

    fn product(&self, part: Part) -> String {
        let (pool, ty) = (self.types.pool(), self.parts.ty(part));
        match pool.key(ty) {
            TypeKey::Tuple(parts) if parts.len() == 1 => format!("({},)", self.list(part, NO_VARIANT, 1)),
            TypeKey::Tuple(parts) => format!("({})", self.list(part, NO_VARIANT, parts.len())),
            _ => {
                let fields = pool.struct_def(ty).map_or(&[][..], |def| &def.fields[..]);
                format!("{} {}", pool.display(ty, self.types.names()), self.fields(part, NO_VARIANT, fields))
            }
        }
    }

    fn variant(&self, part: Part, variant: u32) -> String {
        let Some(def) = self.types.pool().enum_def(self.parts.ty(part)) else { return "_".to_owned() };
        let this = &def.variants[variant as usize];
        let path = format!("{}::{}", generic_name(&def.name), self.types.names().name(this.name));
        match this.kind {
            VariantKind::Unit => path,
            VariantKind::Tuple => format!("{path}({})", self.list(part, variant, this.fields.len())),
            VariantKind::Struct => format!("{path} {}", self.fields(part, variant, &this.fields)),
        }
    }

    /// `1, _`
    fn list(&self, part: Part, variant: u32, count: usize) -> String {
        let mut shown: Vec<String> = (0..count as u32).map(|field| self.inner(part, variant, field)).collect();
        let used = shown.iter().rposition(|part| part != "_").map_or(0, |last| last + 1);
        if count > LONG && used < count {
            shown.truncate(used);
            shown.push("..".to_owned());
        }
        shown.join(", ")
    }

    /// `{ x: 1, .. }`
    fn fields(&self, part: Part, variant: u32, fields: &[FieldDef]) -> String {
        let mut shown = Vec::new();
        for (index, field) in (0_u32..).zip(fields) {
            let pattern = self.inner(part, variant, index);
            if pattern != "_" {
                shown.push(format!("{}: {pattern}", self.types.names().name(field.name)));
            }
        }
        if shown.len() < fields.len() {
            shown.push("..".to_owned());
        }
        if shown.is_empty() { "{}".to_owned() } else { format!("{{ {} }}", shown.join(", ")) }
    }

    fn inner(&self, part: Part, variant: u32, field: u32) -> String {
        self.parts.find(part, variant, field).map_or_else(|| "_".to_owned(), |inner| self.part(inner))
    }
}

/// `Option` of `Option(i32)`: patterns leave the arguments to the matched type.
fn generic_name(name: &str) -> &str {
    let end = name.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(name.len());
    if name[end..].starts_with('(') { &name[..end] } else { name }
}
