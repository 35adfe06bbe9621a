//! Programs made at random: what is accepted must behave as is said of it.

use crate::ample::Ample;
use crate::packets;
use crate::programs::one;
use crate::told_apart::{PLAIN, Text};
use std::sync::Arc;
use verdi_core::Program;
use verdi_core::reduce::{Collapse, collapse};
use verdi_explore::{Answer, Coverage, Go, Options, explore, explore_parts};
use verdi_interp::Interp;
use verdi_machine::{Machine, Prospects, TakenApart};

/// A stream of numbers from a seed: SplitMix64 (Steele, Lea, Flood, 2014).
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((mixed ^ (mixed >> 31)) % end as u64) as usize
    }

    fn of<'a>(&mut self, all: &[&'a str]) -> &'a str {
        all[self.below(all.len())]
    }
}

/// How many programs are made: `GENERATED`, or a few.
fn programs() -> u64 {
    std::env::var("GENERATED").ok().and_then(|many| many.parse().ok()).unwrap_or(120)
}

/// Statements of a handler, in which the clients of `nodes` are at hand.
fn statements(random: &mut Random, nodes: &mut Vec<&'static str>, depth: usize) -> String {
    let many = 1 + random.below(2);
    (0..many).map(|_| statement(random, nodes, depth) + "\n").collect()
}

fn statement(random: &mut Random, nodes: &mut Vec<&'static str>, depth: usize) -> String {
    let (a, b) = (random.of(nodes), random.of(nodes));
    if depth > 0 && random.below(2) == 0 {
        let name = ["x", "y", "z"][nodes.len() - 1];
        let list = random.of(&["Client", "seen", "seen", "Client", "order", "votes.keys()", "[c, c]"]);
        nodes.push(name);
        let body = statements(random, nodes, depth - 1);
        nodes.pop();
        return format!("for {name} in {list} {{\n{body}}}");
    }
    if depth > 0 && random.below(3) == 0 {
        let cond = condition(random, a, b);
        let (yes, no) = (statements(random, nodes, depth - 1), statements(random, nodes, depth - 1));
        return if random.below(2) == 0 {
            format!("if {cond} {{\n{yes}}}")
        } else {
            format!("if {cond} {{\n{yes}}} else {{\n{no}}}")
        };
    }
    match random.below(18) {
        0 => format!("send Tell({a}) to {b}"),
        1 => format!("seen.insert({a})"),
        2 => format!("seen.remove({a})"),
        3 => format!("votes[{a}] := 1"),
        4 => format!("votes[{a}] := votes.get({b}, 0) % 3 + 1"),
        5 => format!("votes.remove({a})"),
        6 => "total := total + 1".into(),
        7 => "total := 0".into(),
        8 => format!("total := max(total, votes.get({a}, 0))"),
        9 => format!("one := Some({a})"),
        10 => "one := None".into(),
        11 => format!("if order.len() < 3 {{ order.push({a}) }}"),
        12 => "return".into(),
        13 => "found := true".into(),
        14 => "start late".into(),
        15 => format!("total := count(w in seen if w != {a})"),
        16 => format!("seen := set[w for w in Client if w == {a} || w in seen]"),
        _ => format!("votes := map[w: if w == {a} {{ 1 }} else {{ 2 }} for w in seen]"),
    }
}

fn condition(random: &mut Random, a: &str, b: &str) -> String {
    match random.below(8) {
        0 => format!("{a} == {b}"),
        1 => format!("{a} in seen"),
        2 => format!("votes.get({a}, 0) > 1"),
        3 => "found".into(),
        4 => "total > 1".into(),
        5 => format!("one == Some({a})"),
        6 => format!("exists w in Client: w != {a} && w in seen"),
        _ => format!("order.first() == Some({a})"),
    }
}

#[test]
fn what_is_accepted_treats_all_alike() {
    let (mut accepted, mut refused, mut rightly) = (0, 0, 0);
    for seed in 0..programs() {
        let mut random = Random(seed);
        let body = statements(&mut random, &mut vec!["c"], 3);
        let handler = format!("var found = false\n{body}");
        let network = random.of(&["async", "sync", "flaky"]);
        let (case, found) = Text { handler: &handler, network, ..PLAIN }.judged();
        let nodes = &case.program.kinds[verdi_core::KindId::from_u32(1)].nodes;
        let apart = || {
            nodes.windows(2).find_map(|pair| crate::renamed::told_apart(&case.program, pair[0], pair[1], 300))
        };
        if found.refused.is_empty() {
            accepted += 1;
            assert_eq!(apart(), None, "seed {seed}: {handler}");
        } else {
            refused += 1;
            rightly += usize::from(apart().is_some());
        }
    }
    println!("{accepted} accepted, {refused} refused, {rightly} of them shown to be told apart");
    assert!(accepted > 20 && rightly > 10);
}

/// A property that speaks of packets.
fn property(random: &mut Random, depth: usize, packets: &mut Vec<&'static str>) -> String {
    let of = |random: &mut Random, packets: &[&'static str]| match packets {
        [] => random.of(&["N[0].x < 2", "N[1].x == 0", "packets.is_empty()", "calm()", "true"]).to_owned(),
        names => {
            let name = random.of(names);
            match random.below(4) {
                0 => format!("{name}.body == A"),
                1 => format!("{name}.dst == N[0]"),
                2 => format!("{name}.dst != {name}.src"),
                _ => random.of(&["N[0].x < 2", "packets.is_empty()", "N[1].x == 0"]).to_owned(),
            }
        }
    };
    if depth == 0 {
        return of(random, packets);
    }
    let mut part = |random: &mut Random| property(random, depth - 1, packets);
    match random.below(10) {
        0 => format!("({} && {})", part(random), part(random)),
        1 => format!("({} || {})", part(random), part(random)),
        2 => format!("({} ==> {})", part(random), part(random)),
        3 => format!("!({})", part(random)),
        4 => format!("(forall n in N: n.x < 2 || {})", part(random)),
        5 => format!("(if {} {{ {} }} else {{ {} }})", part(random), part(random), part(random)),
        kind => {
            let name = ["p", "q", "r", "s"][packets.len().min(3)];
            packets.push(name);
            let inner = property(random, depth - 1, packets);
            packets.pop();
            format!("({} {name} in packets: {inner})", if kind < 9 { "forall" } else { "exists" })
        }
    }
}

#[test]
fn what_passes_as_said_of_all_packets_stays_true() {
    let (mut accepted, mut refused, mut rightly) = (0, 0, 0);
    for seed in 0..programs() {
        let invariant = property(&mut Random(seed), 3, &mut Vec::new());
        let case = packets::case("flaky", "", "", &invariant);
        let stays = packets::stays_true(&case);
        if collapse(&case.program, Collapse::Drops).is_ok() {
            accepted += 1;
            assert!(stays, "seed {seed}: {invariant}");
        } else {
            refused += 1;
            rightly += usize::from(!stays);
        }
    }
    println!("{accepted} accepted, {refused} refused, {rightly} of them shown to become false");
    assert!(accepted > 20 && rightly > 10);
}

/// A system of nodes that send to each other a few times, whose `mode` decides what later becomes of `last`, and a
/// property that sees `last` alone.
fn system(random: &mut Random) -> String {
    let handler = |random: &mut Random, sender: bool| {
        let mut body = String::new();
        for _ in 0..1 + random.below(2) {
            let to =
                random.of(if sender { &["from", "A[0]", "B[0]", "C"] } else { &["A[1]", "B[0]", "C", "C"] });
            let message = random.of(&["One", "Two"]);
            body += &match random.below(6) {
                0 => format!("mode := {}\n", 1 + random.below(2)),
                1 => "mode := 1 - mode\n".into(),
                2 => "last := mode\n".into(),
                3 => format!("last := {}\n", 1 + random.below(2)),
                4 => format!("if done < 1 {{ send {message} to {to} }}\n"),
                _ => format!("if mode == {} && done < 2 {{ send {message} to {to} }}\n", random.below(2)),
            };
        }
        body
    };
    let mut kinds = String::new();
    for kind in ["A[2]", "B[1]", "C"] {
        let [one, two, go] = [true, true, false].map(|sender| handler(random, sender));
        kinds += &format!(
            "node {kind} {{
               input Go
               state done: int = 0
               state mode: int = 0
               state last: int = 0
               on input Go {{ {go} }}
               on message One from from {{ {one}
                 done := done + 1 }}
               on message Two from from {{ {two}
                 done := done + 1 }}
             }}\n"
        );
    }
    let is = |random: &mut Random| {
        let value = random.below(3);
        format!("{}.last == {value}", random.of(&["A[0]", "A[1]", "B[0]", "C"]))
    };
    let (one, other) = (is(random), is(random));
    let network = random.of(&["async", "sync"]);
    format!(
        "system S {{
           message One | Two
           {kinds}
           invariant p: !({one} && {other})
         }}
         check \"it\" S {{
           under {network}
           bound input <= 1 per node
         }}"
    )
}

/// What the fast search finds of a program when steps wait, and in how many worlds.
fn waiting(program: &Program) -> (Vec<bool>, Coverage, u64) {
    let prospects = Prospects::of(program).ok().map(Arc::new);
    let machine = Machine::new(Interp::new(program.clone()));
    let options = Options { count_all: true, prospects, ..Options::default() };
    let outcome = explore_parts(|| TakenApart::new(&machine), &options, &mut |_| Go::On);
    let found = outcome.answers.iter().map(|answer| matches!(answer, Answer::Found(_)));
    (found.collect(), outcome.coverage, outcome.stats.distinct)
}

#[test]
fn steps_are_left_out_without_loss() {
    let (mut compared, mut reduced, mut answered, mut all, mut fewer, mut left) = (0, 0, 0, 0, 0, 0);
    for seed in 0..10 * programs() {
        let text = system(&mut Random(seed));
        let case = one(&text);
        let search = Ample::new(&case.program);
        let (Some(full), Some(part)) = (search.search(false), search.search(true)) else { continue };
        assert_eq!((&full.answers, full.faults), (&part.answers, part.faults), "seed {seed}: {text}");
        let machine = Machine::new(Interp::new(case.program.clone()));
        let options = Options { count_all: true, ..Options::default() };
        let whole = explore(&machine, &options, &mut |_| Go::On);
        let (found, coverage, worlds) = waiting(&case.program);
        let expected: Vec<bool> =
            whole.answers.iter().map(|answer| matches!(answer, Answer::Found(_))).collect();
        assert_eq!((found, coverage), (expected, whole.coverage), "seed {seed}: {text}");
        left += worlds;
        compared += 1;
        answered += full.answers.len();
        reduced += usize::from(part.worlds < full.worlds);
        (all, fewer) = (all + full.worlds, fewer + part.worlds);
    }
    println!(
        "{compared} compared, {answered} answers, {reduced} with fewer worlds: {fewer} of {all}; {left}"
    );
    assert!(compared > 20 && reduced > 5 && answered > 5 && left < all as u64);
}
