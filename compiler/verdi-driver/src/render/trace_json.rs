//! A run as JSON: our own form, which can be replayed, and Apalache's Informal Trace Format.

use crate::trace::{Act, Event, Packet, Step, Trace};
use serde_json::{Value as Json, json};

/// The steps after the start, which is no choice. Each has its `rule` and `args`, by which it can be replayed,
/// and what people are shown.
pub fn steps_json(trace: &Trace) -> Json {
    trace.steps.iter().skip(1).map(|step| step_json(trace, step)).collect()
}

/// The steps of one layer, where a trace is to be shown so: they are there to be read, and cannot be replayed.
pub fn view_json(trace: &Trace) -> Option<Json> {
    trace.view.as_deref().map(steps_json)
}

fn step_json(trace: &Trace, step: &Step) -> Json {
    let mut value = json!({
        "step": step.number,
        "rule": step.rule,
        "args": step.choice,
        "text": trace.headline(step),
        "event": event_name(&step.event),
    });
    match &step.event {
        Event::Input { at, caller, body } => {
            value["node"] = trace.node(*at).into();
            value["body"] = body.clone().into();
            value["caller"] = caller.unwrap_or(0).into();
        }
        Event::Deliver(packet) => {
            value["node"] = trace.node(packet.dst).into();
            value["packet"] = packet_json(trace, packet);
        }
        Event::Timeout { at, timer } => {
            value["node"] = trace.node(*at).into();
            value["timer"] = timer.clone().into();
        }
        Event::Crash { at } | Event::Reboot { at } => value["node"] = trace.node(*at).into(),
        Event::Folded { steps, of } => {
            value["steps"] = (*steps).into();
            value["of"] = of.clone().into();
        }
        Event::Start | Event::Quiet => {}
    }
    value["handlers"] = step
        .handlers
        .iter()
        .map(|(node, handler)| json!({ "node": trace.node(*node), "handler": handler }))
        .collect();
    value["acts"] = step.acts.iter().map(|act| act_json(trace, act)).collect();
    value["changes"] = step
        .changes
        .iter()
        .map(|change| {
            json!({
                "node": change.node.map(|node| trace.node(node)),
                "field": change.path,
                "before": change.before,
                "after": change.after,
            })
        })
        .collect();
    if step.unsent {
        value["unsent"] = true.into();
    }
    if let Some(fault) = &step.fault {
        value["fault"] = fault.clone().into();
    }
    value
}

fn event_name(event: &Event) -> &'static str {
    match event {
        Event::Start => "start",
        Event::Input { .. } => "input",
        Event::Deliver(_) => "deliver",
        Event::Timeout { .. } => "timeout",
        Event::Crash { .. } => "crash",
        Event::Reboot { .. } => "reboot",
        Event::Quiet => "network",
        Event::Folded { .. } => "folded",
    }
}

fn act_json(trace: &Trace, act: &Act) -> Json {
    match act {
        Act::Send(packet) => json!({ "act": "send", "packet": packet_json(trace, packet) }),
        Act::Add(packet) => json!({ "act": "add", "packet": packet_json(trace, packet) }),
        Act::Lose(packet) => json!({ "act": "lose", "packet": packet_json(trace, packet) }),
        Act::Output { at, caller, body } => {
            json!({ "act": "output", "node": trace.node(*at), "caller": caller.unwrap_or(0), "body": body })
        }
        Act::StartTimer(at, timer) => json!({ "act": "start", "node": trace.node(*at), "timer": timer }),
        Act::StopTimer(at, timer) => json!({ "act": "stop", "node": trace.node(*at), "timer": timer }),
    }
}

/// A packet: its number is that of the copy, from the step that sent it on.
pub(super) fn packet_json(trace: &Trace, packet: &Packet) -> Json {
    json!({
        "copy": packet.id,
        "src": trace.node(packet.src),
        "dst": trace.node(packet.dst),
        "body": packet.body,
        "sent_in": packet.sent_in,
    })
}

/// The run in the Informal Trace Format (Apalache's ADR 015): the worlds, each with the step that led to it
/// as the variable `step`.
pub fn trace_itf(trace: &Trace, description: &str) -> Json {
    let mut vars: Vec<Json> = vec!["step".into()];
    vars.extend(trace.vars.iter().map(|var| Json::from(var.as_str())));
    let states: Vec<Json> = trace
        .states
        .iter()
        .zip(&trace.steps)
        .enumerate()
        .map(|(index, (state, step))| {
            let mut value = json!({ "#meta": { "index": index }, "step": trace.headline(step) });
            for var in &trace.vars {
                value[var] = state[var].clone();
            }
            value
        })
        .collect();
    let mut itf = json!({
        "#meta": {
            "format": "ITF",
            "format-description": "https://apalache.informal.systems/docs/adr/015adr-trace.html",
            "description": description,
        },
        "vars": vars,
        "states": states,
    });
    if let Some(back) = trace.back {
        itf["loop"] = back.into();
    }
    itf
}
