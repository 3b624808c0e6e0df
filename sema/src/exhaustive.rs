//! Exhaustiveness and reachability of matches.

use crate::context::Sema;
use kiln_air::{Body, PatId};
use kiln_types::TypeId;

/// What is wrong with the arms of a match.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// A value that no arm matches, as a pattern: `Shape::Circle(_)`.
    pub missing: Option<String>,
    /// Patterns (arms or alternatives) that earlier ones leave nothing for.
    pub unreachable: Vec<PatId>,
}

/// Checks arms (pattern, has a guard) in order against all values of a type.
pub(crate) fn check(_sema: &mut Sema<'_>, _body: &Body, _ty: TypeId, _rows: &[(PatId, bool)]) -> Found {
    Found::default()
}
