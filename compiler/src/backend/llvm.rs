//! Native code through LLVM, as objects or in memory.

use super::{Backend, Capabilities, Loaded, Made, Unit, Wanted};
use crate::errors::{BackendUnavailable, InternalError, UnreadableFile};
use crate::{Library, OptLevel, Options, Stage};
use kiln_codegen_llvm as codegen;
use kiln_codegen_llvm::CodegenError;
use kiln_source::Diagnostic;
use std::fs;
use std::path::PathBuf;

/// LLVM.
pub(super) struct Llvm {
    /// Whether it loads programs that are to be run into this process, if they need nothing from elsewhere.
    pub in_memory: bool,
}

/// Parts a big program is split into, to be made by several threads. A part more costs little on a machine with few cores.
const UNITS: usize = 8;

impl Loaded for codegen::Loaded {
    fn run(&self, count: i32) -> i32 {
        codegen::Loaded::run(self, count)
    }
}

impl Backend for Llvm {
    fn name(&self) -> &'static str {
        "LLVM"
    }

    fn version(&self) -> String {
        let (major, minor, patch) = codegen::llvm_version();
        format!("{major}.{minor}.{patch}")
    }

    fn capabilities(&self) -> Capabilities {
        let stages = &[Stage::LlvmIr, Stage::NativeAsm, Stage::Obj, Stage::Bitcode];
        Capabilities { stages, links: !self.in_memory, executes: true, optimises: true }
    }

    fn targets(&self) -> Vec<&'static str> {
        codegen::targets()
    }

    fn compile(&self, unit: Unit<'_>, wanted: &Wanted) -> Result<Made, Box<Diagnostic>> {
        let Unit { program, pool, layouts, sources, names, name, options } = unit;
        let wants = |stage| wanted.stages.contains(&stage);
        let bitcode = read_bitcode(options)?;
        let mut settings = settings(name, options, wanted);
        if options.tuning.lto {
            settings.joined.clone_from(&bitcode);
        }
        let made = codegen::compile(program, pool, layouts, sources, names, &settings).map_err(diagnostic)?;
        let shown = if settings.wanted.optimised_ir { made.optimised_ir } else { made.ir.clone() };
        let stages = [
            (Stage::LlvmIr, shown.map(String::into_bytes)),
            (Stage::NativeAsm, made.assembly),
            (Stage::Obj, made.objects.first().filter(|_| wants(Stage::Obj)).cloned()),
            (Stage::Bitcode, made.bitcode),
        ];
        let stages = stages.into_iter().filter_map(|(stage, bytes)| Some((stage, bytes?))).collect();
        let unoptimised = made.ir.filter(|_| options.tuning.keep_unopt).map(String::into_bytes);
        let mut objects = if wanted.executable { made.objects } else { Vec::new() };
        if wanted.executable && !options.tuning.lto {
            for module in &bitcode {
                objects.push(codegen::compile_bitcode(module, &options.target, &settings).map_err(diagnostic)?);
            }
        }
        // A foreign function that only the linker finds is no mistake.
        let loaded = (self.in_memory && wanted.in_memory).then(|| codegen::load(&objects).ok()).flatten();
        let loaded = loaded.map(|loaded| Box::new(loaded) as Box<dyn Loaded>);
        Ok(Made { stages, unoptimised, objects: if loaded.is_some() { Vec::new() } else { objects }, loaded })
    }
}

/// The modules that come as bitcode.
fn read_bitcode(options: &Options) -> Result<Vec<codegen::Bitcode>, Box<Diagnostic>> {
    let read = |path: &PathBuf| {
        let name = path.to_string_lossy().into_owned();
        match fs::read(path) {
            Ok(bytes) => Ok(codegen::Bitcode { name: name.into(), bytes: bytes.into() }),
            Err(error) => Err(Box::new(UnreadableFile { name: &name, error: error.into(), import: None }.diagnostic())),
        }
    };
    options.tuning.bitcode.iter().map(read).collect()
}

fn settings(name: &str, options: &Options, wanted: &Wanted) -> codegen::Options {
    let tuning = &options.tuning;
    let level = level(options.opt);
    let wants = |stage| wanted.stages.contains(&stage);
    // Without passes the text is the one that can be read beside the CFG.
    let is_changed = (level.optimises() && !tuning.skip_opt) || tuning.passes.is_some();
    codegen::Options {
        module_name: name.into(),
        level,
        cpu: tuning.cpu.as_deref().unwrap_or("").into(),
        features: tuning.features.as_deref().unwrap_or("").into(),
        passes: match (&tuning.passes, tuning.skip_opt) {
            (Some(passes), _) => Some(passes.as_str().into()),
            (None, true) => Some("".into()),
            (None, false) => None,
        },
        debug: codegen::DebugInfo { level: options.debug_level(), folder: options.debug_folder().into() },
        unwind_tables: options.debug_level() != codegen::DebugLevel::None,
        units: match (level.optimises(), tuning.units) {
            // What parts share they would show to other archives too.
            _ if wants(Stage::Obj) || options.library == Some(Library::Static) => 1,
            (true, None) => 1,
            (_, Some(units)) => units,
            (false, None) => UNITS,
        },
        wanted: codegen::Wanted {
            ir: wants(Stage::LlvmIr) && (!is_changed || tuning.keep_unopt),
            optimised_ir: wants(Stage::LlvmIr) && is_changed,
            bitcode: wants(Stage::Bitcode),
            assembly: wants(Stage::NativeAsm),
            object: wants(Stage::Obj) || wanted.executable,
        },
        hidden: wanted.hidden,
        // Sema has compared the arguments of every call.
        exclusive: true,
        ..codegen::Options::default()
    }
}

fn level(opt: OptLevel) -> codegen::OptLevel {
    match opt {
        OptLevel::None => codegen::OptLevel::O0,
        OptLevel::Less => codegen::OptLevel::O1,
        OptLevel::Default => codegen::OptLevel::O2,
        OptLevel::Aggressive => codegen::OptLevel::O3,
        OptLevel::Size => codegen::OptLevel::Os,
        OptLevel::MinSize => codegen::OptLevel::Oz,
    }
}

fn diagnostic(error: CodegenError) -> Box<Diagnostic> {
    let reason = error.to_string();
    Box::new(match error {
        CodegenError::TargetUnavailable { .. }
        | CodegenError::CAbiUnsupported { .. }
        | CodegenError::EmissionFailed { .. } => {
            let (major, minor, patch) = codegen::llvm_version();
            BackendUnavailable::Refused { backend: format!("LLVM {major}.{minor}.{patch}"), reason }.diagnostic()
        }
        CodegenError::LayoutDiffers { .. } | CodegenError::Broken { .. } => {
            InternalError { phase: "generating code", message: &reason, place: None }.diagnostic()
        }
    })
}
