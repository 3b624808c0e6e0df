//! What `--timings` tells: how long each phase took, and what was evaluated at compile time.

use kiln_sema::Evaluation;
use kiln_source::SourceMap;
use std::fmt::Write;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

/// As many evaluations are listed; of the others only the sum.
const LISTED: usize = 50;

/// Times of one compilation.
#[derive(Clone, Debug, Default)]
pub struct Timings {
    /// Phases in their order.
    pub phases: Vec<(&'static str, Duration)>,
    /// Evaluations in the order in which they ended. Those that others asked for are in the time of these, too.
    pub evaluations: Vec<Evaluation>,
}

/// The time since this was first asked for.
pub(crate) fn since_start() -> Duration {
    static START: OnceLock<Instant> = OnceLock::new();
    START.get_or_init(Instant::now).elapsed()
}

/// Measures one phase after the other.
pub(crate) struct Clock {
    last: Instant,
    timings: Timings,
}

impl Clock {
    pub(crate) fn start() -> Clock {
        Clock { last: Instant::now(), timings: Timings::default() }
    }

    /// The phase that ends now.
    pub(crate) fn lap(&mut self, phase: &'static str) {
        let now = Instant::now();
        self.timings.phases.push((phase, now - self.last));
        self.last = now;
    }

    pub(crate) fn finish(self) -> Timings {
        self.timings
    }
}

impl Timings {
    /// Adds a phase that followed the compilation.
    pub fn add(&mut self, phase: &'static str, time: Duration) {
        self.phases.push((phase, time));
    }

    /// The table that is printed: phases, then evaluations, those with the most steps first.
    pub fn table(&self, sources: &SourceMap) -> String {
        let mut text = String::from("phases:\n");
        for (phase, time) in &self.phases {
            let _ = writeln!(text, "  {:>10}  {phase}", ms(*time));
        }
        let mut sorted: Vec<&Evaluation> = self.evaluations.iter().collect();
        sorted.sort_by_key(|evaluation| std::cmp::Reverse(evaluation.steps));
        let (steps, hits) = sorted.iter().fold((0, 0), |sum, one| (sum.0 + one.steps, sum.1 + one.hits));
        let count = sorted.len();
        let _ = writeln!(text, "evaluations at compile time: {count}, with {steps} steps; results used again: {hits}");
        if count > 0 {
            let _ = writeln!(text, "  {:>12} {:>12} {:>10} {:>6}  what", "steps", "bytes", "time", "hits");
        }
        for one in sorted.iter().take(LISTED) {
            let Evaluation { name, steps, bytes, time, hits, .. } = one;
            let at = sources.location(one.span);
            let _ = writeln!(text, "  {steps:>12} {bytes:>12} {:>10} {hits:>6}  `{name}` at {at}", ms(*time));
        }
        if let Some(more) = count.checked_sub(LISTED).filter(|more| *more > 0) {
            let rest: u64 = sorted[LISTED..].iter().map(|one| one.steps).sum();
            let _ = writeln!(text, "  {rest:>12} {:>12} {:>10} {:>6}  {more} more", "", "", "");
        }
        text
    }
}

/// `12.345 ms`
pub fn ms(time: Duration) -> String {
    format!("{:.3} ms", time.as_secs_f64() * 1e3)
}
