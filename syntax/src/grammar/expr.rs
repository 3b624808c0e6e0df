//! Expressions: ranges, operators by precedence, prefixes. What operators stand between is in [`super::postfix`].
//!
//! ```text
//! expr    = [binary] (".." | "..=") [binary] | binary
//! binary  = prefix { operator prefix }          by precedence; comparisons once
//! prefix  = { "-" | "!" | "~" } postfix
//! ```

use super::cursor::{add, bump, here, mistake, peek, peek_nth, start, unexpected};
use super::{Failed, In, Parsed, postfix, ty};
use crate::ast::{BinaryOp, Expr, ExprId, UnaryOp};
use crate::errors::{ChainedComparison, Unsupported};
use crate::token::Tok;
use smallvec::SmallVec;

/// Where an expression stands.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// Anywhere.
    Anywhere,
    /// Before the block of an `if`, `while`, `for` or `match`: `{` opens that block and no struct literal.
    Condition,
}

/// An expression.
pub(super) fn expr(p: &mut In<'_, '_>, place: Place) -> Parsed<ExprId> {
    if is_one_token(p) {
        return postfix::atom(p, place);
    }
    let from = start(p);
    if matches!(peek(p), Tok::DotDot | Tok::DotDotEq) {
        return range(p, place, from, None);
    }
    let value = binary(p, place, 1)?;
    after_operand(p, place, from, value)
}

/// Whether the expression at the cursor is certainly a single name, literal or keyword.
#[inline]
pub(super) fn is_one_token(p: &mut In<'_, '_>) -> bool {
    let end = peek_nth(p, 1);
    matches!(end, Tok::Comma | Tok::RParen | Tok::Semi | Tok::RBracket | Tok::RBrace)
        && matches!(
            peek(p),
            Tok::Ident | Tok::Int | Tok::Str | Tok::Char | Tok::Float | Tok::True | Tok::False | Tok::SelfValue
        )
}

/// The rest of an expression that starts with `value`, whose own operators were read.
fn after_operand(p: &mut In<'_, '_>, place: Place, from: u32, value: ExprId) -> Parsed<ExprId> {
    if matches!(peek(p), Tok::DotDot | Tok::DotDotEq) { range(p, place, from, Some(value)) } else { Ok(value) }
}

/// The rest of an expression that begins with the finished operand `first`, as a block before `.` or `?` is.
pub(super) fn continue_expr(p: &mut In<'_, '_>, from: u32, first: ExprId) -> Parsed<ExprId> {
    let operand = postfix::postfix(p, Place::Anywhere, from, first)?;
    let value = operators(p, Place::Anywhere, 1, from, operand)?;
    after_operand(p, Place::Anywhere, from, value)
}

fn range(p: &mut In<'_, '_>, place: Place, from: u32, first: Option<ExprId>) -> Parsed<ExprId> {
    let inclusive = peek(p) == Tok::DotDotEq;
    bump(p);
    let end = if starts_expr(p, place) { Some(binary(p, place, 1)?) } else { None };
    if inclusive && end.is_none() {
        return Err(unexpected(p, "the last value of the range"));
    }
    let id = add(p, from, Expr::Range { start: first, end, inclusive });
    if matches!(peek(p), Tok::DotDot | Tok::DotDotEq) {
        return Err(unexpected(p, "the end of the range"));
    }
    Ok(id)
}

/// Whether an expression can start at the cursor.
pub(super) fn starts_expr(p: &mut In<'_, '_>, place: Place) -> bool {
    match peek(p) {
        Tok::LBrace => place == Place::Anywhere,
        Tok::Ident | Tok::Int | Tok::Float | Tok::Char | Tok::Str | Tok::RawStr | Tok::Label => true,
        Tok::True | Tok::False | Tok::SelfValue | Tok::SelfType | Tok::Type | Tok::Ptr | Tok::Fn | Tok::Extern => true,
        Tok::Struct | Tok::Enum | Tok::If | Tok::Match | Tok::While | Tok::Loop | Tok::For => true,
        Tok::Break | Tok::Continue | Tok::Return | Tok::Comptime | Tok::Checked | Tok::At => true,
        Tok::LParen | Tok::LBracket | Tok::Minus | Tok::Bang | Tok::Tilde => true,
        token => ty::primitive(token).is_some(),
    }
}

/// How tight an operator binds, from 1, and which it is.
fn binary_op(token: Tok) -> Option<(u8, BinaryOp)> {
    Some(match token {
        Tok::PipePipe => (1, BinaryOp::Or),
        Tok::AmpAmp => (2, BinaryOp::And),
        Tok::EqEq => (COMPARISON, BinaryOp::Eq),
        Tok::NotEq => (COMPARISON, BinaryOp::Ne),
        Tok::Lt => (COMPARISON, BinaryOp::Lt),
        Tok::LtEq => (COMPARISON, BinaryOp::Le),
        Tok::Gt => (COMPARISON, BinaryOp::Gt),
        Tok::GtEq => (COMPARISON, BinaryOp::Ge),
        Tok::Pipe => (4, BinaryOp::BitOr),
        Tok::Caret => (5, BinaryOp::BitXor),
        Tok::Amp => (6, BinaryOp::BitAnd),
        Tok::Shl => (7, BinaryOp::Shl),
        Tok::Shr => (7, BinaryOp::Shr),
        Tok::Plus => (8, BinaryOp::Add),
        Tok::Minus => (8, BinaryOp::Sub),
        Tok::Star => (9, BinaryOp::Mul),
        Tok::Slash => (9, BinaryOp::Div),
        Tok::Percent => (9, BinaryOp::Rem),
        _ => return None,
    })
}

/// Whether a token is an operator between two operands.
#[inline]
pub(super) fn is_binary_op(token: Tok) -> bool {
    binary_op(token).is_some()
}

const COMPARISON: u8 = 3;

/// The operator of a compound assignment; `Some(None)` for `=`.
pub(super) fn assignment_op(token: Tok) -> Option<Option<BinaryOp>> {
    Some(match token {
        Tok::Eq => None,
        Tok::PlusEq => Some(BinaryOp::Add),
        Tok::MinusEq => Some(BinaryOp::Sub),
        Tok::StarEq => Some(BinaryOp::Mul),
        Tok::SlashEq => Some(BinaryOp::Div),
        Tok::PercentEq => Some(BinaryOp::Rem),
        Tok::AmpEq => Some(BinaryOp::BitAnd),
        Tok::PipeEq => Some(BinaryOp::BitOr),
        Tok::CaretEq => Some(BinaryOp::BitXor),
        Tok::ShlEq => Some(BinaryOp::Shl),
        Tok::ShrEq => Some(BinaryOp::Shr),
        _ => return None,
    })
}

/// Operands joined by operators that bind at least as tight as `least`.
fn binary(p: &mut In<'_, '_>, place: Place, least: u8) -> Parsed<ExprId> {
    let from = start(p);
    let first = prefix(p, place)?;
    if is_binary_op(peek(p)) { operators(p, place, least, from, first) } else { Ok(first) }
}

fn operators(p: &mut In<'_, '_>, place: Place, least: u8, from: u32, first: ExprId) -> Parsed<ExprId> {
    let mut lhs = first;
    let mut chain = 0;
    let mut comparison = None;
    while let Some((tightness, op)) = binary_op(peek(p)) {
        if tightness < least {
            break;
        }
        let op_range = here(p);
        if tightness == COMPARISON
            && let Some(first) = comparison.replace(op_range)
        {
            mistake(p, &ChainedComparison { first, second: op_range });
        }
        p.skip();
        if op == BinaryOp::Add && peek(p) == Tok::Plus {
            increment(p)?;
        }
        let rhs = binary(p, place, tightness + 1)?;
        lhs = add(p, from, Expr::Binary { op, op_range, lhs, rhs });
        chain += 1;
    }
    note_chain(p, chain);
    Ok(lhs)
}

/// Remembers how long a chain of nodes that hang on each other is.
pub(super) fn note_chain(p: &mut In<'_, '_>, length: usize) {
    let state = p.state();
    state.longest_chain = state.longest_chain.max(length);
}

/// `x++`, at the second `+`.
fn increment(p: &mut In<'_, '_>) -> Parsed<()> {
    if !matches!(peek_nth(p, 1), Tok::Semi | Tok::RParen | Tok::RBrace) {
        return Ok(());
    }
    let range = here(p);
    Err(mistake(
        p,
        &Unsupported { range, message: "Kiln has no `++`", instead: "write `x += 1;`, a statement", fix: None },
    ))
}

/// An operand with the operators before it.
fn prefix(p: &mut In<'_, '_>, place: Place) -> Parsed<ExprId> {
    let Some(first) = unary_op(p) else { return operand(p, place) };
    let mut ops: SmallVec<[(UnaryOp, u32); 4]> = SmallVec::new();
    let mut next = Some(first);
    while let Some(op) = next {
        ops.push((op, bump(p).start));
        next = unary_op(p);
    }
    note_chain(p, ops.len());
    let mut operand = operand(p, place)?;
    for (op, from) in ops.into_iter().rev() {
        operand = add(p, from, Expr::Unary { op, operand });
    }
    Ok(operand)
}

/// An operand with what follows it.
fn operand(p: &mut In<'_, '_>, place: Place) -> Parsed<ExprId> {
    let from = start(p);
    let atom = postfix::atom(p, place)?;
    if postfix::follows(peek(p)) { postfix::postfix(p, place, from, atom) } else { Ok(atom) }
}

/// The operator at the cursor, if it is one that stands before its operand. `!` before nothing is a type.
fn unary_op(p: &mut In<'_, '_>) -> Option<UnaryOp> {
    match peek(p) {
        Tok::Minus => Some(UnaryOp::Neg),
        Tok::Tilde => Some(UnaryOp::BitNot),
        Tok::Bang if !matches!(peek_nth(p, 1), Tok::Comma | Tok::RParen | Tok::RBracket | Tok::Semi | Tok::RBrace) => {
            Some(UnaryOp::Not)
        }
        _ => None,
    }
}

/// Notes that no expression starts at the cursor. A bracket that closes nothing is stepped over by who owns it.
pub(super) fn no_expr(p: &mut In<'_, '_>) -> Failed {
    let range = here(p);
    let unsupported = |message, instead| Unsupported { range, message, instead, fix: None };
    let error = match peek(p) {
        Tok::Amp | Tok::AmpAmp => unsupported(
            "Kiln has no reference values",
            "declare the parameter `borrow` or `inout` and pass the place itself",
        ),
        Tok::Star => {
            unsupported("Kiln has no `*` before a value", "raw pointers are read by `@ptr_read(p)` in `checked`")
        }
        Tok::Pipe | Tok::PipePipe => unsupported("Kiln has no closures", "write a function and pass its name"),
        Tok::Unchecked => {
            unsupported("`unchecked` stands before `fn` only", "unchecked code is called in `checked { … }`")
        }
        Tok::Plus => unsupported("Kiln has no `+` before a value", "leave it out"),
        _ => return unexpected(p, "an expression"),
    };
    mistake(p, &error)
}
