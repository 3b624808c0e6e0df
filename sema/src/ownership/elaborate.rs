//! Puts calls of drop glue where the drops stand, and keeps the flags that some of them need.
//!
//! A block is cut where a flag or tag decides; the pieces follow one another, so blocks stay in reverse post order.

use super::drops::{Plan, Planner, for_each_flag};
use super::flow::{Change, Event, Flow};
use super::paths::{Lookup, PathId, Paths};
use kiln_cfg::{
    Arg, Block, BlockId, Call, Callee, Func, Glue, Local, LocalDecl, LocalKind, Operand, Place, Rvalue, Stmt,
    Terminator,
};
use kiln_source::{Idx, IdxVec, TextRange};
use kiln_types::{FuncId, Pool, TypeId, ValueId};
use rustc_hash::FxHashMap;

/// Leaves no drop in the function. `flow` is that of the function as it is.
pub(crate) fn elaborate(
    func: &mut Func,
    flow: &Flow,
    paths: &Paths,
    pool: &Pool,
    glue: &mut dyn FnMut(Glue) -> FuncId,
) {
    let plans = plan_all(func, flow, paths, pool);
    let flags = declare_flags(func, &plans, paths);
    let blocks = std::mem::take(&mut func.blocks);
    let mut writer = Writer {
        pool,
        glue,
        flags: &flags,
        locals: &mut func.locals,
        out: Vec::with_capacity(blocks.len()),
        old_terms: Vec::new(),
        current: empty_block(),
    };
    let mut starts: Vec<BlockId> = Vec::with_capacity(blocks.len());
    let mut plans = plans.into_iter().peekable();
    for (id, block) in blocks.into_iter().enumerate() {
        let id = BlockId::from_usize(id);
        starts.push(BlockId::from_usize(writer.out.len()));
        if id == Func::ENTRY {
            writer.start_flags(&flow.start(id).live);
        }
        let mut events = flow.events(id).iter().peekable();
        for (index, (stmt, range)) in block.stmts.into_iter().zip(block.ranges).enumerate() {
            let drop = plans.next_if(|plan| (plan.0, plan.1) == (id, index as u32));
            match (drop, stmt) {
                (Some((_, _, plans)), _) => writer.plans(&plans, range),
                (None, stmt) => writer.push(stmt, range),
            }
            while let Some(event) = events.next_if(|event| event.stmt == index as u32) {
                writer.note(paths, *event, range);
            }
        }
        writer.old_terms.push(writer.out.len());
        writer.end(block.term, block.term_range);
    }
    let Writer { mut out, old_terms, .. } = writer;
    for index in old_terms {
        out[index].term.for_each_successor_mut(|next| *next = starts[next.index()]);
    }
    func.blocks = out.into_iter().collect();
}

/// Where each drop stands, and what it does.
fn plan_all(func: &Func, flow: &Flow, paths: &Paths, pool: &Pool) -> Vec<(BlockId, u32, Vec<Plan>)> {
    let planner = Planner { pool, paths };
    let mut plans = Vec::new();
    for (id, block) in func.blocks.iter_enumerated() {
        if !block.stmts.iter().any(|stmt| matches!(stmt, Stmt::Drop(_))) {
            continue;
        }
        let mut state = flow.start(id);
        let mut events = flow.events(id).iter().peekable();
        for (index, stmt) in block.stmts.iter().enumerate() {
            let index = index as u32;
            if let Stmt::Drop(place) = stmt {
                let plan = match paths.find(place) {
                    Lookup::Exact(path) => planner.plan(path, &state),
                    Lookup::Inside(_) | Lookup::Untracked => whole(func, pool, place),
                };
                plans.push((id, index, plan));
            }
            while let Some(event) = events.next_if(|event| event.stmt == index) {
                state.apply(paths, func, *event);
            }
        }
    }
    plans
}

/// The plan for a place that certainly has its value.
fn whole(func: &Func, pool: &Pool, place: &Place) -> Vec<Plan> {
    // Static data is never dropped.
    let ty = kiln_cfg::place_type(place, &func.locals, pool, &kiln_types::Statics::default());
    match ty {
        Some(ty) if pool.needs_drop(ty.ty) => vec![Plan::Glue { place: place.clone(), ty: ty.ty }],
        _ => Vec::new(),
    }
}

/// The flags the plans ask for, by path.
type Flags = FxHashMap<PathId, Local>;

fn declare_flags(func: &mut Func, plans: &[(BlockId, u32, Vec<Plan>)], paths: &Paths) -> Vec<(PathId, Local)> {
    let mut flags = Flags::default();
    let mut order = Vec::new();
    for (_, _, plans) in plans {
        for_each_flag(plans, &mut |path| {
            flags.entry(path).or_insert_with(|| {
                let range = func.locals[paths.data(path).local].range;
                let decl = LocalDecl {
                    ty: TypeId::BOOL,
                    kind: LocalKind::User,
                    name: None,
                    mutable: true,
                    range,
                    scope: TextRange::default(),
                };
                let local = func.locals.push(decl);
                order.push((path, local));
                local
            });
        });
    }
    order.sort_unstable();
    order
}

/// The function being written anew.
struct Writer<'a> {
    pool: &'a Pool,
    glue: &'a mut dyn FnMut(Glue) -> FuncId,
    /// Flags, ordered by path.
    flags: &'a [(PathId, Local)],
    locals: &'a mut IdxVec<Local, LocalDecl>,
    out: Vec<Block>,
    /// Blocks whose terminator still names blocks by their old numbers.
    old_terms: Vec<usize>,
    current: Block,
}

fn empty_block() -> Block {
    let nowhere = TextRange::default();
    Block { stmts: Vec::new(), ranges: Vec::new(), term: Terminator::Unreachable, term_range: nowhere }
}

impl Writer<'_> {
    fn push(&mut self, stmt: Stmt, range: TextRange) {
        self.current.stmts.push(stmt);
        self.current.ranges.push(range);
    }

    fn end(&mut self, term: Terminator, range: TextRange) {
        let mut block = std::mem::replace(&mut self.current, empty_block());
        (block.term, block.term_range) = (term, range);
        self.out.push(block);
    }

    /// The number of the block being written.
    fn here(&self) -> BlockId {
        BlockId::from_usize(self.out.len())
    }

    fn set_flag(&mut self, flag: Local, value: bool, range: TextRange) {
        let value = if value { ValueId::TRUE } else { ValueId::FALSE };
        self.push(Stmt::Assign(Place::local(flag), Rvalue::Operand(Operand::Const(value))), range);
    }

    /// Flags of parameters are set.
    fn start_flags(&mut self, live: &[u64]) {
        let flags = self.flags;
        for (path, flag) in flags {
            let range = TextRange::empty(self.locals[*flag].range.start);
            self.set_flag(*flag, super::bits::contains(live, path.index()), range);
        }
    }

    /// Keeps the flags right across an event.
    fn note(&mut self, paths: &Paths, event: Event, range: TextRange) {
        let (whole, value) = match event.change {
            // What is lent was not moved, in any part.
            Change::Init | Change::Lent => (true, true),
            Change::InitPart | Change::Variant(_) => (false, true),
            Change::Move => (true, false),
            Change::Drop | Change::Storage => return,
        };
        let below = paths.below(event.path);
        let end = if whole { below.end } else { below.start + 1 };
        let flags = self.flags;
        let first = flags.partition_point(|flag| flag.0.index() < below.start);
        for (_, flag) in flags[first..].iter().take_while(|flag| flag.0.index() < end) {
            self.set_flag(*flag, value, range);
        }
    }

    fn plans(&mut self, plans: &[Plan], range: TextRange) {
        for plan in plans {
            match plan {
                Plan::Glue { place, ty } => self.call_glue(place.clone(), *ty, range),
                Plan::If { flag, plans } => {
                    let index = self.flags.binary_search_by_key(flag, |flag| flag.0).expect("every flag was declared");
                    let cond = Operand::Copy(self.flags[index].1);
                    let branch = self.out.len();
                    let then = BlockId::from_usize(branch + 1);
                    self.end(Terminator::Branch { cond, then, else_: then }, range);
                    self.plans(plans, range);
                    let join = self.join(range);
                    if let Terminator::Branch { else_, .. } = &mut self.out[branch].term {
                        *else_ = join;
                    }
                }
                Plan::Switch { place, ty, variants, others } => self.switch(place, *ty, variants, *others, range),
            }
        }
    }

    fn call_glue(&mut self, place: Place, ty: TypeId, range: TextRange) {
        let callee = Callee::Func((self.glue)(Glue::Drop(ty)));
        self.push(Stmt::Call(Box::new(Call { dst: None, callee, args: Box::new([Arg::Place(place)]) })), range);
    }

    /// Ends the current block; what follows is the next one.
    fn join(&mut self, range: TextRange) -> BlockId {
        let join = BlockId::from_usize(self.out.len() + 1);
        self.end(Terminator::Jump(join), range);
        join
    }

    fn switch(&mut self, place: &Place, ty: TypeId, variants: &[(u32, Vec<Plan>)], others: bool, range: TextRange) {
        let def = self.pool.enum_def(ty).expect("only enums have variants");
        let decl = LocalDecl {
            ty: def.tag,
            kind: LocalKind::Temp,
            name: None,
            mutable: false,
            range,
            scope: TextRange::default(),
        };
        let tag = self.locals.push(decl);
        self.push(Stmt::Assign(Place::local(tag), Rvalue::Tag(place.clone())), range);
        let branch = self.out.len();
        self.end(Terminator::Unreachable, range);
        let (mut jumps, mut cases) = (Vec::new(), Vec::new());
        for (variant, plans) in variants.iter().filter(|variant| !variant.1.is_empty() || others) {
            let bits = def.variants[*variant as usize].discriminant;
            cases.push((bits, self.here()));
            self.plans(plans, range);
            jumps.push(self.out.len());
            self.end(Terminator::Unreachable, range);
        }
        let mut default = self.here();
        if others {
            self.call_glue(place.clone(), ty, range);
            default = self.here();
            jumps.push(self.out.len());
            self.end(Terminator::Unreachable, range);
        }
        let join = self.here();
        if !others {
            default = join;
        }
        jumps.iter().for_each(|jump| self.out[*jump].term = Terminator::Jump(join));
        let value = Operand::Copy(tag);
        self.out[branch].term = Terminator::Switch { value, ty: def.tag, cases: cases.into(), default };
    }
}
