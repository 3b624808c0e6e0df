//! What can go wrong. A program that passed sema compiles: what is left is an unfit code generator, and broken invariants.

use std::fmt;

/// Why there is no output.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum CodegenError {
    /// The code generator was built without the target, or does not know it.
    TargetUnavailable {
        /// What was asked for.
        triple: String,
        /// The code generator's words.
        reason: String,
    },
    /// LLVM lays a scalar out in another way than Kiln does.
    LayoutDiffers {
        /// The scalar, such as `i64`.
        scalar: &'static str,
        /// Size and alignment in bytes by Kiln's layout.
        ours: (u64, u32),
        /// Size and alignment in bytes by LLVM's data layout.
        theirs: (u64, u32),
    },
    /// A struct or enum passed by value to or from C on a target whose rules for that are not implemented.
    CAbiUnsupported {
        /// The C function.
        function: String,
        /// The target.
        triple: String,
    },
    /// The code generator could not make the output, such as assembly for an instruction the target does not have.
    EmissionFailed {
        /// Its words.
        reason: String,
    },
    /// An invariant of the CFG or of this backend does not hold: a mistake of the compiler.
    Broken {
        /// The function being compiled; empty outside of functions.
        function: String,
        /// What was found.
        what: String,
    },
}

/// Boxed, because results of builder calls are everywhere and should be small.
pub type Result<T, E = Box<CodegenError>> = std::result::Result<T, E>;

/// A broken invariant; the function's name is added where it is known.
///
/// # Errors
/// Always.
pub fn broken<T>(what: impl Into<String>) -> Result<T> {
    Err(Box::new(CodegenError::Broken { function: String::new(), what: what.into() }))
}

impl CodegenError {
    /// Says in which function the invariant is broken, if that is not said yet.
    #[must_use]
    pub fn in_function(mut self: Box<Self>, name: &str) -> Box<Self> {
        if let CodegenError::Broken { function, .. } = &mut *self
            && function.is_empty()
        {
            *function = name.to_owned();
        }
        self
    }
}

impl fmt::Display for CodegenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CodegenError::TargetUnavailable { triple, reason } => {
                write!(f, "it can't compile for `{triple}`: {reason}")
            }
            CodegenError::LayoutDiffers { scalar, ours, theirs } => write!(
                f,
                "`{scalar}` has {} bytes aligned to {}, but LLVM has {} aligned to {}",
                ours.0, ours.1, theirs.0, theirs.1
            ),
            CodegenError::CAbiUnsupported { function, triple } => {
                write!(f, "`{function}` passes a struct by value, which is not supported for `{triple}`")
            }
            CodegenError::EmissionFailed { reason } => f.write_str(reason),
            CodegenError::Broken { function, what } if function.is_empty() => f.write_str(what),
            CodegenError::Broken { function, what } => write!(f, "{what} (in `{function}`)"),
        }
    }
}

impl std::error::Error for CodegenError {}
