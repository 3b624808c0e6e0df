//! Code in this process's memory: an object is given to LLVM's linker for memory, which finds C functions in the process.

use crate::errors::Result;
use inkwell::llvm_sys::core::LLVMCreateMemoryBufferWithMemoryRangeCopy;
use inkwell::llvm_sys::error::{LLVMDisposeErrorMessage, LLVMErrorRef, LLVMGetErrorMessage};
use inkwell::llvm_sys::orc2::lljit::{
    LLVMOrcCreateLLJIT, LLVMOrcDisposeLLJIT, LLVMOrcLLJITAddObjectFile, LLVMOrcLLJITGetExecutionSession,
    LLVMOrcLLJITGetGlobalPrefix, LLVMOrcLLJITGetMainJITDylib, LLVMOrcLLJITLookup, LLVMOrcLLJITRef,
};
use inkwell::llvm_sys::orc2::{
    LLVMOrcCreateDynamicLibrarySearchGeneratorForProcess, LLVMOrcExecutionSessionSetErrorReporter,
    LLVMOrcJITDylibAddGenerator,
};
use kiln_codegen::CodegenError;
use std::ffi::{CStr, c_void};
use std::ptr;

/// A program in memory, ready to run.
#[derive(Debug)]
pub struct Loaded {
    jit: LLVMOrcLLJITRef,
    main: extern "C" fn(i32, *const *const i8) -> i32,
}

// SAFETY: the memory belongs to this value alone, and LLVM's JIT may be used by any thread.
unsafe impl Send for Loaded {}

impl Loaded {
    /// Runs the program in this process. It may end the process, or break it: what it does is up to the program. Gives the
    /// status that its `main` returns. It is told that it has `count` arguments, its name included, but not which.
    pub fn run(&self, count: i32) -> i32 {
        (self.main)(count, ptr::null())
    }
}

impl Drop for Loaded {
    fn drop(&mut self) {
        // SAFETY: made by `load`, disposed of once; `main` is private and lives no longer.
        check(unsafe { LLVMOrcDisposeLLJIT(self.jit) }).ok();
    }
}

/// Loads objects that were made for this machine.
///
/// # Errors
/// LLVM has no JIT here, or a foreign function is not in this process.
pub fn load(objects: &[Vec<u8>]) -> std::result::Result<Loaded, CodegenError> {
    load_all(objects).map_err(|failure| *failure.0)
}

fn load_all(objects: &[Vec<u8>]) -> Result<Loaded> {
    let mut jit = ptr::null_mut();
    // SAFETY: LLVM writes a new JIT to `jit`, or gives an error. The native target was initialised when the objects were made.
    check(unsafe { LLVMOrcCreateLLJIT(&raw mut jit, ptr::null_mut()) })?;
    let mut loaded = Loaded { jit, main: nothing };
    // SAFETY: `jit` is valid as long as `loaded`; generators and buffers belong to it once they are added.
    unsafe {
        LLVMOrcExecutionSessionSetErrorReporter(LLVMOrcLLJITGetExecutionSession(jit), swallow, ptr::null_mut());
        let library = LLVMOrcLLJITGetMainJITDylib(jit);
        let mut generator = ptr::null_mut();
        let prefix = LLVMOrcLLJITGetGlobalPrefix(jit);
        let made =
            LLVMOrcCreateDynamicLibrarySearchGeneratorForProcess(&raw mut generator, prefix, None, ptr::null_mut());
        check(made)?;
        LLVMOrcJITDylibAddGenerator(library, generator);
        for object in objects {
            let (start, len) = (object.as_ptr().cast(), object.len());
            let buffer = LLVMCreateMemoryBufferWithMemoryRangeCopy(start, len, c"program".as_ptr());
            check(LLVMOrcLLJITAddObjectFile(jit, library, buffer))?;
        }
        let mut address = 0;
        check(LLVMOrcLLJITLookup(jit, &raw mut address, c"main".as_ptr()))?;
        // The address is that of the function `wrappers::build_main` made, with exactly this signature.
        loaded.main = std::mem::transmute::<usize, extern "C" fn(i32, *const *const i8) -> i32>(address as usize);
    }
    Ok(loaded)
}

extern "C" fn nothing(_: i32, _: *const *const i8) -> i32 {
    0
}

/// What the lookup of a symbol returns as an error is also reported, which would print it.
extern "C" fn swallow(_: *mut c_void, error: LLVMErrorRef) {
    check(error).ok();
}

fn check(error: LLVMErrorRef) -> Result<()> {
    if error.is_null() {
        return Ok(());
    }
    // SAFETY: LLVM gave an error, whose message is a C string until it is disposed of.
    let reason = unsafe {
        let message = LLVMGetErrorMessage(error);
        let text = CStr::from_ptr(message).to_string_lossy().into_owned();
        LLVMDisposeErrorMessage(message);
        text
    };
    Err(CodegenError::EmissionFailed { reason: format!("LLVM failed: {reason}") }.into())
}
