//! What a counterexample looks like, in every form.

use serde_json::json;
use verdi_diagnostics::render::{Style, width};
use verdi_driver::render::{chart, mermaid, steps_json, svg, trace_itf, trace_text};
use verdi_driver::trace::{Act, Change, Ending, Event, Packet, Step, Trace};

fn packet(id: usize, src: usize, dst: usize, body: &str, sent_in: usize) -> Packet {
    Packet { id, src, dst, body: body.into(), sent_in }
}

fn step(rule: &str, event: Event) -> Step {
    Step {
        number: 0,
        rule: rule.into(),
        args: Vec::new(),
        choice: Vec::new(),
        event,
        handlers: Vec::new(),
        ignored: false,
        unsent: false,
        acts: Vec::new(),
        changes: Vec::new(),
        fault: None,
    }
}

fn change(node: Option<usize>, path: &str, before: &str, after: &str) -> Change {
    Change { node, path: path.into(), before: before.into(), after: after.into() }
}

/// Every kind of step and act, in the lock server.
fn lock_server() -> Trace {
    let input = |at, body: &str, caller| Event::Input { at, caller, body: body.into() };
    let lock = packet(0, 1, 0, "Lock", 1);
    let locked = packet(1, 0, 1, "Locked", 2);
    let copy = packet(2, 0, 1, "Locked", 3);
    let lost = packet(3, 1, 0, "Data(seq: 17, body: Lock, more: [1, 2, 3, 4, 5, 6, 7, 8])", 5);
    let mut steps = vec![step("start", Event::Start)];

    let mut s = step("input", input(1, "Acquire", None));
    s.handlers = vec![(1, "on input Acquire".into())];
    s.acts = vec![Act::Send(lock.clone())];
    s.choice = vec![json!("Client[0]"), json!("Acquire")];
    steps.push(s);

    let mut s = step("deliver", Event::Deliver(lock));
    s.changes = vec![change(Some(0), "queue", "[]", "[Client[0]]")];
    s.acts = vec![Act::Send(locked.clone())];
    steps.push(s);

    let mut s = step("duplicate", Event::Quiet);
    s.acts = vec![Act::Add(copy.clone())];
    steps.push(s);

    let mut s = step("deliver", Event::Deliver(locked));
    s.changes = vec![change(Some(1), "held", "false", "true")];
    s.acts = vec![
        Act::Output { at: 1, caller: None, body: "Acquired".into() },
        Act::StartTimer(1, "lease".into()),
    ];
    steps.push(s);

    let mut s = step("timeout", Event::Timeout { at: 1, timer: "lease".into() });
    s.changes = vec![change(Some(1), "held", "true", "false")];
    s.acts = vec![Act::Send(lost.clone()), Act::StopTimer(1, "lease".into())];
    steps.push(s);

    let mut s = step("drop", Event::Quiet);
    s.acts = vec![Act::Lose(lost)];
    steps.push(s);

    let mut s = step("crash", Event::Crash { at: 2 });
    s.changes = vec![change(None, "down", "set[]", "set[Client[1]]")];
    steps.push(s);

    let mut s = step("cut", Event::Quiet);
    s.args = vec![("a".into(), "Server".into()), ("b".into(), "Client[1]".into())];
    steps.push(s);

    let mut s = step("reboot", Event::Reboot { at: 2 });
    s.changes = vec![change(None, "down", "set[Client[1]]", "set[]")];
    steps.push(s);

    let mut s = step("input", input(2, "Release", Some(1)));
    s.ignored = true;
    steps.push(s);

    let mut s = step("deliver", Event::Deliver(packet(4, 0, 0, "Note(\"<&;#\")", 2)));
    s.fault = Some("an index out of range in `queue[3]`".into());
    steps.push(s);

    steps.iter_mut().enumerate().for_each(|(number, step)| step.number = number);
    let states = (0..steps.len() - 1).map(|i| json!({ "Server": { "queue": [i] }, "packets": [] })).collect();
    Trace {
        nodes: vec!["Server".into(), "Client[0]".into(), "Client[1]".into()],
        steps,
        in_flight: vec![copy.clone(), copy],
        ending: Ending {
            headline: "mutual_exclusion fails".into(),
            details: vec!["a = Client[0], b = Client[1]".into(), "a.held = true, b.held = true".into()],
        },
        back: None,
        vars: vec!["Server".into(), "packets".into()],
        states,
        view: None,
    }
}

fn at_width(width: usize) -> Style {
    Style { width, ..Style::PLAIN }
}

#[test]
fn text_at_every_width() {
    let trace = lock_server();
    for columns in [40, 60, 80, 100] {
        let text = trace_text(&trace, &at_width(columns));
        insta::assert_snapshot!(format!("text_{columns}"), text);
        for line in text.lines() {
            assert!(width(line) <= columns, "{} > {columns}: {line}", width(line));
        }
    }
}

#[test]
fn chart_at_every_width() {
    let trace = lock_server();
    for columns in [40, 60, 80, 100] {
        let text = chart(&trace, &at_width(columns));
        insta::assert_snapshot!(format!("chart_{columns}"), text);
        for line in text.lines() {
            assert!(width(line) <= columns, "{} > {columns}: {line}", width(line));
        }
    }
}

#[test]
fn ascii_is_ascii() {
    let trace = lock_server();
    let style = Style { ascii: true, width: 80, color: false };
    let both = trace_text(&trace, &style) + &chart(&trace, &style);
    assert!(both.is_ascii(), "{both}");
    insta::assert_snapshot!(both);
}

#[test]
fn colours_change_nothing_but_colours() {
    let trace = lock_server();
    for draw in [trace_text, chart] {
        let plain = draw(&trace, &Style::PLAIN);
        let mut colored = draw(&trace, &Style { color: true, ..Style::PLAIN });
        assert!(colored.contains("\x1b["));
        while let Some(start) = colored.find("\x1b[") {
            let end = start + colored[start..].find('m').unwrap();
            colored.replace_range(start..=end, "");
        }
        let trim = |text: &str| text.lines().map(|line| line.trim_end().to_owned()).collect::<Vec<_>>();
        assert_eq!(trim(&colored), trim(&plain));
    }
}

#[test]
fn many_nodes_are_left_out_or_refused() {
    let mut trace = lock_server();
    trace.nodes.extend((3..30).map(|i| format!("Client[{i}]")));
    let text = chart(&trace, &Style::PLAIN);
    assert!(text.contains("27 nodes take no"), "{text}");
    assert!(chart(&trace, &at_width(12)).contains("too many"));
}

#[test]
fn diagrams_for_other_tools() {
    let trace = lock_server();
    insta::assert_snapshot!("mermaid", mermaid(&trace));
    insta::assert_snapshot!("steps", serde_json::to_string_pretty(&steps_json(&trace)).unwrap());
    insta::assert_snapshot!("itf", serde_json::to_string_pretty(&trace_itf(&trace, "lock server")).unwrap());
}

#[test]
fn svg_is_well_formed_whatever_the_text() {
    let mut trace = lock_server();
    trace.nodes[1] = "</text><script>\u{1}".into();
    trace.steps[1].rule = "a & b".into();
    let text = svg(&trace, "\"locks\" <& more>");
    let document = roxmltree::Document::parse(&text).unwrap();
    assert_eq!(document.root_element().tag_name().name(), "svg");
    assert!(document.descendants().all(|node| node.tag_name().name() != "script"));
    let paths = document.descendants().filter(|node| node.tag_name().name() == "path").count();
    assert!(paths > 5, "{paths}");
    insta::assert_snapshot!("svg", svg(&lock_server(), "lock server"));
}

#[test]
fn an_empty_trace_is_no_problem() {
    let trace = Trace::default();
    for columns in [0, 1, 40] {
        trace_text(&trace, &at_width(columns));
        chart(&trace, &at_width(columns));
        chart(&lock_server(), &at_width(columns));
        trace_text(&lock_server(), &at_width(columns));
    }
    roxmltree::Document::parse(&svg(&trace, "")).unwrap();
    mermaid(&trace);
}
