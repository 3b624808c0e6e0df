//! Values on their way to and from C, as [`kiln_codegen::CAbi`] says: each scalar in the next register or stack word.

use crate::gen_fn::Gen;
use crate::passing::{Args, Incoming};
use crate::value::{Pointer, Value};
use cranelift_codegen::ir::{self, InstBuilder, types};
use kiln_codegen::{CPass, CScalars, Result, Slot, broken};
use kiln_types::{Repr, ScalarKind, TypeId};

/// Alignment of memory that a value is put together in.
const HOME: u32 = 16;
/// Bytes of a stack word.
const WORD: u64 = 8;

impl Gen<'_, '_, '_> {
    /// Adds an argument that is passed by C's convention.
    pub fn push_c(&mut self, args: &mut Args, pass: &CPass, value: Value, ty: TypeId) -> Result<()> {
        match pass {
            CPass::Nothing => {}
            CPass::Scalars(scalars) => self.push_scalars(args, scalars, value, ty)?,
            CPass::Stack { size, skipped, .. } => {
                if *skipped > 0 {
                    let unused = self.scratch(u64::from(*skipped), HOME)?;
                    args.push(self.address(unused));
                }
                // Whole words are copied to the stack.
                let words = self.c_memory(value, ty, size.next_multiple_of(WORD), false)?;
                args.push(self.address(words));
            }
            CPass::Indirect { size, .. } => {
                let copy = self.c_memory(value, ty, *size, true)?;
                args.push(self.address(copy));
            }
        }
        Ok(())
    }

    /// A value in memory of at least `span` bytes; in memory of its own if the callee may change it.
    fn c_memory(&mut self, value: Value, ty: TypeId, span: u64, is_own: bool) -> Result<Pointer> {
        let layout = self.layout(ty);
        match value {
            Value::Memory(at) if !is_own && span <= layout.size => Ok(at),
            value => {
                let home = self.scratch(span.max(layout.size), HOME.max(layout.align))?;
                self.store(home, ty, value)?;
                Ok(home)
            }
        }
    }

    fn push_scalars(&mut self, args: &mut Args, scalars: &CScalars, value: Value, ty: TypeId) -> Result<()> {
        if let (Value::Scalar(scalar), Some(())) = (value, self.is_as_it_is(scalars, value)) {
            for slot in &scalars.slots {
                args.push(match slot {
                    Slot::Empty(kind) => self.zero(*kind),
                    Slot::Holds(_) => scalar,
                });
            }
            return Ok(());
        }
        let span = u64::from(scalars.span(WORD as u32));
        let at = self.c_memory(value, ty, span, false)?;
        for slot in &scalars.slots {
            args.push(match slot {
                Slot::Empty(kind) => self.zero(*kind),
                Slot::Holds(piece) => self.load_scalar(at.plus(u64::from(piece.offset)), piece.kind),
            });
        }
        Ok(())
    }

    /// Whether a scalar fills the one slot that holds something.
    fn is_as_it_is(&self, scalars: &CScalars, value: Value) -> Option<()> {
        let Value::Scalar(scalar) = value else { return None };
        let mut held = scalars.slots.iter().filter_map(|slot| match slot {
            Slot::Holds(piece) => Some(piece),
            Slot::Empty(_) => None,
        });
        let (Some(piece), None) = (held.next(), held.next()) else { return None };
        let ty = self.unit.signatures.scalar(piece.kind);
        (self.b.func.dfg.value_type(scalar) == ty).then_some(())
    }

    fn zero(&mut self, kind: ScalarKind) -> ir::Value {
        match self.unit.signatures.scalar(kind) {
            types::F32 => self.b.ins().f32const(0.0),
            types::F64 => self.b.ins().f64const(0.0),
            int => self.b.ins().iconst(int, 0),
        }
    }

    /// The next parameter by C's convention.
    pub fn take_c(&mut self, incoming: &mut Incoming, pass: &CPass, ty: TypeId) -> Result<Value> {
        match pass {
            CPass::Nothing => Ok(Value::Nothing),
            CPass::Scalars(scalars) => {
                let mut taken = Args::new();
                for _ in &scalars.slots {
                    taken.push(incoming.take()?);
                }
                self.join_c(&taken, scalars, ty)
            }
            CPass::Stack { skipped, .. } => {
                if *skipped > 0 {
                    incoming.take()?;
                }
                self.load(Pointer::at(incoming.take()?), ty)
            }
            CPass::Indirect { .. } => self.load(Pointer::at(incoming.take()?), ty),
        }
    }

    /// A value of what its slots hold.
    fn join_c(&mut self, held: &[ir::Value], scalars: &CScalars, ty: TypeId) -> Result<Value> {
        let layout = self.layout(ty);
        let is_scalar = matches!(layout.repr, Repr::Scalar(_));
        for (value, slot) in held.iter().zip(&scalars.slots) {
            if let Slot::Holds(_) = slot
                && is_scalar
                && self.is_as_it_is(scalars, Value::Scalar(*value)).is_some()
                && self.scalar_type(ty) == Some(self.b.func.dfg.value_type(*value))
            {
                return Ok(Value::Scalar(*value));
            }
        }
        let span = u64::from(scalars.span(WORD as u32));
        let home = self.scratch(span.max(layout.size), HOME.max(layout.align))?;
        for (value, slot) in held.iter().zip(&scalars.slots) {
            if let Slot::Holds(piece) = slot {
                self.store_value(home.plus(u64::from(piece.offset)), *value);
            }
        }
        self.load(home, ty)
    }

    fn scalar_type(&mut self, ty: TypeId) -> Option<ir::Type> {
        match self.repr(ty) {
            Repr::Scalar(kind) => Some(self.unit.signatures.scalar(kind)),
            _ => None,
        }
    }

    /// Leaves a function of C's convention. A result in memory stands there already.
    pub fn return_c(&mut self, pass: &CPass, value: Value, ty: TypeId) -> Result<()> {
        let mut parts = Args::new();
        if let CPass::Scalars(scalars) = pass {
            self.push_scalars(&mut parts, scalars, value, ty)?;
        }
        self.b.ins().return_(&parts);
        Ok(())
    }

    /// The result of a call by C's convention that was not returned in memory.
    pub fn result_c(&mut self, results: &[ir::Value], pass: &CPass, ty: TypeId) -> Result<Value> {
        match pass {
            CPass::Scalars(scalars) => self.join_c(results, scalars, ty),
            CPass::Nothing => Ok(Value::Nothing),
            _ => broken("a result in memory is read there"),
        }
    }
}
