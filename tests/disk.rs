//! A search whose memory is full goes on on the disk, and ends as if it had been large enough.

#![expect(clippy::expect_used, reason = "what is not as expected fails the test")]

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use verdi_core::{Program, PropertyKind};
use verdi_explore::{Answer, Coverage, Cut, Folder, Go, Options, Outcome, Stats, explore_parts};
use verdi_interp::Interp;
use verdi_machine::{Machine, TakenApart};
use verdi_tests::{models, programs, root, shown};

/// A folder for one test alone.
fn place(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("disk-{name}"));
    let _ = fs::remove_dir_all(&path);
    fs::create_dir_all(&path).expect("the folder can be made");
    path
}

fn search(machine: &Machine<Interp>, options: &Options) -> Outcome {
    explore_parts(|| TakenApart::new(machine), options, &mut |_| Go::On)
}

/// The same in little memory, which no file outlives.
fn search_on_disk(machine: &Machine<Interp>, options: &Options, memory: u64, path: &Path) -> Outcome {
    let disk = Some(Arc::new(Folder::open(path).expect("the folder is there")));
    let outcome = search(machine, &Options { memory_max: Some(memory), disk, ..options.clone() });
    let left = fs::read_dir(path).expect("the folder is there").count();
    assert_eq!(left, 0, "files are left");
    outcome
}

/// An outcome without what may differ from run to run.
fn timeless(outcome: &Outcome) -> String {
    let Stats { distinct, transitions, levels, queue, .. } = outcome.stats;
    let found = (&outcome.answers, &outcome.undecided, &outcome.untold, &outcome.fault, &outcome.coverage);
    format!("{distinct} {transitions} {levels} {queue} {found:?}")
}

/// The same, of runs only how long they are.
fn lengths(outcome: &Outcome) -> String {
    let Stats { distinct, transitions, levels, .. } = outcome.stats;
    let runs: Vec<Option<usize>> = outcome
        .answers
        .iter()
        .map(|answer| match answer {
            Answer::Found(run) => Some(run.choices.len()),
            _ => None,
        })
        .collect();
    format!("{distinct} {transitions} {levels} {runs:?} {:?}", outcome.coverage)
}

/// A check of the models that other tools were run on.
fn peer(file: &str, title: &str) -> Program {
    let found = models::of(&root().join("tests/suite/peers").join(file));
    found.into_iter().find(|(name, _)| name == title).expect("the check is there").1
}

fn hold(name: &str, program: Program, options: &Options, memory: &[u64]) -> Outcome {
    let (path, machine) = (place(name), Machine::new(Interp::new(program)));
    let whole = search(&machine, options);
    for workers in [1, 2] {
        for memory in memory {
            let outcome = search_on_disk(&machine, &Options { workers, ..options.clone() }, *memory, &path);
            let what = format!("{name}: {workers} workers, {memory} bytes");
            assert!(outcome.stats.on_disk > 0, "{what}: all of it fitted");
            assert_eq!(timeless(&outcome), timeless(&whole), "{what}");
        }
    }
    whole
}

#[test]
fn counts_are_those_of_the_search_in_memory() {
    for (file, title, distinct) in [
        ("lock.verdi", "lock(4, 2)", 184_464),
        ("raft.verdi", "raft(1, 1, 1)", 117_664),
        ("two_phase.verdi", "2pc(7)", 296_448),
    ] {
        let options = Options { count_all: true, ..Options::default() };
        let whole = hold(title, peer(file, title), &options, &[1, 2 << 20]);
        assert_eq!(whole.stats.distinct, distinct);
        assert!(!whole.stats.fingerprints);
    }
}

/// What a sweep over many models came across.
#[derive(Debug, Default)]
struct Met {
    on_disk: usize,
    found: usize,
    fingerprints: usize,
}

impl Met {
    fn hold(&mut self, what: &str, machine: &Machine<Interp>, path: &Path) {
        // Where nodes are interchangeable, be it one with itself, worlds are not packed.
        for (count_all, symmetric) in [(false, vec![]), (true, vec![]), (false, vec![vec![0]])] {
            let options = Options { count_all, symmetric, ..Options::default() };
            let whole = search(machine, &Options { worlds_max: Some(60_000), ..options.clone() });
            if whole.coverage == Coverage::Cut(Cut::Worlds) || whole.stats.distinct < 6_000 {
                continue;
            }
            for workers in [1, 2] {
                let options = Options { workers, ..options.clone() };
                let outcome = search_on_disk(machine, &options, 1 << 18, path);
                // Of runs of one length, a search that tells worlds apart by fingerprints may meet another first.
                let same = if options.symmetric.is_empty() { timeless } else { lengths };
                assert_eq!(same(&outcome), same(&whole), "{what}: {workers} workers, {options:?}");
                let found = outcome.answers.iter().any(|answer| *answer != Answer::NotFound);
                self.on_disk += usize::from(outcome.stats.on_disk > 0);
                self.found += usize::from(outcome.stats.on_disk > 0 && found);
                self.fingerprints += usize::from(outcome.stats.on_disk > 0 && outcome.stats.fingerprints);
            }
        }
    }
}

#[test]
fn what_is_found_is_found_on_the_disk() {
    let path = place("sweep");
    let mut met = Met::default();
    for file in ["examples", "tests/suite/net", "tests/suite/peers"].into_iter().flat_map(programs) {
        for (title, program) in models::of(&file) {
            met.hold(&format!("{}: {title}", shown(&file)), &Machine::new(Interp::new(program)), &path);
        }
    }
    println!("{met:?}");
    assert!(met.on_disk >= 8 && met.found >= 4 && met.fingerprints >= 4, "{met:?}");
}

const GROWING: &str = r#"
system Count(most: int) {
  node Counter[3] {
    input Up
    state n: int = 0
    on input Up when n < most { n := n + 1 }
  }
  invariant low: forall c in Counter: c.n < 66
}

system Notes(most: int) {
  message Note
  node Sink { on message Note {} }
  node Sender[2] {
    input Write
    state left: int = most
    on input Write when left > 0 {
      left := left - 1
      send Note to Sink
    }
  }
}

system Picks {
  node One {
    input Pick(n: int)
    state picked: Option<int> = None
    on input Pick(n) when picked == None { picked := Some(n) }
  }
  invariant others: One.picked != Some(13999)
}

check "states" Count(most: 69) {
  under async
  violates low
}

check "copies" Notes(most: 33) {
  under async
  holds no_fault
}

check "successors" Picks {
  under async
  domain Pick.n = 0..14000
  violates others
}
"#;

fn growing(name: &str, title: &str) -> Program {
    let file = place(name).join("growing.verdi");
    fs::write(&file, GROWING).expect("the file can be written");
    models::of(&file).into_iter().find(|(name, _)| name == title).expect("the check is there").1
}

#[test]
fn worlds_on_the_disk_are_packed_anew() {
    let options = Options { count_all: true, ..Options::default() };
    let whole = hold("states", growing("states", "states"), &options, &[1 << 18]);
    assert_eq!(whole.stats.distinct, 70_u64.pow(3));
    assert!(matches!(&whole.answers[0], Answer::Found(run) if run.choices.len() == 66));
    let whole = hold("copies", growing("copies", "copies"), &options, &[1 << 18, 1 << 20]);
    // Of each sender, what it has not sent and what is on its way.
    assert_eq!(whole.stats.distinct, (35 * 34 / 2_u64).pow(2));
}

#[test]
fn a_world_may_have_more_successors_than_a_small_table_has_room_for() {
    let (path, program) = (place("wide"), growing("successors", "successors"));
    // The search is over once a world is met in which the last is picked: each has as many successors again.
    let unasked = |kind| matches!(kind, PropertyKind::NoFault);
    let unasked = program.properties.iter().filter(|(_, property)| unasked(property.kind));
    let options = Options { aside: unasked.map(|(id, _)| id).collect(), ..Options::default() };
    let machine = Machine::new(Interp::new(program));
    let whole = search(&machine, &options);
    assert_eq!(whole.stats.distinct, 14_001);
    for workers in [1, 8] {
        let outcome = search_on_disk(&machine, &Options { workers, ..options.clone() }, 1, &path);
        assert_eq!(timeless(&outcome), timeless(&whole), "{workers} workers");
    }
}

#[test]
fn limits_and_interruptions_leave_nothing_behind() {
    let (path, machine) = (place("limits"), Machine::new(Interp::new(peer("lock.verdi", "lock(4, 2)"))));
    let options = Options { worlds_max: Some(100_000), count_all: true, ..Options::default() };
    let outcome = search_on_disk(&machine, &options, 1 << 18, &path);
    assert_eq!(outcome.coverage, Coverage::Cut(Cut::Worlds));
    assert_eq!(outcome.stats.distinct, 100_000);
    let most = Options { worlds_max: Some(184_464), ..options.clone() };
    let outcome = search_on_disk(&machine, &most, 1 << 18, &path);
    assert!(matches!(outcome.coverage, Coverage::Complete(_)), "that is all of them");
    let disk = Some(Arc::new(Folder::open(&path).expect("the folder is there")));
    let options = Options { worlds_max: None, memory_max: Some(1 << 18), disk, ..options };
    let stop = |stats: &Stats| if stats.on_disk > 0 { Go::Stop } else { Go::On };
    let outcome = explore_parts(|| TakenApart::new(&machine), &options, &mut |stats| stop(stats));
    assert_eq!(outcome.coverage, Coverage::Cut(Cut::Interrupted));
    assert!(outcome.stats.distinct < 184_464);
    drop(options);
    assert_eq!(fs::read_dir(&path).expect("the folder is there").count(), 0, "files are left");
}
