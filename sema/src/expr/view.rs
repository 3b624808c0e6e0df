//! Containers: types that show what they hold as a slice or as text.
//!
//! A type with a method `unchecked fn view(borrow self) -> ptr const [T]` (or `ptr const str`) is indexed, sliced, iterated, measured and
//! passed as `[T]` (`str`) like an array; with `unchecked fn view_mut(inout self) -> ptr mut [T]` its elements are places to write. A view
//! is `*container.view()`: a place that is good as long as nothing changes the container, which the ownership check sees to.

use crate::body::BodyCx;
use crate::context::Sema;
use crate::errors;
use crate::intrinsic::Payload;
use crate::stmt::Settled;
use kiln_air::{Arg, BindMode, Body, Inst, InstId, Local, Pat, PatKind, UseKind};
use kiln_hir::ExprId;
use kiln_source::{DeclId, FileId, Span, Symbol, TextRange, sym};
use kiln_types::{FuncId, ParamMode, TypeId, TypeKey, ValueId};

impl Sema<'_> {
    /// A function written inside a struct or enum, with what the type captures.
    pub fn member_of(&self, ty: TypeId, name: Symbol) -> Option<(DeclId, Box<[ValueId]>)> {
        match self.pool.key(ty) {
            TypeKey::Struct { decl, captures } | TypeKey::Enum { decl, captures } => {
                let member = *self.decl(*decl).members()?.get(&name)?;
                Some((member, captures.clone()))
            }
            _ => None,
        }
    }

    /// A method without comptime parameters that the language itself calls, if its signature is the one it has to have. It calls an
    /// `unchecked` one only where it keeps the contract: of what gives a view, and of what freezes.
    pub fn hook(&mut self, ty: TypeId, name: Symbol, modes: &[ParamMode], at: Span) -> Option<FuncId> {
        let (decl, captures) = self.member_of(ty, name)?;
        let function = self.decl(decl).as_fn()?;
        let is_unchecked = match name {
            sym::VIEW | sym::VIEW_MUT => true,
            sym::FREEZE => function.unchecked,
            _ => false,
        };
        if function.is_generic() || !function.has_receiver || function.unchecked != is_unchecked {
            return None;
        }
        let func = self.ensure_signature(decl, &captures, at).ok()?;
        let params = &self.program.info(func).sig.params;
        let fits = params.len() == modes.len()
            && params.iter().zip(modes).all(|(param, mode)| param.mode == *mode && param.ty == ty);
        fits.then_some(func)
    }

    /// The method `eq` of a type, which compares its values instead of their parts.
    pub fn eq_method(&mut self, ty: TypeId) -> Option<FuncId> {
        let func = self.hook(ty, sym::EQ, &[ParamMode::Borrow; 2], Span::default())?;
        (self.program.info(func).sig.ret == TypeId::BOOL).then_some(func)
    }

    /// `fn(borrow a: T, borrow b: T) -> bool { a.eq(b) }`
    pub fn eq_by_method(&mut self, ty: TypeId) -> Body {
        let func = self.eq_method(ty).expect("the caller has looked");
        self.want_body(func);
        let nowhere = TextRange::empty(0);
        let mut body = Body::empty(FileId::default(), nowhere);
        body.name = format!("eq {}", self.show(ty)).into();
        body.param_count = 2;
        body.ret = TypeId::BOOL;
        let mut arg = || {
            let param = Some(ParamMode::Borrow);
            let local = Local { name: None, ty, param, mutable: false, borrowed: false, range: nowhere };
            let local = body.locals.push(local);
            Arg { mode: ParamMode::Borrow, value: body.push(Inst::Local(local), ty, nowhere) }
        };
        let args = Box::new([arg(), arg()]);
        body.root = body.push(Inst::Call { func, args }, TypeId::BOOL, nowhere);
        body
    }

    /// What shows a container's content, with the type it is shown as.
    pub fn view_method(&mut self, ty: TypeId, mutable: bool, at: Span) -> Option<(FuncId, TypeId)> {
        let (name, mode) = if mutable { (sym::VIEW_MUT, ParamMode::Inout) } else { (sym::VIEW, ParamMode::Borrow) };
        let func = self.hook(ty, name, &[mode], at)?;
        match *self.pool.key(self.program.info(func).sig.ret) {
            TypeKey::Ptr { pointee, mutable: of } if of == mutable && self.pool.is_unsized(pointee) => {
                let shows_the_same =
                    !mutable || self.view_method(ty, false, at).is_some_and(|(_, read)| read == pointee);
                shows_the_same.then_some((func, pointee))
            }
            _ => None,
        }
    }
}

impl Sema<'_> {
    /// Whether a function shows a part of its argument: a container's `view` or `view_mut`, or what `@payload` calls.
    pub fn is_view_method(&self, func: FuncId) -> bool {
        self.instances.payload_of(func).is_some()
            || self.instances.decl_of(func).is_some_and(|decl| {
                let item = self.decl(decl);
                item.is_member && matches!(item.name.symbol, sym::VIEW | sym::VIEW_MUT)
            })
    }
}

impl BodyCx<'_, '_> {
    /// The slice or text that a container shows; `None` if the type is no container.
    pub fn view_type(&mut self, ty: TypeId, range: TextRange) -> Option<TypeId> {
        let ty = self.infer.shallow(ty, &self.sema.pool);
        self.sema.view_method(ty, false, self.span(range)).map(|(_, shown)| shown)
    }

    /// The content of a container as a place; other places are themselves.
    pub fn view_of(&mut self, place: InstId) -> InstId {
        let (ty, range) = (self.ty(place), self.air.ranges[place]);
        match self.sema.view_method(ty, false, self.span(range)) {
            Some((func, shown)) => self.view_by(func, ParamMode::Borrow, place, shown, range),
            None => place,
        }
    }

    pub fn view_by(&mut self, func: FuncId, mode: ParamMode, of: InstId, shown: TypeId, range: TextRange) -> InstId {
        self.sema.want_body(func);
        let ptr = self.sema.program.info(func).sig.ret;
        let args = Box::new([Arg { mode, value: of }]);
        let call = self.push(Inst::Call { func, args }, ptr, range);
        self.push(Inst::Deref(call), shown, range)
    }

    /// The container that a place is the view of.
    pub fn viewed(&self, place: InstId) -> Option<(InstId, InstId)> {
        let Inst::Deref(call) = self.air.insts[place] else { return None };
        match &self.air.insts[call] {
            Inst::Call { func, args } if args.len() == 1 && self.is_view_method(*func) => Some((call, args[0].value)),
            _ => None,
        }
    }

    fn is_view_method(&self, func: FuncId) -> bool {
        self.sema.is_view_method(func)
    }

    /// The innermost view that a place is a part of.
    pub fn inner_view(&self, mut place: InstId) -> Option<InstId> {
        loop {
            match &self.air.insts[place] {
                Inst::Field { base, .. } | Inst::Index { base, .. } | Inst::Slice { base, .. } => place = *base,
                Inst::Deref(_) => return self.viewed(place).map(|_| place),
                _ => return None,
            }
        }
    }

    /// Makes the view that a place is a part of one that can be written. `None` if the place is in no view; `Some(false)` if the
    /// container can't be changed, which was reported.
    pub fn demand_mutable_view(&mut self, place: InstId, expr: ExprId) -> Option<bool> {
        let view = self.inner_view(place)?;
        let (call, container) = self.viewed(view)?;
        let ty = self.ty(container);
        let range = self.air.ranges[view];
        let Some(func) = self.mutable_view(call, ty, range) else {
            let shown = self.show(ty);
            let error = errors::read_only_view(self.expr_span(expr), &shown);
            self.error(error);
            return Some(false);
        };
        self.sema.want_body(func);
        self.air.insts[call] = Inst::Call { func, args: Box::new([Arg { mode: ParamMode::Inout, value: container }]) };
        self.air.types[call] = self.sema.program.info(func).sig.ret;
        Some(self.demand_mutable(container, expr))
    }

    /// What shows the same as a call, to be written.
    fn mutable_view(&mut self, call: InstId, ty: TypeId, range: TextRange) -> Option<FuncId> {
        let Inst::Call { func, .. } = self.air.insts[call] else { return None };
        match self.sema.instances.payload_of(func) {
            Some(payload) => Some(self.sema.payload_glue(Payload { mutable: true, ..payload })),
            None => self.sema.view_method(ty, true, self.span(range)).map(|(func, _)| func),
        }
    }

    /// An assignment through a view: the operands and the value come first, so that the view is made when nothing can change the
    /// container any more. Gives what to do before, the place, and the value to store.
    pub fn settle_operands(&mut self, place: InstId, value: InstId) -> Option<Settled> {
        self.inner_view(place)?;
        let mut before = Vec::new();
        let place = self.settle_indices(place, &mut before);
        let value = self.settled(value, &mut before);
        Some(Settled { before, place, value })
    }

    /// The same place with indices that are evaluated before.
    fn settle_indices(&mut self, place: InstId, before: &mut Vec<InstId>) -> InstId {
        let inst = match self.air.insts[place].clone() {
            Inst::Index { base, index } => {
                let base = self.settle_indices(base, before);
                let is_known = self.air.insts[index].as_const().is_some();
                let index = if is_known { index } else { self.settled(index, before) };
                Inst::Index { base, index }
            }
            Inst::Field { base, index } => Inst::Field { base: self.settle_indices(base, before), index },
            Inst::Deref(call) => match (self.viewed(place), self.air.insts[call].clone()) {
                (Some((_, container)), Inst::Call { func, args }) => {
                    let value = self.settle_indices(container, before);
                    let args = Box::new([Arg { mode: args[0].mode, value }]);
                    Inst::Deref(self.push_instead(call, Inst::Call { func, args }))
                }
                _ => return place,
            },
            _ => return place,
        };
        self.push_instead(place, inst)
    }

    /// Appends an instruction that takes the place of another one, which nothing refers to any more.
    fn push_instead(&mut self, old: InstId, inst: Inst) -> InstId {
        let (ty, range) = (self.air.types[old], self.air.ranges[old]);
        self.air.insts[old] = Inst::Const(ValueId::UNIT);
        self.air.types[old] = TypeId::UNIT;
        self.push(inst, ty, range)
    }

    /// A value in a variable of its own.
    pub fn settled(&mut self, value: InstId, before: &mut Vec<InstId>) -> InstId {
        let (ty, range) = (self.air.types[value], self.air.ranges[value]);
        let shallow = self.ty(value);
        let is_copied = self.is_copied(shallow);
        let local = self.new_local(None, ty, None, false);
        let mode = if is_copied { BindMode::Copy } else { BindMode::Move };
        before.push(self.bind_local(local, mode, value, ty, range));
        let place = self.push(Inst::Local(local), ty, range);
        let kind = if is_copied { UseKind::Copy } else { UseKind::Move };
        self.push(Inst::Use { place, kind }, ty, range)
    }

    /// `let local = init;`
    pub fn bind_local(
        &mut self,
        local: kiln_air::LocalId,
        mode: BindMode,
        init: InstId,
        ty: TypeId,
        range: TextRange,
    ) -> InstId {
        let pat = self.air.pats.push(Pat { kind: PatKind::Bind { local, mode }, ty, range });
        self.push(Inst::Let { pat, init, or_else: None }, TypeId::UNIT, range)
    }
}
