//! Construction of structs, variants, tuples and arrays.

use super::{Expect, PathValue};
use crate::body::BodyCx;
use crate::context::Checked;
use crate::errors;
use kiln_air::{Inst, InstId, UseKind};
use kiln_hir::{Arg, Expr, ExprId, Name};
use kiln_source::TextRange;
use kiln_types::{FieldDef, TypeId, TypeKey, VariantKind};

impl<'a> BodyCx<'_, 'a> {
    /// `T { x: 1, ..base }`
    pub fn struct_literal(
        &mut self,
        ty: ExprId,
        fields: &'a [(Name, ExprId)],
        base: Option<ExprId>,
        expect: Expect,
        range: TextRange,
    ) -> InstId {
        let named = match &self.hir[ty] {
            Expr::Intrinsic { .. } => self.type_of_expr(ty).map(PathValue::Type),
            _ => self.resolve_path(ty),
        };
        let path = match named {
            Ok(PathValue::MemberOfGeneric { decl, captures, name }) => {
                self.member_of_expected(decl, &captures, name, expect)
            }
            other => other,
        };
        match path {
            Ok(PathValue::Type(ty)) if self.has_fields(ty) => self.struct_value(ty, fields, base, range),
            Ok(PathValue::Variant { ty, variant }) => self.struct_variant(ty, variant, fields, base, range),
            Ok(_) => {
                let span = self.expr_span(ty);
                let error = errors::not_a_struct(span, self.sema.sources.text(span));
                self.error(error);
                self.stray_fields(fields, range)
            }
            Err(error) => {
                self.fail(error);
                self.stray_fields(fields, range)
            }
        }
    }

    fn has_fields(&mut self, ty: TypeId) -> bool {
        // An incomplete type was reported.
        let _ = self.sema.complete(ty);
        matches!(self.key(ty), TypeKey::Struct { .. } | TypeKey::AnonStruct { .. })
    }

    fn stray_fields(&mut self, fields: &[(Name, ExprId)], range: TextRange) -> InstId {
        for (_, value) in fields {
            self.operand(*value, Expect::None);
        }
        self.error_inst(range)
    }

    fn struct_value(
        &mut self,
        ty: TypeId,
        fields: &'a [(Name, ExprId)],
        base: Option<ExprId>,
        range: TextRange,
    ) -> InstId {
        let Some(def) = self.sema.pool.struct_def(ty) else { return self.stray_fields(fields, range) };
        let defs = def.fields.clone();
        let lowered = self.field_values(ty, &defs, fields, base.is_some(), range);
        let base = base.map(|base| {
            let inst = self.operand(base, Expect::Type(ty));
            let inst = self.coerce(inst, ty);
            if !self.sees_all_fields(ty) {
                let shown = self.show(ty);
                let error = errors::update_of_private(self.expr_span(base), &shown);
                self.error(error);
            }
            let rest =
                defs.iter().enumerate().filter(|(index, _)| lowered.iter().all(|(set, _)| *set != *index as u32));
            let copies = rest.map(|(_, def)| def.ty).collect::<Vec<_>>().into_iter().all(|ty| self.is_copied(ty));
            (inst, if copies { UseKind::Copy } else { UseKind::Move })
        });
        self.push(Inst::Struct { fields: lowered.into(), base }, ty, range)
    }

    fn struct_variant(
        &mut self,
        ty: TypeId,
        variant: u32,
        fields: &'a [(Name, ExprId)],
        base: Option<ExprId>,
        range: TextRange,
    ) -> InstId {
        let def = self.sema.pool.enum_def(ty).expect("variants are found in complete enums");
        let this = def.variants[variant as usize].clone();
        if this.kind != VariantKind::Struct {
            let is_tuple = this.kind == VariantKind::Tuple;
            let error = errors::variant_is_no_struct(self.span(range), self.name(this.name), is_tuple, this.span);
            self.error(error);
            return self.stray_fields(fields, range);
        }
        if let Some(base) = base {
            let error = errors::update_of_variant(self.expr_span(base));
            self.error(error);
        }
        let lowered = self.field_values(ty, &this.fields, fields, base.is_some(), range);
        self.push(Inst::Variant { variant, fields: lowered.into() }, ty, range)
    }

    /// Field values in the order they are written; each field once, none missing.
    fn field_values(
        &mut self,
        ty: TypeId,
        defs: &[FieldDef],
        fields: &'a [(Name, ExprId)],
        has_base: bool,
        range: TextRange,
    ) -> Vec<(u32, InstId)> {
        let mut lowered: Vec<(u32, InstId)> = Vec::with_capacity(fields.len());
        for (name, value) in fields {
            let Some(index) = defs.iter().position(|def| def.name == name.symbol) else {
                let known: Vec<String> = defs.iter().map(|def| self.name(def.name).to_owned()).collect();
                let shown = self.show(ty);
                let error = errors::unknown_field(self.span(name.range), &shown, self.name(name.symbol), &known, false);
                self.error(error);
                self.operand(*value, Expect::None);
                continue;
            };
            if lowered.iter().any(|(set, _)| *set == index as u32) {
                let error = errors::repeated_field(self.span(name.range), self.name(name.symbol));
                self.error(error);
            }
            // Reported; the value is checked all the same.
            let _ = self.demand_visible_field(ty, index as u32, *name);
            let inst = self.value(*value, Expect::Type(defs[index].ty));
            lowered.push((index as u32, inst));
        }
        if !has_base {
            let missing =
                defs.iter().enumerate().filter(|(index, _)| lowered.iter().all(|(set, _)| *set != *index as u32));
            let missing: Vec<String> = missing.map(|(_, def)| self.name(def.name).to_owned()).collect();
            if !missing.is_empty() && self.failed_fields(fields, defs) {
                let shown = self.show(ty);
                let error = errors::missing_fields(self.span(range), &shown, &missing);
                self.error(error);
            }
        }
        lowered
    }

    /// Whether all written names are fields: then a missing one is a mistake of its own.
    fn failed_fields(&self, fields: &[(Name, ExprId)], defs: &[FieldDef]) -> bool {
        fields.iter().all(|(name, _)| defs.iter().any(|def| def.name == name.symbol))
    }

    /// `Shape::Circle(3)`; the first arguments may have been checked already, to find types.
    pub fn tuple_variant(
        &mut self,
        ty: TypeId,
        variant: u32,
        args: &'a [Arg],
        checked: &[InstId],
        range: TextRange,
    ) -> InstId {
        let def = self.sema.pool.enum_def(ty).expect("variants are found in complete enums");
        let this = def.variants[variant as usize].clone();
        if this.kind != VariantKind::Tuple {
            let is_struct = this.kind == VariantKind::Struct;
            let error = errors::variant_is_no_tuple(self.span(range), self.name(this.name), is_struct, this.span);
            return self.wrong(error, range);
        }
        if this.fields.len() != args.len() {
            let name = self.name(this.name).to_owned();
            let error = errors::argument_count(self.span(range), &name, this.fields.len(), args.len(), Some(this.span));
            return self.wrong(error, range);
        }
        let mut fields = Vec::with_capacity(args.len());
        for (index, (arg, field)) in args.iter().zip(&this.fields).enumerate() {
            let value = match checked.get(index) {
                Some(inst) => {
                    let used = self.use_place(*inst);
                    self.coerce(used, field.ty)
                }
                None => self.value(arg.value, Expect::Type(field.ty)),
            };
            fields.push((index as u32, value));
        }
        self.push(Inst::Variant { variant, fields: fields.into() }, ty, range)
    }

    /// `(a, b)`: a tuple, or a tuple type where a type is expected.
    pub fn tuple(&mut self, expr: ExprId, parts: &'a [ExprId], expect: Expect, range: TextRange) -> InstId {
        if expect.ty() == Some(TypeId::TYPE) {
            return self.type_operand(expr, range);
        }
        let expected: Option<Box<[TypeId]>> = expect.ty().and_then(|ty| match self.key(ty) {
            TypeKey::Tuple(types) if types.len() == parts.len() => Some(types.clone()),
            _ => None,
        });
        let mut values = Vec::with_capacity(parts.len());
        for (index, part) in parts.iter().enumerate() {
            let hint = expected.as_ref().map_or(Expect::None, |types| with_strength(expect, types[index]));
            values.push(self.value(*part, hint));
        }
        if values.iter().any(|value| self.is_error(*value)) {
            return self.error_inst(range);
        }
        let types: Vec<TypeId> = values.iter().map(|value| self.ty(*value)).collect();
        let ty = self.sema.pool.tuple(&types);
        if let Err(error) = self.sema.check_weight(ty, self.span(range)) {
            self.fail(error);
            return self.error_inst(range);
        }
        self.push(Inst::Tuple(values.into()), ty, range)
    }

    /// `[a, b]`: an array, or a slice type where a type is expected.
    pub fn array(&mut self, expr: ExprId, parts: &'a [ExprId], expect: Expect, range: TextRange) -> InstId {
        if expect.ty() == Some(TypeId::TYPE) && parts.len() == 1 {
            return self.type_operand(expr, range);
        }
        let hint = self.element_hint(expect);
        let mut values = Vec::with_capacity(parts.len());
        let mut elem: Option<TypeId> = None;
        for part in parts {
            let expected = elem.map_or(hint, Expect::Type);
            let value = self.value(*part, expected);
            if elem.is_none() && !matches!(self.ty(value), TypeId::NEVER | TypeId::ERROR) {
                elem = Some(self.air.types[value]);
            }
            values.push(value);
        }
        let Some(elem) = elem.or_else(|| hint.ty()) else {
            if values.is_empty() {
                let error = errors::empty_array(self.span(range));
                return self.wrong(error, range);
            }
            return self.error_inst(range);
        };
        let elem = self.resolve(elem);
        let ty = self.sema.pool.array(elem, values.len() as u64);
        self.push(Inst::Array(values.into()), ty, range)
    }

    fn element_hint(&self, expect: Expect) -> Expect {
        match expect.ty().map(|ty| self.key(ty)) {
            Some(TypeKey::Array { elem, .. } | TypeKey::Slice { elem }) => with_strength(expect, *elem),
            _ => Expect::None,
        }
    }

    /// `[value; len]`
    pub fn repeat(&mut self, expr: ExprId, value: ExprId, len: ExprId, expect: Expect, range: TextRange) -> InstId {
        if expect.ty() == Some(TypeId::TYPE) || self.is_type_syntax(value) {
            return self.type_operand(expr, range);
        }
        let hint = self.element_hint(expect);
        let value = self.value(value, hint);
        let len = match self.array_len(len) {
            Ok(len) => len,
            Err(error) => {
                self.fail(error);
                return self.error_inst(range);
            }
        };
        if self.is_error(value) {
            return self.error_inst(range);
        }
        let elem = self.ty(value);
        if len > 1 && !self.is_copied(elem) {
            let shown = self.show(elem);
            let error = errors::repeat_of_affine(self.span(self.air.ranges[value]), &shown);
            return self.wrong(error, range);
        }
        let ty = self.sema.pool.array(elem, len);
        self.push(Inst::Repeat { value, len }, ty, range)
    }

    /// Whether an expression is certainly written as a type.
    fn is_type_syntax(&self, expr: ExprId) -> bool {
        matches!(self.hir[expr], Expr::Prim(_) | Expr::PtrType { .. } | Expr::FnType { .. } | Expr::ArrayType { .. })
    }

    /// A struct or enum type made where it stands. At comptime, with values that only the evaluation knows, it is made then.
    pub fn type_decl(&mut self, decl: kiln_source::DeclId, range: TextRange) -> InstId {
        if let Some(captures) = self.known_captures(decl) {
            let made = captures.and_then(|captures| self.make_type_here(decl, &captures));
            return match made {
                Ok(ty) => self.push(Inst::Const(ty.as_value()), TypeId::TYPE, range),
                Err(error) => {
                    self.fail(error);
                    self.error_inst(range)
                }
            };
        }
        let holder = self.sema.capture_holder(decl);
        let vars = self.sema.hir.decls[holder].captures.clone();
        let mut captures = Vec::with_capacity(vars.len());
        for var in vars {
            let inst = if var.decl == self.decl {
                self.local(var.local, range)
            } else {
                match self.captured(var, range) {
                    Ok(known) => self.known_inst(known, range),
                    Err(error) => {
                        self.fail(error);
                        self.error_inst(range)
                    }
                }
            };
            let copied = self.use_place(inst);
            captures.push(copied);
        }
        self.push(Inst::MakeType { decl, captures: captures.into() }, TypeId::TYPE, range)
    }

    /// The captured values, if all are known before the body runs.
    fn known_captures(&mut self, decl: kiln_source::DeclId) -> Option<Checked<Vec<kiln_types::ValueId>>> {
        let holder = self.sema.capture_holder(decl);
        let has_runtime = self.sema.hir.decls[holder]
            .captures
            .iter()
            .any(|var| var.decl == self.decl && matches!(self.locals[var.local], crate::body::LocalState::Runtime(_)));
        (!has_runtime).then(|| self.captures_of(decl, self.sema.decl(decl).range))
    }

    /// Makes a type in this instance; in a function that returns a type it is named after the call.
    pub fn make_type_here(&mut self, decl: kiln_source::DeclId, captures: &[kiln_types::ValueId]) -> Checked<TypeId> {
        let maker = (self.returns_type(self.decl) && self.sema.decl(decl).parent == Some(self.decl))
            .then(|| (self.decl, self.args.clone()));
        self.sema.make_type(decl, captures, maker.as_ref().map(|(decl, args)| (*decl, &**args)))
    }
}

/// As strong an expectation for a part as there is for the whole.
fn with_strength(expect: Expect, ty: TypeId) -> Expect {
    match expect {
        Expect::Type(_) => Expect::Type(ty),
        _ => Expect::Hint(ty),
    }
}
