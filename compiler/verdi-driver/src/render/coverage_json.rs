//! Coverage in the object that `--json` prints.

use crate::coverage::{Branch, CoverageReport, FileCoverage};
use serde_json::{Value as Json, json};
use verdi_diagnostics::{Files, Span};

/// What ran and what never did.
pub fn coverage_json(files: &Files, report: &CoverageReport) -> Json {
    let functions = report.functions.iter().map(|function| {
        let mut value = place(files, function.span);
        value["kind"] = function.kind.name().into();
        value["name"] = function.name.clone().into();
        value["ran"] = function.ran.into();
        value
    });
    let rules = report.rules.iter().map(|rule| {
        json!({
            "network": rule.network,
            "name": rule.name,
            "state": rule.state.name(),
            "fired": rule.fired,
            "bounds": rule.bounds,
        })
    });
    let traffic = report.traffic.iter().map(|traffic| {
        let mut value = place(files, traffic.span);
        value["kind"] = traffic.kind.name().into();
        value["name"] = traffic.name.clone().into();
        value["sent"] = traffic.sent.into();
        value["arrived"] = traffic.arrived.into();
        value["taken"] = traffic.taken.into();
        value
    });
    json!({
        "files": report.files.iter().map(|file| file_json(files, file)).collect::<Vec<_>>(),
        "functions": functions.collect::<Vec<_>>(),
        "branches": report.branches.iter().map(|branch| branch_json(files, branch)).collect::<Vec<_>>(),
        "rules": rules.collect::<Vec<_>>(),
        "traffic": traffic.collect::<Vec<_>>(),
        "partial": report.partial,
    })
}

fn file_json(files: &Files, file: &FileCoverage) -> Json {
    let never = file.never.iter().map(|span| {
        let (from, to) = (files.position(span.file, span.start), files.position(span.file, span.end));
        json!({ "line": from.0, "column": from.1, "end_line": to.0, "end_column": to.1 })
    });
    json!({
        "file": files.name(file.file),
        "lines": file.lines.iter().map(|(line, ran)| json!({ "line": line, "ran": ran })).collect::<Vec<_>>(),
        "never": never.collect::<Vec<_>>(),
    })
}

fn branch_json(files: &Files, branch: &Branch) -> Json {
    let mut value = place(files, branch.span);
    value["word"] = branch.word.into();
    value["reached"] = branch.reached.into();
    value["sides"] = branch
        .sides
        .iter()
        .map(|side| {
            let mut value = place(files, side.span);
            value["taken"] = side.taken.into();
            if side.taken == 0 && branch.reached {
                value["mark"] = side.mark.text().into();
            }
            value
        })
        .collect();
    value
}

fn place(files: &Files, span: Span) -> Json {
    let (line, column) = files.position(span.file, span.start);
    json!({ "file": files.name(span.file), "line": line, "column": column })
}
