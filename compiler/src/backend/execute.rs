//! Executing what was compiled.

use super::Loaded;
use crate::errors::RunFailed;
use crate::run::{Executable, run};
use crate::{Called, Checked, Compilation, Ended, Options};
use kiln_source::Diagnostic;
use std::ffi::OsString;
use std::fs::File;

/// A program to execute.
pub struct Execution<'a> {
    /// The program.
    pub checked: &'a mut Checked,
    /// Its code in memory, if there is some.
    pub loaded: Option<Box<dyn Loaded>>,
    /// Its objects, otherwise.
    pub objects: &'a [Vec<u8>],
    /// What was asked for.
    pub options: &'a Options,
    /// Arguments for it.
    pub args: &'a [OsString],
}

/// How a program ended.
#[derive(Debug)]
pub enum Executed {
    /// As a process.
    Native(Ended),
    /// On the interpreter.
    Interpreted(Box<Called>),
}

/// Runs what was loaded in a process that reads nothing, writes to these files, and is ended by a signal after `seconds`.
///
/// # Errors
/// The system makes no process.
#[cfg(unix)]
pub fn run_captured(loaded: Box<dyn Loaded>, output: &File, errors: &File, seconds: u32) -> std::io::Result<Ended> {
    kiln_child::run_captured(output, errors, seconds, move || loaded.run(1))
}

/// Runs what was loaded, or links objects and starts the program.
pub(super) fn natively(execution: Execution<'_>) -> Result<Executed, Box<Diagnostic>> {
    let Execution { loaded, objects, options, args, .. } = execution;
    let ended = match loaded {
        Some(loaded) => kiln_child::run(move || loaded.run(1))
            .map_err(|error| Box::new(RunFailed { target: &options.target.triple, error }.diagnostic()))?,
        None => run(objects, args, options)?,
    };
    Ok(Executed::Native(ended))
}

/// A program of tests as native code.
#[derive(Debug)]
pub enum NativeTests {
    /// In memory.
    Loaded(Box<dyn Loaded>),
    /// Linked, because it needs more than itself.
    Linked(Executable),
}

impl NativeTests {
    /// Takes the code out of a compilation for [`crate::Mode::Test`].
    ///
    /// # Errors
    /// It could not be linked.
    pub fn of(compilation: &mut Compilation, options: &Options) -> Result<NativeTests, Box<Diagnostic>> {
        match compilation.loaded.take() {
            Some(loaded) => Ok(NativeTests::Loaded(loaded)),
            None => Executable::link(&compilation.objects, options).map(NativeTests::Linked),
        }
    }

    /// Runs a test, by its place among the program's tests, in a process of its own whose standard errors go to a file.
    ///
    /// # Errors
    /// The system makes no process.
    pub fn run(&mut self, index: usize, errors: &File, options: &Options) -> Result<Ended, Box<Diagnostic>> {
        match self {
            NativeTests::Loaded(loaded) => kiln_child::run_with_errors(errors, move || loaded.run(index as i32 + 2))
                .map_err(|error| Box::new(RunFailed { target: &options.target.triple, error }.diagnostic())),
            NativeTests::Linked(program) => {
                let args = vec![OsString::from("-"); index + 1];
                program.run(&args, Some(errors), options)
            }
        }
    }
}
