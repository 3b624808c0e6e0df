//! Lists in brackets: elements with commas between them. A wrong element is stepped over to the next comma; a bracket
//! that is not closed ends where something else clearly begins.

use super::cursor::{bump, eat, error_expr, peek, unexpected};
use super::recover::{is_unclosed, skip_element, skip_to_bracket, unclosed};
use super::{Failed, In, Parsed};
use crate::ast::ExprId;
use crate::token::Tok;
use kiln_source::TextRange;
use smallvec::SmallVec;

/// What a list is made of, for its messages.
#[derive(Clone, Copy)]
pub(super) struct List {
    /// The bracket that closes it.
    pub close: Tok,
    /// What may follow an element: `` `,` or `)` ``.
    pub next: &'static str,
}

/// A list in round brackets.
pub(super) const PARENS: List = List { close: Tok::RParen, next: "`,` or `)`" };
/// A list in square brackets.
pub(super) const BRACKETS: List = List { close: Tok::RBracket, next: "`,` or `]`" };
/// A list in braces.
pub(super) const BRACES: List = List { close: Tok::RBrace, next: "`,` or `}`" };

/// A list's elements before their number is known.
pub(super) type Elements<T> = SmallVec<[T; 8]>;

/// Elements as nodes hold them, in memory of just their size.
pub(super) fn boxed<T>(elements: &mut Elements<T>) -> Box<[T]> {
    let mut exact = Vec::with_capacity(elements.len());
    exact.extend(elements.drain(..));
    exact.into_boxed_slice()
}

/// Elements with commas between them up to the closing bracket, whose opening one stood at `open`. Wrong elements are
/// stepped over and left out.
pub(super) fn list<'s, T>(
    p: &mut In<'s, '_>,
    open: TextRange,
    kind: List,
    mut element: impl FnMut(&mut In<'s, '_>) -> Parsed<T>,
) -> Parsed<Box<[T]>> {
    let mut elements = Elements::new();
    each(p, open, kind, |p| {
        elements.push(element(p)?);
        Ok(())
    })?;
    Ok(boxed(&mut elements))
}

/// What stands in round brackets that group or make a tuple.
pub(super) enum Grouped<T> {
    /// `()`
    Nothing,
    /// `(a)`
    One(T),
    /// `(a,)`, `(a, b)`
    Tuple(Box<[T]>),
}

/// The inside of round brackets, at `(`.
pub(super) fn grouped<'s, T: Copy>(
    p: &mut In<'s, '_>,
    mut element: impl FnMut(&mut In<'s, '_>) -> Parsed<T>,
) -> Parsed<Grouped<T>> {
    let open = bump(p);
    let mut elements = Elements::new();
    let mut comma = false;
    each(p, open, PARENS, |p| {
        elements.push(element(p)?);
        comma |= peek(p) == Tok::Comma;
        Ok(())
    })?;
    Ok(match elements[..] {
        [] => Grouped::Nothing,
        [inner] if !comma => Grouped::One(inner),
        _ => Grouped::Tuple(boxed(&mut elements)),
    })
}

/// As [`list`], for elements that put themselves where they belong.
pub(super) fn each<'s>(
    p: &mut In<'s, '_>,
    open: TextRange,
    kind: List,
    mut element: impl FnMut(&mut In<'s, '_>) -> Parsed<()>,
) -> Parsed<()> {
    let mut wrong = false;
    while !eat(p, kind.close) {
        if is_unclosed(p, kind.close) {
            // After a wrong element it is not certain that a bracket is missing.
            if !wrong {
                unclosed(p, open);
            }
            break;
        }
        if element(p).is_ok() {
            if eat(p, Tok::Comma) || peek(p) == kind.close {
                continue;
            }
            // No element goes on with `{`: it opens the block behind the bracket.
            if is_unclosed(p, kind.close) || (kind.close != Tok::RBrace && peek(p) == Tok::LBrace) {
                if !wrong {
                    unclosed(p, open);
                }
                return Ok(());
            }
            unexpected(p, kind.next);
        }
        wrong = true;
        if !skip_element(p, kind.close) {
            return Err(Failed(()));
        }
        eat(p, Tok::Comma);
    }
    Ok(())
}

/// The `]` of a bracket opened at `open` that holds one thing; an error node for it if it was wrong.
pub(super) fn bracket_end(p: &mut In<'_, '_>, open: TextRange, inside: Parsed<ExprId>) -> Parsed<ExprId> {
    if inside.is_ok() {
        if eat(p, Tok::RBracket) {
            return inside;
        }
        if is_unclosed(p, Tok::RBracket) || peek(p) == Tok::LBrace {
            unclosed(p, open);
            return inside;
        }
        unexpected(p, "`]`");
    }
    skip_to_bracket(p);
    if peek(p) != Tok::RBracket {
        return Err(Failed(()));
    }
    let inside = inside.unwrap_or_else(|_| error_expr(p));
    p.skip();
    Ok(inside)
}
