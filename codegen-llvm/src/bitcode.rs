//! Modules that come as bitcode, of C or of other Kiln programs: compiled each by itself, or joined with the program's module
//! before its passes, so that calls between them can be inlined.

use crate::errors::Result;
use crate::output::{self, Complaints};
use crate::{CodegenError, Options, Wanted, machine};
use inkwell::context::Context;
use inkwell::llvm_sys::linker::LLVMLinkModules2;
use inkwell::memory_buffer::MemoryBuffer;
use inkwell::module::{Linkage, Module};
use inkwell::targets::TargetMachine;
use kiln_types::Target;

/// A module as bitcode.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Bitcode {
    /// What messages call it.
    pub name: Box<str>,
    /// The bitcode.
    pub bytes: Box<[u8]>,
}

/// Compiles a module by itself to an object.
///
/// # Errors
/// It is no bitcode that this LLVM reads, is for another target, or can't be compiled.
pub fn compile_bitcode(
    bitcode: &Bitcode,
    target: &Target,
    options: &Options,
) -> std::result::Result<Vec<u8>, CodegenError> {
    compile_boxed(bitcode, target, options).map_err(|failure| *failure.0)
}

fn compile_boxed(bitcode: &Bitcode, target: &Target, options: &Options) -> Result<Vec<u8>> {
    let context = Context::create();
    let complaints = Box::<Complaints>::default();
    complaints.collect_from(&context);
    let machine = machine::target_machine(target, options)?;
    let module = read(&context, bitcode, &machine, &complaints)?;
    let only_object = Options { wanted: Wanted { object: true, ..Wanted::default() }, ..options.clone() };
    let made = output::emit(&module, &machine, &only_object, &complaints)?;
    made.objects.into_iter().next().ok_or_else(|| failed(bitcode, "gives no object"))
}

/// Joins modules with a program's. Nothing outside needs them afterwards: only what the program itself showed to others stays visible.
pub(crate) fn join(
    context: &Context,
    program: &Module<'_>,
    machine: &TargetMachine,
    complaints: &Complaints,
    bitcode: &[Bitcode],
) -> Result<()> {
    let name = |bytes: &std::ffi::CStr| bytes.to_string_lossy().into_owned();
    let functions = program.get_functions().filter(|function| function.get_linkage() == Linkage::External);
    let shown: Vec<String> = functions
        .filter(|function| function.count_basic_blocks() > 0)
        .map(|function| name(function.get_name()))
        .collect();
    for part in bitcode {
        let module = read(context, part, machine, complaints)?;
        // SAFETY: both modules are of this context; the second one is LLVM's from here on, whether it is linked or not.
        let has_failed = unsafe { LLVMLinkModules2(program.as_mut_ptr(), module.as_mut_ptr()) } != 0;
        std::mem::forget(module);
        let complaint = complaints.check();
        if has_failed {
            let reason = complaint.err().map_or_else(|| "it does not fit".to_owned(), |failure| failure.0.to_string());
            return Err(failed(part, &format!("can't be joined: {reason}")));
        }
        complaint?;
    }
    for function in program.get_functions() {
        let is_defined = function.count_basic_blocks() > 0 && function.get_linkage() == Linkage::External;
        if is_defined && !shown.contains(&name(function.get_name())) {
            function.set_linkage(Linkage::Internal);
        }
    }
    for global in program.get_globals() {
        if !global.is_declaration() && global.get_linkage() == Linkage::External {
            global.set_linkage(Linkage::Internal);
        }
    }
    Ok(())
}

fn read<'ctx>(
    context: &'ctx Context,
    bitcode: &Bitcode,
    machine: &TargetMachine,
    complaints: &Complaints,
) -> Result<Module<'ctx>> {
    let buffer = MemoryBuffer::create_from_memory_range_copy(&bitcode.bytes, &bitcode.name);
    let read = Module::parse_bitcode_from_buffer(&buffer, context);
    complaints.check()?;
    let module =
        read.map_err(|reason| failed(bitcode, &format!("can't be read: {}", reason.to_string().trim_end())))?;
    let ours = machine.get_target_data().get_data_layout();
    if module.get_data_layout().as_str() != ours.as_str() {
        let triple = module.get_triple();
        let triple = triple.as_str().to_string_lossy();
        return Err(failed(bitcode, &format!("is for `{triple}`, which lays data out in another way")));
    }
    Ok(module)
}

fn failed(bitcode: &Bitcode, what: &str) -> crate::errors::Failure {
    CodegenError::EmissionFailed { reason: format!("`{}` {what}", bitcode.name) }.into()
}
