//! A run as a numbered list: who did what to whom, and what is different after it.

use crate::trace::{Event, Step, Trace};
use verdi_diagnostics::render::{Paint, Style, width, wrap};

/// From this many columns on, what a step did stands beside it rather than below.
const BESIDE_FROM: usize = 72;

/// The longest value or sentence that is shown whole, in lines.
const LINES_MAX: usize = 6;

/// The run, and what is to be said of its last world.
pub fn trace_text(trace: &Trace, style: &Style) -> String {
    let trace = &*trace.seen();
    let mut out = String::new();
    let digits = trace.len().to_string().len().max(2);
    let widths = trace.steps.iter().map(|step| width(&signs(trace.headline(step), style)));
    let longest = widths.filter(|&columns| columns <= style.width / 2).max().unwrap_or(0);
    let beside = (style.width >= BESIDE_FROM).then_some(longest);
    for (at, step) in trace.steps.iter().enumerate() {
        let number = if trace.is_numbered(at) { step.number.to_string() } else { String::new() };
        let number = format!("{number:>width$}", width = digits + 3);
        step_text(&mut out, trace, step, &style.paint(Paint::Faint, &number), digits + 5, beside, style);
    }
    if let Some(text) = trace.going_on() {
        let sign = if style.ascii { "@" } else { "↺" };
        out.push_str(&format!("{sign:>width$}  {}\n", style.paint(Paint::Doubt, &text), width = digits + 3));
    }
    ending(&mut out, trace, style);
    out
}

fn step_text(
    out: &mut String,
    trace: &Trace,
    step: &Step,
    number: &str,
    indent: usize,
    beside: Option<usize>,
    style: &Style,
) {
    let headline = signs(trace.headline(step), style);
    let room = style.width.saturating_sub(indent + beside.unwrap_or(0) + 5).max(16);
    let effects = effects(trace, step, room, style);
    let paint = headline_paint(step);
    let Some(column) = beside.filter(|column| width(&headline) <= *column) else {
        let lines = limited(wrap(&headline, style.width.saturating_sub(indent)), style);
        for (i, line) in lines.iter().enumerate() {
            let gutter = if i == 0 { number.to_owned() } else { " ".repeat(indent - 2) };
            out.push_str(&format!("{gutter}  {}\n", style.paint(paint, line)));
        }
        let below = beside.map_or(indent + 4, |column| indent + column + 3);
        return effect_lines(out, &effects, below, style, None);
    };
    let pad = " ".repeat(column - width(&headline));
    let head = format!("{number}  {}{pad}", style.paint(paint, &headline));
    effect_lines(out, &effects, indent + column + 3, style, Some(head));
}

/// Writes effects from a column on; the first line follows `head`.
fn effect_lines(out: &mut String, effects: &[Effect], column: usize, style: &Style, head: Option<String>) {
    let room = style.width.saturating_sub(column).max(16);
    let mut lines = Vec::new();
    for effect in effects {
        for (i, line) in limited(wrap(&effect.text, room - 2), style).into_iter().enumerate() {
            let line = if i == 0 { line } else { format!("  {line}") };
            lines.push(style.paint(effect.paint, &line));
        }
    }
    if let Some(head) = head {
        let first = if lines.is_empty() { String::new() } else { format!("   {}", lines.remove(0)) };
        out.push_str(format!("{head}{first}").trim_end());
        out.push('\n');
    }
    for line in lines {
        out.push_str(&format!("{}{line}\n", " ".repeat(column)));
    }
}

struct Effect {
    text: String,
    paint: Paint,
}

/// Joins short effects into one line, as far as they fit.
fn effects(trace: &Trace, step: &Step, room: usize, style: &Style) -> Vec<Effect> {
    let all = trace.effects(step).into_iter().map(|text| signs(text, style));
    let changes = step.changes.len();
    let mut out: Vec<Effect> = Vec::new();
    for (i, text) in all.enumerate() {
        let paint = if step.fault.is_some() && text.starts_with("fault:") {
            Paint::Bad
        } else if i < changes {
            Paint::Strong
        } else {
            Paint::Faint
        };
        match out.last_mut() {
            Some(last) if last.paint == paint && width(&last.text) + width(&text) + 2 <= room => {
                last.text.push_str("; ");
                last.text.push_str(&text);
            }
            _ => out.push(Effect { text, paint }),
        }
    }
    out
}

fn headline_paint(step: &Step) -> Paint {
    match step.event {
        _ if step.fault.is_some() => Paint::Bad,
        Event::Crash { .. } | Event::Quiet => Paint::Doubt,
        Event::Start | Event::Folded { .. } => Paint::Faint,
        _ => Paint::Name,
    }
}

fn limited(mut lines: Vec<String>, style: &Style) -> Vec<String> {
    if lines.len() > LINES_MAX {
        lines.truncate(LINES_MAX);
        if let Some(last) = lines.last_mut() {
            *last = format!("{last} {}", if style.ascii { "..." } else { "…" });
        }
    }
    lines
}

/// What fails in the last world, and what is still in flight there.
fn ending(out: &mut String, trace: &Trace, style: &Style) {
    let room = style.width.saturating_sub(4);
    if !trace.ending.headline.is_empty() {
        out.push('\n');
        for line in wrap(&trace.ending.headline, room) {
            out.push_str(&format!("  {}\n", style.paint(Paint::Bad, &line)));
        }
    }
    for detail in &trace.ending.details {
        for (i, line) in limited(wrap(detail, room.saturating_sub(6)), style).iter().enumerate() {
            out.push_str(&format!("    {}{line}\n", if i == 0 { "" } else { "  " }));
        }
    }
    let packets: Vec<String> = grouped(trace);
    let what = if packets.is_empty() { "nothing".to_owned() } else { packets.join("; ") };
    for (i, line) in limited(wrap(&signs(format!("in flight: {what}"), style), room.saturating_sub(2)), style)
        .iter()
        .enumerate()
    {
        out.push_str(&format!("  {}{}\n", if i == 0 { "" } else { "  " }, style.paint(Paint::Faint, line)));
    }
}

/// The packets in flight, equal ones counted.
fn grouped(trace: &Trace) -> Vec<String> {
    let mut out: Vec<(String, usize)> = Vec::new();
    for packet in &trace.in_flight {
        let shown = trace.packet(packet);
        match out.iter_mut().find(|(known, _)| *known == shown) {
            Some((_, count)) => *count += 1,
            None => out.push((shown, 1)),
        }
    }
    out.into_iter()
        .map(|(shown, count)| if count > 1 { format!("{count} × {shown}") } else { shown })
        .collect()
}

/// A text with the signs that we write in it replaced where only ASCII can be shown. Text of the user's is
/// left as it is.
pub(crate) fn signs(text: String, style: &Style) -> String {
    if !style.ascii {
        return text;
    }
    text.replace('→', "->").replace('×', "x").replace('…', "...").replace('·', "-")
}
