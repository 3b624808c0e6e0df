//! The proof that no check of the turns would have failed: magnitudes collected over the turns, and bounds computed of them.

use super::build::Sum;
use crate::arith::Ring;
use crate::body::Body;
use crate::errors::{Result, broken};
use inkwell::IntPredicate;
use inkwell::basic_block::BasicBlock;
use inkwell::values::{IntValue, PhiValue};
use kiln_cfg::{Local, Operand};
use kiln_types::TypeId;
use rustc_hash::FxHashMap;

/// Width in which bounds are computed. Operands of a product have at most 64 bits, or a step before has failed: then it does not
/// matter what the bounds behind it are.
const PROOF_BITS: u16 = 128;

/// What is known of the magnitude of a value in all turns.
#[derive(Clone, Copy)]
pub(super) enum Bound {
    /// At most this.
    Fixed(u128),
    /// What magnitude number so-and-so collected.
    Collected(usize),
    /// What step number so-and-so computes.
    Computed(usize),
}

/// What is done about negative numbers.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Signs {
    /// They count as what their bits are as natural numbers: too large.
    Refused,
    /// They count with their magnitude.
    Measured,
}

/// A magnitude that is collected over the turns: all bits that any of them had.
struct Magnitude<'ctx> {
    phi: PhiValue<'ctx>,
    value: IntValue<'ctx>,
    /// Whether it is of a signed number.
    signed: bool,
}

/// A bound computed of others, and the largest it may be.
struct Step {
    op: Ring,
    left: Bound,
    right: Bound,
    limit: u128,
}

/// What the turns leave to be proven.
pub(super) struct Proof<'ctx> {
    signs: Signs,
    /// Of the locals whose magnitude is known.
    pub bounds: FxHashMap<Local, Bound>,
    /// The terms of the sums, by their numbers.
    pub terms: Vec<(usize, Bound)>,
    magnitudes: Vec<Magnitude<'ctx>>,
    steps: Vec<Step>,
}

impl<'ctx> Proof<'ctx> {
    /// Nothing yet.
    pub fn new(signs: Signs) -> Self {
        Proof { signs, bounds: FxHashMap::default(), terms: Vec::new(), magnitudes: Vec::new(), steps: Vec::new() }
    }

    /// Whether magnitudes of signed numbers are collected.
    pub fn is_signed(&self) -> bool {
        self.magnitudes.iter().any(|magnitude| magnitude.signed)
    }

    /// Adds a step, and gives its result.
    pub fn step(&mut self, op: Ring, left: Bound, right: Bound, limit: u128) -> Bound {
        self.steps.push(Step { op, left, right, limit });
        Bound::Computed(self.steps.len() - 1)
    }

    /// Says where the collected magnitudes come from: nothing before the turns.
    pub fn complete(&self, before: BasicBlock<'ctx>, turn: BasicBlock<'ctx>) {
        for magnitude in &self.magnitudes {
            let zero = magnitude.value.get_type().const_zero();
            magnitude.phi.add_incoming(&[(&zero, before), (&magnitude.value, turn)]);
        }
    }
}

impl<'ctx> Body<'_, 'ctx, '_> {
    /// The largest number of an integer type.
    pub(super) fn largest(&mut self, ty: TypeId) -> Result<u128> {
        let (bits, signed) = self.int_kind(ty)?;
        Ok((1u128 << (bits - u16::from(signed))) - 1)
    }

    /// The magnitude of an operand of checked arithmetic: known, or collected from here on.
    pub(super) fn bound(
        &mut self,
        proof: &mut Proof<'ctx>,
        turn: BasicBlock<'ctx>,
        operand: Operand,
        value: IntValue<'ctx>,
    ) -> Result<Bound> {
        let (bits, signed) = self.int_kind(self.operand_type(operand))?;
        if let Operand::Const(constant) = operand {
            let number = kiln_codegen::scalar_bits(self.unit.pool, constant).unwrap_or(0);
            return Ok(Bound::Fixed(if signed { (number as i128).unsigned_abs() } else { number }));
        }
        if bits < 32 {
            return Ok(Bound::Fixed(1 << (bits - u16::from(signed))));
        }
        if let Some(bound) = operand.local().and_then(|local| proof.bounds.get(&local)) {
            return Ok(*bound);
        }
        let Some(first) = turn.get_first_instruction() else { return broken("the turns begin with a phi") };
        self.unit.builder.position_before(&first);
        let phi = self.unit.builder.build_phi(self.unit.scalars.int(bits), "")?;
        self.unit.builder.position_at_end(turn);
        let magnitude = self.magnitude(value, signed && proof.signs == Signs::Measured)?;
        let value = self.unit.builder.build_or(phi.as_basic_value().into_int_value(), magnitude, "")?;
        proof.magnitudes.push(Magnitude { phi, value, signed });
        let bound = Bound::Collected(proof.magnitudes.len() - 1);
        if let Some(local) = operand.local() {
            proof.bounds.insert(local, bound);
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

    /// Whether nothing overflowed, in whatever order the turns were made.
    pub(super) fn build_proof(
        &mut self,
        proof: &Proof<'ctx>,
        count: IntValue<'ctx>,
        sums: &[Sum<'ctx>],
    ) -> Result<IntValue<'ctx>> {
        let mut collected = Vec::with_capacity(proof.magnitudes.len());
        for magnitude in &proof.magnitudes {
            collected.push(self.build_widened(magnitude.value, magnitude.signed && proof.signs == Signs::Measured)?);
        }
        let mut computed: Vec<IntValue<'ctx>> = Vec::with_capacity(proof.steps.len());
        let mut holds = self.unit.scalars.bit.const_int(1, false);
        for step in &proof.steps {
            let [left, right] = [step.left, step.right].map(|bound| self.proven(bound, &collected, &computed));
            let result = match step.op {
                Ring::Mul => self.unit.builder.build_int_mul(left, right, "")?,
                Ring::Add | Ring::Sub => self.unit.builder.build_int_add(left, right, "")?,
            };
            holds = self.build_at_most(holds, result, step.limit)?;
            computed.push(result);
        }
        let count = self.unit.builder.build_int_z_extend(count, self.unit.scalars.int(PROOF_BITS), "")?;
        for (at, term) in &proof.terms {
            let ty = self.local_type(sums[*at].local);
            let (_, signed) = self.int_kind(ty)?;
            let start = self.magnitude(sums[*at].start, signed)?;
            let start = self.build_widened(start, signed)?;
            let term = self.proven(*term, &collected, &computed);
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
        let value = self.unit.builder.build_int_z_extend(magnitude, self.unit.scalars.int(PROOF_BITS), "")?;
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
