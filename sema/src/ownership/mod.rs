//! Ownership: what is moved, dropped and borrowed, checked on the CFG of each function, which is then made ready to run.
//!
//! [`paths`] says what can be moved on its own, [`flow`] where it may have a value, [`loans`] who else names a place.
//! [`check`] holds the rules against that, with [`calls`] (exclusivity) and [`linear`]; [`report`] finds the words. [`drops`] says
//! what each drop comes to, [`elaborate`] writes it, and [`share`] keeps ways out from repeating one another. A function without owners, aliases and `inout` arguments passes at once.

mod bindings;
pub(crate) use bindings::settle as settle_bindings;

mod bits;
mod paths;

mod flow;

mod loans;

mod check;

mod calls;
mod linear;
pub(crate) use linear::Loss;

mod report;

mod drops;
mod elaborate;
mod share;

#[cfg(test)]
mod tests;

use crate::context::{Checked, Sema};
use flow::Flow;
use kiln_air as air;
use kiln_cfg::{Arg, Func, FuncKind, Operand, Rvalue, Stmt, UseKind};
use kiln_types::{FuncId, ParamMode, Pool};
use loans::Loans;
use paths::Paths;

/// What the checks need to know of the rest of the program.
pub(crate) struct OwnCx<'a> {
    pub pool: &'a Pool,
    /// How a function takes its arguments.
    pub modes: &'a dyn Fn(FuncId) -> Vec<ParamMode>,
    /// Whether a function is a container's `view` or `view_mut`.
    pub is_view: &'a dyn Fn(FuncId) -> bool,
}

impl Sema<'_> {
    /// Checks ownership in a function that was built of this body, and makes its drops explicit.
    pub fn own(&mut self, func: &mut Func, body: &air::Body) -> Checked<()> {
        if !func.blocks.iter().flat_map(|block| &block.stmts).any(concerns) {
            return Ok(());
        }
        let paths = Paths::of(func, &self.pool);
        let (flow, loans, mistakes) = {
            let cx = OwnCx {
                pool: &self.pool,
                modes: &|func| self.program.info(func).sig.params.iter().map(|param| param.mode).collect(),
                is_view: &|func| self.is_view_method(func),
            };
            let flow = Flow::of(func, &paths, &cx);
            let loans = Loans::of(func, cx.pool, cx.is_view);
            let mistakes = check::check(func, &flow, &paths, &loans, &cx);
            (flow, loans, mistakes)
        };
        let mut result = Ok(());
        for mistake in mistakes {
            result = Err(self.report_ownership(func, body, &flow, &paths, &loans, &mistake));
        }
        result?;
        let mut asked = Vec::new();
        let instances = &mut self.instances;
        elaborate::elaborate(func, &flow, &paths, &self.pool, &mut |glue| {
            asked.push(glue);
            instances.glue_id(glue)
        });
        asked.into_iter().for_each(|glue| {
            self.glue(glue);
        });
        share::share(func, &|func| matches!(self.program.info(func).kind, FuncKind::Glue(_)));
        Ok(())
    }
}

/// Whether an instruction makes its function one to look at.
fn concerns(stmt: &Stmt) -> bool {
    match stmt {
        Stmt::Drop(_) | Stmt::Bind { .. } => true,
        Stmt::Assign(_, Rvalue::Use(_, UseKind::Move | UseKind::Show) | Rvalue::Operand(Operand::Move(_))) => true,
        Stmt::Assign(_, Rvalue::Slice { .. }) => true,
        Stmt::Assign(_, Rvalue::Builtin(_, args)) => args.iter().any(|arg| matches!(arg, Operand::Move(_))),
        Stmt::Call(call) => {
            let moves = |arg: &Arg| matches!(arg, Arg::Value(Operand::Move(_)));
            let has_place = call.args.iter().any(|arg| matches!(arg, Arg::Place(_)));
            call.args.iter().any(moves) || (has_place && (call.args.len() > 1 || call.dst.is_some()))
        }
        _ => false,
    }
}
