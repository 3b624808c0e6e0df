//! The programs of `examples/`: a source file with its output beside it.
//!
//! `NAME.kiln` with `NAME.expected` (all of the standard output) and, where it is not 0, `NAME.exit` (the status) is a
//! program. In the top folder every source file is one; in a folder of its own a program is the one file with an
//! output, and the others are its modules.

use std::path::{Path, PathBuf};
use std::{fs, io};

/// A program and what it is to print.
#[derive(Clone, Debug)]
pub struct Program {
    /// `rpn/main`, below the folder.
    pub name: String,
    /// The root file.
    pub path: PathBuf,
    /// All of its standard output.
    pub stdout: Vec<u8>,
    /// Its exit status.
    pub status: i32,
}

/// The programs of a folder, sorted by name.
///
/// # Errors
/// What can't be read, and sources in the top folder or folders without an expected output.
pub fn programs(folder: &Path) -> io::Result<Vec<Program>> {
    let mut programs = Vec::new();
    for path in sorted(folder)? {
        if path.is_dir() {
            let before = programs.len();
            for source in sorted(&path)?.iter().filter(|path| is_source(path)) {
                programs.extend(program(folder, source)?);
            }
            if programs.len() == before {
                return Err(io::Error::other(format!("{} holds no program with an output", path.display())));
            }
        } else if is_source(&path) {
            let missing = || io::Error::other(format!("{} has no `.expected` beside it", path.display()));
            programs.push(program(folder, &path)?.ok_or_else(missing)?);
        }
    }
    Ok(programs)
}

fn sorted(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut paths = fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<PathBuf>>>()?;
    paths.sort();
    Ok(paths)
}

fn is_source(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending == "kiln")
}

fn program(folder: &Path, path: &Path) -> io::Result<Option<Program>> {
    let output = path.with_extension("expected");
    if !output.exists() {
        return Ok(None);
    }
    let exit = path.with_extension("exit");
    let status = if exit.exists() {
        let text = fs::read_to_string(&exit)?;
        text.trim().parse().map_err(|_| io::Error::other(format!("{} holds no status", exit.display())))?
    } else {
        0
    };
    let below = path.strip_prefix(folder).expect("the path was found below the folder").with_extension("");
    let name = below.display().to_string().replace('\\', "/");
    Ok(Some(Program { name, path: path.to_owned(), stdout: fs::read(output)?, status }))
}
