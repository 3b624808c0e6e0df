//! Declarations.

use super::Printer;
use crate::{ConstDecl, DeclKind, EnumDecl, FieldDecl, FnDecl, Mode, Param, StructDecl, VariantDecl, VariantShape};
use kiln_source::DeclId;

impl Printer<'_> {
    pub(super) fn decl(&mut self, id: DeclId) {
        let decl = &self.program.decls[id];
        if !decl.captures.is_empty() {
            let var = |var| self.paths.var(self.program, self.names, var);
            let captures: Vec<String> = decl.captures.iter().copied().map(var).collect();
            self.put(format_args!("// captures {}\n", captures.join(", ")));
        }
        for (attr, name) in [(decl.attrs.copy, "@copy"), (decl.attrs.handle, "@handle")] {
            if attr.is_some() {
                self.put(format_args!("{name}\n"));
            }
        }
        if decl.public {
            self.word("pub ");
        }
        let path = self.paths.of(id);
        match &decl.kind {
            DeclKind::Fn(function) => self.function(function, &path),
            DeclKind::Struct(decl) => self.struct_(decl, &path),
            DeclKind::Enum(decl) => self.enum_(decl, &path),
            DeclKind::Const(decl) => self.const_(decl, &path),
            DeclKind::Drop { function, .. } if decl.is_member => {
                self.put(format_args!("drop fn {path}"));
                self.destructor(function);
            }
            DeclKind::Drop { ty, function } => {
                self.word("drop fn ");
                self.expr(*ty);
                self.destructor(function);
            }
            DeclKind::Test { body } => {
                let name = self.symbol(decl.name.symbol);
                self.put(format_args!("test {name:?} "));
                self.braced(*body);
            }
            DeclKind::Error => self.put(format_args!("{{error}} {path}")),
        }
        self.word("\n");
    }

    fn function(&mut self, function: &FnDecl, path: &str) {
        if function.exported {
            self.word("export \"C\" ");
        }
        if function.unchecked {
            self.word("unchecked ");
        }
        if function.external.is_some() {
            self.word("extern \"C\" ");
        }
        self.put(format_args!("fn {path}"));
        self.signature(function);
        match function.body {
            Some(body) => {
                self.word(" ");
                self.braced(body);
            }
            None => self.word(";"),
        }
    }

    fn signature(&mut self, function: &FnDecl) {
        self.word("(");
        self.list(&*function.params, Self::param);
        if function.external.is_some_and(|external| external.variadic) {
            self.word(if function.params.is_empty() { "..." } else { ", ..." });
        }
        self.word(")");
        if let Some(ret) = function.ret {
            self.word(" -> ");
            self.expr(ret);
        }
    }

    fn param(&mut self, param: &Param) {
        if param.comptime {
            self.word("comptime ");
        }
        self.mode(param.mode);
        self.local(param.local);
        self.word(": ");
        self.expr(param.ty);
    }

    pub(super) fn mode(&mut self, mode: Mode) {
        self.word(match mode {
            Mode::Value => "",
            Mode::Borrow => "borrow ",
            Mode::Inout => "inout ",
        });
    }

    fn destructor(&mut self, function: &FnDecl) {
        self.signature(function);
        self.word(" ");
        if let Some(body) = function.body {
            self.braced(body);
        }
    }

    fn struct_(&mut self, decl: &StructDecl, path: &str) {
        if decl.linear {
            self.word("linear ");
        }
        self.put(format_args!("struct {path} "));
        self.lines(&*decl.fields, |printer, field| {
            printer.field(field);
            printer.word(",");
        });
    }

    fn field(&mut self, field: &FieldDecl) {
        if field.public {
            self.word("pub ");
        }
        self.name(field.name);
        self.word(": ");
        self.expr(field.ty);
    }

    fn enum_(&mut self, decl: &EnumDecl, path: &str) {
        if decl.linear {
            self.word("linear ");
        }
        self.put(format_args!("enum {path} "));
        self.lines(&*decl.variants, |printer, variant| {
            printer.variant(variant);
            printer.word(",");
        });
    }

    fn variant(&mut self, variant: &VariantDecl) {
        self.name(variant.name);
        match variant.shape {
            VariantShape::Unit => {}
            VariantShape::Tuple => {
                self.word("(");
                self.list(&*variant.fields, |printer, field| printer.expr(field.ty));
                self.word(")");
            }
            VariantShape::Struct => {
                self.word(" { ");
                self.list(&*variant.fields, Self::field);
                self.word(" }");
            }
        }
        if let Some(discriminant) = variant.discriminant {
            self.word(" = ");
            self.expr(discriminant);
        }
    }

    fn const_(&mut self, decl: &ConstDecl, path: &str) {
        self.put(format_args!("const {path}"));
        if let Some(ty) = decl.ty {
            self.word(": ");
            self.expr(ty);
        }
        self.word(" = ");
        self.expr(decl.value);
        self.word(";");
    }
}
