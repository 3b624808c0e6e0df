//! Reflection: what types are made of as comptime values, and types made of such values.
//!
//! The values are structs of `std/meta.kiln`; this file knows their fields by position and says so there.

use crate::body::BodyCx;
use crate::context::{Checked, Sema};
use crate::errors;
use crate::expr::Expect;
use crate::known::Known;
use kiln_air::{Inst, InstId};
use kiln_hir::{ExprId, Name};
use kiln_source::{Symbol, TextRange};
use kiln_types::{FieldDef, TypeId, TypeKey, ValueId, ValueKey, VariantKind};

/// A comptime fact about a type that is a `bool`.
pub(crate) type Test = fn(&mut BodyCx<'_, '_>, TypeId) -> bool;

impl BodyCx<'_, '_> {
    /// The type that an intrinsic asks about, complete and with a layout.
    fn reflected(&mut self, expr: ExprId) -> Checked<TypeId> {
        let ty = self.type_of_expr(expr)?;
        let span = self.expr_span(expr);
        self.sema.complete(ty)?;
        if !self.sema.pool.is_unsized(ty) {
            self.sema.ensure_layout(ty, span)?;
        }
        Ok(ty)
    }

    fn with_type(
        &mut self,
        expr: ExprId,
        range: TextRange,
        make: impl FnOnce(&mut Self, TypeId) -> Checked<InstId>,
    ) -> InstId {
        let result = self.reflected(expr).and_then(|ty| make(self, ty));
        self.or_error(result, range)
    }

    /// `@type_name(T)`
    pub fn type_name(&mut self, expr: ExprId, range: TextRange) -> InstId {
        self.with_type(expr, range, |cx, ty| {
            let name = cx.show(ty);
            Ok(cx.text_place(&name, range))
        })
    }

    /// `@call_name()`: the function that is being checked.
    pub fn call_name(&mut self, range: TextRange) -> InstId {
        let func = self.sema.within.last().copied();
        let name = func.map_or_else(String::new, |func| self.sema.program.info(func).name.to_string());
        self.text_place(&name, range)
    }

    /// `@is_copy(T)`, `@needs_drop(T)`
    pub fn type_test(&mut self, expr: ExprId, test: Test, range: TextRange) -> InstId {
        self.with_type(expr, range, |cx, ty| {
            let answer = test(cx, ty);
            Ok(cx.bool_literal(answer, range))
        })
    }

    /// `@type_kind(T)`: a variant of `TypeKind`.
    pub fn type_kind(&mut self, expr: ExprId, range: TextRange) -> InstId {
        self.with_type(expr, range, |cx, ty| {
            let value = cx.sema.meta_variant("TypeKind", kind_name(cx.key(ty)))?;
            Ok(cx.const_inst(value, range))
        })
    }

    /// `@elem(T)`: the type of an array's or slice's elements, or of what a pointer points to.
    pub fn elem_type(&mut self, expr: ExprId, range: TextRange) -> InstId {
        self.with_type(expr, range, |cx, ty| match *cx.key(ty) {
            TypeKey::Array { elem, .. } | TypeKey::Slice { elem } | TypeKey::Ptr { pointee: elem, .. } => {
                Ok(cx.const_inst(elem.as_value(), range))
            }
            _ => Err(cx.not_reflectable("elem", "an array, a slice or a pointer", ty, expr)),
        })
    }

    /// `@len(T)`: how many elements, fields or variants.
    pub fn len_of_type(&mut self, expr: ExprId, expect: Expect, range: TextRange) -> InstId {
        self.with_type(expr, range, |cx, ty| {
            let len = match cx.key(ty) {
                TypeKey::Array { len, .. } => *len,
                TypeKey::Tuple(parts) => parts.len() as u64,
                _ => match (cx.sema.pool.struct_def(ty), cx.sema.pool.enum_def(ty)) {
                    (Some(def), _) => def.fields.len() as u64,
                    (_, Some(def)) => def.variants.len() as u64,
                    _ => return Err(cx.not_reflectable("len", "an array, a tuple, a struct or an enum", ty, expr)),
                },
            };
            Ok(cx.int_literal(len.into(), false, expect, range))
        })
    }

    pub fn not_reflectable(
        &mut self,
        name: &str,
        wanted: &str,
        ty: TypeId,
        expr: ExprId,
    ) -> kiln_source::ErrorReported {
        let shown = self.show(ty);
        let error = errors::not_reflectable(self.expr_span(expr), name, wanted, &shown);
        self.error(error)
    }

    /// `@fields(T)`: an array of `Field`.
    pub fn fields(&mut self, expr: ExprId, range: TextRange) -> InstId {
        self.with_type(expr, range, |cx, ty| {
            let parts: Vec<(Box<str>, TypeId)> = match cx.key(ty) {
                TypeKey::Unit => Vec::new(),
                TypeKey::Tuple(parts) => {
                    parts.iter().enumerate().map(|(index, ty)| (index.to_string().into(), *ty)).collect()
                }
                _ => match cx.sema.pool.struct_def(ty) {
                    Some(def) => def.fields.iter().map(|field| (cx.name(field.name).into(), field.ty)).collect(),
                    None => return Err(cx.not_reflectable("fields", "a struct or a tuple", ty, expr)),
                },
            };
            let offsets: Vec<u64> = cx.sema.layouts.of(&cx.sema.pool, ty).fields.to_vec();
            let field = cx.sema.meta_type("Field")?;
            let mut values = Vec::with_capacity(parts.len());
            for ((name, ty), offset) in parts.iter().zip(offsets) {
                let name = cx.sema.owned_text(name)?;
                let offset = cx.sema.pool.scalar(TypeId::USIZE, offset.into());
                values.push(cx.sema.aggregate(field, [name, ty.as_value(), offset]));
            }
            let array = cx.sema.array_value(field, values);
            Ok(cx.const_inst(array, range))
        })
    }

    /// `@variants(T)`: an array of `Variant`.
    pub fn variants_of(&mut self, expr: ExprId, range: TextRange) -> InstId {
        self.with_type(expr, range, |cx, ty| {
            let Some(def) = cx.sema.pool.enum_def(ty) else {
                return Err(cx.not_reflectable("variants", "an enum", ty, expr));
            };
            let variants = def.variants.clone();
            let variant = cx.sema.meta_type("Variant")?;
            let mut values = Vec::with_capacity(variants.len());
            for this in &variants {
                let name: Box<str> = cx.name(this.name).into();
                let name = cx.sema.owned_text(&name)?;
                let payload = cx.sema.payload_type(this.kind, &this.fields);
                let discriminant = cx.sema.pool.scalar(TypeId::I128, this.discriminant);
                values.push(cx.sema.aggregate(variant, [name, payload.as_value(), discriminant]));
            }
            let array = cx.sema.array_value(variant, values);
            Ok(cx.const_inst(array, range))
        })
    }

    fn const_inst(&mut self, value: ValueId, range: TextRange) -> InstId {
        let ty = self.sema.pool.type_of(value);
        self.push(Inst::Const(value), ty, range)
    }

    /// A name that is given as comptime text.
    pub fn comptime_name(&mut self, expr: ExprId) -> Checked<Symbol> {
        let text = self.comptime_text(expr)?;
        Ok(self.sema.names.intern(&text))
    }

    /// Text that is known at comptime.
    pub fn comptime_text(&mut self, expr: ExprId) -> Checked<Box<str>> {
        let known = self.eval(expr, Some(TypeId::STR))?;
        if let Known::Value(value) = known
            && let Some(ValueKey::Str(text)) = self.sema.pool.value_key(value)
        {
            return Ok(text.clone());
        }
        Err(self.error(errors::expected_comptime_text(self.expr_span(expr))))
    }

    /// `@has_field(T, "name")`
    pub fn has_field(&mut self, ty: ExprId, name: ExprId, range: TextRange) -> InstId {
        self.with_type(ty, range, |cx, ty| {
            let name = Name { symbol: cx.comptime_name(name)?, range };
            let answer = cx.find_field(ty, name).is_some();
            Ok(cx.bool_literal(answer, range))
        })
    }

    /// `@has_method(T, "name")`: a function inside the type that takes `self`.
    pub fn has_method(&mut self, ty: ExprId, name: ExprId, range: TextRange) -> InstId {
        self.with_type(ty, range, |cx, ty| {
            let name = cx.comptime_name(name)?;
            let member = cx.sema.member_of(ty, name).and_then(|(decl, _)| cx.sema.decl(decl).as_fn());
            Ok(cx.bool_literal(member.is_some_and(|function| function.has_receiver), range))
        })
    }

    /// `@field(place, "name")`: a place.
    pub fn field_by_name(&mut self, base: ExprId, name: ExprId, range: TextRange) -> InstId {
        let place = self.operand(base, Expect::None);
        match self.comptime_name(name) {
            Ok(symbol) => self.field_of(place, Name { symbol, range: self.range(name) }, range),
            Err(error) => {
                self.fail(error);
                self.error_inst(range)
            }
        }
    }

    /// `@array_type(T, n)`
    pub fn array_type(&mut self, elem: ExprId, len: ExprId, range: TextRange) -> InstId {
        let result = self.sized_type(elem).and_then(|elem| {
            let len = self.array_len(len)?;
            let ty = self.sema.pool.array(elem, len);
            Ok(self.const_inst(ty.as_value(), range))
        });
        self.or_error(result, range)
    }

    /// `@struct_type(fields)`: the structural struct with these fields; offsets are not looked at.
    pub fn struct_type(&mut self, fields: ExprId, range: TextRange) -> InstId {
        let result = self.described(fields, "Field").and_then(|parts| {
            let mut named = Vec::with_capacity(parts.len());
            for part in &parts {
                let (name, ty) = self.sema.described_part(part).ok_or_else(|| self.bad_description(fields))?;
                if named.iter().any(|(other, _)| *other == name) {
                    let name = self.name(name).to_owned();
                    return Err(self.error(errors::duplicate_part(self.expr_span(fields), "field", &name)));
                }
                named.push((name, ty));
            }
            let ty = self.sema.structural_struct(named, self.span(range))?;
            Ok(self.const_inst(ty.as_value(), range))
        });
        self.or_error(result, range)
    }

    /// `@enum_type(variants)`: the structural enum with these variants, numbered in order.
    pub fn enum_type(&mut self, variants: ExprId, range: TextRange) -> InstId {
        let result = self.described(variants, "Variant").and_then(|parts| {
            let mut named: Vec<(Symbol, Box<[TypeId]>)> = Vec::with_capacity(parts.len());
            for part in &parts {
                let (name, payload) = self.sema.described_part(part).ok_or_else(|| self.bad_description(variants))?;
                if named.iter().any(|(other, _)| *other == name) {
                    let name = self.name(name).to_owned();
                    return Err(self.error(errors::duplicate_part(self.expr_span(variants), "variant", &name)));
                }
                let payload = match self.key(payload) {
                    TypeKey::Unit => Box::default(),
                    TypeKey::Tuple(parts) => parts.clone(),
                    _ => Box::new([payload]),
                };
                named.push((name, payload));
            }
            let ty = self.sema.structural_enum(named, self.span(range))?;
            Ok(self.const_inst(ty.as_value(), range))
        });
        self.or_error(result, range)
    }

    /// The parts of each element of an array of `Field` or `Variant`.
    fn described(&mut self, expr: ExprId, of: &str) -> Checked<Vec<Box<[ValueId]>>> {
        let known = self.eval(expr, None)?;
        let value = self.identity(known, self.range(expr))?;
        let wanted = self.sema.meta_type(of)?;
        let ty = self.sema.pool.type_of(value);
        if self.sema.pool.elem(ty).is_none_or(|(elem, _)| elem != wanted) {
            let (wanted, found) = (format!("an array of `{of}`"), self.show(ty));
            return Err(self.error(errors::type_mismatch(self.expr_span(expr), &wanted, &found)));
        }
        let elements = self.elements_of(value, expr)?;
        Ok(elements.into_iter().map(|element| self.parts_of(element).into()).collect())
    }

    fn bad_description(&mut self, expr: ExprId) -> kiln_source::ErrorReported {
        let error = errors::bad_description(self.expr_span(expr));
        self.error(error)
    }

    /// `@compile_log(…)`: what the arguments are, as a warning.
    pub fn compile_log(&mut self, args: &[kiln_hir::Arg], range: TextRange) -> InstId {
        let mut shown = Vec::with_capacity(args.len());
        for arg in args {
            let known = match self.hir[arg.value] {
                kiln_hir::Expr::Str(_) => self.eval(arg.value, Some(TypeId::STR)),
                _ => self.eval(arg.value, None),
            };
            match known.and_then(|known| self.identity(known, range)) {
                Ok(value) => shown.push(self.sema.show_logged(value)),
                Err(error) => {
                    self.fail(error);
                    return self.error_inst(range);
                }
            }
        }
        let warning = errors::compile_log(self.span(range), &shown.join(", "));
        self.sema.reporter.report(warning);
        self.unit(range)
    }
}

impl Sema<'_> {
    /// A struct of `std/meta.kiln`.
    pub fn meta_type(&mut self, name: &str) -> Checked<TypeId> {
        let decl = self.library_decl(self.lang.meta, name)?;
        let ty = self.make_type(decl, &[], None)?;
        self.complete(ty)?;
        self.ensure_layout(ty, self.hir.name_span(decl))?;
        Ok(ty)
    }

    fn meta_variant(&mut self, ty: &str, variant: &str) -> Checked<ValueId> {
        let ty = self.meta_type(ty)?;
        self.unit_variant(ty, variant)
    }

    fn aggregate(&mut self, ty: TypeId, parts: [ValueId; 3]) -> ValueId {
        self.pool.value(ValueKey::Aggregate { ty, parts: Box::new(parts) })
    }

    fn array_value(&mut self, elem: TypeId, values: Vec<ValueId>) -> ValueId {
        let ty = self.pool.array(elem, values.len() as u64);
        self.pool.value(ValueKey::Aggregate { ty, parts: values.into() })
    }

    /// Name and type, the first two parts of a `Field` or `Variant`.
    fn described_part(&mut self, parts: &[ValueId]) -> Option<(Symbol, TypeId)> {
        let [name, ty, ..] = *parts else { return None };
        let ty = self.pool.as_type(ty)?;
        let name = self.text_of_owned(name)?.to_owned();
        Some((self.names.intern(&name), ty))
    }

    /// `()` for no payload, a tuple, or a struct.
    pub fn payload_type(&mut self, kind: VariantKind, fields: &[FieldDef]) -> TypeId {
        match kind {
            VariantKind::Unit => TypeId::UNIT,
            VariantKind::Tuple => {
                let parts: Vec<TypeId> = fields.iter().map(|field| field.ty).collect();
                self.pool.tuple(&parts)
            }
            VariantKind::Struct => {
                let parts = fields.iter().map(|field| (field.name, field.ty)).collect();
                let span = fields.first().map_or_else(Default::default, |field| field.span);
                // As large as the enum itself, which was measured.
                self.structural_struct(parts, span).unwrap_or(TypeId::ERROR)
            }
        }
    }

    /// A value as `@compile_log` shows it: text without quotes.
    fn show_logged(&self, value: ValueId) -> String {
        match self.pool.value_key(value) {
            Some(ValueKey::Str(text)) => text.to_string(),
            _ => match self.text_of_owned(value) {
                Some(text) => text.to_owned(),
                None => self.show_value(value),
            },
        }
    }
}

/// The variant of `TypeKind` for a type.
fn kind_name(key: &TypeKey) -> &'static str {
    match key {
        TypeKey::Int { .. } | TypeKey::Size { .. } | TypeKey::InferInt(_) => "Int",
        TypeKey::Float { .. } | TypeKey::InferFloat(_) => "Float",
        TypeKey::Bool => "Bool",
        TypeKey::Char => "Char",
        TypeKey::Unit => "Unit",
        TypeKey::Never | TypeKey::Error => "Never",
        TypeKey::Array { .. } => "Array",
        TypeKey::Slice { .. } => "Slice",
        TypeKey::Str => "Str",
        TypeKey::Tuple(_) => "Tuple",
        TypeKey::Struct { .. } | TypeKey::AnonStruct { .. } => "Struct",
        TypeKey::Enum { .. } | TypeKey::AnonEnum { .. } => "Enum",
        TypeKey::Ptr { .. } => "Pointer",
        TypeKey::Fn(_) => "Function",
        TypeKey::Type => "Type",
        TypeKey::Module => "Module",
    }
}
