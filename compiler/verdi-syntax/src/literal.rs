//! What literals mean: integers, durations and strings.

use smol_str::{SmolStr, SmolStrBuilder};

/// `12`, `1_000`, `-5` (also with space after the sign); `None` beyond 64 bits.
pub(crate) fn int(text: &str) -> Option<i64> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest.trim_start()),
        None => (false, text),
    };
    let mut value: i64 = 0;
    for digit in digits.bytes().filter(|&b| b != b'_') {
        let digit = i64::from(digit.checked_sub(b'0').filter(|d| *d <= 9)?);
        let scaled = value.checked_mul(10)?;
        value = if negative { scaled.checked_sub(digit)? } else { scaled.checked_add(digit)? };
    }
    Some(value)
}

/// Why a literal with a suffix is no duration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BadDuration {
    /// Digits followed by something that is not a unit.
    Unit,
    /// More than 64 bits of microseconds.
    Range,
}

/// `150ms`, `2s`, `1min`, `10us`, in microseconds.
pub(crate) fn duration(text: &str) -> Result<u64, BadDuration> {
    let split = text.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(text.len());
    let (digits, unit) = text.split_at(split);
    let scale = match unit {
        "us" => 1,
        "ms" => 1_000,
        "s" => 1_000_000,
        "min" => 60_000_000,
        _ => return Err(BadDuration::Unit),
    };
    let digits: String = digits.chars().filter(|&c| c != '_').collect();
    let amount: u64 = digits.parse().map_err(|_| BadDuration::Range)?;
    amount.checked_mul(scale).ok_or(BadDuration::Range)
}

/// An escape that means nothing: its place in the literal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct BadEscape {
    pub(crate) start: usize,
    pub(crate) end: usize,
}

/// The text of a literal with its quotes (the last may be missing), escapes undone.
pub(crate) fn string(literal: &str) -> (SmolStr, Vec<BadEscape>) {
    let mut out = SmolStrBuilder::new();
    let mut bad = Vec::new();
    let mut chars = literal.char_indices().skip(1).peekable();
    while let Some((start, c)) = chars.next() {
        if c == '"' {
            break;
        }
        if c != '\\' {
            out.push(c);
            continue;
        }
        let Some((at, escape)) = chars.next() else { break };
        match escape {
            'n' => out.push('\n'),
            't' => out.push('\t'),
            '"' => out.push('"'),
            '\\' => out.push('\\'),
            'u' => match unicode(&literal[at + 1..]) {
                Some((value, length)) => {
                    out.push(value);
                    while chars.next_if(|(next, _)| *next <= at + length).is_some() {}
                }
                None => bad.push(BadEscape { start, end: at + 1 }),
            },
            other => bad.push(BadEscape { start, end: at + other.len_utf8() }),
        }
    }
    (out.finish(), bad)
}

/// `{1F600}` at the head of `text`: the character and how many bytes were read.
fn unicode(text: &str) -> Option<(char, usize)> {
    let inner = text.strip_prefix('{')?;
    let close = inner.find('}')?;
    let digits = &inner[..close];
    if digits.is_empty() || digits.len() > 6 || !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
        return None;
    }
    let value = u32::from_str_radix(digits, 16).ok()?;
    Some((char::from_u32(value)?, close + 2))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ints_reach_both_ends() {
        assert_eq!(int("9_223_372_036_854_775_807"), Some(i64::MAX));
        assert_eq!(int("9223372036854775808"), None);
        assert_eq!(int("-9223372036854775808"), Some(i64::MIN));
        assert_eq!(int("- 5"), Some(-5));
        assert_eq!(int("-9223372036854775809"), None);
    }

    #[test]
    fn durations_are_microseconds() {
        assert_eq!(duration("150ms"), Ok(150_000));
        assert_eq!(duration("1_0us"), Ok(10));
        assert_eq!(duration("2s"), Ok(2_000_000));
        assert_eq!(duration("1min"), Ok(60_000_000));
        assert_eq!(duration("1h"), Err(BadDuration::Unit));
        assert_eq!(duration("99999999999999999999s"), Err(BadDuration::Range));
        assert_eq!(duration("99999999999999999min"), Err(BadDuration::Range));
    }

    #[test]
    fn escapes_are_undone() {
        assert_eq!(string(r#""a\n\t\"\\\u{e9}\u{1F600}z""#).0, "a\n\t\"\\é😀z");
        let (text, bad) = string(r#""a\qb\u{110000}c""#);
        assert_eq!(text, "ab{110000}c");
        assert_eq!(bad, [BadEscape { start: 2, end: 4 }, BadEscape { start: 5, end: 7 }]);
    }
}
