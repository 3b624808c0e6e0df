//! `kiln-llvm`: `kiln` with LLVM inside.

#![forbid(unsafe_code)]

mod app;
mod cli;
mod printer;
mod testing;

fn main() {
    std::process::exit(app::main(kiln_compiler::Backends::all()))
}
