//! `cargo xtask tidy`: what the design asks for and no compiler checks. Each check is a file here.

mod files;

mod docs;
mod graph;
mod pages;
mod size;
mod words;

use crate::{Outcome, no_arguments};
use files::Tree;

/// What a check found: `path:line: what`, or what alone.
type Findings = Vec<String>;

type Check = fn(&Tree) -> Findings;

/// Name of the check, the check.
const CHECKS: &[(&str, Check)] = &[
    ("crate graph", graph::check),
    ("outside world", graph::check_outside_world),
    ("pages and tests of codes", pages::check),
    ("files and functions", size::check),
    ("words", words::check),
    ("links", docs::check_links),
    ("rule ids", docs::check_rules),
    ("decisions", docs::check_decisions),
];

/// The task.
pub fn run(args: &[String]) -> Outcome {
    no_arguments("tidy", args)?;
    let tree = Tree::read()?;
    let mut found = 0;
    for (name, check) in CHECKS {
        let findings = check(&tree);
        println!(
            "{name}: {}",
            if findings.is_empty() { "fine".to_owned() } else { format!("{} found", findings.len()) }
        );
        for finding in &findings {
            println!("  {finding}");
        }
        found += findings.len();
    }
    if found == 0 { Ok(()) } else { Err(format!("{found} found")) }
}
