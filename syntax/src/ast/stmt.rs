//! Blocks and statements.

use super::{Attr, BinaryOp, BlockId, ExprId, ItemId, PatId};
use kiln_source::TextRange;

/// `{ stmts tail }`
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Block {
    /// The statements.
    pub stmts: Box<[Stmt]>,
    /// The last expression, if no `;` follows it.
    pub tail: Option<ExprId>,
}

/// A statement with its attributes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Stmt {
    /// What it is.
    pub kind: StmtKind,
    /// `@allow(…)` before it; empty for an item, which has its own.
    pub attrs: Box<[Attr]>,
    /// From its first token to its `;`.
    pub range: TextRange,
}

/// What a statement is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum StmtKind {
    /// What could not be parsed; reported.
    Error,
    /// `let pat: ty = value else { otherwise };`
    Let {
        /// Whether `comptime` stands before it.
        comptime: bool,
        /// What is bound; `let mut x` is a binding that is `mut`.
        pat: PatId,
        /// The type.
        ty: Option<ExprId>,
        /// The value; [`Expr::Error`] if it is missing.
        value: ExprId,
        /// What is done if the pattern does not match.
        otherwise: Option<BlockId>,
    },
    /// `place = value;`, `place += value;`
    Assign {
        /// The operator of a compound assignment.
        op: Option<BinaryOp>,
        /// Where the operator (`=`, `+=`) stands.
        op_range: TextRange,
        /// What is assigned to.
        place: ExprId,
        /// The new value, or the right operand.
        value: ExprId,
    },
    /// An expression whose value is not used.
    Expr {
        /// The expression.
        expr: ExprId,
        /// Whether `;` follows; without one it ends with a block.
        semi: bool,
    },
    /// An item inside a block.
    Item(ItemId),
}
