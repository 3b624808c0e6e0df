//! Native code through LLVM.

use super::{Backend, Made, Unit, Wanted};
use crate::errors::{BackendUnavailable, InternalError};
use crate::{OptLevel, Stage};
use kiln_codegen_llvm as codegen;
use kiln_codegen_llvm::CodegenError;
use kiln_source::Diagnostic;

/// LLVM.
pub(super) struct Llvm;

/// Parts a big program is split into, to be made by several threads. A part more costs little on a machine with few cores.
const UNITS: usize = 8;

impl Backend for Llvm {
    fn compile(&self, unit: Unit<'_>, wanted: &Wanted) -> Result<Made, Box<Diagnostic>> {
        let Unit { program, pool, layouts, sources, names, name, opt } = unit;
        let level = level(opt);
        let wants = |stage| wanted.stages.contains(&stage);
        let options = codegen::Options {
            module_name: name.into(),
            level,
            units: if wants(Stage::Obj) { 1 } else { UNITS },
            wanted: codegen::Wanted {
                // Without passes the text is the one that can be read beside the CFG.
                ir: wants(Stage::LlvmIr) && !level.optimises(),
                optimised_ir: wants(Stage::LlvmIr) && level.optimises(),
                bitcode: wants(Stage::Bitcode),
                assembly: wants(Stage::NativeAsm),
                object: wants(Stage::Obj) || wanted.executable,
            },
            ..codegen::Options::default()
        };
        let made = codegen::compile(program, pool, layouts, sources, names, &options).map_err(diagnostic)?;
        let stages = [
            (Stage::LlvmIr, made.ir.or(made.optimised_ir).map(String::into_bytes)),
            (Stage::NativeAsm, made.assembly),
            (Stage::Obj, made.objects.first().filter(|_| wants(Stage::Obj)).cloned()),
            (Stage::Bitcode, made.bitcode),
        ];
        let stages = stages.into_iter().filter_map(|(stage, bytes)| Some((stage, bytes?))).collect();
        Ok(Made { stages, objects: if wanted.executable { made.objects } else { Vec::new() } })
    }
}

fn level(opt: OptLevel) -> codegen::OptLevel {
    match opt {
        OptLevel::None => codegen::OptLevel::O0,
        OptLevel::Less => codegen::OptLevel::O1,
        OptLevel::Default => codegen::OptLevel::O2,
        OptLevel::Aggressive => codegen::OptLevel::O3,
        OptLevel::Size => codegen::OptLevel::Os,
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
