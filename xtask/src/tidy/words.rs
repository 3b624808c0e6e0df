//! Words that must not be left in files: unfinished work, and where somebody's machine keeps things.

use super::Findings;
use super::files::{TextFile, Tree};

/// The word, why it must not stand there, and the ends of the files it is looked for in.
const WORDS: &[(&str, &str, &[&str])] = &[
    ("todo!(", "unfinished", &[".rs"]),
    ("unimplemented!(", "unfinished", &[".rs"]),
    ("dbg!(", "left from a search for a bug", &[".rs"]),
    ("#[ignore", "a test says what happens today, or goes", &[".rs"]),
    ("FIXME", "unfinished", ALL),
    ("/home/", "a path of some machine", ALL),
    ("/root/", "a path of some machine", ALL),
    ("/Users/", "a path of some machine", ALL),
    ("index.crates.io", "where packages come from is everybody's own setting", ALL),
];
const ALL: &[&str] = &[".rs", ".md", ".toml", ".kiln", ".c", ".stderr", ".expected", "/run"];
/// This file has to name them.
const HERE: &str = "xtask/src/tidy/words.rs";

pub fn check(tree: &Tree) -> Findings {
    tree.files.iter().filter(|file| file.path != HERE).flat_map(check_file).collect()
}

fn check_file(file: &TextFile) -> Findings {
    let words: Vec<_> = WORDS.iter().filter(|(_, _, ends)| ends.iter().any(|end| file.path.ends_with(end))).collect();
    let mut findings = Findings::new();
    for (number, line) in file.lines() {
        let here = words.iter().filter(|(word, _, _)| line.contains(word));
        findings.extend(here.map(|(word, why, _)| file.at(number, format!("`{word}`: {why}"))));
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_where_they_matter() {
        let file = |path: &str, text: &str| TextFile { path: path.to_owned(), text: text.to_owned() };
        assert_eq!(check_file(&file("a.rs", "fn f() { todo!() }")), ["a.rs:1: `todo!(`: unfinished"]);
        assert!(check_file(&file("a.md", "never write `todo!()`")).is_empty());
    }
}
