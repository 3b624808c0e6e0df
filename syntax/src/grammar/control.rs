//! Blocks as expressions, conditions, loops, matches, jumps.

use super::cursor::{add, bump, eat, error_expr, expect_not, here, mistake, peek, peek_nth, since, start, unexpected};
use super::expr::{self, Place, note_chain};
use super::list::{Elements, boxed};
use super::pattern::pattern_before;
use super::recover::{compare_indentation, ends_lacking_block, skip_element, skip_to_block, unclosed};
use super::{Failed, In, Parsed, item, nested, nested_expr, postfix};
use crate::ast::{Arm, BlockId, Cond, Expr, ExprId, Name};
use crate::errors::Unsupported;
use crate::token::Tok;
use kiln_source::TextRange;
use smallvec::SmallVec;

/// Whether the token at the cursor starts an expression that ends with a block.
pub(super) fn starts_block_like(p: &mut In<'_, '_>) -> bool {
    match peek(p) {
        Tok::LBrace | Tok::If | Tok::Match | Tok::While | Tok::Loop | Tok::For | Tok::Label | Tok::Checked => true,
        Tok::Comptime => matches!(
            peek_nth(p, 1),
            Tok::LBrace | Tok::If | Tok::Match | Tok::While | Tok::Loop | Tok::For | Tok::Label | Tok::Checked
        ),
        _ => false,
    }
}

/// An expression that ends with a block, at its first token.
pub(super) fn block_like(p: &mut In<'_, '_>) -> Parsed<ExprId> {
    let from = start(p);
    match peek(p) {
        Tok::LBrace => {
            let block = nested(p, |rules| &rules.block)?;
            Ok(add(p, from, Expr::Block(block)))
        }
        Tok::Checked => {
            p.skip();
            let block = block_after(p, "`{` after `checked`")?;
            Ok(add(p, from, Expr::Checked(block)))
        }
        Tok::If => if_chain(p),
        Tok::Match => match_expr(p),
        Tok::Label => labelled(p),
        Tok::Comptime => comptime(p),
        _ => loop_expr(p, from, None),
    }
}

/// `comptime` with what it is asked of.
pub(super) fn comptime(p: &mut In<'_, '_>) -> Parsed<ExprId> {
    let from = bump(p).start;
    let inner = nested(p, |rules| &rules.comptime)?;
    Ok(add(p, from, Expr::Comptime(inner)))
}

/// After `comptime`: an expression that ends with a block, or an operand with what follows it.
pub(super) fn comptime_operand(p: &mut In<'_, '_>) -> Parsed<ExprId> {
    if starts_block_like(p) {
        return block_like(p);
    }
    let from = start(p);
    let atom = postfix::atom(p, Place::Anywhere)?;
    postfix::postfix(p, Place::Anywhere, from, atom)
}

/// The block that has to follow. Anything before its `{` is one mistake.
pub(super) fn block_after(p: &mut In<'_, '_>, expected: &'static str) -> Parsed<BlockId> {
    if peek(p) != Tok::LBrace {
        let failed = unexpected(p, expected);
        if !skip_to_block(p) {
            return Err(failed);
        }
    }
    nested(p, |rules| &rules.block)
}

/// What decides an `if` or `while`, before its block. If it is wrong, the block is still read.
fn cond(p: &mut In<'_, '_>) -> Parsed<Cond> {
    if !eat(p, Tok::Let) {
        return before_block(p, "a condition").map(Cond::Expr);
    }
    let_cond(p).or_else(|failed| {
        let error = error_expr(p);
        if skip_to_block(p) { Ok(Cond::Expr(error)) } else { Err(failed) }
    })
}

/// The expression before the block of an `if`, `while`, `for` or `match`; an error node if it is wrong but the block
/// can be read.
fn before_block(p: &mut In<'_, '_>, what: &'static str) -> Parsed<ExprId> {
    let missing = peek(p) == Tok::LBrace && token_after_braces(p).is_some_and(|token| !continues_braces(token));
    let parsed = if missing { Err(unexpected(p, what)) } else { nested(p, |rules| &rules.condition) };
    parsed.or_else(|failed| {
        let error = error_expr(p);
        if skip_to_block(p) { Ok(error) } else { Err(failed) }
    })
}

/// Whether a token behind `}` shows that the braces are part of an expression and its block is still to come.
fn continues_braces(token: Tok) -> bool {
    matches!(token, Tok::LBrace | Tok::Dot | Tok::Question) || expr::is_binary_op(token)
}

/// The token behind the `}` that closes the `{` at the cursor, if it is near.
pub(super) fn token_after_braces(p: &mut In<'_, '_>) -> Option<Tok> {
    const FAR: usize = 200;
    let mut depth = 0_usize;
    for n in 0..FAR {
        match peek_nth(p, n) {
            Tok::LBrace => depth += 1,
            Tok::RBrace => depth -= 1,
            Tok::Eof => return None,
            _ => {}
        }
        if depth == 0 {
            return Some(peek_nth(p, n + 1));
        }
    }
    None
}

/// `if a = b`: notes that `==` was meant, and steps over it.
fn assignment_cond(p: &mut In<'_, '_>) -> Parsed<()> {
    if peek(p) == Tok::Eq {
        expect_not(p, Tok::EqEq, &[Tok::Eq], "`{` after the condition")?;
        before_block(p, "a value")?;
    }
    Ok(())
}

fn let_cond(p: &mut In<'_, '_>) -> Parsed<Cond> {
    let pat = pattern_before(p, &[Tok::Eq])?;
    expect_not(p, Tok::Eq, &[Tok::EqEq], "`=` after the pattern")?;
    Ok(Cond::Let(pat, before_block(p, "a value")?))
}

/// `if … else if … else …`. The chain is read in a loop and put together from its end.
fn if_chain(p: &mut In<'_, '_>) -> Parsed<ExprId> {
    let mut links: SmallVec<[(u32, Cond, BlockId); 2]> = SmallVec::new();
    let mut otherwise = None;
    loop {
        let from = bump(p).start;
        let cond = cond(p)?;
        assignment_cond(p)?;
        let then = block_after(p, "`{` after the condition")?;
        links.push((from, cond, then));
        if !eat(p, Tok::Else) {
            break;
        }
        if peek(p) != Tok::If {
            let from = start(p);
            let block = block_after(p, "`{` or `if` after `else`")?;
            otherwise = Some(add(p, from, Expr::Block(block)));
            break;
        }
    }
    note_chain(p, links.len());
    let mut chain = None;
    for (from, cond, then) in links.into_iter().rev() {
        chain = Some(add(p, from, Expr::If { cond, then, otherwise: chain.or(otherwise) }));
    }
    chain.ok_or(Failed(()))
}

/// `'label: loop { }`, `'label: comptime for x in xs { }`
fn labelled(p: &mut In<'_, '_>) -> Parsed<ExprId> {
    let label = label(p);
    let from = label.range.start;
    if !eat(p, Tok::Colon) {
        return Err(unexpected(p, "`:` after the label"));
    }
    match peek(p) {
        Tok::While | Tok::Loop | Tok::For => loop_expr(p, from, Some(label)),
        Tok::Comptime if matches!(peek_nth(p, 1), Tok::While | Tok::Loop | Tok::For) => {
            p.skip();
            let inner = loop_expr(p, from, Some(label))?;
            Ok(add(p, from, Expr::Comptime(inner)))
        }
        _ => Err(unexpected(p, "a loop after its label")),
    }
}

fn label(p: &mut In<'_, '_>) -> Name {
    let range = bump(p);
    let symbol = p.state().intern(TextRange::new(range.start + 1, range.end));
    Name { symbol, range }
}

fn loop_expr(p: &mut In<'_, '_>, from: u32, label: Option<Name>) -> Parsed<ExprId> {
    let keyword = peek(p);
    p.skip();
    let expr = match keyword {
        Tok::While => {
            let cond = cond(p)?;
            assignment_cond(p)?;
            Expr::While { label, cond, body: block_after(p, "`{` after the condition")? }
        }
        Tok::For => for_loop(p, label)?,
        _ => Expr::Loop { label, body: block_after(p, "`{` after `loop`")? },
    };
    Ok(add(p, from, expr))
}

/// After `for`.
fn for_loop(p: &mut In<'_, '_>, label: Option<Name>) -> Parsed<Expr> {
    let pat = pattern_before(p, &[Tok::In])?;
    let iter = if eat(p, Tok::In) {
        before_block(p, "what is iterated")?
    } else {
        let failed = unexpected(p, "`in` after the pattern");
        if !skip_to_block(p) {
            return Err(failed);
        }
        error_expr(p)
    };
    Ok(Expr::For { label, pat, iter, body: block_after(p, "`{` after what is iterated")? })
}

/// `match scrutinee { arms }`
fn match_expr(p: &mut In<'_, '_>) -> Parsed<ExprId> {
    let from = bump(p).start;
    let scrutinee = before_block(p, "what is matched")?;
    if peek(p) != Tok::LBrace {
        let failed = unexpected(p, "`{` after what is matched");
        if !skip_to_block(p) {
            return Err(failed);
        }
    }
    let arms = arms(p)?;
    Ok(add(p, from, Expr::Match { scrutinee, arms }))
}

/// The arms in their braces. A comma may be left out after an arm that ends with a block.
fn arms(p: &mut In<'_, '_>) -> Parsed<Box<[Arm]>> {
    let open = bump(p);
    let mut arms: Elements<Arm> = Elements::new();
    loop {
        if eat(p, Tok::RBrace) {
            compare_indentation(p, open);
            break;
        }
        if peek(p) == Tok::Eof || ends_lacking_block(p) {
            unclosed(p, open);
            break;
        }
        if let Ok((arm, ends_with_block)) = arm(p) {
            arms.push(arm);
            if eat(p, Tok::Comma) || ends_with_block || matches!(peek(p), Tok::RBrace | Tok::Eof) {
                continue;
            }
            unexpected(p, "`,` or `}` after this arm");
        }
        if !skip_element(p, Tok::RBrace) {
            return Err(Failed(()));
        }
        eat(p, Tok::Comma);
    }
    Ok(boxed(&mut arms))
}

/// One arm, and whether it ends with a block.
fn arm(p: &mut In<'_, '_>) -> Parsed<(Arm, bool)> {
    let attrs = item::known_attributes(p)?;
    item::only_allow(p, &attrs, "an arm");
    let from = start(p);
    let pat = pattern_before(p, &[Tok::FatArrow])?;
    let guard = if eat(p, Tok::If) { Some(nested_expr(p)?) } else { None };
    let expected = if guard.is_some() { "`=>` after the guard" } else { "`=>`, `|` or `if` after the pattern" };
    expect_not(p, Tok::FatArrow, &[Tok::Arrow, Tok::Eq], expected)?;
    let (body, ends_with_block) = nested(p, |rules| &rules.statement_expr)?;
    if expr::assignment_op(peek(p)).is_some() {
        assignment_arm(p)?;
    }
    let range = since(p, from);
    Ok((Arm { pat, guard, body, attrs, range }, ends_with_block))
}

/// `pattern => place = value`: notes that it needs braces, and steps over the value.
fn assignment_arm(p: &mut In<'_, '_>) -> Parsed<()> {
    let range = here(p);
    let message = "an assignment is a statement and needs braces here";
    let instead = "write `{ place = value; }`";
    mistake(p, &Unsupported { range, message, instead, fix: None });
    p.skip();
    nested_expr(p)?;
    Ok(())
}

/// `break`, `continue`, `return` with what belongs to them.
pub(super) fn jump(p: &mut In<'_, '_>, place: Place) -> Parsed<ExprId> {
    let keyword = peek(p);
    let from = bump(p).start;
    let label = if keyword != Tok::Return && peek(p) == Tok::Label && peek_nth(p, 1) != Tok::Colon {
        Some(label(p))
    } else {
        None
    };
    let value = if keyword != Tok::Continue && expr::starts_expr(p, place) {
        Some(match place {
            Place::Anywhere => nested_expr(p)?,
            Place::Condition => nested(p, |rules| &rules.condition)?,
        })
    } else {
        None
    };
    let expr = match keyword {
        Tok::Break => Expr::Break { label, value },
        Tok::Continue => Expr::Continue { label },
        _ => Expr::Return(value),
    };
    Ok(add(p, from, expr))
}
