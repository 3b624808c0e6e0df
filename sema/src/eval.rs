//! Evaluation at comptime: an expression becomes a function without parameters, which the interpreter runs.
//!
//! Literals and names of consts and types need no function. Everything else takes the way every function takes: AIR, CFG,
//! bytecode.

use crate::body::{BodyCx, LocalState};
use crate::context::{Checked, Sema};
use crate::errors;
use crate::expr::{Expect, PathValue};
use crate::infer::Infer;
use crate::known::Known;
use kiln_air::{self as air, Inst};
use kiln_cfg::{FuncInfo, FuncKind, FuncSig};
use kiln_hir::{Expr, ExprId};
use kiln_source::{IdxVec, Span, TextRange};
use kiln_types::{FuncId, TypeId, ValueId, ValueKey};

impl<'a> BodyCx<'_, 'a> {
    /// The value of an expression at comptime, of the expected type.
    pub fn eval(&mut self, expr: ExprId, expect: Option<TypeId>) -> Checked<Known> {
        let expect = expect.map(|ty| self.settle(ty));
        self.eval_as(expr, expect.map_or(Expect::None, Expect::Type))
    }

    /// The value of an expression at comptime; a hint is only for literals.
    pub fn eval_as(&mut self, expr: ExprId, expect: Expect) -> Checked<Known> {
        if let Some(known) = self.eval_name(expr, expect)? {
            return Ok(known);
        }
        let body = self.comptime_body(expr, expect)?;
        // What is a constant already needs no run.
        match body.insts[body.root] {
            Inst::Const(value) if self.sema.pool.type_of(value) == body.ret => return Ok(Known::Value(value)),
            _ => {}
        }
        let span = self.expr_span(expr);
        let known = self.sema.run_body(body, span)?;
        match known {
            Known::Value(value) if expect == Expect::Type(TypeId::STR) => {
                Ok(self.sema.text_of_pointer(value).map_or(known, Known::Value))
            }
            _ => Ok(known),
        }
    }

    /// Literals and names, whose values are known without evaluation.
    fn eval_name(&mut self, expr: ExprId, expectation: Expect) -> Checked<Option<Known>> {
        let expect = expectation.ty();
        let known = match &self.hir[expr] {
            Expr::Int(value) => match expect {
                Some(ty) if self.sema.pool.is_int(ty) => {
                    Known::Value(self.int_value(u128::from(*value), false, ty, self.range(expr)))
                }
                _ => return Ok(None),
            },
            Expr::Bool(value) => Known::Value(ValueId::bool(*value)),
            Expr::Decl(_) | Expr::Captured(_) | Expr::Local(_) | Expr::Import(_) | Expr::Member { .. } => {
                match self.resolve_path(expr)? {
                    PathValue::Known(known) => known,
                    PathValue::Type(ty) => Known::Value(ty.as_value()),
                    PathValue::Module(module) => Known::Value(self.sema.pool.value(ValueKey::Module(module))),
                    _ => return Ok(None),
                }
            }
            Expr::Str(text) if expect == Some(TypeId::STR) => {
                let text: Box<str> = self.name(*text).into();
                Known::Value(self.sema.pool.str(&text))
            }
            // Not evaluated, so that it may use variables of this body.
            Expr::Intrinsic { name, args } if args.len() == 1 && self.name(name.symbol) == "type_of" => {
                Known::Value(self.type_of_value(args[0].value)?.as_value())
            }
            _ if expect == Some(TypeId::TYPE) && self.is_type_form(expr) => {
                Known::Value(self.type_of_expr(expr)?.as_value())
            }
            _ => return Ok(None),
        };
        if let (Known::Literal(value), Some(ty)) = (known, expect)
            && self.sema.pool.is_int(ty)
        {
            let value = self.int_value(value.unsigned_abs(), value < 0, ty, self.range(expr));
            return Ok(Some(Known::Value(value)));
        }
        let found = self.sema.known_type(known);
        match expect {
            Some(wanted) if found != wanted && found != TypeId::ERROR && expectation == Expect::Type(wanted) => {
                let (wanted, found) = (self.show(wanted), self.show(found));
                Err(self.error(errors::type_mismatch(self.expr_span(expr), &wanted, &found)))
            }
            _ => Ok(Some(known)),
        }
    }

    /// Whether an expression is put together like a type; its parts may still be computed.
    fn is_type_form(&self, expr: ExprId) -> bool {
        // An array of one part may be `[T]`; an empty one is no type.
        if let Expr::Array(parts) = &self.hir[expr] {
            return parts.len() == 1;
        }
        matches!(
            self.hir[expr],
            Expr::Prim(_)
                | Expr::Unit
                | Expr::NeverType
                | Expr::SelfType
                | Expr::ArrayType { .. }
                | Expr::Repeat { .. }
                | Expr::SliceType(_)
                | Expr::TupleType(_)
                | Expr::Tuple(_)
                | Expr::PtrType { .. }
                | Expr::FnType { .. }
        )
    }

    /// The expression as a function without parameters. Variables of this body can't be used in it.
    fn comptime_body(&mut self, expr: ExprId, expect: Expect) -> Checked<air::Body> {
        self.comptime_body_of(|cx| match expect {
            // Text stays a place: it has no size.
            Expect::Type(TypeId::STR) => {
                let inst = cx.operand(expr, expect);
                let place = cx.fit_place(inst, TypeId::STR);
                let ty = cx.sema.pool.ptr(false, TypeId::STR);
                let range = cx.range(expr);
                cx.push(Inst::AddressOf { place }, ty, range)
            }
            _ => {
                let value = cx.value(expr, expect);
                cx.frozen(value)
            }
        })
    }

    /// A function without parameters whose result is what `root` makes.
    pub fn comptime_body_of(&mut self, root: impl FnOnce(&mut BodyCx<'_, 'a>) -> air::InstId) -> Checked<air::Body> {
        let mut locals: IdxVec<kiln_hir::LocalId, LocalState> = IdxVec::with_capacity(self.locals.len());
        for state in self.locals.iter() {
            locals.push(match state {
                LocalState::Runtime(_) => LocalState::Outer,
                other => *other,
            });
        }
        let mut cx = BodyCx {
            sema: self.sema,
            decl: self.decl,
            hir: self.hir,
            file: self.file,
            args: self.args.clone(),
            self_type: self.self_type,
            locals,
            air: air::Body { name: "comptime".into(), ..air::Body::empty(self.file, self.air.range) },
            mutated: Vec::new(),
            aliases: Vec::new(),
            infer: Infer::default(),
            loops: vec![None; self.loops.len()],
            ret: None,
            runtime_depth: 0,
            comptime_vars: Vec::new(),
            wrong_patterns: 0,
            checked: self.checked,
            failed: None,
            turns: self.turns,
            comptime: true,
        };
        cx.air.root = root(&mut cx);
        let ty = cx.air.types[cx.air.root];
        cx.air.ret = cx.settle(ty);
        let result = cx.finish();
        if let Err(error) = result {
            self.fail(error);
        }
        result
    }

    /// A comptime integer as a number.
    pub fn eval_int(&mut self, expr: ExprId, ty: TypeId) -> Checked<i128> {
        match self.eval(expr, Some(ty))? {
            Known::Value(value) => Ok(self.sema.pool.scalar_bits(value).unwrap_or(0) as i128),
            Known::Literal(value) => Ok(value),
            Known::Static(_) => Ok(0),
        }
    }

    /// A comptime value as identity: what can be compared, and be the argument of an instance.
    pub fn identity(&mut self, known: Known, range: TextRange) -> Checked<ValueId> {
        match known {
            Known::Value(value) => Ok(value),
            Known::Literal(value) => {
                let ty = crate::known::literal_type(value);
                Ok(self.sema.pool.scalar(ty, value as u128))
            }
            Known::Static(data) => {
                let span = self.span(range);
                self.sema.value_of_static(data, span)
            }
        }
    }

    /// The elements of an array value.
    pub fn elements_of(&mut self, value: ValueId, expr: ExprId) -> Checked<Vec<ValueId>> {
        match self.sema.pool.value_key(value) {
            Some(ValueKey::Aggregate { parts, .. }) => Ok(parts.to_vec()),
            Some(ValueKey::Bytes { bytes, .. }) => {
                let bytes = bytes.clone();
                Ok(bytes.iter().map(|byte| self.sema.pool.scalar(TypeId::U8, u128::from(*byte))).collect())
            }
            _ => {
                let ty = self.sema.pool.type_of(value);
                let shown = self.show(ty);
                Err(self.error(errors::not_iterable(self.expr_span(expr), &shown)))
            }
        }
    }

    /// The parts of a struct, tuple or variant value.
    pub fn parts_of(&self, value: ValueId) -> Vec<ValueId> {
        match self.sema.pool.value_key(value) {
            Some(ValueKey::Aggregate { parts, .. } | ValueKey::Variant { parts, .. }) => parts.to_vec(),
            _ => Vec::new(),
        }
    }

    /// Whether a path in a comptime pattern names the value, or its variant.
    pub fn comptime_path_matches(&mut self, path: ExprId, value: ValueId) -> Checked<bool> {
        let ty = self.sema.pool.type_of(value);
        let found = match self.resolve_path(path)? {
            PathValue::MemberOfGeneric { decl, captures, name } => {
                self.member_of_expected(decl, &captures, name, Expect::Type(ty))?
            }
            other => other,
        };
        Ok(match found {
            PathValue::Known(known) => self.identity(known, self.range(path))? == value,
            PathValue::Type(ty) => ty.as_value() == value,
            PathValue::Variant { ty: of, variant } => {
                of == ty
                    && match self.sema.pool.value_key(value) {
                        Some(ValueKey::Variant { variant: found, .. }) => *found == variant,
                        Some(ValueKey::Scalar { bits, .. }) => {
                            let def = self.sema.pool.enum_def(of).expect("variants are found in complete enums");
                            def.variants[variant as usize].discriminant == *bits
                        }
                        _ => false,
                    }
            }
            _ => false,
        })
    }
}

impl Sema<'_> {
    /// Runs a body without parameters.
    pub fn run_body(&mut self, body: air::Body, span: Span) -> Checked<Known> {
        let func = self.thunk_of(body, span)?;
        self.evaluate(func, span)
    }

    /// A body without parameters as a function.
    pub fn thunk_of(&mut self, body: air::Body, span: Span) -> Checked<FuncId> {
        let info = FuncInfo {
            name: body.name.clone(),
            symbol: body.name.clone(),
            sig: FuncSig { params: Box::default(), ret: body.ret },
            kind: FuncKind::Kiln,
            span,
            cold: false,
        };
        let func = self.new_thunk(info);
        self.finish_body(func, body)?;
        Ok(func)
    }

    /// The type that a `-> type` function without run-time parameters gives.
    pub fn run_type_function(&mut self, func: FuncId) -> Checked<TypeId> {
        let span = self.program.info(func).span;
        match self.evaluate(func, span)? {
            Known::Value(value) if self.pool.as_type(value).is_some() => {
                Ok(self.pool.as_type(value).expect("just tested"))
            }
            _ => Err(self.error(errors::expected_type(span, "a value"))),
        }
    }
}
