//! The few functions that are written in machine code, because Cranelift's IR has no words for them.

use cranelift_codegen::binemit::Reloc;
use cranelift_module::{FuncId as CodeId, ModuleReloc, ModuleRelocTarget};
use kiln_types::Arch;

/// Machine code with what is to be filled in.
pub(crate) struct MachineCode {
    pub bytes: Vec<u8>,
    pub relocs: Vec<ModuleReloc>,
}

/// Makes a system call of the number and six words that came as C's arguments.
pub(crate) fn syscall(arch: Arch) -> Option<MachineCode> {
    let bytes: &[u8] = match arch {
        Arch::X86_64 => &[
            0x48, 0x89, 0xF8, // mov rax, rdi
            0x48, 0x89, 0xF7, // mov rdi, rsi
            0x48, 0x89, 0xD6, // mov rsi, rdx
            0x48, 0x89, 0xCA, // mov rdx, rcx
            0x4D, 0x89, 0xC2, // mov r10, r8
            0x4D, 0x89, 0xC8, // mov r8, r9
            0x4C, 0x8B, 0x4C, 0x24, 0x08, // mov r9, [rsp + 8]
            0x0F, 0x05, // syscall
            0xC3, // ret
        ],
        Arch::Aarch64 => &[
            0xE8, 0x03, 0x00, 0xAA, // mov x8, x0
            0xE0, 0x03, 0x01, 0xAA, // mov x0, x1
            0xE1, 0x03, 0x02, 0xAA, // mov x1, x2
            0xE2, 0x03, 0x03, 0xAA, // mov x2, x3
            0xE3, 0x03, 0x04, 0xAA, // mov x3, x4
            0xE4, 0x03, 0x05, 0xAA, // mov x4, x5
            0xE5, 0x03, 0x06, 0xAA, // mov x5, x6
            0x01, 0x00, 0x00, 0xD4, // svc #0
            0xC0, 0x03, 0x5F, 0xD6, // ret
        ],
        _ => return None,
    };
    Some(MachineCode { bytes: bytes.to_vec(), relocs: Vec::new() })
}

/// Calls a function with `...` on x86-64: `al` is the number of vector registers that hold arguments, or more. `None` where
/// such functions are called as all others are.
pub(crate) fn variadic(arch: Arch, callee: CodeId, in_memory: bool) -> Option<MachineCode> {
    if arch != Arch::X86_64 {
        return None;
    }
    let name = ModuleRelocTarget::user(0, callee.as_u32());
    // mov eax, 8
    let mut bytes = vec![0xB8, 0x08, 0x00, 0x00, 0x00];
    let reloc = if in_memory {
        // jmp [rip + 0], and the address behind it: the callee may be anywhere.
        bytes.extend([0xFF, 0x25, 0, 0, 0, 0]);
        let offset = bytes.len() as u32;
        bytes.extend([0; 8]);
        ModuleReloc { offset, kind: Reloc::Abs8, name, addend: 0 }
    } else {
        // jmp callee
        bytes.push(0xE9);
        let offset = bytes.len() as u32;
        bytes.extend([0; 4]);
        ModuleReloc { offset, kind: Reloc::X86CallPLTRel4, name, addend: -4 }
    };
    Some(MachineCode { bytes, relocs: vec![reloc] })
}
