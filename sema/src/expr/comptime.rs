//! `comptime` expressions: a value, or control flow decided while compiling.

use super::Expect;
use crate::body::{BodyCx, LocalState};
use crate::context::Checked;
use crate::errors;
use crate::known::Known;
use kiln_air::{Inst, InstId, UseKind};
use kiln_hir::{Arm, Expr, ExprId, ForIter, LoopId, Pat, PatId};
use kiln_source::TextRange;
use kiln_types::{TypeId, TypeKey, ValueId, ValueKey};

impl<'a> BodyCx<'_, 'a> {
    /// `comptime inner`
    pub fn comptime(&mut self, inner: ExprId, expect: Expect, range: TextRange) -> InstId {
        let result = match &self.hir[inner] {
            Expr::If { cond, then, else_ } => self.comptime_if(*cond, *then, *else_, expect, range),
            Expr::Match { scrutinee, arms, .. } => self.comptime_match(*scrutinee, arms, expect, range),
            Expr::For { id, pat, iter, body } => self.comptime_for(*id, *pat, *iter, *body, range),
            Expr::Loop { id, body, is_while: true } => self.comptime_while(*id, *body, range),
            // All of this body runs at comptime already.
            _ if self.comptime => return self.operand(inner, expect),
            _ => self.comptime_value(inner, expect, range),
        };
        self.or_error(result, range)
    }

    fn comptime_value(&mut self, inner: ExprId, expect: Expect, range: TextRange) -> Checked<InstId> {
        // Where a view is asked for, it is one of the value.
        let is_view = expect.ty().is_some_and(|ty| self.sema.pool.is_unsized(ty));
        let wanted = expect.ty().map(|ty| self.infer.shallow(ty, &self.sema.pool));
        let is_open = wanted.is_some_and(|ty| matches!(self.key(ty), TypeKey::InferInt(_) | TypeKey::InferFloat(_)));
        let known = self.eval_as(inner, if is_view || is_open { Expect::None } else { expect })?;
        let inst = self.known_inst(known, range);
        let ty = self.ty(inst);
        if is_view || !matches!(self.air.insts[inst], Inst::Static(_)) || self.is_copied(ty) {
            return Ok(inst);
        }
        // An owner of its own each time: what it owns is frozen, so that it can be forgotten as often as it is made.
        self.sema.check_frozen(known, ty, self.span(range))?;
        Ok(self.push(Inst::Use { place: inst, kind: UseKind::Show }, ty, range))
    }

    /// Only the branch that is taken is checked.
    fn comptime_if(
        &mut self,
        cond: ExprId,
        then: ExprId,
        else_: Option<ExprId>,
        expect: Expect,
        range: TextRange,
    ) -> Checked<InstId> {
        let cond = self.eval(cond, Some(TypeId::BOOL))?;
        match (cond == Known::Value(ValueId::TRUE), else_) {
            (true, _) => Ok(self.operand(then, expect)),
            (false, Some(else_)) => match &self.hir[else_] {
                // `comptime if … else if …`: the whole chain is decided.
                Expr::If { cond, then, else_ } => self.comptime_if(*cond, *then, *else_, expect, range),
                _ => Ok(self.operand(else_, expect)),
            },
            (false, None) => Ok(self.unit(range)),
        }
    }

    /// Only the arm that matches is checked.
    fn comptime_match(
        &mut self,
        scrutinee: ExprId,
        arms: &'a [Arm],
        expect: Expect,
        range: TextRange,
    ) -> Checked<InstId> {
        let known = self.eval(scrutinee, None)?;
        let value = self.identity(known, self.range(scrutinee))?;
        for arm in arms {
            self.refuse_parts(arm.pat);
            if !self.comptime_matches(arm.pat, value)? {
                continue;
            }
            if let Some(guard) = arm.guard
                && self.eval(guard, Some(TypeId::BOOL))? != Known::Value(ValueId::TRUE)
            {
                continue;
            }
            return Ok(self.operand(arm.body, expect));
        }
        let shown = self.sema.show_value(value);
        Err(self.error(errors::comptime_match_without_arm(self.span(range), &shown)))
    }

    /// The body once for each element, which is known in it.
    fn comptime_for(
        &mut self,
        id: LoopId,
        pat: PatId,
        iter: ForIter,
        body: ExprId,
        range: TextRange,
    ) -> Checked<InstId> {
        self.refuse_parts(pat);
        let turns = self.comptime_elements(iter)?;
        let air = self.enter_loop(id, true);
        let mut stmts = Vec::with_capacity(turns.len());
        for value in turns {
            if !self.bind_known(pat, value, range)? {
                return Err(self.error(errors::refutable_pattern(self.span(self.hir.pat_ranges[pat]), "_")));
            }
            let turn = self.written_out_turn(id, body, range)?;
            stmts.push(turn);
            if self.air.types[turn] == TypeId::NEVER {
                break;
            }
        }
        Ok(self.written_out_loop(id, air, stmts, range))
    }

    /// The body as often as the condition holds; what it depends on changes by assignments to comptime variables.
    fn comptime_while(&mut self, id: LoopId, body: ExprId, range: TextRange) -> Checked<InstId> {
        let Expr::If { cond, then, .. } = self.hir[body] else {
            return Err(self.error(errors::comptime_pattern(self.span(range))));
        };
        let air = self.enter_loop(id, true);
        let mut stmts = Vec::new();
        while self.eval(cond, Some(TypeId::BOOL))? == Known::Value(ValueId::TRUE) {
            if stmts.len() as i128 >= MAX_UNROLLED {
                let error = errors::too_many_turns(self.expr_span(cond), MAX_UNROLLED + 1, MAX_UNROLLED);
                return Err(self.error(error));
            }
            let turn = self.written_out_turn(id, then, range)?;
            stmts.push(turn);
            if self.air.types[turn] == TypeId::NEVER || self.failed.is_some() {
                break;
            }
        }
        Ok(self.written_out_loop(id, air, stmts, range))
    }

    /// One turn of a loop that is written out: a labelled block that `continue` leaves. `!` if nothing comes after it.
    fn written_out_turn(&mut self, id: LoopId, body: ExprId, whole: TextRange) -> Checked<InstId> {
        self.turns += 1;
        if self.turns > MAX_TURNS {
            return Err(self.error(errors::too_many_turns_in_all(self.span(whole), MAX_TURNS)));
        }
        let turn = kiln_air::LoopId(self.air.loops);
        self.air.loops += 1;
        if let Some(open) = &mut self.loops[id.0 as usize] {
            open.turn = Some(turn);
            open.continued = false;
        }
        let range = self.range(body);
        let body = self.value(body, Expect::Type(TypeId::UNIT));
        let continued = self.loops[id.0 as usize].is_some_and(|open| open.continued);
        let ty = if continued { TypeId::UNIT } else { self.air.types[body] };
        Ok(self.push(Inst::Labeled { id: turn, body }, ty, range))
    }

    /// All turns in a labelled block that `break` leaves.
    fn written_out_loop(&mut self, id: LoopId, air: kiln_air::LoopId, stmts: Vec<InstId>, range: TextRange) -> InstId {
        self.loops[id.0 as usize] = None;
        let body = self.push(Inst::Block { stmts: stmts.into(), result: None }, TypeId::UNIT, range);
        self.push(Inst::Labeled { id: air, body }, TypeId::UNIT, range)
    }

    /// `comptime let pat = value;`: what it binds is known from here on, and nothing is left for run time.
    pub fn comptime_let(
        &mut self,
        pat: PatId,
        ty: Option<ExprId>,
        init: ExprId,
        or_else: Option<ExprId>,
    ) -> Option<InstId> {
        let range = self.range(init);
        let bound = self.bind_comptime(pat, ty, init);
        match (bound, or_else) {
            (Ok(true), _) => {
                for local in self.hir.locals.ids() {
                    let is_new = self.comptime_vars.iter().all(|(known, _)| *known != local);
                    if self.hir.locals[local].mutable && matches!(self.locals[local], LocalState::Known(_)) && is_new {
                        self.comptime_vars.push((local, self.runtime_depth));
                    }
                }
                None
            }
            (Ok(false), Some(or_else)) => Some(self.else_block(or_else)),
            (Ok(false), None) => {
                let error = errors::refutable_pattern(self.span(self.hir.pat_ranges[pat]), "_");
                Some(self.wrong(error, range))
            }
            (Err(error), _) => {
                self.fail(error);
                self.declare_wrong(pat);
                Some(self.error_inst(range))
            }
        }
    }

    fn bind_comptime(&mut self, pat: PatId, ty: Option<ExprId>, init: ExprId) -> Checked<bool> {
        self.refuse_parts(pat);
        let ty = ty.map(|ty| self.type_of_expr(ty)).transpose()?;
        let is_changed = matches!(self.hir[pat], Pat::Bind(local) if self.hir.locals[local].mutable);
        let known = match self.untyped_number(init) {
            Some(number) if ty.is_none() && !is_changed => Known::Literal(number),
            _ => self.eval(init, ty)?,
        };
        self.bind_known(pat, known, self.range(init))
    }

    /// The comptime variable that a place as a whole is.
    pub fn comptime_variable(&self, place: ExprId) -> Option<kiln_hir::LocalId> {
        match self.hir[place] {
            Expr::Local(local) => self.comptime_vars.iter().any(|(known, _)| *known == local).then_some(local),
            _ => None,
        }
    }

    /// `x = value` and `x op= value` for a comptime variable: done now, so it must not depend on what the program does.
    pub fn comptime_assign(
        &mut self,
        local: kiln_hir::LocalId,
        op: Option<(kiln_hir::BinaryOp, TextRange)>,
        value: ExprId,
        range: TextRange,
    ) -> Option<InstId> {
        let depth = self.comptime_vars.iter().find(|(known, _)| *known == local).map(|(_, depth)| *depth);
        if depth != Some(self.runtime_depth) {
            let declared = self.span(self.hir.locals[local].range);
            let error =
                errors::comptime_assign_at_runtime(self.span(range), self.name(self.hir.locals[local].name), declared);
            return Some(self.wrong(error, range));
        }
        match self.comptime_new_value(local, op, value, range) {
            Ok(known) => {
                self.locals[local] = LocalState::Known(known);
                None
            }
            Err(error) => {
                self.fail(error);
                Some(self.error_inst(range))
            }
        }
    }

    fn comptime_new_value(
        &mut self,
        local: kiln_hir::LocalId,
        op: Option<(kiln_hir::BinaryOp, TextRange)>,
        value: ExprId,
        range: TextRange,
    ) -> Checked<Known> {
        let LocalState::Known(old) = self.locals[local] else { unreachable!("comptime variables are known") };
        let ty = self.sema.known_type(old);
        let Some((op, op_range)) = op else { return self.eval(value, Some(ty)) };
        let body = self.comptime_body_of(|cx| {
            let left = cx.known_inst(old, range);
            let left = cx.use_place(left);
            cx.binary_with(op, op_range, left, value, range)
        })?;
        let span = self.span(range);
        self.sema.run_body(body, span)
    }

    fn comptime_elements(&mut self, iter: ForIter) -> Checked<Vec<Known>> {
        match iter {
            ForIter::Range { from, to, inclusive } => self.comptime_range(from, to, inclusive),
            ForIter::Each(elems) => {
                if let Some(elements) = self.container_elements(elems)? {
                    return Ok(elements);
                }
                let known = self.eval(elems, None)?;
                let value = self.identity(known, self.range(elems))?;
                Ok(self.elements_of(value, elems)?.into_iter().map(Known::Value).collect())
            }
        }
    }

    /// The elements of what a container shows; `None` if the value is no container.
    fn container_elements(&mut self, elems: ExprId) -> Checked<Option<Vec<Known>>> {
        let span = self.expr_span(elems);
        let mut shown = None;
        let body = self.comptime_body_of(|cx| {
            let inst = cx.operand(elems, Expect::None);
            // A constant stays where it is: it is static data already.
            let inst = if cx.is_place(inst) { inst } else { cx.frozen(inst) };
            let view = cx.view_of(inst);
            if view == inst {
                return inst;
            }
            let (ty, range) = (cx.ty(view), cx.range(elems));
            shown = cx.sema.pool.elem(ty).map(|(elem, _)| elem).filter(|_| ty != TypeId::STR);
            let pointer = cx.sema.pool.ptr(false, ty);
            cx.push(Inst::AddressOf { place: view }, pointer, range)
        })?;
        let Some(elem) = shown else { return Ok(None) };
        self.sema.ensure_layout(elem, span)?;
        let Known::Value(pointer) = self.sema.run_body(body, span)? else { return Ok(None) };
        let Some(ValueKey::StaticPtr { data, offset, len, .. }) = self.sema.pool.value_key(pointer).cloned() else {
            return Ok(Some(Vec::new()));
        };
        let count = len.unwrap_or(0);
        self.check_turns(i128::from(count), elems)?;
        let size = self.sema.layouts.of(&self.sema.pool, elem).size;
        (0..count)
            .map(|index| self.sema.value_in_static(data, offset + index * size, elem, span))
            .collect::<Checked<_>>()
            .map(Some)
    }

    /// Matches a comptime value; a plain binding keeps it as it is.
    fn bind_known(&mut self, pat: PatId, known: Known, range: TextRange) -> Checked<bool> {
        if let Pat::Bind(local) = self.hir[pat] {
            self.locals[local] = LocalState::Known(known);
            return Ok(true);
        }
        let value = self.identity(known, range)?;
        self.comptime_matches(pat, value)
    }

    /// The number, if it is written without a type.
    fn untyped_number(&self, expr: ExprId) -> Option<i128> {
        match self.hir[expr] {
            Expr::Int(value) => Some(value.into()),
            Expr::Unary { op: kiln_hir::UnaryOp::Neg, operand } => Some(-self.untyped_number(operand)?),
            Expr::Local(local) => match self.locals[local] {
                LocalState::Known(Known::Literal(value)) => Some(value),
                _ => None,
            },
            _ => None,
        }
    }

    fn comptime_range(&mut self, from: ExprId, to: ExprId, inclusive: bool) -> Checked<Vec<Known>> {
        if let (Some(first), Some(last)) = (self.untyped_number(from), self.untyped_number(to)) {
            let end = if inclusive { last + 1 } else { last };
            self.check_turns(end - first, to)?;
            return Ok((first..end).map(Known::Literal).collect());
        }
        let last = self.eval(to, None)?;
        let ty = self.sema.known_type(last);
        let first = self.eval(from, Some(ty))?;
        let (Known::Value(first), Known::Value(last)) = (first, last) else { return Ok(Vec::new()) };
        let (Some(first), Some(last)) = (self.sema.pool.scalar_bits(first), self.sema.pool.scalar_bits(last)) else {
            let shown = self.show(ty);
            return Err(self.error(errors::range_of(self.expr_span(from), &shown)));
        };
        let end = if inclusive { (last as i128).saturating_add(1) } else { last as i128 };
        self.check_turns(end.saturating_sub(first as i128), to)?;
        let scalar = |number: i128| Known::Value(self.sema.pool.scalar(ty, number as u128));
        Ok((first as i128..end).map(scalar).collect())
    }

    fn check_turns(&mut self, count: i128, to: ExprId) -> Checked<()> {
        if count > MAX_UNROLLED {
            return Err(self.error(errors::too_many_turns(self.expr_span(to), count, MAX_UNROLLED)));
        }
        Ok(())
    }

    /// Matches a comptime value and makes the bindings of the pattern known.
    fn comptime_matches(&mut self, pat: PatId, value: ValueId) -> Checked<bool> {
        match &self.hir[pat] {
            Pat::Wild => Ok(true),
            Pat::Bind(local) => {
                self.locals[*local] = LocalState::Known(Known::Value(value));
                Ok(true)
            }
            Pat::Or(parts) => {
                for part in parts {
                    if self.comptime_matches(*part, value)? {
                        return Ok(true);
                    }
                }
                Ok(false)
            }
            Pat::Literal(expr) => {
                let ty = self.sema.pool.type_of(value);
                let known = self.eval(*expr, Some(ty))?;
                Ok(self.identity(known, self.range(*expr))? == value)
            }
            Pat::Path(path) => self.comptime_path_matches(*path, value),
            Pat::Range { from, to, inclusive } => self.comptime_range_matches(*from, *to, *inclusive, value),
            Pat::Tuple { elems, rest: None } => {
                let parts = self.parts_of(value);
                self.comptime_parts_match(elems, &parts)
            }
            Pat::TupleVariant { path, elems, rest: None } => Ok(self.comptime_path_matches(*path, value)? && {
                let parts = self.parts_of(value);
                self.comptime_parts_match(elems, &parts)?
            }),
            _ => {
                let span = self.span(self.hir.pat_ranges[pat]);
                Err(self.error(errors::comptime_pattern(span)))
            }
        }
    }

    fn comptime_parts_match(&mut self, elems: &[PatId], parts: &[ValueId]) -> Checked<bool> {
        if elems.len() != parts.len() {
            return Ok(false);
        }
        for (elem, part) in elems.iter().zip(parts) {
            if !self.comptime_matches(*elem, *part)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn comptime_range_matches(
        &mut self,
        from: Option<ExprId>,
        to: Option<ExprId>,
        inclusive: bool,
        value: ValueId,
    ) -> Checked<bool> {
        let ty = self.sema.pool.type_of(value);
        let bound = |cx: &mut Self, bound: Option<ExprId>| -> Checked<Option<i128>> {
            let Some(bound) = bound else { return Ok(None) };
            let Known::Value(known) = cx.eval(bound, Some(ty))? else { return Ok(None) };
            Ok(cx.sema.pool.scalar_bits(known).map(|bits| bits as i128))
        };
        let (from, to) = (bound(self, from)?, bound(self, to)?);
        let Some(bits) = self.sema.pool.scalar_bits(value) else { return Ok(false) };
        let bits = bits as i128;
        Ok(from.is_none_or(|from| from <= bits) && to.is_none_or(|to| bits < to || inclusive && bits == to))
    }
}

/// Turns of a loop that is written out: more would be code nobody wants.
const MAX_UNROLLED: i128 = 1 << 16;
/// Turns of all such loops in one function, within each other or not.
const MAX_TURNS: u32 = 1 << 20;
