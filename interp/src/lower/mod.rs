//! From the CFG of a function to bytecode, once, when it is first called.
//!
//! Every layout becomes a number here. A local is in registers unless it is an aggregate or something holds its address;
//! what a single block needs shares registers with other blocks. Each instruction of the CFG is lowered by itself, and
//! what it computes goes where it is wanted: [`Emit::retarget`](emit) saves most moves.

mod survey;

mod known;

mod fuse;

mod emit;

mod locals;

mod place;

mod operand;

mod transfer;

mod assign;

mod binary;

mod scalar;

mod builtin;

mod call;

mod flow;

use crate::abi::{self, Pass};
use crate::code::{Code, Param};
use crate::consts::ConstTable;
use crate::env::Functions;
use crate::op::Op;
use emit::{Constant, Emit};
use kiln_cfg::{BlockId, Callee, Check, Func, Local, LocalKind, Operand, Stmt};
use kiln_source::{Idx, IdxVec};
use kiln_types::{FnType, FnTypeParam, FuncId, Layout, Layouts, ParamMode, Pool, Statics, TypeId, TypeKey};
use locals::Loc;
use std::rc::Rc;
use survey::Survey;

/// What lowering looks things up in.
pub(crate) struct LowerCx<'a> {
    pub(crate) pool: &'a Pool,
    pub(crate) layouts: &'a mut Layouts,
    pub(crate) statics: &'a Statics,
    pub(crate) functions: &'a dyn Functions,
    pub(crate) consts: &'a mut ConstTable,
    /// Whether the code runs while a program is compiled.
    pub(crate) is_comptime: bool,
}

/// Why a function has no bytecode.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum LowerError {
    /// Nothing is known yet of a function it calls.
    Unknown(FuncId),
    /// Its frame, or something in it, is larger than the interpreter's memory.
    TooLarge,
}

impl LowerCx<'_> {
    fn reborrow(&mut self) -> LowerCx<'_> {
        LowerCx { layouts: &mut *self.layouts, consts: &mut *self.consts, ..*self }
    }
}

type Lowered<T = ()> = Result<T, LowerError>;

/// Lowers a function.
///
/// # Errors
/// See [`LowerError`].
pub(crate) fn lower(mut cx: LowerCx<'_>, id: FuncId, func: &Func) -> Lowered<Code> {
    let lower = Lower::new(cx.reborrow(), id, func)?.all_blocks(None)?;
    match lower.emit.lost_constants() {
        None => lower.finish(),
        Some(constants) => Lower::new(cx, id, func)?.all_blocks(Some(&constants))?.finish(),
    }
}

struct Lower<'a> {
    cx: LowerCx<'a>,
    id: FuncId,
    func: &'a Func,
    survey: Survey,
    locs: IdxVec<Local, Loc>,
    params: Vec<Param>,
    ret: Pass,
    /// Bytes of the frame so far.
    frame: u64,
    emit: Emit,
    /// The block that is lowered, and the number of the instruction in it.
    block: BlockId,
    at: u32,
    /// The block whose code comes next.
    next: BlockId,
    /// Blocks that may be executed more than once a call.
    in_loop: IdxVec<BlockId, bool>,
    /// The block is repeated at the end of another one.
    is_repeating: bool,
    /// Locals of the current block that have registers.
    transient: Vec<Local>,
    /// The local that the current instruction has given registers.
    fresh: Option<Local>,
    /// The local that a register was first given to.
    owners: [Option<Local>; 256],
}

impl<'a> Lower<'a> {
    fn new(mut cx: LowerCx<'a>, id: FuncId, func: &'a Func) -> Lowered<Self> {
        if let Some(unknown) = unknown_callee(&cx, func) {
            return Err(LowerError::Unknown(unknown));
        }
        let ret = abi::pass_value(cx.pool, cx.layouts, func.ret());
        let params = params(&mut cx, func);
        let references = references(func, &params);
        let layouts = &mut *cx.layouts;
        let survey = survey::survey(func, references, |callee: &Callee, index: usize| {
            let param = callee_params(cx.pool, cx.functions, func, callee)[index];
            !matches!(abi::pass_param(cx.pool, layouts, param.mode, param.ty), Pass::Pointer | Pass::FatPointer)
        });
        let emit = Emit::new(func.blocks.len(), flow::entered_once(func));
        let locs = func.locals.ids().map(|_| Loc::Pending).collect();
        Ok(Lower {
            cx,
            id,
            func,
            survey,
            locs,
            params,
            ret,
            frame: 0,
            emit,
            block: Func::ENTRY,
            at: 0,
            next: Func::ENTRY,
            in_loop: loops(func),
            is_repeating: false,
            transient: Vec::new(),
            fresh: None,
            owners: [None; 256],
        })
    }

    /// Lowers everything. `constants`, if they are known, have registers before anything else.
    fn all_blocks(mut self, constants: Option<&[Constant]>) -> Lowered<Self> {
        self.place_locals(constants)?;
        self.prologue()?;
        for block in self.func.blocks.ids() {
            self.block(block)?;
        }
        Ok(self)
    }

    fn block(&mut self, block: BlockId) -> Lowered {
        self.block = block;
        self.next = BlockId(block.0 + 1);
        self.emit.begin(block);
        self.block_body(block)
    }

    fn block_body(&mut self, block: BlockId) -> Lowered {
        let body = &self.func.blocks[block];
        let fused = self.fused_comparison(block);
        let count = body.stmts.len() - usize::from(fused.is_some());
        for (index, stmt) in body.stmts[..count].iter().enumerate() {
            self.at = index as u32;
            self.emit.range = body.ranges.get(index).copied().unwrap_or_default();
            self.stmt(stmt)?;
            self.end_stmt();
        }
        self.at = body.stmts.len() as u32;
        self.emit.range = match fused {
            Some(_) => body.ranges.get(count).copied().unwrap_or_default(),
            None => body.term_range,
        };
        self.terminator(&body.term, fused)?;
        self.at = u32::MAX;
        self.end_stmt();
        Ok(())
    }

    fn stmt(&mut self, stmt: &Stmt) -> Lowered {
        match stmt {
            Stmt::Assign(place, value) => self.assign(place, value),
            Stmt::Call(call) => self.call(call),
            Stmt::Check(check) => self.check(check),
            Stmt::SetVariant { place, variant } => self.set_variant(place, *variant),
            Stmt::Bind { local, place } => self.bind(*local, place),
            // Elaboration has replaced drops by calls.
            Stmt::Drop(_) => Ok(()),
            Stmt::StorageLive(local) => self.storage_live(*local),
            Stmt::StorageDead(local) => {
                self.storage_dead(*local);
                Ok(())
            }
        }
    }

    fn check(&mut self, check: &Check) -> Lowered {
        match check {
            Check::Bounds { index, len } => match self.imm(*len) {
                Some(len) if len <= u64::from(u32::MAX) => {
                    let a = self.reg(*index)?;
                    self.emit.op(Op::CheckBoundsImm { a, imm: len as u32 });
                }
                _ => {
                    let (a, b) = (self.reg(*index)?, self.reg(*len)?);
                    self.emit.op(Op::CheckBounds { a, b });
                }
            },
            Check::Slice { from, to, len } => {
                let (a, b, c) = (self.reg(*from)?, self.reg(*to)?, self.reg(*len)?);
                self.emit.op(Op::CheckSlice { a, b, c });
            }
        }
        Ok(())
    }

    fn finish(mut self) -> Lowered<Code> {
        for (index, param) in self.params.iter_mut().enumerate() {
            if let Loc::Frame { offset, .. } = self.locs[Local(index as u32 + 1)] {
                param.home = Some(offset);
            }
        }
        let frame_bytes = u32::try_from(self.frame.next_multiple_of(16)).map_err(|_| LowerError::TooLarge)?;
        let extra_slots = self.params.iter().map(|param| param.slot + param.pass.slots()).max().unwrap_or(0);
        let (ops, ranges, tables) = self.emit.finish(self.func.range);
        Ok(Code {
            func: self.id,
            name: self.func.name.clone(),
            file: self.func.file,
            ops,
            ranges,
            frame_bytes,
            extra_slots: if extra_slots as usize > crate::state::WINDOW { extra_slots } else { 0 },
            params: self.params.into(),
            ret: self.ret,
            ret_ty: self.func.ret(),
            tables,
        })
    }

    fn layout(&mut self, ty: TypeId) -> Rc<Layout> {
        self.cx.layouts.of(self.cx.pool, ty)
    }

    /// Bytes of a type, which fit the interpreter's memory.
    fn size(&mut self, ty: TypeId) -> Lowered<u32> {
        u32::try_from(self.layout(ty).size).map_err(|_| LowerError::TooLarge)
    }

    fn operand_ty(&self, operand: Operand) -> TypeId {
        match operand {
            Operand::Copy(local) | Operand::Move(local) => self.func.locals[local].ty,
            Operand::Const(value) => self.cx.pool.type_of(value),
        }
    }
}

/// The run-time parameters of what a call calls.
fn callee_params<'p>(pool: &'p Pool, functions: &'p dyn Functions, func: &Func, callee: &Callee) -> &'p [FnTypeParam] {
    match callee {
        Callee::Func(id) => {
            &functions.info(*id).expect("functions that are not known yet were looked for before").sig.params
        }
        Callee::Pointer(operand) => &fn_type(pool, func, *operand).params,
    }
}

fn fn_type<'p>(pool: &'p Pool, func: &Func, callee: Operand) -> &'p FnType {
    let ty = match callee {
        Operand::Copy(local) | Operand::Move(local) => func.locals[local].ty,
        Operand::Const(value) => pool.type_of(value),
    };
    match pool.key(ty) {
        TypeKey::Fn(ty) => ty,
        other => unreachable!("a call through a pointer of type {other:?} is not made by the CFG"),
    }
}

/// A function that is called and of which nothing is known.
fn unknown_callee(cx: &LowerCx<'_>, func: &Func) -> Option<FuncId> {
    func.blocks.iter().flat_map(|block| &block.stmts).find_map(|stmt| match stmt {
        Stmt::Call(call) => match call.callee {
            Callee::Func(id) if cx.functions.info(id).is_none() => Some(id),
            _ => None,
        },
        _ => None,
    })
}

fn params(cx: &mut LowerCx<'_>, func: &Func) -> Vec<Param> {
    let mut slot = 0;
    func.params()
        .map(|local| {
            let decl = &func.locals[local];
            let mode = match decl.kind {
                LocalKind::Param(mode) => mode,
                _ => ParamMode::Own,
            };
            let pass = abi::pass_param(cx.pool, cx.layouts, mode, decl.ty);
            let is_shared = mode == ParamMode::Borrow;
            let slot_of = abi::argument_slot(slot, pass.slots());
            let param = Param { ty: decl.ty, pass, slot: slot_of, home: None, is_shared };
            slot += pass.slots();
            param
        })
        .collect()
}

/// Which blocks are inside of loops. Blocks stand in reverse post order, so a loop is what lies between its first block and one that
/// goes back there (and some blocks more).
fn loops(func: &Func) -> IdxVec<BlockId, bool> {
    let mut in_loop: Vec<bool> = vec![false; func.blocks.len()];
    let mut deepest = 0;
    for (block, body) in func.blocks.iter_enumerated() {
        body.term.for_each_successor(|to| {
            if to <= block {
                // What was marked before is not marked again, so nested loops cost no more than others.
                let from = to.index().max(if in_loop[to.index()] { deepest } else { 0 });
                in_loop[from..=block.index()].fill(true);
                deepest = block.index();
            }
        });
    }
    in_loop.into()
}

/// Which locals hold the address of a place.
fn references(func: &Func, params: &[Param]) -> IdxVec<Local, bool> {
    func.locals
        .iter_enumerated()
        .map(|(local, decl)| match decl.kind {
            LocalKind::Param(_) => matches!(params[local.0 as usize - 1].pass, Pass::Pointer | Pass::FatPointer),
            LocalKind::Alias { .. } => true,
            _ => false,
        })
        .collect()
}
