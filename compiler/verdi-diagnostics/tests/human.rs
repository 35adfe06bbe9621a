//! What people see of diagnostics.

use std::time::Instant;
use verdi_diagnostics::codes::{V0701, V0801};
use verdi_diagnostics::render::{Style, human, human_styled, summary};
use verdi_diagnostics::{Diagnostic, FileId, Files, Span};

const TEXT: &str =
    "system S {\n  node A {\n    state queue: List<int> = []\n    on start { queu.push(1) }\n  }\n}\n";

fn at(file: FileId, text: &str, needle: &str) -> Span {
    let start = text.find(needle).map_or(0, |at| at as u32);
    Span::new(file, start, start + needle.len() as u32)
}

#[test]
fn labels_notes_and_a_mend() {
    let mut files = Files::new();
    let file = files.add("a.verdi", TEXT);
    let span = at(file, TEXT, "queu.");
    let span = Span::new(file, span.start, span.end - 1);
    let diagnostic = Diagnostic::error(V0801, span, "there is no `queu` here")
        .label("not a field of `A`")
        .also(at(file, TEXT, "queue"), "a field of a similar name")
        .note("fields of a node are in scope in its handlers by their bare names, those of other nodes are not to be seen")
        .mend("did you mean `queue`?", span, "queue");
    insta::assert_snapshot!(human(&files, &[diagnostic], false));
}

#[test]
fn several_files_and_narrow_terminals() {
    let mut files = Files::new();
    let a = files.add("a.verdi", "use \"b.verdi\".{Entry}\n");
    let text =
        "type Other(a: int)\ntype Entries(term: int, command: string, and_more: Map<int, List<string>>)\n";
    let b = files.add("b.verdi", text);
    let diagnostic = Diagnostic::warning(
        V0801,
        Span::new(a, 15, 20),
        "`b.verdi` has no `Entry` that another file could use",
    )
    .also(at(b, text, "Entries"), "this is near");
    let style = Style { width: 40, ascii: true, color: false };
    insta::assert_snapshot!(human_styled(&files, &[diagnostic], &style));
}

#[test]
fn what_cannot_be_seen_is_spelled_out() {
    let mut files = Files::new();
    let text = "\tlet x\u{200b} = \u{1b}[31m漢字 é\r\n";
    let file = files.add("a.verdi", text);
    let diagnostic = Diagnostic::error(V0801, at(file, text, "漢字"), "a wide \u{1b}[31m name").label("wide");
    let other = Diagnostic::error(V0801, at(file, text, "\u{200b}"), "an invisible character");
    insta::assert_snapshot!(human(&files, &[diagnostic, other], false));
}

#[test]
fn ends_of_files_and_lines_and_nothing_at_all() {
    let mut files = Files::new();
    let empty = files.add("empty.verdi", "");
    let file = files.add("a.verdi", "one\ntwo");
    let list = [
        Diagnostic::error(V0801, Span::new(empty, 0, 0), "nothing here"),
        Diagnostic::error(V0801, Span::new(file, 3, 4), "a line break"),
        Diagnostic::error(V0801, Span::new(file, 7, 7), "the end"),
        Diagnostic::error(V0801, Span::new(file, 0, 7), "two lines").label("from here"),
        Diagnostic::error(V0801, Span::new(file, 90, 99), "beyond"),
        Diagnostic::error(V0801, Span::new(FileId(77), 0, 1), "no such file"),
    ];
    insta::assert_snapshot!(human(&files, &list, false));
}

#[test]
fn one_line_of_ten_megabytes_is_cut_and_quick() {
    let mut files = Files::new();
    let text = "x".repeat(10 << 20);
    let file = files.add("a.verdi", text);
    let list: Vec<_> = (0..100)
        .map(|i| {
            Diagnostic::error(V0801, Span::new(file, i * 100_000 + 50, i * 100_000 + 60), "here")
                .label("this")
        })
        .collect();
    let started = Instant::now();
    let out = human(&files, &list, false);
    assert!(started.elapsed().as_secs() < 5, "{:?}", started.elapsed());
    assert!(out.lines().all(|line| line.chars().count() <= 110));
    assert!(out.contains("a.verdi:1:100051"), "{out}");
    assert!(out.contains("and 40 errors more, which are not shown"), "{out}");
    let one = human(&files, &list[1..2], false);
    insta::assert_snapshot!(one);
}

#[test]
fn a_million_lines_are_quick() {
    let mut files = Files::new();
    let file = files.add("a.verdi", "\n".repeat(1 << 20));
    let list: Vec<_> =
        (0..100).map(|i| Diagnostic::error(V0801, Span::new(file, 1000 * i, 1000 * i), "here")).collect();
    let started = Instant::now();
    human(&files, &list, false);
    assert!(started.elapsed().as_secs() < 5, "{:?}", started.elapsed());
}

#[test]
fn colours_change_nothing_but_colours() {
    let mut files = Files::new();
    let file = files.add("a.verdi", TEXT);
    let diagnostic = Diagnostic::error(V0701, at(file, TEXT, "queu."), "there is no `queu` here")
        .label("here")
        .note("a note");
    let plain = human(&files, std::slice::from_ref(&diagnostic), false);
    let mut colored = human(&files, &[diagnostic], true);
    assert!(colored.contains("\x1b["));
    while let Some(start) = colored.find("\x1b[") {
        let end = start + colored[start..].find('m').unwrap();
        colored.replace_range(start..=end, "");
    }
    let trimmed: String = colored.lines().map(|line| format!("{}\n", line.trim_end())).collect();
    assert_eq!(trimmed, plain);
}

#[test]
fn summaries_count() {
    let span = Span::default();
    let list = [
        Diagnostic::error(V0801, span, ""),
        Diagnostic::error(V0801, span, ""),
        Diagnostic::warning(V0801, span, ""),
    ];
    assert_eq!(summary(&list), "2 errors, 1 warning");
    assert_eq!(summary(&[]), "no problems");
}
