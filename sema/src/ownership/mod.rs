//! Ownership: what is moved, dropped and borrowed, checked on the CFG of each function, which is then made ready to run.
//!
//! [`paths`] says what can be moved on its own, [`flow`] where it may have a value, [`drops`] what that makes of each
//! drop, [`elaborate`] writes it. A function without owners that are moved or dropped passes at once.

mod bits;
mod paths;

mod flow;

mod drops;
mod elaborate;

use crate::context::Sema;
use flow::Flow;
use kiln_cfg::{Func, Stmt};
use paths::Paths;

impl Sema<'_> {
    /// Makes drops explicit.
    pub fn own(&mut self, func: &mut Func) {
        let drops = func.blocks.iter().flat_map(|block| &block.stmts).any(|stmt| matches!(stmt, Stmt::Drop(_)));
        if !drops {
            return;
        }
        let paths = Paths::of(func, &self.pool);
        let flow = Flow::of(func, &paths, &self.pool);
        let mut asked = Vec::new();
        let instances = &mut self.instances;
        elaborate::elaborate(func, &flow, &paths, &self.pool, &mut |glue| {
            asked.push(glue);
            instances.glue_id(glue)
        });
        asked.into_iter().for_each(|glue| {
            self.glue(glue);
        });
    }
}
