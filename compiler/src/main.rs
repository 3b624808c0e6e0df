//! `kiln`, without LLVM inside.

mod app;
mod cli;
mod printer;

fn main() {
    std::process::exit(app::main(None))
}
