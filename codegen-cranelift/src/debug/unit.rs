//! The unit of DWARF: files, functions, their lines and variables.

use super::types::{TypeEntries, text};
use super::{Built, CodeDebug, Row};
use crate::unit::Input;
use gimli::write::{
    Address, AttributeValue, Expression, FileId as DwarfFile, LineProgram, LineString, Range, RangeList,
};
use gimli::write::{Unit as DwarfUnit, UnitEntryId};
use gimli::{Encoding, Format, LineEncoding, Register, constants};
use kiln_cfg::LocalKind;
use kiln_codegen::{DWARF_VERSION, DebugInfo, DebugLevel, DebugTypes, PRODUCER, ScopeNo, named_locals};
use kiln_source::FileId;
use kiln_types::TypeId;
use rustc_hash::FxHashMap;

/// The unit being written.
pub(super) struct UnitWriter<'i, 'p> {
    pub unit: DwarfUnit,
    input: &'i mut Input<'p>,
    info: &'i DebugInfo,
    types: DebugTypes,
    entries: Option<TypeEntries>,
    files: FxHashMap<FileId, DwarfFile>,
    frame_pointer: Register,
}

/// An address of the code.
pub(super) fn address(offset: u64) -> Address {
    Address::Symbol { symbol: 0, addend: offset as i64 }
}

impl<'i, 'p> UnitWriter<'i, 'p> {
    /// A unit of code of so many bytes, with all types that its functions need.
    pub fn new(input: &'i mut Input<'p>, info: &'i DebugInfo, frame_pointer: Register, size: u64) -> Self {
        let encoding = Encoding { format: Format::Dwarf32, version: DWARF_VERSION, address_size: 8 };
        let main = input.program.entry.map_or(FileId(0), |entry| input.program.info(entry).span.file);
        let name = input.sources.file(main).name.clone();
        let folder = LineString::String(info.folder.bytes().collect());
        let file = LineString::String(file_name(&name));
        let lines = LineProgram::new(encoding, LineEncoding::default(), folder, None, file, None);
        let mut unit = DwarfUnit::new(encoding, lines);
        let root = unit.root();
        let entry = unit.get_mut(root);
        entry.set(constants::DW_AT_producer, text(PRODUCER));
        entry.set(constants::DW_AT_language, AttributeValue::Language(constants::DW_LANG_Rust));
        entry.set(constants::DW_AT_name, text(&name));
        if !info.folder.is_empty() {
            entry.set(constants::DW_AT_comp_dir, text(&info.folder));
        }
        entry.set(constants::DW_AT_low_pc, AttributeValue::Address(address(0)));
        entry.set(constants::DW_AT_high_pc, AttributeValue::Data8(size));
        let (types, files) = (DebugTypes::default(), FxHashMap::default());
        let mut writer = UnitWriter { unit, input, info, types, entries: None, files, frame_pointer };
        if info.level == DebugLevel::Full {
            writer.add_types();
        }
        writer
    }

    fn add_types(&mut self) {
        let Input { program, pool, layouts, names, .. } = &mut *self.input;
        for (id, func) in program.funcs() {
            named_locals(func).for_each(|local| _ = self.types.number(pool, func.locals[local].ty));
            _ = self.types.number(pool, program.info(id).sig.ret);
        }
        self.types.complete(pool, layouts, names);
        self.entries = Some(TypeEntries::add(&mut self.unit, &self.types));
    }

    fn file(&mut self, id: FileId) -> DwarfFile {
        if let Some(file) = self.files.get(&id) {
            return *file;
        }
        let lines = &mut self.unit.line_program;
        let folder = lines.default_directory();
        let file = lines.add_file(LineString::String(file_name(&self.input.sources.file(id).name)), folder, None);
        self.files.insert(id, file);
        file
    }

    fn type_of(&self, ty: TypeId) -> Option<AttributeValue> {
        let number = self.types.find(self.input.pool, ty)?;
        self.entries.as_ref().map(|entries| entries.get(number))
    }

    /// Adds a function whose code begins at `start`.
    pub fn function(&mut self, built: &Built, code: &CodeDebug, start: u64) {
        let program = self.input.program;
        let Some(Some(func)) = program.bodies.get(built.func) else { return };
        let file = self.file(func.file);
        let line = self.input.sources.line_column(func.range.in_file(func.file)).line;
        self.lines(built, code, start, func.file, file, line.into());
        if self.info.level != DebugLevel::Full {
            return;
        }
        let info = program.info(built.func);
        let root = self.unit.root();
        let id = self.unit.add(root, constants::DW_TAG_subprogram);
        let ret = (!matches!(info.sig.ret, TypeId::UNIT | TypeId::NEVER)).then(|| self.type_of(info.sig.ret)).flatten();
        let mut base = Expression::new();
        base.op_reg(self.frame_pointer);
        let entry = self.unit.get_mut(id);
        entry.set(constants::DW_AT_low_pc, AttributeValue::Address(address(start)));
        entry.set(constants::DW_AT_high_pc, AttributeValue::Data4(code.size));
        entry.set(constants::DW_AT_frame_base, AttributeValue::Exprloc(base));
        entry.set(constants::DW_AT_linkage_name, text(&info.symbol));
        entry.set(constants::DW_AT_name, text(&info.name));
        entry.set(constants::DW_AT_decl_file, AttributeValue::FileIndex(Some(file)));
        entry.set(constants::DW_AT_decl_line, AttributeValue::Udata(line.into()));
        if let Some(ret) = ret {
            entry.set(constants::DW_AT_type, ret);
        }
        let scopes = self.scopes(built, code, start, id);
        self.variables(built, code, func, file, &scopes);
    }

    /// The rows of a function: its first line up to the first instruction, then those of the code.
    fn lines(&mut self, built: &Built, code: &CodeDebug, start: u64, source: FileId, file: DwarfFile, line: u64) {
        let source = self.input.sources.file(source);
        let program = &mut self.unit.line_program;
        program.begin_sequence(Some(address(start)));
        let mut emit = |offset: u32, line: u64, column: u64, ends_prologue: bool| {
            let row = program.row();
            (row.address_offset, row.file, row.line, row.column) = (offset.into(), file, line, column);
            row.prologue_end = ends_prologue;
            program.generate_row();
        };
        let mut end = 0;
        if code.rows.first().is_none_or(|row| row.start > 0) {
            emit(0, line, 0, false);
        }
        let mut last = None;
        for (index, row) in code.rows.iter().enumerate() {
            if row.start > end && index > 0 {
                emit(end, 0, 0, false);
                last = None;
            }
            let at = source.line_column(built.places[row.place as usize].0);
            if last != Some(at) {
                emit(row.start, at.line.into(), at.column.into(), index == 0);
            }
            (last, end) = (Some(at), row.end);
        }
        if end < code.size && end > 0 {
            emit(end, 0, 0, false);
        }
        program.end_sequence(code.size.into());
    }

    /// The entries of a function's scopes; nothing for those without code.
    fn scopes(
        &mut self,
        built: &Built,
        code: &CodeDebug,
        start: u64,
        function: UnitEntryId,
    ) -> Vec<Option<UnitEntryId>> {
        let all = &built.scopes.all;
        let mut stretches: Vec<Vec<(u32, u32)>> = vec![Vec::new(); all.len()];
        for Row { start, end, place } in code.rows.iter().copied() {
            let mut scope: ScopeNo = built.places[place as usize].1;
            while scope != 0 {
                match stretches[scope].last_mut() {
                    Some(last) if last.1 == start => last.1 = end,
                    _ => stretches[scope].push((start, end)),
                }
                scope = all[scope].parent;
            }
        }
        let mut entries = vec![Some(function)];
        for (scope, stretches) in all.iter().zip(&stretches).skip(1) {
            let (Some(parent), [first, rest @ ..]) = (entries[scope.parent], &stretches[..]) else {
                entries.push(None);
                continue;
            };
            let id = self.unit.add(parent, constants::DW_TAG_lexical_block);
            entries.push(Some(id));
            let at = |offset: u32| start + u64::from(offset);
            if rest.is_empty() {
                let entry = self.unit.get_mut(id);
                entry.set(constants::DW_AT_low_pc, AttributeValue::Address(address(at(first.0))));
                entry.set(constants::DW_AT_high_pc, AttributeValue::Data4(first.1 - first.0));
            } else {
                // From the start of the unit.
                let ranges = stretches.iter().map(|(from, to)| Range::OffsetPair { begin: at(*from), end: at(*to) });
                let ranges = self.unit.ranges.add(RangeList(ranges.collect()));
                self.unit.get_mut(id).set(constants::DW_AT_ranges, AttributeValue::RangeListRef(ranges));
            }
        }
        entries
    }

    fn variables(
        &mut self,
        built: &Built,
        code: &CodeDebug,
        func: &kiln_cfg::Func,
        file: DwarfFile,
        scopes: &[Option<UnitEntryId>],
    ) {
        let of_locals = built.scopes.of_locals(func);
        for variable in &built.variables {
            let decl = &func.locals[variable.local];
            let Some(parent) = of_locals[variable.local].and_then(|scope| scopes[scope]) else { continue };
            let (Some(name), Some(ty)) = (decl.name, self.type_of(decl.ty)) else { continue };
            let tag = match decl.kind {
                LocalKind::Param(_) => constants::DW_TAG_formal_parameter,
                _ => constants::DW_TAG_variable,
            };
            let line = self.input.sources.line_column(decl.range.in_file(func.file)).line;
            let id = self.unit.add(parent, tag);
            let entry = self.unit.get_mut(id);
            entry.set(constants::DW_AT_name, text(self.input.names.name(name)));
            entry.set(constants::DW_AT_decl_file, AttributeValue::FileIndex(Some(file)));
            entry.set(constants::DW_AT_decl_line, AttributeValue::Udata(line.into()));
            entry.set(constants::DW_AT_type, ty);
            if let Some(offset) = code.slots.get(variable.slot.as_u32() as usize) {
                let mut place = Expression::new();
                place.op_fbreg(*offset);
                if variable.is_behind {
                    place.op_deref();
                }
                entry.set(constants::DW_AT_location, AttributeValue::Exprloc(place));
            }
        }
    }
}

/// A file's name as the line table takes it.
fn file_name(name: &str) -> Vec<u8> {
    let bytes: Vec<u8> = name.bytes().filter(|byte| *byte != 0).collect();
    if bytes.is_empty() { b"?".to_vec() } else { bytes }
}
