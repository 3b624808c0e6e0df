//! Expressions: one bidirectional walk. An expectation goes down, an instruction with its type comes back.
//!
//! [`BodyCx::operand`] gives a place where the expression is one; [`BodyCx::value`] uses it (copies or moves) and fits it
//! to what is expected. The dispatching `match` has a line an arm; each form has its own file.

mod borrowed;
mod call;
mod comptime;
mod construct;
mod control;
mod generic;
mod iterate;
mod literal;
mod method;
mod number;
mod operator;
mod path;
mod place;
mod try_op;
mod view;
mod visible;

pub(crate) use path::PathValue;

use crate::body::BodyCx;
use crate::errors;
use kiln_air::{Inst, InstId, UseKind};
use kiln_hir::{Expr, ExprId};
use kiln_types::{TypeId, TypeKey};

/// What the context says of an expression's type.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Expect {
    /// Nothing.
    None,
    /// Literals take this type; others may have another, which the asker compares.
    Hint(TypeId),
    /// It has to be this type.
    Type(TypeId),
}

impl Expect {
    /// The type, whether demanded or hinted.
    pub fn ty(self) -> Option<TypeId> {
        match self {
            Expect::None => None,
            Expect::Hint(ty) | Expect::Type(ty) => Some(ty),
        }
    }

    /// The same type as a hint.
    pub fn hint(self) -> Expect {
        self.ty().map_or(Expect::None, Expect::Hint)
    }
}

impl BodyCx<'_, '_> {
    /// Checks an expression as a value of the expected type.
    pub fn value(&mut self, expr: ExprId, expect: Expect) -> InstId {
        let inst = self.operand(expr, expect);
        let Expect::Type(ty) = expect else { return self.use_place(inst) };
        if ty == TypeId::ERROR {
            // What was expected is wrong itself; then nothing can be said of this.
            return self.error_inst(self.range(expr));
        }
        if self.is_place(inst) && self.sema.pool.is_unsized(self.ty(inst)) {
            if !self.sema.pool.is_unsized(ty)
                && let Some(owned) = self.owned_literal(inst)
            {
                return self.coerce(owned, ty);
            }
            return self.coerce(inst, ty);
        }
        let inst = self.use_place(inst);
        self.coerce(inst, ty)
    }

    /// The value of a place; other instructions are values already.
    pub fn use_place(&mut self, inst: InstId) -> InstId {
        if !self.is_place(inst) {
            return inst;
        }
        let (ty, range) = (self.air.types[inst], self.air.ranges[inst]);
        let shallow = self.ty(inst);
        if self.sema.pool.is_unsized(shallow) {
            if let Some(owned) = self.owned_literal(inst) {
                return owned;
            }
            let shown = self.show(shallow);
            return self.wrong(errors::view_stored(self.span(range), &shown), range);
        }
        let kind = match self.is_copied(shallow) {
            true => UseKind::Copy,
            false => UseKind::Move,
        };
        self.push(Inst::Use { place: inst, kind }, ty, range)
    }

    /// Whether using a value of the type copies it.
    pub fn is_copied(&mut self, ty: TypeId) -> bool {
        match self.key(ty) {
            TypeKey::Struct { .. } | TypeKey::Enum { .. } => {
                // An incomplete type was reported; then it does not matter.
                let _ = self.sema.complete(ty);
                self.sema.pool.is_copy(ty)
            }
            TypeKey::Array { elem, .. } => {
                let elem = *elem;
                self.is_copied(elem)
            }
            TypeKey::Tuple(parts) => {
                let parts = parts.clone();
                parts.iter().all(|part| self.is_copied(*part))
            }
            _ => self.sema.pool.is_copy(ty),
        }
    }

    /// Fits a value to a type, or reports what it is instead.
    pub fn coerce(&mut self, inst: InstId, expected: TypeId) -> InstId {
        let found = self.air.types[inst];
        if found == expected || found == TypeId::NEVER || self.unify(found, expected) {
            return inst;
        }
        if let Some(callback) = self.as_callback(inst, expected) {
            return callback;
        }
        let range = self.air.ranges[inst];
        if self.ty(inst) == TypeId::NEVER {
            return inst;
        }
        let error = self.mismatch(inst, expected);
        self.wrong(error, range)
    }

    fn mismatch(&mut self, inst: InstId, expected: TypeId) -> kiln_source::Diagnostic {
        let found_ty = self.ty(inst);
        let (wanted, found) = (self.show(expected), self.show(found_ty));
        let span = self.span(self.air.ranges[inst]);
        let expected = self.infer.shallow(expected, &self.sema.pool);
        let (found_key, wanted_key) = (self.key(found_ty), self.key(expected));
        let error = errors::type_mismatch(span, &wanted, &found);
        match (found_key, wanted_key) {
            (TypeKey::Fn(found), TypeKey::Fn(wanted)) if wanted.foreign && !found.foreign => {
                error.help("C can call a function that is named here and has exactly these parameters and this result")
            }
            (TypeKey::InferInt(_), TypeKey::Float { .. }) => {
                let text = self.sema.sources.text(span);
                error.fix(span, format!("{text}.0"), "write the number as a float")
            }
            (
                TypeKey::Int { .. } | TypeKey::Size { .. } | TypeKey::Float { .. },
                TypeKey::Int { .. } | TypeKey::Size { .. } | TypeKey::Float { .. },
            ) => {
                let text = self.sema.sources.text(span);
                if text.len() < 60 && !text.contains('\n') {
                    error.fix(span, format!("@cast({text})"), "convert it; `@cast` panics if the value does not fit")
                } else {
                    error.help("convert it with `@cast(…)`, which panics if the value does not fit")
                }
            }
            _ => error,
        }
    }

    /// Checks an expression; where it is a place the instruction is that place, not used yet.
    pub fn operand(&mut self, expr: ExprId, expect: Expect) -> InstId {
        let range = self.range(expr);
        match &self.hir[expr] {
            Expr::Error => {
                let error = self.sema.reporter.check().expect_err("an error node was reported");
                self.fail(error);
                self.error_inst(range)
            }
            Expr::Int(value) => self.int_literal(u128::from(*value), false, expect, range),
            Expr::BigInt(value) => self.int_literal(**value, false, expect, range),
            Expr::Float(text) => self.float_literal(*text, false, expect, range),
            Expr::Bool(value) => self.bool_literal(*value, range),
            Expr::Char(value) => self.char_literal(*value, range),
            Expr::Str(text) => self.str_literal(*text, range),
            Expr::Unit => self.unit_literal(expect, range),
            Expr::Local(local) => self.local(*local, range),
            Expr::Captured(_) | Expr::Decl(_) | Expr::Import(_) | Expr::SelfType | Expr::Member { .. } => {
                self.path_operand(expr, expect, range)
            }
            Expr::Field { base, name } => self.field(expr, *base, *name, range),
            Expr::Index { base, index } => self.index(*base, *index, range),
            Expr::Slice { base, from, to, inclusive } => self.slice(*base, *from, *to, *inclusive, range),
            Expr::Call { callee, args } => self.call(*callee, args, expect, range),
            Expr::MethodCall { receiver, name, args } => self.method_call(*receiver, *name, args, expect, range),
            Expr::Intrinsic { name, args } => self.intrinsic(*name, args, expect, range),
            Expr::Unary { op, operand } => self.unary(*op, *operand, expect, range),
            Expr::Binary { op, op_range, lhs, rhs } => self.binary(*op, *op_range, *lhs, *rhs, expect, range),
            Expr::Try(inner) => self.try_expr(*inner, range),
            Expr::StructLit { ty, fields, base } => self.struct_literal(*ty, fields, *base, expect, range),
            Expr::Tuple(parts) => self.tuple(expr, parts, expect, range),
            Expr::Array(parts) => self.array(expr, parts, expect, range),
            Expr::Repeat { value, len } => self.repeat(expr, *value, *len, expect, range),
            Expr::Block { stmts, tail } => self.block(stmts, *tail, expect, range),
            Expr::Checked(block) => self.checked_block(*block, expect),
            Expr::Comptime(inner) => self.comptime(*inner, expect, range),
            Expr::If { cond, then, else_ } => self.if_expr(*cond, *then, *else_, expect, range),
            Expr::Match { scrutinee, arms, origin } => self.match_expr(*scrutinee, arms, *origin, expect, range),
            Expr::Loop { id, body, is_while } => self.loop_expr(*id, *body, *is_while, expect, range),
            Expr::For { id, pat, iter, body } => self.for_expr(*id, *pat, *iter, *body, range),
            Expr::Break { id, value } => self.break_expr(*id, *value, range),
            Expr::Continue { id } => self.continue_expr(*id, range),
            Expr::Return(value) => self.return_expr(*value, range),
            Expr::Prim(_)
            | Expr::NeverType
            | Expr::ArrayType { .. }
            | Expr::SliceType(_)
            | Expr::TupleType(_)
            | Expr::PtrType { .. }
            | Expr::FnType { .. } => self.type_operand(expr, range),
            Expr::TypeDecl(decl) => self.type_decl(*decl, range),
        }
    }

    /// A type as a value.
    pub fn type_operand(&mut self, expr: ExprId, range: kiln_source::TextRange) -> InstId {
        match self.type_of_expr(expr) {
            Ok(ty) => self.push(Inst::Const(ty.as_value()), TypeId::TYPE, range),
            Err(error) => {
                self.fail(error);
                self.error_inst(range)
            }
        }
    }
}
