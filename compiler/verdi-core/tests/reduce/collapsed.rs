//! Collapsed networks show the same, in fewer worlds.

use crate::programs::{Case, example, repository};
use crate::worlds::{Nodes, all_nodes, replays, verdicts};
use std::collections::BTreeSet;
use verdi_core::reduce::{Collapse, Collapsed, Replay, collapse};
use verdi_core::{Program, verify};
use verdi_machine::Choice;

/// The most worlds that are looked at.
const WORLDS: usize = 10_000;

fn collapsed(case: &Case, which: Collapse) -> Option<Collapsed> {
    let collapsed = collapse(&case.program, which).ok()?;
    assert_eq!(verify(&collapsed.program), Ok(()), "{}", case.title);
    Some(collapsed)
}

/// A run of a collapsed program as one of the program that it came from.
fn replayed(replay: &Replay, run: &[Choice]) -> Vec<Choice> {
    let Replay::CopyFirst { copy, rules } = replay else { return run.to_vec() };
    let mut whole = Vec::new();
    for choice in run {
        let taken = rules.iter().filter(|(rule, _)| *rule == choice.rule).flat_map(|(_, binders)| binders);
        whole.extend(taken.map(|at| Choice { rule: *copy, args: vec![choice.args[*at].clone()] }));
        whole.push(choice.clone());
    }
    whole
}

/// Whether a collapsed program answers as another does, with runs of `original`.
fn assert_same_answers(title: &str, original: &Program, searched: &Program, collapsed: &Collapsed) -> usize {
    let before = verdicts(searched, WORLDS as u64 + 1);
    let after = verdicts(&collapsed.program, WORLDS as u64 + 1);
    let mut found = 0;
    for (at, (before, after)) in before.iter().zip(&after).enumerate() {
        assert_eq!(before.found, after.found, "{title}: {}", after.name);
        if after.found {
            found += 1;
            let run = replayed(&collapsed.replay, &after.run);
            assert!(replays(original, at, &run), "{title}: {} by {run:?}", after.name);
        }
    }
    found
}

#[test]
fn without_drops_the_same_is_found() {
    let (mut compared, mut found, mut worlds, mut left) = (0, 0, 0, 0);
    let names = [
        "lock_server",
        "lock_server_bug",
        "two_phase_commit",
        "two_phase_commit_bug",
        "ping_pong",
        "alternating_bit_bug",
        "ring_election",
        "counter_backup_bug",
        "paxos_bug",
        "abd_register_bug",
    ];
    let mut cases = repository();
    for name in names {
        cases.extend(example(name, "flaky", &[]));
        cases.extend(example(name, "busy", &[("drop", 1), ("duplicate", 1)]));
    }
    for case in cases {
        let Some(collapsed) = collapsed(&case, Collapse::Drops) else { continue };
        let Some((before, many)) = all_nodes(&case.program, WORLDS) else { continue };
        let (after, fewer) = all_nodes(&collapsed.program, WORLDS).expect("there are fewer worlds");
        assert_eq!(before, after, "{}", case.title);
        assert!(fewer <= many, "{}", case.title);
        compared += 1;
        (worlds, left) = (worlds + many, left + fewer);
        found += assert_same_answers(&case.title, &case.program, &case.program, &collapsed);
    }
    println!("{compared} checks compared, {found} answers found, {worlds} worlds became {left}");
    assert!(compared >= 12 && found >= 6 && left < worlds, "{compared} {found} {worlds} {left}");
}

/// A bag with copies of every packet has no end, so it is cut at so many packets: what nodes know is within what
/// they know in the collapsed network, and with enough packets the same.
#[test]
fn a_set_shows_what_a_bag_with_copies_shows() {
    let (mut compared, mut found, mut worlds, mut left) = (0, 0, 0, 0);
    for (name, inputs) in [
        ("two_phase_commit", 1),
        ("two_phase_commit_bug", 1),
        ("abd_register_bug", 1),
        ("ping_pong", 1),
        ("ping_pong_bug", 1),
        ("paxos", 1),
        ("paxos_bug", 2),
        ("partition", 1),
        ("token_ring", 1),
        ("token_ring_bug", 1),
        ("ring_election", 2),
        ("ring_election_bug", 2),
    ] {
        for case in example(name, "busy", &[("input", inputs), ("timeout", 1)]) {
            let Some(collapsed) = collapsed(&case, Collapse::Duplicates) else { continue };
            let Some((after, fewer)) = all_nodes(&collapsed.program, WORLDS) else { continue };
            let Some((cut, many)) = cut_where_nothing_is_new(&case, &after) else {
                panic!("{}: no number of packets shows all", case.title);
            };
            compared += 1;
            (worlds, left) = (worlds + many, left + fewer);
            found += assert_same_answers(&case.title, &case.program, &cut, &collapsed);
        }
    }
    println!("{compared} checks compared, {found} answers found, {worlds} worlds became {left}");
    assert!(compared >= 15 && found >= 10 && left < worlds, "{compared} {found} {worlds} {left}");
}

/// A program held to so many packets that its nodes know all they know in `after`, and its worlds.
fn cut_where_nothing_is_new(case: &Case, after: &BTreeSet<Nodes>) -> Option<(Program, usize)> {
    let mut cut = case.program.clone();
    for packets in 1.. {
        cut.packets_max = Some(packets);
        let (before, many) = all_nodes(&cut, WORLDS)?;
        assert!(before.is_subset(after), "{}", case.title);
        if before == *after {
            return Some((cut, many));
        }
    }
    None
}
