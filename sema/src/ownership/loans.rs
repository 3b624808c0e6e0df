//! Who names a place of somebody else for longer than an instruction: aliases (bindings of borrowed scrutinees, elements of
//! iterated places) and views of arrays and containers.
//!
//! ```text
//! alias _4 = &_1[_3]                 _4 names an element of _1
//! _6: ptr const [T] = slice _1, 2..  (*_6) is a part of _1
//! _6: ptr const [T] = call Vec(T)::view(&_1)
//! _5 = use show _1                   _5 holds the bits of _1, which owns them
//! _5.bytes = fat_ptr_address(_6)     _5 is text that (*_6) shows
//! ```
//! While such a name is still to be used, its place is not written, moved or dropped by another name.

use super::bits::{self, Table};
use kiln_cfg::{
    Arg, BlockId, Builtin, Callee, Func, Local, LocalKind, Operand, Place, PlaceBase, Proj, Rvalue, Stmt, UseKind,
};
use kiln_source::{Idx, TextRange};
use kiln_types::{FuncId, Pool, TypeId, TypeKey, ValueId};
use smallvec::{SmallVec, smallvec};

/// So many places are followed to their roots part by part; for further ones only the roots are found, each as a whole.
const MAX_FOLLOWED: usize = 64;

/// One making of a name.
#[derive(Clone, Debug)]
pub(crate) struct Loan {
    /// The alias, the pointer whose pointee is the view, or what holds bits of somebody else.
    pub holder: Local,
    /// What it names.
    pub place: Place,
    /// Where it is made.
    pub range: TextRange,
}

/// All such names in a function.
#[derive(Debug, Default)]
pub(crate) struct Loans {
    loans: Vec<Loan>,
    /// By local: whether it is a holder.
    holders: Vec<bool>,
    /// By local: whether it is a holder that has a value of its own: the name is made where that is stored.
    is_stored: Vec<bool>,
    /// By block: holders that are used on some way after its end.
    live_out: Option<Table>,
}

/// A place followed to the owner or parameter it is a part of.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Resolved {
    /// The local it starts at: no alias and no view.
    pub root: Local,
    pub steps: SmallVec<[Proj; 8]>,
    /// The names on the way.
    pub through: SmallVec<[Local; 2]>,
}

impl Loans {
    /// Finds the names. `is_view`: whether a function gives a view of its argument.
    pub fn of(func: &Func, pool: &Pool, is_view: &dyn Fn(FuncId) -> bool) -> Loans {
        let mut loans = Loans::default();
        for block in func.blocks.iter() {
            for (stmt, range) in block.stmts.iter().zip(&block.ranges) {
                if let Some((holder, place)) = named_by(func, pool, stmt, is_view) {
                    loans.loans.push(Loan { holder, place: place.clone(), range: *range });
                } else if let Some((holder, place)) = shown_by(func, pool, stmt) {
                    loans.show(holder, place, *range);
                }
            }
        }
        if !loans.loans.is_empty() {
            loans.holders = vec![false; func.locals.len()];
            loans.is_stored = vec![false; func.locals.len()];
            for loan in &loans.loans {
                loans.holders[loan.holder.index()] = true;
                let is_alias = matches!(func.locals[loan.holder].kind, LocalKind::Alias { .. });
                loans.is_stored[loan.holder.index()] = !is_alias;
            }
            loans.live_out = Some(loans.liveness(func));
        }
        loans
    }

    /// A local holds bits of a place, which may be bits of others itself.
    fn show(&mut self, holder: Local, place: Place, range: TextRange) {
        let through = match place.base {
            PlaceBase::Local(local) if place.proj.first() != Some(&Proj::Deref) => {
                self.by(local).map(|loan| loan.place.clone()).collect()
            }
            _ => Vec::new(),
        };
        if through.is_empty() {
            self.loans.push(Loan { holder, place, range });
            return;
        }
        for mut whole in through {
            whole.proj = whole.proj.iter().chain(&place.proj).copied().collect();
            self.loans.push(Loan { holder, place: whole, range });
        }
    }

    fn is_holder(&self, local: Local) -> bool {
        self.holders.get(local.index()).copied().unwrap_or(false)
    }

    /// The loans that are made for a holder.
    pub fn by(&self, holder: Local) -> impl Iterator<Item = &Loan> {
        self.loans.iter().filter(move |loan| loan.holder == holder)
    }

    /// Which holders are used behind the end of each block.
    fn liveness(&self, func: &Func) -> Table {
        let count = func.locals.len();
        let mut live_out = Table::new(func.blocks.len(), count);
        let mut live_in = Table::new(func.blocks.len(), count);
        let mut again = true;
        while std::mem::take(&mut again) {
            for block in (0..func.blocks.len()).rev() {
                let id = BlockId::from_usize(block);
                func.blocks[id].term.for_each_successor(|next| {
                    let after = live_in.row(next.index()).to_vec();
                    live_out.add(block, &after);
                });
                let mut live = live_out.row(block).to_vec();
                if let Some(local) = func.blocks[id].term.operand().and_then(Operand::local) {
                    self.set(&mut live, local);
                }
                func.blocks[id].stmts.iter().rev().for_each(|stmt| self.step_back(stmt, &mut live));
                again |= live_in.add(block, &live);
            }
        }
        live_out
    }

    fn set(&self, live: &mut [u64], local: Local) {
        if self.is_holder(local) {
            bits::insert(live, local.index()..local.index() + 1);
        }
    }

    /// The holders that are live before an instruction, of those behind it.
    fn step_back(&self, stmt: &Stmt, live: &mut [u64]) {
        let made = match stmt {
            Stmt::Bind { local, .. } => Some(*local),
            Stmt::Assign(dst, _) => dst.as_local().filter(|dst| self.is_stored[dst.index()]),
            Stmt::StorageLive(local) => Some(*local),
            Stmt::Call(call) => call.dst.as_ref().and_then(Place::as_local).filter(|dst| self.is_stored[dst.index()]),
            _ => None,
        };
        if let Some(local) = made {
            bits::remove(live, local.index()..local.index() + 1);
        }
        if matches!(stmt, Stmt::StorageDead(_)) {
            return;
        }
        stmt.for_each_local(|local| {
            if Some(local) != made {
                self.set(live, local);
            }
        });
    }

    /// The holders that are live behind each instruction of a block, and (first) those before it.
    pub fn live_in_block(&self, func: &Func, block: BlockId) -> Vec<Vec<u64>> {
        let Some(live_out) = &self.live_out else { return Vec::new() };
        let mut live = live_out.row(block.index()).to_vec();
        if let Some(local) = func.blocks[block].term.operand().and_then(Operand::local) {
            self.set(&mut live, local);
        }
        let mut rows = vec![live.clone()];
        for stmt in func.blocks[block].stmts.iter().rev() {
            self.step_back(stmt, &mut live);
            rows.push(live.clone());
        }
        rows.reverse();
        rows
    }

    /// Follows a place through the names it starts at. Nothing for what raw pointers and static data are.
    pub fn resolve(&self, func: &Func, place: &Place) -> SmallVec<[Resolved; 1]> {
        let mut found = SmallVec::new();
        let PlaceBase::Local(local) = place.base else { return found };
        let steps = SmallVec::from_slice(&place.proj);
        let mut open: SmallVec<[Resolved; 4]> = smallvec![Resolved { root: local, steps, through: SmallVec::new() }];
        let mut left = MAX_FOLLOWED;
        while let Some(at) = open.pop() {
            let is_alias = matches!(func.locals[at.root].kind, LocalKind::Alias { .. });
            let is_deref = at.steps.first() == Some(&Proj::Deref);
            if !is_alias && !is_deref {
                if !at.steps.contains(&Proj::Deref) {
                    found.push(at);
                }
                continue;
            }
            if left == 0 {
                open.push(at);
                self.roots(func, &open, &mut found);
                return found;
            }
            left -= 1;
            open.extend(self.by(at.root).filter_map(|loan| named(loan, &at, is_deref && !is_alias)));
        }
        found
    }

    /// The roots of places, each as a whole, as if reached by nobody's name.
    fn roots(&self, func: &Func, places: &[Resolved], found: &mut SmallVec<[Resolved; 1]>) {
        let mut locals: Vec<Local> = places.iter().map(|place| place.root).collect();
        let mut seen = vec![false; func.locals.len()];
        while let Some(local) = locals.pop() {
            if std::mem::replace(&mut seen[local.index()], true) {
                continue;
            }
            if !self.is_holder(local) {
                found.push(Resolved { root: local, steps: SmallVec::new(), through: SmallVec::new() });
            }
            locals.extend(self.by(local).filter_map(|loan| match loan.place.base {
                PlaceBase::Local(local) => Some(local),
                PlaceBase::Static(_) => None,
            }));
        }
    }

    /// A loan that is live in `row`, overlaps the place and is not one of the names the place was reached through.
    pub fn conflict(&self, func: &Func, pool: &Pool, place: &Resolved, row: &[u64]) -> Option<&Loan> {
        self.loans.iter().find(|loan| {
            bits::contains(row, loan.holder.index())
                && !place.through.contains(&loan.holder)
                && self
                    .resolve(func, &loan.place)
                    .iter()
                    .any(|loaned| loaned.root == place.root && overlap(pool, &loaned.steps, &place.steps))
        })
    }
}

/// The alias or view that an instruction makes, and of what.
fn named_by<'s>(
    func: &Func,
    pool: &Pool,
    stmt: &'s Stmt,
    is_view: &dyn Fn(FuncId) -> bool,
) -> Option<(Local, &'s Place)> {
    match stmt {
        Stmt::Bind { local, place } => Some((*local, place)),
        Stmt::Assign(dst, Rvalue::Slice { place, .. }) => Some((dst.as_local()?, place)),
        Stmt::Call(call) => match (&call.dst, call.callee, &*call.args) {
            (Some(dst), Callee::Func(callee), [Arg::Place(place)]) => {
                let holder = dst.as_local()?;
                (shows(func, pool, holder) && is_view(callee)).then_some((holder, place))
            }
            _ => None,
        },
        _ => None,
    }
}

/// The variable of the compiler's own into which an instruction puts bits of a place, or the address of a view, and that place.
fn shown_by(func: &Func, pool: &Pool, stmt: &Stmt) -> Option<(Local, Place)> {
    let Stmt::Assign(dst, value) = stmt else { return None };
    let PlaceBase::Local(holder) = dst.base else { return None };
    let decl = &func.locals[holder];
    if decl.kind != LocalKind::User || decl.name.is_some() || dst.proj.contains(&Proj::Deref) {
        return None;
    }
    match value {
        Rvalue::Use(place, UseKind::Show) => Some((holder, place.clone())),
        Rvalue::AddressOf(place) if points_to_view(pool, decl.ty) => Some((holder, place.clone())),
        Rvalue::Builtin(Builtin::FatPtrAddress, args) => {
            let place = Place { base: PlaceBase::Local(args.first()?.local()?), proj: Box::new([Proj::Deref]) };
            Some((holder, place))
        }
        _ => None,
    }
}

/// What a place whose local is a holder is by the name of a loan. `views`: the holder points to what it shows.
fn named(loan: &Loan, at: &Resolved, views: bool) -> Option<Resolved> {
    let PlaceBase::Local(root) = loan.place.base else { return None };
    let mut steps: SmallVec<[Proj; 8]> = SmallVec::from_slice(&loan.place.proj);
    if views {
        steps.push(Proj::Index(Operand::Const(ValueId::ERROR)));
        let indexed = usize::from(matches!(at.steps.get(1), Some(Proj::Index(_))));
        steps.extend_from_slice(&at.steps[1 + indexed..]);
    } else {
        steps.extend_from_slice(&at.steps);
    }
    let mut through = at.through.clone();
    through.push(at.root);
    Some(Resolved { root, steps, through })
}

/// Whether a local is a pointer to a slice or text that the compiler made.
fn shows(func: &Func, pool: &Pool, local: Local) -> bool {
    func.locals[local].kind == LocalKind::Temp && points_to_view(pool, func.locals[local].ty)
}

fn points_to_view(pool: &Pool, ty: TypeId) -> bool {
    matches!(pool.key(ty), TypeKey::Ptr { pointee, .. } if pool.is_unsized(*pointee))
}

/// Whether two places of one root may share memory.
pub(crate) fn overlap(pool: &Pool, left: &[Proj], right: &[Proj]) -> bool {
    for (left, right) in left.iter().zip(right) {
        match (left, right) {
            (Proj::Field(left), Proj::Field(right)) if left != right => return false,
            (Proj::Index(Operand::Const(left)), Proj::Index(Operand::Const(right))) => {
                let bits = pool.scalar_bits(*left).zip(pool.scalar_bits(*right));
                if bits.is_some_and(|(left, right)| left != right) {
                    return false;
                }
            }
            _ => {}
        }
    }
    true
}
