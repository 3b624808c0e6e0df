//! The end: everything that was kept, as sections of an object.

use super::Records;
use super::sections::{self, Section};
use super::unit::{UnitWriter, address};
use crate::Options;
use crate::unit::Input;
use cranelift_codegen::isa::TargetIsa;
use cranelift_codegen::isa::unwind::UnwindInfo;
use cranelift_module::FuncId as CodeId;
use cranelift_object::ObjectProduct;
use cranelift_object::object::write::{StandardSection, SymbolId};
use gimli::write::{Dwarf, FrameTable, Sections};
use gimli::{AArch64, Register, X86_64, constants};
use kiln_codegen::{CodegenError, DebugLevel, Result};
use kiln_types::{Arch, Os};
use rustc_hash::FxHashMap;

/// Writes what the options ask for. Only objects of Linux have room for it.
pub(crate) fn write(
    product: &mut ObjectProduct,
    records: &Records,
    input: &mut Input<'_>,
    isa: &dyn TargetIsa,
    options: &Options,
) -> Result<()> {
    if input.layouts.target().os != Os::Linux || records.compiled.is_empty() {
        return Ok(());
    }
    let code = product.object.section_id(StandardSection::Text);
    let size = product.object.section(code).data().len() as u64;
    let symbol = product.object.section_symbol(code);
    let starts: FxHashMap<CodeId, u64> = records
        .compiled
        .iter()
        .map(|(id, _)| (*id, product.object.symbol(product.function_symbol(*id)).value))
        .collect();
    let mut sections = Sections::new(Section::new());
    if options.debug.level != DebugLevel::None {
        let frame_pointer = match input.layouts.target().arch {
            Arch::Aarch64 => AArch64::X29,
            _ => X86_64::RBP,
        };
        write_unit(&mut sections, records, &starts, input, options, frame_pointer, size)?;
    }
    if options.unwind_tables {
        write_frames(&mut sections, records, &starts, isa)?;
    }
    add(product, symbol, sections)
}

fn add(product: &mut ObjectProduct, symbol: SymbolId, sections: Sections<Section>) -> Result<()> {
    sections::add(&mut product.object, symbol, sections).map_err(|error| failed(&error))
}

fn failed(error: &dyn std::fmt::Display) -> Box<CodegenError> {
    Box::new(CodegenError::EmissionFailed { reason: format!("debug information could not be written: {error}") })
}

fn write_unit(
    sections: &mut Sections<Section>,
    records: &Records,
    starts: &FxHashMap<CodeId, u64>,
    input: &mut Input<'_>,
    options: &Options,
    frame_pointer: Register,
    size: u64,
) -> Result<()> {
    let compiled: FxHashMap<CodeId, usize> =
        records.compiled.iter().enumerate().map(|(index, (id, _))| (*id, index)).collect();
    let mut writer = UnitWriter::new(input, &options.debug, frame_pointer, size);
    for built in &records.built {
        if let (Some(index), Some(start)) = (compiled.get(&built.code), starts.get(&built.code)) {
            writer.function(built, &records.compiled[*index].1, *start);
        }
    }
    let mut dwarf = Dwarf::new();
    dwarf.units.add(writer.unit);
    dwarf.write(sections).map_err(|error| failed(&error))
}

/// How to leave each function.
fn write_frames(
    sections: &mut Sections<Section>,
    records: &Records,
    starts: &FxHashMap<CodeId, u64>,
    isa: &dyn TargetIsa,
) -> Result<()> {
    let Some(mut common) = isa.create_systemv_cie() else { return Ok(()) };
    common.fde_address_encoding = gimli::DwEhPe(constants::DW_EH_PE_pcrel.0 | constants::DW_EH_PE_sdata4.0);
    let mut table = FrameTable::default();
    let common = table.add_cie(common);
    for (id, code) in &records.compiled {
        if let (Some(UnwindInfo::SystemV(info)), Some(start)) = (&code.unwind, starts.get(id)) {
            table.add_fde(common, info.to_fde(address(*start)));
        }
    }
    table.write_eh_frame(&mut sections.eh_frame).map_err(|error| failed(&error))
}
