//! The raw operations: addresses, reads and writes through pointers, allocation.

use crate::body::BodyCx;
use crate::errors;
use crate::expr::Expect;
use kiln_air::{Builtin, CastKind, Inst, InstId};
use kiln_hir::{Arg, ExprId};
use kiln_source::TextRange;
use kiln_types::{TypeId, TypeKey, ValueKey};

impl<'a> BodyCx<'_, 'a> {
    /// `@raw(place)`, `@raw_mut(place)`
    pub fn raw(&mut self, expr: ExprId, mutable: bool, range: TextRange) -> InstId {
        let place = self.operand(expr, Expect::None);
        if self.is_error(place) {
            return self.error_inst(range);
        }
        if !self.is_place(place) {
            let error = errors::not_a_place(self.expr_span(expr));
            return self.wrong(error, range);
        }
        if mutable && !self.demand_mutable(place, expr) {
            return self.error_inst(range);
        }
        let pointee = self.ty(place);
        let pointee = self.settle(pointee);
        let ty = self.sema.pool.ptr(mutable, pointee);
        self.push(Inst::AddressOf { place }, ty, range)
    }

    /// A pointer argument and what it points to. `None` if it is none; that was reported.
    fn pointer(&mut self, expr: ExprId, mutable: bool) -> Option<(InstId, TypeId)> {
        let inst = self.value(expr, Expect::None);
        let ty = self.ty(inst);
        match *self.key(ty) {
            TypeKey::Ptr { mutable: is_mutable, pointee } => {
                if mutable && !is_mutable {
                    let error = errors::write_through_const_ptr(self.expr_span(expr));
                    self.error(error);
                    return None;
                }
                // What is done by the pointer asks how large its pointee is, which stands in no place yet.
                let span = self.expr_span(expr);
                match self.sema.ensure_layout(pointee, span) {
                    Ok(()) => Some((inst, pointee)),
                    Err(error) => {
                        self.fail(error);
                        None
                    }
                }
            }
            TypeKey::Error => None,
            _ => {
                let shown = self.show(ty);
                let error = errors::expected_pointer(self.expr_span(expr), &shown);
                self.error(error);
                None
            }
        }
    }

    fn count(&mut self, expr: ExprId) -> InstId {
        self.value(expr, Expect::Type(TypeId::USIZE))
    }

    /// `@slice(p, n)`: a pointer to `n` elements; `@text(p, n)`: a pointer to `n` bytes of UTF-8.
    pub fn slice_pointer(&mut self, pointer: ExprId, len: ExprId, is_text: bool, range: TextRange) -> InstId {
        let Some((inst, elem)) = self.pointer(pointer, false) else { return self.error_inst(range) };
        let TypeKey::Ptr { mutable, .. } = *self.key(self.ty(inst)) else { return self.error_inst(range) };
        if is_text && elem != TypeId::U8 || self.sema.pool.is_unsized(elem) {
            let found = self.show(elem);
            let error = errors::type_mismatch(self.expr_span(pointer), "a pointer to bytes", &found);
            return self.wrong(error, range);
        }
        let len = self.count(len);
        let pointee = if is_text { TypeId::STR } else { self.sema.pool.slice(elem) };
        let ty = self.sema.pool.ptr(mutable, pointee);
        self.push(Inst::Builtin(Builtin::MakeFatPtr, Box::new([inst, len])), ty, range)
    }

    pub fn ptr_read(&mut self, pointer: ExprId, range: TextRange) -> InstId {
        let Some((pointer, pointee)) = self.pointer(pointer, false) else { return self.error_inst(range) };
        let place = self.push(Inst::Deref(pointer), pointee, range);
        if self.sema.pool.is_unsized(pointee) { place } else { self.use_place(place) }
    }

    pub fn ptr_write(&mut self, pointer: ExprId, value: ExprId, range: TextRange) -> InstId {
        let Some((pointer, pointee)) = self.pointer(pointer, true) else { return self.error_inst(range) };
        let value = self.value(value, Expect::Type(pointee));
        let place = self.push(Inst::Deref(pointer), pointee, range);
        self.push(Inst::Assign { place, value }, TypeId::UNIT, range)
    }

    pub fn ptr_offset(&mut self, pointer: ExprId, count: ExprId, range: TextRange) -> InstId {
        let Some((pointer, _)) = self.pointer(pointer, false) else { return self.error_inst(range) };
        let count = self.value(count, Expect::Type(TypeId::ISIZE));
        let ty = self.air.types[pointer];
        self.push(Inst::Builtin(Builtin::PtrOffset, Box::new([pointer, count])), ty, range)
    }

    pub fn ptr_to_int(&mut self, pointer: ExprId, range: TextRange) -> InstId {
        let Some((pointer, _)) = self.pointer(pointer, false) else { return self.error_inst(range) };
        self.push(Inst::Cast(CastKind::PtrToInt, pointer), TypeId::USIZE, range)
    }

    /// The pointer type that the context asks for.
    fn expected_pointer(&mut self, name: &str, expect: Expect, range: TextRange) -> Option<TypeId> {
        match expect.ty() {
            Some(ty) if matches!(self.key(ty), TypeKey::Ptr { .. }) => Some(ty),
            _ => {
                let error = errors::cast_without_type(self.span(range), name);
                self.error(error);
                None
            }
        }
    }

    pub fn int_to_ptr(&mut self, address: ExprId, expect: Expect, range: TextRange) -> InstId {
        let address = self.count(address);
        match self.expected_pointer("int_to_ptr", expect, range) {
            Some(ty) => self.push(Inst::Cast(CastKind::IntToPtr, address), ty, range),
            None => self.error_inst(range),
        }
    }

    pub fn ptr_cast(&mut self, pointer: ExprId, expect: Expect, range: TextRange) -> InstId {
        let Some((mut inst, pointee)) = self.pointer(pointer, false) else { return self.error_inst(range) };
        let Some(ty) = self.expected_pointer("ptr_cast", expect, range) else { return self.error_inst(range) };
        let is_fat = |cx: &Self, ty: TypeId| match *cx.key(ty) {
            TypeKey::Ptr { pointee, .. } => cx.sema.pool.is_unsized(pointee),
            _ => false,
        };
        if is_fat(self, ty) && !self.sema.pool.is_unsized(pointee) {
            let from = self.air.types[inst];
            let (from, to) = (self.show(from), self.show(ty));
            let error = errors::bad_cast(self.span(range), "ptr_cast", &from, &to);
            return self.wrong(error, range);
        }
        if self.sema.pool.is_unsized(pointee) && !is_fat(self, ty) {
            // The address without the length.
            let thin = self.sema.pool.ptr(false, TypeId::U8);
            inst = self.push(Inst::Builtin(Builtin::FatPtrAddress, Box::new([inst])), thin, range);
        }
        self.push(Inst::Cast(CastKind::Bits, inst), ty, range)
    }

    pub fn null(&mut self, expect: Expect, range: TextRange) -> InstId {
        match self.expected_pointer("null", expect, range) {
            Some(ty) => {
                let value = self.sema.pool.value(ValueKey::RawPtr { ty, address: 0 });
                self.push(Inst::Const(value), ty, range)
            }
            None => self.error_inst(range),
        }
    }

    pub fn alloc(&mut self, ty: ExprId, count: ExprId, range: TextRange) -> InstId {
        let elem = match self.sized_type(ty) {
            Ok(elem) => elem,
            Err(error) => {
                self.fail(error);
                return self.error_inst(range);
            }
        };
        if let Err(error) = self.sema.ensure_layout(elem, self.expr_span(ty)) {
            self.fail(error);
            return self.error_inst(range);
        }
        let count = self.count(count);
        let ty = self.sema.pool.ptr(true, elem);
        self.push(Inst::Builtin(Builtin::Alloc, Box::new([count])), ty, range)
    }

    pub fn realloc(&mut self, pointer: ExprId, old: ExprId, new: ExprId, range: TextRange) -> InstId {
        let Some((pointer, _)) = self.pointer(pointer, true) else { return self.error_inst(range) };
        let (old, new) = (self.count(old), self.count(new));
        let ty = self.air.types[pointer];
        self.push(Inst::Builtin(Builtin::Realloc, Box::new([pointer, old, new])), ty, range)
    }

    pub fn free(&mut self, pointer: ExprId, count: ExprId, range: TextRange) -> InstId {
        let Some((pointer, _)) = self.pointer(pointer, true) else { return self.error_inst(range) };
        let count = self.count(count);
        self.push(Inst::Builtin(Builtin::Free, Box::new([pointer, count])), TypeId::UNIT, range)
    }

    pub fn copy_memory(&mut self, to: ExprId, from: ExprId, count: ExprId, range: TextRange) -> InstId {
        let Some((to_inst, to_ty)) = self.pointer(to, true) else { return self.error_inst(range) };
        let Some((from_inst, from_ty)) = self.pointer(from, false) else { return self.error_inst(range) };
        if to_ty != from_ty {
            let (wanted, found) = (self.show(to_ty), self.show(from_ty));
            let error = errors::type_mismatch(self.expr_span(from), &wanted, &found);
            return self.wrong(error, range);
        }
        let count = self.count(count);
        self.push(Inst::Builtin(Builtin::CopyMemory, Box::new([to_inst, from_inst, count])), TypeId::UNIT, range)
    }

    pub fn syscall(&mut self, args: &'a [Arg], range: TextRange) -> InstId {
        let args = args.iter().map(|arg| self.value(arg.value, Expect::Type(TypeId::U64))).collect();
        self.push(Inst::Builtin(Builtin::Syscall, args), TypeId::I64, range)
    }

    /// For `std/rt.kiln` only: writes bytes to a standard stream.
    pub fn rt_write(&mut self, stream: ExprId, text: ExprId, len: ExprId, range: TextRange) -> InstId {
        let stream = self.value(stream, Expect::Type(TypeId::U32));
        let ty = self.sema.pool.ptr(false, TypeId::U8);
        let text = self.value(text, Expect::Type(ty));
        let len = self.count(len);
        self.push(Inst::Builtin(Builtin::Write, Box::new([stream, text, len])), TypeId::UNIT, range)
    }

    /// For `std/rt.kiln` only: ends the program.
    pub fn rt_exit(&mut self, status: ExprId, range: TextRange) -> InstId {
        let status = self.value(status, Expect::Type(TypeId::I32));
        self.push(Inst::Builtin(Builtin::Exit, Box::new([status])), TypeId::NEVER, range)
    }
}
