//! Calls: arguments in order, the result straight into its place.

use super::survey::{Siblings, root};
use super::{Builder, Effects};
use crate::emit::Flow;
use crate::{Arg, Call, Callee, Operand, Place, Rvalue, Stmt};
use kiln_air::InstId;
use kiln_types::{FuncId, ParamMode, TypeId};
use smallvec::SmallVec;

impl Builder<'_, '_> {
    pub(super) fn call(&mut self, dst: Option<&Place>, id: InstId, func: FuncId, args: &[kiln_air::Arg]) -> Flow<()> {
        let args = self.args(args)?;
        self.finish_call(dst, id, Callee::Func(func), args)
    }

    pub(super) fn call_pointer(
        &mut self,
        dst: Option<&Place>,
        id: InstId,
        callee: InstId,
        args: &[kiln_air::Arg],
    ) -> Flow<()> {
        let after = args.iter().fold(Effects::NONE, |after, arg| after.and(self.effects(arg.value)));
        let callee = self.operand(callee, after)?;
        let args = self.args(args)?;
        self.finish_call(dst, id, Callee::Pointer(callee), args)
    }

    pub(super) fn finish_call(
        &mut self,
        dst: Option<&Place>,
        id: InstId,
        callee: Callee,
        args: Box<[Arg]>,
    ) -> Flow<()> {
        let (ty, range) = (self.ty(id), self.range(id));
        let call = |dst| Stmt::Call(Box::new(Call { dst, callee, args }));
        match dst {
            _ if ty == TypeId::UNIT => self.emit.push(call(None), range),
            _ if ty == TypeId::NEVER => {
                self.emit.push(call(None), range);
                return self.emit.unreachable(range);
            }
            Some(dst) => self.emit.push(call(Some(dst.clone())), range),
            None => {
                let local = self.emit.temp(ty, range);
                self.emit.push(call(Some(Place::local(local))), range);
                self.drop_at_statement_end(local, ty);
            }
        }
        Ok(())
    }

    pub(super) fn args(&mut self, args: &[kiln_air::Arg]) -> Flow<Box<[Arg]>> {
        let siblings = Siblings::of(&self.survey, args.iter().map(|arg| arg.value));
        let has_inout = args.iter().any(|arg| arg.mode == ParamMode::Inout);
        let mut lowered: SmallVec<[Arg; 4]> = SmallVec::new();
        for (index, arg) in args.iter().enumerate() {
            let after = siblings.after(index);
            lowered.push(match arg.mode {
                ParamMode::Own => {
                    let value = self.operand(arg.value, after)?;
                    Arg::Value(if has_inout { self.apart(value, arg.value, args) } else { value })
                }
                ParamMode::Borrow | ParamMode::Inout => Arg::Place(self.place(arg.value, after)?.finish()),
            });
        }
        Ok(lowered.into_iter().collect())
    }

    /// The value in a local of its own, if it is copied from one that another argument passes as `inout`.
    fn apart(&mut self, value: Operand, id: InstId, args: &[kiln_air::Arg]) -> Operand {
        let Operand::Copy(local) = value else { return value };
        let passed =
            args.iter().filter(|arg| arg.mode == ParamMode::Inout).any(|arg| match root(self.body, arg.value) {
                Some(other) => self.local(other) == local,
                None => self.survey.takes_addresses(),
            });
        if !passed {
            return value;
        }
        self.emit.compute(self.ty(id), Rvalue::Operand(value), self.range(id))
    }
}
