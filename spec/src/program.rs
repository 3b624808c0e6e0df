//! The programs of `examples/`: a source file with its output beside it.
//!
//! `NAME.kiln` with `NAME.expected` (all of the standard output) and, where they are not empty or 0, `NAME.err` (the
//! standard errors) and `NAME.exit` (the status) is a program. In the top folder every source file is one; in a folder of its own a program is the one file with an
//! output, and the others are its modules. That output is for an empty standard input; for others there are cases:
//! `cases/NAME/CASE.in` with `CASE.out`, and, where they are not empty or 0, `CASE.err` and `CASE.exit`.

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
    /// All of its standard errors.
    pub stderr: Vec<u8>,
    /// Its exit status.
    pub status: i32,
    /// What else it is to do.
    pub cases: Vec<Case>,
}

/// An input of a program and what it is to do with it.
#[derive(Clone, Debug)]
pub struct Case {
    /// Unique among those of the program.
    pub name: String,
    /// All of its standard input.
    pub input: Vec<u8>,
    /// All of its standard output.
    pub stdout: Vec<u8>,
    /// All of its standard errors.
    pub stderr: Vec<u8>,
    /// Its exit status.
    pub status: i32,
}

/// The folder of the cases.
const CASES: &str = "cases";

/// The programs of a folder, sorted by name.
///
/// # Errors
/// What can't be read, and sources in the top folder or folders without an expected output.
pub fn programs(folder: &Path) -> io::Result<Vec<Program>> {
    let mut programs = Vec::new();
    for path in sorted(folder)? {
        if path.is_dir() {
            if path.ends_with(CASES) {
                continue;
            }
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
    let below = path.strip_prefix(folder).expect("the path was found below the folder").with_extension("");
    let name = below.display().to_string().replace('\\', "/");
    let cases = cases(&folder.join(CASES).join(&name))?;
    let (stdout, stderr, status) = (fs::read(output)?, errors(path)?, status(path)?);
    Ok(Some(Program { name, path: path.to_owned(), stdout, stderr, status, cases }))
}

/// The standard errors that stand beside a file.
fn errors(path: &Path) -> io::Result<Vec<u8>> {
    let errors = path.with_extension("err");
    if errors.exists() { fs::read(errors) } else { Ok(Vec::new()) }
}

/// The status that stands beside a file.
fn status(path: &Path) -> io::Result<i32> {
    let exit = path.with_extension("exit");
    if !exit.exists() {
        return Ok(0);
    }
    let text = fs::read_to_string(&exit)?;
    text.trim().parse().map_err(|_| io::Error::other(format!("{} holds no status", exit.display())))
}

fn cases(folder: &Path) -> io::Result<Vec<Case>> {
    if !folder.exists() {
        return Ok(Vec::new());
    }
    let inputs = sorted(folder)?.into_iter().filter(|path| path.extension().is_some_and(|ending| ending == "in"));
    let case = |path: PathBuf| {
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        Ok(Case {
            name,
            input: fs::read(&path)?,
            stdout: fs::read(path.with_extension("out"))?,
            stderr: errors(&path)?,
            status: status(&path)?,
        })
    };
    inputs.map(case).collect()
}
