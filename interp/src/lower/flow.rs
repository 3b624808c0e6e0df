//! Ends of blocks: jumps, branches, switches, returns.

use super::binary::swapped;
use super::locals::Loc;
use super::place::Where;
use super::scalar::is_wide;
use super::{Lower, Lowered};
use crate::abi::Pass;
use crate::code::Switch;
use crate::exec::PANICS;
use crate::fold;
use crate::op::{Op, Pc, Reg};
use kiln_cfg::{Block, BlockId, Func, LocalKind, Operand, Panic, Place, Rvalue, Stmt, Terminator};
use kiln_source::IdxVec;
use kiln_types::arith::{CompareOp, Kind};
use kiln_types::{IntType, TypeId};

/// As many instructions of a block are repeated at most.
const REPEATED: usize = 3;

/// A comparison that only decides a branch.
#[derive(Clone, Copy)]
pub(super) struct Fused {
    op: CompareOp,
    kind: Kind,
    a: Operand,
    b: Operand,
}

impl Lower<'_> {
    /// The comparison at the end of a block, if all that is done with it is to branch.
    pub(super) fn fused_comparison(&self, block: BlockId) -> Option<Fused> {
        let body = &self.func.blocks[block];
        let Terminator::Branch { cond, .. } = body.term else { return None };
        let local = cond.local()?;
        let Some(Stmt::Assign(place, Rvalue::Binary(op, a, b))) = body.stmts.last() else { return None };
        let facts = &self.survey.facts[local];
        let is_only_use = place.as_local() == Some(local) && facts.mentions == 2 && !facts.addressed;
        let is_temp = self.func.locals[local].kind == LocalKind::Temp;
        let op = fold::comparison(*op)?;
        let kind = self.kind(self.operand_ty(*a))?;
        let fits = !is_wide(kind) && !matches!(kind, Kind::Float(_));
        (is_only_use && is_temp && fits).then_some(Fused { op, kind, a: *a, b: *b })
    }

    pub(super) fn terminator(&mut self, term: &Terminator, fused: Option<Fused>) -> Lowered {
        match term {
            Terminator::Jump(to) => self.jump_to(*to),
            Terminator::Branch { cond, then, else_ } => self.branch(*cond, *then, *else_, fused),
            Terminator::Switch { value, ty, cases, default } => self.switch(*value, *ty, cases, *default),
            Terminator::Return => self.ret(),
            Terminator::Panic(Panic::User, Some(text)) => {
                let a = self.pair(*text)?;
                self.emit.op(Op::PanicText { a });
                Ok(())
            }
            Terminator::Panic(reason, _) => {
                let reason = PANICS.iter().position(|known| known == reason).unwrap_or(0) as u8;
                self.emit.op(Op::Panic { reason });
                Ok(())
            }
            Terminator::Unreachable => {
                self.emit.op(Op::Unreachable {});
                Ok(())
            }
        }
    }

    /// Goes on with a block, by falling through if it is the next one.
    fn go_on(&mut self, to: BlockId) {
        if to.0 == self.next.0 {
            self.emit.leads_to(to);
        } else {
            self.emit.jump(Op::Jump { to: to.0 });
        }
    }

    /// The end of a block that jumps. A short block that only decides where to go on, or returns, is repeated here: of a loop that tests
    /// at its beginning, each turn then ends with the test.
    fn jump_to(&mut self, to: BlockId) -> Lowered {
        let body = &self.func.blocks[to];
        if to == self.next || self.is_repeating || !is_repeatable(body) {
            self.go_on(to);
            return Ok(());
        }
        let block = std::mem::replace(&mut self.block, to);
        self.at = u32::MAX;
        self.end_stmt();
        self.is_repeating = true;
        let lowered = self.block_body(to);
        self.is_repeating = false;
        self.block = block;
        lowered
    }

    fn branch(&mut self, cond: Operand, then: BlockId, else_: BlockId, fused: Option<Fused>) -> Lowered {
        // The branch that is not the next block is the one that jumps.
        let leaves =
            |block: BlockId| matches!(self.func.blocks[block].term, Terminator::Return | Terminator::Panic(..));
        let falls_into_then = then == self.next || else_ != self.next && leaves(then);
        let (to, rest) = if falls_into_then { (else_, then) } else { (then, else_) };
        let op = match fused {
            Some(fused) => self.compare_and_branch(fused, !falls_into_then, to.0)?,
            None => {
                let a = self.reg(cond)?;
                Some(if falls_into_then { Op::BrFalse { a, to: to.0 } } else { Op::BrTrue { a, to: to.0 } })
            }
        };
        let Some(op) = op else {
            self.go_on(rest);
            return Ok(());
        };
        self.emit.jump(op);
        self.go_on(rest);
        Ok(())
    }

    /// Steps a counter and compares it in one instruction, if the step is the instruction before.
    fn step_and_branch(&mut self, signed: bool, a: Reg, b: Operand, to: Pc) -> bool {
        let c = match self.constant_reg(b) {
            Some(reg) => reg,
            None => match self.locs[b.local().unwrap_or(Func::RESULT)] {
                Loc::Reg(reg) if b.local().is_some() => reg,
                _ => return false,
            },
        };
        self.emit.make_jump(|last| step(last, signed, a, c, to))
    }

    /// The instruction that jumps if the comparison holds, or if it does not; none if that is done already.
    fn compare_and_branch(&mut self, fused: Fused, when: bool, to: Pc) -> Lowered<Option<Op>> {
        let Fused { op, kind, a, b } = fused;
        let signed = matches!(kind, Kind::Int(ty) if ty.signed);
        let op = if when { op } else { negated(op) };
        let (op, a, b) = if self.imm(a).is_some() { (swapped(op), b, a) } else { (op, a, b) };
        let a = self.reg(a)?;
        if op == CompareOp::Lt && self.step_and_branch(signed, a, b, to) {
            return Ok(None);
        }
        if let Some(imm) = self.imm(b)
            && let Some(op) = branch_imm(op, signed, a, imm, to)
        {
            return Ok(Some(op));
        }
        let b = self.reg(b)?;
        Ok(Some(match (op, signed) {
            (CompareOp::Eq, _) => Op::BrEq { a, b, to },
            (CompareOp::Ne, _) => Op::BrNe { a, b, to },
            (CompareOp::Lt, true) => Op::BrLtS { a, b, to },
            (CompareOp::Le, true) => Op::BrLeS { a, b, to },
            (CompareOp::Gt, true) => Op::BrLtS { a: b, b: a, to },
            (CompareOp::Ge, true) => Op::BrLeS { a: b, b: a, to },
            (CompareOp::Lt, false) => Op::BrLtU { a, b, to },
            (CompareOp::Le, false) => Op::BrLeU { a, b, to },
            (CompareOp::Gt, false) => Op::BrLtU { a: b, b: a, to },
            (CompareOp::Ge, false) => Op::BrLeU { a: b, b: a, to },
        }))
    }

    fn switch(&mut self, value: Operand, ty: TypeId, cases: &[(u128, BlockId)], default: BlockId) -> Lowered {
        let kind = self.kind(ty).expect("switches are over scalars");
        let a = self.regs(value, kind)?;
        if is_wide(kind) {
            let mut cases: Vec<(u128, Pc)> = cases.iter().map(|(bits, to)| (*bits, to.0)).collect();
            cases.sort_unstable_by_key(|case| case.0);
            return self.switch_table(a, Switch::Wide { cases: cases.into(), default: default.0 });
        }
        let mut cases: Vec<(u64, Pc)> = cases.iter().map(|(bits, to)| (*bits as u64, to.0)).collect();
        let fits = cases.iter().all(|case| i16::try_from(case.0 as i64).is_ok());
        if cases.len() <= 3 && fits {
            for (bits, to) in cases {
                self.emit.jump(Op::BrEqImm { a, imm: bits as i16, to });
            }
            self.go_on(default);
            return Ok(());
        }
        let key: fn(&(u64, Pc)) -> i128 = match kind {
            Kind::Int(IntType { signed: true, .. }) => |case| i128::from(case.0 as i64),
            _ => |case| i128::from(case.0),
        };
        cases.sort_unstable_by_key(key);
        let span = key(&cases[cases.len() - 1]) - key(&cases[0]);
        if span < cases.len() as i128 * 4 + 16 {
            let low = cases[0].0;
            let mut targets = vec![default.0; span as usize + 1];
            cases.iter().for_each(|(bits, to)| targets[bits.wrapping_sub(low) as usize] = *to);
            return self.switch_table(a, Switch::Dense { low, targets: targets.into(), default: default.0 });
        }
        cases.sort_unstable_by_key(|case| case.0);
        self.switch_table(a, Switch::Sparse { cases: cases.into(), default: default.0 })
    }

    fn switch_table(&mut self, a: Reg, table: Switch) -> Lowered {
        self.emit.tables.switches.push(table);
        self.emit.op(Op::Switch { a, table: self.emit.tables.switches.len() as u32 - 1 });
        Ok(())
    }

    fn ret(&mut self) -> Lowered {
        let result = Place::local(Func::RESULT);
        let op = match self.ret {
            Pass::Nothing => Op::Ret {},
            Pass::Place => match self.spot(&result)?.at {
                Where::Frame { offset, .. } => Op::RetMem { offset },
                other => unreachable!("an aggregate result is in the frame, not at {other:?}"),
            },
            Pass::Pair => Op::RetPair { a: self.pair(Operand::Copy(Func::RESULT))? },
            Pass::Value | Pass::Pointer | Pass::FatPointer => {
                let a = self.reg(Operand::Copy(Func::RESULT))?;
                Op::RetReg { a: self.emit.take_back_move(a).unwrap_or(a) }
            }
        };
        if !self.emit.tables.addressed.is_empty() {
            self.emit.op(Op::Leave {});
        }
        self.emit.op(op);
        Ok(())
    }
}

/// Whether jumps to a block repeat it instead.
fn is_repeatable(block: &Block) -> bool {
    let decides = matches!(block.term, Terminator::Branch { .. } | Terminator::Return);
    decides && block.stmts.len() <= REPEATED
}

/// Which blocks are entered from one place only. What a repeated block leads to may be entered from each of its copies.
pub(super) fn entered_once(func: &Func) -> IdxVec<BlockId, bool> {
    let mut entries: IdxVec<BlockId, u32> = func.blocks.ids().map(|block| u32::from(block == Func::ENTRY)).collect();
    for block in func.blocks.iter() {
        block.term.for_each_successor(|to| entries[to] += 1 + u32::from(is_repeatable(block)));
    }
    entries.iter().map(|entries| *entries == 1).collect()
}

/// The step of a counter `a` by the instruction before, with the comparison; `None` if it is no such step.
fn step(last: Op, signed: bool, counter: Reg, b: Reg, to: Pc) -> Option<Op> {
    let small = |imm: i64| i8::try_from(imm).ok();
    if let Op::AddU64 { dst, a, b: by } = last {
        let by = if a == counter { by } else { a };
        let counts = dst == counter && last.reads().contains(&Some(counter)) && by != counter;
        return (counts && !signed && b != counter).then_some(Op::AddLtU64 { a: counter, b: by, c: b, to });
    }
    let (Op::WAddImmI32 { dst, a, .. }
    | Op::WAddImmU32 { dst, a, .. }
    | Op::WAddImm { dst, a, .. }
    | Op::AddImmI32 { dst, a, .. }
    | Op::AddImmI64 { dst, a, .. }
    | Op::AddImmU32 { dst, a, .. }
    | Op::AddImmU64 { dst, a, .. }) = last
    else {
        return None;
    };
    if dst != counter || a != counter || b == counter {
        return None;
    }
    Some(match last {
        Op::WAddImmI32 { imm, .. } if signed => Op::StepLtI32 { a, b, step: small(imm.into())?, to },
        Op::WAddImmU32 { imm, .. } if !signed => Op::StepLtU32 { a, b, step: small(imm.into())?, to },
        Op::WAddImm { imm, .. } if signed => Op::StepLtI64 { a, b, step: small(imm.into())?, to },
        Op::WAddImm { imm, .. } => Op::StepLtU64 { a, b, step: small(imm.into())?, to },
        Op::AddImmI32 { imm, .. } if signed => Op::CheckedStepLtI32 { a, b, step: small(imm.into())?, to },
        Op::AddImmI64 { imm, .. } if signed => Op::CheckedStepLtI64 { a, b, step: small(imm.into())?, to },
        Op::AddImmU32 { imm, .. } if !signed => Op::CheckedStepLtU32 { a, b, step: small(imm.into())?, to },
        Op::AddImmU64 { imm, .. } if !signed => Op::CheckedStepLtU64 { a, b, step: small(imm.into())?, to },
        _ => return None,
    })
}

fn negated(op: CompareOp) -> CompareOp {
    match op {
        CompareOp::Eq => CompareOp::Ne,
        CompareOp::Ne => CompareOp::Eq,
        CompareOp::Lt => CompareOp::Ge,
        CompareOp::Le => CompareOp::Gt,
        CompareOp::Gt => CompareOp::Le,
        CompareOp::Ge => CompareOp::Lt,
    }
}

/// A branch by comparison with a constant, if it fits the instruction.
fn branch_imm(op: CompareOp, signed: bool, a: Reg, imm: u64, to: Pc) -> Option<Op> {
    let next = match signed {
        true => (imm as i64).checked_add(1).map(|next| next as u64),
        false => imm.checked_add(1),
    };
    let s = |imm: u64| i16::try_from(imm as i64).ok();
    let u = |imm: u64| u16::try_from(imm).ok();
    Some(match (op, signed) {
        (CompareOp::Eq, _) => Op::BrEqImm { a, imm: s(imm)?, to },
        (CompareOp::Ne, _) => Op::BrNeImm { a, imm: s(imm)?, to },
        (CompareOp::Lt, true) => Op::BrLtSImm { a, imm: s(imm)?, to },
        (CompareOp::Le, true) => Op::BrLtSImm { a, imm: s(next?)?, to },
        (CompareOp::Ge, true) => Op::BrGeSImm { a, imm: s(imm)?, to },
        (CompareOp::Gt, true) => Op::BrGeSImm { a, imm: s(next?)?, to },
        (CompareOp::Lt, false) => Op::BrLtUImm { a, imm: u(imm)?, to },
        (CompareOp::Le, false) => Op::BrLtUImm { a, imm: u(next?)?, to },
        (CompareOp::Ge, false) => Op::BrGeUImm { a, imm: u(imm)?, to },
        (CompareOp::Gt, false) => Op::BrGeUImm { a, imm: u(next?)?, to },
    })
}
