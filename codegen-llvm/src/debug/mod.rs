//! What a debugger is told, in LLVM's words: one [`Debug`] for each module, a [`FuncDebug`] for each function of the program.
//!
//! Functions that are not written in Kiln (helpers, glue, wrappers) have no lines.

mod types;

mod function;
pub(crate) use function::FuncDebug;

use crate::Options;
use crate::errors::Result;
use crate::unit::Unit;
use inkwell::builder::Builder;
use inkwell::context::Context;
use inkwell::llvm_sys::core::LLVMSetCurrentDebugLocation2;
use inkwell::llvm_sys::debuginfo::{
    LLVMCreateDIBuilder, LLVMDIBuilderCreateCompileUnit, LLVMDIBuilderCreateDebugLocation,
    LLVMDIBuilderCreateExpression, LLVMDIBuilderCreateFile, LLVMDIBuilderCreateFunction,
    LLVMDIBuilderCreateSubroutineType, LLVMDIBuilderFinalize, LLVMDWARFEmissionKind, LLVMDWARFSourceLanguage,
    LLVMDisposeDIBuilder, LLVMSetSubprogram,
};
use inkwell::llvm_sys::prelude::{LLVMDIBuilderRef, LLVMMetadataRef};
use inkwell::module::{FlagBehavior, Module};
use inkwell::values::{AsValueRef, FunctionValue};
use kiln_cfg::{Func, FuncInfo, Program};
use kiln_codegen::{DWARF_VERSION, DebugInfo, DebugLevel, DebugTypes, PRODUCER, Scopes, is_written, named_locals};
use kiln_source::{FileId, Interner, SourceMap};
use kiln_types::{FuncId, Layouts, Pool, TypeId};
use rustc_hash::FxHashMap;
use std::ptr;

/// The version of LLVM's metadata for debuggers.
const METADATA_VERSION: u64 = 3;

/// What a debugger is told of a module.
pub(crate) struct Debug {
    builder: LLVMDIBuilderRef,
    info: DebugInfo,
    optimises: bool,
    files: FxHashMap<FileId, LLVMMetadataRef>,
    types: DebugTypes,
    /// The types by their numbers.
    nodes: Vec<LLVMMetadataRef>,
    /// Addresses of variables that are known to be where they are said to be: `[]`, and behind an address: `[deref]`.
    direct: LLVMMetadataRef,
    behind: LLVMMetadataRef,
}

impl Drop for Debug {
    fn drop(&mut self) {
        // SAFETY: made by `new`, disposed of once. The metadata belongs to the context.
        unsafe { LLVMDisposeDIBuilder(self.builder) };
    }
}

/// What is needed to describe functions and types.
pub(crate) struct Described<'a> {
    pub program: &'a Program,
    pub pool: &'a Pool,
    pub layouts: &'a mut Layouts,
    pub sources: &'a SourceMap,
    pub names: &'a Interner,
}

/// `DW_OP_deref`
const DEREF: u64 = 0x06;

impl Debug {
    /// For a module that holds these functions; nothing if nobody is to be told anything.
    pub fn new<'ctx>(
        context: &'ctx Context,
        module: &Module<'ctx>,
        options: &Options,
        described: Described<'_>,
        holds: impl Fn(FuncId) -> bool,
    ) -> Result<Option<Debug>> {
        let info = options.debug.clone();
        if info.level == DebugLevel::None {
            return Ok(None);
        }
        let Described { program, pool, layouts, sources, names } = described;
        let number = |number: u64| context.i32_type().const_int(number, false);
        module.add_basic_value_flag("Debug Info Version", FlagBehavior::Warning, number(METADATA_VERSION));
        module.add_basic_value_flag("Dwarf Version", FlagBehavior::Warning, number(u64::from(DWARF_VERSION)));
        let mut types = DebugTypes::default();
        if info.level == DebugLevel::Full {
            for (id, func) in program.funcs().filter(|(id, _)| holds(*id)) {
                named_locals(func).for_each(|local| _ = types.number(pool, func.locals[local].ty));
                _ = types.number(pool, program.info(id).sig.ret);
                program.info(id).sig.params.iter().for_each(|param| _ = types.number(pool, param.ty));
            }
            types.complete(pool, layouts, names);
        }
        let nodes = types::metadata(context, &types)?;
        // SAFETY: the module lives as long as the builder does, which `build_module` sees to. Texts are given with their lengths.
        let (builder, direct, behind) = unsafe {
            let builder = LLVMCreateDIBuilder(module.as_mut_ptr());
            let direct = LLVMDIBuilderCreateExpression(builder, ptr::null_mut(), 0);
            (builder, direct, LLVMDIBuilderCreateExpression(builder, [DEREF].as_mut_ptr(), 1))
        };
        let optimises = options.level.optimises();
        let files = FxHashMap::default();
        let mut debug = Debug { builder, info, optimises, files, types, nodes, direct, behind };
        let main = program.entry.map_or(FileId(0), |entry| program.info(entry).span.file);
        let file = debug.file(main, sources);
        debug.create_unit(file);
        Ok(Some(debug))
    }

    fn create_unit(&self, file: LLVMMetadataRef) {
        let kind = match self.info.level {
            DebugLevel::Full => LLVMDWARFEmissionKind::LLVMDWARFEmissionKindFull,
            _ => LLVMDWARFEmissionKind::LLVMDWARFEmissionKindLineTablesOnly,
        };
        let nothing = c"".as_ptr();
        // SAFETY: all texts are given with their lengths; the builder keeps the unit.
        unsafe {
            LLVMDIBuilderCreateCompileUnit(
                self.builder,
                LLVMDWARFSourceLanguage::LLVMDWARFSourceLanguageRust,
                file,
                PRODUCER.as_ptr().cast(),
                PRODUCER.len(),
                self.optimises.into(),
                nothing,
                0,
                0,
                nothing,
                0,
                kind,
                0,
                1,
                0,
                nothing,
                0,
                nothing,
                0,
            );
        }
    }

    fn file(&mut self, id: FileId, sources: &SourceMap) -> LLVMMetadataRef {
        if let Some(file) = self.files.get(&id) {
            return *file;
        }
        let (name, folder) = (&sources.file(id).name, &self.info.folder);
        // SAFETY: both texts are given with their lengths.
        let file = unsafe {
            let name = (name.as_ptr().cast(), name.len());
            LLVMDIBuilderCreateFile(self.builder, name.0, name.1, folder.as_ptr().cast(), folder.len())
        };
        self.files.insert(id, file);
        file
    }

    fn node(&self, pool: &Pool, ty: TypeId) -> LLVMMetadataRef {
        self.types.find(pool, ty).map_or(ptr::null_mut(), |number| self.nodes[number.0 as usize])
    }

    /// The type of a function: its result, nothing if it has none, then its parameters.
    fn signature(&self, pool: &Pool, info: &FuncInfo, file: LLVMMetadataRef) -> LLVMMetadataRef {
        let mut types = Vec::new();
        if self.info.level == DebugLevel::Full {
            let has_result = !matches!(info.sig.ret, TypeId::UNIT | TypeId::NEVER);
            types.push(if has_result { self.node(pool, info.sig.ret) } else { ptr::null_mut() });
            types.extend(info.sig.params.iter().map(|param| self.node(pool, param.ty)));
        }
        // SAFETY: the list is given with its length.
        unsafe { LLVMDIBuilderCreateSubroutineType(self.builder, file, types.as_mut_ptr(), types.len() as u32, 0) }
    }

    /// Starts a function of the program; nothing for those that are not written in Kiln.
    pub fn function(
        &mut self,
        (pool, sources): (&Pool, &SourceMap),
        info: &FuncInfo,
        func: &Func,
        value: FunctionValue<'_>,
    ) -> Option<FuncDebug> {
        if !is_written(info, func) {
            return None;
        }
        let file = self.file(func.file, sources);
        let signature = self.signature(pool, info, file);
        let at = (file, sources.line_column(func.range.in_file(func.file)).line);
        let subprogram = self.subprogram((&info.name, &info.symbol), at, signature, value);
        let scopes = if self.info.level == DebugLevel::Full { Scopes::new(func) } else { Scopes::whole(func) };
        Some(FuncDebug::new(self, sources, func, scopes, file, subprogram))
    }

    fn subprogram(
        &self,
        (name, symbol): (&str, &str),
        (file, line): (LLVMMetadataRef, u32),
        signature: LLVMMetadataRef,
        value: FunctionValue<'_>,
    ) -> LLVMMetadataRef {
        // SAFETY: the texts are given with their lengths; the function is of the module of the builder.
        unsafe {
            let subprogram = LLVMDIBuilderCreateFunction(
                self.builder,
                file,
                name.as_ptr().cast(),
                name.len(),
                symbol.as_ptr().cast(),
                symbol.len(),
                file,
                line,
                signature,
                1,
                1,
                line,
                0,
                self.optimises.into(),
            );
            LLVMSetSubprogram(value.as_value_ref(), subprogram);
            subprogram
        }
    }

    /// Completes the module's metadata; nothing is told from now on.
    pub fn finish(self) {
        // SAFETY: the builder is valid, and not used afterwards.
        unsafe { LLVMDIBuilderFinalize(self.builder) };
    }
}

impl Unit<'_, '_> {
    /// Gives C's `main`, where the builder stands, the line of the program's `main`: that may become a part of it.
    pub fn locate_main(&mut self, main: FunctionValue<'_>, func: &Func) {
        let Some(debug) = self.debug.as_mut().filter(|debug| debug.optimises) else { return };
        let file = debug.file(func.file, self.sources);
        let at = self.sources.line_column(func.range.in_file(func.file));
        // SAFETY: the function is of the module of the builder, and the builder stands in it.
        unsafe {
            let signature = LLVMDIBuilderCreateSubroutineType(debug.builder, file, ptr::null_mut(), 0, 0);
            let subprogram = debug.subprogram(("main", "main"), (file, at.line), signature, main);
            let context = self.context.raw();
            let location = LLVMDIBuilderCreateDebugLocation(context, at.line, at.column, subprogram, ptr::null_mut());
            LLVMSetCurrentDebugLocation2(self.builder.as_mut_ptr(), location);
        }
    }
}

/// What is built from now on belongs to no line.
pub(crate) fn leave_lines(builder: &Builder<'_>) {
    // SAFETY: no location is a location.
    unsafe { LLVMSetCurrentDebugLocation2(builder.as_mut_ptr(), ptr::null_mut()) };
}
