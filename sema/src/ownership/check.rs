//! The rules, looked at instruction by instruction: what is used has its value, what is moved can be, what is linear is not
//! forgotten, and what is written has no other name that is still to be used.

use super::calls::{self, Clash};
use super::flow::{Change, Flow, State, change_of};
use super::linear::{self, Loss};
use super::loans::{Loans, Resolved};
use super::paths::{Lookup, PathId, Paths, is_owner};
use super::{OwnCx, bits};
use kiln_cfg::{
    BlockId, Callee, Func, Local, LocalKind, Mention, Operand, Place, PlaceBase, PlaceType, Proj, Stmt, UseKind,
};
use kiln_source::{Idx, TextRange};
use kiln_types::{ParamMode, Pool};

/// Where an instruction stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Point {
    pub block: BlockId,
    pub stmt: usize,
}

/// A broken rule.
#[derive(Clone, Debug)]
pub(crate) struct Mistake {
    pub at: Point,
    /// Of the instruction.
    pub range: TextRange,
    /// The how manieth mention of its local in the instruction it is.
    pub nth: usize,
    pub kind: Kind,
}

/// What is wrong.
#[derive(Clone, Debug)]
pub(crate) enum Kind {
    /// The place, or a part of it, may have been moved.
    Moved { place: Place, path: PathId, stored: bool },
    /// The place can't be moved out of.
    Fixed { place: Place, why: Fixed },
    /// A linear value ends here.
    Lost { place: Place, made: TextRange, loss: Loss },
    /// Arguments of a call overlap.
    Clash(Clash),
    /// A place is written (or `moved`) while `holder` names it.
    Named { place: Place, holder: Local, named: TextRange, moved: bool },
    /// A value ends while `holder` names it.
    Outlived { holder: Local, named: TextRange },
}

/// Why a place has to stay whole.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Fixed {
    Borrowed(Local),
    Inout(Local),
    Alias(Local),
    Constant,
    Element,
    Behind,
    Destructor(kiln_types::TypeId),
    Linear(kiln_types::TypeId),
}

/// Looks at a whole function.
pub(crate) fn check(func: &Func, flow: &Flow, paths: &Paths, loans: &Loans, cx: &OwnCx<'_>) -> Vec<Mistake> {
    let mut checker = Checker { func, paths, loans, cx, seen: Vec::new(), mistakes: Vec::new() };
    for block in func.blocks.ids() {
        checker.block(flow, block);
    }
    checker.mistakes
}

struct Checker<'a> {
    func: &'a Func,
    paths: &'a Paths,
    loans: &'a Loans,
    cx: &'a OwnCx<'a>,
    /// Locals whose misuse was noted: one mistake for each.
    seen: Vec<Local>,
    mistakes: Vec<Mistake>,
}

impl Checker<'_> {
    fn block(&mut self, flow: &Flow, id: BlockId) {
        let func = self.func;
        let block = &func.blocks[id];
        let mut state = flow.start(id);
        let live = self.loans.live_in_block(func, id);
        for (index, (stmt, range)) in block.stmts.iter().zip(&block.ranges).enumerate() {
            let (at, range) = (Point { block: id, stmt: index }, *range);
            if let Stmt::Call(call) = stmt
                && let Some(clash) = calls::clash(func, self.loans, self.cx, call)
            {
                let known = |place: &Place| matches!(place.base, PlaceBase::Local(local) if self.seen.contains(&local));
                if !known(&clash.exclusive.place) && !known(&clash.other.place) {
                    self.note(at, range, 0, Kind::Clash(clash));
                }
                self.skip(stmt, &mut state);
                continue;
            }
            if !live.is_empty() {
                self.names(stmt, at, range, &live[index], &live[index + 1]);
            }
            self.stmt(stmt, at, range, &mut state);
        }
    }

    /// Follows an instruction without looking at it.
    fn skip(&self, stmt: &Stmt, state: &mut State) {
        stmt.for_each_mention(&mut |mention| self.follow(stmt, mention, state));
    }

    fn follow(&self, stmt: &Stmt, mention: Mention<'_>, state: &mut State) {
        if let Some((path, change)) = change_of(self.func, self.paths, self.cx, stmt, mention) {
            state.apply(self.paths, self.func, super::flow::Event { stmt: 0, path, change });
        }
    }

    fn stmt(&mut self, stmt: &Stmt, at: Point, range: TextRange, state: &mut State) {
        let mut mentioned: Vec<Local> = Vec::new();
        stmt.for_each_mention(&mut |mention| {
            let (place, kind) = match mention {
                Mention::Operand(Operand::Copy(local)) => (Place::local(local), Use::Read),
                Mention::Operand(Operand::Move(local)) => (Place::local(local), Use::Move),
                Mention::Operand(Operand::Const(_)) => return,
                Mention::Read(place, UseKind::Copy | UseKind::Show) => (place.clone(), Use::Read),
                Mention::Read(place, UseKind::Move) => (place.clone(), Use::Move),
                Mention::Refer(place) => (place.clone(), Use::Read),
                Mention::Write(place) | Mention::WriteTag(place) => (place.clone(), Use::Write),
                Mention::Drop(place) => (place.clone(), Use::Drop),
                Mention::Bind(_) | Mention::StorageLive(_) | Mention::StorageDead(_) => {
                    return self.follow(stmt, mention, state);
                }
            };
            let PlaceBase::Local(local) = place.base else {
                if kind == Use::Move {
                    self.note(at, range, 0, Kind::Fixed { place, why: Fixed::Constant });
                }
                return;
            };
            let nth = mentioned.iter().filter(|other| **other == local).count();
            mentioned.push(local);
            self.use_place(&place, local, kind, Where { at, range, nth }, state);
            self.follow(stmt, mention, state);
        });
    }

    fn use_place(&mut self, place: &Place, local: Local, kind: Use, here: Where, state: &State) {
        if kind == Use::Move
            && let Some(why) = fixed(self.func, self.cx.pool, place)
        {
            if matches!(why, Fixed::Linear(_)) {
                // That the rest is forgotten is the same mistake.
                self.seen.push(local);
            }
            return self.note(here.at, here.range, here.nth, Kind::Fixed { place: place.clone(), why });
        }
        match kind {
            Use::Drop => {
                if let Some((made, loss)) = linear::lost(self.func, self.paths, self.cx.pool, place, state) {
                    self.note_once(local, here, Kind::Lost { place: place.clone(), made, loss });
                }
            }
            Use::Write => {
                if let Lookup::Inside(path) = self.paths.find(place)
                    && self.func.locals[local].kind != LocalKind::Temp
                    && self.func.locals[local].name.is_some()
                    && bits::contains(&state.moved, path.index())
                {
                    let kind = Kind::Moved { place: place.clone(), path, stored: true };
                    self.note_once(local, here, kind);
                }
            }
            Use::Read | Use::Move => {
                let (path, moved) = match self.paths.find(place) {
                    Lookup::Untracked => return,
                    Lookup::Exact(path) => (path, bits::intersects(&state.moved, self.paths.below(path))),
                    Lookup::Inside(path) => (path, bits::contains(&state.moved, path.index())),
                };
                if moved {
                    self.note_once(local, here, Kind::Moved { place: place.clone(), path, stored: false });
                }
            }
        }
    }

    fn note(&mut self, at: Point, range: TextRange, nth: usize, kind: Kind) {
        self.mistakes.push(Mistake { at, range, nth, kind });
    }

    fn note_once(&mut self, local: Local, here: Where, kind: Kind) {
        if !self.seen.contains(&local) {
            self.seen.push(local);
            self.note(here.at, here.range, here.nth, kind);
        }
    }

    /// Looks for places that are changed while another name for them is still to be used.
    fn names(&mut self, stmt: &Stmt, at: Point, range: TextRange, before: &[u64], after: &[u64]) {
        // Whoever is passed along is in use during the call.
        let during = if matches!(stmt, Stmt::Call(_)) { before } else { after };
        let mut changed: Vec<(Place, Use, &[u64])> = Vec::new();
        stmt.for_each_mention(&mut |mention| match mention {
            Mention::Operand(Operand::Move(local)) => changed.push((Place::local(local), Use::Move, during)),
            Mention::Read(place, UseKind::Move) => changed.push((place.clone(), Use::Move, during)),
            Mention::Write(place) | Mention::WriteTag(place) => changed.push((place.clone(), Use::Write, after)),
            Mention::Drop(place) => changed.push((place.clone(), Use::Drop, after)),
            _ => {}
        });
        if let Stmt::Call(call) = stmt {
            let inouts = calls::inout_places(self.func, self.cx, call);
            changed.extend(inouts.into_iter().map(|place| (place.clone(), Use::Write, during)));
        }
        for (place, kind, row) in changed {
            for resolved in self.loans.resolve(self.func, &place) {
                self.change(&place, &resolved, kind, at, range, row);
            }
        }
    }

    fn change(&mut self, place: &Place, resolved: &Resolved, kind: Use, at: Point, range: TextRange, row: &[u64]) {
        let Some(loan) = self.loans.conflict(self.func, self.cx.pool, resolved, row) else { return };
        let (holder, named) = (loan.holder, loan.range);
        if self.seen.contains(&holder) {
            return;
        }
        self.seen.push(holder);
        if kind == Use::Move {
            // That it is gone then is the same mistake.
            self.seen.push(resolved.root);
        }
        let is_temporary = self.func.locals[resolved.root].name.is_none();
        let kind = match kind {
            Use::Drop if is_temporary => Kind::Outlived { holder, named },
            _ => Kind::Named { place: place.clone(), holder, named, moved: kind == Use::Move },
        };
        self.note(at, range, 0, kind);
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Use {
    Read,
    Move,
    Write,
    Drop,
}

#[derive(Clone, Copy, Debug)]
struct Where {
    at: Point,
    range: TextRange,
    nth: usize,
}

/// Why a place can't be moved out of, if it can't.
fn fixed(func: &Func, pool: &Pool, place: &Place) -> Option<Fixed> {
    let PlaceBase::Local(local) = place.base else { return Some(Fixed::Constant) };
    let steps = &*place.proj;
    if steps.first() == Some(&Proj::Deref) {
        // A raw pointer's pointee as a whole is what `@ptr_read` takes.
        return steps.get(1).map(|step| match step {
            Proj::Index(_) => Fixed::Element,
            _ => Fixed::Behind,
        });
    }
    if !is_owner(func, local) {
        return Some(match func.locals[local].kind {
            LocalKind::Param(ParamMode::Borrow) => Fixed::Borrowed(local),
            LocalKind::Param(_) => Fixed::Inout(local),
            _ => Fixed::Alias(local),
        });
    }
    let mut ty = PlaceType::whole(func.locals[local].ty);
    for step in steps {
        if matches!(step, Proj::Index(_)) {
            return Some(Fixed::Element);
        }
        if ty.variant.is_none() && pool.destructor(ty.ty).is_some() {
            return Some(Fixed::Destructor(ty.ty));
        }
        if ty.variant.is_none() && pool.is_linear_itself(ty.ty) && !is_taken_apart(func, local) {
            return Some(Fixed::Linear(ty.ty));
        }
        ty = ty.step(pool, *step)?;
    }
    None
}

/// Whether a local is the value into which a pattern has moved something linear as a whole, to take it apart: it ends by its parts.
fn is_taken_apart(func: &Func, local: Local) -> bool {
    let ends = |stmt: &Stmt| matches!(stmt, Stmt::Drop(place) if place.as_local() == Some(local));
    func.locals[local].kind == LocalKind::Temp && !func.blocks.iter().flat_map(|block| &block.stmts).any(ends)
}

/// The mode in which a callee takes each argument.
pub(crate) fn modes(func: &Func, cx: &OwnCx<'_>, callee: Callee) -> Vec<ParamMode> {
    match callee {
        Callee::Func(callee) => (cx.modes)(callee),
        Callee::Pointer(pointer) => match func.operand_type(cx.pool, pointer).map(|ty| cx.pool.key(ty)) {
            Some(kiln_types::TypeKey::Fn(ty)) => ty.params.iter().map(|param| param.mode).collect(),
            _ => Vec::new(),
        },
    }
}

/// A move that an instruction may come after.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) struct Before {
    /// Of the instruction that moves.
    pub range: TextRange,
    /// Only a part was moved.
    pub in_part: bool,
}

/// Where the value of a path may have been moved, with nothing new stored between there and the instruction.
pub(crate) fn moves_before(func: &Func, flow: &Flow, paths: &Paths, path: PathId, at: Point) -> Vec<Before> {
    let mut preds: Vec<Vec<BlockId>> = vec![Vec::new(); func.blocks.len()];
    for (id, block) in func.blocks.iter_enumerated() {
        block.term.for_each_successor(|next| preds[next.index()].push(id));
    }
    let below = paths.below(path);
    let mut found = Vec::new();
    let mut seen = vec![false; func.blocks.len()];
    let mut open = vec![(at.block, at.stmt)];
    while let Some((block, end)) = open.pop() {
        let mut stopped = false;
        for event in flow.events(block).iter().rev().filter(|event| (event.stmt as usize) < end) {
            let other = paths.below(event.path);
            let covers = other.start <= below.start && below.end <= other.end;
            let inside = below.start <= other.start && other.end <= below.end;
            match event.change {
                Change::Move if covers || inside => {
                    let range = func.blocks[block].ranges[event.stmt as usize];
                    found.push(Before { range, in_part: !covers });
                    stopped = covers;
                }
                Change::Init | Change::Storage if covers => stopped = true,
                _ => {}
            }
            if stopped {
                break;
            }
        }
        if stopped {
            continue;
        }
        for pred in &preds[block.index()] {
            if !std::mem::replace(&mut seen[pred.index()], true) {
                open.push((*pred, usize::MAX));
            }
        }
    }
    found
}
