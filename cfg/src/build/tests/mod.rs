//! Tests of the lowering: the text of small functions, and that functions compute what their bodies say.

mod world;

mod dsl;

mod machine;

mod run_air;

mod run_cfg;

mod generate;

mod agree;

mod text;

mod size;
