//! Types: expressions as they are written after `:` and `->`. A type never takes a `{` that follows it, but that of
//! `struct { }` and `enum { }`.

use super::control;
use super::cursor::{
    add, bump, eat, error_expr, expect, field_name, here, mistake, peek, peek_nth, position, start, unexpected, word,
};
use super::expr::note_chain;
use super::item::string_name;
use super::list::{Grouped, PARENS, bracket_end, grouped, list};
use super::postfix::{args, intrinsic, member};
use super::{Failed, In, Parsed, nested_expr, nested_ty, types};
use crate::ast::{Expr, ExprId, FnTypeParam, Mode, Name, PrimType};
use crate::errors::Unsupported;
use crate::token::Tok;
use kiln_source::TextRange;

/// The type a keyword names.
pub(super) fn primitive(token: Tok) -> Option<PrimType> {
    Some(match token {
        Tok::I8 => PrimType::I8,
        Tok::I16 => PrimType::I16,
        Tok::I32 => PrimType::I32,
        Tok::I64 => PrimType::I64,
        Tok::I128 => PrimType::I128,
        Tok::Isize => PrimType::Isize,
        Tok::U8 => PrimType::U8,
        Tok::U16 => PrimType::U16,
        Tok::U32 => PrimType::U32,
        Tok::U64 => PrimType::U64,
        Tok::U128 => PrimType::U128,
        Tok::Usize => PrimType::Usize,
        Tok::F32 => PrimType::F32,
        Tok::F64 => PrimType::F64,
        Tok::Bool => PrimType::Bool,
        Tok::CharType => PrimType::Char,
        Tok::StrType => PrimType::Str,
        Tok::Type => PrimType::Type,
        _ => return None,
    })
}

/// Whether the type at the cursor is certainly a single keyword or name.
#[inline]
pub(super) fn is_one_token(p: &mut In<'_, '_>) -> bool {
    match peek(p) {
        Tok::Ident => {
            matches!(peek_nth(p, 1), Tok::Comma | Tok::RParen | Tok::Eq | Tok::LBrace | Tok::Semi | Tok::RBracket)
        }
        token => primitive(token).is_some(),
    }
}

/// A type.
pub(super) fn ty(p: &mut In<'_, '_>) -> Parsed<ExprId> {
    let from = start(p);
    let simple = match peek(p) {
        Tok::Ident => {
            let name = Expr::Name(word(p).symbol);
            let base = add(p, from, name);
            return path(p, from, base);
        }
        Tok::SelfType => {
            p.skip();
            let base = add(p, from, Expr::SelfType);
            return path(p, from, base);
        }
        Tok::At => {
            let base = intrinsic(p)?;
            return path(p, from, base);
        }
        Tok::Bang => {
            p.skip();
            Expr::Never
        }
        Tok::LParen => parens(p)?,
        Tok::LBracket => brackets(p)?,
        Tok::Ptr => pointer(p)?,
        Tok::Fn => function(p, None)?,
        Tok::Extern => {
            p.skip();
            let abi = string_name(p, "`\"C\"` after `extern`")?;
            function(p, Some(abi))?
        }
        Tok::Comptime => return control::comptime(p),
        Tok::Struct => {
            p.skip();
            Expr::StructType(Box::new(types::struct_body(p)?))
        }
        Tok::Enum => {
            p.skip();
            Expr::EnumType(Box::new(types::enum_body(p)?))
        }
        token => match primitive(token) {
            Some(primitive) => {
                p.skip();
                Expr::Prim(primitive)
            }
            None => return Err(no_type(p)),
        },
    };
    Ok(add(p, from, simple))
}

fn no_type(p: &mut In<'_, '_>) -> Failed {
    let range = here(p);
    let (message, instead) = match peek(p) {
        Tok::Amp | Tok::AmpAmp => {
            ("Kiln has no reference types", "write `borrow` or `inout` before the parameter's name")
        }
        Tok::Star => ("Kiln has no `*` types", "write `ptr const T` or `ptr mut T`"),
        Tok::Question => ("Kiln has no `?` types", "write `Option(T)`"),
        _ => return unexpected(p, "a type"),
    };
    mistake(p, &Unsupported { range, message, instead, fix: None })
}

/// What follows a name: `::name`, `.name`, `(args)`.
fn path(p: &mut In<'_, '_>, from: u32, mut base: ExprId) -> Parsed<ExprId> {
    let mut chain = 0;
    loop {
        base = match peek(p) {
            Tok::ColonColon => member(p, from, base)?,
            Tok::Dot => {
                p.skip();
                let name = field_name(p)?;
                add(p, from, Expr::Field { base, name })
            }
            Tok::LParen => {
                let open = bump(p);
                let args = args(p, open)?;
                add(p, from, Expr::Call { callee: base, args })
            }
            Tok::Lt => {
                type_arguments(p);
                base
            }
            _ => break,
        };
        chain += 1;
    }
    note_chain(p, chain);
    Ok(base)
}

/// `<A, B>` at the cursor: notes that arguments stand in parentheses, and steps over them.
pub(super) fn type_arguments(p: &mut In<'_, '_>) {
    angle_brackets(p, "type arguments stand in parentheses", "write `Vec(i32)`, not `Vec<i32>`");
}

/// `<…>` at the cursor: notes that it is no Kiln, and steps over it.
pub(super) fn angle_brackets(p: &mut In<'_, '_>, message: &'static str, instead: &'static str) {
    let from = start(p);
    let mut depth = 0_usize;
    let mut end = position(p);
    loop {
        match p.state().tokens.kind(end) {
            Tok::Lt => depth += 1,
            Tok::Gt => depth = depth.saturating_sub(1),
            Tok::Shr => depth = depth.saturating_sub(2),
            Tok::Semi | Tok::LBrace | Tok::RBrace | Tok::Eof | Tok::Eq => break,
            _ => {}
        }
        end += 1;
        if depth == 0 {
            break;
        }
    }
    let range = TextRange::new(from, p.state().range(end - 1).end);
    mistake(p, &Unsupported { range, message, instead, fix: None });
    while position(p) < end {
        p.skip();
    }
}

/// `()`, `(A)`, `(A,)`, `(A, B)`
fn parens(p: &mut In<'_, '_>) -> Parsed<Expr> {
    Ok(match grouped(p, nested_ty)? {
        Grouped::Nothing => Expr::Unit,
        Grouped::One(inner) => Expr::Paren(inner),
        Grouped::Tuple(elems) => Expr::TupleType(elems),
    })
}

/// `[T]`, `[T; N]`
fn brackets(p: &mut In<'_, '_>) -> Parsed<Expr> {
    let open = bump(p);
    let elem = nested_ty(p);
    let elem = elem.or_else(|failed| if peek(p) == Tok::Semi { Ok(error_expr(p)) } else { Err(failed) });
    match elem {
        Ok(elem) if eat(p, Tok::Semi) => {
            let len = nested_expr(p);
            let len = bracket_end(p, open, len)?;
            Ok(Expr::ArrayType { elem, len })
        }
        elem => Ok(Expr::SliceType(bracket_end(p, open, elem)?)),
    }
}

/// `ptr const T`, `ptr mut T`
fn pointer(p: &mut In<'_, '_>) -> Parsed<Expr> {
    p.skip();
    let mutable = match peek(p) {
        Tok::Mut => true,
        Tok::Const => false,
        _ => return Err(unexpected(p, "`const` or `mut` after `ptr`")),
    };
    p.skip();
    Ok(Expr::PtrType { mutable, pointee: nested_ty(p)? })
}

/// `fn(A, inout B) -> C`, after `extern "C"` where that stands before it.
fn function(p: &mut In<'_, '_>, abi: Option<Name>) -> Parsed<Expr> {
    expect(p, Tok::Fn, "`fn`")?;
    if peek(p) != Tok::LParen {
        return Err(unexpected(p, "`(` after `fn`"));
    }
    let open = bump(p);
    let params = list(p, open, PARENS, |p| {
        let mode = mode(p);
        Ok(FnTypeParam { mode, ty: nested_ty(p)? })
    })?;
    let ret = if eat(p, Tok::Arrow) { Some(nested_ty(p)?) } else { None };
    Ok(Expr::FnType { abi, params, ret })
}

/// `borrow`, `inout` or nothing.
pub(super) fn mode(p: &mut In<'_, '_>) -> Mode {
    let mode = match peek(p) {
        Tok::Inout => Mode::Inout,
        Tok::Borrow => Mode::Borrow,
        _ => return Mode::Value,
    };
    p.skip();
    mode
}
