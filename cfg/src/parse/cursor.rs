//! A position in a line, and how lines are cut: brackets, quotes and comments.

use super::Parsed;
use crate::{BlockId, Local};

/// What is left of a line.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cursor<'t> {
    rest: &'t str,
}

impl<'t> Cursor<'t> {
    pub fn new(text: &'t str) -> Cursor<'t> {
        Cursor { rest: text.trim() }
    }

    pub fn rest(&self) -> &'t str {
        self.rest
    }

    pub fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// Nothing may be left.
    pub fn end(&self) -> Parsed<()> {
        if self.rest.is_empty() { Ok(()) } else { Err(format!("did not expect `{}`", self.rest)) }
    }

    /// Skips `len` bytes and the blanks behind.
    pub fn skip(&mut self, len: usize) -> &'t str {
        let (skipped, rest) = self.rest.split_at(len);
        self.rest = rest.trim_start();
        skipped
    }

    /// Takes a prefix if it is there, and the blanks behind it.
    pub fn eat(&mut self, prefix: &str) -> bool {
        let found = self.rest.starts_with(prefix);
        if found {
            self.skip(prefix.len());
        }
        found
    }

    pub fn expect(&mut self, prefix: &str) -> Parsed<()> {
        if self.eat(prefix) { Ok(()) } else { Err(format!("expected `{prefix}` before `{}`", self.rest)) }
    }

    /// A word of letters, digits and `_`.
    pub fn word(&mut self) -> &'t str {
        let len = self.rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(self.rest.len());
        self.skip(len)
    }

    /// What stands before one of the stops outside of brackets and quotes, or before a closing bracket.
    pub fn until(&mut self, stops: &[char]) -> &'t str {
        let len = scan(self.rest, |at, c| stops.contains(&c) && self.rest.is_char_boundary(at));
        self.skip(len).trim_end()
    }

    fn numbered(&mut self, prefix: &str) -> Option<u32> {
        let digits = self.rest.strip_prefix(prefix)?;
        let len = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
        let number = digits[..len].parse().ok()?;
        self.skip(prefix.len() + len);
        Some(number)
    }

    pub fn local(&mut self) -> Parsed<Local> {
        self.numbered("_").map(Local).ok_or_else(|| format!("expected a local before `{}`", self.rest))
    }

    pub fn block(&mut self) -> Parsed<BlockId> {
        self.numbered("bb").map(BlockId).ok_or_else(|| format!("expected a block before `{}`", self.rest))
    }

    /// The number behind a prefix, such as that of static data.
    pub fn id(&mut self, prefix: &str) -> Parsed<u32> {
        self.numbered(prefix).ok_or_else(|| format!("expected `{prefix}` and a number before `{}`", self.rest))
    }

    /// The next character.
    pub fn peek(&self) -> Option<char> {
        self.rest.chars().next()
    }
}

/// Bytes before the first place outside of brackets and quotes where `stop` holds, or before a bracket that closes nothing.
pub(super) fn scan(text: &str, stop: impl Fn(usize, char) -> bool) -> usize {
    let mut depth = 0usize;
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        if depth == 0 && stop(at, c) {
            return at;
        }
        match c {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' if depth == 0 => return at,
            ')' | ']' | '}' => depth -= 1,
            '"' | '\'' => {
                let mut escaped = false;
                for (_, inner) in chars.by_ref() {
                    match inner {
                        _ if escaped => escaped = false,
                        '\\' => escaped = true,
                        _ if inner == c => break,
                        _ => {}
                    }
                }
            }
            _ => {}
        }
    }
    text.len()
}

/// The line without its comment.
pub(super) fn uncomment(line: &str) -> &str {
    let mut quote = None;
    let mut escaped = false;
    for (at, c) in line.char_indices() {
        match (quote, c) {
            (Some(_), _) if escaped => escaped = false,
            (Some(_), '\\') => escaped = true,
            (Some(open), _) if open == c => quote = None,
            (None, '"' | '\'') => quote = Some(c),
            (None, '/') if line[at..].starts_with("//") => return &line[..at],
            _ => {}
        }
    }
    line
}

/// Splits `name(params) -> ret {`: the parameters are the last group of parentheses before the result.
pub(super) fn split_header(line: &str) -> Parsed<(&str, &str, Option<&str>)> {
    let line = line.strip_suffix('{').ok_or("expected `{`")?.trim_end();
    let arrow = scan(line, |at, _| line[at..].starts_with(" -> "));
    let (front, ret) = match line.get(arrow..).and_then(|rest| rest.strip_prefix(" -> ")) {
        Some(ret) => (&line[..arrow], Some(ret.trim())),
        None => (line, None),
    };
    let (name, params) = split_group(front)?;
    Ok((name, params, ret))
}

/// Splits `name(content)` at the last group of parentheses, which ends the text.
pub(super) fn split_group(text: &str) -> Parsed<(&str, &str)> {
    let inner = text.strip_suffix(')').ok_or("expected `)`")?;
    let (mut from, mut open) = (0, None);
    while from < inner.len() {
        let at = from + scan(&inner[from..], |_, c| c == '(');
        if at >= inner.len() {
            break;
        }
        if !inner[at..].starts_with('(') {
            return Err("a bracket has no partner".to_owned());
        }
        open = Some(at);
        from = at + 1 + scan(&inner[at + 1..], |_, _| false) + 1;
    }
    let open = open.ok_or("expected `(`")?;
    Ok((&inner[..open], &inner[open + 1..]))
}
