//! Functions the compiler makes for types: dropping a value, and whether two values are equal. Parts that are no scalars
//! have functions of their own, so a recursive type needs nothing special.

mod drop;
mod eq;

use crate::emit::Emit;
use crate::{
    Arg, BinOp, BlockId, BuildCx, Call, Callee, Func, FuncSig, Glue, Local, LocalDecl, LocalKind, Operand, Overflow,
    Place, Proj, Rvalue, Stmt, Terminator,
};
use kiln_source::{FileId, TextRange};
use kiln_types::{FnTypeParam, ParamMode, TypeId};

/// Glue is written nowhere.
const NOWHERE: TextRange = TextRange::new(0, 0);

impl Glue {
    /// Its run-time signature.
    pub fn sig(self) -> FuncSig {
        let param = |mode, ty| FnTypeParam { mode, ty };
        match self {
            Glue::Drop(ty) => FuncSig { params: Box::new([param(ParamMode::Inout, ty)]), ret: TypeId::UNIT },
            Glue::Eq(ty) => {
                let param = param(ParamMode::Borrow, ty);
                FuncSig { params: Box::new([param, param]), ret: TypeId::BOOL }
            }
        }
    }
}

/// Builds the function of a glue under the name it is printed with.
pub fn build_glue(glue: Glue, name: &str, cx: &mut BuildCx<'_>) -> Func {
    let sig = glue.sig();
    let mut emit = std::mem::take(&mut cx.scratch.emit);
    emit.begin(16);
    let decl = |ty, kind, mutable| LocalDecl { ty, kind, name: None, mutable, range: NOWHERE, scope: NOWHERE };
    emit.locals.push(decl(sig.ret, LocalKind::Return, true));
    for param in &sig.params {
        emit.locals.push(decl(param.ty, LocalKind::Param(param.mode), param.mode == ParamMode::Inout));
    }
    let mut builder = GlueBuilder { cx, emit };
    match glue {
        Glue::Drop(ty) => builder.drop_value(ty),
        Glue::Eq(ty) => builder.eq_value(ty),
    }
    let GlueBuilder { mut emit, .. } = builder;
    let (locals, blocks) = emit.finish();
    cx.scratch.emit = emit;
    let param_count = sig.params.len();
    Func { name: name.into(), file: FileId::default(), range: NOWHERE, locals, param_count, blocks }
}

/// The first parameter.
const FIRST: Local = Local(1);
/// The second parameter.
const SECOND: Local = Local(2);

/// A glue function being built.
struct GlueBuilder<'b, 'a> {
    cx: &'b mut BuildCx<'a>,
    emit: Emit,
}

impl GlueBuilder<'_, '_> {
    fn usize_const(&mut self, value: u64) -> Operand {
        Operand::Const(self.cx.pool.scalar(TypeId::USIZE, value.into()))
    }

    fn call_glue(&mut self, glue: Glue, dst: Option<Place>, args: Box<[Arg]>) {
        let callee = Callee::Func((self.cx.glue)(glue));
        self.emit.push(Stmt::Call(Box::new(Call { dst, callee, args })), NOWHERE);
    }

    fn branch_on(&mut self, op: BinOp, left: Operand, right: Operand, then: BlockId, else_: BlockId) {
        let cond = self.emit.compute(TypeId::BOOL, Rvalue::Binary(op, left, right), NOWHERE);
        self.emit.end(Terminator::Branch { cond, then, else_ }, NOWHERE);
    }

    /// Runs `turn` for each index below `len`; the path goes on behind it.
    fn for_each_index(&mut self, len: Operand, turn: impl FnOnce(&mut Self, Proj)) {
        let index = self.emit.variable(TypeId::USIZE, NOWHERE);
        let (header, body, end) = (self.emit.new_block(), self.emit.new_block(), self.emit.new_block());
        let zero = self.usize_const(0);
        self.emit.assign(Place::local(index), Rvalue::Operand(zero), NOWHERE);
        self.emit.jump(header, NOWHERE);
        self.emit.enter(header).expect("the jump goes there");
        self.branch_on(BinOp::Lt, Operand::Copy(index), len, body, end);
        self.emit.enter(body).expect("the branch goes there");
        turn(self, Proj::Index(Operand::Copy(index)));
        let one = self.usize_const(1);
        let next = Rvalue::Binary(BinOp::Add(Overflow::Wrapping), Operand::Copy(index), one);
        self.emit.assign(Place::local(index), next, NOWHERE);
        self.emit.jump(header, NOWHERE);
        self.emit.enter(end).expect("the branch goes there");
    }

    /// Types of the fields of each variant, with its discriminant.
    fn variants(&self, ty: TypeId) -> Vec<(u128, Vec<TypeId>)> {
        let variants = self.cx.pool.enum_def(ty).map_or(&[][..], |def| &def.variants);
        variants
            .iter()
            .map(|variant| (variant.discriminant, variant.fields.iter().map(|field| field.ty).collect()))
            .collect()
    }

    /// Types of the fields of a struct or tuple.
    fn fields(&self, ty: TypeId) -> Vec<TypeId> {
        let count = self.cx.pool.field_count(ty).unwrap_or(0);
        (0..count).filter_map(|index| self.cx.pool.field_type(ty, index)).collect()
    }
}
