//! No file and no function swallows the program, and every crate opens as all do.

use super::Findings;
use super::files::{TextFile, Tree};

/// Lines of a Rust file, tests not counted. A quarter of them is the usual.
const FILE_LINES: usize = 1000;
/// Lines of a function. A tenth of them is the usual.
const FUNCTION_LINES: usize = 140;
/// Functions that are one table: the loop of the virtual machine with a line for each instruction, and its macro.
const TABLES: &[(&str, &str)] = &[("interp/src/exec.rs", "run"), ("interp/src/exec/ops.rs", "$name")];
/// Crates that call into C, or into code they made.
const UNSAFE: &[&str] = &["child/src/lib.rs", "codegen-cranelift/src/lib.rs", "codegen-llvm/src/lib.rs"];

pub fn check(tree: &Tree) -> Findings {
    tree.ending(".rs").flat_map(|file| check_file(file).into_iter().chain(check_crate(file))).collect()
}

fn check_file(file: &TextFile) -> Findings {
    let mut findings = Findings::new();
    let lines = file.lines_before_tests().count();
    if lines > FILE_LINES {
        findings.push(format!("{}: {lines} lines are more than one thing; the limit is {FILE_LINES}", file.path));
    }
    for (start, length, name) in functions(&file.text) {
        // Programs of tests stand in their text.
        let is_test = file.path.contains("/tests/");
        if length > FUNCTION_LINES && !is_test && !TABLES.contains(&(&file.path, &name)) {
            findings.push(file.at(start, format!("`{name}` has {length} lines; the limit is {FUNCTION_LINES}")));
        }
    }
    findings
}

/// A crate's first file says what it is, and forbids what it does not need.
fn check_crate(file: &TextFile) -> Findings {
    let mut findings = Findings::new();
    if !file.path.ends_with("src/lib.rs") {
        return findings;
    }
    if !file.text.starts_with("//!") {
        findings.push(file.at(1, "a crate opens with what it is for"));
    }
    if !file.text.contains("#![forbid(unsafe_code)]") && !UNSAFE.contains(&file.path.as_str()) {
        findings.push(file.at(1, "`#![forbid(unsafe_code)]` is missing"));
    }
    findings
}

/// First line, number of lines and name of each function of a formatted file: it ends with the `}` under its first letter.
fn functions(text: &str) -> Vec<(usize, usize, String)> {
    let lines: Vec<&str> = text.lines().collect();
    let mut found = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        let code = line.trim_start();
        let Some(name) = function_name(code) else { continue };
        let end = format!("{}}}", &line[..line.len() - code.len()]);
        if let Some(length) = lines[index..].iter().position(|line| *line == end) {
            found.push((index + 1, length + 1, name.to_owned()));
        }
    }
    found
}

/// The name of the function whose signature starts in this line.
fn function_name(code: &str) -> Option<&str> {
    let mut rest = code;
    for word in ["pub(crate) ", "pub(super) ", "pub ", "const ", "unsafe ", "extern \"C\" "] {
        rest = rest.strip_prefix(word).unwrap_or(rest);
    }
    let name = rest.strip_prefix("fn ")?;
    let ends = code.ends_with('}') || code.ends_with(';');
    name.split(['(', '<']).next().filter(|_| !ends)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_are_measured() {
        let text = "impl A {\n    pub(crate) fn f<T>(\n        x: T,\n    ) {\n        g()\n    }\n}\nfn one() {}\n";
        assert_eq!(functions(text), [(2, 5, "f".to_owned())]);
    }
}
