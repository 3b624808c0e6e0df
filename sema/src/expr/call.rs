//! Calls of functions, variants and function pointers, and their arguments.

use super::{Expect, PathValue};
use crate::body::BodyCx;
use crate::context::Checked;
use crate::errors;
use crate::known::Known;
use kiln_air::{self as air, Inst, InstId};
use kiln_cfg::FuncKind;
use kiln_hir::{Arg, ExprId, Mode};
use kiln_source::{DeclId, TextRange};
use kiln_types::{FnTypeParam, FuncId, ParamMode, TypeId, TypeKey, ValueId};

/// The receiver of a method call: the place or value, and its expression.
pub(crate) type Receiver = Option<(InstId, ExprId)>;

impl<'a> BodyCx<'_, 'a> {
    /// `callee(args)`
    pub fn call(&mut self, callee: ExprId, args: &'a [Arg], expect: Expect, range: TextRange) -> InstId {
        let path = match self.resolve_path(callee) {
            Ok(path) => path,
            Err(error) => {
                self.fail(error);
                return self.check_stray_args(args, range);
            }
        };
        match path {
            PathValue::Fn { decl, captures } => self.call_fn(decl, &captures, None, args, expect, range),
            PathValue::Variant { ty, variant } => self.tuple_variant(ty, variant, args, &[], range),
            PathValue::MemberOfGeneric { decl, captures, name } => {
                let variant = self.generic_variant(decl, &captures, name, args, expect, range);
                self.or_error(variant, range)
            }
            PathValue::Known(Known::Value(value)) if self.sema.as_fn(value).is_some() => {
                let func = self.sema.as_fn(value).expect("just tested");
                self.call_known(func, None, args, range)
            }
            PathValue::Other | PathValue::Known(_) => self.call_value(callee, args, range),
            PathValue::Type(_) | PathValue::Module(_) => self.not_callable(callee, args, range),
        }
    }

    /// Arguments of a call that is wrong are checked for their own mistakes.
    pub fn check_stray_args(&mut self, args: &[Arg], range: TextRange) -> InstId {
        for arg in args {
            self.operand(arg.value, Expect::None);
        }
        self.error_inst(range)
    }

    fn not_callable(&mut self, callee: ExprId, args: &[Arg], range: TextRange) -> InstId {
        let span = self.expr_span(callee);
        let is_type = matches!(self.resolve_path(callee), Ok(PathValue::Type(_)));
        let error = errors::not_callable(span, self.sema.sources.text(span), None, is_type);
        self.error(error);
        self.check_stray_args(args, range)
    }

    /// A call of a declared function.
    pub fn call_fn(
        &mut self,
        decl: DeclId,
        captures: &[ValueId],
        receiver: Receiver,
        args: &'a [Arg],
        expect: Expect,
        range: TextRange,
    ) -> InstId {
        let function = self.sema.decl(decl).as_fn().expect("a function");
        let needs_checked = function.unchecked || function.external.is_some();
        if needs_checked && self.checked == 0 {
            let name = self.name(self.sema.decl(decl).name.symbol).to_owned();
            let is_extern = function.external.is_some();
            self.error(errors::needs_checked_call(self.span(range), &name, is_extern));
        }
        if function.is_generic() {
            let result = self.call_generic(decl, captures, receiver, args, expect, range);
            return self.or_error(result, range);
        }
        match self.sema.ensure_signature(decl, captures, self.span(range)) {
            Ok(func) => self.call_known(func, receiver, args, range),
            Err(error) => {
                self.fail(error);
                self.check_stray_args(args, range)
            }
        }
    }

    /// A call of an instance.
    pub fn call_known(&mut self, func: FuncId, receiver: Receiver, args: &'a [Arg], range: TextRange) -> InstId {
        self.sema.want_body(func);
        let info = self.sema.program.info(func);
        let (params, ret, declared) = (info.sig.params.clone(), info.sig.ret, info.span);
        let variadic = matches!(info.kind, FuncKind::Extern { variadic: true, .. });
        let name = info.name.clone();
        let given = args.len() + usize::from(receiver.is_some());
        if given < params.len() || (given > params.len() && !variadic) {
            let skipped = usize::from(receiver.is_some());
            let (wanted, found) = (params.len().saturating_sub(skipped), args.len());
            self.error(errors::argument_count(self.span(range), &name, wanted, found, Some(declared)));
            return self.check_stray_args(args, range);
        }
        let mut lowered = Vec::with_capacity(given);
        if let Some(receiver) = receiver {
            lowered.push(self.receiver_arg(receiver, params[0]));
        }
        for (arg, param) in args.iter().zip(&params[lowered.len()..]) {
            lowered.push(self.argument(arg, *param));
        }
        for arg in &args[(params.len() - usize::from(receiver.is_some())).min(args.len())..] {
            let inst = self.value(arg.value, Expect::None);
            let ty = self.air.types[inst];
            self.settle(ty);
            let ty = self.ty(inst);
            self.check_variadic(ty, self.air.ranges[inst]);
            lowered.push(air::Arg { mode: ParamMode::Own, value: inst });
        }
        self.push(Inst::Call { func, args: lowered.into() }, ret, range)
    }

    /// The receiver as the argument of `self`.
    pub fn receiver_arg(&mut self, (inst, expr): (InstId, ExprId), param: FnTypeParam) -> air::Arg {
        let value = match param.mode {
            ParamMode::Own => {
                let used = self.use_place(inst);
                self.coerce(used, param.ty)
            }
            ParamMode::Borrow => self.fit_place(inst, param.ty),
            ParamMode::Inout => {
                let fitted = self.fit_place(inst, param.ty);
                self.demand_mutable(fitted, expr);
                fitted
            }
        };
        air::Arg { mode: param.mode, value }
    }

    /// An argument for a parameter: its mark, its place, its type.
    pub fn argument(&mut self, arg: &Arg, param: FnTypeParam) -> air::Arg {
        let value = match param.mode {
            ParamMode::Own => {
                self.check_mark(arg, Mode::Value);
                self.value(arg.value, Expect::Type(param.ty))
            }
            ParamMode::Borrow => {
                self.check_mark(arg, Mode::Borrow);
                let inst = self.operand(arg.value, Expect::Hint(param.ty));
                self.fit_place(inst, param.ty)
            }
            ParamMode::Inout => {
                self.check_mark(arg, Mode::Inout);
                let inst = self.operand(arg.value, Expect::Hint(param.ty));
                let fitted = self.fit_place(inst, param.ty);
                if !self.is_error(fitted) {
                    self.demand_mutable(fitted, arg.value);
                }
                fitted
            }
        };
        air::Arg { mode: param.mode, value }
    }

    /// `inout` has to be written, `borrow` may be.
    fn check_mark(&mut self, arg: &Arg, wanted: Mode) {
        let fits = match wanted {
            Mode::Value => arg.mode == Mode::Value,
            Mode::Borrow => arg.mode != Mode::Inout,
            Mode::Inout => arg.mode == Mode::Inout,
        };
        if !fits {
            let span = self.expr_span(arg.value);
            let text = self.sema.sources.text(span);
            let error = errors::argument_mode(span, text, wanted, arg.mode);
            self.error(error);
        }
    }

    /// Fits a place (or temporary) to a parameter that borrows: the types are equal, or an array or container becomes a view.
    pub fn fit_place(&mut self, inst: InstId, ty: TypeId) -> InstId {
        let inst = match self.sema.pool.is_unsized(ty) {
            true => self.view_of(inst),
            false => inst,
        };
        let found = self.ty(inst);
        if found == TypeId::STR
            && !self.sema.pool.is_unsized(ty)
            && let Some(owned) = self.owned_literal(inst)
        {
            // A literal where a `String` is read.
            return self.coerce(owned, ty);
        }
        if let (TypeKey::Slice { elem }, TypeKey::Array { elem: of, .. }) = (self.key(ty), self.key(found)) {
            let (elem, of) = (*elem, *of);
            if self.unify(of, elem) {
                return self.as_view(inst, ty);
            }
        }
        self.coerce(inst, ty)
    }

    /// A call through a function pointer.
    fn call_value(&mut self, callee: ExprId, args: &'a [Arg], range: TextRange) -> InstId {
        let inst = self.value(callee, Expect::None);
        let ty = self.ty(inst);
        let TypeKey::Fn(signature) = self.key(ty) else {
            if ty != TypeId::ERROR {
                let span = self.expr_span(callee);
                let shown = self.show(ty);
                let error = errors::not_callable(span, self.sema.sources.text(span), Some(&shown), false);
                self.error(error);
            }
            return self.check_stray_args(args, range);
        };
        let signature = signature.clone();
        if signature.foreign {
            if self.checked == 0 {
                let error =
                    errors::needs_checked_call(self.span(range), self.sema.sources.text(self.expr_span(callee)), true);
                self.error(error);
            }
            if let Err(error) = self.sema.check_c_signature(&signature, self.expr_span(callee)) {
                self.fail(error);
            }
        }
        if args.len() != signature.params.len() {
            let span = self.span(range);
            let name = self.sema.sources.text(self.expr_span(callee)).to_owned();
            self.error(errors::argument_count(span, &name, signature.params.len(), args.len(), None));
            return self.check_stray_args(args, range);
        }
        let args = args.iter().zip(&signature.params).map(|(arg, param)| self.argument(arg, *param)).collect();
        self.push(Inst::CallPtr { callee: inst, args }, signature.ret, range)
    }

    /// The type of a parameter of a function with these comptime arguments known so far.
    pub fn param_type_of(&mut self, decl: DeclId, known: &[ValueId], index: usize) -> Checked<TypeId> {
        let function = self.sema.decl(decl).as_fn().expect("a function");
        let param = &function.params[index];
        let mut cx = BodyCx::new(self.sema, decl, known)?;
        cx.param_type(param)
    }
}
