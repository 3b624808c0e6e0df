//! The text files of the repository.

use crate::process::{command, output, root};
use std::fs;

/// A text file.
pub struct TextFile {
    /// From the root, with `/`.
    pub path: String,
    pub text: String,
}

impl TextFile {
    /// Lines with their numbers from 1.
    pub fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        self.text.lines().enumerate().map(|(index, line)| (index + 1, line))
    }

    /// The lines before the tests that stand at the end of a Rust file.
    pub fn lines_before_tests(&self) -> impl Iterator<Item = (usize, &str)> {
        self.lines().take_while(|(_, line)| *line != "#[cfg(test)]")
    }

    /// `path:line: what`
    pub fn at(&self, line: usize, what: impl std::fmt::Display) -> String {
        format!("{}:{line}: {what}", self.path)
    }
}

/// All text files that belong to the repository, sorted by path.
pub struct Tree {
    pub files: Vec<TextFile>,
}

impl Tree {
    /// Reads what git knows, and what is new and not ignored.
    ///
    /// # Errors
    /// This is no checkout, or git is missing.
    pub fn read() -> Result<Tree, String> {
        let list = output(&mut command("git", &["ls-files", "--cached", "--others", "--exclude-standard"]));
        let list = list.ok_or("git can't list the files of the repository")?;
        let mut paths: Vec<&str> = list.lines().collect();
        paths.sort_unstable();
        paths.dedup();
        let read =
            |path: &str| Some(TextFile { path: path.to_owned(), text: fs::read_to_string(root().join(path)).ok()? });
        Ok(Tree { files: paths.into_iter().filter_map(read).collect() })
    }

    /// Files whose path ends so.
    pub fn ending(&self, ending: &'static str) -> impl Iterator<Item = &TextFile> {
        self.files.iter().filter(move |file| file.path.ends_with(ending))
    }

    /// Files below a folder, which is given with its final `/`.
    pub fn below(&self, folder: &str) -> impl Iterator<Item = &TextFile> {
        self.files.iter().filter(move |file| file.path.starts_with(folder))
    }

    /// The file at a path.
    pub fn file(&self, path: &str) -> Option<&TextFile> {
        self.files.binary_search_by(|file| (*file.path).cmp(path)).ok().map(|index| &self.files[index])
    }
}
