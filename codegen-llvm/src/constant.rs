//! Constants of the pool: scalars as LLVM constants, everything larger as an image in memory.

use crate::errors::{Result, broken};
use crate::unit::Unit;
use crate::value::Value;
use inkwell::values::PointerValue;
use kiln_cfg::FuncKind;
use kiln_codegen::scalar_bits;
use kiln_types::{FuncId, Repr, ScalarKind, ValueId, ValueKey};

impl<'ctx> Unit<'ctx, '_> {
    /// A constant as it is used by instructions. The builder stands in a block.
    pub fn constant(&mut self, value: ValueId) -> Result<Value<'ctx>> {
        let ty = self.pool.type_of(value);
        let layout = self.layouts.of(self.pool, ty);
        match layout.repr {
            Repr::Zst => Ok(Value::Nothing),
            Repr::Scalar(kind) => self.scalar_constant(value, kind),
            Repr::FatPtr => self.fat_constant(value),
            Repr::Memory => Ok(Value::Memory(self.constant_address(value)?)),
            Repr::Comptime => broken("a comptime value is used at run time"),
        }
    }

    fn key(&self, value: ValueId) -> Result<&ValueKey> {
        self.pool.value_key(value).map_or_else(|| broken("a type is used at run time"), Ok)
    }

    fn scalar_constant(&mut self, value: ValueId, kind: ScalarKind) -> Result<Value<'ctx>> {
        if let Some(bits) = scalar_bits(self.pool, value) {
            return Ok(Value::Scalar(match kind {
                ScalarKind::Bool => self.scalars.bit.const_int(bits as u64 & 1, false).into(),
                ScalarKind::Int { bits: width, .. } => self.int_const(width, bits).into(),
                ScalarKind::F32 => self.float_const(32, bits)?,
                ScalarKind::F64 => self.float_const(64, bits)?,
                ScalarKind::Ptr | ScalarKind::FnPtr => return broken("an address is given as a number"),
            }));
        }
        let address = match *self.key(value)? {
            ValueKey::Fn { func, .. } => self.function_address(func)?,
            ValueKey::StaticPtr { data, offset, .. } => self.static_address_at(data, offset)?,
            ValueKey::RawPtr { address, .. } => self.raw_address(address),
            _ => return broken("a constant is no scalar, but its type is one"),
        };
        Ok(Value::Scalar(address.into()))
    }

    fn fat_constant(&mut self, value: ValueId) -> Result<Value<'ctx>> {
        match *self.key(value)? {
            ValueKey::StaticPtr { data, offset, len: Some(len), .. } => {
                Ok(Value::Fat(self.static_address_at(data, offset)?, self.size(len)))
            }
            ValueKey::RawPtr { address, .. } => Ok(Value::Fat(self.raw_address(address), self.size(0))),
            _ => broken("a constant is no pointer with a length, but its type is one"),
        }
    }

    fn raw_address(&self, address: u64) -> PointerValue<'ctx> {
        if address == 0 { self.scalars.ptr.const_null() } else { self.size(address).const_to_pointer(self.scalars.ptr) }
    }

    /// The address of a function as a value of the program: called by C's convention if it is foreign or a callback, else by
    /// Kiln's.
    pub fn function_address(&mut self, func: FuncId) -> Result<PointerValue<'ctx>> {
        let value = match self.program.info(func).kind {
            FuncKind::Callback => self.declare_for_c(func)?.value,
            _ => self.function(func)?.value,
        };
        Ok(value.as_global_value().as_pointer_value())
    }
}
