//! A function being built, for debuggers: the place of each instruction, and a slot of the frame for each variable.
//!
//! A variable that is no memory of its own has a copy in the frame, which is always current.

use super::{Built, Variable};
use crate::body::{Body, Slot};
use crate::value::{Pointer, Value};
use cranelift_codegen::ir::{SourceLoc, StackSlot};
use cranelift_module::FuncId as CodeId;
use kiln_cfg::{Func, Local};
use kiln_codegen::{DebugLevel, Result, Scopes};
use kiln_source::{IdxVec, TextRange};
use kiln_types::FuncId;

/// What is kept of the function being built.
pub(crate) struct FuncDebug {
    built: Built,
    level: DebugLevel,
    /// Copies of variables.
    copies: IdxVec<Local, Option<StackSlot>>,
}

impl FuncDebug {
    /// For a function of the program.
    pub fn new(level: DebugLevel, code: CodeId, id: FuncId, func: &Func) -> FuncDebug {
        let scopes = if level == DebugLevel::Full { Scopes::new(func) } else { Scopes::whole(func) };
        let built = Built { code, func: id, scopes, places: Vec::new(), variables: Vec::new() };
        FuncDebug { built, level, copies: func.locals.iter().map(|_| None).collect() }
    }

    /// What is known at the end.
    pub fn finish(self) -> Built {
        self.built
    }
}

impl Body<'_, '_, '_, '_> {
    /// What is built from now on belongs to this text.
    pub fn locate(&mut self, range: TextRange) {
        let Some(debug) = &mut self.debug else { return };
        // What the compiler added has no text; it belongs to what stands before.
        if range == TextRange::default() {
            return;
        }
        let built = &mut debug.built;
        let place = (range.start, built.scopes.at(range.start));
        if built.places.last() != Some(&place) {
            built.places.push(place);
        }
        self.out.b.set_srcloc(SourceLoc::new(built.places.len() as u32 - 1));
    }

    /// What is built from now on belongs to no line.
    pub fn leave_lines(&mut self) {
        self.out.b.set_srcloc(SourceLoc::default());
    }

    /// Finds slots for all variables, when the parameters have come.
    pub fn declare_variables(&mut self) -> Result<()> {
        let Some(debug) = self.debug.as_ref().filter(|debug| debug.level == DebugLevel::Full) else { return Ok(()) };
        let locals: Vec<Local> = debug.built.scopes.all.iter().flat_map(|scope| scope.locals.iter().copied()).collect();
        for local in locals {
            let (slot, is_behind) = self.slot_of_variable(local)?;
            if let Some(debug) = &mut self.debug {
                debug.built.variables.push(Variable { local, slot, is_behind });
            }
            self.show(local)?;
        }
        Ok(())
    }

    /// Where a variable is, or is copied to; and whether only its address is there.
    fn slot_of_variable(&mut self, local: Local) -> Result<(StackSlot, bool)> {
        let ty = self.local_type(local);
        let is_view = self.out.unit.pool.is_unsized(ty);
        let is_place = match self.slots[local] {
            Slot::Memory(at) => match at.as_slot() {
                Some(slot) => return Ok((slot, false)),
                None => true,
            },
            Slot::Cell(cell) => return Ok((cell, !is_view)),
            Slot::Reference(..) => true,
            Slot::Value(_) | Slot::Variable(_) | Slot::Variables(..) => false,
            Slot::Unset => self.func.locals[local].is_reference(),
        };
        let word = self.out.pointer_type().bytes();
        let layout = self.out.layout(ty);
        let (size, align) = match (is_view, is_place) {
            (true, _) => (u64::from(word) * 2, word),
            (false, true) => (u64::from(word), word),
            (false, false) => (layout.size, layout.align),
        };
        let slot = self.out.stack_slot(size, align)?;
        if let Some(debug) = &mut self.debug {
            debug.copies[local] = Some(slot);
        }
        Ok((slot, is_place && !is_view))
    }

    /// Copies the value that a variable has from now on, if it is not in memory of its own.
    pub fn show(&mut self, local: Local) -> Result<()> {
        let Some(copy) = self.debug.as_ref().and_then(|debug| debug.copies[local]) else { return Ok(()) };
        let (copy, ty) = (Pointer::slot(copy), self.local_type(local));
        match self.slots[local] {
            Slot::Value(value) => self.out.store(copy, ty, value),
            Slot::Memory(at) => {
                let address = self.out.address(at);
                self.out.store_value(copy, address);
                Ok(())
            }
            Slot::Reference(at, len) => {
                let address = self.out.address(at);
                self.out.store_value(copy, address);
                if let Some(len) = len {
                    let word = self.out.pointer_type().bytes();
                    self.out.store_value(copy.plus(u64::from(word)), len);
                }
                Ok(())
            }
            Slot::Unset | Slot::Variable(_) | Slot::Variables(..) | Slot::Cell(_) => Ok(()),
        }
    }

    /// The same for a variable that changes, of the value it gets.
    pub fn show_value(&mut self, local: Local, value: Value) -> Result<()> {
        let Some(copy) = self.debug.as_ref().and_then(|debug| debug.copies[local]) else { return Ok(()) };
        let ty = self.local_type(local);
        self.out.store(Pointer::slot(copy), ty, value)
    }
}
