//! Runs a native program from a folder that is gone afterwards.

use crate::Options;
use crate::errors::{RunFailed, UnwritableOutput};
use crate::link::link;
use kiln_source::Diagnostic;
use std::ffi::OsString;
use std::path::Path;
use std::process::{Command, ExitStatus};

/// How a program ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Ended {
    /// By itself, with this status.
    Status(i32),
    /// By this signal.
    Signal(i32),
}

impl Ended {
    /// The status a shell gives it: 128 + n for signal n.
    pub fn exit_status(self) -> i32 {
        match self {
            Ended::Status(status) => status,
            Ended::Signal(signal) => 128 + signal,
        }
    }
}

/// Links the objects, runs the program with `args` and the terminal's input and output, and says how it ended.
///
/// # Errors
/// It could not be linked or started.
pub fn run(objects: &[Vec<u8>], args: &[OsString], options: &Options) -> Result<Ended, Box<Diagnostic>> {
    let folder = tempfile::Builder::new().prefix("kiln-run-").tempdir();
    let place = Path::new("a temporary folder");
    let folder = folder.map_err(|error| Box::new(UnwritableOutput { path: place, error }.diagnostic()))?;
    let program = folder.path().join("program");
    link(objects, &program, options)?;
    let status = Command::new(&program).args(args).status();
    let status = status.map_err(|error| Box::new(RunFailed { target: &options.target.triple, error }.diagnostic()))?;
    Ok(ended(status))
}

fn ended(status: ExitStatus) -> Ended {
    #[cfg(unix)]
    if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&status) {
        return Ended::Signal(signal);
    }
    Ended::Status(status.code().unwrap_or(1))
}
