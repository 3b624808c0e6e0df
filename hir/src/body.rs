//! The expressions of one declaration: a function's signature and body, a type's field types, a const's initializer.

use crate::{Expr, ExprId, Pat, PatId};
use kiln_source::{IdxVec, Symbol, TextRange, define_id};
use kiln_syntax::ast::Mode;

define_id!(
    /// A local of a body.
    LocalId, "l"
);
define_id!(
    /// A loop of a body.
    LoopId, "loop"
);

/// What a local is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LocalKind {
    /// A parameter known at comptime.
    ComptimeParam,
    /// A parameter.
    Param(Mode),
    /// Bound by a pattern.
    Binding,
    /// Bound by a pattern with `inout`: another name for a part of what is matched.
    Part,
}

/// A parameter or binding.
#[derive(Clone, Debug)]
pub struct Local {
    /// Its name.
    pub name: Symbol,
    /// Where it is written.
    pub range: TextRange,
    /// What it is.
    pub kind: LocalKind,
    /// `mut`
    pub mutable: bool,
}

/// Arenas of one declaration. Parts are numbered before the whole.
#[derive(Clone, Debug, Default)]
pub struct Body {
    /// Expressions.
    pub exprs: IdxVec<ExprId, Expr>,
    /// Where each stands.
    pub expr_ranges: IdxVec<ExprId, TextRange>,
    /// Patterns.
    pub pats: IdxVec<PatId, Pat>,
    /// Where each stands.
    pub pat_ranges: IdxVec<PatId, TextRange>,
    /// Locals in the order they are declared.
    pub locals: IdxVec<LocalId, Local>,
    /// How many loops there are.
    pub loops: u32,
}

impl Body {
    pub(crate) fn push_expr(&mut self, expr: Expr, range: TextRange) -> ExprId {
        self.expr_ranges.push(range);
        self.exprs.push(expr)
    }

    pub(crate) fn push_pat(&mut self, pat: Pat, range: TextRange) -> PatId {
        self.pat_ranges.push(range);
        self.pats.push(pat)
    }
}

impl std::ops::Index<ExprId> for Body {
    type Output = Expr;
    fn index(&self, id: ExprId) -> &Expr {
        &self.exprs[id]
    }
}

impl std::ops::Index<PatId> for Body {
    type Output = Pat;
    fn index(&self, id: PatId) -> &Pat {
        &self.pats[id]
    }
}
