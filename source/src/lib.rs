//! Source text and what is said about it.
//!
//! Owns the loaded files, positions in them, interned names, the numbers of declarations, and [`Diagnostic`] as a plain
//! value together with the [`Reporter`] that collects them. It knows nothing of tokens, types or terminals.
//!
//! Contract: a [`Span`] always lies inside its file on character boundaries; an [`ErrorReported`] exists only if an
//! error was reported.

#![forbid(unsafe_code)]

mod span;
pub use span::{FileId, LineColumn, Span, TextRange};

mod files;
pub use files::{SourceFile, SourceMap};

mod symbol;
pub use symbol::{Interner, Symbol, sym};

mod ids;
pub use ids::{DeclId, Idx, IdxVec, ModuleId};

pub mod codes;
pub use codes::{Code, Warning};

mod diagnostic;
pub use diagnostic::{Diagnostic, Fix, Label, Severity};

mod reporter;
pub use reporter::{ErrorReported, Reporter};

mod spelling;
pub use spelling::nearest;
