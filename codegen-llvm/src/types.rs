//! LLVM's types of scalars, in the three forms a scalar has: as a value, in memory, and as an argument.

use inkwell::AddressSpace;
use inkwell::context::Context;
use inkwell::types::{BasicTypeEnum, FloatType, IntType, PointerType};
use kiln_types::ScalarKind;

/// The types, made once.
#[derive(Clone, Copy)]
pub(crate) struct Scalars<'ctx> {
    /// A `bool` as a value.
    pub bit: IntType<'ctx>,
    ints: [IntType<'ctx>; 5],
    /// `f32`
    pub f32: FloatType<'ctx>,
    /// `f64`
    pub f64: FloatType<'ctx>,
    /// Addresses of data and code.
    pub ptr: PointerType<'ctx>,
    /// `usize`
    pub usize: IntType<'ctx>,
}

impl<'ctx> Scalars<'ctx> {
    /// The types of a target with addresses of `pointer_bits`.
    pub fn new(context: &'ctx Context, pointer_bits: u16) -> Self {
        let ints = [context.i8_type(), context.i16_type(), context.i32_type(), context.i64_type(), context.i128_type()];
        Scalars {
            bit: context.bool_type(),
            ints,
            f32: context.f32_type(),
            f64: context.f64_type(),
            ptr: context.ptr_type(AddressSpace::default()),
            usize: if pointer_bits == 32 { ints[2] } else { ints[3] },
        }
    }

    /// The integer type of 8, 16, 32, 64 or 128 bits.
    pub fn int(&self, bits: u16) -> IntType<'ctx> {
        self.ints[usize::from(bits).trailing_zeros() as usize - 3]
    }

    /// A scalar as a value.
    pub fn value(&self, kind: ScalarKind) -> BasicTypeEnum<'ctx> {
        match kind {
            ScalarKind::Bool => self.bit.into(),
            _ => self.memory(kind),
        }
    }

    /// A scalar in memory: a bool is a byte.
    pub fn memory(&self, kind: ScalarKind) -> BasicTypeEnum<'ctx> {
        match kind {
            ScalarKind::Bool => self.int(8).into(),
            ScalarKind::Int { bits, .. } => self.int(bits).into(),
            ScalarKind::F32 => self.f32.into(),
            ScalarKind::F64 => self.f64.into(),
            ScalarKind::Ptr | ScalarKind::FnPtr => self.ptr.into(),
        }
    }

    /// A scalar as an argument or result: nothing is narrower than 32 bits.
    pub fn argument(&self, kind: ScalarKind) -> BasicTypeEnum<'ctx> {
        if is_narrow(kind) { self.int(32).into() } else { self.memory(kind) }
    }
}

/// Whether a scalar is widened to 32 bits when it is passed.
pub(crate) fn is_narrow(kind: ScalarKind) -> bool {
    matches!(kind, ScalarKind::Bool | ScalarKind::Int { bits: 8 | 16, .. })
}
