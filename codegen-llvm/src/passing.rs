//! Values on their way through calls between Kiln functions: as arguments and results, at both ends.

use crate::errors::{Result, broken};
use crate::types::is_narrow;
use crate::unit::{Unit, param};
use crate::value::Value;
use inkwell::values::{BasicMetadataValueEnum, BasicValueEnum, CallSiteValue, FunctionValue, PointerValue};
use kiln_codegen::abi::{Pass, Piece};
use kiln_types::{Repr, ScalarKind, TypeId};
use smallvec::SmallVec;

/// The arguments of a call in LLVM.
pub(crate) type Args<'ctx> = SmallVec<[BasicMetadataValueEnum<'ctx>; 8]>;

/// The parameters of a function, taken one after the other.
pub(crate) struct Incoming<'ctx> {
    function: FunctionValue<'ctx>,
    next: u32,
}

impl<'ctx> Incoming<'ctx> {
    /// From the first parameter on.
    pub fn new(function: FunctionValue<'ctx>) -> Self {
        Incoming { function, next: 0 }
    }

    /// The next parameter.
    pub fn take(&mut self) -> BasicValueEnum<'ctx> {
        self.next += 1;
        param(self.function, self.next - 1)
    }
}

impl<'ctx> Unit<'ctx, '_> {
    /// A scalar in value form as an argument: widened to 32 bits if it is narrower.
    fn widen(&self, scalar: BasicValueEnum<'ctx>, kind: ScalarKind) -> Result<BasicValueEnum<'ctx>> {
        if !is_narrow(kind) {
            return Ok(scalar);
        }
        let (int, wide) = (scalar.into_int_value(), self.scalars.int(32));
        Ok(match kind {
            ScalarKind::Int { signed: true, .. } => self.builder.build_int_s_extend(int, wide, "")?.into(),
            _ => self.builder.build_int_z_extend(int, wide, "")?.into(),
        })
    }

    /// The scalar in value form that came as an argument.
    fn narrow(&self, scalar: BasicValueEnum<'ctx>, kind: ScalarKind) -> Result<BasicValueEnum<'ctx>> {
        if !is_narrow(kind) {
            return Ok(scalar);
        }
        let ty = self.scalars.value(kind).into_int_type();
        Ok(self.builder.build_int_truncate(scalar.into_int_value(), ty, "")?.into())
    }

    /// A value as the scalars it travels as.
    fn split(&mut self, value: Value<'ctx>, pieces: &[Piece]) -> Result<SmallVec<[BasicValueEnum<'ctx>; 2]>> {
        match value {
            Value::Nothing => Ok(SmallVec::new()),
            Value::Scalar(scalar) => Ok([self.widen(scalar, pieces[0].kind)?].into_iter().collect()),
            Value::Fat(address, len) => Ok([address.into(), len.into()].into_iter().collect()),
            Value::Memory(at) => pieces
                .iter()
                .map(|piece| {
                    let at = self.offset(at, u64::from(piece.offset))?;
                    self.widen(self.load_scalar(at, piece.kind)?, piece.kind)
                })
                .collect(),
        }
    }

    /// A value of the scalars it came as. An aggregate is put together in `home`, or else in memory for this instruction.
    fn join(
        &mut self,
        scalars: &[BasicValueEnum<'ctx>],
        pieces: &[Piece],
        ty: TypeId,
        home: Option<PointerValue<'ctx>>,
    ) -> Result<Value<'ctx>> {
        let layout = self.layouts.of(self.pool, ty);
        match (layout.repr, scalars) {
            (Repr::Scalar(kind), [scalar]) => Ok(Value::Scalar(self.narrow(*scalar, kind)?)),
            (Repr::FatPtr, [address, len]) => Ok(Value::Fat(address.into_pointer_value(), len.into_int_value())),
            (Repr::Memory, _) => {
                let home = match home {
                    Some(home) => home,
                    None => self.scratch(layout.size, layout.align)?,
                };
                for (scalar, piece) in scalars.iter().zip(pieces) {
                    let at = self.offset(home, u64::from(piece.offset))?;
                    let scalar = self.narrow(*scalar, piece.kind)?;
                    self.store_scalar(at, scalar)?;
                }
                Ok(Value::Memory(home))
            }
            _ => broken("a value does not travel in this form"),
        }
    }

    /// Adds an argument that is passed by Kiln's convention. For [`Pass::Address`] the value is memory the callee may have.
    pub fn push_kiln(&mut self, args: &mut Args<'ctx>, pass: &Pass, value: Value<'ctx>) -> Result<()> {
        match pass {
            Pass::Nothing => {}
            Pass::Scalars(pieces) => {
                args.extend(self.split(value, pieces)?.into_iter().map(BasicMetadataValueEnum::from))
            }
            Pass::Address => match value {
                Value::Memory(at) => args.push(at.into()),
                _ => return broken("an argument is expected in memory"),
            },
            Pass::View => {
                let (address, len) = value.fat()?;
                args.extend([address.into(), len.into()]);
            }
        }
        Ok(())
    }

    /// The next parameter by Kiln's convention; of an address, that address as [`Value::Memory`].
    pub fn take_kiln(
        &mut self,
        incoming: &mut Incoming<'ctx>,
        pass: &Pass,
        ty: TypeId,
        home: Option<PointerValue<'ctx>>,
    ) -> Result<Value<'ctx>> {
        match pass {
            Pass::Nothing => Ok(Value::Nothing),
            Pass::Scalars(pieces) => {
                let scalars: SmallVec<[BasicValueEnum<'ctx>; 2]> = pieces.iter().map(|_| incoming.take()).collect();
                self.join(&scalars, pieces, ty, home)
            }
            Pass::Address => Ok(Value::Memory(incoming.take().into_pointer_value())),
            Pass::View => {
                let address = incoming.take().into_pointer_value();
                Ok(Value::Fat(address, incoming.take().into_int_value()))
            }
        }
    }

    /// Leaves a function of Kiln's convention. A result in memory stands there already.
    pub fn return_kiln(&mut self, pass: &Pass, value: Value<'ctx>) -> Result<()> {
        let Pass::Scalars(pieces) = pass else {
            self.builder.build_return(None)?;
            return Ok(());
        };
        let scalars = self.split(value, pieces)?;
        self.return_scalars(&scalars)
    }

    pub fn return_scalars(&mut self, scalars: &[BasicValueEnum<'ctx>]) -> Result<()> {
        match scalars {
            [] => self.builder.build_return(None)?,
            [scalar] => self.builder.build_return(Some(scalar))?,
            _ => self.builder.build_aggregate_return(scalars)?,
        };
        Ok(())
    }

    /// The result of a call by Kiln's convention that was not returned in memory.
    pub fn result_kiln(
        &mut self,
        call: CallSiteValue<'ctx>,
        pass: &Pass,
        ty: TypeId,
        home: Option<PointerValue<'ctx>>,
    ) -> Result<Value<'ctx>> {
        let Pass::Scalars(pieces) = pass else { return Ok(Value::Nothing) };
        let scalars = self.returned(call, pieces.len())?;
        self.join(&scalars, pieces, ty, home)
    }

    pub fn returned(&mut self, call: CallSiteValue<'ctx>, count: usize) -> Result<SmallVec<[BasicValueEnum<'ctx>; 2]>> {
        let Some(result) = call.try_as_basic_value().basic() else { return broken("a call has no result") };
        match result {
            BasicValueEnum::StructValue(parts) if count > 1 => {
                (0..count as u32).map(|index| Ok(self.builder.build_extract_value(parts, index, "")?)).collect()
            }
            single => Ok([single].into_iter().collect()),
        }
    }
}
