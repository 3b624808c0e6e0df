//! Every diagnostic code has a page of `kiln explain` and, once it is implemented, a ui test of its name.

use super::Findings;
use super::files::Tree;
use std::collections::BTreeSet;

const TABLE: &str = "source/src/codes.rs";
const PAGES: &str = "compiler/explain/";
const TESTS: &str = "ui-tests/";

pub fn check(tree: &Tree) -> Findings {
    let Some(table) = tree.file(TABLE) else { return vec![format!("{TABLE} is missing")] };
    let codes: Vec<(&str, &str)> = table.lines().filter_map(|(_, line)| code(line)).collect();
    if codes.is_empty() {
        return vec![format!("{TABLE} has no codes in the form that is looked for")];
    }
    let cases: BTreeSet<&str> = tree.below(TESTS).filter_map(|file| case_name(&file.path)).collect();
    let mut findings = Findings::new();
    for (id, name) in &codes {
        let path = format!("{PAGES}{id}.md");
        let Some(page) = tree.file(&path) else {
            findings.push(format!("{path} is missing ({name})"));
            continue;
        };
        let front =
            page.text.strip_prefix("---\n").and_then(|rest| rest.split_once("---\n")).map_or("", |(front, _)| front);
        let needs_case = !front.contains("status: planned") && !front.contains("kind: tool");
        if needs_case && !cases.contains(name) {
            findings.push(format!("{id} has no ui test `{name}.kiln`"));
        }
        if !page.text.contains(&format!("# {id}: ")) {
            findings.push(format!("{path} does not open with `# {id}: …`"));
        }
    }
    for page in tree.below(PAGES) {
        let id = page.path.trim_start_matches(PAGES).trim_end_matches(".md");
        if codes.iter().all(|(known, _)| *known != id) {
            findings.push(format!("{} explains a code that does not exist", page.path));
        }
    }
    for case in tree.below(TESTS).filter(|file| case_name(&file.path).is_some()) {
        let expected = case.path.replace(".kiln", ".stderr");
        if tree.file(&expected).is_none() {
            findings.push(format!("{} has no expected text beside it: `cargo xtask bless`", case.path));
        }
    }
    findings
}

/// `E0205 use_after_move;`
fn code(line: &str) -> Option<(&str, &str)> {
    let (id, name) = line.trim().strip_suffix(';')?.split_once(' ')?;
    let digits = id.strip_prefix('E')?;
    (digits.len() == 4 && digits.bytes().all(|byte| byte.is_ascii_digit())).then_some((id, name))
}

/// The name of a case: of a file that is no part of another case, whose folder would end in `.files`.
fn case_name(path: &str) -> Option<&str> {
    let path = path.strip_suffix(".kiln").filter(|path| !path.contains(".files/"))?;
    path.rsplit('/').next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_and_cases_are_recognised() {
        assert_eq!(code("    E0205 use_after_move;"), Some(("E0205", "use_after_move")));
        assert_eq!(code("    /// E0205;"), None);
        assert_eq!(case_name("ui-tests/names/private_item.kiln"), Some("private_item"));
        assert_eq!(case_name("ui-tests/names/private_item.files/util.kiln"), None);
    }
}
