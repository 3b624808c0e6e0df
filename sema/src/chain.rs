//! What asked for an instance: the chain from a generic body back to a call that is written out, for messages, and the
//! limit that ends chains that never would.

use crate::context::{Checked, Sema};
use crate::errors;
use kiln_source::{Diagnostic, Label, Span};
use kiln_types::FuncId;

/// How many instances may be made for each other: one more and the recursion has no end that anybody waits for.
pub(crate) const MAX_DEPTH: u32 = 512;

/// Why an instance of a generic function exists.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Origin {
    /// The call, or the name, that asked for it.
    pub asked: Span,
    /// The generic instance that stands in, if it does in one.
    pub by: Option<FuncId>,
    /// How many generic instances it has above it.
    pub depth: u32,
}

impl Sema<'_> {
    /// Notes what asks for a new instance of something generic.
    pub fn note_origin(&mut self, func: FuncId, asked: Span) -> Checked<()> {
        let by = self.within.last().copied().filter(|by| self.instances.origin(*by).is_some());
        let depth = by.and_then(|by| self.instances.origin(by)).map_or(0, |origin| origin.depth + 1);
        if depth > MAX_DEPTH {
            let by = by.expect("only generic instances have a depth");
            let name = self.program.info(by).name.clone();
            return Err(self.error(errors::instantiation_depth(asked, MAX_DEPTH, &name)));
        }
        self.instances.set_origin(func, Origin { asked, by, depth });
        Ok(())
    }

    /// Runs `check` on behalf of an instance: errors in it name that instance and what asked for it.
    pub fn within<T>(&mut self, func: FuncId, check: impl FnOnce(&mut Self) -> T) -> T {
        self.within.push(func);
        let result = check(self);
        self.within.pop();
        result
    }

    /// Adds to an error in a generic instance which one it is, and where those were asked for that led to it.
    pub fn with_chain(&self, mut error: Diagnostic) -> Diagnostic {
        let mut at = self.within.last().copied();
        let mut links = Vec::new();
        while let Some(func) = at
            && let Some(origin) = self.instances.origin(func)
        {
            links.push((func, origin));
            at = origin.by;
        }
        if let Some((_, origin)) = links.iter().find(|(_, origin)| !self.is_std(origin.asked)) {
            error = self.out_of_library(error, origin.asked);
        }
        let lines = links.iter().map(|(func, origin)| self.link(*func, origin.asked));
        for line in fold(lines.collect(), |at| self.instances.decl_of(links[at].0)) {
            error = error.note(line);
        }
        error
    }

    /// An error in the library is shown where the program asked for what has it.
    fn out_of_library(&self, mut error: Diagnostic, asked: Span) -> Diagnostic {
        if let Some(mut label) = error.primary.take_if(|label| self.is_std(label.span)) {
            if label.text.is_empty() {
                label.text.push_str("in the library, here");
            }
            error.primary = Some(Label { span: asked, text: String::new() });
            error.secondary.insert(0, label);
            error.fixes.retain(|fix| !self.is_std(fix.span));
        }
        error
    }

    fn link(&self, func: FuncId, asked: Span) -> String {
        match self.program.infos.get(func).and_then(Option::as_ref) {
            Some(info) => format!("in `{}`, asked for at {}", info.name, self.sources.location(asked)),
            None => format!("in an instance asked for at {}", self.sources.location(asked)),
        }
    }
}

/// Lines about one declaration in a row: the first two and the last are shown.
fn fold<K: PartialEq>(lines: Vec<String>, key: impl Fn(usize) -> K) -> Vec<String> {
    let mut folded = Vec::new();
    let mut at = 0;
    while at < lines.len() {
        let same = (at..lines.len()).take_while(|index| key(*index) == key(at)).count();
        if same <= 4 {
            folded.extend_from_slice(&lines[at..at + same]);
        } else {
            folded.extend_from_slice(&lines[at..at + 2]);
            folded.push(format!("… {} more", same - 3));
            folded.push(lines[at + same - 1].clone());
        }
        at += same;
    }
    folded
}

#[cfg(test)]
mod tests {
    use super::fold;

    #[test]
    fn rows_of_one_declaration_are_folded() {
        let lines = || (0..9).map(|line| line.to_string()).collect::<Vec<_>>();
        assert_eq!(fold(lines(), |at| at < 7), ["0", "1", "… 4 more", "6", "7", "8"]);
        assert_eq!(fold(lines(), |at| at), lines());
    }
}
