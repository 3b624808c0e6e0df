//! What a debugger is told: kept while functions are built ([`FuncDebug`]) and compiled ([`CodeDebug`]), and written into the object
//! as DWARF when all is known ([`write()`]).
//!
//! Functions that are not written in Kiln (helpers, glue, wrappers) have no lines, but all can be unwound.

mod function;
pub(crate) use function::FuncDebug;

mod sections;

mod types;

mod unit;

mod write;
pub(crate) use write::write;

use cranelift_codegen::ir::StackSlot;
use cranelift_codegen::isa::TargetIsa;
use cranelift_codegen::isa::unwind::UnwindInfo;
use cranelift_codegen::{CodegenError, CompiledCode};
use cranelift_module::FuncId as CodeId;
use kiln_cfg::Local;
use kiln_codegen::{ScopeNo, Scopes};
use kiln_types::FuncId;

/// What is kept of the functions of a module.
#[derive(Default)]
pub(crate) struct Records {
    /// Those written in Kiln, in the order they were built.
    pub built: Vec<Built>,
    /// All, in the order they were compiled.
    pub compiled: Vec<(CodeId, CodeDebug)>,
}

/// A function of the program that was built.
pub(crate) struct Built {
    pub code: CodeId,
    pub func: FuncId,
    pub scopes: Scopes,
    /// What Cranelift's source locations stand for: places in the function's text, and the scopes there.
    pub places: Vec<(u32, ScopeNo)>,
    pub variables: Vec<Variable>,
}

/// Where a variable is.
#[derive(Clone, Copy)]
pub(crate) struct Variable {
    pub local: Local,
    pub slot: StackSlot,
    /// Its address is in the slot.
    pub is_behind: bool,
}

/// A stretch of code that was made for one place.
#[derive(Clone, Copy)]
pub(crate) struct Row {
    pub start: u32,
    pub end: u32,
    /// Index in [`Built::places`].
    pub place: u32,
}

/// What is known of a function when it is compiled.
pub(crate) struct CodeDebug {
    pub size: u32,
    /// In the order of the code.
    pub rows: Vec<Row>,
    /// Bytes from the frame pointer to each slot.
    pub slots: Vec<i64>,
    pub unwind: Option<UnwindInfo>,
}

/// What is kept of compiled code.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Keep {
    /// Lines and places of variables.
    pub lines: bool,
    /// How to leave the function.
    pub unwind: bool,
}

impl CodeDebug {
    /// Takes what is to be kept.
    pub fn of(code: &CompiledCode, isa: &dyn TargetIsa, keep: Keep) -> Result<CodeDebug, CodegenError> {
        let unwind = if keep.unwind { code.create_unwind_info(isa)? } else { None };
        let size = code.code_buffer().len() as u32;
        if !keep.lines {
            return Ok(CodeDebug { size, rows: Vec::new(), slots: Vec::new(), unwind });
        }
        let rows = code.buffer.get_srclocs_sorted().iter().filter(|row| !row.loc.is_default() && row.start < row.end);
        let rows = rows.map(|row| Row { start: row.start, end: row.end, place: row.loc.bits() }).collect();
        let slots = code.buffer.frame_layout().map_or_else(Vec::new, |frame| {
            let top = i64::from(frame.frame_to_fp_offset);
            frame.stackslots.values().map(|slot| i64::from(slot.offset) - top).collect()
        });
        Ok(CodeDebug { size, rows, slots, unwind })
    }
}
