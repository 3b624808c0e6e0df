//! AIR → CFG, with what the CFG builder needs of sema.

use crate::context::{Checked, Sema};
use kiln_air as air;
use kiln_cfg::{BuildCx, Glue};
use kiln_source::{Diagnostic, Warning};
use kiln_types::FuncId;

impl Sema<'_> {
    /// The CFG of a body that was found right.
    pub fn build_cfg(&mut self, body: &air::Body) -> Checked<kiln_cfg::Func> {
        if cfg!(debug_assertions) {
            self.verify_air(body);
        }
        let mut built = self.with_builder(|cx| kiln_cfg::build(body, cx));
        for range in built.unreachable {
            let warning =
                Diagnostic::warning(Warning::UnreachableCode, range.in_file(body.file), "this is never reached");
            self.reporter.report(warning);
        }
        if cfg!(debug_assertions) {
            // Whether arguments overlap is what comes next.
            self.verify_cfg(&built.func, |rule| !matches!(rule, kiln_cfg::Rule::Overlap(_)));
        }
        self.own(&mut built.func, body)?;
        if cfg!(debug_assertions) {
            self.verify_cfg(&built.func, |_| true);
        }
        Ok(built.func)
    }

    /// Stops with an internal error if the body breaks the contract of AIR.
    fn verify_air(&self, body: &air::Body) {
        let sig = |func| {
            let info = self.program.infos.get(func)?.as_ref()?;
            Some((&*info.sig.params, info.sig.ret))
        };
        if let Err(violations) = air::verify(body, &air::VerifyCx { pool: &self.pool, sig: &sig }) {
            let list: Vec<String> = violations.iter().map(ToString::to_string).collect();
            panic!("AIR of `{}` is broken: {}", body.name, list.join("; "));
        }
    }

    /// Stops with an internal error if the function breaks the contract of the CFG.
    fn verify_cfg(&self, func: &kiln_cfg::Func, counts: impl Fn(&kiln_cfg::Rule) -> bool) {
        let info = |func| self.program.infos.get(func)?.as_ref();
        let cx = kiln_cfg::VerifyCx { pool: &self.pool, statics: &self.program.statics, info: &info };
        if let Err(violations) = kiln_cfg::verify(func, &cx) {
            let list: Vec<String> =
                violations.iter().filter(|one| counts(&one.rule)).map(ToString::to_string).collect();
            assert!(list.is_empty(), "CFG of `{}` is broken: {}", func.name, list.join("; "));
        }
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
