//! Runs a native program from a folder that is gone afterwards.

use crate::errors::{NoRunner, RunFailed, UnwritableOutput};
use crate::link::link;
use crate::runner::runner;
use crate::{Ended, Options};
use kiln_source::Diagnostic;
use std::ffi::OsString;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};
use tempfile::TempDir;

/// A linked program, which is deleted when this is dropped.
#[derive(Debug)]
pub struct Executable {
    folder: TempDir,
}

impl Executable {
    /// Links objects.
    ///
    /// # Errors
    /// They could not be linked.
    pub fn link(objects: &[Vec<u8>], options: &Options) -> Result<Executable, Box<Diagnostic>> {
        let folder = tempfile::Builder::new().prefix("kiln-run-").tempdir();
        let place = Path::new("a temporary folder");
        let folder = folder.map_err(|error| Box::new(UnwritableOutput { path: place, error }.diagnostic()))?;
        let executable = Executable { folder };
        link(objects, &executable.path(), options)?;
        Ok(executable)
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("program")
    }

    /// Runs it with `args` and the terminal's input and output, or with its errors in a file, and says how it ended.
    ///
    /// # Errors
    /// It could not be started, or what runs programs for its target is not here.
    pub fn run(&self, args: &[OsString], errors: Option<&File>, options: &Options) -> Result<Ended, Box<Diagnostic>> {
        let failed = |error| Box::new(RunFailed { target: &options.target.triple, error }.diagnostic());
        let mut command = command_for(&self.path(), options)?;
        command.args(args);
        if let Some(errors) = errors {
            command.stderr(errors.try_clone().map_err(failed)?);
        }
        command.status().map(ended).map_err(failed)
    }
}

/// Links the objects, runs the program with `args` and the terminal's input and output, and says how it ended.
///
/// # Errors
/// It could not be linked or started.
pub fn run(objects: &[Vec<u8>], args: &[OsString], options: &Options) -> Result<Ended, Box<Diagnostic>> {
    Executable::link(objects, options)?.run(args, None, options)
}

/// The command that runs a linked program: itself, or what runs programs for its target here.
///
/// # Errors
/// E0807 where there is no such thing.
pub fn command_for(program: &Path, options: &Options) -> Result<Command, Box<Diagnostic>> {
    let runner = runner(&options.target, options.tuning.sysroot.as_deref())
        .map_err(|missing| Box::new(NoRunner { target: &options.target, missing }.diagnostic()))?;
    let Some(runner) = runner else { return Ok(Command::new(program)) };
    let failed = |error| Box::new(RunFailed { target: &options.target.triple, error }.diagnostic());
    runner.command(program).map_err(failed)
}

fn ended(status: ExitStatus) -> Ended {
    #[cfg(unix)]
    if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&status) {
        return Ended::Signal(signal);
    }
    Ended::Status(status.code().unwrap_or(1))
}
