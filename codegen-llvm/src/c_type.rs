//! LLVM's types and attributes of C functions, as [`kiln_codegen::CAbi`] classifies them.

use crate::unit::Unit;
use inkwell::attributes::{Attribute, AttributeLoc};
use inkwell::types::{BasicMetadataTypeEnum, BasicType, BasicTypeEnum, FunctionType};
use kiln_codegen::{CAbi, CPass, CScalars, Extension};

impl<'ctx> Unit<'ctx, '_> {
    /// The LLVM type of a C function.
    pub fn c_type(&self, abi: &CAbi, variadic: bool) -> FunctionType<'ctx> {
        let mut params: Vec<BasicMetadataTypeEnum<'ctx>> = Vec::with_capacity(abi.params.len() + 1);
        if matches!(abi.ret, CPass::Indirect { .. }) {
            params.push(self.scalars.ptr.into());
        }
        for pass in &abi.params {
            match pass {
                CPass::Nothing => {}
                CPass::Scalars(scalars) => match self.c_whole(scalars) {
                    Some(whole) => params.push(whole.into()),
                    None => params.extend(self.c_parts(scalars).map(BasicMetadataTypeEnum::from)),
                },
                CPass::Stack { .. } | CPass::Indirect { .. } => params.push(self.scalars.ptr.into()),
            }
        }
        match self.c_return_type(&abi.ret) {
            Some(ret) => ret.fn_type(&params, variadic),
            None => self.context.void_type().fn_type(&params, variadic),
        }
    }

    /// The type of pieces that travel together: an array, which LLVM takes apart by the rules of the machine.
    pub fn c_whole(&self, scalars: &CScalars) -> Option<BasicTypeEnum<'ctx>> {
        let count = scalars.pieces.len() as u32;
        scalars.whole.then(|| self.scalars.memory(scalars.pieces[0].kind).array_type(count).into())
    }

    fn c_parts(&self, scalars: &CScalars) -> impl Iterator<Item = BasicTypeEnum<'ctx>> {
        scalars.pieces.iter().map(|piece| self.scalars.memory(piece.kind))
    }

    fn c_return_type(&self, ret: &CPass) -> Option<BasicTypeEnum<'ctx>> {
        let CPass::Scalars(scalars) = ret else { return None };
        let parts: Vec<BasicTypeEnum<'ctx>> = self.c_parts(scalars).collect();
        Some(match (self.c_whole(scalars), &parts[..]) {
            (Some(whole), _) => whole,
            (None, [one]) => *one,
            (None, _) => self.context.struct_type(&parts, false).into(),
        })
    }

    /// The attributes C's convention puts on parameters, applied to a function or a call by `add`.
    pub fn c_attributes(&self, abi: &CAbi, mut add: impl FnMut(AttributeLoc, Attribute)) {
        let mut index = 0;
        match &abi.ret {
            CPass::Indirect { size, align } => {
                self.memory_attributes(self.attrs.sret, *size, *align, |attribute| {
                    add(AttributeLoc::Param(0), attribute)
                });
                index = 1;
            }
            CPass::Scalars(scalars) => {
                scalars.extension.iter().for_each(|extension| add(AttributeLoc::Return, self.extension(*extension)));
            }
            CPass::Nothing | CPass::Stack { .. } => {}
        }
        for pass in &abi.params {
            let at = AttributeLoc::Param(index);
            index += match pass {
                CPass::Nothing => 0,
                CPass::Scalars(scalars) => {
                    scalars.extension.iter().for_each(|extension| add(at, self.extension(*extension)));
                    if scalars.whole { 1 } else { scalars.pieces.len() as u32 }
                }
                CPass::Stack { size, align, .. } => {
                    self.memory_attributes(self.attrs.byval, *size, *align, |attribute| add(at, attribute));
                    1
                }
                CPass::Indirect { .. } => 1,
            };
        }
    }

    fn extension(&self, extension: Extension) -> Attribute {
        match extension {
            Extension::Sign => self.attrs.signext,
            Extension::Zero => self.attrs.zeroext,
        }
    }

    /// The attributes of an address behind which LLVM has to know `size` bytes.
    fn memory_attributes(&self, kind: u32, size: u64, align: u32, mut add: impl FnMut(Attribute)) {
        let bytes = self.scalars.int(8).array_type(u32::try_from(size).unwrap_or(u32::MAX));
        add(self.context.create_type_attribute(kind, bytes.into()));
        add(self.context.create_enum_attribute(self.attrs.align, u64::from(align)));
    }
}
