//! `kiln`, without LLVM inside.

#![forbid(unsafe_code)]

mod app;
mod cli;
mod printer;

fn main() {
    std::process::exit(app::main(kiln_compiler::Backends::without_llvm()))
}
