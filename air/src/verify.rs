//! Checks the contract of AIR. Its list of rules is the list of [`Rule`]s.
//!
//! It runs in debug builds and tests; what it finds is a mistake of the compiler, never of a program.

mod insts;
mod pats;

use crate::{Body, Inst, InstId, LoopId, PatId};
use kiln_source::Idx;
use kiln_types::{FnTypeParam, FuncId, Pool, TypeId, TypeKey};
use std::fmt;

/// Parameters and result of a function.
pub type Signature<'a> = (&'a [FnTypeParam], TypeId);

/// What verifying needs to know.
#[derive(Clone, Copy)]
pub struct VerifyCx<'a> {
    /// Types and values.
    pub pool: &'a Pool,
    /// Signatures of functions, as far as they are known. More arguments than parameters are allowed: `extern` functions may take
    /// them.
    pub sig: &'a dyn Fn(FuncId) -> Option<Signature<'a>>,
}

/// A broken rule.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Violation {
    /// The instruction.
    pub inst: InstId,
    /// What is broken.
    pub rule: Rule,
}

/// The rules.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Rule {
    /// Types, ranges and instructions are as many; instructions, patterns, locals and loops are in range.
    OutOfRange,
    /// Children come before their parents.
    ChildAfterParent(InstId),
    /// Each instruction is the child of one other.
    Shared(InstId),
    /// There is a place where a place is demanded.
    NotAPlace(InstId),
    /// All types are settled.
    Unsettled(TypeId),
    /// Children and results have the types their instruction has.
    Type {
        /// Of what.
        what: &'static str,
        /// What it is.
        found: TypeId,
        /// What it has to be, where it is one type.
        expected: Option<TypeId>,
    },
    /// Only values of copy types are copied.
    CopiesAffine(TypeId),
    /// A call has at least as many arguments as its function has parameters, of their modes.
    Arguments,
    /// A field, variant or element that the type does not have.
    NoSuchPart(TypeId),
    /// A jump to a loop that is not around it.
    NotInLoop(LoopId),
    /// A pattern that does not fit its type.
    Pattern(PatId),
    /// Alternatives bind the same locals.
    Alternatives(PatId),
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {:?}", self.inst, self.rule)
    }
}

/// Checks a body.
///
/// # Errors
/// All rules that are broken. If ids are, nothing else is checked.
pub fn verify<'a>(body: &'a Body, cx: &VerifyCx<'a>) -> Result<(), Vec<Violation>> {
    let mut verifier = Verifier { body, cx: *cx, inst: body.root, loops: Vec::new(), violations: Vec::new() };
    verifier.structure();
    if verifier.violations.is_empty() {
        verifier.contents();
    }
    if verifier.violations.is_empty() { Ok(()) } else { Err(verifier.violations) }
}

struct Verifier<'a> {
    body: &'a Body,
    cx: VerifyCx<'a>,
    inst: InstId,
    /// The loops around the instruction.
    loops: Vec<LoopId>,
    violations: Vec<Violation>,
}

impl Verifier<'_> {
    fn report(&mut self, rule: Rule) {
        self.violations.push(Violation { inst: self.inst, rule });
    }

    fn require(&mut self, holds: bool, rule: impl FnOnce() -> Rule) {
        if !holds {
            self.report(rule());
        }
    }

    fn structure(&mut self) {
        let body = self.body;
        let count = body.insts.len();
        let full = body.types.len() == count && body.ranges.len() == count && body.root.index() < count;
        let params = body.locals.iter().take_while(|local| local.param.is_some()).count();
        self.require(full && params == body.param_count, || Rule::OutOfRange);
        let mut parents = vec![0u32; count];
        for (id, inst) in body.insts.iter_enumerated() {
            self.inst = id;
            let mut late = Vec::new();
            inst.for_each_child(|child| match parents.get_mut(child.index()).filter(|_| child < id) {
                Some(parents) => *parents += 1,
                None => late.push(child),
            });
            late.into_iter().for_each(|child| self.report(Rule::ChildAfterParent(child)));
            let in_range = match inst {
                Inst::Local(local) => local.index() < body.locals.len(),
                Inst::Loop { id, .. } | Inst::Labeled { id, .. } | Inst::Break { id, .. } | Inst::Continue { id } => {
                    id.0 < body.loops
                }
                Inst::ForRange { id, pat, .. } | Inst::ForEach { id, pat, .. } => {
                    id.0 < body.loops && pat.index() < body.pats.len()
                }
                Inst::Let { pat, .. } => pat.index() < body.pats.len(),
                Inst::Match { arms, .. } => arms.iter().all(|arm| arm.pat.index() < body.pats.len()),
                _ => true,
            };
            self.require(in_range, || Rule::OutOfRange);
        }
        for (index, parents) in parents.into_iter().enumerate() {
            self.inst = InstId::from_usize(index);
            self.require(parents <= 1, || Rule::Shared(InstId::from_usize(index)));
        }
        self.pattern_structure();
    }

    fn contents(&mut self) {
        let body = self.body;
        for local in body.locals.iter() {
            self.settled(local.ty);
        }
        self.expression(body.root);
        self.inst = body.root;
        self.expect("result", body.types[body.root], body.ret);
    }

    fn settled(&mut self, ty: TypeId) {
        let settled = !matches!(self.cx.pool.key(ty), TypeKey::InferInt(_) | TypeKey::InferFloat(_));
        self.require(settled, || Rule::Unsettled(ty));
    }

    fn ty(&self, id: InstId) -> TypeId {
        self.body.types[id]
    }

    /// Reports a type that is not the expected one; `!` is every type, and pointers to write are pointers to read.
    fn expect(&mut self, what: &'static str, found: TypeId, expected: TypeId) {
        let pool = self.cx.pool;
        let pointee = |ty| match pool.key(ty) {
            TypeKey::Ptr { pointee, .. } => Some(*pointee),
            _ => None,
        };
        let fits = found == expected
            || found == TypeId::NEVER
            || [found, expected].contains(&TypeId::ERROR)
            || (pointee(found).is_some() && pointee(found) == pointee(expected));
        self.require(fits, || Rule::Type { what, found, expected: Some(expected) });
    }

    /// Reports a type that is none of the expected ones.
    fn expect_kind(&mut self, what: &'static str, found: TypeId, right: bool) {
        let known = found != TypeId::ERROR && found != TypeId::NEVER;
        self.require(right || !known, || Rule::Type { what, found, expected: None });
    }
}
