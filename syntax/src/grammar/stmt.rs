//! Blocks and statements.
//!
//! ```text
//! block = "{" { stmt } [expr] "}"
//! stmt  = ";" | attrs (item | "let" pat [":" ty] "=" expr ["else" block] ";" | place "=" expr ";" | expr ";")
//! ```

use super::control::{self, starts_block_like};
use super::cursor::{
    bump, eat, error_expr, expect, expect_not, missing, peek, peek_nth, position, since, start, starts_line, unexpected,
};
use super::expr::{self, Place, assignment_op};
use super::list::{Elements, boxed};
use super::pattern::pattern_before;
use super::recover::{compare_indentation, ends_lacking_block, skip_statement, starts_item, unclosed, unopened};
use super::{Failed, In, Parsed, item, nested_ty};
use crate::ast::{Attr, Block, BlockId, ExprId, ItemId, Stmt, StmtKind};
use crate::token::Tok;

/// A block, at its `{`.
pub(super) fn block(p: &mut In<'_, '_>) -> Parsed<BlockId> {
    let open = expect(p, Tok::LBrace, "`{`")?;
    let mut stmts: Elements<Stmt> = Elements::new();
    let mut tail = None;
    loop {
        match peek(p) {
            Tok::RBrace => {
                p.skip();
                compare_indentation(p, open);
                break;
            }
            Tok::Semi => p.skip(),
            Tok::RParen | Tok::RBracket => unopened(p),
            _ if peek(p) == Tok::Eof || ends_lacking_block(p) => {
                unclosed(p, open);
                break;
            }
            _ => {
                let began = position(p);
                let from = start(p);
                match statement(p) {
                    Ok(Statement::Whole(stmt)) => stmts.push(stmt),
                    Ok(Statement::Tail(value)) => tail = Some(value),
                    Err(Failed(())) => {
                        skip_statement(p, began);
                        let range = since(p, from);
                        stmts.push(Stmt { kind: StmtKind::Error, attrs: Box::new([]), range });
                    }
                }
            }
        }
    }
    let range = since(p, open.start);
    let stmts = boxed(&mut stmts);
    Ok(p.state().ast.add_block(Block { stmts, tail }, range))
}

enum Statement {
    Whole(Stmt),
    /// The value of the block: the closing brace follows.
    Tail(ExprId),
}

fn statement(p: &mut In<'_, '_>) -> Parsed<Statement> {
    let from = start(p);
    let token = peek(p);
    if token == Tok::At && item::at_attribute(p) {
        return attributed(p);
    }
    if starts_let(p, token) {
        return let_statement(p, from, Box::new([]));
    }
    if starts_item(p, token) {
        let docs = item::docs(p);
        let id = item::inner_item(p, docs, from, Box::new([]))?;
        return Ok(item_statement(p, from, id));
    }
    expr_statement(p, from, Box::new([]))
}

fn item_statement(p: &mut In<'_, '_>, from: u32, id: ItemId) -> Statement {
    let range = since(p, from);
    Statement::Whole(Stmt { kind: StmtKind::Item(id), attrs: Box::new([]), range })
}

/// A statement with attributes before it.
fn attributed(p: &mut In<'_, '_>) -> Parsed<Statement> {
    let from = start(p);
    let docs = item::docs(p);
    let attrs = item::known_attributes(p)?;
    let token = peek(p);
    if starts_item(p, token) {
        let id = item::inner_item(p, docs, from, attrs)?;
        return Ok(item_statement(p, from, id));
    }
    item::only_allow(p, &attrs, "a statement");
    if starts_let(p, token) { let_statement(p, from, attrs) } else { expr_statement(p, from, attrs) }
}

/// Whether a `let`, perhaps after `comptime`, starts at the token.
fn starts_let(p: &mut In<'_, '_>, token: Tok) -> bool {
    token == Tok::Let || (token == Tok::Comptime && peek_nth(p, 1) == Tok::Let)
}

/// `let pat: ty = value else { };`, `comptime let pat = value;`
fn let_statement(p: &mut In<'_, '_>, from: u32, attrs: Box<[Attr]>) -> Parsed<Statement> {
    let comptime = eat(p, Tok::Comptime);
    p.skip();
    let pat = pattern_before(p, &[Tok::Eq, Tok::Colon])?;
    let ty = if eat(p, Tok::Colon) { Some(nested_ty(p)?) } else { None };
    let value = if matches!(peek(p), Tok::Eq | Tok::EqEq) {
        expect_not(p, Tok::Eq, &[Tok::EqEq], "`=` and a value")?;
        let value = expr::expr(p, Place::Anywhere);
        value.or_else(|failed| if peek(p) == Tok::Semi { Ok(error_expr(p)) } else { Err(failed) })?
    } else {
        let expected = if ty.is_some() { "`=` and a value" } else { "`=` and a value, or `:` and a type" };
        let failed = unexpected(p, expected);
        if peek(p) != Tok::Semi {
            return Err(failed);
        }
        error_expr(p)
    };
    let otherwise = if eat(p, Tok::Else) { Some(control::block_after(p, "`{` after `else`")?) } else { None };
    semicolon(p, "after this `let`")?;
    let range = since(p, from);
    Ok(Statement::Whole(Stmt { kind: StmtKind::Let { comptime, pat, ty, value, otherwise }, attrs, range }))
}

/// The `;` that ends a statement. Where the next token clearly starts something new, only the `;` is missing.
pub(super) fn semicolon(p: &mut In<'_, '_>, place: &'static str) -> Parsed<()> {
    if eat(p, Tok::Semi) {
        return Ok(());
    }
    let token = peek(p);
    let new = matches!(token, Tok::RBrace | Tok::Eof | Tok::Let | Tok::Return)
        || starts_item(p, token)
        || (starts_line(p) && (expr::starts_expr(p, Place::Anywhere) || token == Tok::At));
    if new {
        missing(p, ";", place);
        return Ok(());
    }
    Err(unexpected(p, "`;`"))
}

/// An assignment, or an expression as a statement or as the value of the block.
fn expr_statement(p: &mut In<'_, '_>, from: u32, attrs: Box<[Attr]>) -> Parsed<Statement> {
    let (value, ends_with_block) = statement_expr(p)?;
    if let Some(op) = assignment_op(peek(p)) {
        let op_range = bump(p);
        let assigned = expr::expr(p, Place::Anywhere);
        let assigned = assigned.or_else(|failed| if peek(p) == Tok::Semi { Ok(error_expr(p)) } else { Err(failed) })?;
        semicolon(p, "after this assignment")?;
        let range = since(p, from);
        let kind = StmtKind::Assign { op, op_range, place: value, value: assigned };
        return Ok(Statement::Whole(Stmt { kind, attrs, range }));
    }
    if peek(p) == Tok::RBrace && attrs.is_empty() {
        return Ok(Statement::Tail(value));
    }
    let semi = eat(p, Tok::Semi);
    if !semi && !ends_with_block {
        semicolon(p, "after this statement")?;
    }
    let range = since(p, from);
    Ok(Statement::Whole(Stmt { kind: StmtKind::Expr { expr: value, semi: semi || !ends_with_block }, attrs, range }))
}

/// An expression where a statement or a match arm's body stands, and whether it is one that ends with a block: such a
/// one is not the left operand of what follows, unless that is `.` or `?`.
pub(super) fn statement_expr(p: &mut In<'_, '_>) -> Parsed<(ExprId, bool)> {
    if !starts_block_like(p) {
        return Ok((expr::expr(p, Place::Anywhere)?, false));
    }
    let from = start(p);
    let value = control::block_like(p)?;
    match peek(p) {
        Tok::Dot | Tok::Question => Ok((expr::continue_expr(p, from, value)?, false)),
        _ => Ok((value, true)),
    }
}
