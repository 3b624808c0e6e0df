//! Runs a native program from a folder that is gone afterwards.

use crate::errors::{RunFailed, UnwritableOutput};
use crate::link::link;
use crate::{Ended, Options};
use kiln_source::Diagnostic;
use std::ffi::OsString;
use std::path::Path;
use std::process::{Command, ExitStatus};

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
