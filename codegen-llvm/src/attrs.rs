//! LLVM's attributes, made once a context.

use inkwell::attributes::{Attribute, AttributeLoc};
use inkwell::context::Context;
use inkwell::values::FunctionValue;

/// The attributes without a number, and the kinds of those with one.
pub(crate) struct Attrs {
    /// Nothing unwinds through the function.
    pub nounwind: Attribute,
    /// The function does not return.
    pub noreturn: Attribute,
    /// Calls of the function are unlikely.
    pub cold: Attribute,
    /// The function is not inlined.
    pub noinline: Attribute,
    /// Prefer small code.
    pub optsize: Attribute,
    /// Only small code.
    pub minsize: Attribute,
    /// Touch every page of a big frame, so that an overflowing stack ends the program.
    pub probe_stack: Attribute,
    /// A table says how to leave the function, from each of its instructions.
    pub uwtable: Attribute,
    /// The value has no undefined bits.
    pub noundef: Attribute,
    /// The address is not null.
    pub nonnull: Attribute,
    /// Nothing is written through the address.
    pub readonly: Attribute,
    /// What is reached through the address is reached in no other way during the call.
    pub noalias: Attribute,
    /// Alignment of an address.
    pub align: u32,
    /// Bytes behind an address.
    pub dereferenceable: u32,
    /// Where C returns a large struct.
    pub sret: u32,
    /// A struct C passes on the stack.
    pub byval: u32,
    /// The kind of metadata that says what a load may give.
    pub range: u32,
    /// Extended by its sign where C says so.
    pub signext: Attribute,
    /// Extended by zeros where C says so.
    pub zeroext: Attribute,
}

impl Attrs {
    pub fn new(context: &Context) -> Self {
        let plain = |name: &str| context.create_enum_attribute(Attribute::get_named_enum_kind_id(name), 0);
        Attrs {
            nounwind: plain("nounwind"),
            noreturn: plain("noreturn"),
            cold: plain("cold"),
            noinline: plain("noinline"),
            optsize: plain("optsize"),
            minsize: plain("minsize"),
            uwtable: context.create_enum_attribute(Attribute::get_named_enum_kind_id("uwtable"), 2),
            probe_stack: context.create_string_attribute("probe-stack", "inline-asm"),
            noundef: plain("noundef"),
            nonnull: plain("nonnull"),
            readonly: plain("readonly"),
            noalias: plain("noalias"),
            align: Attribute::get_named_enum_kind_id("align"),
            dereferenceable: Attribute::get_named_enum_kind_id("dereferenceable"),
            sret: Attribute::get_named_enum_kind_id("sret"),
            byval: Attribute::get_named_enum_kind_id("byval"),
            range: context.get_kind_id("range"),
            signext: plain("signext"),
            zeroext: plain("zeroext"),
        }
    }
}

/// Adds attributes of the function itself.
pub(crate) fn mark(function: FunctionValue<'_>, attributes: &[Attribute]) {
    attributes.iter().for_each(|attribute| function.add_attribute(AttributeLoc::Function, *attribute));
}
