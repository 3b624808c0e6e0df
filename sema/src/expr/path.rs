//! Names and paths: what a name means as a value, a type, a function, a variant or a module.

use super::Expect;
use crate::body::{BodyCx, LocalState};
use crate::context::Checked;
use crate::errors;
use crate::known::Known;
use kiln_air::{Inst, InstId};
use kiln_hir::{DeclKind, Expr, ExprId, LocalId, Name};
use kiln_source::{DeclId, ModuleId, TextRange};
use kiln_types::{TypeId, TypeKey, ValueId, ValueKey, VariantKind};

/// What a path names.
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum PathValue {
    /// A comptime value that is neither type nor module.
    Known(Known),
    /// A function, with what it captures (a member's: its type's captures).
    Fn { decl: DeclId, captures: Box<[ValueId]> },
    /// A type.
    Type(TypeId),
    /// A variant.
    Variant { ty: TypeId, variant: u32 },
    /// A member of a type that a function makes, whose arguments are left out: `Option::Some`.
    MemberOfGeneric { decl: DeclId, captures: Box<[ValueId]>, name: Name },
    /// A module.
    Module(ModuleId),
    /// Any other expression: a value.
    Other,
}

impl BodyCx<'_, '_> {
    /// A local in an expression.
    pub fn local(&mut self, local: LocalId, range: TextRange) -> InstId {
        match self.locals[local] {
            LocalState::Runtime(air) => {
                let ty = self.air.locals[air].ty;
                self.push(Inst::Local(air), ty, range)
            }
            LocalState::Known(known) => self.known_inst(known, range),
            LocalState::Failed | LocalState::Unset => {
                // Its declaration was wrong, and that was reported.
                if let Err(error) = self.sema.reporter.check() {
                    self.fail(error);
                }
                self.error_inst(range)
            }
            LocalState::Outer => {
                let declared = self.span(self.hir.locals[local].range);
                let error =
                    errors::runtime_variable(self.span(range), self.name(self.hir.locals[local].name), declared);
                self.wrong(error, range)
            }
        }
    }

    /// What a path names; its parts are evaluated as far as they are types or modules.
    pub fn resolve_path(&mut self, expr: ExprId) -> Checked<PathValue> {
        let range = self.range(expr);
        match &self.hir[expr] {
            Expr::Error => self.sema.reporter.check().map(|()| PathValue::Other),
            Expr::Decl(decl) => self.decl_value(*decl, range),
            Expr::Captured(var) => {
                let known = self.captured(*var, range)?;
                Ok(self.classify(known))
            }
            Expr::Local(local) => Ok(match self.locals[*local] {
                LocalState::Known(known) => self.classify(known),
                _ => PathValue::Other,
            }),
            Expr::Import(import) => self.import(*import),
            Expr::SelfType => match self.self_type {
                Some(ty) => Ok(PathValue::Type(ty)),
                None => Err(self.error(errors::no_self_type(self.span(range)))),
            },
            Expr::Member { base, name } => self.member(*base, *name),
            Expr::Field { base, name } => match self.field_of_module(*base)? {
                Some(module) => self.module_member(module, *name),
                None => Ok(PathValue::Other),
            },
            Expr::TypeDecl(decl) => {
                let captures = self.captures_of(*decl, range)?;
                Ok(PathValue::Type(self.make_type_here(*decl, &captures)?))
            }
            Expr::Call { callee, .. } => self.call_path(expr, *callee),
            Expr::Prim(_)
            | Expr::ArrayType { .. }
            | Expr::SliceType(_)
            | Expr::TupleType(_)
            | Expr::PtrType { .. }
            | Expr::FnType { .. }
            | Expr::NeverType => Ok(PathValue::Type(self.type_of_expr(expr)?)),
            _ => Ok(PathValue::Other),
        }
    }

    /// The module that a path such as `util` in `util.f` names.
    pub fn field_of_module(&mut self, base: ExprId) -> Checked<Option<ModuleId>> {
        let may_be_module = match &self.hir[base] {
            Expr::Decl(decl) => matches!(self.sema.decl(*decl).kind, DeclKind::Const(_)),
            Expr::Import(_) | Expr::Member { .. } => true,
            Expr::Field { base: outer, .. } => return self.nested_module(*outer, base_name(self.hir, base)),
            _ => false,
        };
        if !may_be_module {
            return Ok(None);
        }
        match self.resolve_path(base)? {
            PathValue::Module(module) => Ok(Some(module)),
            _ => Ok(None),
        }
    }

    fn nested_module(&mut self, outer: ExprId, name: Option<Name>) -> Checked<Option<ModuleId>> {
        let (Some(module), Some(name)) = (self.field_of_module(outer)?, name) else { return Ok(None) };
        match self.module_member(module, name)? {
            PathValue::Module(module) => Ok(Some(module)),
            _ => Ok(None),
        }
    }

    /// `Vec(i32)` in `Vec(i32)::new`: a call of a function that makes a type.
    fn call_path(&mut self, expr: ExprId, callee: ExprId) -> Checked<PathValue> {
        match self.resolve_path(callee)? {
            PathValue::Fn { decl, .. } if self.returns_type(decl) => {
                let known = self.eval(expr, Some(TypeId::TYPE))?;
                Ok(self.classify(known))
            }
            _ => Ok(PathValue::Other),
        }
    }

    /// Whether a function is declared `-> type`.
    pub fn returns_type(&self, decl: DeclId) -> bool {
        let item = self.sema.decl(decl);
        let ret = item.as_fn().and_then(|function| function.ret);
        ret.is_some_and(|ret| matches!(item.body[ret], Expr::Prim(kiln_hir::PrimType::Type)))
    }

    /// Sorts a comptime value by what paths can do with it.
    pub fn classify(&self, known: Known) -> PathValue {
        let Known::Value(value) = known else { return PathValue::Known(known) };
        if let Some(ty) = self.sema.pool.as_type(value) {
            return PathValue::Type(ty);
        }
        match self.sema.pool.value_key(value) {
            Some(ValueKey::Module(module)) => PathValue::Module(*module),
            _ => PathValue::Known(known),
        }
    }

    /// What a declaration is, seen from here.
    pub fn decl_value(&mut self, decl: DeclId, range: TextRange) -> Checked<PathValue> {
        let captures = if self.sema.decl(decl).parent.is_some() { self.captures_of(decl, range)? } else { Vec::new() };
        match &self.sema.decl(decl).kind {
            DeclKind::Fn(_) => Ok(PathValue::Fn { decl, captures: captures.into() }),
            DeclKind::Struct(_) | DeclKind::Enum(_) => Ok(PathValue::Type(self.sema.make_type(decl, &captures, None)?)),
            DeclKind::Const(_) => {
                if let Some(decl) = self.sema.alias_of(decl) {
                    return self.decl_value(decl, range);
                }
                let known = self.sema.ensure_global(decl, &captures, self.span(range))?;
                Ok(self.classify(known))
            }
            DeclKind::Drop { .. } | DeclKind::Test { .. } | DeclKind::Error => {
                self.sema.reporter.check()?;
                unreachable!("destructors and tests have no names that resolve")
            }
        }
    }

    fn import(&mut self, import: kiln_hir::ImportId) -> Checked<PathValue> {
        let import = &self.sema.hir.imports[import];
        match (import.target, &import.bytes) {
            (Some(module), _) => Ok(PathValue::Module(module)),
            (None, Some(bytes)) => {
                let bytes = bytes.clone();
                Ok(PathValue::Known(self.embedded(bytes)))
            }
            (None, None) => {
                self.sema.reporter.check()?;
                let error = errors::import_not_loaded(self.span(import.range));
                Err(self.error(error))
            }
        }
    }

    fn embedded(&mut self, bytes: Box<[u8]>) -> Known {
        let ty = self.sema.pool.array(TypeId::U8, bytes.len() as u64);
        let data = kiln_types::StaticData { ty, bytes, align: 1, relocs: Box::default() };
        Known::Static(self.sema.program.statics.add(data))
    }

    /// `base::name`
    fn member(&mut self, base: ExprId, name: Name) -> Checked<PathValue> {
        match self.resolve_path(base)? {
            PathValue::Module(module) => self.module_member(module, name),
            PathValue::Type(ty) => self.type_member(ty, name),
            PathValue::Fn { decl, captures } if self.returns_type(decl) => {
                Ok(PathValue::MemberOfGeneric { decl, captures, name })
            }
            _ => {
                let span = self.expr_span(base);
                let text = self.sema.sources.text(span).to_owned();
                Err(self.error(errors::no_path_base(span, &text)))
            }
        }
    }

    /// A module's item, which has to be `pub` for other modules.
    pub fn module_member(&mut self, module: ModuleId, name: Name) -> Checked<PathValue> {
        let hir = self.sema.hir;
        let Some(&decl) = hir.modules[module].names.get(&name.symbol) else {
            let known = hir.modules[module].names.iter().filter(|(_, decl)| hir.decls[**decl].public);
            let mut known: Vec<String> = known.map(|(name, _)| self.name(*name).to_owned()).collect();
            known.sort();
            let error = errors::unknown_module_member(
                self.span(name.range),
                &hir.modules[module].name,
                self.name(name.symbol),
                &known,
            );
            return Err(self.error(error));
        };
        if !hir.decls[decl].public && module != self.sema.decl(self.decl).module {
            let error = errors::private_item(self.span(name.range), self.name(name.symbol), hir.name_span(decl));
            return Err(self.error(error));
        }
        self.decl_value(decl, name.range)
    }

    /// A type's variant, member or associated constant.
    pub fn type_member(&mut self, ty: TypeId, name: Name) -> Checked<PathValue> {
        self.sema.complete(ty)?;
        if let Some(def) = self.sema.pool.enum_def(ty)
            && let Some(variant) = def.variants.iter().position(|variant| variant.name == name.symbol)
        {
            return Ok(PathValue::Variant { ty, variant: variant as u32 });
        }
        if let Some((decl, captures)) = self.find_member(ty, name.symbol) {
            self.demand_visible_member(ty, decl, name);
            return Ok(PathValue::Fn { decl, captures });
        }
        if let Some(value) = self.number_const(ty, name.symbol) {
            return Ok(PathValue::Known(Known::Value(value)));
        }
        Err(self.unknown_member(ty, name))
    }

    /// A member function of a struct or enum, with the captures its instances carry.
    pub fn find_member(&self, ty: TypeId, name: kiln_source::Symbol) -> Option<(DeclId, Box<[ValueId]>)> {
        self.sema.member_of(ty, name)
    }

    pub fn unknown_member(&mut self, ty: TypeId, name: Name) -> kiln_source::ErrorReported {
        let mut known: Vec<String> = Vec::new();
        if let Some(def) = self.sema.pool.enum_def(ty) {
            known.extend(def.variants.iter().map(|variant| self.name(variant.name).to_owned()));
        }
        if let TypeKey::Struct { decl, .. } | TypeKey::Enum { decl, .. } = self.key(ty) {
            let members = self.sema.decl(*decl).members().into_iter().flatten();
            known.extend(members.map(|(name, _)| self.name(*name).to_owned()));
        }
        known.sort();
        let shown = self.show(ty);
        let error = errors::unknown_member(self.span(name.range), &shown, self.name(name.symbol), &known);
        self.error(error)
    }

    /// A path in the place of a value.
    pub fn path_operand(&mut self, expr: ExprId, expect: Expect, range: TextRange) -> InstId {
        match self.resolve_path(expr) {
            Err(error) => {
                self.fail(error);
                self.error_inst(range)
            }
            Ok(path) => self.path_value(path, expect, range),
        }
    }

    /// What a path names, as an instruction.
    pub fn path_value(&mut self, path: PathValue, expect: Expect, range: TextRange) -> InstId {
        match path {
            PathValue::Known(known) => self.known_inst(known, range),
            PathValue::Type(ty) => self.push(Inst::Const(ty.as_value()), TypeId::TYPE, range),
            PathValue::Module(module) => {
                let value = self.sema.pool.value(ValueKey::Module(module));
                self.push(Inst::Const(value), TypeId::MODULE, range)
            }
            PathValue::Variant { ty, variant } => self.unit_variant(ty, variant, range),
            PathValue::Fn { decl, captures } => {
                let inst = self.fn_pointer(decl, &captures, range).map(|inst| {
                    let callback = expect.ty().and_then(|expected| self.as_callback(inst, expected));
                    callback.unwrap_or(inst)
                });
                self.or_error(inst, range)
            }
            PathValue::MemberOfGeneric { decl, captures, name } => {
                let resolved = self.member_of_expected(decl, &captures, name, expect);
                match resolved {
                    Ok(path) => self.path_value(path, expect, range),
                    Err(error) => {
                        self.fail(error);
                        self.error_inst(range)
                    }
                }
            }
            PathValue::Other => unreachable!("a path expression names something"),
        }
    }

    /// A variant without payload as a value.
    fn unit_variant(&mut self, ty: TypeId, variant: u32, range: TextRange) -> InstId {
        let def = self.sema.pool.enum_def(ty).expect("variants are found in complete enums");
        let this = &def.variants[variant as usize];
        if this.kind != VariantKind::Unit {
            let (name, is_struct, declared) = (this.name, this.kind == VariantKind::Struct, this.span);
            let error = errors::variant_needs_payload(self.span(range), self.name(name), is_struct, declared);
            return self.wrong(error, range);
        }
        if def.is_unit_only() {
            let bits = this.discriminant;
            let value = self.sema.pool.scalar(ty, bits);
            return self.push(Inst::Const(value), ty, range);
        }
        self.push(Inst::Variant { variant, fields: Box::default() }, ty, range)
    }

    /// A function's name as a value: a function pointer. Its type does not say whether a call needs `checked`, so the value does; only
    /// the type of a foreign function does.
    fn fn_pointer(&mut self, decl: DeclId, captures: &[ValueId], range: TextRange) -> Checked<InstId> {
        let function = self.sema.decl(decl).as_fn().expect("a function");
        if function.unchecked && self.checked == 0 {
            let name = self.name(self.sema.decl(decl).name.symbol);
            let error = errors::needs_checked_value(self.span(range), name);
            self.error(error);
        }
        if function.is_generic() {
            let error = errors::generic_as_value(self.span(range), self.name(self.sema.decl(decl).name.symbol));
            return Err(self.error(error));
        }
        let func = self.sema.ensure_signature(decl, captures, self.span(range))?;
        self.sema.want_body(func);
        let ty = self.sema.fn_type_of(func);
        let value = self.sema.pool.fn_value(ty, func);
        Ok(self.push(Inst::Const(value), ty, range))
    }
}

fn base_name(hir: &kiln_hir::Body, expr: ExprId) -> Option<Name> {
    match &hir[expr] {
        Expr::Field { name, .. } => Some(*name),
        _ => None,
    }
}
