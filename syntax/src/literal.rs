//! What the text of a literal means: numbers, characters and strings. All in linear time, whatever the length.

use kiln_source::TextRange;

/// Why a number has no value.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum NumberError {
    /// It does not fit in 128 bits.
    TooLarge,
    /// Not written right; the words say what is wrong.
    Malformed(&'static str),
}

/// Why a character or string has no value; ranges count from the literal's start.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum TextError {
    /// A wrong escape and what is wrong with it.
    BadEscape(TextRange, &'static str),
    /// A char literal without a character.
    EmptyChar,
    /// A char literal with several.
    LongChar,
}

/// So many decimal digits always fit in 64 bits.
const SHORT: usize = 19;

/// The value of an integer literal.
pub(crate) fn integer(text: &str) -> Result<u128, NumberError> {
    let bytes = text.as_bytes();
    if bytes.len() <= SHORT && bytes.iter().all(u8::is_ascii_digit) {
        return Ok(bytes.iter().fold(0_u64, |value, byte| value * 10 + u64::from(byte - b'0')).into());
    }
    let (radix, digits) = match bytes {
        [b'0', b'x', digits @ ..] => (16, digits),
        [b'0', b'o', digits @ ..] => (8, digits),
        [b'0', b'b', digits @ ..] => (2, digits),
        digits => (10, digits),
    };
    let mut value = Some(0_u128);
    let mut any = false;
    for &byte in digits {
        if byte == b'_' {
            continue;
        }
        let Some(digit) = char::from(byte).to_digit(radix) else { return Err(bad_digit(radix, byte)) };
        any = true;
        value = value.and_then(|value| value.checked_mul(radix.into())?.checked_add(digit.into()));
    }
    if !any {
        return Err(NumberError::Malformed("digits have to follow the base"));
    }
    value.ok_or(NumberError::TooLarge)
}

fn bad_digit(radix: u32, byte: u8) -> NumberError {
    NumberError::Malformed(match (radix, byte) {
        (2, b'0'..=b'9') => "a binary number has the digits 0 and 1",
        (8, b'0'..=b'9') => "an octal number has the digits 0 to 7",
        (10, b'e' | b'E') => "an exponent needs digits",
        (10, b'X' | b'O' | b'B') => "the base is written in small letters: `0x`, `0o`, `0b`",
        _ => "a number has no suffix; its type comes from the context",
    })
}

/// The text of a float literal without `_`.
pub(crate) fn float(text: &str) -> Result<String, NumberError> {
    let (mantissa, exponent) = match text.find(['e', 'E']) {
        Some(at) => (&text[..at], Some(&text[at + 1..])),
        None => (text, None),
    };
    let is_digit = |byte: u8| byte.is_ascii_digit() || byte == b'_';
    if !mantissa.bytes().all(|byte| is_digit(byte) || byte == b'.') {
        return Err(NumberError::Malformed("a number has no suffix; its type comes from the context"));
    }
    if let Some(exponent) = exponent {
        let digits = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
        if !digits.bytes().any(|byte| byte.is_ascii_digit()) {
            return Err(NumberError::Malformed("an exponent needs digits"));
        }
        if !digits.bytes().all(is_digit) {
            return Err(NumberError::Malformed("a number has no suffix; its type comes from the context"));
        }
    }
    Ok(text.chars().filter(|&c| c != '_').collect())
}

/// The character of a literal such as `'a'`, quotes included.
pub(crate) fn character(text: &str) -> Result<char, TextError> {
    let mut value = String::new();
    unescape(inside(text, '\''), 1, &mut value)?;
    let mut chars = value.chars();
    match (chars.next(), chars.next()) {
        (Some(c), None) => Ok(c),
        (None, _) => Err(TextError::EmptyChar),
        (Some(_), Some(_)) => Err(TextError::LongChar),
    }
}

/// The text of a literal such as `"a\n"`, quotes included, put into `out`.
pub(crate) fn string(text: &str, out: &mut String) -> Result<(), TextError> {
    out.clear();
    unescape(inside(text, '"'), 1, out)
}

/// The text of a literal such as `r#"a"#`.
pub(crate) fn raw_string(text: &str) -> &str {
    let hashes = text.bytes().skip(1).take_while(|&byte| byte == b'#').count();
    let inside = &text[hashes + 2..];
    match inside.len().checked_sub(hashes + 1) {
        Some(end) if inside.as_bytes()[end] == b'"' => &inside[..end],
        _ => inside,
    }
}

/// A literal without its quotes; the closing one may be missing.
fn inside(text: &str, quote: char) -> &str {
    let rest = text.strip_prefix(quote).unwrap_or(text);
    rest.strip_suffix(quote).unwrap_or(rest)
}

fn unescape(text: &str, offset: usize, out: &mut String) -> Result<(), TextError> {
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        out.push_str(&rest[..at]);
        let escape = &rest[at..];
        let start = offset + text.len() - escape.len();
        match escape_value(escape) {
            Ok((c, len)) => {
                out.push(c);
                rest = &escape[len..];
            }
            Err((len, why)) => {
                return Err(TextError::BadEscape(TextRange::new(start as u32, (start + len) as u32), why));
            }
        }
    }
    out.push_str(rest);
    Ok(())
}

/// The character an escape stands for and its length, or how long a wrong one is and what is wrong.
fn escape_value(escape: &str) -> Result<(char, usize), (usize, &'static str)> {
    let Some(kind) = escape[1..].chars().next() else { return Err((1, "an escape needs a character after `\\`")) };
    let simple = match kind {
        '\\' | '"' | '\'' => kind,
        'n' => '\n',
        't' => '\t',
        'r' => '\r',
        '0' => '\0',
        'x' => return hex_escape(escape),
        'u' => return unicode_escape(escape),
        _ => {
            let why = r#"the escapes are `\\ \" \' \n \t \r \0 \xNN \u{…}`"#;
            return Err((1 + kind.len_utf8(), why));
        }
    };
    Ok((simple, 2))
}

fn hex_escape(escape: &str) -> Result<(char, usize), (usize, &'static str)> {
    let digits = escape.bytes().skip(2).take(2).take_while(u8::is_ascii_hexdigit).count();
    let value = u32::from_str_radix(&escape[2..2 + digits], 16).ok().and_then(char::from_u32);
    match value {
        Some(c) if digits == 2 && c.is_ascii() => Ok((c, 4)),
        Some(_) if digits == 2 => Err((4, r"`\xNN` goes up to `\x7F`; write `\u{NN}` for more")),
        _ => Err((2 + digits, r"`\x` needs two hexadecimal digits")),
    }
}

fn unicode_escape(escape: &str) -> Result<(char, usize), (usize, &'static str)> {
    let Some(body) = escape[2..].strip_prefix('{') else { return Err((2, r"`\u` needs braces: `\u{1F525}`")) };
    let digits = body.bytes().take_while(|byte| byte.is_ascii_hexdigit() || *byte == b'_').count();
    let len = 3 + digits;
    if !body[digits..].starts_with('}') {
        return Err((len, r"`\u{` holds hexadecimal digits and needs a closing `}`"));
    }
    let mut value = Some(0_u32);
    let mut any = false;
    for digit in body[..digits].chars().filter_map(|c| c.to_digit(16)) {
        any = true;
        value = value.and_then(|value| value.checked_mul(16)?.checked_add(digit));
    }
    match value.and_then(char::from_u32) {
        Some(c) if any => Ok((c, len + 1)),
        _ => Err((len + 1, "this is no Unicode character: the largest is `10FFFF`, without `D800` to `DFFF`")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_in_every_base_up_to_128_bits() {
        assert_eq!(integer("1_000"), Ok(1000));
        assert_eq!(integer("9999999999999999999"), Ok(9_999_999_999_999_999_999));
        assert_eq!(integer("0xFF_ff"), Ok(0xFFFF));
        assert_eq!(integer("0o17"), Ok(15));
        assert_eq!(integer("0b1011"), Ok(11));
        assert_eq!(integer("340282366920938463463374607431768211455"), Ok(u128::MAX));
        assert_eq!(integer("340282366920938463463374607431768211456"), Err(NumberError::TooLarge));
        assert_eq!(integer(&"9".repeat(1_000_000)), Err(NumberError::TooLarge));
        for wrong in ["0x", "0b12", "0o8", "12u8", "0xg", "1e", "0X1", "0x_"] {
            assert!(matches!(integer(wrong), Err(NumberError::Malformed(_))), "{wrong}");
        }
    }

    #[test]
    fn floats_keep_their_text() {
        assert_eq!(float("1_0.5e-3").as_deref(), Ok("10.5e-3"));
        assert_eq!(float("1e9").as_deref(), Ok("1e9"));
        for wrong in ["1.0f32", "1.5e", "1.5e+", "1e-x"] {
            assert!(matches!(float(wrong), Err(NumberError::Malformed(_))), "{wrong}");
        }
    }

    #[test]
    fn escapes() {
        assert_eq!(character(r"'\u{1F525}'"), Ok('🔥'));
        assert_eq!(character(r"'\''"), Ok('\''));
        assert_eq!(character("'ä'"), Ok('ä'));
        assert_eq!(character("''"), Err(TextError::EmptyChar));
        assert_eq!(character("'ab'"), Err(TextError::LongChar));
        let mut out = String::new();
        assert_eq!(string(r#""a\n\x41\0\\""#, &mut out), Ok(()));
        assert_eq!(out, "a\nA\0\\");
        for (wrong, start, end) in
            [(r#""ab\q""#, 3, 5), (r#""\x8F""#, 1, 5), (r#""\u{D800}""#, 1, 9), (r#""\xg""#, 1, 3)]
        {
            let Err(TextError::BadEscape(range, _)) = string(wrong, &mut out) else { panic!("{wrong}") };
            assert_eq!(range, TextRange::new(start, end), "{wrong}");
        }
        assert_eq!(raw_string(r####"r##"a"#b"##"####), "a\"#b");
        assert_eq!(raw_string("r\"open"), "open");
    }
}
