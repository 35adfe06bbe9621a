//! What must hold of the tools for every text, right or wrong.

use std::time::Duration;

use verdi_diagnostics::{FileId, Span};
use verdi_driver::coverage::CoverageReport;
use verdi_driver::options::CheckOptions;

use crate::run;
use crate::words::words;

/// Holds the parser to its word: it ends without a panic, and every place it speaks of is in the text.
///
/// # Panics
/// Where a law is broken: the message says which, and shows the text.
pub fn parsing(text: &str) {
    let file = FileId(7);
    let parsed = verdi_syntax::parse(file, text);
    for diagnostic in &parsed.diagnostics {
        assert!(!diagnostic.message.is_empty(), "an error says nothing\n{text}");
        let places = diagnostic.secondary.iter().map(|label| label.span);
        let mends = diagnostic.mend.iter().map(|mend| mend.span);
        for span in std::iter::once(diagnostic.primary.span).chain(places).chain(mends) {
            assert!(
                is_within(span, file, text),
                "{}: {span:?} is not in the text\n{text}",
                diagnostic.message
            );
        }
    }
    for (start, end) in spans_of(&format!("{:?}", parsed.module)) {
        assert!(is_within(Span::new(file, start, end), file, text), "a node at {start}..{end}\n{text}");
    }
}

/// Holds the formatter to its word: it refuses what does not parse, and what it gives it leaves alone.
///
/// # Panics
/// Where a law is broken: the message says which, and shows the text.
pub fn formatting(text: &str) {
    let parses = verdi_syntax::parse(FileId(0), text).diagnostics.is_empty();
    let Ok(once) = verdi_syntax::format(text) else {
        assert!(!parses, "a text that parses is not formatted\n{text}");
        return;
    };
    assert!(parses, "a text that does not parse is formatted\n{text}");
    let twice = verdi_syntax::format(&once);
    assert_eq!(twice.as_deref(), Ok(once.as_str()), "formatting again changes it\n{text}");
    let written = |text: &str| {
        words(text).into_iter().map(|(_, at)| text[at].trim_end().to_owned()).collect::<Vec<_>>()
    };
    // The formatter leaves out a byte-order mark, and semicolons that end a line.
    let kept = |text: &str| {
        written(text).into_iter().filter(|word| word != ";" && word != "\u{feff}").collect::<Vec<_>>()
    };
    assert_eq!(kept(&once), kept(text), "formatting loses or adds something\n{text}");
}

fn is_within(span: Span, file: FileId, text: &str) -> bool {
    span.file == file && text.get(span.start as usize..span.end as usize).is_some()
}

/// The spans in a tree as it is printed for debugging: that way no node can be forgotten.
fn spans_of(printed: &str) -> impl Iterator<Item = (u32, u32)> {
    printed.split("start: ").skip(1).filter_map(|rest| {
        let (start, rest) = rest.split_once(", end: ")?;
        let digits = rest.find(|c: char| !c.is_ascii_digit())?;
        Some((start.parse().ok()?, rest[..digits].parse().ok()?))
    })
}

/// Checks a text from one end to the other, within small limits: it ends, and without a panic.
///
/// # Panics
/// Where the tool does.
pub fn checking(text: &str) {
    let small = CheckOptions {
        worlds_max: Some(100),
        memory: Some(64 << 20),
        time: Some(Duration::from_secs(2)),
        coverage: true,
        ..CheckOptions::default()
    };
    let checked = run::check_text(text, &small);
    if let Some(coverage) = &checked.report.coverage {
        covering(coverage, text);
    }
    for check in &checked.report.checks {
        assert!(!check.rows.is_empty(), "the check {:?} says nothing\n{text}", check.name);
    }
}

/// Holds coverage to its word: places in order and in the text, and nothing that both ran and never did.
fn covering(coverage: &CoverageReport, text: &str) {
    for file in &coverage.files {
        let lines = text.lines().count();
        assert!(file.lines.is_sorted_by(|a, b| a.0 < b.0), "lines are not in order\n{text}");
        assert!(
            file.lines.iter().all(|(line, _)| (1..=lines).contains(line)),
            "there is no such line\n{text}"
        );
        for span in &file.never {
            assert!(is_within(*span, file.file, text), "{span:?} never ran, and is not there\n{text}");
        }
        assert!(file.never.is_sorted_by(|a, b| a.end < b.start), "what never ran is not apart\n{text}");
    }
    for function in &coverage.functions {
        // A guard is asked before its handler runs.
        let inside = |span: Span| function.span.end <= span.start && span.end <= function.whole.end;
        let taken =
            coverage.branches.iter().filter(|branch| inside(branch.span)).flat_map(|branch| &branch.sides);
        assert!(
            function.ran > 0 || taken.clone().all(|side| side.taken == 0),
            "{} never ran\n{text}",
            function.name
        );
    }
}
