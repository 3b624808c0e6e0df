//! Executing what was compiled.

use super::Loaded;
use crate::errors::RunFailed;
use crate::{Checked, Ended, Interpreted, Options, run};
use kiln_source::Diagnostic;
use std::ffi::OsString;

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
    Interpreted(Box<Interpreted>),
}

/// Runs what was loaded in a process that reads nothing, writes to these files, and is ended by a signal after `seconds`.
///
/// # Errors
/// The system makes no process.
#[cfg(unix)]
pub fn run_captured(
    loaded: Box<dyn Loaded>,
    output: &std::fs::File,
    errors: &std::fs::File,
    seconds: u32,
) -> std::io::Result<Ended> {
    kiln_child::run_captured(output, errors, seconds, move || loaded.run())
}

/// Runs what was loaded, or links objects and starts the program.
pub(super) fn natively(execution: Execution<'_>) -> Result<Executed, Box<Diagnostic>> {
    let Execution { loaded, objects, options, args, .. } = execution;
    let ended = match loaded {
        Some(loaded) => kiln_child::run(move || loaded.run())
            .map_err(|error| Box::new(RunFailed { target: &options.target.triple, error }.diagnostic()))?,
        None => run(objects, args, options)?,
    };
    Ok(Executed::Native(ended))
}
