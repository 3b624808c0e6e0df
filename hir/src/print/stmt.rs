//! Blocks, statements and control flow.

use super::Printer;
use crate::{Arm, Expr, ExprId, ForIter, LoopId, MatchOrigin, PatId, Stmt};

impl Printer<'_> {
    /// An expression in braces: a block's parts a line each, anything else on one line.
    pub(super) fn braced(&mut self, id: ExprId) {
        match &self.body[id] {
            Expr::Block { stmts, tail } => {
                let lines = stmts.iter().map(Some).chain(tail.is_some().then_some(None));
                self.lines(lines, |printer, stmt| match (stmt, tail) {
                    (Some(stmt), _) => printer.stmt(stmt),
                    (None, Some(tail)) => printer.expr(*tail),
                    (None, None) => {}
                });
            }
            _ => {
                self.word("{ ");
                self.expr(id);
                self.word(" }");
            }
        }
    }

    fn stmt(&mut self, stmt: &Stmt) {
        match stmt {
            Stmt::Let { comptime, pat, ty, init, or_else } => {
                self.word(if *comptime { "comptime " } else { "" });
                self.let_(*pat, *ty, *init, *or_else);
            }
            Stmt::Assign { place, value, .. } => {
                self.expr(*place);
                self.word(" = ");
                self.expr(*value);
                self.word(";");
            }
            Stmt::AssignOp { op, place, value, .. } => {
                self.expr(*place);
                self.put(format_args!(" {}= ", op.spelling()));
                self.expr(*value);
                self.word(";");
            }
            Stmt::Expr { expr, semi } => {
                self.expr(*expr);
                self.word(if *semi { ";" } else { "" });
            }
        }
    }

    fn let_(&mut self, pat: PatId, ty: Option<ExprId>, init: ExprId, or_else: Option<ExprId>) {
        self.word("let ");
        self.pat(pat);
        if let Some(ty) = ty {
            self.word(": ");
            self.expr(ty);
        }
        self.word(" = ");
        self.expr(init);
        if let Some(or_else) = or_else {
            self.word(" else ");
            self.braced(or_else);
        }
        self.word(";");
    }

    pub(super) fn if_(&mut self, cond: ExprId, then: ExprId, else_: Option<ExprId>) {
        self.word("if ");
        self.head(cond);
        self.word(" ");
        self.braced(then);
        let Some(else_) = else_ else { return };
        self.word(" else ");
        match &self.body[else_] {
            Expr::If { cond, then, else_ } => self.if_(*cond, *then, *else_),
            _ => self.braced(else_),
        }
    }

    pub(super) fn match_(&mut self, scrutinee: ExprId, arms: &[Arm], origin: MatchOrigin) {
        self.word("match ");
        self.head(scrutinee);
        self.word(match origin {
            MatchOrigin::Match => " ",
            MatchOrigin::IfLet => " /* if let */ ",
            MatchOrigin::WhileLet => " /* while let */ ",
        });
        self.lines(arms, |printer, arm| {
            printer.pat(arm.pat);
            if let Some(guard) = arm.guard {
                printer.word(" if ");
                printer.expr(guard);
            }
            printer.word(" => ");
            printer.expr(arm.body);
            printer.word(",");
        });
    }

    /// A loop whose turn is a block or, without its sugar, an `if` or `match`.
    pub(super) fn loop_(&mut self, id: LoopId, body: ExprId, is_while: bool) {
        self.put(format_args!("'{id}: loop "));
        if is_while {
            self.word("{ // while");
            self.indent += 1;
            self.line();
            self.expr(body);
            self.indent -= 1;
            self.line();
            self.word("}");
        } else {
            self.braced(body);
        }
    }

    pub(super) fn for_(&mut self, id: LoopId, pat: PatId, iter: ForIter, body: ExprId) {
        self.put(format_args!("'{id}: for "));
        self.pat(pat);
        self.word(" in ");
        match iter {
            ForIter::Range { from, to, inclusive } => self.range(Some(from), Some(to), inclusive),
            ForIter::Each(iter) => self.head(iter),
        }
        self.word(" ");
        self.braced(body);
    }

    /// `break 'loop0 value`, `return value`
    pub(super) fn jump(&mut self, word: &str, id: Option<LoopId>, value: Option<ExprId>) {
        self.word(word);
        if let Some(id) = id {
            self.put(format_args!(" '{id}"));
        }
        if let Some(value) = value {
            self.word(" ");
            self.expr(value);
        }
    }

    /// `from..to`
    pub(super) fn range(&mut self, from: Option<ExprId>, to: Option<ExprId>, inclusive: bool) {
        if let Some(from) = from {
            self.operand(from);
        }
        self.word(if inclusive { "..=" } else { ".." });
        if let Some(to) = to {
            self.operand(to);
        }
    }
}
