//! Why an evaluation failed, as plain data: rendering is the owner's.

use crate::memory::{AllocKind, CodeAt, Fault, FaultKind, Memory, Site};
use crate::vm::Vm;
use kiln_air::Panic;
use kiln_cfg::Local;
use kiln_source::Span;
use kiln_types::{FuncId, TypeId, ValueId};

/// A failed evaluation.
#[derive(Clone, Debug)]
pub struct Trap {
    /// What is wrong.
    pub kind: TrapKind,
    /// Where.
    pub span: Span,
    /// The calls that led there, innermost first. Never empty.
    pub frames: Vec<TraceFrame>,
}

/// One call of a back trace.
#[derive(Clone, Debug)]
pub struct TraceFrame {
    /// The function.
    pub func: FuncId,
    /// Where it is: the failing operation, or the call it waits for.
    pub span: Span,
    /// Its arguments as they came in; `None` where they are left out, in the middle of deep recursions.
    pub args: Option<Vec<ArgValue>>,
}

/// An argument of a call.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ArgValue {
    /// A value.
    Value(ValueId),
    /// A value of this type that is not shown: it is large, holds pointers, or may have changed since the call.
    Opaque(TypeId),
}

/// What is wrong.
#[derive(Clone, Debug)]
pub enum TrapKind {
    /// The program panics.
    Panic {
        /// Why.
        reason: Panic,
        /// The text of [`Panic::User`]. Bytes that are no text are replaced.
        text: Option<Box<str>>,
    },
    /// Memory was misused.
    Memory(Box<MemoryFault>),
    /// The budget of instructions is used up.
    Steps {
        /// The budget.
        limit: u64,
        /// Functions in which most of them were executed, in thousandths.
        hottest: Vec<(FuncId, u32)>,
    },
    /// Too many calls within each other.
    Depth {
        /// The budget.
        limit: u64,
    },
    /// Too many bytes are allocated.
    Bytes {
        /// The budget.
        limit: u64,
        /// Where most of the bytes of the heap were allocated, with their number, largest first.
        largest: Vec<(Span, u64)>,
    },
    /// A foreign function that cannot be called here.
    Foreign {
        /// The linker's name.
        symbol: Box<str>,
    },
    /// Input or output, where there is none.
    Io,
    /// A system call.
    Syscall,
    /// The end of the program was asked for, where none runs.
    Exit {
        /// The status.
        status: i32,
    },
    /// A place was reached that cannot be: a value of a type without values, an enum without a variant of its.
    Unreachable,
}

/// A misuse of memory.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct MemoryFault {
    /// What is wrong.
    pub kind: FaultKind,
    /// Bytes that were accessed; 0 if that does not matter.
    pub size: u64,
    /// Where the access begins, in bytes from the start of the allocation.
    pub offset: u64,
    /// What the pointer points, or pointed, to.
    pub allocation: Option<Allocation>,
}

/// What is known of an allocation.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Allocation {
    /// What it is.
    pub sort: AllocationSort,
    /// Its size in bytes, as long as it lives.
    pub size: Option<u64>,
    /// The type of its elements.
    pub ty: TypeId,
    /// Where it was made: the `@alloc`, or the declaration of the local.
    pub made: Option<Span>,
    /// Where it was freed.
    pub freed: Option<Span>,
}

/// What an allocation is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum AllocationSort {
    /// Made by `@alloc`.
    Heap,
    /// A local of this function.
    Local(FuncId, Local),
    /// A constant or static data.
    Constant,
    /// An argument of the evaluation.
    Argument,
}

/// What a fault means in terms of the program.
pub(crate) fn describe(vm: &Vm, memory: &Memory, fault: &Fault) -> MemoryFault {
    let allocation = fault.site.map(|site| allocation(vm, site, fault.allocation_size));
    let is_plain = !fault.pointer.has_allocation();
    let offset = match memory.plain_address(fault.pointer) {
        Some(address) if is_plain => address,
        _ => fault.pointer.offset().into(),
    };
    MemoryFault { kind: fault.kind, size: fault.size, offset, allocation }
}

pub(crate) fn allocation(vm: &Vm, site: Site, size: Option<u32>) -> Allocation {
    let sort = match site.kind {
        AllocKind::Heap => AllocationSort::Heap,
        AllocKind::Local => AllocationSort::Local(FuncId(site.at.func), local_of(vm, site.at)),
        AllocKind::Static(_) | AllocKind::Const(_) => AllocationSort::Constant,
        AllocKind::Argument => AllocationSort::Argument,
    };
    let made = match site.kind {
        AllocKind::Heap => span_of(vm, site.at),
        AllocKind::Local => declaration(vm, site.at),
        _ => None,
    };
    let freed = site.freed_at.and_then(|at| span_of(vm, at));
    Allocation { sort, size: size.map(u64::from), ty: site.ty, made, freed }
}

fn span_of(vm: &Vm, at: CodeAt) -> Option<Span> {
    Some(vm.code(at.func)?.span(at.pc as usize))
}

/// Where a local with an allocation is written.
fn declaration(vm: &Vm, at: CodeAt) -> Option<Span> {
    let code = vm.code(at.func)?;
    Some(code.tables.addressed.get(at.pc as usize)?.range.in_file(code.file))
}

fn local_of(vm: &Vm, at: CodeAt) -> Local {
    let addressed = vm.code(at.func).and_then(|code| code.tables.addressed.get(at.pc as usize));
    addressed.map_or(Local(0), |addressed| addressed.local)
}
