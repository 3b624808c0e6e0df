//! Foreign functions that can be called where a program runs for real: one table.

use super::{Machine, Outcome};
use crate::env::Env;
use crate::memory::{Access, AllocKind, CodeAt, Fault, FaultKind, Pointer, Site};
use crate::op::Reg;
use crate::state::Exit;
use crate::trap::TrapKind;
use crate::vm::{Mode, Vm};
use kiln_types::{FuncId, TypeId};

/// What a foreign function came to.
pub(super) enum Foreign {
    /// Its result.
    Value(u64),
    /// It ends the program.
    Exit(i32),
    /// It misused memory.
    Fault(Box<Fault>),
    /// There is no input or output.
    Io,
    /// No memory is left: C says so with null.
    Null,
}

/// What a foreign function works on.
pub(super) struct Call<'m, 'e, 'h> {
    pub(super) machine: &'m mut Machine,
    pub(super) env: &'e mut Env<'h>,
    /// The registers of its arguments, as C's calling convention counts them.
    base: Reg,
    at: CodeAt,
}

type Function = fn(&mut Call<'_, '_, '_>) -> Foreign;

/// The functions by their names for the linker.
const TABLE: &[(&str, Function)] = &[
    ("__errno_location", |call| call.errno()),
    ("__error", |call| call.errno()),
    ("_errno", |call| call.errno()),
    ("abs", |call| Foreign::Value((call.arg(0) as i32).wrapping_abs() as i64 as u64)),
    ("calloc", |call| call.allocate(call.arg(0).saturating_mul(call.arg(1)), true)),
    ("clock_gettime", |call| call.clock()),
    ("exit", |call| Foreign::Exit(call.arg(0) as i32)),
    ("fclose", |call| call.fclose()),
    ("ferror", |call| call.ferror()),
    ("fflush", |_| Foreign::Value(0)),
    ("fopen", |call| call.fopen()),
    ("fread", |call| call.fread()),
    ("free", |call| call.free()),
    ("fwrite", |call| call.fwrite()),
    ("getchar", |call| call.getchar()),
    ("getentropy", |call| call.getentropy()),
    ("getenv", |call| call.getenv()),
    ("labs", |call| Foreign::Value((call.arg(0) as i64).wrapping_abs() as u64)),
    ("malloc", |call| call.allocate(call.arg(0), false)),
    ("memcpy", |call| call.copy(call.arg(2))),
    ("memmove", |call| call.copy(call.arg(2))),
    ("memset", |call| call.memset()),
    ("putchar", |call| call.putchar()),
    ("puts", |call| call.puts()),
    ("read", |call| call.read()),
    ("realloc", |call| call.realloc()),
    ("remove", |call| call.remove()),
    ("strlen", |call| call.text(0).map_or_else(Foreign::Fault, |text| Foreign::Value(text.len() as u64))),
    ("write", |call| call.write()),
];

impl Machine {
    pub(super) fn foreign(&mut self, vm: &mut Vm, env: &mut Env<'_>, func: FuncId, base: Reg) -> Result<(), Outcome> {
        let info = env.functions.info(func).unwrap_or_else(|| unreachable!("the caller knows that it is foreign"));
        let kiln_cfg::FuncKind::Extern { symbol, .. } = &info.kind else { unreachable!("it is foreign") };
        let symbol = symbol.clone();
        let row = TABLE.binary_search_by(|row| row.0.cmp(&symbol));
        let (Ok(row), Mode::Host) = (row, vm.mode()) else {
            return Err(self.trap(vm, env, TrapKind::Foreign { symbol }));
        };
        let at = CodeAt { func: self.state.current.func, pc: self.state.current.pc };
        let value = match TABLE[row].1(&mut Call { machine: self, env, base, at }) {
            Foreign::Value(value) => value,
            Foreign::Null => 0,
            Foreign::Exit(status) => return Err(self.exit(vm, env, status)),
            Foreign::Fault(fault) => return Err(self.fail(vm, env, Exit::Fault(fault))),
            Foreign::Io => return Err(self.trap(vm, env, TrapKind::Io)),
        };
        self.set_register(base, value);
        self.advance();
        Ok(())
    }
}

impl Call<'_, '_, '_> {
    pub(super) fn arg(&self, index: Reg) -> u64 {
        self.machine.register(self.base + index)
    }

    pub(super) fn pointer(&self, index: Reg) -> Pointer {
        Pointer(self.arg(index))
    }

    fn allocate(&mut self, bytes: u64, zeroed: bool) -> Foreign {
        let site = Site { kind: AllocKind::Heap, ty: TypeId::U8, at: self.at, freed_at: None };
        let memory = self.machine.memory();
        let Ok(pointer) = memory.allocate(bytes, 16, site) else { return Foreign::Null };
        if let (true, Some(entry)) = (zeroed, memory.entry(pointer).copied()) {
            memory.write_bytes(entry.start(), &vec![0; entry.size as usize]);
        }
        Foreign::Value(pointer.0)
    }

    fn free(&mut self) -> Foreign {
        let (pointer, at) = (self.pointer(0), self.at);
        match self.check_heap(pointer) {
            Ok(()) => {
                self.machine.memory().release(pointer, at);
                Foreign::Value(0)
            }
            Err(fault) => Foreign::Fault(fault),
        }
    }

    /// Null, or the beginning of an allocation of the heap.
    fn check_heap(&mut self, pointer: Pointer) -> Result<(), Box<Fault>> {
        let memory = self.machine.memory();
        let kind = match (memory.entry(pointer), memory.site(pointer)) {
            _ if pointer.0 == 0 => return Ok(()),
            (Some(_), Some(site)) if site.kind != AllocKind::Heap => FaultKind::FreeOfOther,
            (Some(_), Some(_)) if pointer.offset() != 0 => FaultKind::FreeMismatch,
            (Some(_), Some(_)) => return Ok(()),
            _ if pointer.has_allocation() => FaultKind::DoubleFree,
            _ => FaultKind::NoAllocation,
        };
        Err(Box::new(memory.fault(kind, pointer, 0)))
    }

    fn realloc(&mut self) -> Foreign {
        let (old, bytes, at) = (self.pointer(0), self.arg(1), self.at);
        if let Err(fault) = self.check_heap(old) {
            return Foreign::Fault(fault);
        }
        let Foreign::Value(new) = self.allocate(bytes, false) else { return Foreign::Null };
        let memory = self.machine.memory();
        if let (Some(from), Some(to)) = (memory.entry(old).copied(), memory.entry(Pointer(new)).copied()) {
            memory.copy(to.start(), from.start(), from.size.min(to.size) as usize);
        }
        memory.release(old, at);
        Foreign::Value(new)
    }

    /// A range that may be written.
    pub(super) fn writable(&mut self, pointer: Pointer, bytes: u64) -> Result<usize, Box<Fault>> {
        let memory = self.machine.memory();
        let at = memory.writable_range(pointer, bytes, 1);
        at.ok_or_else(|| Box::new(memory.explain(Access::Write, pointer, 0, bytes, 1)))
    }

    fn copy(&mut self, bytes: u64) -> Foreign {
        if bytes == 0 {
            return Foreign::Value(self.arg(0));
        }
        let (dst, src) = (self.pointer(0), self.pointer(1));
        let memory = self.machine.memory();
        let Some(from) = memory.readable_range(src, bytes, 1) else {
            return Foreign::Fault(Box::new(memory.explain(Access::Read, src, 0, bytes, 1)));
        };
        match self.writable(dst, bytes) {
            Ok(to) => {
                self.machine.memory().copy(to, from, bytes as usize);
                Foreign::Value(dst.0)
            }
            Err(fault) => Foreign::Fault(fault),
        }
    }

    fn memset(&mut self) -> Foreign {
        let (dst, byte, bytes) = (self.pointer(0), self.arg(1) as u8, self.arg(2));
        if bytes == 0 {
            return Foreign::Value(dst.0);
        }
        match self.writable(dst, bytes) {
            Ok(to) => {
                self.machine.memory().write_bytes(to, &vec![byte; bytes as usize]);
                Foreign::Value(dst.0)
            }
            Err(fault) => Foreign::Fault(fault),
        }
    }

    /// Text up to a zero byte.
    pub(super) fn text(&mut self, index: Reg) -> Result<Vec<u8>, Box<Fault>> {
        let pointer = self.pointer(index);
        let memory = self.machine.memory();
        let mut text = Vec::new();
        loop {
            match memory.read::<1>(pointer, text.len() as u64) {
                Some([0]) => return Ok(text),
                Some([byte]) => text.push(byte),
                None => return Err(Box::new(memory.explain(Access::Read, pointer, text.len() as u64, 1, 1))),
            }
        }
    }

    fn output(&mut self, stream: u32, text: &[u8], result: u64) -> Foreign {
        self.env.host.write(stream, text).map_or(Foreign::Io, |()| Foreign::Value(result))
    }

    fn putchar(&mut self) -> Foreign {
        let byte = self.arg(0) as u8;
        self.output(1, &[byte], byte.into())
    }

    fn puts(&mut self) -> Foreign {
        match self.text(0) {
            Ok(mut text) => {
                text.push(b'\n');
                self.output(1, &text, 1)
            }
            Err(fault) => Foreign::Fault(fault),
        }
    }

    fn write(&mut self) -> Foreign {
        let (stream, text, len) = (self.arg(0) as u32, self.pointer(1), self.arg(2));
        if !matches!(stream, 1 | 2) {
            return Foreign::Value(-1i64 as u64);
        }
        match self.machine.text(text, len).map(<[u8]>::to_vec) {
            Some(bytes) => self.output(stream, &bytes, len),
            None => Foreign::Fault(Box::new(self.machine.memory().explain(Access::Read, text, 0, len, 1))),
        }
    }

    fn getchar(&mut self) -> Foreign {
        let mut byte = [0];
        match self.env.host.read(&mut byte) {
            Ok(0) => Foreign::Value(-1i64 as u64),
            Ok(_) => Foreign::Value(byte[0].into()),
            Err(_) => Foreign::Io,
        }
    }

    fn read(&mut self) -> Foreign {
        let (stream, dst, len) = (self.arg(0), self.pointer(1), self.arg(2));
        if stream != 0 {
            return Foreign::Value(-1i64 as u64);
        }
        if len == 0 {
            return Foreign::Value(0);
        }
        let to = match self.writable(dst, len) {
            Ok(to) => to,
            Err(fault) => return Foreign::Fault(fault),
        };
        let mut buffer = vec![0; len as usize];
        match self.env.host.read(&mut buffer) {
            Ok(count) => {
                self.machine.memory().write_bytes(to, &buffer[..count]);
                Foreign::Value(count as u64)
            }
            Err(_) => Foreign::Io,
        }
    }
}
