//! The table of types as LLVM's metadata. It is written as text and read by LLVM: its C interface has no words for enums.

use inkwell::context::Context;
use inkwell::llvm_sys::core::{LLVMGetNamedMetadataNumOperands, LLVMGetNamedMetadataOperands, LLVMValueAsMetadata};
use inkwell::llvm_sys::prelude::LLVMMetadataRef;
use inkwell::memory_buffer::MemoryBuffer;
use kiln_codegen::{DebugType, DebugTypes, Encoding, Member, Shape};
use std::fmt::Write;
use std::ptr;

use crate::errors::{Result, broken};

/// Name of the list of all types in the text.
const LIST: &str = "types";

/// All types of the table in a context, in the order of their numbers.
pub(super) fn metadata(context: &Context, types: &DebugTypes) -> Result<Vec<LLVMMetadataRef>> {
    let text = text(types);
    let buffer = MemoryBuffer::create_from_memory_range_copy(text.as_bytes(), "types");
    let module = match context.create_module_from_ir(buffer) {
        Ok(module) => module,
        Err(reason) => return broken(format!("LLVM does not read the types of the program: {reason}")),
    };
    let count = types.all().len();
    let name = format!("{LIST}\0");
    let mut values = vec![ptr::null_mut(); count];
    // SAFETY: the name ends with a zero, and there is room for all operands. The types belong to the context, not to the module.
    unsafe {
        if LLVMGetNamedMetadataNumOperands(module.as_mut_ptr(), name.as_ptr().cast()) as usize != count {
            return broken("LLVM has read other types than were written");
        }
        LLVMGetNamedMetadataOperands(module.as_mut_ptr(), name.as_ptr().cast(), values.as_mut_ptr());
        Ok(values.into_iter().map(|value| LLVMValueAsMetadata(value)).collect())
    }
}

/// The text: the node of a type has its number, its parts have numbers behind all types.
fn text(types: &DebugTypes) -> String {
    let mut writer = Writer { text: String::new(), next: types.all().len() + 2 };
    for (number, ty) in types.all().iter_enumerated() {
        writer.describe(number.0 as usize, ty, types);
    }
    let all: Vec<String> = types.all().ids().map(|number| format!("!{}", number.0)).collect();
    let (flags, flag) = (types.all().len(), types.all().len() + 1);
    // Without its version LLVM takes debug information for that of an old one.
    let _ = writeln!(writer.text, "!{LIST} = !{{{}}}\n!llvm.module.flags = !{{!{flag}}}", all.join(", "));
    let _ = writeln!(writer.text, "!{flags} = !{{}}\n!{flag} = !{{i32 2, !\"Debug Info Version\", i32 3}}");
    writer.text
}

struct Writer {
    text: String,
    /// The number of the next node.
    next: usize,
}

fn bits(bytes: u64) -> u64 {
    bytes.saturating_mul(8)
}

/// A string of LLVM's assembly.
fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for byte in text.bytes() {
        match byte {
            b'"' | b'\\' | 0..=0x1F | 0x7F.. => {
                let _ = write!(quoted, "\\{byte:02X}");
            }
            byte => quoted.push(char::from(byte)),
        }
    }
    quoted.push('"');
    quoted
}

impl Writer {
    fn node(&mut self, text: &str) -> usize {
        let number = self.next;
        self.next += 1;
        let _ = writeln!(self.text, "!{number} = {text}");
        number
    }

    fn list(&mut self, nodes: &[usize]) -> usize {
        let nodes: Vec<String> = nodes.iter().map(|node| format!("!{node}")).collect();
        self.node(&format!("!{{{}}}", nodes.join(", ")))
    }

    fn describe(&mut self, number: usize, ty: &DebugType, types: &DebugTypes) {
        let (name, size, align) = (quoted(&ty.name), bits(ty.size), ty.align.saturating_mul(8));
        let text = match &ty.shape {
            Shape::Base(encoding) => {
                format!("!DIBasicType(name: {name}, size: {size}, encoding: {})", encoding_name(*encoding))
            }
            Shape::Record(members) => {
                let members = self.members(members, number, types);
                composite("structure_type", &format!("name: {name}, elements: !{members}"), size, align)
            }
            Shape::Enum { tag, variants } => {
                let part = self.next;
                self.next += 1;
                let tag = member(tag, part, types, ", flags: DIFlagArtificial");
                let tag = self.node(&tag);
                let mut nodes = Vec::with_capacity(variants.len());
                for variant in variants {
                    let structure = self.next;
                    self.next += 1;
                    let members = self.members(&variant.members, structure, types);
                    let name = quoted(&variant.name);
                    let body = format!("name: {name}, scope: !{number}, elements: !{members}");
                    let _ = writeln!(self.text, "!{structure} = {}", composite("structure_type", &body, size, align));
                    nodes.push(self.node(&format!(
                        "!DIDerivedType(tag: DW_TAG_member, name: {name}, scope: !{part}, baseType: !{structure}, \
                         size: {size}, align: {align}, extraData: i64 {})",
                        variant.discriminant as i64
                    )));
                }
                let variants = self.list(&nodes);
                let body = format!("scope: !{number}, elements: !{variants}, discriminator: !{tag}");
                let _ = writeln!(self.text, "!{part} = {}", composite("variant_part", &body, size, align));
                let parts = self.list(&[part]);
                composite("structure_type", &format!("name: {name}, elements: !{parts}"), size, align)
            }
            Shape::Names { of, signed, names } => {
                let nodes: Vec<usize> = names
                    .iter()
                    .map(|(name, bits)| {
                        let (name, number) = (quoted(name), *bits as i64);
                        let value = if *signed { number.to_string() } else { (number as u64).to_string() };
                        self.node(&format!("!DIEnumerator(name: {name}, value: {value}, isUnsigned: {})", !signed))
                    })
                    .collect();
                let names = self.list(&nodes);
                let body = format!("name: {name}, baseType: !{}, flags: DIFlagEnumClass, elements: !{names}", of.0);
                composite("enumeration_type", &body, size, align)
            }
            Shape::Array { elem, len } => {
                let count = i64::try_from(*len).unwrap_or(i64::MAX);
                let range = self.node(&format!("!DISubrange(count: {count}, lowerBound: 0)"));
                let ranges = self.list(&[range]);
                composite("array_type", &format!("baseType: !{}, elements: !{ranges}", elem.0), size, align)
            }
            Shape::Pointer(to) => {
                format!("!DIDerivedType(tag: DW_TAG_pointer_type, name: {name}, baseType: !{}, size: {size})", to.0)
            }
            Shape::Function { params, ret } => {
                let nodes: Vec<usize> = std::iter::once(ret).chain(params).map(|ty| ty.0 as usize).collect();
                let types = self.list(&nodes);
                format!("!DISubroutineType(types: !{types})")
            }
        };
        let _ = writeln!(self.text, "!{number} = {text}");
    }

    fn members(&mut self, members: &[Member], scope: usize, types: &DebugTypes) -> usize {
        let nodes: Vec<usize> = members.iter().map(|part| self.node(&member(part, scope, types, ""))).collect();
        self.list(&nodes)
    }
}

fn member(part: &Member, scope: usize, types: &DebugTypes, more: &str) -> String {
    let ty = &types.all()[part.ty];
    let (size, align, offset) = (bits(ty.size), ty.align.saturating_mul(8), bits(part.offset));
    format!(
        "!DIDerivedType(tag: DW_TAG_member, name: {}, scope: !{scope}, baseType: !{}, size: {size}, align: {align}, \
         offset: {offset}{more})",
        quoted(&part.name),
        part.ty.0
    )
}

fn composite(tag: &str, body: &str, size: u64, align: u32) -> String {
    format!("!DICompositeType(tag: DW_TAG_{tag}, {body}, size: {size}, align: {align})")
}

fn encoding_name(encoding: Encoding) -> &'static str {
    match encoding {
        Encoding::Bool => "DW_ATE_boolean",
        Encoding::Char => "DW_ATE_UTF",
        Encoding::Signed => "DW_ATE_signed",
        Encoding::Unsigned => "DW_ATE_unsigned",
        Encoding::Float => "DW_ATE_float",
    }
}
