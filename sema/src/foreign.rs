//! The border to C: which signatures C has, what is exported to it, and Kiln functions as C's function pointers.
//!
//! Example: in `export "C" fn area(shape: Rect) -> f64` the struct `Rect` must be one that C could declare, and no other export
//! may be called `area`.

use crate::body::BodyCx;
use crate::context::{Checked, Sema};
use crate::errors::{self, NotInC};
use crate::instance::InstanceKey;
use kiln_air::{Arg, Body, Inst, Local, UseKind};
use kiln_cfg::{CType, FuncKind};
use kiln_hir as hir;
use kiln_source::{DeclId, FileId, Span, Symbol, TextRange, sym};
use kiln_types::{FnType, FnTypeParam, FuncId, ParamMode, TypeId, TypeKey, ValueKey};
use rustc_hash::FxHashMap;

/// A function that C can call by its name.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Export {
    /// The function.
    pub func: FuncId,
    /// Where it is declared.
    pub decl: DeclId,
}

/// Bytes that are passed by value at most: the stack has to hold them several times.
const MOST_BY_VALUE: u64 = 1 << 16;

/// Words of C that are names in Kiln.
const C_KEYWORDS: &[&str] = &[
    "auto", "case", "char", "default", "do", "double", "float", "goto", "inline", "int", "long", "register",
    "restrict", "short", "signed", "sizeof", "switch", "typedef", "union", "unsigned", "void", "volatile",
];

impl<'a> Sema<'a> {
    /// The functions C can call, in the order of their declarations. Their names are different, and none is generic.
    pub(crate) fn check_exports(&mut self) -> Vec<Export> {
        let mut exports = Vec::new();
        let mut names: FxHashMap<Symbol, DeclId> = FxHashMap::default();
        for (decl, item) in self.hir.decls.iter_enumerated() {
            let Some(function) = item.as_fn().filter(|function| function.exported) else { continue };
            let (span, name) = (self.hir.name_span(decl), item.name.symbol);
            if function.is_generic() {
                let param = function.params.iter().find(|param| param.comptime).expect("it is generic");
                let param = param.range.in_file(self.file_of(item.module));
                self.error(errors::generic_export(param, self.names.name(name)));
                continue;
            }
            if name == sym::MAIN {
                self.error(errors::exported_main(span));
                continue;
            }
            if C_KEYWORDS.contains(&self.names.name(name)) {
                self.error(errors::export_of_keyword(span, self.names.name(name)));
                continue;
            }
            if self.hir.modules[item.module].names.get(&name) != Some(&decl) {
                // Another item of the file has the name: reported.
                continue;
            }
            if let Some(first) = names.get(&name) {
                let first = self.hir.name_span(*first);
                self.error(errors::duplicate_export(span, self.names.name(name), first));
                continue;
            }
            names.insert(name, decl);
            if let Ok(func) = self.ensure_signature(decl, &[], span) {
                self.want_body(func);
                exports.push(Export { func, decl });
            }
        }
        if !names.is_empty() {
            self.check_names_of_exports(&names);
        }
        exports
    }

    /// A foreign function of the name of an exported one is that one, and so has its signature. Backends call some functions of C
    /// by themselves.
    fn check_names_of_exports(&mut self, exports: &FxHashMap<Symbol, DeclId>) {
        for (decl, item) in self.hir.decls.iter_enumerated() {
            let Some(external) = item.as_fn().and_then(|function| function.external) else { continue };
            let Some(&export) = exports.get(&external.symbol) else { continue };
            let (span, exported) = (self.hir.name_span(decl), self.hir.name_span(export));
            let sigs = [decl, export].map(|decl| self.ensure_signature(decl, &[], span));
            let [Ok(foreign), Ok(own)] = sigs else { continue };
            if self.program.info(foreign).sig != self.program.info(own).sig || external.variadic {
                let name = self.names.name(external.symbol);
                let is_std = self.hir.modules[item.module].is_std;
                let error = match is_std {
                    true => errors::export_of_library_name(exported, name),
                    false => errors::foreign_differs(span, name, exported),
                };
                self.error(error);
            }
        }
        for row in kiln_cfg::Foreign::ALL.iter().map(|function| function.row()) {
            let export = exports.iter().find(|(name, _)| self.names.name(**name) == row.name);
            let Some((_, &export)) = export else { continue };
            let span = self.hir.name_span(export);
            let Ok(func) = self.ensure_signature(export, &[], span) else { continue };
            let sig = &self.program.info(func).sig;
            let params = sig.params.len() == row.params.len()
                && sig.params.iter().zip(row.params).all(|(param, ty)| self.is_of_c_type(param.ty, *ty));
            let fits = match row.ret {
                Some(ret) => self.is_of_c_type(sig.ret, ret),
                None => matches!(sig.ret, TypeId::UNIT | TypeId::NEVER),
            };
            if !(params && fits) {
                self.error(errors::export_of_library_name(span, row.name));
            }
        }
    }

    fn is_of_c_type(&self, ty: TypeId, of: CType) -> bool {
        match self.pool.key(ty) {
            TypeKey::Int { bits: 32, .. } => of == CType::Int,
            TypeKey::Size { .. } => of == CType::Size,
            TypeKey::Ptr { .. } => of == CType::Ptr,
            _ => false,
        }
    }

    /// A foreign or exported function's signature is one that C has.
    pub(crate) fn check_foreign(&mut self, func: FuncId, item: &hir::Decl) -> Checked<()> {
        let is_at_border = |function: &&hir::FnDecl| function.external.is_some() || function.exported;
        let Some(function) = item.as_fn().filter(is_at_border) else { return Ok(()) };
        let sig = self.program.info(func).sig.clone();
        let file = self.file_of(item.module);
        let mut result = Ok(());
        for (param, ty) in function.params.iter().filter(|param| !param.comptime).zip(&sig.params) {
            let checked = self.check_c_param(*ty, param.range.in_file(file));
            result = result.and(checked);
        }
        if let Some(ret) = function.ret {
            let checked = self.check_c_result(sig.ret, item.body.expr_ranges[ret].in_file(file));
            result = result.and(checked);
        }
        result
    }

    /// The signature of a function pointer that C calls, or that C's functions are called by.
    pub(crate) fn check_c_signature(&mut self, ty: &FnType, span: Span) -> Checked<()> {
        for param in &ty.params {
            self.check_c_param(*param, span)?;
        }
        self.check_c_result(ty.ret, span)
    }

    fn check_c_param(&mut self, param: FnTypeParam, span: Span) -> Checked<()> {
        let shown = self.show(param.ty);
        if param.mode != ParamMode::Own {
            return Err(self.error(errors::not_in_c(span, &shown, &NotInC::Mode)));
        }
        self.check_c_type(param.ty, span, &shown)
    }

    fn check_c_result(&mut self, ret: TypeId, span: Span) -> Checked<()> {
        if matches!(ret, TypeId::UNIT | TypeId::NEVER) {
            return Ok(());
        }
        let shown = self.show(ret);
        self.check_c_type(ret, span, &shown)
    }

    fn check_c_type(&mut self, ty: TypeId, span: Span, shown: &str) -> Checked<()> {
        self.ensure_layout(ty, span)?;
        let size = self.layouts.of(&self.pool, ty).size;
        let why = self.not_in_c(ty, false).or((size > MOST_BY_VALUE).then_some(NotInC::TooLarge { size }));
        match why {
            None => Ok(()),
            Some(why) => Err(self.error(errors::not_in_c(span, shown, &why))),
        }
    }

    /// Why C has no such type, if it has none. An array is a type of C only as a part of another.
    fn not_in_c(&self, ty: TypeId, is_part: bool) -> Option<NotInC> {
        match self.pool.key(ty) {
            TypeKey::Bool | TypeKey::Char | TypeKey::Size { .. } | TypeKey::Float { .. } | TypeKey::Error => None,
            TypeKey::Int { bits: 128, .. } if self.layouts.target().pointer_bytes < 8 => Some(NotInC::WideInt),
            TypeKey::Int { .. } => None,
            TypeKey::Ptr { pointee, .. } => self.pool.is_unsized(*pointee).then_some(NotInC::View),
            TypeKey::Fn(of) => (!of.foreign).then_some(NotInC::KilnFn),
            TypeKey::Struct { .. } | TypeKey::AnonStruct { .. } => self.struct_not_in_c(ty),
            TypeKey::Enum { .. } | TypeKey::AnonEnum { .. } => {
                let is_plain = |def: &kiln_types::EnumDef| def.is_unit_only() && !def.variants.is_empty();
                (!self.pool.enum_def(ty).is_some_and(is_plain)).then_some(NotInC::Payload)
            }
            TypeKey::Array { elem, len } => match (is_part, *len) {
                (false, _) => Some(NotInC::Array),
                (true, 0) => Some(NotInC::Empty),
                (true, _) => self.not_in_c(*elem, true),
            },
            TypeKey::Slice { .. } | TypeKey::Str => Some(NotInC::View),
            TypeKey::Tuple(_) => Some(NotInC::Tuple),
            TypeKey::Unit | TypeKey::Never => Some(NotInC::Empty),
            _ => Some(NotInC::Comptime),
        }
    }

    fn struct_not_in_c(&self, ty: TypeId) -> Option<NotInC> {
        let def = self.pool.struct_def(ty)?;
        if def.fields.is_empty() {
            return Some(NotInC::Empty);
        }
        if self.pool.needs_drop(ty) {
            return Some(NotInC::Owner);
        }
        def.fields.iter().find_map(|field| {
            let why = self.not_in_c(field.ty, true)?;
            let (name, ty) = (self.names.name(field.name).to_owned(), self.show(field.ty));
            Some(NotInC::Field { name, ty, why: Box::new(why) })
        })
    }

    /// The function whose address C calls in place of a Kiln function: the same one, by C's convention.
    fn callback(&mut self, of: FuncId, ty: TypeId) -> FuncId {
        let func = self.instances.by_key(InstanceKey::Callback(of));
        if self.instances.start_made(func) {
            let info = self.program.info(of);
            let name: Box<str> = format!("callback {}", info.name).into();
            let symbol = format!("callback {}", info.symbol).into();
            let (kind, span) = (FuncKind::Callback, Span::default());
            let info = kiln_cfg::FuncInfo { name, symbol, kind, span, ..info.clone() };
            self.set_info(func, info);
            self.want_body(of);
            self.want_body(func);
        }
        debug_assert!(matches!(self.pool.key(ty), TypeKey::Fn(ty) if ty.foreign));
        func
    }

    /// `fn(a: A, b: B) -> R { of(a, b) }`
    pub(crate) fn callback_body(&mut self, func: FuncId, of: FuncId) -> Body {
        let info = self.program.info(func);
        let nowhere = TextRange::empty(0);
        let mut body = Body::empty(FileId::default(), nowhere);
        body.name = info.name.clone();
        body.param_count = info.sig.params.len();
        body.ret = info.sig.ret;
        let mut args = Vec::with_capacity(body.param_count);
        for &FnTypeParam { mode, ty } in &info.sig.params {
            let local = Local { name: None, ty, param: Some(mode), mutable: false, borrowed: false, range: nowhere };
            let local = body.locals.push(local);
            let place = body.push(Inst::Local(local), ty, nowhere);
            let kind = if self.pool.is_copy(ty) { UseKind::Copy } else { UseKind::Move };
            let used = Inst::Use { place, kind };
            args.push(Arg { mode, value: body.push(used, ty, nowhere) });
        }
        body.root = body.push(Inst::Call { func: of, args: args.into() }, body.ret, nowhere);
        body
    }
}

impl BodyCx<'_, '_> {
    /// A function's name where a pointer of C's is expected: its address for C.
    pub(crate) fn as_callback(&mut self, inst: kiln_air::InstId, expected: TypeId) -> Option<kiln_air::InstId> {
        let Inst::Const(value) = self.air.insts[inst] else { return None };
        let Some(ValueKey::Fn { ty, func }) = self.sema.pool.value_key(value).cloned() else { return None };
        let expected = self.infer.shallow(expected, &self.sema.pool);
        let (TypeKey::Fn(found), TypeKey::Fn(wanted)) = (self.key(ty), self.key(expected)) else { return None };
        let fits = !found.foreign && wanted.foreign && found.params == wanted.params && found.ret == wanted.ret;
        if !fits {
            return None;
        }
        let (wanted, range) = (wanted.clone(), self.air.ranges[inst]);
        if let Err(error) = self.sema.check_c_signature(&wanted, self.span(range)) {
            self.fail(error);
            return Some(self.error_inst(range));
        }
        let callback = self.sema.callback(func, expected);
        let value = self.sema.pool.fn_value(expected, callback);
        Some(self.push(Inst::Const(value), expected, range))
    }

    /// An argument in place of `...`: a number or an address.
    pub(crate) fn check_variadic(&mut self, ty: TypeId, range: TextRange) {
        let fits = match self.key(ty) {
            TypeKey::Int { bits, .. } => *bits <= 64,
            TypeKey::Bool | TypeKey::Char | TypeKey::Size { .. } | TypeKey::Float { .. } | TypeKey::Error => true,
            TypeKey::Ptr { pointee, .. } => !self.sema.pool.is_unsized(*pointee),
            TypeKey::Fn(of) => of.foreign,
            _ => false,
        };
        if !fits && ty != TypeId::NEVER {
            let shown = self.show(ty);
            let error = errors::bad_variadic(self.span(range), &shown);
            self.error(error);
        }
    }
}
