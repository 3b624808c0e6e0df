//! `cargo xtask bless`: runs the tests whose expected text lies in files, and lets them rewrite those files.

use crate::llvm::{chosen, features};
use crate::process::{call, cargo};
use crate::{Outcome, no_arguments};

/// Packages with such tests. They rewrite their files when `KILN_BLESS` is set.
const PACKAGES: &[&str] = &["kiln-ui-tests", "kiln-codegen-llvm", "kiln-spec", "kiln-hir"];

/// The task.
pub fn run(args: &[String]) -> Outcome {
    no_arguments("bless", args)?;
    let major = chosen();
    let packages = PACKAGES.iter().filter(|package| major.is_some() || **package != "kiln-codegen-llvm");
    let mut words = vec!["test", "--no-fail-fast"];
    words.extend(packages.flat_map(|package| ["--package", package]));
    let features = features(major);
    words.extend(features.iter().map(String::as_str));
    call(cargo(&words).env("KILN_BLESS", "1"))?;
    println!("read the change before you keep it: git diff");
    Ok(())
}
