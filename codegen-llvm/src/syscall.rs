//! System calls of Linux: the number and up to six words, in the registers the kernel wants them in.

use crate::body::Body;
use crate::errors::{Result, broken};
use crate::value::Value;
use inkwell::types::IntType;
use inkwell::values::{AggregateValueEnum, BasicMetadataValueEnum, IntValue};
use kiln_cfg::Operand;
use kiln_codegen::{NO_SUCH_CALL, SYSCALL_ARGS, has_system_calls};
use kiln_types::{Arch, Target};

/// How a machine calls the kernel.
struct Convention {
    instruction: &'static str,
    result: &'static str,
    number: &'static str,
    /// Where there are more words, the last register points to the rest in memory.
    words: &'static [&'static str],
    clobbers: &'static str,
    /// Bits of a register.
    bits: u16,
}

/// How a call with as many words is made.
fn convention(target: &Target, words: usize) -> Option<Convention> {
    if !has_system_calls(target) {
        return None;
    }
    Some(match target.arch {
        Arch::X86_64 => Convention {
            instruction: "syscall",
            result: "={rax}",
            number: "{rax}",
            words: &["{rdi}", "{rsi}", "{rdx}", "{r10}", "{r8}", "{r9}"],
            clobbers: "~{rcx},~{r11},~{memory},~{dirflag},~{fpsr},~{flags}",
            bits: 64,
        },
        Arch::Aarch64 => Convention {
            instruction: "svc #0",
            result: "={x0}",
            number: "{x8}",
            words: &["{x0}", "{x1}", "{x2}", "{x3}", "{x4}", "{x5}"],
            clobbers: "~{memory}",
            bits: 64,
        },
        Arch::Riscv64 => Convention {
            instruction: "ecall",
            result: "={a0}",
            number: "{a7}",
            words: &["{a0}", "{a1}", "{a2}", "{a3}", "{a4}", "{a5}"],
            clobbers: "~{memory}",
            bits: 64,
        },
        Arch::X86 => Convention {
            instruction: match words {
                // The sixth word belongs into `ebp`, which may hold the frame.
                6 => "pushl %edi; pushl %ebp; movl 4(%edi), %ebp; movl (%edi), %edi; int $$0x80; popl %ebp; popl %edi",
                _ => "int $$0x80",
            },
            result: "={eax}",
            number: "{eax}",
            words: &["{ebx}", "{ecx}", "{edx}", "{esi}", "{edi}"],
            clobbers: "~{memory},~{dirflag},~{fpsr},~{flags}",
            bits: 32,
        },
        Arch::Arm => Convention {
            instruction: "svc #0",
            result: "={r0}",
            number: "{r7}",
            words: &["{r0}", "{r1}", "{r2}", "{r3}", "{r4}", "{r5}"],
            clobbers: "~{memory}",
            bits: 32,
        },
        Arch::Riscv32 | Arch::Wasm32 => return None,
    })
}

impl<'ctx> Body<'_, 'ctx, '_> {
    /// The kernel's answer as an `i64`. Where there is no kernel to call, it is that there is no such call. Of a number or word, a
    /// machine of 32 bits takes the lower half.
    pub fn build_syscall(&mut self, args: &[Operand]) -> Result<Value<'ctx>> {
        let answer = self.unit.scalars.int(64);
        if args.is_empty() || args.len() > SYSCALL_ARGS {
            return broken("a system call takes a number and up to six words");
        }
        let count = args.len() - 1;
        let Some(convention) = convention(self.unit.layouts.target(), count) else {
            return Ok(Value::Scalar(answer.const_int(NO_SUCH_CALL as u64, true).into()));
        };
        let word = self.unit.scalars.int(convention.bits);
        let mut words = Vec::with_capacity(args.len());
        for index in 0..args.len() {
            let value = self.arg(args, index)?.int()?;
            words.push(self.unit.builder.build_int_cast_sign_flag(value, word, false, "")?);
        }
        let registers = &convention.words[..count.min(convention.words.len())];
        if count > registers.len() {
            let rest = words.split_off(registers.len());
            words.push(self.address_of_words(&rest, word)?);
        }
        let constraints = [&[convention.result, convention.number], registers, &[convention.clobbers]].concat();
        let ty = word.fn_type(&vec![word.into(); words.len()], false);
        let code = self.unit.context.create_inline_asm(
            ty,
            convention.instruction.to_owned(),
            constraints.join(","),
            true,
            false,
            None,
            false,
        );
        let words: Vec<BasicMetadataValueEnum<'ctx>> = words.into_iter().map(Into::into).collect();
        let call = self.unit.builder.build_indirect_call(ty, code, &words, "")?;
        match call.try_as_basic_value().basic() {
            Some(found) => {
                let found = found.into_int_value();
                Ok(Value::Scalar(self.unit.builder.build_int_cast_sign_flag(found, answer, true, "")?.into()))
            }
            None => broken("a system call has an answer"),
        }
    }

    /// Where these words lie in memory, one behind the other.
    fn address_of_words(&mut self, words: &[IntValue<'ctx>], word: IntType<'ctx>) -> Result<IntValue<'ctx>> {
        let bytes = word.get_bit_width() / 8;
        let slot = self.unit.entry_alloca(u64::from(bytes) * words.len() as u64, bytes)?;
        let mut list = AggregateValueEnum::from(word.array_type(words.len() as u32).const_zero());
        for (index, one) in words.iter().enumerate() {
            list = self.unit.builder.build_insert_value(list, *one, index as u32, "")?;
        }
        self.unit.builder.build_store(slot, list)?;
        Ok(self.unit.builder.build_ptr_to_int(slot, word, "")?)
    }
}
