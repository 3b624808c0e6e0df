//! Consts that only give another name to a function with comptime parameters: `const HashMap = @import("std/hash_map").HashMap;`.
//!
//! Such a function is no value, so the const has none either: it is followed where it is named. Only names, members of modules and
//! imports are followed, which needs no evaluation.

use crate::context::Sema;
use kiln_hir::{DeclKind, Expr, ExprId, Name};
use kiln_source::{DeclId, ModuleId};

/// As many consts may stand behind each other; more are evaluated, which says what is wrong with them.
const LONGEST: u32 = 64;

impl Sema<'_> {
    /// The function with comptime parameters that a const is another name of.
    pub fn alias_of(&self, decl: DeclId) -> Option<DeclId> {
        self.follow(decl, LONGEST)
    }

    fn follow(&self, decl: DeclId, left: u32) -> Option<DeclId> {
        let DeclKind::Const(body) = &self.decl(decl).kind else { return None };
        if body.ty.is_some() || left == 0 {
            return None;
        }
        let named = self.decl_named(decl, body.value, left)?;
        match self.decl(named).as_fn() {
            Some(function) => function.is_generic().then_some(named),
            None => self.follow(named, left - 1),
        }
    }

    /// The declaration that an expression in a const names.
    fn decl_named(&self, within: DeclId, expr: ExprId, left: u32) -> Option<DeclId> {
        match &self.decl(within).body[expr] {
            Expr::Decl(decl) => Some(*decl),
            Expr::Member { base, name } | Expr::Field { base, name } => {
                let module = self.module_named(within, *base, left)?;
                self.visible_item(module, *name, within)
            }
            _ => None,
        }
    }

    /// The module that an expression in a const names.
    fn module_named(&self, within: DeclId, expr: ExprId, left: u32) -> Option<ModuleId> {
        if left == 0 {
            return None;
        }
        if let Expr::Import(import) = self.decl(within).body[expr] {
            return self.hir.imports[import].target;
        }
        let named = self.decl_named(within, expr, left - 1)?;
        match &self.decl(named).kind {
            DeclKind::Const(body) => self.module_named(named, body.value, left - 1),
            _ => None,
        }
    }

    /// What is private is not followed, and refused when the const is evaluated.
    fn visible_item(&self, module: ModuleId, name: Name, from: DeclId) -> Option<DeclId> {
        let decl = *self.hir.modules[module].names.get(&name.symbol)?;
        (self.hir.decls[decl].public || module == self.decl(from).module).then_some(decl)
    }
}
