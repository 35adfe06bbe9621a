//! The one object that `--json` prints.

use super::coverage_json::coverage_json;
use super::ladder::ladder_json;
use super::trace_json::{steps_json, view_json};
use crate::options::BoundFlag;
use crate::report::{CheckReport, Exit, Report, Row, TestOutcome, TestReport};
use serde_json::{Value as Json, json};
use verdi_core::Expect;
use verdi_diagnostics::render::json as diagnostics_json;
use verdi_diagnostics::{Diagnostic, Files};

/// Checks (a row for each property), tests, ladders, diagnostics, and the exit code.
pub fn report_json(files: &Files, diagnostics: &[Diagnostic], report: &Report, exit: Exit) -> Json {
    let checks: Vec<Json> = report
        .checks
        .iter()
        .flat_map(|check| check.rows.iter().map(|row| row_json(files, check, row)))
        .collect();
    let mut value = json!({
        "version": 1,
        "checks": checks,
        "tests": report.tests.iter().map(|test| test_json(files, test)).collect::<Vec<_>>(),
        "diagnostics": diagnostics_json(files, diagnostics),
        "exit_code": exit.code(),
    });
    if !report.ladders.is_empty() {
        value["ladder"] = report.ladders.iter().map(ladder_json).collect();
    }
    if let Some(coverage) = &report.coverage {
        value["coverage"] = coverage_json(files, coverage);
    }
    value
}

fn row_json(files: &Files, check: &CheckReport, row: &Row) -> Json {
    let (line, column) = files.position(check.span.file, check.span.start);
    let mut value = json!({
        "name": check.name,
        "verdict": row.verdict.name(),
        "expected": row.expected,
        "property": row.property,
        "states": if row.expect == Expect::Holds { "holds" } else { "violates" },
        "file": check.file,
        "line": line,
        "column": column,
        "system": check.system,
        "network": check.network,
        "under": check.options.under,
        "bounds": check.options.bounds.iter().map(BoundFlag::to_string).collect::<Vec<_>>(),
        "depth": check.options.depth,
        "search": check.options.search.name(),
        "distinct": check.work.distinct,
        "transitions": check.work.transitions,
        "levels": check.work.levels,
        "runs": check.work.runs,
        "elapsed_ms": check.work.elapsed.as_millis() as u64,
        "seed": check.seed,
        "limits": check.limits,
        "notes": check.notes,
        "reason": row.reason,
        "again": check.again,
    });
    if let Some(trace) = &row.trace {
        value["length"] = trace.len().into();
        value["trace"] = steps_json(trace);
        if let Some(view) = view_json(trace) {
            value["layer"] = check.options.layer.name().into();
            value["layer_trace"] = view;
        }
        if let Some(back) = trace.back {
            value["loop"] = back.into();
        }
        value["ending"] = json!({
            "headline": trace.ending.headline,
            "details": trace.ending.details,
            "in_flight": trace.in_flight.iter().map(|p| super::trace_json::packet_json(trace, p)).collect::<Vec<_>>(),
        });
    }
    value
}

fn test_json(files: &Files, test: &TestReport) -> Json {
    let (line, column) = files.position(test.span.file, test.span.start);
    let mut value = json!({
        "name": test.name,
        "outcome": match test.outcome {
            TestOutcome::Passed => "passed",
            TestOutcome::Failed { .. } => "failed",
            TestOutcome::NotRun(_) => "not_run",
        },
        "file": test.file,
        "line": line,
        "column": column,
        "system": test.system,
        "network": test.network,
        "elapsed_ms": test.elapsed.as_millis() as u64,
    });
    match &test.outcome {
        TestOutcome::Passed => {}
        TestOutcome::NotRun(reason) => value["reason"] = reason.clone().into(),
        TestOutcome::Failed { span, message, details } => {
            value["reason"] = message.clone().into();
            value["details"] = details.clone().into();
            value["failed_line"] = files.position(span.file, span.start).0.into();
            if let Some(trace) = &test.trace {
                value["trace"] = steps_json(trace);
            }
        }
    }
    value
}
