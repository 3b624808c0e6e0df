//! Builds fast loops: what stands before the turns, the turns, and what stands behind them.

use super::FastLoop;
use super::proof::{Bound, Proof, Signs};
use crate::arith::Ring;
use crate::body::{Body, Slot};
use crate::errors::{Result, broken};
use crate::value::Value;
use inkwell::IntPredicate;
use inkwell::basic_block::BasicBlock;
use inkwell::values::{IntValue, PhiValue};
use kiln_cfg::{BinOp, BlockId, CastKind, Check, Local, Operand, Place, PlaceBase, Proj, Rvalue, Stmt};
use kiln_codegen::Home;
use kiln_types::TypeId;

/// Fewer turns are not worth the work around them.
const FEWEST_TURNS: u64 = 32;
/// Turns between two proofs: many, so that proofs cost nothing; few, so that sums of large terms are still proven.
const MOST_TURNS: u64 = 1024;

/// The next turns.
#[derive(Clone, Copy)]
struct Turns<'ctx> {
    first: IntValue<'ctx>,
    end: IntValue<'ctx>,
    count: IntValue<'ctx>,
}

/// A sum in the fast loop.
pub(super) struct Sum<'ctx> {
    pub local: Local,
    pub start: IntValue<'ctx>,
}

/// One way through the turns.
struct Pass<'ctx> {
    before: BasicBlock<'ctx>,
    turn: BasicBlock<'ctx>,
    behind: BasicBlock<'ctx>,
    /// Whether magnitudes are collected.
    proof: Option<Proof<'ctx>>,
    /// Whether sums are added up and elements written.
    works: bool,
    sums: Vec<(Local, PhiValue<'ctx>, IntValue<'ctx>)>,
}

impl<'ctx> Body<'_, 'ctx, '_> {
    /// Builds the fast loop before a loop, from the block `entry` on; it leads to the header.
    ///
    /// There are two of them if signed numbers are collected: the first takes negative ones for too large, which is less work; where
    /// its proof fails, the second goes on.
    pub fn build_fast_loop(&mut self, found: &FastLoop, entry: BasicBlock<'ctx>) -> Result<()> {
        let header = self.block(found.header);
        let second = self.fast_block(found, header, "signed");
        if self.build_version(found, entry, second, Signs::Refused)? {
            self.build_version(found, second, header, Signs::Measured)?;
        } else {
            self.unit.builder.position_at_end(second);
            self.unit.builder.build_unconditional_branch(header)?;
        }
        Ok(())
    }

    /// Builds one of them, which leads to `unproven` if its proof fails; whether it collects signed numbers.
    fn build_version(
        &mut self,
        found: &FastLoop,
        entry: BasicBlock<'ctx>,
        unproven: BasicBlock<'ctx>,
        signs: Signs,
    ) -> Result<bool> {
        let changed = self.assigned_in(found.body);
        let slots: Vec<(Local, Slot<'ctx>)> = changed.into_iter().map(|local| (local, self.slots[local])).collect();
        let header = self.block(found.header);
        let [apart, turn, proof] = ["apart", "turns", "proof"].map(|name| self.fast_block(found, header, name));
        let done = self.fast_block(found, header, "done");
        self.unit.builder.position_at_end(entry);
        let first = self.local(found.index)?.int()?;
        let mut sums = Vec::with_capacity(found.sums.len());
        for local in found.sums.iter().copied() {
            sums.push(Sum { local, start: self.local(local)?.int()? });
        }
        let turns = self.build_entry(found, first, apart, header)?;
        self.unit.builder.position_at_end(apart);
        let is_apart = self.build_overlap_test(found, turns)?;
        self.unit.builder.build_conditional_branch(is_apart, turn, header)?;

        let works = found.written.is_none();
        let collecting =
            Pass { before: apart, turn, behind: proof, proof: Some(Proof::new(signs)), works, sums: Vec::new() };
        let mut pass = self.build_pass(found, collecting, turns, &sums)?;
        self.unit.builder.position_at_end(proof);
        let Some(collected) = &pass.proof else { return broken("the first pass collects") };
        let holds = self.build_proof(collected, turns.count, &sums)?;
        let is_signed = collected.is_signed();
        if works {
            self.unit.builder.build_conditional_branch(holds, done, unproven)?;
        } else {
            let work = self.fast_block(found, done, "work");
            self.unit.builder.build_conditional_branch(holds, work, unproven)?;
            let working = Pass { before: proof, turn: work, behind: done, proof: None, works: true, sums: Vec::new() };
            pass.sums = self.build_pass(found, working, turns, &sums)?.sums;
        }
        slots.into_iter().for_each(|(local, slot)| self.slots[local] = slot);
        self.unit.builder.position_at_end(done);
        self.write(&Place::local(found.index), Value::Scalar(turns.end.into()))?;
        for (local, _, value) in pass.sums {
            self.write(&Place::local(local), Value::Scalar(value.into()))?;
        }
        self.unit.builder.build_unconditional_branch(entry)?;
        Ok(is_signed)
    }

    fn fast_block(&self, found: &FastLoop, header: BasicBlock<'ctx>, name: &str) -> BasicBlock<'ctx> {
        let name = if self.unit.readable { format!("{}.{name}", found.header) } else { String::new() };
        self.unit.context.prepend_basic_block(header, &name)
    }

    fn assigned_in(&self, block: BlockId) -> Vec<Local> {
        let assigned = |stmt: &Stmt| match stmt {
            Stmt::Assign(place, _) => place.as_local(),
            _ => None,
        };
        self.func.blocks[block].stmts.iter().filter_map(assigned).collect()
    }

    /// How many turns come next; goes to the header if there are too few or an index is outside.
    fn build_entry(
        &mut self,
        found: &FastLoop,
        first: IntValue<'ctx>,
        next: BasicBlock<'ctx>,
        header: BasicBlock<'ctx>,
    ) -> Result<Turns<'ctx>> {
        let all = self.operand(found.end)?.int()?;
        let more = self.unit.builder.build_int_compare(IntPredicate::ULT, first, all, "")?;
        let left = self.unit.builder.build_int_sub(all, first, "")?;
        let fewest = self.unit.size(FEWEST_TURNS);
        let enough = self.unit.builder.build_int_compare(IntPredicate::UGE, left, fewest, "")?;
        let mut fits = self.unit.builder.build_and(more, enough, "")?;
        let most = self.unit.size(MOST_TURNS);
        let count =
            self.unit.call_intrinsic("llvm.umin", self.unit.scalars.usize.into(), &[left.into(), most.into()])?;
        let count = count.into_int_value();
        let end = self.unit.builder.build_int_add(first, count, "")?;
        let func = self.func;
        for stmt in &func.blocks[found.body].stmts {
            let (index, len) = match stmt {
                Stmt::Check(Check::Bounds { index, len }) => (*index, self.operand(*len)?.int()?),
                Stmt::Assign(place, value @ Rvalue::Len(_)) => {
                    let value = self.build_rvalue(value, TypeId::USIZE)?;
                    self.write(place, value)?;
                    continue;
                }
                _ => continue,
            };
            let inside = if index.local() == Some(found.index) {
                self.unit.builder.build_int_compare(IntPredicate::ULE, end, len, "")?
            } else {
                let index = self.operand(index)?.int()?;
                self.unit.builder.build_int_compare(IntPredicate::ULT, index, len, "")?
            };
            fits = self.unit.builder.build_and(fits, inside, "")?;
        }
        self.unit.builder.build_conditional_branch(fits, next, header)?;
        Ok(Turns { first, end, count })
    }

    /// Whether nothing that is read lies where something is written.
    fn build_overlap_test(&mut self, found: &FastLoop, turns: Turns<'ctx>) -> Result<IntValue<'ctx>> {
        let mut holds = self.unit.scalars.bit.const_int(1, false);
        let Some(written) = &found.written else { return Ok(holds) };
        self.slots[found.index] = Slot::Value(Value::Scalar(turns.first.into()));
        let (written_start, written_end) = self.build_range(found, written, turns)?;
        for read in &found.read {
            if self.are_separate(read, written) {
                continue;
            }
            let (start, end) = self.build_range(found, read, turns)?;
            let before = self.unit.builder.build_int_compare(IntPredicate::ULE, end, written_start, "")?;
            let behind = self.unit.builder.build_int_compare(IntPredicate::ULE, written_end, start, "")?;
            let apart = self.unit.builder.build_or(before, behind, "")?;
            holds = self.unit.builder.build_and(holds, apart, "")?;
        }
        Ok(holds)
    }

    /// Whether two places are parts of different locals.
    fn are_separate(&self, a: &Place, b: &Place) -> bool {
        let own = |place: &Place| match place.base {
            PlaceBase::Local(local) if self.plan.homes[local] == Home::Memory => Some(local),
            _ => None,
        };
        let starts_with_pointer = |place: &Place| place.proj.first() == Some(&Proj::Deref);
        match (own(a), own(b)) {
            (Some(first), Some(second)) => first != second && !starts_with_pointer(a) && !starts_with_pointer(b),
            _ => false,
        }
    }

    /// Where the bytes of a place begin and end in all turns together.
    fn build_range(
        &mut self,
        found: &FastLoop,
        place: &Place,
        turns: Turns<'ctx>,
    ) -> Result<(IntValue<'ctx>, IntValue<'ctx>)> {
        let ty = self.place_type(place)?;
        let size = self.unit.layouts.of(self.unit.pool, ty).size;
        let size = self.unit.size(size);
        let moves = matches!(place.proj.last(), Some(Proj::Index(index)) if index.local() == Some(found.index));
        let bytes = if moves { self.unit.builder.build_int_nuw_mul(turns.count, size, "")? } else { size };
        let spot = self.spot(place)?;
        let address = self.address(spot)?;
        let start = self.unit.builder.build_ptr_to_int(address, self.unit.scalars.usize, "")?;
        Ok((start, self.unit.builder.build_int_nuw_add(start, bytes, "")?))
    }

    fn build_pass(
        &mut self,
        found: &FastLoop,
        mut pass: Pass<'ctx>,
        turns: Turns<'ctx>,
        sums: &[Sum<'ctx>],
    ) -> Result<Pass<'ctx>> {
        self.unit.builder.position_at_end(pass.turn);
        let phi = self.unit.builder.build_phi(self.unit.scalars.usize, "")?;
        let index = phi.as_basic_value().into_int_value();
        self.slots[found.index] = Slot::Value(Value::Scalar(index.into()));
        for sum in sums.iter().filter(|_| pass.works) {
            let phi = self.unit.builder.build_phi(sum.start.get_type(), "")?;
            let value = phi.as_basic_value().into_int_value();
            self.slots[sum.local] = Slot::Value(Value::Scalar(value.into()));
            pass.sums.push((sum.local, phi, value));
        }
        let func = self.func;
        for stmt in &func.blocks[found.body].stmts {
            if let Stmt::Assign(place, value) = stmt
                && place.as_local() != Some(found.index)
            {
                self.build_assignment(&mut pass, sums, place, value)?;
            }
        }
        let next = self.unit.builder.build_int_nuw_add(index, self.unit.size(1), "")?;
        phi.add_incoming(&[(&turns.first, pass.before), (&next, pass.turn)]);
        for ((_, phi, value), sum) in pass.sums.iter().zip(sums) {
            phi.add_incoming(&[(&sum.start, pass.before), (value, pass.turn)]);
        }
        if let Some(proof) = &pass.proof {
            proof.complete(pass.before, pass.turn);
        }
        let is_over = self.unit.builder.build_int_compare(IntPredicate::EQ, next, turns.end, "")?;
        self.unit.builder.build_conditional_branch(is_over, pass.behind, pass.turn)?;
        Ok(pass)
    }

    fn build_assignment(
        &mut self,
        pass: &mut Pass<'ctx>,
        sums: &[Sum<'ctx>],
        place: &Place,
        value: &Rvalue,
    ) -> Result<()> {
        if let Some(at) = sums.iter().position(|sum| place.as_local() == Some(sum.local)) {
            return self.build_sum(pass, at, value);
        }
        let ty = self.place_type(place)?;
        let (value, bound) = match value {
            Rvalue::Len(_) => return Ok(()),
            Rvalue::Binary(op, left, right) => self.build_fast_binary(pass, *op, *left, *right, ty)?,
            Rvalue::Cast(CastKind::Checked, operand) => self.build_fast_cast(pass, *operand, ty)?,
            value => (self.build_rvalue(value, ty)?, None),
        };
        match place.as_local() {
            Some(local) => {
                self.slots[local] = Slot::Value(value);
                if let (Some(proof), Some(bound)) = (&mut pass.proof, bound) {
                    proof.bounds.insert(local, bound);
                }
                Ok(())
            }
            None if pass.works => self.write(place, value),
            None => Ok(()),
        }
    }

    /// `sum = sum + term`: the sum if this pass works, the magnitude of the term if it collects.
    fn build_sum(&mut self, pass: &mut Pass<'ctx>, at: usize, value: &Rvalue) -> Result<()> {
        let Rvalue::Binary(op, _, right) = *value else { return Ok(()) };
        let term = self.operand(right)?.int()?;
        if let Some(proof) = &mut pass.proof {
            let bound = self.bound(proof, pass.turn, right, term)?;
            proof.terms.push((at, bound));
        }
        if pass.works {
            let sum = pass.sums[at].2;
            pass.sums[at].2 = match op {
                BinOp::Sub(_) => self.unit.builder.build_int_sub(sum, term, "")?,
                _ => self.unit.builder.build_int_add(sum, term, "")?,
            };
        }
        Ok(())
    }

    /// An operator without its check, and what bounds the result.
    fn build_fast_binary(
        &mut self,
        pass: &mut Pass<'ctx>,
        op: BinOp,
        left: Operand,
        right: Operand,
        ty: TypeId,
    ) -> Result<(Value<'ctx>, Option<Bound>)> {
        let ring = match op {
            BinOp::Add(_) => Ring::Add,
            BinOp::Sub(_) => Ring::Sub,
            BinOp::Mul(_) => Ring::Mul,
            _ => return Ok((self.build_binary(op, left, right)?, None)),
        };
        let (a, b) = (self.operand(left)?.int()?, self.operand(right)?.int()?);
        let builder = &self.unit.builder;
        let result = match ring {
            Ring::Add => builder.build_int_add(a, b, "")?,
            Ring::Sub => builder.build_int_sub(a, b, "")?,
            Ring::Mul => builder.build_int_mul(a, b, "")?,
        };
        let Some(proof) = &mut pass.proof else { return Ok((Value::Scalar(result.into()), None)) };
        let left = self.bound(proof, pass.turn, left, a)?;
        let right = self.bound(proof, pass.turn, right, b)?;
        let limit = self.largest(ty)?;
        // A difference is at most as large as the sum of the magnitudes.
        let op = if ring == Ring::Mul { Ring::Mul } else { Ring::Add };
        Ok((Value::Scalar(result.into()), Some(proof.step(op, left, right, limit))))
    }

    /// A conversion without its check, and what bounds the result.
    fn build_fast_cast(
        &mut self,
        pass: &mut Pass<'ctx>,
        operand: Operand,
        to: TypeId,
    ) -> Result<(Value<'ctx>, Option<Bound>)> {
        let from = self.operand(operand)?.int()?;
        let value = self.build_cast(CastKind::Wrap, operand, to)?;
        let Some(proof) = &mut pass.proof else { return Ok((value, None)) };
        let bound = self.bound(proof, pass.turn, operand, from)?;
        let limit = self.largest(to)?;
        Ok((value, Some(proof.step(Ring::Add, bound, Bound::Fixed(0), limit))))
    }
}
