//! Links between documents lead somewhere, rules have one place, decisions are listed.

use super::Findings;
use super::files::{TextFile, Tree};
use crate::process::root;
use std::collections::BTreeMap;

/// Links of markdown files to other files of the repository.
pub fn check_links(tree: &Tree) -> Findings {
    let mut findings = Findings::new();
    for file in tree.ending(".md") {
        let folder = file.path.rsplit_once('/').map_or("", |(folder, _)| folder);
        for (number, line) in prose(file) {
            for target in links(line) {
                let path = target.split('#').next().unwrap_or(target);
                let outside = target.contains("://") || target.starts_with("mailto:");
                if !path.is_empty() && !outside && !root().join(folder).join(path).exists() {
                    findings.push(file.at(number, format!("the link to `{target}` leads nowhere")));
                }
            }
        }
    }
    findings
}

/// The lines outside of fenced blocks.
fn prose(file: &TextFile) -> impl Iterator<Item = (usize, &str)> {
    let mut fence = None;
    file.lines().filter(move |(_, line)| {
        let ticks = line.trim_start().bytes().take_while(|byte| *byte == b'`').count();
        match fence {
            // A fence ends with at least as many ticks as it began with, and nothing behind them.
            Some(open) if ticks >= open && line.trim().len() == ticks => fence = None,
            Some(_) => {}
            None if ticks >= 3 => fence = Some(ticks),
            None => return true,
        }
        false
    })
}

/// Targets of `[text](target)` in a line, without those in `code`.
fn links(line: &str) -> impl Iterator<Item = &str> {
    let outside_code = line.split('`').step_by(2);
    outside_code.flat_map(|part| part.split("](").skip(1)).filter_map(|rest| rest.split([')', ' ']).next())
}

/// `r[…]` in the specification: each id once.
pub fn check_rules(tree: &Tree) -> Findings {
    let mut places: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for file in tree.below("spec/").filter(|file| file.path.ends_with(".md")) {
        for (number, line) in prose(file) {
            if let Some(id) = line.strip_prefix("r[").and_then(|rest| rest.strip_suffix(']')) {
                places.entry(id).or_default().push(format!("{}:{number}", file.path));
            }
        }
    }
    let twice = places.into_iter().filter(|(_, places)| places.len() > 1);
    twice.map(|(id, places)| format!("the rule `{id}` stands at {}", places.join(" and "))).collect()
}

/// Every decision is in the index.
pub fn check_decisions(tree: &Tree) -> Findings {
    let index = tree.file("docs/adr/README.md").map_or("", |file| file.text.as_str());
    let decisions = tree.below("docs/adr/").filter_map(|file| file.path.strip_prefix("docs/adr/"));
    let missing = decisions.filter(|name| *name != "README.md" && !index.contains(&format!("({name})")));
    missing.map(|name| format!("docs/adr/README.md does not list {name}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fenced_lines_are_no_prose() {
        let text = "a\n````markdown\nr[x]\n```kiln\nb\n```\n````\nc\n".to_owned();
        let file = TextFile { path: "x.md".to_owned(), text };
        assert_eq!(prose(&file).map(|(number, _)| number).collect::<Vec<_>>(), [1, 8]);
    }

    #[test]
    fn links_are_found_outside_of_code() {
        let line = "see [a](b.md#c), `[x](y)` and [d](https://e.f)";
        assert_eq!(links(line).collect::<Vec<_>>(), ["b.md#c", "https://e.f"]);
    }
}
