//! One evaluation: started, resumed as often as it needs something, and read when it is done.

mod foreign;

mod files;

mod system;

mod serve;

mod trace;

mod result;
pub use result::Leak;

use crate::abi::Pass;
use crate::code::{Code, Param};
use crate::env::Env;
use crate::exec;
use crate::limits::{Limits, Statistics};
use crate::lower::LowerError;
use crate::memory::{AllocKind, Memory, OutOfMemory, Pointer};
use crate::state::{Exit, Frame, State, WINDOW};
use crate::trap::{Trap, TrapKind};
use crate::value::Writer;
use crate::vm::Vm;
use kiln_source::DeclId;
use kiln_types::{FuncId, Target, ValueId, ValueKey};
use rustc_hash::FxHashMap;
use std::rc::Rc;

/// After so many instructions the machine looks at its budget, and which function it is in.
const PAUSE: i64 = 1 << 16;

/// An evaluation of a function: its registers, frames and memory. Several may exist at a time; dropping one frees all it has.
///
/// [`Machine::resume`] runs it until it is done or needs something; the owner provides that and resumes it.
#[derive(Debug)]
pub struct Machine {
    state: State,
    limits: Limits,
    phase: Phase,
    /// In which functions the machine was when it paused.
    samples: FxHashMap<u32, u64>,
    /// Where results are put that were in registers.
    result_room: Option<Pointer>,
    /// The value of the last [`Need::Type`].
    answer: Option<ValueId>,
    /// Open files, where a program runs for real.
    files: files::Files,
    /// Where the number of its last failure stands, once that is asked for.
    errno: Option<Pointer>,
}

#[derive(Debug)]
enum Phase {
    Idle,
    Starting { func: FuncId, args: Box<[ValueId]> },
    Running,
    Done(Rc<Code>),
}

/// What came of running an evaluation.
#[derive(Debug)]
pub enum Outcome {
    /// It is done; its result can be read.
    Done,
    /// It needs something to go on.
    Need(Need),
    /// It failed.
    Trap(Box<Trap>),
    /// The program ended itself; only where a program runs for real.
    Exit(i32),
}

/// What an evaluation needs from its owner.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Need {
    /// The body (and name and signature) of a function.
    Body(FuncId),
    /// The struct or enum type written at `decl`, with what it captures: to be given by [`Machine::answer`].
    Type {
        /// Where it is written.
        decl: DeclId,
        /// Values it captures.
        captures: Box<[ValueId]>,
    },
}

impl Machine {
    /// An evaluation that has not been started.
    pub fn new(target: &Target, limits: Limits) -> Machine {
        let state = State {
            registers: vec![0; WINDOW * 2],
            callers: Vec::new(),
            current: Frame::default(),
            memory: Memory::new(target, limits.bytes),
            consts: Vec::new(),
            steps: 0,
            pause_at: 0,
            max_depth: usize::try_from(limits.depth).unwrap_or(usize::MAX),
        };
        Machine {
            state,
            limits,
            phase: Phase::Idle,
            samples: FxHashMap::default(),
            result_room: None,
            answer: None,
            files: files::Files::default(),
            errno: None,
        }
    }

    /// Sets the machine to the beginning of a function. There is an argument for each of its parameters; what is borrowed is given as its
    /// value, text and arrays also for views. A machine that was used before keeps its heap and has used what it has used.
    pub fn start(&mut self, func: FuncId, args: &[ValueId]) {
        self.state.callers.clear();
        self.state.memory.clear_stack();
        self.phase = Phase::Starting { func, args: args.into() };
    }

    /// What the evaluation has used so far.
    pub fn statistics(&self) -> Statistics {
        Statistics { steps: self.state.steps.max(0) as u64, bytes: self.state.memory.peak() }
    }

    /// Gives the value for the last [`Need::Type`].
    pub fn answer(&mut self, value: ValueId) {
        self.answer = Some(value);
    }

    /// Runs until the evaluation is done, fails, or needs something.
    pub fn resume(&mut self, vm: &mut Vm, env: &mut Env<'_>) -> Outcome {
        if let Phase::Starting { func, .. } = &self.phase {
            let func = *func;
            if let Err(outcome) = self.begin(vm, env, func) {
                return outcome;
            }
        }
        loop {
            let exit = exec::run(&mut self.state, vm.codes());
            match self.serve(vm, env, exit) {
                Ok(()) => {}
                Err(outcome) => return outcome,
            }
        }
    }

    /// Makes the frame of the first function.
    fn begin(&mut self, vm: &mut Vm, env: &mut Env<'_>, func: FuncId) -> Result<(), Outcome> {
        let code = match vm.code(func.0) {
            Some(code) => Rc::clone(code),
            None => {
                self.demand(vm, env, func)?;
                let code = vm.code(func.0).unwrap_or_else(|| unreachable!("demanding a function lowers it"));
                Rc::clone(code)
            }
        };
        let Phase::Starting { args, .. } = std::mem::replace(&mut self.phase, Phase::Running) else {
            unreachable!("the caller has looked")
        };
        State::reserve(&mut self.state.registers, 0, code.extra_slots as usize);
        for (param, arg) in code.params.iter().zip(&args) {
            self.place_argument(vm, env, param, *arg).map_err(|OutOfMemory| self.fail(vm, env, Exit::OutOfMemory))?;
        }
        let (memory, mark) = match self.state.memory.push_frame(code.frame_bytes) {
            Ok((memory, mark)) => (memory as u32, mark),
            Err(OutOfMemory) => return Err(self.fail(vm, env, Exit::OutOfMemory)),
        };
        self.state.current = Frame { func: func.0, pc: 0, base: 0, memory, mark };
        self.set_pause();
        Ok(())
    }

    fn place_argument(
        &mut self,
        vm: &mut Vm,
        env: &mut Env<'_>,
        param: &Param,
        arg: ValueId,
    ) -> Result<(), OutOfMemory> {
        let mut writer = self.writer(vm, env);
        let ty = writer.pool.type_of(arg);
        let slot = param.slot as usize;
        if param.pass == Pass::Nothing {
            return Ok(());
        }
        let kind = AllocKind::Argument;
        let pointer = match writer.pool.value_key(arg) {
            Some(ValueKey::StaticPtr { data, offset, .. }) if param.pass == Pass::FatPointer => {
                writer.static_data(*data)?.add(*offset as i64).unwrap_or_default()
            }
            _ => writer.value(arg, kind)?,
        };
        let start = writer.memory.entry(pointer).map_or(0, |entry| entry.start());
        let len = match (writer.pool.value_key(arg), writer.pool.elem(ty)) {
            (Some(ValueKey::Str(text)), _) => text.len() as u64,
            (Some(ValueKey::StaticPtr { len, .. }), _) => len.unwrap_or(0),
            (_, Some((_, len))) => len.unwrap_or(0),
            _ => 0,
        };
        let registers = &mut self.state.registers;
        match param.pass {
            Pass::Nothing => {}
            Pass::Place => registers[slot] = start as u64,
            Pass::Pointer => registers[slot] = pointer.0,
            Pass::FatPointer => (registers[slot], registers[slot + 1]) = (pointer.0, len),
            Pass::Value | Pass::Pair => {
                let (low, high) = result::registers_of(&mut self.state.memory, env, param.ty, start);
                self.state.registers[slot] = low;
                if param.pass == Pass::Pair {
                    self.state.registers[slot + 1] = high;
                }
            }
        }
        Ok(())
    }

    fn writer<'a>(&'a mut self, vm: &'a mut Vm, env: &'a mut Env<'_>) -> Writer<'a> {
        Writer {
            pool: env.pool,
            layouts: env.layouts,
            statics: env.statics,
            consts: &mut vm.consts,
            memory: &mut self.state.memory,
            pointers: &mut self.state.consts,
        }
    }

    /// Makes sure that a function has bytecode.
    fn demand(&mut self, vm: &mut Vm, env: &mut Env<'_>, func: FuncId) -> Result<(), Outcome> {
        let Some(body) = env.functions.body(func).map(Rc::clone) else { return Err(Outcome::Need(Need::Body(func))) };
        match vm.lower(env, func, &body) {
            Ok(()) => Ok(()),
            Err(LowerError::Unknown(callee)) => Err(Outcome::Need(Need::Body(callee))),
            Err(LowerError::TooLarge) => Err(self.fail(vm, env, Exit::OutOfMemory)),
        }
    }

    fn trap(&mut self, vm: &Vm, env: &mut Env<'_>, kind: TrapKind) -> Outcome {
        self.phase = Phase::Idle;
        let frames = self.trace(vm, env);
        let span = frames.first().map(|frame| frame.span).unwrap_or_default();
        Outcome::Trap(Box::new(Trap { kind, span, frames }))
    }

    /// Text in the evaluation's memory.
    fn text(&self, pointer: Pointer, len: u64) -> Option<&[u8]> {
        if len == 0 {
            return Some(&[]);
        }
        let at = self.state.memory.readable_range(pointer, len, 1)?;
        self.state.memory.plain_bytes(at, len as usize)
    }
}
