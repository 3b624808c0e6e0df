//! Matches, and patterns of all kinds.

use super::{Generator, Known, Types};
use crate::build::tests::dsl::Dsl;
use crate::build::tests::machine::Rng;
use crate::build::tests::world::World;
use kiln_air::{BindMode, InstId, PatId, PatKind};
use kiln_types::{TypeId, TypeKey};

impl<'w> Generator<'w> {
    /// A body that is one match of its first parameter, whose arms say which they are and what they bound.
    pub fn match_body(world: &'w mut World, types: &Types, seed: u64, arms: usize) -> kiln_air::Body {
        let mut rng = Rng::new(seed);
        let matched = rng.pick(&types.all);
        let matched = world.pool.tuple(&[matched, TypeId::BOOL, types.shape]);
        let mut dsl = Dsl::new(world, "f", TypeId::I32);
        let param = dsl.param("p0", matched);
        let (types, known, loops) = (types.clone(), Vec::new(), Vec::new());
        let ret = TypeId::I32;
        let mut this = Generator { dsl, types, rng, known, loops, ret, left: 1000, names: 0, in_guard: false };
        let scrutinee = this.dsl.place(param);
        let mut made = Vec::new();
        for arm in 0..arms {
            let mut bound = Vec::new();
            let pat = this.pattern(matched, 6, false, &mut bound);
            let guard = this.rng.chance(20).then(|| this.dsl.call(&format!("guard{arm}"), TypeId::BOOL, &[]));
            let mut args = Vec::new();
            for known in bound {
                args.push(this.dsl.get(known.local));
            }
            made.push((pat, guard, this.dsl.call(&format!("arm{arm}"), TypeId::I32, &args)));
        }
        let (rest, body) = (this.dsl.wild(matched), this.dsl.i32(-1));
        made.push((rest, None, body));
        this.dsl.body.root = this.dsl.match_(scrutinee, &made, TypeId::I32);
        this.dsl.body
    }

    pub(super) fn match_(&mut self, ty: TypeId, depth: usize) -> InstId {
        let matched = self.rng.pick(&self.types.all);
        let outer = self.known.clone();
        let place = self.place_of(matched, depth, |_| true).filter(|_| self.rng.chance(50));
        let aliases = place.is_some() && self.rng.chance(30);
        let scrutinee = match place {
            Some((root, place)) => {
                if aliases {
                    for known in self.known.iter_mut().filter(|known| known.local == root) {
                        known.writable = false;
                    }
                }
                place
            }
            None => self.value(matched, depth),
        };
        let frozen = self.known.clone();
        let mut arms = Vec::new();
        for _ in 0..self.rng.below(5) {
            self.known = frozen.clone();
            let mut bound = Vec::new();
            let pat = self.pattern(matched, 3, aliases, &mut bound);
            self.known.extend(bound);
            let guard = (!self.in_guard && self.rng.chance(25)).then(|| {
                self.in_guard = true;
                let guard = self.value(TypeId::BOOL, depth);
                self.in_guard = false;
                guard
            });
            let body = self.value(ty, depth);
            arms.push((pat, guard, body));
        }
        self.known = frozen;
        let pat = self.dsl.wild(matched);
        let body = self.value(ty, depth);
        arms.push((pat, None, body));
        self.known = outer;
        self.dsl.match_(scrutinee, &arms, ty)
    }

    /// A pattern that may fail; the locals it binds are added to `bound`.
    pub(super) fn pattern(&mut self, ty: TypeId, depth: usize, aliases: bool, bound: &mut Vec<Known>) -> PatId {
        match self.rng.below(10) {
            0 | 1 => return self.dsl.wild(ty),
            2 | 3 => {
                let mutable = !aliases && self.rng.chance(20);
                let local = self.fresh(ty, mutable);
                bound.push(Known { local, writable: mutable });
                let mode = if aliases { BindMode::Alias } else { BindMode::Copy };
                return self.dsl.pat(PatKind::Bind { local, mode }, ty);
            }
            4 | 5 if depth > 0 => return self.alternatives(ty, depth - 1, aliases, bound),
            _ => {}
        }
        let depth = depth.saturating_sub(1);
        match self.dsl.world.pool.key(ty).clone() {
            TypeKey::Bool => {
                let value = self.rng.below(2) as i128;
                self.dsl.is(ty, value)
            }
            TypeKey::Int { .. } | TypeKey::Size { .. } => {
                let (low, high) = (self.rng.below(7) as i128, self.rng.below(12) as i128);
                let signed = self.dsl.world.pool.is_signed(ty);
                let low = if signed { low - 4 } else { low };
                match self.rng.below(4) {
                    0 => self.dsl.range_pat(ty, Some(low), Some(low + high)),
                    1 => self.dsl.range_pat(ty, None, Some(low)),
                    2 => self.dsl.range_pat(ty, Some(low), None),
                    _ => self.dsl.is(ty, low),
                }
            }
            TypeKey::Enum { .. } => {
                let variants = &self.dsl.world.pool.enum_def(ty).unwrap().variants;
                let variant = self.rng.below(variants.len());
                let parts: Vec<TypeId> = variants[variant].fields.iter().map(|field| field.ty).collect();
                let parts: Vec<PatId> = parts.iter().map(|part| self.pattern(*part, depth, aliases, bound)).collect();
                self.dsl.is_variant(ty, variant as u32, &parts)
            }
            TypeKey::Tuple(_) | TypeKey::Struct { .. } => {
                let count = self.dsl.world.pool.field_count(ty).unwrap();
                let types: Vec<TypeId> =
                    (0..count).map(|field| self.dsl.world.pool.field_type(ty, field).unwrap()).collect();
                let parts: Vec<PatId> = types.iter().map(|part| self.pattern(*part, depth, aliases, bound)).collect();
                self.dsl.parts(ty, &parts)
            }
            _ => self.dsl.wild(ty),
        }
    }

    /// Alternatives that bind the same locals: the first is made, the others take over its bindings where types allow, else none
    /// of them binds anything.
    fn alternatives(&mut self, ty: TypeId, depth: usize, aliases: bool, bound: &mut Vec<Known>) -> PatId {
        let mut first_bound = Vec::new();
        let first = self.pattern(ty, depth, aliases, &mut first_bound);
        let mut alternatives = vec![first];
        for _ in 0..1 + self.rng.below(2) {
            for _ in 0..6 {
                let mut other_bound = Vec::new();
                let other = self.pattern(ty, depth, aliases, &mut other_bound);
                if self.same_bindings(&first_bound, &other_bound) {
                    self.rename(other, &other_bound, &first_bound);
                    alternatives.push(other);
                    break;
                }
            }
        }
        bound.extend(first_bound);
        if alternatives.len() == 1 { first } else { self.dsl.any_of(&alternatives) }
    }

    fn same_bindings(&self, left: &[Known], right: &[Known]) -> bool {
        let ty = |known: &Known| self.dsl.body.locals[known.local].ty;
        left.len() == right.len()
            && left.iter().zip(right).all(|(left, right)| ty(left) == ty(right) && left.writable == right.writable)
    }

    fn rename(&mut self, pat: PatId, from: &[Known], to: &[Known]) {
        let mut kind = self.dsl.body.pats[pat].kind.clone();
        match &mut kind {
            PatKind::Bind { local, .. } => {
                if let Some(index) = from.iter().position(|known| known.local == *local) {
                    *local = to[index].local;
                }
            }
            PatKind::Fields(fields) | PatKind::Variant { fields, .. } => {
                fields.iter().for_each(|field| self.rename(field.1, from, to));
            }
            PatKind::Or(alternatives) => alternatives.iter().for_each(|part| self.rename(*part, from, to)),
            PatKind::Wild | PatKind::Const(_) | PatKind::Range { .. } => {}
        }
        self.dsl.body.pats[pat].kind = kind;
    }
}
