//! The compiler as one library: from files to diagnostics, texts of stages, objects and executables.
//!
//! [`compile`] makes [`Artifacts`] of one source text (`cargo run -p kiln-compiler --example library`), [`compile_files`] of a
//! program of several. `pipeline.rs` is the whole way on one screen; everything around it is what only this crate knows: paths, the
//! terminal, the environment, the linker, and how diagnostics look. The `kiln` program is a thin layer over it.
//!
//! Contract: a compilation reads files through [`Files`] and gives its results as values; it has no global state, so
//! several can run in one process. The same input gives the same bytes.

#![forbid(unsafe_code)]

mod options;
pub use kiln_codegen::DebugLevel;
pub use kiln_sema::Limits;
pub use options::{Emit, Library, Linker, Mode, OptLevel, Options, Tuning, target_named};

mod stage;
pub use stage::Stage;

mod files;
pub use files::{Disk, Files, Memory, ReadError};

mod pipeline;
pub use pipeline::{Checked, Compilation, compile_files, compile_with};

mod library;
pub use library::{Artifacts, compile};

mod timings;
pub use timings::{Timings, ms};

mod session;
pub use session::{Emitted, Session};

mod cascade;
mod import_path;
mod load;

mod builtins;
mod emit;
mod header;

mod backend;
pub use backend::{
    Backend, BackendName, Backends, Capabilities, Choice, Executed, Execution, Interpreter, Loaded, Made, NativeTests,
    Unit, Wanted, has_cranelift, has_llvm, has_native_code,
};

#[cfg(unix)]
pub use backend::run_captured;

mod guard;
pub use guard::{guarded, silence_panics};

mod render;
pub use render::{Format, render, render_one};

mod explain;
pub use explain::{explain, find_code, list};

mod output;
pub use output::{check_outputs, executable_path, write_file};

mod tools;

mod linker;

mod link;
pub use link::link;

mod archive;
pub use archive::archive;

mod doctor;
pub use doctor::doctor;

mod targets;
pub use targets::{list_targets, missing_tools};

mod runner;

mod run;
pub use kiln_child::Ended;
pub use run::{command_for, run};

mod calls;
pub use calls::{RunningCall, calls_text};

mod host;
pub use host::{Started, Streams};

mod interpret;
pub use interpret::{
    Called, DEEPEST, Interpreted, PANIC, STACK_OVERFLOW, TestRun, explain_test, interpret, interpret_called,
    interpret_tests, interpret_within, panic_text, run_tests,
};

mod errors;
pub use errors::missing_part;
