//! Signatures in Cranelift's terms: what the shared calling conventions say, in its types.

use cranelift_codegen::ir::{AbiParam, ArgumentPurpose, Signature, Type, types};
use cranelift_codegen::isa::{CallConv, TargetFrontendConfig};
use kiln_codegen::abi::{FnAbi, Pass, Piece};
use kiln_codegen::{CAbi, CPass, CodegenError, Result};
use kiln_types::{ScalarKind, Target};

/// What signatures of a target are made of.
#[derive(Clone, Copy)]
pub(crate) struct Signatures {
    /// The type of addresses, and of `usize`.
    pub pointer: Type,
    conv: CallConv,
}

impl Signatures {
    pub fn new(config: TargetFrontendConfig) -> Self {
        Signatures { pointer: config.pointer_type(), conv: config.default_call_conv }
    }

    /// The type of a scalar, as a value and in memory; a bool is a byte.
    pub fn scalar(&self, kind: ScalarKind) -> Type {
        match kind {
            ScalarKind::Bool => types::I8,
            ScalarKind::Int { bits, .. } => int(bits),
            ScalarKind::F32 => types::F32,
            ScalarKind::F64 => types::F64,
            ScalarKind::Ptr | ScalarKind::FnPtr => self.pointer,
        }
    }

    /// The type a scalar has as an argument or result of a C function: nothing is narrower than 32 bits.
    pub fn c_scalar(&self, kind: ScalarKind) -> Type {
        if is_narrow(kind) { types::I32 } else { self.scalar(kind) }
    }

    /// A signature of plain types.
    pub fn plain(&self, params: &[Type], ret: Option<Type>) -> Signature {
        let mut sig = Signature::new(self.conv);
        sig.params.extend(params.iter().map(|ty| AbiParam::new(*ty)));
        sig.returns.extend(ret.map(AbiParam::new));
        sig
    }
}

/// The integer type of 8, 16, 32, 64 or 128 bits.
pub(crate) fn int(bits: u16) -> Type {
    Type::int(bits).expect("integers of the language have 8, 16, 32, 64 or 128 bits")
}

/// Whether a scalar is widened to 32 bits when it is passed to C.
pub(crate) fn is_narrow(kind: ScalarKind) -> bool {
    matches!(kind, ScalarKind::Bool | ScalarKind::Int { bits: 8 | 16, .. })
}

/// The signature of a function with Kiln's convention.
pub(crate) fn signature_of_kiln(with: &Signatures, abi: &FnAbi) -> Signature {
    let mut sig = with.plain(&[], None);
    let scalars = |pieces: &[Piece]| -> Vec<AbiParam> {
        pieces.iter().map(|piece| AbiParam::new(with.scalar(piece.kind))).collect()
    };
    if abi.ret == Pass::Address {
        sig.params.push(AbiParam::new(with.pointer));
    }
    for pass in &abi.params {
        match pass {
            Pass::Nothing => {}
            Pass::Scalars(pieces) => sig.params.extend(scalars(pieces)),
            Pass::Address => sig.params.push(AbiParam::new(with.pointer)),
            Pass::View => sig.params.extend([AbiParam::new(with.pointer); 2]),
        }
    }
    if let Pass::Scalars(pieces) = &abi.ret {
        sig.returns.extend(scalars(pieces));
    }
    sig
}

/// The signature of a C function.
pub(crate) fn signature_of_c(with: &Signatures, abi: &CAbi, symbol: &str, target: &Target) -> Result<Signature> {
    let mut sig = with.plain(&[], None);
    let scalars = |pieces: &[Piece]| -> Vec<AbiParam> {
        pieces.iter().map(|piece| AbiParam::new(with.c_scalar(piece.kind))).collect()
    };
    if matches!(abi.ret, CPass::Memory { .. }) {
        sig.params.push(AbiParam::special(with.pointer, ArgumentPurpose::StructReturn));
    }
    for pass in &abi.params {
        match pass {
            CPass::Nothing => {}
            CPass::Scalars(pieces) | CPass::Registers(pieces) => sig.params.extend(scalars(pieces)),
            CPass::Memory { size, align } => {
                let Some(bytes) = u32::try_from(size.next_multiple_of(8)).ok().filter(|_| *align <= 8) else {
                    let (function, triple) = (symbol.to_owned(), target.triple.to_string());
                    return Err(Box::new(CodegenError::CAbiUnsupported { function, triple }));
                };
                sig.params.push(AbiParam::special(with.pointer, ArgumentPurpose::StructArgument(bytes)));
            }
            CPass::Address => sig.params.push(AbiParam::new(with.pointer)),
            CPass::View => sig.params.extend([AbiParam::new(with.pointer); 2]),
        }
    }
    if let CPass::Scalars(pieces) | CPass::Registers(pieces) = &abi.ret {
        sig.returns.extend(scalars(pieces));
    }
    Ok(sig)
}
