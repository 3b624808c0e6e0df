//! Why an evaluation at comptime failed: the reason at the user's line, then the calls that led there.

use crate::context::Sema;
use kiln_air::Panic;
use kiln_interp::{
    AllocationSort, ArgValue, FaultKind, MemoryFault, PathStep, Refusal, RefusalReason, TraceFrame, Trap, TrapKind,
};
use kiln_source::{Code, Diagnostic, Span, Warning, codes};
use kiln_types::TypeId;

/// A failed evaluation. `asked` is the expression that was to be evaluated.
pub(crate) fn trap(sema: &Sema<'_>, trap: &Trap, asked: Span) -> Diagnostic {
    let (code, message, label) = reason(sema, &trap.kind);
    // The user's line first: what happens inside the library is shown beside it.
    let at = trap.frames.iter().map(|frame| frame.span).find(|span| !sema.is_std(*span)).unwrap_or(asked);
    let mut error = Diagnostic::error(code, at, message).label(label);
    if sema.is_std(trap.span) {
        error = error.also(trap.span, "in the library, here");
    }
    error = details(sema, &trap.kind, error);
    for line in call_stack(sema, &trap.frames) {
        error = error.note(line);
    }
    if asked != at && !asked.range.contains(at.range) {
        error = error.also(asked, "evaluated for this");
    }
    error
}

fn reason(sema: &Sema<'_>, kind: &TrapKind) -> (Code, String, &'static str) {
    match kind {
        TrapKind::Panic { reason, text } => panic_reason(*reason, text.as_deref()),
        TrapKind::Memory(fault) => (codes::E0602, memory_message(sema, fault), "this access"),
        TrapKind::Steps { limit, .. } => {
            (codes::E0601, format!("the evaluation took more than {limit} steps"), "still running here")
        }
        TrapKind::Depth { limit } => {
            (codes::E0601, format!("more than {limit} calls within each other"), "the last call")
        }
        TrapKind::Bytes { limit, .. } => {
            (codes::E0601, format!("the evaluation needs more than {limit} bytes of memory"), "more was asked for here")
        }
        TrapKind::Foreign { symbol } => {
            (codes::E0305, format!("`{symbol}` is foreign: it exists only at run time"), "called at compile time")
        }
        TrapKind::Io => {
            (codes::E0305, "there is no input or output at compile time".to_owned(), "reached at compile time")
        }
        TrapKind::Syscall => {
            (codes::E0305, "there are no system calls at compile time".to_owned(), "reached at compile time")
        }
        TrapKind::Exit { .. } => {
            (codes::E0305, "a program can't be ended at compile time".to_owned(), "reached at compile time")
        }
        TrapKind::Unreachable => (codes::E0306, Panic::Unreachable.reason().to_owned(), "reached"),
    }
}

fn panic_reason(reason: Panic, text: Option<&str>) -> (Code, String, &'static str) {
    let code = match reason {
        Panic::Overflow => codes::E0301,
        Panic::DivisionByZero => codes::E0302,
        Panic::OutOfBounds => codes::E0303,
        Panic::CastOverflow => codes::E0307,
        Panic::ShiftOverflow => codes::E0309,
        Panic::AssertionFailed | Panic::Unreachable | Panic::User => codes::E0306,
    };
    (code, text.unwrap_or(reason.reason()).to_owned(), "panics at compile time")
}

fn details(sema: &Sema<'_>, kind: &TrapKind, error: Diagnostic) -> Diagnostic {
    match kind {
        TrapKind::Steps { hottest, .. } => {
            let name = |func| sema.program.info(func).name.clone();
            let hottest: Vec<String> =
                hottest.iter().map(|(func, part)| format!("`{}` {}.{} %", name(*func), part / 10, part % 10)).collect();
            let error = if hottest.is_empty() {
                error
            } else {
                error.note(format!("most steps were taken in {}", hottest.join(", ")))
            };
            error.help("`--comptime-steps N` allows more; 0 is unlimited")
        }
        TrapKind::Depth { .. } => error.help("`--comptime-depth N` allows more; 0 is unlimited"),
        TrapKind::Bytes { largest, .. } => {
            let error = largest
                .iter()
                .fold(error, |error, (span, bytes)| error.also(*span, format!("{bytes} bytes allocated here")));
            error.help("`--comptime-memory BYTES` allows more; 0 is unlimited")
        }
        TrapKind::Memory(fault) => allocation(fault, error),
        _ => error,
    }
}

fn memory_message(sema: &Sema<'_>, fault: &MemoryFault) -> String {
    let bytes = |count: u64| format!("{count} byte{}", if count == 1 { "" } else { "s" });
    match fault.kind {
        FaultKind::OutOfBounds => match fault.allocation.and_then(|allocation| allocation.size) {
            Some(size) => format!(
                "{} at offset {} reach outside of the {} allocated",
                bytes(fault.size),
                fault.offset as i64,
                bytes(size)
            ),
            None => "this reaches outside of the allocation".to_owned(),
        },
        FaultKind::UseAfterFree => "the memory was freed".to_owned(),
        FaultKind::DoubleFree => "the memory is freed twice".to_owned(),
        FaultKind::Dangling => "the local this points to does not exist any more".to_owned(),
        FaultKind::Null => "the pointer is null".to_owned(),
        FaultKind::NoAllocation => "the pointer is a number that is the address of nothing".to_owned(),
        FaultKind::Uninitialised => "this was never written".to_owned(),
        FaultKind::Misaligned => "the address is no multiple of the alignment".to_owned(),
        FaultKind::PointerAsNumber => "a pointer is read as a number".to_owned(),
        FaultKind::NumberAsPointer => "numbers are read as a pointer".to_owned(),
        FaultKind::WriteToConstant => "a constant can't be written".to_owned(),
        FaultKind::FunctionAsData => "a function is used as data".to_owned(),
        FaultKind::DataAsFunction => "data is called as a function".to_owned(),
        FaultKind::FreeOfOther => "only what `@alloc` gave can be freed".to_owned(),
        FaultKind::FreeMismatch => "freed with another size or in the middle".to_owned(),
        FaultKind::UnrelatedPointers => "the order of unrelated pointers is not known at compile time".to_owned(),
        FaultKind::AddressAtComptime => "addresses are known only at run time".to_owned(),
        FaultKind::InvalidValue => {
            let ty = fault.allocation.map(|allocation| sema.show(allocation.ty));
            format!("the bytes are no value of {}", ty.map_or_else(|| "the type".to_owned(), |ty| format!("`{ty}`")))
        }
    }
}

fn allocation(fault: &MemoryFault, mut error: Diagnostic) -> Diagnostic {
    let Some(allocation) = &fault.allocation else { return error };
    if let Some(made) = allocation.made {
        let what =
            if allocation.sort == AllocationSort::Heap { "allocated here" } else { "the memory is this variable's" };
        error = error.also(made, what);
    }
    if let Some(freed) = allocation.freed {
        error = error.also(freed, "freed here");
    }
    error
}

/// The calls that led to the failure, innermost first. Rounds of functions that call each other are folded, and so is what the library
/// calls by itself.
fn call_stack(sema: &Sema<'_>, frames: &[TraceFrame]) -> Vec<String> {
    let mut lines = Vec::new();
    // The outermost frame is the expression itself.
    let mut frames = &frames[..frames.len().saturating_sub(1)];
    while let Some(first) = frames.first() {
        let inside = frames.iter().take_while(|frame| sema.is_std(frame.span)).count();
        let (period, rounds) = repetition(frames);
        let taken = if inside > 2 {
            lines.push(frame_line(sema, first));
            lines.push(more_calls(inside - 2, "the library"));
            lines.push(frame_line(sema, &frames[inside - 1]));
            inside
        } else if rounds > 2 {
            let taken = period * rounds;
            lines.extend(frames[..period].iter().map(|frame| frame_line(sema, frame)));
            let names: Vec<String> =
                frames[..period].iter().map(|frame| format!("`{}`", sema.program.info(frame.func).name)).collect();
            lines.push(more_calls(taken - 2 * period, &names.join(", ")));
            lines.extend(frames[taken - period..taken].iter().map(|frame| frame_line(sema, frame)));
            taken
        } else {
            lines.push(frame_line(sema, first));
            1
        };
        frames = &frames[taken..];
    }
    lines
}

fn more_calls(count: usize, of: &str) -> String {
    format!("… {count} more call{} of {of}", if count == 1 { "" } else { "s" })
}

/// How many functions call each other in turn from the first frame on, and how many rounds of that there are.
fn repetition(frames: &[TraceFrame]) -> (usize, usize) {
    let rounds = |period: usize| {
        let same = frames.iter().zip(&frames[period.min(frames.len())..]).take_while(|(a, b)| a.func == b.func).count();
        same / period + 1
    };
    (1..=LONGEST_ROUND).map(|period| (period, rounds(period))).find(|(_, rounds)| *rounds > 2).unwrap_or((1, 1))
}

/// Longer rounds are not looked for.
const LONGEST_ROUND: usize = 8;

fn frame_line(sema: &Sema<'_>, frame: &TraceFrame) -> String {
    let name = &sema.program.info(frame.func).name;
    let args = match &frame.args {
        None => "…".to_owned(),
        Some(args) => args.iter().map(|arg| argument(sema, *arg)).collect::<Vec<_>>().join(", "),
    };
    format!("in `{name}({args})` at {}", sema.sources.location(frame.span))
}

fn argument(sema: &Sema<'_>, arg: ArgValue) -> String {
    match arg {
        ArgValue::Value(value) => sema.show_value(value),
        ArgValue::Opaque(ty) => format!("_: {}", sema.show(ty)),
    }
}

/// Generic instances that ask for each other without end.
pub(crate) fn instantiation_depth(span: Span, limit: u32, name: &str) -> Diagnostic {
    Diagnostic::error(codes::E0607, span, format!("more than {limit} generic instances that ask for each other"))
        .label(format!("`{name}` asks for one more here"))
        .help("let the recursion end with `comptime if`, or make the argument one of run time")
}

/// Reflection on a type that has no such parts.
pub(crate) fn not_reflectable(span: Span, name: &str, wanted: &str, ty: &str) -> Diagnostic {
    Diagnostic::error(codes::E0409, span, format!("`@{name}` needs {wanted}, found `{ty}`")).label("not of this kind")
}

pub(crate) fn expected_comptime_text(span: Span) -> Diagnostic {
    Diagnostic::error(codes::E0305, span, "this has to be text that is known at compile time").label("not known text")
}

/// Two fields or variants of one name in a type that is put together.
pub(crate) fn duplicate_part(span: Span, what: &str, name: &str) -> Diagnostic {
    Diagnostic::error(codes::E0102, span, format!("the {what} `{name}` is there twice")).label("in this description")
}

/// A `Field` or `Variant` whose name or type is not known.
pub(crate) fn bad_description(span: Span) -> Diagnostic {
    Diagnostic::error(codes::E0605, span, "each part needs a name that is static text, and a type")
        .label("names are literals, or what `@fields` and `@variants` give")
}

/// `@compile_log`
pub(crate) fn compile_log(span: Span, text: &str) -> Diagnostic {
    Diagnostic::warning(Warning::ComptimeLog, span, text.to_owned()).label("logged at compile time")
}

/// A value that holds a type, in code that runs.
pub(crate) fn comptime_only_value(span: Span, ty: &str) -> Diagnostic {
    let message = match ty {
        "{type}" | "type" => "types exist only while the program is compiled".to_owned(),
        _ => format!("values of `{ty}` exist only while the program is compiled"),
    };
    let error = Diagnostic::error(codes::E0305, span, message).label("this is left for run time");
    error.help("put what needs it into `comptime { … }`, or give it a name with `const` or `comptime let`")
}

/// An owner of memory that crosses to run time and would free static data.
pub(crate) fn owner_without_freeze(span: Span, ty: &str) -> Diagnostic {
    Diagnostic::error(codes::E0603, span, format!("a `{ty}` made at compile time can't be an owner at run time"))
        .label("its destructor would run on static data")
        .help("keep it in a `const` and borrow it, or give the type a method `fn freeze(inout self)`")
}

pub(crate) fn comptime_exit(span: Span, status: i32) -> Diagnostic {
    Diagnostic::error(codes::E0305, span, format!("the program would end here with status {status}"))
        .label("evaluated at compile time")
}

/// A result that can't be kept.
pub(crate) fn cannot_freeze(sema: &Sema<'_>, refusal: &Refusal, ty: TypeId, span: Span) -> Diagnostic {
    let path: String = refusal.path.iter().map(|step| path_step(sema, step)).collect();
    let what = match refusal.reason {
        RefusalReason::ComptimeOnly => "exists only at compile time",
        RefusalReason::Dangling => "points to memory that is gone",
        RefusalReason::Uninitialised => "was never written",
        RefusalReason::InvalidValue => "is no value of its type",
        RefusalReason::BrokenPointer => "is a part of a pointer",
        RefusalReason::TooMany => "has too many elements",
    };
    Diagnostic::error(codes::E0603, span, format!("`result{path}` {what}"))
        .label(format!("the result is a `{}`", sema.show(ty)))
}

fn path_step(sema: &Sema<'_>, step: &PathStep) -> String {
    match step {
        PathStep::Field(name) => format!(".{}", sema.names.name(*name)),
        PathStep::Part(index) => format!(".{index}"),
        PathStep::Index(index) => format!("[{index}]"),
    }
}
