//! From text to tokens. Logos finds the tokens whose shape is regular; quotes, raw strings and nested comments are
//! finished by hand. Every text has tokens: what is wrong is noted in [`Tokens::errors`] and lexing goes on.

use crate::errors::LexError;
use crate::token::{DocComment, Tok, Tokens};
use kiln_source::TextRange;
use logos::Logos;

type Lexer<'s> = logos::Lexer<'s, Tok>;

/// The tokens of a text of less than 4 GiB.
///
/// ```
/// use kiln_syntax::{lex, Tok};
/// assert_eq!(lex("x += 1 // more").kinds, [Tok::Ident, Tok::PlusEq, Tok::Int]);
/// ```
pub fn lex(text: &str) -> Tokens {
    let mut tokens = Tokens::default();
    tokens.kinds.reserve(text.len() / 3 + 1);
    tokens.ranges.reserve(text.len() / 3 + 1);
    let mut lexer = Tok::lexer(text);
    let mut unclosed_hashes = usize::MAX;
    if text.starts_with('\u{FEFF}') {
        lexer.bump('\u{FEFF}'.len_utf8());
    }
    while let Some(found) = lexer.next() {
        let kind = match found {
            Ok(Tok::Char) => char_or_label(&mut lexer, &mut tokens.errors),
            Ok(Tok::Str) => string(&mut lexer, &mut tokens.errors),
            Ok(Tok::RawStr) => raw_string(&mut lexer, &mut unclosed_hashes, &mut tokens.errors),
            Ok(Tok::LineComment) => {
                doc_comment(&lexer, &mut tokens);
                continue;
            }
            Ok(Tok::BlockComment) => {
                block_comment(&mut lexer, &mut tokens.errors);
                continue;
            }
            Ok(kind) => kind,
            Err(()) => {
                typographic_string(&mut lexer);
                if unknown(&lexer, &mut tokens) {
                    continue;
                }
                Tok::Unknown
            }
        };
        tokens.kinds.push(kind);
        tokens.ranges.push(range(&lexer));
    }
    tokens
}

fn range(lexer: &Lexer<'_>) -> TextRange {
    let span = lexer.span();
    TextRange::new(span.start as u32, span.end as u32)
}

/// Notes an unknown character. Neighbouring ones are one token and one mistake: says whether it joined the last token.
fn unknown(lexer: &Lexer<'_>, tokens: &mut Tokens) -> bool {
    let range = range(lexer);
    if let (Some(Tok::Unknown), Some(last), Some(LexError::UnknownCharacter { range: noted })) =
        (tokens.kinds.last(), tokens.ranges.last_mut(), tokens.errors.last_mut())
        && last.end == range.start
    {
        last.end = range.end;
        noted.end = range.end;
        return true;
    }
    tokens.errors.push(LexError::UnknownCharacter { range });
    false
}

/// After `“`: to the `”` of the same line, as it was meant for a string.
fn typographic_string(lexer: &mut Lexer<'_>) {
    if lexer.slice() == "\u{201C}" {
        let line = lexer.remainder().split('\n').next().unwrap_or_default();
        if let Some(at) = line.find('\u{201D}') {
            lexer.bump(at + '\u{201D}'.len_utf8());
        }
    }
}

/// `///` belongs to the token that follows, `//!` to the file; `////` is a plain comment.
fn doc_comment(lexer: &Lexer<'_>, tokens: &mut Tokens) {
    let text = lexer.slice();
    let inner = text.starts_with("//!");
    if inner || (text.starts_with("///") && !text.starts_with("////")) {
        let before = tokens.kinds.len() as u32;
        let mut range = range(lexer);
        range.end -= u32::from(text.ends_with('\r'));
        tokens.docs.push(DocComment { before, inner, range });
    }
}

/// After `/*`: skips to the partner of it. Comments nest, so both marks are counted.
fn block_comment(lexer: &mut Lexer<'_>, errors: &mut Vec<LexError>) {
    let rest = lexer.remainder().as_bytes();
    let mut depth = 1_usize;
    let mut at = 0;
    while let Some(&byte) = rest.get(at) {
        match (byte, rest.get(at + 1)) {
            (b'/', Some(b'*')) => {
                depth += 1;
                at += 2;
            }
            (b'*', Some(b'/')) => {
                depth -= 1;
                at += 2;
                if depth == 0 {
                    break;
                }
            }
            _ => at += 1,
        }
    }
    if depth > 0 {
        errors.push(LexError::UnterminatedComment { open: range(lexer) });
    }
    lexer.bump(at);
}

/// After `"`: to the closing quote, or the line's end without one.
fn string(lexer: &mut Lexer<'_>, errors: &mut Vec<LexError>) -> Tok {
    let open = range(lexer);
    let (len, closed) = quoted(lexer.remainder().as_bytes(), b'"');
    if !closed {
        errors.push(LexError::UnterminatedString { open });
    }
    lexer.bump(len);
    Tok::Str
}

/// How many bytes a quoted text has up to and with its closing quote, and whether there is one in this line.
fn quoted(rest: &[u8], quote: u8) -> (usize, bool) {
    let mut at = 0;
    loop {
        match rest.get(at) {
            None | Some(b'\n') => return (at - usize::from(at > 0 && rest[at - 1] == b'\r'), false),
            Some(b'\\') if rest.get(at + 1).is_some_and(|&next| next == b'\\' || next == quote) => at += 2,
            Some(&byte) if byte == quote => return (at + 1, true),
            Some(_) => at += 1,
        }
    }
}

/// After `r##"`: to `"##`, over lines, or to the line's end if there is none. If a string with `unclosed_hashes` was not
/// closed before, one with as many is not closed either: the rest of the file is not searched again.
fn raw_string(lexer: &mut Lexer<'_>, unclosed_hashes: &mut usize, errors: &mut Vec<LexError>) -> Tok {
    let open = range(lexer);
    let hashes = open.len() as usize - 2;
    let rest = lexer.remainder().as_bytes();
    let closed = if hashes < *unclosed_hashes { raw_string_len(rest, hashes) } else { None };
    if closed.is_none() {
        errors.push(LexError::UnterminatedString { open });
        *unclosed_hashes = hashes.min(*unclosed_hashes);
    }
    let line_end = || rest.iter().position(|&byte| byte == b'\n').unwrap_or(rest.len());
    lexer.bump(closed.unwrap_or_else(line_end));
    Tok::RawStr
}

/// How many bytes lie up to and with a quote that `hashes` times `#` follow.
fn raw_string_len(rest: &[u8], hashes: usize) -> Option<usize> {
    let mut from = 0;
    loop {
        let after = from + rest[from..].iter().position(|&byte| byte == b'"')? + 1;
        let found = rest[after..].iter().take(hashes).take_while(|&&byte| byte == b'#').count();
        if found == hashes {
            return Some(after + hashes);
        }
        from = after + found;
    }
}

/// No char literal is longer, however it is written; a closing quote is looked for no farther.
const LONGEST_CHAR: usize = 32;

/// After `'`: a char literal, or a label if a name without a closing quote follows.
fn char_or_label(lexer: &mut Lexer<'_>, errors: &mut Vec<LexError>) -> Tok {
    let open = range(lexer);
    let rest = lexer.remainder().as_bytes();
    let name = rest.iter().take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_').count();
    if name > 0 && rest.get(name) != Some(&b'\'') && !rest[0].is_ascii_digit() {
        lexer.bump(name);
        return Tok::Label;
    }
    let (len, closed) = quoted(&rest[..rest.len().min(LONGEST_CHAR)], b'\'');
    if closed {
        lexer.bump(len);
    } else {
        errors.push(LexError::UnterminatedChar { open });
        lexer.bump(name);
    }
    Tok::Char
}
