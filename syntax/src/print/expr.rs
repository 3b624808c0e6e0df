//! Writes expressions, types, blocks and statements.

use super::{Parts, Printer};
use crate::ast::{Arg, Arm, Block, Cond, Expr, ExprId, FieldInit, FnTypeParam, Literal, Mode, Name, Stmt, StmtKind};

impl Printer<'_> {
    pub(super) fn expr(&mut self, expr: &Expr) {
        match expr {
            Expr::Error => self.word("<error>"),
            Expr::Literal(literal) => self.literal(*literal),
            Expr::Name(symbol) => self.symbol(*symbol),
            Expr::SelfValue => self.word("self"),
            Expr::SelfType => self.word("Self"),
            Expr::Unit => self.word("()"),
            Expr::Never => self.word("!"),
            Expr::Prim(prim) => self.word(prim.name()),
            Expr::Member { base, name } => {
                self.part(*base);
                self.word("::");
                self.name(*name);
            }
            Expr::Paren(inner) => self.around("(", *inner, ")"),
            Expr::Tuple(elems) | Expr::TupleType(elems) => self.tuple(elems),
            Expr::Array(elems) => {
                self.word("[");
                self.separated(elems, |this, &elem| this.part(elem));
                self.word("]");
            }
            Expr::Repeat { value: first, len } | Expr::ArrayType { elem: first, len } => {
                self.around("[", *first, "; ");
                self.around("", *len, "]");
            }
            Expr::SliceType(elem) => self.around("[", *elem, "]"),
            Expr::StructLit { ty, fields, base } => {
                self.part(*ty);
                self.struct_literal(fields, *base);
            }
            Expr::Unary { op, operand } => self.around(op.spelling(), *operand, ""),
            Expr::Binary { op, lhs, rhs, .. } => {
                self.part(*lhs);
                self.out.extend([" ", op.spelling(), " "]);
                self.part(*rhs);
            }
            Expr::Range { start, end, inclusive } => {
                self.optional("", *start);
                self.word(if *inclusive { "..=" } else { ".." });
                self.optional("", *end);
            }
            Expr::Call { callee, args } => {
                self.part(*callee);
                self.args(args);
            }
            Expr::MethodCall { receiver, name, args } => {
                self.dotted(*receiver, *name);
                self.args(args);
            }
            Expr::Intrinsic { name, args } => {
                self.word("@");
                self.name(*name);
                self.args(args);
            }
            Expr::Field { base, name } => self.dotted(*base, *name),
            Expr::Index { base, index } => {
                self.part(*base);
                self.around("[", *index, "]");
            }
            Expr::Try(inner) => self.around("", *inner, "?"),
            Expr::Block(block) => self.part(*block),
            Expr::Checked(block) => {
                self.word("checked ");
                self.part(*block);
            }
            Expr::Comptime(inner) => self.around("comptime ", *inner, ""),
            Expr::If { cond, then, otherwise } => {
                self.word("if ");
                self.cond(*cond);
                self.part(*then);
                self.optional(" else ", *otherwise);
            }
            Expr::Match { scrutinee, arms } => {
                self.around("match ", *scrutinee, " {");
                self.arms(arms);
                self.word("}");
            }
            Expr::While { label, cond, body } => {
                self.label_before(*label);
                self.word("while ");
                self.cond(*cond);
                self.part(*body);
            }
            Expr::Loop { label, body } => {
                self.label_before(*label);
                self.word("loop ");
                self.part(*body);
            }
            Expr::For { label, pat, iter, body } => {
                self.label_before(*label);
                self.word("for ");
                self.part(*pat);
                self.around(" in ", *iter, " ");
                self.part(*body);
            }
            Expr::Break { label, value } => {
                self.word("break");
                self.label_after(*label);
                self.optional(" ", *value);
            }
            Expr::Continue { label } => {
                self.word("continue");
                self.label_after(*label);
            }
            Expr::Return(value) => {
                self.word("return");
                self.optional(" ", *value);
            }
            Expr::PtrType { mutable, pointee } => {
                self.around(if *mutable { "ptr mut " } else { "ptr const " }, *pointee, "");
            }
            Expr::FnType { abi, params, ret } => {
                if let Some(abi) = abi {
                    self.word("extern ");
                    self.quoted(self.interner.name(abi.symbol), '"');
                    self.word(" ");
                }
                self.word("fn(");
                self.separated(params, |this, &FnTypeParam { mode, ty }| {
                    this.mode(mode);
                    this.part(ty);
                });
                self.word(")");
                self.optional(" -> ", *ret);
            }
            Expr::StructType(body) => {
                self.word("struct ");
                self.struct_body(body);
            }
            Expr::EnumType(body) => {
                self.word("enum ");
                self.enum_body(body);
            }
        }
    }

    fn around(&mut self, before: &str, inner: ExprId, after: &str) {
        self.word(before);
        self.part(inner);
        self.word(after);
    }

    pub(super) fn optional(&mut self, before: &str, inner: Option<ExprId>) {
        if let Some(inner) = inner {
            self.around(before, inner, "");
        }
    }

    fn literal(&mut self, literal: Literal) {
        match literal {
            Literal::Int(value) => self.out.push_str(&value.to_string()),
            Literal::Float(digits) => self.symbol(digits),
            Literal::Bool(value) => self.word(if value { "true" } else { "false" }),
            Literal::Char(c) => self.quoted(c.encode_utf8(&mut [0; 4]), '\''),
            Literal::Str(text) => self.quoted(self.interner.name(text), '"'),
        }
    }

    /// `base.name`, with a blank where the point would make a number longer.
    fn dotted(&mut self, base: ExprId, name: Name) {
        let number = matches!(self.ast[base], Expr::Literal(Literal::Int(_) | Literal::Float(_)));
        let index = self.interner.name(name.symbol).starts_with(|c: char| c.is_ascii_digit());
        self.around("", base, if number && index { " ." } else { "." });
        self.name(name);
    }

    fn struct_literal(&mut self, fields: &[FieldInit], base: Option<ExprId>) {
        if fields.is_empty() && base.is_none() {
            return self.word(" {}");
        }
        self.word(" { ");
        self.separated(fields, |this, field| {
            this.name(field.name);
            this.optional(": ", field.value);
        });
        self.optional(if fields.is_empty() { ".." } else { ", .." }, base);
        self.word(" }");
    }

    fn args(&mut self, args: &[Arg]) {
        self.word("(");
        self.separated(args, |this, arg| {
            this.mode(arg.mode);
            this.part(arg.value);
        });
        self.word(")");
    }

    pub(super) fn mode(&mut self, mode: Mode) {
        self.word(match mode {
            Mode::Value => "",
            Mode::Borrow => "borrow ",
            Mode::Inout => "inout ",
        });
    }

    fn cond(&mut self, cond: Cond) {
        match cond {
            Cond::Expr(id) => self.around("", id, " "),
            Cond::Let(pat, value) => {
                self.word("let ");
                self.part(pat);
                self.around(" = ", value, " ");
            }
        }
    }

    fn label_before(&mut self, label: Option<Name>) {
        if let Some(label) = label {
            self.word("'");
            self.name(label);
            self.word(": ");
        }
    }

    fn label_after(&mut self, label: Option<Name>) {
        if let Some(label) = label {
            self.word(" '");
            self.name(label);
        }
    }

    fn arms(&mut self, arms: &[Arm]) {
        self.indent += 1;
        for arm in arms {
            self.member_line();
            self.attrs(&arm.attrs);
            self.part(arm.pat);
            self.optional(" if ", arm.guard);
            self.around(" => ", arm.body, ",");
        }
        self.indent -= 1;
        if !arms.is_empty() {
            self.member_line();
        }
    }

    /// What stands between the parts of something in braces: a line's end, or a blank where only the shape is shown.
    pub(super) fn member_line(&mut self) {
        match self.parts {
            Parts::Written => self.new_line(),
            Parts::Blank => self.word(" "),
        }
    }

    pub(super) fn block(&mut self, block: &Block) {
        self.word("{");
        self.indent += 1;
        for stmt in &block.stmts {
            self.new_line();
            self.stmt(stmt);
        }
        if let Some(tail) = block.tail {
            self.new_line();
            self.part(tail);
        }
        self.indent -= 1;
        if !block.stmts.is_empty() || block.tail.is_some() {
            self.new_line();
        }
        self.word("}");
    }

    pub(super) fn stmt(&mut self, stmt: &Stmt) {
        self.attrs(&stmt.attrs);
        match stmt.kind {
            StmtKind::Error => self.word("<error>;"),
            StmtKind::Let { comptime, pat, ty, value, otherwise } => {
                self.word(if comptime { "comptime let " } else { "let " });
                self.part(pat);
                self.optional(": ", ty);
                self.around(" = ", value, "");
                if let Some(block) = otherwise {
                    self.word(" else ");
                    self.part(block);
                }
                self.word(";");
            }
            StmtKind::Assign { op, place, value, .. } => {
                self.around("", place, " ");
                self.word(op.map_or("", |op| op.spelling()));
                self.around("= ", value, ";");
            }
            StmtKind::Expr { expr, semi } => self.around("", expr, if semi { ";" } else { "" }),
            StmtKind::Item(id) => self.part(id),
        }
    }
}
