//! A reading of a program by its characters alone, to hold the editors' grammars against.

use std::ops::Range;

use serde::Deserialize;

/// The language's words, as `editors/keywords.json` lists them.
#[derive(Debug, Deserialize)]
pub struct Keywords {
    /// Keywords wherever they stand.
    pub hard: Vec<String>,
    /// Keywords only where they can stand as such, and names elsewhere.
    pub soft: Vec<String>,
}

impl Keywords {
    /// Reads the list.
    pub fn load() -> Self {
        let list = include_str!("../../editors/keywords.json");
        serde_json::from_str(list).expect("the list has the two parts")
    }
}

/// What a stretch of text is, as far as its characters tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `// …`, and `//// …`.
    Comment,
    /// `/// …`.
    Doc,
    /// `"…"`, quotes and escapes included.
    Str,
    /// `12`, `150ms`.
    Number,
    /// Begins with a capital.
    Upper,
    /// Begins with a small letter or `_`.
    Lower,
    /// One character of punctuation.
    Mark,
}

/// Cuts a text into comments, literals, words and marks; what is wrong in it falls somewhere.
pub fn words(text: &str) -> Vec<(Kind, Range<usize>)> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(&first) = bytes.get(at) {
        if first.is_ascii_whitespace() {
            at += 1;
            continue;
        }
        let kind = kind_at(&text[at..], first);
        let length = length_of(kind, &text[at..]);
        found.push((kind, at..at + length));
        at += length;
    }
    found
}

fn kind_at(rest: &str, first: u8) -> Kind {
    match first {
        b'/' if rest.starts_with("///") && !rest.starts_with("////") => Kind::Doc,
        b'/' if rest.starts_with("//") => Kind::Comment,
        b'"' => Kind::Str,
        b'0'..=b'9' => Kind::Number,
        b'A'..=b'Z' => Kind::Upper,
        b'a'..=b'z' | b'_' => Kind::Lower,
        _ => Kind::Mark,
    }
}

fn length_of(kind: Kind, rest: &str) -> usize {
    let until = |stop: &dyn Fn(&u8) -> bool| rest.as_bytes().iter().position(stop).unwrap_or(rest.len());
    match kind {
        Kind::Comment | Kind::Doc => until(&|byte| *byte == b'\n'),
        Kind::Str => string_length(rest.as_bytes()),
        Kind::Number | Kind::Upper | Kind::Lower => {
            until(&|byte| !byte.is_ascii_alphanumeric() && *byte != b'_')
        }
        Kind::Mark => rest.chars().next().map_or(1, char::len_utf8),
    }
}

fn string_length(rest: &[u8]) -> usize {
    let mut escaped = false;
    for (at, &byte) in rest.iter().enumerate().skip(1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return at + 1,
            _ => {}
        }
    }
    rest.len()
}
