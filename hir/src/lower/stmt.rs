//! Blocks and statements.

use super::Lower;
use crate::{Expr, ExprId, Stmt};
use kiln_source::TextRange;
use kiln_syntax::ast::{self, BlockId, StmtKind};

impl Lower<'_> {
    /// A block as an expression: a scope whose items are visible throughout.
    pub(super) fn block_expr(&mut self, id: BlockId) -> ExprId {
        let ast = self.ast;
        let block = &ast[id];
        let mark = self.scopes.mark();
        let parent = self.cx().decl;
        let items = block.stmts.iter().filter_map(|stmt| match stmt.kind {
            StmtKind::Item(item) => Some(item),
            _ => None,
        });
        // Most blocks hold no items; then nothing is declared and nothing allocated.
        let declared = self.declare_items(items, Some(parent));
        let mut next_item = declared.iter();
        let mut stmts = Vec::with_capacity(block.stmts.len());
        for stmt in &block.stmts {
            self.allows(&stmt.attrs, stmt.range);
            match stmt.kind {
                StmtKind::Item(item) => {
                    if let Some(&(_, decl)) = next_item.as_slice().first().filter(|(declared, _)| *declared == item) {
                        next_item.next();
                        self.item(item, decl);
                    }
                }
                _ => stmts.extend(self.stmt(stmt)),
            }
        }
        let tail = block.tail.map(|tail| self.expr(tail));
        self.scopes.leave(mark);
        self.push(Expr::Block { stmts: stmts.into(), tail }, ast.block_range(id))
    }

    fn stmt(&mut self, stmt: &ast::Stmt) -> Option<Stmt> {
        match stmt.kind {
            StmtKind::Error | StmtKind::Item(_) => None,
            StmtKind::Let { comptime, pat, ty, value, otherwise } => {
                let ty = ty.map(|ty| self.type_expr(ty));
                let init = self.expr(value);
                // The else block sees nothing of the pattern.
                let or_else = otherwise.map(|block| self.block_expr(block));
                let pat = self.pattern(pat);
                Some(Stmt::Let { comptime, pat, ty, init, or_else })
            }
            StmtKind::Assign { op, op_range, place, value } => {
                Some(self.assign(op, op_range, place, value, stmt.range))
            }
            StmtKind::Expr { expr, semi } => Some(Stmt::Expr { expr: self.expr(expr), semi }),
        }
    }

    fn assign(
        &mut self,
        op: Option<ast::BinaryOp>,
        op_range: TextRange,
        place: ast::ExprId,
        value: ast::ExprId,
        range: TextRange,
    ) -> Stmt {
        let place = self.assigned_place(place);
        let value = self.expr(value);
        match op {
            None => Stmt::Assign { place, value, range },
            Some(op) => Stmt::AssignOp { op, place, value, op_range, range },
        }
    }

    /// A place on the left of `=`: writing a whole variable does not read it.
    fn assigned_place(&mut self, place: ast::ExprId) -> ExprId {
        let whole = match &self.ast[place] {
            ast::Expr::Name(symbol) => self.scopes.find(*symbol),
            _ => None,
        };
        let was_read =
            |lower: &mut Self, depth: u32, local: crate::LocalId| lower.bodies[depth as usize].read[local.0 as usize];
        if let Some(super::scope::Meaning::Local { depth, local }) = whole {
            // `inout` parameters are read by the caller, `inout` bindings in what they are a part of.
            let before = was_read(self, depth, local)
                || matches!(
                    self.bodies[depth as usize].body.locals[local].kind,
                    crate::LocalKind::Param(crate::Mode::Inout) | crate::LocalKind::Part
                );
            let lowered = self.expr(place);
            self.bodies[depth as usize].read[local.0 as usize] = before;
            return lowered;
        }
        self.expr(place)
    }
}
