//! A function while it is made: blocks are filled one after another, in any order.
//!
//! All instructions stand in one buffer and a block is a stretch of it, so that threading, merging and renumbering
//! ([`Emit::finish`]) move each instruction once.

use crate::simplify::Simplifier;
use crate::{Block, BlockId, Local, LocalDecl, LocalKind, Operand, Place, Rvalue, Stmt, Terminator};
use kiln_source::{Idx, IdxVec, TextRange};
use kiln_types::TypeId;

/// Proof that the position is not reached: what would follow is not emitted.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Diverged;

/// What lowering gives, unless it ends the path.
pub(crate) type Flow<T> = Result<T, Diverged>;

/// A block while it is made.
#[derive(Debug)]
pub(crate) struct Draft {
    /// First instruction in the buffer.
    pub start: u32,
    /// End of the instructions.
    pub end: u32,
    /// Some block that is reached goes on here.
    pub reached: bool,
    /// How it ends.
    pub term: Terminator,
    /// Source range of the terminator.
    pub term_range: TextRange,
}

/// The function being made.
#[derive(Debug, Default)]
pub(crate) struct Emit {
    /// All locals so far.
    pub locals: IdxVec<Local, LocalDecl>,
    drafts: IdxVec<BlockId, Draft>,
    stmts: Vec<Stmt>,
    ranges: Vec<TextRange>,
    current: Option<BlockId>,
    simplifier: Simplifier,
}

impl Emit {
    /// Begins a function: no locals, the entry block open.
    pub fn begin(&mut self, locals: usize) {
        self.locals = IdxVec::with_capacity(locals);
        self.drafts.clear();
        self.stmts.clear();
        self.ranges.clear();
        let entry = self.new_block();
        self.drafts[entry].reached = true;
        self.current = Some(entry);
    }

    /// A block that nothing goes to yet.
    pub fn new_block(&mut self) -> BlockId {
        self.drafts.push(Draft {
            start: 0,
            end: 0,
            reached: false,
            term: Terminator::Unreachable,
            term_range: TextRange::default(),
        })
    }

    /// Goes on in a block, unless nothing goes there.
    pub fn enter(&mut self, block: BlockId) -> Flow<()> {
        debug_assert!(self.current.is_none(), "the block before has no terminator");
        let draft = &mut self.drafts[block];
        if !draft.reached {
            return Err(Diverged);
        }
        draft.start = self.stmts.len() as u32;
        self.current = Some(block);
        Ok(())
    }

    /// Appends an instruction to the current block.
    #[inline]
    pub fn push(&mut self, stmt: Stmt, range: TextRange) {
        debug_assert!(self.current.is_some(), "code is emitted only where it is reached");
        self.stmts.push(stmt);
        self.ranges.push(range);
    }

    /// Appends an assignment.
    #[inline]
    pub fn assign(&mut self, place: Place, value: Rvalue, range: TextRange) {
        self.push(Stmt::Assign(place, value), range);
    }

    /// Ends the current block.
    pub fn end(&mut self, term: Terminator, range: TextRange) {
        let current = self.current.take().expect("a block is ended once");
        term.for_each_successor(|next| self.drafts[next].reached = true);
        let end = self.stmts.len() as u32;
        let draft = &mut self.drafts[current];
        (draft.end, draft.term, draft.term_range) = (end, term, range);
    }

    /// Ends the current block with a jump.
    pub fn jump(&mut self, to: BlockId, range: TextRange) {
        self.end(Terminator::Jump(to), range);
    }

    /// Ends the current block where no execution gets.
    pub fn unreachable<T>(&mut self, range: TextRange) -> Flow<T> {
        self.end(Terminator::Unreachable, range);
        Err(Diverged)
    }

    fn local(&mut self, ty: TypeId, kind: LocalKind, mutable: bool, range: TextRange) -> Local {
        self.locals.push(LocalDecl { ty, kind, name: None, mutable, range, scope: TextRange::default() })
    }

    /// A temporary, to be assigned once.
    pub fn temp(&mut self, ty: TypeId, range: TextRange) -> Local {
        self.local(ty, LocalKind::Temp, false, range)
    }

    /// A local without name that is assigned at several places.
    pub fn variable(&mut self, ty: TypeId, range: TextRange) -> Local {
        self.local(ty, LocalKind::User, true, range)
    }

    /// An alias without name.
    pub fn alias(&mut self, ty: TypeId, range: TextRange) -> Local {
        self.local(ty, LocalKind::Alias { mutable: false }, false, range)
    }

    /// A temporary that holds `value`.
    pub fn hold(&mut self, ty: TypeId, value: Rvalue, range: TextRange) -> Local {
        let temp = self.temp(ty, range);
        self.assign(Place::local(temp), value, range);
        temp
    }

    /// As [`Emit::hold`], for a type that is copied.
    pub fn compute(&mut self, ty: TypeId, value: Rvalue, range: TextRange) -> Operand {
        Operand::Copy(self.hold(ty, value, range))
    }

    /// The finished blocks and locals.
    pub fn finish(&mut self) -> (IdxVec<Local, LocalDecl>, IdxVec<BlockId, Block>) {
        debug_assert!(self.current.is_none(), "the last block has no terminator");
        let blocks = self.simplifier.run(&mut self.drafts, &mut self.stmts, &self.ranges);
        (std::mem::take(&mut self.locals), blocks)
    }
}

/// Runs `f` with more stack where little is left: nesting of any depth is lowered.
#[inline]
pub(crate) fn with_stack<T>(f: impl FnOnce() -> T) -> T {
    stacker::maybe_grow(128 * 1024, 2 * 1024 * 1024, f)
}

/// The block with this number.
pub(crate) fn block_id(index: u32) -> BlockId {
    BlockId::from_usize(index as usize)
}
