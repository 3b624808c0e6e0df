//! The module under construction and everything known about it: declared functions, data, helpers.

use crate::debug::Records;
use crate::gen_fn::Gen;
use crate::jobs::Jobs;
use crate::runtime::Helper;
use crate::signature::{Signatures, signature_of_c, signature_of_kiln};
use cranelift_codegen::ir::{self, Signature, UserFuncName};
use cranelift_frontend::{FunctionBuilder, FunctionBuilderContext};
use cranelift_module::{DataId, FuncId as CodeId, Linkage, Module, ModuleError};
use kiln_cfg::{FuncKind, Program};
use kiln_codegen::abi::FnAbi;
use kiln_codegen::{CAbi, CodegenError, DebugLevel, Facts, Places, Result, broken};
use kiln_source::{Idx, Interner, SourceMap};
use kiln_types::{FuncId, Layouts, Pool, StaticId, ValueId};
use rustc_hash::FxHashMap;
use std::rc::Rc;

/// How a declared function is called.
#[derive(Clone)]
pub(crate) enum Convention {
    /// Kiln's own.
    Kiln(Rc<FnAbi>),
    /// C's; with the linker's name.
    C(Rc<CAbi>),
}

/// A function of the program in the module.
#[derive(Clone)]
pub(crate) struct Declared {
    pub id: CodeId,
    pub convention: Convention,
}

/// What a unit is made from.
pub(crate) struct Input<'p> {
    pub program: &'p Program,
    pub pool: &'p Pool,
    pub layouts: &'p mut Layouts,
    pub sources: &'p SourceMap,
    pub names: &'p Interner,
}

/// The module under construction.
pub(crate) struct Unit<'p> {
    pub module: &'p mut dyn Module,
    pub program: &'p Program,
    pub pool: &'p Pool,
    pub layouts: &'p mut Layouts,
    pub sources: &'p SourceMap,
    pub signatures: Signatures,
    /// Whether the code is made for addresses of this process.
    pub in_memory: bool,
    functions: Vec<Option<Declared>>,
    pub places: Places,
    /// The constant with all places; its content comes when all are known.
    pub places_data: Option<DataId>,
    pub helpers: FxHashMap<Helper, CodeId>,
    /// Helpers that are declared and have no body yet.
    pub wanted: Vec<(Helper, CodeId)>,
    pub statics: FxHashMap<StaticId, DataId>,
    pub constants: FxHashMap<ValueId, DataId>,
    /// Static data that is referred to and has no content yet.
    pub unfilled: Vec<StaticId>,
    pub jobs: Jobs,
    contexts: Vec<FunctionBuilderContext>,
    /// What a debugger is told.
    pub debug_level: DebugLevel,
    /// What is kept for it.
    pub records: Records,
}

/// What Cranelift refuses, as an error.
pub(crate) fn refused(error: ModuleError) -> Box<CodegenError> {
    Box::new(CodegenError::EmissionFailed { reason: format!("Cranelift failed: {error}") })
}

impl<'p> Unit<'p> {
    pub fn new(module: &'p mut dyn Module, input: &'p mut Input<'_>, jobs: Jobs, in_memory: bool) -> Self {
        let Input { program, pool, layouts, sources, .. } = input;
        let signatures = Signatures::new(module.target_config());
        Unit {
            module,
            program,
            pool,
            layouts,
            sources,
            signatures,
            in_memory,
            functions: vec![None; program.infos.len()],
            places: Places::default(),
            places_data: None,
            helpers: FxHashMap::default(),
            wanted: Vec::new(),
            statics: FxHashMap::default(),
            constants: FxHashMap::default(),
            unfilled: Vec::new(),
            jobs,
            contexts: Vec::new(),
            debug_level: DebugLevel::None,
            records: Records::default(),
        }
    }

    /// The program for the decisions that all code generators share.
    pub fn facts(&mut self) -> Facts<'_> {
        Facts { program: self.program, pool: self.pool, layouts: self.layouts }
    }

    /// The function in the module; declared when it is asked for first.
    pub fn function(&mut self, id: FuncId) -> Result<Declared> {
        if let Some(Some(declared)) = self.functions.get(id.index()) {
            return Ok(declared.clone());
        }
        let program = self.program;
        let Some(Some(info)) = program.infos.get(id) else {
            return broken(format!("{id:?} is not in the program"));
        };
        let declared = match &info.kind {
            FuncKind::Extern { symbol, .. } => {
                let abi = CAbi::new(self.pool, self.layouts, &info.sig, &[], symbol)?;
                let sig = signature_of_c(&self.signatures, &abi);
                Declared { id: self.foreign(symbol, &sig)?, convention: Convention::C(Rc::new(abi)) }
            }
            FuncKind::Kiln | FuncKind::Glue(_) | FuncKind::Export { .. } | FuncKind::Callback => {
                if program.bodies.get(id).is_none_or(Option::is_none) {
                    return broken(format!("`{}` is called but has no body", info.name));
                }
                let abi = FnAbi::new(self.pool, self.layouts, &info.sig.params, info.sig.ret);
                let sig = signature_of_kiln(&self.signatures, &abi);
                let id = self.declare(&info.symbol, Linkage::Local, &sig)?;
                Declared { id, convention: Convention::Kiln(Rc::new(abi)) }
            }
        };
        self.functions[id.index()] = Some(declared.clone());
        Ok(declared)
    }

    /// Declares a function of this module.
    pub fn declare(&mut self, symbol: &str, linkage: Linkage, sig: &Signature) -> Result<CodeId> {
        self.module.declare_function(symbol, linkage, sig).map_err(refused)
    }

    /// A function outside of the program. Its first signature stays the declared one; calls bring their own.
    pub fn foreign(&mut self, symbol: &str, sig: &Signature) -> Result<CodeId> {
        match self.module.get_name(symbol) {
            Some(cranelift_module::FuncOrDataId::Func(id)) => Ok(id),
            _ => self.declare(symbol, Linkage::Import, sig),
        }
    }

    /// Builds a function's body and hands it on to be compiled. Bodies may be built in between each other.
    pub fn define(&mut self, id: CodeId, build: impl FnOnce(&mut Gen<'_, '_, 'p>) -> Result<()>) -> Result<()> {
        let sig = self.module.declarations().get_function_decl(id).signature.clone();
        let mut func = ir::Function::with_name_signature(UserFuncName::user(0, id.as_u32()), sig);
        let mut context = self.contexts.pop().unwrap_or_default();
        let config = self.module.target_config();
        let mut generator = Gen::new(self, FunctionBuilder::new(&mut func, &mut context));
        let built = build(&mut generator);
        match built {
            Ok(()) => {
                generator.b.seal_all_blocks();
                generator.b.finalize(config);
            }
            Err(error) => {
                // A half-built function would be found out by the builder's checks.
                std::mem::forget(generator);
                return Err(error);
            }
        }
        self.contexts.push(context);
        self.jobs.push(id, func);
        Ok(())
    }

    /// Defines all functions that were compiled, in the order they were built.
    pub fn define_compiled(&mut self) -> Result<()> {
        for code in self.jobs.finish()? {
            self.module.define_function_bytes(code.id, code.align, &code.bytes, &code.relocs).map_err(refused)?;
            self.records.compiled.extend(code.debug.map(|debug| (code.id, debug)));
        }
        Ok(())
    }
}
