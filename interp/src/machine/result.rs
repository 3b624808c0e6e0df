//! Reading results.

use super::{Machine, Phase};
use crate::abi::Pass;
use crate::env::Env;
use crate::freeze::{Freezer, Refusal};
use crate::memory::{AllocKind, CodeAt, Memory, Pointer, Site};
use crate::vm::Vm;
use kiln_source::Span;
use kiln_types::arith::Kind;
use kiln_types::{IntType, Repr, StaticId, TypeId, TypeKey, ValueId};

/// An allocation of the heap that was never freed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Leak {
    /// Where it was allocated.
    pub span: Option<Span>,
    /// The type of its elements.
    pub ty: TypeId,
    /// Bytes.
    pub size: u64,
}

impl Machine {
    /// The result as a value of the pool; memory it points to becomes static data.
    ///
    /// # Errors
    /// Something in the result may not leave the evaluation.
    ///
    /// # Panics
    /// The evaluation is not done.
    pub fn result_value(&mut self, env: &mut Env<'_>) -> Result<ValueId, Refusal> {
        let (ty, at) = self.result_place(env);
        Freezer::new(env, &self.state.memory).value(ty, at)
    }

    /// The result as static data; so is memory it points to.
    ///
    /// # Errors
    /// Something in the result may not leave the evaluation: types, modules, pointers to what is gone.
    ///
    /// # Panics
    /// The evaluation is not done.
    pub fn result_data(&mut self, env: &mut Env<'_>) -> Result<StaticId, Refusal> {
        let (ty, at) = self.result_place(env);
        Freezer::new(env, &self.state.memory).data(ty, at)
    }

    /// The type of the result.
    ///
    /// # Panics
    /// The evaluation is not done.
    pub fn result_type(&self) -> TypeId {
        match &self.phase {
            Phase::Done(code) => code.ret_ty,
            other => panic!("there is no result of an evaluation that is {other:?}"),
        }
    }

    /// Allocations of the heap that were not freed, in the order in which they were made.
    pub fn leaks(&self, vm: &Vm) -> Vec<Leak> {
        let leak = |(pointer, site): (Pointer, Site)| Leak {
            span: crate::trap::allocation(vm, site, None).made,
            ty: site.ty,
            size: self.state.memory.entry(pointer).map_or(0, |entry| entry.size.into()),
        };
        self.state.memory.heap().into_iter().map(leak).collect()
    }

    /// The place of the result's bytes.
    fn result_place(&mut self, env: &mut Env<'_>) -> (TypeId, usize) {
        let ty = self.result_type();
        let Phase::Done(code) = &self.phase else { unreachable!("it has a type") };
        let (low, high) = (self.state.registers[0], self.state.registers[1]);
        match code.ret {
            Pass::Place => (ty, low as usize),
            Pass::Nothing => (ty, 0),
            Pass::Value | Pass::Pair | Pass::Pointer | Pass::FatPointer => {
                let at = self.result_room();
                spill(&mut self.state.memory, env, ty, at, low, high);
                (ty, at)
            }
        }
    }

    /// 16 bytes for a result that was in registers.
    fn result_room(&mut self) -> usize {
        let memory = &mut self.state.memory;
        if self.result_room.is_none() {
            memory.lift_limit();
            let site = Site { kind: AllocKind::Argument, ty: TypeId::U8, at: CodeAt::NOWHERE, freed_at: None };
            self.result_room = memory.allocate(16, 16, site).ok();
        }
        let entry = self.result_room.and_then(|room| memory.entry(room));
        entry.expect("16 bytes more than the limit are always there").start()
    }
}

/// Whether a type's values take two registers, of which the first is a pointer.
fn is_fat(env: &mut Env<'_>, ty: TypeId) -> bool {
    matches!(env.layouts.of(env.pool, ty).repr, Repr::FatPtr)
}

/// Writes a value that is in registers to memory.
fn spill(memory: &mut Memory, env: &mut Env<'_>, ty: TypeId, at: usize, low: u64, high: u64) {
    let size = env.layouts.of(env.pool, ty).size as usize;
    let is_fat = is_fat(env, ty);
    if is_fat || matches!(env.pool.key(ty), TypeKey::Ptr { .. } | TypeKey::Fn(_)) {
        memory.write_pointer_at(at, Pointer(low));
        if is_fat {
            let (bytes, pointer_bytes) = (ordered(env, high.into(), size / 2), memory.pointer_bytes());
            memory.write_bytes(at + pointer_bytes, &bytes[..size / 2]);
        }
        return;
    }
    let bits = u128::from(low) | u128::from(high) << 64;
    let is_handle = matches!(env.pool.key(ty), TypeKey::Type | TypeKey::Module);
    let bytes = if is_handle { bits.to_le_bytes() } else { ordered(env, bits, size) };
    memory.write_bytes(at, &bytes[..size]);
}

/// The bytes of a number in the target's order.
fn ordered(env: &Env<'_>, bits: u128, size: usize) -> [u8; 16] {
    let mut bytes = bits.to_le_bytes();
    if env.layouts.target().endian == kiln_types::Endian::Big {
        bytes[..size].reverse();
    }
    bytes
}

/// A scalar or pointer in memory as registers hold it.
pub(super) fn registers_of(memory: &mut Memory, env: &mut Env<'_>, ty: TypeId, at: usize) -> (u64, u64) {
    let (size, endian) = (env.layouts.of(env.pool, ty).size as usize, env.layouts.target().endian);
    let is_fat = is_fat(env, ty);
    if is_fat || matches!(env.pool.key(ty), TypeKey::Ptr { .. } | TypeKey::Fn(_)) {
        let pointer = memory.read_pointer_at(at).unwrap_or_default();
        let half = memory.pointer_bytes();
        let len = if is_fat { crate::value::number_of_bytes(memory.bytes(at + half, half), endian) as u64 } else { 0 };
        return (pointer.0, len);
    }
    let bytes = memory.bytes(at, size);
    let bits = match Kind::of(env.pool, env.layouts.target(), ty) {
        Some(kind) => crate::value::scalar_of_bytes(kind, bytes, endian).unwrap_or(0),
        None => crate::value::number_of_bytes(bytes, kiln_types::Endian::Little),
    };
    (bits as u64, (bits >> 64) as u64)
}

/// A scalar in a register as a value of the pool; types and modules are values themselves.
pub(super) fn scalar_value(env: &mut Env<'_>, ty: TypeId, bits: u64) -> Option<ValueId> {
    if matches!(env.pool.key(ty), TypeKey::Type | TypeKey::Module) {
        return Some(ValueId(bits as u32));
    }
    let bits = match Kind::of(env.pool, env.layouts.target(), ty)? {
        Kind::Int(IntType { signed: true, .. }) => bits as i64 as u128,
        kind => kind.extend(bits.into())?,
    };
    Some(env.pool.scalar(ty, bits))
}

/// A 128-bit integer in two registers as a value of the pool.
pub(super) fn wide_value(env: &mut Env<'_>, ty: TypeId, low: u64, high: u64) -> Option<ValueId> {
    Kind::of(env.pool, env.layouts.target(), ty)?;
    Some(env.pool.scalar(ty, u128::from(low) | u128::from(high) << 64))
}
