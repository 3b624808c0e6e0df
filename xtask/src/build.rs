//! Builds the `kiln` program for the tasks that run it.

use crate::Failure;
use crate::llvm::{chosen, features};
use crate::process::{call, cargo, root};
use std::path::PathBuf;

/// How the compiler itself is built.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    /// Quick to build.
    Dev,
    /// Fast.
    Release,
}

/// Builds `kiln` with the LLVM this machine has, or without one, and gives its path.
///
/// # Errors
/// It does not build.
pub fn kiln(profile: Profile) -> Result<PathBuf, Failure> {
    let features = features(chosen());
    let mut args = vec!["build", "--package", "kiln-compiler", "--bins"];
    if profile == Profile::Release {
        args.push("--release");
    }
    args.extend(features.iter().map(String::as_str));
    call(&mut cargo(&args))?;
    let folder = match profile {
        Profile::Dev => "debug",
        Profile::Release => "release",
    };
    Ok(target_dir().join(folder).join(format!("kiln{}", std::env::consts::EXE_SUFFIX)))
}

/// Where Cargo builds.
pub fn target_dir() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), |dir| root().join(dir))
}
