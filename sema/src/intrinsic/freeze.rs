//! Freezing: what an owner of heap memory becomes when it leaves an evaluation.
//!
//! Its buffer lies in static data then, so it must not be freed or grown in place. A type says so by a method
//! `fn freeze(inout self)` (a `Vec` sets its capacity to 0). A function is made for each type with such parts; it runs at the end of
//! the evaluation, on the parts first: fields, payloads, elements of arrays and of what containers show.

use crate::body::BodyCx;
use crate::context::{Checked, Sema};
use crate::errors;
use crate::expr::Expect;
use crate::known::Known;
use kiln_air::{self as air, Arg, Arm, BindMode, Inst, InstId, Pat, PatKind, UseKind};
use kiln_hir::ExprId;
use kiln_source::{FileId, Span, TextRange, sym};
use kiln_types::{FuncId, ParamMode, TypeId, TypeKey};

const NOWHERE: TextRange = TextRange::empty(0);

impl Sema<'_> {
    fn freeze_method(&mut self, ty: TypeId) -> Option<FuncId> {
        let func = self.hook(ty, sym::FREEZE, &[ParamMode::Inout], Span::default())?;
        (self.program.info(func).sig.ret == TypeId::UNIT).then_some(func)
    }

    /// Whether freezing a value of the type does anything.
    pub fn needs_freeze(&mut self, ty: TypeId) -> bool {
        if self.pool.is_copy(ty) {
            return false;
        }
        if let Some(known) = self.freezes.get(&ty) {
            return *known;
        }
        // A type inside of itself is there only through a type with a method of its own.
        self.freezes.insert(ty, false);
        let result = self.complete(ty).is_ok()
            && (self.freeze_method(ty).is_some()
                || self.parts_to_freeze(ty).into_iter().any(|part| self.needs_freeze(part)));
        self.freezes.insert(ty, result);
        result
    }

    /// Refuses an owner that would free static data: one with pointers and a destructor, but without `freeze`.
    pub fn check_frozen(&mut self, known: Known, ty: TypeId, at: Span) -> Checked<()> {
        let Known::Static(data) = known else { return Ok(()) };
        if self.program.statics.get(data).relocs.is_empty() {
            return Ok(());
        }
        match self.unfrozen_owner(ty) {
            Some(owner) => {
                let owner = self.show(owner);
                Err(self.error(errors::owner_without_freeze(at, &owner)))
            }
            None => Ok(()),
        }
    }

    /// A part that has a destructor and no `freeze`.
    fn unfrozen_owner(&mut self, ty: TypeId) -> Option<TypeId> {
        if self.pool.is_copy(ty) || self.freeze_method(ty).is_some() {
            return None;
        }
        if self.pool.destructor(ty).is_some() {
            return Some(ty);
        }
        self.parts_to_freeze(ty).into_iter().find_map(|part| self.unfrozen_owner(part))
    }

    fn parts_to_freeze(&self, ty: TypeId) -> Vec<TypeId> {
        match self.pool.key(ty) {
            TypeKey::Array { elem, .. } | TypeKey::Slice { elem } => vec![*elem],
            TypeKey::Tuple(parts) => parts.to_vec(),
            _ => match (self.pool.struct_def(ty), self.pool.enum_def(ty)) {
                (Some(def), _) => def.fields.iter().map(|field| field.ty).collect(),
                (_, Some(def)) => {
                    def.variants.iter().flat_map(|variant| &variant.fields).map(|field| field.ty).collect()
                }
                _ => Vec::new(),
            },
        }
    }

    /// `fn(inout x: T)`: freezes `x`.
    pub fn freeze_body(&mut self, ty: TypeId) -> Checked<air::Body> {
        let mut body = air::Body::empty(FileId::default(), NOWHERE);
        body.name = format!("freeze {}", self.show(ty)).into();
        body.param_count = 1;
        let mut maker = Maker { sema: self, body, stmts: Vec::new() };
        let whole = maker.local(ty, Some(ParamMode::Inout));
        maker.parts(whole, ty)?;
        let stmts = std::mem::take(&mut maker.stmts);
        maker.body.root = maker.push(Inst::Block { stmts: stmts.into(), result: None }, TypeId::UNIT);
        Ok(maker.body)
    }
}

impl BodyCx<'_, '_> {
    /// The result of an evaluation as it leaves it: `{ let mut r = result; freeze(inout r); r }`, if that does anything.
    pub fn frozen(&mut self, result: InstId) -> InstId {
        let ty = self.ty(result);
        let ty = self.settle(ty);
        if self.sema.pool.is_unsized(ty) || !self.sema.needs_freeze(ty) {
            return result;
        }
        let range = self.air.ranges[result];
        let value = self.use_place(result);
        let local = self.new_local(None, ty, None, true);
        let bind = self.bind_local(local, BindMode::Move, value, ty, range);
        let place = self.push(Inst::Local(local), ty, range);
        let call = self.freeze_call(place, ty, range);
        let place = self.push(Inst::Local(local), ty, range);
        let moved = self.push(Inst::Use { place, kind: UseKind::Move }, ty, range);
        self.push(Inst::Block { stmts: Box::new([bind, call]), result: Some(moved) }, ty, range)
    }

    fn freeze_call(&mut self, place: InstId, ty: TypeId, range: TextRange) -> InstId {
        let func = self.sema.freeze_glue(ty);
        let args = Box::new([Arg { mode: ParamMode::Inout, value: place }]);
        self.push(Inst::Call { func, args }, TypeId::UNIT, range)
    }

    /// `@freeze(place)`: for types that own what no view shows.
    pub fn freeze(&mut self, expr: ExprId, range: TextRange) -> InstId {
        let place = self.operand(expr, Expect::None);
        if !self.demand_mutable(place, expr) {
            return self.error_inst(range);
        }
        let ty = self.ty(place);
        let ty = self.settle(ty);
        match self.sema.needs_freeze(ty) {
            true => self.freeze_call(place, ty, range),
            false => self.unit(range),
        }
    }
}

/// Builds the function that freezes values of a type.
struct Maker<'s, 'a> {
    sema: &'s mut Sema<'a>,
    body: air::Body,
    stmts: Vec<InstId>,
}

impl Maker<'_, '_> {
    fn push(&mut self, inst: Inst, ty: TypeId) -> InstId {
        self.body.push(inst, ty, NOWHERE)
    }

    fn local(&mut self, ty: TypeId, param: Option<ParamMode>) -> air::LocalId {
        let mutable = param.is_some();
        self.body.locals.push(air::Local { name: None, ty, param, mutable, borrowed: false, range: NOWHERE })
    }

    /// A binding that names a part of what is matched.
    fn alias(&mut self, ty: TypeId) -> (air::LocalId, air::PatId) {
        let local = self.local(ty, None);
        let kind = PatKind::Bind { local, mode: BindMode::AliasMut };
        (local, self.body.pats.push(Pat { kind, ty, range: NOWHERE }))
    }

    /// Freezes the parts of a value, then the value itself.
    fn parts(&mut self, whole: air::LocalId, ty: TypeId) -> Checked<()> {
        match self.sema.pool.key(ty).clone() {
            TypeKey::Array { elem, .. } => {
                let place = self.push(Inst::Local(whole), ty);
                self.elements(place, elem)?;
            }
            TypeKey::Tuple(parts) => self.fields(whole, ty, &parts),
            TypeKey::Struct { .. } | TypeKey::AnonStruct { .. } => {
                let def = self.sema.pool.struct_def(ty).expect("what needs freezing is complete");
                let fields: Vec<TypeId> = def.fields.iter().map(|field| field.ty).collect();
                self.fields(whole, ty, &fields);
            }
            TypeKey::Enum { .. } | TypeKey::AnonEnum { .. } => self.variants(whole, ty),
            _ => {}
        }
        self.shown(whole, ty)?;
        if let Some(func) = self.sema.freeze_method(ty) {
            self.sema.want_body(func);
            self.call(func, whole, ty);
        }
        Ok(())
    }

    fn call(&mut self, func: FuncId, on: air::LocalId, ty: TypeId) {
        let value = self.push(Inst::Local(on), ty);
        let args = Box::new([Arg { mode: ParamMode::Inout, value }]);
        let call = self.push(Inst::Call { func, args }, TypeId::UNIT);
        self.stmts.push(call);
    }

    fn freeze(&mut self, place: InstId, ty: TypeId) {
        let func = self.sema.freeze_glue(ty);
        let args = Box::new([Arg { mode: ParamMode::Inout, value: place }]);
        let call = self.push(Inst::Call { func, args }, TypeId::UNIT);
        self.stmts.push(call);
    }

    fn fields(&mut self, whole: air::LocalId, of: TypeId, fields: &[TypeId]) {
        for (index, ty) in fields.iter().enumerate() {
            if self.sema.needs_freeze(*ty) {
                let base = self.push(Inst::Local(whole), of);
                let place = self.push(Inst::Field { base, index: index as u32 }, *ty);
                self.freeze(place, *ty);
            }
        }
    }

    /// The elements of what a container shows.
    fn shown(&mut self, whole: air::LocalId, ty: TypeId) -> Checked<()> {
        let Some((func, shown)) = self.sema.view_method(ty, true, Span::default()) else { return Ok(()) };
        let Some((elem, _)) = self.sema.pool.elem(shown).filter(|_| shown != TypeId::STR) else { return Ok(()) };
        if !self.sema.needs_freeze(elem) {
            return Ok(());
        }
        self.sema.want_body(func);
        let ptr = self.sema.program.info(func).sig.ret;
        let value = self.push(Inst::Local(whole), ty);
        let call = self.push(Inst::Call { func, args: Box::new([Arg { mode: ParamMode::Inout, value }]) }, ptr);
        let place = self.push(Inst::Deref(call), shown);
        self.elements(place, elem)
    }

    /// `for x in elems { freeze(inout x) }`
    fn elements(&mut self, elems: InstId, elem: TypeId) -> Checked<()> {
        if !self.sema.needs_freeze(elem) {
            return Ok(());
        }
        // A container has its elements behind a pointer, where nobody has asked for their layout.
        self.sema.ensure_layout(elem, Span::default())?;
        let (local, pat) = self.alias(elem);
        let outer = std::mem::take(&mut self.stmts);
        let place = self.push(Inst::Local(local), elem);
        self.freeze(place, elem);
        let stmts = std::mem::replace(&mut self.stmts, outer);
        let body = self.push(Inst::Block { stmts: stmts.into(), result: None }, TypeId::UNIT);
        let id = air::LoopId(self.body.loops);
        self.body.loops += 1;
        let whole = self.push(Inst::ForEach { id, pat, elems, body }, TypeId::UNIT);
        self.stmts.push(whole);
        Ok(())
    }

    /// `match x { A => {}, B(a) => freeze(inout a) }`
    fn variants(&mut self, whole: air::LocalId, ty: TypeId) {
        let def = self.sema.pool.enum_def(ty).expect("what needs freezing is complete").clone();
        let outer = std::mem::take(&mut self.stmts);
        let mut arms = Vec::with_capacity(def.variants.len());
        for (index, variant) in def.variants.iter().enumerate() {
            let mut fields = Vec::new();
            for (at, field) in variant.fields.iter().enumerate() {
                if self.sema.needs_freeze(field.ty) {
                    let (local, pat) = self.alias(field.ty);
                    fields.push((at as u32, pat));
                    let place = self.push(Inst::Local(local), field.ty);
                    self.freeze(place, field.ty);
                }
            }
            let kind = PatKind::Variant { variant: index as u32, fields: fields.into() };
            let pat = self.body.pats.push(Pat { kind, ty, range: NOWHERE });
            let stmts = std::mem::take(&mut self.stmts);
            let body = self.push(Inst::Block { stmts: stmts.into(), result: None }, TypeId::UNIT);
            arms.push(Arm { pat, guard: None, body });
        }
        self.stmts = outer;
        let scrutinee = self.push(Inst::Local(whole), ty);
        let all = self.push(Inst::Match { scrutinee, arms: arms.into() }, TypeId::UNIT);
        self.stmts.push(all);
    }
}
