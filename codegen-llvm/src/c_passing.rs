//! Values on their way to and from C, as [`kiln_codegen::CAbi`] says.

use crate::errors::{Result, broken};
use crate::passing::{Args, Incoming};
use crate::unit::Unit;
use crate::value::Value;
use inkwell::values::{BasicMetadataValueEnum, BasicValue, BasicValueEnum, CallSiteValue, PointerValue};
use kiln_codegen::{CPass, CScalars};
use kiln_types::{Repr, ScalarKind, TypeId};
use smallvec::SmallVec;

/// The LLVM values of one value.
type Parts<'ctx> = SmallVec<[BasicValueEnum<'ctx>; 2]>;

/// Alignment of memory that a value is put together in.
const HOME: u32 = 16;

impl<'ctx> Unit<'ctx, '_> {
    /// Adds an argument that is passed by C's convention.
    pub fn push_c(&mut self, args: &mut Args<'ctx>, pass: &CPass, value: Value<'ctx>, ty: TypeId) -> Result<()> {
        match pass {
            CPass::Nothing => {}
            CPass::Scalars(scalars) => {
                args.extend(self.split_c(value, scalars, ty)?.into_iter().map(BasicMetadataValueEnum::from));
            }
            // LLVM copies it.
            CPass::Stack { .. } => args.push(self.c_memory(value, ty, false)?.into()),
            CPass::Indirect { .. } => args.push(self.c_memory(value, ty, true)?.into()),
        }
        Ok(())
    }

    /// A value in memory; in memory of its own if the callee may change it.
    fn c_memory(&mut self, value: Value<'ctx>, ty: TypeId, is_own: bool) -> Result<PointerValue<'ctx>> {
        match value {
            Value::Memory(at) if !is_own => Ok(at),
            value => {
                let layout = self.layouts.of(self.pool, ty);
                let copy = self.scratch(layout.size, layout.align)?;
                self.store(copy, ty, value)?;
                Ok(copy)
            }
        }
    }

    fn split_c(&mut self, value: Value<'ctx>, scalars: &CScalars, ty: TypeId) -> Result<Parts<'ctx>> {
        let at = match value {
            Value::Scalar(scalar) => {
                let scalar = match scalar {
                    // A bool in value form.
                    BasicValueEnum::IntValue(int) if int.get_type() == self.scalars.bit => {
                        self.value_to_memory(scalar, ScalarKind::Bool)?
                    }
                    _ => scalar,
                };
                return Ok([scalar].into_iter().collect());
            }
            Value::Memory(at) => at,
            _ => return broken("an argument has not the form that C takes"),
        };
        let layout = self.layouts.of(self.pool, ty);
        let span = self.span(scalars);
        let (at, align) = if span > layout.size {
            let padded = self.scratch(span, HOME)?;
            self.copy(padded, at, layout.size, layout.align)?;
            (padded, HOME)
        } else {
            (at, layout.align)
        };
        if let Some(whole) = self.c_whole(scalars) {
            let loaded = self.builder.build_load(whole, at, "")?;
            self.set_alignment(loaded.as_instruction_value(), align)?;
            return Ok([loaded].into_iter().collect());
        }
        let mut parts = Parts::new();
        for piece in &scalars.pieces {
            let from = self.offset(at, u64::from(piece.offset))?;
            parts.push(self.load_aligned(from, piece.kind, align_at(align, piece.offset))?);
        }
        Ok(parts)
    }

    /// A value of the LLVM values it came as.
    fn join_c(&mut self, parts: &[BasicValueEnum<'ctx>], scalars: &CScalars, ty: TypeId) -> Result<Value<'ctx>> {
        let layout = self.layouts.of(self.pool, ty);
        match (layout.repr, parts) {
            (Repr::Scalar(kind), [scalar]) => Ok(Value::Scalar(self.value_from_memory(*scalar, kind)?)),
            (Repr::Memory, _) => {
                let home = self.scratch(self.span(scalars).max(layout.size), HOME.max(layout.align))?;
                if scalars.whole {
                    self.store_aligned(home, parts[0], HOME)?;
                    return Ok(Value::Memory(home));
                }
                for (part, piece) in parts.iter().zip(&scalars.pieces) {
                    let at = self.offset(home, u64::from(piece.offset))?;
                    self.store_aligned(at, *part, align_at(HOME, piece.offset))?;
                }
                Ok(Value::Memory(home))
            }
            _ => broken("a value does not come from C in this form"),
        }
    }

    fn span(&self, scalars: &CScalars) -> u64 {
        u64::from(scalars.span(u32::from(self.layouts.target().pointer_bytes)))
    }

    /// The next parameter by C's convention.
    pub fn take_c(&mut self, incoming: &mut Incoming<'ctx>, pass: &CPass, ty: TypeId) -> Result<Value<'ctx>> {
        match pass {
            CPass::Nothing => Ok(Value::Nothing),
            CPass::Scalars(scalars) => {
                let count = if scalars.whole { 1 } else { scalars.pieces.len() };
                let parts: Parts<'ctx> = (0..count).map(|_| incoming.take()).collect();
                self.join_c(&parts, scalars, ty)
            }
            CPass::Stack { .. } | CPass::Indirect { .. } => self.load(incoming.take().into_pointer_value(), ty),
        }
    }

    /// Leaves a function of C's convention. A result in memory stands there already.
    pub fn return_c(&mut self, pass: &CPass, value: Value<'ctx>, ty: TypeId) -> Result<()> {
        let parts = match pass {
            CPass::Scalars(scalars) => self.split_c(value, scalars, ty)?,
            _ => Parts::new(),
        };
        self.return_scalars(&parts)
    }

    /// The result of a call by C's convention that was not returned in memory.
    pub fn result_c(&mut self, call: CallSiteValue<'ctx>, pass: &CPass, ty: TypeId) -> Result<Value<'ctx>> {
        let CPass::Scalars(scalars) = pass else { return Ok(Value::Nothing) };
        let parts = self.returned(call, if scalars.whole { 1 } else { scalars.pieces.len() })?;
        self.join_c(&parts, scalars, ty)
    }
}

/// Alignment `offset` bytes behind something aligned.
fn align_at(align: u32, offset: u32) -> u32 {
    if offset == 0 { align } else { align.min(1 << offset.trailing_zeros()) }
}
