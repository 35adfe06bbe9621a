//! The kinds of braces, and which words begin a line in each.

use crate::token::Tok;

/// What the lines between two braces are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// A file's items.
    File,
    /// A system or transformer.
    System,
    /// A node.
    Node,
    /// A network.
    Network,
    /// A monitor.
    Monitor,
    /// A `lift`.
    Lift,
    /// A check.
    Check,
    /// A test, or a script.
    Steps,
    /// A block of statements, or the arms of a `match`.
    Statements,
    /// The same within a network's rule.
    Rules,
}

impl Place {
    /// The places where every line begins with a keyword.
    pub(crate) const DECLARING: [Self; 7] =
        [Self::File, Self::System, Self::Node, Self::Network, Self::Monitor, Self::Lift, Self::Check];

    /// What stands in the braces of a line that begins with `head`.
    pub(crate) fn inside(self, head: Option<Tok>) -> Self {
        match (self, head) {
            (Self::File, Some(Tok::KwSystem | Tok::KwTransformer)) => Self::System,
            (Self::File, Some(Tok::KwNetwork)) => Self::Network,
            (Self::File, Some(Tok::KwCheck)) => Self::Check,
            (Self::File, Some(Tok::KwTest)) => Self::Steps,
            (Self::System, Some(Tok::KwNode)) => Self::Node,
            (Self::System, Some(Tok::KwMonitor)) => Self::Monitor,
            (Self::System, Some(Tok::KwLift)) => Self::Lift,
            (Self::Network, Some(Tok::KwRule | Tok::KwFair | Tok::KwStrong)) | (Self::Rules, _) => {
                Self::Rules
            }
            _ => Self::Statements,
        }
    }

    /// The mark that makes the grammar read one line of this place.
    pub(crate) fn start(self) -> Tok {
        match self {
            Self::File => Tok::StartItem,
            Self::System => Tok::StartSystem,
            Self::Node => Tok::StartNode,
            Self::Network => Tok::StartNetwork,
            Self::Monitor => Tok::StartMonitor,
            Self::Lift => Tok::StartLift,
            Self::Check => Tok::StartClause,
            Self::Steps => Tok::StartStep,
            Self::Statements | Self::Rules => Tok::StartStmt,
        }
    }

    /// The soft keywords that begin a line here, for the places where every line begins with one.
    pub(crate) fn starters(self) -> &'static [Tok] {
        match self {
            Self::File => &[
                Tok::KwUse,
                Tok::KwType,
                Tok::KwSystem,
                Tok::KwNetwork,
                Tok::KwTransformer,
                Tok::KwCheck,
                Tok::KwTest,
            ],
            Self::System => &[
                Tok::KwType,
                Tok::KwMessage,
                Tok::KwNode,
                Tok::KwInvariant,
                Tok::KwInductive,
                Tok::KwLiveness,
                Tok::KwMonitor,
                Tok::KwLift,
            ],
            Self::Node => &[
                Tok::KwInput,
                Tok::KwOutput,
                Tok::KwState,
                Tok::KwDurable,
                Tok::KwGhost,
                Tok::KwTimer,
                Tok::KwOn,
                Tok::KwProc,
            ],
            Self::Network => &[Tok::KwPackets, Tok::KwFair, Tok::KwStrong, Tok::KwRule, Tok::KwRestrict],
            Self::Monitor => &[Tok::KwState, Tok::KwDurable, Tok::KwGhost, Tok::KwOn],
            Self::Lift => &[Tok::KwState, Tok::KwPackets],
            Self::Check => &[
                Tok::KwUnder,
                Tok::KwBound,
                Tok::KwDomain,
                Tok::KwClients,
                Tok::KwConstraint,
                Tok::KwSymmetric,
                Tok::KwHolds,
                Tok::KwViolates,
                Tok::KwReaches,
                Tok::KwDeadlock,
                Tok::KwRefines,
                Tok::KwLinearizable,
            ],
            Self::Steps => &[Tok::KwExpect, Tok::KwInput, Tok::KwTimeout],
            Self::Statements | Self::Rules => &[],
        }
    }

    /// What one of its lines is called.
    pub(crate) fn line(self) -> &'static str {
        match self {
            Self::File => "an item",
            Self::System => "a member of a system",
            Self::Node => "a member of a node",
            Self::Network => "a member of a network",
            Self::Monitor => "a member of a monitor",
            Self::Lift => "a line of a `lift`",
            Self::Check => "a clause",
            Self::Steps => "a step",
            Self::Statements | Self::Rules => "a statement",
        }
    }
}

/// Whether a line of this place may begin with this keyword.
pub(crate) fn starter(place: Place, word: Tok) -> bool {
    place.starters().contains(&word)
}
