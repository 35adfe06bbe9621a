//! A run as a sequence chart in the terminal: one lane a node, an arrow for each packet that arrives.

use super::canvas::{Canvas, Signs};
use super::trace_text::signs;
use crate::trace::{Act, Event, Packet, Step, Trace};
use std::collections::BTreeSet;
use verdi_diagnostics::render::{Paint, Style, clip, width, wrap};

/// The least and the most columns from lane to lane.
const SPACING: std::ops::RangeInclusive<usize> = 7..=24;

/// Lanes may be brought this near to make room for what changed.
const ROOMY: usize = 16;

/// The least columns for what changed.
const MARGIN: usize = 30;

/// A chart and what is drawn of it so far.
struct Chart<'a> {
    trace: &'a Trace,
    style: Style,
    signs: Signs,
    layout: Layout,
}

/// Where the lanes are.
struct Layout {
    /// The nodes that have a lane, in order.
    lanes: Vec<usize>,
    spacing: usize,
    gutter: usize,
    /// Columns that are left for what changed, on the right; 0 where there is no room.
    margin: usize,
    /// The nodes that are down after the rows drawn so far.
    down: BTreeSet<usize>,
}

/// The whole chart, with a line on what its signs mean. Says so where the lanes do not fit.
pub fn chart(trace: &Trace, style: &Style) -> String {
    let trace = &*trace.seen();
    let all: Vec<usize> = (0..trace.nodes.len()).collect();
    let layout = Layout::new(all, trace.len(), longest_label(trace), style)
        .or_else(|| Layout::new(taking_part(trace), trace.len(), longest_label(trace), style));
    let Some(layout) = layout else { return no_room(trace, style) };
    let mut chart = Chart { trace, style: *style, signs: Signs::new(style.ascii), layout };
    chart.header() + &chart.rows(0) + &chart.footer()
}

fn no_room(trace: &Trace, style: &Style) -> String {
    let count = trace.nodes.len();
    format!("{count} nodes are too many for a chart of {} columns; an SVG has room\n", style.width)
}

/// A chart that is drawn while its run goes on: the lanes are laid out before it is known what stands on them.
pub struct LiveChart {
    style: Style,
    layout: Option<Layout>,
    drawn: usize,
}

impl LiveChart {
    /// The columns that the text on an arrow is given.
    const LABEL: usize = 14;

    /// A chart of a run that has just begun and takes at most so many steps; and its first rows.
    pub fn new(trace: &Trace, steps_max: usize, style: &Style) -> (Self, String) {
        let all: Vec<usize> = (0..trace.nodes.len()).collect();
        let layout = Layout::new(all, steps_max, Self::LABEL.max(longest_label(trace)), style);
        let mut live = Self { style: *style, layout, drawn: 0 };
        let header = live.draw(trace, |chart| chart.header()).unwrap_or_else(|| no_room(trace, style));
        let rows = live.rows(trace);
        (live, header + &rows)
    }

    /// The rows of the steps that the run has taken since.
    pub fn rows(&mut self, trace: &Trace) -> String {
        let from = std::mem::replace(&mut self.drawn, trace.steps.len());
        self.draw(trace, |chart| chart.rows(from)).unwrap_or_default()
    }

    /// What stands below the last row of a run that has ended.
    pub fn footer(mut self, trace: &Trace) -> String {
        self.draw(trace, |chart| chart.footer()).unwrap_or_default()
    }

    fn draw(&mut self, trace: &Trace, draw: impl FnOnce(&mut Chart<'_>) -> String) -> Option<String> {
        let signs = Signs::new(self.style.ascii);
        let mut chart = Chart { trace, style: self.style, signs, layout: self.layout.take()? };
        let drawn = draw(&mut chart);
        self.layout = Some(chart.layout);
        Some(drawn)
    }
}

impl Layout {
    /// Lanes for these nodes; `None` where they do not fit.
    fn new(lanes: Vec<usize>, steps: usize, label: usize, style: &Style) -> Option<Self> {
        let gutter = steps.to_string().len().max(2) + 2;
        let room = style.width.saturating_sub(gutter + 2);
        if lanes.is_empty() || lanes.len() * SPACING.start() > room {
            return None;
        }
        let wanted = label + 5;
        let most = room / lanes.len();
        let with_margin = (room.saturating_sub(MARGIN) / lanes.len()).max(ROOMY);
        // What happens at the only lane stands beside it, with no other lane's room to reach into.
        let widest = if lanes.len() == 1 { 2 * SPACING.end() } else { wanted.min(*SPACING.end()) };
        let spacing = widest.max(*SPACING.start()).min(most).min(with_margin);
        let margin = room.saturating_sub(spacing * lanes.len());
        let margin = if margin >= MARGIN { margin } else { 0 };
        Some(Self { lanes, spacing, gutter, margin, down: BTreeSet::new() })
    }
}

impl Chart<'_> {
    /// The names above the lanes.
    fn header(&self) -> String {
        let mut canvas = self.canvas(false);
        for (position, &node) in self.layout.lanes.iter().enumerate() {
            let name = clip(self.trace.node(node), self.layout.spacing - 1, self.style.ascii);
            let start = self.column(position).saturating_sub(width(&name) / 2);
            canvas.text(start, &name, Paint::Strong);
        }
        format!("{}{}\n", " ".repeat(self.layout.gutter), canvas.render(&self.style).trim_end())
    }

    /// The rows of the steps from a position on.
    fn rows(&mut self, from: usize) -> String {
        let steps = self.trace.steps.iter().enumerate().skip(from);
        steps.map(|(at, step)| self.step(at, step)).collect()
    }

    /// The rows of one step.
    fn step(&mut self, at: usize, step: &Step) -> String {
        if let Event::Reboot { at } = step.event {
            self.layout.down.remove(&at);
        }
        let mut rows = Vec::new();
        self.event_row(&mut rows, step);
        for act in &step.acts {
            match act {
                Act::Add(packet) => rows.push(self.arrow(packet, End::Copied)),
                Act::Lose(packet) => rows.push(self.arrow(packet, End::Lost)),
                Act::Output { at, body, .. } => {
                    rows.push(self.mark(*at, self.signs.output, body, Paint::Good))
                }
                Act::Send(_) | Act::StartTimer(..) | Act::StopTimer(..) => {}
            }
        }
        if let Some(fault) = &step.fault {
            rows.push(self.fault_row(step, fault));
        }
        if let Event::Crash { at } = step.event {
            self.layout.down.insert(at);
        }
        self.join(at, step, rows)
    }

    /// Packets in flight at the end, and what the signs mean.
    fn footer(&self) -> String {
        let mut out = String::new();
        let blank = " ".repeat(self.layout.gutter);
        let mut drawn: Vec<(usize, usize, &str, usize)> = Vec::new();
        for packet in &self.trace.in_flight {
            let like = (packet.src, packet.dst, packet.body.as_str(), packet.sent_in);
            if drawn.contains(&like) {
                continue;
            }
            drawn.push(like);
            let row = self.arrow(packet, End::InFlight).render(&self.style);
            out.push_str(&format!("{blank}{}\n", row.trim_end()));
        }
        if let Some(text) = self.trace.going_on() {
            for line in wrap(&text, self.style.width.saturating_sub(self.layout.gutter)) {
                out.push_str(&format!("{blank}{}\n", self.style.paint(Paint::Doubt, &line)));
            }
        }
        let legend = self.legend();
        if !legend.is_empty() {
            let line = signs(legend.join(" · "), &self.style);
            for line in wrap(&line, self.style.width.saturating_sub(self.layout.gutter)) {
                out.push_str(&format!("{blank}{}\n", self.style.paint(Paint::Faint, &line)));
            }
        }
        out
    }

    fn legend(&self) -> Vec<String> {
        let signs = &self.signs;
        let acts = || self.trace.steps.iter().flat_map(|step| &step.acts);
        let mut out = Vec::new();
        if self.trace.steps.iter().any(|step| matches!(step.event, Event::Deliver(_))) {
            out.push("@n sent in step n".to_owned());
        }
        if acts().any(|act| matches!(act, Act::Lose(_))) {
            out.push(format!("{} lost", signs.lost));
        }
        if acts().any(|act| matches!(act, Act::Add(_))) {
            out.push(format!("{} one copy more", signs.copied));
        }
        if self.trace.steps.iter().any(|step| matches!(step.event, Event::Crash { .. })) {
            out.push(format!("{} crash", signs.crash));
        }
        if !self.trace.in_flight.is_empty() {
            out.push(format!("{} still in flight", signs.dashed));
        }
        if self.layout.lanes.len() < self.trace.nodes.len() {
            out.push(format!("{} nodes take no part", self.trace.nodes.len() - self.layout.lanes.len()));
        }
        out
    }

    fn event_row(&self, rows: &mut Vec<Canvas>, step: &Step) {
        let signs = &self.signs;
        match &step.event {
            Event::Start => {}
            Event::Input { at, body, .. } => rows.push(self.mark(*at, signs.input, body, Paint::Name)),
            Event::Deliver(packet) => rows.push(self.arrow(packet, End::Arrives)),
            Event::Timeout { at, timer } => rows.push(self.mark(*at, signs.timeout, timer, Paint::Doubt)),
            Event::Crash { at } => rows.push(self.mark(*at, signs.crash, &step.rule, Paint::Bad)),
            Event::Reboot { at } => rows.push(self.mark(*at, signs.reboot, &step.rule, Paint::Good)),
            Event::Folded { .. } => {
                let mut canvas = self.canvas(true);
                let text = clip(&self.trace.headline(step), canvas.width(), self.style.ascii);
                canvas.text(0, &text, Paint::Faint);
                rows.push(canvas);
            }
            Event::Quiet if step.acts.is_empty() => {
                let mut canvas = self.canvas(true);
                canvas.text(0, &self.trace.headline(step), Paint::Doubt);
                rows.push(canvas);
            }
            Event::Quiet => {}
        }
    }

    fn fault_row(&self, step: &Step, fault: &str) -> Canvas {
        let at = match &step.event {
            Event::Input { at, .. }
            | Event::Timeout { at, .. }
            | Event::Reboot { at }
            | Event::Crash { at } => *at,
            Event::Deliver(packet) => packet.dst,
            Event::Start | Event::Quiet | Event::Folded { .. } => {
                step.handlers.last().map_or(0, |(at, _)| *at)
            }
        };
        self.mark(at, self.signs.lost, fault, Paint::Bad)
    }

    /// Numbers the first row and puts what changed on the right.
    fn join(&self, at: usize, step: &Step, mut rows: Vec<Canvas>) -> String {
        let number = if self.trace.is_numbered(at) { step.number.to_string() } else { String::new() };
        let changes: Vec<String> = step.changes.iter().map(|change| self.trace.change(change)).collect();
        let shown = if self.layout.margin > 0 { changes.len() } else { 0 };
        while rows.len() < shown.max(usize::from(at > 0)) {
            rows.push(self.canvas(true));
        }
        let mut out = String::new();
        for (i, row) in rows.iter().enumerate() {
            let gutter = if i == 0 {
                format!("{number:>w$}  ", w = self.layout.gutter - 2)
            } else {
                " ".repeat(self.layout.gutter)
            };
            let mut line = format!("{}{}", self.style.paint(Paint::Faint, &gutter), row.render(&self.style));
            if let Some(change) = changes.get(i).filter(|_| self.layout.margin > 0) {
                let change = clip(&signs(change.clone(), &self.style), self.layout.margin, self.style.ascii);
                line.push_str(&format!("  {}", self.style.paint(Paint::Faint, &change)));
            }
            out.push_str(line.trim_end());
            out.push('\n');
        }
        out
    }

    /// A sign on a node's lane, and a text beside it.
    fn mark(&self, node: usize, sign: char, text: &str, paint: Paint) -> Canvas {
        let mut canvas = self.canvas(true);
        let Some(position) = self.position(node) else { return canvas };
        let column = self.column(position);
        canvas.put(column, sign, paint);
        let right = canvas.width().saturating_sub(column + 2);
        if right >= width(text) || right >= column {
            canvas.text(column + 2, &clip(text, right, self.style.ascii), paint);
        } else {
            let text = clip(text, column.saturating_sub(1), self.style.ascii);
            canvas.text(column.saturating_sub(width(&text) + 1), &text, paint);
        }
        canvas
    }

    /// A packet's way, from lane to lane.
    fn arrow(&self, packet: &Packet, end: End) -> Canvas {
        let mut canvas = self.canvas(true);
        let (Some(src), Some(dst)) = (self.position(packet.src), self.position(packet.dst)) else {
            return canvas;
        };
        let label = format!("{} @{}", packet.body, packet.sent_in);
        let (line, paint) = match end {
            End::Arrives => (self.signs.line, Paint::Name),
            End::Copied => (self.signs.line, Paint::Doubt),
            End::Lost => (self.signs.line, Paint::Bad),
            End::InFlight => (self.signs.dashed, Paint::Faint),
        };
        if src == dst {
            let sign = if end == End::Arrives { self.signs.itself } else { self.sign(end, true) };
            return self.mark(packet.src, sign, &label, paint);
        }
        let (from, to) = (self.column(src), self.column(dst));
        let rightward = from < to;
        let (low, high) = if rightward { (from + 1, to - 1) } else { (to + 1, from - 1) };
        canvas.line(low, high, line, paint);
        canvas.put(from, if rightward { self.signs.leave_right } else { self.signs.leave_left }, paint);
        canvas.put(if rightward { high } else { low }, self.sign(end, rightward), paint);
        let room = (high - low).saturating_sub(3);
        if room > 0 {
            let label = if width(&label) > room { &packet.body } else { &label };
            let label = clip(label, room, self.style.ascii);
            let start = low + 1 + (high - low).saturating_sub(width(&label) + usize::from(rightward)) / 2;
            canvas.text(start, &label, paint);
        }
        canvas
    }

    fn sign(&self, end: End, rightward: bool) -> char {
        match end {
            End::Lost => self.signs.lost,
            End::Copied => self.signs.copied,
            End::Arrives | End::InFlight if rightward => self.signs.head_right,
            End::Arrives | End::InFlight => self.signs.head_left,
        }
    }

    /// A row with every lane's line.
    fn canvas(&self, lines: bool) -> Canvas {
        let mut canvas = Canvas::new(self.layout.spacing * self.layout.lanes.len());
        for (position, node) in self.layout.lanes.iter().enumerate().filter(|_| lines) {
            let sign = if self.layout.down.contains(node) { self.signs.down } else { self.signs.lane };
            canvas.put(self.column(position), sign, Paint::Faint);
        }
        canvas
    }

    fn position(&self, node: usize) -> Option<usize> {
        self.layout.lanes.iter().position(|&lane| lane == node)
    }

    fn column(&self, position: usize) -> usize {
        position * self.layout.spacing + self.layout.spacing / 2
    }
}

/// What becomes of a packet.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    Arrives,
    Lost,
    Copied,
    InFlight,
}

/// The nodes that something happens at or that are sent something.
fn taking_part(trace: &Trace) -> Vec<usize> {
    let mut nodes = BTreeSet::new();
    let mut packet = |p: &Packet| nodes.extend([p.src, p.dst]);
    for step in &trace.steps {
        if let Event::Deliver(p) = &step.event {
            packet(p);
        }
        for act in &step.acts {
            if let Act::Send(p) | Act::Add(p) | Act::Lose(p) = act {
                packet(p);
            }
        }
    }
    for step in &trace.steps {
        match &step.event {
            Event::Input { at, .. }
            | Event::Timeout { at, .. }
            | Event::Crash { at }
            | Event::Reboot { at } => {
                nodes.insert(*at);
            }
            _ => {}
        }
        nodes.extend(step.changes.iter().filter_map(|change| change.node));
    }
    nodes.into_iter().collect()
}

/// The columns of the longest text that stands on an arrow, within reason.
fn longest_label(trace: &Trace) -> usize {
    let packets = trace.steps.iter().flat_map(|step| &step.acts).filter_map(|act| match act {
        Act::Send(packet) | Act::Add(packet) | Act::Lose(packet) => Some(width(&packet.body) + 4),
        Act::Output { body, .. } => Some(width(body)),
        Act::StartTimer(..) | Act::StopTimer(..) => None,
    });
    packets.chain(trace.nodes.iter().map(|name| width(name))).max().unwrap_or(0)
}
