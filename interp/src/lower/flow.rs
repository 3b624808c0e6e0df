//! Ends of blocks: jumps, branches, switches, returns.

use super::binary::swapped;
use super::place::Where;
use super::scalar::is_wide;
use super::{Lower, Lowered};
use crate::abi::Pass;
use crate::code::Switch;
use crate::exec::PANICS;
use crate::fold;
use crate::op::{Op, Pc, Reg};
use kiln_cfg::{BlockId, Func, LocalKind, Operand, Panic, Place, Rvalue, Stmt, Terminator};
use kiln_types::arith::{CompareOp, Kind};
use kiln_types::{IntType, TypeId};

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
            Terminator::Jump(to) => {
                self.go_on(*to);
                Ok(())
            }
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
                self.emit.op(Op::Unreachable);
                Ok(())
            }
        }
    }

    /// Goes on with a block, by falling through if it is the next one.
    fn go_on(&mut self, to: BlockId) {
        if to.0 != self.block.0 + 1 {
            self.emit.jump(Op::Jump { to: to.0 });
        }
    }

    fn branch(&mut self, cond: Operand, then: BlockId, else_: BlockId, fused: Option<Fused>) -> Lowered {
        // The branch that is not the next block is the one that jumps.
        let falls_into_then = then.0 == self.block.0 + 1;
        let (to, rest) = if falls_into_then { (else_, then) } else { (then, else_) };
        let op = match fused {
            Some(fused) => self.compare_and_branch(fused, !falls_into_then, to.0)?,
            None => {
                let a = self.reg(cond)?;
                if falls_into_then { Op::BrFalse { a, to: to.0 } } else { Op::BrTrue { a, to: to.0 } }
            }
        };
        self.emit.jump(op);
        self.go_on(rest);
        Ok(())
    }

    /// The instruction that jumps if the comparison holds, or if it does not.
    fn compare_and_branch(&mut self, fused: Fused, when: bool, to: Pc) -> Lowered<Op> {
        let Fused { op, kind, a, b } = fused;
        let signed = matches!(kind, Kind::Int(ty) if ty.signed);
        let op = if when { op } else { negated(op) };
        let (op, a, b) = if self.imm(a).is_some() { (swapped(op), b, a) } else { (op, a, b) };
        let a = self.reg(a)?;
        if let Some(imm) = self.imm(b)
            && let Some(op) = branch_imm(op, signed, a, imm, to)
        {
            return Ok(op);
        }
        let b = self.reg(b)?;
        Ok(match (op, signed) {
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
        })
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
            Pass::Nothing => Op::Ret,
            Pass::Place => match self.spot(&result)?.at {
                Where::Frame { offset, .. } => Op::RetMem { offset },
                other => unreachable!("an aggregate result is in the frame, not at {other:?}"),
            },
            Pass::Pair => Op::RetPair { a: self.pair(Operand::Copy(Func::RESULT))? },
            Pass::Value | Pass::Pointer | Pass::FatPointer => Op::RetReg { a: self.reg(Operand::Copy(Func::RESULT))? },
        };
        if !self.emit.tables.addressed.is_empty() {
            self.emit.op(Op::Leave);
        }
        self.emit.op(op);
        Ok(())
    }
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
