//! What may be asked of packets where networks are collapsed, and what stands in the way.

use crate::programs::{Case, one};
use std::collections::{HashSet, VecDeque};
use verdi_core::PropertyId;
use verdi_core::reduce::{Collapse, Why, collapse};
use verdi_interp::Interp;
use verdi_machine::{Fired, Machine, Model};

pub(crate) fn case(network: &str, rules: &str, clauses: &str, invariant: &str) -> Case {
    one(&format!(
        "network rough extends busy {{
           var seen: int = 0
           {rules}
         }}
         network queued {{
           packets: fifo
           rule drop(p in packets) {{ packets.remove(p) }}
           rule input(n in nodes, i in inputs(n)) {{ input i at n }}
           rule deliver(p in packets.heads()) {{ packets.remove(p); deliver p }}
         }}
         system Talk {{
           message A | B
           node N[2] {{
             input Go
             state x: int = 0
             on input Go {{ send A to N[1 - self.index]; send B to self }}
             on message A from n {{ x := x + 1; if x == 1 {{ send B to n }} }}
             on message B {{ x := x * 2 }}
           }}
           fn calm(): bool {{ forall p in packets: p.body == A }}
           fn begins_calm(): bool {{
             for p in packets {{
               if p.body == A {{ return true }}
               if p.body == B {{ return false }}
             }}
             true
           }}
           fn all_calm(): bool {{
             for n in N {{
               for p in packets {{
                 if p.body == B && p.dst == n {{ return false }}
               }}
             }}
             return true
           }}
           fn last_is_calm(): bool {{
             var calm = true
             for p in packets {{ calm := p.body == A }}
             return calm
           }}
           invariant p: {invariant}
         }}
         check \"it\" Talk {{
           under {network}
           bound input <= 2
           {clauses}
         }}"
    ))
}

fn refusals(case: &Case, which: Collapse) -> Vec<Why> {
    let refused = collapse(&case.program, which).map(|collapsed| collapsed.vanished);
    refused.expect_err("something is in the way")
}

/// Whether the property of a case stays true wherever packets are dropped.
pub(crate) fn stays_true(case: &Case) -> bool {
    let machine = Machine::new(Interp::new(case.program.clone()));
    let (rules, property) = (&case.program.network.rules, PropertyId::from_u32(0));
    let first = machine.initial().expect("there is a first world");
    let mut known = HashSet::from([machine.key(&first)]);
    let mut waiting = VecDeque::from([first]);
    while let Some(world) = waiting.pop_front() {
        for choice in machine.choices(&world).enabled {
            let Fired::World(next) = machine.fire(&world, &choice) else { continue };
            let dropped = rules[choice.rule].name == "drop";
            if dropped
                && machine.holds(property, &world) == Ok(true)
                && machine.holds(property, &next) != Ok(true)
            {
                return false;
            }
            if known.len() < 3000 && known.insert(machine.key(&next)) {
                waiting.push_back(next);
            }
        }
    }
    true
}

#[test]
fn what_is_said_of_all_packets_stays_true() {
    for invariant in [
        "forall p in packets: p.body == A",
        "forall n in N, p in packets: p.dst == n ==> n.x < 2",
        "forall p in packets, n in N: p.dst == n ==> n.x < 2",
        "!(exists p in packets: p.body == B && p.src.index == 0)",
        "packets.is_empty() || forall n in N: n.x < 2",
        "forall n in N: n.x == 1 ==> forall p in packets: p.body == A && p.dst == n",
        "forall n in N: (forall p in packets: p.dst != n) || n.x == 0",
        "forall p in packets, q in packets: p.dst == q.dst",
        "forall p in packets: p.body == A && (exists n in N: n.x == 1 && p.dst == n)",
        "calm() || N[0].x == 1",
        "forall p in packets if p.body == B: exists q in N: q == p.src && q.x == 0",
        "forall p in packets: count(n in N if n == p.dst) == 1",
        "if N[0].x == 0 { calm() } else { packets.is_empty() }",
        "match N[0].x { 0 => forall p in packets: p.body == A, _ => true }",
        "packets.is_empty()",
        "N[0].x < 2",
        "all_calm()",
    ] {
        let case = case("flaky", "", "", invariant);
        assert!(
            collapse(&case.program, Collapse::Drops).is_ok(),
            "{invariant}: {:?}",
            refusals(&case, Collapse::Drops)
        );
        assert!(stays_true(&case), "{invariant}");
    }
}

#[test]
fn what_counts_packets_is_refused() {
    for invariant in [
        "packets.len() <= 2",
        "packets.len() != 1",
        "begins_calm()",
        "last_is_calm()",
        "count(p in packets if p.body == B) != 1",
        "exists p in packets: p.body == A",
        "packets.is_empty() ==> N[0].x == 0",
        "N[0].x == 0 || !(forall p in packets: p.body == A)",
        "forall p in packets: exists q in packets: q.dst == p.src",
        "(forall p in packets: p.body == A) == (N[0].x == 0)",
        "if calm() { N[0].x < 2 } else { true }",
        "[p.body for p in packets] != [A]",
        "(exists p in packets: p.body == A) || (forall p in packets: p.body == B)",
        "match packets.is_empty() { true => N[0].x == 0, false => true }",
    ] {
        let case = case("flaky", "", "", invariant);
        let reasons = refusals(&case, Collapse::Drops);
        assert!(
            reasons[0].text.contains("otherwise than to say something of all packets"),
            "{invariant}: {reasons:?}"
        );
    }
}

#[test]
fn what_is_to_be_reached_may_speak_of_some_packet() {
    for (reached, fine) in [
        ("exists p in packets: p.body == B", true),
        ("N[0].x == 1 && !packets.is_empty()", true),
        ("packets.is_empty()", false),
        ("forall p in packets: p.body == B", false),
    ] {
        let case = case("flaky", "", &format!("reaches there: {reached}"), "true");
        assert_eq!(collapse(&case.program, Collapse::Drops).is_ok(), fine, "{reached}");
    }
}

#[test]
fn what_stands_in_the_way_is_named() {
    use Collapse::{Drops, Duplicates};
    for (which, network, rules, clauses, invariant, text, reason) in [
        (Drops, "flaky", "", "bound packets <= 4", "true", "drop", "`bound packets` counts"),
        (Duplicates, "busy", "", "bound depth <= 4", "true", "duplicate", "`bound depth` counts"),
        (Drops, "flaky", "", "constraint packets.len() < 4", "true", "packets", "the constraint reads"),
        (Drops, "flaky", "", "deadlock free", "true", "deadlock free", "can fire"),
        (Drops, "queued", "", "", "true", "drop", "lets the next one through"),
        (Duplicates, "busy", "", "bound duplicate <= 3", "true", "bound duplicate", "`duplicate` is bounded"),
        (
            Duplicates,
            "rough",
            "restrict duplicate(p) when p.dst == p.src",
            "",
            "true",
            "",
            "cannot fire on every packet",
        ),
        (Drops, "rough", "restrict drop(p) when 1 / seen > 0", "", "true", "1 / seen", "may fault"),
        (
            Drops,
            "rough",
            "rule jam() when packets.len() > 2 { seen := 1 }",
            "",
            "true",
            "packets",
            "`jam` sees here",
        ),
        (
            Drops,
            "rough",
            "rule jam(p in [q for q in packets]) { seen := 1 }",
            "",
            "true",
            "packets",
            "`jam` sees here",
        ),
        (
            Duplicates,
            "rough",
            "rule swap(p in packets, n in nodes) { packets.remove(packet(n, p.dst, p.body)) }",
            "",
            "true",
            "packets.remove",
            "may take other packets",
        ),
        (Drops, "flaky", "", "", "forall p in packets: 1 / N[0].x == 1", "1 / N[0].x", "may fault here"),
    ] {
        let case = case(network, rules, clauses, invariant);
        let reasons = refusals(&case, which);
        let [why] = reasons.as_slice() else { panic!("{rules} {clauses}: {reasons:?}") };
        let place = case.text(why.span);
        assert!(place.contains(text) && why.text.contains(reason), "{place:?}: {}", why.text);
    }
    let nothing = case("async", "", "", "true");
    assert_eq!(refusals(&nothing, Drops), [], "there is nothing to leave out");
    assert_eq!(refusals(&case("flaky", "", "", "true"), Duplicates), []);
}
