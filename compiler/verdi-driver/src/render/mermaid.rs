//! A run as a Mermaid `sequenceDiagram`.

use crate::trace::{Act, Event, Step, Trace};
use std::fmt::Write;

/// The diagram, ready to stand in a Markdown code block.
pub fn mermaid(trace: &Trace) -> String {
    let trace = &*trace.seen();
    let mut out = String::from("sequenceDiagram\n  autonumber\n");
    let outside = trace.steps.iter().any(|step| {
        matches!(step.event, Event::Input { .. })
            || step.acts.iter().any(|act| matches!(act, Act::Output { .. }))
    });
    if outside {
        out.push_str("  actor outside as clients\n");
    }
    for (node, name) in trace.nodes.iter().enumerate() {
        let _ = writeln!(out, "  participant n{node} as {}", escape(name));
    }
    for (at, step) in trace.steps.iter().enumerate() {
        if trace.again_from() == Some(at) {
            out.push_str("  loop again and again\n");
        }
        event(&mut out, trace, step);
        acts(&mut out, trace, step);
        for change in &step.changes {
            let over = change.node.map_or_else(|| over_all(trace), |node| format!("over n{node}"));
            let (path, before, after) = (escape(&change.path), escape(&change.before), escape(&change.after));
            let _ = writeln!(out, "  Note {over}: {path}: {before} → {after}");
        }
        if let Some(fault) = &step.fault {
            let _ = writeln!(out, "  Note {}: fault: {}", over_all(trace), escape(fault));
        }
    }
    match (trace.back, trace.again_from()) {
        (_, Some(_)) => out.push_str("  end\n"),
        (Some(_), None) => {
            let _ = writeln!(out, "  Note {}: {}", over_all(trace), trace.going_on().unwrap_or_default());
        }
        (None, None) => {}
    }
    for packet in &trace.in_flight {
        let _ =
            writeln!(out, "  n{}--)n{}: {} (still in flight)", packet.src, packet.dst, escape(&packet.body));
    }
    if !trace.ending.headline.is_empty() {
        let _ = writeln!(out, "  Note {}: {}", over_all(trace), escape(&trace.ending.headline));
    }
    out
}

fn over_all(trace: &Trace) -> String {
    match trace.nodes.len() {
        0 | 1 => "over n0".to_owned(),
        n => format!("over n0,n{}", n - 1),
    }
}

fn event(out: &mut String, trace: &Trace, step: &Step) {
    let _ = match &step.event {
        Event::Start => Ok(()),
        Event::Input { at, body, .. } => writeln!(out, "  outside->>n{at}: {}", escape(body)),
        Event::Deliver(p) => writeln!(out, "  n{}->>n{}: {}", p.src, p.dst, escape(&p.body)),
        Event::Timeout { at, timer } => writeln!(out, "  Note over n{at}: {} fires", escape(timer)),
        Event::Crash { at } => writeln!(out, "  Note over n{at}: ⚡ {}", escape(&step.rule)),
        Event::Reboot { at } => writeln!(out, "  Note over n{at}: ↻ {}", escape(&step.rule)),
        Event::Folded { .. } => {
            writeln!(out, "  Note {}: {}", over_all(trace), escape(&trace.headline(step)))
        }
        Event::Quiet if step.acts.is_empty() => {
            writeln!(out, "  Note {}: {}", over_all(trace), escape(&trace.headline(step)))
        }
        Event::Quiet => Ok(()),
    };
}

fn acts(out: &mut String, _trace: &Trace, step: &Step) {
    for act in &step.acts {
        let _ = match act {
            Act::Lose(p) => writeln!(out, "  n{}-xn{}: {} (lost)", p.src, p.dst, escape(&p.body)),
            Act::Add(p) => writeln!(out, "  n{}--)n{}: {} (one copy more)", p.src, p.dst, escape(&p.body)),
            Act::Output { at, body, .. } => writeln!(out, "  n{at}-->>outside: {}", escape(body)),
            Act::Send(_) | Act::StartTimer(..) | Act::StopTimer(..) => Ok(()),
        };
    }
}

/// Mermaid ends a statement at `;` and a line break, and begins an entity at `#`.
fn escape(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            ';' | '#' | '<' | '>' | '&' | '%' | '{' | '}' | '"' => {
                let _ = write!(out, "#{};", u32::from(c));
            }
            ':' => out.push_str("#58;"),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    // A participant or a note that is called `end` would end a block.
    if out.trim().eq_ignore_ascii_case("end") { format!("{out}#8203;") } else { out }
}
