//! Construction: structs, tuples, arrays and variants are built where they are to lie, part by part.

use super::place::PlaceBuf;
use super::survey::Siblings;
use super::{Builder, Effects};
use crate::emit::Flow;
use crate::{Operand, Place, Proj, Rvalue, Stmt};
use kiln_air::{InstId, UseKind};
use kiln_types::{TypeId, ValueId};
use smallvec::SmallVec;

/// Arrays of more constants than this are copied from static data.
const MAX_STORED_ELEMENTS: usize = 8;

/// Where a part lies in the whole.
#[derive(Clone, Copy)]
enum Step {
    Field(u32),
    Element(u64),
}

impl Builder<'_, '_> {
    /// Runs `make` with `dst`, or with a temporary that is dropped at the end of the statement.
    fn in_place(
        &mut self,
        dst: Option<&Place>,
        id: InstId,
        make: impl FnOnce(&mut Self, &Place) -> Flow<()>,
    ) -> Flow<()> {
        if let Some(dst) = dst {
            return make(self, dst);
        }
        let local = self.result_local(id);
        make(self, &Place::local(local))?;
        self.drop_at_statement_end(local, self.ty(id));
        Ok(())
    }

    pub(super) fn struct_(
        &mut self,
        dst: Option<&Place>,
        id: InstId,
        fields: &[(u32, InstId)],
        base: Option<(InstId, UseKind)>,
    ) -> Flow<()> {
        self.in_place(dst, id, |this, dst| {
            let part = |index: usize| (Step::Field(fields[index].0), fields[index].1);
            this.fill(id, dst, None, fields.len(), part, base.is_some())?;
            match base {
                Some((base, kind)) => this.fields_from(id, dst, fields, base, kind),
                None => Ok(()),
            }
        })
    }

    /// Takes the fields that are not written out from the place after `..`.
    fn fields_from(
        &mut self,
        id: InstId,
        dst: &Place,
        written: &[(u32, InstId)],
        base: InstId,
        kind: UseKind,
    ) -> Flow<()> {
        let (ty, range) = (self.ty(id), self.range(base));
        let base = self.place(base, Effects::NONE)?;
        let count = self.cx.pool.field_count(ty).unwrap_or(0);
        let mut is_written: SmallVec<[bool; 16]> = SmallVec::from_elem(false, count);
        for (field, _) in written {
            is_written[*field as usize] = true;
        }
        for field in (0..count).filter(|field| !is_written[*field]) {
            let field_ty = self.cx.pool.field_type(ty, field).expect("the field is one of the type's");
            if field_ty == TypeId::UNIT {
                continue;
            }
            let kind = if self.is_copy(field_ty) { UseKind::Copy } else { kind };
            let step = Proj::Field(field as u32);
            let value = Rvalue::Use(base.then(step).finish(), kind);
            self.emit.assign(dst.then(step), value, range);
        }
        Ok(())
    }

    pub(super) fn tuple(&mut self, dst: Option<&Place>, id: InstId, parts: &[InstId]) -> Flow<()> {
        self.in_place(dst, id, |this, dst| {
            this.fill(id, dst, None, parts.len(), |index| (Step::Field(index as u32), parts[index]), false)
        })
    }

    pub(super) fn array(&mut self, dst: Option<&Place>, id: InstId, elems: &[InstId]) -> Flow<()> {
        self.in_place(dst, id, |this, dst| {
            if elems.len() > MAX_STORED_ELEMENTS
                && let Some(table) = this.constant_table(id)
            {
                let value = Rvalue::Use(
                    Place::of_static(table),
                    if this.is_copy(this.ty(id)) { UseKind::Copy } else { UseKind::Show },
                );
                this.emit.assign(dst.clone(), value, this.range(id));
                return Ok(());
            }
            this.fill(id, dst, None, elems.len(), |index| (Step::Element(index as u64), elems[index]), false)
        })
    }

    pub(super) fn repeat(&mut self, dst: Option<&Place>, id: InstId, value: InstId, len: u64) -> Flow<()> {
        if len == 0 || dst.is_none() {
            self.eval(None, value)?;
        }
        let Some(dst) = dst else { return Ok(()) };
        let value = match len {
            0 => Rvalue::Operand(self.unit()),
            _ => Rvalue::Repeat(self.operand(value, Effects::NONE)?),
        };
        self.emit.assign(dst.clone(), value, self.range(id));
        Ok(())
    }

    pub(super) fn variant(
        &mut self,
        dst: Option<&Place>,
        id: InstId,
        variant: u32,
        fields: &[(u32, InstId)],
    ) -> Flow<()> {
        if let Some(value) = self.constant_variant(id) {
            if let Some(dst) = dst {
                self.emit.assign(dst.clone(), Rvalue::Operand(value), self.range(id));
            }
            return Ok(());
        }
        self.in_place(dst, id, |this, dst| {
            let part = |index: usize| (Step::Field(fields[index].0), fields[index].1);
            this.fill(id, dst, Some(variant), fields.len(), part, true)?;
            this.emit.push(Stmt::SetVariant { place: dst.clone(), variant }, this.range(id));
            Ok(())
        })
    }

    /// Evaluates the parts of `dst` in order, each into its place. A part that needs dropping waits in a local while a
    /// later one may still leave. `goes_on`: something else is stored in `dst` afterwards.
    fn fill(
        &mut self,
        id: InstId,
        dst: &Place,
        variant: Option<u32>,
        count: usize,
        part: impl Fn(usize) -> (Step, InstId),
        goes_on: bool,
    ) -> Flow<()> {
        let range = self.range(id);
        let siblings = Siblings::of(&self.survey, (0..count).map(|index| part(index).1));
        let mut waiting: SmallVec<[(Place, Operand); 2]> = SmallVec::new();
        let mut stored = goes_on;
        for index in 0..count {
            let (step, value) = part(index);
            let ty = self.ty(value);
            if ty == TypeId::UNIT {
                self.eval(None, value)?;
                continue;
            }
            stored = true;
            let place = self.part_place(dst, variant, step);
            if siblings.after(index).has(Effects::EXITS) && self.needs_drop(ty) {
                waiting.push((place, self.operand(value, siblings.after(index))?));
            } else {
                self.eval(Some(&place), value)?;
            }
        }
        for (place, value) in waiting {
            self.emit.assign(place, Rvalue::Operand(value), range);
        }
        if !stored && self.ty(id) != TypeId::UNIT {
            self.emit.assign(dst.clone(), Rvalue::Operand(Operand::Const(ValueId::UNIT)), range);
        }
        Ok(())
    }

    fn part_place(&mut self, dst: &Place, variant: Option<u32>, step: Step) -> Place {
        let mut place = PlaceBuf::of(dst);
        if let Some(variant) = variant {
            place.push(Proj::Variant(variant));
        }
        place.push(match step {
            Step::Field(field) => Proj::Field(field),
            Step::Element(index) => Proj::Index(self.usize_const(index)),
        });
        place.finish()
    }
}
