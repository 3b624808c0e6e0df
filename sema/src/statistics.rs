//! What evaluations at comptime used, for whoever gives a [`crate::Options::clock`].

use crate::context::Sema;
use kiln_interp::Machine;
use kiln_source::{DeclId, Span};
use kiln_types::FuncId;
use rustc_hash::FxHashMap;
use std::time::Duration;

/// One evaluation.
#[derive(Clone, Debug)]
pub struct Evaluation {
    /// The function, const or expression that was evaluated.
    pub name: Box<str>,
    /// What asked for it.
    pub span: Span,
    /// Instructions executed.
    pub steps: u64,
    /// The most bytes that were allocated at one time.
    pub bytes: u64,
    /// How long it took, with what it asked for meanwhile.
    pub time: Duration,
    /// How often its result was used again.
    pub hits: u64,
}

/// The evaluations of an analysis.
#[derive(Debug, Default)]
pub(crate) struct Evaluations {
    done: Vec<Evaluation>,
    /// How often a known result was asked for, by name.
    hits: FxHashMap<Box<str>, u64>,
}

impl Evaluations {
    /// The evaluations in the order in which they ended.
    pub fn finish(mut self) -> Vec<Evaluation> {
        // The last one of a const's evaluations, after that of its type, is its value's.
        for evaluation in self.done.iter_mut().rev() {
            evaluation.hits = self.hits.remove(&evaluation.name).unwrap_or(0);
        }
        self.done
    }
}

impl Sema<'_> {
    /// Notes an evaluation that has ended, and when it was started.
    pub fn note_evaluation(&mut self, func: FuncId, span: Span, machine: &Machine, started: Duration) {
        let used = machine.statistics();
        let name = self.name_of_evaluation(func, span);
        let time = self.options.clock.map_or(Duration::ZERO, |clock| clock().saturating_sub(started));
        let (steps, bytes) = (used.steps, used.bytes);
        self.evaluations.done.push(Evaluation { name, span, steps, bytes, time, hits: 0 });
    }

    /// A function's name; of an expression, the const it belongs to, or what it is in.
    fn name_of_evaluation(&self, func: FuncId, span: Span) -> Box<str> {
        let name = self.name_of_instance(func);
        if !name.is_empty() && &*name != "comptime" {
            return name;
        }
        let holds = |decl: &DeclId| {
            let all = self.hir.span(*decl);
            all.file == span.file && all.range.contains(span.range)
        };
        if let Some(decl) = self.globals.innermost().filter(holds) {
            return self.decl_path(decl).into();
        }
        match self.within.last().map(|within| self.name_of_instance(*within)) {
            Some(within) if !within.is_empty() => format!("an expression in {within}").into(),
            _ => "an expression".into(),
        }
    }

    /// The name of a function, which those that only give types may not have.
    pub fn name_of_instance(&self, func: FuncId) -> Box<str> {
        self.program.infos.get(func).and_then(Option::as_ref).map(|info| info.name.clone()).unwrap_or_default()
    }

    /// Notes that a known result was used again.
    pub fn note_hit(&mut self, name: impl FnOnce(&Self) -> Box<str>) {
        if self.options.clock.is_some() {
            let name = name(self);
            *self.evaluations.hits.entry(name).or_default() += 1;
        }
    }
}
