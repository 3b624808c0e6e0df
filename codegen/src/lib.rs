//! What every code generator decides alike, so that none decides it for itself: how values pass between functions ([`abi`], [`CAbi`]),
//! where locals live ([`Plan`]), how constants lie in memory ([`Image`]), and how panics know their place ([`Places`]).
//!
//! Contract: knows the CFG and nothing of any code generator; the same input gives the same decisions.

#![forbid(unsafe_code)]

mod errors;
pub use errors::{CodegenError, Result, broken};

mod facts;
pub use facts::Facts;

pub mod abi;

mod c_abi;
pub use c_abi::{CAbi, CPass, CScalars, Extension, Slot};

mod c_call;
pub use c_call::{CArg, CCall};

mod usage;
pub use usage::Usage;

mod plan;
pub use plan::{Home, Plan};

mod image;
pub use image::{Image, scalar_bits};

mod places;
pub use places::{Places, Reason};

mod system;
pub use system::{NO_SUCH_CALL, SYSCALL_ARGS, has_system_calls};

mod debug;
pub use debug::{
    DWARF_VERSION, DebugInfo, DebugLevel, DebugType, DebugTypes, Encoding, Member, PRODUCER, Scope, ScopeNo, Scopes,
    Shape, TypeNo, Variant, is_written, named_locals,
};
