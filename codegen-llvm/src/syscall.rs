//! System calls of Linux: the number and up to six words, in the registers the kernel wants them in.

use crate::body::Body;
use crate::errors::{Result, broken};
use crate::value::Value;
use inkwell::values::BasicMetadataValueEnum;
use kiln_cfg::Operand;
use kiln_types::{Arch, Os, Target};

/// `ENOSYS`: what the kernel answers to calls it does not have.
const NO_SUCH_CALL: i64 = -38;

/// How a machine calls the kernel.
struct Convention {
    instruction: &'static str,
    result: &'static str,
    number: &'static str,
    words: [&'static str; 6],
    clobbers: &'static str,
}

fn convention(target: &Target) -> Option<Convention> {
    if target.os != Os::Linux {
        return None;
    }
    Some(match target.arch {
        Arch::X86_64 => Convention {
            instruction: "syscall",
            result: "={rax}",
            number: "{rax}",
            words: ["{rdi}", "{rsi}", "{rdx}", "{r10}", "{r8}", "{r9}"],
            clobbers: "~{rcx},~{r11},~{memory},~{dirflag},~{fpsr},~{flags}",
        },
        Arch::Aarch64 => Convention {
            instruction: "svc #0",
            result: "={x0}",
            number: "{x8}",
            words: ["{x0}", "{x1}", "{x2}", "{x3}", "{x4}", "{x5}"],
            clobbers: "~{memory}",
        },
        Arch::Riscv64 => Convention {
            instruction: "ecall",
            result: "={a0}",
            number: "{a7}",
            words: ["{a0}", "{a1}", "{a2}", "{a3}", "{a4}", "{a5}"],
            clobbers: "~{memory}",
        },
        Arch::X86 | Arch::Arm | Arch::Riscv32 | Arch::Wasm32 => return None,
    })
}

impl<'ctx> Body<'_, 'ctx, '_> {
    /// The kernel's answer as an `i64`. Where there is no kernel to call, it is that there is no such call.
    pub fn build_syscall(&mut self, args: &[Operand]) -> Result<Value<'ctx>> {
        let word = self.unit.scalars.int(64);
        let Some(convention) = convention(self.unit.layouts.target()) else {
            return Ok(Value::Scalar(word.const_int(NO_SUCH_CALL as u64, true).into()));
        };
        if args.is_empty() || args.len() > convention.words.len() + 1 {
            return broken("a system call takes a number and up to six words");
        }
        let mut operands: Vec<BasicMetadataValueEnum<'ctx>> = Vec::with_capacity(args.len());
        for index in 0..args.len() {
            let number = self.arg(args, index)?.int()?;
            operands.push(self.unit.builder.build_int_cast_sign_flag(number, word, false, "")?.into());
        }
        let mut constraints = vec![convention.result, convention.number];
        constraints.extend(&convention.words[..args.len() - 1]);
        constraints.push(convention.clobbers);
        let params = vec![word.into(); args.len()];
        let ty = inkwell::types::BasicType::fn_type(&word, &params, false);
        let code = self.unit.context.create_inline_asm(
            ty,
            convention.instruction.to_owned(),
            constraints.join(","),
            true,
            false,
            None,
            false,
        );
        let call = self.unit.builder.build_indirect_call(ty, code, &operands, "")?;
        match call.try_as_basic_value().basic() {
            Some(answer) => Ok(Value::Scalar(answer)),
            None => broken("a system call has an answer"),
        }
    }
}
