//! Method calls, and `?`.

use super::Expect;
use crate::body::BodyCx;
use crate::errors;
use kiln_air::InstId;
use kiln_hir::{Arg, ExprId, Name};
use kiln_source::{TextRange, sym};
use kiln_types::{TypeId, TypeKey};

impl<'a> BodyCx<'_, 'a> {
    /// `receiver.name(args)`: a method, a built-in of arrays, text and numbers, or a function of a module.
    pub fn method_call(
        &mut self,
        receiver: ExprId,
        name: Name,
        args: &'a [Arg],
        expect: Expect,
        range: TextRange,
    ) -> InstId {
        match self.field_of_module(receiver) {
            Err(error) => {
                self.fail(error);
                return self.error_inst(range);
            }
            Ok(Some(module)) => return self.module_call(module, name, args, expect, range),
            Ok(None) => {}
        }
        let inst = self.operand(receiver, Expect::None);
        let ty = self.ty(inst);
        let ty = self.settle(ty);
        if ty == TypeId::ERROR || self.sema.complete(ty).is_err() {
            for arg in args {
                self.operand(arg.value, Expect::None);
            }
            return self.error_inst(range);
        }
        if let Some((decl, captures)) = self.find_member(ty, name.symbol) {
            self.demand_visible_member(ty, decl, name);
            let function = self.sema.decl(decl).as_fn().expect("members are functions");
            if !function.has_receiver {
                let shown = self.show(ty);
                let declared = self.sema.hir.name_span(decl);
                let error = errors::no_receiver(self.span(name.range), &shown, self.name(name.symbol), declared);
                return self.wrong(error, range);
            }
            return self.call_fn(decl, &captures, Some((inst, receiver)), args, expect, range);
        }
        let inst = self.view_of(inst);
        let shown = self.ty(inst);
        if let Some(result) = self.builtin_method(inst, receiver, shown, name, args, expect, range) {
            return result;
        }
        self.unknown_method(ty, name, range)
    }

    fn module_call(
        &mut self,
        module: kiln_source::ModuleId,
        name: Name,
        args: &'a [Arg],
        expect: Expect,
        range: TextRange,
    ) -> InstId {
        match self.module_member(module, name) {
            Ok(super::PathValue::Fn { decl, captures }) => self.call_fn(decl, &captures, None, args, expect, range),
            Ok(_) => {
                let error = errors::not_callable(self.span(name.range), self.name(name.symbol), None, false);
                self.wrong(error, range)
            }
            Err(error) => {
                self.fail(error);
                self.error_inst(range)
            }
        }
    }

    fn unknown_method(&mut self, ty: TypeId, name: Name, range: TextRange) -> InstId {
        if let Some((_, field)) = self.find_field(ty, name) {
            let shown = self.show(ty);
            let callable = matches!(self.key(field), TypeKey::Fn(_));
            let error = errors::field_called(self.span(name.range), &shown, self.name(name.symbol), callable);
            return self.wrong(error, range);
        }
        self.unknown_member(ty, name);
        self.error_inst(range)
    }

    /// Methods of types without declaration.
    #[allow(clippy::too_many_arguments, reason = "the parts of one call")]
    fn builtin_method(
        &mut self,
        inst: InstId,
        receiver: ExprId,
        ty: TypeId,
        name: Name,
        args: &'a [Arg],
        expect: Expect,
        range: TextRange,
    ) -> Option<InstId> {
        match self.key(ty) {
            TypeKey::Array { .. } | TypeKey::Slice { .. } | TypeKey::Str if name.symbol == sym::LEN => {
                self.no_args(args, "len", range);
                Some(self.length(inst, range))
            }
            TypeKey::Str => {
                let decl = self.sema.view_function(true, name.symbol)?;
                Some(self.call_fn(decl, &[], Some((inst, receiver)), args, expect, range))
            }
            TypeKey::Array { elem, .. } | TypeKey::Slice { elem } => {
                let elem = *elem;
                let elem = self.settle(elem);
                let decl = self.sema.view_function(false, name.symbol)?;
                Some(self.call_fn(decl, &[elem.as_value()], Some((inst, receiver)), args, expect, range))
            }
            TypeKey::Int { .. } | TypeKey::Size { .. } | TypeKey::Float { .. } => {
                self.number_method(inst, receiver, ty, name, args, range)
            }
            _ => None,
        }
    }

    /// Reports arguments of a method that takes none.
    pub fn no_args(&mut self, args: &[Arg], name: &str, range: TextRange) {
        if !args.is_empty() {
            let error = errors::argument_count(self.span(range), name, 0, args.len(), None);
            self.error(error);
        }
    }
}
