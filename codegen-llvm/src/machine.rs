//! LLVM's idea of the target: which ones there are, the machine that emits for one, and that both of us lay scalars out alike.

use crate::errors::{Failure, Result};
use crate::types::Scalars;
use crate::{CodegenError, OptLevel, Options};
use inkwell::OptimizationLevel;
use inkwell::context::Context;
use inkwell::targets::{
    CodeModel, InitializationConfig, RelocMode, Target as LlvmTarget, TargetData, TargetMachine, TargetMachineOptions,
    TargetTriple,
};
use inkwell::types::BasicTypeEnum;
use kiln_types::{Arch, Layouts, Os, Pool, Target, TypeId};

/// Version of the LLVM in use, such as `(22, 1, 8)`.
pub fn llvm_version() -> (u32, u32, u32) {
    inkwell::support::get_llvm_version()
}

/// The triples of Kiln's targets that this LLVM can compile for.
pub fn targets() -> Vec<&'static str> {
    Target::known()
        .filter(|triple| Target::from_triple(triple).is_ok_and(|target| llvm_target(&target).is_ok()))
        .collect()
}

fn initialise(arch: Arch) {
    let parts = InitializationConfig {
        asm_parser: true,
        asm_printer: true,
        base: true,
        disassembler: false,
        info: true,
        machine_code: true,
    };
    match arch {
        Arch::X86_64 | Arch::X86 => LlvmTarget::initialize_x86(&parts),
        Arch::Aarch64 => LlvmTarget::initialize_aarch64(&parts),
        Arch::Arm => LlvmTarget::initialize_arm(&parts),
        Arch::Riscv64 | Arch::Riscv32 => LlvmTarget::initialize_riscv(&parts),
        Arch::Wasm32 => LlvmTarget::initialize_webassembly(&parts),
    }
}

fn llvm_target(target: &Target) -> Result<(LlvmTarget, TargetTriple)> {
    initialise(target.arch);
    let triple = TargetTriple::create(&target.triple);
    match LlvmTarget::from_triple(&triple) {
        Ok(found) => Ok((found, triple)),
        Err(reason) => Err(unavailable(target, reason.to_string())),
    }
}

fn unavailable(target: &Target, reason: String) -> Failure {
    CodegenError::TargetUnavailable { triple: target.triple.to_string(), reason }.into()
}

/// The processor, features and ABI name that programs for a target are compiled for, unless asked otherwise.
struct Defaults {
    cpu: &'static str,
    features: &'static str,
    abi: &'static str,
}

fn defaults(target: &Target) -> Defaults {
    let (cpu, features, abi) = match target.arch {
        Arch::X86_64 => ("x86-64", "", ""),
        // The first with SSE2: x87 arithmetic would not give the same results everywhere.
        Arch::X86 => ("pentium4", "", ""),
        Arch::Aarch64 => ("generic", "", ""),
        Arch::Arm => ("generic", "+v7,+vfp3d16,+thumb2", ""),
        Arch::Riscv64 => ("generic-rv64", "+m,+a,+f,+d,+c", "lp64d"),
        Arch::Riscv32 => ("generic-rv32", "+m,+a,+c", "ilp32"),
        // What every engine has had for years, whatever the version of LLVM takes for generic.
        Arch::Wasm32 => ("generic", "+bulk-memory,+mutable-globals,+nontrapping-fptoint,+sign-ext", ""),
    };
    Defaults { cpu, features, abi }
}

/// The ABI name that RISC-V modules also carry as a flag; empty on other targets.
pub(crate) fn abi_name(target: &Target) -> &'static str {
    defaults(target).abi
}

/// The machine that emits code for a target.
pub(crate) fn target_machine(target: &Target, options: &Options) -> Result<TargetMachine> {
    let (found, triple) = llvm_target(target)?;
    let defaults = defaults(target);
    let cpu = if options.cpu.is_empty() { defaults.cpu } else { &options.cpu };
    let features = match (defaults.features, &*options.features) {
        (usual, "") => usual.to_owned(),
        ("", asked) => asked.to_owned(),
        (usual, asked) => format!("{usual},{asked}"),
    };
    let level = match options.level {
        OptLevel::O0 => OptimizationLevel::None,
        OptLevel::O1 => OptimizationLevel::Less,
        OptLevel::O2 | OptLevel::Os | OptLevel::Oz => OptimizationLevel::Default,
        OptLevel::O3 => OptimizationLevel::Aggressive,
    };
    let reloc = if target.os == Os::Freestanding { RelocMode::Static } else { RelocMode::PIC };
    let wanted = TargetMachineOptions::new()
        .set_cpu(cpu)
        .set_features(&features)
        .set_abi(defaults.abi)
        .set_level(level)
        .set_reloc_mode(reloc)
        .set_code_model(CodeModel::Default);
    found
        .create_target_machine_from_options(&triple, wanted)
        .ok_or_else(|| unavailable(target, "it has no code generator for it".into()))
}

/// That LLVM's data layout gives every scalar the size Kiln's layout gives it, and demands no more alignment.
pub(crate) fn check_layouts(context: &Context, data: &TargetData, pool: &Pool, layouts: &mut Layouts) -> Result<()> {
    let scalars = Scalars::new(context, layouts.target().pointer_bits());
    let rows: [(&'static str, TypeId, BasicTypeEnum<'_>); 8] = [
        ("i8", TypeId::I8, scalars.int(8).into()),
        ("i16", TypeId::I16, scalars.int(16).into()),
        ("i32", TypeId::I32, scalars.int(32).into()),
        ("i64", TypeId::I64, scalars.int(64).into()),
        ("i128", TypeId::I128, scalars.int(128).into()),
        ("f32", TypeId::F32, scalars.f32.into()),
        ("f64", TypeId::F64, scalars.f64.into()),
        ("usize", TypeId::USIZE, scalars.ptr.into()),
    ];
    for (scalar, ty, theirs) in rows {
        let layout = layouts.of(pool, ty);
        let ours = (layout.size, layout.align);
        let theirs = (data.get_abi_size(&theirs), data.get_abi_alignment(&theirs));
        // LLVM aligns 128-bit integers less than C does on some targets; every access states its alignment, so that is no harm.
        let agrees = ours.0 == theirs.0 && (ours.1 == theirs.1 || scalar == "i128" && ours.1 > theirs.1);
        if !agrees {
            return Err(CodegenError::LayoutDiffers { scalar, ours, theirs }.into());
        }
    }
    Ok(())
}
