//! Expressions and types: names resolved, sugar off. One line an arm; control flow is in `control`.

use super::scope::Meaning;
use super::{BodyCx, Lower};
use crate::errors;
use crate::{Arg, Expr, ExprId, Import, ImportId, ImportKind, Name};
use kiln_source::{DeclId, Symbol, TextRange, sym};
use kiln_syntax::ast::{self, BinaryOp, Literal};

/// Names that every module sees unless it declares them itself, and the library's modules that declare them.
const PRELUDE: &[(&str, &str)] = &[
    ("Arch", "std/target"),
    ("Field", "std/meta"),
    ("Option", "std/option"),
    ("Os", "std/target"),
    ("Result", "std/result"),
    ("String", STRING),
    ("TypeKind", "std/meta"),
    ("Variant", "std/meta"),
    ("Vec", "std/vec"),
    ("eprint", "std/io"),
    ("eprintln", "std/io"),
    ("print", "std/io"),
    ("println", "std/io"),
];

/// Intrinsics that need a module of the library.
const INTRINSIC_MODULES: &[(&str, &str)] = &[
    ("enum_type", "std/meta"),
    ("fields", "std/meta"),
    ("parse_i32", "std/intrinsics"),
    ("parse_i64", "std/intrinsics"),
    ("parse_u32", "std/intrinsics"),
    ("parse_u64", "std/intrinsics"),
    ("random_u32", "std/intrinsics"),
    ("random_u64", "std/intrinsics"),
    ("read_line", "std/intrinsics"),
    ("struct_type", "std/meta"),
    ("target_arch", "std/target"),
    ("target_os", "std/target"),
    ("type_kind", "std/meta"),
    ("variants", "std/meta"),
];

/// The module of owned text, which literals become where text is owned.
const STRING: &str = "std/string";

impl Lower<'_> {
    pub(super) fn push(&mut self, expr: Expr, range: TextRange) -> ExprId {
        self.cx().body.push_expr(expr, range)
    }

    pub(super) fn cx_ref(&self) -> &BodyCx {
        self.bodies.last().expect("expressions are lowered inside a declaration")
    }

    /// A type; in HIR the same as an expression.
    pub(super) fn type_expr(&mut self, id: ast::ExprId) -> ExprId {
        self.expr(id)
    }

    pub(super) fn expr(&mut self, id: ast::ExprId) -> ExprId {
        let ast = self.ast;
        let range = ast.expr_range(id);
        let lowered = match &ast[id] {
            ast::Expr::Error => Expr::Error,
            ast::Expr::Literal(literal) => {
                self.text_needs_string(*literal, range);
                literal_expr(*literal)
            }
            ast::Expr::Name(symbol) => return self.name(*symbol, range),
            ast::Expr::SelfValue => return self.self_value(range),
            ast::Expr::SelfType => self.self_type(range),
            ast::Expr::Member { base, name } => Expr::Member { base: self.expr(*base), name: *name },
            ast::Expr::Paren(inner) => return self.expr(*inner),
            ast::Expr::Unit => Expr::Unit,
            ast::Expr::Tuple(parts) => Expr::Tuple(self.exprs(parts)),
            ast::Expr::Array(parts) => Expr::Array(self.exprs(parts)),
            ast::Expr::Repeat { value, len } => Expr::Repeat { value: self.expr(*value), len: self.expr(*len) },
            ast::Expr::StructLit { ty, fields, base } => self.struct_lit(*ty, fields, *base),
            ast::Expr::Unary { op, operand } => Expr::Unary { op: *op, operand: self.expr(*operand) },
            ast::Expr::Binary { op, op_range, lhs, rhs } => return self.binary(*op, *op_range, *lhs, *rhs, range),
            ast::Expr::Range { .. } => {
                self.error(errors::range_is_no_value(self.span(range)));
                Expr::Error
            }
            ast::Expr::Call { callee, args } => Expr::Call { callee: self.expr(*callee), args: self.args(args) },
            ast::Expr::MethodCall { receiver, name, args } => {
                self.program.modules[self.module].methods.insert(name.symbol);
                Expr::MethodCall { receiver: self.expr(*receiver), name: *name, args: self.args(args) }
            }
            ast::Expr::Intrinsic { name, args } => self.intrinsic(*name, args, range),
            ast::Expr::Field { base, name } => Expr::Field { base: self.expr(*base), name: *name },
            ast::Expr::Index { base, index } => self.index(*base, *index),
            ast::Expr::Try(inner) => Expr::Try(self.expr(*inner)),
            ast::Expr::Block(block) => return self.block_expr(*block),
            ast::Expr::Checked(block) => Expr::Checked(self.block_expr(*block)),
            ast::Expr::Comptime(inner) => Expr::Comptime(self.expr(*inner)),
            ast::Expr::If { cond, then, otherwise } => self.if_expr(*cond, *then, *otherwise, range),
            ast::Expr::Match { scrutinee, arms } => self.match_expr(*scrutinee, arms),
            ast::Expr::While { label, cond, body } => self.while_expr(*label, *cond, *body, range),
            ast::Expr::Loop { label, body } => self.loop_expr(*label, *body),
            ast::Expr::For { label, pat, iter, body } => self.for_expr(*label, *pat, *iter, *body),
            ast::Expr::Break { label, value } => self.break_expr(*label, *value, range),
            ast::Expr::Continue { label } => self.continue_expr(*label, range),
            ast::Expr::Return(value) => Expr::Return(value.map(|value| self.expr(value))),
            ast::Expr::Prim(prim) => Expr::Prim(*prim),
            ast::Expr::Never => Expr::NeverType,
            ast::Expr::ArrayType { elem, len } => Expr::ArrayType { elem: self.expr(*elem), len: self.expr(*len) },
            ast::Expr::SliceType(elem) => Expr::SliceType(self.expr(*elem)),
            ast::Expr::TupleType(parts) => Expr::TupleType(self.exprs(parts)),
            ast::Expr::PtrType { mutable, pointee } => {
                Expr::PtrType { mutable: *mutable, pointee: self.expr(*pointee) }
            }
            ast::Expr::FnType { abi, params, ret } => {
                abi.iter().for_each(|abi| self.check_abi(*abi));
                self.fn_type(abi.is_some(), params, *ret)
            }
            ast::Expr::StructType(body) => {
                return self.type_decl(range, |lower, decl| lower.struct_decl(body, false, true, decl));
            }
            ast::Expr::EnumType(body) => {
                return self.type_decl(range, |lower, decl| lower.enum_decl(body, false, true, decl));
            }
        };
        self.push(lowered, range)
    }

    fn exprs(&mut self, exprs: &[ast::ExprId]) -> Box<[ExprId]> {
        exprs.iter().map(|expr| self.expr(*expr)).collect()
    }

    fn args(&mut self, args: &[ast::Arg]) -> Box<[Arg]> {
        args.iter().map(|arg| Arg { mode: arg.mode, value: self.expr(arg.value) }).collect()
    }

    fn fn_type(&mut self, foreign: bool, params: &[ast::FnTypeParam], ret: Option<ast::ExprId>) -> Expr {
        let params = params.iter().map(|param| (param.mode, self.expr(param.ty))).collect();
        Expr::FnType { foreign, params, ret: ret.map(|ret| self.expr(ret)) }
    }

    /// A name: the innermost binding, an item, or something of the prelude.
    pub(super) fn name(&mut self, symbol: Symbol, range: TextRange) -> ExprId {
        let lowered = match self.scopes.find(symbol) {
            Some(Meaning::Local { depth, local }) => match self.use_local(depth, local) {
                None => Expr::Local(local),
                Some(var) => Expr::Captured(var),
            },
            Some(Meaning::Decl(decl)) => {
                self.program.mark_used(decl);
                let maker = self.program.decls[self.cx_ref().decl].parent;
                self.cx().mentions_itself |= maker == Some(decl);
                self.names_decl(decl);
                Expr::Decl(decl)
            }
            None => self.unresolved(symbol, range),
        };
        self.push(lowered, range)
    }

    /// Notes that the current body names a declaration, whose captures it then needs too.
    pub(super) fn names_decl(&mut self, decl: DeclId) {
        if self.program.decls[decl].parent.is_some() {
            self.cx().names_decls.push(decl);
        }
    }

    /// A name that nothing declares: the prelude's, whose module is brought in by its first use, or a mistake.
    fn unresolved(&mut self, symbol: Symbol, range: TextRange) -> Expr {
        let name = self.names.name(symbol);
        if let Some((_, module)) = PRELUDE.iter().find(|(known, _)| *known == name) {
            return self.prelude(symbol, module, range);
        }
        self.unresolved += 1;
        let is_compared = self.unresolved <= errors::MOST_SUGGESTIONS;
        let known = self.scopes.names().take_while(|_| is_compared).map(|other| self.names.name(other));
        let error = errors::unresolved_name(self.span(range), name, known);
        self.error(error);
        Expr::Error
    }

    /// A literal may become a `String`: then its module has to be there. The library's own modules import it where they need it.
    fn text_needs_string(&mut self, literal: Literal, range: TextRange) {
        let module = self.module;
        if matches!(literal, Literal::Str(_)) && !self.program.modules[module].is_std && !self.has_string {
            self.has_string = true;
            let path = self.names.intern(STRING);
            self.import(path, range, ImportKind::Module);
        }
    }

    /// Whether everybody knows the name.
    pub(super) fn is_prelude(&self, symbol: Symbol) -> bool {
        let name = self.names.name(symbol);
        PRELUDE.iter().any(|(known, _)| *known == name)
    }

    fn prelude(&mut self, symbol: Symbol, module: &str, range: TextRange) -> Expr {
        let path = self.names.intern(module);
        let import = self.import(path, range, ImportKind::Module);
        let base = self.push(Expr::Import(import), range);
        Expr::Member { base, name: Name { symbol, range } }
    }

    fn self_value(&mut self, range: TextRange) -> ExprId {
        if self.scopes.find(sym::SELF_VALUE).is_some() {
            return self.name(sym::SELF_VALUE, range);
        }
        let in_type = self.cx_ref().has_self_type;
        self.error(errors::self_without_receiver(self.span(range), in_type));
        self.push(Expr::Error, range)
    }

    fn self_type(&mut self, range: TextRange) -> Expr {
        if self.cx_ref().has_self_type {
            self.cx().mentions_itself = true;
            return Expr::SelfType;
        }
        self.error(errors::self_type_outside_type(self.span(range)));
        Expr::Error
    }

    fn struct_lit(&mut self, ty: ast::ExprId, fields: &[ast::FieldInit], base: Option<ast::ExprId>) -> Expr {
        let ty = self.expr(ty);
        let lower = |field: &ast::FieldInit| {
            let value = match field.value {
                Some(value) => self.expr(value),
                None => self.name(field.name.symbol, field.name.range),
            };
            (field.name, value)
        };
        let fields = fields.iter().map(lower).collect();
        Expr::StructLit { ty, fields, base: base.map(|base| self.expr(base)) }
    }

    /// Left-deep chains of operators are walked in a loop, so that their length does not cost stack.
    fn binary(
        &mut self,
        op: BinaryOp,
        op_range: TextRange,
        lhs: ast::ExprId,
        rhs: ast::ExprId,
        range: TextRange,
    ) -> ExprId {
        let mut pending = vec![(op, op_range, rhs, range)];
        let mut leftmost = lhs;
        while let ast::Expr::Binary { op, op_range, lhs, rhs } = &self.ast[leftmost] {
            pending.push((*op, *op_range, *rhs, self.ast.expr_range(leftmost)));
            leftmost = *lhs;
        }
        let mut result = self.expr(leftmost);
        while let Some((op, op_range, rhs, range)) = pending.pop() {
            let rhs = self.expr(rhs);
            let lowered = match op {
                BinaryOp::And => {
                    let no = self.push(Expr::Bool(false), op_range);
                    Expr::If { cond: result, then: rhs, else_: Some(no) }
                }
                BinaryOp::Or => {
                    let yes = self.push(Expr::Bool(true), op_range);
                    Expr::If { cond: result, then: yes, else_: Some(rhs) }
                }
                op => Expr::Binary { op, op_range, lhs: result, rhs },
            };
            result = self.push(lowered, range);
        }
        result
    }

    fn index(&mut self, base: ast::ExprId, index: ast::ExprId) -> Expr {
        let ast = self.ast;
        let base = self.expr(base);
        match &ast[index] {
            ast::Expr::Range { start, end, inclusive } => Expr::Slice {
                base,
                from: start.map(|start| self.expr(start)),
                to: end.map(|end| self.expr(end)),
                inclusive: *inclusive,
            },
            _ => Expr::Index { base, index: self.expr(index) },
        }
    }

    /// `@import` and `@embed_file` name files, which are loaded before anything is checked; the rest is for sema.
    fn intrinsic(&mut self, name: Name, args: &[ast::Arg], range: TextRange) -> Expr {
        let kind = match self.names.name(name.symbol) {
            "import" => ImportKind::Module,
            "embed_file" => ImportKind::Bytes,
            other => {
                if let Some((_, module)) = INTRINSIC_MODULES.iter().find(|(known, _)| *known == other) {
                    let module = self.names.intern(module);
                    self.import(module, range, ImportKind::Module);
                }
                return Expr::Intrinsic { name, args: self.intrinsic_args(args) };
            }
        };
        let path = match args {
            [arg] => match &self.ast[arg.value] {
                ast::Expr::Literal(Literal::Str(path)) => Some((*path, self.ast.expr_range(arg.value))),
                _ => None,
            },
            _ => None,
        };
        let Some((path, at)) = path else {
            let name = self.names.name(name.symbol).to_owned();
            self.error(errors::import_needs_literal(self.span(range), &name));
            return Expr::Error;
        };
        Expr::Import(self.import(path, at, kind))
    }

    /// Literals that intrinsics take are never owned.
    fn intrinsic_args(&mut self, args: &[ast::Arg]) -> Box<[Arg]> {
        let mut lower = |arg: &ast::Arg| {
            let value = match self.ast[arg.value] {
                ast::Expr::Literal(literal @ Literal::Str(_)) => {
                    self.push(literal_expr(literal), self.ast.expr_range(arg.value))
                }
                _ => self.expr(arg.value),
            };
            Arg { mode: arg.mode, value }
        };
        args.iter().map(&mut lower).collect()
    }

    pub(super) fn import(&mut self, path: Symbol, range: TextRange, kind: ImportKind) -> ImportId {
        self.program.imports.push(Import { module: self.module, path, range, kind, target: None, bytes: None })
    }
}

fn literal_expr(literal: Literal) -> Expr {
    match literal {
        Literal::Int(value) => match u64::try_from(value) {
            Ok(value) => Expr::Int(value),
            Err(_) => Expr::BigInt(Box::new(value)),
        },
        Literal::Float(text) => Expr::Float(text),
        Literal::Bool(value) => Expr::Bool(value),
        Literal::Char(value) => Expr::Char(value),
        Literal::Str(text) => Expr::Str(text),
    }
}
