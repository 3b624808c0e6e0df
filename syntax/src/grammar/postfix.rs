//! Operands: literals, names, brackets, and what follows them without an operator between.
//!
//! ```text
//! postfix = atom { "." name | "." int | "(" args ")" | "[" expr "]" | "?" | "::" name | "{" field inits "}" }
//! ```

use super::control;
use super::cursor::{
    add, bump, eat, error_expr, expect, expect_not, field_name, here, mistake, name, peek, peek_nth, position,
    previous, since, start, unexpected, word,
};
use super::expr::{self, Place, note_chain};
use super::list::{BRACES, BRACKETS, Elements, Grouped, PARENS, boxed, bracket_end, each, grouped, list};
use super::ty;
use super::{Failed, In, Parsed, nested_expr, nested_ty};
use crate::ast::{Arg, Expr, ExprId, FieldInit, Literal, Mode, Name};
use crate::errors::{BadLiteral, Mistake, StructLiteralInCondition, UnexpectedToken, Unsupported};
use crate::literal::{self, NumberError};
use crate::token::Tok;
use kiln_source::{Symbol, TextRange, sym};

/// An operand without what follows it.
pub(super) fn atom(p: &mut In<'_, '_>, place: Place) -> Parsed<ExprId> {
    let from = start(p);
    let simple = match peek(p) {
        Tok::Ident => {
            let name = word(p);
            if name.symbol == sym::UNDERSCORE {
                return Err(underscore(p));
            }
            return Ok(p.state().ast.add_expr(Expr::Name(name.symbol), name.range));
        }
        Tok::Int | Tok::Float | Tok::Str | Tok::RawStr | Tok::Char | Tok::True | Tok::False => literal(p),
        Tok::SelfValue => keyword(p, Expr::SelfValue),
        Tok::SelfType => keyword(p, Expr::SelfType),
        Tok::LParen => return parens(p),
        Tok::LBracket => return brackets(p),
        Tok::At => return intrinsic(p),
        Tok::LBrace | Tok::If | Tok::Match | Tok::While | Tok::Loop | Tok::For | Tok::Label | Tok::Checked => {
            return control::block_like(p);
        }
        Tok::Comptime => return control::comptime(p),
        Tok::Break | Tok::Continue | Tok::Return => return control::jump(p, place),
        Tok::Fn | Tok::Extern | Tok::Ptr | Tok::Struct | Tok::Enum | Tok::Bang => return ty::ty(p),
        token => match ty::primitive(token) {
            Some(primitive) => keyword(p, Expr::Prim(primitive)),
            None => return Err(expr::no_expr(p)),
        },
    };
    Ok(add(p, from, simple))
}

/// `_` before the cursor, where a value has to stand.
fn underscore(p: &mut In<'_, '_>) -> Failed {
    let range = previous(p);
    p.state().note(&UnexpectedToken { expected: "an expression", found: Tok::Ident, range })
}

fn keyword(p: &mut In<'_, '_>, expr: Expr) -> Expr {
    p.skip();
    expr
}

/// The literal at the cursor; [`Expr::Error`] if it has no value.
pub(super) fn literal(p: &mut In<'_, '_>) -> Expr {
    let kind = peek(p);
    let at = position(p);
    let range = bump(p);
    let text = p.state().slice(range);
    let value = match kind {
        Tok::True => Ok(Literal::Bool(true)),
        Tok::False => Ok(Literal::Bool(false)),
        Tok::Int => literal::integer(text).map(Literal::Int).map_err(|why| bad_literal(p, at, range, why)),
        Tok::Float => match literal::float(text) {
            Ok(digits) => Ok(Literal::Float(p.state().interner.intern(&digits))),
            Err(why) => Err(bad_literal(p, at, range, why)),
        },
        Tok::Char => literal::character(text).map(Literal::Char).map_err(|why| bad_literal(p, at, range, why)),
        Tok::RawStr => Ok(Literal::Str(p.state().interner.intern(literal::raw_string(text)))),
        _ => string(p, at, range).map(Literal::Str),
    };
    let point = here(p).start == range.end && peek(p) == Tok::Dot;
    if kind == Tok::Float && point && peek_nth(p, 1) == Tok::Int {
        let why = NumberError::Malformed("a number has one point");
        let range = TextRange::new(range.start, p.state().range(at + 2).end);
        p.state().note(&BadLiteral { range, why });
        p.skip();
        p.skip();
        return Expr::Error;
    }
    value.map_or(Expr::Error, Expr::Literal)
}

/// The symbol of the string literal in `range`, the token number `at`.
pub(super) fn string(p: &mut In<'_, '_>, at: usize, range: TextRange) -> Parsed<Symbol> {
    let state = p.state();
    let text = state.slice(range);
    if let Some(plain) = text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'))
        && !plain.contains('\\')
    {
        return Ok(state.interner.intern(plain));
    }
    match literal::string(text, &mut state.buffer) {
        Ok(()) => Ok(state.interner.intern(&state.buffer)),
        Err(why) => Err(bad_literal(p, at, range, why)),
    }
}

/// Notes that a literal has no value, unless the lexer has complained of it.
fn bad_literal<E>(p: &mut In<'_, '_>, at: usize, range: TextRange, why: E) -> Failed
where
    BadLiteral<E>: Mistake,
{
    let state = p.state();
    if state.is_broken(at) { Failed(()) } else { state.note(&BadLiteral { range, why }) }
}

/// `()`, `(a)`, `(a,)`, `(a, b)`
fn parens(p: &mut In<'_, '_>) -> Parsed<ExprId> {
    let from = start(p);
    let expr = match grouped(p, |p| nested_expr(p).or_else(|failed| recovered(p, failed)))? {
        Grouped::Nothing => Expr::Unit,
        Grouped::One(inner) => Expr::Paren(inner),
        Grouped::Tuple(elems) => Expr::Tuple(elems),
    };
    Ok(add(p, from, expr))
}

/// An error node for a wrong element that ends right here; what goes on behind it is the list's to skip.
fn recovered(p: &mut In<'_, '_>, failed: Failed) -> Parsed<ExprId> {
    if matches!(peek(p), Tok::Comma | Tok::RParen | Tok::RBracket) { Ok(error_expr(p)) } else { Err(failed) }
}

/// `[]`, `[a, b]`, `[value; len]`
fn brackets(p: &mut In<'_, '_>) -> Parsed<ExprId> {
    let open = bump(p);
    if !matches!(peek(p), Tok::RBracket | Tok::Eof) {
        let first = nested_expr(p).or_else(|failed| recovered(p, failed));
        if let Ok(value) = first
            && eat(p, Tok::Semi)
        {
            let len = nested_expr(p);
            let len = bracket_end(p, open, len)?;
            return Ok(add(p, open.start, Expr::Repeat { value, len }));
        }
        if let Ok(only) = first
            && eat(p, Tok::RBracket)
        {
            return Ok(add(p, open.start, Expr::Array(Box::new([only]))));
        }
        let mut first = Some(first);
        let elems = list(p, open, BRACKETS, |p| match first.take() {
            Some(first) => first,
            None => nested_expr(p).or_else(|failed| recovered(p, failed)),
        })?;
        return Ok(add(p, open.start, Expr::Array(elems)));
    }
    let none = list(p, open, BRACKETS, |p| Err(unexpected(p, "`]`")))?;
    Ok(add(p, open.start, Expr::Array(none)))
}

/// `@name(args)`
pub(super) fn intrinsic(p: &mut In<'_, '_>) -> Parsed<ExprId> {
    let from = bump(p).start;
    let called = if peek(p).spelling().is_some_and(|word| word.starts_with(|c: char| c.is_ascii_alphabetic())) {
        word(p)
    } else {
        name(p, "an intrinsic's name")?
    };
    let name = Name { symbol: called.symbol, range: TextRange::new(from, called.range.end) };
    let open = expect(p, Tok::LParen, "`(` after the intrinsic's name")?;
    let args = args(p, open)?;
    Ok(add(p, from, Expr::Intrinsic { name, args }))
}

/// The arguments of a call after its `(`.
pub(super) fn args(p: &mut In<'_, '_>, open: TextRange) -> Parsed<Box<[Arg]>> {
    if eat(p, Tok::RParen) {
        return Ok(Box::new([]));
    }
    let args = list(p, open, PARENS, |p| {
        let mode = match peek(p) {
            Tok::Inout => Mode::Inout,
            Tok::Borrow => Mode::Borrow,
            _ => Mode::Value,
        };
        if mode != Mode::Value {
            p.skip();
        }
        let value = nested_expr(p).or_else(|failed| recovered(p, failed))?;
        Ok(Arg { mode, value })
    })?;
    Ok(args)
}

/// Whether a token can follow an operand and belong to it.
#[inline]
pub(super) fn follows(token: Tok) -> bool {
    matches!(
        token,
        Tok::Dot | Tok::LParen | Tok::LBracket | Tok::Question | Tok::ColonColon | Tok::LBrace | Tok::Bang | Tok::As
    )
}

/// An operand that began at `from`, with all that follows it.
pub(super) fn postfix(p: &mut In<'_, '_>, place: Place, from: u32, atom: ExprId) -> Parsed<ExprId> {
    let mut base = atom;
    let mut chain = 0;
    loop {
        base = match peek(p) {
            Tok::Dot => {
                p.skip();
                after_dot(p, from, base)?
            }
            Tok::LParen => {
                let open = bump(p);
                let args = args(p, open)?;
                add(p, from, Expr::Call { callee: base, args })
            }
            Tok::LBracket => {
                let open = bump(p);
                let index = nested_expr(p);
                let index = bracket_end(p, open, index)?;
                add(p, from, Expr::Index { base, index })
            }
            Tok::Question => {
                p.skip();
                add(p, from, Expr::Try(base))
            }
            Tok::ColonColon => member(p, from, base)?,
            Tok::LBrace if names_type(p, base) && looks_like_struct_literal(p) => {
                if place == Place::Condition && !clearly_struct_literal(p) {
                    break;
                }
                struct_literal(p, place, from, base)?
            }
            Tok::Bang if peek_nth(p, 1) == Tok::LParen && is_macro_call(p, base) => continue,
            Tok::Bang if peek_nth(p, 1) == Tok::LBracket && is_macro_call(p, base) => brackets(p)?,
            Tok::As => cast(p, base)?,
            _ => break,
        };
        chain += 1;
    }
    note_chain(p, chain);
    Ok(base)
}

/// After `.`: a field, a method call, or the fields `1` and `0` of `t.1.0`, which the lexer takes for a number.
fn after_dot(p: &mut In<'_, '_>, from: u32, base: ExprId) -> Parsed<ExprId> {
    match peek(p) {
        Tok::Int => {
            let range = here(p);
            let name = index_name(p, range)?;
            p.skip();
            Ok(add(p, from, Expr::Field { base, name }))
        }
        Tok::Float => {
            let range = here(p);
            let text = p.state().slice(range);
            let Some(point) = text.find('.').filter(|_| text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.'))
            else {
                return Err(unexpected(p, "a field's name"));
            };
            let middle = range.start + point as u32;
            let first = index_name(p, TextRange::new(range.start, middle))?;
            let second = index_name(p, TextRange::new(middle + 1, range.end))?;
            let base = p.state().ast.add_expr(Expr::Field { base, name: first }, TextRange::new(from, middle));
            p.skip();
            Ok(add(p, from, Expr::Field { base, name: second }))
        }
        _ => {
            let name = field_name(p)?;
            if peek(p) != Tok::LParen {
                return Ok(add(p, from, Expr::Field { base, name }));
            }
            let open = bump(p);
            let args = args(p, open)?;
            Ok(add(p, from, Expr::MethodCall { receiver: base, name, args }))
        }
    }
}

/// The number of a tuple's field as a name: plain decimal digits without leading zeros.
fn index_name(p: &mut In<'_, '_>, range: TextRange) -> Parsed<Name> {
    let text = p.state().slice(range);
    let plain = text.bytes().all(|byte| byte.is_ascii_digit()) && (text == "0" || !text.starts_with('0'));
    if !plain {
        return Err(unexpected(p, "a field's name or its number"));
    }
    Ok(Name { symbol: p.state().intern(range), range })
}

/// `::name`
pub(super) fn member(p: &mut In<'_, '_>, from: u32, base: ExprId) -> Parsed<ExprId> {
    p.skip();
    if peek(p) == Tok::Lt {
        ty::type_arguments(p);
        return Ok(base);
    }
    let name = name(p, "a name after `::`")?;
    Ok(add(p, from, Expr::Member { base, name }))
}

/// Whether an expression can be the type before the braces of a struct literal.
fn names_type(p: &mut In<'_, '_>, base: ExprId) -> bool {
    matches!(
        p.state().ast[base],
        Expr::Name(_)
            | Expr::SelfType
            | Expr::Member { .. }
            | Expr::Call { .. }
            | Expr::Field { .. }
            | Expr::Intrinsic { .. }
            | Expr::StructType(_)
    )
}

/// Whether the braces at the cursor hold what only a struct literal does, or could: `{}`, `{ x }`, `{ x:`, `{ x,`, `{ ..`.
fn looks_like_struct_literal(p: &mut In<'_, '_>) -> bool {
    match peek_nth(p, 1) {
        Tok::RBrace | Tok::DotDot => true,
        Tok::Ident | Tok::Type => matches!(peek_nth(p, 2), Tok::Colon | Tok::Comma | Tok::RBrace | Tok::Eq),
        _ => false,
    }
}

/// Whether the braces at the cursor, in a condition, can be nothing but a struct literal: `{ x: … }` with another `{`,
/// or an operator, behind it.
fn clearly_struct_literal(p: &mut In<'_, '_>) -> bool {
    matches!(peek_nth(p, 2), Tok::Colon | Tok::Comma)
        && matches!(
            control::token_after_braces(p),
            Some(Tok::LBrace | Tok::EqEq | Tok::NotEq | Tok::AmpAmp | Tok::PipePipe | Tok::Dot)
        )
}

/// `{ x: 1, y, ..base }` after the type `ty`.
fn struct_literal(p: &mut In<'_, '_>, place: Place, from: u32, ty: ExprId) -> Parsed<ExprId> {
    let open = bump(p);
    let mut base = None;
    let mut fields = Elements::new();
    each(p, open, BRACES, |p| {
        if eat(p, Tok::DotDot) {
            base = Some(nested_expr(p)?);
            if peek(p) == Tok::Comma && peek_nth(p, 1) != Tok::RBrace || peek(p) != Tok::Comma && peek(p) != Tok::RBrace
            {
                return Err(unexpected(p, "`}`: `..` stands last"));
            }
            return Ok(());
        }
        let name = field_name(p)?;
        let value = match peek(p) {
            Tok::Colon | Tok::Eq => {
                expect_not(p, Tok::Colon, &[Tok::Eq], "`:` after the field's name")?;
                Some(nested_expr(p).or_else(|failed| field_recovered(p, failed))?)
            }
            _ => None,
        };
        fields.push(FieldInit { name, value });
        Ok(())
    })?;
    let fields = boxed(&mut fields);
    if place == Place::Condition {
        let range = since(p, from);
        p.state().note(&StructLiteralInCondition { range });
    }
    Ok(add(p, from, Expr::StructLit { ty, fields, base }))
}

fn field_recovered(p: &mut In<'_, '_>, failed: Failed) -> Parsed<ExprId> {
    if matches!(peek(p), Tok::Comma | Tok::RBrace) { Ok(error_expr(p)) } else { Err(failed) }
}

/// `name!(` and `name![`: notes that there are no macros, and steps over `!`.
fn is_macro_call(p: &mut In<'_, '_>, base: ExprId) -> bool {
    let range = here(p);
    if !matches!(p.state().ast[base], Expr::Name(_)) || p.state().ast.expr_range(base).end != range.start {
        return false;
    }
    let (instead, fix) = match peek_nth(p, 1) {
        Tok::LBracket => ("an array is `[a, b, c]`; `Vec::from([a, b, c])` is a vector of them", None),
        _ => ("leave `!` out", Some("")),
    };
    mistake(p, &Unsupported { range, message: "Kiln has no macros", instead, fix });
    p.skip();
    true
}

/// `value as T`: notes that there is no such conversion, and steps over it.
fn cast(p: &mut In<'_, '_>, value: ExprId) -> Parsed<ExprId> {
    let range = here(p);
    let instead = "`@cast(value)` converts to the type the context gives, `@wrap(value)` truncates";
    mistake(p, &Unsupported { range, message: "Kiln has no `as`", instead, fix: None });
    p.skip();
    nested_ty(p)?;
    Ok(value)
}
