//! Instructions and terminators: what each one becomes; the work is done where its name leads.

use crate::body::{Body, Slot};
use crate::errors::{Result, broken};
use crate::value::Value;
use inkwell::IntPredicate;
use kiln_cfg::{BlockId, Check, Func, Local, Operand, Panic, Place, Rvalue, Stmt, Terminator};
use kiln_codegen::Home;
use kiln_codegen::Reason;
use kiln_codegen::abi::Pass;
use kiln_types::{Repr, ScalarKind, TypeId};

impl<'ctx> Body<'_, 'ctx, '_> {
    pub fn build_stmt(&mut self, stmt: &Stmt) -> Result<()> {
        match stmt {
            Stmt::Assign(place, value) => self.build_assign(place, value),
            Stmt::Call(call) => self.build_call(call),
            Stmt::Check(check) => self.build_check(check),
            Stmt::SetVariant { place, variant } => self.build_set_variant(place, *variant),
            Stmt::Bind { local, place } => self.build_bind(*local, place),
            Stmt::Drop(_) => broken("a drop was not elaborated"),
            Stmt::StorageLive(local) => self.build_storage(*local, "llvm.lifetime.start"),
            Stmt::StorageDead(local) => self.build_storage(*local, "llvm.lifetime.end"),
        }
    }

    pub fn build_terminator(&mut self, terminator: &Terminator) -> Result<()> {
        match terminator {
            Terminator::Jump(target) => {
                self.unit.builder.build_unconditional_branch(self.target(*target))?;
                Ok(())
            }
            Terminator::Branch { cond, then, else_ } => {
                let cond = self.operand(*cond)?.int()?;
                self.unit.builder.build_conditional_branch(cond, self.target(*then), self.target(*else_))?;
                Ok(())
            }
            Terminator::Switch { value, cases, default, .. } => self.build_switch(*value, cases, *default),
            Terminator::Return => self.build_return(),
            Terminator::Panic(panic, text) => self.build_panic(*panic, *text),
            Terminator::Unreachable => {
                self.unit.builder.build_unreachable()?;
                Ok(())
            }
        }
    }

    fn build_assign(&mut self, place: &Place, value: &Rvalue) -> Result<()> {
        let ty = self.place_type(place)?;
        match self.unit.layouts.of(self.unit.pool, ty).repr {
            Repr::Memory => {
                let spot = self.spot(place)?;
                let at = self.address(spot)?;
                self.build_aggregate(at, ty, value)
            }
            Repr::Zst if !matches!(value, Rvalue::Builtin(..)) => Ok(()),
            _ => {
                let value = self.build_rvalue(value, ty)?;
                self.write(place, value)
            }
        }
    }

    fn build_check(&mut self, check: &Check) -> Result<()> {
        match *check {
            Check::Bounds { index, len } => {
                let (index, len) = (self.operand(index)?.int()?, self.operand(len)?.int()?);
                let inside = self.unit.builder.build_int_compare(IntPredicate::ULT, index, len, "")?;
                self.panic_unless(inside, Panic::OutOfBounds)
            }
            Check::Slice { from, to, len } => {
                let [from, to, len] = [from, to, len].map(|bound| self.operand(bound).and_then(Value::int));
                let (from, to, len) = (from?, to?, len?);
                let ordered = self.unit.builder.build_int_compare(IntPredicate::ULE, from, to, "")?;
                self.panic_unless(ordered, Panic::OutOfBounds)?;
                let inside = self.unit.builder.build_int_compare(IntPredicate::ULE, to, len, "")?;
                self.panic_unless(inside, Panic::OutOfBounds)
            }
        }
    }

    fn build_set_variant(&mut self, place: &Place, variant: u32) -> Result<()> {
        let ty = self.place_type(place)?;
        let layout = self.unit.layouts.of(self.unit.pool, ty);
        let Some(tag) = layout.enumeration.as_ref().map(|lies| lies.tag) else {
            // An enum without variants has no tag; its code is never reached.
            return Ok(());
        };
        let found = self.unit.pool.enum_def(ty).and_then(|def| def.variants.get(variant as usize));
        let Some(discriminant) = found.map(|variant| variant.discriminant) else {
            return broken(format!("there is no variant {variant}"));
        };
        let Repr::Scalar(ScalarKind::Int { bits, .. }) = self.unit.layouts.of(self.unit.pool, tag).repr else {
            return broken("a tag is an integer");
        };
        let value = Value::Scalar(self.unit.int_const(bits, discriminant).into());
        if layout.repr == Repr::Memory {
            let spot = self.spot(place)?;
            let at = self.address(spot)?;
            self.unit.store(at, tag, value)
        } else {
            self.write(place, value)
        }
    }

    fn build_bind(&mut self, local: Local, place: &Place) -> Result<()> {
        let spot = self.spot(place)?;
        let at = self.address(spot)?;
        match self.slots[local] {
            Slot::Cell(cell) => {
                self.unit.store_scalar(cell, at.into())?;
                if let Some(len) = spot.len {
                    let len_at = self.unit.offset(cell, u64::from(self.unit.layouts.target().pointer_bytes))?;
                    self.unit.store_scalar(len_at, len.into())?;
                }
            }
            _ => {
                self.slots[local] = Slot::Reference(at, spot.len);
                self.show(local)?;
            }
        }
        Ok(())
    }

    /// Tells LLVM when an aggregate's memory is in use, so that frames share it.
    fn build_storage(&mut self, local: Local, intrinsic: &'static str) -> Result<()> {
        let (Slot::Memory(at), Home::Memory) = (self.slots[local], self.plan.homes[local]) else { return Ok(()) };
        let layout = self.unit.layouts.of(self.unit.pool, self.local_type(local));
        let is_own = local.0 as usize > self.func.param_count;
        if !self.unit.level.optimises() || layout.repr != Repr::Memory || !is_own {
            return Ok(());
        }
        let function = self.unit.intrinsic(intrinsic, self.unit.scalars.ptr.into())?;
        let mut args = vec![at.into()];
        if function.count_params() == 2 {
            // Before LLVM 22 the size comes first.
            args.insert(0, self.unit.scalars.int(64).const_int(layout.size, false).into());
        }
        self.unit.builder.build_call(function, &args, "")?;
        Ok(())
    }

    fn build_switch(&mut self, value: Operand, cases: &[(u128, BlockId)], default: BlockId) -> Result<()> {
        let value = self.operand(value)?.int()?;
        let width = value.get_type().get_bit_width();
        let cases: Vec<_> = cases
            .iter()
            .map(|(bits, target)| {
                let case = match width {
                    1 => self.unit.scalars.bit.const_int(*bits as u64 & 1, false),
                    width => self.unit.int_const(width as u16, *bits),
                };
                (case, self.target(*target))
            })
            .collect();
        let (last, before) = match cases.split_last() {
            // Without optimisation a few comparisons are faster to compile than a table.
            Some(parts) if cases.len() == 1 || cases.len() <= 4 && !self.unit.level.optimises() => parts,
            _ => {
                self.unit.builder.build_switch(value, self.target(default), &cases)?;
                return Ok(());
            }
        };
        for (case, target) in before {
            let next = self.split()?;
            let is_case = self.unit.builder.build_int_compare(IntPredicate::EQ, value, *case, "")?;
            self.unit.builder.build_conditional_branch(is_case, *target, next)?;
            self.unit.builder.position_at_end(next);
        }
        let is_case = self.unit.builder.build_int_compare(IntPredicate::EQ, value, last.0, "")?;
        self.unit.builder.build_conditional_branch(is_case, last.1, self.target(default))?;
        Ok(())
    }

    fn build_return(&mut self) -> Result<()> {
        let abi = std::rc::Rc::clone(&self.abi);
        let value = match &abi.ret {
            Pass::Scalars(_) => self.local(Func::RESULT)?,
            _ => Value::Nothing,
        };
        self.unit.return_kiln(&abi.ret, value)
    }

    fn build_panic(&mut self, panic: Panic, text: Option<Operand>) -> Result<()> {
        match text {
            Some(text) if panic == Panic::User => {
                let (address, len) = self.operand(text)?.fat()?;
                let place = self.place_number()?;
                let function = self.unit.panic_function(Reason::Panic(Panic::User));
                self.unit.builder.build_call(function, &[address.into(), len.into(), place.into()], "")?;
                self.unit.builder.build_unreachable()?;
                Ok(())
            }
            _ => {
                let target = self.panic_block(Reason::Panic(panic))?;
                self.unit.builder.build_unconditional_branch(target)?;
                Ok(())
            }
        }
    }

    /// The type an operand's integer has: width and whether it is signed.
    pub fn int_kind(&mut self, ty: TypeId) -> Result<(u16, bool)> {
        match self.unit.layouts.of(self.unit.pool, ty).repr {
            Repr::Scalar(ScalarKind::Int { bits, signed }) => Ok((bits, signed)),
            _ => broken("an integer type is expected"),
        }
    }
}
