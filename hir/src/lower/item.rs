//! Items: declared first, lowered afterwards.

use super::Lower;
use super::scope::Meaning;
use crate::errors;
use crate::{
    Attrs, Body, ConstDecl, Decl, DeclKind, EnumDecl, Expr, ExprId, Extern, FieldDecl, FnDecl, LocalKind, Mode, Name,
    Param, StructDecl, VariantDecl, VariantShape,
};
use kiln_source::{DeclId, Symbol, TextRange, sym};
use kiln_syntax::ast::{self, ItemId, ItemKind};
use rustc_hash::FxHashMap;

impl Lower<'_> {
    /// Gives items numbers and makes their names visible; says which were declared. `parent` is the body they stand in.
    pub(super) fn declare_items(
        &mut self,
        items: impl Iterator<Item = ItemId>,
        parent: Option<DeclId>,
    ) -> Vec<(ItemId, DeclId)> {
        let mut seen: FxHashMap<Symbol, DeclId> = FxHashMap::default();
        let mut declared = Vec::new();
        for item in items {
            let Some((name, is_named)) = item_name(&self.ast[item]) else { continue };
            let decl = self.new_decl(name, &self.ast[item], parent, false);
            declared.push((item, decl));
            if matches!(self.ast[item].kind, ItemKind::Const(_) | ItemKind::Struct(_) | ItemKind::Enum(_)) {
                self.compared.insert(decl);
            }
            if !is_named || name.symbol == sym::UNDERSCORE {
                continue;
            }
            if let Some(first) = seen.insert(name.symbol, decl) {
                self.duplicate(name, first);
                seen.insert(name.symbol, first);
                continue;
            }
            self.scopes.bind(name.symbol, Meaning::Decl(decl));
        }
        if parent.is_none() {
            self.program.modules[self.module].names = seen;
        }
        declared
    }

    pub(super) fn duplicate(&mut self, name: Name, first: DeclId) {
        let text = self.names.name(name.symbol).to_owned();
        let first = self.program.name_span(first);
        self.error(errors::duplicate_name(self.span(name.range), &text, first));
    }

    fn new_decl(&mut self, name: Name, item: &ast::Item, parent: Option<DeclId>, is_member: bool) -> DeclId {
        self.push_decl(name, item.range, item.public, parent, is_member)
    }

    pub(super) fn push_decl(
        &mut self,
        name: Name,
        range: TextRange,
        public: bool,
        parent: Option<DeclId>,
        is_member: bool,
    ) -> DeclId {
        self.program.decls.push(Decl {
            name,
            range,
            module: self.module,
            parent,
            is_member,
            public,
            docs: None,
            attrs: Attrs::default(),
            captures: Vec::new(),
            kind: DeclKind::Error,
            body: Body::default(),
        })
    }

    /// Lowers an item that was declared.
    pub(super) fn item(&mut self, id: ItemId, decl: DeclId) {
        let ast = self.ast;
        let item = &ast[id];
        self.item_attributes(item, decl);
        self.program.decls[decl].docs.clone_from(&item.docs);
        let outer_loops = self.bodies.len();
        match &item.kind {
            ItemKind::Error => {}
            ItemKind::Fn(function) => self.function(function, decl),
            ItemKind::ExternFn(function) => self.extern_fn(function, decl),
            ItemKind::Struct(item) => self.struct_decl(&item.body, item.linear, false, decl),
            ItemKind::Enum(item) => self.enum_decl(&item.body, item.linear, false, decl),
            ItemKind::Const(item) => self.const_decl(item, decl),
            ItemKind::Drop(item) => self.drop_fn(item, decl),
            ItemKind::Test(item) => self.test(item, decl),
        }
        debug_assert_eq!(outer_loops, self.bodies.len());
    }

    fn item_attributes(&mut self, item: &ast::Item, decl: DeclId) {
        self.allows(&item.attrs, item.range);
        if matches!(item.kind, ItemKind::Struct(_) | ItemKind::Enum(_) | ItemKind::Fn(_)) {
            let find = |name| item.attrs.iter().find(|attr| attr.name.symbol == name).map(|attr| attr.range);
            self.program.decls[decl].attrs = Attrs { copy: find(sym::COPY), handle: find(sym::HANDLE) };
        }
    }

    /// Ends the innermost body and stores what it became.
    fn store(&mut self, decl: DeclId, kind: DeclKind) {
        let body = self.close_body();
        let decl = &mut self.program.decls[decl];
        decl.kind = kind;
        decl.body = body;
    }

    fn has_self_type(&self, decl: DeclId) -> bool {
        self.program.decls[decl].is_member || self.bodies.last().is_some_and(|cx| cx.has_self_type)
    }

    fn function(&mut self, function: &ast::Function, decl: DeclId) {
        let has_self_type = self.has_self_type(decl);
        self.open_body(decl, has_self_type);
        let mark = self.scopes.mark();
        let mut lowered = self.signature(&function.sig, decl);
        lowered.exported = function.export.is_some();
        function.export.iter().for_each(|abi| self.check_abi(*abi));
        lowered.body = Some(self.block_expr(function.body));
        self.scopes.leave(mark);
        self.store(decl, DeclKind::Fn(lowered));
    }

    /// `"C"` is the only convention beside Kiln's.
    pub(super) fn check_abi(&mut self, abi: Name) {
        if self.names.name(abi.symbol) != "C" {
            let text = self.names.name(abi.symbol).to_owned();
            self.error(errors::unknown_abi(self.span(abi.range), &text));
        }
    }

    fn extern_fn(&mut self, function: &ast::ExternFn, decl: DeclId) {
        self.check_abi(function.abi);
        self.open_body(decl, false);
        let mark = self.scopes.mark();
        let mut lowered = self.signature(&function.sig, decl);
        lowered.external = Some(Extern { symbol: function.sig.name.symbol, variadic: function.variadic });
        self.scopes.leave(mark);
        self.cx().read.fill(true);
        self.store(decl, DeclKind::Fn(lowered));
    }

    fn signature(&mut self, sig: &ast::FnSig, decl: DeclId) -> FnDecl {
        let mut params: Vec<Param> = Vec::with_capacity(sig.params.len() + 1);
        if let Some(receiver) = sig.receiver {
            if self.program.decls[decl].is_member {
                params.push(self.receiver(receiver));
            } else {
                self.error(errors::self_outside_type(self.span(receiver.range)));
            }
        }
        let has_receiver = !params.is_empty();
        for param in &sig.params {
            let ty = self.type_expr(param.ty);
            let kind = if param.comptime { LocalKind::ComptimeParam } else { LocalKind::Param(param.mode) };
            let local = self.new_local(param.name.symbol, param.name.range, kind, false);
            if param.name.symbol != sym::UNDERSCORE {
                let twin = params.iter().find(|other| self.cx_ref().body.locals[other.local].name == param.name.symbol);
                if let Some(first) = twin.map(|twin| self.cx_ref().body.locals[twin.local].range) {
                    let text = self.names.name(param.name.symbol).to_owned();
                    self.error(errors::duplicate_name(self.span(param.name.range), &text, self.span(first)));
                }
                self.bind_local(param.name.symbol, local);
            }
            params.push(Param { local, comptime: param.comptime, mode: param.mode, ty, range: param.range });
        }
        let ret = sig.ret.map(|ret| self.type_expr(ret));
        FnDecl {
            params: params.into(),
            has_receiver,
            ret,
            unchecked: sig.unchecked,
            body: None,
            external: None,
            exported: false,
        }
    }

    fn receiver(&mut self, receiver: ast::Receiver) -> Param {
        let ty = self.push(Expr::SelfType, receiver.range);
        let local = self.new_local(sym::SELF_VALUE, receiver.range, LocalKind::Param(receiver.mode), false);
        self.bind_local(sym::SELF_VALUE, local);
        Param { local, comptime: false, mode: receiver.mode, ty, range: receiver.range }
    }

    fn const_decl(&mut self, item: &ast::ConstItem, decl: DeclId) {
        let has_self_type = self.has_self_type(decl);
        self.open_body(decl, has_self_type);
        let ty = item.ty.map(|ty| self.type_expr(ty));
        let value = self.expr(item.value);
        self.store(decl, DeclKind::Const(ConstDecl { ty, value }));
    }

    fn test(&mut self, item: &ast::TestItem, decl: DeclId) {
        self.open_body(decl, false);
        let body = self.block_expr(item.body);
        self.store(decl, DeclKind::Test { body });
    }

    fn drop_fn(&mut self, item: &ast::DropFn, decl: DeclId) {
        self.open_body(decl, true);
        let mark = self.scopes.mark();
        let ty = match item.ty {
            Some(ty) => self.name(ty.symbol, ty.range),
            None => self.push(Expr::SelfType, item.keyword),
        };
        let params = Box::new([self.receiver(item.receiver)]);
        if item.receiver.mode != Mode::Value {
            self.error(errors::destructor_receiver(self.span(item.receiver.range)));
        }
        let body = Some(self.block_expr(item.body));
        self.scopes.leave(mark);
        let function =
            FnDecl { params, has_receiver: true, ret: None, unchecked: false, body, external: None, exported: false };
        self.store(decl, DeclKind::Drop { ty, function });
    }

    pub(super) fn struct_decl(&mut self, body: &ast::StructBody, linear: bool, anonymous: bool, decl: DeclId) {
        self.open_body(decl, true);
        let fields = self.fields(&body.fields);
        let recursive = self.cx().mentions_itself;
        let (members, member_list) = self.members(&body.methods, decl, &mut FxHashMap::default());
        self.store(decl, DeclKind::Struct(StructDecl { fields, members, member_list, linear, anonymous, recursive }));
    }

    pub(super) fn enum_decl(&mut self, body: &ast::EnumBody, linear: bool, anonymous: bool, decl: DeclId) {
        self.open_body(decl, true);
        let mut seen = FxHashMap::default();
        let mut variants = Vec::with_capacity(body.variants.len());
        for variant in &body.variants {
            self.check_repeat(variant.name, &mut seen);
            let (shape, fields) = match &variant.kind {
                ast::VariantKind::Unit => (VariantShape::Unit, Box::default()),
                ast::VariantKind::Tuple(parts) => (VariantShape::Tuple, self.tuple_fields(parts)),
                ast::VariantKind::Struct(fields) => (VariantShape::Struct, self.fields(fields)),
            };
            let discriminant = variant.discriminant.map(|value| self.expr(value));
            variants.push(VariantDecl { name: variant.name, shape, fields, discriminant });
        }
        let (members, member_list) = self.members(&body.methods, decl, &mut seen);
        let variants = variants.into();
        self.store(decl, DeclKind::Enum(EnumDecl { variants, members, member_list, linear, anonymous }));
    }

    fn fields(&mut self, fields: &[ast::FieldDef]) -> Box<[FieldDecl]> {
        let mut seen = FxHashMap::default();
        let lower = |field: &ast::FieldDef| {
            self.check_repeat(field.name, &mut seen);
            FieldDecl { name: field.name, ty: self.type_expr(field.ty), public: field.public }
        };
        fields.iter().map(lower).collect()
    }

    fn tuple_fields(&mut self, parts: &[ast::ExprId]) -> Box<[FieldDecl]> {
        let lower = |(index, part): (usize, &ast::ExprId)| {
            let name = Name { symbol: self.names.intern_index(index), range: self.ast.expr_range(*part) };
            FieldDecl { name, ty: self.type_expr(*part), public: true }
        };
        parts.iter().enumerate().map(lower).collect()
    }

    fn check_repeat(&mut self, name: Name, seen: &mut FxHashMap<Symbol, TextRange>) {
        if let Some(first) = seen.insert(name.symbol, name.range) {
            let text = self.names.name(name.symbol).to_owned();
            self.error(errors::duplicate_name(self.span(name.range), &text, self.span(first)));
        }
    }

    /// Declares and lowers the functions inside a type.
    fn members(
        &mut self,
        items: &[ItemId],
        owner: DeclId,
        seen: &mut FxHashMap<Symbol, TextRange>,
    ) -> (FxHashMap<Symbol, DeclId>, Box<[DeclId]>) {
        let ast = self.ast;
        let (mut members, mut list) = (FxHashMap::default(), Vec::new());
        let mut destructor = None;
        for &item in items {
            if let ItemKind::Drop(function) = &ast[item].kind {
                if let Some(first) = destructor.replace(function.keyword) {
                    self.error(errors::second_destructor(self.span(function.keyword), self.span(first)));
                    continue;
                }
                let symbol = self.names.intern("drop");
                let name = Name { symbol, range: function.keyword };
                list.push((item, self.new_decl(name, &ast[item], Some(owner), true)));
                continue;
            }
            let Some((name, _)) = item_name(&ast[item]) else { continue };
            let decl = self.new_decl(name, &ast[item], Some(owner), true);
            self.check_repeat(name, seen);
            members.entry(name.symbol).or_insert(decl);
            list.push((item, decl));
        }
        for &(item, decl) in &list {
            self.item(item, decl);
        }
        (members, list.into_iter().map(|(_, decl)| decl).collect())
    }

    /// A type made where it stands: `struct { … }`, `enum { … }`.
    pub(super) fn type_decl(&mut self, range: TextRange, lower: impl FnOnce(&mut Self, DeclId)) -> ExprId {
        let parent = self.cx().decl;
        let name = Name { symbol: sym::UNDERSCORE, range: TextRange::new(range.start, range.start) };
        let decl = self.push_decl(name, range, false, Some(parent), false);
        lower(self, decl);
        self.names_decl(decl);
        self.push(Expr::TypeDecl(decl), range)
    }
}

/// An item's name, and whether other items can use it.
fn item_name(item: &ast::Item) -> Option<(Name, bool)> {
    match &item.kind {
        ItemKind::Error => None,
        ItemKind::Fn(function) => Some((function.sig.name, true)),
        ItemKind::ExternFn(function) => Some((function.sig.name, true)),
        ItemKind::Struct(item) => Some((item.name, true)),
        ItemKind::Enum(item) => Some((item.name, true)),
        ItemKind::Const(item) => Some((item.name, true)),
        ItemKind::Drop(item) => Some((item.ty?, false)),
        ItemKind::Test(item) => Some((item.name, false)),
    }
}
