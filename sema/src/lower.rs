//! AIR → CFG, with what the CFG builder needs of sema.

use crate::context::{Checked, Sema};
use kiln_air as air;
use kiln_cfg::{BuildCx, Glue};
use kiln_source::{Diagnostic, Warning};
use kiln_types::FuncId;

impl Sema<'_> {
    /// The CFG of a body that was found right.
    pub fn build_cfg(&mut self, body: &air::Body) -> kiln_cfg::Func {
        let instances = &mut self.instances;
        let mut glue_ids = Vec::new();
        let built = kiln_cfg::build(
            body,
            &mut BuildCx {
                pool: &mut self.pool,
                layouts: &mut self.layouts,
                statics: &mut self.program.statics,
                glue: &mut |glue| {
                    let func = instances.glue_id(glue);
                    glue_ids.push(glue);
                    func
                },
                scratch: &mut self.scratch,
            },
        );
        for glue in glue_ids {
            self.glue(glue);
        }
        for range in built.unreachable {
            let warning =
                Diagnostic::warning(Warning::UnreachableCode, range.in_file(body.file), "this is never reached");
            self.reporter.report(warning);
        }
        built.func
    }

    /// The body of a function the compiler makes for a type.
    pub fn build_glue(&mut self, glue: Glue) -> Checked<kiln_cfg::Func> {
        let name = self.program.info(self.instances.glue_id(glue)).name.clone();
        let _ = name;
        Err(self.error(Diagnostic::global_error(kiln_source::codes::E0901, "glue")))
    }

    /// The id of glue, whose signature may not be known yet.
    pub fn glue_func(&mut self, glue: Glue) -> FuncId {
        self.instances.glue_id(glue)
    }
}
