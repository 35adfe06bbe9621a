//! Histories that were held against a machine, for people and as JSON.

use super::count as number;
use crate::histories::{Held, HistoryVerdict, Lane, Picture};
use crate::report::Exit;
use serde_json::{Value as Json, json};
use verdi_diagnostics::render::{Paint, Style, json as diagnostics_json};
use verdi_diagnostics::{Diagnostic, Files};

/// Columns for a moment.
const MOMENT: usize = 2;

/// A line for a history; where it is not linearizable, a picture of where every order ends.
pub fn history_text(files: &Files, held: &Held, style: &Style) -> String {
    let (paint, verdict) = match &held.verdict {
        HistoryVerdict::Linearizable => (Paint::Good, "linearizable"),
        HistoryVerdict::Not(_) => (Paint::Bad, "not linearizable"),
        HistoryVerdict::Inconclusive(_) => (Paint::Doubt, "inconclusive"),
    };
    let operations = count(held.calls, "operation");
    let mut text = format!(
        "{} {} as {}  {operations}, {} open, {}\n",
        style.paint(paint, verdict),
        style.paint(Paint::Name, &held.file),
        held.machine,
        held.open,
        count(held.parts, "part"),
    );
    match &held.verdict {
        HistoryVerdict::Linearizable => {}
        HistoryVerdict::Not(picture) => text += &picture_text(files, picture, style),
        HistoryVerdict::Inconclusive(reason) => text += &format!("  {reason}\n"),
    }
    text
}

fn picture_text(files: &Files, picture: &Picture, style: &Style) -> String {
    let (line, _) = files.position(picture.line.file, picture.line.start);
    let place = format!("{}:{line}", files.name(picture.line.file));
    let mut text = format!("\n  no order gets past the return of {} ({place})\n\n", picture.blocked);
    if picture.left_out > 0 {
        text += &format!("  {} before these\n", count(picture.left_out, "operation"));
    }
    let named = picture.lanes.iter().map(|lane| lane.process.len()).max().unwrap_or(0);
    let last = picture.lanes.iter().flat_map(|lane| [Some(lane.from), lane.to]).flatten().max().unwrap_or(0);
    let mut lanes: Vec<&Lane> = picture.lanes.iter().collect();
    lanes.sort_by(|a, b| a.process.cmp(&b.process).then(a.from.cmp(&b.from)));
    for lane in lanes {
        let place = lane.place.map_or("  ".into(), |place| format!("{place:>2}"));
        let bar = bar(lane, last, style.ascii);
        let paint = if lane.blocked { Paint::Bad } else { Paint::Strong };
        let bar = style.paint(paint, &bar);
        text += &format!("  process {:>named$}  {bar}  {place}  {}\n", lane.process, lane.text);
    }
    text += &format!("\n  the longest order has {}", count(picture.order_length, "operation"));
    text += if picture.order.len() < picture.order_length { ", the last of them:\n" } else { ":\n" };
    for placed in &picture.order {
        text += &format!("  {:>4}  process {}: {}", placed.place, placed.process, placed.text);
        text += &format!("  {}\n", style.paint(Paint::Faint, &placed.state));
    }
    text += &format!("\n  the state there: {}\n  and next could be\n", picture.state);
    for next in &picture.next {
        let why = match next.agrees {
            true => "which agrees, but leads to nothing new".into(),
            false => format!("was answered {}, would be answered {}", next.recorded, next.machine),
        };
        text += &format!("    process {}: {}  {}\n", next.process, next.text, style.paint(Paint::Bad, &why));
    }
    text + "\n"
}

/// An operation over time: an end that is not drawn is one that never came, or came later.
fn bar(lane: &Lane, last: usize, ascii: bool) -> String {
    let (open, line, close, goes_on) =
        if ascii { ('|', '-', '|', '>') } else { ('├', '─', '┤', '┄') };
    let end = lane.to.unwrap_or(last) * MOMENT + 1;
    let start = lane.from * MOMENT;
    (0..=last * MOMENT + 1)
        .map(|column| match column {
            c if c == start => open,
            c if c == end && lane.to.is_some() => close,
            c if c == end => goes_on,
            c if c > start && c < end => line,
            _ => ' ',
        })
        .collect()
}

/// One line on several histories.
pub fn histories_summary(all: &[Held]) -> String {
    let of = |wanted: Exit| all.iter().filter(|held| exit_of(held) == wanted).count();
    let (bad, open) = (of(Exit::Failed), of(Exit::Inconclusive));
    let what = if all.len() == 1 { "history" } else { "histories" };
    let mut text = format!("{} {what}: {} linearizable, {bad} not", all.len(), all.len() - bad - open);
    if open > 0 {
        text += &format!(", {open} inconclusive");
    }
    text
}

fn exit_of(held: &Held) -> Exit {
    match held.verdict {
        HistoryVerdict::Linearizable => Exit::AsExpected,
        HistoryVerdict::Not(_) => Exit::Failed,
        HistoryVerdict::Inconclusive(_) => Exit::Inconclusive,
    }
}

/// How a command ends that found this: wrong input counts most, then a history that is not linearizable.
pub fn histories_exit(all: &[Held], wrong: bool) -> Exit {
    let found = |exit: Exit| all.iter().any(|held| exit_of(held) == exit).then_some(exit);
    let first = wrong.then_some(Exit::BadInput).or_else(|| found(Exit::Failed));
    first.or_else(|| found(Exit::Inconclusive)).unwrap_or(Exit::AsExpected)
}

/// The one object that `--json` prints.
pub fn histories_json(files: &Files, diagnostics: &[Diagnostic], all: &[Held], exit: Exit) -> Json {
    json!({
        "version": 1,
        "histories": all.iter().map(|held| held_json(files, held)).collect::<Vec<_>>(),
        "diagnostics": diagnostics_json(files, diagnostics),
        "exit_code": exit.code(),
    })
}

fn held_json(files: &Files, held: &Held) -> Json {
    let mut value = json!({
        "file": held.file,
        "machine": held.machine,
        "operations": held.calls,
        "open": held.open,
        "parts": held.parts,
        "remembered": held.remembered,
    });
    match &held.verdict {
        HistoryVerdict::Linearizable => value["verdict"] = "linearizable".into(),
        HistoryVerdict::Inconclusive(reason) => {
            value["verdict"] = "inconclusive".into();
            value["reason"] = reason.as_str().into();
        }
        HistoryVerdict::Not(picture) => {
            value["verdict"] = "not linearizable".into();
            value["stuck"] = picture_json(files, picture);
        }
    }
    value
}

fn picture_json(files: &Files, picture: &Picture) -> Json {
    let order = picture.order.iter().map(|placed| {
        json!({ "place": placed.place, "process": placed.process, "operation": placed.text, "state": placed.state })
    });
    let next = picture.next.iter().map(|next| {
        json!({
            "process": next.process,
            "operation": next.text,
            "recorded": next.recorded,
            "machine": next.machine,
            "agrees": next.agrees,
        })
    });
    json!({
        "operation": picture.blocked,
        "line": files.position(picture.line.file, picture.line.start).0,
        "order": order.collect::<Vec<_>>(),
        "order_length": picture.order_length,
        "state": picture.state,
        "next": next.collect::<Vec<_>>(),
    })
}

fn count(n: usize, what: &str) -> String {
    let ending = if n == 1 { "" } else { "s" };
    format!("{} {what}{ending}", number(n as u64))
}
