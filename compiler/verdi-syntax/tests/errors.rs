//! What is said about wrong programs: `errors.txt` has each source beside its messages.
//!
//! `UPDATE=1 cargo test -p verdi-syntax --test errors` writes the messages anew; review the difference.

#![allow(clippy::unwrap_used, reason = "a test that cannot read its data has failed")]

use verdi_diagnostics::{Diagnostic, FileId, Files};

const PATH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/errors.txt");
const NEXT: &str = "\n=====\n";
const RESULT: &str = "\n-----\n";

/// The messages, each with its place, further places, notes and mend.
fn messages(text: &str) -> String {
    let mut files = Files::new();
    let file = files.add("test.verdi", text);
    let diagnostics = match text.strip_prefix("// script\n") {
        Some(_) => verdi_syntax::parse_steps(file, text).1,
        None => verdi_syntax::parse(file, text).diagnostics,
    };
    diagnostics.iter().map(|d| message(&files, d)).collect()
}

fn message(files: &Files, d: &Diagnostic) -> String {
    let place = |offset| {
        let (line, column) = files.position(FileId(0), offset);
        format!("{line}:{column}")
    };
    let mut out = format!("{} {} {}\n", place(d.primary.span.start), d.code, d.message);
    if !d.primary.text.is_empty() {
        out.push_str(&format!("    here: {}\n", d.primary.text));
    }
    for label in &d.secondary {
        out.push_str(&format!("    {}: {}\n", place(label.span.start), label.text));
    }
    for note in &d.notes {
        out.push_str(&format!("    note: {note}\n"));
    }
    if let Some(mend) = &d.mend {
        out.push_str(&format!("    mend: {}: {:?} for {:?}\n", mend.help, mend.text, files.slice(mend.span)));
    }
    out
}

#[test]
fn wrong_programs_get_their_messages() {
    let expected = std::fs::read_to_string(PATH).unwrap();
    let found: Vec<String> = expected
        .split(NEXT)
        .map(|case| {
            let source = case.split(RESULT).next().unwrap();
            format!("{source}{RESULT}{}", messages(source).trim_end())
        })
        .collect();
    let found = format!("{}\n", found.join(NEXT));
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(PATH, &found).unwrap();
        return;
    }
    for (found, expected) in found.split(NEXT).zip(expected.split(NEXT)) {
        assert_eq!(found, expected);
    }
}

#[test]
fn bytes_that_are_no_text_are_located() {
    let error = verdi_syntax::decode(FileId(0), b"ok\n\xff").unwrap_err();
    assert_eq!(error.message, "this file is not UTF-8: the byte at offset 3 (line 2) is 0xFF");
    let error = verdi_syntax::decode(FileId(0), b"caf\xc3").unwrap_err();
    assert!(error.message.contains("offset 3"), "{}", error.message);
    assert_eq!(verdi_syntax::decode(FileId(0), "é".as_bytes()).unwrap(), "é");
}

#[test]
fn large_files_are_refused() {
    let text = " ".repeat(verdi_syntax::FILE_BYTES_MAX + 1);
    let parse = verdi_syntax::parse(FileId(0), &text);
    assert_eq!(parse.diagnostics.iter().map(|d| d.code.name()).collect::<Vec<_>>(), ["V0112"]);
    assert!(verdi_syntax::parse(FileId(0), &text[1..]).diagnostics.is_empty());
}

#[test]
fn errors_are_counted_and_cut() {
    let text = "fn f(): int { a b }\n".repeat(150);
    let parse = verdi_syntax::parse(FileId(0), &text);
    assert_eq!(parse.diagnostics.len(), verdi_syntax::ERRORS_MAX + 1);
    assert_eq!(parse.diagnostics.last().unwrap().code.name(), "V0114");
}
