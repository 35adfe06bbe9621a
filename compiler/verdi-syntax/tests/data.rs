//! Programs that must parse without an error.

#![allow(clippy::unwrap_used, reason = "a test that cannot read its data has failed")]

use verdi_diagnostics::FileId;

fn programs() -> Vec<(String, String)> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data");
    let mut found: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|e| e == "verdi"))
        .map(|path| (path.display().to_string(), std::fs::read_to_string(&path).unwrap()))
        .collect();
    found.sort();
    assert!(found.len() >= 8, "the programs are missing");
    found
}

#[test]
fn programs_parse() {
    for (name, text) in programs() {
        let parse = verdi_syntax::parse(FileId(0), &text);
        for d in &parse.diagnostics {
            let line = text[..d.primary.span.start as usize].matches('\n').count() + 1;
            println!("{name}:{line}: {} {}", d.code, d.message);
        }
        assert!(parse.diagnostics.is_empty(), "{name}");
    }
}

#[test]
fn programs_format_to_a_fixed_point() {
    for (name, text) in programs() {
        let once = verdi_syntax::format(&text).unwrap_or_else(|d| panic!("{name}: {d:?}"));
        let twice = verdi_syntax::format(&once).unwrap_or_else(|d| panic!("{name}: {d:?}\n{once}"));
        assert_eq!(once, twice, "{name}");
    }
}
