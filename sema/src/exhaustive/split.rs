//! Splitting a column: the constructors its patterns name, and which rows fit each.

use super::matrix::{Part, RowId, Rows};
use super::scalar::Domain;
use super::shape::{Shape, ShapeId, Shapes};
use kiln_air::PatId;
use kiln_types::ValueId;
use rustc_hash::FxHashMap;
use smallvec::SmallVec;
use std::collections::BTreeSet;

/// A row with one alternative chosen for the column.
pub(super) struct Leaf {
    /// Index of the row in the matrix.
    pub row: u32,
    /// Its pattern for the column; `None` is `_`.
    pub shape: Option<ShapeId>,
    /// The alternatives it goes through, outermost first.
    pub alternatives: SmallVec<[PatId; 2]>,
    /// Nothing is left for rows after it in a group that it is in.
    closes: bool,
}

/// What is assumed about the column.
#[derive(Clone, Debug)]
pub(super) enum Ctor {
    /// Nothing that a pattern can say.
    Any,
    /// A scalar between two numbers.
    Range { domain: Domain, from: u128, to: u128 },
    /// A constant.
    Exactly(ValueId),
    /// A struct or tuple.
    Parts,
    /// A variant.
    Variant(u32),
    /// A variant that is none of these (ascending).
    NoneOf(Box<[u32]>),
}

/// Rows that fit a constructor, by index of their leaf, in order, up to the first that leaves nothing.
pub(super) struct Group {
    pub ctor: Ctor,
    pub leaves: Vec<u32>,
}

/// The rows with the alternatives of the column's or-patterns laid out.
pub(super) fn leaves(matrix: &[RowId], rows: &Rows, shapes: &Shapes, part: Part) -> Vec<Leaf> {
    let mut leaves = Vec::with_capacity(matrix.len());
    for (index, row) in matrix.iter().enumerate() {
        let row = &rows[*row];
        let cell = row.cell(part);
        let others = row.cells.len() - usize::from(cell.is_some());
        let mut add = |shape: Option<ShapeId>, alternatives: &[PatId]| {
            let asks_inside = shape.is_some_and(|shape| match &shapes[shape] {
                Shape::Parts(fields) | Shape::Variant { fields, .. } => !fields.is_empty(),
                _ => false,
            });
            let closes = !row.guarded && others == 0 && !asks_inside;
            leaves.push(Leaf { row: index as u32, shape, alternatives: alternatives.into(), closes });
        };
        match cell {
            None => add(None, &[]),
            Some(shape) => expand(shapes, shape, &mut SmallVec::new(), &mut add),
        }
    }
    leaves
}

fn expand(
    shapes: &Shapes,
    shape: ShapeId,
    path: &mut SmallVec<[PatId; 2]>,
    add: &mut impl FnMut(Option<ShapeId>, &[PatId]),
) {
    match &shapes[shape] {
        Shape::Any => add(None, path),
        Shape::Or { alternatives, .. } => {
            for &(alternative, shape) in alternatives {
                path.push(alternative);
                expand(shapes, shape, path, add);
                path.pop();
            }
        }
        _ => add(Some(shape), path),
    }
}

/// Groups leaves by constructor, those that no pattern names first. `variants` is how many the column's type has, if it
/// is an enum. `None` if that takes more than `steps` has left.
pub(super) fn split(leaves: &[Leaf], shapes: &Shapes, variants: usize, steps: &mut Steps) -> Option<Vec<Group>> {
    let kind = leaves.iter().find_map(|leaf| leaf.shape);
    match kind.map(|shape| &shapes[shape]) {
        Some(Shape::Range { domain, .. }) => ranges(leaves, shapes, *domain, steps),
        Some(Shape::Variant { .. }) => {
            by_name(leaves, shapes, steps, |names| (names.len() < variants).then(|| Ctor::NoneOf(names.into())))
        }
        Some(Shape::Exactly(_)) => by_name(leaves, shapes, steps, |_| Some(Ctor::Any)),
        Some(Shape::Parts(_)) => everything(leaves, Ctor::Parts, steps),
        Some(Shape::Any | Shape::Or { .. }) | None => everything(leaves, Ctor::Any, steps),
    }
}

/// The work that is left.
pub(super) struct Steps(pub u64);

impl Steps {
    pub fn take(&mut self, count: usize) -> Option<()> {
        self.0 = self.0.checked_sub(count as u64)?;
        Some(())
    }
}

/// Leaves in order up to the first that leaves nothing.
fn until_closed(leaves: &[Leaf], fitting: impl Iterator<Item = u32>, steps: &mut Steps) -> Option<Vec<u32>> {
    let mut group = Vec::new();
    for leaf in fitting {
        group.push(leaf);
        if leaves[leaf as usize].closes {
            break;
        }
    }
    steps.take(1 + group.len())?;
    Some(group)
}

fn everything(leaves: &[Leaf], ctor: Ctor, steps: &mut Steps) -> Option<Vec<Group>> {
    let group = until_closed(leaves, 0..leaves.len() as u32, steps)?;
    Some(vec![Group { ctor, leaves: group }])
}

/// Variants and constants: a group each, and one for what no pattern names if `rest` says that there is such.
fn by_name(
    leaves: &[Leaf],
    shapes: &Shapes,
    steps: &mut Steps,
    rest: impl FnOnce(Vec<u32>) -> Option<Ctor>,
) -> Option<Vec<Group>> {
    let mut named: Vec<(Ctor, Vec<u32>)> = Vec::new();
    let mut known: FxHashMap<u32, usize> = FxHashMap::default();
    let mut wild = Vec::new();
    for (index, leaf) in (0_u32..).zip(leaves) {
        let (name, ctor) = match leaf.shape.map(|shape| &shapes[shape]) {
            Some(Shape::Variant { variant, .. }) => (*variant, Ctor::Variant(*variant)),
            Some(Shape::Exactly(value)) => (value.0, Ctor::Exactly(*value)),
            _ => {
                wild.push(index);
                continue;
            }
        };
        let at = *known.entry(name).or_insert_with(|| {
            named.push((ctor, Vec::new()));
            named.len() - 1
        });
        named[at].1.push(index);
    }
    let mut names: Vec<u32> = known.into_keys().collect();
    names.sort_unstable();
    let mut groups = Vec::with_capacity(named.len() + 1);
    if let Some(ctor) = rest(names) {
        groups.push(Group { ctor, leaves: until_closed(leaves, wild.iter().copied(), steps)? });
    }
    for (ctor, own) in named {
        groups.push(Group { ctor, leaves: until_closed(leaves, merge(&own, &wild), steps)? });
    }
    Some(groups)
}

/// Two ascending lists as one.
fn merge<'a>(a: &'a [u32], b: &'a [u32]) -> impl Iterator<Item = u32> + 'a {
    let (mut a, mut b) = (a.iter().copied().peekable(), b.iter().copied().peekable());
    std::iter::from_fn(move || match (a.peek(), b.peek()) {
        (Some(left), Some(right)) if left > right => b.next(),
        (None, _) => b.next(),
        _ => a.next(),
    })
}

/// Scalars: the numbers are cut where some range begins or ends; pieces that the same rows fit are one group.
fn ranges(leaves: &[Leaf], shapes: &Shapes, domain: Domain, steps: &mut Steps) -> Option<Vec<Group>> {
    let (mut starts, mut ends, mut fitting) = (Vec::new(), Vec::new(), BTreeSet::new());
    for (index, leaf) in (0_u32..).zip(leaves) {
        match leaf.shape.map(|shape| &shapes[shape]) {
            Some(&Shape::Range { from, to, .. }) => {
                starts.push((from, index));
                ends.push((to, index));
            }
            _ => {
                fitting.insert(index);
            }
        }
    }
    let mut cuts: Vec<u128> = vec![0];
    cuts.extend(starts.iter().map(|(from, _)| *from));
    cuts.extend(ends.iter().filter(|(to, _)| *to < domain.last()).map(|(to, _)| to + 1));
    cuts.sort_unstable();
    cuts.dedup();
    starts.sort_unstable();
    ends.sort_unstable();
    let (mut starts, mut ends) = (starts.into_iter().peekable(), ends.into_iter().peekable());
    let (mut gaps, mut groups) = (Pieces::default(), Pieces::default());
    let mut open = 0_usize;
    for (index, &from) in cuts.iter().enumerate() {
        while let Some((_, leaf)) = ends.next_if(|(to, _)| *to < from) {
            fitting.remove(&leaf);
            open -= 1;
        }
        while let Some((_, leaf)) = starts.next_if(|(start, _)| *start == from) {
            fitting.insert(leaf);
            open += 1;
        }
        let to = cuts.get(index + 1).map_or(domain.last(), |next| next - 1);
        let group = until_closed(leaves, fitting.iter().copied(), steps)?;
        let pieces = if open == 0 { &mut gaps } else { &mut groups };
        pieces.add(domain, from, to, group);
    }
    gaps.groups.append(&mut groups.groups);
    Some(gaps.groups)
}

/// Groups of numbers, each with other rows.
#[derive(Default)]
struct Pieces {
    groups: Vec<Group>,
    known: FxHashMap<Vec<u32>, usize>,
}

impl Pieces {
    fn add(&mut self, domain: Domain, from: u128, to: u128, leaves: Vec<u32>) {
        match self.known.get(&leaves) {
            None => {
                self.known.insert(leaves.clone(), self.groups.len());
                self.groups.push(Group { ctor: Ctor::Range { domain, from, to }, leaves });
            }
            Some(&at) => {
                // An example is better for being as wide as it can be.
                if let Ctor::Range { to: last, .. } = &mut self.groups[at].ctor
                    && *last + 1 == from
                {
                    *last = to;
                }
            }
        }
    }
}
