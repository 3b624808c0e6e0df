//! Driving the interpreter: runs an instance, answers what it asks for, takes its result or reports why there is none.

use crate::context::{Checked, Sema};
use crate::errors;
use crate::known::Known;
use kiln_air::{Body, Inst, UseKind};
use kiln_interp::{Env, FunctionTables, Limits, Machine, Need, Notes, Outcome, Refusal};
use kiln_source::{Diagnostic, ErrorReported, Span};
use kiln_types::{FuncId, Repr, StaticId, TypeId, TypeKey, ValueId, ValueKey};

/// The parts of sema that an evaluation works with.
macro_rules! env {
    ($sema:ident, $notes:ident) => {
        Env {
            pool: &mut $sema.pool,
            layouts: &mut $sema.layouts,
            statics: &mut $sema.program.statics,
            functions: &FunctionTables { infos: &$sema.program.infos, bodies: &$sema.program.bodies },
            host: &mut $notes,
        }
    };
}

impl<'a> Sema<'a> {
    /// Runs an instance without run-time parameters at comptime. `span` is what asked for it.
    pub fn evaluate(&mut self, func: FuncId, span: Span) -> Checked<Known> {
        let machine = self.run(func, &[], span)?;
        self.take_result(machine, span)
    }

    /// Runs an instance with these arguments until it is done.
    fn run(&mut self, func: FuncId, args: &[ValueId], span: Span) -> Checked<Machine> {
        let limits = &self.options.limits;
        let limits = Limits::of_options(limits.steps, limits.depth, limits.memory);
        let mut machine = Machine::new(&self.options.target, limits);
        machine.start(func, args);
        let started = self.options.clock.map(|clock| clock());
        let ended = self.run_to_end(&mut machine, span);
        if let Some(started) = started {
            self.note_evaluation(func, span, &machine, started);
        }
        ended.map(|()| machine)
    }

    /// Answers what an evaluation asks for until it is done.
    fn run_to_end(&mut self, machine: &mut Machine, span: Span) -> Checked<()> {
        loop {
            let mut notes = Notes::default();
            let outcome = machine.resume(&mut self.vm, &mut env!(self, notes));
            self.print_notes(notes, span);
            match outcome {
                Outcome::Done => return Ok(()),
                Outcome::Need(Need::Body(func)) => self.ensure_body(func)?,
                Outcome::Need(Need::Type { decl, captures }) => {
                    let ty = self.make_type(decl, &captures, None)?;
                    machine.answer(ty.as_value());
                }
                Outcome::Trap(trap) => {
                    let error = errors::trap(self, &trap, span);
                    return Err(self.error(error));
                }
                Outcome::Exit(status) => {
                    let error = errors::comptime_exit(span, status);
                    return Err(self.error(error));
                }
            }
        }
    }

    /// A scalar leaves the evaluation as a value, everything larger as static data.
    fn take_result(&mut self, mut machine: Machine, span: Span) -> Checked<Known> {
        let ty = machine.result_type();
        self.ensure_layout(ty, span)?;
        let as_value = match self.layouts.of(&self.pool, ty).repr {
            Repr::Memory => self.is_comptime_only(ty),
            Repr::Zst | Repr::Scalar(_) | Repr::FatPtr | Repr::Comptime => true,
        };
        let mut notes = Notes::default();
        let result = if as_value {
            machine.result_value(&mut env!(self, notes)).map(Known::Value)
        } else {
            machine.result_data(&mut env!(self, notes)).map(Known::Static)
        };
        result.map_err(|refusal| self.refused(&refusal, ty, span))
    }

    fn refused(&mut self, refusal: &Refusal, ty: TypeId, span: Span) -> ErrorReported {
        let error = errors::cannot_freeze(self, refusal, ty, span);
        self.error(error)
    }

    /// What `@dbg` prints while the program is compiled.
    fn print_notes(&mut self, notes: Notes, span: Span) {
        for (text, calls) in notes.notes {
            let text = String::from_utf8_lossy(&text).trim_end_matches('\n').to_owned();
            let at = calls.into_iter().find(|at| !self.is_std(*at)).unwrap_or(span);
            self.reporter.report(Diagnostic::note_at(at, text));
        }
    }

    /// Whether a place is in the bundled library.
    pub fn is_std(&self, span: Span) -> bool {
        self.hir.modules.iter().any(|module| module.is_std && module.file == span.file)
    }

    /// A comptime value in static data as identity: what can be compared, and be the argument of an instance.
    pub fn value_of_static(&mut self, data: StaticId, span: Span) -> Checked<ValueId> {
        let ty = self.program.statics.get(data).ty;
        let mut body = Body::empty(span.file, span.range);
        let place = body.push(Inst::Static(data), ty, span.range);
        body.root = body.push(Inst::Use { place, kind: UseKind::Show }, ty, span.range);
        body.ret = ty;
        let func = self.thunk_of(body, span)?;
        let mut machine = self.run(func, &[], span)?;
        let mut notes = Notes::default();
        let result = machine.result_value(&mut env!(self, notes));
        result.map_err(|refusal| self.refused(&refusal, ty, span))
    }

    /// A value that lies somewhere in static data.
    pub fn value_in_static(&mut self, data: StaticId, offset: u64, ty: TypeId, span: Span) -> Checked<Known> {
        let pointer_ty = self.pool.ptr(false, ty);
        let pointer = self.pool.value(ValueKey::StaticPtr { ty: pointer_ty, data, offset, len: None });
        let mut body = Body::empty(span.file, span.range);
        let pointer = body.push(Inst::Const(pointer), pointer_ty, span.range);
        let place = body.push(Inst::Deref(pointer), ty, span.range);
        body.root = body.push(Inst::Use { place, kind: UseKind::Show }, ty, span.range);
        body.ret = ty;
        self.run_body(body, span)
    }

    /// The text that a comptime pointer to `str` points to, as a value.
    pub fn text_of_pointer(&mut self, value: ValueId) -> Option<ValueId> {
        let Some(ValueKey::StaticPtr { ty, data, offset, len: Some(len) }) = self.pool.value_key(value) else {
            return None;
        };
        if !matches!(self.pool.key(*ty), TypeKey::Ptr { pointee: TypeId::STR, .. }) {
            return None;
        }
        let bytes = &self.program.statics.get(*data).bytes;
        let bytes = bytes.get(*offset as usize..(*offset + *len) as usize)?;
        let text: Box<str> = std::str::from_utf8(bytes).ok()?.into();
        Some(self.pool.str(&text))
    }
}
