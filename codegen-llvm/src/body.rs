//! One function being built: its blocks, where its locals are, and the walk over its instructions.

use crate::OptLevel;
use crate::debug::{FuncDebug, leave_lines};
use crate::errors::{Result, broken};
use crate::fast_loop::{self, FastLoop};
use crate::passing::Incoming;
use crate::unit::{Convention, Unit};
use crate::value::Value;
use inkwell::basic_block::BasicBlock;
use inkwell::values::{BasicValue, FunctionValue, IntValue, PointerValue};
use kiln_cfg::{BlockId, Func, Local, LocalKind, Panic};
use kiln_codegen::Reason;
use kiln_codegen::abi::{FnAbi, Pass};
use kiln_codegen::{Home, Plan};
use kiln_source::{Idx, IdxVec, TextRange};
use kiln_types::{FuncId, Repr, ScalarKind, TypeId};
use rustc_hash::FxHashMap;
use std::rc::Rc;

/// Where a local is.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Slot<'ctx> {
    /// It has no value yet.
    Unset,
    /// It is this value, which is not in memory.
    Value(Value<'ctx>),
    /// It lies at this address.
    Memory(PointerValue<'ctx>),
    /// It stands for the place at this address; with a length for views.
    Reference(PointerValue<'ctx>, Option<IntValue<'ctx>>),
    /// The address of the place it stands for (and the length) lies at this address.
    Cell(PointerValue<'ctx>),
}

/// A function being built.
pub(crate) struct Body<'a, 'ctx, 'p> {
    pub unit: &'a mut Unit<'ctx, 'p>,
    pub func: &'p Func,
    pub function: FunctionValue<'ctx>,
    pub abi: Rc<FnAbi>,
    pub plan: Plan,
    pub slots: IdxVec<Local, Slot<'ctx>>,
    blocks: Vec<BasicBlock<'ctx>>,
    /// Loops that have a fast one before them, by their headers, with its first block.
    fast_loops: FxHashMap<BlockId, (FastLoop, BasicBlock<'ctx>)>,
    /// The block being built, and into how many LLVM blocks it was split.
    current: (BlockId, u32),
    /// The source of the instruction being built.
    range: TextRange,
    /// What a debugger is told of the function.
    pub debug: Option<FuncDebug>,
    /// Copies of variables for debuggers.
    pub copies: IdxVec<Local, Option<PointerValue<'ctx>>>,
    /// Cold blocks to come, one a reason and place.
    panics: Vec<(BasicBlock<'ctx>, Reason, TextRange)>,
    panic_blocks: FxHashMap<(Reason, Option<u32>), BasicBlock<'ctx>>,
    /// The variable with the number of the place, and the place it holds in this block.
    place: Option<PointerValue<'ctx>>,
    marked: Option<u32>,
}

/// Builds a function of the program.
pub(crate) fn build<'p>(unit: &mut Unit<'_, 'p>, id: FuncId, func: &'p Func) -> Result<()> {
    let declared = unit.function(id)?;
    let Convention::Kiln(abi) = declared.convention else { return broken("a foreign function has a body") };
    unit.scratch.clear();
    let plan = Plan::new(&mut unit.facts(), func)?;
    let (info, input) = (unit.program.info(id), (unit.pool, unit.sources));
    let debug = unit.debug.as_mut().and_then(|debug| debug.function(input, info, func, declared.value));
    leave_lines(&unit.builder);
    let mut body = Body {
        function: declared.value,
        abi,
        slots: func.locals.iter().map(|_| Slot::Unset).collect(),
        blocks: Vec::with_capacity(func.blocks.len()),
        fast_loops: FxHashMap::default(),
        current: (Func::ENTRY, 0),
        range: func.range,
        debug,
        copies: func.locals.iter().map(|_| None).collect(),
        panics: Vec::new(),
        panic_blocks: FxHashMap::default(),
        place: None,
        marked: None,
        plan,
        func,
        unit,
    };
    body.build()
}

impl<'ctx> Body<'_, 'ctx, '_> {
    fn build(&mut self) -> Result<()> {
        for block in self.func.blocks.ids() {
            let name = if self.unit.readable { block.to_string() } else { String::new() };
            let block = self.append_block(&name);
            self.blocks.push(block);
        }
        self.add_fast_loops();
        self.unit.builder.position_at_end(self.blocks[0]);
        self.build_prologue()?;
        for index in 0..self.plan.order.len() {
            self.build_block(self.plan.order[index])?;
        }
        self.build_panics()
    }

    fn add_fast_loops(&mut self) {
        let has_wide_arithmetic = self.unit.layouts.target().pointer_bits() == 64;
        if !matches!(self.unit.level, OptLevel::O2 | OptLevel::O3) || !has_wide_arithmetic {
            return;
        }
        for found in fast_loop::find(self.unit, self.func, &self.plan) {
            let name = if self.unit.readable { format!("{}.fast", found.header) } else { String::new() };
            let entry = self.unit.context.prepend_basic_block(self.block(found.header), &name);
            self.fast_loops.insert(found.header, (found, entry));
        }
    }

    fn build_block(&mut self, id: BlockId) -> Result<()> {
        if let Some((found, entry)) = self.fast_loops.get(&id).cloned() {
            self.build_fast_loop(&found, entry)?;
        }
        self.current = (id, 0);
        self.marked = None;
        self.unit.builder.position_at_end(self.blocks[id.index()]);
        let block = &self.func.blocks[id];
        for (stmt, range) in block.stmts.iter().zip(&block.ranges) {
            self.range = *range;
            self.locate(*range);
            self.build_stmt(stmt)?;
            self.unit.scratch.release();
        }
        self.range = block.term_range;
        self.locate(block.term_range);
        self.build_terminator(&block.term)?;
        self.unit.scratch.release();
        Ok(())
    }

    fn append_block(&self, name: &str) -> BasicBlock<'ctx> {
        self.unit.context.append_basic_block(self.function, name)
    }

    /// The LLVM block of a block.
    pub fn block(&self, id: BlockId) -> BasicBlock<'ctx> {
        self.blocks[id.index()]
    }

    /// The LLVM block a jump to a block leads to: from outside of a loop with a fast one before it, that one.
    pub fn target(&self, id: BlockId) -> BasicBlock<'ctx> {
        match self.fast_loops.get(&id) {
            Some((found, entry)) if found.body != self.current.0 => *entry,
            _ => self.block(id),
        }
    }

    /// A new LLVM block in the middle of the current block; nothing is built there yet.
    pub fn split(&mut self) -> Result<BasicBlock<'ctx>> {
        self.current.1 += 1;
        let name = if self.unit.readable { format!("{}.{}", self.current.0, self.current.1) } else { String::new() };
        match self.unit.builder.get_insert_block() {
            Some(here) => Ok(self.unit.context.insert_basic_block_after(here, &name)),
            None => broken("the builder stands in no block"),
        }
    }

    /// Goes on in a new block if `fails` is false; else the program panics.
    pub fn panic_if(&mut self, fails: IntValue<'ctx>, panic: Panic) -> Result<()> {
        self.guard(fails, true, Reason::Panic(panic))
    }

    /// Goes on in a new block if `holds` is true; else the program panics.
    pub fn panic_unless(&mut self, holds: IntValue<'ctx>, panic: Panic) -> Result<()> {
        self.guard(holds, false, Reason::Panic(panic))
    }

    fn guard(&mut self, condition: IntValue<'ctx>, fails_when: bool, reason: Reason) -> Result<()> {
        // What LLVM folded to a constant needs no check.
        if condition.get_zero_extended_constant() == Some(u64::from(!fails_when)) {
            return Ok(());
        }
        self.mark_place()?;
        let panic = self.panic_block(reason)?;
        let next = self.split()?;
        let (then, other) = if fails_when { (panic, next) } else { (next, panic) };
        self.unit.builder.build_conditional_branch(condition, then, other)?;
        self.unit.builder.position_at_end(next);
        Ok(())
    }

    /// Says where the program is, before something that may panic. Without optimisation all panics of a function for a reason
    /// share a block, which finds the place in a variable: that is less to compile.
    pub fn mark_place(&mut self) -> Result<()> {
        if self.unit.level.optimises() || self.marked == Some(self.range.start) {
            return Ok(());
        }
        let number = self.place_number()?;
        let place = match self.place {
            Some(place) => place,
            None => self.unit.entry_alloca(4, 4)?,
        };
        self.place = Some(place);
        self.marked = Some(self.range.start);
        self.unit.store_scalar(place, number.into())
    }

    /// The cold block for a reason at the current place.
    pub fn panic_block(&mut self, reason: Reason) -> Result<BasicBlock<'ctx>> {
        self.mark_place()?;
        let place = self.unit.level.optimises().then_some(self.range.start);
        if let Some(block) = self.panic_blocks.get(&(reason, place)) {
            return Ok(*block);
        }
        let block = self.append_block(self.unit.label("panic"));
        self.panic_blocks.insert((reason, place), block);
        self.panics.push((block, reason, self.range));
        Ok(block)
    }

    fn build_panics(&mut self) -> Result<()> {
        for (block, reason, range) in std::mem::take(&mut self.panics) {
            self.unit.builder.position_at_end(block);
            self.locate(range);
            let number = match self.place {
                Some(place) => {
                    let int = ScalarKind::Int { bits: 32, signed: false };
                    self.unit.load_scalar(place, int)?.into_int_value()
                }
                None => self.unit.place_number(range.in_file(self.func.file))?,
            };
            let function = self.unit.panic_function(reason);
            self.unit.builder.build_call(function, &[number.into()], "")?;
            self.unit.builder.build_unreachable()?;
        }
        Ok(())
    }

    /// The source position of the instruction being built, as a number for panics.
    pub fn place_number(&mut self) -> Result<IntValue<'ctx>> {
        self.unit.place_number(self.range.in_file(self.func.file))
    }

    fn build_prologue(&mut self) -> Result<()> {
        if self.unit.readable {
            self.name_params();
        }
        let mut incoming = Incoming::new(self.function);
        let returned_at = (self.abi.ret == Pass::Address).then(|| incoming.take().into_pointer_value());
        // All allocas come first, so that LLVM gives them fixed places in the frame.
        for local in self.func.locals.ids() {
            let slot = match self.plan.homes[local] {
                Home::Nothing => Slot::Value(Value::Nothing),
                Home::Memory if local == Func::RESULT && returned_at.is_some() => continue,
                Home::Memory if self.is_passed_in_memory(local) && !self.needs_copy(local) => continue,
                Home::Memory => Slot::Memory(self.alloca(local)?),
                Home::ReferenceCell => {
                    let word = self.unit.layouts.target().pointer_bytes;
                    let cell = self.unit.memory_alloca(u64::from(word) * 2, u32::from(word), &self.name(local))?;
                    Slot::Cell(cell)
                }
                Home::Value | Home::Reference => continue,
            };
            self.slots[local] = slot;
        }
        if let Some(at) = returned_at {
            self.slots[Func::RESULT] = Slot::Memory(at);
        }
        for (index, local) in self.func.params().enumerate() {
            let abi = Rc::clone(&self.abi);
            self.take_param(&mut incoming, &abi.params[index], local)?;
        }
        self.declare_variables()
    }

    fn alloca(&mut self, local: Local) -> Result<PointerValue<'ctx>> {
        let name = self.name(local);
        let layout = self.unit.layouts.of(self.unit.pool, self.func.locals[local].ty);
        match layout.repr {
            Repr::Scalar(kind) if layout.size <= 8 => {
                Ok(self.unit.builder.build_alloca(self.unit.scalars.memory(kind), &name)?)
            }
            _ => self.unit.memory_alloca(layout.size, layout.align, &name),
        }
    }

    /// The local with its name in the program, for readers of IR: `_3.total`.
    fn name(&self, local: Local) -> String {
        match self.func.locals[local].name {
            _ if !self.unit.readable => String::new(),
            Some(name) => format!("{local}.{}", self.unit.names.name(name)),
            None => local.to_string(),
        }
    }

    fn is_passed_in_memory(&self, local: Local) -> bool {
        matches!(self.func.locals[local].kind, LocalKind::Param(_))
            && self.abi.params.get(local.index() - 1) == Some(&Pass::Address)
    }

    /// Whether a parameter that came in memory has to be copied: what is copied may still be used by the caller.
    fn needs_copy(&self, local: Local) -> bool {
        let usage = self.plan.usage[local];
        self.unit.pool.is_copy(self.func.locals[local].ty) && (usage.changed || usage.assigned > 1)
    }

    fn take_param(&mut self, incoming: &mut Incoming<'ctx>, pass: &Pass, local: Local) -> Result<()> {
        let ty = self.func.locals[local].ty;
        let home = match self.slots[local] {
            Slot::Memory(at) => Some(at),
            _ => None,
        };
        let value = self.unit.take_kiln(incoming, pass, ty, home)?;
        self.slots[local] = match (self.plan.homes[local], value) {
            (Home::Nothing, _) => Slot::Value(Value::Nothing),
            (Home::Value, value) => Slot::Value(value),
            (Home::Reference, Value::Memory(at)) => Slot::Reference(at, None),
            (Home::Reference, Value::Fat(at, len)) => Slot::Reference(at, Some(len)),
            (Home::Memory, value) => match home {
                Some(home) => {
                    self.unit.store(home, ty, value)?;
                    Slot::Memory(home)
                }
                None => match value {
                    Value::Memory(at) => Slot::Memory(at),
                    _ => return broken("a parameter came in another form than planned"),
                },
            },
            _ => return broken("a parameter came in another form than planned"),
        };
        Ok(())
    }

    /// Gives the instruction that makes a local's value the local's name, unless it is another local's already.
    pub fn name_value(&self, local: Local, value: Value<'ctx>) {
        let (Value::Scalar(scalar), true) = (value, self.unit.readable) else { return };
        if let Some(instruction) = scalar.as_instruction_value()
            && instruction.get_name().is_none_or(|name| name.is_empty())
        {
            scalar.set_name(&self.name(local));
        }
    }

    fn name_params(&self) {
        let mut incoming = Incoming::new(self.function);
        if self.abi.ret == Pass::Address {
            incoming.take().set_name("_0");
        }
        for (pass, local) in self.abi.params.iter().zip(self.func.params()) {
            let name = self.name(local);
            match pass {
                Pass::Nothing => {}
                Pass::Scalars(pieces) if pieces.len() == 1 => incoming.take().set_name(&name),
                Pass::Scalars(pieces) => {
                    for index in 0..pieces.len() {
                        incoming.take().set_name(&format!("{name}.{index}"));
                    }
                }
                Pass::Address => incoming.take().set_name(&name),
                Pass::View => {
                    incoming.take().set_name(&name);
                    incoming.take().set_name(&format!("{name}.len"));
                }
            }
        }
    }

    /// The type of a local.
    pub fn local_type(&self, local: Local) -> TypeId {
        self.func.locals[local].ty
    }
}
