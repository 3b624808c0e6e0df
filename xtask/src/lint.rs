//! `cargo xtask lint`: clippy on everything this machine can build.

use crate::llvm::{chosen, workspace};
use crate::process::{call, cargo};
use crate::{Outcome, no_arguments};

/// The task.
pub fn run(args: &[String]) -> Outcome {
    no_arguments("lint", args)?;
    let selection = workspace(chosen());
    let mut words = vec!["clippy", "--quiet", "--all-targets"];
    words.extend(selection.iter().map(String::as_str));
    words.extend(["--", "--deny", "warnings"]);
    call(&mut cargo(&words))
}
