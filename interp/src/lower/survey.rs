//! What is known of a function's locals before its instructions are lowered.

use kiln_cfg::{
    Arg, BlockId, Callee, Check, Func, Local, LocalKind, Operand, Place, PlaceBase, Proj, Rvalue, Stmt, Terminator,
};
use kiln_source::IdxVec;

/// Facts about one local.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Facts {
    /// Something holds its address, or may: it has to be in memory and to have an allocation.
    pub(super) addressed: bool,
    /// There is a `StorageLive` for it.
    pub(super) has_storage: bool,
    /// How often it is mentioned, storage aside.
    pub(super) mentions: u32,
    /// The only block that mentions it, if there is one.
    block: Mentioned,
    /// Where in that block it is mentioned last: number of the instruction, or of the terminator after them.
    pub(super) last: u32,
    /// The first mention assigns all of it.
    starts_assigned: bool,
    /// How often an alias is bound.
    binds: u32,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Mentioned {
    #[default]
    Nowhere,
    In(BlockId),
    Several,
}

impl Facts {
    /// The block outside of which its value does not matter.
    pub(super) fn home(&self) -> Option<BlockId> {
        match self.block {
            Mentioned::In(block) if self.starts_assigned => Some(block),
            _ => None,
        }
    }
}

/// The facts about all locals.
pub(super) struct Survey {
    pub(super) facts: IdxVec<Local, Facts>,
    /// Aliases that name the same part of another local for ever.
    pub(super) fixed: IdxVec<Local, Option<Place>>,
    /// Locals that hold the address of a place.
    pub(super) references: IdxVec<Local, bool>,
}

/// How a place is mentioned.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mention {
    Read,
    Write,
    Address,
}

/// Surveys a function. `references` says which locals hold the address of a place, `by_value` of a call's argument whether the place
/// is read instead of referred to.
pub(super) fn survey(
    func: &Func,
    references: IdxVec<Local, bool>,
    mut by_value: impl FnMut(&Callee, usize) -> bool,
) -> Survey {
    let count = func.locals.len();
    let mut survey = Survey {
        facts: (0..count).map(|_| Facts::default()).collect(),
        fixed: (0..count).map(|_| None).collect(),
        references,
    };
    survey.find_fixed(func);
    for (block, body) in func.blocks.iter_enumerated() {
        for (index, stmt) in body.stmts.iter().enumerate() {
            survey.stmt(block, index as u32, stmt, &mut by_value);
        }
        survey.terminator(block, body.stmts.len() as u32, &body.term);
    }
    survey
}

impl Survey {
    /// An alias that is bound once, to a part of a local at a fixed place in it, is another name for that part.
    fn find_fixed(&mut self, func: &Func) {
        let binds = || {
            func.blocks.iter().flat_map(|block| &block.stmts).filter_map(|stmt| match stmt {
                Stmt::Bind { local, place } => Some((*local, place)),
                _ => None,
            })
        };
        binds().for_each(|(local, _)| self.facts[local].binds += 1);
        for (local, place) in binds() {
            let PlaceBase::Local(base) = place.base else { continue };
            let is_fixed = place.proj.iter().all(|step| matches!(step, Proj::Field(_) | Proj::Variant(_)));
            let base_is_fixed = match func.locals[base].kind {
                LocalKind::Alias { .. } => self.fixed[base].is_some(),
                _ => true,
            };
            if self.facts[local].binds == 1 && is_fixed && base_is_fixed {
                self.fixed[local] = Some(place.clone());
            }
        }
    }

    fn stmt(&mut self, block: BlockId, at: u32, stmt: &Stmt, by_value: &mut impl FnMut(&Callee, usize) -> bool) {
        match stmt {
            Stmt::Assign(place, value) => {
                self.rvalue(block, at, value);
                self.place(block, at, place, Mention::Write);
            }
            Stmt::Call(call) => {
                if let Callee::Pointer(operand) = call.callee {
                    self.operand(block, at, operand);
                }
                for (index, arg) in call.args.iter().enumerate() {
                    match arg {
                        Arg::Value(operand) => self.operand(block, at, *operand),
                        Arg::Place(place) if by_value(&call.callee, index) => {
                            self.place(block, at, place, Mention::Read)
                        }
                        Arg::Place(place) => self.place(block, at, place, Mention::Address),
                    }
                }
                if let Some(dst) = &call.dst {
                    self.place(block, at, dst, Mention::Write);
                }
            }
            Stmt::Check(Check::Bounds { index, len }) => {
                [index, len].into_iter().for_each(|operand| self.operand(block, at, *operand));
            }
            Stmt::Check(Check::Slice { from, to, len }) => {
                [from, to, len].into_iter().for_each(|operand| self.operand(block, at, *operand));
            }
            Stmt::SetVariant { place, .. } | Stmt::Drop(place) => self.place(block, at, place, Mention::Write),
            Stmt::Bind { local, place } => {
                if self.fixed[*local].is_some() {
                    return;
                }
                self.place(block, at, place, Mention::Address);
                self.mention(*local, block, at, true);
            }
            Stmt::StorageLive(local) => self.facts[*local].has_storage = true,
            Stmt::StorageDead(_) => {}
        }
    }

    fn rvalue(&mut self, block: BlockId, at: u32, value: &Rvalue) {
        match value {
            Rvalue::Operand(a) | Rvalue::Unary(_, a) | Rvalue::Cast(_, a) | Rvalue::Repeat(a) => {
                self.operand(block, at, *a)
            }
            Rvalue::Binary(_, a, b) => {
                self.operand(block, at, *a);
                self.operand(block, at, *b);
            }
            Rvalue::Use(place, _) | Rvalue::Len(place) | Rvalue::Tag(place) => {
                self.place(block, at, place, Mention::Read);
            }
            Rvalue::AddressOf(place) => self.place(block, at, place, Mention::Address),
            Rvalue::Slice { place, from, to } => {
                self.place(block, at, place, Mention::Address);
                from.iter().chain(to).for_each(|operand| self.operand(block, at, *operand));
            }
            Rvalue::Builtin(_, operands) | Rvalue::MakeType { captures: operands, .. } => {
                operands.iter().for_each(|operand| self.operand(block, at, *operand));
            }
        }
    }

    fn terminator(&mut self, block: BlockId, at: u32, term: &Terminator) {
        match term {
            Terminator::Branch { cond: operand, .. }
            | Terminator::Switch { value: operand, .. }
            | Terminator::Panic(_, Some(operand)) => self.operand(block, at, *operand),
            Terminator::Return => self.facts[Func::RESULT].block = Mentioned::Several,
            Terminator::Jump(_) | Terminator::Panic(_, None) | Terminator::Unreachable => {}
        }
    }

    fn operand(&mut self, block: BlockId, at: u32, operand: Operand) {
        if let Some(local) = operand.local() {
            self.mention(local, block, at, false);
        }
    }

    fn place(&mut self, block: BlockId, at: u32, place: &Place, mention: Mention) {
        for step in &place.proj {
            if let Proj::Index(operand) = step {
                self.operand(block, at, *operand);
            }
        }
        let PlaceBase::Local(mut base) = place.base else { return };
        self.mention(base, block, at, mention == Mention::Write && place.proj.is_empty());
        while let Some(Place { base: PlaceBase::Local(of), .. }) = &self.fixed[base] {
            base = *of;
        }
        let is_behind_pointer = place.proj.first() == Some(&Proj::Deref) || self.references[base];
        if mention == Mention::Address && !is_behind_pointer {
            self.facts[base].addressed = true;
        }
    }

    fn mention(&mut self, local: Local, block: BlockId, at: u32, assigns_all: bool) {
        if let Some(Place { base: PlaceBase::Local(base), .. }) = &self.fixed[local] {
            self.mention(*base, block, at, false);
        }
        let facts = &mut self.facts[local];
        facts.mentions += 1;
        match facts.block {
            Mentioned::Nowhere => {
                facts.block = Mentioned::In(block);
                facts.starts_assigned = assigns_all;
            }
            Mentioned::In(known) if known == block => {}
            _ => facts.block = Mentioned::Several,
        }
        facts.last = at;
    }
}
