//! Expressions and types. Control flow is in `stmt`.

use super::Printer;
use crate::{Arg, Expr, ExprId, ImportId, ImportKind, Mode, Name};

impl Printer<'_> {
    pub(super) fn expr(&mut self, id: ExprId) {
        match &self.body[id] {
            Expr::Error => self.word("{error}"),
            Expr::Int(value) => self.put(format_args!("{value}")),
            Expr::BigInt(value) => self.put(format_args!("{value}")),
            Expr::Float(text) => self.word(self.symbol(*text)),
            Expr::Bool(value) => self.put(format_args!("{value}")),
            Expr::Char(value) => self.put(format_args!("{value:?}")),
            Expr::Str(text) => self.put(format_args!("{:?}", self.names.name(*text))),
            Expr::Unit => self.word("()"),
            Expr::Local(local) => self.local(*local),
            Expr::Captured(var) => self.word(&self.paths.var(self.program, self.names, *var)),
            Expr::Decl(decl) | Expr::TypeDecl(decl) => self.word(&self.paths.of(*decl)),
            Expr::Import(import) => self.import(*import),
            Expr::SelfType => self.word("Self"),
            Expr::Member { base, name } => self.postfix(*base, "::", *name),
            Expr::Field { base, name } => self.postfix(*base, ".", *name),
            Expr::Index { base, index } => {
                self.operand(*base);
                self.in_brackets(|printer| printer.expr(*index));
            }
            Expr::Slice { base, from, to, inclusive } => {
                self.operand(*base);
                self.in_brackets(|printer| printer.range(*from, *to, *inclusive));
            }
            Expr::Call { callee, args } => {
                self.operand(*callee);
                self.args(args);
            }
            Expr::MethodCall { receiver, name, args } => {
                self.postfix(*receiver, ".", *name);
                self.args(args);
            }
            Expr::Intrinsic { name, args } => {
                self.word("@");
                self.name(*name);
                self.args(args);
            }
            Expr::Unary { op, operand } => {
                self.word(op.spelling());
                self.operand(*operand);
            }
            Expr::Binary { op, lhs, rhs, .. } => {
                self.operand(*lhs);
                self.put(format_args!(" {} ", op.spelling()));
                self.operand(*rhs);
            }
            Expr::Try(inner) => {
                self.operand(*inner);
                self.word("?");
            }
            Expr::StructLit { ty, fields, base } => self.struct_lit(*ty, fields, *base),
            Expr::Tuple(parts) | Expr::TupleType(parts) => self.tuple(parts),
            Expr::Array(parts) => {
                self.in_brackets(|printer| printer.list(&**parts, |printer, part| printer.expr(*part)))
            }
            Expr::Repeat { value, len } | Expr::ArrayType { elem: value, len } => self.in_brackets(|printer| {
                printer.expr(*value);
                printer.word("; ");
                printer.expr(*len);
            }),
            Expr::Block { .. } => self.braced(id),
            Expr::Checked(inner) => {
                self.word("checked ");
                self.braced(*inner);
            }
            Expr::Comptime(inner) => {
                self.word("comptime ");
                self.expr(*inner);
            }
            Expr::If { cond, then, else_ } => self.if_(*cond, *then, *else_),
            Expr::Match { scrutinee, arms, origin } => self.match_(*scrutinee, arms, *origin),
            Expr::Loop { id, body, is_while } => self.loop_(*id, *body, *is_while),
            Expr::For { id, pat, iter, body } => self.for_(*id, *pat, *iter, *body),
            Expr::Break { id, value } => self.jump("break", Some(*id), *value),
            Expr::Continue { id } => self.jump("continue", Some(*id), None),
            Expr::Return(value) => self.jump("return", None, *value),
            Expr::Prim(prim) => self.word(prim.name()),
            Expr::NeverType => self.word("!"),
            Expr::SliceType(elem) => self.in_brackets(|printer| printer.expr(*elem)),
            Expr::PtrType { mutable, pointee } => {
                self.word(if *mutable { "ptr mut " } else { "ptr const " });
                self.expr(*pointee);
            }
            Expr::FnType { foreign, params, ret } => self.fn_type(*foreign, params, *ret),
        }
    }

    /// An expression where only one word or a thing in brackets can stand without parentheses.
    pub(super) fn operand(&mut self, id: ExprId) {
        let is_open = match &self.body[id] {
            Expr::Unary { .. } | Expr::Binary { .. } | Expr::Comptime(_) => true,
            Expr::Break { .. } | Expr::Continue { .. } | Expr::Return(_) => true,
            Expr::PtrType { .. } | Expr::FnType { .. } => true,
            _ => self.has_braces(id),
        };
        self.parenthesized(is_open, id);
    }

    /// An expression before `{`.
    pub(super) fn head(&mut self, id: ExprId) {
        self.parenthesized(self.has_braces(id), id);
    }

    fn has_braces(&self, id: ExprId) -> bool {
        matches!(
            self.body[id],
            Expr::Block { .. }
                | Expr::Checked(_)
                | Expr::If { .. }
                | Expr::Match { .. }
                | Expr::Loop { .. }
                | Expr::For { .. }
        )
    }

    fn parenthesized(&mut self, parentheses: bool, id: ExprId) {
        if parentheses {
            self.word("(");
            self.expr(id);
            self.word(")");
        } else {
            self.expr(id);
        }
    }

    fn in_brackets(&mut self, inside: impl FnOnce(&mut Self)) {
        self.word("[");
        inside(self);
        self.word("]");
    }

    fn postfix(&mut self, base: ExprId, dot: &str, name: Name) {
        self.operand(base);
        self.word(dot);
        self.name(name);
    }

    fn args(&mut self, args: &[Arg]) {
        self.word("(");
        self.list(args, |printer, arg| {
            printer.mode(arg.mode);
            printer.expr(arg.value);
        });
        self.word(")");
    }

    fn tuple(&mut self, parts: &[ExprId]) {
        self.word("(");
        self.list(parts, |printer, part| printer.expr(*part));
        self.word(if parts.len() == 1 { ",)" } else { ")" });
    }

    fn struct_lit(&mut self, ty: ExprId, fields: &[(Name, ExprId)], base: Option<ExprId>) {
        self.operand(ty);
        if fields.is_empty() && base.is_none() {
            return self.word(" {}");
        }
        self.word(" { ");
        self.list(fields, |printer, (name, value)| {
            printer.name(*name);
            printer.word(": ");
            printer.expr(*value);
        });
        if let Some(base) = base {
            self.word(if fields.is_empty() { ".." } else { ", .." });
            self.expr(base);
        }
        self.word(" }");
    }

    fn fn_type(&mut self, foreign: bool, params: &[(Mode, ExprId)], ret: Option<ExprId>) {
        self.word(if foreign { "extern \"C\" fn(" } else { "fn(" });
        self.list(params, |printer, (mode, ty)| {
            printer.mode(*mode);
            printer.expr(*ty);
        });
        self.word(")");
        if let Some(ret) = ret {
            self.word(" -> ");
            self.expr(ret);
        }
    }

    /// The path as it is written: where the file lies is no part of the program.
    fn import(&mut self, import: ImportId) {
        let import = &self.program.imports[import];
        let intrinsic = match import.kind {
            ImportKind::Module => "import",
            ImportKind::Bytes => "embed_file",
        };
        let path = self.symbol(import.path);
        self.put(format_args!("@{intrinsic}({path:?})"));
    }
}
