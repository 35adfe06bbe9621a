//! Input that nobody meant: an error each time, never a panic, a hang or a stack overflow.

use crate::{Folder, verdic, verdic_with};

fn is_refused(name: &str, content: &[u8]) {
    let folder = Folder::new();
    let file = folder.file(name, content);
    let ended = verdic(&["check", &file]);
    assert_eq!(ended.code, 2, "{name}: {}", &ended.err[..ended.err.len().min(2000)]);
    assert!(ended.err.contains("V0"), "{name}: {}", &ended.err[..ended.err.len().min(2000)]);
    assert!(ended.err.len() < 200_000, "{name}: {} bytes of errors", ended.err.len());
}

#[test]
fn text_that_is_no_text() {
    is_refused("binary", &(0..=255).cycle().take(10_000).collect::<Vec<u8>>());
    is_refused("latin1", b"// caf\xe9\nsystem S {}\n");
    is_refused("utf16", b"\xff\xfes\0y\0s\0t\0e\0m\0");
    is_refused("nul", b"system S \0 {}\n");
}

#[test]
fn ten_megabytes_on_one_line() {
    is_refused("words", "x ".repeat(5 << 20).as_bytes());
    is_refused("one_word", "x".repeat(10 << 20).as_bytes());
    is_refused("digits", "9".repeat(10 << 20).as_bytes());
    is_refused("string", format!("check \"{}", "x".repeat(10 << 20)).as_bytes());
}

#[test]
fn ten_thousand_brackets() {
    for (open, close) in
        [("(", ")"), ("[", "]"), ("{", "}"), ("set[", "]"), ("Some(", ")"), ("!", ""), ("-", "")]
    {
        let deep = open.repeat(10_000) + "1" + &close.repeat(10_000);
        is_refused("expression", format!("fn f(): int {{ {deep} }}\n").as_bytes());
        is_refused("unclosed", format!("fn f(): int {{ {}", open.repeat(10_000)).as_bytes());
        is_refused(
            "unopened",
            close.repeat(10_000).as_bytes().iter().copied().chain(*b"}").collect::<Vec<_>>().as_slice(),
        );
    }
    is_refused("types", format!("type A = {}int{}\n", "List<".repeat(10_000), ">".repeat(10_000)).as_bytes());
    is_refused(
        "ifs",
        format!("fn f() {{ {} {} }}\n", "if a { ".repeat(10_000), "}".repeat(10_000)).as_bytes(),
    );
}

#[test]
fn every_beginning_of_a_program() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/lock_server.verdi");
    let text = std::fs::read_to_string(path).expect("the example is there");
    for end in (0..text.len()).step_by(97).filter(|end| text.is_char_boundary(*end)) {
        let ended = verdic_with(&["fmt", "-"], &text.as_bytes()[..end]);
        assert!(matches!(ended.code, 0 | 2), "cut at {end}: {} {}", ended.code, ended.err);
    }
}

#[test]
fn folders_and_empty_files() {
    let folder = Folder::new();
    assert_eq!(verdic(&["check", &folder.path("")]).code, 2);
    let empty = verdic(&["check", &folder.file("empty.verdi", "")]);
    assert!(matches!(empty.code, 0 | 2), "{}", empty.err);
}
