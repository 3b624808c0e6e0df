//! Move paths: the places whose value can be taken away by name. A local that something is moved out of is the root of a
//! tree; a field or payload that is moved on its own is a node below it.
//!
//! ```text
//! consume(pair.0)          mp0  pair
//!                          mp1  pair.0
//! ```
//! Nodes are numbered in preorder, so what lies below a node is a range. A node stands for everything of its place that
//! has no node of its own.

use kiln_cfg::{Func, Local, LocalKind, Mention, Operand, Place, PlaceBase, PlaceType, Proj, UseKind};
use kiln_source::{Idx, IdxVec, define_id};
use kiln_types::{ParamMode, Pool};
use smallvec::SmallVec;
use std::ops::Range;

define_id!(
    /// A move path of a function.
    PathId, "mp"
);

/// A node.
#[derive(Clone, Debug)]
pub(crate) struct PathData {
    /// The local at the root.
    pub local: Local,
    /// The steps from there.
    pub steps: SmallVec<[Proj; 4]>,
    /// Its type.
    pub ty: PlaceType,
    /// The number behind the last node below it.
    pub end: u32,
}

/// The move paths of a function.
#[derive(Debug, Default)]
pub(crate) struct Paths {
    nodes: IdxVec<PathId, PathData>,
    /// By local: its root.
    roots: Vec<Option<PathId>>,
}

/// What a place is among the paths.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Lookup {
    /// Nothing is ever moved out of its local.
    Untracked,
    /// It is this path.
    Exact(PathId),
    /// It lies inside this path, which is the deepest one above it.
    Inside(PathId),
}

impl Paths {
    /// Finds what is moved in a function.
    pub fn of(func: &Func, pool: &Pool) -> Paths {
        let mut moved: Vec<(Local, SmallVec<[Proj; 4]>)> = Vec::new();
        let mut dropped = vec![false; func.locals.len()];
        for stmt in func.blocks.iter().flat_map(|block| &block.stmts) {
            stmt.for_each_mention(&mut |mention| match mention {
                Mention::Operand(Operand::Move(local)) if is_owner(func, local) => moved.push((local, SmallVec::new())),
                Mention::Read(place, UseKind::Move) => {
                    if let Some(local) = owner_of(func, place).filter(|_| can_leave(place, func, pool)) {
                        moved.push((local, SmallVec::from_slice(&place.proj)));
                        dropped[local.index()] |= !place.proj.is_empty();
                    }
                }
                Mention::Drop(place) => {
                    if let Some(local) = owner_of(func, place) {
                        dropped[local.index()] = true;
                        // What was taken apart is dropped by its parts.
                        let by_parts = func.locals[local].kind == LocalKind::Temp && !place.proj.is_empty();
                        if by_parts && can_leave(place, func, pool) {
                            moved.push((local, SmallVec::from_slice(&place.proj)));
                        }
                    }
                }
                _ => {}
            });
        }
        // A temporary that is only handed on has its value from where it is made to there.
        moved.retain(|(local, _)| dropped[local.index()] || func.locals[*local].kind != LocalKind::Temp);
        if moved.is_empty() {
            return Paths::default();
        }
        moved.sort_unstable_by_key(|place| (place.0, key(&place.1)));
        moved.dedup();
        let mut paths = Paths { nodes: IdxVec::new(), roots: vec![None; func.locals.len()] };
        moved.iter().for_each(|(local, steps)| paths.insert(func, pool, *local, steps));
        paths
    }

    /// Adds a place; those before it in order are there already.
    fn insert(&mut self, func: &Func, pool: &Pool, local: Local, steps: &[Proj]) {
        let mut at = match self.roots[local.index()] {
            Some(root) => root,
            None => self.add(local, &[], PlaceType::whole(func.locals[local].ty)),
        };
        self.roots[local.index()].get_or_insert(at);
        for depth in 0..steps.len() {
            at = match self.child(at, steps[depth]) {
                Some(child) => child,
                None => {
                    let ty = self.nodes[at].ty.step(pool, steps[depth]).expect("the verifier has seen the place");
                    self.add(local, &steps[..=depth], ty)
                }
            };
        }
    }

    fn add(&mut self, local: Local, steps: &[Proj], ty: PlaceType) -> PathId {
        let id = self.nodes.push(PathData { local, steps: SmallVec::from_slice(steps), ty, end: 0 });
        let end = id.0 + 1;
        self.nodes[id].end = end;
        // Nodes come in preorder: those above the new one end where it does.
        let mut parent = self.roots[local.index()];
        for step in steps {
            let Some(at) = parent else { break };
            self.nodes[at].end = end;
            parent = self.child(at, *step);
        }
        id
    }

    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    pub fn data(&self, path: PathId) -> &PathData {
        &self.nodes[path]
    }

    pub fn iter(&self) -> impl Iterator<Item = (PathId, &PathData)> {
        self.nodes.iter_enumerated()
    }

    /// The root of a local's paths.
    pub fn root(&self, local: Local) -> Option<PathId> {
        self.roots.get(local.index()).copied().flatten()
    }

    /// The numbers of a path and all below it.
    pub fn below(&self, path: PathId) -> Range<usize> {
        path.index()..self.nodes[path].end as usize
    }

    /// The paths one step below.
    pub fn children(&self, path: PathId) -> impl Iterator<Item = (PathId, Proj)> + '_ {
        let end = self.nodes[path].end;
        let mut next = path.0 + 1;
        std::iter::from_fn(move || {
            (next < end).then(|| {
                let child = PathId(next);
                next = self.nodes[child].end;
                (child, *self.nodes[child].steps.last().expect("only roots have no steps"))
            })
        })
    }

    fn child(&self, path: PathId, step: Proj) -> Option<PathId> {
        self.children(path).find(|child| child.1 == step).map(|child| child.0)
    }

    /// What a place is among the paths.
    pub fn find(&self, place: &Place) -> Lookup {
        let PlaceBase::Local(local) = place.base else { return Lookup::Untracked };
        let Some(mut at) = self.root(local) else { return Lookup::Untracked };
        for step in &place.proj {
            match self.child(at, *step) {
                Some(child) => at = child,
                None => return Lookup::Inside(at),
            }
        }
        Lookup::Exact(at)
    }

    /// The place a path stands for.
    pub fn place(&self, path: PathId) -> Place {
        let data = &self.nodes[path];
        Place { base: PlaceBase::Local(data.local), proj: data.steps.as_slice().into() }
    }
}

/// Whether a local holds its value itself.
pub(crate) fn is_owner(func: &Func, local: Local) -> bool {
    match func.locals[local].kind {
        LocalKind::Param(mode) => mode == ParamMode::Own,
        LocalKind::Alias { .. } => false,
        LocalKind::Return | LocalKind::User | LocalKind::Temp => true,
    }
}

/// The local that holds the place, if it is one that owns.
pub(crate) fn owner_of(func: &Func, place: &Place) -> Option<Local> {
    match place.base {
        PlaceBase::Local(local) if place.proj.first() != Some(&Proj::Deref) && is_owner(func, local) => Some(local),
        _ => None,
    }
}

/// Whether a part of an owner can be taken away from the rest: there are only fields and payloads of types without destructors around it.
fn can_leave(place: &Place, func: &Func, pool: &Pool) -> bool {
    let PlaceBase::Local(local) = place.base else { return false };
    let mut ty = PlaceType::whole(func.locals[local].ty);
    for step in &place.proj {
        let fixed = ty.variant.is_none() && pool.destructor(ty.ty).is_some();
        match ty.step(pool, *step) {
            Some(next) if !fixed && !matches!(step, Proj::Index(_)) => ty = next,
            _ => return false,
        }
    }
    true
}

/// Orders places so that a place stands before its parts.
fn key(steps: &[Proj]) -> SmallVec<[u64; 4]> {
    steps
        .iter()
        .map(|step| match step {
            Proj::Field(index) => u64::from(*index),
            Proj::Variant(index) => 1 << 32 | u64::from(*index),
            Proj::Index(_) | Proj::Deref => u64::MAX,
        })
        .collect()
}
