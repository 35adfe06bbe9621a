//! A reading of a program by its characters alone, to hold the editors' grammars against.

use std::ops::Range;

/// Words that are keywords wherever they stand.
pub const HARD: &[&str] = &[
    "if", "else", "match", "for", "in", "is", "not", "let", "var", "fn", "return", "forall", "exists", "when",
];

/// Words that are keywords only where they can stand as such, and names elsewhere.
pub const SOFT: &[&str] = &[
    "use",
    "type",
    "system",
    "machine",
    "network",
    "transformer",
    "check",
    "test",
    "message",
    "node",
    "invariant",
    "inductive",
    "liveness",
    "eventually",
    "monitor",
    "lift",
    "input",
    "output",
    "state",
    "durable",
    "ghost",
    "timer",
    "every",
    "after",
    "on",
    "proc",
    "start",
    "stop",
    "timeout",
    "reboot",
    "step",
    "inner",
    "from",
    "to",
    "at",
    "under",
    "extends",
    "as",
    "per",
    "packets",
    "fair",
    "strong",
    "rule",
    "restrict",
    "bound",
    "domain",
    "clients",
    "constraint",
    "symmetric",
    "holds",
    "violates",
    "reaches",
    "deadlock",
    "free",
    "refines",
    "linearizable",
    "expect",
    "send",
    "broadcast",
    "assert",
    "deliver",
    "crash",
];

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

/// Cuts a right program into its comments, literals, words and marks.
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
        let length = length_of(kind, &bytes[at..]);
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

fn length_of(kind: Kind, rest: &[u8]) -> usize {
    let until = |stop: &dyn Fn(&u8) -> bool| rest.iter().position(stop).unwrap_or(rest.len());
    match kind {
        Kind::Comment | Kind::Doc => until(&|byte| *byte == b'\n'),
        Kind::Str => string_length(rest),
        Kind::Number | Kind::Upper | Kind::Lower => {
            until(&|byte| !byte.is_ascii_alphanumeric() && *byte != b'_')
        }
        Kind::Mark => 1,
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
