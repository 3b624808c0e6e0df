//! The words for broken rules: narrow places, names as they are written, where else to look.

use super::calls::{Clash, Passed};
use super::check::{Fixed, Kind, Mistake, Point, moves_before};
use super::flow::Flow;
use super::loans::Loans;
use super::paths::{PathId, Paths};
use crate::context::Sema;
use crate::errors::{self, Moved};
use kiln_air as air;
use kiln_cfg::{Callee, Func, Local, Place, PlaceBase, PlaceType, Proj, Stmt};
use kiln_source::{Diagnostic, ErrorReported, Idx, Span, TextRange};
use kiln_types::{ParamMode, TypeId};

/// What the words are made of.
struct Words<'a, 'h> {
    sema: &'a Sema<'h>,
    func: &'a Func,
    body: &'a air::Body,
    loans: &'a Loans,
}

impl Sema<'_> {
    pub(super) fn report_ownership(
        &mut self,
        func: &Func,
        body: &air::Body,
        flow: &Flow,
        paths: &Paths,
        loans: &Loans,
        mistake: &Mistake,
    ) -> ErrorReported {
        let words = Words { sema: self, func, body, loans };
        let diagnostic = words.diagnostic(flow, paths, mistake);
        self.error(diagnostic)
    }
}

impl Words<'_, '_> {
    fn diagnostic(&self, flow: &Flow, paths: &Paths, mistake: &Mistake) -> Diagnostic {
        let range = mistake.range;
        match &mistake.kind {
            Kind::Moved { place, path, stored } => self.moved(flow, paths, mistake, place, *path, *stored),
            Kind::Fixed { place, why } => self.fixed(place, *why, self.narrow(place, range, mistake.nth)),
            Kind::Lost { place, made, loss } => {
                let name = self.name(place);
                let ty = self.type_of(place);
                let param = match place.base {
                    PlaceBase::Local(local) => (1..=self.func.param_count).contains(&local.index()),
                    PlaceBase::Static(_) => false,
                };
                let overwritten = !range.is_empty() && !param;
                let end = overwritten.then(|| self.span(range));
                errors::linear_lost(self.span(*made), name.as_deref(), &self.sema.show(ty), end, *loss)
            }
            Kind::Clash(clash) => self.clash(mistake.at, range, clash),
            Kind::Named { place, holder, named, moved } => {
                let (place_name, holder) = (self.name(place), self.holder_name(*holder));
                let holder = holder.filter(|holder| place_name.as_ref() != Some(holder));
                errors::written_while_named(
                    self.span(range),
                    place_name.as_deref(),
                    holder.as_deref(),
                    self.span(*named),
                    *moved,
                )
            }
            Kind::Outlived { holder, named } => {
                let holder = self.holder_name(*holder);
                errors::view_of_temporary(self.span(*named), holder.as_deref())
            }
        }
    }

    fn span(&self, range: TextRange) -> Span {
        range.in_file(self.func.file)
    }

    fn moved(
        &self,
        flow: &Flow,
        paths: &Paths,
        mistake: &Mistake,
        place: &Place,
        path: PathId,
        stored: bool,
    ) -> Diagnostic {
        let used = if stored { mistake.range } else { self.narrow(place, mistake.range, mistake.nth) };
        let mut before = moves_before(self.func, flow, paths, path, mistake.at);
        before.sort_unstable();
        let root = Place { base: place.base, proj: Box::default() };
        let earlier = before.iter().rev().find(|before| before.range.start < mistake.range.start);
        let (moved, into, in_loop, in_part) = match earlier.or(before.last()) {
            Some(before) => {
                let moved = self.narrow_move(&root, before.range);
                let in_loop = earlier.is_none() && moved.start >= used.start;
                (moved, self.moved_into(before.range, moved), in_loop, before.in_part)
            }
            // It was moved by the same instruction, just before.
            None => (self.narrow(&root, mistake.range, mistake.nth.saturating_sub(1)), None, false, false),
        };
        // Parts of what was moved are gone with it: its name says more.
        let place = &if stored { place.clone() } else { paths.place(path) };
        if let Some(mode) = self.lent_beside(mistake.at, used, moved).filter(|_| in_loop) {
            let passed = |range, mode| errors::PassedPlace { span: self.span(range), name: self.name(place), mode };
            return errors::overlapping_arguments(&passed(moved, ParamMode::Own), &passed(used, mode));
        }
        let moved = Moved { span: self.span(moved), into: into.as_deref(), in_loop, in_part };
        let ty = self.type_of(place);
        let duplicate = self.duplicate(ty).map(|name| format!("{}.{name}()", self.name(&root).unwrap_or_default()));
        let name = self.name(place);
        errors::use_after_move(self.span(used), name.as_deref(), &moved, stored, duplicate.as_deref())
    }

    /// The method that duplicates a value of the type.
    fn duplicate(&self, ty: TypeId) -> Option<&'static str> {
        ["clone", "handle"].into_iter().find(|name| {
            let Some(symbol) = self.sema.names.get(name) else { return false };
            self.sema.member_of(ty, symbol).is_some()
        })
    }

    /// The function that a value is moved into.
    fn moved_into(&self, stmt: TextRange, moved: TextRange) -> Option<String> {
        let callee = self.func.blocks.iter().find_map(|block| {
            block.stmts.iter().zip(&block.ranges).find_map(|(one, range)| match one {
                Stmt::Call(call) if *range == stmt && moved != stmt => Some(call.callee),
                _ => None,
            })
        })?;
        match callee {
            Callee::Func(func) => Some(self.sema.program.info(func).name.to_string()),
            Callee::Pointer(_) => None,
        }
    }

    fn fixed(&self, place: &Place, why: Fixed, range: TextRange) -> Diagnostic {
        let name = self.name(place);
        let declared = |local: Local| self.span(self.func.locals[local].range);
        let local_name = |local: Local| self.holder_name(local).unwrap_or_else(|| "it".to_owned());
        let span = self.span(range);
        match why {
            Fixed::Borrowed(local) => {
                errors::move_out_of_borrow(span, name.as_deref(), &local_name(local), declared(local))
            }
            Fixed::Inout(local) => {
                errors::move_out_of_inout(span, name.as_deref(), &local_name(local), declared(local))
            }
            Fixed::Alias(local) => {
                errors::move_out_of_alias(span, name.as_deref(), &local_name(local), declared(local))
            }
            Fixed::Constant => errors::move_out_of_constant(span),
            Fixed::Element => errors::move_out_of_element(span),
            Fixed::Behind => errors::move_out_of_view(span),
            Fixed::Destructor(ty) => errors::move_out_of_destructor(span, &self.sema.show(ty)),
            Fixed::Linear(ty) => errors::move_out_of_linear(span, &self.sema.show(ty)),
        }
    }

    fn clash(&self, at: Point, range: TextRange, clash: &Clash) -> Diagnostic {
        let passed = |passed: &Passed| errors::PassedPlace {
            span: self.span(self.argument(at, passed.index).unwrap_or_else(|| self.narrow(&passed.place, range, 0))),
            name: self.name(&passed.place),
            mode: passed.mode,
        };
        errors::overlapping_arguments(&passed(&clash.exclusive), &passed(&clash.other))
    }

    /// Where an argument of the call is written.
    fn argument(&self, at: Point, index: usize) -> Option<TextRange> {
        Some(self.body.ranges[self.arguments(at)?.get(index)?.value])
    }

    /// The arguments of the call that stands there.
    fn arguments(&self, at: Point) -> Option<&[air::Arg]> {
        let range = *self.func.blocks[at.block].ranges.get(at.stmt)?;
        self.body.insts.iter_enumerated().find_map(|(id, inst)| match inst {
            air::Inst::Call { args, .. } | air::Inst::CallPtr { args, .. } if self.body.ranges[id] == range => {
                Some(&args[..])
            }
            _ => None,
        })
    }

    /// How a call is passed a place of which a later argument moves something: the move comes first, as the place is lent to the call.
    fn lent_beside(&self, at: Point, used: TextRange, moved: TextRange) -> Option<ParamMode> {
        let args = self.arguments(at)?;
        let holds = |arg: &&air::Arg, range| self.body.ranges[arg.value].contains(range);
        let lent = args.iter().find(|arg| arg.mode != ParamMode::Own && holds(arg, used))?;
        args.iter().any(|arg| holds(&arg, moved)).then_some(lent.mode)
    }

    /// Where in the range the place is used, the `nth` time.
    fn narrow(&self, place: &Place, range: TextRange, nth: usize) -> TextRange {
        let uses = self.uses(place, range, false);
        uses.get(nth).or(uses.last()).copied().unwrap_or(range)
    }

    /// Where in the range something of the place is moved.
    fn narrow_move(&self, place: &Place, range: TextRange) -> TextRange {
        self.uses(place, range, true).last().copied().unwrap_or(range)
    }

    /// The uses of a place's local within a range, in order.
    fn uses(&self, place: &Place, range: TextRange, moves: bool) -> Vec<TextRange> {
        let PlaceBase::Local(local) = place.base else { return Vec::new() };
        let root = |mut inst: air::InstId| loop {
            match &self.body.insts[inst] {
                air::Inst::Local(id) => return Some(*id),
                air::Inst::Field { base, .. } | air::Inst::Index { base, .. } | air::Inst::Slice { base, .. } => {
                    inst = *base
                }
                _ => return None,
            }
        };
        let is_it = |id: air::LocalId| id.index() + 1 == local.index();
        let mut found: Vec<TextRange> = Vec::new();
        for (id, inst) in self.body.insts.iter_enumerated() {
            let at = self.body.ranges[id];
            let within = range.start <= at.start && at.end <= range.end && !at.is_empty();
            let matches = match inst {
                air::Inst::Use { place, kind } => {
                    (!moves || *kind == air::UseKind::Move) && root(*place).is_some_and(is_it)
                }
                air::Inst::Local(_) | air::Inst::Field { .. } | air::Inst::Index { .. } => {
                    !moves && root(id).is_some_and(is_it)
                }
                _ => false,
            };
            if within && matches {
                // The longest at each start.
                match found.iter_mut().find(|other| other.start == at.start) {
                    Some(other) => *other = if other.len() < at.len() { at } else { *other },
                    None => found.push(at),
                }
            }
        }
        found.sort_unstable_by_key(|range| range.start);
        found
    }

    fn type_of(&self, place: &Place) -> TypeId {
        let statics = &self.sema.program.statics;
        kiln_cfg::place_type(place, &self.func.locals, &self.sema.pool, statics).map_or(TypeId::ERROR, |ty| ty.ty)
    }

    /// A place as it is written; `None` for a value without name.
    fn name(&self, place: &Place) -> Option<String> {
        let PlaceBase::Local(local) = place.base else { return None };
        if place.proj.first() == Some(&Proj::Deref) {
            return self.loans.by(local).next().and_then(|loan| self.name(&loan.place));
        }
        let mut name = self.holder_name(local)?;
        let mut ty = PlaceType::whole(self.func.locals[local].ty);
        for step in &place.proj {
            match step {
                Proj::Field(index) if ty.variant.is_none() => {
                    let field = self.sema.pool.field_name(ty.ty, *index as usize);
                    name.push('.');
                    match field {
                        Some(field) => name.push_str(self.sema.names.name(field)),
                        None => name.push_str(&index.to_string()),
                    }
                }
                Proj::Index(_) => name.push_str("[…]"),
                // A payload has no name of its own.
                _ => return Some(name),
            }
            ty = ty.step(&self.sema.pool, *step)?;
        }
        Some(name)
    }

    /// The name of a local; for an alias without one, that of what it stands for.
    fn holder_name(&self, local: Local) -> Option<String> {
        match self.func.locals[local].name {
            Some(name) => Some(self.sema.names.name(name).to_owned()),
            None => {
                let loan = self.loans.by(local).next()?;
                matches!(loan.place.base, PlaceBase::Local(other) if other != local).then(|| self.name(&loan.place))?
            }
        }
    }
}
