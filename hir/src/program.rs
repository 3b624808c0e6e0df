//! All modules and declarations of a program.

use crate::Decl;
use kiln_source::{DeclId, FileId, IdxVec, ModuleId, Span, Symbol, TextRange, Warning, define_id};
use rustc_hash::{FxHashMap, FxHashSet};

define_id!(
    /// An `@import` or `@embed_file` of the program.
    ImportId, "import"
);

/// What is brought in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ImportKind {
    /// A module.
    Module,
    /// A file's bytes.
    Bytes,
}

/// A file that a module names. Whoever loads files sets what it is.
#[derive(Clone, Debug)]
pub struct Import {
    /// The module that names it.
    pub module: ModuleId,
    /// As written.
    pub path: Symbol,
    /// Where the text stands.
    pub range: TextRange,
    /// What is wanted.
    pub kind: ImportKind,
    /// The module; `None` while not loaded, or when that failed (reported).
    pub target: Option<ModuleId>,
    /// The bytes of an embedded file.
    pub bytes: Option<Box<[u8]>>,
}

/// A file's declarations.
#[derive(Clone, Debug)]
pub struct Module {
    /// The file.
    pub file: FileId,
    /// Its name in printed paths: `util`, `std::vec`; the root's too.
    pub name: Box<str>,
    /// Top-level names.
    pub names: FxHashMap<Symbol, DeclId>,
    /// Top-level declarations in order, those without a name included.
    pub decls: Vec<DeclId>,
    /// Where `@allow` silences which warnings.
    pub allows: Vec<(TextRange, Warning)>,
    /// Names of all methods it calls.
    pub methods: FxHashSet<Symbol>,
    /// A part of the bundled library: its warnings are not shown.
    pub is_std: bool,
}

/// A program as HIR.
#[derive(Clone, Debug, Default)]
pub struct Program {
    /// Modules; the first is the root.
    pub modules: IdxVec<ModuleId, Module>,
    /// Declarations.
    pub decls: IdxVec<DeclId, Decl>,
    /// Imports of all modules.
    pub imports: IdxVec<ImportId, Import>,
    /// Declarations that some expression names, by id; for `unused_function`.
    pub used: Vec<bool>,
}

impl Program {
    /// The module that programs start in.
    pub const ROOT: ModuleId = ModuleId(0);

    /// Where a declaration stands.
    pub fn span(&self, decl: DeclId) -> Span {
        let decl = &self.decls[decl];
        decl.range.in_file(self.modules[decl.module].file)
    }

    /// Where a declaration's name stands.
    pub fn name_span(&self, decl: DeclId) -> Span {
        let decl = &self.decls[decl];
        decl.name.range.in_file(self.modules[decl.module].file)
    }

    /// Marks a declaration as used.
    pub fn mark_used(&mut self, decl: DeclId) {
        if self.used.len() <= decl.0 as usize {
            self.used.resize(decl.0 as usize + 1, false);
        }
        self.used[decl.0 as usize] = true;
    }

    /// Whether some expression names the declaration.
    pub fn is_used(&self, decl: DeclId) -> bool {
        self.used.get(decl.0 as usize).copied().unwrap_or(false)
    }

    /// All `@allow`s as spans.
    pub fn allows(&self) -> Vec<(Span, Warning)> {
        let of = |module: &Module| {
            let file = module.file;
            module.allows.iter().map(move |(range, warning)| (range.in_file(file), *warning)).collect::<Vec<_>>()
        };
        self.modules.iter().flat_map(of).collect()
    }
}
