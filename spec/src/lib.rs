//! Reads the language reference and runs its examples.
//!
//! A page is markdown; a rule starts with a line `r[rule.id]`, says what holds in prose, and shows it in blocks fenced as
//! `kiln`. Comments in a block say what is expected of it; a block that says nothing is expected to be right. Every
//! block is checked, and those with a `main` run on every engine there is, which have to agree on output, panic and
//! exit status.
//!
//! Contract: nothing is skipped. What this crate does not understand (a directive, a fence, a rule without an example)
//! is a failure, and so is a crash of the compiler, whatever the block expects.

#![forbid(unsafe_code)]

mod page;
pub use page::{Block, Complaint, Page, Rule, read_pages};

mod example;
pub use example::{Ending, Example, ExpectedRun, Marker};

mod engine;
pub use engine::{Engine, Outcome, options, run_command, run_process};

mod program;
pub use program::{Case, Program, programs};

mod verdict;
pub use verdict::{check_cases, check_example, check_program, check_stages, check_tests};
