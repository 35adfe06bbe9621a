//! A run as a sequence chart in SVG: time runs down, a packet is a slanted line from the step that sent it
//! to the step that took it out of flight.

use super::junit::escape;
use crate::trace::{Act, Event, Packet, Step, Trace};
use std::collections::BTreeMap;
use std::fmt::Write;
use verdi_diagnostics::render::clip;

const LANE: usize = 180;
const LEFT: usize = 130;
const TOP: usize = 70;
const ROW: usize = 44;
const NOTE_LINE: usize = 15;
const NOTE_WIDTH: usize = 380;
const NOTE_CHARS: usize = 58;

/// The chart, on a light background, with the title above it.
pub fn svg(trace: &Trace, title: &str) -> String {
    let trace = &*trace.seen();
    let rows = Rows::new(trace);
    let lanes_end = LEFT + LANE * trace.nodes.len().max(1);
    let width = lanes_end + NOTE_WIDTH;
    let ending = 20 * (1 + trace.ending.details.len().min(12));
    let height = rows.end + 40 + ending;
    let mut out = String::new();
    let _ = write!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" font-family=\"ui-sans-serif, system-ui, sans-serif\" font-size=\"13\">\n\
         <title>{0}</title>\n<rect width=\"{width}\" height=\"{height}\" fill=\"#ffffff\"/>\n{DEFS}\n\
         <text x=\"16\" y=\"24\" font-size=\"15\" font-weight=\"600\" fill=\"#1f2430\">{0}</text>\n",
        escape(title)
    );
    lifelines(&mut out, trace, &rows);
    packets(&mut out, trace, &rows);
    for (at, step) in trace.steps.iter().enumerate() {
        step_marks(&mut out, trace, at, rows.y[at]);
        notes(&mut out, trace, step, rows.y[at], lanes_end + 10);
    }
    going_on(&mut out, trace, &rows);
    ending_text(&mut out, trace, rows.end + 36);
    out.push_str("</svg>\n");
    out
}

const DEFS: &str = "<defs>\
<marker id=\"head\" viewBox=\"0 0 10 10\" refX=\"9\" refY=\"5\" markerWidth=\"8\" markerHeight=\"8\" orient=\"auto-start-reverse\">\
<path d=\"M0 0L10 5L0 10z\" fill=\"#2456a6\"/></marker></defs>";

/// Where each step stands; a step with many notes takes more room.
struct Rows {
    y: Vec<usize>,
    /// Where the first step of each number stands that is shown.
    of: BTreeMap<usize, usize>,
    end: usize,
}

impl Rows {
    fn new(trace: &Trace) -> Self {
        let mut at = TOP + 30;
        let mut y = Vec::new();
        for step in &trace.steps {
            y.push(at);
            at += ROW.max(note_lines(trace, step).len() * NOTE_LINE + 12);
        }
        let mut of = BTreeMap::new();
        for (step, y) in trace.steps.iter().zip(&y) {
            of.entry(step.number).or_insert(*y);
        }
        Self { y, of, end: at + 10 }
    }
}

fn lane(node: usize) -> usize {
    LEFT + LANE / 2 + LANE * node
}

fn lifelines(out: &mut String, trace: &Trace, rows: &Rows) {
    for (node, name) in trace.nodes.iter().enumerate() {
        let (x, left) = (lane(node), lane(node) - 70);
        let _ = write!(
            out,
            "<rect x=\"{left}\" y=\"{}\" width=\"140\" height=\"26\" rx=\"5\" fill=\"#eef2f8\" stroke=\"#b9c4d6\"/>\n\
             <text x=\"{x}\" y=\"{}\" text-anchor=\"middle\" font-weight=\"600\" fill=\"#1f2430\">{}</text>\n",
            TOP - 26,
            TOP - 8,
            escape(&clip(name, 20, false))
        );
        let mut from = TOP;
        let mut down = false;
        for (step, &y) in trace.steps.iter().zip(&rows.y) {
            let turns = match step.event {
                Event::Crash { at } => at == node && !down,
                Event::Reboot { at } => at == node && down,
                _ => false,
            };
            if turns {
                lifeline(out, x, from, y, down);
                (from, down) = (y, !down);
            }
        }
        lifeline(out, x, from, rows.end, down);
    }
}

fn lifeline(out: &mut String, x: usize, from: usize, to: usize, down: bool) {
    let look = if down { "stroke=\"#d9a3a3\" stroke-dasharray=\"2 5\"" } else { "stroke=\"#b9c4d6\"" };
    let _ = writeln!(out, "<line x1=\"{x}\" y1=\"{from}\" x2=\"{x}\" y2=\"{to}\" {look}/>");
}

/// Every packet, from where it was put in flight to where it was taken out.
fn packets(out: &mut String, trace: &Trace, rows: &Rows) {
    for (step, &y) in trace.steps.iter().zip(&rows.y) {
        if let Event::Deliver(packet) = &step.event {
            way(out, packet, rows, y, Fate::Arrives);
        }
        for act in &step.acts {
            match act {
                Act::Lose(packet) => way(out, packet, rows, y, Fate::Lost),
                Act::Add(packet) => copy_mark(out, packet, y),
                _ => {}
            }
        }
    }
    for packet in &trace.in_flight {
        way(out, packet, rows, rows.end, Fate::InFlight);
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    Arrives,
    Lost,
    InFlight,
}

fn way(out: &mut String, packet: &Packet, rows: &Rows, y: usize, fate: Fate) {
    let from = rows.of.get(&packet.sent_in).copied().unwrap_or(TOP);
    let (x1, x2) = (lane(packet.src) as f64, lane(packet.dst) as f64);
    let (y1, y2) = (from as f64, y as f64);
    let reach = match fate {
        Fate::Arrives => 1.0,
        Fate::Lost => 0.6,
        Fate::InFlight => 0.75,
    };
    let (look, color) = match fate {
        Fate::Arrives => ("stroke=\"#2456a6\" stroke-width=\"1.6\" marker-end=\"url(#head)\"", "#173a73"),
        Fate::Lost => ("stroke=\"#b3261e\" stroke-width=\"1.4\" stroke-dasharray=\"5 4\"", "#b3261e"),
        Fate::InFlight => ("stroke=\"#8a93a3\" stroke-width=\"1.4\" stroke-dasharray=\"5 4\"", "#5d6675"),
    };
    let bulge = if packet.src == packet.dst { 46.0 } else { 0.0 };
    // A copy that a step of the network made begins where that step stands, at its source's lane.
    let (ex, ey) = (x1 + (x2 - x1) * reach, if fate == Fate::Arrives { y2 } else { y1 + (y2 - y1) * reach });
    let (cx, cy) = ((x1 + ex) / 2.0 + bulge, (y1 + ey) / 2.0);
    let _ =
        writeln!(out, "<path d=\"M{x1:.1} {y1:.1}Q{cx:.1} {cy:.1} {ex:.1} {ey:.1}\" fill=\"none\" {look}/>");
    if fate == Fate::Lost {
        let _ = writeln!(
            out,
            "<path d=\"M{:.1} {:.1}l10 10m0 -10l-10 10\" stroke=\"#b3261e\" stroke-width=\"2.2\"/>",
            ex - 5.0,
            ey - 5.0
        );
    }
    // Near the head, so that crossing packets keep their labels apart.
    let (lx, ly) = (x1 + (ex - x1) * 0.62 + bulge * 0.6, y1 + (ey - y1) * 0.62 - 5.0);
    label(out, lx, ly, &packet.body, color);
}

fn label(out: &mut String, x: f64, y: f64, text: &str, color: &str) {
    let place = format!("x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"middle\" font-size=\"12\"");
    on_white(out, &place, &escape(&clip(text, 34, false)), color);
}

/// Text that stands over lines: a white outline below it, as an element of its own, because not every renderer
/// knows `paint-order`.
fn on_white(out: &mut String, place: &str, text: &str, color: &str) {
    let _ = writeln!(
        out,
        "<text {place} fill=\"none\" stroke=\"#ffffff\" stroke-width=\"3\">{text}</text>\n\
         <text {place} fill=\"{color}\">{text}</text>"
    );
}

fn copy_mark(out: &mut String, packet: &Packet, y: usize) {
    let x = lane(packet.src);
    let _ = write!(
        out,
        "<circle cx=\"{x}\" cy=\"{y}\" r=\"6\" fill=\"#fff4dc\" stroke=\"#9a6700\"/>\n\
         <path d=\"M{} {y}h8m-4 -4v8\" stroke=\"#9a6700\"/>\n",
        x - 4
    );
}

/// The step's number, and the sign of what happened at a node.
fn step_marks(out: &mut String, trace: &Trace, at: usize, y: usize) {
    let step = &trace.steps[at];
    let number = if trace.is_numbered(at) { step.number.to_string() } else { String::new() };
    let rule = match &step.event {
        Event::Folded { .. } => trace.headline(step),
        _ => clip(&step.rule, 14, false),
    };
    let _ = writeln!(
        out,
        "<text x=\"16\" y=\"{0}\" fill=\"#5d6675\"><tspan font-weight=\"600\">{number}</tspan> {1}</text>",
        y + 4,
        escape(&rule)
    );
    match &step.event {
        Event::Input { at, body, .. } => sign(out, *at, y, "▼", &format!("{} {body}", step.rule), "#2456a6"),
        Event::Timeout { at, timer } => sign(out, *at, y, "◷", timer, "#9a6700"),
        Event::Crash { at } => lightning(out, *at, y),
        Event::Reboot { at } => sign(out, *at, y, "↻", &step.rule, "#1a7f37"),
        Event::Quiet if step.acts.is_empty() => {
            label(out, lane(0) as f64, y as f64 + 4.0, &trace.headline(step), "#9a6700");
        }
        Event::Start | Event::Deliver(_) | Event::Quiet | Event::Folded { .. } => {}
    }
    let outputs = step.acts.iter().filter_map(|act| match act {
        Act::Output { at, body, .. } => Some((*at, body)),
        _ => None,
    });
    for (i, (at, body)) in outputs.enumerate() {
        sign(out, at, y + 16 + 16 * i, "▲", body, "#1a7f37");
    }
}

fn sign(out: &mut String, node: usize, y: usize, sign: &str, text: &str, color: &str) {
    let place = format!("x=\"{}\" y=\"{}\"", lane(node) - 6, y + 4);
    on_white(out, &place, &format!("{sign} {}", escape(&clip(text, 24, false))), color);
}

fn lightning(out: &mut String, node: usize, y: usize) {
    let (x, y) = (lane(node), y.saturating_sub(14));
    let _ = writeln!(
        out,
        "<path d=\"M{x} {y}l-9 15h7l-4 13l13 -18h-7l5 -10z\" fill=\"#f5b400\" stroke=\"#b3261e\" stroke-linejoin=\"round\"/>"
    );
}

/// What a step changed, on the right.
fn notes(out: &mut String, trace: &Trace, step: &Step, y: usize, x: usize) {
    for (i, (line, bad)) in note_lines(trace, step).iter().enumerate() {
        let color = if *bad { "#b3261e" } else { "#3d4654" };
        let _ = writeln!(
            out,
            "<text x=\"{x}\" y=\"{}\" font-size=\"11.5\" font-family=\"ui-monospace, monospace\" fill=\"{color}\">{}</text>",
            y + 4 + i * NOTE_LINE,
            escape(line)
        );
    }
}

fn note_lines(trace: &Trace, step: &Step) -> Vec<(String, bool)> {
    let changes = step.changes.iter().map(|change| (clip(&trace.change(change), NOTE_CHARS, false), false));
    let fault = step.fault.iter().map(|fault| (clip(&format!("fault: {fault}"), NOTE_CHARS, false), true));
    changes.chain(fault).take(12).collect()
}

/// Of a run without end: an arrow back to where it begins again, left of the lanes.
fn going_on(out: &mut String, trace: &Trace, rows: &Rows) {
    let Some(text) = trace.going_on() else { return };
    if let (Some(at), Some(last)) = (trace.again_from(), rows.y.last()) {
        let first = rows.y[at];
        let (top, bottom) = (first.saturating_sub(6), last + 8);
        let _ = writeln!(
            out,
            "<path d=\"M{0} {bottom}H6V{top}H{0}\" fill=\"none\" stroke=\"#9a6700\" marker-end=\"url(#head)\"/>",
            14
        );
    }
    let place = format!("x=\"16\" y=\"{}\" font-size=\"12\"", rows.end + 16);
    on_white(out, &place, &escape(&text), "#9a6700");
}

fn ending_text(out: &mut String, trace: &Trace, y: usize) {
    let head = std::iter::once((&trace.ending.headline, "#b3261e", 16));
    let details = trace.ending.details.iter().map(|detail| (detail, "#3d4654", 32));
    for (i, (text, color, x)) in head.chain(details).take(13).enumerate() {
        let _ = writeln!(
            out,
            "<text x=\"{x}\" y=\"{}\" fill=\"{color}\">{}</text>",
            y + 20 * i,
            escape(&clip(text, 150, false))
        );
    }
}
