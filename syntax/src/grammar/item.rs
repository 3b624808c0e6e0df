//! Items: a file's list of them, attributes and doc comments, and what each kind looks like.
//!
//! ```text
//! file = { attrs ["pub"] kind }
//! kind = ["export" string] function | "extern" string "fn" … ";" | ["linear"] ("struct" | "enum") name body | "const" name … ";"
//!      | "drop" "fn" name "(" receiver ")" block | "test" string block
//! ```

use super::control::block_after;
use super::cursor::{
    bump, eat, error_expr, here, mistake, name, peek, peek_nth, position, previous, since, start, unexpected,
};
use super::expr::{self, Place};
use super::list::{PARENS, list};
use super::recover::{skip_brackets, skip_item, unopened};
use super::stmt::semicolon;
use super::{Failed, In, Parsed, function, nested_ty, postfix, ty, types};
use crate::ast::{
    Attr, ConstItem, DropFn, EnumItem, Expr, Function, Item, ItemId, ItemKind, Name, PrimType, StructItem, TestItem,
};
use crate::errors::{MissingToken, UnknownAttribute, Unsupported};
use crate::token::Tok;
use kiln_source::{TextRange, sym};

/// Everything in a file.
pub(super) fn file(p: &mut In<'_, '_>) {
    p.state().ast.docs = module_docs(p);
    let mut items = Vec::new();
    loop {
        match peek(p) {
            Tok::Eof => break,
            Tok::Semi => p.skip(),
            Tok::RBrace | Tok::RParen | Tok::RBracket => unopened(p),
            _ => items.push(item_or_error(p)),
        }
    }
    p.state().ast.items = items.into_boxed_slice();
}

/// An item of a file; an error node if it is wrong.
fn item_or_error(p: &mut In<'_, '_>) -> ItemId {
    let (began, from) = (position(p), start(p));
    let docs = docs(p);
    let item = attributes(p).and_then(|attrs| inner_item(p, docs, from, attrs));
    item.unwrap_or_else(|Failed(())| {
        skip_item(p, began);
        let range = since(p, from);
        let (attrs, docs) = (Box::new([]) as Box<[Attr]>, None);
        p.state().ast.add_item(Item { kind: ItemKind::Error, public: false, attrs, docs, range })
    })
}

/// An item after its attributes.
pub(super) fn inner_item(p: &mut In<'_, '_>, docs: Option<Box<str>>, from: u32, attrs: Box<[Attr]>) -> Parsed<ItemId> {
    let public = eat(p, Tok::Pub);
    let (kind, on) = kind(p)?;
    match &kind {
        ItemKind::Struct(_) | ItemKind::Enum(_) => {}
        // Said of the type that the function makes.
        ItemKind::Fn(function) if makes_type(p, function) => {
            attrs
                .iter()
                .filter(|attr| attr.name.symbol == sym::HANDLE)
                .for_each(|attr| misplaced_attribute(p, attr, on));
        }
        _ => only_allow(p, &attrs, on),
    }
    let range = since(p, from);
    Ok(p.state().ast.add_item(Item { kind, public, attrs, docs, range }))
}

/// What an item is, and what to call its kind.
fn kind(p: &mut In<'_, '_>) -> Parsed<(ItemKind, &'static str)> {
    match peek(p) {
        Tok::Fn | Tok::Unchecked => Ok((ItemKind::Fn(function::function(p)?), "a function")),
        Tok::Extern => Ok((ItemKind::ExternFn(function::extern_fn(p)?), "a foreign function")),
        Tok::Linear | Tok::Struct | Tok::Enum => Ok((type_item(p)?, "a type")),
        Tok::Const => Ok((const_item(p)?, "a const")),
        Tok::Drop => Ok((drop_fn(p, true)?, "a destructor")),
        Tok::Test => Ok((test_item(p)?, "a test")),
        _ if function::at_export(p) => Ok((ItemKind::Fn(function::export_fn(p)?), "a function")),
        _ => Err(no_item(p)),
    }
}

fn no_item(p: &mut In<'_, '_>) -> Failed {
    let range = here(p);
    let error = |message, instead, fix| Unsupported { range, message, instead, fix };
    let mistake_of = match peek(p) {
        Tok::Static => error("Kiln has no `static`", "write `const`", Some("const")),
        Tok::Interface => error("interfaces are reserved for a later Kiln", "take a `comptime T: type` instead", None),
        Tok::Let => error("`let` stands in functions only", "write `const`", Some("const")),
        Tok::Type if peek_nth(p, 1) == Tok::Ident => {
            error("a type's name is a `const`", "write `const`", Some("const"))
        }
        Tok::Ident => match p.state().slice(range) {
            "impl" => error("Kiln has no `impl`", "methods stand in the braces of their type", None),
            "trait" => error("Kiln has no traits", "take a `comptime T: type` instead", None),
            "use" | "import" => error("Kiln has no `use`", "write `const util = @import(\"util\");`", None),
            "mod" => error("Kiln has no `mod`", "each file is a module: `const util = @import(\"util\");`", None),
            "unsafe" => error("Kiln has no `unsafe`", "write `unchecked`", Some("unchecked")),
            "export" => error("`export` is followed by `\"C\"`", "write `export \"C\" fn …`", Some("export \"C\"")),
            "func" | "function" | "def" | "fun" => error("a function starts with `fn`", "write `fn`", Some("fn")),
            _ => return unexpected(p, "an item (`fn`, `struct`, `enum`, `const`, `test`, …)"),
        },
        _ => return unexpected(p, "an item (`fn`, `struct`, `enum`, `const`, `test`, …)"),
    };
    mistake(p, &mistake_of)
}

/// `linear struct Name { … }`, `enum Name { … }`
fn type_item(p: &mut In<'_, '_>) -> Parsed<ItemKind> {
    let linear = eat(p, Tok::Linear);
    match peek(p) {
        Tok::Struct => {
            p.skip();
            let name = name(p, "the struct's name")?;
            generics(p, "`fn Pair(comptime A: type) -> type { struct { first: A } }`");
            braces_of_struct(p)?;
            Ok(ItemKind::Struct(StructItem { name, linear, body: types::struct_body(p)? }))
        }
        Tok::Enum => {
            p.skip();
            let name = name(p, "the enum's name")?;
            generics(p, "`fn Maybe(comptime T: type) -> type { enum { No, Yes(T) } }`");
            Ok(ItemKind::Enum(EnumItem { name, linear, body: types::enum_body(p)? }))
        }
        _ => Err(unexpected(p, "`struct` or `enum` after `linear`")),
    }
}

/// `struct P;` and `struct P(i32);` are what other languages have.
fn braces_of_struct(p: &mut In<'_, '_>) -> Parsed<()> {
    let range = here(p);
    let (message, instead, fix) = match peek(p) {
        Tok::Semi => ("a struct without fields has empty braces", "write `{}`", Some(" {}")),
        Tok::LParen => ("a struct's fields have names", "write `{ name: T, … }`", None),
        _ => return Ok(()),
    };
    Err(mistake(p, &Unsupported { range, message, instead, fix }))
}

/// `<T>` after a name: notes how generic things are written, and steps over it.
pub(super) fn generics(p: &mut In<'_, '_>, instead: &'static str) {
    if peek(p) == Tok::Lt {
        ty::angle_brackets(p, "Kiln has no `<…>`: types are parameters", instead);
    }
}

/// `const NAME: T = value;`
fn const_item(p: &mut In<'_, '_>) -> Parsed<ItemKind> {
    p.skip();
    if peek(p) == Tok::Fn {
        let range = here(p);
        let instead = "any function can run at compile time: leave `const` out";
        return Err(mistake(p, &Unsupported { range, message: "Kiln has no `const fn`", instead, fix: None }));
    }
    let name = name(p, "the const's name")?;
    let ty = if eat(p, Tok::Colon) { Some(nested_ty(p)?) } else { None };
    let value = if eat(p, Tok::Eq) { expr::expr(p, Place::Anywhere) } else { Err(unexpected(p, "`=` and a value")) };
    let value = value.or_else(|failed| if peek(p) == Tok::Semi { Ok(error_expr(p)) } else { Err(failed) })?;
    semicolon(p, "after this `const`")?;
    Ok(ItemKind::Const(ConstItem { name, ty, value }))
}

/// `drop fn(self) { … }` in the braces of the type it destroys
pub(super) fn drop_member(p: &mut In<'_, '_>, docs: Option<Box<str>>, from: u32, attrs: Box<[Attr]>) -> Parsed<ItemId> {
    let kind = drop_fn(p, false)?;
    only_allow(p, &attrs, "a destructor");
    let range = since(p, from);
    Ok(p.state().ast.add_item(Item { kind, public: false, attrs, docs, range }))
}

/// `drop fn Name(self) { … }`
fn drop_fn(p: &mut In<'_, '_>, named: bool) -> Parsed<ItemKind> {
    let keyword = bump(p);
    if !eat(p, Tok::Fn) {
        return Err(unexpected(p, "`fn` after `drop`"));
    }
    let ty = if named { Some(name(p, "the name of the type it destroys")?) } else { None };
    if peek(p) != Tok::LParen {
        let expected =
            if named { "`(self)` after the type's name" } else { "`(self)`: here the type is the one around it" };
        return Err(unexpected(p, expected));
    }
    let open = bump(p);
    let receivers = list(p, open, PARENS, |p| function::receiver(p)?.ok_or_else(|| unexpected(p, "`self`")))?;
    let Some(&receiver) = receivers.first() else {
        let range = TextRange::new(open.start, previous(p).end);
        p.state().note(&MissingToken {
            token: "self",
            place: "in a destructor's parentheses",
            at: TextRange::empty(range.end - 1),
        });
        return Err(Failed(()));
    };
    let body = block_after(p, "`{` and the destructor's body")?;
    Ok(ItemKind::Drop(DropFn { keyword, ty, receiver, body }))
}

/// `test "name" { … }`
fn test_item(p: &mut In<'_, '_>) -> Parsed<ItemKind> {
    p.skip();
    let name = string_name(p, "the test's name in quotes")?;
    let body = block_after(p, "`{` and the test's body")?;
    Ok(ItemKind::Test(TestItem { name, body }))
}

/// A string literal as a name.
pub(super) fn string_name(p: &mut In<'_, '_>, expected: &'static str) -> Parsed<Name> {
    if peek(p) != Tok::Str {
        return Err(unexpected(p, expected));
    }
    let at = position(p);
    let range = bump(p);
    let symbol = postfix::string(p, at, range).unwrap_or(sym::UNDERSCORE);
    Ok(Name { symbol, range })
}

/// Whether the `@` at the cursor starts an attribute, and no intrinsic.
pub(super) fn at_attribute(p: &mut In<'_, '_>) -> bool {
    if peek(p) != Tok::At || peek_nth(p, 1) != Tok::Ident {
        return false;
    }
    let next = position(p) + 1;
    let range = p.state().range(next);
    is_attribute(p.state().slice(range))
}

fn is_attribute(name: &str) -> bool {
    matches!(name, "allow" | "copy" | "handle")
}

/// The attributes at the cursor, before an item: whatever starts with `@` is meant for one.
pub(super) fn attributes(p: &mut In<'_, '_>) -> Parsed<Box<[Attr]>> {
    attributes_while(p, |p| peek(p) == Tok::At)
}

/// The attributes at the cursor, before what may be an intrinsic.
pub(super) fn known_attributes(p: &mut In<'_, '_>) -> Parsed<Box<[Attr]>> {
    attributes_while(p, at_attribute)
}

fn attributes_while<'s>(p: &mut In<'s, '_>, more: fn(&mut In<'s, '_>) -> bool) -> Parsed<Box<[Attr]>> {
    let mut attrs = Vec::new();
    while more(p) {
        let from = bump(p).start;
        let word = name(p, "an attribute's name")?;
        let range = TextRange::new(from, word.range.end);
        let written = p.state().slice(word.range);
        let known = is_attribute(written);
        if !known {
            p.state().note(&UnknownAttribute { range, name: written, on: None });
            skip_brackets(p);
            continue;
        }
        let args = attribute_args(p)?;
        attrs.push(Attr { name: Name { symbol: word.symbol, range }, args, range: since(p, from) });
    }
    Ok(attrs.into_boxed_slice())
}

fn attribute_args(p: &mut In<'_, '_>) -> Parsed<Box<[Name]>> {
    if peek(p) != Tok::LParen {
        return Ok(Box::new([]));
    }
    let open = bump(p);
    let args = list(p, open, PARENS, |p| name(p, "the name of a warning"))?;
    Ok(args)
}

/// Whether a function's result is written `type`.
fn makes_type(p: &mut In<'_, '_>, function: &Function) -> bool {
    let ast = &p.state().ast;
    function.sig.ret.is_some_and(|ret| matches!(ast[ret], Expr::Prim(PrimType::Type)))
}

/// Notes attributes other than `@allow`, which say nothing about what follows.
pub(super) fn only_allow(p: &mut In<'_, '_>, attrs: &[Attr], on: &'static str) {
    for attr in attrs.iter().filter(|attr| attr.name.symbol != sym::ALLOW) {
        misplaced_attribute(p, attr, on);
    }
}

/// Notes the attributes of a field or variant: it has none.
pub(super) fn no_attributes(p: &mut In<'_, '_>, attrs: &[Attr]) {
    for attr in attrs {
        misplaced_attribute(p, attr, "a field or variant");
    }
}

fn misplaced_attribute(p: &mut In<'_, '_>, attr: &Attr, on: &'static str) {
    let state = p.state();
    let name = &state.slice(attr.name.range)[1..];
    state.note(&UnknownAttribute { range: attr.name.range, name, on: Some(on) });
}

/// The `///` comments right before the cursor.
pub(super) fn docs(p: &mut In<'_, '_>) -> Option<Box<str>> {
    let at = position(p) as u32;
    let state = p.state();
    let all = &state.tokens.docs;
    let seen = state.docs_seen + all[state.docs_seen..].iter().take_while(|doc| doc.before < at).count();
    let count = all[seen..].iter().take_while(|doc| doc.before == at).count();
    state.docs_seen = seen + count;
    let lines = all[seen..seen + count].iter().filter(|doc| !doc.inner);
    doc_text(lines.map(|doc| state.slice(doc.range)))
}

/// The `//!` comments before the first token.
fn module_docs(p: &mut In<'_, '_>) -> Option<Box<str>> {
    let state = p.state();
    let lines = state.tokens.docs.iter().take_while(|doc| doc.before == 0).filter(|doc| doc.inner);
    doc_text(lines.map(|doc| state.slice(doc.range)))
}

/// The lines of comments such as `/// text`, joined.
fn doc_text<'s>(lines: impl Iterator<Item = &'s str>) -> Option<Box<str>> {
    let mut text: Option<String> = None;
    for line in lines {
        let line = &line[3..];
        let line = line.strip_prefix(' ').unwrap_or(line);
        match &mut text {
            Some(text) => {
                text.push('\n');
                text.push_str(line);
            }
            None => text = Some(line.to_owned()),
        }
    }
    text.map(String::into_boxed_str)
}
