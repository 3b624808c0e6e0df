//! The limit on how deep the finished tree is. Nesting is limited while parsing; chains (`a + b + …`, `.f().f()`,
//! `else if`) make the tree deep without nesting, so where they are long its height is measured.

use super::MAX_DEPTH;
use super::state::State;
use crate::ast::{Ast, Expr};
use crate::children::{Child, children_of_block, children_of_expr, children_of_item};
use crate::errors::NestingTooDeep;

/// Most levels of the tree that one level of nesting adds besides its chains: block, statement, arm, `if`, parenthesis.
const LEVELS_A_NESTING: usize = 8;

/// Cuts the tree where it is deeper than [`MAX_DEPTH`]; an error node takes the place of what lies deeper.
pub(super) fn limit(state: &mut State<'_>) {
    if (state.deepest_nesting + 1) * (state.longest_chain + LEVELS_A_NESTING) <= MAX_DEPTH {
        return;
    }
    // Parts stand before the whole, so the heights of an expression's parts are known when it is its turn.
    let mut heights: Vec<usize> = Vec::with_capacity(state.ast.expr_count());
    let mut reported = false;
    for id in state.ast.expr_ids() {
        let mut height = 0;
        children_of_expr(&state.ast[id], &mut |child| height = height.max(height_of(&state.ast, &heights, child)));
        if height < MAX_DEPTH {
            heights.push(height + 1);
            continue;
        }
        if !reported {
            reported = true;
            let range = state.ast.expr_range(id);
            state.note(&NestingTooDeep { range, limit: MAX_DEPTH });
        }
        state.ast.replace_expr(id, Expr::Error);
        heights.push(1);
    }
}

/// The height of something whose expressions have theirs. Recurses over blocks and items only, which nest little.
fn height_of(ast: &Ast, heights: &[usize], child: Child) -> usize {
    let mut height = 0;
    let mut part = |child| height = height.max(height_of(ast, heights, child));
    match child {
        Child::Expr(id) => return heights[id.into_raw().into_u32() as usize],
        Child::Block(id) => children_of_block(&ast[id], &mut part),
        Child::Item(id) => children_of_item(&ast[id], &mut part),
        Child::Pat(_) => {}
    }
    height + 1
}
