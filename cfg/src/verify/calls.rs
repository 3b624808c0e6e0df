//! Calls: arguments and results as the callee has them, nothing overlapping.

use super::{Rule, Verifier};
use crate::{Arg, Block, Call, Callee, FuncKind, FuncSig, Place, PlaceBase, Proj};
use kiln_types::{ParamMode, TypeId, TypeKey};

impl Verifier<'_> {
    pub(super) fn check_call(&mut self, block: &Block, call: &Call) {
        let (sig, variadic) = match call.callee {
            Callee::Func(func) => match (self.cx.info)(func) {
                Some(info) => {
                    let variadic = matches!(info.kind, FuncKind::Extern { variadic: true, .. });
                    (Some(info.sig.clone()), variadic)
                }
                None => (None, false),
            },
            Callee::Pointer(pointer) => {
                let ty = self.operand(pointer);
                let sig = ty.and_then(|ty| self.pointer_sig(ty));
                if let Some(ty) = ty {
                    self.expect_kind("callee", ty, sig.is_some());
                }
                (sig, false)
            }
        };
        let args: Vec<Option<TypeId>> = call
            .args
            .iter()
            .map(|arg| match arg {
                Arg::Value(operand) => self.operand(*operand),
                Arg::Place(place) => self.value_place(place),
            })
            .collect();
        let dst = call.dst.as_ref().map(|dst| (dst, self.written(dst)));
        if let Some(sig) = &sig {
            self.check_args(call, sig, &args, variadic);
            let has_result = sig.ret != TypeId::UNIT && sig.ret != TypeId::NEVER;
            self.require(has_result == dst.is_some(), || Rule::Destination);
            if let Some((_, Some(ty))) = dst {
                self.expect("result", sig.ret, ty);
            }
            if sig.ret == TypeId::NEVER {
                self.check_last(block);
            }
        }
        self.check_overlap(call, sig.as_ref());
    }

    fn pointer_sig(&self, ty: TypeId) -> Option<FuncSig> {
        match self.cx.pool.key(ty) {
            TypeKey::Fn(ty) => Some(FuncSig { params: ty.params.clone(), ret: ty.ret }),
            _ => None,
        }
    }

    fn check_args(&mut self, call: &Call, sig: &FuncSig, args: &[Option<TypeId>], variadic: bool) {
        let (found, expected) = (args.len(), sig.params.len());
        let right = if variadic { found >= expected } else { found == expected };
        self.require(right, || Rule::ArgCount { found, expected });
        for (index, (param, arg)) in sig.params.iter().zip(&call.args).enumerate() {
            let by_value = matches!(arg, Arg::Value(_));
            self.require(by_value == (param.mode == ParamMode::Own), || Rule::ArgMode(index));
            if let Some(ty) = args[index] {
                self.expect("argument", ty, param.ty);
            }
            if let (Arg::Place(place), ParamMode::Inout) = (arg, param.mode) {
                self.written(place);
            }
        }
    }

    fn check_overlap(&mut self, call: &Call, sig: Option<&FuncSig>) {
        for (index, arg) in call.args.iter().enumerate() {
            let clash = |place: &Place| match arg {
                Arg::Value(operand) => {
                    operand.local().is_some_and(|local| place.base == PlaceBase::Local(local) && !behind(place))
                }
                Arg::Place(arg) => overlap(place, arg),
            };
            let dst = call.dst.as_ref().is_some_and(clash);
            let inout = sig.is_some_and(|sig| {
                sig.params.iter().zip(&call.args).enumerate().any(|(other, (param, place))| match place {
                    Arg::Place(place) if param.mode == ParamMode::Inout => {
                        other != index && matches!(arg, Arg::Value(_)) && clash(place)
                    }
                    _ => false,
                })
            });
            self.require(!dst && !inout, || Rule::Overlap(index));
        }
    }
}

/// Whether the place lies behind a pointer.
fn behind(place: &Place) -> bool {
    place.proj.first() == Some(&Proj::Deref)
}

/// Whether two places certainly share memory: one is a part of the other.
fn overlap(left: &Place, right: &Place) -> bool {
    let shared = left.proj.len().min(right.proj.len());
    left.base == right.base && left.proj[..shared] == right.proj[..shared] && behind(left) == behind(right)
}
