//! Instructions: types and places.

use super::{Rule, Verifier};
use crate::{Arg, BinOp, Inst, InstId, LoopId, Panic, UseKind};
use kiln_types::{FnTypeParam, ParamMode, TypeId, TypeKey};

impl Verifier<'_> {
    /// An instruction with everything in it.
    pub(super) fn expression(&mut self, id: InstId) {
        stacker::maybe_grow(128 * 1024, 2 * 1024 * 1024, || {
            let (open, body) = (self.loops.len(), self.body);
            let inst = &body.insts[id];
            if let Inst::Loop { id, .. } | Inst::Labeled { id, .. } = inst {
                self.loops.push(*id);
            }
            match inst {
                // Bounds and elements of a `for` stand outside of the loop.
                Inst::ForRange { id, from, to, body, .. } => self.for_loop(*id, &[*from, *to], *body),
                Inst::ForEach { id, elems, body, .. } => self.for_loop(*id, &[*elems], *body),
                _ => inst.for_each_child(|child| self.expression(child)),
            }
            self.loops.truncate(open);
            self.inst = id;
            self.settled(body.types[id]);
            self.check(id, inst);
        });
    }

    fn for_loop(&mut self, id: LoopId, before: &[InstId], body: InstId) {
        before.iter().for_each(|id| self.expression(*id));
        self.loops.push(id);
        self.expression(body);
        self.loops.pop();
    }

    /// Demands a place. A part of a value is one as well where it is only read.
    fn place(&mut self, id: InstId) {
        self.require(self.body.insts[id].is_place(), || Rule::NotAPlace(id));
    }

    fn check(&mut self, id: InstId, inst: &Inst) {
        let (pool, ty) = (self.cx.pool, self.ty(id));
        match inst {
            Inst::Const(value) => {
                let found = pool.type_of(*value);
                // `()` is the value of every type without parts.
                self.require(found == ty || found == TypeId::UNIT || ty == TypeId::ERROR, || Rule::Type {
                    what: "constant",
                    found,
                    expected: Some(ty),
                });
            }
            Inst::Local(local) => self.expect("local", self.body.locals[*local].ty, ty),
            Inst::Static(_) => {}
            Inst::Field { base, index } => match pool.field_type(self.ty(*base), *index as usize) {
                Some(field) => self.expect("field", field, ty),
                None => self.report(Rule::NoSuchPart(self.ty(*base))),
            },
            Inst::Index { base, index } => {
                self.expect("index", self.ty(*index), TypeId::USIZE);
                match pool.elem(self.ty(*base)) {
                    Some((elem, _)) => self.expect("element", elem, ty),
                    None => self.report(Rule::NoSuchPart(self.ty(*base))),
                }
            }
            Inst::Slice { base, from, to, .. } => {
                from.iter().chain(to).for_each(|bound| self.expect("bound", self.ty(*bound), TypeId::USIZE));
                self.expect_kind("view", ty, pool.is_unsized(ty));
                match (pool.elem(self.ty(*base)), pool.elem(ty)) {
                    (Some((elem, _)), Some((view, _))) => self.expect("element", elem, view),
                    _ => self.report(Rule::NoSuchPart(self.ty(*base))),
                }
            }
            Inst::Deref(pointer) => match *pool.key(self.ty(*pointer)) {
                TypeKey::Ptr { pointee, .. } => self.expect("pointee", pointee, ty),
                _ => self.expect_kind("pointer", self.ty(*pointer), false),
            },
            Inst::Use { place, kind } => {
                self.expect("use", self.ty(*place), ty);
                let copies = *kind == UseKind::Copy && ty != TypeId::ERROR;
                self.require(!copies || pool.is_copy(ty), || Rule::CopiesAffine(ty));
            }
            Inst::AddressOf { place } => {
                self.place(*place);
                match *pool.key(ty) {
                    TypeKey::Ptr { pointee, .. } => self.expect("pointee", self.ty(*place), pointee),
                    _ => self.expect_kind("pointer", ty, false),
                }
            }
            Inst::Len(place) => {
                self.expect_kind("len", self.ty(*place), pool.elem(self.ty(*place)).is_some());
                self.expect("len", TypeId::USIZE, ty);
            }
            Inst::Tag(place) => match pool.enum_def(self.ty(*place)) {
                Some(def) => self.expect("tag", def.tag, ty),
                None => self.expect_kind("tag", self.ty(*place), false),
            },
            Inst::Unary(_, value) => self.expect("operand", self.ty(*value), ty),
            Inst::Binary(op, left, right) => self.binary(*op, *left, *right, ty),
            Inst::Cast(..) | Inst::MakeType { .. } => {}
            Inst::Builtin(builtin, args) => {
                let right = builtin.operand_count().is_none_or(|count| count == args.len());
                self.require(right, || Rule::Arguments);
            }
            Inst::Call { func, args } => match (self.cx.sig)(*func) {
                Some((params, ret)) => self.call(params, ret, args, ty),
                None => self.arg_places(args),
            },
            Inst::CallPtr { callee, args } => match pool.key(self.ty(*callee)) {
                TypeKey::Fn(sig) => self.call(&sig.params, sig.ret, args, ty),
                _ => self.expect_kind("callee", self.ty(*callee), false),
            },
            _ => self.check_larger(inst, ty),
        }
    }

    fn check_larger(&mut self, inst: &Inst, ty: TypeId) {
        let pool = self.cx.pool;
        match inst {
            Inst::Struct { fields, base } => {
                for (field, value) in fields {
                    self.part(ty, pool.field_type(ty, *field as usize), *value);
                }
                if let Some((base, _)) = base {
                    self.expect("base", self.ty(*base), ty);
                }
                let complete = base.is_some() || pool.field_count(ty) == Some(fields.len());
                self.require(complete, || Rule::NoSuchPart(ty));
            }
            Inst::Tuple(parts) => {
                for (index, part) in parts.iter().enumerate() {
                    self.part(ty, pool.field_type(ty, index), *part);
                }
                self.require(pool.field_count(ty).unwrap_or(0) == parts.len(), || Rule::NoSuchPart(ty));
            }
            Inst::Array(elems) => {
                let (elem, len) = pool.elem(ty).unzip();
                elems.iter().for_each(|value| self.part(ty, elem, *value));
                self.require(len.flatten() == Some(elems.len() as u64), || Rule::NoSuchPart(ty));
            }
            Inst::Repeat { value, len } => {
                let (elem, expected) = pool.elem(ty).unzip();
                self.part(ty, elem, *value);
                self.require(expected.flatten() == Some(*len), || Rule::NoSuchPart(ty));
            }
            Inst::Variant { variant, fields } => {
                let def = pool.enum_def(ty).and_then(|def| def.variants.get(*variant as usize));
                for (field, value) in fields {
                    self.part(ty, def.and_then(|def| Some(def.fields.get(*field as usize)?.ty)), *value);
                }
                self.require(def.is_some_and(|def| def.fields.len() == fields.len()), || Rule::NoSuchPart(ty));
            }
            Inst::Block { result: Some(result), .. } => self.expect("value", self.ty(*result), ty),
            Inst::Block { result: None, .. } => self.expect_kind("value", ty, ty == TypeId::UNIT),
            Inst::Let { pat, init, or_else } => {
                self.pattern(*pat, self.ty(*init));
                if let Some(or_else) = or_else {
                    self.expect("else", self.ty(*or_else), TypeId::NEVER);
                }
            }
            Inst::Assign { place, value } => {
                self.place(*place);
                self.expect("assigned", self.ty(*value), self.ty(*place));
            }
            Inst::AssignOp { op, place, value } => {
                self.place(*place);
                self.binary(*op, *place, *value, self.ty(*place));
            }
            Inst::If { cond, then, else_ } => {
                self.expect("condition", self.ty(*cond), TypeId::BOOL);
                if else_.is_some() || ty != TypeId::UNIT {
                    [Some(*then), *else_].into_iter().flatten().for_each(|arm| self.expect("branch", self.ty(arm), ty));
                }
            }
            Inst::Match { scrutinee, arms } => {
                for arm in arms {
                    self.pattern(arm.pat, self.ty(*scrutinee));
                    if let Some(guard) = arm.guard {
                        self.expect("guard", self.ty(guard), TypeId::BOOL);
                    }
                    self.expect("arm", self.ty(arm.body), ty);
                }
            }
            Inst::ForRange { pat, from, to, .. } => {
                let (from, to) = (self.ty(*from), self.ty(*to));
                let ty = if from == TypeId::NEVER { to } else { from };
                self.expect("end", to, ty);
                self.expect_kind("range", ty, pool.is_int(ty) || ty == TypeId::CHAR);
                self.pattern(*pat, ty);
            }
            Inst::ForEach { pat, elems, .. } => match pool.elem(self.ty(*elems)) {
                Some((elem, _)) => self.pattern(*pat, elem),
                None => self.expect_kind("elements", self.ty(*elems), false),
            },
            Inst::Break { id, .. } | Inst::Continue { id } => {
                self.require(self.loops.contains(id), || Rule::NotInLoop(*id));
            }
            Inst::Return(value) => {
                let found = value.map_or(TypeId::UNIT, |value| self.ty(value));
                self.expect("returned", found, self.body.ret);
            }
            Inst::Panic(reason, text) => {
                self.require((*reason == Panic::User) == text.is_some(), || Rule::Arguments);
                if let Some(text) = text {
                    self.expect("text", self.ty(*text), TypeId::STR);
                }
            }
            _ => {}
        }
    }

    fn part(&mut self, whole: TypeId, part: Option<TypeId>, value: InstId) {
        match part {
            Some(part) => self.expect("part", self.ty(value), part),
            None => self.report(Rule::NoSuchPart(whole)),
        }
    }

    fn binary(&mut self, op: BinOp, left: InstId, right: InstId, ty: TypeId) {
        let (left, right) = (self.ty(left), self.ty(right));
        if op.is_shift() {
            self.expect_kind("shift amount", right, self.cx.pool.is_int(right));
        } else {
            let left = if left == TypeId::NEVER { right } else { left };
            self.expect("right operand", right, left);
        }
        let result = if op.is_comparison() { TypeId::BOOL } else { left };
        self.expect("result", result, ty);
    }

    fn call(&mut self, params: &[FnTypeParam], ret: TypeId, args: &[Arg], ty: TypeId) {
        self.expect("result", ret, ty);
        self.require(args.len() >= params.len(), || Rule::Arguments);
        for (param, arg) in params.iter().zip(args) {
            self.require(param.mode == arg.mode, || Rule::Arguments);
            self.expect("argument", self.ty(arg.value), param.ty);
        }
        self.arg_places(args);
    }

    fn arg_places(&mut self, args: &[Arg]) {
        for arg in args.iter().filter(|arg| arg.mode == ParamMode::Inout) {
            self.place(arg.value);
        }
    }
}
