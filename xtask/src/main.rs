//! The tasks of this repository. `cargo xtask` lists them.
//!
//! Plain Rust that builds in a second, needs no LLVM and knows the compiler only as a program to build and run.

#![forbid(unsafe_code)]

mod process;

mod llvm;
mod setup;

mod bless;

mod bench;
mod build;
mod demo;
mod lint;
mod test;
mod tidy;

use std::process::exit;

/// Why a task failed: one line for a person. What it ran has said more.
type Failure = String;
/// What a task came to.
type Outcome = Result<(), Failure>;

/// Something `cargo xtask` can do.
struct Task {
    name: &'static str,
    does: &'static str,
    /// Gets the arguments after the name.
    run: fn(&[String]) -> Outcome,
}

const TASKS: &[Task] = &[
    Task {
        name: "setup",
        does: "install what native code needs (LLVM, a C++ compiler), once; `--cross`: also what other machines need",
        run: setup::run,
    },
    Task { name: "demo", does: "set up, build `kiln`, compile an example to native code and run it", run: demo::run },
    Task { name: "test", does: "set up and run all tests; arguments go to the test runner", run: test::run },
    Task { name: "lint", does: "clippy, with warnings as errors", run: lint::run },
    Task { name: "tidy", does: "check what no compiler checks: the crate graph, pages, links, words", run: tidy::run },
    Task { name: "bless", does: "accept what the compiler says now as the expected text of tests", run: bless::run },
    Task {
        name: "bench",
        does: "measure, and write docs/benchmarks.md; names of sections measure only these. Fails where a bar is missed",
        run: bench::run,
    },
];

/// Refuses arguments of a task that takes none.
fn no_arguments(task: &str, args: &[String]) -> Outcome {
    match args {
        [] => Ok(()),
        [first, ..] => Err(format!("`{task}` takes no arguments, but got `{first}`")),
    }
}

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    if let Some(command) = args.strip_prefix(&[bench::MEMORY_OF.to_owned()]) {
        exit(bench::print_memory_of(command));
    }
    let Some((name, rest)) = args.split_first() else {
        println!("usage: cargo xtask TASK\n");
        for task in TASKS {
            println!("  {:8}{}", task.name, task.does);
        }
        exit(2)
    };
    let Some(task) = TASKS.iter().find(|task| task.name == name) else {
        eprintln!("xtask: there is no task `{name}`; `cargo xtask` lists them");
        exit(2)
    };
    if let Err(failure) = (task.run)(rest) {
        eprintln!("xtask {name}: {failure}");
        exit(1)
    }
}
