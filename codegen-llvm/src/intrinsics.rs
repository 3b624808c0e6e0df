//! LLVM's intrinsic functions, declared once a type.

use crate::errors::{Result, broken};
use crate::unit::Unit;
use inkwell::intrinsics::Intrinsic;
use inkwell::types::BasicTypeEnum;
use inkwell::values::{BasicMetadataValueEnum, BasicValueEnum, FunctionValue};
use rustc_hash::FxHashMap;

/// The declared ones, by name and the type they are for.
#[derive(Default)]
pub(crate) struct Intrinsics<'ctx> {
    known: FxHashMap<(&'static str, Overload), FunctionValue<'ctx>>,
}

/// The type an intrinsic is for.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Overload {
    Int(u32),
    F32,
    F64,
    Ptr,
}

impl<'ctx> Unit<'ctx, '_> {
    fn overload(&self, ty: BasicTypeEnum<'ctx>) -> Overload {
        match ty {
            BasicTypeEnum::IntType(int) => Overload::Int(int.get_bit_width()),
            BasicTypeEnum::FloatType(float) if float == self.scalars.f32 => Overload::F32,
            BasicTypeEnum::FloatType(_) => Overload::F64,
            _ => Overload::Ptr,
        }
    }

    /// The intrinsic for a type, such as `llvm.ctpop` for `i32`.
    pub fn intrinsic(&mut self, name: &'static str, ty: BasicTypeEnum<'ctx>) -> Result<FunctionValue<'ctx>> {
        let key = (name, self.overload(ty));
        if let Some(function) = self.intrinsics.known.get(&key) {
            return Ok(*function);
        }
        let found = Intrinsic::find(name).and_then(|found| found.get_declaration(&self.module, &[ty]));
        let Some(function) = found else { return broken(format!("LLVM has no intrinsic `{name}`")) };
        self.intrinsics.known.insert(key, function);
        Ok(function)
    }

    /// Calls the intrinsic for a type that has a result.
    pub fn call_intrinsic(
        &mut self,
        name: &'static str,
        ty: BasicTypeEnum<'ctx>,
        args: &[BasicMetadataValueEnum<'ctx>],
    ) -> Result<BasicValueEnum<'ctx>> {
        let function = self.intrinsic(name, ty)?;
        let call = self.builder.build_call(function, args, "")?;
        call.try_as_basic_value().basic().map_or_else(|| broken(format!("`{name}` has no result")), Ok)
    }
}
