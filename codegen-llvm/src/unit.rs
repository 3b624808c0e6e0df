//! The LLVM module under construction and everything known about it: declared functions, globals, attributes, types.

use crate::attrs::{Attrs, mark};
use crate::debug::{Debug, leave_lines};
use crate::errors::{Result, broken};
use crate::intrinsics::Intrinsics;
use crate::panics::Panics;
use crate::part::Part;
use crate::runtime::Runtime;
use crate::statics::Globals;
use crate::types::Scalars;
use crate::value::Scratch;
use crate::{OptLevel, Options};
use inkwell::GlobalVisibility;
use inkwell::attributes::AttributeLoc;
use inkwell::builder::Builder;
use inkwell::context::Context;
use inkwell::debug_info::DILocation;
use inkwell::module::{Linkage, Module};
use inkwell::types::{BasicMetadataTypeEnum, BasicType, BasicTypeEnum, FunctionType};
use inkwell::values::{BasicValueEnum, FunctionValue, GlobalValue, IntValue, PointerValue};
use kiln_cfg::{Func, FuncKind, Operand, Program};
use kiln_codegen::abi::{FnAbi, Pass};
use kiln_codegen::{CAbi, Facts};
use kiln_source::{Idx, Interner, SourceMap};
use kiln_types::{Arch, FuncId, Layouts, Os, ParamMode, Pool, TypeId};
use std::rc::Rc;

/// How a declared function is called.
#[derive(Clone)]
pub(crate) enum Convention {
    /// Kiln's own.
    Kiln(Rc<FnAbi>),
    /// C's.
    C(Rc<CAbi>),
}

/// A function of the program in the module.
#[derive(Clone)]
pub(crate) struct Declared<'ctx> {
    pub value: FunctionValue<'ctx>,
    pub ty: FunctionType<'ctx>,
    pub convention: Convention,
}

/// The module under construction.
pub(crate) struct Unit<'ctx, 'p> {
    pub context: &'ctx Context,
    pub module: Module<'ctx>,
    pub builder: Builder<'ctx>,
    pub scalars: Scalars<'ctx>,
    pub attrs: Attrs,
    pub program: &'p Program,
    pub pool: &'p Pool,
    pub layouts: &'p mut Layouts,
    pub sources: &'p SourceMap,
    pub names: &'p Interner,
    pub part: Part,
    pub level: OptLevel,
    /// See [`Options::exclusive`].
    exclusive: bool,
    /// Whether values and blocks get names: someone reads the IR.
    pub readable: bool,
    /// What a debugger is told.
    pub debug: Option<Debug>,
    /// See [`Options::unwind_tables`].
    unwind_tables: bool,
    functions: Vec<Option<Declared<'ctx>>>,
    pub intrinsics: Intrinsics<'ctx>,
    pub panics: Panics<'ctx>,
    pub runtime: Runtime<'ctx>,
    pub globals: Globals<'ctx>,
    pub scratch: Scratch<'ctx>,
}

/// What a unit is made from.
pub(crate) struct Input<'p> {
    pub program: &'p Program,
    pub pool: &'p Pool,
    pub layouts: &'p mut Layouts,
    pub sources: &'p SourceMap,
    pub names: &'p Interner,
    pub options: &'p Options,
}

impl<'ctx, 'p> Unit<'ctx, 'p> {
    pub fn new(context: &'ctx Context, module: Module<'ctx>, input: &'p mut Input<'_>, part: Part) -> Self {
        let Input { program, pool, layouts, sources, names, options } = input;
        Unit {
            context,
            module,
            builder: context.create_builder(),
            scalars: Scalars::new(context, layouts.target().pointer_bits()),
            attrs: Attrs::new(context),
            program,
            pool,
            layouts,
            sources,
            names,
            part,
            level: options.level,
            exclusive: options.exclusive,
            readable: options.wanted.ir || options.wanted.optimised_ir || options.wanted.bitcode,
            debug: None,
            unwind_tables: options.unwind_tables,
            functions: vec![None; program.infos.len()],
            intrinsics: Intrinsics::default(),
            panics: Panics::default(),
            runtime: Runtime::default(),
            globals: Globals::default(),
            scratch: Scratch::default(),
        }
    }

    /// The program for the decisions that all code generators share.
    pub fn facts(&mut self) -> Facts<'_> {
        Facts { program: self.program, pool: self.pool, layouts: self.layouts }
    }

    /// The type of an operand.
    pub fn operand_type(&self, func: &Func, operand: Operand) -> TypeId {
        match operand {
            Operand::Copy(local) | Operand::Move(local) => func.locals[local].ty,
            Operand::Const(value) => self.pool.type_of(value),
        }
    }

    /// The function in the module; declared when it is asked for first.
    pub fn function(&mut self, id: FuncId) -> Result<Declared<'ctx>> {
        if let Some(Some(declared)) = self.functions.get(id.index()) {
            return Ok(declared.clone());
        }
        let Some(Some(info)) = self.program.infos.get(id) else {
            return broken(format!("{id:?} is not in the program"));
        };
        let declared = match &info.kind {
            FuncKind::Extern { symbol, variadic } => self.declare_extern(id, symbol, *variadic)?,
            FuncKind::Kiln | FuncKind::Glue(_) | FuncKind::Export { .. } | FuncKind::Callback => {
                self.declare_kiln(id)?
            }
        };
        self.functions[id.index()] = Some(declared.clone());
        Ok(declared)
    }

    fn declare_extern(&mut self, id: FuncId, symbol: &str, variadic: bool) -> Result<Declared<'ctx>> {
        let info = self.program.info(id);
        let abi = CAbi::new(self.pool, self.layouts, &info.sig, &[], symbol)?;
        let ty = self.c_type(&abi, variadic);
        let value = self.foreign(symbol, ty);
        if info.sig.ret == TypeId::NEVER {
            mark(value, &[self.attrs.noreturn]);
        }
        Ok(Declared { value, ty, convention: Convention::C(Rc::new(abi)) })
    }

    /// A function outside of the program; what is known of its name already stays.
    pub fn foreign(&mut self, symbol: &str, ty: FunctionType<'ctx>) -> FunctionValue<'ctx> {
        self.module.get_function(symbol).unwrap_or_else(|| {
            let value = self.module.add_function(symbol, ty, Some(Linkage::External));
            mark(value, &[self.attrs.nounwind]);
            value
        })
    }

    fn declare_kiln(&mut self, id: FuncId) -> Result<Declared<'ctx>> {
        let info = self.program.info(id);
        if self.program.bodies.get(id).is_none_or(Option::is_none) {
            return broken(format!("`{}` is called but has no body", info.name));
        }
        let abi = FnAbi::new(self.pool, self.layouts, &info.sig.params, info.sig.ret);
        let ty = self.kiln_type(&abi);
        let value = self.module.add_function(&info.symbol, ty, Some(Linkage::Internal));
        if self.part.shares(id) {
            self.share(value.as_global_value());
        }
        self.mark_function(value);
        if info.sig.ret == TypeId::NEVER {
            mark(value, &[self.attrs.noreturn]);
        }
        if self.level.optimises() {
            if info.cold {
                mark(value, &[self.attrs.cold]);
            }
            self.mark_params(id, &abi, value);
        }
        Ok(Declared { value, ty, convention: Convention::Kiln(Rc::new(abi)) })
    }

    /// Makes what other parts of the program use visible to them, and to nobody else.
    pub fn share(&self, value: GlobalValue<'ctx>) {
        value.set_linkage(Linkage::External);
        value.set_visibility(GlobalVisibility::Hidden);
    }

    /// Attributes every function with a body gets.
    pub fn mark_function(&self, value: FunctionValue<'ctx>) {
        mark(value, &[self.attrs.nounwind]);
        if self.unwind_tables {
            mark(value, &[self.attrs.uwtable]);
        }
        let target = self.layouts.target();
        if matches!(target.arch, Arch::X86_64 | Arch::X86 | Arch::Aarch64) && target.os != Os::Windows {
            mark(value, &[self.attrs.probe_stack]);
        }
        match self.level {
            OptLevel::Os => mark(value, &[self.attrs.optsize]),
            OptLevel::Oz => mark(value, &[self.attrs.optsize, self.attrs.minsize]),
            _ => {}
        }
    }

    /// The LLVM type of a function with Kiln's convention.
    pub fn kiln_type(&self, abi: &FnAbi) -> FunctionType<'ctx> {
        let mut params: Vec<BasicMetadataTypeEnum<'ctx>> = Vec::with_capacity(abi.params.len() + 1);
        if abi.ret == Pass::Address {
            params.push(self.scalars.ptr.into());
        }
        for pass in &abi.params {
            match pass {
                Pass::Nothing => {}
                Pass::Scalars(pieces) => {
                    params.extend(
                        pieces.iter().map(|piece| BasicMetadataTypeEnum::from(self.scalars.argument(piece.kind))),
                    );
                }
                Pass::Address => params.push(self.scalars.ptr.into()),
                Pass::View => {
                    params.push(self.scalars.ptr.into());
                    params.push(self.scalars.usize.into());
                }
            }
        }
        match self.return_type(&abi.ret) {
            Some(ret) => ret.fn_type(&params, false),
            None => self.context.void_type().fn_type(&params, false),
        }
    }

    /// What a function with this result returns in LLVM; nothing for results in memory and those without bytes.
    pub fn return_type(&self, ret: &Pass) -> Option<BasicTypeEnum<'ctx>> {
        let Pass::Scalars(pieces) = ret else { return None };
        let parts: Vec<BasicTypeEnum<'ctx>> = pieces.iter().map(|piece| self.scalars.argument(piece.kind)).collect();
        match parts[..] {
            [one] => Some(one),
            _ => Some(self.context.struct_type(&parts, false).into()),
        }
    }

    /// What LLVM may assume of the parameters.
    fn mark_params(&mut self, id: FuncId, abi: &FnAbi, value: FunctionValue<'ctx>) {
        let info = self.program.info(id);
        let mut index = 0;
        if abi.ret == Pass::Address {
            self.mark_address(value, 0, info.sig.ret);
            value.add_attribute(AttributeLoc::Param(0), self.attrs.noalias);
            index = 1;
        }
        for (pass, param) in abi.params.iter().zip(&info.sig.params) {
            match pass {
                Pass::Nothing => {}
                Pass::Scalars(pieces) => {
                    for _ in pieces {
                        // An aggregate's pieces may hold padding.
                        if !matches!(self.layouts.of(self.pool, param.ty).repr, kiln_types::Repr::Memory) {
                            value.add_attribute(AttributeLoc::Param(index), self.attrs.noundef);
                        }
                        index += 1;
                    }
                }
                Pass::Address => {
                    self.mark_address(value, index, param.ty);
                    self.mark_mode(value, index, param.mode, param.ty);
                    index += 1;
                }
                Pass::View => {
                    // What shows nothing may be null.
                    value.add_attribute(AttributeLoc::Param(index), self.attrs.noundef);
                    value.add_attribute(AttributeLoc::Param(index + 1), self.attrs.noundef);
                    self.mark_mode(value, index, param.mode, param.ty);
                    index += 2;
                }
            }
        }
    }

    fn mark_address(&mut self, value: FunctionValue<'ctx>, index: u32, ty: TypeId) {
        let layout = self.layouts.of(self.pool, ty);
        let at = AttributeLoc::Param(index);
        value.add_attribute(at, self.attrs.noundef);
        if layout.size == 0 {
            // An element of no size of a container that never took memory.
            return;
        }
        value.add_attribute(at, self.attrs.nonnull);
        value.add_attribute(at, self.context.create_enum_attribute(self.attrs.align, u64::from(layout.align)));
        value.add_attribute(at, self.context.create_enum_attribute(self.attrs.dereferenceable, layout.size));
    }

    fn mark_mode(&self, value: FunctionValue<'ctx>, index: u32, mode: ParamMode, ty: TypeId) {
        let at = AttributeLoc::Param(index);
        let copied = mode == ParamMode::Own && self.pool.is_copy(ty);
        if mode == ParamMode::Borrow || copied {
            value.add_attribute(at, self.attrs.readonly);
        }
        if self.exclusive || mode == ParamMode::Own {
            value.add_attribute(at, self.attrs.noalias);
        }
    }

    /// Builds the first block of another function, then goes on where it was.
    pub fn in_function(
        &mut self,
        function: FunctionValue<'ctx>,
        build: impl FnOnce(&mut Self) -> Result<()>,
    ) -> Result<()> {
        let back = self.builder.get_insert_block();
        let line = self.builder.get_current_debug_location();
        leave_lines(&self.builder);
        self.builder.position_at_end(self.context.append_basic_block(function, ""));
        build(self)?;
        self.go_on_at(line);
        if let Some(back) = back {
            self.builder.position_at_end(back);
        }
        Ok(())
    }

    /// What is built from now on belongs to this line again.
    pub fn go_on_at(&self, line: Option<DILocation<'ctx>>) {
        match line {
            Some(line) => self.builder.set_current_debug_location(line),
            None => leave_lines(&self.builder),
        }
    }

    /// A constant of type `usize`.
    pub fn size(&self, value: u64) -> IntValue<'ctx> {
        self.scalars.usize.const_int(value, false)
    }

    /// The address of something that has no bytes: not null, aligned, never read.
    pub fn dangling(&self, align: u32) -> PointerValue<'ctx> {
        self.size(u64::from(align)).const_to_pointer(self.scalars.ptr)
    }

    /// An integer constant; `bits` beyond the width are ignored.
    pub fn int_const(&self, width: u16, bits: u128) -> IntValue<'ctx> {
        let ty = self.scalars.int(width);
        match width {
            128 => ty.const_int_arbitrary_precision(&[bits as u64, (bits >> 64) as u64]),
            64 => ty.const_int(bits as u64, false),
            _ => ty.const_int(bits as u64 & ((1 << width) - 1), false),
        }
    }

    /// A float constant with exactly these bits. The builder stands in a block.
    pub fn float_const(&self, width: u16, bits: u128) -> Result<BasicValueEnum<'ctx>> {
        let ty = if width == 32 { self.scalars.f32 } else { self.scalars.f64 };
        // Folded at once. Made of bits, because a NaN does not survive the way through a host float.
        Ok(self.builder.build_bit_cast(self.int_const(width, bits), ty, "")?)
    }

    /// A name for a value, where someone reads it.
    pub fn label(&self, name: &'static str) -> &'static str {
        if self.readable { name } else { "" }
    }
}

/// A parameter of a function that has as many.
pub(crate) fn param<'ctx>(function: FunctionValue<'ctx>, index: u32) -> BasicValueEnum<'ctx> {
    function.get_nth_param(index).expect("the function's type was made with this parameter")
}
