//! Back traces.

use super::{Machine, result};
use crate::abi::Pass;
use crate::code::{Code, Param};
use crate::env::Env;
use crate::state::Frame;
use crate::trap::{ArgValue, TraceFrame};
use crate::vm::Vm;
use kiln_source::Span;
use kiln_types::FuncId;

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
            _ => opaque,
        }
    }
}

fn span(vm: &Vm, frame: Frame, is_caller: bool) -> Span {
    let pc = frame.pc.saturating_sub(is_caller.into());
    vm.code(frame.func).map(|code| code.span(pc as usize)).unwrap_or_default()
}
