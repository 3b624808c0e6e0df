//! A call of a C function, argument by argument.

use crate::c_abi::{CAbi, promoted};
use crate::{Facts, Result, broken};
use kiln_cfg::{Arg, Call, Func, FuncSig};
use kiln_types::{Repr, ScalarKind, TypeId};

/// How a call is made.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CCall {
    /// The convention, with a row for each argument.
    pub abi: CAbi,
    /// The arguments, in order.
    pub args: Vec<CArg>,
    /// How many of them are for parameters; the others stand in place of `...`.
    pub named: usize,
}

/// An argument of a C function.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct CArg {
    /// The type it is passed as.
    pub ty: TypeId,
    /// What the scalar is, and what it is to become before it is passed, where C promotes it.
    pub promotion: Option<(ScalarKind, ScalarKind)>,
}

impl CCall {
    /// The call of a function with this signature.
    ///
    /// # Errors
    /// As [`CAbi::new`]; an aggregate stands in place of `...`.
    pub fn new(facts: &mut Facts<'_>, func: &Func, call: &Call, sig: &FuncSig, symbol: &str) -> Result<CCall> {
        let named = sig.params.len();
        let mut args: Vec<CArg> = sig.params.iter().map(|param| CArg { ty: param.ty, promotion: None }).collect();
        let mut variadic = Vec::new();
        for arg in call.args.iter().skip(named) {
            let Arg::Value(operand) = *arg else { return broken("a variadic argument is a value") };
            let ty = facts.operand_type(func, operand);
            args.push(promote(facts, ty)?);
            variadic.push(ty);
        }
        let abi = CAbi::new(facts.pool, facts.layouts, sig, &variadic, symbol)?;
        Ok(CCall { abi, args, named })
    }
}

fn promote(facts: &mut Facts<'_>, ty: TypeId) -> Result<CArg> {
    let Repr::Scalar(from) = facts.layouts.of(facts.pool, ty).repr else {
        return broken("C takes only scalars in place of `...`");
    };
    let to = promoted(from);
    if from == to {
        return Ok(CArg { ty, promotion: None });
    }
    let ty = match to {
        ScalarKind::F64 => TypeId::F64,
        ScalarKind::Int { signed: true, .. } => TypeId::I32,
        _ => TypeId::U32,
    };
    Ok(CArg { ty, promotion: Some((from, to)) })
}
