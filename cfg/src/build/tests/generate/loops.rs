//! Loops that end.

use super::{Generator, Known};
use kiln_air::{BindMode, Inst, InstId, LoopId, PatKind};
use kiln_types::TypeId;

impl Generator<'_> {
    fn in_loop(&mut self, ty: Option<TypeId>, is_loop: bool, make: impl FnOnce(&mut Self, LoopId) -> InstId) -> InstId {
        let id = self.dsl.new_loop();
        self.loops.push((id, ty, is_loop));
        let inst = make(self, id);
        self.loops.pop();
        inst
    }

    pub(super) fn labeled(&mut self, ty: TypeId, depth: usize) -> InstId {
        let mut number = None;
        let body = self.in_loop(Some(ty), false, |this, id| {
            number = Some(id);
            this.value(ty, depth)
        });
        self.dsl.push(Inst::Labeled { id: number.unwrap(), body }, ty)
    }

    pub(super) fn loop_value(&mut self, ty: TypeId, depth: usize) -> InstId {
        let outer = self.known.len();
        let mut number = None;
        let body = self.in_loop(Some(ty), true, |this, id| {
            number = Some(id);
            let stmt = this.stmt(depth);
            let value = this.value(ty, depth);
            let out = this.dsl.break_(id, Some(value));
            this.dsl.block(&[stmt, out], None)
        });
        self.known.truncate(outer);
        self.dsl.loop_(number.unwrap(), body, ty)
    }

    pub(super) fn for_range(&mut self, depth: usize) -> InstId {
        let ty = self.rng.pick(&[TypeId::I32, TypeId::U8, TypeId::USIZE]);
        let (from, to) = (self.simple(ty), self.value(ty, depth.min(1)));
        let inclusive = self.rng.chance(50);
        let outer = self.known.len();
        let mutable = self.rng.chance(30);
        let local = self.fresh(ty, mutable);
        let pat = self.dsl.bind(local);
        self.known.push(Known { local, writable: mutable });
        let mut number = None;
        let body = self.in_loop(None, true, |this, id| {
            number = Some(id);
            let stmts = [this.stmt(depth), this.stmt(depth)];
            this.dsl.block(&stmts, None)
        });
        self.known.truncate(outer);
        let id = number.unwrap();
        self.dsl.push(Inst::ForRange { id, pat, from, to, inclusive, body }, TypeId::UNIT)
    }

    pub(super) fn for_each(&mut self, depth: usize) -> InstId {
        let outer = self.known.clone();
        let elems = match self.place_of(self.types.triple, depth, |_| true) {
            Some((root, place)) if self.rng.chance(70) => {
                // Nobody changes what is being iterated.
                for known in self.known.iter_mut().filter(|known| known.local == root) {
                    known.writable = false;
                }
                place
            }
            _ => self.value(self.types.triple, depth),
        };
        let local = self.fresh(TypeId::I32, false);
        let is_place = self.dsl.body.insts[elems].is_place();
        let mode = if is_place && self.rng.chance(50) { BindMode::Alias } else { BindMode::Copy };
        let pat = self.dsl.pat(PatKind::Bind { local, mode }, TypeId::I32);
        self.known.push(Known { local, writable: false });
        let mut number = None;
        let body = self.in_loop(None, true, |this, id| {
            number = Some(id);
            let stmt = this.stmt(depth);
            this.dsl.block(&[stmt], None)
        });
        self.known = outer;
        self.dsl.push(Inst::ForEach { id: number.unwrap(), pat, elems, body }, TypeId::UNIT)
    }
}
