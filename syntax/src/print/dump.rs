//! The shape of a tree, and a list of tokens, for `--emit` and tests.

use super::{Parts, Printer};
use crate::ast::{Ast, BlockId, Stmt, StmtKind};
use crate::children::{Child, children_of_expr, children_of_item, children_of_pat, children_of_stmt};
use crate::token::Tokens;
use kiln_source::Interner;
use std::fmt::Write;

/// The shape of a tree: a node a line with `_` for each of its parts, the parts below it. Equal trees, wherever they
/// stand in a text, have equal dumps, and different ones different dumps.
///
/// ```text
/// fn add(a: _, b: _) -> _ _
///   i32
///   i32
///   i32
///   { 1 }
///     tail _
///       _ + _
///         a
///         b
/// ```
pub fn dump_ast(ast: &Ast, interner: &Interner) -> String {
    let printer = Printer { ast, interner, out: String::new(), indent: 0, parts: Parts::Blank };
    let mut dumper = Dumper { printer, depth: 0 };
    if let Some(docs) = ast.docs.as_deref() {
        dumper.line(|printer| {
            printer.word("//!");
            printer.quoted(docs, '"');
        });
    }
    for &id in &ast.items {
        dumper.node(Child::Item(id));
    }
    dumper.printer.out
}

struct Dumper<'a> {
    printer: Printer<'a>,
    depth: usize,
}

impl<'a> Dumper<'a> {
    fn line(&mut self, write: impl FnOnce(&mut Printer<'a>)) {
        for _ in 0..self.depth {
            self.printer.out.push_str("  ");
        }
        write(&mut self.printer);
        self.printer.out.push('\n');
    }

    fn node(&mut self, child: Child) {
        let ast = self.printer.ast;
        match child {
            Child::Expr(id) => {
                self.line(|printer| printer.expr(&ast[id]));
                self.parts(|visit| children_of_expr(&ast[id], visit));
            }
            Child::Pat(id) => {
                self.line(|printer| printer.pat(&ast[id]));
                self.parts(|visit| children_of_pat(&ast[id], visit));
            }
            Child::Item(id) => {
                self.line(|printer| printer.item(&ast[id]));
                self.parts(|visit| children_of_item(&ast[id], visit));
            }
            Child::Block(id) => self.block(id),
        }
    }

    fn parts(&mut self, children: impl FnOnce(&mut dyn FnMut(Child))) {
        self.depth += 1;
        children(&mut |child| self.node(child));
        self.depth -= 1;
    }

    /// A block: how many statements it has, and each as a node.
    fn block(&mut self, id: BlockId) {
        let ast = self.printer.ast;
        let block = &ast[id];
        let count = block.stmts.len() + usize::from(block.tail.is_some());
        self.line(|printer| printer.word(&format!("{{ {count} }}")));
        self.depth += 1;
        for stmt in &block.stmts {
            self.stmt(stmt);
        }
        if let Some(tail) = block.tail {
            self.line(|printer| printer.word("tail _"));
            self.parts(|visit| visit(Child::Expr(tail)));
        }
        self.depth -= 1;
    }

    fn stmt(&mut self, stmt: &Stmt) {
        if let StmtKind::Item(id) = stmt.kind {
            return self.node(Child::Item(id));
        }
        self.line(|printer| printer.stmt(stmt));
        self.parts(|visit| children_of_stmt(stmt, visit));
    }
}

/// Tokens, a line each: where, of what kind, what is written.
///
/// ```text
/// 0..2 Fn `fn`
/// 3..7 Ident `main`
/// ```
pub fn dump_tokens(tokens: &Tokens, text: &str) -> String {
    let mut out = String::new();
    for (kind, range) in tokens.kinds.iter().zip(&tokens.ranges) {
        let written = &text[range.start as usize..range.end as usize];
        let _ = writeln!(out, "{}..{} {kind:?} `{}`", range.start, range.end, written.escape_debug());
    }
    out
}
