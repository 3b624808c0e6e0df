//! Bindings: once an arm is chosen, its locals get the parts of the scrutinee that they name.

use super::tables::{AT_RUN_TIME, ChoiceId, Tables, has_bindings};
use super::{Builder, Subject};
use crate::build::operand::use_local;
use crate::build::place::PlaceBuf;
use crate::build::scope::Entry;
use crate::emit::with_stack;
use crate::{Local, LocalKind, Operand, Place, Proj, Rvalue, Stmt, Terminator};
use kiln_air::{BindMode, LocalId, PatId, PatKind, UseKind};
use kiln_source::TextRange;
use kiln_types::TypeId;
use smallvec::SmallVec;
use std::borrow::Cow;

/// Locals that hold, while the program runs, which alternative of an or-pattern matched.
pub(super) type Notes = SmallVec<[(PatId, Local); 2]>;

/// How the alternatives of or-patterns are known.
#[derive(Clone, Copy)]
pub(super) struct Chosen<'t> {
    pub tables: Option<&'t Tables>,
    pub choice: ChoiceId,
    pub notes: &'t Notes,
}

/// Which bindings are made.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Bindings {
    /// All.
    All,
    /// Those that leave the scrutinee as it is; the others name the part they will get. Before a guard.
    Preliminary,
    /// Those that take their part away. After a guard.
    Moves,
}

impl Builder<'_, '_> {
    /// Binds a pattern without alternatives.
    pub(super) fn bind_plain(&mut self, pat: PatId, subject: &Subject) {
        let notes = Notes::new();
        let chosen = Chosen { tables: None, choice: super::tables::NO_CHOICE, notes: &notes };
        self.bind_pattern(pat, subject, chosen, Bindings::All);
    }

    /// Makes the bindings of a pattern that matched.
    pub(super) fn bind_pattern(&mut self, pat: PatId, subject: &Subject, chosen: Chosen<'_>, which: Bindings) {
        let body = self.body;
        match (subject, &body.pats[pat].kind) {
            (Subject::Whole(place), _) => self.bind(pat, place, chosen, which),
            (Subject::Parts(parts), PatKind::Fields(fields)) => {
                for (field, part) in fields {
                    self.bind(*part, &parts[*field as usize], chosen, which);
                }
            }
            (Subject::Parts(_), PatKind::Or(alternatives)) => {
                self.bind_alternative(pat, alternatives, chosen, |this, alternative| {
                    this.bind_pattern(alternative, subject, chosen, which);
                });
            }
            (Subject::Parts(_), _) => {}
        }
    }

    fn bind(&mut self, pat: PatId, place: &PlaceBuf, chosen: Chosen<'_>, which: Bindings) {
        let body = self.body;
        match &body.pats[pat].kind {
            PatKind::Wild | PatKind::Const(_) | PatKind::Range { .. } => {}
            PatKind::Bind { local, mode } => self.bind_local(pat, *local, *mode, place, which),
            PatKind::Fields(fields) => {
                let place = &*self.consumed(pat, place, None, which);
                for (field, part) in fields {
                    with_stack(|| self.bind(*part, &place.then(Proj::Field(*field)), chosen, which));
                }
            }
            PatKind::Variant { variant, fields } => {
                let payload = self.consumed(pat, place, Some(*variant), which).then(Proj::Variant(*variant));
                for (field, part) in fields {
                    with_stack(|| self.bind(*part, &payload.then(Proj::Field(*field)), chosen, which));
                }
            }
            PatKind::Or(alternatives) => {
                self.bind_alternative(pat, alternatives, chosen, |this, alternative| {
                    with_stack(|| this.bind(alternative, place, chosen, which));
                });
            }
        }
    }

    /// A value that is linear itself is consumed by taking it apart: then its parts lie elsewhere.
    fn consumed<'p>(
        &mut self,
        pat: PatId,
        place: &'p PlaceBuf,
        variant: Option<u32>,
        which: Bindings,
    ) -> Cow<'p, PlaceBuf> {
        let (ty, range) = (self.body.pats[pat].ty, self.body.pats[pat].range);
        if which == Bindings::Preliminary || !self.cx.pool.is_linear_itself(ty) || !self.is_owned(place) {
            return Cow::Borrowed(place);
        }
        let value = match place.as_local() {
            Some(local) => Rvalue::Operand(Operand::Move(local)),
            None => Rvalue::Use(place.finish(), UseKind::Move),
        };
        Cow::Owned(PlaceBuf::local(self.take_apart(value, ty, variant, range)))
    }

    fn bind_local(&mut self, pat: PatId, binding: LocalId, mode: BindMode, place: &PlaceBuf, which: Bindings) {
        let (ty, range) = (self.body.locals[binding].ty, self.body.pats[pat].range);
        let kind = match mode {
            BindMode::Alias | BindMode::AliasMut => {
                if which != Bindings::Moves {
                    self.emit.push(Stmt::Bind { local: self.local(binding), place: place.finish() }, range);
                }
                return;
            }
            BindMode::Copy if which == Bindings::Moves => return,
            BindMode::Move if which == Bindings::Preliminary => {
                let alias = self.guard_alias(binding, range);
                self.emit.push(Stmt::Bind { local: alias, place: place.finish() }, range);
                return;
            }
            BindMode::Copy => UseKind::Copy,
            BindMode::Move => UseKind::Move,
        };
        let entry = self.open_binding(binding, ty, range);
        if ty == TypeId::UNIT {
            return;
        }
        let value = match place.as_local() {
            Some(local) => Rvalue::Operand(use_local(local, kind)),
            None => Rvalue::Use(place.finish(), kind),
        };
        self.emit.assign(Place::local(entry.local), value, range);
    }

    /// What stands for a binding in its guard: one local, whichever alternative binds it.
    fn guard_alias(&mut self, binding: LocalId, range: TextRange) -> Local {
        if let Some((_, alias)) = self.guard_aliases.iter().find(|alias| alias.0 == binding) {
            return *alias;
        }
        let alias = self.emit.alias(self.body.locals[binding].ty, range);
        self.guard_aliases.push((binding, alias));
        alias
    }

    /// Binds the alternative of an or-pattern that matched.
    fn bind_alternative(
        &mut self,
        pat: PatId,
        alternatives: &[PatId],
        chosen: Chosen<'_>,
        mut bind: impl FnMut(&mut Self, PatId),
    ) {
        let Some(tables) = chosen.tables else { return };
        if !has_bindings(self.body, self.cx.pool, pat) {
            return;
        }
        if chosen.choice != AT_RUN_TIME {
            let alternative = tables.chosen(chosen.choice, pat).expect("a leaf knows the alternatives it binds");
            return bind(self, alternatives[alternative as usize]);
        }
        let Some(&(_, note)) = chosen.notes.iter().find(|note| note.0 == pat) else { return };
        let range = self.body.pats[pat].range;
        let (blocks, join): (Vec<_>, _) =
            (alternatives.iter().map(|_| self.emit.new_block()).collect(), self.emit.new_block());
        let (last, firsts) = blocks.split_last().expect("an or-pattern has alternatives");
        let cases = firsts.iter().enumerate().map(|(index, block)| (index as u128, *block)).collect();
        let value = Operand::Copy(note);
        self.emit.end(Terminator::Switch { value, ty: TypeId::U32, cases, default: *last }, range);
        for (block, alternative) in blocks.iter().zip(alternatives) {
            if self.emit.enter(*block).is_ok() {
                bind(self, *alternative);
                self.emit.jump(join, range);
            }
        }
        self.emit.enter(join).expect("every alternative goes there");
    }

    /// Opens the scope of a pattern's bindings, which have their values.
    pub(super) fn enter_bindings(&mut self, pat: PatId) {
        let mut bindings: SmallVec<[(LocalId, BindMode); 8]> = SmallVec::new();
        collect(self, pat, &mut bindings);
        let mut entries: SmallVec<[Entry; 8]> = SmallVec::new();
        for (binding, mode) in bindings {
            if matches!(mode, BindMode::Copy | BindMode::Move) {
                entries.push(self.binding_entry(binding, self.body.locals[binding].ty));
            }
        }
        self.enter_scope(&entries);
    }

    /// The bindings of a pattern with alternatives are assigned at several places.
    pub(super) fn bound_in_branches(&mut self, pat: PatId) {
        let mut bindings: SmallVec<[(LocalId, BindMode); 8]> = SmallVec::new();
        collect(self, pat, &mut bindings);
        for (binding, _) in bindings {
            let decl = &mut self.emit.locals[Local(binding.0 + 1)];
            decl.mutable |= decl.kind == LocalKind::User;
        }
    }
}

/// The bindings of a pattern in order; those of alternatives once.
fn collect(builder: &Builder<'_, '_>, pat: PatId, bindings: &mut SmallVec<[(LocalId, BindMode); 8]>) {
    match &builder.body.pats[pat].kind {
        PatKind::Bind { local, mode } => bindings.push((*local, *mode)),
        PatKind::Wild | PatKind::Const(_) | PatKind::Range { .. } => {}
        PatKind::Fields(fields) | PatKind::Variant { fields, .. } => {
            fields.iter().for_each(|field| collect(builder, field.1, bindings));
        }
        PatKind::Or(alternatives) => {
            if let Some(first) = alternatives.first() {
                collect(builder, *first, bindings);
            }
        }
    }
}
