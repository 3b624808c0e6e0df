//! Blocks, conditions, matches, loops and jumps.

use super::Expect;
use crate::body::{BodyCx, LoopCx};
use crate::errors;
use crate::pattern::Owner;
use kiln_air::{self as air, Inst, InstId};
use kiln_hir::{Arm, Expr, ExprId, LoopId, MatchOrigin, Stmt};
use kiln_source::TextRange;
use kiln_types::TypeId;

/// Finds the common type of branches.
struct Join {
    expect: Expect,
    /// The type of the first branch that has one, with its range.
    first: Option<(TypeId, TextRange)>,
}

impl Join {
    fn new(expect: Expect) -> Self {
        Join { expect, first: None }
    }

    /// What the next branch is checked against.
    fn expectation(&self) -> Expect {
        match (self.expect, self.first) {
            (Expect::Type(ty), _) => Expect::Type(ty),
            (_, Some((ty, _))) => Expect::Hint(ty),
            (expect, None) => expect,
        }
    }

    fn result(&self) -> TypeId {
        self.first.map_or(TypeId::NEVER, |(ty, _)| ty)
    }
}

impl<'a> BodyCx<'_, 'a> {
    /// Checks a branch and fits it to those before.
    fn branch(&mut self, expr: ExprId, join: &mut Join) -> InstId {
        self.runtime_depth += 1;
        let inst = self.value(expr, join.expectation());
        self.runtime_depth -= 1;
        self.join(inst, join)
    }

    fn join(&mut self, inst: InstId, join: &mut Join) -> InstId {
        let ty = self.ty(inst);
        let range = self.air.ranges[inst];
        match join.first {
            _ if ty == TypeId::NEVER => inst,
            None => {
                join.first = Some((ty, range));
                inst
            }
            Some((first, _)) if first == ty || self.unify(first, ty) => inst,
            Some((first, at)) => {
                let (first, found) = (self.show(first), self.show(ty));
                let error = errors::branch_mismatch(self.span(range), &first, &found, self.span(at));
                self.wrong(error, range)
            }
        }
    }

    /// `{ … }`
    pub fn block(&mut self, stmts: &'a [Stmt], tail: Option<ExprId>, expect: Expect, range: TextRange) -> InstId {
        let mut lowered = Vec::with_capacity(stmts.len());
        let mut diverges = false;
        for stmt in stmts {
            if let Some(inst) = self.stmt(stmt) {
                diverges |= self.air.types[inst] == TypeId::NEVER;
                lowered.push(inst);
            }
        }
        let result = tail.map(|tail| {
            let inst = self.operand(tail, expect);
            self.use_place(inst)
        });
        // Behind what never ends, a last expression without value is a statement like the others.
        let result = match result {
            Some(result) if diverges && self.ty(result) == TypeId::UNIT => {
                lowered.push(result);
                None
            }
            other => other,
        };
        if lowered.is_empty()
            && let Some(result) = result
        {
            return result;
        }
        let ty = match result {
            Some(result) => self.air.types[result],
            _ if diverges => TypeId::NEVER,
            _ => TypeId::UNIT,
        };
        if ty == TypeId::UNIT && tail.is_none() && self.is_value_forgotten(stmts, expect, range) {
            return self.error_inst(range);
        }
        self.push(Inst::Block { stmts: lowered.into(), result }, ty, range)
    }

    /// A block that should have a value but ends with `;`: the mistake is the semicolon.
    fn is_value_forgotten(&mut self, stmts: &[Stmt], expect: Expect, range: TextRange) -> bool {
        let Expect::Type(wanted) = expect else { return false };
        let wanted = self.infer.shallow(wanted, &self.sema.pool);
        if matches!(wanted, TypeId::UNIT | TypeId::NEVER | TypeId::ERROR) {
            return false;
        }
        let last = match stmts.last() {
            Some(Stmt::Expr { expr, semi: true }) => Some(self.expr_span(*expr)),
            _ => None,
        };
        let shown = self.show(wanted);
        let error = errors::block_without_value(self.span(range), &shown, last);
        self.error(error);
        true
    }

    pub fn checked_block(&mut self, block: ExprId, expect: Expect) -> InstId {
        self.checked += 1;
        let inst = self.operand(block, expect);
        self.checked -= 1;
        inst
    }

    pub fn if_expr(
        &mut self,
        cond: ExprId,
        then: ExprId,
        else_: Option<ExprId>,
        expect: Expect,
        range: TextRange,
    ) -> InstId {
        let cond = self.value(cond, Expect::Type(TypeId::BOOL));
        let Some(else_) = else_ else {
            let then = self.unit_body(then, errors::if_without_else);
            if self.is_error(then) {
                return self.error_inst(range);
            }
            return self.push(Inst::If { cond, then, else_: None }, TypeId::UNIT, range);
        };
        // `a || b` is `if a { true } else { b }`, `a && b` is `if a { b } else { false }`; branches that are written are blocks.
        let is_logic = matches!(self.hir[then], Expr::Bool(true)) || matches!(self.hir[else_], Expr::Bool(false));
        let mut join = Join::new(if is_logic { Expect::Type(TypeId::BOOL) } else { expect });
        let then = self.branch(then, &mut join);
        let else_ = self.branch(else_, &mut join);
        self.push(Inst::If { cond, then, else_: Some(else_) }, join.result(), range)
    }

    /// A block whose value nobody takes: it has to be `()`.
    pub fn unit_body(&mut self, body: ExprId, words: fn(kiln_source::Span, &str) -> kiln_source::Diagnostic) -> InstId {
        self.runtime_depth += 1;
        let inst = self.value(body, Expect::None);
        self.runtime_depth -= 1;
        let ty = self.ty(inst);
        if matches!(ty, TypeId::UNIT | TypeId::NEVER | TypeId::ERROR) {
            return inst;
        }
        let range = self.air.ranges[inst];
        let shown = self.show(ty);
        let error = words(self.span(range), &shown);
        self.wrong(error, range)
    }

    pub fn match_expr(
        &mut self,
        scrutinee: ExprId,
        arms: &'a [Arm],
        origin: MatchOrigin,
        expect: Expect,
        range: TextRange,
    ) -> InstId {
        let matched = self.operand(scrutinee, Expect::None);
        let ty = self.ty(matched);
        let ty = self.settle(ty);
        if arms.iter().any(|arm| self.changes_parts(arm.pat)) {
            self.demand_mutable(matched, scrutinee);
        }
        let owner = Owner::of(self, matched);
        let mut join = Join::new(expect);
        let mut lowered: Vec<air::Arm> = Vec::with_capacity(arms.len());
        // `if let` without else: both branches are statements.
        let is_statement = origin == MatchOrigin::IfLet && self.is_empty_block(arms[1].body);
        let mut wrong_patterns = 0;
        for arm in arms {
            let before = self.wrong_patterns;
            let pat = self.pattern(arm.pat, ty, owner);
            wrong_patterns += self.wrong_patterns - before;
            let guard = arm.guard.map(|guard| self.value(guard, Expect::Type(TypeId::BOOL)));
            let body = if is_statement {
                let body = self.unit_body(arm.body, errors::if_without_else);
                self.join(body, &mut join)
            } else {
                self.branch(arm.body, &mut join)
            };
            lowered.push(air::Arm { pat, guard, body });
        }
        if self.ty(matched) == TypeId::ERROR {
            return self.error_inst(range);
        }
        if wrong_patterns == 0 {
            self.check_exhaustive(ty, &lowered, origin, self.expr_span(scrutinee));
        }
        self.push(Inst::Match { scrutinee: matched, arms: lowered.into() }, join.result(), range)
    }

    fn is_empty_block(&self, expr: ExprId) -> bool {
        matches!(&self.hir[expr], Expr::Block { stmts, tail: None } if stmts.is_empty())
    }

    pub fn enter_loop(&mut self, id: LoopId, is_unit: bool) -> air::LoopId {
        let air = air::LoopId(self.air.loops);
        self.air.loops += 1;
        self.loops[id.0 as usize] = Some(LoopCx { id: air, ty: None, is_unit, turn: None, continued: false });
        air
    }

    pub fn loop_expr(&mut self, id: LoopId, body: ExprId, is_while: bool, _expect: Expect, range: TextRange) -> InstId {
        let air = self.enter_loop(id, is_while);
        let body = self.unit_body(body, errors::loop_body_value);
        let found = self.loops[id.0 as usize].take().expect("the loop was entered here").ty;
        let ty = if is_while { TypeId::UNIT } else { found.unwrap_or(TypeId::NEVER) };
        self.push(Inst::Loop { id: air, body }, ty, range)
    }

    pub fn break_expr(&mut self, id: LoopId, value: Option<ExprId>, range: TextRange) -> InstId {
        let Some(open) = self.loops[id.0 as usize] else {
            // The loop is outside the comptime expression.
            let error = errors::jump_out_of_comptime(self.span(range), "break");
            return self.wrong(error, range);
        };
        let value = value.map(|value| {
            let inst = self.value(value, open.ty.map_or(Expect::None, Expect::Hint));
            if open.is_unit {
                let error = errors::break_value_in_while(self.expr_span(value));
                return self.wrong(error, range);
            }
            inst
        });
        let ty = value.map_or(TypeId::UNIT, |value| self.air.types[value]);
        match open.ty {
            None => {
                if let Some(open) = &mut self.loops[id.0 as usize] {
                    open.ty = Some(ty);
                }
            }
            Some(first) => {
                if ty != TypeId::NEVER && !self.unify(first, ty) {
                    let (first, found) = (self.show(first), self.show(ty));
                    let error = errors::break_mismatch(self.span(range), &first, &found);
                    self.error(error);
                }
            }
        }
        self.push(Inst::Break { id: open.id, value }, TypeId::NEVER, range)
    }

    pub fn continue_expr(&mut self, id: LoopId, range: TextRange) -> InstId {
        match &mut self.loops[id.0 as usize] {
            Some(LoopCx { turn: Some(turn), continued, .. }) => {
                *continued = true;
                let id = *turn;
                self.push(Inst::Break { id, value: None }, TypeId::NEVER, range)
            }
            Some(open) => {
                let id = open.id;
                self.push(Inst::Continue { id }, TypeId::NEVER, range)
            }
            None => {
                let error = errors::jump_out_of_comptime(self.span(range), "continue");
                self.wrong(error, range)
            }
        }
    }

    pub fn return_expr(&mut self, value: Option<ExprId>, range: TextRange) -> InstId {
        let Some(ret) = self.ret else {
            let error = errors::jump_out_of_comptime(self.span(range), "return");
            return self.wrong(error, range);
        };
        let value = match value {
            Some(value) => Some(self.value(value, Expect::Type(ret))),
            None if ret == TypeId::UNIT => None,
            None => {
                let shown = self.show(ret);
                let error = errors::return_without_value(self.span(range), &shown);
                self.error(error);
                None
            }
        };
        self.push(Inst::Return(value), TypeId::NEVER, range)
    }
}
