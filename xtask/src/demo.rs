//! `cargo xtask demo`: from a fresh clone to a running native program.

use crate::build::{Profile, kiln, target_dir};
use crate::llvm::chosen;
use crate::process::{call, command};
use crate::{Outcome, no_arguments, setup};
use std::process::Stdio;

/// What is compiled.
const EXAMPLE: &str = "examples/life.kiln";

/// The task.
pub fn run(args: &[String]) -> Outcome {
    no_arguments("demo", args)?;
    if let Err(failure) = setup::ensure() {
        eprintln!("xtask demo: {failure}; going on without native code");
    }
    let kiln = kiln(Profile::Dev)?;
    let kiln = kiln.to_str().ok_or("the repository's path is not UTF-8")?;
    if chosen().is_none() {
        return call(command(kiln, &["run", EXAMPLE]).stdin(Stdio::null()));
    }
    let program = target_dir().join("demo");
    let program = program.to_str().ok_or("the repository's path is not UTF-8")?;
    call(&mut command(kiln, &["build", "-O2", EXAMPLE, "-o", program]))?;
    call(command(program, &[]).stdin(Stdio::null()))?;
    println!("\n{EXAMPLE} was compiled to native code and run; the program is {program}");
    Ok(())
}
