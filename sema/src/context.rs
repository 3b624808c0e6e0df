//! Whole-program facts: what every body being checked shares.

use crate::global::Globals;
use crate::instance::Instances;
use crate::lang::Lang;
use crate::options::Options;
use crate::type_decl::TypeDecls;
use kiln_air as air;
use kiln_cfg::Program;
use kiln_hir as hir;
use kiln_interp::Vm;
use kiln_source::{
    DeclId, Diagnostic, ErrorReported, FileId, IdxVec, Interner, ModuleId, Reporter, SourceMap, Span, TextRange,
};
use kiln_types::{FuncId, Layouts, Pool, TypeId, ValueId};
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;

/// Result of anything that can be wrong in the user's program.
pub(crate) type Checked<T> = Result<T, ErrorReported>;

/// The state of one analysis.
pub(crate) struct Sema<'a> {
    /// The program as written.
    pub hir: &'a hir::Program,
    pub sources: &'a SourceMap,
    pub names: &'a mut Interner,
    pub reporter: &'a mut Reporter,
    pub options: &'a Options,
    /// Types and values.
    pub pool: Pool,
    pub layouts: Layouts,
    /// What is made: signatures, bodies, static data.
    pub program: Program,
    /// AIR of bodies, if it is kept.
    pub airs: IdxVec<FuncId, Option<air::Body>>,
    pub instances: Instances,
    /// The instances that are being checked, each for the one before.
    pub within: Vec<FuncId>,
    /// Which types have parts to freeze.
    pub freezes: FxHashMap<TypeId, bool>,
    /// Variables of generic functions that an instance leaves as they are: the warning, or `None` if another one changes them.
    pub unchanged: BTreeMap<Span, Option<Diagnostic>>,
    pub types: TypeDecls,
    pub globals: Globals,
    pub lang: Lang,
    /// Bytecode of what was run.
    pub vm: Vm,
    /// What was evaluated, if that is asked for.
    pub evaluations: crate::statistics::Evaluations,
    /// Buffers of the CFG builder.
    pub scratch: kiln_cfg::Scratch,
}

impl<'a> Sema<'a> {
    pub fn new(
        hir: &'a hir::Program,
        sources: &'a SourceMap,
        names: &'a mut Interner,
        reporter: &'a mut Reporter,
        options: &'a Options,
    ) -> Self {
        let lang = Lang::find(hir);
        let types = TypeDecls::new(hir);
        Sema {
            hir,
            sources,
            names,
            reporter,
            options,
            pool: Pool::new(),
            layouts: Layouts::new(options.target.clone()),
            program: Program::default(),
            airs: IdxVec::new(),
            instances: Instances::new(hir.decls.len()),
            within: Vec::new(),
            freezes: FxHashMap::default(),
            unchanged: BTreeMap::new(),
            types,
            globals: Globals::default(),
            lang,
            vm: Vm::new(kiln_interp::Mode::Comptime),
            evaluations: crate::statistics::Evaluations::default(),
            scratch: kiln_cfg::Scratch::default(),
        }
    }

    /// Reports an error; in a generic instance, with the chain that led to it.
    pub fn error(&mut self, diagnostic: Diagnostic) -> ErrorReported {
        let diagnostic = self.with_chain(diagnostic);
        self.reporter.error(diagnostic)
    }

    pub fn file_of(&self, module: ModuleId) -> FileId {
        self.hir.modules[module].file
    }

    pub fn decl(&self, decl: DeclId) -> &'a hir::Decl {
        &self.hir.decls[decl]
    }

    pub fn span_in(&self, decl: DeclId, range: TextRange) -> Span {
        range.in_file(self.file_of(self.hir.decls[decl].module))
    }

    /// A type as messages spell it.
    pub fn show(&self, ty: TypeId) -> String {
        self.pool.display(ty, self.names).to_string()
    }

    /// A value as messages spell it.
    pub fn show_value(&self, value: ValueId) -> String {
        match self.text_of_owned(value) {
            Some(text) => format!("{text:?}"),
            None => self.pool.display_value(value, self.names).to_string(),
        }
    }

    /// A declaration's path from its module: `Point::norm1`.
    pub fn decl_path(&self, decl: DeclId) -> String {
        let this = self.decl(decl);
        let name = self.names.name(this.name.symbol);
        match this.parent {
            Some(parent) if this.is_member => format!("{}::{name}", self.decl_path(parent)),
            _ => name.to_owned(),
        }
    }

    /// The declaration whose captures a declaration's instances carry: a member's is its type's.
    pub fn capture_holder(&self, mut decl: DeclId) -> DeclId {
        while self.hir.decls[decl].is_member {
            decl = self.hir.decls[decl].parent.expect("members have a type");
        }
        decl
    }
}
