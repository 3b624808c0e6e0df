//! Inference of literal types: variables for integer and float literals whose type the context has not said yet.
//!
//! Only literals are inferred, so a variable stands for a numeric type and unification is shallow but for arrays and
//! tuples of literals. Variables that nothing decides become `i32` and `f64` when the body ends.

use crate::body::BodyCx;
use crate::errors;
use crate::intrinsic::Put;
use kiln_air::{Inst, InstId};
use kiln_source::{Symbol, TextRange};
use kiln_types::{Pool, TypeId, TypeKey, ValueId, arith};

/// What is to be put in place when a literal's type is known.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Pending {
    Int { inst: InstId, value: u128, negative: bool },
    Float { inst: InstId, text: Symbol, negative: bool },
    Put(Put),
}

/// The variables of one body.
#[derive(Debug, Default)]
pub(crate) struct Infer {
    /// What each variable was found to be: a type, or another variable.
    vars: Vec<Option<TypeId>>,
    pub pending: Vec<Pending>,
}

impl Infer {
    /// Follows a variable to what it stands for, as far as that is known.
    pub fn shallow(&self, mut ty: TypeId, pool: &Pool) -> TypeId {
        if self.vars.is_empty() {
            return ty;
        }
        while let TypeKey::InferInt(var) | TypeKey::InferFloat(var) = pool.key(ty) {
            match self.vars.get(*var as usize).copied().flatten() {
                Some(bound) => ty = bound,
                None => break,
            }
        }
        ty
    }
}

/// Whether a type contains a variable.
fn has_var(pool: &Pool, ty: TypeId) -> bool {
    match pool.key(ty) {
        TypeKey::InferInt(_) | TypeKey::InferFloat(_) => true,
        TypeKey::Array { elem, .. } | TypeKey::Slice { elem } => has_var(pool, *elem),
        TypeKey::Tuple(parts) => parts.iter().any(|part| has_var(pool, *part)),
        _ => false,
    }
}

impl BodyCx<'_, '_> {
    fn new_var(&mut self, float: bool) -> TypeId {
        let number = self.infer.vars.len() as u32;
        self.infer.vars.push(None);
        self.sema.pool.type_of_key(if float { TypeKey::InferFloat(number) } else { TypeKey::InferInt(number) })
    }

    /// An integer literal of a type that is not known yet.
    pub fn pending_int(&mut self, value: u128, negative: bool, range: TextRange) -> InstId {
        let ty = self.new_var(false);
        let inst = self.push(Inst::Const(ValueId::ERROR), ty, range);
        self.infer.pending.push(Pending::Int { inst, value, negative });
        inst
    }

    /// A float literal of a type that is not known yet.
    pub fn pending_float(&mut self, text: Symbol, negative: bool, range: TextRange) -> InstId {
        let ty = self.new_var(true);
        let inst = self.push(Inst::Const(ValueId::ERROR), ty, range);
        self.infer.pending.push(Pending::Float { inst, text, negative });
        inst
    }

    /// Makes two types equal, if they can be. `!` is not special here.
    pub fn unify(&mut self, a: TypeId, b: TypeId) -> bool {
        if a == b || a == TypeId::ERROR || b == TypeId::ERROR {
            return true;
        }
        let (a, b) = (self.infer.shallow(a, &self.sema.pool), self.infer.shallow(b, &self.sema.pool));
        if a == b {
            return true;
        }
        let pool = &self.sema.pool;
        match (pool.key(a), pool.key(b)) {
            (TypeKey::Error, _) | (_, TypeKey::Error) => true,
            (TypeKey::InferInt(var), TypeKey::InferInt(_) | TypeKey::Int { .. } | TypeKey::Size { .. })
            | (TypeKey::InferFloat(var), TypeKey::InferFloat(_) | TypeKey::Float { .. }) => {
                self.infer.vars[*var as usize] = Some(b);
                true
            }
            (TypeKey::Int { .. } | TypeKey::Size { .. }, TypeKey::InferInt(var))
            | (TypeKey::Float { .. }, TypeKey::InferFloat(var)) => {
                self.infer.vars[*var as usize] = Some(a);
                true
            }
            (TypeKey::Array { elem: x, len: m }, TypeKey::Array { elem: y, len: n }) => {
                let (x, y, same) = (*x, *y, m == n);
                same && self.unify(x, y)
            }
            (TypeKey::Slice { elem: x }, TypeKey::Slice { elem: y }) => {
                let (x, y) = (*x, *y);
                self.unify(x, y)
            }
            (TypeKey::Tuple(x), TypeKey::Tuple(y)) if x.len() == y.len() => {
                let pairs: Vec<(TypeId, TypeId)> = x.iter().copied().zip(y.iter().copied()).collect();
                pairs.into_iter().all(|(x, y)| self.unify(x, y))
            }
            _ => false,
        }
    }

    /// The type with every known variable replaced.
    pub fn resolve(&mut self, ty: TypeId) -> TypeId {
        if self.infer.vars.is_empty() || !has_var(&self.sema.pool, ty) {
            return ty;
        }
        let ty = self.infer.shallow(ty, &self.sema.pool);
        match self.sema.pool.key(ty).clone() {
            TypeKey::Array { elem, len } => {
                let elem = self.resolve(elem);
                self.sema.pool.array(elem, len)
            }
            TypeKey::Slice { elem } => {
                let elem = self.resolve(elem);
                self.sema.pool.slice(elem)
            }
            TypeKey::Tuple(parts) => {
                let parts: Vec<TypeId> = parts.iter().map(|part| self.resolve(*part)).collect();
                self.sema.pool.tuple(&parts)
            }
            _ => ty,
        }
    }

    /// The type with undecided variables settled for their defaults, where it has to be known now.
    pub fn settle(&mut self, ty: TypeId) -> TypeId {
        let ty = self.infer.shallow(ty, &self.sema.pool);
        if self.infer.vars.is_empty() || !has_var(&self.sema.pool, ty) {
            return ty;
        }
        match self.sema.pool.key(ty).clone() {
            TypeKey::InferInt(var) => {
                self.infer.vars[var as usize] = Some(TypeId::I32);
                TypeId::I32
            }
            TypeKey::InferFloat(var) => {
                self.infer.vars[var as usize] = Some(TypeId::F64);
                TypeId::F64
            }
            TypeKey::Array { elem, .. } | TypeKey::Slice { elem } => {
                self.settle(elem);
                self.resolve(ty)
            }
            TypeKey::Tuple(parts) => {
                parts.iter().for_each(|part| {
                    self.settle(*part);
                });
                self.resolve(ty)
            }
            _ => ty,
        }
    }

    /// Settles all variables and puts literals and types in place.
    pub fn finish_inference(&mut self) {
        if self.infer.vars.is_empty() && self.infer.pending.is_empty() {
            return;
        }
        for index in 0..self.infer.pending.len() {
            match self.infer.pending[index] {
                Pending::Int { inst, value, negative } => {
                    let ty = self.settle(self.air.types[inst]);
                    let range = self.air.ranges[inst];
                    let value = self.int_value(value, negative, ty, range);
                    self.air.insts[inst] = Inst::Const(value);
                }
                Pending::Float { inst, text, negative } => {
                    let ty = self.settle(self.air.types[inst]);
                    let value = self.float_value(text, negative, ty, self.air.ranges[inst]);
                    self.air.insts[inst] = Inst::Const(value);
                }
                Pending::Put(put) => {
                    if let Err(error) = self.put_value(put) {
                        self.fail(error);
                    }
                }
            }
        }
        for inst in self.air.types.ids() {
            let ty = self.settle(self.air.types[inst]);
            self.air.types[inst] = ty;
        }
        for local in self.air.locals.ids() {
            let ty = self.settle(self.air.locals[local].ty);
            self.air.locals[local].ty = ty;
        }
        for pat in self.air.pats.ids() {
            let ty = self.settle(self.air.pats[pat].ty);
            self.air.pats[pat].ty = ty;
        }
    }

    /// The constant of an integer literal, which has to be in the type's range.
    pub fn int_value(&mut self, value: u128, negative: bool, ty: TypeId, range: TextRange) -> ValueId {
        let Some(int) = self.sema.pool.int_type(ty, &self.sema.options.target) else { return ValueId::ERROR };
        let fits = match (int.signed, negative) {
            (false, _) => (!negative || value == 0) && (int.bits == 128 || value >> int.bits == 0),
            (true, false) => value < 1u128 << (int.bits - 1),
            (true, true) => value <= 1u128 << (int.bits - 1),
        };
        if !fits {
            let shown = self.show(ty);
            let error = errors::literal_out_of_range(self.span(range), value, negative, &shown, int);
            self.error(error);
            return ValueId::ERROR;
        }
        let bits = if negative { value.wrapping_neg() } else { value };
        self.sema.pool.scalar(ty, arith::wrap(int, bits))
    }

    /// The constant of a float literal, rounded once to its type; it has to be finite.
    pub fn float_value(&mut self, text: Symbol, negative: bool, ty: TypeId, range: TextRange) -> ValueId {
        let text = self.sema.names.name(text);
        let (bits, finite) = match ty {
            TypeId::F32 => {
                let value: f32 = text.parse().unwrap_or(f32::NAN);
                (u128::from(if negative { -value } else { value }.to_bits()), value.is_finite())
            }
            _ => {
                let value: f64 = text.parse().unwrap_or(f64::NAN);
                (u128::from(if negative { -value } else { value }.to_bits()), value.is_finite())
            }
        };
        if !finite {
            let shown = self.show(ty);
            let error = errors::float_out_of_range(self.span(range), &shown);
            self.error(error);
        }
        self.sema.pool.scalar(ty, bits)
    }
}
