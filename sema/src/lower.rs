//! AIR → CFG, with what the CFG builder needs of sema.

use crate::context::Sema;
use kiln_air as air;
use kiln_cfg::{BuildCx, Glue};
use kiln_source::{Diagnostic, Warning};
use kiln_types::FuncId;

impl Sema<'_> {
    /// The CFG of a body that was found right.
    pub fn build_cfg(&mut self, body: &air::Body) -> kiln_cfg::Func {
        let built = self.with_builder(|cx| kiln_cfg::build(body, cx));
        for range in built.unreachable {
            let warning =
                Diagnostic::warning(Warning::UnreachableCode, range.in_file(body.file), "this is never reached");
            self.reporter.report(warning);
        }
        built.func
    }

    /// The body of a function the compiler makes for a type.
    pub fn build_glue(&mut self, func: FuncId, glue: Glue) -> kiln_cfg::Func {
        let name = self.program.info(func).name.clone();
        self.with_builder(|cx| kiln_cfg::build_glue(glue, &name, cx))
    }

    /// Lets the CFG builder work; glue it asks for gets its signature and is wanted.
    fn with_builder<R>(&mut self, build: impl FnOnce(&mut BuildCx<'_>) -> R) -> R {
        let instances = &mut self.instances;
        let mut asked = Vec::new();
        let result = build(&mut BuildCx {
            pool: &mut self.pool,
            layouts: &mut self.layouts,
            statics: &mut self.program.statics,
            glue: &mut |glue| {
                asked.push(glue);
                instances.glue_id(glue)
            },
            scratch: &mut self.scratch,
        });
        for glue in asked {
            self.glue(glue);
        }
        result
    }
}
