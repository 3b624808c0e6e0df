//! Where each move path may have a value, and where it may have been moved: forward over the blocks, until nothing changes.
//!
//! Two sets describe a point. *Live* paths have a value on some way there; *moved* ones were moved on some way there and not
//! given a new value since. Before its first value a path is neither. A path that is live and moved needs a flag to know.

use super::OwnCx;
use super::bits::{self, Table};
use super::calls::inout_places;
use super::paths::{Lookup, PathId, Paths};
use kiln_cfg::{BinOp, BlockId, Func, LocalKind, Mention, Operand, Place, Proj, Rvalue, Stmt, Terminator, UseKind};
use kiln_source::Idx;
use kiln_types::{Pool, TypeKey};

/// What an instruction does to a path.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Change {
    /// The path gets a value, with everything below it.
    Init,
    /// A part of it gets a value that has no path of its own.
    InitPart,
    /// It becomes this variant.
    Variant(u32),
    /// Somebody else may write it as a whole: it may be any variant then.
    Lent,
    /// Its value is taken away.
    Move,
    /// Its value is dropped.
    Drop,
    /// Its storage begins or ends.
    Storage,
}

/// A change, and where it happens.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Event {
    /// Index of the instruction in its block.
    pub stmt: u32,
    pub path: PathId,
    pub change: Change,
}

/// The two sets at a point.
#[derive(Clone, Debug)]
pub(crate) struct State {
    pub live: Vec<u64>,
    pub moved: Vec<u64>,
}

/// The sets at the start of each block, and the events in it.
#[derive(Debug)]
pub(crate) struct Flow {
    live: Table,
    moved: Table,
    events: Vec<Event>,
    /// By block: where its events start; one more for the end.
    starts: Vec<u32>,
    kills: Vec<Kill>,
}

/// Going from a block to another shows that an enum has not this variant.
#[derive(Clone, Copy, Debug)]
struct Kill {
    from: BlockId,
    to: BlockId,
    /// The path of the variant.
    path: PathId,
}

impl Flow {
    /// Follows the function to the end.
    pub fn of(func: &Func, paths: &Paths, cx: &OwnCx<'_>) -> Flow {
        let (events, starts) = events(func, paths, cx);
        let (blocks, width) = (func.blocks.len(), paths.len());
        let kills = kills(func, paths, cx.pool);
        let mut flow =
            Flow { live: Table::new(blocks, width), moved: Table::new(blocks, width), events, starts, kills };
        flow.run(func, paths);
        flow
    }

    fn run(&mut self, func: &Func, paths: &Paths) {
        let mut entry = bits::empty(paths.len());
        for param in func.params() {
            if let Some(root) = paths.root(param) {
                bits::insert(&mut entry, paths.below(root));
            }
        }
        self.live.add(Func::ENTRY.index(), &entry);
        let mut open = vec![true; func.blocks.len()];
        let mut again = true;
        while std::mem::take(&mut again) {
            for (block, data) in func.blocks.iter_enumerated() {
                if !std::mem::take(&mut open[block.index()]) {
                    continue;
                }
                let mut state = self.start(block);
                for event in self.events(block) {
                    state.apply(paths, func, *event);
                }
                data.term.for_each_successor(|next| {
                    if self.go(paths, block, next, &state) {
                        open[next.index()] = true;
                        again |= next <= block;
                    }
                });
            }
        }
    }

    /// Brings the state at the end of a block to the start of the next; whether that was news.
    fn go(&mut self, paths: &Paths, from: BlockId, to: BlockId, state: &State) -> bool {
        let news = self.moved.add(to.index(), &state.moved);
        let kills = self.kills.iter().filter(|kill| kill.from == from && kill.to == to);
        let mut killed: Option<Vec<u64>> = None;
        for kill in kills {
            bits::remove(killed.get_or_insert_with(|| state.live.clone()), paths.below(kill.path));
        }
        self.live.add(to.index(), killed.as_ref().unwrap_or(&state.live)) | news
    }

    /// The state at the start of a block.
    pub fn start(&self, block: BlockId) -> State {
        State { live: self.live.row(block.index()).to_vec(), moved: self.moved.row(block.index()).to_vec() }
    }

    /// What happens in a block, in order.
    pub fn events(&self, block: BlockId) -> &[Event] {
        &self.events[self.starts[block.index()] as usize..self.starts[block.index() + 1] as usize]
    }
}

impl State {
    /// Follows one event.
    pub fn apply(&mut self, paths: &Paths, func: &Func, event: Event) {
        let (below, own) = (paths.below(event.path), event.path.index()..event.path.index() + 1);
        match event.change {
            Change::Init => {
                bits::insert(&mut self.live, below.clone());
                bits::remove(&mut self.moved, below);
            }
            Change::InitPart => {
                bits::insert(&mut self.live, own.clone());
                if is_built_in_parts(func, paths, event.path) {
                    bits::remove(&mut self.moved, own);
                }
            }
            Change::Variant(variant) => {
                bits::insert(&mut self.live, own.clone());
                if is_built_in_parts(func, paths, event.path) {
                    bits::remove(&mut self.moved, own);
                }
                for (child, step) in paths.children(event.path) {
                    if step != Proj::Variant(variant) {
                        bits::remove(&mut self.live, paths.below(child));
                        bits::remove(&mut self.moved, paths.below(child));
                    } else {
                        bits::insert(&mut self.live, child.index()..child.index() + 1);
                        bits::remove(&mut self.moved, child.index()..child.index() + 1);
                    }
                }
            }
            Change::Lent => {
                if bits::contains(&self.live, event.path.index()) {
                    let there = below.filter(|path| !bits::contains(&self.moved, *path)).collect::<Vec<_>>();
                    there.into_iter().for_each(|path| bits::insert(&mut self.live, path..path + 1));
                }
            }
            Change::Move => {
                bits::remove(&mut self.live, below.clone());
                bits::insert(&mut self.moved, below);
            }
            Change::Drop | Change::Storage => {
                bits::remove(&mut self.live, below.clone());
                bits::remove(&mut self.moved, below);
            }
        }
    }
}

/// Whether a path belongs to a local that only the compiler writes, part by part.
fn is_built_in_parts(func: &Func, paths: &Paths, path: PathId) -> bool {
    let decl = &func.locals[paths.data(path).local];
    matches!(decl.kind, LocalKind::Temp | LocalKind::Return) || decl.name.is_none()
}

fn events(func: &Func, paths: &Paths, cx: &OwnCx<'_>) -> (Vec<Event>, Vec<u32>) {
    let (mut events, mut starts) = (Vec::new(), Vec::with_capacity(func.blocks.len() + 1));
    for block in func.blocks.iter() {
        starts.push(events.len() as u32);
        for (index, stmt) in block.stmts.iter().enumerate() {
            stmt.for_each_mention(&mut |mention| {
                if let Some((path, change)) = change_of(func, paths, cx, stmt, mention) {
                    events.push(Event { stmt: index as u32, path, change });
                }
            });
        }
    }
    starts.push(events.len() as u32);
    (events, starts)
}

/// What a mention in an instruction does to a path.
pub(crate) fn change_of(
    func: &Func,
    paths: &Paths,
    cx: &OwnCx<'_>,
    stmt: &Stmt,
    mention: Mention<'_>,
) -> Option<(PathId, Change)> {
    let written = |place: &Place| match paths.find(place) {
        Lookup::Exact(path) => Some((path, Change::Init)),
        Lookup::Inside(_) if place.proj.first() == Some(&Proj::Deref) => None,
        Lookup::Inside(path) => Some((path, Change::InitPart)),
        Lookup::Untracked => None,
    };
    let exact = |place: &Place| match paths.find(place) {
        Lookup::Exact(path) => Some(path),
        _ => None,
    };
    match mention {
        Mention::Operand(Operand::Move(local)) => paths.root(local).map(|path| (path, Change::Move)),
        Mention::Read(place, UseKind::Move) => exact(place).map(|path| (path, Change::Move)),
        Mention::Write(place) => written(place),
        Mention::WriteTag(place) => match (written(place), stmt) {
            (Some((path, Change::Init)), Stmt::SetVariant { variant, .. }) => Some((path, Change::Variant(*variant))),
            (other, _) => other,
        },
        Mention::Drop(place) => exact(place).map(|path| (path, Change::Drop)),
        Mention::StorageLive(local) | Mention::StorageDead(local) => {
            paths.root(local).map(|path| (path, Change::Storage))
        }
        Mention::Refer(place) => {
            exact(place).filter(|_| may_write(func, cx, stmt, place)).map(|path| (path, Change::Lent))
        }
        Mention::Operand(_) | Mention::Read(..) | Mention::Bind(_) => None,
    }
}

/// Whether an instruction lends a place that it refers to so that it can be written: as an `inout` argument, by a pointer, by a name.
fn may_write(func: &Func, cx: &OwnCx<'_>, stmt: &Stmt, place: &Place) -> bool {
    match stmt {
        Stmt::Call(call) => inout_places(func, cx, call).into_iter().any(|lent| std::ptr::eq(lent, place)),
        Stmt::Bind { local, .. } => func.locals[*local].kind == LocalKind::Alias { mutable: true },
        Stmt::Assign(dst, Rvalue::AddressOf(_)) => {
            let ty = dst.as_local().map(|local| func.locals[local].ty);
            !ty.is_some_and(|ty| matches!(cx.pool.key(ty), TypeKey::Ptr { mutable: false, .. }))
        }
        _ => false,
    }
}

/// What tests of tags show.
fn kills(func: &Func, paths: &Paths, pool: &Pool) -> Vec<Kill> {
    let mut kills = Vec::new();
    if !paths.iter().any(|(_, data)| data.ty.variant.is_some()) {
        return kills;
    }
    for (block, data) in func.blocks.iter_enumerated() {
        let Some((tested, outcomes)) = test(func, block, pool) else { continue };
        let Lookup::Exact(path) = paths.find(tested) else { continue };
        let Some(def) = pool.enum_def(paths.data(path).ty.ty) else { continue };
        for (child, step) in paths.children(path) {
            let Proj::Variant(variant) = step else { continue };
            let bits = def.variants[variant as usize].discriminant;
            let mask = u128::MAX >> (128 - tag_bits(pool, def.tag));
            let home =
                outcomes.cases.iter().find(|case| case.0 & mask == bits & mask).map_or(outcomes.default, |c| c.1);
            data.term.for_each_successor(|next| {
                if next != home {
                    kills.push(Kill { from: block, to: next, path: child });
                }
            });
        }
    }
    kills
}

fn tag_bits(pool: &Pool, ty: kiln_types::TypeId) -> u32 {
    match pool.key(ty) {
        TypeKey::Int { bits, .. } => u32::from(*bits),
        _ => 64,
    }
}

/// Where a test of a tag leads.
struct Outcomes {
    cases: Vec<(u128, BlockId)>,
    default: BlockId,
}

/// The enum whose tag decides how a block ends, if one does.
fn test<'f>(func: &'f Func, block: BlockId, pool: &Pool) -> Option<(&'f Place, Outcomes)> {
    let data = &func.blocks[block];
    match &data.term {
        Terminator::Switch { value, cases, default, .. } => {
            let place = tag_of(data, value.local()?)?;
            Some((place, Outcomes { cases: cases.to_vec(), default: *default }))
        }
        Terminator::Branch { cond, then, else_ } => {
            let cond = cond.local()?;
            let (left, right) = data.stmts.iter().rev().find_map(|stmt| match stmt {
                Stmt::Assign(dst, Rvalue::Binary(BinOp::Eq, left, right)) if dst.as_local() == Some(cond) => {
                    Some((*left, *right))
                }
                _ => None,
            })?;
            let Operand::Const(value) = right else { return None };
            let place = tag_of(data, left.local()?)?;
            Some((place, Outcomes { cases: vec![(pool.scalar_bits(value)?, *then)], default: *else_ }))
        }
        _ => None,
    }
}

/// The place whose tag the block reads into the local.
fn tag_of(data: &kiln_cfg::Block, local: kiln_cfg::Local) -> Option<&Place> {
    data.stmts.iter().rev().find_map(|stmt| match stmt {
        Stmt::Assign(dst, Rvalue::Tag(place)) if dst.as_local() == Some(local) => Some(place),
        _ => None,
    })
}
