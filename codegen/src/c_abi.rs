//! C's calling conventions, at the border to foreign code only: one file for each family of machines, which names the document
//! its rules are from. Independent of LLVM and Cranelift, which both do what is written here.
//!
//! A code generator that has aggregates of its own as arguments, and knows which of them travel together, uses
//! [`CScalars::pieces`] and [`CScalars::whole`]: LLVM. One that gives each scalar the next register uses [`CScalars::slots`],
//! which name the registers and stack words that stay empty too: Cranelift.
//!
//! Example: `void f(struct { float x, y, z; } p, long n)` takes on x86-64 `p` as two floating-point scalars of eight and four
//! bytes, on AArch64 as three floats, on i386 as twelve bytes of the stack, and on wasm32 as an address.

mod aarch64;
mod arm;
mod riscv;
mod wasm32;
mod windows;
mod x86;
mod x86_64;

use crate::abi::{Piece, bytes_of, collect_leaves};
use crate::{CodegenError, Result};
use kiln_cfg::FuncSig;
use kiln_types::{Arch, Layouts, Os, Pool, Repr, ScalarKind, Target, TypeId};
use smallvec::SmallVec;

/// How one parameter or result travels.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum CPass {
    /// Not at all.
    Nothing,
    /// As scalars.
    Scalars(CScalars),
    /// Copied to the stack, between the other arguments there.
    Stack {
        /// Bytes.
        size: u64,
        /// Alignment there, in bytes; a multiple of a stack word.
        align: u32,
        /// Bytes of the stack before it that stay empty, so that it is aligned.
        skipped: u32,
    },
    /// As an address: of a copy that the callee may change; as a result: of memory of the caller for it.
    Indirect {
        /// Bytes.
        size: u64,
        /// Alignment of the memory in bytes.
        align: u32,
    },
}

/// A value that travels as scalars.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CScalars {
    /// What it is cut into. The last piece may reach past the value's end; what it has there means nothing.
    pub pieces: SmallVec<[Piece; 2]>,
    /// The pieces, which are all of one kind, travel together: all in registers, or all on the stack.
    pub whole: bool,
    /// What it is cut into where each scalar gets the next register or stack word by itself.
    pub slots: SmallVec<[Slot; 2]>,
    /// What whoever passes it does with the rest of its register, if it is an integer alone.
    pub extension: Option<Extension>,
}

/// A register or stack word in the order in which they are given to scalars.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Slot {
    /// Holds a part of a value.
    Holds(Piece),
    /// The next one for a scalar of this kind stays empty.
    Empty(ScalarKind),
}

impl CScalars {
    /// Scalars that each take the next register of their kind.
    fn separate(pieces: &[Piece]) -> CScalars {
        let slots = pieces.iter().map(|piece| Slot::Holds(*piece)).collect();
        CScalars { pieces: pieces.into(), whole: false, slots, extension: None }
    }

    /// `count` scalars of a kind that stay together.
    fn together(kind: ScalarKind, count: u32, word: u32) -> CScalars {
        let size = bytes_of(kind, word);
        let pieces: SmallVec<[Piece; 2]> = (0..count).map(|n| Piece { offset: n * size, kind }).collect();
        CScalars { whole: pieces.len() > 1, ..CScalars::separate(&pieces) }
    }

    /// The same, with other slots.
    fn in_slots(self, slots: impl IntoIterator<Item = Slot>) -> CScalars {
        CScalars { slots: slots.into_iter().collect(), ..self }
    }

    /// Bytes that the pieces and slots span where addresses have `word` bytes: at least as many as the value has.
    pub fn span(&self, word: u32) -> u32 {
        let of_slots = self.slots.iter().filter_map(|slot| match slot {
            Slot::Holds(piece) => Some(piece),
            Slot::Empty(_) => None,
        });
        let ends = self.pieces.iter().chain(of_slots).map(|piece| piece.offset + bytes_of(piece.kind, word));
        ends.max().unwrap_or(0)
    }
}

/// How a narrow integer fills its register or stack word.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Extension {
    /// With copies of its sign bit.
    Sign,
    /// With zeros.
    Zero,
}

/// How a C function is called.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CAbi {
    /// Parameters in order, then what is passed in place of `...`.
    pub params: Box<[CPass]>,
    /// The result.
    pub ret: CPass,
}

/// Who fills the rest of the register of a narrow integer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Extends {
    /// Whoever reads it.
    Reader,
    /// Whoever reads it; but a bool is zero or one in all of its byte and the next three.
    ReaderButBools,
    /// Whoever writes it, to 32 bits.
    Writer,
    /// Whoever writes it; 32 bits are narrow too, and filled by their sign even if they have none.
    WriterToWord,
}

/// A value to be classified.
struct CValue {
    size: u64,
    align: u32,
    /// All its scalars in the order of their offsets, unless it is too large for any register.
    leaves: SmallVec<[Piece; 4]>,
    /// No part of it is a struct.
    is_scalar: bool,
}

/// No machine has registers for more bytes of one value.
const MOST_IN_REGISTERS: u64 = 64;

/// The rules of a machine, and what is left of its registers.
trait Rules {
    /// How a result travels; `None` if there is no rule for it. Asked for before the parameters, for which it may take a register.
    fn result(&mut self, value: &CValue) -> Option<CPass>;

    /// How the next parameter travels. `named` is false of what is passed in place of `...`.
    fn param(&mut self, value: &CValue, named: bool) -> CPass;
}

impl CAbi {
    /// The convention of a C function with this signature, called with arguments of the types `variadic` in place of `...`.
    ///
    /// # Errors
    /// There is no rule for the result.
    pub fn new(pool: &Pool, layouts: &mut Layouts, sig: &FuncSig, variadic: &[TypeId], symbol: &str) -> Result<CAbi> {
        let target = layouts.target().clone();
        let mut rules = rules(&target);
        let extends = Extends::of(&target);
        let ret = match CValue::of(pool, layouts, sig.ret) {
            None => CPass::Nothing,
            Some(value) => match rules.result(&value) {
                Some(pass) => extends.extend(pass, &value),
                None => {
                    let (function, triple) = (symbol.to_owned(), target.triple.to_string());
                    return Err(Box::new(CodegenError::CAbiUnsupported { function, triple }));
                }
            },
        };
        let mut params = Vec::with_capacity(sig.params.len() + variadic.len());
        let named = sig.params.iter().map(|param| (param.ty, true));
        for (ty, named) in named.chain(variadic.iter().map(|ty| (*ty, false))) {
            params.push(match CValue::of(pool, layouts, ty) {
                None => CPass::Nothing,
                Some(value) => {
                    let value = if named { value } else { value.promoted() };
                    extends.extend(rules.param(&value, named), &value)
                }
            });
        }
        Ok(CAbi { params: params.into(), ret })
    }
}

impl Extends {
    fn of(target: &Target) -> Extends {
        match (target.arch, target.os) {
            (Arch::Aarch64, Os::Macos) => Extends::Writer,
            (Arch::Aarch64, _) => Extends::Reader,
            (_, Os::Windows) => Extends::ReaderButBools,
            (Arch::Riscv64, _) => Extends::WriterToWord,
            _ => Extends::Writer,
        }
    }

    /// Says what becomes of the rest of the register of an integer. Parts of structs are not extended.
    fn extend(self, pass: CPass, value: &CValue) -> CPass {
        match (pass, value.scalar()) {
            (CPass::Scalars(scalars), Some(kind)) => {
                CPass::Scalars(CScalars { extension: self.extension(kind), ..scalars })
            }
            (pass, _) => pass,
        }
    }

    fn extension(self, kind: ScalarKind) -> Option<Extension> {
        let (bits, signed) = match kind {
            ScalarKind::Bool => (8, false),
            ScalarKind::Int { bits, signed } => (bits, signed),
            _ => return None,
        };
        let by_sign = if signed { Extension::Sign } else { Extension::Zero };
        match (self, bits) {
            (Extends::ReaderButBools, _) if kind == ScalarKind::Bool => Some(Extension::Zero),
            (Extends::Reader | Extends::ReaderButBools, _) => None,
            (_, 8 | 16) => Some(by_sign),
            (Extends::WriterToWord, 32) => Some(Extension::Sign),
            _ => None,
        }
    }
}

/// What C's default argument promotions make of a scalar in place of `...`: a `double`, or at least an `int`.
pub(crate) fn promoted(kind: ScalarKind) -> ScalarKind {
    match kind {
        ScalarKind::F32 => ScalarKind::F64,
        ScalarKind::Bool => ScalarKind::Int { bits: 32, signed: false },
        ScalarKind::Int { bits: 8 | 16, signed } => ScalarKind::Int { bits: 32, signed },
        kind => kind,
    }
}

fn rules(target: &Target) -> Box<dyn Rules> {
    match (target.arch, target.os) {
        (Arch::X86_64, Os::Windows) => Box::new(windows::Rules),
        (Arch::X86_64, _) => Box::new(x86_64::Rules::new()),
        (Arch::X86, _) => Box::new(x86::Rules),
        (Arch::Aarch64, os) => Box::new(aarch64::Rules::new(os == Os::Macos)),
        (Arch::Arm, _) => Box::new(arm::Rules),
        (Arch::Riscv64, _) => Box::new(riscv::Rules::new(8, 8)),
        (Arch::Riscv32, _) => Box::new(riscv::Rules::new(4, 0)),
        (Arch::Wasm32, _) => Box::new(wasm32::Rules),
    }
}

impl CValue {
    /// `None` if there are no bytes to pass.
    fn of(pool: &Pool, layouts: &mut Layouts, ty: TypeId) -> Option<CValue> {
        let layout = layouts.of(pool, ty);
        let mut value = CValue { size: layout.size, align: layout.align, leaves: SmallVec::new(), is_scalar: false };
        match layout.repr {
            Repr::Zst | Repr::Comptime => return None,
            Repr::Scalar(kind) => {
                value.is_scalar = true;
                value.leaves.push(Piece { offset: 0, kind });
            }
            Repr::FatPtr | Repr::Memory => {
                if layout.size <= MOST_IN_REGISTERS {
                    let mut leaves = Vec::new();
                    collect_leaves(pool, layouts, ty, 0, &mut leaves);
                    leaves.sort_by_key(|leaf| leaf.offset);
                    value.leaves = leaves.into();
                }
            }
        }
        Some(value)
    }

    fn promoted(mut self) -> CValue {
        if let ([leaf], true) = (&mut self.leaves[..], self.is_scalar) {
            leaf.kind = promoted(leaf.kind);
            if let ScalarKind::F64 | ScalarKind::Int { bits: 32, .. } = leaf.kind {
                self.size = u64::from(bytes_of(leaf.kind, 8));
                self.align = self.size as u32;
            }
        }
        self
    }

    /// The kind of a scalar.
    fn scalar(&self) -> Option<ScalarKind> {
        self.is_scalar.then(|| self.leaves[0].kind)
    }

    /// One to four floats of one size and nothing else: what the Arm documents call a homogeneous floating-point aggregate.
    fn floats(&self) -> Option<(ScalarKind, u32)> {
        let first = self.leaves.first()?.kind;
        let fits = is_float(first) && self.leaves.len() <= 4 && self.leaves.iter().all(|leaf| leaf.kind == first);
        fits.then_some((first, self.leaves.len() as u32))
    }

    /// As it is, if it is a scalar.
    fn itself(&self) -> CPass {
        CPass::Scalars(CScalars::separate(&self.leaves))
    }

    fn indirect(&self) -> CPass {
        CPass::Indirect { size: self.size, align: self.align }
    }
}

fn is_float(kind: ScalarKind) -> bool {
    matches!(kind, ScalarKind::F32 | ScalarKind::F64)
}

/// An integer without sign.
fn int(bytes: u32) -> ScalarKind {
    ScalarKind::Int { bits: bytes as u16 * 8, signed: false }
}

/// Words of `bytes` bytes that hold `size` bytes.
fn words(size: u64, bytes: u32) -> u32 {
    size.div_ceil(u64::from(bytes)) as u32
}

/// `count` stack words or registers of `bytes` bytes that hold a value from its start.
fn word_slots(count: u32, bytes: u32) -> impl Iterator<Item = Slot> {
    (0..count).map(move |n| Slot::Holds(Piece { offset: n * bytes, kind: int(bytes) }))
}

#[cfg(test)]
mod tests;
