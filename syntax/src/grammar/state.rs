//! What the grammar knows besides the place it is at: the text, the tree so far, the mistakes so far.

use super::{Failed, In, Rules};
use crate::ast::Ast;
use crate::errors::Mistake;
use crate::token::{Tok, Tokens};
use chumsky::input::{Checkpoint, Cursor};
use chumsky::inspector::Inspector;
use kiln_source::{Diagnostic, FileId, Interner, Symbol, TextRange};
use std::rc::Rc;

/// The state of one file's parse.
pub(super) struct State<'s> {
    pub text: &'s str,
    pub tokens: &'s Tokens,
    /// Those of `tokens`.
    ranges: &'s [TextRange],
    pub interner: &'s mut Interner,
    pub ast: Ast,
    pub diagnostics: Vec<Diagnostic>,
    pub rules: Rc<Rules<'s>>,
    /// Levels of [`super::nested`] around the cursor.
    pub nesting: usize,
    pub deepest_nesting: usize,
    /// The most operators, postfixes or `else if`s that hang on each other.
    pub longest_chain: usize,
    /// How many doc comments lie before the cursor.
    pub docs_seen: usize,
    /// Whether the file has more `{` than `}`: then an item at the start of a line ends the blocks before it.
    pub lacks_braces: bool,
    /// A `{` whose `}` is indented otherwise than its line: where a missing `}` is looked for first.
    pub suspect: Option<TextRange>,
    /// The token at which the last mistake was noted; there is no second one there.
    last_mistake: Option<usize>,
    /// Holds the text of the string literal being decoded.
    pub buffer: String,
}

impl<'s> State<'s> {
    pub fn new(file: FileId, text: &'s str, tokens: &'s Tokens, interner: &'s mut Interner, rules: Rules<'s>) -> Self {
        let count = |kind| tokens.kinds.iter().map(|&found| u32::from(found == kind)).sum::<u32>();
        State {
            text,
            tokens,
            ranges: &tokens.ranges,
            interner,
            ast: Ast::with_capacity(file, tokens.kinds.len()),
            diagnostics: Vec::new(),
            rules: Rc::new(rules),
            nesting: 0,
            deepest_nesting: 0,
            longest_chain: 0,
            docs_seen: 0,
            lacks_braces: count(Tok::LBrace) > count(Tok::RBrace),
            suspect: None,
            last_mistake: None,
            buffer: String::new(),
        }
    }

    /// The text under a range.
    #[inline]
    pub fn slice(&self, range: TextRange) -> &'s str {
        &self.text[range.start as usize..range.end as usize]
    }

    /// The symbol of the text under a range.
    #[inline]
    pub fn intern(&mut self, range: TextRange) -> Symbol {
        let text = self.slice(range);
        self.interner.intern(text)
    }

    /// The range of a token; empty at the text's end past the last.
    #[inline]
    pub fn range(&self, index: usize) -> TextRange {
        self.ranges.get(index).copied().unwrap_or(TextRange::empty(self.text.len() as u32))
    }

    /// Notes a mistake wherever it is.
    pub fn note(&mut self, mistake: &dyn Mistake) -> Failed {
        self.diagnostics.push(mistake.diagnostic(self.ast.file, self.text));
        Failed(())
    }

    /// Whether the lexer complained of a token.
    pub fn is_broken(&self, index: usize) -> bool {
        let range = self.range(index);
        let errors = &self.tokens.errors;
        let first = errors.partition_point(|error| error.range().start < range.start);
        errors.get(first).is_some_and(|error| range.contains(error.range()))
    }
}

/// Notes that the token at the cursor can't stand there. Says nothing if something was said of this token before, or
/// if the lexer has complained of it or the one before.
pub(super) fn mistake_here(p: &mut In<'_, '_>, mistake: &dyn Mistake) -> Failed {
    let at = *p.cursor().inner();
    let state = p.state();
    let known = state.last_mistake == Some(at) || state.is_broken(at) || (at > 0 && state.is_broken(at - 1));
    state.last_mistake = Some(at);
    if known { Failed(()) } else { state.note(mistake) }
}

impl<'s> Inspector<'s, &'s [Tok]> for State<'s> {
    type Checkpoint = ();
    #[inline(always)]
    fn on_token(&mut self, _: &Tok) {}
    #[inline(always)]
    fn on_save<'parse>(&self, _: &Cursor<'s, 'parse, &'s [Tok]>) {}
    #[inline(always)]
    fn on_rewind<'parse>(&mut self, _: &Checkpoint<'s, 'parse, &'s [Tok], ()>) {}
}
