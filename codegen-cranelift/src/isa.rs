//! Cranelift's idea of a target: the machines it makes code for, and the settings.

use crate::Options;
use cranelift_codegen::isa::{self, OwnedTargetIsa};
use cranelift_codegen::settings::{self, Configurable};
use kiln_codegen::{CodegenError, Result};
use kiln_types::{Arch, Os, Target};
use std::str::FromStr;
use target_lexicon::Triple;

/// The triples of Kiln's targets that Cranelift can compile for.
pub fn targets() -> Vec<&'static str> {
    Target::known().filter(|triple| Target::from_triple(triple).is_ok_and(|target| supports(&target))).collect()
}

/// Whether there is native code for a target: 64-bit machines with the C conventions that [`kiln_codegen::CAbi`] knows.
pub fn supports(target: &Target) -> bool {
    matches!(target.arch, Arch::X86_64 | Arch::Aarch64) && matches!(target.os, Os::Linux | Os::Macos)
}

/// What makes code for a target. `position_independent`: for objects; code in memory is made for its addresses.
pub(crate) fn isa(target: &Target, options: &Options, position_independent: bool) -> Result<OwnedTargetIsa> {
    let unavailable = |reason: String| CodegenError::TargetUnavailable { triple: target.triple.to_string(), reason };
    if !supports(target) {
        return Err(Box::new(unavailable("Cranelift makes code for 64-bit x86 and ARM, on Linux and macOS".into())));
    }
    let triple = Triple::from_str(&target.triple).map_err(|error| Box::new(unavailable(error.to_string())))?;
    let mut flags = settings::builder();
    let settings = [
        ("opt_level", if options.optimise { "speed" } else { "none" }),
        ("regalloc_algorithm", if options.optimise { "backtracking" } else { "single_pass" }),
        ("is_pic", if position_independent { "true" } else { "false" }),
        ("enable_verifier", if options.verify { "true" } else { "false" }),
        ("enable_alias_analysis", if options.optimise { "true" } else { "false" }),
        // 128-bit integers are passed as C compilers do.
        ("enable_llvm_abi_extensions", "true"),
        // A frame larger than a page touches each of its pages, so that an overflowing stack ends the program.
        ("enable_probestack", "true"),
        ("probestack_strategy", "inline"),
        ("probestack_size_log2", "12"),
        ("preserve_frame_pointers", "true"),
        ("unwind_info", if options.unwind_tables { "true" } else { "false" }),
    ];
    for (name, value) in settings {
        flags.set(name, value).map_err(|error| Box::new(unavailable(error.to_string())))?;
    }
    let builder = isa::lookup(triple).map_err(|error| Box::new(unavailable(error.to_string())))?;
    builder.finish(settings::Flags::new(flags)).map_err(|error| Box::new(unavailable(error.to_string())))
}
