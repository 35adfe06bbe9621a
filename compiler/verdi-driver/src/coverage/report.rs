//! What ran and what never did: data for the renderers.

use verdi_diagnostics::{FileId, Span};

/// What ran in all checks together. Counts are of distinct runs: a handler counts once for each state and event it ran
/// in, a property once for each part of the world it looked at.
#[derive(Clone, Debug, Default)]
pub struct CoverageReport {
    /// The files that people wrote and that have code in some check.
    pub files: Vec<FileCoverage>,
    /// Handlers, procs, functions and invariants that are in some check, by place.
    pub functions: Vec<Function>,
    /// Places with several ways on, by place.
    pub branches: Vec<Branch>,
    /// The rules of the networks of the checks.
    pub rules: Vec<RuleCount>,
    /// Messages and inputs, by place.
    pub traffic: Vec<Traffic>,
    /// The checks that were not searched to their end: what never ran there might still run.
    pub partial: Vec<String>,
}

/// A file, line by line.
#[derive(Clone, Debug)]
pub struct FileCoverage {
    /// The file.
    pub file: FileId,
    /// One-based lines on which code begins, ascending, with how often it ran; of several pieces the one that ran most.
    pub lines: Vec<(usize, u64)>,
    /// What never ran: ascending, apart.
    pub never: Vec<Span>,
}

/// What a function is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FunctionKind {
    /// Runs when something happens at a node.
    Handler,
    /// Is called by handlers.
    Proc,
    /// Computes.
    Fn,
    /// Claims something of every world.
    Invariant,
}

impl FunctionKind {
    /// As JSON has it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Handler => "handler",
            Self::Proc => "proc",
            Self::Fn => "fn",
            Self::Invariant => "invariant",
        }
    }
}

/// A handler, proc, function or invariant.
#[derive(Clone, Debug)]
pub struct Function {
    /// What it is.
    pub kind: FunctionKind,
    /// As people refer to it: `Server: on message Lock`.
    pub name: String,
    /// Its head or its name.
    pub span: Span,
    /// All of it.
    pub whole: Span,
    /// How often it ran.
    pub ran: u64,
}

/// A place with several ways on.
#[derive(Clone, Debug)]
pub struct Branch {
    /// How it is written: `if`, `match`, `when`, `for`, `&&`, `||`, `==>`.
    pub word: &'static str,
    /// The condition, or what stands for it.
    pub span: Span,
    /// The ways.
    pub sides: Vec<Side>,
    /// Whether it was ever got to.
    pub reached: bool,
}

/// A way on.
#[derive(Clone, Debug)]
pub struct Side {
    /// What to point at.
    pub span: Span,
    /// How often it was taken.
    pub taken: u64,
    /// What it means that it never was.
    pub mark: Mark,
}

/// What it means that a way was never taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mark {
    /// The condition is never true.
    NeverHolds,
    /// The condition is never false.
    AlwaysHolds,
    /// The alternative is never the one.
    NeverTaken,
    /// The body never runs.
    NeverRuns,
}

impl Mark {
    /// In words.
    pub fn text(self) -> &'static str {
        match self {
            Self::NeverHolds => "never holds",
            Self::AlwaysHolds => "always holds",
            Self::NeverTaken => "never taken",
            Self::NeverRuns => "never runs",
        }
    }
}

/// How far a rule came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RuleState {
    /// It could not fire in any world.
    NeverEnabled,
    /// It could fire, and the limits of the checks kept it from it.
    HeldBack,
    /// It fired.
    Fired,
}

impl RuleState {
    /// In words.
    pub fn name(self) -> &'static str {
        match self {
            Self::NeverEnabled => "never enabled",
            Self::HeldBack => "always held back",
            Self::Fired => "fired",
        }
    }
}

/// A rule of a network.
#[derive(Clone, Debug)]
pub struct RuleCount {
    /// The network.
    pub network: String,
    /// The rule.
    pub name: String,
    /// Where its name was declared.
    pub span: Span,
    /// How far it came.
    pub state: RuleState,
    /// In how many ways it fired.
    pub fired: u64,
    /// The bounds on it.
    pub bounds: Vec<String>,
}

/// What goes to nodes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum TrafficKind {
    /// From nodes.
    Message,
    /// From outside.
    Input,
}

impl TrafficKind {
    /// As JSON has it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Message => "message",
            Self::Input => "input",
        }
    }
}

/// A message or an input.
#[derive(Clone, Debug)]
pub struct Traffic {
    /// Which.
    pub kind: TrafficKind,
    /// Its name.
    pub name: String,
    /// Where its name was declared.
    pub span: Span,
    /// How often a handler sent it; of inputs 0.
    pub sent: u64,
    /// How often it reached a node.
    pub arrived: u64,
    /// How often a handler took it.
    pub taken: u64,
}

impl Traffic {
    /// What it stopped short of.
    pub fn missing(&self) -> Option<&'static str> {
        match (self.kind, self.sent, self.arrived, self.taken) {
            (TrafficKind::Message, 0, 0, _) => Some("never sent"),
            (TrafficKind::Message, _, 0, _) => Some("never delivered"),
            (TrafficKind::Input, _, 0, _) => Some("never given"),
            (_, _, _, 0) => Some("never taken by a handler"),
            _ => None,
        }
    }
}
