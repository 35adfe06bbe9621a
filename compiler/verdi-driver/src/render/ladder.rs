//! The fault ladder's table, for people and as JSON.

use super::trace_text::signs;
use crate::ladder::{Cell, Ladder, LadderRow, RUNGS};
use crate::report::Verdict;
use serde_json::{Value as Json, json};
use verdi_diagnostics::render::{Paint, Style, clip, width, wrap};

/// The table, what weakest network breaks each property, and the commands that show it.
pub fn ladder_text(ladder: &Ladder, style: &Style) -> String {
    let mut out = format!(
        "{} {}  {}\n\n",
        style.paint(Paint::Faint, "ladder"),
        style.paint(Paint::Strong, &format!("\"{}\"", ladder.check)),
        style.paint(Paint::Faint, &ladder.system)
    );
    if ladder.rows.is_empty() {
        out.push_str("  nothing of it is run by this version\n");
    } else {
        table(&mut out, ladder, style);
    }
    let said = held_text(ladder);
    let findings = ladder.rows.iter().filter(|row| !row.cells.is_empty()).map(finding);
    for line in said.into_iter().chain(findings).chain(ladder.notes.iter().cloned()) {
        for (i, text) in wrap(&signs(line, style), style.width.saturating_sub(6)).iter().enumerate() {
            out.push_str(&format!("  {}{text}\n", if i == 0 { "" } else { "    " }));
        }
    }
    out.push_str(&commands(ladder, style));
    out
}

/// The command for each network under which something breaks.
fn commands(ladder: &Ladder, style: &Style) -> String {
    let mut out = String::new();
    for (at, rung) in RUNGS.iter().enumerate() {
        let broken = ladder.rows.iter().filter_map(|row| row.cells.get(at));
        if let Some(cell) = broken.into_iter().find(|cell| cell.verdict == Verdict::Violated) {
            out.push_str(&format!("  {} {}\n", style.paint(Paint::Faint, &format!("{rung}:")), cell.again));
        }
    }
    out
}

fn table(out: &mut String, ladder: &Ladder, style: &Style) {
    let rungs = ladder.rows.iter().map(|row| row.cells.len()).max().unwrap_or(0).min(RUNGS.len());
    let longest = ladder.rows.iter().map(|row| width(&row.property)).max().unwrap_or(0);
    let widest = |cell_of: CellText| {
        let cells = ladder.rows.iter().flat_map(|row| row.cells.iter().map(move |cell| cell_of(row, cell)));
        cells.map(|cell| width(&cell)).max().unwrap_or(0).max(5)
    };
    let fits = |cell_of: CellText| longest.min(20) + rungs * (widest(cell_of) + 2) + 2 <= style.width;
    let cell_of: CellText = if fits(cell_text) { cell_text } else { short_cell };
    let widest = widest(cell_of);
    let first = longest.min(style.width.saturating_sub(rungs * (widest + 2) + 2)).max(3);
    let mut head = format!("  {}", " ".repeat(first));
    for rung in &RUNGS[..rungs] {
        head.push_str(&format!("  {rung:<widest$}"));
    }
    out.push_str(&style.paint(Paint::Faint, head.trim_end()));
    out.push('\n');
    for row in &ladder.rows {
        let name = clip(&row.property, first, style.ascii);
        let mut line = format!("  {}{}", style.paint(Paint::Strong, &name), " ".repeat(first - width(&name)));
        for cell in &row.cells {
            let text = cell_of(row, cell);
            let pad = " ".repeat(widest - width(&text));
            line.push_str(&format!("  {}{pad}", style.paint(cell_paint(row, cell), &text)));
        }
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out.push('\n');
}

type CellText = fn(&LadderRow, &Cell) -> String;

fn cell_text(row: &LadderRow, cell: &Cell) -> String {
    let steps = cell.steps.unwrap_or(0);
    match cell.verdict {
        Verdict::Violated => format!("broken in {steps}"),
        Verdict::Reached => format!("reached in {steps}"),
        Verdict::Unreached => "not reached".into(),
        Verdict::Inconclusive => "inconclusive".into(),
        Verdict::Exhaustive | Verdict::Bounded if row.is_reach => "not reached".into(),
        Verdict::Exhaustive | Verdict::Bounded => "holds".into(),
        Verdict::Sampled => "sampled".into(),
    }
}

/// For narrow terminals.
fn short_cell(_: &LadderRow, cell: &Cell) -> String {
    let steps = cell.steps.unwrap_or(0);
    match cell.verdict {
        Verdict::Violated => format!("X {steps}"),
        Verdict::Reached => format!("in {steps}"),
        Verdict::Unreached => "never".into(),
        Verdict::Inconclusive | Verdict::Sampled => "?".into(),
        Verdict::Exhaustive | Verdict::Bounded => "holds".into(),
    }
}

fn cell_paint(row: &LadderRow, cell: &Cell) -> Paint {
    match cell.verdict {
        Verdict::Violated => Paint::Bad,
        Verdict::Inconclusive | Verdict::Sampled => Paint::Doubt,
        Verdict::Unreached if row.is_reach => Paint::Doubt,
        _ => Paint::Good,
    }
}

/// What a row says, in a sentence: safe under which networks, broken from which on.
fn finding(row: &LadderRow) -> String {
    let names = |wanted: &dyn Fn(&Cell) -> bool| -> Vec<&str> {
        RUNGS.iter().zip(&row.cells).filter(|(_, cell)| wanted(cell)).map(|(name, _)| *name).collect()
    };
    let mut parts = Vec::new();
    if row.is_reach {
        let reached = names(&|cell| cell.verdict == Verdict::Reached);
        let text = if reached.is_empty() {
            "not reached".into()
        } else {
            format!("reached under {}", reached.join(", "))
        };
        return format!("{}: {text}", row.property);
    }
    let holds = names(&|cell| matches!(cell.verdict, Verdict::Exhaustive | Verdict::Bounded));
    if !holds.is_empty() {
        parts.push(format!("safe under {}", holds.join(", ")));
    }
    if let Some(at) = row.weakest() {
        let cell = &row.cells[at];
        let steps = cell.steps.unwrap_or(0);
        let word = if steps == 1 { "step" } else { "steps" };
        parts.push(format!("broken from {} on, in {steps} {word}", RUNGS[at]));
    }
    let open = names(&|cell| matches!(cell.verdict, Verdict::Inconclusive | Verdict::Sampled));
    if !open.is_empty() {
        parts.push(format!("not decided under {}", open.join(", ")));
    }
    format!("{}: {}", row.property, parts.join("; "))
}

/// Which rules were held to a few because the check does not bound them.
fn held_text(ladder: &Ladder) -> Option<String> {
    let mut rules: Vec<&str> = Vec::new();
    for rule in ladder.held.iter().flatten() {
        if !rules.contains(&rule.as_str()) {
            rules.push(rule);
        }
    }
    if rules.is_empty() {
        return None;
    }
    let times = if ladder.faults == 1 { "one".to_owned() } else { ladder.faults.to_string() };
    Some(format!(
        "the check does not bound {}: each is held to {times} in a run (--faults N changes it)",
        rules.join(", ")
    ))
}

/// The ladder as data.
pub fn ladder_json(ladder: &Ladder) -> Json {
    let rows: Vec<Json> = ladder
        .rows
        .iter()
        .map(|row| {
            let cells: Vec<Json> = RUNGS
                .iter()
                .zip(&row.cells)
                .map(|(network, cell)| {
                    json!({
                        "network": network,
                        "verdict": cell.verdict.name(),
                        "steps": cell.steps,
                        "distinct": cell.distinct,
                        "again": cell.again,
                    })
                })
                .collect();
            json!({ "property": row.property, "weakest": row.weakest().map(|at| RUNGS[at]), "cells": cells })
        })
        .collect();
    json!({
        "name": ladder.check,
        "system": ladder.system,
        "file": ladder.file,
        "faults": ladder.faults,
        "held": ladder.held,
        "notes": ladder.notes,
        "properties": rows,
    })
}
