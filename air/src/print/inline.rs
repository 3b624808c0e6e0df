//! What stands in one line: constants, places, uses, patterns.

use super::Printer;
use crate::{BindMode, Inst, InstId, PatId, PatKind, UseKind};
use kiln_types::{TypeId, ValueId};

/// Places of more steps are printed as trees.
const MAX_STEPS: usize = 16;

impl Printer<'_> {
    /// The text of a small instruction, without its type.
    pub(super) fn inline(&self, id: InstId) -> Option<String> {
        match &self.body.insts[id] {
            Inst::Use { place, kind: UseKind::Copy } => Some(format!("copy {}", self.place(*place, MAX_STEPS)?)),
            Inst::Use { place, kind: UseKind::Move } => Some(format!("move {}", self.place(*place, MAX_STEPS)?)),
            Inst::Use { place, kind: UseKind::Show } => Some(format!("show {}", self.place(*place, MAX_STEPS)?)),
            Inst::Len(place) => Some(format!("len {}", self.place(*place, MAX_STEPS)?)),
            Inst::Tag(place) => Some(format!("tag {}", self.place(*place, MAX_STEPS)?)),
            Inst::AddressOf { place } => Some(format!("address_of {}", self.place(*place, MAX_STEPS)?)),
            Inst::Continue { id } => Some(format!("continue {id}")),
            _ => self.place(id, MAX_STEPS),
        }
    }

    /// The text of a constant, a place, or an operand in a place.
    fn place(&self, id: InstId, steps: usize) -> Option<String> {
        let steps = steps.checked_sub(1)?;
        Some(match &self.body.insts[id] {
            Inst::Const(value) => self.value(*value),
            Inst::Local(local) => self.local(*local),
            Inst::Static(data) => data.to_string(),
            Inst::Field { base, index } => {
                let name = self.field_name(self.body.types[*base], *index);
                format!("{}.{name}", self.place(*base, steps)?)
            }
            Inst::Index { base, index } => format!("{}[{}]", self.place(*base, steps)?, self.operand(*index, steps)?),
            Inst::Slice { base, from, to, inclusive } => {
                let bound = |bound: &Option<InstId>| bound.map_or(Some(String::new()), |id| self.operand(id, steps));
                let dots = if *inclusive { "..=" } else { ".." };
                format!("{}[{}{dots}{}]", self.place(*base, steps)?, bound(from)?, bound(to)?)
            }
            Inst::Deref(pointer) => format!("(*{})", self.operand(*pointer, steps)?),
            _ => return None,
        })
    }

    /// A constant, or the copy of a place.
    fn operand(&self, id: InstId, steps: usize) -> Option<String> {
        match &self.body.insts[id] {
            Inst::Use { place, kind: UseKind::Copy } => self.place(*place, steps),
            Inst::Const(value) => Some(self.value(*value)),
            _ => None,
        }
    }

    fn value(&self, value: ValueId) -> String {
        self.cx.pool.display_value(value, self.cx.names).to_string()
    }

    pub(super) fn field_name(&self, ty: TypeId, index: u32) -> String {
        match self.cx.pool.field_name(ty, index as usize) {
            Some(name) => self.cx.names.name(name).to_owned(),
            None => index.to_string(),
        }
    }

    pub(super) fn variant_name(&self, ty: TypeId, variant: u32) -> String {
        let def = self.cx.pool.enum_def(ty).and_then(|def| def.variants.get(variant as usize));
        def.map_or_else(|| variant.to_string(), |variant| self.cx.names.name(variant.name).to_owned())
    }

    /// The text of a pattern.
    pub(super) fn pat(&self, id: PatId) -> String {
        let Some(pat) = self.body.pats.get(id) else { return format!("{{{id}}}") };
        match &pat.kind {
            PatKind::Wild => "_".to_owned(),
            PatKind::Bind { local, mode } => {
                let mode = match mode {
                    BindMode::Copy => "copy",
                    BindMode::Move => "move",
                    BindMode::Alias => "alias",
                    BindMode::AliasMut => "alias mut",
                };
                format!("{mode} {}", self.local(*local))
            }
            PatKind::Const(value) => self.value(*value),
            PatKind::Range { from, to } => {
                let bound = |bound: &Option<ValueId>| bound.map_or(String::new(), |value| self.value(value));
                format!("{}..={}", bound(from), bound(to))
            }
            PatKind::Fields(fields) => {
                let field =
                    |field: &(u32, PatId)| format!("{}: {}", self.field_name(pat.ty, field.0), self.pat(field.1));
                format!("{} {{{}}}", self.ty(pat.ty), fields.iter().map(field).collect::<Vec<_>>().join(", "))
            }
            PatKind::Variant { variant, fields } => {
                let name = format!("{}::{}", self.ty(pat.ty), self.variant_name(pat.ty, *variant));
                let field = |field: &(u32, PatId)| format!("{}: {}", field.0, self.pat(field.1));
                match fields.is_empty() {
                    true => name,
                    false => format!("{name} {{{}}}", fields.iter().map(field).collect::<Vec<_>>().join(", ")),
                }
            }
            PatKind::Or(parts) => {
                let parts: Vec<String> = parts.iter().map(|part| self.pat(*part)).collect();
                format!("({})", parts.join(" | "))
            }
        }
    }
}
