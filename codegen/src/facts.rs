//! The program as a code generator sees it: functions, types, and where things lie.

use crate::abi::{Pass, pass_param};
use kiln_cfg::{Callee, Func, Operand, Program};
use kiln_types::{FnTypeParam, Layouts, ParamMode, Pool, TypeId, TypeKey};

/// What the shared decisions are made from.
#[derive(Debug)]
pub struct Facts<'a> {
    /// What is compiled.
    pub program: &'a Program,
    /// Its types and values.
    pub pool: &'a Pool,
    /// Layouts on the target.
    pub layouts: &'a mut Layouts,
}

impl Facts<'_> {
    /// How a parameter travels by Kiln's convention.
    pub fn pass_of(&mut self, param: FnTypeParam) -> Pass {
        pass_param(self.pool, self.layouts, param)
    }

    /// The mode of a parameter for which an address is passed; `None` if a value is, or for what stands in place of `...`.
    pub fn arg_mode(&mut self, func: &Func, callee: Callee, index: usize) -> Option<ParamMode> {
        let param = match callee {
            Callee::Func(id) => self.program.infos.get(id)?.as_ref()?.sig.params.get(index).copied()?,
            Callee::Pointer(pointer) => self.fn_params(self.operand_type(func, pointer)).get(index).copied()?,
        };
        matches!(self.pass_of(param), Pass::Address | Pass::View).then_some(param.mode)
    }

    /// The parameters of a function type.
    fn fn_params(&self, ty: TypeId) -> &[FnTypeParam] {
        match self.pool.key(ty) {
            TypeKey::Fn(ty) => &ty.params,
            _ => &[],
        }
    }

    /// The type of an operand.
    pub fn operand_type(&self, func: &Func, operand: Operand) -> TypeId {
        match operand {
            Operand::Copy(local) | Operand::Move(local) => func.locals[local].ty,
            Operand::Const(value) => self.pool.type_of(value),
        }
    }
}
