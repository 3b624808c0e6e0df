//! Instructions and terminators.

use super::{Rule, Verifier};
use crate::{Block, Check, LocalKind, Panic, Rvalue, Stmt, Terminator};
use kiln_types::{TypeId, TypeKey};

impl Verifier<'_> {
    pub(super) fn check_stmt(&mut self, block: &Block, stmt: &Stmt) {
        match stmt {
            Stmt::Assign(place, value) => {
                let ty = self.written(place);
                let value_ty = self.rvalue(value, ty);
                if let (Some(ty), Some(value_ty)) = (ty, value_ty) {
                    self.expect("value", value_ty, ty);
                }
                if matches!(value, Rvalue::Builtin(..)) && ty == Some(TypeId::NEVER) {
                    self.check_last(block);
                }
            }
            Stmt::Call(call) => self.check_call(block, call),
            Stmt::Check(check) => {
                let operands = match *check {
                    Check::Bounds { index, len } => vec![index, len],
                    Check::Slice { from, to, len } => vec![from, to, len],
                };
                for operand in operands {
                    if let Some(ty) = self.operand(operand) {
                        self.expect("bound", ty, TypeId::USIZE);
                    }
                }
            }
            Stmt::SetVariant { place, variant } => {
                if let Some(ty) = self.written(place) {
                    let def = self.cx.pool.enum_def(ty);
                    let exists = def.is_some_and(|def| (*variant as usize) < def.variants.len());
                    self.expect_kind("enum", ty, exists);
                }
            }
            Stmt::Bind { local, place } => {
                let place = self.value_place(place);
                match self.func.locals.get(*local) {
                    Some(decl) if matches!(decl.kind, LocalKind::Alias { .. }) => {
                        if let Some(place) = place {
                            self.expect("alias", place, decl.ty);
                        }
                    }
                    _ => self.report(Rule::WrongKind(*local)),
                }
            }
            Stmt::Drop(place) => {
                self.value_place(place);
            }
            Stmt::StorageLive(local) | Stmt::StorageDead(local) => {
                let kind = self.func.locals.get(*local).map(|decl| decl.kind);
                let right = matches!(kind, Some(LocalKind::User | LocalKind::Temp));
                self.require(right, || Rule::WrongKind(*local));
            }
        }
    }

    /// Nothing may come behind the current instruction.
    pub(super) fn check_last(&mut self, block: &Block) {
        let last = self.stmt == Some(block.stmts.len() - 1) && block.term == Terminator::Unreachable;
        self.require(last, || Rule::AfterNever);
    }

    pub(super) fn check_terminator(&mut self, term: &Terminator) {
        match term {
            Terminator::Branch { cond, .. } => {
                if let Some(ty) = self.operand(*cond) {
                    self.expect("condition", ty, TypeId::BOOL);
                }
            }
            Terminator::Switch { value, ty, cases, .. } => {
                if let Some(found) = self.operand(*value) {
                    self.expect("switch", found, *ty);
                }
                let scalar = self.cx.pool.is_int(*ty) || *ty == TypeId::CHAR;
                self.expect_kind("switch", *ty, scalar);
                let mut bits: Vec<u128> = cases.iter().map(|case| case.0).collect();
                bits.sort_unstable();
                self.require(bits.windows(2).all(|pair| pair[0] != pair[1]), || Rule::SwitchCases);
            }
            Terminator::Panic(reason, text) => {
                self.require((*reason == Panic::User) == text.is_some(), || {
                    Rule::OperandCount(usize::from(text.is_some()))
                });
                if let Some(ty) = text.and_then(|text| self.operand(text)) {
                    let is_text = matches!(self.cx.pool.key(ty), TypeKey::Ptr { pointee: TypeId::STR, .. });
                    self.expect_kind("panic", ty, is_text);
                }
            }
            Terminator::Jump(_) | Terminator::Return | Terminator::Unreachable => {}
        }
    }
}
