//! What the text of an `@import` names, without looking at any disk.

use crate::errors::BadImportPath;

/// The tree a file belongs to.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Tree {
    /// The folder of the first input and all below.
    Program,
    /// The standard library.
    Library,
}

/// A file's place: its tree, and its path in it with `/` separators. Modules have no ending: `util`, `shapes/circle`.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Place {
    pub tree: Tree,
    pub path: String,
}

impl Place {
    /// A file of the program.
    pub(crate) fn program(path: impl Into<String>) -> Place {
        Place { tree: Tree::Program, path: path.into() }
    }

    /// A file of the library.
    pub(crate) fn library(path: impl Into<String>) -> Place {
        Place { tree: Tree::Library, path: path.into() }
    }

    /// The place that `path` names in this file: beside it, below or above, or in the library under `std`.
    pub(crate) fn resolve(&self, path: &str) -> Result<Place, BadImportPath> {
        match path.split_once('/') {
            None if path == "std" => return Ok(Place::library(kiln_std::ROOT)),
            Some(("std", rest)) => return Place::library("").join(rest),
            _ => {}
        }
        let folder = self.path.rsplit_once('/').map_or("", |(folder, _)| folder);
        Place { tree: self.tree, path: folder.to_owned() }.join(path)
    }

    /// The place below this folder.
    fn join(self, path: &str) -> Result<Place, BadImportPath> {
        if path.is_empty() || path.contains(['\\', '\0']) {
            return Err(BadImportPath::Malformed);
        }
        let mut parts: Vec<&str> = self.path.split('/').filter(|part| !part.is_empty()).collect();
        for part in path.split('/') {
            match part {
                "" => return Err(BadImportPath::Malformed),
                "." => {}
                ".." => {
                    parts.pop().ok_or(BadImportPath::LeavesRoot)?;
                }
                name => parts.push(name),
            }
        }
        if parts.is_empty() || path.ends_with("..") || path.ends_with("/.") {
            return Err(BadImportPath::Malformed);
        }
        Ok(Place { tree: self.tree, path: parts.join("/") })
    }

    /// The module's name in printed paths: `shapes::circle`, `std::vec`. Letters, digits, `_` and `::` only.
    pub(crate) fn module_name(&self) -> String {
        let parts = self.path.split('/').map(identifier);
        let library = self.tree == Tree::Library && self.path != kiln_std::ROOT;
        library.then(|| "std".to_owned()).into_iter().chain(parts).collect::<Vec<_>>().join("::")
    }
}

/// A file's name as an identifier.
fn identifier(part: &str) -> String {
    let mut name: String = part.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
    if name.starts_with(|c: char| c.is_ascii_digit()) {
        name.insert(0, '_');
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolved(from: &str, path: &str) -> Option<String> {
        let place = Place::program(from).resolve(path).ok()?;
        Some(match place.tree {
            Tree::Program => place.path,
            Tree::Library => format!("<{}>", place.path),
        })
    }

    #[test]
    fn paths_are_relative_to_the_importing_file() {
        assert_eq!(resolved("main", "util").as_deref(), Some("util"));
        assert_eq!(resolved("a/b", "util").as_deref(), Some("a/util"));
        assert_eq!(resolved("a/b", "../util").as_deref(), Some("util"));
        assert_eq!(resolved("a/b", "./c/../util").as_deref(), Some("a/util"));
    }

    #[test]
    fn std_is_the_library_from_everywhere() {
        assert_eq!(resolved("a/b", "std").as_deref(), Some("<std>"));
        assert_eq!(resolved("a/b", "std/fmt/parse").as_deref(), Some("<fmt/parse>"));
        assert_eq!(resolved("a/b", "./std").as_deref(), Some("a/std"));
        assert_eq!(Place::library("fmt/parse").resolve("spec").unwrap(), Place::library("fmt/spec"));
    }

    #[test]
    fn no_path_leaves_its_tree() {
        for path in [
            "..",
            "../x",
            "../../x",
            "a/../../x",
            "/etc/passwd",
            "",
            ".",
            "a/",
            "a//b",
            "a\\b",
            "a\0",
            "std/",
            "std/../x",
        ] {
            assert_eq!(resolved("main", path), None, "{path:?}");
        }
        assert!(Place::library("vec").resolve("../main").is_err());
    }

    #[test]
    fn module_names_are_identifiers() {
        assert_eq!(Place::program("my shapes/2d").module_name(), "my_shapes::_2d");
        assert_eq!(Place::library("vec").module_name(), "std::vec");
        assert_eq!(Place::library("std").module_name(), "std");
    }
}
