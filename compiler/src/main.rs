//! `kiln`, without LLVM inside.

#![forbid(unsafe_code)]

mod app;
mod cli;
mod printer;
mod testing;

fn main() {
    std::process::exit(app::main(kiln_compiler::Backends::without_llvm()))
}
