//! Failures inside of this backend: a [`CodegenError`], also made of what inkwell's builder refuses.

use inkwell::builder::BuilderError;
use kiln_codegen::CodegenError;

/// Boxed, because results of builder calls are everywhere and should be small.
#[derive(Debug)]
pub(crate) struct Failure(pub Box<CodegenError>);

pub(crate) type Result<T, E = Failure> = std::result::Result<T, E>;

/// A broken invariant; the function's name is added where it is known.
pub(crate) fn broken<T>(what: impl Into<String>) -> Result<T> {
    Ok(kiln_codegen::broken(what)?)
}

impl Failure {
    /// Says in which function the invariant is broken, if that is not said yet.
    pub fn in_function(self, name: &str) -> Self {
        Failure(self.0.in_function(name))
    }
}

impl From<Box<CodegenError>> for Failure {
    fn from(error: Box<CodegenError>) -> Self {
        Failure(error)
    }
}

impl From<CodegenError> for Failure {
    fn from(error: CodegenError) -> Self {
        Failure(Box::new(error))
    }
}

impl From<BuilderError> for Failure {
    fn from(error: BuilderError) -> Self {
        CodegenError::Broken { function: String::new(), what: error.to_string() }.into()
    }
}
