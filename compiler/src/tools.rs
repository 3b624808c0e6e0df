//! The programs outside of this one that are used where they are there: linker drivers, emulators, other linkers.

use std::env;
use std::path::PathBuf;
use std::process::Command;

/// A program as it was found.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Tool {
    /// Where it is.
    pub path: PathBuf,
    /// The first line of what it says to `--version`.
    pub version: Option<String>,
}

/// Where a program is that is started by this name.
pub(crate) fn find(program: &str) -> Option<PathBuf> {
    let given = PathBuf::from(program);
    if given.components().count() > 1 {
        return given.is_file().then_some(given);
    }
    let folders = env::var_os("PATH")?;
    env::split_paths(&folders).map(|folder| folder.join(program)).find(|path| path.is_file())
}

/// The first of several programs that is there.
pub(crate) fn find_any(programs: &[&str]) -> Option<(String, PathBuf)> {
    programs.iter().find_map(|program| Some(((*program).to_owned(), find(program)?)))
}

/// A program with its version.
pub(crate) fn look_at(program: &str) -> Option<Tool> {
    let path = find(program)?;
    let said = Command::new(&path).arg("--version").env("LC_ALL", "C").output().ok();
    let version = said.and_then(|said| {
        let text = String::from_utf8_lossy(&said.stdout).into_owned();
        text.lines().next().map(|line| line.trim().to_owned()).filter(|line| !line.is_empty())
    });
    Some(Tool { path, version })
}
