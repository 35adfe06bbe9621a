//! What handlers are said to do, held against what they do.

use crate::ample::relay;
use crate::programs::{one, repository};
use std::collections::{BTreeSet, HashSet, VecDeque};
use verdi_core::reduce::{Cause, Independence, Pending, independence};
use verdi_core::{FieldId, KindId, NodeId, Program, PropertyId, PropertyKind};
use verdi_interp::Interp;
use verdi_machine::{Effect, Event, Machine, Model, Ran, World};

pub(crate) fn kind(program: &Program, node: u32) -> KindId {
    program.nodes[NodeId::from_u32(node)].kind
}

pub(crate) fn cause(program: &Program, event: &Event) -> Cause {
    match event {
        Event::Start => Cause::Start,
        Event::Input { body, .. } => Cause::Input(body.tag()),
        Event::Message { src, body } => Cause::Message(body.tag(), kind(program, *src)),
        Event::Timeout(timer) => Cause::Timeout(*timer),
        Event::Crash => Cause::Crash,
        Event::Reboot => Cause::Reboot,
    }
}

/// What of an event was not said beforehand.
fn unsaid(
    program: &Program,
    found: &Independence,
    ran: &Ran,
    before: &World,
    after: &World,
) -> Option<String> {
    let (at, cause) = (kind(program, ran.node), cause(program, &ran.event));
    let Some(handling) = found.handlings.get(&(at, cause)) else { return Some(format!("{cause:?} at {at}")) };
    let (was, is) = (before.node(ran.node), after.node(ran.node));
    for field in (0..program.kinds[at].fields.len() as u32).map(FieldId::from_u32) {
        if was.field(field) != is.field(field) && !handling.writes.contains(&field) {
            return Some(format!("{cause:?} at {at} writes {field}"));
        }
    }
    for timer in is.armed().iter().filter(|timer| !was.armed().contains(timer)) {
        if !handling.starts.contains(timer) {
            return Some(format!("{cause:?} at {at} starts {timer}"));
        }
    }
    for effect in &ran.effects {
        let said = match effect {
            Effect::Send { to, body } => handling.sends.get(&body.tag()).is_some_and(|whom| {
                let sender = matches!(&ran.event, Event::Message { src, .. } if src == to && whom.sender);
                sender || whom.itself && *to == ran.node || whom.kinds.contains(&kind(program, *to))
            }),
            Effect::Output { .. } => handling.outputs,
            Effect::StartTimer(timer) => handling.starts.contains(timer),
            Effect::StopTimer(_) => handling.stops,
        };
        if !said {
            return Some(format!("{cause:?} at {at}: {effect:?}"));
        }
    }
    None
}

fn answers(machine: &Machine<Interp>, world: &World) -> Vec<Option<bool>> {
    let kinds = machine.properties().into_iter().enumerate();
    let asked = kinds.filter(|(_, kind)| matches!(kind, PropertyKind::Invariant | PropertyKind::Reach));
    asked.map(|(at, _)| machine.holds(PropertyId::from_u32(at as u32), world).ok()).collect()
}

#[test]
fn handlers_do_no_more_than_is_said() {
    let (mut steps, mut invisible) = (0, 0);
    for case in repository() {
        let (program, found) = (&case.program, independence(&case.program));
        let machine = Machine::new(Interp::new(program.clone()));
        let Ok(first) = machine.initial() else { continue };
        let mut known = HashSet::from([machine.key(&first)]);
        let mut waiting = VecDeque::from([first]);
        while let Some(world) = waiting.pop_front() {
            for choice in machine.choices(&world).enabled {
                let step = machine.step(&world, &choice);
                let Ok(after) = step.after else { continue };
                steps += 1;
                for ran in &step.ran {
                    assert_eq!(unsaid(program, &found, ran, &world, &after), None, "{}", case.title);
                }
                let handled = step.ran.iter().all(|ran| {
                    let at = (kind(program, ran.node), cause(program, &ran.event));
                    found.handlings[&at].invisible
                });
                if handled && found.rules[choice.rule].invisible {
                    invisible += 1;
                    assert_eq!(answers(&machine, &world), answers(&machine, &after), "{}", case.title);
                }
                if known.len() < 300 && known.insert(machine.key(&after)) {
                    waiting.push_back(after);
                }
            }
        }
    }
    println!("{steps} steps, {invisible} that nobody can see");
    assert!(steps > 10_000 && invisible > 1000);
}

#[test]
fn tables_say_who_sends_what_to_whom() {
    let case = relay(2, "async", "", "forall h in Hub: h.heard < 3");
    let found = independence(&case.program);
    let named = |name: &str| {
        let mut kinds = case.program.kinds.iter();
        kinds.find(|(_, kind)| kind.name == name).map(|(id, _)| id).expect("a kind")
    };
    let (source, friend, hub) = (named("Source"), named("Friend"), named("Hub"));
    assert_eq!(found.senders(hub), BTreeSet::from([friend]));
    assert_eq!(found.senders(source), BTreeSet::new());
    let word = &found.handlings[&(friend, Cause::Message(0, source))];
    assert_eq!(word.writes.len(), 1);
    assert_eq!(word.sends.keys().copied().collect::<Vec<_>>(), [1]);
    assert!(word.invisible && !found.handlings[&(hub, Cause::Message(1, friend))].invisible);
    assert!(!found.handlings.contains_key(&(source, Cause::Message(0, friend))), "nobody sends to a source");
    let input = |node| Pending { node, cause: Cause::Input(0), sender: None };
    let target = case.program.kinds[hub].nodes[0].as_u32();
    assert!(found.reaches([input(0)], target));
    assert!(!found.reaches([input(0)], 1), "no source hears of another");
    assert!(!found.reaches([input(1)], 1), "what is pending at the node itself does not count");
    let echo = Pending { node: target, cause: Cause::Message(1, friend), sender: Some(2) };
    assert!(!found.reaches([echo], 3));
    assert!(found.obstacles.is_empty(), "{:?}", found.obstacles);
}

#[test]
fn what_makes_reduction_wrong_is_named() {
    for (network, clauses, invariant, reason) in [
        ("async", "bound packets <= 3", "true", "`bound packets`"),
        ("async", "bound depth <= 3", "true", "`bound depth`"),
        ("async", "constraint forall n in N: n.x < 2", "true", "the constraint keeps"),
        ("async", "", "packets.len() < 9", "reads the packets"),
        ("async", "", "forall e in trace: e is Event.Input(..)", "reads the history"),
        ("flood", "", "true", "has not drawn"),
        ("wide", "", "true", "sees more of the world"),
        ("far", "", "true", "does not act on one node"),
        ("lossy", "", "true", "the order of steps counts"),
        ("crowd", "", "true", "the order of steps counts"),
    ] {
        let case = one(&format!(
            "network flood extends async {{ rule forge(p in packets) {{ packets.add(packet(p.dst, p.src, p.body)) }} }}
             network wide extends async {{ rule jam(n in nodes) when packets.is_empty() {{ timeout t at n }} }}
             network far extends async {{ rule pass(p in packets, q in packets) {{ packets.remove(p); packets.remove(q) }} }}
             network lossy {{
               packets: set
               rule input(n in nodes, i in inputs(n)) {{ input i at n }}
               rule deliver(p in packets) {{ packets.remove(p); deliver p }}
             }}
             network crowd extends sync {{ rule again(p in packets) {{ packets.add(p) }} }}
             system S {{
               message A
               node N[2] {{
                 input Go
                 state x: int = 0
                 on input Go {{ send A to N[1] }}
                 on message A {{ x := x + 1 }}
               }}
               invariant p: {invariant}
             }}
             check \"it\" S {{
               under {network}
               bound input <= 1
               {clauses}
             }}"
        ).replace("rule jam(n in nodes) when packets.is_empty() { timeout t at n }", "rule jam(n in nodes) when packets.is_empty() { crash n }"));
        let found = independence(&case.program);
        let texts: Vec<&str> = found.obstacles.iter().map(|why| why.text.as_str()).collect();
        assert!(texts.len() == 1 && texts[0].contains(reason), "{network}: {texts:?}");
    }
}
