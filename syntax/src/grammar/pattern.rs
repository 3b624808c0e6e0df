//! Patterns.
//!
//! ```text
//! pattern = ["|"] single { "|" single }
//! single  = "_" | ".." | ["mut" | "inout"] name | literal | end "..=" end | "(" patterns ")" | path ["(" patterns ")" | "{" fields "}"]
//! ```

use super::cursor::{
    add, bump, eat, field_name, here, mistake, name, peek, peek_nth, position, previous, since, start, unexpected, word,
};
use super::list::{BRACES, Elements, Grouped, PARENS, boxed, each, grouped, list};
use super::{Failed, In, Parsed, nested_pattern, postfix, ty};
use crate::ast::{BindingMode, Expr, ExprId, FieldPat, Pat, PatId, UnaryOp};
use crate::errors::Unsupported;
use crate::token::Tok;
use kiln_source::TextRange;

/// A pattern with its alternatives.
pub(super) fn pattern(p: &mut In<'_, '_>) -> Parsed<PatId> {
    let from = start(p);
    eat(p, Tok::Pipe);
    let first = single(p)?;
    if peek(p) != Tok::Pipe {
        return Ok(first);
    }
    let mut alternatives: Elements<PatId> = Elements::new();
    alternatives.push(first);
    while eat(p, Tok::Pipe) {
        alternatives.push(single(p)?);
    }
    Ok(add_pat(p, from, Pat::Or(boxed(&mut alternatives))))
}

/// A pattern within another construct that goes on with `next`; an error node if only the pattern is wrong.
pub(super) fn pattern_before(p: &mut In<'_, '_>, next: &[Tok]) -> Parsed<PatId> {
    nested_pattern(p).or_else(|failed| {
        let found = peek(p);
        if !next.contains(&found) {
            return Err(failed);
        }
        let at = TextRange::empty(previous(p).end);
        Ok(p.state().ast.add_pat(Pat::Error, at))
    })
}

/// Whether the pattern at the cursor is certainly a single name or literal.
#[inline]
pub(super) fn is_one_token(p: &mut In<'_, '_>) -> bool {
    matches!(peek(p), Tok::Ident | Tok::Int | Tok::Char | Tok::Str)
        && matches!(peek_nth(p, 1), Tok::Eq | Tok::Colon | Tok::Comma | Tok::FatArrow | Tok::In | Tok::RParen)
}

fn add_pat(p: &mut In<'_, '_>, from: u32, pat: Pat) -> PatId {
    let range = since(p, from);
    p.state().ast.add_pat(pat, range)
}

fn single(p: &mut In<'_, '_>) -> Parsed<PatId> {
    let from = start(p);
    let pat = match peek(p) {
        Tok::Ident => return named(p),
        Tok::Mut | Tok::Inout => {
            let mode = binding_mode(p);
            let wanted = if mode == BindingMode::Mut { "a name after `mut`" } else { "a name after `inout`" };
            Pat::Binding { name: name(p, wanted)?, mode }
        }
        Tok::Int | Tok::Float | Tok::Minus | Tok::Char | Tok::Str | Tok::RawStr | Tok::True | Tok::False => {
            let value = end(p)?;
            return after_value(p, from, value, Pat::Literal(value));
        }
        Tok::DotDot if !starts_end(peek_nth(p, 1)) => {
            p.skip();
            Pat::Rest
        }
        Tok::DotDot | Tok::DotDotEq => {
            let inclusive = bump(p).len() == 3;
            Pat::Range { start: None, end: Some(end(p)?), inclusive }
        }
        Tok::LParen => parens(p)?,
        Tok::SelfType => return named(p),
        token if ty::primitive(token).is_some() => return named(p),
        token if is_word(token) && ends_pattern(peek_nth(p, 1)) => {
            // A keyword where a name was meant.
            no_pattern(p);
            p.skip();
            Pat::Wildcard
        }
        _ => return Err(no_pattern(p)),
    };
    Ok(add_pat(p, from, pat))
}

/// Whether a token is written like a name.
fn is_word(token: Tok) -> bool {
    token.spelling().is_some_and(|text| text.starts_with(|first: char| first.is_ascii_alphabetic()))
}

/// Whether a pattern before this token would be whole.
fn ends_pattern(token: Tok) -> bool {
    matches!(token, Tok::Eq | Tok::FatArrow | Tok::Comma | Tok::RParen | Tok::Colon | Tok::In | Tok::Pipe)
}

fn no_pattern(p: &mut In<'_, '_>) -> Failed {
    let range = here(p);
    let (message, instead) = match peek(p) {
        Tok::Amp => ("Kiln has no reference patterns", "leave `&` out"),
        Tok::LBracket => ("Kiln has no array patterns", "bind the array and index it"),
        Tok::Borrow => ("a pattern has no `borrow`", "leave it out: what is only looked at stays where it is"),
        _ => return unexpected(p, "a pattern"),
    };
    mistake(p, &Unsupported { range, message, instead, fix: None })
}

/// `(a)`, `(a,)`, `()`
fn parens(p: &mut In<'_, '_>) -> Parsed<Pat> {
    Ok(match grouped(p, nested_pattern)? {
        Grouped::Nothing => Pat::Tuple(Box::new([])),
        Grouped::One(inner) => Pat::Paren(inner),
        Grouped::Tuple(elems) => Pat::Tuple(elems),
    })
}

/// A literal, a negated number, or a path: what a range has at its ends.
fn end(p: &mut In<'_, '_>) -> Parsed<ExprId> {
    let from = start(p);
    match peek(p) {
        Tok::Minus => {
            p.skip();
            let inner = start(p);
            if !matches!(peek(p), Tok::Int | Tok::Float) {
                return Err(unexpected(p, "a number after `-`"));
            }
            let literal = postfix::literal(p);
            let operand = add(p, inner, literal);
            Ok(add(p, from, Expr::Unary { op: UnaryOp::Neg, operand }))
        }
        Tok::Int | Tok::Float | Tok::Char | Tok::Str | Tok::RawStr | Tok::True | Tok::False => {
            let literal = postfix::literal(p);
            Ok(add(p, from, literal))
        }
        Tok::Ident | Tok::SelfType => path(p),
        token if ty::primitive(token).is_some() => path(p),
        _ => Err(unexpected(p, "the end of the range")),
    }
}

/// Whether the end of a range starts with this token.
fn starts_end(token: Tok) -> bool {
    matches!(token, Tok::Int | Tok::Float | Tok::Char | Tok::Minus | Tok::Ident | Tok::SelfType)
        || ty::primitive(token).is_some()
}

/// After a value: a range if `..` or `..=` follows, else `alone`.
fn after_value(p: &mut In<'_, '_>, from: u32, value: ExprId, alone: Pat) -> Parsed<PatId> {
    let pat = match peek(p) {
        Tok::DotDotEq | Tok::DotDot => {
            let inclusive = bump(p).len() == 3;
            let end = if inclusive || starts_end(peek(p)) { Some(end(p)?) } else { None };
            Pat::Range { start: Some(value), end, inclusive }
        }
        _ => alone,
    };
    Ok(add_pat(p, from, pat))
}

/// A binding, or a path with what it takes apart.
fn named(p: &mut In<'_, '_>) -> Parsed<PatId> {
    let from = start(p);
    if peek(p) == Tok::Ident && !continues_path(p) {
        let name = word(p);
        if p.state().slice(name.range) == "_" {
            return Ok(add_pat(p, from, Pat::Wildcard));
        }
        return Ok(add_pat(p, from, Pat::Binding { name, mode: BindingMode::Plain }));
    }
    let path = path(p)?;
    let pat = match peek(p) {
        Tok::LParen => {
            let open = bump(p);
            let elems = list(p, open, PARENS, |p| nested_pattern(p))?;
            Pat::TupleVariant { path, elems }
        }
        Tok::LBrace => fields(p, path)?,
        Tok::DotDot | Tok::DotDotEq => return after_value(p, from, path, Pat::Path(path)),
        _ => Pat::Path(path),
    };
    Ok(add_pat(p, from, pat))
}

/// Whether the name at the cursor is the start of more than a binding.
fn continues_path(p: &mut In<'_, '_>) -> bool {
    match peek_nth(p, 1) {
        Tok::ColonColon | Tok::LParen | Tok::LBrace | Tok::DotDotEq | Tok::DotDot => true,
        // `util.Shape::Empty`
        Tok::Dot => peek_nth(p, 2) == Tok::Ident,
        _ => false,
    }
}

/// `a::b`, `Self::A`, `Option(i32)::Some`, `Pair(i32)`: brackets belong to the path if `::` or `{` follows them.
fn path(p: &mut In<'_, '_>) -> Parsed<ExprId> {
    let from = start(p);
    let mut base = match peek(p) {
        Tok::Ident => {
            let name = word(p);
            p.state().ast.add_expr(Expr::Name(name.symbol), name.range)
        }
        Tok::SelfType => {
            p.skip();
            add(p, from, Expr::SelfType)
        }
        token => match ty::primitive(token) {
            Some(primitive) => {
                p.skip();
                add(p, from, Expr::Prim(primitive))
            }
            None => return Err(unexpected(p, "a path")),
        },
    };
    loop {
        base = match peek(p) {
            Tok::ColonColon => postfix::member(p, from, base)?,
            Tok::Dot if peek_nth(p, 1) == Tok::Ident => {
                p.skip();
                let name = field_name(p)?;
                add(p, from, Expr::Field { base, name })
            }
            Tok::LParen if brackets_in_path(p) => {
                let open = bump(p);
                let args = postfix::args(p, open)?;
                add(p, from, Expr::Call { callee: base, args })
            }
            _ => return Ok(base),
        };
    }
}

/// Whether `::` or `{` follows the bracket that closes the one at the cursor: what is in them are arguments of a type, not patterns.
/// Looks no farther than any type call is long.
fn brackets_in_path(p: &mut In<'_, '_>) -> bool {
    const FAR: usize = 1000;
    let at = position(p);
    let tokens = p.state().tokens;
    let mut depth = 0_usize;
    for index in at..(at + FAR).min(tokens.kinds.len()) {
        match tokens.kinds[index] {
            Tok::LParen => depth += 1,
            Tok::RParen => depth -= 1,
            Tok::Eof => return false,
            _ => {}
        }
        if depth == 0 {
            return matches!(tokens.kind(index + 1), Tok::ColonColon | Tok::LBrace);
        }
    }
    false
}

/// `{ x, y: 0, mut z, inout w, .. }` after `path`.
fn fields(p: &mut In<'_, '_>, path: ExprId) -> Parsed<Pat> {
    let open = bump(p);
    let mut rest = false;
    let mut fields = Elements::new();
    each(p, open, BRACES, |p| {
        if eat(p, Tok::DotDot) {
            rest = true;
            eat(p, Tok::Comma);
            return if peek(p) == Tok::RBrace { Ok(()) } else { Err(unexpected(p, "`}`: `..` stands last")) };
        }
        let mode = binding_mode(p);
        let name = field_name(p)?;
        let pat = if mode == BindingMode::Plain && eat(p, Tok::Colon) { Some(nested_pattern(p)?) } else { None };
        fields.push(FieldPat { name, pat, mode });
        Ok(())
    })?;
    Ok(Pat::Struct { path, fields: boxed(&mut fields), rest })
}

/// `mut`, `inout`, or nothing.
fn binding_mode(p: &mut In<'_, '_>) -> BindingMode {
    if eat(p, Tok::Mut) {
        BindingMode::Mut
    } else if eat(p, Tok::Inout) {
        BindingMode::Inout
    } else {
        BindingMode::Plain
    }
}
