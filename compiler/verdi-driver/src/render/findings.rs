//! What is not as it should be, as SARIF lists it.

use crate::report::{Report, TestOutcome, Verdict};
use crate::trace::Trace;
use verdi_diagnostics::render::Finding;

/// Properties that are not as their check says, and failed tests.
pub fn findings(report: &Report) -> Vec<Finding> {
    let mut out = Vec::new();
    for check in &report.checks {
        for row in check.rows.iter().filter(|row| !row.expected) {
            let (rule, rule_title) = match row.verdict {
                Verdict::Inconclusive => ("inconclusive", "a check could not be decided"),
                Verdict::Violated => ("violated", "a property is violated"),
                _ => ("unexpected", "a check says otherwise than what was found"),
            };
            let reason = row.reason.as_ref().map_or(String::new(), |reason| format!(" ({reason})"));
            out.push(Finding {
                rule,
                rule_title,
                message: format!(
                    "{}: {} in check \"{}\"{reason}; again: {}",
                    row.property,
                    row.verdict.name(),
                    check.name,
                    check.again
                ),
                span: row.span,
                steps: row.trace.as_ref().map_or_else(Vec::new, headlines),
            });
        }
    }
    for test in &report.tests {
        if let TestOutcome::Failed { span, message, .. } = &test.outcome {
            out.push(Finding {
                rule: "test_failed",
                rule_title: "a test failed",
                message: format!("test \"{}\": {message}", test.name),
                span: *span,
                steps: test.trace.as_ref().map_or_else(Vec::new, headlines),
            });
        }
    }
    out
}

fn headlines(trace: &Trace) -> Vec<String> {
    let trace = trace.seen();
    trace.steps.iter().map(|step| trace.headline(step)).collect()
}
