//! The types of places, operands and their parts.

use crate::{Local, func::Func};
use crate::{LocalDecl, Operand, Place, PlaceBase, Proj};
use kiln_source::{Idx, IdxVec};
use kiln_types::{Pool, Statics, TypeId, TypeKey};

/// The type of a place while its steps are followed: an enum's payload is a place of the enum's type.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PlaceType {
    /// The type.
    pub ty: TypeId,
    /// The variant whose payload it is.
    pub variant: Option<u32>,
}

impl PlaceType {
    /// A whole value.
    pub fn whole(ty: TypeId) -> PlaceType {
        PlaceType { ty, variant: None }
    }

    /// One step further; `None` if the type has no such part.
    pub fn step(self, pool: &Pool, step: Proj) -> Option<PlaceType> {
        let PlaceType { ty, variant } = self;
        Some(match step {
            Proj::Field(index) => PlaceType::whole(match variant {
                Some(variant) => pool.enum_def(ty)?.variants.get(variant as usize)?.fields.get(index as usize)?.ty,
                None => pool.field_type(ty, index as usize)?,
            }),
            _ if variant.is_some() => return None,
            Proj::Variant(index) => {
                pool.enum_def(ty)?.variants.get(index as usize)?;
                PlaceType { ty, variant: Some(index) }
            }
            Proj::Index(_) => PlaceType::whole(pool.elem(ty)?.0),
            Proj::Deref => match pool.key(ty) {
                TypeKey::Ptr { pointee, .. } => PlaceType::whole(*pointee),
                _ => return None,
            },
        })
    }
}

/// The type of a place; `None` if a step does not fit its type or something is out of range.
pub fn place_type(
    place: &Place,
    locals: &IdxVec<Local, LocalDecl>,
    pool: &Pool,
    statics: &Statics,
) -> Option<PlaceType> {
    let base = match place.base {
        PlaceBase::Local(local) => locals.get(local)?.ty,
        PlaceBase::Static(data) => (data.index() < statics.len()).then(|| statics.get(data).ty)?,
    };
    place.proj.iter().try_fold(PlaceType::whole(base), |ty, step| ty.step(pool, *step))
}

impl Func {
    /// The type of an operand; `None` if its local is out of range.
    pub fn operand_type(&self, pool: &Pool, operand: Operand) -> Option<TypeId> {
        match operand {
            Operand::Copy(local) | Operand::Move(local) => Some(self.locals.get(local)?.ty),
            Operand::Const(value) => Some(pool.type_of(value)),
        }
    }
}
