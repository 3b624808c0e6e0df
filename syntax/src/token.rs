//! The kinds of tokens, and the list of a file's tokens.
//!
//! A [`Tok`] is one byte and says nothing but the kind; what it spells is in the text, under the range that [`Tokens`]
//! keeps at the same index. White space and comments are no tokens: they are what lies between the ranges.

use crate::errors::LexError;
use kiln_source::TextRange;
use logos::Logos;

macro_rules! tokens {
    (
        fixed { $($(#[$fixed_meta:meta])* $fixed:ident $spelling:literal,)* }
        other { $($(#[$other_meta:meta])* $other:ident $words:literal,)* }
    ) => {
        /// The kind of a token.
        #[derive(Logos, Clone, Copy, PartialEq, Eq, Debug, Hash)]
        #[repr(u8)]
        #[logos(skip r"[ \t\r\n\x0C]+")]
        #[allow(missing_docs, reason = "each is the token of that spelling")]
        pub enum Tok {
            $($(#[$fixed_meta])* #[token($spelling)] $fixed,)*
            $($(#[$other_meta])* $other,)*
        }

        impl Tok {
            /// What every token of this kind spells; `None` for names, literals and the like.
            pub const fn spelling(self) -> Option<&'static str> {
                match self { $(Tok::$fixed => Some($spelling),)* $(Tok::$other => None,)* }
            }

            /// The kind in words, as errors say it: `` `;` ``, `a name`.
            pub const fn describe(self) -> &'static str {
                match self { $(Tok::$fixed => concat!("`", $spelling, "`"),)* $(Tok::$other => $words,)* }
            }
        }
    };
}

tokens! {
    fixed {
        Fn "fn", Let "let", Mut "mut", Const "const", Static "static", Struct "struct", Enum "enum",
        Interface "interface", Drop "drop", Linear "linear", If "if", Else "else", Match "match", While "while",
        Loop "loop", For "for", In "in", Break "break", Continue "continue", Return "return", True "true",
        False "false", Comptime "comptime", Type "type", Test "test", SelfValue "self", SelfType "Self",
        Inout "inout", Borrow "borrow", Checked "checked", Unchecked "unchecked", Ptr "ptr", Pub "pub",
        Extern "extern", As "as",
        I8 "i8", I16 "i16", I32 "i32", I64 "i64", I128 "i128", Isize "isize",
        U8 "u8", U16 "u16", U32 "u32", U64 "u64", U128 "u128", Usize "usize",
        F32 "f32", F64 "f64", Bool "bool", CharType "char", StrType "str",
        Plus "+", Minus "-", Star "*", Slash "/", Percent "%", Amp "&", Pipe "|", Caret "^", Tilde "~", Bang "!",
        Shl "<<", Shr ">>", AmpAmp "&&", PipePipe "||",
        EqEq "==", NotEq "!=", Lt "<", LtEq "<=", Gt ">", GtEq ">=",
        Eq "=", PlusEq "+=", MinusEq "-=", StarEq "*=", SlashEq "/=", PercentEq "%=", AmpEq "&=", PipeEq "|=",
        CaretEq "^=", ShlEq "<<=", ShrEq ">>=",
        Arrow "->", FatArrow "=>", ColonColon "::", Dot ".", DotDot "..", DotDotEq "..=", DotDotDot "...",
        Comma ",", Semi ";", Colon ":", Question "?", At "@",
        LParen "(", RParen ")", LBracket "[", RBracket "]", LBrace "{", RBrace "}",
    }
    other {
        #[regex("[A-Za-z_][A-Za-z0-9_]*")]
        Ident "a name",
        /// An integer, or a number that is not written right.
        #[regex("[0-9][0-9A-Za-z_]*", priority = 3)]
        Int "a number",
        #[regex(r"[0-9][0-9_]*\.[0-9][0-9A-Za-z_]*", priority = 4)]
        #[regex(r"[0-9][0-9_]*[eE][0-9][0-9_]*", priority = 4)]
        #[regex(r"[0-9][0-9_]*(\.[0-9][0-9_]*)?[eE][+-][0-9A-Za-z_]*", priority = 5)]
        Float "a number",
        /// `'a'`; also the quote that a char literal or a label starts with, before the lexer knows which.
        #[token("'")]
        Char "a character",
        /// `'name`
        Label "a label",
        /// `"…"`; also the quote it starts with.
        #[token("\"")]
        Str "a string",
        /// `r"…"`, `r#"…"#`; also what it starts with.
        #[regex("r#*\"")]
        RawStr "a string",
        /// `// …`, doc comments included. Never in [`Tokens`].
        #[regex("//[^\n]*", allow_greedy = true)]
        LineComment "a comment",
        /// `/*`, before the lexer looks for its end. Never in [`Tokens`].
        #[token("/*")]
        BlockComment "a comment",
        /// Characters that start no token; reported by the lexer.
        Unknown "an unknown character",
        /// The end of the file. Never in [`Tokens`]: the grammar sees it past the last one.
        Eof "the end of the file",
    }
}

/// A `///` or `//!` comment.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct DocComment {
    /// The index of the token it stands before.
    pub before: u32,
    /// Whether it is `//!`.
    pub inner: bool,
    /// The whole comment, without the line's end.
    pub range: TextRange,
}

/// The tokens of one file, in order, with what the lexer found wrong.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Tokens {
    /// The kinds.
    pub kinds: Vec<Tok>,
    /// Where each stands; as long as `kinds`. Between them lie white space and comments only.
    pub ranges: Vec<TextRange>,
    /// The doc comments in order.
    pub docs: Vec<DocComment>,
    /// The mistakes in order.
    pub errors: Vec<LexError>,
}

impl Tokens {
    /// The kind of a token, [`Tok::Eof`] past the last.
    #[inline]
    pub fn kind(&self, index: usize) -> Tok {
        self.kinds.get(index).copied().unwrap_or(Tok::Eof)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_one_byte() {
        assert_eq!(size_of::<Tok>(), 1);
        assert_eq!(size_of::<Option<Tok>>(), 1);
    }
}
