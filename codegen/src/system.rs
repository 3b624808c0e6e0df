//! System calls: a number and up to six words go to the kernel of Linux, one word comes back.

use kiln_types::{Os, Target};

/// What the kernel answers to a number it does not know (`ENOSYS`), and `@syscall` where there is no such kernel.
pub const NO_SUCH_CALL: i64 = -38;

/// The number and the words.
pub const SYSCALL_ARGS: usize = 7;

/// Whether programs for the target run on Linux.
pub fn has_system_calls(target: &Target) -> bool {
    target.os == Os::Linux
}
