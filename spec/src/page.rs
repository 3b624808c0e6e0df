//! Pages of the reference: rules and their blocks.
//!
//! ````text
//! r[expr.add.overflow]
//! A sum outside the range of its type is a panic.
//!
//! ```kiln
//! fn main() { … }
//! ```
//! ````

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::{fs, io};

/// A page: one file.
#[derive(Debug)]
pub struct Page {
    /// Its path below the reference's folder, with `/`.
    pub path: String,
    /// Its rules in order.
    pub rules: Vec<Rule>,
}

/// A rule with its examples.
#[derive(Debug)]
pub struct Rule {
    /// `expr.add.overflow`
    pub id: String,
    /// The line of `r[…]`.
    pub line: usize,
    /// Its examples in order.
    pub blocks: Vec<Block>,
}

/// A fenced block.
#[derive(Debug)]
pub struct Block {
    /// The line of the opening fence.
    pub line: usize,
    /// What stands between the fences.
    pub text: String,
}

/// Something in the reference that is not as it should be.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Complaint {
    /// `lexical/names.md:12`
    pub place: String,
    /// What is wrong.
    pub message: String,
}

impl fmt::Display for Complaint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.message)
    }
}

/// Languages of fences that are no examples.
const OTHER_FENCES: [&str; 3] = ["text", "sh", "ebnf"];

/// Reads all pages below a folder, in the order of their paths, and what is wrong with them.
///
/// # Errors
/// A folder or file that can't be read.
pub fn read_pages(folder: &Path) -> io::Result<(Vec<Page>, Vec<Complaint>)> {
    let mut paths = Vec::new();
    collect(folder, &mut paths)?;
    paths.sort();
    let mut complaints = Vec::new();
    let mut pages = Vec::new();
    for path in paths {
        let below = path.strip_prefix(folder).expect("the path was found below the folder");
        let name = below.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/");
        if name != "README.md" {
            pages.push(Page::parse(name, &fs::read_to_string(&path)?, &mut complaints));
        }
    }
    complain_of_duplicates(&pages, &mut complaints);
    Ok((pages, complaints))
}

fn collect(folder: &Path, paths: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, paths)?;
        } else if path.extension().is_some_and(|ending| ending == "md") {
            paths.push(path);
        }
    }
    Ok(())
}

fn complain_of_duplicates(pages: &[Page], complaints: &mut Vec<Complaint>) {
    let mut seen: BTreeMap<&str, String> = BTreeMap::new();
    for page in pages {
        for rule in &page.rules {
            let place = format!("{}:{}", page.path, rule.line);
            if let Some(first) = seen.insert(&rule.id, place.clone()) {
                complaints.push(Complaint { place, message: format!("the rule `{}` is at {first} too", rule.id) });
            }
        }
    }
}

impl Page {
    /// Parses a page; what is wrong with it is added to `complaints`.
    pub fn parse(path: String, text: &str, complaints: &mut Vec<Complaint>) -> Page {
        let mut reader = Reader { page: Page { path, rules: Vec::new() }, complaints, says_something: true };
        let mut open: Option<(usize, &str, String)> = None;
        for (index, line) in text.lines().enumerate() {
            let number = index + 1;
            match (&mut open, line.strip_prefix("```")) {
                (None, Some(language)) => open = Some((number, language, String::new())),
                (None, None) => reader.prose(number, line),
                (Some((_, _, text)), None) => {
                    text.push_str(line);
                    text.push('\n');
                }
                (Some(_), Some(rest)) => {
                    if !rest.is_empty() {
                        reader.complain(number, "a fence is opened inside of another one");
                    }
                    let (line, language, text) = open.take().expect("just matched");
                    reader.block(line, language, text);
                }
            }
        }
        if let Some((line, ..)) = open {
            reader.complain(line, "the fence is not closed");
        }
        reader.end_rule();
        reader.page
    }
}

struct Reader<'a> {
    page: Page,
    complaints: &'a mut Vec<Complaint>,
    /// Whether the rule has prose.
    says_something: bool,
}

impl Reader<'_> {
    fn complain(&mut self, line: usize, message: impl Into<String>) {
        self.complaints.push(Complaint { place: format!("{}:{line}", self.page.path), message: message.into() });
    }

    fn prose(&mut self, number: usize, line: &str) {
        if line.starts_with("r[") {
            self.end_rule();
            match line.strip_prefix("r[").and_then(|rest| rest.strip_suffix(']')).filter(|id| is_rule_id(id)) {
                Some(id) => self.page.rules.push(Rule { id: id.to_owned(), line: number, blocks: Vec::new() }),
                None => self.complain(number, format!("`{line}` is no rule: write `r[topic.rule]`")),
            }
            self.says_something = false;
        } else if !line.trim().is_empty() && !line.starts_with('#') {
            self.says_something = true;
        }
    }

    fn end_rule(&mut self) {
        let Some(rule) = self.page.rules.last() else { return };
        let (line, id) = (rule.line, rule.id.clone());
        if rule.blocks.is_empty() {
            self.complain(line, format!("the rule `{id}` has no example"));
        }
        if !self.says_something {
            self.complain(line, format!("the rule `{id}` says nothing"));
        }
    }

    fn block(&mut self, line: usize, language: &str, text: String) {
        if OTHER_FENCES.contains(&language) {
            return;
        }
        if language != "kiln" {
            return self.complain(line, format!("`{language}` is no fence of this reference: write `kiln` or `text`"));
        }
        match self.page.rules.last_mut() {
            Some(rule) => rule.blocks.push(Block { line, text }),
            None => self.complain(line, "an example stands before the first rule"),
        }
    }
}

/// Words of small letters, digits and `_`, joined by points: at least two.
fn is_rule_id(id: &str) -> bool {
    let is_word = |word: &str| {
        word.starts_with(|c: char| c.is_ascii_lowercase())
            && word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
    };
    id.split('.').count() >= 2 && id.split('.').all(is_word)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> (Page, Vec<String>) {
        let mut complaints = Vec::new();
        let page = Page::parse("p.md".to_owned(), text, &mut complaints);
        (page, complaints.iter().map(Complaint::to_string).collect())
    }

    #[test]
    fn a_page_is_rules_with_blocks() {
        let (page, complaints) =
            parse("# T\n\nr[a.b]\nSays.\n```kiln\nx\n```\n```text\ny\n```\nr[a.c_2]\nToo.\n```kiln\n```\n");
        assert_eq!(complaints, [""; 0]);
        let shown: Vec<_> = page.rules.iter().map(|rule| (&*rule.id, rule.line, rule.blocks.len())).collect();
        assert_eq!(shown, [("a.b", 3, 1), ("a.c_2", 11, 1)]);
        assert_eq!((page.rules[0].blocks[0].line, &*page.rules[0].blocks[0].text), (5, "x\n"));
    }

    #[test]
    fn nothing_is_overlooked() {
        let cases = [
            ("r[a.b]\nSays.\n", "p.md:1: the rule `a.b` has no example"),
            ("r[a.b]\n```kiln\n```\n", "p.md:1: the rule `a.b` says nothing"),
            ("r[a]\n", "p.md:1: `r[a]` is no rule: write `r[topic.rule]`"),
            ("r[a.B]\n", "p.md:1: `r[a.B]` is no rule: write `r[topic.rule]`"),
            ("```kiln\n```\n", "p.md:1: an example stands before the first rule"),
            ("```kiln no_run\n```\n", "p.md:1: `kiln no_run` is no fence of this reference: write `kiln` or `text`"),
            ("```\n```\n", "p.md:1: `` is no fence of this reference: write `kiln` or `text`"),
            ("```text\n", "p.md:1: the fence is not closed"),
        ];
        for (text, expected) in cases {
            assert_eq!(parse(text).1, [expected], "{text:?}");
        }
    }
}
