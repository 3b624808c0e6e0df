//! `kiln-llvm`: `kiln` with LLVM inside.

mod app;
mod cli;
mod printer;

fn main() {
    std::process::exit(app::main(kiln_compiler::native()))
}
