//! What checks and tests found: data for the renderers.

use crate::coverage::CoverageReport;
use crate::ladder::Ladder;
use crate::options::CheckOptions;
use crate::trace::Trace;
use std::time::Duration;
use verdi_core::{Expect, PropertyKind};
use verdi_diagnostics::Span;

/// What a search says of a property. A run that was cut short never says that a property holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It holds in every reachable world.
    Exhaustive,
    /// It holds in every world within the bounds.
    Bounded,
    /// It holds in every world that random runs, or bitstate searches, saw.
    Sampled,
    /// A world was found in which it does not hold.
    Violated,
    /// A world was found that was asked for.
    Reached,
    /// No world is as was asked for, in all that the check admits.
    Unreached,
    /// A limit was hit, or this version does not run it.
    Inconclusive,
}

impl Verdict {
    /// As JSON and people are told.
    pub fn name(self) -> &'static str {
        match self {
            Self::Exhaustive => "exhaustive",
            Self::Bounded => "bounded",
            Self::Sampled => "sampled",
            Self::Violated => "violated",
            Self::Reached => "reached",
            Self::Unreached => "unreached",
            Self::Inconclusive => "inconclusive",
        }
    }
}

/// One property of one check.
#[derive(Clone, Debug)]
pub struct Row {
    /// The property.
    pub property: String,
    /// Of which worlds it speaks; `None` where this version does not run it.
    pub kind: Option<PropertyKind>,
    /// What the check says of it.
    pub expect: Expect,
    /// What was found.
    pub verdict: Verdict,
    /// Whether that is what the check says.
    pub expected: bool,
    /// Why nothing is known.
    pub reason: Option<String>,
    /// The run that shows it.
    pub trace: Option<Trace>,
    /// Where the property, or the clause that asks for it, stands.
    pub span: Span,
}

/// How much work a search was.
#[derive(Clone, Copy, Debug, Default)]
pub struct Work {
    /// Distinct worlds; 0 in random runs, and of bitstate searches the most that one of them told apart.
    pub distinct: u64,
    /// Firings.
    pub transitions: u64,
    /// Levels of a breadth-first search.
    pub levels: u64,
    /// Finished random runs.
    pub runs: u64,
    /// Time.
    pub elapsed: Duration,
}

/// What a check found.
#[derive(Clone, Debug)]
pub struct CheckReport {
    /// The file, as it was given.
    pub file: String,
    /// Where the check stands.
    pub span: Span,
    /// What it shows, in the words of its author.
    pub name: String,
    /// The system as applied.
    pub system: String,
    /// The network.
    pub network: String,
    /// Its properties: those that it names, then `no_fault` where there is something to say of it.
    pub rows: Vec<Row>,
    /// What bounds and other limits of the check held back something.
    pub limits: Vec<String>,
    /// How much work it was.
    pub work: Work,
    /// The seed.
    pub seed: u64,
    /// What a reader should know.
    pub notes: Vec<String>,
    /// The command that repeats it.
    pub again: String,
    /// How it was run.
    pub options: CheckOptions,
}

/// What a test found.
#[derive(Clone, Debug)]
pub struct TestReport {
    /// The file, as it was given.
    pub file: String,
    /// Where the test stands.
    pub span: Span,
    /// What it shows, in the words of its author.
    pub name: String,
    /// The system as applied.
    pub system: String,
    /// The network.
    pub network: String,
    /// How it went.
    pub outcome: TestOutcome,
    /// The steps that were taken.
    pub trace: Option<Trace>,
    /// Time.
    pub elapsed: Duration,
}

/// How a test went.
#[derive(Clone, Debug)]
pub enum TestOutcome {
    /// Every step could be taken, every expectation held.
    Passed,
    /// A step that could not be taken, or an expectation that did not hold.
    Failed {
        /// The step.
        span: Span,
        /// What is wrong, in a line.
        message: String,
        /// What helps to understand it.
        details: Vec<String>,
    },
    /// This version does not run it.
    NotRun(String),
}

/// What a run of the command found.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// The checks, in order.
    pub checks: Vec<CheckReport>,
    /// The tests, in order.
    pub tests: Vec<TestReport>,
    /// The fault ladders, where they were asked for.
    pub ladders: Vec<Ladder>,
    /// What ran in the checks, where it was asked for.
    pub coverage: Option<CoverageReport>,
}

/// How the command ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Exit {
    /// All is as the program states.
    AsExpected = 0,
    /// A property, an expectation or a test failed.
    Failed = 1,
    /// The input or the command line is wrong.
    BadInput = 2,
    /// Something could not be decided.
    Inconclusive = 3,
    /// A mistake of ours.
    Internal = 4,
}

impl Exit {
    /// The number for the operating system.
    pub fn code(self) -> u8 {
        self as u8
    }
}

impl Report {
    /// What the findings amount to: a failure counts more than what could not be decided.
    pub fn exit(&self) -> Exit {
        let rows = || self.checks.iter().flat_map(|check| &check.rows);
        let failed = rows().any(|row| !row.expected && row.verdict != Verdict::Inconclusive)
            || self.tests.iter().any(|test| matches!(test.outcome, TestOutcome::Failed { .. }));
        let open = rows().any(|row| row.verdict == Verdict::Inconclusive)
            || self.tests.iter().any(|test| matches!(test.outcome, TestOutcome::NotRun(_)));
        match (failed, open) {
            (true, _) => Exit::Failed,
            (false, true) => Exit::Inconclusive,
            (false, false) => Exit::AsExpected,
        }
    }
}
