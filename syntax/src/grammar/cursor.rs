//! Looking at tokens and stepping over them.

use super::state::mistake_here;
use super::{Failed, In, Parsed};
use crate::ast::{Expr, ExprId, Name};
use crate::errors::{MissingToken, Mistake, UnexpectedToken, WrongToken};
use crate::token::Tok;
use kiln_source::TextRange;

/// The kind of the token at the cursor.
#[inline(always)]
pub(super) fn peek(p: &mut In<'_, '_>) -> Tok {
    p.peek().unwrap_or(Tok::Eof)
}

/// The kind of the `n`th token after the one at the cursor.
#[inline]
pub(super) fn peek_nth(p: &mut In<'_, '_>, n: usize) -> Tok {
    let at = position(p);
    p.state().tokens.kind(at + n)
}

/// The index of the token at the cursor.
#[inline(always)]
pub(super) fn position(p: &In<'_, '_>) -> usize {
    *p.cursor().inner()
}

/// Where the token at the cursor stands.
#[inline]
pub(super) fn here(p: &mut In<'_, '_>) -> TextRange {
    let at = position(p);
    p.state().range(at)
}

/// Where the token at the cursor starts.
#[inline]
pub(super) fn start(p: &mut In<'_, '_>) -> u32 {
    here(p).start
}

/// Where the token before the cursor stands.
#[inline]
pub(super) fn previous(p: &mut In<'_, '_>) -> TextRange {
    match position(p) {
        0 => TextRange::empty(0),
        at => p.state().range(at - 1),
    }
}

/// The range from `start` to the end of the token before the cursor.
#[inline]
pub(super) fn since(p: &mut In<'_, '_>, start: u32) -> TextRange {
    TextRange::new(start, previous(p).end.max(start))
}

/// Steps over the token at the cursor if it is of this kind.
#[inline]
pub(super) fn eat(p: &mut In<'_, '_>, kind: Tok) -> bool {
    let found = peek(p) == kind;
    if found {
        p.skip();
    }
    found
}

/// Steps over the token at the cursor and says where it stood.
#[inline]
pub(super) fn bump(p: &mut In<'_, '_>) -> TextRange {
    let range = here(p);
    p.skip();
    range
}

/// Whether the token at the cursor is the first of its line.
pub(super) fn starts_line(p: &mut In<'_, '_>) -> bool {
    let (from, to) = (previous(p).end, start(p));
    let at = position(p);
    at == 0 || p.state().slice(TextRange::new(from, to)).contains('\n')
}

/// Notes that something else is expected at the cursor: `an expression`.
pub(super) fn unexpected(p: &mut In<'_, '_>, expected: &'static str) -> Failed {
    let (found, range) = (peek(p), here(p));
    mistake(p, &UnexpectedToken { expected, found, range })
}

/// Notes a mistake in the token at the cursor; see [`mistake_here`].
pub(super) fn mistake(p: &mut In<'_, '_>, mistake: &dyn Mistake) -> Failed {
    mistake_here(p, mistake)
}

/// Steps over a token that has to stand here.
#[inline]
pub(super) fn expect(p: &mut In<'_, '_>, kind: Tok, expected: &'static str) -> Parsed<TextRange> {
    if peek(p) == kind { Ok(bump(p)) } else { Err(unexpected(p, expected)) }
}

/// Steps over a token that has to stand here, or over one of those that are often written for it: that is noted.
pub(super) fn expect_not(p: &mut In<'_, '_>, kind: Tok, wrong: &[Tok], expected: &'static str) -> Parsed<()> {
    let found = peek(p);
    if found != kind {
        if !wrong.contains(&found) {
            return Err(unexpected(p, expected));
        }
        let range = here(p);
        mistake(p, &WrongToken { expected, meant: kind, range });
    }
    p.skip();
    Ok(())
}

/// Notes that `token` is missing between the previous token and the cursor.
pub(super) fn missing(p: &mut In<'_, '_>, token: &'static str, place: &'static str) {
    let at = TextRange::empty(previous(p).end);
    mistake(p, &MissingToken { token, place, at });
}

/// A name that has to stand here: `a parameter's name`.
#[inline]
pub(super) fn name(p: &mut In<'_, '_>, expected: &'static str) -> Parsed<Name> {
    if peek(p) != Tok::Ident {
        return Err(unexpected(p, expected));
    }
    Ok(word(p))
}

/// The name of a field. `type` is one too, as reflection has a field of that name.
pub(super) fn field_name(p: &mut In<'_, '_>) -> Parsed<Name> {
    if peek(p) == Tok::Type {
        return Ok(word(p));
    }
    name(p, "a field's name")
}

/// The token at the cursor, whatever it is, as a name.
#[inline]
pub(super) fn word(p: &mut In<'_, '_>) -> Name {
    let range = bump(p);
    Name { symbol: p.state().intern(range), range }
}

/// A new expression from `start` to the token before the cursor.
#[inline]
pub(super) fn add(p: &mut In<'_, '_>, start: u32, expr: Expr) -> ExprId {
    let range = since(p, start);
    p.state().ast.add_expr(expr, range)
}

/// An error node that stands between the previous token and the cursor.
pub(super) fn error_expr(p: &mut In<'_, '_>) -> ExprId {
    let at = TextRange::empty(previous(p).end);
    p.state().ast.add_expr(Expr::Error, at)
}
