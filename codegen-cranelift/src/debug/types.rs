//! The table of types as entries of DWARF.

use gimli::write::{AttributeValue, Unit, UnitEntryId};
use gimli::{DwAte, DwTag, constants};
use kiln_codegen::{DebugType, DebugTypes, Encoding, Member, Shape, TypeNo, Variant};
use kiln_source::IdxVec;

/// The entries of all types.
pub(super) struct TypeEntries {
    entries: IdxVec<TypeNo, UnitEntryId>,
}

impl TypeEntries {
    /// Adds all types of the table to a unit.
    pub fn add(unit: &mut Unit, types: &DebugTypes) -> TypeEntries {
        let root = unit.root();
        let entries = types.all().iter().map(|ty| unit.add(root, tag(&ty.shape))).collect();
        let entries = TypeEntries { entries };
        for (number, ty) in types.all().iter_enumerated() {
            entries.describe(unit, number, ty, types);
        }
        entries
    }

    /// A type, for an attribute.
    pub fn get(&self, ty: TypeNo) -> AttributeValue {
        AttributeValue::UnitRef(self.entries[ty])
    }

    fn describe(&self, unit: &mut Unit, number: TypeNo, ty: &DebugType, types: &DebugTypes) {
        let id = self.entries[number];
        if !matches!(ty.shape, Shape::Array { .. } | Shape::Function { .. }) {
            unit.get_mut(id).set(constants::DW_AT_name, text(&ty.name));
        }
        if !matches!(ty.shape, Shape::Function { .. }) {
            unit.get_mut(id).set(constants::DW_AT_byte_size, AttributeValue::Udata(ty.size));
        }
        match &ty.shape {
            Shape::Base(encoding) => unit.get_mut(id).set(constants::DW_AT_encoding, encoding_value(*encoding)),
            Shape::Record(members) => self.members(unit, id, members),
            Shape::Enum { tag, variants } => self.variants(unit, id, ty, tag, variants, types),
            Shape::Names { of, signed, names } => {
                unit.get_mut(id).set(constants::DW_AT_type, self.get(*of));
                unit.get_mut(id).set(constants::DW_AT_enum_class, AttributeValue::FlagPresent);
                for (name, bits) in names {
                    let entry = unit.add(id, constants::DW_TAG_enumerator);
                    unit.get_mut(entry).set(constants::DW_AT_name, text(name));
                    unit.get_mut(entry).set(constants::DW_AT_const_value, number_value(*bits, *signed));
                }
            }
            Shape::Array { elem, len } => {
                unit.get_mut(id).set(constants::DW_AT_type, self.get(*elem));
                let entry = unit.add(id, constants::DW_TAG_subrange_type);
                unit.get_mut(entry).set(constants::DW_AT_count, AttributeValue::Udata(*len));
            }
            Shape::Pointer(to) => unit.get_mut(id).set(constants::DW_AT_type, self.get(*to)),
            Shape::Function { params, ret } => {
                unit.get_mut(id).set(constants::DW_AT_type, self.get(*ret));
                for param in params {
                    let entry = unit.add(id, constants::DW_TAG_formal_parameter);
                    unit.get_mut(entry).set(constants::DW_AT_type, self.get(*param));
                }
            }
        }
    }

    fn members(&self, unit: &mut Unit, parent: UnitEntryId, members: &[Member]) {
        members.iter().for_each(|member| _ = self.member(unit, parent, member));
    }

    fn member(&self, unit: &mut Unit, parent: UnitEntryId, member: &Member) -> UnitEntryId {
        let id = unit.add(parent, constants::DW_TAG_member);
        let entry = unit.get_mut(id);
        entry.set(constants::DW_AT_name, text(&member.name));
        entry.set(constants::DW_AT_type, self.get(member.ty));
        entry.set(constants::DW_AT_data_member_location, AttributeValue::Udata(member.offset));
        id
    }

    fn variants(
        &self,
        unit: &mut Unit,
        parent: UnitEntryId,
        ty: &DebugType,
        tag: &Member,
        variants: &[Variant],
        types: &DebugTypes,
    ) {
        let signed = matches!(types.all()[tag.ty].shape, Shape::Base(Encoding::Signed));
        let part = unit.add(parent, constants::DW_TAG_variant_part);
        let tag = self.member(unit, part, tag);
        unit.get_mut(tag).set(constants::DW_AT_artificial, AttributeValue::FlagPresent);
        unit.get_mut(part).set(constants::DW_AT_discr, AttributeValue::UnitRef(tag));
        for variant in variants {
            let payload = unit.add(parent, constants::DW_TAG_structure_type);
            unit.get_mut(payload).set(constants::DW_AT_name, text(&variant.name));
            unit.get_mut(payload).set(constants::DW_AT_byte_size, AttributeValue::Udata(ty.size));
            self.members(unit, payload, &variant.members);
            let entry = unit.add(part, constants::DW_TAG_variant);
            unit.get_mut(entry).set(constants::DW_AT_discr_value, number_value(variant.discriminant, signed));
            let member = unit.add(entry, constants::DW_TAG_member);
            let member = unit.get_mut(member);
            member.set(constants::DW_AT_name, text(&variant.name));
            member.set(constants::DW_AT_type, AttributeValue::UnitRef(payload));
            member.set(constants::DW_AT_data_member_location, AttributeValue::Udata(0));
        }
    }
}

/// A text, for an attribute. It stands where it is used: names are short, and a reference is one more address for the linker.
pub(super) fn text(text: &str) -> AttributeValue {
    // A zero would end it.
    AttributeValue::String(text.bytes().filter(|byte| *byte != 0).collect())
}

fn number_value(bits: u128, signed: bool) -> AttributeValue {
    if signed { AttributeValue::Sdata(bits as i64) } else { AttributeValue::Udata(bits as u64) }
}

fn tag(shape: &Shape) -> DwTag {
    match shape {
        Shape::Base(_) => constants::DW_TAG_base_type,
        Shape::Record(_) | Shape::Enum { .. } => constants::DW_TAG_structure_type,
        Shape::Names { .. } => constants::DW_TAG_enumeration_type,
        Shape::Array { .. } => constants::DW_TAG_array_type,
        Shape::Pointer(_) => constants::DW_TAG_pointer_type,
        Shape::Function { .. } => constants::DW_TAG_subroutine_type,
    }
}

fn encoding_value(encoding: Encoding) -> AttributeValue {
    let encoding: DwAte = match encoding {
        Encoding::Bool => constants::DW_ATE_boolean,
        Encoding::Char => constants::DW_ATE_UTF,
        Encoding::Signed => constants::DW_ATE_signed,
        Encoding::Unsigned => constants::DW_ATE_unsigned,
        Encoding::Float => constants::DW_ATE_float,
    };
    AttributeValue::Encoding(encoding)
}
