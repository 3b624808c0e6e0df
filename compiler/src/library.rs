//! The compiler for other programs: source text in, all that is made of it out.

use crate::pipeline::compile_files;
use crate::{
    BackendName, Compilation, Emit, Emitted, Format, Memory, Mode, OptLevel, Options, Stage, guarded, has_cranelift,
    has_llvm, render,
};
use kiln_source::{Diagnostic, Severity, SourceMap};

/// What [`compile`] made of a program.
#[derive(Debug, Default)]
pub struct Artifacts {
    /// LLVM's textual IR before its passes.
    pub ir: Option<String>,
    /// LLVM's textual IR after its passes; none without optimisation, where none run.
    pub optimised_ir: Option<String>,
    /// The object file.
    pub object: Option<Vec<u8>>,
    /// All stages that were asked for, in the order of the pipeline.
    pub stages: Vec<Emitted>,
    /// What there is to say about the program. If an error is among it, nothing was made.
    pub diagnostics: Vec<Diagnostic>,
    /// The files that the diagnostics point into.
    pub sources: SourceMap,
}

impl Artifacts {
    /// Whether the program is wrong.
    pub fn has_errors(&self) -> bool {
        self.diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error)
    }

    /// The diagnostics as text without colours.
    pub fn rendered(&self, format: Format) -> String {
        render(&self.diagnostics, &self.sources, format, false)
    }

    fn of(compilation: Compilation, options: &Options) -> Artifacts {
        let Compilation { sources, diagnostics, emitted: stages, unoptimised, .. } = compilation;
        let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
        let made = |stage| stages.iter().find(|made| made.stage == stage).map(|made| made.bytes.clone());
        let last = made(Stage::LlvmIr).map(text);
        let optimises = options.opt != OptLevel::None || options.tuning.passes.is_some();
        let (ir, optimised_ir) = if optimises { (unoptimised.map(text), last) } else { (last, None) };
        Artifacts { ir, optimised_ir, object: made(Stage::Obj), stages, diagnostics, sources }
    }
}

/// Compiles a program of one file to what the options ask for; if they name no stage, to IR and an object, as far as this build
/// makes them. The program is called as the first input of the options, or `main.kiln`; it can import the standard library.
/// [`compile_files`] compiles programs of several files.
///
/// Nothing is read from or written to the disk, and nothing is kept: any number of threads can compile at once. A mistake of
/// the compiler itself is a diagnostic, too.
///
/// ```
/// use kiln_compiler::{Mode, Options, compile};
/// let options = Options::new(Mode::Build, vec!["seven.kiln".into()]);
/// let right = compile("fn main() -> i32 { 7 }", &options);
/// assert!(!right.has_errors());
/// let wrong = compile("fn main() -> i32 { seven() }", &options);
/// assert_eq!(wrong.diagnostics[0].code.unwrap().id, "E0101");
/// assert!(wrong.object.is_none());
/// ```
pub fn compile(source: &str, options: &Options) -> Artifacts {
    let mut options = options.clone();
    if options.inputs.is_empty() {
        options.inputs.push("main.kiln".into());
    }
    if options.emits.is_empty() && options.mode == Mode::Build {
        options.emits = everything(options.backend).iter().map(|stage| Emit { stage: *stage, path: None }).collect();
    }
    options.tuning.keep_unopt = options.emits(Stage::LlvmIr);
    let files = Memory::from([(options.inputs[0].clone(), source)]);
    let compiled = guarded(|| compile_files(&options, &files));
    match compiled {
        Ok(compilation) => Artifacts::of(compilation, &options),
        Err(bug) => Artifacts { diagnostics: vec![*bug], ..Artifacts::default() },
    }
}

/// What a backend makes of a program when nothing in particular is asked for.
fn everything(backend: BackendName) -> &'static [Stage] {
    match backend {
        BackendName::Auto | BackendName::Llvm | BackendName::Jit if has_llvm() => &[Stage::LlvmIr, Stage::Obj],
        BackendName::Auto | BackendName::Cranelift if has_cranelift() => &[Stage::Obj],
        _ => &[],
    }
}
