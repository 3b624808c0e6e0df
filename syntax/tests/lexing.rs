//! What the lexer promises: tokens, and what lies between them, are the whole text.

use kiln_source::TextRange;
use kiln_syntax::{LexError, Tok, dump_tokens, lex};
use proptest::prelude::*;

fn kinds(text: &str) -> Vec<Tok> {
    let tokens = lex(text);
    assert_eq!(tokens.errors, [], "in {text}");
    tokens.kinds
}

/// Whether a text is nothing but white space and comments.
fn is_trivia(text: &str) -> bool {
    lex(text).kinds.is_empty()
}

fn check_tiling(text: &str) {
    let tokens = lex(text);
    assert_eq!(tokens.kinds.len(), tokens.ranges.len());
    let mut end = 0;
    for range in tokens.ranges.iter().chain([&TextRange::empty(text.len() as u32)]) {
        assert!(range.start >= end, "{range:?} starts before {end} in {text:?}");
        let between = &text[end as usize..range.start as usize];
        assert!(is_trivia(between), "{between:?} is left out of {text:?}");
        end = range.end;
    }
    for (kind, range) in tokens.kinds.iter().zip(&tokens.ranges) {
        assert!(!range.is_empty());
        let written = &text[range.start as usize..range.end as usize];
        assert!(kind.spelling().is_none_or(|spelling| spelling == written));
    }
}

proptest! {
    #[test]
    fn tokens_and_trivia_tile_any_text(text in any::<String>()) {
        check_tiling(&text);
    }

    #[test]
    fn tokens_and_trivia_tile_texts_of_lexical_pieces(pieces in prop::collection::vec(
        prop::sample::select(vec![
            "'", "\"", "\\", "r\"", "r#\"", "\"#", "//", "///", "/*", "*/", "\n", " ", "a", "fn", "0x", "1", ".", "e", "+", "_", "ä",
            "\0", "..", "=", "<", "\r\n", "!", "@", "{", "}", "\u{FEFF}",
        ]), 0..40))
    {
        check_tiling(&pieces.concat());
    }
}

#[test]
fn numbers_points_and_ranges() {
    use Tok::{Dot, DotDot, DotDotEq, Float, Ident, Int, LParen, Minus, RParen};
    assert_eq!(kinds("1..2"), [Int, DotDot, Int]);
    assert_eq!(kinds("1..=2.5"), [Int, DotDotEq, Float]);
    assert_eq!(kinds("1.foo()"), [Int, Dot, Ident, LParen, RParen]);
    assert_eq!(kinds("1.0 1e9 1.5e-3 2E+4"), [Float; 4]);
    assert_eq!(kinds("0x1e5 0b1 0o7 1_000"), [Int; 4]);
    assert_eq!(kinds("0x1e-5"), [Int, Minus, Int]);
}

#[test]
fn quotes() {
    use Tok::{Char, Colon, Ident, Label, Loop, RawStr, Str};
    assert_eq!(kinds(r"'a' '\'' '\\' 'ä' '\u{41}'"), [Char; 5]);
    assert_eq!(kinds("'a: loop 'b"), [Label, Colon, Loop, Label]);
    assert_eq!(kinds(r#""a" "\"" "\\" "//""#), [Str; 4]);
    assert_eq!(kinds("r\"\\\" r#\"a\"b\n\"# r"), [RawStr, RawStr, Ident]);
}

#[test]
fn comments() {
    assert_eq!(kinds("a // b\nc /* d /* e */ f */ g /**/"), [Tok::Ident; 3]);
    let tokens = lex("//! module\n/// one\n/// two\nfn f() {}\n//// no doc\nconst");
    let docs: Vec<_> = tokens.docs.iter().map(|doc| (doc.before, doc.inner)).collect();
    assert_eq!(docs, [(0, true), (0, false), (0, false)]);
}

#[test]
fn operators_are_as_long_as_they_can_be() {
    let spellings = ["<<=", ">>=", "...", "..=", "->", "=>", "::", "&&", "||", "==", "!=", "<=", ">=", "<<", ">>"];
    for spelling in spellings {
        let kinds = kinds(spelling);
        assert_eq!(kinds.len(), 1, "{spelling}");
        assert_eq!(kinds[0].spelling(), Some(spelling));
    }
}

#[test]
fn mistakes_are_noted_and_lexing_goes_on() {
    let at = TextRange::new;
    let tokens = lex("a \"open\nb");
    assert_eq!(tokens.errors, [LexError::UnterminatedString { open: at(2, 3) }]);
    assert_eq!(tokens.kinds, [Tok::Ident, Tok::Str, Tok::Ident]);

    let tokens = lex("'( b");
    assert_eq!(tokens.errors, [LexError::UnterminatedChar { open: at(0, 1) }]);

    let tokens = lex("a /* /* */ b");
    assert_eq!(tokens.errors, [LexError::UnterminatedComment { open: at(2, 4) }]);

    let tokens = lex("a §§ \0 b");
    assert_eq!(
        tokens.errors,
        [LexError::UnknownCharacter { range: at(2, 6) }, LexError::UnknownCharacter { range: at(7, 8) }]
    );
    assert_eq!(tokens.kinds, [Tok::Ident, Tok::Unknown, Tok::Unknown, Tok::Ident]);
}

#[test]
fn a_dump_of_tokens() {
    let text = "let x = \"a\n\";";
    assert_eq!(
        dump_tokens(&lex(text), text),
        "0..3 Let `let`\n4..5 Ident `x`\n6..7 Eq `=`\n8..10 Str `\\\"a`\n11..13 Str `\\\";`\n"
    );
}

#[test]
fn hostile_texts_take_linear_time() {
    for piece in ["'", "'\\", "r#\"\n", "r\"", "/*", "*/", "\"", "\\", "1.", "1e+", "§", "'a", "//\n", "#\"", "/"] {
        let text = piece.repeat(300_000);
        assert!(lex(&text).kinds.len() <= text.len());
    }
}
