//! The forms of a program that `--emit` shows.

/// A form of the program. In the order of the pipeline.
#[derive(Clone, Copy, PartialEq, Eq, Debug, PartialOrd, Ord, Hash)]
pub enum Stage {
    /// One token a line.
    Tokens,
    /// The syntax tree, one node a line.
    Ast,
    /// The desugared form.
    Hir,
    /// Typed functions.
    Air,
    /// Basic blocks.
    Cfg,
    /// What is exported, as a C header.
    Header,
    /// Cranelift's textual IR.
    Clif,
    /// LLVM's textual IR.
    LlvmIr,
    /// The target's assembly.
    NativeAsm,
    /// An object file.
    Obj,
    /// LLVM's bitcode.
    Bitcode,
}

/// Every stage with its names; the first is the one that is shown.
const NAMES: &[(Stage, &[&str])] = &[
    (Stage::Tokens, &["tokens"]),
    (Stage::Ast, &["ast"]),
    (Stage::Hir, &["hir"]),
    (Stage::Air, &["air"]),
    (Stage::Cfg, &["cfg"]),
    (Stage::Header, &["header"]),
    (Stage::Clif, &["clif"]),
    (Stage::LlvmIr, &["asm", "llvm-ir"]),
    (Stage::NativeAsm, &["native-asm"]),
    (Stage::Obj, &["obj"]),
    (Stage::Bitcode, &["bc"]),
];

impl Stage {
    /// The stage that `--emit` knows by this name.
    ///
    /// ```
    /// use kiln_compiler::Stage;
    /// assert_eq!(Stage::named("asm"), Stage::named("llvm-ir"));
    /// assert_eq!(Stage::named("mir"), None);
    /// ```
    pub fn named(name: &str) -> Option<Stage> {
        NAMES.iter().find(|(_, names)| names.contains(&name)).map(|(stage, _)| *stage)
    }

    /// The name `--emit` knows it by.
    pub fn name(self) -> &'static str {
        NAMES.iter().find(|(stage, _)| *stage == self).expect("each stage has a name").1[0]
    }

    /// All names, aliases included, in the order of the pipeline.
    pub fn names() -> impl Iterator<Item = &'static str> {
        NAMES.iter().flat_map(|(_, names)| names.iter().copied())
    }

    /// Whether a backend makes it, of a whole program.
    pub fn is_made_by_backend(self) -> bool {
        self >= Stage::Clif
    }

    /// Whether `--only` can show one function of it.
    pub fn has_functions(self) -> bool {
        matches!(self, Stage::Air | Stage::Cfg | Stage::LlvmIr | Stage::NativeAsm)
    }

    /// Whether it is bytes that a terminal can't show.
    pub fn is_binary(self) -> bool {
        matches!(self, Stage::Obj | Stage::Bitcode)
    }
}
