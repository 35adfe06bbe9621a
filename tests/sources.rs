//! Texts: what is right parses and stands as the formatter would write it.

#![expect(clippy::expect_used, reason = "what is not as expected fails the test")]

use std::fs;
use std::path::PathBuf;

use verdi_diagnostics::FileId;
use verdi_tests::{book, laws, programs, right_programs, shown};

fn read(path: &PathBuf) -> String {
    fs::read_to_string(path).expect("a program is readable text")
}

#[test]
fn every_right_program_stands_as_the_formatter_writes_it() {
    let mut wrong = Vec::new();
    // The contract is written with more spaces than the formatter leaves, and stays as it is; what tests the
    // reading of spaces and line ends cannot be tidy.
    let untidy = |path: &str| path.starts_with("tests/contract") || path == "tests/suite/lang/layout.verdi";
    for path in right_programs().into_iter().filter(|path| !untidy(&shown(path))) {
        let text = read(&path);
        match verdi_syntax::format(&text) {
            Ok(formatted) if formatted == text => {}
            Ok(_) => wrong.push(format!("{} is not formatted", shown(&path))),
            Err(errors) => wrong.push(format!("{}: {}", shown(&path), errors[0].message)),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_contract_parses_and_formats_to_a_fixed_point() {
    let contract = programs("tests/contract");
    assert_eq!(contract.len(), 4);
    for path in contract {
        let text = read(&path);
        let errors = verdi_syntax::parse(FileId(0), &text).diagnostics;
        assert!(errors.is_empty(), "{}: {errors:?}", shown(&path));
        laws::formatting(&text);
    }
}

#[test]
fn the_books_programs_parse() {
    let blocks = book::blocks();
    assert!(blocks.len() > 20, "the book has {} programs", blocks.len());
    for block in blocks {
        let errors = verdi_syntax::parse(FileId(0), &block.text).diagnostics;
        assert!(errors.is_empty() || block.exit == 2, "{}: {errors:?}\n{}", block.place, block.text);
        laws::formatting(&block.text);
    }
}
