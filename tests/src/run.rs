//! `verdic check`, without the process.

use std::path::{Path, PathBuf};

use verdi_diagnostics::render::{Style, width};
use verdi_diagnostics::{Diagnostic, Files, Severity};
use verdi_driver::commands::check_all;
use verdi_driver::coverage::CoverageReport;
use verdi_driver::fs::{Disk, FileSystem, Memory};
use verdi_driver::internal::on_large_stack;
use verdi_driver::options::CheckOptions;
use verdi_driver::render::{coverage_json, coverage_text, lcov};
use verdi_driver::report::{Exit, Report, TestOutcome};
use verdi_driver::{Session, Watch};

use crate::expect::Reported;

/// How a check of a file ended.
#[derive(Debug)]
pub struct Checked {
    /// The exit code.
    pub exit: Exit,
    /// What was said about the text.
    pub diagnostics: Vec<Reported>,
    /// What checks and tests found.
    pub report: Report,
}

impl Checked {
    /// What is not as the file states, a line each; empty if all is.
    pub fn surprises(&self) -> Vec<String> {
        let errors =
            self.diagnostics.iter().filter(|reported| reported.severity == "error").map(ToString::to_string);
        let rows = self.report.checks.iter().flat_map(|check| check.rows.iter().map(move |row| (check, row)));
        let rows = rows.filter(|(_, row)| !row.expected).map(|(check, row)| {
            let reason = row.reason.as_deref().unwrap_or("");
            format!("{:?}: {} is {} {reason}", check.name, row.property, row.verdict.name())
        });
        let tests = self.report.tests.iter().filter(|test| !matches!(test.outcome, TestOutcome::Passed));
        let tests = tests.map(|test| format!("{:?}: {:?}", test.name, test.outcome));
        errors.chain(rows).chain(tests).collect()
    }
}

/// Checks a file on the disk.
///
/// # Panics
/// Where the tool does.
pub fn check(path: &Path) -> Checked {
    check_in(&Disk, path, &CheckOptions::default())
}

/// Checks a file on the disk in a way of its own.
///
/// # Panics
/// Where the tool does.
pub fn check_with(path: &Path, options: &CheckOptions) -> Checked {
    check_in(&Disk, path, options)
}

/// Checks a text.
///
/// # Panics
/// Where the tool does.
pub fn check_text(text: &str, options: &CheckOptions) -> Checked {
    check_in(&Memory::new().with("program.verdi", text), Path::new("program.verdi"), options)
}

/// Whether a text is a program that could be checked.
///
/// # Panics
/// Where the tool does.
pub fn has_meaning(text: &str) -> bool {
    let fs = Memory::new().with("program.verdi", text);
    let loaded = on_large_stack(|| !Session::load(&fs, &["program.verdi".into()]).has_errors());
    loaded.expect("the tool does not panic")
}

fn check_in(fs: &(dyn FileSystem + Sync), path: &Path, options: &CheckOptions) -> Checked {
    on_large_stack(|| run(fs, path.to_owned(), options)).expect("the tool does not panic")
}

fn run(fs: &dyn FileSystem, path: PathBuf, options: &CheckOptions) -> Checked {
    let session = Session::load(fs, &[path]);
    let mut diagnostics = session.diagnostics.clone();
    let mut report = Report::default();
    if !session.has_errors() {
        let mut warned = Warned::default();
        let found = check_all(&session, options, &mut warned).expect("no check and no network is named");
        report = found.report;
        if let Some(coverage) = &report.coverage {
            shown(&session, coverage);
        }
        diagnostics.extend(found.diagnostics);
        diagnostics.extend(warned.0);
    }
    let bad = diagnostics.iter().any(Diagnostic::is_error);
    let exit = if bad { Exit::BadInput } else { report.exit() };
    let diagnostics = diagnostics.iter().filter_map(|diagnostic| reported(&session, diagnostic)).collect();
    Checked { exit, diagnostics, report }
}

/// Draws coverage in every form: in a narrow place, too, no line is too long.
fn shown(session: &Session, coverage: &CoverageReport) {
    let style = Style { width: 24, ascii: true, ..Style::PLAIN };
    for line in coverage_text(&session.files, coverage, &style).lines() {
        assert!(width(line) <= style.width, "too long: {line}");
    }
    let tracefile = lcov(&session.files, coverage);
    assert_eq!(tracefile.matches("SF:").count(), coverage.files.len());
    assert!(coverage_json(&session.files, coverage)["files"].is_array());
}

/// What only running the checks shows.
#[derive(Default)]
struct Warned(Vec<Diagnostic>);

impl Watch for Warned {
    fn warn(&mut self, _files: &Files, diagnostic: Diagnostic) {
        self.0.push(diagnostic);
    }
}

fn reported(session: &Session, diagnostic: &Diagnostic) -> Option<Reported> {
    let severity = match diagnostic.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => return None,
    };
    let mut message = vec![diagnostic.message.as_str(), &diagnostic.primary.text];
    message.extend(diagnostic.secondary.iter().map(|label| label.text.as_str()));
    message.extend(diagnostic.notes.iter().map(String::as_str));
    message.extend(diagnostic.mend.iter().map(|mend| mend.help.as_str()));
    Some(Reported {
        line: session.files.position(diagnostic.primary.span.file, diagnostic.primary.span.start).0,
        severity: severity.to_owned(),
        code: diagnostic.code.name().to_owned(),
        message: message.join("\n"),
    })
}
