//! What small functions become, construct by construct.

mod control;

mod data;

mod matches;

mod drops;
