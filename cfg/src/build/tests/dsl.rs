//! AIR bodies by hand: each method appends an instruction and gives its id; types are found from the children.

use super::world::World;
use crate::FuncSig;
use kiln_air::{
    Arg, Arm, BinOp, BindMode, Body, Inst, InstId, Local, LocalId, LoopId, Overflow, Pat, PatId, PatKind, UnOp, UseKind,
};
use kiln_source::{FileId, IdxVec, TextRange};
use kiln_types::{FnTypeParam, ParamMode, TypeId, ValueId};

pub const ADD: BinOp = BinOp::Add(Overflow::Checked);
pub const SUB: BinOp = BinOp::Sub(Overflow::Checked);
pub const REM: BinOp = BinOp::Rem(Overflow::Checked);

/// A body being written.
pub struct Dsl<'w> {
    pub world: &'w mut World,
    pub body: Body,
    next: u32,
}

impl<'w> Dsl<'w> {
    pub fn new(world: &'w mut World, name: &str, ret: TypeId) -> Dsl<'w> {
        let body = Body {
            name: name.into(),
            file: FileId(0),
            range: TextRange::new(0, 1),
            locals: IdxVec::new(),
            param_count: 0,
            ret,
            insts: IdxVec::new(),
            types: IdxVec::new(),
            ranges: IdxVec::new(),
            pats: IdxVec::new(),
            loops: 0,
            root: InstId(0),
        };
        Dsl { world, body, next: 0 }
    }

    fn range(&mut self) -> TextRange {
        self.next += 1;
        TextRange::new(self.next, self.next + 1)
    }

    pub fn push(&mut self, inst: Inst, ty: TypeId) -> InstId {
        let range = self.range();
        self.body.push(inst, ty, range)
    }

    pub fn ty(&self, id: InstId) -> TypeId {
        self.body.types[id]
    }

    fn declare(&mut self, name: &str, ty: TypeId, param: Option<ParamMode>, mutable: bool) -> LocalId {
        let (name, range) = (Some(self.world.names.intern(name)), self.range());
        self.body.locals.push(Local { name, ty, param, mutable, borrowed: false, range })
    }

    pub fn param(&mut self, name: &str, ty: TypeId) -> LocalId {
        self.param_as(name, ty, ParamMode::Own)
    }

    pub fn param_as(&mut self, name: &str, ty: TypeId, mode: ParamMode) -> LocalId {
        self.body.param_count += 1;
        self.declare(name, ty, Some(mode), mode == ParamMode::Inout)
    }

    pub fn local(&mut self, name: &str, ty: TypeId) -> LocalId {
        self.declare(name, ty, None, false)
    }

    pub fn var(&mut self, name: &str, ty: TypeId) -> LocalId {
        self.declare(name, ty, None, true)
    }

    // Values.

    pub fn int(&mut self, ty: TypeId, value: i128) -> InstId {
        let value = self.world.pool.scalar(ty, value as u128);
        self.push(Inst::Const(value), ty)
    }

    pub fn i32(&mut self, value: i32) -> InstId {
        self.int(TypeId::I32, value.into())
    }

    pub fn usize(&mut self, value: u64) -> InstId {
        self.int(TypeId::USIZE, value.into())
    }

    pub fn bool(&mut self, value: bool) -> InstId {
        self.push(Inst::Const(ValueId::bool(value)), TypeId::BOOL)
    }

    pub fn place(&mut self, local: LocalId) -> InstId {
        self.push(Inst::Local(local), self.body.locals[local].ty)
    }

    pub fn field(&mut self, base: InstId, index: u32) -> InstId {
        let ty = self.world.pool.field_type(self.ty(base), index as usize).unwrap();
        self.push(Inst::Field { base, index }, ty)
    }

    pub fn index(&mut self, base: InstId, index: InstId) -> InstId {
        let (ty, _) = self.world.pool.elem(self.ty(base)).unwrap();
        self.push(Inst::Index { base, index }, ty)
    }

    /// The value of a place: copied if it can be.
    pub fn load(&mut self, place: InstId) -> InstId {
        let ty = self.ty(place);
        let kind = if self.world.pool.is_copy(ty) { UseKind::Copy } else { UseKind::Move };
        self.push(Inst::Use { place, kind }, ty)
    }

    pub fn get(&mut self, local: LocalId) -> InstId {
        let place = self.place(local);
        self.load(place)
    }

    pub fn bin(&mut self, op: BinOp, left: InstId, right: InstId) -> InstId {
        let ty = if op.is_comparison() { TypeId::BOOL } else { self.ty(left) };
        self.push(Inst::Binary(op, left, right), ty)
    }

    pub fn not(&mut self, value: InstId) -> InstId {
        self.push(Inst::Unary(UnOp::Not, value), self.ty(value))
    }

    pub fn call(&mut self, name: &str, ret: TypeId, args: &[InstId]) -> InstId {
        let args: Vec<_> = args.iter().map(|arg| (ParamMode::Own, *arg)).collect();
        self.call_with(name, ret, &args)
    }

    pub fn call_with(&mut self, name: &str, ret: TypeId, args: &[(ParamMode, InstId)]) -> InstId {
        let func = self.world.func(name);
        let params = args.iter().map(|(mode, value)| FnTypeParam { mode: *mode, ty: self.ty(*value) }).collect();
        self.world.signature(func, FuncSig { params, ret });
        let args = args.iter().map(|(mode, value)| Arg { mode: *mode, value: *value }).collect();
        self.push(Inst::Call { func, args }, ret)
    }

    pub fn tuple(&mut self, parts: &[InstId]) -> InstId {
        let types: Vec<TypeId> = parts.iter().map(|part| self.ty(*part)).collect();
        let ty = self.world.pool.tuple(&types);
        self.push(Inst::Tuple(parts.into()), ty)
    }

    pub fn array(&mut self, elems: &[InstId]) -> InstId {
        let ty = self.ty(elems[0]);
        let ty = self.world.pool.array(ty, elems.len() as u64);
        self.push(Inst::Array(elems.into()), ty)
    }

    pub fn strukt(&mut self, ty: TypeId, fields: &[(u32, InstId)], base: Option<InstId>) -> InstId {
        let kind = if self.world.pool.is_copy(ty) { UseKind::Copy } else { UseKind::Move };
        self.push(Inst::Struct { fields: fields.into(), base: base.map(|base| (base, kind)) }, ty)
    }

    pub fn variant(&mut self, ty: TypeId, variant: u32, fields: &[InstId]) -> InstId {
        let fields = (0..).zip(fields.iter().copied()).collect();
        self.push(Inst::Variant { variant, fields }, ty)
    }

    // Statements and control.

    pub fn let_(&mut self, local: LocalId, init: InstId) -> InstId {
        let pat = self.bind(local);
        self.push(Inst::Let { pat, init, or_else: None }, TypeId::UNIT)
    }

    pub fn set(&mut self, place: InstId, value: InstId) -> InstId {
        self.push(Inst::Assign { place, value }, TypeId::UNIT)
    }

    pub fn set_local(&mut self, local: LocalId, value: InstId) -> InstId {
        let place = self.place(local);
        self.set(place, value)
    }

    pub fn set_op(&mut self, op: BinOp, place: InstId, value: InstId) -> InstId {
        self.push(Inst::AssignOp { op, place, value }, TypeId::UNIT)
    }

    pub fn block(&mut self, stmts: &[InstId], result: Option<InstId>) -> InstId {
        let never = stmts.iter().any(|stmt| self.ty(*stmt) == TypeId::NEVER);
        let ty = result.map_or(if never { TypeId::NEVER } else { TypeId::UNIT }, |result| self.ty(result));
        self.push(Inst::Block { stmts: stmts.into(), result }, ty)
    }

    pub fn if_(&mut self, cond: InstId, then: InstId, else_: Option<InstId>) -> InstId {
        let mut ty = else_.map_or(TypeId::UNIT, |else_| self.ty(else_));
        if ty == TypeId::NEVER {
            ty = self.ty(then);
        }
        self.push(Inst::If { cond, then, else_ }, ty)
    }

    pub fn and(&mut self, left: InstId, right: InstId) -> InstId {
        let false_ = self.bool(false);
        self.if_(left, right, Some(false_))
    }

    pub fn or(&mut self, left: InstId, right: InstId) -> InstId {
        let true_ = self.bool(true);
        self.if_(left, true_, Some(right))
    }

    pub fn new_loop(&mut self) -> LoopId {
        self.body.loops += 1;
        LoopId(self.body.loops - 1)
    }

    pub fn break_(&mut self, id: LoopId, value: Option<InstId>) -> InstId {
        self.push(Inst::Break { id, value }, TypeId::NEVER)
    }

    pub fn continue_(&mut self, id: LoopId) -> InstId {
        self.push(Inst::Continue { id }, TypeId::NEVER)
    }

    pub fn loop_(&mut self, id: LoopId, body: InstId, ty: TypeId) -> InstId {
        self.push(Inst::Loop { id, body }, ty)
    }

    /// `while cond { body }`
    pub fn while_(&mut self, id: LoopId, cond: InstId, body: InstId) -> InstId {
        let out = self.break_(id, None);
        let turn = self.if_(cond, body, Some(out));
        self.loop_(id, turn, TypeId::UNIT)
    }

    pub fn return_(&mut self, value: Option<InstId>) -> InstId {
        self.push(Inst::Return(value), TypeId::NEVER)
    }

    pub fn match_(&mut self, scrutinee: InstId, arms: &[(PatId, Option<InstId>, InstId)], ty: TypeId) -> InstId {
        let arms = arms.iter().map(|(pat, guard, body)| Arm { pat: *pat, guard: *guard, body: *body }).collect();
        self.push(Inst::Match { scrutinee, arms }, ty)
    }

    // Patterns.

    pub fn pat(&mut self, kind: PatKind, ty: TypeId) -> PatId {
        let range = self.range();
        self.body.pats.push(Pat { kind, ty, range })
    }

    pub fn wild(&mut self, ty: TypeId) -> PatId {
        self.pat(PatKind::Wild, ty)
    }

    pub fn bind(&mut self, local: LocalId) -> PatId {
        let ty = self.body.locals[local].ty;
        let mode = if self.world.pool.is_copy(ty) { BindMode::Copy } else { BindMode::Move };
        self.pat(PatKind::Bind { local, mode }, ty)
    }

    pub fn is(&mut self, ty: TypeId, value: i128) -> PatId {
        let value = self.world.pool.scalar(ty, value as u128);
        self.pat(PatKind::Const(value), ty)
    }

    pub fn range_pat(&mut self, ty: TypeId, from: Option<i128>, to: Option<i128>) -> PatId {
        let [from, to] = [from, to].map(|bound| bound.map(|bound| self.world.pool.scalar(ty, bound as u128)));
        self.pat(PatKind::Range { from, to }, ty)
    }

    pub fn parts(&mut self, ty: TypeId, parts: &[PatId]) -> PatId {
        self.pat(PatKind::Fields((0..).zip(parts.iter().copied()).collect()), ty)
    }

    pub fn is_variant(&mut self, ty: TypeId, variant: u32, parts: &[PatId]) -> PatId {
        self.pat(PatKind::Variant { variant, fields: (0..).zip(parts.iter().copied()).collect() }, ty)
    }

    pub fn any_of(&mut self, alternatives: &[PatId]) -> PatId {
        let ty = self.body.pats[alternatives[0]].ty;
        self.pat(PatKind::Or(alternatives.into()), ty)
    }

    /// The body with this expression, built and printed.
    pub fn text(mut self, root: InstId) -> String {
        self.body.root = root;
        let built = self.world.build(&self.body);
        self.world.print(&built.func)
    }
}
