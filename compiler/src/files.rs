//! Where source text comes from: the disk, or memory for tests and tools.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// The largest input that is no regular file (a pipe, a device): such inputs may never end.
const STREAM_LIMIT: u64 = 64 << 20;

/// A place source text is read from.
pub trait Files {
    /// The bytes of a file.
    ///
    /// # Errors
    /// Why it can't be read.
    fn read(&self, path: &Path) -> Result<Vec<u8>, ReadError>;

    /// Names of the files in a folder, sorted; empty when that can't be said. For suggestions.
    fn siblings(&self, folder: &Path) -> Vec<String>;
}

/// Why a file can't be read.
#[derive(Debug)]
pub enum ReadError {
    /// There is no such file.
    Missing,
    /// It is a folder.
    Folder,
    /// It is larger than source files may be.
    TooLarge,
    /// What the system said.
    Io(io::Error),
}

/// The disk.
#[derive(Clone, Copy, Debug, Default)]
pub struct Disk;

impl Files for Disk {
    fn read(&self, path: &Path) -> Result<Vec<u8>, ReadError> {
        let file = File::open(path)?;
        let metadata = file.metadata()?;
        if metadata.is_dir() {
            return Err(ReadError::Folder);
        }
        let limit = if metadata.is_file() { u64::from(u32::MAX) - 1 } else { STREAM_LIMIT };
        if metadata.len() > limit {
            return Err(ReadError::TooLarge);
        }
        let mut bytes = Vec::with_capacity(metadata.len() as usize);
        file.take(limit + 1).read_to_end(&mut bytes)?;
        if bytes.len() as u64 > limit { Err(ReadError::TooLarge) } else { Ok(bytes) }
    }

    fn siblings(&self, folder: &Path) -> Vec<String> {
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
        let mut names: Vec<String> =
            entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok()).take(1000).collect();
        names.sort();
        names
    }
}

impl From<io::Error> for ReadError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::NotFound => ReadError::Missing,
            io::ErrorKind::IsADirectory => ReadError::Folder,
            _ => ReadError::Io(error),
        }
    }
}

/// Files that exist only here: path to text.
///
/// ```
/// use kiln_compiler::{Files, Memory};
/// let files = Memory::from([("main.kiln", "fn main() { }")]);
/// assert!(files.read("main.kiln".as_ref()).is_ok());
/// ```
#[derive(Clone, Debug, Default)]
pub struct Memory(BTreeMap<PathBuf, Vec<u8>>);

impl Memory {
    /// The files of one text: the first is `root`, a line `// file: NAME` opens each further one.
    ///
    /// ```
    /// use kiln_compiler::{Files, Memory};
    /// let files = Memory::split("main.kiln", "const a = @import(\"a\");\n// file: a.kiln\npub fn f() { }\n");
    /// assert_eq!(files.read("a.kiln".as_ref()).unwrap(), b"pub fn f() { }\n");
    /// ```
    pub fn split(root: &str, text: &str) -> Memory {
        let mut files = Memory::default();
        let mut name = root.to_owned();
        let mut part = String::new();
        for line in text.split_inclusive('\n') {
            match line.strip_prefix("// file: ") {
                Some(next) => {
                    files.insert(std::mem::replace(&mut name, next.trim().to_owned()), std::mem::take(&mut part));
                }
                None => part.push_str(line),
            }
        }
        files.insert(name, part);
        files
    }

    /// Adds or replaces a file.
    pub fn insert(&mut self, path: impl Into<PathBuf>, bytes: impl Into<Vec<u8>>) {
        self.0.insert(path.into(), bytes.into());
    }
}

impl<P: Into<PathBuf>, T: Into<Vec<u8>>, const N: usize> From<[(P, T); N]> for Memory {
    fn from(files: [(P, T); N]) -> Self {
        Memory(files.into_iter().map(|(path, text)| (path.into(), text.into())).collect())
    }
}

impl Files for Memory {
    fn read(&self, path: &Path) -> Result<Vec<u8>, ReadError> {
        self.0.get(path).cloned().ok_or(ReadError::Missing)
    }

    fn siblings(&self, folder: &Path) -> Vec<String> {
        let here = self.0.keys().filter(|path| path.parent() == Some(folder));
        here.filter_map(|path| Some(path.file_name()?.to_str()?.to_owned())).collect()
    }
}
