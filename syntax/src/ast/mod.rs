//! The syntax tree of one file: what the author wrote, sugar and parentheses included.
//!
//! Nodes live in arenas and refer to each other by id; where a node stands in the text is kept beside the arenas
//! ([`Ast::expr_range`] and its kin), so that two trees are comparable without their positions. Types are values, so
//! *there is no type node*: the grammar of types makes [`Expr`] nodes too. What could not be parsed is an `Error` node,
//! and an error was reported for it.
//!
//! ```text
//! a.b(inout c)   Call-like:  MethodCall { receiver: Name(a), name: b, args: [Arg { mode: Inout, value: Name(c) }] }
//! Vec(T)::new()  Call { callee: Member { base: Call { callee: Name(Vec), args: [T] }, name: new }, args: [] }
//! ```

mod expr;
pub use expr::{Arg, Arm, Cond, Expr, FieldInit, FnTypeParam};

mod atom;
pub use atom::{BinaryOp, Literal, Mode, Name, PrimType, UnaryOp};

mod pattern;
pub use pattern::{BindingMode, FieldPat, Pat};

mod stmt;
pub use stmt::{Block, Stmt, StmtKind};

mod item;
pub use item::{
    Attr, ConstItem, DropFn, EnumBody, EnumItem, ExternFn, FieldDef, FnSig, Function, Item, ItemKind, Param, Receiver,
    StructBody, StructItem, TestItem, VariantDef, VariantKind,
};

use kiln_source::{FileId, TextRange};
use la_arena::{Arena, Idx, RawIdx};
use std::ops::Index;

/// Number of an expression or type in its [`Ast`].
pub type ExprId = Idx<Expr>;
/// Number of a pattern in its [`Ast`].
pub type PatId = Idx<Pat>;
/// Number of a block in its [`Ast`].
pub type BlockId = Idx<Block>;
/// Number of an item in its [`Ast`].
pub type ItemId = Idx<Item>;

/// The tree of one file.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Ast {
    /// The file it was parsed from.
    pub file: FileId,
    /// The items of the file in order.
    pub items: Box<[ItemId]>,
    /// The lines of its `//!` comments, as in [`Item::docs`].
    pub docs: Option<Box<str>>,
    exprs: Arena<Expr>,
    pats: Arena<Pat>,
    blocks: Arena<Block>,
    item_arena: Arena<Item>,
    expr_ranges: Vec<TextRange>,
    pat_ranges: Vec<TextRange>,
    block_ranges: Vec<TextRange>,
}

impl Ast {
    /// An empty tree of `file`.
    pub fn new(file: FileId) -> Self {
        Ast { file, ..Ast::default() }
    }

    /// An empty tree with room for what so many tokens make.
    pub(crate) fn with_capacity(file: FileId, tokens: usize) -> Self {
        let exprs = tokens / 2 + 1;
        let mut ast = Ast { exprs: Arena::with_capacity(exprs), ..Ast::new(file) };
        ast.expr_ranges.reserve(exprs);
        ast
    }

    pub(crate) fn expr_count(&self) -> usize {
        self.exprs.len()
    }

    /// The ids of all expressions in order; the tree may change meanwhile.
    pub(crate) fn expr_ids(&self) -> impl Iterator<Item = ExprId> + use<> {
        (0..self.exprs.len() as u32).map(|raw| Idx::from_raw(RawIdx::from_u32(raw)))
    }

    pub(crate) fn replace_expr(&mut self, id: ExprId, expr: Expr) {
        self.exprs[id] = expr;
    }

    /// Where an expression stands.
    pub fn expr_range(&self, id: ExprId) -> TextRange {
        self.expr_ranges[id.into_raw().into_u32() as usize]
    }

    /// Where a pattern stands.
    pub fn pat_range(&self, id: PatId) -> TextRange {
        self.pat_ranges[id.into_raw().into_u32() as usize]
    }

    /// Where a block stands, braces included.
    pub fn block_range(&self, id: BlockId) -> TextRange {
        self.block_ranges[id.into_raw().into_u32() as usize]
    }

    /// Adds an expression that stands at `range`.
    #[inline]
    pub fn add_expr(&mut self, expr: Expr, range: TextRange) -> ExprId {
        self.expr_ranges.push(range);
        self.exprs.alloc(expr)
    }

    /// Adds a pattern that stands at `range`.
    #[inline]
    pub fn add_pat(&mut self, pat: Pat, range: TextRange) -> PatId {
        self.pat_ranges.push(range);
        self.pats.alloc(pat)
    }

    /// Adds a block that stands at `range`.
    #[inline]
    pub fn add_block(&mut self, block: Block, range: TextRange) -> BlockId {
        self.block_ranges.push(range);
        self.blocks.alloc(block)
    }

    /// Adds an item; it is not yet one of [`Ast::items`].
    pub fn add_item(&mut self, item: Item) -> ItemId {
        self.item_arena.alloc(item)
    }

    /// Every expression and type with its id, in the order they were finished: parts before the whole.
    pub fn exprs(&self) -> impl Iterator<Item = (ExprId, &Expr)> {
        self.exprs.iter()
    }

    /// Every pattern with its id, parts before the whole.
    pub fn pats(&self) -> impl Iterator<Item = (PatId, &Pat)> {
        self.pats.iter()
    }

    /// Every block with its id, inner ones first.
    pub fn blocks(&self) -> impl Iterator<Item = (BlockId, &Block)> {
        self.blocks.iter()
    }

    /// Every item with its id, inner ones first.
    pub fn all_items(&self) -> impl Iterator<Item = (ItemId, &Item)> {
        self.item_arena.iter()
    }
}

impl Index<ExprId> for Ast {
    type Output = Expr;
    fn index(&self, id: ExprId) -> &Expr {
        &self.exprs[id]
    }
}

impl Index<PatId> for Ast {
    type Output = Pat;
    fn index(&self, id: PatId) -> &Pat {
        &self.pats[id]
    }
}

impl Index<BlockId> for Ast {
    type Output = Block;
    fn index(&self, id: BlockId) -> &Block {
        &self.blocks[id]
    }
}

impl Index<ItemId> for Ast {
    type Output = Item;
    fn index(&self, id: ItemId) -> &Item {
        &self.item_arena[id]
    }
}
