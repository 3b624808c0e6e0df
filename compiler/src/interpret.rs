//! Runs programs and tests on the interpreter, with the host's input and output let in.

use crate::guard::Phase;
use crate::{Checked, RunningCall};
use kiln_interp::{
    AllocationSort, Env, FaultKind, Host, Leak, Limits, Machine, MemoryFault, Mode, Need, Outcome, TraceFrame, Trap,
    TrapKind, Vm,
};
use kiln_sema::TestCase;
use kiln_source::{Diagnostic, SourceMap, Span, codes};
use kiln_types::{FuncId, TypeId, ValueKey};
use std::time::{Duration, Instant};

/// The status of a program that panicked.
pub const PANIC: i32 = 101;
/// Why a program panics whose calls nest too deep.
pub const STACK_OVERFLOW: &str = "stack overflow";
/// As deep calls of a program may nest: no stack of the usual size, 8 MiB, holds as many native ones.
pub const DEEPEST: u64 = 1_000_000;

/// How a run on the interpreter ended.
#[derive(Clone, PartialEq, Debug)]
pub enum Interpreted {
    /// The program came to its end, or ended itself, with this status.
    Status(i32),
    /// It panicked, for this reason, here.
    Panicked {
        /// The reason, as it stands behind `error: `.
        reason: String,
        /// Where; nowhere if the stack overflowed.
        at: Option<Span>,
    },
    /// It did what would be undefined in native code, or what the interpreter can't do.
    Stopped(Box<Diagnostic>),
}

impl Interpreted {
    /// The status to end with.
    pub fn exit_status(&self) -> i32 {
        match self {
            Interpreted::Status(status) => *status,
            Interpreted::Panicked { .. } | Interpreted::Stopped(_) => PANIC,
        }
    }
}

/// What a panicking program writes to its standard errors; the same as in native code.
pub fn panic_text(reason: &str, at: Option<Span>, sources: &SourceMap) -> String {
    let place = at.map(|at| format!("  at {}\n", sources.location(at))).unwrap_or_default();
    format!("error: {reason}\n{place}")
}

/// Runs `main`. The program was compiled for [`crate::Mode::Run`], and nothing is wrong with it.
pub fn interpret(checked: &mut Checked, host: &mut dyn Host) -> Interpreted {
    interpret_called(checked, host).ended
}

/// Runs `main` as [`interpret`] does; tells more of how it ended.
pub fn interpret_called(checked: &mut Checked, host: &mut dyn Host) -> Called {
    run_main(checked, Limits { depth: DEEPEST, ..Limits::NONE }, host)
}

/// Runs `main` as [`interpret`] does, and stops it where it takes more than this.
pub fn interpret_within(checked: &mut Checked, limits: crate::Limits, host: &mut dyn Host) -> Interpreted {
    run_main(checked, Limits::of_options(limits.steps, limits.depth, limits.memory), host).ended
}

fn run_main(checked: &mut Checked, limits: Limits, host: &mut dyn Host) -> Called {
    Phase::Interpreting.enter();
    let mut vm = Vm::new(Mode::Host);
    match checked.analysis.program.entry {
        Some(main) => call_function(checked, &mut vm, main, limits, host),
        None => Called { ended: Interpreted::Status(0), calls: Vec::new(), leaks: Vec::new() },
    }
}

/// What came of a call on the interpreter.
#[derive(Debug)]
pub struct Called {
    /// How it ended.
    pub ended: Interpreted,
    /// If it panicked: the functions that were running and where each was, innermost first.
    pub calls: Vec<RunningCall>,
    /// What it allocated and did not free, if it came to its end.
    pub leaks: Vec<Leak>,
}

/// A test that was run.
#[derive(Debug)]
pub struct TestRun {
    /// Its text.
    pub name: Box<str>,
    /// How long it took.
    pub time: Duration,
    /// What came of it.
    pub called: Called,
}

/// Runs a test after the other, each within these limits; gives the name of each and how it ended to `report`.
pub fn interpret_tests<H: Host>(
    checked: &mut Checked,
    limits: crate::Limits,
    host: &mut H,
    wants: impl Fn(&str) -> bool,
    mut report: impl FnMut(&str, &Interpreted, &mut H),
) {
    run_tests(checked, limits, host, wants, |run, host| report(&run.name, &run.called.ended, host));
}

/// Runs a test after the other, each within these limits, in an own memory; tells `report` what came of it.
pub fn run_tests<H: Host>(
    checked: &mut Checked,
    limits: crate::Limits,
    host: &mut H,
    wants: impl Fn(&str) -> bool,
    mut report: impl FnMut(&TestRun, &mut H),
) {
    let limits = Limits::of_options(limits.steps, limits.depth, limits.memory);
    Phase::Interpreting.enter();
    let mut vm = Vm::new(Mode::Host);
    for test in std::mem::take(&mut checked.analysis.tests) {
        if wants(&test.name) {
            let run = run_test(checked, &mut vm, &test, limits, host);
            report(&run, host);
        }
    }
}

/// Runs a test that failed as native code again, to learn which calls led to its panic: without output, input and files, and within
/// these limits.
pub fn explain_test(checked: &mut Checked, func: FuncId, limits: crate::Limits) -> Called {
    Phase::Interpreting.enter();
    let limits = Limits::of_options(limits.steps, limits.depth, limits.memory);
    call_function(checked, &mut Vm::new(Mode::Host), func, limits, &mut Silent)
}

/// Nothing is read, and nobody hears what is written.
struct Silent;

impl Host for Silent {
    fn debug(&mut self, _: &[u8], _: &[Span]) -> std::io::Result<()> {
        Ok(())
    }

    fn write(&mut self, _: u32, _: &[u8]) -> std::io::Result<()> {
        Ok(())
    }

    fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
        Ok(0)
    }
}

fn run_test(checked: &mut Checked, vm: &mut Vm, test: &TestCase, limits: Limits, host: &mut dyn Host) -> TestRun {
    let start = Instant::now();
    let called = call_function(checked, vm, test.func, limits, host);
    TestRun { name: test.name.clone(), time: start.elapsed(), called }
}

fn call_function(checked: &mut Checked, vm: &mut Vm, func: FuncId, limits: Limits, host: &mut dyn Host) -> Called {
    let analysis = &mut checked.analysis;
    let mut machine = Machine::new(&analysis.layouts.target().clone(), limits);
    machine.start(func, &[]);
    let mut statics = std::mem::take(&mut analysis.program.statics);
    let mut env = Env {
        pool: &mut analysis.pool,
        layouts: &mut analysis.layouts,
        statics: &mut statics,
        functions: &analysis.program,
        host,
    };
    let outcome = machine.resume(vm, &mut env);
    let calls = match &outcome {
        Outcome::Trap(trap) => named_calls(&analysis.program, trap),
        _ => Vec::new(),
    };
    let leaks = if matches!(outcome, Outcome::Done) { machine.leaks(vm) } else { Vec::new() };
    let ended = match outcome {
        Outcome::Done if machine.result_type() == TypeId::I32 => match machine.result_value(&mut env) {
            Ok(value) => Interpreted::Status(status(env.pool.value_key(value))),
            Err(_) => stopped("the result of `main` can't be read", None),
        },
        Outcome::Done => Interpreted::Status(0),
        Outcome::Exit(status) => Interpreted::Status(status),
        Outcome::Trap(trap) => trapped(&trap),
        Outcome::Need(Need::Body(func)) => {
            let name =
                analysis.program.infos.get(func).and_then(Option::as_ref).map_or("a function", |info| &info.name);
            stopped(&format!("`{name}` has no body in the program"), None)
        }
        Outcome::Need(Need::Type { .. }) => stopped("types are made only at compile time", None),
    };
    analysis.program.statics = statics;
    Called { ended, calls, leaks }
}

/// The functions that were running, innermost first.
fn named_calls(program: &kiln_cfg::Program, trap: &Trap) -> Vec<RunningCall> {
    let info = |func| program.infos.get(func).and_then(Option::as_ref);
    let call = |frame: &TraceFrame| {
        let names = info(frame.func).map(|info| (info.name.clone(), info.symbol.clone()));
        let (name, symbol) = names.unwrap_or_default();
        RunningCall { name, symbol, span: frame.span }
    };
    trap.frames.iter().map(call).collect()
}

/// The number an `i32` holds.
fn status(key: Option<&ValueKey>) -> i32 {
    match key {
        Some(ValueKey::Scalar { bits, .. }) => *bits as u32 as i32,
        _ => 0,
    }
}

fn trapped(trap: &Trap) -> Interpreted {
    let at = trap.span;
    match &trap.kind {
        TrapKind::Panic { reason, text } => {
            let reason = text.as_deref().unwrap_or(reason.reason()).to_owned();
            Interpreted::Panicked { reason, at: Some(at) }
        }
        TrapKind::Memory(fault) => Interpreted::Stopped(Box::new(misused(fault, at))),
        TrapKind::Foreign { symbol } => {
            stopped(&format!("the interpreter can't call the foreign function `{symbol}`"), Some(at))
        }
        TrapKind::Syscall => stopped("the interpreter makes no system calls", Some(at)),
        TrapKind::Depth { .. } => Interpreted::Panicked { reason: STACK_OVERFLOW.to_owned(), at: None },
        TrapKind::Bytes { .. } => stopped("the program needs more memory than the interpreter has", Some(at)),
        TrapKind::Steps { limit, .. } => stopped(&format!("the program took more than {limit} steps"), Some(at)),
        TrapKind::Io => stopped("the program's input or output failed", Some(at)),
        TrapKind::Exit { status } => Interpreted::Status(*status),
        TrapKind::Unreachable => {
            Interpreted::Panicked { reason: kiln_air::Panic::Unreachable.reason().to_owned(), at: Some(at) }
        }
    }
}

/// A run that can't go on for a reason that is no panic.
fn stopped(message: &str, at: Option<Span>) -> Interpreted {
    Interpreted::Stopped(Box::new(match at {
        Some(at) => Diagnostic::error(codes::E0807, at, message),
        None => Diagnostic::global_error(codes::E0807, message),
    }))
}

/// A misuse of memory, which native code would not have noticed.
fn misused(fault: &MemoryFault, at: Span) -> Diagnostic {
    let what = match fault.kind {
        FaultKind::OutOfBounds => "outside of the allocation",
        FaultKind::UseAfterFree => "memory that was freed",
        FaultKind::DoubleFree => "freed twice",
        FaultKind::Dangling => "a variable that is gone",
        FaultKind::Null | FaultKind::NoAllocation => "not the address of anything",
        FaultKind::Uninitialised => "never written",
        FaultKind::Misaligned => "not aligned",
        FaultKind::PointerAsNumber | FaultKind::NumberAsPointer => "pointer and number are not the same",
        FaultKind::WriteToConstant => "a constant",
        FaultKind::FunctionAsData | FaultKind::DataAsFunction => "function and data are not the same",
        FaultKind::FreeOfOther | FaultKind::FreeMismatch => "not as it was allocated",
        FaultKind::UnrelatedPointers => "pointers into different memory",
        FaultKind::AddressAtComptime => "the address is not known",
        FaultKind::InvalidValue => "not a value of the type",
    };
    let mut error = Diagnostic::error(codes::E0602, at, "the program misuses memory").label(what);
    if let Some(allocation) = &fault.allocation {
        let heap = allocation.sort == AllocationSort::Heap;
        let made =
            allocation.made.map(|made| (made, if heap { "allocated here" } else { "the memory is this variable's" }));
        let freed = allocation.freed.map(|freed| (freed, "freed here"));
        for (span, text) in made.into_iter().chain(freed) {
            error = error.also(span, text);
        }
    }
    error
}
