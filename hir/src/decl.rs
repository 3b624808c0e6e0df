//! Declarations: functions, types, consts, destructors, tests.

use crate::{Body, ExprId, LocalId, Name, VarRef};
use kiln_source::{DeclId, ModuleId, Symbol, TextRange};
use kiln_syntax::ast::Mode;
use rustc_hash::FxHashMap;

/// A declaration with its expressions.
#[derive(Clone, Debug)]
pub struct Decl {
    /// Its name; `_` for anonymous types. A test's is its text.
    pub name: Name,
    /// All of it.
    pub range: TextRange,
    /// The module (file) it stands in; all ranges are in that file.
    pub module: ModuleId,
    /// The type whose method it is, or the declaration in whose body it stands.
    pub parent: Option<DeclId>,
    /// It is a method (or associated function) of [`Decl::parent`]; it shares that type's captures.
    pub is_member: bool,
    /// `pub`
    pub public: bool,
    /// The text of its `///` comments.
    pub docs: Option<Box<str>>,
    /// Attributes.
    pub attrs: Attrs,
    /// Locals of enclosing bodies it uses, in order of first use. Empty at the top level; a member's are its type's.
    pub captures: Vec<VarRef>,
    /// What it is.
    pub kind: DeclKind,
    /// Its expressions.
    pub body: Body,
}

/// Attributes that change what a declaration means.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Attrs {
    /// `@copy`
    pub copy: Option<TextRange>,
    /// `@handle`
    pub handle: Option<TextRange>,
}

/// What a declaration is.
#[derive(Clone, Debug)]
pub enum DeclKind {
    /// `fn`, `extern "C" fn`, `export "C" fn`
    Fn(FnDecl),
    /// `struct`
    Struct(StructDecl),
    /// `enum`
    Enum(EnumDecl),
    /// `const`
    Const(ConstDecl),
    /// `drop fn T`: the destructor of the type that this expression names.
    Drop {
        /// The type.
        ty: ExprId,
        /// The function; its one parameter is `self`.
        function: FnDecl,
    },
    /// `test`
    Test {
        /// What is run.
        body: ExprId,
    },
    /// Could not be made out; reported.
    Error,
}

/// A function.
#[derive(Clone, Debug)]
pub struct FnDecl {
    /// Parameters in order, `self` first.
    pub params: Box<[Param]>,
    /// The first parameter is `self`.
    pub has_receiver: bool,
    /// Result; `None` is `()`.
    pub ret: Option<ExprId>,
    /// `unchecked`
    pub unchecked: bool,
    /// Its body; `None` for foreign functions.
    pub body: Option<ExprId>,
    /// `extern "C"`
    pub external: Option<Extern>,
    /// `export "C"`: C calls it by its name.
    pub exported: bool,
}

impl FnDecl {
    /// Whether it has comptime parameters.
    pub fn is_generic(&self) -> bool {
        self.params.iter().any(|param| param.comptime)
    }
}

/// What is foreign about a function.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Extern {
    /// The linker's name.
    pub symbol: Symbol,
    /// `...`
    pub variadic: bool,
}

/// A parameter.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Param {
    /// Its local.
    pub local: LocalId,
    /// `comptime`
    pub comptime: bool,
    /// `borrow`, `inout`
    pub mode: Mode,
    /// Its type.
    pub ty: ExprId,
    /// All of it.
    pub range: TextRange,
}

/// A struct.
#[derive(Clone, Debug)]
pub struct StructDecl {
    /// Fields in order.
    pub fields: Box<[FieldDecl]>,
    /// Methods and associated functions by name.
    pub members: FxHashMap<Symbol, DeclId>,
    /// The same in order.
    pub member_list: Box<[DeclId]>,
    /// `linear`
    pub linear: bool,
    /// `struct { … }` as an expression.
    pub anonymous: bool,
    /// Its fields mention the type itself: as `Self`, or by a call of the function that makes it.
    pub recursive: bool,
}

impl StructDecl {
    /// Whether it is the same type as every other with the same fields: an expression without methods that does not mention itself.
    pub fn is_structural(&self) -> bool {
        self.anonymous && self.member_list.is_empty() && !self.recursive
    }
}

/// A field.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct FieldDecl {
    /// Its name; the number of a tuple variant's part.
    pub name: Name,
    /// Its type.
    pub ty: ExprId,
    /// `pub`
    pub public: bool,
}

/// An enum.
#[derive(Clone, Debug)]
pub struct EnumDecl {
    /// Variants in order.
    pub variants: Box<[VariantDecl]>,
    /// Methods and associated functions by name.
    pub members: FxHashMap<Symbol, DeclId>,
    /// The same in order.
    pub member_list: Box<[DeclId]>,
    /// `linear`
    pub linear: bool,
    /// `enum { … }` as an expression.
    pub anonymous: bool,
}

/// A variant.
#[derive(Clone, Debug)]
pub struct VariantDecl {
    /// Its name.
    pub name: Name,
    /// How its payload is written.
    pub shape: VariantShape,
    /// Payload.
    pub fields: Box<[FieldDecl]>,
    /// `= value`
    pub discriminant: Option<ExprId>,
}

/// How a variant's payload is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum VariantShape {
    /// `A`
    Unit,
    /// `A(i32)`
    Tuple,
    /// `A { x: i32 }`
    Struct,
}

/// A const.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ConstDecl {
    /// Its type.
    pub ty: Option<ExprId>,
    /// Its value.
    pub value: ExprId,
}

impl Decl {
    /// The function, if it is one (a destructor is).
    pub fn as_fn(&self) -> Option<&FnDecl> {
        match &self.kind {
            DeclKind::Fn(function) | DeclKind::Drop { function, .. } => Some(function),
            _ => None,
        }
    }

    /// The members of a type.
    pub fn members(&self) -> Option<&FxHashMap<Symbol, DeclId>> {
        match &self.kind {
            DeclKind::Struct(decl) => Some(&decl.members),
            DeclKind::Enum(decl) => Some(&decl.members),
            _ => None,
        }
    }
}
