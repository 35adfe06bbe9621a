//! A search that ends early and goes on later ends as if it had never ended.

#![expect(clippy::expect_used, reason = "what is not as expected fails the test")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use verdi_core::{PacketStore, Program};
use verdi_explore::{
    Checkpoints, Coverage, Cut, Go, Marks, Options, Outcome, Refused, Stats, digest, explore_parts,
    explore_saved,
};
use verdi_interp::Interp;
use verdi_machine::{Machine, TakenApart};
use verdi_tests::{models, programs, root, shown};

/// A file for one test alone.
fn place(name: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}.checkpoint"))
}

fn marks(machine: &Machine<Interp>) -> Marks {
    vec![("program".into(), digest(&machine.program().to_string()))]
}

fn explore_with(machine: &Machine<Interp>, options: &Options, saves: &mut Checkpoints) -> Outcome {
    let load = |ids: &[u8]| TakenApart::load(machine, ids);
    let outcome = explore_saved(|| TakenApart::new(machine), load, options, saves, &mut |_| Go::On);
    assert!(saves.failure().is_none(), "{:?}", saves.failure());
    outcome.expect("the checkpoint is of this search")
}

/// An outcome without what may differ from run to run.
fn timeless(outcome: &Outcome) -> String {
    let Stats { distinct, transitions, levels, .. } = outcome.stats;
    let found = (&outcome.answers, &outcome.undecided, &outcome.fault, &outcome.coverage);
    format!("{distinct} {transitions} {levels} {found:?}")
}

/// The kind of space that a checkpoint without marks is of.
fn kind(file: &Path) -> u64 {
    let bytes = fs::read(file).expect("there is a checkpoint");
    let marks = u64::from_le_bytes(bytes[16..24].try_into().expect("a word has eight bytes"));
    assert_eq!(marks, 0);
    u64::from_le_bytes(bytes[24..32].try_into().expect("a word has eight bytes"))
}

/// Ends a search at several numbers of worlds and goes on with it. Answers with the kinds of space that were met.
fn hold(what: &str, machine: &Machine<Interp>, most: u64, parts: u64, file: &Path) -> Vec<u64> {
    let mut kinds = Vec::new();
    // Where nodes are interchangeable, be it one with itself, worlds are not packed.
    for (count_all, symmetric) in [(false, vec![]), (true, vec![]), (true, vec![vec![0]])] {
        let options = |workers| {
            let symmetric = symmetric.clone();
            Options { count_all, workers, symmetric, ..Options::default() }
        };
        let limited = Options { worlds_max: Some(most), ..options(1) };
        let whole = explore_parts(|| TakenApart::new(machine), &limited, &mut |_| Go::On);
        if whole.coverage == Coverage::Cut(Cut::Worlds) {
            continue;
        }
        let distinct = whole.stats.distinct;
        for ends in (1..parts).map(|part| distinct * part / parts).chain([distinct - 1]) {
            // A search may find all it is asked for before it meets so many.
            let _ = fs::remove_file(file);
            let mut saves = Checkpoints::new(Marks::new()).keep(file, Duration::MAX);
            explore_with(machine, &Options { worlds_max: Some(ends), ..options(1) }, &mut saves);
            if !file.exists() {
                continue;
            }
            kinds.push(kind(file));
            for workers in [1, 2] {
                let mut saves = Checkpoints::new(Marks::new()).resume(file).expect("it is whole");
                let outcome = explore_with(machine, &options(workers), &mut saves);
                assert_eq!(timeless(&outcome), timeless(&whole), "{what}: {ends} worlds, {workers} workers");
            }
        }
    }
    kinds
}

#[test]
fn what_goes_on_ends_the_same() {
    let file = place("ends_the_same");
    let mut met: BTreeMap<u64, usize> = BTreeMap::new();
    let (mut queues, mut bounded) = (0, 0);
    let folders = [("examples", 5_000, 3), ("tests/suite/net", 5_000, 3), ("tests/suite/peers", 60_000, 2)];
    let paths = |(folder, most, parts)| programs(folder).into_iter().map(move |path| (path, most, parts));
    for (path, most, parts) in folders.into_iter().flat_map(paths) {
        for (title, program) in models::of(&path) {
            let (fifo, bounds) = (program.network.packets == PacketStore::Fifo, !program.bounds.is_empty());
            let machine = Machine::new(Interp::new(program));
            let kinds = hold(&format!("{}: {title}", shown(&path)), &machine, most, parts, &file);
            queues += usize::from(fifo && !kinds.is_empty());
            bounded += usize::from(bounds && !kinds.is_empty());
            kinds.into_iter().for_each(|kind| *met.entry(kind).or_default() += 1);
        }
    }
    println!("{met:?}, {queues} with queues, {bounded} with bounds");
    let of = |kind| met.get(&kind).copied().unwrap_or(0);
    assert!(of(64) >= 50 && of(128) >= 5 && of(0) >= 5, "{met:?}");
    assert!(queues >= 3 && bounded >= 5, "{queues} with queues, {bounded} with bounds");
}

/// A check of the models that other tools were run on.
fn peer(file: &str, title: &str) -> Program {
    let found = models::of(&root().join("tests/suite/peers").join(file));
    found.into_iter().find(|(name, _)| name == title).expect("the check is there").1
}

/// Ends a search over and over, after a small part of the time that it takes, and goes on with other numbers of workers.
fn hold_in_pieces(program: Program, file: &Path) -> usize {
    let machine = Machine::new(Interp::new(program));
    let options = |workers| Options { count_all: true, workers, ..Options::default() };
    let whole = explore_parts(|| TakenApart::new(&machine), &options(1), &mut |_| Go::On);
    let piece = whole.stats.elapsed / 5;
    let _ = fs::remove_file(file);
    for pieces in 1.. {
        let mut saves = Checkpoints::new(marks(&machine)).keep(file, Duration::from_millis(7));
        if pieces > 1 {
            saves = saves.resume(file).expect("it is whole");
        }
        // What is longer than this machine takes for some worlds must come at some time.
        let time_max = Some(piece * (1 + pieces / 50));
        let outcome =
            explore_with(&machine, &Options { time_max, ..options(1 + pieces as usize % 3) }, &mut saves);
        if outcome.coverage != Coverage::Cut(Cut::Time) {
            assert_eq!(timeless(&outcome), timeless(&whole));
            return pieces as usize;
        }
    }
    unreachable!("a search ends")
}

#[test]
fn pieces_make_a_whole() {
    let file = place("pieces");
    for (of, title) in [("lock.verdi", "lock(4, 2)"), ("raft.verdi", "raft(1, 1, 1)")] {
        let pieces = hold_in_pieces(peer(of, title), &file);
        println!("{title}: {pieces} pieces");
        assert!(pieces > 3, "{title} took only {pieces} pieces");
    }
}

/// A checkpoint in the middle of a search.
fn written(name: &str) -> (PathBuf, Machine<Interp>) {
    let (file, machine) = (place(name), Machine::new(Interp::new(peer("lock.verdi", "lock(2, 2)"))));
    let options = Options { worlds_max: Some(150), ..Options::default() };
    let mut saves = Checkpoints::new(marks(&machine)).keep(&file, Duration::MAX);
    explore_with(&machine, &options, &mut saves);
    (file, machine)
}

#[test]
fn what_is_cut_off_or_changed_is_refused() {
    let (file, machine) = written("damaged");
    let bytes = fs::read(&file).expect("there is a checkpoint");
    let open = |bytes: &[u8]| {
        fs::write(&file, bytes).expect("the file can be written");
        Checkpoints::new(marks(&machine)).resume(&file)
    };
    assert!(open(&bytes).is_ok());
    for length in (0..bytes.len()).step_by(7) {
        let refused = open(&bytes[..length]).expect_err("it is cut off");
        assert!(matches!(refused, Refused::NoCheckpoint | Refused::Damaged), "{length}: {refused:?}");
    }
    for at in 0..bytes.len() {
        let mut wrong = bytes.clone();
        wrong[at] ^= 1 << (at % 8);
        let refused = open(&wrong).expect_err("a bit is another");
        let expected = match at {
            0..8 => matches!(refused, Refused::NoCheckpoint),
            8..16 => matches!(refused, Refused::OtherForm(_)),
            _ => matches!(refused, Refused::Damaged),
        };
        assert!(expected, "{at}: {refused:?}");
    }
    let longer: Vec<u8> = bytes.iter().copied().chain([0; 8]).collect();
    assert!(matches!(open(&longer), Err(Refused::Damaged)));
}

#[test]
fn another_search_is_refused_and_told_in_what_it_differs() {
    let (file, machine) = written("another");
    let other = Machine::new(Interp::new(peer("lock.verdi", "lock(3, 2)")));
    let refused = Checkpoints::new(marks(&other)).resume(&file).expect_err("it is of another program");
    assert!(matches!(&refused, Refused::Differs { what, .. } if what == "program"), "{refused:?}");
    let more = marks(&machine).into_iter().chain([("order".to_owned(), "backwards".to_owned())]).collect();
    let refused = Checkpoints::new(more).resume(&file).expect_err("it says nothing of an order");
    assert_eq!(refused.to_string(), "its order is another: nothing there, backwards here");
    let missing = Checkpoints::new(marks(&machine)).resume(&place("nowhere"));
    assert!(matches!(missing, Err(Refused::Unreadable(_))));
}

#[test]
fn a_checkpoint_that_cannot_be_written_does_not_end_the_search() {
    let (_, machine) = written("unwritten");
    let file = place("no/such/folder");
    let mut saves = Checkpoints::new(marks(&machine)).keep(&file, Duration::ZERO);
    let options = Options { count_all: true, ..Options::default() };
    let load = |ids: &[u8]| TakenApart::load(&machine, ids);
    let outcome = explore_saved(|| TakenApart::new(&machine), load, &options, &mut saves, &mut |_| Go::On);
    assert_eq!(outcome.expect("it begins").stats.distinct, 306);
    assert!(saves.failure().is_some());
}
