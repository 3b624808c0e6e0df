//! Consts. Demand *value*.

use crate::body::BodyCx;
use crate::context::{Checked, Sema};
use crate::errors;
use crate::known::Known;
use kiln_hir::DeclKind;
use kiln_source::{DeclId, Span};
use kiln_types::ValueId;
use rustc_hash::FxHashMap;

#[derive(Clone, Copy, Debug)]
enum State {
    InProgress,
    Done(Known),
    Failed,
}

/// The consts evaluated so far, by declaration and captured values.
#[derive(Debug, Default)]
pub(crate) struct Globals {
    states: FxHashMap<(DeclId, Box<[ValueId]>), State>,
    /// Consts being evaluated, outermost first, with the place that asked for each.
    stack: Vec<(DeclId, Span)>,
}

impl Globals {
    /// The const that is being evaluated.
    pub fn innermost(&self) -> Option<DeclId> {
        self.stack.last().map(|(decl, _)| *decl)
    }
}

impl<'a> Sema<'a> {
    /// The value of a const. `used` is where it is asked for.
    pub fn ensure_global(&mut self, decl: DeclId, captures: &[ValueId], used: Span) -> Checked<Known> {
        let key = (decl, Box::from(captures));
        match self.globals.states.get(&key) {
            Some(State::Done(known)) => {
                let known = *known;
                self.note_hit(|sema| sema.decl_path(decl).into());
                return Ok(known);
            }
            Some(State::Failed) => return Err(self.reporter.check().expect_err("a failed const was reported")),
            Some(State::InProgress) => return Err(self.cyclic_const(decl, used)),
            None => {}
        }
        self.globals.states.insert(key.clone(), State::InProgress);
        self.globals.stack.push((decl, used));
        let result = self.evaluate_const(decl, captures);
        self.globals.stack.pop();
        let state = result.map_or(State::Failed, State::Done);
        self.globals.states.insert(key, state);
        result
    }

    fn evaluate_const(&mut self, decl: DeclId, captures: &[ValueId]) -> Checked<Known> {
        let item: &'a kiln_hir::Decl = self.decl(decl);
        let DeclKind::Const(body) = &item.kind else { unreachable!("only consts are globals") };
        let mut cx = BodyCx::new(self, decl, captures)?;
        cx.comptime = true;
        let ty = body.ty.map(|ty| cx.type_of_expr(ty)).transpose()?;
        cx.eval(body.value, ty)
    }

    /// A const that needs its own value: the chain from it to itself.
    fn cyclic_const(&mut self, decl: DeclId, used: Span) -> kiln_source::ErrorReported {
        let start = self.globals.stack.iter().position(|(open, _)| *open == decl).unwrap_or(0);
        let chain: Vec<(String, Span)> = self.globals.stack[start + 1..]
            .iter()
            .map(|(open, at)| (self.names.name(self.hir.decls[*open].name.symbol).to_owned(), *at))
            .collect();
        let name = self.names.name(self.hir.decls[decl].name.symbol).to_owned();
        let error = errors::cyclic_const(self.hir.name_span(decl), &name, &chain, used);
        self.error(error)
    }
}
