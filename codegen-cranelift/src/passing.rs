//! Values on their way through calls between Kiln functions: as arguments and results, at both ends.

use crate::gen_fn::Gen;
use crate::value::{Pointer, Value};
use cranelift_codegen::ir::{self, InstBuilder};
use kiln_codegen::abi::{Pass, Piece};
use kiln_codegen::{Result, broken};
use kiln_types::{Repr, TypeId};
use smallvec::SmallVec;

/// The arguments of a call.
pub(crate) type Args = SmallVec<[ir::Value; 8]>;

/// The parameters of a function, taken one after the other.
pub(crate) struct Incoming {
    params: std::vec::IntoIter<ir::Value>,
}

impl Incoming {
    /// From the first parameter on.
    pub fn new(params: Vec<ir::Value>) -> Self {
        Incoming { params: params.into_iter() }
    }

    /// The next parameter.
    pub fn take(&mut self) -> Result<ir::Value> {
        self.params.next().map_or_else(|| broken("a function has too few parameters"), Ok)
    }
}

impl Gen<'_, '_, '_> {
    /// A value as the scalars it travels as.
    fn split(&mut self, value: Value, pieces: &[Piece]) -> SmallVec<[ir::Value; 2]> {
        match value {
            Value::Nothing => SmallVec::new(),
            Value::Scalar(scalar) => SmallVec::from_slice(&[scalar]),
            Value::Fat(address, len) => SmallVec::from_slice(&[address, len]),
            Value::Memory(at) => {
                pieces.iter().map(|piece| self.load_scalar(at.plus(u64::from(piece.offset)), piece.kind)).collect()
            }
        }
    }

    /// A value of the scalars it came as. An aggregate is put together in `home`, or else in memory for this instruction.
    fn join(&mut self, scalars: &[ir::Value], pieces: &[Piece], ty: TypeId, home: Option<Pointer>) -> Result<Value> {
        let layout = self.layout(ty);
        match (layout.repr, scalars) {
            (Repr::Scalar(_), [scalar]) => Ok(Value::Scalar(*scalar)),
            (Repr::FatPtr, [address, len]) => Ok(Value::Fat(*address, *len)),
            (Repr::Memory, _) => {
                let home = match home {
                    Some(home) => home,
                    None => self.scratch(layout.size, layout.align)?,
                };
                for (scalar, piece) in scalars.iter().zip(pieces) {
                    self.store_value(home.plus(u64::from(piece.offset)), *scalar);
                }
                Ok(Value::Memory(home))
            }
            _ => broken("a value does not travel in this form"),
        }
    }

    /// Adds an argument that is passed by Kiln's convention. For [`Pass::Address`] the value is memory the callee may have.
    pub fn push_kiln(&mut self, args: &mut Args, pass: &Pass, value: Value) -> Result<()> {
        match pass {
            Pass::Nothing => {}
            Pass::Scalars(pieces) => args.extend(self.split(value, pieces)),
            Pass::Address => match value {
                Value::Memory(at) => args.push(self.address(at)),
                _ => return broken("an argument is expected in memory"),
            },
            Pass::View => {
                let (address, len) = value.fat()?;
                args.extend([address, len]);
            }
        }
        Ok(())
    }

    /// The next parameter by Kiln's convention; of an address, what lies there as [`Value::Memory`].
    pub fn take_kiln(
        &mut self,
        incoming: &mut Incoming,
        pass: &Pass,
        ty: TypeId,
        home: Option<Pointer>,
    ) -> Result<Value> {
        match pass {
            Pass::Nothing => Ok(Value::Nothing),
            Pass::Scalars(pieces) => {
                let scalars: Result<SmallVec<[ir::Value; 2]>> = pieces.iter().map(|_| incoming.take()).collect();
                self.join(&scalars?, pieces, ty, home)
            }
            Pass::Address => Ok(Value::Memory(Pointer::at(incoming.take()?))),
            Pass::View => Ok(Value::Fat(incoming.take()?, incoming.take()?)),
        }
    }

    /// Leaves a function of Kiln's convention. A result in memory stands there already.
    pub fn return_kiln(&mut self, pass: &Pass, value: Value) {
        let scalars = match pass {
            Pass::Scalars(pieces) => self.split(value, pieces),
            _ => SmallVec::new(),
        };
        self.b.ins().return_(&scalars);
    }

    /// The result of a call by Kiln's convention that was not returned in memory.
    pub fn result_kiln(&mut self, results: &[ir::Value], pass: &Pass, ty: TypeId) -> Result<Value> {
        let Pass::Scalars(pieces) = pass else { return Ok(Value::Nothing) };
        self.join(results, pieces, ty, None)
    }
}
