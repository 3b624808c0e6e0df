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
use crate::errors::Result;
use crate::unit::{Unit, param};
use inkwell::module::Linkage;
use inkwell::types::BasicMetadataTypeEnum;
use inkwell::values::{FunctionValue, GlobalValue, IntValue, PointerValue};
use kiln_cfg::Panic;
use kiln_codegen::{Places, Reason};
use kiln_source::Span;

/// A text of the program: its address and length.
#[derive(Clone, Copy)]
pub(crate) struct Text<'ctx> {
    pub address: PointerValue<'ctx>,
    pub len: IntValue<'ctx>,
}

/// What panics need, made so far.
#[derive(Default)]
pub(crate) struct Panics<'ctx> {
    places: Places,
    /// The functions in the order they were asked for; their bodies come when all places are known.
    functions: Vec<(Reason, FunctionValue<'ctx>)>,
}

impl<'ctx> Unit<'ctx, '_> {
    /// The number of the place where a span starts.
    pub fn place_number(&mut self, span: Span) -> Result<IntValue<'ctx>> {
        let number = self.panics.places.number(span, self.sources, self.layouts.target().endian)?;
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
        let function = self.module.add_function(&reason.symbol(), ty, Some(Linkage::Internal));
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
        let places = self.panics.places.bytes().to_vec();
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
        let address = self.offset(at, u64::from(Places::HEADER))?;
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
