//! Back traces.

use super::{Machine, result};
use crate::abi::Pass;
use crate::code::{Code, Param};
use crate::env::Env;
use crate::freeze::Freezer;
use crate::memory::Pointer;
use crate::state::Frame;
use crate::trap::{ArgValue, TraceFrame};
use crate::vm::Vm;
use kiln_source::Span;
use kiln_types::{FuncId, Pool, TypeId, TypeKey};

/// A value of more bytes is not shown.
const MOST_BYTES: usize = 64;

/// As many frames show their arguments at either end of a trace.
const WITH_ARGUMENTS: usize = 256;

impl Machine {
    /// Where each call stands, innermost first.
    pub(super) fn trace_spans(&self, vm: &Vm) -> impl Iterator<Item = Span> {
        self.frames().map(|(frame, is_caller)| span(vm, frame, is_caller))
    }

    /// Frames, innermost first, and whether each waits for a call.
    fn frames(&self) -> impl ExactSizeIterator<Item = (Frame, bool)> + use<> {
        let mut frames = vec![(self.state.current, false)];
        frames.extend(self.state.callers.iter().rev().map(|frame| (*frame, true)));
        frames.into_iter()
    }

    /// All calls that led to where the machine is.
    pub(super) fn trace(&mut self, vm: &Vm, env: &mut Env<'_>) -> Vec<TraceFrame> {
        let frames = self.frames();
        let count = frames.len();
        let mut trace = Vec::with_capacity(count);
        for (index, (frame, is_caller)) in frames.enumerate() {
            let near_end = index < WITH_ARGUMENTS || count - index <= WITH_ARGUMENTS;
            let code = vm.code(frame.func).filter(|_| near_end);
            let args = code.map(|code| self.arguments(env, code, frame));
            trace.push(TraceFrame { func: FuncId(frame.func), span: span(vm, frame, is_caller), args });
        }
        trace
    }

    fn arguments(&mut self, env: &mut Env<'_>, code: &Code, frame: Frame) -> Vec<ArgValue> {
        code.params.iter().map(|param| self.argument(env, param, frame)).collect()
    }

    /// An argument as it came in: its register is not used for anything else.
    fn argument(&self, env: &mut Env<'_>, param: &Param, frame: Frame) -> ArgValue {
        let slot = frame.base as usize + param.slot as usize;
        let opaque = ArgValue::Opaque(param.ty);
        match param.pass {
            Pass::Value if param.is_in_window() => {
                result::scalar_value(env, param.ty, self.state.registers[slot]).map_or(opaque, ArgValue::Value)
            }
            Pass::Pair if param.is_in_window() => {
                let (low, high) = (self.state.registers[slot], self.state.registers[slot + 1]);
                result::wide_value(env, param.ty, low, high).map_or(opaque, ArgValue::Value)
            }
            Pass::Place => {
                let at = param.home.map(|home| frame.memory as usize + home as usize);
                at.and_then(|at| self.shown(env, param.ty, at)).unwrap_or(opaque)
            }
            Pass::Pointer if param.is_shared && param.is_in_window() => {
                let pointer = Pointer(self.state.registers[slot]);
                let layout = env.layouts.of(env.pool, param.ty);
                let at = self.state.memory.readable_range(pointer, layout.size, layout.align);
                at.and_then(|at| self.shown(env, param.ty, at)).unwrap_or(opaque)
            }
            Pass::FatPointer if param.is_shared && param.is_in_window() && param.ty == TypeId::STR => {
                let (pointer, len) = (Pointer(self.state.registers[slot]), self.state.registers[slot + 1]);
                let text = self.text(pointer, len).filter(|text| text.len() <= MOST_BYTES);
                let text = text.and_then(|text| std::str::from_utf8(text).ok());
                text.map_or(opaque, |text| ArgValue::Value(env.pool.str(text)))
            }
            _ => opaque,
        }
    }

    /// A small value without pointers, in memory.
    fn shown(&self, env: &mut Env<'_>, ty: TypeId, at: usize) -> Option<ArgValue> {
        let is_small = env.layouts.of(env.pool, ty).size <= MOST_BYTES as u64;
        if !is_small || !is_plain(env.pool, ty) {
            return None;
        }
        Freezer::new(env, &self.state.memory).value(ty, at).ok().map(ArgValue::Value)
    }
}

/// Whether the values of a type hold no pointers and no types.
fn is_plain(pool: &Pool, ty: TypeId) -> bool {
    match pool.key(ty) {
        TypeKey::Array { elem, .. } => is_plain(pool, *elem),
        TypeKey::Tuple(_) | TypeKey::Struct { .. } | TypeKey::AnonStruct { .. } => {
            (0..).map_while(|index| pool.field_type(ty, index)).all(|field| is_plain(pool, field))
        }
        TypeKey::Enum { .. } | TypeKey::AnonEnum { .. } => pool.enum_def(ty).is_some_and(|def| {
            def.variants.iter().all(|variant| variant.fields.iter().all(|field| is_plain(pool, field.ty)))
        }),
        TypeKey::Ptr { .. } | TypeKey::Fn(_) | TypeKey::Type | TypeKey::Module => false,
        _ => !pool.is_unsized(ty),
    }
}

fn span(vm: &Vm, frame: Frame, is_caller: bool) -> Span {
    let pc = frame.pc.saturating_sub(is_caller.into());
    vm.code(frame.func).map(|code| code.span(pc as usize)).unwrap_or_default()
}
