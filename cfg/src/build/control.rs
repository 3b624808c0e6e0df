//! Blocks, conditions, branches, leaving, panics.

use super::{Builder, Effects};
use crate::emit::{Diverged, Flow, with_stack};
use crate::{BlockId, LocalKind, Operand, Panic, Place, Rvalue, Terminator};
use kiln_air::{BindMode, Inst, InstId, PatId, PatKind, UnOp};
use kiln_source::TextRange;
use kiln_types::{TypeId, ValueId};

impl Builder<'_, '_> {
    pub(super) fn block(&mut self, dst: Option<&Place>, stmts: &[InstId], result: Option<InstId>) -> Flow<()> {
        let depth = self.scopes.len();
        let flow = self.statements(stmts, result).and_then(|()| match result {
            Some(result) => self.scoped(dst, result),
            None => Ok(()),
        });
        let range = match (result, stmts.last()) {
            (Some(last), _) | (None, Some(&last)) => self.range(last),
            (None, None) => return flow,
        };
        self.end_scope(depth, flow, range)
    }

    /// Runs statements one after the other; `result` is what stands behind them.
    pub(super) fn statements(&mut self, stmts: &[InstId], result: Option<InstId>) -> Flow<()> {
        for (index, stmt) in stmts.iter().enumerate() {
            let flow = match &self.body.insts[*stmt] {
                Inst::Let { .. } => self.eval(None, *stmt),
                _ => self.scoped(None, *stmt),
            };
            if flow.is_err() {
                self.warn_unreachable(stmts.get(index + 1).copied().or(result));
                return flow;
            }
        }
        Ok(())
    }

    /// Notes the first instruction behind one that does not go on, once until something is reached again.
    fn warn_unreachable(&mut self, next: Option<InstId>) {
        let Some(next) = next else { return };
        let range = self.range(next);
        if !self.warned && !range.is_empty() {
            self.unreachable.push(range);
            self.warned = true;
        }
    }

    /// Goes on in a block, unless nothing goes there.
    pub(super) fn enter(&mut self, block: BlockId) -> Flow<()> {
        self.emit.enter(block)?;
        self.warned = false;
        Ok(())
    }

    pub(super) fn let_(&mut self, id: InstId, pat: PatId, init: InstId, or_else: Option<InstId>) -> Flow<()> {
        let (depth, range) = (self.scopes.len(), self.range(id));
        let is_place = self.body.insts[init].is_place();
        if let Some(or_else) = or_else {
            return self.let_else(pat, init, or_else, range);
        }
        match self.body.pats[pat].kind {
            PatKind::Wild => {
                let flow = if is_place { self.place(init, Effects::NONE).map(drop) } else { self.eval(None, init) };
                self.end_scope(depth, flow, range)
            }
            PatKind::Bind { local, mode: BindMode::Copy | BindMode::Move } if !is_place => {
                let ty = self.body.locals[local].ty;
                let binding = self.open_binding(local, ty, self.body.pats[pat].range);
                let place = Place::local(binding.local);
                let dst = (ty != TypeId::UNIT).then_some(&place);
                let flow = self.eval(dst, init);
                self.end_scope(depth, flow, range)?;
                self.enter_scope(&[binding]);
                Ok(())
            }
            _ => self.let_pattern(pat, init, range),
        }
    }

    pub(super) fn if_(&mut self, dst: Option<&Place>, cond: InstId, then: InstId, else_: Option<InstId>) -> Flow<()> {
        let (on_true, join) = (self.emit.new_block(), self.emit.new_block());
        let on_false = if else_.is_some() { self.emit.new_block() } else { join };
        self.condition(cond, on_true, on_false)?;
        self.assigned_in_branches(dst.filter(|_| else_.is_some()));
        self.arm(dst, then, on_true, join);
        if let Some(else_) = else_ {
            self.arm(dst, else_, on_false, join);
        }
        self.enter(join)
    }

    /// Evaluates a branch in its block and goes on at `join`.
    pub(super) fn arm(&mut self, dst: Option<&Place>, arm: InstId, block: BlockId, join: BlockId) {
        if self.enter(block).is_ok() && self.scoped(dst, arm).is_ok() {
            self.emit.jump(join, self.range(arm));
        }
    }

    /// Goes on at `on_true` or `on_false` by the value of a `bool`. Short-circuit operators, which are `if`s with constants, and `!`
    /// become jumps.
    pub(super) fn condition(&mut self, id: InstId, on_true: BlockId, on_false: BlockId) -> Flow<()> {
        let body = self.body;
        match &body.insts[id] {
            Inst::Unary(UnOp::Not, value) => with_stack(|| self.condition(*value, on_false, on_true)),
            Inst::Block { stmts, result: Some(result) } if stmts.is_empty() => {
                with_stack(|| self.condition(*result, on_true, on_false))
            }
            Inst::If { cond, then, else_: Some(else_) } => {
                let (then_block, then) = self.condition_arm(*then, on_true, on_false);
                let (else_block, else_) = self.condition_arm(*else_, on_true, on_false);
                with_stack(|| self.condition(*cond, then_block, else_block))?;
                for (block, arm) in [(then_block, then), (else_block, else_)] {
                    if let Some(arm) = arm
                        && self.enter(block).is_ok()
                    {
                        // If this one ends the path, the other one or a constant may still go on.
                        let _: Flow<()> = with_stack(|| self.condition(arm, on_true, on_false));
                    }
                }
                Ok(())
            }
            _ => self.test(id, on_true, on_false),
        }
    }

    /// The block for one side of a short-circuit operator, with what is to be tested there.
    fn condition_arm(&mut self, arm: InstId, on_true: BlockId, on_false: BlockId) -> (BlockId, Option<InstId>) {
        match self.body.insts[arm].as_const() {
            Some(ValueId::TRUE) => (on_true, None),
            Some(ValueId::FALSE) => (on_false, None),
            _ => (self.emit.new_block(), Some(arm)),
        }
    }

    fn test(&mut self, id: InstId, on_true: BlockId, on_false: BlockId) -> Flow<()> {
        let (depth, range) = (self.scopes.len(), self.range(id));
        let flow = self.operand(id, Effects::NONE).map(|cond| {
            // What is dropped before the jump must not change the condition.
            match cond {
                Operand::Copy(local)
                    if self.scopes.len() > depth && self.emit.locals[local].kind != LocalKind::Temp =>
                {
                    self.emit.compute(TypeId::BOOL, Rvalue::Operand(cond), range)
                }
                cond => cond,
            }
        });
        let cond = self.end_scope(depth, flow, range)?;
        self.emit.end(Terminator::Branch { cond, then: on_true, else_: on_false }, range);
        Ok(())
    }

    pub(super) fn return_(&mut self, id: InstId, value: Option<InstId>) -> Flow<()> {
        self.return_value(value)?;
        self.emit.end(Terminator::Return, self.range(id));
        Err(Diverged)
    }

    /// Evaluates the value with which a jump leaves. Where `dst` may be half built around the jump, and the value may
    /// be left for there, it is stored only when it is complete.
    pub(super) fn eval_out(&mut self, dst: Option<&Place>, value: InstId) -> Flow<()> {
        match dst {
            Some(dst) if self.effects(value).has(Effects::EXITS) && self.is_memory(self.ty(value)) => {
                let operand = self.operand(value, Effects::NONE)?;
                self.emit.assign(dst.clone(), Rvalue::Operand(operand), self.range(value));
                Ok(())
            }
            _ => self.eval(dst, value),
        }
    }

    /// Stores the result and leaves all scopes.
    pub(super) fn return_value(&mut self, value: Option<InstId>) -> Flow<()> {
        let body = self.body;
        if let Some(value) = value {
            let result = Place::local(crate::Func::RESULT);
            let dst = (body.ret != TypeId::UNIT && body.ret != TypeId::NEVER).then_some(&result);
            match &body.insts[value] {
                // Its scope ends with the function.
                Inst::Block { stmts, result } if value == body.root => {
                    self.statements(stmts, *result)?;
                    if let Some(result) = result {
                        self.scoped(dst, *result)?;
                    }
                }
                _ if value == body.root => self.scoped(dst, value)?,
                _ => {
                    let depth = self.scopes.len();
                    let flow = self.eval_out(dst, value);
                    self.end_scope(depth, flow, self.range(value))?;
                }
            }
        }
        self.leave(0, false, TextRange::empty(body.range.end));
        Ok(())
    }

    pub(super) fn panic(&mut self, id: InstId, reason: Panic, text: Option<InstId>) -> Flow<()> {
        let range = self.range(id);
        let text = match text {
            Some(text) => Some(self.panic_text(text)?),
            None => None,
        };
        self.emit.end(Terminator::Panic(reason, text), range);
        Err(Diverged)
    }

    /// A pointer to the text of a panic.
    fn panic_text(&mut self, text: InstId) -> Flow<Operand> {
        if let Inst::Deref(pointer) = self.body.insts[text] {
            return self.operand(pointer, Effects::NONE);
        }
        let range = self.range(text);
        let place = self.place(text, Effects::NONE)?;
        let pointer = self.cx.pool.ptr(false, TypeId::STR);
        Ok(self.emit.compute(pointer, Rvalue::AddressOf(place.finish()), range))
    }
}
