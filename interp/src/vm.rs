//! Bytecode of functions, made when they are first called, for all evaluations of a compilation.

use crate::code::Code;
use crate::consts::ConstTable;
use crate::env::Env;
use crate::lower::{self, LowerCx, LowerError};
use kiln_cfg::Func;
use kiln_types::FuncId;
use std::rc::Rc;

/// What the code runs for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mode {
    /// A program is being compiled: no input, no output, no addresses as numbers.
    Comptime,
    /// A program runs: the host's streams and a few foreign functions are there.
    Host,
}

/// The bytecode of a compilation.
#[derive(Debug)]
pub struct Vm {
    mode: Mode,
    codes: Vec<Option<Rc<Code>>>,
    pub(crate) consts: ConstTable,
}

impl Vm {
    /// No bytecode yet.
    pub fn new(mode: Mode) -> Vm {
        Vm { mode, codes: Vec::new(), consts: ConstTable::default() }
    }

    /// What the code runs for.
    pub fn mode(&self) -> Mode {
        self.mode
    }

    /// How many functions have bytecode, and how many instructions they have together.
    pub fn size(&self) -> (usize, usize) {
        let codes = self.codes.iter().flatten();
        codes.fold((0, 0), |(funcs, ops), code| (funcs + 1, ops + code.ops.len()))
    }

    pub(crate) fn codes(&self) -> &[Option<Rc<Code>>] {
        &self.codes
    }

    pub(crate) fn code(&self, func: u32) -> Option<&Rc<Code>> {
        self.codes.get(func as usize)?.as_ref()
    }

    /// The instructions of a function as text, for tests and for curious eyes.
    pub fn listing(&self, func: FuncId) -> Option<String> {
        let code = self.code(func.0)?;
        let mut text = format!("{}: frame {} bytes\n", code.name, code.frame_bytes);
        for (pc, op) in code.ops.iter().enumerate() {
            text.push_str(&format!("{pc:4}  {op:?}\n"));
        }
        Some(text)
    }

    /// Makes the bytecode of a function.
    pub(crate) fn lower(&mut self, env: &mut Env<'_>, id: FuncId, func: &Func) -> Result<(), LowerError> {
        let cx = LowerCx {
            pool: env.pool,
            layouts: env.layouts,
            statics: env.statics,
            functions: env.functions,
            consts: &mut self.consts,
            is_comptime: self.mode == Mode::Comptime,
        };
        let code = lower::lower(cx, id, func)?;
        let index = id.0 as usize;
        if self.codes.len() <= index {
            self.codes.resize(index + 1, None);
        }
        self.codes[index] = Some(Rc::new(code));
        Ok(())
    }
}
