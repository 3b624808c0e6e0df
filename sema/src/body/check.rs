//! A whole function: parameters, body, result; then what the end of a body settles.

use super::{BodyCx, LocalState};
use crate::context::Checked;
use crate::errors;
use crate::expr::Expect;
use kiln_air as air;
use kiln_hir::{DeclKind, ExprId, LocalKind};
use kiln_types::{FuncId, ParamMode, TypeId};

impl BodyCx<'_, '_> {
    /// Checks the body of a function, destructor or test whose signature is known.
    pub fn check_function(mut self, func: FuncId) -> Checked<air::Body> {
        let info = self.sema.program.info(func);
        let (name, ret) = (info.name.clone(), info.sig.ret);
        let types: Vec<(ParamMode, TypeId)> = info.sig.params.iter().map(|param| (param.mode, param.ty)).collect();
        self.air.name = name;
        self.air.ret = ret;
        self.ret = Some(ret);
        let item = self.sema.decl(self.decl);
        let body = match &item.kind {
            DeclKind::Fn(function) | DeclKind::Drop { function, .. } => {
                let params = function.params.iter().filter(|param| !param.comptime);
                for (param, (mode, ty)) in params.zip(types) {
                    let local = self.new_local(Some(param.local), ty, Some(mode), mode == ParamMode::Inout);
                    self.locals[param.local] = LocalState::Runtime(local);
                }
                function.body.expect("only functions with bodies are checked")
            }
            DeclKind::Test { body } => *body,
            _ => unreachable!("only functions and tests have bodies"),
        };
        self.air.param_count = self.air.locals.len();
        self.checked = u32::from(item.as_fn().is_some_and(|function| function.unchecked));
        self.air.root = self.function_body(body, ret);
        self.check_nested();
        self.finish()
    }

    /// The body's value has the function's type; a body that falls off its end gets its own words.
    fn function_body(&mut self, body: ExprId, ret: TypeId) -> air::InstId {
        self.value(body, Expect::Type(ret))
    }

    /// Adds a local; `hir` is the one it stands for.
    pub fn new_local(
        &mut self,
        hir: Option<kiln_hir::LocalId>,
        ty: TypeId,
        param: Option<ParamMode>,
        mutable: bool,
    ) -> air::LocalId {
        let (name, range) = match hir {
            Some(local) => (Some(self.hir.locals[local].name), self.hir.locals[local].range),
            None => (None, self.air.range),
        };
        self.mutated.push(false);
        self.air.locals.push(air::Local { name, ty, param, mutable, borrowed: false, range })
    }

    /// Ends a body: types are settled, and every one of them has a layout.
    pub fn finish(mut self) -> Checked<air::Body> {
        self.finish_inference();
        crate::ownership::settle_bindings(&mut self.air, &self.sema.pool);
        self.check_certain_panics();
        self.check_layouts();
        self.warn_unused_mut();
        match self.failed {
            Some(error) => Err(error),
            None => Ok(self.air),
        }
    }

    fn check_layouts(&mut self) {
        let mut last = TypeId::UNIT;
        for inst in self.air.types.ids() {
            let ty = self.air.types[inst];
            if ty != last && ty.index() > TypeId::MODULE.index() {
                let span = self.span(self.air.ranges[inst]);
                if let Err(error) = self.sema.ensure_layout(ty, span) {
                    self.fail(error);
                }
                last = ty;
            }
        }
        for local in self.air.locals.ids() {
            let (ty, range) = (self.air.locals[local].ty, self.air.locals[local].range);
            if let Err(error) = self.sema.ensure_layout(ty, self.span(range)) {
                self.fail(error);
            }
        }
    }

    fn warn_unused_mut(&mut self) {
        let is_std = self.sema.hir.modules[self.sema.decl(self.decl).module].is_std;
        if self.failed.is_some() || is_std {
            return;
        }
        let is_generic = !self.args.is_empty();
        for (id, state) in self.locals.iter_enumerated() {
            let local = &self.hir.locals[id];
            let LocalState::Runtime(air) = state else { continue };
            let word = match local.kind {
                LocalKind::Part => "inout",
                _ if local.mutable => "mut",
                _ => continue,
            };
            let span = local.range.in_file(self.file);
            let name = self.name(local.name);
            let warning =
                (!self.mutated[air.0 as usize] && !name.starts_with('_')).then(|| errors::unused_mut(span, name, word));
            match warning {
                Some(warning) if !is_generic => self.sema.reporter.report(warning),
                Some(warning) => {
                    self.sema.unchanged.entry(span).or_insert(Some(warning));
                }
                // Another instance may have left it as it was.
                None if is_generic => {
                    self.sema.unchanged.insert(span, None);
                }
                None => {}
            }
        }
    }
}
