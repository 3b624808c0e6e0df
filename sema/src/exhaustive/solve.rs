//! The search: splits matrices until each is decided. It keeps its own stack, because a match may have as many columns
//! as a tuple has parts, and remembers decided matrices, because rows that look at different parts lead to the same
//! matrices over and over.

use super::Types;
use super::matrix::{Part, Parts, Row, RowId, Rows};
use super::shape::{Shape, ShapeId, Shapes};
use super::split::{Ctor, Group, Leaf, Steps, leaves, split};
use kiln_air::PatId;
use kiln_types::{TypeId, TypeKey};
use rustc_hash::{FxHashMap, FxHashSet};
use std::rc::Rc;

/// An assumption about a value without an arm, and those about its other parts; `None`: any value.
pub(super) type Example = Option<Rc<Assumed>>;

/// A part and what is assumed about it.
pub(super) struct Assumed {
    pub part: Part,
    pub ctor: Ctor,
    pub rest: Example,
}

/// The answer for a matrix.
#[derive(Clone)]
pub(super) struct Judged {
    /// A value that no row matches.
    pub missing: Option<Example>,
    /// For each row whether some value gets to it. May be shorter than there are rows: to those behind none does.
    pub useful: Rc<[bool]>,
}

/// A matrix that is being split.
struct Frame {
    /// Guarded rows without cells before the first row.
    lead: usize,
    matrix: Vec<RowId>,
    part: Part,
    leaves: Vec<Leaf>,
    groups: Vec<Group>,
    /// The group being judged.
    current: usize,
    missing: Option<Example>,
    useful: Vec<bool>,
}

/// What splitting a matrix costs besides its rows.
const FRAME_STEPS: usize = 4;

enum Start {
    Decided(Judged),
    Split(Box<Frame>),
}

/// The state of judging one match.
pub(super) struct Solver<'a, T> {
    pub types: &'a mut T,
    pub parts: Parts,
    shapes: &'a Shapes,
    rows: Rows,
    decided: FxHashMap<Vec<RowId>, Judged>,
    /// Alternatives that some value gets to.
    reached: FxHashSet<PatId>,
    inhabited: FxHashMap<TypeId, bool>,
    steps: Steps,
}

impl<'a, T: Types> Solver<'a, T> {
    pub fn new(types: &'a mut T, shapes: &'a Shapes, ty: TypeId, steps: u64) -> Self {
        Solver {
            types,
            parts: Parts::new(ty),
            shapes,
            rows: Rows::default(),
            decided: FxHashMap::default(),
            reached: FxHashSet::default(),
            inhabited: FxHashMap::default(),
            steps: Steps(steps),
        }
    }

    /// Judges arms (pattern, has a guard); an answer for each. `None` when the steps ran out.
    pub fn run(&mut self, arms: &[(ShapeId, bool)]) -> Option<Judged> {
        let mut row = |&(shape, guarded): &(ShapeId, bool)| {
            let cells: Box<[_]> = match &self.shapes[shape] {
                Shape::Any => Box::default(),
                _ => Box::new([(Parts::WHOLE, shape)]),
            };
            self.rows.add(Row { cells, guarded })
        };
        let matrix = arms.iter().map(&mut row).collect();
        let mut judged = self.search(matrix)?;
        if judged.missing.is_some() && !self.is_inhabited(self.parts.ty(Parts::WHOLE), 0) {
            judged.missing = None;
        }
        let mut useful = judged.useful.to_vec();
        useful.resize(arms.len(), false);
        Some(Judged { missing: judged.missing, useful: useful.into() })
    }

    /// Whether some value gets to an alternative.
    pub fn is_reached(&self, alternative: PatId) -> bool {
        self.reached.contains(&alternative)
    }

    fn search(&mut self, matrix: Vec<RowId>) -> Option<Judged> {
        let mut stack: Vec<Box<Frame>> = Vec::new();
        let mut next = self.start(matrix)?;
        loop {
            match next {
                Start::Split(frame) => stack.push(frame),
                Start::Decided(judged) => {
                    let Some(frame) = stack.last_mut() else { return Some(judged) };
                    self.absorb(frame, judged);
                    frame.current += 1;
                }
            }
            let frame = stack.last().expect("a decided matrix leaves the frame that asked for it");
            next = match frame.groups.get(frame.current) {
                Some(group) => {
                    let matrix = self.inner_matrix(frame, group)?;
                    self.start(matrix)?
                }
                None => {
                    let frame = stack.pop().expect("it was looked at");
                    Start::Decided(self.finish(*frame))
                }
            };
        }
    }

    /// Decides a matrix at once, or says how it is split.
    fn start(&mut self, mut matrix: Vec<RowId>) -> Option<Start> {
        // Rows that ask for nothing: the first are reached; behind an unguarded one nothing is.
        let (rows, shapes) = (&self.rows, self.shapes);
        let lead = matrix.iter().take_while(|row| rows[**row].cells.is_empty() && rows[**row].guarded).count();
        let decided = |missing, useful: Vec<bool>| Some(Start::Decided(Judged { missing, useful: useful.into() }));
        match matrix.get(lead) {
            None => return decided(Some(None), vec![true; lead]),
            Some(row) if rows[*row].takes_all() => return decided(None, vec![true; lead + 1]),
            Some(_) => {}
        }
        if let Some(last) = matrix.iter().position(|row| rows[*row].takes_all()) {
            matrix.truncate(last + 1);
        }
        matrix.drain(..lead);
        if let Some(judged) = self.decided.get(&matrix) {
            return Some(Start::Decided(behind(judged.clone(), lead)));
        }
        let part = rows.choose_part(&matrix).expect("rows that ask for nothing were taken away");
        let leaves = leaves(&matrix, rows, shapes, part);
        self.steps.take(FRAME_STEPS + leaves.len())?;
        let variants = self.types.pool().enum_def(self.parts.ty(part)).map_or(0, |def| def.variants.len());
        let groups = split(&leaves, shapes, variants, &mut self.steps)?;
        let useful = vec![false; matrix.len()];
        let frame = Frame { lead, matrix, part, leaves, groups, current: 0, missing: None, useful };
        Some(Start::Split(Box::new(frame)))
    }

    /// The matrix of a group.
    fn inner_matrix(&mut self, frame: &Frame, group: &Group) -> Option<Vec<RowId>> {
        let mut matrix = Vec::with_capacity(group.leaves.len());
        for &leaf in &group.leaves {
            let leaf = &frame.leaves[leaf as usize];
            let row = frame.matrix[leaf.row as usize];
            // A row that asks nothing of the part stays what it is.
            if leaf.shape.is_none() && leaf.alternatives.is_empty() {
                matrix.push(row);
                continue;
            }
            let rule = (row, frame.part, leaf.shape);
            let row = self.rows.narrow(&mut self.parts, self.types, self.shapes, rule);
            self.steps.take(1 + self.rows[row].cells.len())?;
            matrix.push(row);
        }
        Some(matrix)
    }

    /// Takes over what was found for the current group.
    fn absorb(&mut self, frame: &mut Frame, judged: Judged) {
        let group = &frame.groups[frame.current];
        for (&leaf, useful) in group.leaves.iter().zip(&*judged.useful) {
            if *useful {
                let leaf = &frame.leaves[leaf as usize];
                frame.useful[leaf.row as usize] = true;
                self.reached.extend(leaf.alternatives.iter().copied());
            }
        }
        if frame.missing.is_none()
            && let Some(rest) = judged.missing
            && let Some(ctor) = self.existing(frame.part, &group.ctor)
        {
            frame.missing = Some(match ctor {
                Ctor::Any => rest,
                ctor => Some(Rc::new(Assumed { part: frame.part, ctor, rest })),
            });
        }
    }

    fn finish(&mut self, frame: Frame) -> Judged {
        let judged = Judged { missing: frame.missing, useful: frame.useful.into() };
        self.decided.insert(frame.matrix, judged.clone());
        behind(judged, frame.lead)
    }

    /// A constructor that values of the part have, if there is one; only variants can fail to.
    fn existing(&mut self, part: Part, ctor: &Ctor) -> Option<Ctor> {
        let ty = self.parts.ty(part);
        match ctor {
            Ctor::Variant(variant) => self.variant_is_inhabited(ty, *variant, 0).then_some(Ctor::Variant(*variant)),
            Ctor::NoneOf(named) => {
                self.types.complete(ty);
                let count = self.types.pool().enum_def(ty).map_or(0, |def| def.variants.len()) as u32;
                let other = |variant: &u32| named.binary_search(variant).is_err();
                (0..count).filter(other).find(|variant| self.variant_is_inhabited(ty, *variant, 0)).map(Ctor::Variant)
            }
            other => Some(other.clone()),
        }
    }
}

/// How deep types are searched for parts that can't exist. Deeper ones count as existing, which demands an arm more.
const TYPE_DEPTH: u32 = 64;

impl<T: Types> Solver<'_, T> {
    fn variant_is_inhabited(&mut self, ty: TypeId, variant: u32, depth: u32) -> bool {
        self.types.complete(ty);
        let Some(def) = self.types.pool().enum_def(ty) else { return true };
        let Some(variant) = def.variants.get(variant as usize) else { return true };
        let parts: Vec<TypeId> = variant.fields.iter().map(|field| field.ty).collect();
        self.all_inhabited(&parts, depth)
    }

    fn all_inhabited(&mut self, parts: &[TypeId], depth: u32) -> bool {
        parts.iter().all(|part| self.is_inhabited(*part, depth + 1))
    }

    /// Whether values of the type can exist. What can't be told counts as existing.
    fn is_inhabited(&mut self, ty: TypeId, depth: u32) -> bool {
        if depth > TYPE_DEPTH {
            return true;
        }
        if let Some(known) = self.inhabited.get(&ty) {
            return *known;
        }
        self.types.complete(ty);
        let pool = self.types.pool();
        let result = match pool.key(ty) {
            TypeKey::Never => false,
            TypeKey::Array { elem, len } => {
                let (elem, len) = (*elem, *len);
                len == 0 || self.is_inhabited(elem, depth + 1)
            }
            TypeKey::Tuple(parts) => {
                let parts = parts.clone();
                self.all_inhabited(&parts, depth)
            }
            TypeKey::Struct { .. } | TypeKey::AnonStruct { .. } => {
                let fields = pool.struct_def(ty).map_or(&[][..], |def| &def.fields[..]);
                let parts: Vec<TypeId> = fields.iter().map(|field| field.ty).collect();
                self.all_inhabited(&parts, depth)
            }
            TypeKey::Enum { .. } | TypeKey::AnonEnum { .. } => match pool.enum_def(ty).map(|def| def.variants.len()) {
                Some(count) => (0..count as u32).any(|variant| self.variant_is_inhabited(ty, variant, depth)),
                None => true,
            },
            _ => true,
        };
        self.inhabited.insert(ty, result);
        result
    }
}

/// The answer when `lead` rows that are reached stand before.
fn behind(judged: Judged, lead: usize) -> Judged {
    if lead == 0 {
        return judged;
    }
    let useful = std::iter::repeat_n(true, lead).chain(judged.useful.iter().copied()).collect();
    Judged { useful, ..judged }
}
