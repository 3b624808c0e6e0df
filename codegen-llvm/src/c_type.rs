//! LLVM's types of C functions, as [`kiln_codegen::CAbi`] classifies them.

use crate::unit::Unit;
use inkwell::types::{BasicMetadataTypeEnum, BasicType, BasicTypeEnum, FunctionType};
use kiln_codegen::{CAbi, CPass, abi::Pass};

impl<'ctx> Unit<'ctx, '_> {
    /// The LLVM type of a C function.
    pub fn c_type(&self, abi: &CAbi, variadic: bool) -> FunctionType<'ctx> {
        let mut params: Vec<BasicMetadataTypeEnum<'ctx>> = Vec::with_capacity(abi.params.len() + 1);
        if matches!(abi.ret, CPass::Memory { .. }) {
            params.push(self.scalars.ptr.into());
        }
        for pass in &abi.params {
            match pass {
                CPass::Nothing => {}
                CPass::Scalars(pieces) | CPass::Registers(pieces) => {
                    params.extend(
                        pieces.iter().map(|piece| BasicMetadataTypeEnum::from(self.scalars.argument(piece.kind))),
                    );
                }
                CPass::Memory { .. } | CPass::Address => params.push(self.scalars.ptr.into()),
                CPass::View => {
                    params.push(self.scalars.ptr.into());
                    params.push(self.scalars.usize.into());
                }
            }
        }
        match self.c_return_type(&abi.ret) {
            Some(ret) => ret.fn_type(&params, variadic),
            None => self.context.void_type().fn_type(&params, variadic),
        }
    }

    fn c_return_type(&self, ret: &CPass) -> Option<BasicTypeEnum<'ctx>> {
        let (CPass::Scalars(pieces) | CPass::Registers(pieces)) = ret else { return None };
        self.return_type(&Pass::Scalars(pieces.clone()))
    }
}
