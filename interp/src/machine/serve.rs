//! What the machine does when the loop is left.

use super::{Machine, Need, Outcome, PAUSE, Phase};
use crate::code::Service;
use crate::env::Env;
use crate::memory::{Access, Memory, OutOfMemory, Pointer};
use crate::op::{Op, Reg};
use crate::state::Exit;
use crate::trap::{self, TrapKind};
use crate::vm::{Mode, Vm};
use kiln_air::Panic;
use kiln_types::arith::ArithError;
use kiln_types::{FuncId, ValueId};
use std::rc::Rc;

impl Machine {
    /// Does what the loop was left for; `Err` if that ends or suspends the evaluation.
    pub(super) fn serve(&mut self, vm: &mut Vm, env: &mut Env<'_>, exit: Exit) -> Result<(), Outcome> {
        match exit {
            // Returns are not stopped one by one.
            Exit::Returned if self.state.steps as u64 > self.limits.steps => {
                *self.samples.entry(self.state.current.func).or_default() += 1;
                let kind = TrapKind::Steps { limit: self.limits.steps, hottest: self.hottest() };
                Err(self.trap(vm, env, kind))
            }
            Exit::Returned => {
                let code = vm.code(self.state.current.func).unwrap_or_else(|| unreachable!("it was executed"));
                self.phase = Phase::Done(Rc::clone(code));
                Err(Outcome::Done)
            }
            Exit::Paused => self.pause(vm, env),
            Exit::Call { func, base } => self.call(vm, env, FuncId(func), base),
            Exit::Const(number) => {
                let made = self.writer(vm, env).constant(number);
                made.map(drop).map_err(|OutOfMemory| self.fail(vm, env, Exit::OutOfMemory))
            }
            Exit::Service(index) => self.service(vm, env, index),
            failure => Err(self.fail(vm, env, failure)),
        }
    }

    /// Goes on after the instruction that the loop was left for.
    pub(super) fn advance(&mut self) {
        self.state.current.pc += 1;
        self.state.steps += 1;
    }

    fn pause(&mut self, vm: &Vm, env: &mut Env<'_>) -> Result<(), Outcome> {
        *self.samples.entry(self.state.current.func).or_default() += 1;
        if self.state.steps as u64 >= self.limits.steps {
            let kind = TrapKind::Steps { limit: self.limits.steps, hottest: self.hottest() };
            return Err(self.trap(vm, env, kind));
        }
        self.set_pause();
        Ok(())
    }

    /// The next pause; the last stretch is as long as the budget still allows.
    pub(super) fn set_pause(&mut self) {
        let left = self.limits.steps.saturating_sub(self.state.steps as u64);
        self.state.pause_at = self.state.steps + PAUSE.min(i64::try_from(left).unwrap_or(PAUSE));
    }

    fn hottest(&self) -> Vec<(FuncId, u32)> {
        let total: u64 = self.samples.values().sum::<u64>().max(1);
        let mut hottest: Vec<(FuncId, u64)> =
            self.samples.iter().map(|(func, count)| (FuncId(*func), *count)).collect();
        hottest.sort_unstable_by_key(|(func, count)| (std::cmp::Reverse(*count), func.0));
        hottest.truncate(8);
        hottest.into_iter().map(|(func, count)| (func, (count * 1000 / total) as u32)).collect()
    }

    /// A function without bytecode: it gets some, or is foreign.
    fn call(&mut self, vm: &mut Vm, env: &mut Env<'_>, func: FuncId, base: Reg) -> Result<(), Outcome> {
        if env.functions.body(func).is_some() {
            return self.demand(vm, env, func);
        }
        match env.functions.info(func).map(|info| &info.kind) {
            Some(kiln_cfg::FuncKind::Extern { .. }) => self.foreign(vm, env, func, base),
            _ => Err(Outcome::Need(Need::Body(func))),
        }
    }

    /// The value of a register of the current frame.
    pub(super) fn register(&self, reg: Reg) -> u64 {
        self.state.registers[self.state.current.base as usize + usize::from(reg)]
    }

    pub(super) fn set_register(&mut self, reg: Reg, value: u64) {
        self.state.registers[self.state.current.base as usize + usize::from(reg)] = value;
    }

    fn service(&mut self, vm: &mut Vm, env: &mut Env<'_>, index: u32) -> Result<(), Outcome> {
        let code = vm.code(self.state.current.func).map(Rc::clone).unwrap_or_else(|| unreachable!("it is executed"));
        match &code.tables.services[index as usize] {
            Service::Write { stream, text, len } => {
                let (stream, text, len) = (self.register(*stream), Pointer(self.register(*text)), self.register(*len));
                self.write(vm, env, stream as u32, text, len)?;
            }
            Service::Exit { status } => {
                let status = self.register(*status) as i32;
                return Err(self.exit(vm, env, status));
            }
            Service::Syscall => return Err(self.trap(vm, env, TrapKind::Syscall)),
            Service::MakeType { dst, decl, captures } => match self.answer.take() {
                Some(value) => self.set_register(*dst, value.0.into()),
                None => {
                    let captures = captures.iter().map(|(reg, ty)| self.capture(env, *reg, *ty)).collect();
                    return Err(Outcome::Need(Need::Type { decl: *decl, captures }));
                }
            },
        }
        self.advance();
        Ok(())
    }

    fn capture(&mut self, env: &mut Env<'_>, reg: Reg, ty: kiln_types::TypeId) -> ValueId {
        let bits = self.register(reg);
        super::result::scalar_value(env, ty, bits).unwrap_or(ValueId(bits as u32))
    }

    /// Ends the program.
    pub(super) fn exit(&mut self, vm: &Vm, env: &mut Env<'_>, status: i32) -> Outcome {
        match vm.mode() {
            Mode::Host => {
                self.phase = Phase::Idle;
                Outcome::Exit(status)
            }
            Mode::Comptime => self.trap(vm, env, TrapKind::Exit { status }),
        }
    }

    /// Writes text of the program's memory to a stream.
    pub(super) fn write(
        &mut self,
        vm: &Vm,
        env: &mut Env<'_>,
        stream: u32,
        text: Pointer,
        len: u64,
    ) -> Result<(), Outcome> {
        let Some(bytes) = self.text(text, len).map(<[u8]>::to_vec) else {
            let fault = self.state.memory.explain(Access::Read, text, 0, len, 1);
            return Err(self.fail(vm, env, Exit::Fault(Box::new(fault))));
        };
        let done = match (stream, vm.mode()) {
            (3, _) => {
                let at: Vec<_> = self.trace_spans(vm).collect();
                env.host.debug(&bytes, &at)
            }
            (_, Mode::Host) => env.host.write(stream, &bytes),
            (_, Mode::Comptime) => return Err(self.trap(vm, env, TrapKind::Io)),
        };
        done.map_err(|_| self.trap(vm, env, TrapKind::Io))
    }

    /// The failure of an evaluation.
    pub(super) fn fail(&mut self, vm: &Vm, env: &mut Env<'_>, exit: Exit) -> Outcome {
        let panic = |reason| TrapKind::Panic { reason, text: None };
        let kind = match exit {
            Exit::Panic(reason) => panic(reason),
            Exit::PanicText(text, len) => match self.text(text, len) {
                Some(text) => {
                    let text = String::from_utf8_lossy(text).into_owned().into();
                    TrapKind::Panic { reason: Panic::User, text: Some(text) }
                }
                None => {
                    let fault = self.state.memory.explain(Access::Read, text, 0, len, 1);
                    TrapKind::Memory(Box::new(trap::describe(vm, &self.state.memory, &fault)))
                }
            },
            Exit::ArithFirst(error) => return self.fail_first(vm, env, error),
            Exit::Arith(ArithError::Overflow) => panic(Panic::Overflow),
            Exit::Arith(ArithError::DivisionByZero) => panic(Panic::DivisionByZero),
            Exit::Arith(ArithError::ShiftOverflow) => panic(Panic::ShiftOverflow),
            Exit::Arith(ArithError::CastOverflow) => panic(Panic::CastOverflow),
            Exit::Fault(mut fault) => {
                if fault.site.is_none() && fault.pointer == Pointer(0) {
                    fault.site = self.frame_site(vm);
                }
                TrapKind::Memory(Box::new(trap::describe(vm, &self.state.memory, &fault)))
            }
            Exit::Depth => TrapKind::Depth { limit: self.limits.depth },
            // A program that runs for real ends as in native code; a compilation is told what takes its memory.
            Exit::OutOfHeap if vm.mode() == Mode::Host => {
                TrapKind::Panic { reason: Panic::User, text: Some(kiln_cfg::OUT_OF_MEMORY.into()) }
            }
            Exit::OutOfMemory | Exit::OutOfHeap => {
                TrapKind::Bytes { limit: self.limits.bytes, largest: self.largest(vm) }
            }
            Exit::Unreachable
            | Exit::Returned
            | Exit::Paused
            | Exit::Call { .. }
            | Exit::Const(_)
            | Exit::Service(_) => TrapKind::Unreachable,
        };
        self.trap(vm, env, kind)
    }

    /// The failure of the first of two operations in one instruction.
    fn fail_first(&mut self, vm: &Vm, env: &mut Env<'_>, error: ArithError) -> Outcome {
        let mut outcome = self.fail(vm, env, Exit::Arith(error));
        let frame = self.state.current;
        if let (Outcome::Trap(trap), Some(code)) = (&mut outcome, vm.code(frame.func)) {
            trap.span = code.first_span(frame.pc);
            trap.frames.iter_mut().take(1).for_each(|innermost| innermost.span = trap.span);
        }
        outcome
    }

    /// Where most of the heap was allocated.
    fn largest(&self, vm: &Vm) -> Vec<(kiln_source::Span, u64)> {
        let mut places = std::collections::BTreeMap::new();
        for (pointer, site) in self.state.memory.heap() {
            let size = self.state.memory.entry(pointer).map_or(0, |entry| u64::from(entry.size));
            if let Some(span) = trap::allocation(vm, site, None).made {
                *places.entry(span).or_insert(0) += size;
            }
        }
        let mut places: Vec<_> = places.into_iter().collect();
        places.sort_by_key(|(_, size)| std::cmp::Reverse(*size));
        places.truncate(8);
        places
    }

    /// The local that the current instruction accesses in the frame, if it is one with an allocation.
    fn frame_site(&self, vm: &Vm) -> Option<crate::memory::Site> {
        let code = vm.code(self.state.current.func)?;
        let offset = match code.ops.get(self.state.current.pc as usize)? {
            Op::FrameI8 { offset, .. }
            | Op::FrameU8 { offset, .. }
            | Op::FrameI16 { offset, .. }
            | Op::FrameU16 { offset, .. }
            | Op::FrameI32 { offset, .. }
            | Op::FrameU32 { offset, .. }
            | Op::FrameW64 { offset, .. }
            | Op::FrameBool { offset, .. }
            | Op::FrameAddI32 { offset, .. }
            | Op::FrameAddU64 { offset, .. }
            | Op::FrameBumpI32 { offset, .. }
            | Op::FrameBumpU64 { offset, .. }
            | Op::FramePointer { offset, .. } => *offset,
            _ => return None,
        };
        let inside = |local: &&crate::code::Addressed| (local.offset..local.offset + local.size).contains(&offset);
        let local = code.tables.addressed.iter().find(inside)?;
        let number = code.tables.addressed.iter().position(|known| known.offset == local.offset)?;
        let handle = self.state.memory.handle(self.state.current.memory as usize, number as u16);
        self.state.memory.site(Pointer(handle)).copied()
    }

    /// Memory, for what is done outside of the loop.
    pub(super) fn memory(&mut self) -> &mut Memory {
        &mut self.state.memory
    }
}
