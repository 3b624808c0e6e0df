//! Checks the contract of AIR. Its list of rules is the list of [`Violation`]s.
