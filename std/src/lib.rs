//! The standard library of Kiln, in Kiln, embedded as text.
//!
//! The library is the `.kiln` files of this folder. A file is known by its path without the ending: `vec`, `fmt/parse`;
//! the library's root, which `@import("std")` names, is `std`.
//!
//! Contract: nothing here depends on the compiler; the table is sorted by path and the same on every machine.

#![forbid(unsafe_code)]

/// Path without ending, text; sorted by path.
const FILES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/files.rs"));

/// Function, path of its file; sorted by function.
const METHODS: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/methods.rs"));

/// The library's root file.
pub const ROOT: &str = "std";
/// The run-time support that is a part of every program.
pub const RUNTIME: &str = "rt";
/// Modules the compiler refers to without an import: run-time support and the methods of numbers.
pub const IMPLICIT: &[&str] = &[RUNTIME, "int", "float"];

/// The module that shows the calls that led to a panic: a part of programs that can do so.
pub const BACKTRACE: &str = "backtrace";

/// The module that ends programs whose stack overflows: a part of executables for systems that it knows.
pub const STACK: &str = "stack";

/// The text of a file of the library.
///
/// ```
/// assert!(kiln_std::file(kiln_std::RUNTIME).is_some());
/// assert!(kiln_std::file("no/such/file").is_none());
/// ```
pub fn file(path: &str) -> Option<&'static str> {
    FILES.binary_search_by(|(name, _)| (*name).cmp(path)).ok().map(|index| FILES[index].1)
}

/// The files that have a method of slices, of text, or an elementary one of floats with this name.
///
/// ```
/// assert!(kiln_std::method_files("no_such_method").next().is_none());
/// ```
pub fn method_files(name: &str) -> impl Iterator<Item = &'static str> {
    let first = METHODS.partition_point(|(known, _)| *known < name);
    METHODS[first..].iter().take_while(move |(known, _)| *known == name).map(|(_, file)| *file)
}

/// Paths of all files, sorted.
pub fn paths() -> impl Iterator<Item = &'static str> {
    FILES.iter().map(|(path, _)| *path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_listed_file_is_found() {
        assert!(paths().count() > 0);
        for path in paths() {
            assert!(file(path).is_some(), "{path}");
            assert!(!path.ends_with(".kiln") && !path.contains('\\'), "{path}");
        }
    }
}
