//! From a module that is built to what was asked for: verification, passes, and the forms of output.

use crate::errors::Result;
use crate::{Artifacts, CodegenError, OptLevel, Options, Wanted};
use inkwell::context::Context;
use inkwell::llvm_sys::LLVMDiagnosticSeverity;
use inkwell::llvm_sys::core::{
    LLVMContextSetDiagnosticHandler, LLVMDisposeMessage, LLVMGetDiagInfoDescription, LLVMGetDiagInfoSeverity,
};
use inkwell::llvm_sys::prelude::LLVMDiagnosticInfoRef;
use inkwell::module::Module;
use inkwell::passes::PassBuilderOptions;
use inkwell::targets::{FileType, TargetMachine};
use std::cell::RefCell;
use std::ffi::{CStr, c_void};

/// Errors that LLVM reports while it works. By itself it would print them and end the process.
#[derive(Default)]
pub(crate) struct Complaints(RefCell<Vec<String>>);

impl Complaints {
    /// Collects what LLVM complains of in a context, as long as both live.
    pub fn collect_from(&self, context: &Context) {
        let this: *const Complaints = self;
        // SAFETY: the handler is called only while LLVM works on a module of `context`; callers keep `self` where it is until
        // they are done with that.
        unsafe { LLVMContextSetDiagnosticHandler(context.raw(), Some(on_diagnostic), this.cast_mut().cast()) };
    }

    /// What LLVM complained of last.
    pub fn check(&self) -> Result<()> {
        match self.0.borrow_mut().pop() {
            Some(reason) => Err(CodegenError::EmissionFailed { reason }.into()),
            None => Ok(()),
        }
    }
}

extern "C" fn on_diagnostic(info: LLVMDiagnosticInfoRef, complaints: *mut c_void) {
    // SAFETY: LLVM passes a diagnostic that lives during the call; its description is a string that we dispose of; `complaints`
    // is what `collect_from` gave, which still lives.
    unsafe {
        if LLVMGetDiagInfoSeverity(info) != LLVMDiagnosticSeverity::LLVMDSError {
            return;
        }
        let description = LLVMGetDiagInfoDescription(info);
        let text = CStr::from_ptr(description).to_string_lossy().into_owned();
        LLVMDisposeMessage(description);
        let complaints = &*complaints.cast::<Complaints>();
        complaints.0.borrow_mut().push(text);
    }
}

/// Makes everything that is wanted of a module.
pub(crate) fn emit(
    module: &Module<'_>,
    machine: &TargetMachine,
    options: &Options,
    complaints: &Complaints,
) -> Result<Artifacts> {
    let mut artifacts = Artifacts::default();
    let Wanted { ir, optimised_ir, bitcode, assembly, object } = options.wanted;
    let verify = options.verify || cfg!(debug_assertions);
    if ir {
        artifacts.ir = Some(module.print_to_string().to_string());
    }
    if verify {
        check(module)?;
    }
    if !(optimised_ir || bitcode || assembly || object) {
        return Ok(artifacts);
    }
    let passes =
        options.passes.as_deref().unwrap_or(if options.level.optimises() { options.level.pipeline() } else { "" });
    if !passes.is_empty() {
        optimise(module, machine, options.level, passes)?;
        complaints.check()?;
        if verify {
            check(module)?;
        }
    }
    if optimised_ir {
        artifacts.optimised_ir = Some(module.print_to_string().to_string());
    }
    if bitcode {
        artifacts.bitcode = Some(module.write_bitcode_to_memory().as_slice().to_vec());
    }
    if assembly {
        // Emission changes the module: a copy, if it is needed once more.
        let bytes = if object {
            write(&module.clone(), machine, FileType::Assembly)
        } else {
            write(module, machine, FileType::Assembly)
        };
        artifacts.assembly = Some(bytes?);
    }
    if object {
        artifacts.objects.push(write(module, machine, FileType::Object)?);
    }
    complaints.check()?;
    Ok(artifacts)
}

fn check(module: &Module<'_>) -> Result<()> {
    module.verify().map_err(|reason| {
        let what = format!("invalid IR: {}", reason.to_string().trim_end());
        CodegenError::Broken { function: String::new(), what }.into()
    })
}

fn optimise(module: &Module<'_>, machine: &TargetMachine, level: OptLevel, passes: &str) -> Result<()> {
    let settings = PassBuilderOptions::create();
    let is_fast = matches!(level, OptLevel::O2 | OptLevel::O3);
    settings.set_loop_interleaving(is_fast);
    settings.set_loop_vectorization(level != OptLevel::O1);
    settings.set_loop_slp_vectorization(level != OptLevel::O1);
    settings.set_loop_unrolling(is_fast);
    module
        .run_passes(passes, machine, settings)
        .map_err(|reason| CodegenError::EmissionFailed { reason: reason.to_string() }.into())
}

fn write(module: &Module<'_>, machine: &TargetMachine, form: FileType) -> Result<Vec<u8>> {
    match machine.write_to_memory_buffer(module, form) {
        Ok(buffer) => {
            let bytes = buffer.as_slice();
            // inkwell counts a terminating zero that is not part of the text.
            let end =
                if form == FileType::Assembly && bytes.last() == Some(&0) { bytes.len() - 1 } else { bytes.len() };
            Ok(bytes[..end].to_vec())
        }
        Err(reason) => Err(CodegenError::EmissionFailed { reason: reason.to_string() }.into()),
    }
}
