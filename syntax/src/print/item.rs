//! Writes items.

use super::{Parts, Printer};
use crate::ast::{Attr, EnumBody, FieldDef, FnSig, Item, ItemId, ItemKind, Param, StructBody, VariantDef, VariantKind};

impl Printer<'_> {
    pub(super) fn item(&mut self, item: &Item) {
        self.docs_line(item.docs.as_deref());
        self.attrs(&item.attrs);
        self.word(if item.public { "pub " } else { "" });
        match &item.kind {
            ItemKind::Error => self.word("<error>"),
            ItemKind::Fn(function) => {
                if let Some(abi) = function.export {
                    self.word("export ");
                    self.quoted(self.interner.name(abi.symbol), '"');
                    self.word(" ");
                }
                self.signature(&function.sig, false);
                self.word(" ");
                self.part(function.body);
            }
            ItemKind::ExternFn(function) => {
                self.word("extern ");
                self.quoted(self.interner.name(function.abi.symbol), '"');
                self.word(" ");
                self.signature(&function.sig, function.variadic);
                self.word(";");
            }
            ItemKind::Struct(item) => {
                self.word(if item.linear { "linear struct " } else { "struct " });
                self.name(item.name);
                self.word(" ");
                self.struct_body(&item.body);
            }
            ItemKind::Enum(item) => {
                self.word(if item.linear { "linear enum " } else { "enum " });
                self.name(item.name);
                self.word(" ");
                self.enum_body(&item.body);
            }
            ItemKind::Const(item) => {
                self.word("const ");
                self.name(item.name);
                self.optional(": ", item.ty);
                self.optional(" = ", Some(item.value));
                self.word(";");
            }
            ItemKind::Drop(item) => {
                self.word("drop fn");
                if let Some(ty) = item.ty {
                    self.word(" ");
                    self.name(ty);
                }
                self.word("(");
                self.mode(item.receiver.mode);
                self.word("self) ");
                self.part(item.body);
            }
            ItemKind::Test(item) => {
                self.word("test ");
                self.quoted(self.interner.name(item.name.symbol), '"');
                self.word(" ");
                self.part(item.body);
            }
        }
    }

    /// Doc comments; where only the shape is shown, whether there are any.
    fn docs_line(&mut self, docs: Option<&str>) {
        match self.parts {
            Parts::Written => self.docs(docs, "///"),
            Parts::Blank => {
                if let Some(docs) = docs {
                    self.word("///");
                    self.quoted(docs, '"');
                    self.word(" ");
                }
            }
        }
    }

    pub(super) fn attrs(&mut self, attrs: &[Attr]) {
        for attr in attrs {
            self.word("@");
            self.name(attr.name);
            if !attr.args.is_empty() {
                self.word("(");
                self.separated(&attr.args, |this, &arg| this.name(arg));
                self.word(")");
            }
            self.word(" ");
        }
    }

    fn signature(&mut self, sig: &FnSig, variadic: bool) {
        self.word(if sig.unchecked { "unchecked fn " } else { "fn " });
        self.name(sig.name);
        self.word("(");
        let mut empty = true;
        if let Some(receiver) = sig.receiver {
            self.mode(receiver.mode);
            self.word("self");
            empty = false;
        }
        for param in &sig.params {
            self.word(if empty { "" } else { ", " });
            self.param(param);
            empty = false;
        }
        if variadic {
            self.word(if empty { "..." } else { ", ..." });
        }
        self.word(")");
        self.optional(" -> ", sig.ret);
    }

    fn param(&mut self, param: &Param) {
        self.word(if param.comptime { "comptime " } else { "" });
        self.mode(param.mode);
        self.name(param.name);
        self.word(": ");
        self.part(param.ty);
    }

    pub(super) fn struct_body(&mut self, body: &StructBody) {
        self.members(&body.fields, &body.methods, Self::field);
    }

    pub(super) fn enum_body(&mut self, body: &EnumBody) {
        self.members(&body.variants, &body.methods, Self::variant);
    }

    fn members<T>(&mut self, members: &[T], methods: &[ItemId], write: fn(&mut Self, &T)) {
        if members.is_empty() && methods.is_empty() {
            return self.word("{}");
        }
        self.word("{");
        self.indent += 1;
        for member in members {
            self.member_line();
            write(self, member);
            self.word(",");
        }
        for &method in methods {
            self.member_line();
            self.part(method);
        }
        self.indent -= 1;
        self.member_line();
        self.word("}");
    }

    fn field(&mut self, field: &FieldDef) {
        self.docs_line(field.docs.as_deref());
        self.word(if field.public { "pub " } else { "" });
        self.name(field.name);
        self.word(": ");
        self.part(field.ty);
    }

    fn variant(&mut self, variant: &VariantDef) {
        self.docs_line(variant.docs.as_deref());
        self.name(variant.name);
        match &variant.kind {
            VariantKind::Unit => {}
            VariantKind::Tuple(types) => {
                self.word("(");
                self.separated(types, |this, &ty| this.part(ty));
                self.word(")");
            }
            VariantKind::Struct(fields) => {
                self.word(" ");
                self.members(fields, &[], Self::field);
            }
        }
        self.optional(" = ", variant.discriminant);
    }
}
