//! Places: fields, indices, views, and whether a place may be written.

use super::Expect;
use crate::body::BodyCx;
use crate::errors;
use crate::known::Known;
use kiln_air::{BinOp, BindMode, CastKind, Inst, InstId, Pat, PatKind};
use kiln_hir::{ExprId, Name};
use kiln_source::TextRange;
use kiln_types::{ParamMode, TypeId, TypeKey, ValueKey};

impl BodyCx<'_, '_> {
    /// `base.name`: a field, or an item of a module.
    pub fn field(&mut self, expr: ExprId, base: ExprId, name: Name, range: TextRange) -> InstId {
        match self.field_of_module(base) {
            Err(error) => {
                self.fail(error);
                return self.error_inst(range);
            }
            Ok(Some(_)) => return self.path_operand(expr, Expect::None, range),
            Ok(None) => {}
        }
        let base = self.operand(base, Expect::None);
        let inst = self.field_of(base, name, range);
        if let Inst::Field { base, index } = self.air.insts[inst]
            && self.demand_visible_field(self.ty(base), index, name).is_err()
        {
            return self.error_inst(range);
        }
        inst
    }

    /// A field of a value or place.
    pub fn field_of(&mut self, base: InstId, name: Name, range: TextRange) -> InstId {
        let ty = self.ty(base);
        if ty == TypeId::ERROR || self.sema.complete(ty).is_err() {
            return self.error_inst(range);
        }
        if let Some((index, field)) = self.find_field(ty, name) {
            if let Some(part) = self.known_part(base, index) {
                return self.known_inst(Known::Value(part), range);
            }
            return self.push(Inst::Field { base, index }, field, range);
        }
        let error = self.unknown_field(ty, name);
        self.wrong(error, range)
    }

    /// A part of a value that as a whole exists only at comptime.
    fn known_part(&self, base: InstId, index: u32) -> Option<kiln_types::ValueId> {
        match self.sema.pool.value_key(self.air.insts[base].as_const()?)? {
            ValueKey::Aggregate { ty, parts } if self.sema.is_comptime_only(*ty) => parts.get(index as usize).copied(),
            _ => None,
        }
    }

    /// Number and type of a field.
    pub fn find_field(&self, ty: TypeId, name: Name) -> Option<(u32, TypeId)> {
        match self.key(ty) {
            TypeKey::Tuple(parts) => {
                let index: usize = self.name(name.symbol).parse().ok()?;
                Some((index as u32, *parts.get(index)?))
            }
            TypeKey::Struct { .. } | TypeKey::AnonStruct { .. } => {
                let fields = &self.sema.pool.struct_def(ty)?.fields;
                let index = fields.iter().position(|field| field.name == name.symbol)?;
                Some((index as u32, fields[index].ty))
            }
            _ => None,
        }
    }

    pub fn unknown_field(&mut self, ty: TypeId, name: Name) -> kiln_source::Diagnostic {
        let known: Vec<String> = match (self.key(ty), self.sema.pool.struct_def(ty)) {
            (TypeKey::Tuple(parts), _) => (0..parts.len()).map(|index| index.to_string()).collect(),
            (_, Some(def)) => def.fields.iter().map(|field| self.name(field.name).to_owned()).collect(),
            _ => Vec::new(),
        };
        let is_method = self.find_member(ty, name.symbol).is_some();
        let shown = self.show(ty);
        errors::unknown_field(self.span(name.range), &shown, self.name(name.symbol), &known, is_method)
    }

    /// `base[index]`
    pub fn index(&mut self, base: ExprId, index: ExprId, range: TextRange) -> InstId {
        let place = self.operand(base, Expect::None);
        let place = self.view_of(place);
        let index_inst = self.value(index, Expect::Hint(TypeId::USIZE));
        let base_ty = self.ty(place);
        if base_ty == TypeId::ERROR {
            return self.error_inst(range);
        }
        let Some((elem, _)) = self.sema.pool.elem(base_ty).filter(|_| base_ty != TypeId::STR) else {
            let shown = self.show(base_ty);
            let error = errors::not_indexable(self.expr_span(base), &shown);
            return self.wrong(error, range);
        };
        let index_inst = self.index_value(index_inst);
        self.push(Inst::Index { base: place, index: index_inst }, elem, range)
    }

    /// An index as `usize`: any unsigned integer type is accepted, an untyped literal becomes `usize`.
    pub fn index_value(&mut self, index: InstId) -> InstId {
        let ty = self.ty(index);
        let range = self.air.ranges[index];
        match *self.key(ty) {
            TypeKey::InferInt(_) => self.coerce(index, TypeId::USIZE),
            TypeKey::Size { signed: false } | TypeKey::Error | TypeKey::Never => index,
            TypeKey::Int { signed: false, bits } if bits <= self.sema.options.target.pointer_bits() => {
                self.push(Inst::Cast(CastKind::Wrap, index), TypeId::USIZE, range)
            }
            TypeKey::Int { signed: false, .. } => self.wide_index(index, ty, range),
            _ => {
                let shown = self.show(ty);
                let is_number = self.sema.pool.is_int(ty) || self.sema.pool.is_float(ty);
                let error = errors::bad_index_type(
                    self.span(range),
                    &shown,
                    self.sema.sources.text(self.span(range)),
                    is_number,
                );
                self.wrong(error, range)
            }
        }
    }

    /// An index of a type wider than `usize`: what does not fit is out of bounds of every array, as the largest `usize` is.
    fn wide_index(&mut self, index: InstId, ty: TypeId, range: TextRange) -> InstId {
        let local = self.new_local(None, ty, None, false);
        let kind = PatKind::Bind { local, mode: BindMode::Copy };
        let pat = self.air.pats.push(Pat { kind, ty, range });
        let bind = self.push(Inst::Let { pat, init: index, or_else: None }, TypeId::UNIT, range);
        let read = |cx: &mut Self| {
            let place = cx.push(Inst::Local(local), ty, range);
            cx.use_place(place)
        };
        let top = u128::MAX >> (128 - u32::from(self.sema.options.target.pointer_bits()));
        let (wide_top, top) = (self.sema.pool.scalar(ty, top), self.sema.pool.scalar(TypeId::USIZE, top));
        let (value, limit) = (read(self), self.push(Inst::Const(wide_top), ty, range));
        let cond = self.push(Inst::Binary(BinOp::Gt, value, limit), TypeId::BOOL, range);
        let then = self.push(Inst::Const(top), TypeId::USIZE, range);
        let value = read(self);
        let else_ = Some(self.push(Inst::Cast(CastKind::Wrap, value), TypeId::USIZE, range));
        let result = Some(self.push(Inst::If { cond, then, else_ }, TypeId::USIZE, range));
        self.push(Inst::Block { stmts: Box::new([bind]), result }, TypeId::USIZE, range)
    }

    /// `base[from..to]`
    pub fn slice(
        &mut self,
        base: ExprId,
        from: Option<ExprId>,
        to: Option<ExprId>,
        inclusive: bool,
        range: TextRange,
    ) -> InstId {
        let place = self.operand(base, Expect::None);
        let place = self.view_of(place);
        let bound = |cx: &mut Self, bound: Option<ExprId>| {
            bound.map(|bound| {
                let bound = cx.value(bound, Expect::Hint(TypeId::USIZE));
                cx.index_value(bound)
            })
        };
        let from = bound(self, from);
        let to = bound(self, to);
        let ty = self.ty(place);
        let view = match *self.key(ty) {
            TypeKey::Error => return self.error_inst(range),
            TypeKey::Array { elem, .. } | TypeKey::Slice { elem } => self.sema.pool.slice(elem),
            TypeKey::Str => TypeId::STR,
            _ => {
                let shown = self.show(ty);
                let error = errors::not_indexable(self.expr_span(base), &shown);
                return self.wrong(error, range);
            }
        };
        self.push(Inst::Slice { base: place, from, to, inclusive }, view, range)
    }

    /// The whole of an array as a view; views are themselves.
    pub fn as_view(&mut self, place: InstId, view: TypeId) -> InstId {
        if self.ty(place) == view {
            return place;
        }
        let range = self.air.ranges[place];
        self.push(Inst::Slice { base: place, from: None, to: None, inclusive: false }, view, range)
    }

    /// The length of an array, slice or text, as `usize`.
    pub fn length(&mut self, place: InstId, range: TextRange) -> InstId {
        let ty = self.ty(place);
        match self.sema.pool.elem(ty) {
            Some((_, Some(len))) => {
                let value = self.sema.pool.scalar(TypeId::USIZE, u128::from(len));
                self.push(Inst::Const(value), TypeId::USIZE, range)
            }
            _ => self.push(Inst::Len(place), TypeId::USIZE, range),
        }
    }

    /// Demands that a place can be written, and notes that its variable is.
    pub fn demand_mutable(&mut self, place: InstId, expr: ExprId) -> bool {
        let span = self.expr_span(expr);
        if self.is_error(place) {
            return false;
        }
        if !self.is_place(place) {
            let error = errors::not_a_place(span);
            self.error(error);
            return false;
        }
        if !self.demand_own_fields(place, expr) {
            return false;
        }
        if let Some(can_be_written) = self.demand_mutable_view(place, expr) {
            return can_be_written;
        }
        match self.place_root(place) {
            Root::Local(local) => {
                let declared = self.air.locals[local].clone();
                if !declared.mutable {
                    let name = declared.name.map_or("it", |name| self.name(name)).to_owned();
                    let at = self.span(declared.range);
                    self.error(errors::immutable_local(span, &name, declared.param, at));
                    return false;
                }
                self.mutated[local.0 as usize] = true;
                true
            }
            Root::Static => {
                self.error(errors::write_to_const(span));
                false
            }
            Root::Pointer { mutable: true } => true,
            Root::Pointer { mutable: false } => {
                self.error(errors::write_through_const_ptr(span));
                false
            }
            Root::Temporary => {
                self.error(errors::not_a_place(span));
                false
            }
        }
    }

    /// What a place is a part of.
    pub fn place_root(&self, mut place: InstId) -> Root {
        loop {
            match &self.air.insts[place] {
                Inst::Local(local) => return Root::Local(*local),
                Inst::Static(_) => return Root::Static,
                Inst::Field { base, .. } | Inst::Index { base, .. } | Inst::Slice { base, .. } => place = *base,
                Inst::Deref(pointer) => return self.pointer_root(*pointer),
                _ => return Root::Temporary,
            }
        }
    }

    fn pointer_root(&self, pointer: InstId) -> Root {
        match &self.air.insts[pointer] {
            Inst::Const(value) if matches!(self.sema.pool.value_key(*value), Some(ValueKey::StaticPtr { .. })) => {
                Root::Static
            }
            _ => match self.key(self.air.types[pointer]) {
                TypeKey::Ptr { mutable, .. } => Root::Pointer { mutable: *mutable },
                _ => Root::Temporary,
            },
        }
    }

    /// Whether a place belongs to somebody else: a `borrow` or `inout` parameter, a name for a part of another value, static data, or what
    /// a pointer points to.
    pub fn is_borrowed(&self, place: InstId) -> bool {
        match self.place_root(place) {
            Root::Local(local) => {
                matches!(self.air.locals[local].param, Some(ParamMode::Borrow | ParamMode::Inout))
                    || self.aliases.binary_search(&local).is_ok()
            }
            Root::Static | Root::Pointer { .. } => true,
            Root::Temporary => false,
        }
    }
}

/// What a place is a part of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Root {
    Local(kiln_air::LocalId),
    Static,
    Pointer { mutable: bool },
    Temporary,
}
