//! Sections of DWARF, and how they come into an object.

use cranelift_object::object::write::{Object, Relocation as ObjectRelocation, SectionId, SymbolId};
use cranelift_object::object::{RelocationEncoding, RelocationFlags, RelocationKind, SectionKind};
use gimli::RunTimeEndian;
use gimli::write::{EndianVec, RelocateWriter, Relocation, RelocationTarget, Sections};
use rustc_hash::FxHashMap;

/// A section being written, with the addresses to be filled in by the linker. There is one symbol: the start of the code.
#[derive(Clone)]
pub(super) struct Section {
    bytes: EndianVec<RunTimeEndian>,
    relocations: Vec<Relocation>,
}

impl Section {
    /// Nothing, in little endian, as all machines that Cranelift knows.
    pub fn new() -> Section {
        Section { bytes: EndianVec::new(RunTimeEndian::Little), relocations: Vec::new() }
    }
}

impl RelocateWriter for Section {
    type Writer = EndianVec<RunTimeEndian>;

    fn writer(&self) -> &Self::Writer {
        &self.bytes
    }

    fn writer_mut(&mut self) -> &mut Self::Writer {
        &mut self.bytes
    }

    fn relocate(&mut self, relocation: Relocation) {
        self.relocations.push(relocation);
    }
}

/// Adds the sections that are not empty to an object, whose code begins at `code`.
pub(super) fn add(
    object: &mut Object<'_>,
    code: SymbolId,
    mut sections: Sections<Section>,
) -> Result<(), cranelift_object::object::write::Error> {
    let mut added: FxHashMap<gimli::SectionId, (SectionId, SymbolId)> = FxHashMap::default();
    let mut open = Vec::new();
    let never: Result<(), std::convert::Infallible> = sections.for_each_mut(|id, section| {
        if !section.bytes.slice().is_empty() {
            let kind = if id == gimli::SectionId::EhFrame { SectionKind::ReadOnlyData } else { SectionKind::Debug };
            let number = object.add_section(Vec::new(), id.name().as_bytes().to_vec(), kind);
            let align = if id == gimli::SectionId::EhFrame { 8 } else { 1 };
            object.set_section_data(number, section.bytes.take(), align);
            added.insert(id, (number, object.section_symbol(number)));
            open.push((number, std::mem::take(&mut section.relocations)));
        }
        Ok(())
    });
    let Ok(()) = never;
    for (number, relocations) in open {
        for relocation in relocations {
            let symbol = match relocation.target {
                RelocationTarget::Symbol(_) => Some(code),
                RelocationTarget::Section(id) => added.get(&id).map(|(_, symbol)| *symbol),
            };
            let Some(symbol) = symbol else { continue };
            let kind = match relocation.eh_pe {
                Some(encoding) if encoding.application() == gimli::DW_EH_PE_pcrel => RelocationKind::Relative,
                _ => RelocationKind::Absolute,
            };
            let (encoding, size) = (RelocationEncoding::Generic, relocation.size * 8);
            object.add_relocation(
                number,
                ObjectRelocation {
                    offset: relocation.offset as u64,
                    symbol,
                    addend: relocation.addend,
                    flags: RelocationFlags::Generic { kind, encoding, size },
                },
            )?;
        }
    }
    Ok(())
}
