//! Whatever the text, parsing ends, spans are within it, and formatting loses nothing.

#![allow(clippy::unwrap_used, reason = "a test that cannot read its data has failed")]

use proptest::prelude::*;
use verdi_diagnostics::{Diagnostic, FileId};

fn programs() -> Vec<String> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data");
    let mut paths: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths.iter().map(|path| std::fs::read_to_string(path).unwrap()).collect()
}

/// The spans in a tree's debug form, which names them all.
fn spans(debug: &str) -> Vec<(usize, usize)> {
    let field = |text: &str, name: &str| -> usize {
        let rest = &text[text.find(name).unwrap() + name.len()..];
        rest[..rest.find(|c: char| !c.is_ascii_digit()).unwrap()].parse().unwrap()
    };
    let found = debug.match_indices("Span { ").map(|(at, _)| &debug[at..]);
    found.map(|text| (field(text, "start: "), field(text, "end: "))).collect()
}

/// A tree's debug form without its spans.
fn shape(text: &str) -> String {
    let debug = format!("{:?}", verdi_syntax::parse(FileId(0), text).module);
    let mut out = String::new();
    for (n, part) in debug.split("Span { ").enumerate() {
        out.push_str(if n == 0 { part } else { &part[part.find('}').unwrap()..] });
    }
    out
}

fn check_spans(text: &str, debug: &str, diagnostics: &[Diagnostic]) {
    let told = diagnostics.iter().flat_map(|d| {
        let labels = std::iter::once(&d.primary).chain(&d.secondary).map(|l| l.span);
        labels.chain(d.mend.iter().map(|m| m.span)).map(|s| (s.start as usize, s.end as usize))
    });
    for (start, end) in told.chain(spans(debug)) {
        assert!(text.get(start..end).is_some(), "{start}..{end} of {text:?}");
    }
}

/// Parses, and checks what must hold of any text.
fn check(text: &str) {
    let parse = verdi_syntax::parse(FileId(0), text);
    check_spans(text, &format!("{:?}", parse.module), &parse.diagnostics);
    assert!(parse.diagnostics.len() <= verdi_syntax::ERRORS_MAX + 1);
    let (steps, diagnostics) = verdi_syntax::parse_steps(FileId(0), text);
    check_spans(text, &format!("{steps:?}"), &diagnostics);
    if parse.diagnostics.is_empty() {
        assert!(!format!("{:?}", parse.module).contains("Error"), "an error in {text:?} was not reported");
        check_format(text);
    }
}

fn dense(text: &str) -> String {
    text.trim_start_matches('\u{feff}').chars().filter(|c| !c.is_whitespace()).collect()
}

fn check_format(text: &str) {
    // The blanks show whether the formatter gave up: it then returns the text as it was.
    let text = &format!("{text}\n \n");
    let once = verdi_syntax::format(text).unwrap();
    assert_eq!(dense(text), dense(&once), "something was lost");
    assert_eq!(shape(text), shape(&once), "the meaning changed:\n{text}\n---\n{once}");
    assert_eq!(verdi_syntax::format(&once).unwrap(), once, "formatting again changes the text:\n{text}");
    assert!(once.lines().all(|line| line == line.trim_end()), "blanks at the end of a line");
    assert!(!once.contains("\n\n\n"), "two blank lines");
}

const WORDS: &[&str] = &[
    "system",
    "S",
    "node",
    "N",
    "{",
    "}",
    "{",
    "}",
    "(",
    ")",
    "[",
    "]",
    "on",
    "start",
    "message",
    "M",
    "input",
    "output",
    "state",
    "x",
    "y",
    ":",
    "int",
    "=",
    ":=",
    "==",
    "0",
    "1",
    "if",
    "else",
    "match",
    "=>",
    "for",
    "in",
    "not",
    "is",
    "let",
    "var",
    "fn",
    "proc",
    "return",
    "send",
    "to",
    "from",
    "at",
    "when",
    "under",
    "check",
    "\"t\"",
    "test",
    "expect",
    "deliver",
    "crash",
    "network",
    "packets",
    "bag",
    "rule",
    "fair",
    "restrict",
    "transformer",
    "type",
    "|",
    "||",
    "&",
    "&&",
    "==>",
    "..",
    "..=",
    ".",
    ",",
    ";",
    "\n",
    "\n",
    "\n",
    "+",
    "++",
    "-",
    "*",
    "!",
    "<",
    ">",
    "<=",
    "forall",
    "exists",
    "set",
    "map",
    "count",
    "sum",
    "max",
    "50ms",
    "every",
    "after",
    "timer",
    "true",
    "self",
    "_",
    "// c\n",
    "/// d\n",
    "@",
    "\"",
    "'",
    "é",
    "9223372036854775808",
    "bound",
    "holds",
    "liveness",
    "eventually",
    "~>",
    "->",
    "assert",
    "monitor",
    "lift",
    "use",
];

fn soup() -> impl Strategy<Value = String> {
    let word = (prop::sample::select(WORDS), prop::bool::ANY);
    prop::collection::vec(word, 0..80).prop_map(|words| {
        words.iter().map(|(word, space)| format!("{word}{}", if *space { " " } else { "" })).collect()
    })
}

/// Splits a program where tokens could meet.
fn parts(text: &str) -> Vec<&str> {
    let mut out = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let word = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let end = if word(first) {
            rest.find(|c| !word(c)).unwrap_or(rest.len())
        } else if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else {
            first.len_utf8()
        };
        out.push(&rest[..end]);
        rest = &rest[end..];
    }
    out
}

#[derive(Clone, Debug)]
enum Change {
    Delete,
    Repeat,
    Insert(&'static str),
    Swap,
    Cut,
}

fn mutated() -> impl Strategy<Value = String> {
    let change = prop_oneof![
        4 => Just(Change::Delete),
        2 => Just(Change::Repeat),
        4 => prop::sample::select(WORDS).prop_map(Change::Insert),
        2 => Just(Change::Swap),
        1 => Just(Change::Cut),
    ];
    let changes = prop::collection::vec((change, any::<prop::sample::Index>()), 1..4);
    (prop::sample::select(programs()), changes).prop_map(|(text, changes)| {
        let mut parts: Vec<String> = parts(&text).into_iter().map(str::to_owned).collect();
        for (change, at) in changes {
            if parts.is_empty() {
                break;
            }
            let at = at.index(parts.len());
            match change {
                Change::Delete => drop(parts.remove(at)),
                Change::Repeat => parts.insert(at, parts[at].clone()),
                Change::Insert(word) => parts.insert(at, word.to_owned()),
                Change::Swap => {
                    let other = (at + 2).min(parts.len() - 1);
                    parts.swap(at, other);
                }
                Change::Cut => parts.truncate(at),
            }
        }
        parts.concat()
    })
}

/// A program with its blanks and line ends changed.
fn respaced() -> impl Strategy<Value = String> {
    let blank = prop::sample::select(vec![" ", "", "  ", "\n", "\n\n\n", " // note\n", "\t", "\r\n"]);
    let blanks = prop::collection::vec((blank, any::<prop::sample::Index>()), 1..12);
    (prop::sample::select(programs()), blanks).prop_map(|(text, blanks)| {
        let mut parts: Vec<String> = parts(&text).into_iter().map(str::to_owned).collect();
        for (blank, at) in blanks {
            let at = at.index(parts.len());
            if parts[at].trim().is_empty() {
                parts[at] = blank.to_owned();
            } else {
                parts.insert(at, blank.to_owned());
            }
        }
        parts.concat()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        match verdi_syntax::decode(FileId(0), &bytes) {
            Ok(text) => check(text),
            Err(error) => {
                prop_assert_eq!(error.code.name(), "V0113");
                check(&String::from_utf8_lossy(&bytes));
            }
        }
    }

    #[test]
    fn any_characters(text in "\\PC{0,100}") {
        check(&text);
    }

    #[test]
    fn any_words(text in soup()) {
        check(&text);
    }

    #[test]
    fn any_slip(text in mutated()) {
        check(&text);
    }

    #[test]
    fn any_spacing(text in respaced()) {
        check(&text);
    }
}
