//! One function of the program being built: its blocks, where its locals are, and the walk over its instructions.

use crate::debug::FuncDebug;
use crate::gen_fn::Gen;
use crate::passing::Incoming;
use crate::runtime::Helper;
use crate::unit::{Convention, Unit};
use crate::value::{Pointer, Value};
use cranelift_codegen::ir::{self, Block, BlockArg, InstBuilder, StackSlot, types};
use cranelift_frontend::Variable;
use kiln_cfg::{BlockId, Func, Local, LocalKind, Panic};
use kiln_codegen::abi::{FnAbi, Pass};
use kiln_codegen::{DebugLevel, Home, Plan, Reason, Result, broken, is_written};
use kiln_source::{Idx, IdxVec, TextRange};
use kiln_types::{FuncId, Repr, TypeId};
use std::rc::Rc;

/// Where a local is.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Slot {
    /// It has no value yet.
    Unset,
    /// It is this value.
    Value(Value),
    /// It is a scalar that changes, or whose value depends on the way taken.
    Variable(Variable),
    /// The same for an address and a length.
    Variables(Variable, Variable),
    /// It lies here.
    Memory(Pointer),
    /// It stands for the place here; with a length for views.
    Reference(Pointer, Option<ir::Value>),
    /// The address of the place it stands for (and the length) lies here.
    Cell(StackSlot),
}

/// A function being built.
pub(crate) struct Body<'g, 'a, 'f, 'p> {
    pub out: &'g mut Gen<'a, 'f, 'p>,
    pub func: &'p Func,
    pub abi: Rc<FnAbi>,
    pub plan: Plan,
    pub slots: IdxVec<Local, Slot>,
    blocks: Vec<Block>,
    /// Blocks that something jumps back to: not sealed before all is built.
    is_header: Vec<bool>,
    /// The source of the instruction being built.
    range: TextRange,
    /// What is kept for debuggers.
    pub debug: Option<FuncDebug>,
    /// Cold blocks, one a reason; each is given the place.
    panics: Vec<(Reason, Block)>,
    /// Where the caller wants the result.
    pub returned_at: Option<Pointer>,
}

/// Builds a function of the program.
pub(crate) fn build<'p>(unit: &mut Unit<'p>, id: FuncId, func: &'p Func) -> Result<()> {
    let declared = unit.function(id)?;
    let Convention::Kiln(abi) = declared.convention else { return broken("a foreign function has a body") };
    let plan = Plan::new(&mut unit.facts(), func)?;
    let level = unit.debug_level;
    let is_told = level != DebugLevel::None && is_written(unit.program.info(id), func);
    let debug = is_told.then(|| FuncDebug::new(level, declared.id, id, func));
    unit.define(declared.id, |out| {
        let is_header = headers(func, &plan);
        let mut body = Body {
            slots: func.locals.iter().map(|_| Slot::Unset).collect(),
            blocks: func.blocks.iter().map(|_| out.b.create_block()).collect(),
            is_header,
            range: func.range,
            debug,
            panics: Vec::new(),
            returned_at: None,
            out,
            func,
            abi,
            plan,
        };
        body.build()?;
        let built = body.debug.take().map(FuncDebug::finish);
        body.out.unit.records.built.extend(built);
        Ok(())
    })
}

/// Which blocks have a predecessor that does not stand before them.
fn headers(func: &Func, plan: &Plan) -> Vec<bool> {
    let mut is_header = vec![false; func.blocks.len()];
    let mut seen = vec![false; func.blocks.len()];
    for block in &plan.order {
        seen[block.index()] = true;
        func.blocks[*block].term.for_each_successor(|next| is_header[next.index()] |= seen[next.index()]);
    }
    is_header
}

impl<'p> Body<'_, '_, '_, 'p> {
    fn build(&mut self) -> Result<()> {
        let params = self.out.enter(self.blocks[Func::ENTRY.index()]);
        self.build_prologue(params)?;
        for index in 0..self.plan.order.len() {
            self.build_block(self.plan.order[index])?;
        }
        self.build_panics()
    }

    fn build_block(&mut self, id: BlockId) -> Result<()> {
        if id != Func::ENTRY {
            let block = self.blocks[id.index()];
            self.out.b.switch_to_block(block);
            if !self.is_header[id.index()] {
                self.out.b.seal_block(block);
            }
        }
        let block = &self.func.blocks[id];
        for (stmt, range) in block.stmts.iter().zip(&block.ranges) {
            self.range = *range;
            self.locate(*range);
            self.build_stmt(stmt)?;
            self.out.release_scratch();
        }
        self.range = block.term_range;
        self.locate(block.term_range);
        self.build_terminator(&block.term)?;
        self.out.release_scratch();
        Ok(())
    }

    /// The block of a block.
    pub fn target(&self, id: BlockId) -> Block {
        self.blocks[id.index()]
    }

    /// Goes on in a new block if `fails` is false; else the program panics.
    pub fn panic_if(&mut self, fails: ir::Value, panic: Panic) -> Result<()> {
        let (block, place) = self.panic_target(Reason::Panic(panic))?;
        self.out.leave_if(fails, block, &[place]);
        Ok(())
    }

    /// Goes on in a new block if `holds` is true; else the program panics.
    pub fn panic_unless(&mut self, holds: ir::Value, panic: Panic) -> Result<()> {
        let (block, place) = self.panic_target(Reason::Panic(panic))?;
        self.out.leave_unless(holds, block, &[place]);
        Ok(())
    }

    /// The cold block for a reason, and the place it is to be given.
    pub fn panic_target(&mut self, reason: Reason) -> Result<(Block, BlockArg)> {
        let place = BlockArg::Value(self.place_number()?);
        if let Some((_, block)) = self.panics.iter().find(|known| known.0 == reason) {
            return Ok((*block, place));
        }
        let block = self.out.b.create_block();
        self.out.b.set_cold_block(block);
        self.out.b.append_block_param(block, types::I32);
        self.panics.push((reason, block));
        Ok((block, place))
    }

    fn build_panics(&mut self) -> Result<()> {
        self.leave_lines();
        for (reason, block) in std::mem::take(&mut self.panics) {
            self.out.b.switch_to_block(block);
            let place = self.out.b.block_params(block)[0];
            self.out.call_helper(Helper::Panic(reason), &[place])?;
            self.out.trap();
        }
        Ok(())
    }

    /// The source position of the instruction being built, as a number for panics.
    pub fn place_number(&mut self) -> Result<ir::Value> {
        let unit = &mut *self.out.unit;
        let endian = unit.layouts.target().endian;
        let number = unit.places.number(self.range.in_file(self.func.file), unit.sources, endian)?;
        Ok(self.out.b.ins().iconst(types::I32, i64::from(number)))
    }

    fn build_prologue(&mut self, params: Vec<ir::Value>) -> Result<()> {
        let mut incoming = Incoming::new(params);
        if self.abi.ret == Pass::Address {
            self.returned_at = Some(Pointer::at(incoming.take()?));
        }
        for local in self.func.locals.ids() {
            self.slots[local] = match self.plan.homes[local] {
                Home::Nothing => Slot::Value(Value::Nothing),
                Home::Memory => match self.returned_at {
                    Some(at) if local == Func::RESULT => Slot::Memory(at),
                    _ if self.is_passed_in_memory(local) && !self.needs_copy(local) => continue,
                    _ => self.home(local)?,
                },
                Home::ReferenceCell => {
                    let word = self.out.pointer_type().bytes();
                    Slot::Cell(self.out.stack_slot(u64::from(word) * 2, word)?)
                }
                Home::Value | Home::Reference => continue,
            };
        }
        let abi = Rc::clone(&self.abi);
        for (pass, local) in abi.params.iter().zip(self.func.params()) {
            self.take_param(&mut incoming, pass, local)?;
        }
        self.declare_variables()
    }

    /// Scalars whose address nobody needs are variables; everything else lies in the frame.
    fn home(&mut self, local: Local) -> Result<Slot> {
        let ty = self.local_type(local);
        let addressed = self.plan.usage[local].addressed;
        let pointer = self.out.pointer_type();
        Ok(match self.out.repr(ty) {
            Repr::Scalar(kind) if !addressed => {
                let ty = self.out.unit.signatures.scalar(kind);
                Slot::Variable(self.out.b.declare_var(ty))
            }
            Repr::FatPtr if !addressed => {
                Slot::Variables(self.out.b.declare_var(pointer), self.out.b.declare_var(pointer))
            }
            _ => {
                let layout = self.out.layout(ty);
                Slot::Memory(Pointer::slot(self.out.stack_slot(layout.size, layout.align)?))
            }
        })
    }

    fn is_passed_in_memory(&self, local: Local) -> bool {
        matches!(self.func.locals[local].kind, LocalKind::Param(_))
            && self.abi.params.get(local.index() - 1) == Some(&Pass::Address)
    }

    /// Whether a parameter that came in memory has to be copied: what is copied may still be used by the caller.
    fn needs_copy(&self, local: Local) -> bool {
        let usage = self.plan.usage[local];
        self.out.unit.pool.is_copy(self.local_type(local)) && (usage.changed || usage.assigned > 1)
    }

    fn take_param(&mut self, incoming: &mut Incoming, pass: &Pass, local: Local) -> Result<()> {
        let ty = self.local_type(local);
        let home = match self.slots[local] {
            Slot::Memory(at) => Some(at),
            _ => None,
        };
        let value = self.out.take_kiln(incoming, pass, ty, home)?;
        match (self.plan.homes[local], value, self.slots[local]) {
            (Home::Nothing, ..) => {}
            (Home::Value, value, _) => self.slots[local] = Slot::Value(value),
            (Home::Reference, Value::Memory(at), _) => self.slots[local] = Slot::Reference(at, None),
            (Home::Reference, Value::Fat(at, len), _) => {
                self.slots[local] = Slot::Reference(Pointer::at(at), Some(len));
            }
            (Home::Memory, value, Slot::Memory(home)) => self.out.store(home, ty, value)?,
            (Home::Memory, Value::Memory(at), Slot::Unset) => self.slots[local] = Slot::Memory(at),
            (Home::Memory, value, Slot::Variable(_) | Slot::Variables(..)) => self.set(local, value)?,
            _ => return broken("a parameter came in another form than planned"),
        }
        Ok(())
    }

    /// Gives a local that is not in memory its value.
    pub fn set(&mut self, local: Local, value: Value) -> Result<()> {
        self.show_value(local, value)?;
        match (self.slots[local], value) {
            (Slot::Variable(variable), Value::Scalar(scalar)) => self.out.b.def_var(variable, scalar),
            (Slot::Variables(address, len), Value::Fat(first, second)) => {
                self.out.b.def_var(address, first);
                self.out.b.def_var(len, second);
            }
            (Slot::Variable(_) | Slot::Variables(..), _) => {
                return broken("a value has another form than its variable");
            }
            _ => self.slots[local] = Slot::Value(value),
        }
        Ok(())
    }

    /// The type of a local.
    pub fn local_type(&self, local: Local) -> TypeId {
        self.func.locals[local].ty
    }
}
