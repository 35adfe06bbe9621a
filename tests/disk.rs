//! A search whose memory is full goes on on the disk, and ends as if it had been large enough.

#![expect(clippy::expect_used, reason = "what is not as expected fails the test")]

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use verdi_core::Program;
use verdi_explore::{Coverage, Cut, Folder, Go, Options, Outcome, Stats, explore_parts};
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
            let outcome =
                search_on_disk(&machine, &Options { workers, ..options.clone() }, *memory, &path);
            let what = format!("{name}: {workers} workers, {memory} bytes");
            println!("{what}: {} on disk of {}", outcome.stats.on_disk, outcome.stats.distinct);
            assert!(outcome.stats.on_disk > 0, "{what}: all of it fitted");
            assert_eq!(timeless(&outcome), timeless(&whole), "{what}");
        }
    }
    whole
}

#[test]
fn counts_are_those_of_the_search_in_memory() {
    for (file, title, distinct) in
        [("lock.verdi", "lock(4, 2)", 184_464), ("two_phase.verdi", "2pc(7)", 296_448)]
    {
        let options = Options { count_all: true, ..Options::default() };
        let whole = hold(title, peer(file, title), &options, &[1 << 18, 3 << 20]);
        assert_eq!(whole.stats.distinct, distinct);
        assert!(!whole.stats.fingerprints);
    }
}
