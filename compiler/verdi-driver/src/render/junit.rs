//! JUnit's XML, as build servers read it: a suite for each file, a case for each property and each test.

use super::trace_text::trace_text;
use crate::report::{CheckReport, Report, Row, TestOutcome, TestReport, Verdict};
use std::fmt::Write;
use std::time::Duration;
use verdi_diagnostics::render::Style;

/// The whole document.
pub fn junit(report: &Report) -> String {
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"verdic\">\n");
    let mut names: Vec<&str> = report.checks.iter().map(|check| check.file.as_str()).collect();
    names.extend(report.tests.iter().map(|test| test.file.as_str()));
    let mut files: Vec<&str> = Vec::new();
    for file in names {
        if !files.contains(&file) {
            files.push(file);
        }
    }
    for file in files {
        suite(&mut out, report, file);
    }
    out.push_str("</testsuites>\n");
    out
}

fn suite(out: &mut String, report: &Report, file: &str) {
    let mut cases: Vec<Case> = Vec::new();
    for check in report.checks.iter().filter(|check| check.file == file) {
        cases.extend(check.rows.iter().map(|row| property_case(check, row)));
    }
    cases.extend(report.tests.iter().filter(|test| test.file == file).map(test_case));
    let count = |wanted: fn(&Outcome) -> bool| cases.iter().filter(|case| wanted(&case.outcome)).count();
    let failures = count(|outcome| matches!(outcome, Outcome::Failed { .. }));
    let skipped = count(|outcome| matches!(outcome, Outcome::Skipped(_)));
    let time: f64 = cases.iter().map(|case| case.time.as_secs_f64()).sum();
    let _ = writeln!(
        out,
        "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{failures}\" errors=\"0\" skipped=\"{skipped}\" time=\"{time:.3}\">",
        escape(file),
        cases.len()
    );
    for case in &cases {
        case_xml(out, case, file);
    }
    out.push_str("  </testsuite>\n");
}

struct Case {
    name: String,
    time: Duration,
    outcome: Outcome,
}

enum Outcome {
    Passed,
    Failed { message: String, text: String },
    Skipped(String),
}

fn property_case(check: &CheckReport, row: &Row) -> Case {
    let outcome = match (row.expected, row.verdict) {
        (_, Verdict::Inconclusive) => Outcome::Skipped(row.reason.clone().unwrap_or_default()),
        (true, _) => Outcome::Passed,
        (false, verdict) => Outcome::Failed {
            message: format!("{}: {}", row.property, verdict.name()),
            text: row.trace.as_ref().map_or(String::new(), |trace| trace_text(trace, &Style::PLAIN))
                + &format!("again: {}\n", check.again),
        },
    };
    Case { name: format!("{}: {}", check.name, row.property), time: check.work.elapsed, outcome }
}

fn test_case(test: &TestReport) -> Case {
    let outcome = match &test.outcome {
        TestOutcome::Passed => Outcome::Passed,
        TestOutcome::NotRun(reason) => Outcome::Skipped(reason.clone()),
        TestOutcome::Failed { message, details, .. } => Outcome::Failed {
            message: message.clone(),
            text: details.join("\n")
                + "\n"
                + &test.trace.as_ref().map_or(String::new(), |trace| trace_text(trace, &Style::PLAIN)),
        },
    };
    Case { name: test.name.clone(), time: test.elapsed, outcome }
}

fn case_xml(out: &mut String, case: &Case, file: &str) {
    let _ = write!(
        out,
        "    <testcase name=\"{}\" classname=\"{}\" time=\"{:.3}\"",
        escape(&case.name),
        escape(file),
        case.time.as_secs_f64()
    );
    let _ = match &case.outcome {
        Outcome::Passed => writeln!(out, "/>"),
        Outcome::Skipped(reason) => {
            writeln!(out, ">\n      <skipped message=\"{}\"/>\n    </testcase>", escape(reason))
        }
        Outcome::Failed { message, text } => writeln!(
            out,
            ">\n      <failure message=\"{}\">{}</failure>\n    </testcase>",
            escape(message),
            escape(text)
        ),
    };
}

/// Text as XML; what XML cannot hold is replaced.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' => out.push('\n'),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}
