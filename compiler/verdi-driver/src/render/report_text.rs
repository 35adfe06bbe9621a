//! What checks and tests found, for people.

use super::chart::chart;
use super::trace_text::{signs, trace_text};
use crate::memory::show_size;
use crate::options::SearchOrder;
use crate::report::{CheckReport, Report, Row, TestOutcome, TestReport, Verdict, Work};
use std::time::Duration;
use verdi_core::{Expect, PropertyKind};
use verdi_diagnostics::Files;
use verdi_diagnostics::render::{Paint, Style, width, wrap};
use verdi_explore::Stats;

/// A check: what was found of each property, and each counterexample as a list and as a chart. How long it
/// took only if `timed`: without it, the same seed gives the same bytes.
pub fn check_text(report: &CheckReport, timed: bool, style: &Style) -> String {
    let mut out = String::new();
    let title = format!(
        "{} {}",
        style.paint(Paint::Faint, "check"),
        style.paint(Paint::Strong, &format!("\"{}\"", report.name))
    );
    let plain = format!("check \"{}\"", report.name);
    let subject = format!("{} under {}", report.system, report.network);
    if width(&plain) + width(&subject) + 2 <= style.width {
        out.push_str(&format!("{title}  {}\n", style.paint(Paint::Faint, &subject)));
    } else {
        for line in wrap(&plain, style.width.saturating_sub(4)) {
            out.push_str(&format!("{}\n", style.paint(Paint::Strong, &line)));
        }
        for line in wrap(&subject, style.width.saturating_sub(6)) {
            out.push_str(&format!("      {}\n", style.paint(Paint::Faint, &line)));
        }
    }
    let longest = report.rows.iter().map(|row| width(&row.property)).max().unwrap_or(0);
    for row in &report.rows {
        row_text(&mut out, report, row, longest, style);
    }
    let was_run = report.rows.iter().any(|row| row.kind.is_some()) || report.work.transitions > 0;
    let work = if was_run { signs(work_text(report, timed), style) } else { String::new() };
    for line in wrap(&work, style.width.saturating_sub(2)) {
        out.push_str(format!("  {}", style.paint(Paint::Faint, &line)).trim_end());
        out.push_str(if line.is_empty() { "" } else { "\n" });
    }
    for note in &report.notes {
        for (i, line) in wrap(&format!("note: {note}"), style.width.saturating_sub(9)).iter().enumerate() {
            out.push_str(&format!("  {}{line}\n", if i == 0 { "" } else { "      " }));
        }
    }
    for row in report.rows.iter().filter(|row| shows_trace(row)) {
        if let Some(trace) = &row.trace {
            out.push('\n');
            out.push_str(&trace_text(trace, style));
            out.push('\n');
            out.push_str(&chart(trace, style));
        }
    }
    out.push_str(&format!("  {} {}\n", style.paint(Paint::Faint, "again:"), report.again));
    out
}

/// A world that was asked for and reached needs no explanation.
fn shows_trace(row: &Row) -> bool {
    row.verdict == Verdict::Violated || row.kind.is_none()
}

fn row_text(out: &mut String, report: &CheckReport, row: &Row, longest: usize, style: &Style) {
    let (sign, paint) = match (row.expected, row.verdict) {
        (_, Verdict::Inconclusive) => ("?", Paint::Doubt),
        (true, _) => (if style.ascii { "+" } else { "✓" }, Paint::Good),
        (false, _) => (if style.ascii { "X" } else { "✗" }, Paint::Bad),
    };
    let pad = " ".repeat(longest.saturating_sub(width(&row.property)));
    let verdict = format!("{:<12}", row.verdict.name());
    let mut tail = Vec::new();
    if let Some(trace) = row.trace.as_ref().filter(|_| row.kind.is_some()) {
        tail.push(match trace.len() {
            1 => "in 1 step".to_owned(),
            n => format!("in {n} steps"),
        });
    }
    tail.extend(said(row, report));
    tail.extend(row.reason.clone());
    let tail = tail.join(", ");
    let head = format!(
        "  {} {} {}",
        style.paint(paint, sign),
        style.paint(paint, &verdict),
        style.paint(Paint::Strong, &row.property)
    );
    // Beside the name where there is room for some words, below it where there is none.
    let beside = 4 + 12 + 1 + longest + 2;
    let (indent, mut line) = if style.width >= beside + 28 {
        (beside, format!("{head}{pad}  "))
    } else {
        out.push_str(&format!("{head}\n"));
        (6, " ".repeat(6))
    };
    for text in wrap(&tail, style.width.saturating_sub(indent)) {
        out.push_str(format!("{line}{text}").trim_end());
        out.push('\n');
        line = " ".repeat(indent);
    }
}

/// What the verdict means against what the check says.
fn said(row: &Row, report: &CheckReport) -> Option<String> {
    let within = || report.limits.join(", ");
    Some(match (row.verdict, row.expect, row.expected) {
        (Verdict::Inconclusive, ..) | (Verdict::Reached, _, true) => return None,
        (_, _, _) if row.kind.is_none() => return None,
        (Verdict::Violated, _, true) => "as expected".into(),
        (Verdict::Violated, _, false) => "which the check says does not happen".into(),
        (Verdict::Reached, _, false) => "which the check says does not happen".into(),
        (Verdict::Unreached, ..) => "no world is like that, but the check says one is".into(),
        (Verdict::Exhaustive, Expect::Holds, _) if row.kind.is_some_and(PropertyKind::is_live) => {
            "holds on every fair run".into()
        }
        (Verdict::Bounded, Expect::Holds, _) if row.kind.is_some_and(PropertyKind::is_live) => {
            format!("holds on every fair run within {}", within())
        }
        (Verdict::Bounded, Expect::Holds, _) => format!("holds within {}", within()),
        (Verdict::Exhaustive, Expect::Holds, _) => "holds in every reachable world".into(),
        (Verdict::Sampled, ..) if report.options.search == SearchOrder::Swarm => {
            "holds in every world the swarm saw".into()
        }
        (Verdict::Sampled, ..) => "holds in every world the random runs saw".into(),
        (Verdict::Bounded, Expect::Violates, _) => {
            format!("it holds within {}, but the check says it is violated", within())
        }
        (Verdict::Exhaustive, Expect::Violates, _) => "it holds, but the check says it is violated".into(),
    })
}

fn work_text(report: &CheckReport, timed: bool) -> String {
    let Work { distinct, transitions, levels, runs, elapsed } = report.work;
    let mut parts = Vec::new();
    if runs > 0 {
        parts.push(format!("{} {}", count(runs), if runs == 1 { "run" } else { "runs" }));
    }
    if distinct > 0 {
        let at_least = if report.options.search == SearchOrder::Swarm { "at least " } else { "" };
        parts.push(format!(
            "{at_least}{} {}",
            count(distinct),
            if distinct == 1 { "world" } else { "worlds" }
        ));
    }
    parts.push(format!("{} {}", count(transitions), if transitions == 1 { "step" } else { "steps" }));
    if levels > 0 {
        parts.push(format!("depth {}", levels.saturating_sub(1)));
    }
    if timed {
        parts.push(seconds(elapsed));
    }
    parts.push(format!("seed {}", report.seed));
    parts.join(" · ")
}

/// A number with commas.
pub(crate) fn count(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

pub(crate) fn seconds(elapsed: Duration) -> String {
    let seconds = elapsed.as_secs_f64();
    match elapsed.as_secs() {
        0..=9 => format!("{seconds:.2} s"),
        10..=99 => format!("{seconds:.1} s"),
        whole => format!("{} min {} s", whole / 60, whole % 60),
    }
}

/// A test: a line, and where it failed what it had done until then.
pub fn test_text(files: &Files, report: &TestReport, style: &Style) -> String {
    let name = style.paint(Paint::Strong, &format!("\"{}\"", report.name));
    let head = |sign: &str, paint, word: &str| {
        format!(
            "{} {name}  {}\n",
            style.paint(Paint::Faint, "test "),
            style.paint(paint, &format!("{sign} {word}"))
        )
    };
    match &report.outcome {
        TestOutcome::Passed => head(if style.ascii { "+" } else { "✓" }, Paint::Good, "passed"),
        TestOutcome::NotRun(reason) => head("?", Paint::Doubt, &format!("not run: {reason}")),
        TestOutcome::Failed { span, message, details } => {
            let mut out = head(if style.ascii { "X" } else { "✗" }, Paint::Bad, "failed");
            let (line, _) = files.position(span.file, span.start);
            let place = format!("{}:{line}: ", files.name(span.file));
            for (i, text) in
                wrap(&format!("{place}{message}"), style.width.saturating_sub(6)).iter().enumerate()
            {
                out.push_str(&format!(
                    "  {}{}\n",
                    if i == 0 { "" } else { "    " },
                    style.paint(Paint::Bad, text)
                ));
            }
            for detail in details {
                for text in wrap(detail, style.width.saturating_sub(6)) {
                    out.push_str(&format!("    {text}\n"));
                }
            }
            if let Some(trace) = &report.trace {
                out.push('\n');
                out.push_str(&trace_text(trace, style));
            }
            out
        }
    }
}

/// `3 checks: 2 as expected, 1 not; 4 tests passed`.
pub fn summary_line(report: &Report, style: &Style) -> String {
    let mut parts = Vec::new();
    let rows = |check: &CheckReport, wanted: fn(&Row) -> bool| check.rows.iter().any(wanted);
    let failed =
        report.checks.iter().filter(|c| rows(c, |row| !row.expected && row.verdict != Verdict::Inconclusive));
    let failed = failed.count();
    let open = report.checks.iter().filter(|c| rows(c, |row| row.verdict == Verdict::Inconclusive)).count();
    let all = report.checks.len();
    if all > 0 {
        let word = if all == 1 { "check" } else { "checks" };
        let mut outcome = Vec::new();
        let good = report.checks.iter().filter(|c| c.rows.iter().all(|row| row.expected)).count();
        if good > 0 {
            outcome.push(format!("{good} as expected"));
        }
        if failed > 0 {
            outcome.push(format!("{failed} not as expected"));
        }
        if open > 0 {
            outcome.push(format!("{open} inconclusive"));
        }
        parts.push(format!("{all} {word}: {}", outcome.join(", ")));
    }
    let tests = report.tests.len();
    if tests > 0 {
        let passed = report.tests.iter().filter(|test| matches!(test.outcome, TestOutcome::Passed)).count();
        let word = if tests == 1 { "test" } else { "tests" };
        parts.push(if passed == tests {
            format!("{tests} {word} passed")
        } else {
            format!("{passed} of {tests} {word} passed")
        });
    }
    let paint = match report.exit() {
        crate::report::Exit::AsExpected => Paint::Good,
        crate::report::Exit::Inconclusive => Paint::Doubt,
        _ => Paint::Bad,
    };
    style.paint(paint, &parts.join("; "))
}

/// How far a search has come: `12,345 worlds (45,678 generated) · queue 910 · depth 11 · 56,789/s · 12.3 MiB`.
pub fn progress_text(check: &str, stats: &Stats) -> String {
    let rate = stats.transitions as f64 / stats.elapsed.as_secs_f64().max(0.001);
    let mut parts = Vec::new();
    if stats.distinct > 0 {
        parts.push(format!("{} worlds ({} generated)", count(stats.distinct), count(stats.transitions)));
        parts.push(format!("queue {}", count(stats.queue)));
        parts.push(format!("depth {}", stats.levels.saturating_sub(1)));
    } else if stats.runs > 0 {
        parts.push(format!("{} runs, {} steps", count(stats.runs), count(stats.transitions)));
    } else {
        parts.push(format!("{} steps", count(stats.transitions)));
    }
    parts.push(format!("{}/s", count(rate as u64)));
    parts.push(show_size(stats.bytes));
    format!("{check}: {}", parts.join(" · "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped() {
        assert_eq!(count(0), "0");
        assert_eq!(count(1234567), "1,234,567");
        assert_eq!(seconds(Duration::from_millis(1234)), "1.23 s");
        assert_eq!(seconds(Duration::from_secs(125)), "2 min 5 s");
    }
}
