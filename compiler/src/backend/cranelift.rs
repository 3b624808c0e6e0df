//! Native code through Cranelift: quick to make, little optimised, without LLVM.

use super::{Backend, Capabilities, Loaded, Made, Unit, Wanted};
use crate::errors::{BackendUnavailable, InternalError};
use crate::{OptLevel, Stage};
use kiln_codegen_cranelift as codegen;
use kiln_codegen_cranelift::CodegenError;
use kiln_source::Diagnostic;
use std::thread;

/// Cranelift.
pub(super) struct Cranelift;

/// Functions that are worth another thread.
const WORTH_A_THREAD: usize = 200;
/// More threads would wait for the one that builds the functions.
const MOST_THREADS: usize = 7;

impl Loaded for codegen::Loaded {
    fn run(&self, count: i32) -> i32 {
        codegen::Loaded::run(self, count)
    }
}

impl Backend for Cranelift {
    fn name(&self) -> &'static str {
        "Cranelift"
    }

    fn version(&self) -> String {
        codegen::VERSION.to_owned()
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities { stages: &[Stage::Clif, Stage::Obj], links: true, executes: true, optimises: false }
    }

    fn targets(&self) -> Vec<&'static str> {
        codegen::targets()
    }

    fn compile(&self, unit: Unit<'_>, wanted: &Wanted) -> Result<Made, Box<Diagnostic>> {
        let Unit { program, pool, layouts, sources, names, name, options } = unit;
        let wants = |stage| wanted.stages.contains(&stage);
        let functions = program.bodies.iter().flatten().count();
        let cores = thread::available_parallelism().map_or(1, usize::from);
        let settings = codegen::Options {
            module_name: name.into(),
            optimise: options.opt != OptLevel::None,
            threads: (cores - 1).min(functions / WORTH_A_THREAD).min(MOST_THREADS),
            ir: wants(Stage::Clif),
            debug: codegen::DebugInfo { level: options.debug_level(), folder: options.debug_folder().into() },
            unwind_tables: options.debug_level() != codegen::DebugLevel::None,
            ..codegen::Options::default()
        };
        if wanted.in_memory && wanted.stages.is_empty() {
            match codegen::load(program, pool, layouts, sources, names, &settings) {
                Ok(loaded) => return Ok(Made { loaded: Some(Box::new(loaded)), ..Made::default() }),
                // A foreign function that only the linker finds.
                Err(CodegenError::EmissionFailed { .. }) => {}
                Err(error) => return Err(diagnostic(error)),
            }
        }
        let made = codegen::compile(program, pool, layouts, sources, names, &settings).map_err(diagnostic)?;
        let mut stages: Vec<(Stage, Vec<u8>)> = Vec::new();
        stages.extend(made.ir.map(|text| (Stage::Clif, text.into_bytes())));
        if wants(Stage::Obj) {
            stages.push((Stage::Obj, made.object.clone()));
        }
        let objects = if wanted.executable { vec![made.object] } else { Vec::new() };
        Ok(Made { stages, objects, ..Made::default() })
    }
}

fn diagnostic(error: CodegenError) -> Box<Diagnostic> {
    let reason = error.to_string();
    Box::new(match error {
        CodegenError::TargetUnavailable { .. }
        | CodegenError::CAbiUnsupported { .. }
        | CodegenError::EmissionFailed { .. } => {
            let backend = format!("Cranelift {}", codegen::VERSION);
            BackendUnavailable::Refused { backend, reason }.diagnostic()
        }
        CodegenError::LayoutDiffers { .. } | CodegenError::Broken { .. } => {
            InternalError { phase: "generating code", message: &reason, place: None }.diagnostic()
        }
    })
}
