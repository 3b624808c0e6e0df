//! Struct and enum types: identity, fields on demand, finiteness. Demand *fields*.

use crate::body::BodyCx;
use crate::context::{Checked, Sema};
use crate::errors;
use crate::instance::Progress;
use kiln_hir::{self as hir, DeclKind, EnumDecl, StructDecl, VariantShape};
use kiln_source::{DeclId, Span, Symbol};
use kiln_types::{
    EnumDef, FieldDef, Ownership, StructDef, TooLarge, TypeId, TypeKey, ValueId, VariantDef, VariantKind,
};
use rustc_hash::FxHashMap;

/// What is known of the program's struct and enum types.
#[derive(Debug)]
pub(crate) struct TypeDecls {
    fields: FxHashMap<TypeId, Progress>,
    layout: FxHashMap<TypeId, Progress>,
    /// The instance of a `-> type` function that made a type.
    origins: FxHashMap<TypeId, (DeclId, Box<[ValueId]>)>,
    /// By type declaration: its destructor.
    destructors: FxHashMap<DeclId, DeclId>,
    /// By declaration: the functions and consts in its body.
    nested: FxHashMap<DeclId, Vec<DeclId>>,
}

/// How many parts a type written out may have.
const MAX_WEIGHT: u32 = 1 << 16;

impl TypeDecls {
    pub fn new(hir: &hir::Program) -> Self {
        let mut destructors = FxHashMap::default();
        let mut nested: FxHashMap<DeclId, Vec<DeclId>> = FxHashMap::default();
        for (id, decl) in hir.decls.iter_enumerated() {
            if let Some(of) = destroyed(decl) {
                match decl.is_member {
                    true => destructors.insert(of, id),
                    false => Some(*destructors.entry(of).or_insert(id)),
                };
            }
            if let (Some(parent), false, DeclKind::Fn(_) | DeclKind::Const(_)) =
                (decl.parent, decl.is_member, &decl.kind)
            {
                nested.entry(parent).or_default().push(id);
            }
        }
        TypeDecls {
            fields: FxHashMap::default(),
            layout: FxHashMap::default(),
            origins: FxHashMap::default(),
            destructors,
            nested,
        }
    }

    /// The functions and consts inside a declaration's body, in order.
    pub fn nested(&self, decl: DeclId) -> Vec<DeclId> {
        self.nested.get(&decl).cloned().unwrap_or_default()
    }

    pub fn destructor(&self, of: DeclId) -> Option<DeclId> {
        self.destructors.get(&of).copied()
    }

    /// The function instance that made a type.
    pub fn origin(&self, ty: TypeId) -> Option<&(DeclId, Box<[ValueId]>)> {
        self.origins.get(&ty)
    }

    /// Notes how far the fields of a type are known.
    pub fn note_fields(&mut self, ty: TypeId, progress: Progress) {
        self.fields.insert(ty, progress);
    }
}

/// The type whose destructor a declaration is, as far as its name says one.
pub(crate) fn destroyed(decl: &hir::Decl) -> Option<DeclId> {
    match (&decl.kind, decl.is_member) {
        (DeclKind::Drop { .. }, true) => decl.parent,
        (DeclKind::Drop { ty, .. }, false) => match decl.body[*ty] {
            hir::Expr::Decl(of) => Some(of),
            _ => None,
        },
        _ => None,
    }
}

impl<'a> Sema<'a> {
    /// The type that a declaration with these captures is, if it was made already.
    pub fn type_key_of(&self, decl: DeclId, captures: &[ValueId]) -> Option<TypeId> {
        let captures: Box<[ValueId]> = captures.into();
        let key = match self.decl(decl).kind {
            DeclKind::Enum(_) => TypeKey::Enum { decl, captures },
            _ => TypeKey::Struct { decl, captures },
        };
        self.pool.find_type(&key).filter(|ty| self.types.fields.contains_key(ty))
    }

    /// The type written at a declaration, for these captured values.
    pub fn make_type(
        &mut self,
        decl: DeclId,
        captures: &[ValueId],
        maker: Option<(DeclId, &[ValueId])>,
    ) -> Checked<TypeId> {
        let item = self.decl(decl);
        let ty = match &item.kind {
            DeclKind::Struct(body) if body.is_structural() => {
                return self.structural(decl, body, captures);
            }
            DeclKind::Struct(_) => self.pool.type_of_key(TypeKey::Struct { decl, captures: captures.into() }),
            DeclKind::Enum(_) => self.pool.type_of_key(TypeKey::Enum { decl, captures: captures.into() }),
            _ => unreachable!("only structs and enums are types"),
        };
        if let std::collections::hash_map::Entry::Vacant(entry) = self.types.fields.entry(ty) {
            entry.insert(Progress::NotStarted);
            let name = match maker {
                Some((function, args)) => {
                    self.types.origins.insert(ty, (function, args.into()));
                    self.name_in_module(function, args).into()
                }
                None if item.name.symbol == kiln_source::sym::UNDERSCORE => {
                    let at = self.sources.line_column(self.hir.span(decl));
                    format!("{{type at {}:{}}}", at.line, at.column).into()
                }
                None => self.decl_path(decl).into(),
            };
            self.pool.declare(ty, name);
        }
        Ok(ty)
    }

    /// Refuses a type that has so many parts that nothing could be done with it in reasonable time.
    pub fn check_weight(&mut self, ty: TypeId, span: Span) -> Checked<TypeId> {
        match self.pool.weight(ty) {
            weight if weight <= MAX_WEIGHT => Ok(ty),
            _ => Err(self.error(errors::type_too_heavy(span, MAX_WEIGHT))),
        }
    }

    /// A struct without name and methods: the same fields make the same type.
    fn structural(&mut self, decl: DeclId, body: &'a StructDecl, captures: &[ValueId]) -> Checked<TypeId> {
        let fields = self.field_defs(decl, &body.fields, captures)?;
        let parts = fields.iter().map(|field| (field.name, field.ty)).collect();
        let ty = self.structural_struct(parts, self.hir.span(decl))?;
        Ok(ty)
    }

    /// The struct without name and methods that has these fields.
    pub fn structural_struct(&mut self, parts: Vec<(Symbol, TypeId)>, span: Span) -> Checked<TypeId> {
        let fields: Box<[FieldDef]> = parts.iter().map(|(name, ty)| FieldDef { name: *name, ty: *ty, span }).collect();
        let ty = self.pool.type_of_key(TypeKey::AnonStruct { fields: parts.into() });
        self.check_weight(ty, span)?;
        if self.types.fields.insert(ty, Progress::Done).is_none() {
            let name: Box<str> = self.show(ty).into();
            let ownership = self.ownership_of_parts(&fields);
            self.pool.define_struct(ty, StructDef { name, decl: None, fields, ownership, destructor: None });
        }
        Ok(ty)
    }

    /// The enum without name and methods that has these variants.
    pub fn structural_enum(&mut self, parts: Vec<(Symbol, Box<[TypeId]>)>, span: Span) -> Checked<TypeId> {
        let mut variants = Vec::with_capacity(parts.len());
        for (number, (name, payload)) in parts.iter().enumerate() {
            let kind = if payload.is_empty() { VariantKind::Unit } else { VariantKind::Tuple };
            let field =
                |(index, ty): (usize, &TypeId)| FieldDef { name: self.names.intern(&index.to_string()), ty: *ty, span };
            let fields: Box<[FieldDef]> = payload.iter().enumerate().map(field).collect();
            variants.push(VariantDef { name: *name, kind, fields, discriminant: number as u128, span });
        }
        let ty = self.pool.type_of_key(TypeKey::AnonEnum { variants: parts.into() });
        self.check_weight(ty, span)?;
        if self.types.fields.insert(ty, Progress::Done).is_none() {
            let name: Box<str> = self.show(ty).into();
            let parts: Vec<FieldDef> = variants.iter().flat_map(|variant| variant.fields.iter().cloned()).collect();
            let ownership = self.ownership_of_parts(&parts);
            let tag = tag_type(&variants);
            let def = EnumDef { name, decl: None, variants: variants.into(), tag, ownership, destructor: None };
            self.pool.define_enum(ty, def);
        }
        Ok(ty)
    }

    fn field_defs(
        &mut self,
        decl: DeclId,
        fields: &'a [hir::FieldDecl],
        captures: &[ValueId],
    ) -> Checked<Box<[FieldDef]>> {
        let mut cx = BodyCx::new(self, decl, captures)?;
        let mut defs = Vec::with_capacity(fields.len());
        for field in fields {
            // A field whose type is wrong stays, so that uses of it are not wrong as well.
            let ty = cx.sized_type(field.ty).unwrap_or(TypeId::ERROR);
            let span = cx.span(field.name.range);
            defs.push(FieldDef { name: field.name.symbol, ty, span });
        }
        Ok(defs.into())
    }

    /// A struct's or enum's definition is in the pool afterwards. Other types have none.
    pub fn complete(&mut self, ty: TypeId) -> Checked<()> {
        let (decl, captures) = match self.pool.key(ty) {
            TypeKey::Struct { decl, captures } | TypeKey::Enum { decl, captures } => (*decl, captures),
            _ => return Ok(()),
        };
        match self.types.fields.get(&ty).copied().unwrap_or(Progress::NotStarted) {
            Progress::Done => return Ok(()),
            Progress::Failed => return self.reporter.check(),
            Progress::Running => {
                let error = errors::type_needs_itself(self.hir.name_span(decl), &self.show(ty));
                return Err(self.error(error));
            }
            Progress::NotStarted => {}
        }
        let captures = captures.clone();
        self.types.fields.insert(ty, Progress::Running);
        // What a type needs is needed by the function that made it: chains of types are chains of instances.
        let maker = self.types.origin(ty).and_then(|(function, args)| self.instances.find(*function, args));
        let result = match maker {
            Some(maker) => self.within(maker, |sema| sema.define(ty, decl, &captures)),
            None => self.define(ty, decl, &captures),
        };
        self.types.fields.insert(ty, if result.is_ok() { Progress::Done } else { Progress::Failed });
        result
    }

    fn define(&mut self, ty: TypeId, decl: DeclId, captures: &[ValueId]) -> Checked<()> {
        let item: &'a hir::Decl = self.decl(decl);
        let name: Box<str> = self.show(ty).into();
        match &item.kind {
            DeclKind::Struct(body) => {
                let fields = self.field_defs(decl, &body.fields, captures)?;
                let ownership = self.declared_ownership(decl, body.linear);
                self.pool.define_struct(ty, StructDef { name, decl: Some(decl), fields, ownership, destructor: None });
            }
            DeclKind::Enum(body) => {
                let def = self.enum_def(decl, body, captures, name)?;
                self.pool.define_enum(ty, def);
            }
            _ => unreachable!("only structs and enums are types"),
        }
        self.check_copy(ty, decl);
        self.copy_if_parts_are(ty, decl);
        self.find_destructor(ty, decl, captures)?;
        self.check_handle(ty, decl);
        Ok(())
    }

    fn enum_def(&mut self, decl: DeclId, body: &'a EnumDecl, captures: &[ValueId], name: Box<str>) -> Checked<EnumDef> {
        let mut variants = Vec::with_capacity(body.variants.len());
        let mut next: i128 = 0;
        let mut taken: FxHashMap<i128, Span> = FxHashMap::default();
        for variant in &body.variants {
            let fields = self.field_defs(decl, &variant.fields, captures)?;
            let span = self.span_in(decl, variant.name.range);
            if let Some(value) = variant.discriminant {
                let mut cx = BodyCx::new(self, decl, captures)?;
                next = cx.eval_int(value, TypeId::I64)?;
            }
            if let Some(first) = taken.insert(next, span) {
                self.error(errors::duplicate_discriminant(span, next, first));
            }
            let kind = match variant.shape {
                VariantShape::Unit => VariantKind::Unit,
                VariantShape::Tuple => VariantKind::Tuple,
                VariantShape::Struct => VariantKind::Struct,
            };
            variants.push(VariantDef { name: variant.name.symbol, kind, fields, discriminant: next as u128, span });
            next += 1;
        }
        let unit_only = variants.iter().all(|variant| variant.fields.is_empty());
        let ownership = match self.declared_ownership(decl, body.linear) {
            Ownership::Affine if unit_only && self.types.destructor(decl).is_none() => Ownership::Copy,
            declared => declared,
        };
        let tag = tag_type(&variants);
        Ok(EnumDef { name, decl: Some(decl), variants: variants.into(), tag, ownership, destructor: None })
    }

    /// The type is complete, finite and not too large afterwards, so that its layout can be asked for. `used` is where it is needed.
    pub fn ensure_layout(&mut self, ty: TypeId, used: Span) -> Checked<()> {
        if ty.index() <= TypeId::MODULE.index() {
            return Ok(());
        }
        match self.types.layout.get(&ty).copied().unwrap_or(Progress::NotStarted) {
            Progress::Done => return Ok(()),
            Progress::Failed => return self.reporter.check(),
            Progress::Running => return Err(self.recursive_type(ty, used)),
            Progress::NotStarted => {}
        }
        self.types.layout.insert(ty, Progress::Running);
        let result = self.check_layout(ty, used);
        self.types.layout.insert(ty, if result.is_ok() { Progress::Done } else { Progress::Failed });
        result
    }

    fn check_layout(&mut self, ty: TypeId, used: Span) -> Checked<()> {
        self.complete(ty)?;
        let mut result = Ok(());
        for (part, span) in self.parts_by_value(ty, used) {
            // One mistake may be met in several parts; the first is said.
            result = self.ensure_layout(part, span);
            if result.is_err() {
                break;
            }
        }
        result?;
        self.settle_linear(ty);
        match self.layouts.try_of(&self.pool, ty) {
            Ok(_) => Ok(()),
            Err(TooLarge(part)) => {
                let error =
                    errors::type_too_large(used, &self.show(ty), (part != ty).then(|| self.show(part)).as_deref());
                Err(self.error(error))
            }
        }
    }

    /// Types that lie inside a type, with the place that says so.
    fn parts_by_value(&self, ty: TypeId, used: Span) -> Vec<(TypeId, Span)> {
        match self.pool.key(ty) {
            TypeKey::Array { elem, .. } | TypeKey::Slice { elem } => vec![(*elem, used)],
            TypeKey::Tuple(parts) => parts.iter().map(|part| (*part, used)).collect(),
            TypeKey::Struct { .. } | TypeKey::AnonStruct { .. } => {
                let def = self.pool.struct_def(ty).expect("the type is complete");
                def.fields.iter().map(|field| (field.ty, field.span)).collect()
            }
            TypeKey::Enum { .. } | TypeKey::AnonEnum { .. } => {
                let def = self.pool.enum_def(ty).expect("the type is complete");
                let fields = def.variants.iter().flat_map(|variant| &variant.fields);
                std::iter::once((def.tag, used)).chain(fields.map(|field| (field.ty, field.span))).collect()
            }
            _ => Vec::new(),
        }
    }

    fn recursive_type(&mut self, ty: TypeId, used: Span) -> kiln_source::ErrorReported {
        let decl = match self.pool.key(ty) {
            TypeKey::Struct { decl, .. } | TypeKey::Enum { decl, .. } => Some(self.hir.name_span(*decl)),
            _ => None,
        };
        let error = errors::recursive_type(used, &self.show(ty), decl);
        self.error(error)
    }
}

/// The smallest integer type that holds all discriminants.
fn tag_type(variants: &[VariantDef]) -> TypeId {
    let values = || variants.iter().map(|variant| variant.discriminant as i128);
    let (min, max) = (values().min().unwrap_or(0), values().max().unwrap_or(0));
    let fits = |low: i128, high: i128| low <= min && max <= high;
    match () {
        () if fits(0, u8::MAX.into()) => TypeId::U8,
        () if fits(i8::MIN.into(), i8::MAX.into()) => TypeId::I8,
        () if fits(0, u16::MAX.into()) => TypeId::U16,
        () if fits(i16::MIN.into(), i16::MAX.into()) => TypeId::I16,
        () if fits(0, u32::MAX.into()) => TypeId::U32,
        () if fits(i32::MIN.into(), i32::MAX.into()) => TypeId::I32,
        () if fits(0, u64::MAX.into()) => TypeId::U64,
        () => TypeId::I64,
    }
}
