//! Functions beside those of the program that many places share: panics, allocation, output, and what only machine code can do.

use crate::gen_fn::Gen;
use crate::machine_code;
use crate::unit::{Unit, refused};
use crate::value::Pointer;
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{self, BlockArg, InstBuilder, Signature, types};
use cranelift_module::{FuncId as CodeId, Linkage};
use kiln_cfg::{Foreign, Panic};
use kiln_codegen::{Places, Reason, Result, broken};

/// A shared function, made when it is asked for first.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Helper {
    /// `panic(place)`; [`Panic::User`]: `panic(text, len, place)`
    Panic(Reason),
    /// `alloc(count, size, align, place) -> ptr`: memory for elements; a panic at the place if there is none.
    Alloc,
    /// `realloc(p, old count, new count, size, align, place) -> ptr`
    Realloc,
    /// `free(p, bytes)`: nothing was allocated for no bytes.
    Free,
    /// `write(stream, address, len)`: what C code printed goes first; then writes until all is written or an error comes.
    Write,
    /// A system call of Linux: the number and six words, as C passes them; the kernel's answer.
    Syscall,
    /// A C function that takes further arguments (`...`), which wants to know how many of them are floats.
    Variadic(CodeId),
}

impl Unit<'_> {
    /// The helper; its body follows.
    pub fn helper(&mut self, helper: Helper) -> Result<CodeId> {
        if let Some(id) = self.helpers.get(&helper) {
            return Ok(*id);
        }
        let (symbol, sig) = self.describe(helper)?;
        let id = self.declare(&symbol, Linkage::Local, &sig)?;
        self.helpers.insert(helper, id);
        self.wanted.push((helper, id));
        Ok(id)
    }

    fn describe(&mut self, helper: Helper) -> Result<(String, Signature)> {
        let (size, int) = (self.signatures.pointer, types::I32);
        let plain = |params: &[ir::Type], ret| self.signatures.plain(params, ret);
        Ok(match helper {
            Helper::Panic(reason @ Reason::Panic(Panic::User)) => (reason.symbol(), plain(&[size, size, int], None)),
            Helper::Panic(reason) => (reason.symbol(), plain(&[int], None)),
            Helper::Alloc => ("kiln.alloc".into(), plain(&[size, size, size, int], Some(size))),
            Helper::Realloc => ("kiln.realloc".into(), plain(&[size, size, size, size, size, int], Some(size))),
            Helper::Free => ("kiln.free".into(), plain(&[size, size], None)),
            Helper::Write => ("kiln.write".into(), plain(&[int, size, size], None)),
            Helper::Syscall => ("kiln.syscall".into(), plain(&[types::I64; 7], Some(types::I64))),
            Helper::Variadic(id) => {
                let declared = self.module.declarations().get_function_decl(id);
                (format!("variadic {}", declared.linkage_name(id)), declared.signature.clone())
            }
        })
    }

    /// Builds the helpers that were asked for, and those they ask for.
    pub fn build_helpers(&mut self) -> Result<()> {
        while let Some((helper, id)) = self.wanted.pop() {
            match helper {
                Helper::Panic(reason) => self.define(id, |body| body.build_panic(reason))?,
                Helper::Alloc => self.define(id, |body| body.build_alloc())?,
                Helper::Realloc => self.define(id, |body| body.build_realloc())?,
                Helper::Free => self.define(id, |body| body.build_free())?,
                Helper::Write => self.define(id, |body| body.build_write())?,
                Helper::Syscall | Helper::Variadic(_) => self.define_machine_code(helper, id)?,
            }
        }
        Ok(())
    }

    fn define_machine_code(&mut self, helper: Helper, id: CodeId) -> Result<()> {
        let arch = self.layouts.target().arch;
        let code = match helper {
            Helper::Variadic(callee) => machine_code::variadic(arch, callee, self.in_memory),
            _ => machine_code::syscall(arch),
        };
        let Some(code) = code else { return broken("this machine needs no machine code of its own") };
        self.module.define_function_bytes(id, 16, &code.bytes, &code.relocs).map_err(refused)
    }

    /// Gives the constant with the places of all panics its content.
    pub fn define_places(&mut self) -> Result<()> {
        let Some(id) = self.places_data else { return Ok(()) };
        let bytes = self.places.bytes().to_vec();
        self.define_data(id, bytes, 4, &[])
    }
}

impl Gen<'_, '_, '_> {
    /// Calls a helper.
    pub fn call_helper(&mut self, helper: Helper, args: &[ir::Value]) -> Result<Option<ir::Value>> {
        let id = self.unit.helper(helper)?;
        Ok(self.call(id, args).first().copied())
    }

    /// Finds the text of the place and calls the run-time library's panic function. A program without one stops at a trap.
    fn build_panic(&mut self, reason: Reason) -> Result<()> {
        let params = self.begin();
        let Some(panic) = self.unit.program.panic else {
            self.trap();
            return Ok(());
        };
        let (text, len, number) = match (reason, &params[..]) {
            (Reason::Panic(Panic::User), &[text, len, number]) => (text, len, number),
            (_, &[number]) => {
                let data = self.unit.text_data(reason.text())?;
                (self.data_address(data), self.size(reason.text().len() as u64), number)
            }
            _ => return broken("a panic function has other parameters"),
        };
        let places = match self.unit.places_data {
            Some(places) => places,
            None => self.unit.new_places()?,
        };
        let ty = self.pointer_type();
        let base = self.data_address(places);
        let offset = self.resize(number, ty, false);
        let at = self.b.ins().iadd(base, offset);
        let place_len = self.load_type(Pointer::at(at), types::I32);
        let place_len = self.resize(place_len, ty, false);
        let place = self.address(Pointer::at(at).plus(u64::from(Places::HEADER)));
        let panic = self.unit.function(panic)?;
        self.call(panic.id, &[text, len, place, place_len]);
        self.trap();
        Ok(())
    }

    /// A cold block that panics at a place for want of memory.
    fn out_of_memory_block(&mut self) -> ir::Block {
        let block = self.b.create_block();
        self.b.set_cold_block(block);
        block
    }

    fn build_out_of_memory(&mut self, block: ir::Block, place: ir::Value) -> Result<()> {
        self.b.switch_to_block(block);
        self.call_helper(Helper::Panic(Reason::OutOfMemory), &[place])?;
        self.trap();
        Ok(())
    }

    /// `count * size`; goes to `failed` if that is more than half of the address space.
    fn bytes_or(&mut self, failed: ir::Block, count: ir::Value, size: ir::Value) -> ir::Value {
        let (bytes, overflows) = self.b.ins().umul_overflow(count, size);
        self.leave_if(overflows, failed, &[]);
        let is_large = self.b.ins().icmp_imm_s(IntCC::SignedLessThan, bytes, 0);
        self.leave_if(is_large, failed, &[]);
        bytes
    }

    fn return_memory(&mut self, memory: Option<ir::Value>, failed: ir::Block) -> Result<()> {
        let Some(memory) = memory else { return broken("allocation gives an address") };
        let is_null = self.b.ins().icmp_imm_u(IntCC::Equal, memory, 0);
        self.leave_if(is_null, failed, &[]);
        self.b.ins().return_(&[memory]);
        Ok(())
    }

    fn build_alloc(&mut self) -> Result<()> {
        let &[count, size, align, place] = &self.begin()[..] else { return broken("`kiln.alloc` has four parameters") };
        let failed = self.out_of_memory_block();
        let bytes = self.bytes_or(failed, count, size);
        self.if_zero(bytes, |body| {
            body.b.ins().return_(&[align]);
            Ok(())
        })?;
        let memory = self.call_foreign(Foreign::Malloc, &[bytes])?;
        self.return_memory(memory, failed)?;
        self.build_out_of_memory(failed, place)
    }

    fn build_realloc(&mut self) -> Result<()> {
        let &[old, old_count, new_count, size, align, place] = &self.begin()[..] else {
            return broken("`kiln.realloc` has six parameters");
        };
        let failed = self.out_of_memory_block();
        // What was allocated before has a size that does not overflow.
        let old_bytes = self.b.ins().imul(old_count, size);
        self.if_zero(old_bytes, |body| {
            let fresh = body.call_helper(Helper::Alloc, &[new_count, size, align, place])?;
            body.b.ins().return_(fresh.as_slice());
            Ok(())
        })?;
        let bytes = self.bytes_or(failed, new_count, size);
        self.if_zero(bytes, |body| {
            body.call_helper(Helper::Free, &[old, old_bytes])?;
            body.b.ins().return_(&[align]);
            Ok(())
        })?;
        let memory = self.call_foreign(Foreign::Realloc, &[old, bytes])?;
        self.return_memory(memory, failed)?;
        self.build_out_of_memory(failed, place)
    }

    fn build_free(&mut self) -> Result<()> {
        let &[memory, bytes] = &self.begin()[..] else { return broken("`kiln.free` has two parameters") };
        self.if_zero(bytes, |body| {
            body.b.ins().return_(&[]);
            Ok(())
        })?;
        self.call_foreign(Foreign::Free, &[memory])?;
        self.b.ins().return_(&[]);
        Ok(())
    }

    fn build_write(&mut self) -> Result<()> {
        let &[stream, address, len] = &self.begin()[..] else { return broken("`kiln.write` has three parameters") };
        let size = self.pointer_type();
        // `@dbg` (3) prints to the standard output.
        let is_dbg = self.b.ins().icmp_imm_u(IntCC::Equal, stream, 3);
        let output = self.b.ins().iconst(types::I32, 1);
        let file = self.b.ins().select(is_dbg, output, stream);
        let null = self.size(0);
        self.call_foreign(Foreign::Fflush, &[null])?;
        let [test, more, done] = [self.b.create_block(), self.b.create_block(), self.b.create_block()];
        let at = self.b.append_block_param(test, size);
        let left = self.b.append_block_param(test, size);
        self.b.ins().jump(test, &[BlockArg::Value(address), BlockArg::Value(len)]);

        self.b.switch_to_block(test);
        self.b.ins().brif(left, more, &[], done, &[]);

        self.b.switch_to_block(more);
        let Some(written) = self.call_foreign(Foreign::Write, &[file, at, left])? else {
            return broken("`write` returns a count");
        };
        let next = self.b.ins().iadd(at, written);
        let rest = self.b.ins().isub(left, written);
        let has_failed = self.b.ins().icmp_imm_s(IntCC::SignedLessThanOrEqual, written, 0);
        self.b.ins().brif(has_failed, done, &[], test, &[BlockArg::Value(next), BlockArg::Value(rest)]);

        self.b.switch_to_block(done);
        self.b.ins().return_(&[]);
        Ok(())
    }
}

impl Unit<'_> {
    fn text_data(&mut self, text: &str) -> Result<cranelift_module::DataId> {
        let data = self.module.declare_anonymous_data(false, false).map_err(refused)?;
        self.define_data(data, text.as_bytes().to_vec(), 1, &[])?;
        Ok(data)
    }

    fn new_places(&mut self) -> Result<cranelift_module::DataId> {
        let data = self.module.declare_anonymous_data(false, false).map_err(refused)?;
        self.places_data = Some(data);
        Ok(data)
    }
}
