//! From text to tokens and from tokens to the syntax tree of one file.
//!
//! Contract: lexing and parsing never fail and never panic, whatever the bytes; they take linear time and a bounded
//! stack. Every part of the tree that could not be parsed is an `Error` node for which an error was reported. The tree
//! is at most [`MAX_DEPTH`] expressions deep, so later stages may recurse over it. Printing a tree and parsing the text
//! gives the same tree.
//!
//! ```
//! use kiln_source::{FileId, Interner, Reporter};
//! let (mut interner, mut reporter) = (Interner::new(), Reporter::default());
//! let ast = kiln_syntax::parse(FileId(0), "fn main() { let x = 1 }", &mut interner, &mut reporter);
//! assert_eq!(ast.items.len(), 1);
//! assert_eq!(reporter.diagnostics()[0].message, "expected `;` after this `let`");
//! ```

#![forbid(unsafe_code)]

mod token;
pub use token::{DocComment, Tok, Tokens};

mod lexer;
pub use lexer::lex;

mod literal;

pub mod ast;
pub use ast::Ast;

mod children;
pub use children::{Child, children_of_block, children_of_expr, children_of_item, children_of_pat, children_of_stmt};

mod grammar;
pub use grammar::{MAX_DEPTH, MAX_NESTING};

mod print;
pub use print::{dump_ast, dump_tokens, print};

mod errors;
pub use errors::LexError;

use errors::Mistake;
use kiln_source::{FileId, Interner, Reporter};

/// Parses one file of less than 4 GiB. Mistakes are reported in the order they stand in the text; the tree holds what
/// could be understood.
pub fn parse(file: FileId, text: &str, interner: &mut Interner, reporter: &mut Reporter) -> Ast {
    let tokens = lex(text);
    let (ast, mut diagnostics) = grammar::parse(file, text, &tokens, interner);
    diagnostics.extend(tokens.errors.iter().map(|error| error.diagnostic(file, text)));
    diagnostics.sort_by_key(|diagnostic| diagnostic.primary.as_ref().map(|label| label.span.range.start));
    for diagnostic in diagnostics {
        reporter.error(diagnostic);
    }
    ast
}
