//! Expressions in the places of types.

use super::{BodyCx, LocalState};
use crate::context::Checked;
use crate::errors;
use crate::expr::{Expect, PathValue};
use crate::instance::param_mode;
use crate::known::Known;
use kiln_hir::{Expr, ExprId, Mode, Param, PrimType};
use kiln_source::Span;
use kiln_types::{FnType, FnTypeParam, TypeId, TypeKey};

impl BodyCx<'_, '_> {
    /// The type that an expression names. Views are allowed; who can't take them asks [`BodyCx::sized_type`].
    pub fn type_of_expr(&mut self, expr: ExprId) -> Checked<TypeId> {
        let range = self.range(expr);
        match &self.hir[expr] {
            Expr::Prim(prim) => Ok(prim_type(*prim)),
            Expr::Unit => Ok(TypeId::UNIT),
            Expr::NeverType => Ok(TypeId::NEVER),
            Expr::SelfType => self.self_type.ok_or_else(|| self.error(errors::no_self_type(self.span(range)))),
            Expr::ArrayType { elem, len } | Expr::Repeat { value: elem, len } => {
                let elem = self.sized_type(*elem);
                let len = self.array_len(*len);
                Ok(self.sema.pool.array(elem?, len?))
            }
            Expr::SliceType(elem) => {
                let elem = self.sized_type(*elem)?;
                Ok(self.sema.pool.slice(elem))
            }
            Expr::Array(parts) if parts.len() == 1 => {
                let elem = self.sized_type(parts[0])?;
                Ok(self.sema.pool.slice(elem))
            }
            Expr::TupleType(parts) | Expr::Tuple(parts) => {
                let parts: Vec<Checked<TypeId>> = parts.iter().map(|part| self.sized_type(*part)).collect();
                let parts = parts.into_iter().collect::<Checked<Vec<TypeId>>>()?;
                let ty = self.sema.pool.tuple(&parts);
                self.sema.check_weight(ty, self.expr_span(expr))
            }
            Expr::PtrType { mutable, pointee } => {
                let pointee = self.type_of_expr(*pointee)?;
                Ok(self.sema.pool.ptr(*mutable, pointee))
            }
            Expr::FnType { foreign, params, ret } => self.fn_type(*foreign, params, *ret, self.expr_span(expr)),
            Expr::Error => {
                let error = self.sema.reporter.check().expect_err("an error node was reported");
                self.fail(error);
                Err(error)
            }
            Expr::Local(local) => match self.locals[*local] {
                LocalState::Known(Known::Value(value)) if self.sema.pool.as_type(value).is_some() => {
                    Ok(self.sema.pool.as_type(value).expect("just tested"))
                }
                _ => self.computed_type(expr),
            },
            Expr::Decl(_) | Expr::Member { .. } | Expr::Captured(_) | Expr::TypeDecl(_) | Expr::Field { .. } => {
                match self.resolve_path(expr)? {
                    PathValue::Type(ty) => Ok(ty),
                    _ => self.computed_type(expr),
                }
            }
            _ => self.computed_type(expr),
        }
    }

    /// A type that has to be evaluated.
    fn computed_type(&mut self, expr: ExprId) -> Checked<TypeId> {
        let known = self.eval_as(expr, Expect::Hint(TypeId::TYPE))?;
        match known {
            Known::Value(value) if self.sema.pool.as_type(value).is_some() => {
                Ok(self.sema.pool.as_type(value).expect("just tested"))
            }
            _ => {
                let found = self.sema.known_type(known);
                let found = self.show(found);
                Err(self.error(errors::expected_type(self.expr_span(expr), &found)))
            }
        }
    }

    /// A type whose values have a size: no `[T]`, no `str`.
    pub fn sized_type(&mut self, expr: ExprId) -> Checked<TypeId> {
        let ty = self.type_of_expr(expr)?;
        if self.sema.pool.is_unsized(ty) {
            let shown = self.show(ty);
            return Err(self.error(errors::unsized_value(self.expr_span(expr), &shown)));
        }
        Ok(ty)
    }

    /// The type of a parameter: views only behind `borrow` and `inout`.
    pub fn param_type(&mut self, param: &Param) -> Checked<TypeId> {
        // Text that is known needs no size.
        let is_view =
            param.mode != Mode::Value || param.comptime && matches!(self.hir[param.ty], Expr::Prim(PrimType::Str));
        let ty = if is_view { self.type_of_expr(param.ty) } else { self.sized_type(param.ty) }?;
        if matches!(self.key(ty), TypeKey::Never) {
            return Err(self.error(errors::never_parameter(self.expr_span(param.ty))));
        }
        Ok(ty)
    }

    /// The type of a result.
    pub fn return_type(&mut self, expr: ExprId) -> Checked<TypeId> {
        let ty = self.type_of_expr(expr)?;
        if self.sema.pool.is_unsized(ty) {
            let shown = self.show(ty);
            return Err(self.error(errors::view_returned(self.expr_span(expr), &shown)));
        }
        Ok(ty)
    }

    fn fn_type(
        &mut self,
        foreign: bool,
        params: &[(Mode, ExprId)],
        ret: Option<ExprId>,
        span: Span,
    ) -> Checked<TypeId> {
        let mut lowered = Vec::with_capacity(params.len());
        for (mode, ty) in params {
            let ty = if *mode == Mode::Value { self.sized_type(*ty) } else { self.type_of_expr(*ty) }?;
            lowered.push(FnTypeParam { mode: param_mode(*mode), ty });
        }
        let ret = ret.map_or(Ok(TypeId::UNIT), |ret| self.return_type(ret))?;
        let ty = self.sema.pool.fn_type(FnType { params: lowered.into(), ret, foreign });
        self.sema.check_weight(ty, span)
    }

    /// The length of an array: a comptime integer that is not negative.
    pub fn array_len(&mut self, expr: ExprId) -> Checked<u64> {
        if let Expr::Int(value) = self.hir[expr] {
            return Ok(value);
        }
        let known = self.eval_as(expr, Expect::Hint(TypeId::USIZE))?;
        let ty = self.sema.known_type(known);
        let value = match known {
            Known::Value(value) if self.sema.pool.is_int(ty) => self.sema.pool.scalar_bits(value),
            Known::Literal(value) => Some(value as u128),
            _ => None,
        };
        match value {
            // Negative numbers are sign-extended to 128 bits.
            Some(bits) => u64::try_from(bits).map_err(|_| {
                let shown = self.sema.pool.scalar(ty, bits);
                let shown = self.sema.show_value(shown);
                self.error(errors::array_length_out_of_range(self.expr_span(expr), &shown))
            }),
            None => {
                let found = self.show(ty);
                Err(self.error(errors::bad_array_length(self.expr_span(expr), &found)))
            }
        }
    }
}

pub(crate) fn prim_type(prim: PrimType) -> TypeId {
    match prim {
        PrimType::I8 => TypeId::I8,
        PrimType::I16 => TypeId::I16,
        PrimType::I32 => TypeId::I32,
        PrimType::I64 => TypeId::I64,
        PrimType::I128 => TypeId::I128,
        PrimType::Isize => TypeId::ISIZE,
        PrimType::U8 => TypeId::U8,
        PrimType::U16 => TypeId::U16,
        PrimType::U32 => TypeId::U32,
        PrimType::U64 => TypeId::U64,
        PrimType::U128 => TypeId::U128,
        PrimType::Usize => TypeId::USIZE,
        PrimType::F32 => TypeId::F32,
        PrimType::F64 => TypeId::F64,
        PrimType::Bool => TypeId::BOOL,
        PrimType::Char => TypeId::CHAR,
        PrimType::Str => TypeId::STR,
        PrimType::Type => TypeId::TYPE,
    }
}
