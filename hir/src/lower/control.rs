//! Control flow: conditions, matches, loops and jumps, with their sugar taken off.

use super::{Lower, OpenLoop};
use crate::errors;
use crate::{Arm, Expr, ExprId, ForIter, LoopId, MatchOrigin, Name, Pat};
use kiln_source::TextRange;
use kiln_syntax::ast::{self, Cond};

impl Lower<'_> {
    pub(super) fn if_expr(
        &mut self,
        cond: Cond,
        then: ast::BlockId,
        otherwise: Option<ast::ExprId>,
        range: TextRange,
    ) -> Expr {
        match cond {
            Cond::Expr(cond) => {
                let cond = self.expr(cond);
                let then = self.block_expr(then);
                Expr::If { cond, then, else_: otherwise.map(|otherwise| self.expr(otherwise)) }
            }
            Cond::Let(pat, value) => {
                let else_ = |lower: &mut Self| match otherwise {
                    Some(otherwise) => lower.expr(otherwise),
                    None => lower.push(Expr::Block { stmts: Box::default(), tail: None }, TextRange::empty(range.end)),
                };
                self.let_match(pat, value, then, else_, MatchOrigin::IfLet, range)
            }
        }
    }

    /// `match value { pat => then, _ => otherwise }`
    fn let_match(
        &mut self,
        pat: ast::PatId,
        value: ast::ExprId,
        then: ast::BlockId,
        otherwise: impl FnOnce(&mut Self) -> ExprId,
        origin: MatchOrigin,
        range: TextRange,
    ) -> Expr {
        let scrutinee = self.expr(value);
        let mark = self.scopes.mark();
        let pat = self.pattern(pat);
        let body = self.block_expr(then);
        self.scopes.leave(mark);
        let other = self.cx().body.push_pat(Pat::Wild, TextRange::empty(range.end));
        let otherwise = otherwise(self);
        let arms = Box::new([Arm { pat, guard: None, body }, Arm { pat: other, guard: None, body: otherwise }]);
        Expr::Match { scrutinee, arms, origin }
    }

    pub(super) fn match_expr(&mut self, scrutinee: ast::ExprId, arms: &[ast::Arm]) -> Expr {
        let scrutinee = self.expr(scrutinee);
        let mut lowered = Vec::with_capacity(arms.len());
        for arm in arms {
            self.allows(&arm.attrs, arm.range);
            let mark = self.scopes.mark();
            let pat = self.pattern(arm.pat);
            let guard = arm.guard.map(|guard| self.expr(guard));
            let body = self.expr(arm.body);
            self.scopes.leave(mark);
            lowered.push(Arm { pat, guard, body });
        }
        Expr::Match { scrutinee, arms: lowered.into(), origin: MatchOrigin::Match }
    }

    fn in_loop<R>(&mut self, label: Option<Name>, lower: impl FnOnce(&mut Self, LoopId) -> R) -> R {
        let id = LoopId(self.cx().body.loops);
        self.cx().body.loops += 1;
        self.cx().loops.push(OpenLoop { label: label.map(|label| label.symbol), id });
        let result = lower(self, id);
        self.cx().loops.pop();
        result
    }

    pub(super) fn loop_expr(&mut self, label: Option<Name>, body: ast::BlockId) -> Expr {
        self.in_loop(label, |lower, id| Expr::Loop { id, body: lower.block_expr(body), is_while: false })
    }

    pub(super) fn while_expr(&mut self, label: Option<Name>, cond: Cond, body: ast::BlockId, range: TextRange) -> Expr {
        self.in_loop(label, |lower, id| {
            let end = TextRange::empty(range.end);
            let leave = |lower: &mut Self| lower.push(Expr::Break { id, value: None }, end);
            let turn = match cond {
                Cond::Expr(cond) => {
                    let cond = lower.expr(cond);
                    let then = lower.block_expr(body);
                    Expr::If { cond, then, else_: Some(leave(lower)) }
                }
                Cond::Let(pat, value) => lower.let_match(pat, value, body, leave, MatchOrigin::WhileLet, range),
            };
            let body = lower.push(turn, range);
            Expr::Loop { id, body, is_while: true }
        })
    }

    pub(super) fn for_expr(
        &mut self,
        label: Option<Name>,
        pat: ast::PatId,
        iter: ast::ExprId,
        body: ast::BlockId,
    ) -> Expr {
        let ast = self.ast;
        let mut iter_inner = iter;
        while let ast::Expr::Paren(inner) = &ast[iter_inner] {
            iter_inner = *inner;
        }
        let iter = match &ast[iter_inner] {
            ast::Expr::Range { start: Some(start), end: Some(end), inclusive } => {
                ForIter::Range { from: self.expr(*start), to: self.expr(*end), inclusive: *inclusive }
            }
            ast::Expr::Range { .. } => {
                self.error(errors::open_range_in_for(self.span(ast.expr_range(iter_inner))));
                ForIter::Each(self.push(Expr::Error, ast.expr_range(iter_inner)))
            }
            _ => ForIter::Each(self.expr(iter)),
        };
        self.in_loop(label, |lower, id| {
            let mark = lower.scopes.mark();
            let pat = lower.pattern(pat);
            let body = lower.block_expr(body);
            lower.scopes.leave(mark);
            Expr::For { id, pat, iter, body }
        })
    }

    pub(super) fn break_expr(&mut self, label: Option<Name>, value: Option<ast::ExprId>, range: TextRange) -> Expr {
        let value = value.map(|value| self.expr(value));
        match self.find_loop(label, "break", range) {
            Some(id) => Expr::Break { id, value },
            None => Expr::Error,
        }
    }

    pub(super) fn continue_expr(&mut self, label: Option<Name>, range: TextRange) -> Expr {
        match self.find_loop(label, "continue", range) {
            Some(id) => Expr::Continue { id },
            None => Expr::Error,
        }
    }

    fn find_loop(&mut self, label: Option<Name>, keyword: &str, range: TextRange) -> Option<LoopId> {
        let open = &self.cx_ref().loops;
        let found = match label {
            None => open.last(),
            Some(label) => open.iter().rev().find(|open| open.label == Some(label.symbol)),
        };
        if let Some(found) = found {
            return Some(found.id);
        }
        let error = match label {
            Some(label) => errors::unknown_label(self.span(label.range), self.names.name(label.symbol)),
            None => errors::jump_outside_loop(self.span(range), keyword),
        };
        self.error(error);
        None
    }
}
