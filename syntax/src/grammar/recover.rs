//! What is done after a mistake: skipping, in whole brackets, to where something new begins; and telling which bracket
//! lacks its partner.

use super::cursor::{eat, here, mistake, peek, peek_nth, position, previous, start, starts_line};
use super::{Failed, In, MAX_NESTING};
use crate::errors::{NestingTooDeep, Unbalanced};
use crate::token::Tok;
use kiln_source::TextRange;

/// Notes that nesting is too deep and skips to the end of the bracket around the cursor.
pub(super) fn nesting_too_deep(p: &mut In<'_, '_>) -> Failed {
    let range = here(p);
    let failed = mistake(p, &NestingTooDeep { range, limit: MAX_NESTING });
    skip_until(p, |_, _| false);
    failed
}

/// Skips tokens, brackets as a whole, up to one that `stop` wants, a closing bracket without its partner, or the end.
fn skip_until<'s>(p: &mut In<'s, '_>, mut stop: impl FnMut(&mut In<'s, '_>, Tok) -> bool) {
    let mut depth = 0_usize;
    loop {
        let token = peek(p);
        match token {
            Tok::Eof => return,
            _ if depth == 0 && stop(p, token) => return,
            Tok::LParen | Tok::LBracket | Tok::LBrace => depth += 1,
            Tok::RParen | Tok::RBracket | Tok::RBrace if depth == 0 => return,
            Tok::RParen | Tok::RBracket | Tok::RBrace => depth -= 1,
            _ => {}
        }
        p.skip();
    }
}

/// Skips the round brackets at the cursor, if there are any.
pub(super) fn skip_brackets(p: &mut In<'_, '_>) {
    if eat(p, Tok::LParen) {
        skip_until(p, |_, token| matches!(token, Tok::Semi | Tok::LBrace));
        eat(p, Tok::RParen);
    }
}

/// Whether a token starts a statement, and can't stand within an expression.
fn starts_statement(p: &mut In<'_, '_>, token: Tok) -> bool {
    match token {
        Tok::Let | Tok::Return | Tok::While | Tok::For | Tok::Loop | Tok::Break | Tok::Continue => true,
        Tok::If | Tok::Match => starts_line(p),
        _ => starts_item(p, token),
    }
}

/// Whether a token starts an item.
pub(super) fn starts_item(p: &mut In<'_, '_>, token: Tok) -> bool {
    match token {
        Tok::Fn | Tok::Struct | Tok::Enum => peek_nth(p, 1) == Tok::Ident,
        Tok::Const => !matches!(previous_kind(p), Tok::Ptr | Tok::Star),
        Tok::Unchecked => peek_nth(p, 1) == Tok::Fn,
        Tok::Test => peek_nth(p, 1) == Tok::Str,
        Tok::Pub | Tok::Extern | Tok::Drop | Tok::Linear | Tok::Static | Tok::Interface => true,
        _ => false,
    }
}

fn previous_kind(p: &mut In<'_, '_>) -> Tok {
    match position(p) {
        0 => Tok::Eof,
        at => p.state().tokens.kind(at - 1),
    }
}

/// After a mistake in a statement: to its `;` and over it, to the `}` of its block, or to what starts a statement.
/// The statement began at the token `began`, which is no such start.
pub(super) fn skip_statement(p: &mut In<'_, '_>, began: usize) {
    loop {
        skip_until(p, |p, token| {
            token == Tok::Semi || (position(p) > began && (starts_statement(p, token) || after_block(p)))
        });
        match peek(p) {
            // A bracket that closes nothing here belongs to the mistake.
            Tok::RParen | Tok::RBracket => p.skip(),
            Tok::Semi => return p.skip(),
            _ => return,
        }
    }
}

/// Whether the cursor is at the start of a line after one that ends in `}`.
fn after_block(p: &mut In<'_, '_>) -> bool {
    previous_kind(p) == Tok::RBrace && starts_line(p)
}

/// After a mistake in an item or between items: to what starts the next item of the file.
/// The item began at the token `began`, which is no such start.
pub(super) fn skip_item(p: &mut In<'_, '_>, began: usize) {
    loop {
        skip_until(p, |p, token| {
            position(p) > began && (starts_item(p, token) || (token == Tok::At && starts_line(p)))
        });
        match peek(p) {
            // These close nothing in a file.
            Tok::RParen | Tok::RBracket | Tok::RBrace => p.skip(),
            _ => return,
        }
    }
}

/// After a mistake before a block: to its `{`. Says whether there is one before the statement or item ends.
pub(super) fn skip_to_block(p: &mut In<'_, '_>) -> bool {
    let from = position(p);
    skip_until(p, |p, token| {
        matches!(token, Tok::LBrace | Tok::Semi) || (position(p) > from && starts_statement(p, token))
    });
    peek(p) == Tok::LBrace
}

/// After a mistake in a list: to the next comma or the bracket that closes it. Says whether there is one.
pub(super) fn skip_element(p: &mut In<'_, '_>, close: Tok) -> bool {
    let in_braces = close == Tok::RBrace;
    let from = position(p);
    loop {
        skip_until(p, |p, token| match token {
            Tok::Comma => true,
            Tok::Semi => !in_braces,
            _ if in_braces => position(p) > from && starts_line(p) && (starts_item(p, token) || after_block(p)),
            _ => starts_statement(p, token) && starts_line(p),
        });
        match peek(p) {
            Tok::Eof => return false,
            // These close nothing between braces.
            Tok::RParen | Tok::RBracket if in_braces => p.skip(),
            found => return in_braces || found == Tok::Comma || found == close,
        }
    }
}

/// After a mistake in a bracket that holds one thing: to what closes it, or the end of the statement.
pub(super) fn skip_to_bracket(p: &mut In<'_, '_>) {
    skip_until(p, |p, token| token == Tok::Semi || (starts_line(p) && starts_statement(p, token)));
}

/// Whether the token at the cursor shows that a list should have been closed before it.
pub(super) fn is_unclosed(p: &mut In<'_, '_>, close: Tok) -> bool {
    let token = peek(p);
    match token {
        Tok::Eof => true,
        Tok::RBrace | Tok::Semi => close != Tok::RBrace,
        _ if close == Tok::RBrace => ends_lacking_block(p),
        _ => starts_statement(p, token) && starts_line(p),
    }
}

/// Whether the file lacks a `}` and the cursor is at an item in the first column: then the `}` is missing before it.
pub(super) fn ends_lacking_block(p: &mut In<'_, '_>) -> bool {
    if !p.state().lacks_braces {
        return false;
    }
    let (token, at) = (peek(p), start(p) as usize);
    let first_column = at > 0 && p.state().text.as_bytes()[at - 1] == b'\n';
    first_column && starts_item(p, token)
}

/// Notes that the bracket opened at `open` is not closed before the cursor.
pub(super) fn unclosed(p: &mut In<'_, '_>, open: TextRange) {
    let found = here(p);
    let state = p.state();
    let open = match state.suspect.take() {
        Some(suspect) if suspect.start > open.start && state.slice(open) == "{" => suspect,
        _ => open,
    };
    mistake(p, &Unbalanced::Unclosed { open, found });
}

/// After a `}` was read: remembers its `{` if the two are indented differently, in a file that lacks a `}`.
pub(super) fn compare_indentation(p: &mut In<'_, '_>, open: TextRange) {
    if !p.state().lacks_braces || p.state().suspect.is_some() {
        return;
    }
    let close = previous(p);
    let text = p.state().text.as_bytes();
    let opened = indentation(text, open.start as usize);
    let closed = indentation(text, close.start as usize);
    if let (Some((opened, _)), Some((closed, true))) = (opened, closed)
        && opened != closed
    {
        p.state().suspect = Some(open);
    }
}

/// How many blanks the line of the byte at `at` starts with, and whether nothing else stands before it. Lines that are
/// long before `at` have no answer.
fn indentation(text: &[u8], at: usize) -> Option<(usize, bool)> {
    const FAR: usize = 400;
    let from = at.saturating_sub(FAR);
    let line = match text[from..at].iter().rposition(|&byte| byte == b'\n') {
        Some(newline) => &text[from + newline + 1..at],
        None if from == 0 => &text[..at],
        None => return None,
    };
    let blanks = line.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
    Some((blanks, blanks == line.len()))
}

/// A closing bracket at the cursor that closes nothing: notes it and steps over it.
pub(super) fn unopened(p: &mut In<'_, '_>) {
    let close = here(p);
    mistake(p, &Unbalanced::Unopened { close });
    p.skip();
}
