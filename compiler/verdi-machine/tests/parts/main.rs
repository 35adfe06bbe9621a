//! A model taken apart against the machine it was taken from, on every program that there is.

#![expect(clippy::expect_used, reason = "a test that cannot go on fails")]

mod models;
mod naive;
mod renamed;
mod walk;

use models::{models, programs};
use verdi_interp::Interp;
use verdi_machine::{BadSave, Machine, Parts, TakenApart};
use walk::Walk;

/// Holds the parts of every check of a folder's programs against its machine. Answers with how many checks and worlds.
fn hold_folder(folder: &str, most: usize) -> (usize, usize) {
    let (mut checks, mut worlds) = (0, 0);
    for path in programs(folder) {
        for (title, program) in models(&path) {
            let machine = Machine::new(Interp::new(program));
            worlds += Walk::new(&machine, format!("{}: {title}", path.display())).visit(most);
            checks += 1;
        }
    }
    (checks, worlds)
}

/// As many worlds of each check as are visited.
const WORLDS_MAX: usize = 3_000;

#[test]
fn parts_do_as_the_machine_does_on_the_examples() {
    let (checks, worlds) = hold_folder("examples", WORLDS_MAX);
    assert!(checks >= 40 && worlds >= 30_000, "{checks} checks, {worlds} worlds");
}

#[test]
fn parts_do_as_the_machine_does_on_the_language() {
    let (checks, worlds) = hold_folder("tests/suite/lang", WORLDS_MAX);
    assert!(checks >= 40 && worlds >= 700, "{checks} checks, {worlds} worlds");
}

#[test]
fn parts_do_as_the_machine_does_on_networks() {
    let (checks, worlds) = hold_folder("tests/suite/net", WORLDS_MAX);
    assert!(checks >= 40 && worlds >= 3_000, "{checks} checks, {worlds} worlds");
}

#[test]
fn parts_do_as_the_machine_does_on_the_models_of_other_tools() {
    let (checks, worlds) = hold_folder("tests/suite/peers", WORLDS_MAX);
    assert!(checks >= 4 && worlds >= 5_000, "{checks} checks, {worlds} worlds");
}

#[test]
fn no_example_has_a_world_rule() {
    for path in programs("examples") {
        for (title, program) in models(&path) {
            let machine = Machine::new(Interp::new(program));
            let parts = TakenApart::new(&machine);
            assert!(!parts.shape().has_world_rules, "{}: {title}", path.display());
        }
    }
}

/// A renaming that exchanges the first two nodes of a kind that has two.
fn exchange(parts: &impl Parts) -> Option<Vec<u32>> {
    let kinds = &parts.shape().kinds;
    let first = kinds.windows(2).position(|pair| pair[0] == pair[1])?;
    let mut renaming: Vec<u32> = (0..kinds.len() as u32).collect();
    renaming.swap(first, first + 1);
    Some(renaming)
}

#[test]
fn renaming_twice_changes_nothing() {
    let mut held = 0;
    for path in ["examples", "tests/suite/net", "tests/suite/lang"].into_iter().flat_map(programs) {
        for (title, program) in models(&path) {
            let machine = Machine::new(Interp::new(program));
            let mut walk = Walk::new(&machine, format!("{}: {title}", path.display()));
            let Some(renaming) = exchange(&walk.parts) else { continue };
            held += walk.renamed(&renaming, 300, false);
        }
    }
    assert!(held >= 2_000, "only {held} worlds became others");
}

#[test]
fn what_follows_a_renamed_world_is_what_follows_it_renamed() {
    let mut held = 0;
    // Their nodes of a kind do the same, and have the same inputs.
    for name in ["lock_server", "lock_server_bug", "two_phase_commit", "two_phase_commit_bug"] {
        let path =
            programs("examples").into_iter().find(|path| path.file_stem().is_some_and(|stem| stem == name));
        let path = path.expect("the example is there");
        for (title, program) in models(&path) {
            let machine = Machine::new(Interp::new(program));
            let mut walk = Walk::new(&machine, format!("{}: {title}", path.display()));
            let Some(renaming) = exchange(&walk.parts) else { continue };
            held += walk.renamed(&renaming, 300, true);
        }
    }
    assert!(held >= 1_000, "only {held} worlds became others");
}

#[test]
fn saved_parts_come_back_with_the_same_ids() {
    let mut saved = 0;
    for path in ["examples", "tests/suite/net", "tests/suite/lang"].into_iter().flat_map(programs) {
        for (title, program) in models(&path) {
            let machine = Machine::new(Interp::new(program));
            let place = format!("{}: {title}", path.display());
            let mut walk = Walk::new(&machine, place.clone());
            walk.visit(300);
            let bytes = walk.parts.save();
            let loaded = TakenApart::load(&machine, &bytes).unwrap_or_else(|why| panic!("{place}: {why}"));
            assert_eq!(loaded.save(), bytes, "{place}");
            walk.compare_with(&loaded, 300);
            assert_eq!(walk.parts.save(), bytes, "{place}: nothing new was met");
            saved += bytes.len();
        }
    }
    assert!(saved > 40_000, "only {saved} bytes");
}

#[test]
fn damaged_or_foreign_saves_are_refused() {
    let paths = programs("examples");
    let find = |name: &str| paths.iter().find(|path| path.ends_with(name)).expect("the example is there");
    let [lock, ring] = ["lock_server.verdi", "ring_election.verdi"].map(|name| {
        let (_, program) = models(find(name)).swap_remove(0);
        Machine::new(Interp::new(program))
    });
    let mut walk = Walk::new(&lock, "lock server".into());
    walk.visit(20);
    let bytes = walk.parts.save();
    assert_eq!(TakenApart::load(&ring, &bytes).err(), Some(BadSave::OtherProgram));
    for at in 0..bytes.len() {
        assert_eq!(TakenApart::load(&lock, &bytes[..at]).err(), Some(BadSave::Damaged), "cut at {at}");
        let mut wrong = bytes.clone();
        wrong[at] ^= 1;
        assert_eq!(TakenApart::load(&lock, &wrong).err(), Some(BadSave::Damaged), "changed at {at}");
    }
}

/// The machine of a check.
fn check(folder: &str, file: &str, title: &str) -> Machine<Interp> {
    let path = programs(folder).into_iter().find(|path| path.ends_with(file)).expect("the program is there");
    let (_, program) = models(&path).into_iter().find(|(name, _)| name == title).expect("the check is there");
    Machine::new(Interp::new(program))
}

#[test]
fn a_question_reads_the_nodes_that_it_asks_of() {
    let machine =
        check("examples", "lock_server.verdi", "the lock server is safe when packets are only reordered");
    let parts = TakenApart::new(&machine);
    let names = parts.shape().questions.iter().map(|question| {
        let property = question.property.expect("there is no constraint");
        (machine.program().properties[property].name.to_string(), question.nodes.clone())
    });
    let expected = [
        ("mutual_exclusion", vec![1, 2, 3]),
        ("holder_is_first", vec![0, 1, 2, 3]),
        ("contention", vec![0]),
        ("second_turn", vec![0, 1, 2, 3]),
    ];
    let names: Vec<_> = names.collect();
    for (name, nodes) in expected {
        let known = names.iter().find(|(known, _)| known == name);
        assert_eq!(known, Some(&(name.to_owned(), nodes)), "{names:?}");
    }
    let nothing_else = |q: &verdi_machine::Question| !q.vars && !q.packets && !q.trace;
    assert!(parts.shape().questions.iter().all(nothing_else));
}

#[test]
fn only_rules_that_draw_two_packets_are_world_rules() {
    let machine = check("tests/suite/net", "own_faults.verdi", "a window of faults");
    let walk = Walk::new(&machine, "own faults".into());
    let mut names: Vec<&str> = walk
        .world_rules(500)
        .into_iter()
        .map(|id| machine.program().network.rules[id].name.as_str())
        .collect();
    names.dedup();
    assert_eq!(names, ["swap", "corrupt"]);
}

#[test]
fn threads_may_ask_at_once() {
    let mut worlds = 0;
    for path in programs("examples") {
        let (title, program) = models(&path).swap_remove(0);
        let machine = Machine::new(Interp::new(program));
        let walk = Walk::new(&machine, format!("{}: {title}", path.display()));
        let reached = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..4).map(|_| scope.spawn(|| walk.reached(300))).collect();
            threads.into_iter().map(|thread| thread.join().expect("it ends")).collect::<Vec<_>>()
        });
        assert!(reached.iter().all(|found| *found == reached[0]), "{}", walk.place);
        worlds += reached[0].len();
    }
    assert!(worlds > 1_000, "only {worlds} worlds");
}
