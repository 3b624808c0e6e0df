//! Signatures in Cranelift's terms: what the shared calling conventions say, in its types.

use cranelift_codegen::ir::{AbiParam, ArgumentPurpose, Signature, Type, types};
use cranelift_codegen::isa::{CallConv, TargetFrontendConfig};
use kiln_codegen::abi::{FnAbi, Pass, Piece};
use kiln_codegen::{CAbi, CPass, CScalars, Extension, Slot};
use kiln_types::ScalarKind;

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
pub(crate) fn signature_of_c(with: &Signatures, abi: &CAbi) -> Signature {
    let mut sig = with.plain(&[], None);
    if matches!(abi.ret, CPass::Indirect { .. }) {
        sig.params.push(AbiParam::special(with.pointer, ArgumentPurpose::StructReturn));
    }
    let copied = |bytes: u64| {
        // A larger struct does not fit into any stack; sema has refused its type.
        let bytes = u32::try_from(bytes).unwrap_or(!7);
        AbiParam::special(with.pointer, ArgumentPurpose::StructArgument(bytes))
    };
    for pass in &abi.params {
        match pass {
            CPass::Nothing => {}
            CPass::Scalars(scalars) => sig.params.extend(slots(with, scalars)),
            CPass::Stack { size, skipped, .. } => {
                sig.params.extend((*skipped > 0).then(|| copied(u64::from(*skipped))));
                sig.params.push(copied(size.next_multiple_of(8)));
            }
            CPass::Indirect { .. } => sig.params.push(AbiParam::new(with.pointer)),
        }
    }
    if let CPass::Scalars(scalars) = &abi.ret {
        sig.returns.extend(slots(with, scalars));
    }
    sig
}

fn slots(with: &Signatures, scalars: &CScalars) -> impl Iterator<Item = AbiParam> {
    let extension = scalars.extension;
    scalars.slots.iter().map(move |slot| {
        let (Slot::Holds(Piece { kind, .. }) | Slot::Empty(kind)) = slot;
        let param = AbiParam::new(with.scalar(*kind));
        match (slot, extension) {
            (Slot::Holds(_), Some(Extension::Sign)) => param.sext(),
            (Slot::Holds(_), Some(Extension::Zero)) => param.uext(),
            _ => param,
        }
    })
}
