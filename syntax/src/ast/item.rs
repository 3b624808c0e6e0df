//! Items and what they consist of.

use super::{BlockId, ExprId, ItemId, Mode, Name};
use kiln_source::TextRange;

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
    /// `fn name(params) -> ret { body }`, `export "C" fn name(params) -> ret { body }`
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
    /// The string after `export`, where other languages can call it.
    pub export: Option<Name>,
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

/// `drop fn Name(self) { … }`, or `drop fn(self) { … }` in the braces of a type
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DropFn {
    /// `drop`
    pub keyword: TextRange,
    /// The type it destroys; `None` for the one around it.
    pub ty: Option<Name>,
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
