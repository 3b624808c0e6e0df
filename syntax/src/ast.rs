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

use kiln_source::{FileId, Symbol, TextRange};
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

/// A name and where it was written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Name {
    /// The name.
    pub symbol: Symbol,
    /// Where it stands.
    pub range: TextRange,
}

/// How a parameter receives, or an argument gives, its value.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash, Default)]
pub enum Mode {
    /// Nothing written: the value itself.
    #[default]
    Value,
    /// `borrow`: to read.
    Borrow,
    /// `inout`: to read and write.
    Inout,
}

/// A literal's value. Its type comes from the context.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Literal {
    /// An integer; of which type is decided later.
    Int(u128),
    /// A float's text without `_`, so that it is rounded once, to the type it gets.
    Float(Symbol),
    /// `true` or `false`.
    Bool(bool),
    /// A character.
    Char(char),
    /// A string's text with escapes resolved.
    Str(Symbol),
}

/// A type that a keyword names.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
#[allow(missing_docs, reason = "each is the keyword of that spelling")]
pub enum PrimType {
    I8,
    I16,
    I32,
    I64,
    I128,
    Isize,
    U8,
    U16,
    U32,
    U64,
    U128,
    Usize,
    F32,
    F64,
    Bool,
    Char,
    /// `str`: a view of text.
    Str,
    /// `type`: the type of types.
    Type,
}

/// A unary operator.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum UnaryOp {
    /// `-`
    Neg,
    /// `!`, on `bool`
    Not,
    /// `~`, on integers
    BitNot,
}

/// A binary operator.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum BinaryOp {
    /// `||`
    Or,
    /// `&&`
    And,
    /// `==`
    Eq,
    /// `!=`
    Ne,
    /// `<`
    Lt,
    /// `<=`
    Le,
    /// `>`
    Gt,
    /// `>=`
    Ge,
    /// `|`
    BitOr,
    /// `^`
    BitXor,
    /// `&`
    BitAnd,
    /// `<<`
    Shl,
    /// `>>`
    Shr,
    /// `+`
    Add,
    /// `-`
    Sub,
    /// `*`
    Mul,
    /// `/`
    Div,
    /// `%`
    Rem,
}

impl PrimType {
    /// Its keyword.
    pub const fn name(self) -> &'static str {
        match self {
            PrimType::I8 => "i8",
            PrimType::I16 => "i16",
            PrimType::I32 => "i32",
            PrimType::I64 => "i64",
            PrimType::I128 => "i128",
            PrimType::Isize => "isize",
            PrimType::U8 => "u8",
            PrimType::U16 => "u16",
            PrimType::U32 => "u32",
            PrimType::U64 => "u64",
            PrimType::U128 => "u128",
            PrimType::Usize => "usize",
            PrimType::F32 => "f32",
            PrimType::F64 => "f64",
            PrimType::Bool => "bool",
            PrimType::Char => "char",
            PrimType::Str => "str",
            PrimType::Type => "type",
        }
    }
}

impl UnaryOp {
    /// How it is written.
    pub const fn spelling(self) -> &'static str {
        match self {
            UnaryOp::Neg => "-",
            UnaryOp::Not => "!",
            UnaryOp::BitNot => "~",
        }
    }
}

impl BinaryOp {
    /// How it is written.
    pub const fn spelling(self) -> &'static str {
        match self {
            BinaryOp::Or => "||",
            BinaryOp::And => "&&",
            BinaryOp::Eq => "==",
            BinaryOp::Ne => "!=",
            BinaryOp::Lt => "<",
            BinaryOp::Le => "<=",
            BinaryOp::Gt => ">",
            BinaryOp::Ge => ">=",
            BinaryOp::BitOr => "|",
            BinaryOp::BitXor => "^",
            BinaryOp::BitAnd => "&",
            BinaryOp::Shl => "<<",
            BinaryOp::Shr => ">>",
            BinaryOp::Add => "+",
            BinaryOp::Sub => "-",
            BinaryOp::Mul => "*",
            BinaryOp::Div => "/",
            BinaryOp::Rem => "%",
        }
    }
}

/// An expression or a type.
///
/// In the place of a type the grammar makes [`Expr::ArrayType`], [`Expr::SliceType`] and [`Expr::TupleType`]; where an
/// expression is expected (also in the arguments of a type call such as `Pair([u8; 4], (i32, u8))`) the same text makes
/// [`Expr::Repeat`], [`Expr::Array`] and [`Expr::Tuple`], whose meaning is decided when their parts are known.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Expr {
    /// What could not be parsed; reported.
    Error,
    /// A literal.
    Literal(Literal),
    /// A name, alone or at the start of a path.
    Name(Symbol),
    /// `self`
    SelfValue,
    /// `Self`
    SelfType,
    /// `base::name`; the base is a path or a call such as `Vec(i32)`.
    Member {
        /// What the name is looked up in.
        base: ExprId,
        /// The name after `::`.
        name: Name,
    },
    /// `(inner)`
    Paren(ExprId),
    /// `()`: the unit value, or its type.
    Unit,
    /// `(a,)`, `(a, b)`: never empty.
    Tuple(Box<[ExprId]>),
    /// `[a, b]`
    Array(Box<[ExprId]>),
    /// `[value; len]`
    Repeat {
        /// The element.
        value: ExprId,
        /// How many.
        len: ExprId,
    },
    /// `P { x: 1, y, ..base }`
    StructLit {
        /// The type or variant: a path, a call, `Self`.
        ty: ExprId,
        /// The fields as written.
        fields: Box<[FieldInit]>,
        /// What `..` names.
        base: Option<ExprId>,
    },
    /// `-a`, `!a`, `~a`
    Unary {
        /// The operator.
        op: UnaryOp,
        /// What it applies to.
        operand: ExprId,
    },
    /// `a + b` and the rest, `&&` and `||` included.
    Binary {
        /// The operator.
        op: BinaryOp,
        /// Where the operator stands.
        op_range: TextRange,
        /// Left.
        lhs: ExprId,
        /// Right.
        rhs: ExprId,
    },
    /// `a..b`, `a..=b`, `a..`, `..b`, `..`
    Range {
        /// The first value.
        start: Option<ExprId>,
        /// Past the last value, or the last one.
        end: Option<ExprId>,
        /// Whether it is `..=`.
        inclusive: bool,
    },
    /// `callee(args)`
    Call {
        /// What is called.
        callee: ExprId,
        /// The arguments.
        args: Box<[Arg]>,
    },
    /// `receiver.name(args)`; `(receiver.name)(args)` is a [`Expr::Call`].
    MethodCall {
        /// What stands before the point.
        receiver: ExprId,
        /// The method.
        name: Name,
        /// The arguments.
        args: Box<[Arg]>,
    },
    /// `@name(args)`
    Intrinsic {
        /// The name, `@` included in its range but not in its symbol.
        name: Name,
        /// The arguments; some are types.
        args: Box<[Arg]>,
    },
    /// `base.name`; a tuple's field has its number as name.
    Field {
        /// What has the field.
        base: ExprId,
        /// The field.
        name: Name,
    },
    /// `base[index]`
    Index {
        /// What is indexed.
        base: ExprId,
        /// By what; may be a range.
        index: ExprId,
    },
    /// `inner?`
    Try(ExprId),
    /// `{ … }`
    Block(BlockId),
    /// `checked { … }`
    Checked(BlockId),
    /// `comptime inner`: a block, `if`, `match`, a loop, or a postfix expression.
    Comptime(ExprId),
    /// `if cond { } else …`
    If {
        /// The condition.
        cond: Cond,
        /// What is done if it holds.
        then: BlockId,
        /// Else: an [`Expr::Block`], [`Expr::If`] or [`Expr::Error`].
        otherwise: Option<ExprId>,
    },
    /// `match scrutinee { arms }`
    Match {
        /// What is matched.
        scrutinee: ExprId,
        /// The arms.
        arms: Box<[Arm]>,
    },
    /// `'label: while cond { }`
    While {
        /// The label, without `'` in its symbol.
        label: Option<Name>,
        /// The condition.
        cond: Cond,
        /// What is repeated.
        body: BlockId,
    },
    /// `'label: loop { }`
    Loop {
        /// The label, without `'` in its symbol.
        label: Option<Name>,
        /// What is repeated.
        body: BlockId,
    },
    /// `'label: for pat in iter { }`
    For {
        /// The label, without `'` in its symbol.
        label: Option<Name>,
        /// What each element is bound to.
        pat: PatId,
        /// What is iterated; may be a range.
        iter: ExprId,
        /// What is repeated.
        body: BlockId,
    },
    /// `break 'label value`
    Break {
        /// The label, without `'` in its symbol.
        label: Option<Name>,
        /// The value of the loop.
        value: Option<ExprId>,
    },
    /// `continue 'label`
    Continue {
        /// The label, without `'` in its symbol.
        label: Option<Name>,
    },
    /// `return value`
    Return(Option<ExprId>),

    /// `i32`, `bool`, `str`, `type`, …
    Prim(PrimType),
    /// `!`
    Never,
    /// `[T; N]` where a type is expected.
    ArrayType {
        /// The element's type.
        elem: ExprId,
        /// The length.
        len: ExprId,
    },
    /// `[T]` where a type is expected.
    SliceType(ExprId),
    /// `(A,)`, `(A, B)` where a type is expected; never empty.
    TupleType(Box<[ExprId]>),
    /// `ptr const T`, `ptr mut T`
    PtrType {
        /// Whether it is `ptr mut`.
        mutable: bool,
        /// What it points to.
        pointee: ExprId,
    },
    /// `fn(A, inout B) -> C`
    FnType {
        /// The parameters.
        params: Box<[FnTypeParam]>,
        /// The result; `None` is `()`.
        ret: Option<ExprId>,
    },
    /// `struct { x: i32, fn f(self) { } }`
    StructType(Box<StructBody>),
    /// `enum { A, B(i32), fn f(self) { } }`
    EnumType(Box<EnumBody>),
}

/// What decides an `if` or `while`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Cond {
    /// A `bool`.
    Expr(ExprId),
    /// `let pat = value`
    Let(PatId, ExprId),
}

/// One argument of a call.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Arg {
    /// The mark before it.
    pub mode: Mode,
    /// The argument.
    pub value: ExprId,
}

/// `name: value` or `name` in a struct literal.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct FieldInit {
    /// The field.
    pub name: Name,
    /// Its value; `None` is the shorthand for a variable of that name.
    pub value: Option<ExprId>,
}

/// One arm of a `match`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Arm {
    /// What it matches.
    pub pat: PatId,
    /// `if guard`
    pub guard: Option<ExprId>,
    /// What it does.
    pub body: ExprId,
    /// The attributes before it: `@allow(…)`.
    pub attrs: Box<[Attr]>,
    /// From the pattern to the body's end.
    pub range: TextRange,
}

/// A parameter of a function type.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct FnTypeParam {
    /// How the value is received.
    pub mode: Mode,
    /// The type.
    pub ty: ExprId,
}

/// A pattern.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Pat {
    /// What could not be parsed; reported.
    Error,
    /// `_`
    Wildcard,
    /// `..` among the parts of a tuple or tuple variant.
    Rest,
    /// `x`, `mut x`. A bare name is always a binding here; whether it means a `const` or variant is decided later.
    Binding {
        /// The name.
        name: Name,
        /// Whether `mut` stands before it.
        mutable: bool,
    },
    /// An [`Expr::Literal`], or `-` before a number as [`Expr::Unary`].
    Literal(ExprId),
    /// `a..=b`, `a..b`, `a..`, `..=b`; the ends are literals, negated numbers or paths.
    Range {
        /// The first value.
        start: Option<ExprId>,
        /// The last value, or past it.
        end: Option<ExprId>,
        /// Whether it is `..=`.
        inclusive: bool,
    },
    /// `(inner)`
    Paren(PatId),
    /// `()`, `(a,)`, `(a, b)`
    Tuple(Box<[PatId]>),
    /// A path of two or more parts, as `Shape::Empty`, `Option(i32)::None`, `Self::A`.
    Path(ExprId),
    /// `Some(x)`, `Shape::Circle(r)`
    TupleVariant {
        /// The variant.
        path: ExprId,
        /// Its parts.
        elems: Box<[PatId]>,
    },
    /// `P { x, y: 0, .. }`
    Struct {
        /// The type or variant.
        path: ExprId,
        /// The fields as written.
        fields: Box<[FieldPat]>,
        /// Whether `..` stands at the end.
        rest: bool,
    },
    /// `A | B`: two or more.
    Or(Box<[PatId]>),
}

/// `name: pat` or `name`, `mut name` in a struct pattern.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct FieldPat {
    /// The field.
    pub name: Name,
    /// What it has to match; `None` binds a variable of the field's name.
    pub pat: Option<PatId>,
    /// Whether `mut` stands before the shorthand.
    pub mutable: bool,
}

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

/// An attribute: `@copy`, `@handle`, `@allow(unused_mut)`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Attr {
    /// The name; its range starts at `@`.
    pub name: Name,
    /// What stands in the parentheses.
    pub args: Box<[Name]>,
    /// All of it.
    pub range: TextRange,
}

/// An item: something that a module, a block or a type's body declares.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Item {
    /// What it is.
    pub kind: ItemKind,
    /// Whether `pub` stands before it.
    pub public: bool,
    /// The attributes before it.
    pub attrs: Box<[Attr]>,
    /// The lines of its `///` comments without the slashes and one blank after them, joined by newlines.
    pub docs: Option<Box<str>>,
    /// From its first attribute or keyword to its last token.
    pub range: TextRange,
}

/// What an item is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ItemKind {
    /// What could not be parsed; reported.
    Error,
    /// `fn name(params) -> ret { body }`
    Fn(Function),
    /// `extern "C" fn name(params) -> ret;`
    ExternFn(ExternFn),
    /// `struct Name { … }`
    Struct(StructItem),
    /// `enum Name { … }`
    Enum(EnumItem),
    /// `const NAME: T = value;`
    Const(ConstItem),
    /// `drop fn Name(self) { … }`
    Drop(DropFn),
    /// `test "name" { … }`
    Test(TestItem),
}

/// A function with a body.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Function {
    /// Its name, parameters and result.
    pub sig: FnSig,
    /// Its body.
    pub body: BlockId,
}

/// What a call of a function has to know.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FnSig {
    /// The name.
    pub name: Name,
    /// Whether `unchecked` stands before `fn`.
    pub unchecked: bool,
    /// `self`, `borrow self`, `inout self`
    pub receiver: Option<Receiver>,
    /// The other parameters.
    pub params: Box<[Param]>,
    /// The result; `None` is `()`.
    pub ret: Option<ExprId>,
}

/// `self`, `borrow self`, `inout self`
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Receiver {
    /// How `self` is received.
    pub mode: Mode,
    /// The mode and `self`.
    pub range: TextRange,
}

/// A parameter.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Param {
    /// Whether `comptime` stands before it.
    pub comptime: bool,
    /// How the value is received.
    pub mode: Mode,
    /// The name; `_` is a name here.
    pub name: Name,
    /// The type.
    pub ty: ExprId,
    /// All of it.
    pub range: TextRange,
}

/// `extern "C" fn name(params, ...) -> ret;`
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ExternFn {
    /// The string after `extern`.
    pub abi: Name,
    /// Its name, parameters and result.
    pub sig: FnSig,
    /// Whether `...` ends the parameters.
    pub variadic: bool,
}

/// `linear struct Name { … }`
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StructItem {
    /// The name.
    pub name: Name,
    /// Whether `linear` stands before it.
    pub linear: bool,
    /// What stands in the braces.
    pub body: StructBody,
}

/// `linear enum Name { … }`
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct EnumItem {
    /// The name.
    pub name: Name,
    /// Whether `linear` stands before it.
    pub linear: bool,
    /// What stands in the braces.
    pub body: EnumBody,
}

/// The fields and methods of a struct, named or not.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct StructBody {
    /// The fields in order.
    pub fields: Box<[FieldDef]>,
    /// The functions: each is an [`ItemKind::Fn`].
    pub methods: Box<[ItemId]>,
}

/// The variants and methods of an enum, named or not.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct EnumBody {
    /// The variants in order.
    pub variants: Box<[VariantDef]>,
    /// The functions: each is an [`ItemKind::Fn`].
    pub methods: Box<[ItemId]>,
}

/// `pub name: ty` in a struct or struct variant.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FieldDef {
    /// The name.
    pub name: Name,
    /// The type.
    pub ty: ExprId,
    /// Whether `pub` stands before it.
    pub public: bool,
    /// Its `///` comments, as in [`Item::docs`].
    pub docs: Option<Box<str>>,
    /// All of it.
    pub range: TextRange,
}

/// A variant of an enum.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct VariantDef {
    /// The name.
    pub name: Name,
    /// What it carries.
    pub kind: VariantKind,
    /// `= discriminant`
    pub discriminant: Option<ExprId>,
    /// Its `///` comments, as in [`Item::docs`].
    pub docs: Option<Box<str>>,
    /// All of it.
    pub range: TextRange,
}

/// What a variant carries.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum VariantKind {
    /// `A`
    Unit,
    /// `A(i32, u8)`
    Tuple(Box<[ExprId]>),
    /// `A { x: i32 }`
    Struct(Box<[FieldDef]>),
}

/// `const NAME: ty = value;`
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ConstItem {
    /// The name; `_` is a name here.
    pub name: Name,
    /// The type; without one it is the value's.
    pub ty: Option<ExprId>,
    /// The value.
    pub value: ExprId,
}

/// `drop fn Name(self) { … }`
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DropFn {
    /// The type it destroys.
    pub ty: Name,
    /// The parameter `self` with its mode.
    pub receiver: Receiver,
    /// What is done.
    pub body: BlockId,
}

/// `test "name" { … }`
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TestItem {
    /// The string; its range includes the quotes.
    pub name: Name,
    /// What is done.
    pub body: BlockId,
}

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
