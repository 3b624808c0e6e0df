//! The braces of structs and enums: fields, variants, methods.

use super::cursor::{
    bump, eat, error_expr, field_name, missing, name, peek, peek_nth, since, start, starts_line, unexpected,
};
use super::item::{self, attributes, drop_member, inner_item, no_attributes};
use super::list::{BRACES, PARENS, list};
use super::recover::{compare_indentation, ends_lacking_block, skip_element, unclosed};
use super::{In, Parsed, nested_expr, nested_ty};
use crate::ast::{EnumBody, FieldDef, ItemId, StructBody, VariantDef, VariantKind};
use crate::token::Tok;

/// `{ fields and methods }`
pub(super) fn struct_body(p: &mut In<'_, '_>) -> Parsed<StructBody> {
    let (fields, methods) = body(p, field)?;
    Ok(StructBody { fields, methods })
}

/// `{ variants and methods }`
pub(super) fn enum_body(p: &mut In<'_, '_>) -> Parsed<EnumBody> {
    let (variants, methods) = body(p, variant)?;
    Ok(EnumBody { variants, methods })
}

type Body<T> = (Box<[T]>, Box<[ItemId]>);

/// Members with commas behind them, and functions without.
fn body<'s, T>(p: &mut In<'s, '_>, member: fn(&mut In<'s, '_>, Option<Box<str>>) -> Parsed<T>) -> Parsed<Body<T>> {
    if peek(p) != Tok::LBrace {
        return Err(unexpected(p, "`{`"));
    }
    let open = bump(p);
    let mut members = Vec::new();
    let mut methods = Vec::new();
    loop {
        if eat(p, Tok::RBrace) {
            compare_indentation(p, open);
            break;
        }
        if peek(p) == Tok::Eof || ends_lacking_block(p) {
            unclosed(p, open);
            break;
        }
        let (from, docs) = (start(p), item::docs(p));
        let parsed = attributes(p).and_then(|attrs| {
            if peek(p) == Tok::Drop {
                methods.push(drop_member(p, docs, from, attrs)?);
                return Ok(());
            }
            if starts_method(p) {
                methods.push(inner_item(p, docs, from, attrs)?);
                return Ok(());
            }
            no_attributes(p, &attrs);
            members.push(member(p, docs)?);
            after_member(p)
        });
        if let Err(failed) = parsed {
            if !skip_element(p, Tok::RBrace) {
                return Err(failed);
            }
            eat(p, Tok::Comma);
        }
    }
    Ok((members.into_boxed_slice(), methods.into_boxed_slice()))
}

/// The comma behind a member; only the last may do without.
fn after_member(p: &mut In<'_, '_>) -> Parsed<()> {
    if eat(p, Tok::Comma) || matches!(peek(p), Tok::RBrace | Tok::Eof) || ends_lacking_block(p) {
        return Ok(());
    }
    if starts_line(p) && (matches!(peek(p), Tok::Ident | Tok::At) || starts_method(p)) || starts_method(p) {
        missing(p, ",", "after this");
        return Ok(());
    }
    Err(unexpected(p, BRACES.next))
}

fn starts_method(p: &mut In<'_, '_>) -> bool {
    match peek(p) {
        Tok::Fn | Tok::Unchecked | Tok::Drop => true,
        Tok::Pub => !matches!(peek_nth(p, 1), Tok::Ident | Tok::Type),
        _ => false,
    }
}

/// `pub name: T`
fn field(p: &mut In<'_, '_>, docs: Option<Box<str>>) -> Parsed<FieldDef> {
    let from = start(p);
    let public = eat(p, Tok::Pub);
    let name = field_name(p)?;
    if !eat(p, Tok::Colon) {
        return Err(unexpected(p, "`:` and the field's type"));
    }
    let ty = nested_ty(p);
    let ty =
        ty.or_else(|failed| if matches!(peek(p), Tok::Comma | Tok::RBrace) { Ok(error_expr(p)) } else { Err(failed) })?;
    Ok(FieldDef { name, ty, public, docs, range: since(p, from) })
}

/// `A`, `A(T)`, `A { x: T }`, `A = 1`
fn variant(p: &mut In<'_, '_>, docs: Option<Box<str>>) -> Parsed<VariantDef> {
    let from = start(p);
    let name = name(p, "a variant's name")?;
    let kind = match peek(p) {
        Tok::LParen => {
            let open = bump(p);
            let types = list(p, open, PARENS, |p| nested_ty(p))?;
            VariantKind::Tuple(types)
        }
        Tok::LBrace => {
            let open = bump(p);
            let fields = list(p, open, BRACES, |p| {
                let docs = item::docs(p);
                field(p, docs)
            })?;
            VariantKind::Struct(fields)
        }
        _ => VariantKind::Unit,
    };
    let discriminant = if eat(p, Tok::Eq) { Some(nested_expr(p)?) } else { None };
    Ok(VariantDef { name, kind, discriminant, docs, range: since(p, from) })
}
