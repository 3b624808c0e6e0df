//! How a program panics: cold blocks that call one function a reason, with a number that says where in the source.
//!
//! ```text
//! panic:
//!   call void @"panic: integer overflow"(i32 40)
//!   unreachable
//! ```
//! The number is an offset into one constant, where the place stands as `file:line:column` behind its length. So a check costs
//! no symbol and no relocation of its own.

use crate::attrs::mark;
use crate::errors::{Result, broken};
use crate::unit::{Unit, param};
use inkwell::module::Linkage;
use inkwell::types::BasicMetadataTypeEnum;
use inkwell::values::{FunctionValue, GlobalValue, IntValue, PointerValue};
use kiln_cfg::{OUT_OF_MEMORY, Panic};
use kiln_source::{FileId, Span};
use kiln_types::Endian;
use rustc_hash::FxHashMap;

/// Why a program ends by itself.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Reason {
    /// A reason of the language; [`Panic::User`] is given its text.
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

/// A text of the program: its address and length.
#[derive(Clone, Copy)]
pub(crate) struct Text<'ctx> {
    pub address: PointerValue<'ctx>,
    pub len: IntValue<'ctx>,
}

/// What panics need, made so far.
#[derive(Default)]
pub(crate) struct Panics<'ctx> {
    /// All places: each its length in four bytes of the target, then the text.
    places: Vec<u8>,
    offsets: FxHashMap<(FileId, u32), u32>,
    /// The functions in the order they were asked for; their bodies come when all places are known.
    functions: Vec<(Reason, FunctionValue<'ctx>)>,
}

impl<'ctx> Unit<'ctx, '_> {
    /// The number of the place where a span starts.
    pub fn place_number(&mut self, span: Span) -> Result<IntValue<'ctx>> {
        let key = (span.file, span.range.start);
        let number = match self.panics.offsets.get(&key) {
            Some(number) => *number,
            None => {
                let text = self.sources.location(span);
                let (Ok(number), Ok(len)) = (u32::try_from(self.panics.places.len()), u32::try_from(text.len())) else {
                    return broken("the places of all checks take more than 4 GiB");
                };
                let len = match self.layouts.target().endian {
                    Endian::Little => len.to_le_bytes(),
                    Endian::Big => len.to_be_bytes(),
                };
                self.panics.places.extend(len);
                self.panics.places.extend(text.as_bytes());
                self.panics.offsets.insert(key, number);
                number
            }
        };
        Ok(self.scalars.int(32).const_int(u64::from(number), false))
    }

    /// The function that ends the program for a reason, at the place with the number it is given. [`Panic::User`] takes address
    /// and length of its text before.
    pub fn panic_function(&mut self, reason: Reason) -> FunctionValue<'ctx> {
        if let Some((_, function)) = self.panics.functions.iter().find(|known| known.0 == reason) {
            return *function;
        }
        let number: BasicMetadataTypeEnum<'ctx> = self.scalars.int(32).into();
        let user = [self.scalars.ptr.into(), self.scalars.usize.into(), number];
        let params = if reason == Reason::Panic(Panic::User) { &user[..] } else { &user[2..] };
        let ty = self.context.void_type().fn_type(params, false);
        let name = match reason.text() {
            "" => "panic".to_owned(),
            text => format!("panic: {text}"),
        };
        let function = self.module.add_function(&name, ty, Some(Linkage::Internal));
        self.mark_function(function);
        mark(function, &[self.attrs.cold, self.attrs.noinline, self.attrs.noreturn]);
        self.panics.functions.push((reason, function));
        function
    }

    /// Builds the bodies of the panic functions, and the constant with all places.
    pub fn build_panic_functions(&mut self) -> Result<()> {
        if self.panics.functions.is_empty() {
            return Ok(());
        }
        let places = self.panics.places.clone();
        let places = self.text_global("places", &places);
        for (reason, function) in self.panics.functions.clone() {
            self.in_function(function, |unit| unit.build_panic_function(reason, function, places))?;
        }
        Ok(())
    }

    fn build_panic_function(
        &mut self,
        reason: Reason,
        function: FunctionValue<'ctx>,
        places: GlobalValue<'ctx>,
    ) -> Result<()> {
        let (reason, number) = if reason == Reason::Panic(Panic::User) {
            let (address, len) = (param(function, 0).into_pointer_value(), param(function, 1).into_int_value());
            (Text { address, len }, param(function, 2).into_int_value())
        } else {
            let text = reason.text();
            let address = self.text_global(text, text.as_bytes()).as_pointer_value();
            (Text { address, len: self.size(text.len() as u64) }, param(function, 0).into_int_value())
        };
        let (usize, byte) = (self.scalars.usize, self.scalars.int(8));
        let offset = self.builder.build_int_cast_sign_flag(number, usize, false, "")?;
        // SAFETY: all callers give numbers that `place_number` made, so a length and a text lie there.
        let at = unsafe { self.builder.build_in_bounds_gep(byte, places.as_pointer_value(), &[offset], "")? };
        let int = kiln_types::ScalarKind::Int { bits: 32, signed: false };
        let len = self.load_aligned(at, int, 1)?.into_int_value();
        let len = self.builder.build_int_cast_sign_flag(len, usize, false, "")?;
        let address = self.offset(at, 4)?;
        self.end_program(reason, Text { address, len })
    }

    fn text_global(&self, name: &str, text: &[u8]) -> GlobalValue<'ctx> {
        let content = self.context.const_string(text, false);
        let global = self.module.add_global(content.get_type(), None, name);
        global.set_initializer(&content);
        global.set_constant(true);
        global.set_linkage(Linkage::Private);
        global.set_unnamed_addr(true);
        global
    }

    /// Calls the run-time library's panic function; the block ends with it. A program without one stops at a trap.
    fn end_program(&mut self, reason: Text<'ctx>, place: Text<'ctx>) -> Result<()> {
        if let Some(id) = self.program.panic {
            let panic = self.function(id)?;
            let args = [reason.address.into(), reason.len.into(), place.address.into(), place.len.into()];
            self.builder.build_call(panic.value, &args, "")?;
        } else {
            self.trap()?;
        }
        self.builder.build_unreachable()?;
        Ok(())
    }
}
