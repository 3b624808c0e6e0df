//! How a program panics: cold blocks that call one function a reason with the place in the source.
//!
//! ```text
//! overflow:
//!   call void @"panic: integer overflow"(ptr @"gcd.kiln:7:10", i64 12)
//!   unreachable
//! ```

use crate::attrs::mark;
use crate::errors::Result;
use crate::unit::{Unit, param};
use inkwell::module::Linkage;
use inkwell::values::{FunctionValue, IntValue, PointerValue};
use kiln_cfg::{OUT_OF_MEMORY, Panic};
use kiln_source::{FileId, Span};
use rustc_hash::FxHashMap;

/// Why a program ends by itself, without a text of its own.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Reason {
    /// A reason of the language.
    Panic(Panic),
    /// No memory.
    OutOfMemory,
}

impl Reason {
    fn text(self) -> &'static str {
        match self {
            Reason::Panic(panic) => panic.reason(),
            Reason::OutOfMemory => OUT_OF_MEMORY,
        }
    }
}

/// A constant text: its address and length.
#[derive(Clone, Copy)]
pub(crate) struct Text<'ctx> {
    pub address: PointerValue<'ctx>,
    pub len: IntValue<'ctx>,
}

/// What was made for panics so far.
#[derive(Default)]
pub(crate) struct Panics<'ctx> {
    locations: FxHashMap<(FileId, u32), Text<'ctx>>,
    functions: FxHashMap<Reason, FunctionValue<'ctx>>,
}

impl<'ctx> Unit<'ctx, '_> {
    /// `file:line:column` of where a span starts, as a constant.
    pub fn location(&mut self, span: Span) -> Text<'ctx> {
        let key = (span.file, span.range.start);
        if let Some(text) = self.panics.locations.get(&key) {
            return *text;
        }
        let text = self.text(&self.sources.location(span));
        self.panics.locations.insert(key, text);
        text
    }

    /// A constant named after its content.
    fn text(&self, text: &str) -> Text<'ctx> {
        let content = self.context.const_string(text.as_bytes(), false);
        let global = self.module.add_global(content.get_type(), None, text);
        global.set_initializer(&content);
        global.set_constant(true);
        global.set_linkage(Linkage::Private);
        global.set_unnamed_addr(true);
        Text { address: global.as_pointer_value(), len: self.size(text.len() as u64) }
    }

    /// The function that ends the program for a reason; its arguments are the location's address and length.
    pub fn panic_function(&mut self, reason: Reason) -> Result<FunctionValue<'ctx>> {
        if let Some(function) = self.panics.functions.get(&reason) {
            return Ok(*function);
        }
        let params = [self.scalars.ptr.into(), self.scalars.usize.into()];
        let ty = self.context.void_type().fn_type(&params, false);
        let name = format!("panic: {}", reason.text());
        let function = self.module.add_function(&name, ty, Some(Linkage::Internal));
        self.mark_function(function);
        mark(function, &[self.attrs.cold, self.attrs.noinline, self.attrs.noreturn]);
        self.panics.functions.insert(reason, function);

        self.in_function(function, |unit| {
            let location =
                Text { address: param(function, 0).into_pointer_value(), len: param(function, 1).into_int_value() };
            let reason = unit.text(reason.text());
            unit.end_program(reason, location)
        })?;
        Ok(function)
    }

    /// Calls the run-time library's panic function; the block ends with it. A program without one stops at a trap.
    pub fn end_program(&mut self, reason: Text<'ctx>, location: Text<'ctx>) -> Result<()> {
        if let Some(id) = self.program.panic {
            let panic = self.function(id)?;
            let args = [reason.address.into(), reason.len.into(), location.address.into(), location.len.into()];
            self.builder.build_call(panic.value, &args, "")?;
        } else {
            self.trap()?;
        }
        self.builder.build_unreachable()?;
        Ok(())
    }
}
