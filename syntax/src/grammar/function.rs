//! Functions: what stands before, in and after their parentheses.

use super::control::block_after;
use super::cursor::{
    bump, eat, expect, expect_not, here, mistake, name, peek, peek_nth, previous, since, start, unexpected,
};
use super::item::{generics, string_name};
use super::list::{Elements, PARENS, boxed, each};
use super::recover::skip_to_block;
use super::stmt::semicolon;
use super::ty::mode;
use super::{In, Parsed, nested, nested_ty};
use crate::ast::{ExternFn, FnSig, Function, Mode, Param, Receiver};
use crate::errors::Unsupported;
use crate::token::Tok;
use kiln_source::TextRange;

/// `export "C" fn name(params) -> ret { body }`: the word `export` is a name everywhere else.
pub(super) fn export_fn(p: &mut In<'_, '_>) -> Parsed<Function> {
    p.skip();
    let abi = string_name(p, "`\"C\"` after `export`")?;
    Ok(Function { export: Some(abi), ..function(p)? })
}

/// Whether `export` and a string stand at the cursor.
pub(super) fn at_export(p: &mut In<'_, '_>) -> bool {
    let range = here(p);
    peek(p) == Tok::Ident && peek_nth(p, 1) == Tok::Str && p.state().slice(range) == "export"
}

/// `unchecked fn name(params) -> ret { body }`
pub(super) fn function(p: &mut In<'_, '_>) -> Parsed<Function> {
    let unchecked = eat(p, Tok::Unchecked);
    expect(p, Tok::Fn, "`fn` after `unchecked`")?;
    let (sig, _) = match signature(p, unchecked, Dots::Refused) {
        Ok(signature) => signature,
        Err(failed) => {
            // The body is still read: its mistakes are others.
            if skip_to_block(p) {
                nested(p, |rules| &rules.block)?;
            }
            return Err(failed);
        }
    };
    let body = block_after(p, "`{` and the function's body")?;
    Ok(Function { export: None, sig, body })
}

/// `extern "C" fn name(params, ...) -> ret;`
pub(super) fn extern_fn(p: &mut In<'_, '_>) -> Parsed<ExternFn> {
    p.skip();
    let abi = string_name(p, "`\"C\"` after `extern`")?;
    let unchecked = eat(p, Tok::Unchecked);
    expect(p, Tok::Fn, "`fn`")?;
    let (sig, variadic) = signature(p, unchecked, Dots::Allowed)?;
    if peek(p) == Tok::LBrace {
        let range = here(p);
        let message = "a foreign function has no body";
        return Err(mistake(p, &Unsupported { range, message, instead: "end the declaration with `;`", fix: None }));
    }
    semicolon(p, "after this declaration")?;
    Ok(ExternFn { abi, sig, variadic })
}

/// Whether `...` may end the parameters.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Dots {
    Allowed,
    Refused,
}

/// What was read of the parameters so far.
#[derive(Default)]
struct Params {
    receiver: Option<Receiver>,
    params: Elements<Param>,
    variadic: bool,
}

impl Params {
    fn is_empty(&self) -> bool {
        self.receiver.is_none() && self.params.is_empty()
    }
}

/// Name, parameters, result; and whether `...` ends the parameters.
fn signature(p: &mut In<'_, '_>, unchecked: bool, dots: Dots) -> Parsed<(FnSig, bool)> {
    let name = name(p, "the function's name")?;
    generics(p, "`fn max(comptime T: type, a: T, b: T) -> T`");
    if peek(p) != Tok::LParen {
        return Err(unexpected(p, "`(` after the function's name"));
    }
    let open = bump(p);
    let mut parts = Params::default();
    each(p, open, PARENS, |p| parameter(p, &mut parts, dots))?;
    let (receiver, variadic, params) = (parts.receiver, parts.variadic, boxed(&mut parts.params));
    let ret = match peek(p) {
        Tok::Arrow | Tok::Colon | Tok::FatArrow => {
            expect_not(p, Tok::Arrow, &[Tok::Colon, Tok::FatArrow], "`->` and the result's type, or the body")?;
            Some(nested_ty(p)?)
        }
        _ => None,
    };
    Ok((FnSig { name, unchecked, receiver, params, ret }, variadic))
}

fn parameter(p: &mut In<'_, '_>, parts: &mut Params, dots: Dots) -> Parsed<()> {
    let from = start(p);
    if dots == Dots::Allowed && eat(p, Tok::DotDotDot) {
        if peek(p) != Tok::RParen {
            return Err(unexpected(p, "`)`: `...` stands last"));
        }
        parts.variadic = true;
        return Ok(());
    }
    let self_at = usize::from(matches!(peek(p), Tok::Borrow | Tok::Inout));
    if peek_nth(p, self_at) == Tok::SelfValue {
        if !parts.is_empty() {
            return Err(unexpected(p, "a parameter: `self` stands first"));
        }
        parts.receiver = receiver(p)?;
        return Ok(());
    }
    if let Some(receiver) = reference_receiver(p, parts) {
        parts.receiver = Some(receiver);
        return Ok(());
    }
    let comptime = eat(p, Tok::Comptime);
    let mode = mode(p);
    if matches!(peek(p), Tok::Mut | Tok::Amp) {
        let range = here(p);
        let message = "parameters are not `mut`, nor references";
        let instead = "write `inout` before the name to change the caller's value, or copy it with `let mut`";
        mistake(p, &Unsupported { range, message, instead, fix: None });
        p.skip();
    }
    let name = name(p, "a parameter's name")?;
    if !eat(p, Tok::Colon) {
        return Err(unexpected(p, "`:` and the parameter's type"));
    }
    let ty = nested_ty(p)?;
    let range = since(p, from);
    parts.params.push(Param { comptime, mode, name, ty, range });
    Ok(())
}

/// `&self`, `&mut self` and `mut self`, as other languages have them: notes what is meant, and reads it as that.
fn reference_receiver(p: &mut In<'_, '_>, parts: &Params) -> Option<Receiver> {
    let mutable = usize::from(peek(p) == Tok::Amp);
    let at = mutable + usize::from(peek_nth(p, mutable) == Tok::Mut);
    if at == 0 || peek_nth(p, at) != Tok::SelfValue || !parts.is_empty() {
        return None;
    }
    let from = start(p);
    let (mode, message, instead, word) = match (mutable, at) {
        (1, 1) => (Mode::Borrow, "Kiln has no references", "write `borrow self`", "borrow "),
        (1, _) => (Mode::Inout, "Kiln has no references", "write `inout self`", "inout"),
        _ => (Mode::Value, "`self` is not `mut`", "write `self`, and `let mut this = self;` in the body", ""),
    };
    for _ in 0..at {
        p.skip();
    }
    let range = since(p, from);
    mistake(p, &Unsupported { range, message, instead, fix: (mode != Mode::Value).then_some(word) });
    p.skip();
    Some(Receiver { mode, range: since(p, from) })
}

/// `self`, `borrow self`, `inout self`, if they are at the cursor.
pub(super) fn receiver(p: &mut In<'_, '_>) -> Parsed<Option<Receiver>> {
    let from = start(p);
    let mode: Mode = mode(p);
    if !eat(p, Tok::SelfValue) {
        return Ok(None);
    }
    if peek(p) == Tok::Colon {
        return Err(unexpected(p, "`,` or `)`: `self` has the type it stands in"));
    }
    Ok(Some(Receiver { mode, range: TextRange::new(from, previous(p).end) }))
}
