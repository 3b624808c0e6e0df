//! Checks that a function is what the other crates take it for. The rules are the variants of [`Rule`].
//!
//! It runs in debug builds and tests; what it finds is a mistake of the compiler, never of a program.

mod calls;
mod flow;
mod rvalues;
mod stmts;

use crate::{BlockId, Func, FuncInfo, Local, LocalKind, Operand, Place, PlaceBase, PlaceType, Proj};
use kiln_source::Idx;
use kiln_types::{FuncId, Pool, Statics, TypeId, TypeKey};
use std::fmt;

/// What verifying needs to know.
#[derive(Clone, Copy)]
pub struct VerifyCx<'a> {
    /// Types and values.
    pub pool: &'a Pool,
    /// Static data.
    pub statics: &'a Statics,
    /// Functions, as far as they are known.
    pub info: &'a dyn Fn(FuncId) -> Option<&'a FuncInfo>,
}

/// A broken rule.
#[derive(Clone, PartialEq, Debug)]
pub struct Violation {
    /// The block, if the rule is about one.
    pub block: Option<BlockId>,
    /// Index of the instruction in it; the terminator's is the number of instructions.
    pub stmt: Option<usize>,
    /// What is broken.
    pub rule: Rule,
}

/// The rules.
#[derive(Clone, PartialEq, Debug)]
pub enum Rule {
    /// A function has at least one block.
    HasBlocks,
    /// Nothing goes to the first block.
    EntryHasPredecessor,
    /// Every block can be reached from the first one.
    Unreachable,
    /// Each instruction has a source range.
    RangeCount,
    /// Locals are the result, the parameters, the rest: each of its kind.
    LocalKind(Local),
    /// Blocks, locals and static data are in range.
    OutOfRange(String),
    /// Every step of a place is a part of the type before it; `Deref` only comes first.
    BadPlace(Place),
    /// Static data, and what `borrow` parameters and aliases to read stand for, is not written.
    WritesReadOnly(Place),
    /// Operands, results and destinations have the types their operation has.
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
    /// A call has as many arguments as its function has parameters.
    ArgCount {
        /// How many there are.
        found: usize,
        /// How many there have to be.
        expected: usize,
    },
    /// Owning parameters take values, the others places.
    ArgMode(usize),
    /// A call has a destination if it has a result.
    Destination,
    /// The destination overlaps no argument, an `inout` argument no value.
    Overlap(usize),
    /// Behind a call that does not return there is nothing.
    AfterNever,
    /// Only aliases are bound, only variables have storage.
    WrongKind(Local),
    /// The cases of a switch are different values of its type.
    SwitchCases,
    /// On every path, a local has a value before it is used.
    Unassigned(Local),
    /// A temporary, or a variable that is not mutable, is assigned at one place.
    AssignedTwice(Local),
    /// A built-in operation has as many operands as it takes.
    OperandCount(usize),
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(block) = self.block {
            write!(f, "{block}")?;
            if let Some(stmt) = self.stmt {
                write!(f, "[{stmt}]")?;
            }
            f.write_str(": ")?;
        }
        write!(f, "{:?}", self.rule)
    }
}

/// Checks a function.
///
/// # Errors
/// All rules that are broken, in the order of the text form. If the structure is broken, nothing else is checked.
pub fn verify<'a>(func: &'a Func, cx: &VerifyCx<'a>) -> Result<(), Vec<Violation>> {
    let mut verifier = Verifier { func, cx: *cx, block: None, stmt: None, violations: Vec::new() };
    verifier.structure();
    if verifier.violations.is_empty() {
        verifier.contents();
    }
    if verifier.violations.is_empty() {
        verifier.flow();
    }
    if verifier.violations.is_empty() { Ok(()) } else { Err(verifier.violations) }
}

struct Verifier<'a> {
    func: &'a Func,
    cx: VerifyCx<'a>,
    block: Option<BlockId>,
    stmt: Option<usize>,
    violations: Vec<Violation>,
}

impl Verifier<'_> {
    fn report(&mut self, rule: Rule) {
        self.violations.push(Violation { block: self.block, stmt: self.stmt, rule });
    }

    fn require(&mut self, holds: bool, rule: impl FnOnce() -> Rule) {
        if !holds {
            self.report(rule());
        }
    }

    fn structure(&mut self) {
        let func = self.func;
        if func.blocks.is_empty() {
            return self.report(Rule::HasBlocks);
        }
        for (local, decl) in func.locals.iter_enumerated() {
            let right = match decl.kind {
                LocalKind::Return => local == Func::RESULT,
                LocalKind::Param(_) => (1..=func.param_count).contains(&local.index()),
                LocalKind::User | LocalKind::Alias { .. } | LocalKind::Temp => local.index() > func.param_count,
            };
            self.require(right, || Rule::LocalKind(local));
        }
        self.require(func.locals.len() > func.param_count, || Rule::LocalKind(Func::RESULT));
        let mut reached = vec![false; func.blocks.len()];
        let mut stack = vec![Func::ENTRY];
        reached[Func::ENTRY.index()] = true;
        while let Some(block) = stack.pop() {
            self.block = Some(block);
            let mut wrong = Vec::new();
            func.blocks[block].term.for_each_successor(|next| match reached.get_mut(next.index()) {
                None => wrong.push(Rule::OutOfRange(next.to_string())),
                Some(_) if next == Func::ENTRY => wrong.push(Rule::EntryHasPredecessor),
                Some(reached) => {
                    if !std::mem::replace(reached, true) {
                        stack.push(next);
                    }
                }
            });
            wrong.into_iter().for_each(|rule| self.report(rule));
        }
        for (block, data) in func.blocks.iter_enumerated() {
            self.block = Some(block);
            self.require(reached[block.index()], || Rule::Unreachable);
            self.require(data.ranges.len() == data.stmts.len(), || Rule::RangeCount);
        }
        self.block = None;
    }

    fn contents(&mut self) {
        let func = self.func;
        for (block, data) in func.blocks.iter_enumerated() {
            self.block = Some(block);
            for (index, stmt) in data.stmts.iter().enumerate() {
                self.stmt = Some(index);
                self.check_stmt(data, stmt);
            }
            self.stmt = Some(data.stmts.len());
            self.check_terminator(&data.term);
        }
        (self.block, self.stmt) = (None, None);
    }

    /// The type of an operand; reports it if it has none, or copies what can't be copied.
    fn operand(&mut self, operand: Operand) -> Option<TypeId> {
        let ty = self.func.operand_type(self.cx.pool, operand);
        let Some(ty) = ty else {
            self.report(Rule::OutOfRange(format!("{operand:?}")));
            return None;
        };
        if matches!(operand, Operand::Copy(_)) {
            self.require(self.cx.pool.is_copy(ty), || Rule::CopiesAffine(ty));
        }
        Some(ty)
    }

    /// The type of a place; reports it if a step is wrong.
    fn place(&mut self, place: &Place) -> Option<PlaceType> {
        for (index, step) in place.proj.iter().enumerate() {
            match step {
                Proj::Deref if index > 0 => self.report(Rule::BadPlace(place.clone())),
                Proj::Index(index) => {
                    if let Some(ty) = self.operand(*index) {
                        self.expect("index", ty, TypeId::USIZE);
                    }
                }
                _ => {}
            }
        }
        let ty = crate::place_type(place, &self.func.locals, self.cx.pool, self.cx.statics);
        self.require(ty.is_some(), || Rule::BadPlace(place.clone()));
        ty
    }

    /// The type of a whole value's place.
    fn value_place(&mut self, place: &Place) -> Option<TypeId> {
        let ty = self.place(place)?;
        self.require(ty.variant.is_none(), || Rule::BadPlace(place.clone()));
        Some(ty.ty)
    }

    /// The type of a place that is written.
    fn written(&mut self, place: &Place) -> Option<TypeId> {
        let is_deref = place.proj.first() == Some(&Proj::Deref);
        let read_only = match place.base {
            PlaceBase::Static(_) => !is_deref,
            PlaceBase::Local(local) => {
                let kind = self.func.locals.get(local).map(|decl| decl.kind);
                let borrowed = LocalKind::Param(kiln_types::ParamMode::Borrow);
                !is_deref && (kind == Some(borrowed) || kind == Some(LocalKind::Alias { mutable: false }))
            }
        };
        self.require(!read_only, || Rule::WritesReadOnly(place.clone()));
        self.value_place(place)
    }

    /// Reports a type that is not the expected one.
    fn expect(&mut self, what: &'static str, found: TypeId, expected: TypeId) {
        if !self.fits(found, expected) {
            self.report(Rule::Type { what, found, expected: Some(expected) });
        }
    }

    /// Reports a type that is none of the expected ones.
    fn expect_kind(&mut self, what: &'static str, found: TypeId, right: bool) {
        if !right && found != TypeId::ERROR {
            self.report(Rule::Type { what, found, expected: None });
        }
    }

    /// Types fit that are equal, and pointers of one pointee; `()` fits what has no parts.
    fn fits(&self, found: TypeId, expected: TypeId) -> bool {
        let pool = self.cx.pool;
        let pointee = |ty| match pool.key(ty) {
            TypeKey::Ptr { pointee, .. } => Some(*pointee),
            _ => None,
        };
        found == expected
            || found == TypeId::ERROR
            || expected == TypeId::ERROR
            || (pointee(found).is_some() && pointee(found) == pointee(expected))
            || (found == TypeId::UNIT && has_no_parts(pool, expected))
    }
}

/// Whether values of a type consist of nothing that could be assigned.
fn has_no_parts(pool: &Pool, ty: TypeId) -> bool {
    match pool.key(ty) {
        TypeKey::Unit | TypeKey::Never => true,
        TypeKey::Array { elem, len } => *len == 0 || has_no_parts(pool, *elem),
        TypeKey::Tuple(_) | TypeKey::Struct { .. } | TypeKey::AnonStruct { .. } => {
            let count = pool.field_count(ty).unwrap_or(1);
            (0..count).all(|index| pool.field_type(ty, index).is_some_and(|field| has_no_parts(pool, field)))
        }
        _ => false,
    }
}
