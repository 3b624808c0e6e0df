//! The grammar, one file an area. Chumsky moves the cursor, ties the recursive knot and grows the stack; the areas are
//! functions over its input that look at one token, rarely two, and never go back.
//!
//! A function returns [`Failed`] after it has noted a mistake that it can't step over. Who owns a bracket or a
//! statement catches it, skips to where the bracket or statement ends ([`recover`]), and goes on: so one mistake is one
//! message, and the rest of the file is still read.

mod control;
mod cursor;
mod depth;
mod expr;
mod function;
mod item;
mod list;
mod pattern;
mod postfix;
mod recover;
mod state;
mod stmt;
mod ty;
mod types;

use crate::ast::{Ast, BlockId, ExprId, PatId};
use crate::token::{Tok, Tokens};
use chumsky::Parser;
use chumsky::error::EmptyErr;
use chumsky::extra::Full;
use chumsky::input::InputRef;
use chumsky::primitive::custom;
use chumsky::recursive::{Indirect, Recursive};
use kiln_source::{Diagnostic, FileId, Interner};
use state::State;
use std::rc::Rc;

/// How deep brackets, blocks, types and patterns may nest in each other.
pub const MAX_NESTING: usize = 256;

/// How many nodes may lie between an expression's root and its deepest part; so deep have later stages to recurse.
/// Longer chains of operators, calls or `else if` are refused.
pub const MAX_DEPTH: usize = 4096;

type Extra<'s> = Full<EmptyErr, State<'s>, ()>;
/// The cursor, which carries the [`State`].
type In<'s, 'p> = InputRef<'s, 'p, &'s [Tok], Extra<'s>>;

/// A mistake was noted, and what was to be parsed is not there.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Failed(());

type Parsed<T> = Result<T, Failed>;
type Rule<'s, T> = Recursive<Indirect<'s, 's, &'s [Tok], Parsed<T>, Extra<'s>>>;

/// The rules that contain each other. Everything that nests goes through one of them, by [`nested`].
struct Rules<'s> {
    expr: Rule<'s, ExprId>,
    condition: Rule<'s, ExprId>,
    /// After `comptime`.
    comptime: Rule<'s, ExprId>,
    /// The body of an arm, and whether it ends with a block.
    statement_expr: Rule<'s, (ExprId, bool)>,
    block: Rule<'s, BlockId>,
    ty: Rule<'s, ExprId>,
    pattern: Rule<'s, PatId>,
}

fn rules<'s>() -> Rules<'s> {
    let mut rules = Rules {
        expr: Recursive::declare(),
        condition: Recursive::declare(),
        comptime: Recursive::declare(),
        statement_expr: Recursive::declare(),
        block: Recursive::declare(),
        ty: Recursive::declare(),
        pattern: Recursive::declare(),
    };
    rules.expr.define(custom(|p: &mut In<'s, '_>| Ok(expr::expr(p, expr::Place::Anywhere))));
    rules.condition.define(custom(|p: &mut In<'s, '_>| Ok(expr::expr(p, expr::Place::Condition))));
    rules.comptime.define(custom(|p: &mut In<'s, '_>| Ok(control::comptime_operand(p))));
    rules.statement_expr.define(custom(|p: &mut In<'s, '_>| Ok(stmt::statement_expr(p))));
    rules.block.define(custom(|p: &mut In<'s, '_>| Ok(stmt::block(p))));
    rules.ty.define(custom(|p: &mut In<'s, '_>| Ok(ty::ty(p))));
    rules.pattern.define(custom(|p: &mut In<'s, '_>| Ok(pattern::pattern(p))));
    rules
}

/// Parses with a rule, one level deeper, on a stack that has room for it.
fn nested<'s, T>(p: &mut In<'s, '_>, rule: impl for<'r> FnOnce(&'r Rules<'s>) -> &'r Rule<'s, T>) -> Parsed<T> {
    if p.state().nesting == MAX_NESTING {
        return Err(recover::nesting_too_deep(p));
    }
    let state = p.state();
    state.nesting += 1;
    state.deepest_nesting = state.deepest_nesting.max(state.nesting);
    let rules = Rc::clone(&state.rules);
    let parsed = p.parse(rule(&rules));
    p.state().nesting -= 1;
    parsed.unwrap_or(Err(Failed(())))
}

/// An expression within another construct. Most are one token, for which nothing has to grow.
fn nested_expr(p: &mut In<'_, '_>) -> Parsed<ExprId> {
    if expr::is_one_token(p) {
        return postfix::atom(p, expr::Place::Anywhere);
    }
    nested(p, |rules| &rules.expr)
}

/// A type within another construct.
fn nested_ty(p: &mut In<'_, '_>) -> Parsed<ExprId> {
    if ty::is_one_token(p) {
        return ty::ty(p);
    }
    nested(p, |rules| &rules.ty)
}

/// A pattern within another construct.
fn nested_pattern(p: &mut In<'_, '_>) -> Parsed<PatId> {
    if pattern::is_one_token(p) {
        return pattern::pattern(p);
    }
    nested(p, |rules| &rules.pattern)
}

/// The tree of a file's tokens, and what is wrong with it.
pub(crate) fn parse(file: FileId, text: &str, tokens: &Tokens, interner: &mut Interner) -> (Ast, Vec<Diagnostic>) {
    let mut state = State::new(file, text, tokens, interner, rules());
    let result = custom(|p: &mut In<'_, '_>| {
        item::file(p);
        Ok(())
    })
    .parse_with_state(&tokens.kinds[..], &mut state);
    debug_assert!(!result.has_errors(), "the file rule reads every token");
    depth::limit(&mut state);
    (state.ast, state.diagnostics)
}
