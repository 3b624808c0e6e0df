//! Instructions and terminators: what each one becomes; the work is done where its name leads.

use crate::body::{Body, Slot};
use crate::runtime::Helper;
use crate::value::{Pointer, Value};
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{InstBuilder, types};
use cranelift_frontend::Switch;
use kiln_cfg::{BlockId, Check, Func, Local, Operand, Panic, Place, Rvalue, Stmt, Terminator};
use kiln_codegen::abi::Pass;
use kiln_codegen::{Reason, Result, broken};
use kiln_types::{Repr, ScalarKind};
use std::rc::Rc;

impl Body<'_, '_, '_, '_> {
    pub fn build_stmt(&mut self, stmt: &Stmt) -> Result<()> {
        match stmt {
            Stmt::Assign(place, value) => self.build_assign(place, value),
            Stmt::Call(call) => self.build_call(call),
            Stmt::Check(check) => self.build_check(check),
            Stmt::SetVariant { place, variant } => self.build_set_variant(place, *variant),
            Stmt::Bind { local, place } => self.build_bind(*local, place),
            Stmt::Drop(_) => broken("a drop was not elaborated"),
            Stmt::StorageLive(_) | Stmt::StorageDead(_) => Ok(()),
        }
    }

    pub fn build_terminator(&mut self, terminator: &Terminator) -> Result<()> {
        match terminator {
            Terminator::Jump(target) => {
                let target = self.target(*target);
                self.out.b.ins().jump(target, &[]);
                Ok(())
            }
            Terminator::Branch { cond, then, else_ } => {
                let cond = self.scalar(*cond)?;
                let (then, other) = (self.target(*then), self.target(*else_));
                self.out.b.ins().brif(cond, then, &[], other, &[]);
                Ok(())
            }
            Terminator::Switch { value, cases, default, .. } => self.build_switch(*value, cases, *default),
            Terminator::Return => self.build_return(),
            Terminator::Panic(panic, text) => self.build_panic(*panic, *text),
            Terminator::Unreachable => {
                self.out.trap();
                Ok(())
            }
        }
    }

    fn build_assign(&mut self, place: &Place, value: &Rvalue) -> Result<()> {
        let ty = self.place_type(place)?;
        match self.out.repr(ty) {
            Repr::Memory => {
                let spot = self.spot(place)?;
                self.build_aggregate(spot.at, ty, value)
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
                if let (Some(index), Some(len)) = (self.known_bits(index), self.known_bits(len))
                    && index < len
                {
                    return Ok(());
                }
                let (index, len) = (self.scalar(index)?, self.scalar(len)?);
                let inside = self.out.b.ins().icmp(IntCC::UnsignedLessThan, index, len);
                self.panic_unless(inside, Panic::OutOfBounds)
            }
            Check::Slice { from, to, len } => {
                let (from, to, len) = (self.scalar(from)?, self.scalar(to)?, self.scalar(len)?);
                let ordered = self.out.b.ins().icmp(IntCC::UnsignedLessThanOrEqual, from, to);
                self.panic_unless(ordered, Panic::OutOfBounds)?;
                let inside = self.out.b.ins().icmp(IntCC::UnsignedLessThanOrEqual, to, len);
                self.panic_unless(inside, Panic::OutOfBounds)
            }
        }
    }

    fn build_set_variant(&mut self, place: &Place, variant: u32) -> Result<()> {
        let ty = self.place_type(place)?;
        let layout = self.out.layout(ty);
        let Some(tag) = layout.enumeration.as_ref().map(|lies| lies.tag) else {
            // An enum without variants has no tag; its code is never reached.
            return Ok(());
        };
        let found = self.out.unit.pool.enum_def(ty).and_then(|def| def.variants.get(variant as usize));
        let Some(discriminant) = found.map(|variant| variant.discriminant) else {
            return broken(format!("there is no variant {variant}"));
        };
        let Repr::Scalar(ScalarKind::Int { bits, .. }) = self.out.repr(tag) else {
            return broken("a tag is an integer");
        };
        let value = Value::Scalar(self.out.int_const(crate::signature::int(bits), discriminant));
        if layout.repr == Repr::Memory {
            let spot = self.spot(place)?;
            self.out.store(spot.at, tag, value)
        } else {
            self.write(place, value)
        }
    }

    fn build_bind(&mut self, local: Local, place: &Place) -> Result<()> {
        let spot = self.spot(place)?;
        if let Slot::Cell(cell) = self.slots[local] {
            let cell = Pointer::slot(cell);
            let at = self.out.address(spot.at);
            self.out.store_value(cell, at);
            if let Some(len) = spot.len {
                let word = u64::from(self.out.pointer_type().bytes());
                self.out.store_value(cell.plus(word), len);
            }
        } else {
            self.slots[local] = Slot::Reference(spot.at, spot.len);
            self.show(local)?;
        }
        Ok(())
    }

    fn build_switch(&mut self, value: Operand, cases: &[(u128, BlockId)], default: BlockId) -> Result<()> {
        let value = self.scalar(value)?;
        let ty = self.out.b.func.dfg.value_type(value);
        let default = self.target(default);
        let mask = if ty == types::I128 { u128::MAX } else { (1 << ty.bits()) - 1 };
        // A few comparisons are faster to compile than a table.
        if cases.len() <= 4 {
            for (bits, target) in cases {
                let target = self.target(*target);
                let case = self.out.int_const(ty, *bits);
                let is_case = self.out.b.ins().icmp(IntCC::Equal, value, case);
                self.out.leave_if(is_case, target, &[]);
            }
            self.out.b.ins().jump(default, &[]);
            return Ok(());
        }
        let mut switch = Switch::new();
        for (bits, target) in cases {
            switch.set_entry(bits & mask, self.target(*target));
        }
        switch.emit(&mut self.out.b, value, default);
        Ok(())
    }

    fn build_return(&mut self) -> Result<()> {
        let abi = Rc::clone(&self.abi);
        let value = match &abi.ret {
            Pass::Scalars(_) => self.local(Func::RESULT)?,
            _ => Value::Nothing,
        };
        self.out.return_kiln(&abi.ret, value);
        Ok(())
    }

    fn build_panic(&mut self, panic: Panic, text: Option<Operand>) -> Result<()> {
        match text {
            Some(text) if panic == Panic::User => {
                let (address, len) = self.operand(text)?.fat()?;
                let place = self.place_number()?;
                self.out.call_helper(Helper::Panic(Reason::Panic(Panic::User)), &[address, len, place])?;
                self.out.trap();
            }
            _ => {
                let (target, place) = self.panic_target(Reason::Panic(panic))?;
                self.out.b.ins().jump(target, &[place]);
            }
        }
        Ok(())
    }
}
