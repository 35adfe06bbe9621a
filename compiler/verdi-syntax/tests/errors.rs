//! What is said about wrong programs: each source beside its messages.

use verdi_diagnostics::{FileId, Files};

/// `line:column code message [= mend]`, one a line.
fn messages(text: &str) -> String {
    let mut files = Files::new();
    let file = files.add("test.verdi", text);
    render(&files, &verdi_syntax::parse(file, text).diagnostics)
}

fn render(files: &Files, diagnostics: &[verdi_diagnostics::Diagnostic]) -> String {
    let lines = diagnostics.iter().map(|d| {
        let (line, column) = files.position(FileId(0), d.primary.span.start);
        let mend = d.mend.as_ref().map(|m| format!(" [{}]", m.help)).unwrap_or_default();
        format!("{line}:{column} {} {}{mend}\n", d.code, d.message)
    });
    lines.collect()
}

#[test]
fn scratch() {
    for text in std::fs::read_to_string("/tmp/scratch_errors.txt").unwrap_or_default().split("=====\n") {
        println!("{text}-----\n{}", messages(text));
    }
}
