//! Tests of the lowering: the text of small functions, and what they compute.

mod dsl;

mod text;
