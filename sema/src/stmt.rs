//! Statements.

use crate::body::{BodyCx, LocalState};
use crate::context::Checked;
use crate::errors;
use crate::expr::Expect;
use crate::known::Known;
use crate::pattern::Owner;
use kiln_air::{Inst, InstId};
use kiln_hir::{ExprId, Pat, PatId, Stmt};
use kiln_source::TextRange;
use kiln_types::TypeId;

/// An assignment whose operands are evaluated before its place.
pub(crate) struct Settled {
    /// What to do first.
    pub before: Vec<InstId>,
    /// The place, made of what was evaluated.
    pub place: InstId,
    /// The value to store.
    pub value: InstId,
}

impl<'a> BodyCx<'_, 'a> {
    /// A statement; `None` if nothing of it is left for run time.
    pub fn stmt(&mut self, stmt: &'a Stmt) -> Option<InstId> {
        match stmt {
            Stmt::Let { comptime: true, pat, ty, init, or_else } => self.comptime_let(*pat, *ty, *init, *or_else),
            Stmt::Let { comptime: false, pat, ty, init, or_else } => self.let_stmt(*pat, *ty, *init, *or_else),
            Stmt::Assign { place, value, range } => match self.comptime_variable(*place) {
                Some(local) => self.comptime_assign(local, None, *value, *range),
                None => Some(self.assign(*place, *value, *range)),
            },
            Stmt::AssignOp { op, place, value, op_range, range } => match self.comptime_variable(*place) {
                Some(local) => self.comptime_assign(local, Some((*op, *op_range)), *value, *range),
                None => Some(self.assign_op(*op, *place, *value, *op_range, *range)),
            },
            Stmt::Expr { expr, semi } => Some(self.expr_stmt(*expr, *semi)),
        }
    }

    fn expr_stmt(&mut self, expr: ExprId, semi: bool) -> InstId {
        let inst = self.operand(expr, Expect::None);
        let ty = self.ty(inst);
        if !semi && !matches!(ty, TypeId::UNIT | TypeId::NEVER | TypeId::ERROR) {
            let shown = self.show(ty);
            let error = errors::unused_block_value(self.expr_span(expr), &shown);
            self.error(error);
        }
        inst
    }

    fn let_stmt(&mut self, pat: PatId, ty: Option<ExprId>, init: ExprId, or_else: Option<ExprId>) -> Option<InstId> {
        let range = self.hir.pat_ranges[pat].cover(self.range(init));
        let declared: Option<Checked<TypeId>> = ty.map(|ty| self.sized_type(ty));
        let expect = match declared {
            None => Expect::None,
            Some(Ok(ty)) => Expect::Type(ty),
            Some(Err(error)) => {
                self.fail(error);
                Expect::Type(TypeId::ERROR)
            }
        };
        let changes_parts = self.changes_parts(pat);
        let is_binding = matches!(self.hir[pat], Pat::Bind(_)) && !changes_parts;
        let inst = if is_binding {
            self.value(init, expect)
        } else {
            let inst = self.operand(init, expect);
            match expect {
                Expect::Type(ty) => self.coerce(inst, ty),
                _ => inst,
            }
        };
        if let Some(local) = self.comptime_only_binding(pat, inst) {
            self.locals[local] = LocalState::Known(Known::Value(self.air.insts[inst].as_const()?));
            return None;
        }
        let ty = match declared {
            Some(Ok(ty)) => ty,
            _ => self.air.types[inst],
        };
        if changes_parts {
            self.demand_mutable(inst, init);
        }
        let or_else = or_else.map(|block| self.else_block(block));
        let owner = if is_binding { Owner::Value } else { Owner::of(self, inst) };
        let pat = self.pattern(pat, ty, owner);
        if or_else.is_none() {
            self.check_irrefutable(pat, ty);
        }
        let diverges = self.air.types[inst] == TypeId::NEVER;
        let ty = if diverges { TypeId::NEVER } else { TypeId::UNIT };
        Some(self.push(Inst::Let { pat, init: inst, or_else }, ty, range))
    }

    /// `let T = Vec(i32);`: a type or module has no place at run time; its name stands for it.
    fn comptime_only_binding(&self, pat: PatId, inst: InstId) -> Option<kiln_hir::LocalId> {
        let Pat::Bind(local) = self.hir[pat] else { return None };
        let is_comptime_only = matches!(self.air.types[inst], TypeId::TYPE | TypeId::MODULE);
        (is_comptime_only && !self.hir.locals[local].mutable && self.air.insts[inst].as_const().is_some())
            .then_some(local)
    }

    pub fn else_block(&mut self, block: ExprId) -> InstId {
        let inst = self.value(block, Expect::None);
        let ty = self.ty(inst);
        if !matches!(ty, TypeId::NEVER | TypeId::ERROR) {
            let error = errors::else_falls_through(self.expr_span(block));
            self.error(error);
        }
        inst
    }

    fn assign(&mut self, place: ExprId, value: ExprId, range: TextRange) -> InstId {
        let target = self.operand(place, Expect::None);
        let ty = self.air.types[target];
        let expect = if self.is_error(target) { Expect::None } else { Expect::Type(ty) };
        let value = self.value(value, expect);
        if self.is_error(target) || !self.demand_mutable(target, place) {
            return self.error_inst(range);
        }
        let settled = self.settle_operands(target, value);
        let (place, value) = settled.as_ref().map_or((target, value), |settled| (settled.place, settled.value));
        let assign = self.push(Inst::Assign { place, value }, TypeId::UNIT, range);
        self.after_operands(settled, assign, range)
    }

    /// Statements before another one, in a block.
    pub fn after_operands(&mut self, settled: Option<Settled>, last: InstId, range: TextRange) -> InstId {
        let Some(Settled { before: mut stmts, .. }) = settled else { return last };
        stmts.push(last);
        self.push(Inst::Block { stmts: stmts.into(), result: None }, TypeId::UNIT, range)
    }
}
