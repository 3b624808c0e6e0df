//! Which LLVMs this machine has, and what Cargo has to be told of that.

use crate::process::{command, output, which};

/// Major versions the backend builds with, the preferred one first.
pub const MAJORS: &[u32] = &[22, 19];

/// LLVMs that are installed with their headers, in the order of [`MAJORS`].
pub fn installed() -> Vec<u32> {
    MAJORS.iter().copied().filter(|major| is_installed(*major)).collect()
}

/// Whether `llvm-config` of this major version is there.
fn is_installed(major: u32) -> bool {
    let names = [format!("llvm-config-{major}"), format!("llvm-config{major}"), "llvm-config".to_owned()];
    names.iter().any(|name| {
        let version = output(&mut command(name, &["--version"]));
        version.is_some_and(|version| version.split('.').next() == Some(major.to_string().as_str()))
    })
}

/// A compiler and the library for C++, which linking LLVM needs.
pub fn has_cpp() -> bool {
    ["c++", "g++", "clang++"].iter().any(|name| which(name).is_some())
}

/// The major version to build with; none means to build without native code.
pub fn chosen() -> Option<u32> {
    installed().first().copied().filter(|_| has_cpp())
}

/// Arguments that make Cargo build the compiler with Cranelift and with this LLVM, or without one.
///
/// ```text
/// features(Some(19)) = ["--no-default-features", "--features", "kiln-compiler/cranelift,kiln-compiler/llvm19"]
/// ```
pub fn features(major: Option<u32>) -> Vec<String> {
    let mut wanted = "kiln-compiler/cranelift".to_owned();
    if let Some(major) = major {
        wanted.push_str(&format!(",kiln-compiler/llvm{major}"));
    }
    vec!["--no-default-features".to_owned(), "--features".to_owned(), wanted]
}

/// Arguments that select all crates that can be built with this LLVM, or without one.
pub fn workspace(major: Option<u32>) -> Vec<String> {
    let mut args = vec!["--workspace".to_owned()];
    if major.is_none() {
        args.extend(["--exclude", "kiln-codegen-llvm"].map(str::to_owned));
    }
    args.extend(features(major));
    args
}
