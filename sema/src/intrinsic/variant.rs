//! Looking into enums by the names of their variants, as reflection gives them.

use crate::body::BodyCx;
use crate::context::{Checked, Sema};
use crate::expr::Expect;
use kiln_air::{self as air, Arm, BindMode, Builtin, Inst, InstId, Panic, Pat, PatKind};
use kiln_hir::{ExprId, Name};
use kiln_source::{Span, TextRange};
use kiln_types::{ParamMode, TypeId};

/// Which part of an enum a place is, and who asks for it there.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub(crate) struct Payload {
    pub of: TypeId,
    pub variant: u32,
    pub field: u32,
    pub mutable: bool,
    /// Where the program panics if the value is of another variant.
    pub at: Span,
}

impl BodyCx<'_, '_> {
    /// `@is_variant(value, "Name")`: matched by another name, as what is only asked is not taken apart.
    pub fn is_variant(&mut self, value: ExprId, name: ExprId, range: TextRange) -> InstId {
        let asked = self.operand(value, Expect::None);
        let result = self.variant_named(asked, value, name, "is_variant").map(|(ty, variant)| {
            let local = self.new_local(None, ty, None, false);
            let bind = self.bind_local(local, BindMode::Alias, asked, ty, range);
            let scrutinee = self.push(Inst::Local(local), ty, range);
            let kind = PatKind::Variant { variant, fields: Box::default() };
            let arms = [(kind, true), (PatKind::Wild, false)].map(|(kind, answer)| {
                let pat = self.air.pats.push(Pat { kind, ty, range });
                Arm { pat, guard: None, body: self.bool_literal(answer, range) }
            });
            let answer = self.push(Inst::Match { scrutinee, arms: Box::new(arms) }, TypeId::BOOL, range);
            self.push(Inst::Block { stmts: Box::new([bind]), result: Some(answer) }, TypeId::BOOL, range)
        });
        self.or_error(result, range)
    }

    /// `@payload(place, "Variant", "field")`: a place in the enum. It is the element of a row of one that a view of the enum shows,
    /// so all rules of containers hold: it is not moved out of, and nothing changes the enum while it is used.
    pub fn payload(&mut self, place: ExprId, variant: ExprId, field: ExprId, range: TextRange) -> InstId {
        let whole = self.operand(place, Expect::None);
        let result = self.variant_named(whole, place, variant, "payload").and_then(|(of, variant)| {
            let field = self.payload_field(of, variant, field)?;
            let payload = Payload { of, variant, field, mutable: false, at: self.span(range) };
            let func = self.sema.payload_glue(payload);
            let shown = self.sema.payload_field_type(payload);
            let row = self.sema.pool.slice(shown);
            let base = self.view_by(func, ParamMode::Borrow, whole, row, range);
            let first = self.sema.pool.scalar(TypeId::USIZE, 0);
            let index = self.push(Inst::Const(first), TypeId::USIZE, range);
            Ok(self.push(Inst::Index { base, index }, shown, range))
        });
        self.or_error(result, range)
    }

    /// The enum that a value has, and which of its variants is named.
    fn variant_named(&mut self, value: InstId, expr: ExprId, name: ExprId, asks: &str) -> Checked<(TypeId, u32)> {
        let ty = self.ty(value);
        let ty = self.settle(ty);
        if ty == TypeId::ERROR {
            return Err(self.failed.unwrap_or_else(|| self.sema.reporter.check().expect_err("it was reported")));
        }
        self.sema.ensure_layout(ty, self.expr_span(expr))?;
        let symbol = self.comptime_name(name)?;
        let Some(def) = self.sema.pool.enum_def(ty) else {
            return Err(self.not_reflectable(asks, "an enum", ty, expr));
        };
        if let Some(index) = def.variants.iter().position(|variant| variant.name == symbol) {
            return Ok((ty, index as u32));
        }
        Err(self.unknown_member(ty, Name { symbol, range: self.range(name) }))
    }

    /// Which field of a payload is named: by its name, or by its number, as `@fields(variant.payload)` names it.
    fn payload_field(&mut self, of: TypeId, variant: u32, name: ExprId) -> Checked<u32> {
        let symbol = self.comptime_name(name)?;
        let def = &self.sema.pool.enum_def(of).expect("it was looked up").variants[variant as usize];
        let payload = self.sema.payload_type(def.kind, &def.fields.clone());
        let name = Name { symbol, range: self.range(name) };
        match self.find_field(payload, name) {
            Some((index, _)) => Ok(index),
            None => {
                let error = self.unknown_field(payload, name);
                Err(self.error(error))
            }
        }
    }
}

impl Sema<'_> {
    fn payload_field_type(&self, payload: Payload) -> TypeId {
        let def = self.pool.enum_def(payload.of).expect("it was looked up when the payload was named");
        def.variants[payload.variant as usize].fields[payload.field as usize].ty
    }

    /// `ptr const [F]`
    pub fn payload_pointer(&mut self, payload: Payload) -> TypeId {
        let row = self.pool.slice(self.payload_field_type(payload));
        self.pool.ptr(payload.mutable, row)
    }

    /// `fn(borrow x: T) -> ptr const [F] { match x { V(a) => @slice(&a, 1), _ => @panic("…") } }`, or the same with `inout` and `ptr mut`.
    pub fn payload_body(&mut self, payload: Payload) -> air::Body {
        let Payload { of, variant, field, mutable, at } = payload;
        let range = at.range;
        let field_ty = self.payload_field_type(payload);
        let mut body = air::Body::empty(at.file, range);
        body.name = format!("payload of {}", self.show(of)).into();
        body.param_count = 1;
        body.ret = self.payload_pointer(payload);
        let param = Some(if mutable { ParamMode::Inout } else { ParamMode::Borrow });
        let local = |ty, param, mutable| air::Local { name: None, ty, param, mutable, borrowed: false, range };
        let whole = body.locals.push(local(of, param, mutable));
        let part = body.locals.push(local(field_ty, None, mutable));
        let mode = if mutable { BindMode::AliasMut } else { BindMode::Alias };
        let bound = body.pats.push(Pat { kind: PatKind::Bind { local: part, mode }, ty: field_ty, range });
        let place = body.push(Inst::Local(part), field_ty, range);
        let pointer = body.push(Inst::AddressOf { place }, self.pool.ptr(mutable, field_ty), range);
        let one = body.push(Inst::Const(self.pool.scalar(TypeId::USIZE, 1)), TypeId::USIZE, range);
        let row = body.push(Inst::Builtin(Builtin::MakeFatPtr, Box::new([pointer, one])), body.ret, range);
        let kind = PatKind::Variant { variant, fields: Box::new([(field, bound)]) };
        let found = Arm { pat: body.pats.push(Pat { kind, ty: of, range }), guard: None, body: row };
        let variants = &self.pool.enum_def(of).expect("it was looked up when the payload was named").variants;
        let is_only = variants.len() == 1;
        let reason = format!("the value is not `{}`", self.names.name(variants[variant as usize].name));
        let mut arms = vec![found];
        if !is_only {
            let text = self.text_pointer(&reason);
            let text = body.push(Inst::Const(text), self.pool.type_of(text), range);
            let text = body.push(Inst::Deref(text), TypeId::STR, range);
            let panic = body.push(Inst::Panic(Panic::User, Some(text)), TypeId::NEVER, range);
            let pat = body.pats.push(Pat { kind: PatKind::Wild, ty: of, range });
            arms.push(Arm { pat, guard: None, body: panic });
        }
        let scrutinee = body.push(Inst::Local(whole), of, range);
        body.root = body.push(Inst::Match { scrutinee, arms: arms.into() }, body.ret, range);
        body
    }
}
