//! What a body's instructions may do, found in one pass before lowering: whether an operand that was read early would
//! notice a later sibling, and which locals need an address.

use kiln_air::{BindMode, Body, Builtin, Inst, InstId, LocalId, PatId, PatKind, UseKind};
use kiln_source::Idx;
use kiln_types::ParamMode;

/// What evaluating an instruction, with everything in it, may do.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct Effects(u8);

impl Effects {
    /// Nothing that others notice.
    pub const NONE: Effects = Effects(0);
    /// Writes a place that was there before.
    pub const WRITES: Effects = Effects(1);
    /// Leaves by `return`, `break` or `continue`.
    pub const EXITS: Effects = Effects(2);
    /// Calls what may write through raw pointers.
    pub const CALLS: Effects = Effects(4);

    /// Both.
    pub fn and(self, other: Effects) -> Effects {
        Effects(self.0 | other.0)
    }

    /// Whether one of `other`'s effects is among these.
    pub fn has(self, other: Effects) -> bool {
        self.0 & other.0 != 0
    }
}

/// The facts; buffers are kept from one body to the next.
#[derive(Debug, Default)]
pub(super) struct Survey {
    effects: Vec<Effects>,
    in_memory: Vec<bool>,
    moved: Vec<bool>,
    takes_addresses: bool,
}

impl Survey {
    /// Looks at every instruction and pattern once.
    pub fn run(&mut self, body: &Body) {
        self.effects.clear();
        self.in_memory.clear();
        self.in_memory.resize(body.locals.len(), false);
        self.moved.clear();
        self.moved.resize(body.locals.len(), false);
        self.takes_addresses = false;
        for inst in body.insts.iter() {
            let mut effects = self.own(body, inst);
            inst.for_each_child(|child| effects = effects.and(self.effects[child.index()]));
            self.effects.push(effects);
        }
    }

    /// What evaluating the instruction may do. A call may write every place if the body takes addresses.
    pub fn effects(&self, id: InstId) -> Effects {
        let effects = self.effects[id.index()];
        if self.takes_addresses && effects.has(Effects::CALLS) { effects.and(Effects::WRITES) } else { effects }
    }

    /// Whether something else than the local's name refers to it.
    pub fn in_memory(&self, local: LocalId) -> bool {
        self.in_memory[local.index()]
    }

    /// Whether the local's value, or a part of it, is taken away somewhere.
    pub fn is_moved(&self, local: LocalId) -> bool {
        self.moved[local.index()]
    }

    /// Whether the body has raw pointers to its own places.
    pub fn takes_addresses(&self) -> bool {
        self.takes_addresses
    }

    fn own(&mut self, body: &Body, inst: &Inst) -> Effects {
        match inst {
            Inst::Assign { .. } | Inst::AssignOp { .. } => Effects::WRITES,
            Inst::Return(_) | Inst::Break { .. } | Inst::Continue { .. } => Effects::EXITS,
            Inst::Call { args, .. } | Inst::CallPtr { args, .. } => {
                let mut effects = Effects::CALLS;
                for arg in args.iter().filter(|arg| arg.mode == ParamMode::Inout) {
                    effects = effects.and(Effects::WRITES);
                    self.refer(body, arg.value);
                }
                effects
            }
            Inst::Builtin(Builtin::CopyMemory | Builtin::Realloc | Builtin::Free | Builtin::Syscall, _) => {
                Effects::CALLS
            }
            Inst::AddressOf { place } => {
                self.takes_addresses = true;
                self.refer(body, *place);
                Effects::NONE
            }
            Inst::Slice { base, .. } => {
                self.refer(body, *base);
                Effects::NONE
            }
            Inst::Use { place, kind: UseKind::Move } | Inst::Struct { base: Some((place, UseKind::Move)), .. } => {
                self.take(body, *place);
                Effects::NONE
            }
            Inst::Match { scrutinee, arms } => {
                if arms.iter().any(|arm| binds_alias(body, arm.pat)) {
                    self.refer(body, *scrutinee);
                }
                self.take(body, *scrutinee);
                Effects::NONE
            }
            Inst::Let { pat, init: source, .. } | Inst::ForEach { pat, elems: source, .. } => {
                if binds_alias(body, *pat) {
                    self.refer(body, *source);
                }
                self.take(body, *source);
                Effects::NONE
            }
            _ => Effects::NONE,
        }
    }

    /// The place's value may be taken away, with a use or by a pattern.
    fn take(&mut self, body: &Body, place: InstId) {
        if let Some(local) = root(body, place) {
            self.moved[local.index()] = true;
        }
    }

    /// The place is referred to by its address.
    fn refer(&mut self, body: &Body, place: InstId) {
        if let Some(local) = root(body, place) {
            self.in_memory[local.index()] = true;
        }
    }
}

/// What the siblings behind each of several instructions may do, which are evaluated in order.
#[derive(Clone, Copy, Debug)]
pub(super) struct Siblings {
    last_write: usize,
    last_exit: usize,
}

impl Siblings {
    /// Of these instructions.
    pub fn of(survey: &Survey, ids: impl Iterator<Item = InstId>) -> Siblings {
        let mut siblings = Siblings { last_write: 0, last_exit: 0 };
        for (index, id) in ids.enumerate() {
            let effects = survey.effects(id);
            if effects.has(Effects::WRITES) {
                siblings.last_write = index;
            }
            if effects.has(Effects::EXITS) {
                siblings.last_exit = index;
            }
        }
        siblings
    }

    /// What those behind the one with this index may do.
    pub fn after(self, index: usize) -> Effects {
        let writes = if index < self.last_write { Effects::WRITES } else { Effects::NONE };
        let exits = if index < self.last_exit { Effects::EXITS } else { Effects::NONE };
        writes.and(exits)
    }
}

/// The local that a place is a part of; `None` behind a raw pointer, for static data and for values.
pub(super) fn root(body: &Body, mut place: InstId) -> Option<LocalId> {
    loop {
        match &body.insts[place] {
            Inst::Local(local) => return Some(*local),
            Inst::Field { base, .. } | Inst::Index { base, .. } | Inst::Slice { base, .. } => place = *base,
            _ => return None,
        }
    }
}

/// Whether a pattern has a binding that names a part of what it matches.
pub(super) fn binds_alias(body: &Body, pat: PatId) -> bool {
    binds(body, pat, |mode| matches!(mode, BindMode::Alias | BindMode::AliasMut))
}

/// Whether a pattern has a binding that names a part of what it matches to change it.
pub(super) fn binds_part(body: &Body, pat: PatId) -> bool {
    binds(body, pat, |mode| mode == BindMode::AliasMut)
}

fn binds(body: &Body, pat: PatId, test: fn(BindMode) -> bool) -> bool {
    match &body.pats[pat].kind {
        PatKind::Bind { mode, .. } => test(*mode),
        PatKind::Wild | PatKind::Const(_) | PatKind::Range { .. } => false,
        PatKind::Fields(fields) | PatKind::Variant { fields, .. } => {
            fields.iter().any(|(_, part)| binds(body, *part, test))
        }
        PatKind::Or(alternatives) => alternatives.iter().any(|part| binds(body, *part, test)),
    }
}
