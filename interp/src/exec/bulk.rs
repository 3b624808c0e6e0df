//! Instructions that work on more than a scalar: copies, allocations, the lives of locals.

use crate::code::{Code, CopyPlan, MemRef, RawOp, RepeatPlan};
use crate::memory::{Access, AllocKind, CodeAt, Fault, FaultKind, Memory, Pointer, Site};
use crate::op::Reg;
use crate::state::{Exit, Window};

/// What an instruction costs beside itself, in steps: one for 16 bytes.
fn cost(bytes: u64) -> i64 {
    (bytes / 16) as i64
}

/// The range of the arena that a place of `size` bytes is.
fn resolve(
    memory: &Memory,
    place: MemRef,
    access: Access,
    size: u32,
    align: u32,
    regs: &Window,
    frame: usize,
) -> Result<usize, Box<Fault>> {
    match place {
        MemRef::Frame(offset) => Ok(frame + offset as usize),
        MemRef::FrameAt(reg, offset) => Ok((frame + offset as usize).wrapping_add(regs[reg as usize] as usize)),
        MemRef::Place(reg) => Ok(regs[reg as usize] as usize),
        MemRef::Through(reg, offset) => {
            let pointer = Pointer(regs[reg as usize]);
            let range = pointer.add(offset.into()).and_then(|pointer| match access {
                Access::Write => memory.writable_range(pointer, size.into(), align),
                Access::Read | Access::ReadPointer => memory.readable_range(pointer, size.into(), align),
            });
            range.ok_or_else(|| Box::new(memory.explain(access, pointer, offset.into(), size.into(), align)))
        }
    }
}

/// Copies bytes.
#[inline(never)]
pub(super) fn copy(memory: &mut Memory, plan: &CopyPlan, regs: &Window, frame: usize) -> Result<i64, Box<Fault>> {
    let from = resolve(memory, plan.src, Access::Read, plan.size, plan.align, regs, frame)?;
    let to = resolve(memory, plan.dst, Access::Write, plan.size, plan.align, regs, frame)?;
    memory.copy(to, from, plan.size as usize);
    Ok(cost(plan.size.into()))
}

/// Fills an array with its first element.
#[inline(never)]
pub(super) fn repeat(memory: &mut Memory, plan: &RepeatPlan, regs: &Window, frame: usize) -> Result<i64, Box<Fault>> {
    let total = plan.size * plan.count;
    let at = resolve(memory, plan.dst, Access::Write, total, plan.align, regs, frame)?;
    memory.repeat(at, plan.size as usize, plan.count as usize);
    Ok(cost(total.into()))
}

/// Gives a local an allocation; if it has one, that ends.
#[inline(never)]
pub(super) fn birth(memory: &mut Memory, code: &Code, frame: usize, number: u32) {
    death(memory, frame, number);
    let local = &code.tables.addressed[number as usize];
    let at = CodeAt { func: code.func.0, pc: number };
    let site = Site { kind: AllocKind::Local, ty: local.ty, at, freed_at: None };
    let pointer = memory.birth(frame + local.offset as usize, local.size, local.align, site);
    memory.set_handle(frame, number as u16, pointer);
}

/// Ends the allocation of a local, if it has one.
#[inline(never)]
pub(super) fn death(memory: &mut Memory, frame: usize, number: u32) {
    let pointer = Pointer(memory.handle(frame, number as u16));
    if pointer.0 != 0 {
        memory.kill(pointer);
        memory.set_handle(frame, number as u16, Pointer(0));
    }
}

/// Begins a frame with locals that have allocations.
#[inline(never)]
pub(super) fn enter(memory: &mut Memory, code: &Code, frame: usize) {
    for number in 0..code.tables.addressed.len() {
        memory.set_handle(frame, number as u16, Pointer(0));
    }
    for (number, local) in code.tables.addressed.iter().enumerate() {
        if local.from_start {
            birth(memory, code, frame, number as u32);
        }
    }
}

/// Ends all allocations of a frame's locals.
#[inline(never)]
pub(super) fn leave(memory: &mut Memory, code: &Code, frame: usize) {
    for number in 0..code.tables.addressed.len() {
        death(memory, frame, number as u32);
    }
}

/// The pointer `count` elements further; it stays inside its allocation, or at its end.
#[inline(never)]
pub(super) fn pointer_offset(memory: &Memory, pointer: Pointer, count: u64, size: u32) -> Result<Pointer, Box<Fault>> {
    let bytes = i128::from(count as i64) * i128::from(size);
    let Some(entry) = memory.entry(pointer) else { return offset_of_other(memory, pointer, bytes) };
    let offset = i128::from(pointer.offset()) + bytes;
    if offset < 0 || offset > i128::from(entry.size) {
        return Err(Box::new(memory.fault(FaultKind::OutOfBounds, pointer, 0)));
    }
    Ok(Pointer::new(pointer.serial(), offset as u32))
}

#[cold]
fn offset_of_other(memory: &Memory, pointer: Pointer, bytes: i128) -> Result<Pointer, Box<Fault>> {
    if bytes == 0 {
        return Ok(pointer);
    }
    let kind = match pointer.serial() {
        Pointer::PLAIN | Pointer::FAR => FaultKind::NoAllocation,
        Pointer::FUNCTION => FaultKind::FunctionAsData,
        _ => memory.dead(pointer),
    };
    Err(Box::new(memory.fault(kind, pointer, 0)))
}

/// An operation on memory; answers its cost.
#[inline(never)]
pub(super) fn raw(memory: &mut Memory, op: &RawOp, regs: &mut Window, func: u32, pc: usize) -> Result<i64, Exit> {
    let at = CodeAt { func, pc: pc as u32 };
    let get = |reg: Reg| regs[reg as usize];
    match *op {
        RawOp::Alloc { dst, count, ty, size, align } => {
            let bytes = total(get(count), size)?;
            regs[dst as usize] =
                allocate(memory, bytes, align, Site { kind: AllocKind::Heap, ty, at, freed_at: None })?.0;
            Ok(cost(bytes))
        }
        RawOp::Realloc { dst, pointer, old, new, ty, size, align } => {
            let (pointer, old, new) = (Pointer(get(pointer)), total(get(old), size)?, total(get(new), size)?);
            check_free(memory, pointer, old)?;
            let moved = allocate(memory, new, align, Site { kind: AllocKind::Heap, ty, at, freed_at: None })?;
            if let (Some(from), Some(to)) = (memory.entry(pointer), memory.entry(moved)) {
                let (from, to) = (from.start(), to.start());
                memory.copy(to, from, old.min(new) as usize);
            }
            memory.release(pointer, at);
            regs[dst as usize] = moved.0;
            Ok(cost(old.min(new)))
        }
        RawOp::Free { pointer, count, size } => {
            let pointer = Pointer(get(pointer));
            check_free(memory, pointer, total(get(count), size)?)?;
            memory.release(pointer, at);
            Ok(0)
        }
        RawOp::CopyMemory { dst, src, count, size, align } => {
            let bytes = total(get(count), size)?;
            copy_memory(memory, Pointer(get(dst)), Pointer(get(src)), bytes, align).map_err(Exit::Fault)?;
            Ok(cost(bytes))
        }
        RawOp::PtrToInt { dst, pointer, is_comptime } => {
            let pointer = Pointer(get(pointer));
            if is_comptime && memory.plain_address(pointer).is_none() {
                return Err(Exit::Fault(Box::new(memory.fault(FaultKind::AddressAtComptime, pointer, 0))));
            }
            regs[dst as usize] = memory.address_of(pointer);
            Ok(0)
        }
        RawOp::IntToPtr { dst, address } => {
            regs[dst as usize] = memory.pointer_to_address(get(address)).0;
            Ok(0)
        }
    }
}

fn total(count: u64, size: u32) -> Result<u64, Exit> {
    count.checked_mul(size.into()).ok_or(Exit::OutOfHeap)
}

/// Memory of the heap. No bytes need no allocation: any aligned address that is not null stands for them.
fn allocate(memory: &mut Memory, bytes: u64, align: u32, site: Site) -> Result<Pointer, Exit> {
    if bytes == 0 {
        return Ok(Pointer(align.into()));
    }
    memory.allocate(bytes, 16, site).map_err(|_| Exit::OutOfHeap)
}

/// Whether `bytes` at a pointer may be freed: a whole allocation of the heap, or nothing.
fn check_free(memory: &Memory, pointer: Pointer, bytes: u64) -> Result<(), Exit> {
    let fault = |kind| Err(Exit::Fault(Box::new(memory.fault(kind, pointer, bytes))));
    if !pointer.has_allocation() {
        return match pointer.serial() {
            Pointer::PLAIN | Pointer::FAR if bytes == 0 => Ok(()),
            Pointer::PLAIN if pointer.offset() == 0 => fault(FaultKind::Null),
            Pointer::FUNCTION => fault(FaultKind::FunctionAsData),
            _ => fault(FaultKind::NoAllocation),
        };
    }
    let Some(entry) = memory.entry(pointer) else {
        return match memory.dead(pointer) {
            FaultKind::UseAfterFree => fault(FaultKind::DoubleFree),
            other => fault(other),
        };
    };
    let is_heap = memory.site(pointer).is_some_and(|site| site.kind == AllocKind::Heap);
    if !is_heap {
        fault(FaultKind::FreeOfOther)
    } else if pointer.offset() != 0 || u64::from(entry.size) != bytes {
        fault(FaultKind::FreeMismatch)
    } else {
        Ok(())
    }
}

fn copy_memory(memory: &mut Memory, dst: Pointer, src: Pointer, bytes: u64, align: u32) -> Result<(), Box<Fault>> {
    if bytes == 0 {
        return Ok(());
    }
    let from = memory.readable_range(src, bytes, align);
    let from = from.ok_or_else(|| Box::new(memory.explain(Access::Read, src, 0, bytes, align)))?;
    let to = memory.writable_range(dst, bytes, align);
    let to = to.ok_or_else(|| Box::new(memory.explain(Access::Write, dst, 0, bytes, align)))?;
    memory.copy(to, from, bytes as usize);
    Ok(())
}
