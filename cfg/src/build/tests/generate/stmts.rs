//! Blocks, statements, destructuring.

use super::{Generator, Known};
use kiln_air::{BinOp, Inst, InstId, Overflow, PatId};
use kiln_types::TypeId;

impl Generator<'_> {
    pub(super) fn block(&mut self, ty: TypeId, depth: usize) -> InstId {
        let outer = self.known.len();
        let mut stmts = Vec::new();
        for _ in 0..self.rng.below(4) {
            stmts.push(self.stmt(depth));
        }
        let result = self.value(ty, depth.saturating_sub(1));
        self.known.truncate(outer);
        self.dsl.block(&stmts, Some(result))
    }

    pub(super) fn stmt(&mut self, depth: usize) -> InstId {
        let depth = depth.saturating_sub(1);
        match self.rng.below(12) {
            0..=2 => {
                let ty = self.rng.pick(&self.types.all);
                let init = self.value(ty, depth);
                let mutable = self.rng.chance(60);
                let local = self.fresh(ty, mutable);
                self.known.push(Known { local, writable: mutable });
                self.dsl.let_(local, init)
            }
            3..=5 => self.assignment(depth),
            6 => {
                let Some((_, place)) = self.place_of(TypeId::I32, depth, |known| known.writable) else {
                    return self.value(TypeId::I32, depth);
                };
                let value = self.value(TypeId::I32, depth);
                let op = self.rng.pick(&[BinOp::Add(Overflow::Wrapping), BinOp::Sub(Overflow::Wrapping)]);
                self.dsl.set_op(op, place, value)
            }
            7 => self.for_range(depth),
            8 => self.for_each(depth),
            9 => self.destructure(depth),
            10 => {
                let cond = self.value(TypeId::BOOL, depth);
                let outer = self.known.len();
                let then = self.stmt(depth);
                self.known.truncate(outer);
                let then = self.dsl.block(&[then], None);
                self.dsl.if_(cond, then, None)
            }
            _ => {
                let ty = self.rng.pick(&self.types.all);
                self.value(ty, depth)
            }
        }
    }

    fn assignment(&mut self, depth: usize) -> InstId {
        let ty = self.rng.pick(&self.types.all);
        match self.place_of(ty, depth, |known| known.writable) {
            Some((_, place)) => {
                let value = self.value(ty, depth);
                self.dsl.set(place, value)
            }
            None => self.value(ty, depth),
        }
    }

    fn destructure(&mut self, depth: usize) -> InstId {
        let ty = self.rng.pick(&[self.types.pair, self.types.point]);
        let init = match self.readable_place(ty, depth) {
            Some(place) if self.rng.chance(50) => place,
            _ => self.value(ty, depth),
        };
        let mut bound = Vec::new();
        let pat = self.irrefutable(ty, &mut bound);
        self.known.extend(bound);
        self.dsl.push(Inst::Let { pat, init, or_else: None }, TypeId::UNIT)
    }

    fn irrefutable(&mut self, ty: TypeId, bound: &mut Vec<Known>) -> PatId {
        match self.dsl.world.pool.field_count(ty) {
            Some(count) if self.rng.chance(80) => {
                let types: Vec<TypeId> =
                    (0..count).map(|field| self.dsl.world.pool.field_type(ty, field).unwrap()).collect();
                let parts: Vec<PatId> = types.into_iter().map(|ty| self.irrefutable(ty, bound)).collect();
                self.dsl.parts(ty, &parts)
            }
            _ if self.rng.chance(20) => self.dsl.wild(ty),
            _ => {
                let mutable = self.rng.chance(30);
                let local = self.fresh(ty, mutable);
                bound.push(Known { local, writable: mutable });
                self.dsl.bind(local)
            }
        }
    }
}
