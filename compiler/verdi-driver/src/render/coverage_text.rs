//! What ran and what never did, for people: a table, then the source with how often each line ran beside it.

mod source;

use super::report_text::count;
use crate::coverage::{Branch, CoverageReport, FunctionKind, RuleState, TrafficKind};
use source::file_text;
use verdi_diagnostics::render::{Paint, Style, clip, width, wrap};
use verdi_diagnostics::{Files, Span};

/// The table and the annotated sources.
pub fn coverage_text(files: &Files, report: &CoverageReport, style: &Style) -> String {
    let mut out = format!("{}\n", style.paint(Paint::Strong, "coverage"));
    let intro = "of all checks together; runs that read the same count once";
    for line in wrap(intro, style.width.saturating_sub(2)) {
        out.push_str(&format!("  {}\n", style.paint(Paint::Faint, &line)));
    }
    for title in &report.partial {
        let note =
            format!("check \"{title}\" was not searched to its end: what never ran in it might still run");
        for (i, line) in wrap(&format!("note: {note}"), style.width.saturating_sub(8)).iter().enumerate() {
            out.push_str(&format!("  {}{line}\n", if i == 0 { "" } else { "      " }));
        }
    }
    out.push('\n');
    totals(&mut out, report, style);
    missing(&mut out, files, report, style);
    for file in &report.files {
        out.push('\n');
        out.push_str(&file_text(files, report, file, style));
    }
    out
}

/// How many of what there is.
fn totals(out: &mut String, report: &CoverageReport, style: &Style) {
    let of_kind = |kind: FunctionKind| {
        let all = report.functions.iter().filter(move |function| function.kind == kind);
        (all.clone().filter(|function| function.ran > 0).count(), all.count())
    };
    let traffic = |kind: TrafficKind| {
        let all = report.traffic.iter().filter(move |traffic| traffic.kind == kind);
        (all.clone().filter(|traffic| traffic.missing().is_none()).count(), all.count())
    };
    let add = |a: (usize, usize), b: (usize, usize)| (a.0 + b.0, a.1 + b.1);
    let fired = report.rules.iter().filter(|rule| rule.state == RuleState::Fired).count();
    let sides = || report.branches.iter().flat_map(|branch| &branch.sides);
    let lines = || report.files.iter().flat_map(|file| &file.lines);
    let rows = [
        ("handlers", of_kind(FunctionKind::Handler), "ran"),
        ("functions", add(of_kind(FunctionKind::Proc), of_kind(FunctionKind::Fn)), "ran"),
        ("rules", (fired, report.rules.len()), "fired"),
        ("branches", (sides().filter(|side| side.taken > 0).count(), sides().count()), "ways taken"),
        ("messages", traffic(TrafficKind::Message), "taken"),
        ("inputs", traffic(TrafficKind::Input), "taken"),
        ("lines", (lines().filter(|(_, ran)| *ran > 0).count(), lines().count()), "ran"),
    ];
    for (what, (some, all), verb) in rows.into_iter().filter(|(_, (_, all), _)| *all > 0) {
        let paint = if some == all { Paint::Good } else { Paint::Doubt };
        let numbers = format!("{} of {}", count(some as u64), count(all as u64));
        let line = format!("  {what:<10} {numbers} {verb}");
        if width(&line) <= style.width {
            out.push_str(&format!("  {what:<10} {} {verb}\n", style.paint(paint, &numbers)));
        } else {
            out.push_str(&format!("  {what}\n    {}\n", style.paint(paint, &numbers)));
        }
    }
}

/// A line for each thing that never happened.
fn missing(out: &mut String, files: &Files, report: &CoverageReport, style: &Style) {
    let mut rows: Vec<(String, String, Option<Span>)> = Vec::new();
    for function in report.functions.iter().filter(|function| function.ran == 0) {
        rows.push(("never ran".into(), function.name.clone(), Some(function.span)));
    }
    for rule in report.rules.iter().filter(|rule| rule.state != RuleState::Fired) {
        let mut what = format!("rule {} of {}", rule.name, rule.network);
        if rule.state == RuleState::HeldBack && !rule.bounds.is_empty() {
            what.push_str(&format!(" (bound {})", rule.bounds.join(", ")));
        }
        rows.push((rule.state.name().into(), what, None));
    }
    for traffic in &report.traffic {
        if let Some(missing) = traffic.missing() {
            rows.push((
                missing.into(),
                format!("{} {}", traffic.kind.name(), traffic.name),
                Some(traffic.span),
            ));
        }
    }
    for branch in report.branches.iter().filter(|branch| branch.reached) {
        rows.extend(untaken(files, branch));
    }
    if !rows.is_empty() {
        out.push('\n');
    }
    let longest = rows.iter().map(|(what, ..)| width(what)).max().unwrap_or(0);
    for (what, name, span) in rows {
        let place = span.map_or(String::new(), |span| {
            format!("  {}:{}", files.name(span.file), files.position(span.file, span.start).0)
        });
        let text = format!("{name}{place}");
        let lead = format!("  {}{}  ", style.paint(Paint::Bad, &what), " ".repeat(longest - width(&what)));
        let indent = longest + 4;
        let (mut lead, columns) = match style.width.checked_sub(indent).filter(|columns| *columns >= 24) {
            Some(columns) => (lead, columns),
            None => {
                let what = clip(&what, style.width.saturating_sub(2), style.ascii);
                out.push_str(&format!("  {}\n", style.paint(Paint::Bad, &what)));
                (" ".repeat(6), style.width.saturating_sub(6))
            }
        };
        let indent = if lead.starts_with("      ") { 6 } else { indent };
        for line in wrap(&text, columns) {
            out.push_str(format!("{lead}{line}").trim_end());
            out.push('\n');
            lead = " ".repeat(indent);
        }
    }
}

/// The ways of a branch that were never taken.
fn untaken(files: &Files, branch: &Branch) -> Vec<(String, String, Option<Span>)> {
    let untaken = branch.sides.iter().filter(|side| side.taken == 0);
    untaken
        .map(|side| {
            let text = files.slice(side.span).lines().next().unwrap_or("").trim();
            (side.mark.text().into(), format!("{} `{text}`", branch.word), Some(side.span))
        })
        .collect()
}
