//! Calls with comptime parameters: finding the comptime arguments, then the instance.

use super::call::Receiver;
use super::{Expect, PathValue};
use crate::body::BodyCx;
use crate::context::Checked;
use crate::errors;
use kiln_air::{self as air, Inst, InstId};
use kiln_hir::{self as hir, Arg, DeclKind, Expr, ExprId, LocalId, Name, PrimType};
use kiln_source::{DeclId, ErrorReported, TextRange};
use kiln_types::{ParamMode, TypeId, TypeKey, ValueId};

/// Comptime parameters of a function that matching types has found.
type Found = Vec<(LocalId, ValueId)>;

impl<'a> BodyCx<'_, 'a> {
    /// A call of a function with comptime parameters. Leading `comptime T: type` may be left out.
    pub fn call_generic(
        &mut self,
        decl: DeclId,
        captures: &[ValueId],
        receiver: Receiver,
        args: &'a [Arg],
        expect: Expect,
        range: TextRange,
    ) -> Checked<InstId> {
        let function = self.sema.decl(decl).as_fn().expect("a function");
        // Comptime parameters given beyond captures come before the receiver: the element type of a slice's method.
        let captured = self.sema.hir.decls[self.sema.capture_holder(decl)].captures.len();
        let has_receiver = usize::from(receiver.is_some());
        let given = has_receiver + captures.len().saturating_sub(captured);
        let params = &function.params[given..];
        let leading = params.iter().take_while(|param| self.is_type_param(decl, param)).count();
        // A last argument whose type is found may be left out: then it is `()`.
        let free_last =
            params.last().filter(|param| !param.comptime && self.is_left_out_type(decl, param, &params[..leading]));
        let mut implied = None;
        let is_text = |arg: &Arg| matches!(self.hir[arg.value], Expr::Str(_));
        if free_last.is_some() && args.len() >= params.len() && args.first().is_some_and(is_text) {
            let name = self.name(self.sema.decl(decl).name.symbol).to_owned();
            let expected = params.len() - leading;
            return Err(self.error(errors::values_without_tuple(self.span(range), &name, expected, args.len())));
        }
        let left_out = match params.len().checked_sub(args.len()) {
            Some(0) => 0,
            Some(missing) if missing == leading => leading,
            Some(missing) if missing == leading + 1 && free_last.is_some() => {
                implied = free_last;
                leading
            }
            _ => {
                let name = self.name(self.sema.decl(decl).name.symbol).to_owned();
                let declared = self.sema.hir.name_span(decl);
                let error = errors::argument_count(self.span(range), &name, params.len(), args.len(), Some(declared));
                return Err(self.error(error));
            }
        };
        let mut known: Vec<ValueId> = captures.to_vec();
        // Arguments that were checked to find types; they are not checked again.
        let mut checked: Vec<Option<InstId>> = vec![None; args.len()];
        let mut before = Vec::new();
        if left_out > 0 {
            self.infer_types(
                decl,
                &params[..left_out],
                &params[left_out..],
                args,
                &mut checked,
                &mut before,
                implied,
                expect,
                range,
                &mut known,
            )?;
        }
        for (at, (param, arg)) in params[left_out..].iter().zip(args).enumerate() {
            if param.comptime {
                let ty = self.param_type_of(decl, &known, given + left_out + at)?;
                let value = self.comptime_argument(arg.value, ty)?;
                known.push(value);
            }
        }
        let func = self.sema.ensure_signature(decl, &known, self.span(range))?;
        self.sema.want_body(func);
        let sig = self.sema.program.info(func).sig.clone();
        let mut lowered = Vec::with_capacity(sig.params.len());
        if let Some(receiver) = receiver {
            lowered.push(self.receiver_arg(receiver, sig.params[0]));
        }
        let run_time = params[left_out..].iter().zip(args).zip(&checked).filter(|((param, _), _)| !param.comptime);
        for (((_, arg), checked), param) in run_time.zip(&sig.params[has_receiver..]) {
            lowered.push(match *checked {
                None => self.argument(arg, *param),
                Some(inst) => self.checked_argument(inst, arg, *param),
            });
        }
        if implied.is_some()
            && let Some(param) = sig.params.last()
        {
            lowered.push(air::Arg { mode: param.mode, value: self.unit(range) });
        }
        let call = self.push(Inst::Call { func, args: lowered.into() }, sig.ret, range);
        if before.is_empty() {
            return Ok(call);
        }
        Ok(self.push(Inst::Block { stmts: before.into(), result: Some(call) }, sig.ret, range))
    }

    /// Whether a parameter's type is one of these parameters, as a whole.
    fn is_left_out_type(&self, decl: DeclId, param: &hir::Param, wanted: &[hir::Param]) -> bool {
        match self.sema.decl(decl).body[param.ty] {
            Expr::Local(local) => wanted.iter().any(|param| param.local == local),
            _ => false,
        }
    }

    fn is_type_param(&self, decl: DeclId, param: &hir::Param) -> bool {
        param.comptime && matches!(self.sema.decl(decl).body[param.ty], Expr::Prim(PrimType::Type))
    }

    /// An argument whose place or value was made before its parameter's type was known.
    fn checked_argument(&mut self, inst: InstId, arg: &Arg, param: kiln_types::FnTypeParam) -> air::Arg {
        let value = match param.mode {
            ParamMode::Own => {
                let used = self.use_place(inst);
                self.coerce(used, param.ty)
            }
            ParamMode::Borrow => self.fit_place(inst, param.ty),
            ParamMode::Inout => {
                if arg.mode != hir::Mode::Inout {
                    let span = self.expr_span(arg.value);
                    let error = errors::argument_mode(span, self.sema.sources.text(span), hir::Mode::Inout, arg.mode);
                    self.error(error);
                }
                let fitted = self.fit_place(inst, param.ty);
                self.demand_mutable(fitted, arg.value);
                fitted
            }
        };
        air::Arg { mode: param.mode, value }
    }

    /// The value of a comptime argument, of the parameter's type.
    pub fn comptime_argument(&mut self, arg: ExprId, ty: TypeId) -> Checked<ValueId> {
        let known = self.eval(arg, Some(ty))?;
        self.identity(known, self.range(arg))
    }

    /// Finds left-out type arguments from the run-time arguments, then from the expected result.
    #[allow(clippy::too_many_arguments, reason = "the parts of one call")]
    fn infer_types(
        &mut self,
        decl: DeclId,
        wanted: &[hir::Param],
        params: &'a [hir::Param],
        args: &'a [Arg],
        checked: &mut [Option<InstId>],
        before: &mut Vec<InstId>,
        implied: Option<&'a hir::Param>,
        expect: Expect,
        range: TextRange,
        known: &mut Vec<ValueId>,
    ) -> Checked<()> {
        let body = &self.sema.decl(decl).body;
        let mut found = Found::new();
        for ((param, arg), checked) in params.iter().zip(args).zip(checked.iter_mut()) {
            if param.comptime || !mentions(body, param.ty, decl, wanted) {
                continue;
            }
            let hint = self.found_hint(body, param.ty, &found);
            let mut inst = match &self.hir[arg.value] {
                Expr::Tuple(parts) if param.mode == hir::Mode::Borrow => self.borrowed_tuple(parts, before, range),
                _ => self.operand(arg.value, hint),
            };
            if param.mode == hir::Mode::Value && self.ty(inst) == TypeId::STR {
                // Text that is taken is a `String`.
                inst = self.owned_literal(inst).unwrap_or(inst);
            }
            *checked = Some(inst);
            let ty = self.ty(inst);
            self.match_type(decl, body, param.ty, ty, &mut found);
        }
        if let Some(Expr::Local(local)) = implied.map(|param| &body[param.ty]) {
            found.push((*local, TypeId::UNIT.as_value()));
        }
        if let (Some(ret), Some(expected)) =
            (self.sema.decl(decl).as_fn().and_then(|function| function.ret), expect.ty())
            && wanted.iter().any(|param| found.iter().all(|(local, _)| *local != param.local))
        {
            self.match_type(decl, body, ret, expected, &mut found);
        }
        for param in wanted {
            match found.iter().find(|(local, _)| *local == param.local) {
                Some((_, value)) => {
                    let ty = self.sema.pool.as_type(*value).expect("type parameters are found as types");
                    let ty = self.settle(ty);
                    known.push(ty.as_value());
                }
                None if checked.iter().flatten().any(|inst| self.is_error(*inst)) => {
                    return Err(self.sema.reporter.check().expect_err("the argument was reported"));
                }
                None => {
                    let name = body.locals[param.local].name;
                    let error =
                        errors::cannot_infer_argument(self.span(range), self.name(name), self.sema.hir.name_span(decl));
                    return Err(self.error(error));
                }
            }
        }
        Ok(())
    }

    /// If a parameter's type is a parameter found already, the next argument is checked against that.
    fn found_hint(&self, body: &hir::Body, ty: ExprId, found: &Found) -> Expect {
        let Expr::Local(local) = body[ty] else { return Expect::None };
        let value = found.iter().find(|(other, _)| *other == local).map(|(_, value)| *value);
        value.and_then(|value| self.sema.pool.as_type(value)).map_or(Expect::None, Expect::Hint)
    }

    /// Matches a type as written, with parameters of `owner` in it, against a type.
    fn match_type(&mut self, owner: DeclId, body: &hir::Body, expr: ExprId, ty: TypeId, found: &mut Found) {
        let ty = self.infer.shallow(ty, &self.sema.pool);
        let local = match body[expr] {
            Expr::Local(local) => Some(local),
            Expr::Captured(var) if var.decl == owner => Some(var.local),
            _ => None,
        };
        if let Some(local) = local {
            match found.iter().find(|(other, _)| *other == local).map(|(_, value)| *value) {
                Some(value) => {
                    if let Some(before) = self.sema.pool.as_type(value) {
                        self.unify(before, ty);
                    }
                }
                None if !matches!(ty, TypeId::ERROR | TypeId::NEVER) => found.push((local, ty.as_value())),
                None => {}
            }
            return;
        }
        match (&body[expr], self.key(ty).clone()) {
            (Expr::ArrayType { elem, len }, TypeKey::Array { elem: of, len: count }) => {
                self.match_type(owner, body, *elem, of, found);
                self.match_len(owner, body, *len, count, found);
            }
            (Expr::SliceType(elem), TypeKey::Slice { elem: of } | TypeKey::Array { elem: of, .. }) => {
                self.match_type(owner, body, *elem, of, found);
            }
            (Expr::TupleType(parts) | Expr::Tuple(parts), TypeKey::Tuple(of)) => {
                parts.iter().zip(of.iter()).for_each(|(part, of)| self.match_type(owner, body, *part, *of, found));
            }
            (Expr::PtrType { pointee, .. }, TypeKey::Ptr { pointee: of, .. }) => {
                self.match_type(owner, body, *pointee, of, found);
            }
            (Expr::FnType { params, ret, .. }, TypeKey::Fn(of)) => {
                let pairs = params.iter().zip(of.params.iter());
                pairs.for_each(|((_, param), of)| self.match_type(owner, body, *param, of.ty, found));
                if let Some(ret) = ret {
                    self.match_type(owner, body, *ret, of.ret, found);
                }
            }
            (Expr::Call { callee, args }, _) => {
                // `Vec(T)` against a type that `Vec` made: argument by argument.
                let Some((maker, values)) = self.sema.types.origin(ty).cloned() else { return };
                if !matches!(body[*callee], Expr::Decl(decl) if decl == maker) {
                    return;
                }
                let captured = values.len().saturating_sub(args.len());
                for (arg, value) in args.iter().zip(&values[captured..]) {
                    match self.sema.pool.as_type(*value) {
                        Some(ty) => self.match_type(owner, body, arg.value, ty, found),
                        None => self.match_value(owner, body, arg.value, *value, found),
                    }
                }
            }
            _ => {}
        }
    }

    fn match_len(&mut self, owner: DeclId, body: &hir::Body, len: ExprId, count: u64, found: &mut Found) {
        let value = self.sema.pool.scalar(TypeId::USIZE, u128::from(count));
        self.match_value(owner, body, len, value, found);
    }

    fn match_value(&mut self, owner: DeclId, body: &hir::Body, expr: ExprId, value: ValueId, found: &mut Found) {
        let local = match body[expr] {
            Expr::Local(local) => local,
            Expr::Captured(var) if var.decl == owner => var.local,
            _ => return,
        };
        if found.iter().all(|(other, _)| *other != local) {
            found.push((local, value));
        }
    }

    /// `Option::None`: the type arguments come from the expected type.
    pub fn member_of_expected(
        &mut self,
        decl: DeclId,
        captures: &[ValueId],
        name: Name,
        expect: Expect,
    ) -> Checked<PathValue> {
        let expected = expect.ty().map(|ty| self.infer.shallow(ty, &self.sema.pool));
        if let Some(ty) = expected
            && self.is_made_by(ty, decl, captures)
        {
            return self.type_member(ty, name);
        }
        Err(self.unknown_type_arguments(decl, name))
    }

    fn unknown_type_arguments(&mut self, decl: DeclId, name: Name) -> ErrorReported {
        let maker = self.sema.decl(decl).name.symbol;
        let error = errors::cannot_infer_type(self.span(name.range), self.name(maker), self.name(name.symbol));
        self.error(error)
    }

    /// Whether a type was made by a function.
    pub fn is_made_by(&self, ty: TypeId, decl: DeclId, captures: &[ValueId]) -> bool {
        self.sema.types.origin(ty).is_some_and(|(maker, args)| *maker == decl && args.starts_with(captures))
    }

    /// `Option::Some(3)`: the type arguments come from the expected type, or from the payload.
    pub fn generic_variant(
        &mut self,
        decl: DeclId,
        captures: &[ValueId],
        name: Name,
        args: &'a [Arg],
        expect: Expect,
        range: TextRange,
    ) -> Checked<InstId> {
        let expected = expect.ty().map(|ty| self.infer.shallow(ty, &self.sema.pool));
        let is_expected = expected.is_some_and(|ty| self.is_made_by(ty, decl, captures));
        let payload = if is_expected { None } else { self.payload_types(decl, name, args.len()) };
        let Some((made, fields)) = payload else {
            let expect = if is_expected { expect } else { Expect::None };
            return match self.member_of_expected(decl, captures, name, expect) {
                Ok(PathValue::Fn { decl, captures }) => Ok(self.call_fn(decl, &captures, None, args, expect, range)),
                Ok(PathValue::Variant { ty, variant }) => Ok(self.tuple_variant(ty, variant, args, &[], range)),
                Ok(_) => Err(self.error(errors::not_callable(self.span(range), self.name(name.symbol), None, false))),
                Err(error) => {
                    self.check_stray_args(args, range);
                    Err(error)
                }
            };
        };
        // The arguments are checked once: each may hold such a call again.
        let checked: Vec<InstId> = args.iter().map(|arg| self.taken_operand(arg.value)).collect();
        let mut found = Found::new();
        for (field, inst) in fields.iter().zip(&checked) {
            let ty = self.ty(*inst);
            let ty = self.settle(ty);
            self.match_type(decl, &self.sema.hir.decls[made].body, *field, ty, &mut found);
        }
        let function = self.sema.decl(decl).as_fn().expect("a generic type is made by a function");
        let mut known = captures.to_vec();
        for param in function.params.iter().filter(|param| param.comptime) {
            match found.iter().find(|(local, _)| *local == param.local) {
                Some((_, value)) => known.push(*value),
                None if checked.iter().any(|inst| self.is_error(*inst)) => return Ok(self.error_inst(range)),
                None => return Err(self.unknown_type_arguments(decl, name)),
            }
        }
        let func = self.sema.ensure_signature(decl, &known, self.span(name.range))?;
        let ty = self.sema.run_type_function(func)?;
        match self.type_member(ty, name)? {
            PathValue::Variant { ty, variant } => Ok(self.tuple_variant(ty, variant, args, &checked, range)),
            _ => Ok(self.error_inst(range)),
        }
    }

    /// The place or value of an argument whose type is to be found. Text that is taken is a `String`.
    fn taken_operand(&mut self, arg: ExprId) -> InstId {
        let inst = self.operand(arg, Expect::None);
        match self.ty(inst) {
            TypeId::STR => self.owned_literal(inst).unwrap_or(inst),
            _ => inst,
        }
    }

    /// The types of a variant's fields as they are written in `fn Option(comptime T: type) -> type { enum { Some(T), … } }`, and the
    /// enum they stand in; none if there is no such variant with as many fields.
    fn payload_types(&self, decl: DeclId, name: Name, count: usize) -> Option<(DeclId, Vec<ExprId>)> {
        let (made, body) = self.sema.hir.decls.iter_enumerated().find_map(|(made, item)| match &item.kind {
            DeclKind::Enum(body) if item.parent == Some(decl) && body.anonymous => Some((made, body)),
            _ => None,
        })?;
        let variant = body.variants.iter().find(|variant| variant.name.symbol == name.symbol)?;
        (variant.fields.len() == count).then(|| (made, variant.fields.iter().map(|field| field.ty).collect()))
    }
}

/// Whether a type as written names one of these parameters.
fn mentions(body: &hir::Body, expr: ExprId, owner: DeclId, params: &[hir::Param]) -> bool {
    let is_one = |local: LocalId| params.iter().any(|param| param.local == local);
    let any = |parts: &[ExprId]| parts.iter().any(|part| mentions(body, *part, owner, params));
    match &body[expr] {
        Expr::Local(local) => is_one(*local),
        Expr::Captured(var) => var.decl == owner && is_one(var.local),
        Expr::ArrayType { elem, len } => any(&[*elem, *len]),
        Expr::SliceType(elem) => any(&[*elem]),
        Expr::TupleType(parts) | Expr::Tuple(parts) => any(parts),
        Expr::PtrType { pointee, .. } => any(&[*pointee]),
        Expr::FnType { params: types, ret, .. } => {
            types.iter().any(|(_, ty)| any(&[*ty])) || ret.is_some_and(|ret| any(&[ret]))
        }
        Expr::Call { args, .. } => args.iter().any(|arg| any(&[arg.value])),
        _ => false,
    }
}
