//! Writes outputs so that a failure leaves nothing half-written behind: beside the target, then renamed onto it.

use crate::errors::{OverwritesInput, UnwritableOutput};
use crate::link::default_output;
use crate::{Mode, Options};
use kiln_source::Diagnostic;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// Checks that no output that is asked for is one of the inputs.
///
/// # Errors
/// E0803: one is.
pub fn check_outputs(options: &Options) -> Result<(), Box<Diagnostic>> {
    let executable = (options.mode == Mode::Build && options.wants_executable()).then(|| executable_path(options));
    let stages = options.emits.iter().filter_map(|emit| emit.path.clone());
    let inputs: Vec<PathBuf> = options.inputs.iter().filter_map(|input| input.canonicalize().ok()).collect();
    for output in executable.into_iter().chain(stages) {
        if output.canonicalize().is_ok_and(|output| inputs.contains(&output)) {
            return Err(Box::new(OverwritesInput { path: &output }.diagnostic()));
        }
    }
    Ok(())
}

/// Where `build` puts the executable.
pub fn executable_path(options: &Options) -> PathBuf {
    options.output.clone().unwrap_or_else(|| default_output(options))
}

/// Writes a file as a whole or not at all.
///
/// # Errors
/// E0803 with what the system said.
pub fn write_file(path: &Path, bytes: &[u8]) -> Result<(), Box<Diagnostic>> {
    let written = match is_special(path) {
        true => fs::OpenOptions::new().write(true).open(path).and_then(|mut file| file.write_all(bytes)),
        false => write_beside(path, bytes),
    };
    written.map_err(|error| Box::new(UnwritableOutput { path, error }.diagnostic()))
}

fn write_beside(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let place = Beside::new(path)?;
    fs::write(place.path(), bytes)?;
    place.finish()
}

/// A file that will replace `target` when it is finished, and vanishes when it is not.
#[derive(Debug)]
pub(crate) struct Beside {
    target: PathBuf,
    folder: TempDir,
}

impl Beside {
    /// Makes a hidden folder beside the target.
    ///
    /// # Errors
    /// The target's folder does not exist or can't be written, or the target is a folder.
    pub(crate) fn new(target: &Path) -> io::Result<Beside> {
        if target.is_dir() {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        if target.file_name().is_none() {
            return Err(io::ErrorKind::InvalidFilename.into());
        }
        let folder = match target.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            _ => Path::new("."),
        };
        let folder = tempfile::Builder::new().prefix(".kiln-").tempdir_in(folder).map_err(|error| {
            // tempfile adds the random path to the message.
            error.raw_os_error().map_or_else(|| error.kind().into(), io::Error::from_raw_os_error)
        })?;
        Ok(Beside { target: target.to_owned(), folder })
    }

    /// Where the file is to be written meanwhile.
    pub(crate) fn path(&self) -> PathBuf {
        self.with_name(self.target.file_name().expect("checked when it was made"))
    }

    /// A place for a further file that is only needed meanwhile.
    pub(crate) fn with_name(&self, name: impl AsRef<Path>) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Moves the file to its place.
    ///
    /// # Errors
    /// The target can't be replaced.
    pub(crate) fn finish(self) -> io::Result<()> {
        if is_special(&self.target) {
            // Renaming would replace the device or pipe itself.
            return fs::OpenOptions::new().write(true).open(&self.target)?.write_all(&fs::read(self.path())?);
        }
        fs::rename(self.path(), &self.target)
    }
}

/// Whether the path is something to write into, such as `/dev/null` or a pipe, and no file to replace.
fn is_special(path: &Path) -> bool {
    path.metadata().is_ok_and(|metadata| !metadata.is_file() && !metadata.is_dir())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }

    #[test]
    fn a_file_is_replaced_and_nothing_else_left() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out.txt");
        write_file(&path, b"one").unwrap();
        write_file(&path, b"two").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"two");
        assert_eq!(names(folder.path()), ["out.txt"]);
    }

    #[test]
    fn an_unfinished_file_vanishes() {
        let folder = tempfile::tempdir().unwrap();
        let place = Beside::new(&folder.path().join("out")).unwrap();
        fs::write(place.path(), b"half").unwrap();
        drop(place);
        assert!(names(folder.path()).is_empty());
    }

    #[test]
    fn bad_places_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        for path in [folder.path().join("no/such/out"), folder.path().to_owned()] {
            let error = write_file(&path, b"x").unwrap_err();
            assert_eq!(error.code.map(|code| code.id), Some("E0803"), "{}", error.message);
            assert!(!error.message.contains(".kiln-"), "{}", error.message);
        }
        assert!(names(folder.path()).is_empty());
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn devices_are_written_into() {
        write_file(Path::new("/dev/null"), b"x").unwrap();
        assert!(is_special(Path::new("/dev/null")));
        let error = write_file(Path::new("/dev/full"), b"x").unwrap_err();
        assert!(error.message.contains("no space left"), "{}", error.message);
    }
}
