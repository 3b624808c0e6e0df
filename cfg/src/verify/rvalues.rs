//! What is computed: operands fit their operation, and the operation has a result type.

use super::{Rule, Verifier};
use crate::{BinOp, CastKind, Operand, Rvalue, UnOp, UseKind};
use kiln_types::{TypeId, TypeKey};

impl Verifier<'_> {
    /// The type of a computed value; `None` if it is any type, or something is wrong with the operands. `dst` is the type it is
    /// stored as.
    pub(super) fn rvalue(&mut self, value: &Rvalue, dst: Option<TypeId>) -> Option<TypeId> {
        match value {
            Rvalue::Operand(operand) => self.operand(*operand),
            Rvalue::Use(place, kind) => {
                let ty = self.value_place(place)?;
                if *kind == UseKind::Copy {
                    self.require(self.cx.pool.is_copy(ty), || Rule::CopiesAffine(ty));
                }
                Some(ty)
            }
            Rvalue::Unary(op, operand) => {
                let ty = self.operand(*operand)?;
                let pool = self.cx.pool;
                let right = match op {
                    UnOp::Neg(_) => pool.is_int(ty) || pool.is_float(ty),
                    UnOp::Not => pool.is_int(ty) || ty == TypeId::BOOL,
                };
                self.expect_kind("operand", ty, right);
                Some(ty)
            }
            Rvalue::Binary(op, left, right) => self.binary(*op, *left, *right),
            Rvalue::Cast(kind, operand) => {
                self.cast(*kind, *operand, dst);
                None
            }
            Rvalue::AddressOf(place) => {
                let pointee = self.value_place(place)?;
                self.expect_pointer(dst?, pointee);
                None
            }
            Rvalue::Slice { place, from, to } => {
                let ty = self.value_place(place)?;
                for bound in from.iter().chain(to) {
                    if let Some(ty) = self.operand(*bound) {
                        self.expect("bound", ty, TypeId::USIZE);
                    }
                }
                let elem = self.cx.pool.elem(ty);
                self.expect_kind("sliced", ty, elem.is_some());
                if let TypeKey::Ptr { pointee, .. } = *self.cx.pool.key(dst?)
                    && self.cx.pool.is_unsized(pointee)
                {
                    let view = self.cx.pool.elem(pointee)?.0;
                    self.expect("view", view, elem?.0);
                } else {
                    self.expect_kind("view", dst?, false);
                }
                None
            }
            Rvalue::Len(place) => {
                let ty = self.value_place(place)?;
                self.expect_kind("len", ty, self.cx.pool.is_unsized(ty));
                Some(TypeId::USIZE)
            }
            Rvalue::Tag(place) => {
                let ty = self.value_place(place)?;
                let tag = self.cx.pool.enum_def(ty).map(|def| def.tag);
                self.expect_kind("tag", ty, tag.is_some());
                tag
            }
            Rvalue::Repeat(operand) => {
                let elem = self.operand(*operand)?;
                match *self.cx.pool.key(dst?) {
                    TypeKey::Array { elem: expected, .. } => self.expect("element", elem, expected),
                    _ => self.expect_kind("repeat", dst?, false),
                }
                None
            }
            Rvalue::Builtin(builtin, operands) => {
                for operand in operands {
                    self.operand(*operand);
                }
                if let Some(count) = builtin.operand_count() {
                    self.require(operands.len() == count, || Rule::OperandCount(operands.len()));
                }
                None
            }
            Rvalue::MakeType { captures, .. } => {
                for operand in captures {
                    self.operand(*operand);
                }
                Some(TypeId::TYPE)
            }
        }
    }

    fn expect_pointer(&mut self, ty: TypeId, pointee: TypeId) {
        match *self.cx.pool.key(ty) {
            TypeKey::Ptr { pointee: found, .. } => self.expect("pointee", found, pointee),
            _ => self.expect_kind("pointer", ty, false),
        }
    }

    fn binary(&mut self, op: BinOp, left: Operand, right: Operand) -> Option<TypeId> {
        let (left, right) = (self.operand(left)?, self.operand(right)?);
        let pool = self.cx.pool;
        let (int, float) = (pool.is_int(left), pool.is_float(left));
        if op.is_shift() {
            self.expect_kind("shift amount", right, pool.is_int(right));
        } else {
            self.expect("right operand", right, left);
        }
        let fits = match op {
            BinOp::Add(_) | BinOp::Sub(_) | BinOp::Mul(_) | BinOp::Div(_) | BinOp::Rem(_) => int || float,
            BinOp::Shl(_) | BinOp::Shr(_) => int,
            BinOp::And | BinOp::Or | BinOp::Xor => int || left == TypeId::BOOL,
            BinOp::Eq | BinOp::Ne => self.is_scalar(left),
            BinOp::Lt | BinOp::Le | BinOp::Gt | BinOp::Ge => {
                let is_pointer = matches!(self.cx.pool.key(left), TypeKey::Ptr { .. }) && self.is_scalar(left);
                int || float || left == TypeId::CHAR || is_pointer
            }
        };
        self.expect_kind("operand", left, fits);
        Some(if op.is_comparison() { TypeId::BOOL } else { left })
    }

    /// Whether `==` compares values of the type in one instruction.
    fn is_scalar(&self, ty: TypeId) -> bool {
        let pool = self.cx.pool;
        match pool.key(ty) {
            TypeKey::Bool
            | TypeKey::Char
            | TypeKey::Int { .. }
            | TypeKey::Size { .. }
            | TypeKey::Float { .. }
            | TypeKey::Type
            | TypeKey::Fn(_) => true,
            TypeKey::Ptr { pointee, .. } => !pool.is_unsized(*pointee),
            _ => pool.enum_def(ty).is_some_and(|def| def.is_unit_only()),
        }
    }

    fn cast(&mut self, kind: CastKind, operand: Operand, dst: Option<TypeId>) {
        let (Some(from), Some(to)) = (self.operand(operand), dst) else { return };
        let pool = self.cx.pool;
        let is_ptr = |ty| matches!(pool.key(ty), TypeKey::Ptr { .. } | TypeKey::Fn(_));
        let right = match kind {
            CastKind::Checked => self.is_scalar(from) && (pool.is_int(to) || pool.is_float(to) || to == TypeId::CHAR),
            CastKind::Wrap => (pool.is_int(from) || self.is_scalar(from)) && pool.is_int(to),
            CastKind::Bits => true,
            CastKind::PtrToInt => is_ptr(from) && to == TypeId::USIZE,
            CastKind::IntToPtr => from == TypeId::USIZE && is_ptr(to),
        };
        self.expect_kind("cast", from, right);
    }
}
