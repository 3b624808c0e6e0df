//! `@dbg`: prints a value and a newline. The printing itself is Kiln code in `std/rt.kiln`; for a type with parts a
//! function is made that calls it piece by piece.

use crate::body::BodyCx;
use crate::context::{Checked, Sema};
use crate::errors;
use crate::expr::Expect;
use kiln_air::{self as air, Arg, Arm, BindMode, CastKind, Inst, InstId, Pat, PatKind};
use kiln_hir::ExprId;
use kiln_source::{FileId, Span, TextRange};
use kiln_types::{ParamMode, TypeId, TypeKey, VariantKind};

/// Which function of the run-time library writes a value without parts, and as what type it takes it.
pub(super) fn leaf(cx: &Sema<'_>, ty: TypeId) -> Option<(&'static str, TypeId)> {
    Some(match *cx.pool.key(ty) {
        TypeKey::Unit => ("unit", TypeId::UNIT),
        TypeKey::Bool => ("bool", TypeId::BOOL),
        TypeKey::Char => ("char", TypeId::CHAR),
        TypeKey::Int { bits: 128, signed: true } => ("i128", TypeId::I128),
        TypeKey::Int { bits: 128, signed: false } => ("u128", TypeId::U128),
        TypeKey::Int { signed: true, .. } | TypeKey::Size { signed: true } => ("i64", TypeId::I64),
        TypeKey::Int { signed: false, .. } | TypeKey::Size { signed: false } => ("u64", TypeId::U64),
        TypeKey::Float { bits: 32 } => ("f32", TypeId::F32),
        TypeKey::Float { .. } => ("f64", TypeId::F64),
        TypeKey::Str => ("str", TypeId::STR),
        _ => return None,
    })
}

impl BodyCx<'_, '_> {
    /// `@dbg(e)`
    pub fn dbg(&mut self, expr: ExprId, range: TextRange) -> InstId {
        let inst = self.operand(expr, Expect::None);
        let inst = self.view_of(inst);
        let ty = self.ty(inst);
        let ty = self.settle(ty);
        if matches!(ty, TypeId::ERROR | TypeId::NEVER) {
            return self.error_inst(range);
        }
        if ty == TypeId::MODULE {
            let error = errors::module_as_value(self.expr_span(expr));
            return self.wrong(error, range);
        }
        let result = self.dbg_value(inst, ty, range);
        self.or_error(result, range)
    }

    /// `@rt_debug(text, value)`: puts a value with parts into an `rt::Text`, as `@dbg` prints it.
    pub fn rt_debug(&mut self, out: ExprId, value: ExprId, range: TextRange) -> InstId {
        let text = self.operand(out, Expect::None);
        let inst = self.operand(value, Expect::None);
        let ty = self.ty(inst);
        let ty = self.settle(ty);
        if ty == TypeId::ERROR || !self.demand_mutable(text, out) {
            return self.error_inst(range);
        }
        let span = self.span(range);
        if let Err(error) = self.sema.ensure_layout(ty, span) {
            self.fail(error);
            return self.error_inst(range);
        }
        let text_ty = self.ty(text);
        let glue = self.sema.dbg_glue(ty, text_ty);
        let args =
            Box::new([Arg { mode: ParamMode::Inout, value: text }, Arg { mode: ParamMode::Borrow, value: inst }]);
        self.push(Inst::Call { func: glue, args }, TypeId::UNIT, range)
    }

    fn dbg_value(&mut self, inst: InstId, ty: TypeId, range: TextRange) -> Checked<InstId> {
        if let Some((name, as_ty)) = leaf(self.sema, ty) {
            let func = self.sema.rt_func(&format!("dbg_{name}"))?;
            self.sema.want_body(func);
            let value = if ty == TypeId::STR { inst } else { self.use_place(inst) };
            let args = leaf_args(&mut self.air, value, ty, as_ty, range);
            if ty == TypeId::UNIT && !matches!(self.air.insts[value], Inst::Const(_)) {
                let call = self.push(Inst::Call { func, args }, TypeId::UNIT, range);
                return Ok(self.push(
                    Inst::Block { stmts: Box::new([value, call]), result: None },
                    TypeId::UNIT,
                    range,
                ));
            }
            return Ok(self.push(Inst::Call { func, args }, TypeId::UNIT, range));
        }
        let span = self.span(range);
        self.sema.ensure_layout(ty, span)?;
        // let mut out = dbg_begin(); dbg T(inout out, borrow value); dbg_end(inout out);
        let begin = self.sema.rt_func("dbg_begin")?;
        let end = self.sema.rt_func("dbg_end")?;
        self.sema.want_body(begin);
        self.sema.want_body(end);
        let text = self.sema.program.info(begin).sig.ret;
        let glue = self.sema.dbg_glue(ty, text);
        let local = self.new_local(None, text, None, true);
        let init = self.push(Inst::Call { func: begin, args: Box::default() }, text, range);
        let pat = self.air.pats.push(Pat { kind: PatKind::Bind { local, mode: BindMode::Move }, ty: text, range });
        let let_ = self.push(Inst::Let { pat, init, or_else: None }, TypeId::UNIT, range);
        let out = |cx: &mut Self| {
            let value = cx.push(Inst::Local(local), text, range);
            Arg { mode: ParamMode::Inout, value }
        };
        let args = Box::new([out(self), Arg { mode: ParamMode::Borrow, value: inst }]);
        let write = self.push(Inst::Call { func: glue, args }, TypeId::UNIT, range);
        let args = Box::new([out(self)]);
        let end = self.push(Inst::Call { func: end, args }, TypeId::UNIT, range);
        Ok(self.push(Inst::Block { stmts: Box::new([let_, write, end]), result: None }, TypeId::UNIT, range))
    }
}

/// The arguments by which the library takes a value without parts: widened, text as a view.
fn leaf_args(body: &mut air::Body, value: InstId, ty: TypeId, as_ty: TypeId, range: TextRange) -> Box<[Arg]> {
    let own = |value| Arg { mode: ParamMode::Own, value };
    match ty {
        TypeId::UNIT => Box::default(),
        TypeId::STR => Box::new([Arg { mode: ParamMode::Borrow, value }]),
        _ if ty == as_ty => Box::new([own(value)]),
        _ => Box::new([own(body.push(Inst::Cast(CastKind::Wrap, value), as_ty, range))]),
    }
}

/// Builds the function that writes a value with parts.
struct Writer<'s, 'a> {
    sema: &'s mut Sema<'a>,
    body: air::Body,
    text: TypeId,
    stmts: Vec<InstId>,
}

const NOWHERE: TextRange = TextRange::empty(0);

impl Sema<'_> {
    /// `fn(inout out: rt::Text, borrow x: T)`: writes `x` as source would spell it.
    pub fn dbg_body(&mut self, ty: TypeId) -> Checked<air::Body> {
        let begin = self.rt_func("dbg_begin")?;
        let text = self.program.info(begin).sig.ret;
        let mut body = air::Body::empty(FileId::default(), NOWHERE);
        body.name = format!("dbg {}", self.show(ty)).into();
        body.param_count = 2;
        let param = |ty, mode| air::Local {
            name: None,
            ty,
            param: Some(mode),
            mutable: false,
            borrowed: false,
            range: NOWHERE,
        };
        body.locals.push(param(text, ParamMode::Inout));
        let value = body.locals.push(param(ty, ParamMode::Borrow));
        let mut writer = Writer { sema: self, body, text, stmts: Vec::new() };
        writer.parts(value, ty)?;
        let stmts = std::mem::take(&mut writer.stmts);
        writer.body.root = writer.push(Inst::Block { stmts: stmts.into(), result: None }, TypeId::UNIT);
        Ok(writer.body)
    }
}

impl Writer<'_, '_> {
    fn push(&mut self, inst: Inst, ty: TypeId) -> InstId {
        self.body.push(inst, ty, NOWHERE)
    }

    fn out(&mut self) -> Arg {
        let value = self.push(Inst::Local(air::LocalId(0)), self.text);
        Arg { mode: ParamMode::Inout, value }
    }

    /// Writes a value with parts: its parts, with names and punctuation.
    fn parts(&mut self, whole: air::LocalId, ty: TypeId) -> Checked<()> {
        if let Some((func, shown)) = self.sema.view_method(ty, false, Span::default()) {
            // A container: what it shows.
            self.sema.want_body(func);
            let ptr = self.sema.program.info(func).sig.ret;
            let value = self.push(Inst::Local(whole), ty);
            let args = Box::new([Arg { mode: ParamMode::Borrow, value }]);
            let call = self.push(Inst::Call { func, args }, ptr);
            let place = self.push(Inst::Deref(call), shown);
            return self.value(place, shown);
        }
        match self.sema.pool.key(ty).clone() {
            TypeKey::Tuple(parts) => {
                self.words("(")?;
                for (index, part) in parts.iter().enumerate() {
                    self.words(if index > 0 { ", " } else { "" })?;
                    self.field(whole, ty, index, *part)?;
                }
                self.words(if parts.len() == 1 { ",)" } else { ")" })
            }
            TypeKey::Struct { .. } | TypeKey::AnonStruct { .. } => {
                let def = self.sema.pool.struct_def(ty).expect("the layout was ensured").clone();
                if def.fields.is_empty() {
                    return self.words(&format!("{} {{}}", def.name));
                }
                for (index, field) in def.fields.iter().enumerate() {
                    let before = if index == 0 { format!("{} {{ ", def.name) } else { ", ".to_owned() };
                    let words = format!("{before}{}: ", self.sema.names.name(field.name));
                    self.words(&words)?;
                    self.field(whole, ty, index, field.ty)?;
                }
                self.words(" }")
            }
            TypeKey::Enum { .. } | TypeKey::AnonEnum { .. } => self.variants(whole, ty),
            TypeKey::Array { elem, .. } | TypeKey::Slice { elem } => self.elements(whole, ty, elem),
            TypeKey::Ptr { .. } => self.words("{pointer}"),
            TypeKey::Fn(_) => self.words("{function}"),
            TypeKey::Type => self.words("{type}"),
            _ => self.words("{value}"),
        }
    }

    fn field(&mut self, whole: air::LocalId, of: TypeId, index: usize, ty: TypeId) -> Checked<()> {
        let base = self.push(Inst::Local(whole), of);
        let place = self.push(Inst::Field { base, index: index as u32 }, ty);
        self.value(place, ty)
    }

    /// Writes a part.
    fn value(&mut self, place: InstId, ty: TypeId) -> Checked<()> {
        if let Some((name, as_ty)) = leaf(self.sema, ty) {
            let func = self.sema.rt_func(&format!("put_{name}"))?;
            self.sema.want_body(func);
            let value =
                if ty == TypeId::STR { place } else { self.push(Inst::Use { place, kind: air::UseKind::Copy }, ty) };
            let mut args = vec![self.out()];
            args.extend(leaf_args(&mut self.body, value, ty, as_ty, NOWHERE));
            let call = self.push(Inst::Call { func, args: args.into() }, TypeId::UNIT);
            self.stmts.push(call);
            return Ok(());
        }
        let func = self.sema.dbg_glue(ty, self.text);
        let args = Box::new([self.out(), Arg { mode: ParamMode::Borrow, value: place }]);
        let call = self.push(Inst::Call { func, args }, TypeId::UNIT);
        self.stmts.push(call);
        Ok(())
    }

    /// Writes constant text.
    fn words(&mut self, text: &str) -> Checked<()> {
        if text.is_empty() {
            return Ok(());
        }
        let func = self.sema.rt_func("put_text")?;
        self.sema.want_body(func);
        let pointer = self.sema.text_pointer(text);
        let ty = self.sema.pool.type_of(pointer);
        let pointer = self.push(Inst::Const(pointer), ty);
        let text = self.push(Inst::Deref(pointer), TypeId::STR);
        let args = Box::new([self.out(), Arg { mode: ParamMode::Borrow, value: text }]);
        let call = self.push(Inst::Call { func, args }, TypeId::UNIT);
        self.stmts.push(call);
        Ok(())
    }

    /// `match x { A => …, B(a) => … }`, each variant with its name and payload.
    fn variants(&mut self, whole: air::LocalId, ty: TypeId) -> Checked<()> {
        let def = self.sema.pool.enum_def(ty).expect("the layout was ensured").clone();
        let outer = std::mem::take(&mut self.stmts);
        let mut arms = Vec::with_capacity(def.variants.len());
        for (index, variant) in def.variants.iter().enumerate() {
            let mut fields = Vec::new();
            let mut locals = Vec::new();
            for (at, field) in variant.fields.iter().enumerate() {
                let local = self.body.locals.push(air::Local {
                    name: None,
                    ty: field.ty,
                    param: None,
                    mutable: false,
                    borrowed: false,
                    range: NOWHERE,
                });
                let kind = PatKind::Bind { local, mode: BindMode::Alias };
                let pat = self.body.pats.push(Pat { kind, ty: field.ty, range: NOWHERE });
                fields.push((at as u32, pat));
                locals.push((local, field));
            }
            let kind = PatKind::Variant { variant: index as u32, fields: fields.into() };
            let pat = self.body.pats.push(Pat { kind, ty, range: NOWHERE });
            let name = self.sema.names.name(variant.name).to_owned();
            let is_struct = variant.kind == VariantKind::Struct;
            self.words(&name)?;
            for (at, (local, field)) in locals.iter().enumerate() {
                let mut before = match (at, is_struct) {
                    (0, true) => " { ",
                    (0, false) => "(",
                    _ => ", ",
                }
                .to_owned();
                if is_struct {
                    before.push_str(self.sema.names.name(field.name));
                    before.push_str(": ");
                }
                self.words(&before)?;
                let place = self.push(Inst::Local(*local), field.ty);
                self.value(place, field.ty)?;
            }
            if !locals.is_empty() {
                self.words(if is_struct { " }" } else { ")" })?;
            }
            let stmts = std::mem::take(&mut self.stmts);
            let body = self.push(Inst::Block { stmts: stmts.into(), result: None }, TypeId::UNIT);
            arms.push(Arm { pat, guard: None, body });
        }
        self.stmts = outer;
        let scrutinee = self.push(Inst::Local(whole), ty);
        let all = self.push(Inst::Match { scrutinee, arms: arms.into() }, TypeId::UNIT);
        self.stmts.push(all);
        Ok(())
    }

    /// `[a, b]`: a loop over indices, with a comma before all but the first.
    fn elements(&mut self, whole: air::LocalId, ty: TypeId, elem: TypeId) -> Checked<()> {
        // A container has its elements behind a pointer, where nobody has asked for their type's definition.
        self.sema.ensure_layout(elem, Span::default())?;
        self.words("[")?;
        let outer = std::mem::take(&mut self.stmts);
        let index = self.body.locals.push(air::Local {
            name: None,
            ty: TypeId::USIZE,
            param: None,
            mutable: false,
            borrowed: false,
            range: NOWHERE,
        });
        self.words(", ")?;
        let comma = self.stmts.pop().expect("words make one statement");
        let read = |writer: &mut Self| {
            let local = writer.push(Inst::Local(index), TypeId::USIZE);
            writer.push(Inst::Use { place: local, kind: air::UseKind::Copy }, TypeId::USIZE)
        };
        let zero = self.sema.pool.scalar(TypeId::USIZE, 0);
        let at = read(self);
        let none = self.push(Inst::Const(zero), TypeId::USIZE);
        let cond = self.push(Inst::Binary(air::BinOp::Ne, at, none), TypeId::BOOL);
        let separate = self.push(Inst::If { cond, then: comma, else_: None }, TypeId::UNIT);
        self.stmts.push(separate);
        let at = read(self);
        let base = self.push(Inst::Local(whole), ty);
        let element = self.push(Inst::Index { base, index: at }, elem);
        self.value(element, elem)?;
        let stmts = std::mem::replace(&mut self.stmts, outer);
        let body = self.push(Inst::Block { stmts: stmts.into(), result: None }, TypeId::UNIT);
        let from = self.push(Inst::Const(zero), TypeId::USIZE);
        let to = match self.sema.pool.elem(ty) {
            Some((_, Some(len))) => {
                let len = self.sema.pool.scalar(TypeId::USIZE, u128::from(len));
                self.push(Inst::Const(len), TypeId::USIZE)
            }
            _ => {
                let place = self.push(Inst::Local(whole), ty);
                self.push(Inst::Len(place), TypeId::USIZE)
            }
        };
        let kind = PatKind::Bind { local: index, mode: BindMode::Copy };
        let pat = self.body.pats.push(Pat { kind, ty: TypeId::USIZE, range: NOWHERE });
        let id = air::LoopId(self.body.loops);
        self.body.loops += 1;
        let all = self.push(Inst::ForRange { id, pat, from, to, inclusive: false, body }, TypeId::UNIT);
        self.stmts.push(all);
        self.words("]")
    }
}
