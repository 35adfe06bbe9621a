use crate::Folder;
use std::sync::Arc;
use std::time::Duration;
use verdi_core::PropertyId;
use verdi_machine::{Choice, Fault, Prospects};

/// In which order worlds are visited.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Search {
    /// Level by level: counterexamples are as short as can be.
    BreadthFirst,
    /// Deep first: less memory on the frontier, long counterexamples.
    DepthFirst,
    /// Seeded random runs from the first world, without a seen set.
    Random {
        /// How many runs.
        runs: u64,
        /// The most steps of each.
        steps: u64,
    },
}

/// How to search, and when to stop.
#[derive(Clone, Debug)]
pub struct Options {
    /// The order.
    pub search: Search,
    /// Of the random runs; the others do not depend on it.
    pub seed: u64,
    /// The most distinct worlds.
    pub worlds_max: Option<u64>,
    /// The most memory, in bytes, of seen set and frontier together, as estimated.
    pub memory_max: Option<u64>,
    /// The most time.
    pub time_max: Option<Duration>,
    /// How many threads work, where the search can be divided.
    pub workers: usize,
    /// Groups of nodes whose names make no difference: the fast search takes worlds for one that differ in them alone.
    /// That they are interchangeable is for the caller to know.
    pub symmetric: Vec<Vec<u32>>,
    /// Where given, the fast search takes the steps of some nodes alone in worlds where that is enough.
    pub prospects: Option<Arc<Prospects>>,
    /// Whether to go on after every property that can be decided early has been, to count all worlds.
    pub count_all: bool,
    /// Properties that are watched, but for whose sake alone the search does not go on: once all others are
    /// answered, it stops.
    pub aside: Vec<PropertyId>,
    /// Where a breadth-first search of parts goes on once memory is full.
    pub disk: Option<Arc<Folder>>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            search: Search::BreadthFirst,
            seed: 0,
            worlds_max: None,
            memory_max: None,
            time_max: None,
            workers: 1,
            symmetric: Vec::new(),
            prospects: None,
            count_all: false,
            aside: Vec::new(),
            disk: None,
        }
    }
}

/// A search's result.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// One answer for each property, by id.
    pub answers: Vec<Answer>,
    /// Properties that were not answered and faulted in some world: nothing is known about them there.
    pub undecided: Vec<PropertyId>,
    /// Properties for which a run was found that could not be told any more: the limits of the search came first.
    pub untold: Vec<PropertyId>,
    /// The first fault, where no [`verdi_core::PropertyKind::NoFault`] asks after faults.
    pub fault: Option<Run>,
    /// What was covered.
    pub coverage: Coverage,
    /// How much work it was.
    pub stats: Stats,
}

/// What a search found about a property.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Nothing against an invariant (for [`verdi_core::PropertyKind::Reach`]: no world that satisfies it), in
    /// all that was covered.
    NotFound,
    /// A run that ends in a world against it (for `Reach`: in a world that satisfies it).
    Found(Run),
    /// A fair run without end that is against a property of runs.
    Lasso(Lasso),
    /// Of a property of runs, nothing can be said.
    Open(Open),
}

/// A run without end: from some step on, the same steps again and again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lasso {
    /// The firings, in order, up to where they begin again.
    pub choices: Vec<Choice>,
    /// After how many of them it comes back to; after all of them where nothing happens any more.
    pub back: usize,
    /// Which of the cases of the property it is against.
    pub case: usize,
}

/// Why nothing can be said of a property of runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Open {
    /// Not all worlds were visited.
    Cut(Cut),
    /// A run on which it has yet to come true leaves what the limits of the check let be visited.
    Leaves,
    /// Its evaluation faults in some world.
    Faults,
}

/// A run from the first world.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// The firings, in order.
    pub choices: Vec<Choice>,
    /// Where the last step, or the evaluation of the property in the last world, faulted. With a faulting
    /// step, the last choice is the one that faulted. With no choices, the first world could not be made.
    pub fault: Option<(Fault, Faulted)>,
}

/// What it was that faulted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Faulted {
    /// The step of the last choice (or the making of the first world).
    Step,
    /// The guard or a domain of a rule, in the last world.
    Rule(verdi_core::RuleId),
    /// A property, in the last world.
    Property(PropertyId),
    /// The check's constraint, in the last world.
    Constraint,
}

/// What a search covered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Coverage {
    /// Every reachable world. `held_back` are the positions in `Program::bounds` of bounds that held back
    /// some step, and the flags say whether other limits of the check did: with any of them, it is every
    /// world *within the bounds*.
    Complete(Limits),
    /// It stopped when nothing more was to be decided.
    Decided,
    /// Only what the random runs saw.
    Sampled,
    /// A limit of the run (not of the check) was hit.
    Cut(Cut),
}

/// Which limits of a check kept steps from being taken.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// Positions in `Program::bounds`, ascending.
    pub held_back: Vec<usize>,
    /// `bound packets`.
    pub packets: bool,
    /// `bound depth`.
    pub depth: bool,
    /// `constraint`.
    pub constraint: bool,
}

impl Limits {
    /// Whether nothing was held back.
    pub fn none(&self) -> bool {
        *self == Self::default()
    }
}

/// Why a search was cut short.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    /// [`Options::worlds_max`].
    Worlds,
    /// [`Options::memory_max`].
    Memory,
    /// [`Options::time_max`].
    Time,
    /// The progress callback said to stop.
    Interrupted,
    /// The folder of [`Options::disk`] is full, or cannot be written or read any more.
    Disk(std::io::ErrorKind),
}

/// How much work a search was. In random runs, `distinct` is 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    /// Distinct worlds.
    pub distinct: u64,
    /// Firings that led to a world, new or known.
    pub transitions: u64,
    /// Levels of a breadth-first search, the first world's included; the longest run of another search, in
    /// worlds.
    pub levels: u64,
    /// Worlds that wait to be expanded; at the end, those that were left.
    pub queue: u64,
    /// Finished runs of a random search.
    pub runs: u64,
    /// The estimated size of seen set and frontier, in bytes.
    pub bytes: u64,
    /// How many worlds the seen set has given to the disk.
    pub on_disk: u64,
    /// Whether worlds were told apart by fingerprints of 64 bits, of which two worlds may share one.
    pub fingerprints: bool,
    /// Worlds in which the steps of some nodes were taken alone.
    pub reduced: u64,
    /// The time since the start.
    pub elapsed: Duration,
}
