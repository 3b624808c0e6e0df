//! Builds the fast loops that [`crate::fast_loop`] finds.
//!
//! ```text
//! bb1.fast:      enough turns left, and all indices inside? then go on, else to bb1
//! bb1.turns:     the turns, without checks; magnitudes of what they add and multiply are collected
//! bb1.proof:     did everything fit? then go on, else to bb1, as if nothing had happened
//! bb1.done:      the variables get their new values; on with bb1.fast
//! ```

use crate::arith::Ring;
use crate::body::{Body, Slot};
use crate::errors::{Result, broken};
use crate::fast_loop::FastLoop;
use crate::value::Value;
use inkwell::IntPredicate;
use inkwell::basic_block::BasicBlock;
use inkwell::values::{IntValue, PhiValue};
use kiln_cfg::{BinOp, BlockId, CastKind, Check, Local, Operand, Place, Rvalue, Stmt};
use kiln_types::TypeId;
use rustc_hash::FxHashMap;

/// Fewer turns are not worth the work around them.
const FEWEST_TURNS: u64 = 32;
/// Turns between two proofs: many, so that proofs cost nothing; few, so that sums of large terms are still proven.
const MOST_TURNS: u64 = 1024;
/// Width in which the proof computes: no bound of what is added or multiplied overflows it.
const PROOF_BITS: u16 = 128;

/// What is known of the magnitude of a value in all turns.
#[derive(Clone, Copy)]
enum Bound {
    /// At most this.
    Fixed(u128),
    /// What magnitude number so-and-so collected.
    Collected(usize),
    /// What step number so-and-so of the proof computes.
    Computed(usize),
}

/// A magnitude that is collected over the turns.
struct Magnitude<'ctx> {
    phi: PhiValue<'ctx>,
    value: IntValue<'ctx>,
    signed: bool,
}

/// A bound the proof computes, and the largest it may be.
struct Step {
    op: Ring,
    left: Bound,
    right: Bound,
    limit: u128,
}

/// A sum in the fast loop.
struct Sum<'ctx> {
    local: Local,
    start: IntValue<'ctx>,
    phi: PhiValue<'ctx>,
    value: IntValue<'ctx>,
    term: Bound,
}

/// A fast loop being built.
struct Fast<'ctx> {
    turns: BasicBlock<'ctx>,
    /// How many turns there are until the next proof.
    count: IntValue<'ctx>,
    bounds: FxHashMap<Local, Bound>,
    magnitudes: Vec<Magnitude<'ctx>>,
    steps: Vec<Step>,
    sums: Vec<Sum<'ctx>>,
}

impl<'ctx> Body<'_, 'ctx, '_> {
    /// Builds the fast loop before a loop, from the block `entry` on; it leads to the header.
    pub fn build_fast_loop(&mut self, found: &FastLoop, entry: BasicBlock<'ctx>) -> Result<()> {
        let changed = self.assigned_in(found.body);
        let slots: Vec<(Local, Slot<'ctx>)> = changed.into_iter().map(|local| (local, self.slots[local])).collect();
        let header = self.block(found.header);
        let [turns, proof, done] = ["turns", "proof", "done"].map(|name| {
            let name = if self.unit.readable { format!("{}.{name}", found.header) } else { String::new() };
            self.unit.context.prepend_basic_block(header, &name)
        });
        self.unit.builder.position_at_end(entry);
        let first = self.local(found.index)?.int()?;
        let starts: Vec<Value<'ctx>> = found.sums.iter().map(|sum| self.local(*sum)).collect::<Result<_>>()?;
        let (count, end) = self.build_entry(found, first, turns, header)?;

        self.unit.builder.position_at_end(turns);
        let phi = self.unit.builder.build_phi(self.unit.scalars.usize, "")?;
        let index = phi.as_basic_value().into_int_value();
        let (bounds, magnitudes, steps) = Default::default();
        let sums = self.build_sums(found, &starts)?;
        let mut fast = Fast { turns, count, bounds, magnitudes, steps, sums };
        self.slots[found.index] = Slot::Value(Value::Scalar(index.into()));
        self.build_turn(found, &mut fast)?;
        let next = self.unit.builder.build_int_nuw_add(index, self.unit.size(1), "")?;
        phi.add_incoming(&[(&first, entry), (&next, turns)]);
        for sum in &fast.sums {
            sum.phi.add_incoming(&[(&sum.start, entry), (&sum.value, turns)]);
        }
        for magnitude in &fast.magnitudes {
            let zero = magnitude.value.get_type().const_zero();
            magnitude.phi.add_incoming(&[(&zero, entry), (&magnitude.value, turns)]);
        }
        let is_over = self.unit.builder.build_int_compare(IntPredicate::EQ, next, end, "")?;
        self.unit.builder.build_conditional_branch(is_over, proof, turns)?;

        self.unit.builder.position_at_end(proof);
        let holds = self.build_proof(&fast)?;
        self.unit.builder.build_conditional_branch(holds, done, header)?;

        slots.into_iter().for_each(|(local, slot)| self.slots[local] = slot);
        self.unit.builder.position_at_end(done);
        self.write(&Place::local(found.index), Value::Scalar(end.into()))?;
        for sum in &fast.sums {
            self.write(&Place::local(sum.local), Value::Scalar(sum.value.into()))?;
        }
        self.unit.builder.build_unconditional_branch(entry)?;
        Ok(())
    }

    fn assigned_in(&self, block: BlockId) -> Vec<Local> {
        let assigned = |stmt: &Stmt| match stmt {
            Stmt::Assign(place, _) => place.as_local(),
            _ => None,
        };
        self.func.blocks[block].stmts.iter().filter_map(assigned).collect()
    }

    /// How many turns come next and where they end; goes to the header if there are too few or an index is outside.
    fn build_entry(
        &mut self,
        found: &FastLoop,
        first: IntValue<'ctx>,
        turns: BasicBlock<'ctx>,
        header: BasicBlock<'ctx>,
    ) -> Result<(IntValue<'ctx>, IntValue<'ctx>)> {
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
        let end = self.unit.builder.build_int_nuw_add(first, count, "")?;
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
        self.unit.builder.build_conditional_branch(fits, turns, header)?;
        Ok((count, end))
    }

    /// The sums at the start of a turn. From here on their locals are values of the fast loop.
    fn build_sums(&mut self, found: &FastLoop, starts: &[Value<'ctx>]) -> Result<Vec<Sum<'ctx>>> {
        let mut sums = Vec::with_capacity(starts.len());
        for (local, start) in found.sums.iter().zip(starts) {
            let start = start.int()?;
            let phi = self.unit.builder.build_phi(start.get_type(), "")?;
            let value = phi.as_basic_value().into_int_value();
            self.slots[*local] = Slot::Value(Value::Scalar(value.into()));
            sums.push(Sum { local: *local, start, phi, value, term: Bound::Fixed(0) });
        }
        Ok(sums)
    }

    /// The instructions of a turn, without checks.
    fn build_turn(&mut self, found: &FastLoop, fast: &mut Fast<'ctx>) -> Result<()> {
        let func = self.func;
        for stmt in &func.blocks[found.body].stmts {
            let Stmt::Assign(place, value) = stmt else { continue };
            let Some(local) = place.as_local().filter(|local| *local != found.index) else { continue };
            match value {
                Rvalue::Len(_) => {}
                Rvalue::Binary(op, left, right) => self.build_fast_binary(fast, local, *op, *left, *right)?,
                Rvalue::Cast(CastKind::Checked, operand) => self.build_fast_cast(fast, local, *operand)?,
                value => {
                    let value = self.build_rvalue(value, self.local_type(local))?;
                    self.slots[local] = Slot::Value(value);
                }
            }
        }
        Ok(())
    }

    fn build_fast_binary(
        &mut self,
        fast: &mut Fast<'ctx>,
        local: Local,
        op: BinOp,
        left: Operand,
        right: Operand,
    ) -> Result<()> {
        let ring = match op {
            BinOp::Add(_) => Ring::Add,
            BinOp::Sub(_) => Ring::Sub,
            BinOp::Mul(_) => Ring::Mul,
            _ => {
                let value = self.build_binary(op, left, right)?;
                self.slots[local] = Slot::Value(value);
                return Ok(());
            }
        };
        let (a, b) = (self.operand(left)?.int()?, self.operand(right)?.int()?);
        let builder = &self.unit.builder;
        let result = match ring {
            Ring::Add => builder.build_int_add(a, b, "")?,
            Ring::Sub => builder.build_int_sub(a, b, "")?,
            Ring::Mul => builder.build_int_mul(a, b, "")?,
        };
        if let Some(at) = fast.sums.iter().position(|sum| sum.local == local) {
            let term = self.bound(fast, right, b)?;
            fast.sums[at].term = term;
            fast.sums[at].value = result;
            return Ok(());
        }
        self.slots[local] = Slot::Value(Value::Scalar(result.into()));
        let (left, right) = (self.bound(fast, left, a)?, self.bound(fast, right, b)?);
        let limit = self.largest(self.local_type(local))?;
        // A difference is at most as large as the sum of the magnitudes.
        let op = if ring == Ring::Mul { Ring::Mul } else { Ring::Add };
        fast.steps.push(Step { op, left, right, limit });
        fast.bounds.insert(local, Bound::Computed(fast.steps.len() - 1));
        Ok(())
    }

    fn build_fast_cast(&mut self, fast: &mut Fast<'ctx>, local: Local, operand: Operand) -> Result<()> {
        let to = self.local_type(local);
        let from = self.operand(operand)?.int()?;
        let bound = self.bound(fast, operand, from)?;
        let value = self.build_cast(CastKind::Wrap, operand, to)?;
        self.slots[local] = Slot::Value(value);
        let limit = self.largest(to)?;
        fast.steps.push(Step { op: Ring::Add, left: bound, right: Bound::Fixed(0), limit });
        fast.bounds.insert(local, Bound::Computed(fast.steps.len() - 1));
        Ok(())
    }

    /// The largest number of an integer type.
    fn largest(&mut self, ty: TypeId) -> Result<u128> {
        let (bits, signed) = self.int_kind(ty)?;
        Ok((1u128 << (bits - u16::from(signed))) - 1)
    }

    /// The magnitude of an operand of checked arithmetic: known, or collected from here on.
    fn bound(&mut self, fast: &mut Fast<'ctx>, operand: Operand, value: IntValue<'ctx>) -> Result<Bound> {
        let ty = self.operand_type(operand);
        let (bits, signed) = self.int_kind(ty)?;
        if let Operand::Const(constant) = operand {
            let number = self.unit.scalar_bits(constant).unwrap_or(0);
            return Ok(Bound::Fixed(if signed { (number as i128).unsigned_abs() } else { number }));
        }
        if bits < 32 {
            return Ok(Bound::Fixed(1 << (bits - u16::from(signed))));
        }
        if let Some(bound) = operand.local().and_then(|local| fast.bounds.get(&local)) {
            return Ok(*bound);
        }
        let Some(first) = fast.turns.get_first_instruction() else { return broken("the turns begin with a phi") };
        self.unit.builder.position_before(&first);
        let phi = self.unit.builder.build_phi(self.unit.scalars.int(bits), "")?;
        self.unit.builder.position_at_end(fast.turns);
        let magnitude = self.magnitude(value, signed)?;
        let sum = self.unit.builder.build_or(phi.as_basic_value().into_int_value(), magnitude, "")?;
        fast.magnitudes.push(Magnitude { phi, value: sum, signed });
        let bound = Bound::Collected(fast.magnitudes.len() - 1);
        if let Some(local) = operand.local() {
            fast.bounds.insert(local, bound);
        }
        Ok(bound)
    }

    /// A natural number in the same bits: the magnitude, of negative ones less by one.
    fn magnitude(&self, value: IntValue<'ctx>, signed: bool) -> Result<IntValue<'ctx>> {
        if !signed {
            return Ok(value);
        }
        let ty = value.get_type();
        let last_bit = ty.const_int(u64::from(ty.get_bit_width()) - 1, false);
        let sign = self.unit.builder.build_right_shift(value, last_bit, true, "")?;
        Ok(self.unit.builder.build_xor(value, sign, "")?)
    }

    /// Whether nothing overflowed in any order of the turns.
    fn build_proof(&mut self, fast: &Fast<'ctx>) -> Result<IntValue<'ctx>> {
        let wide = self.unit.scalars.int(PROOF_BITS);
        let mut collected = Vec::with_capacity(fast.magnitudes.len());
        for magnitude in &fast.magnitudes {
            collected.push(self.build_widened(magnitude.value, magnitude.signed)?);
        }
        let mut computed: Vec<IntValue<'ctx>> = Vec::with_capacity(fast.steps.len());
        let mut holds = self.unit.scalars.bit.const_int(1, false);
        for step in &fast.steps {
            let [left, right] = [step.left, step.right].map(|bound| self.proven(bound, &collected, &computed));
            let builder = &self.unit.builder;
            let result = match step.op {
                Ring::Mul => builder.build_int_mul(left, right, "")?,
                _ => builder.build_int_add(left, right, "")?,
            };
            holds = self.build_at_most(holds, result, step.limit)?;
            computed.push(result);
        }
        let count = self.unit.builder.build_int_z_extend(fast.count, wide, "")?;
        for sum in &fast.sums {
            let term = self.proven(sum.term, &collected, &computed);
            let ty = self.local_type(sum.local);
            let (_, signed) = self.int_kind(ty)?;
            let start = self.magnitude(sum.start, signed)?;
            let start = self.build_widened(start, signed)?;
            let added = self.unit.builder.build_int_mul(count, term, "")?;
            let all = self.unit.builder.build_int_add(start, added, "")?;
            let limit = self.largest(ty)?;
            holds = self.build_at_most(holds, all, limit)?;
        }
        Ok(holds)
    }

    fn proven(&self, bound: Bound, collected: &[IntValue<'ctx>], computed: &[IntValue<'ctx>]) -> IntValue<'ctx> {
        match bound {
            Bound::Fixed(number) => self.unit.int_const(PROOF_BITS, number),
            Bound::Collected(at) => collected[at],
            Bound::Computed(at) => computed[at],
        }
    }

    /// A magnitude in the proof's type, and at least as large as the number's.
    fn build_widened(&self, magnitude: IntValue<'ctx>, signed: bool) -> Result<IntValue<'ctx>> {
        let wide = self.unit.scalars.int(PROOF_BITS);
        let value = self.unit.builder.build_int_z_extend(magnitude, wide, "")?;
        match signed {
            true => Ok(self.unit.builder.build_int_nuw_add(value, self.unit.int_const(PROOF_BITS, 1), "")?),
            false => Ok(value),
        }
    }

    fn build_at_most(&self, holds: IntValue<'ctx>, value: IntValue<'ctx>, limit: u128) -> Result<IntValue<'ctx>> {
        let limit = self.unit.int_const(PROOF_BITS, limit);
        let fits = self.unit.builder.build_int_compare(IntPredicate::ULE, value, limit, "")?;
        Ok(self.unit.builder.build_and(holds, fits, "")?)
    }
}
