//! Random runs over a model taken apart, at the speed of remembered steps: for what is too large to search, and to
//! find deep mistakes soon.
//!
//! A run depends on the seed and its number, and on the rounds of runs before its own; not on how many workers there
//! are. What one kind of run differs by from another is in `schedule`.

pub(crate) mod dice;
mod known;
mod rounds;
pub(crate) mod runner;
mod sampler;
mod schedule;

pub use known::Candidate;
pub use sampler::{Changes, Sampler, Taken};

use crate::explore::Go;
use crate::watch::Watch;
use crate::{Options, Outcome, Stats};
use rounds::Rounds;
use schedule::{Coverage, Pct, Uniform};
use std::fmt;
use std::str::FromStr;
use verdi_machine::Parts;

/// Who goes next in random runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Strategy {
    /// A rule, each with the same chance, and then one of its choices.
    #[default]
    Uniform,
    /// Whoever has the highest random priority; at `depth - 1` random steps, that one falls below all others.
    Pct {
        /// In how many steps' order a bug lies.
        depth: u32,
    },
    /// As uniform, but that most runs begin by following one that went where none had been before.
    Coverage,
}

/// In how many steps' order a bug lies, unless it is said.
const DEPTH: u32 = 3;

impl fmt::Display for Strategy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Uniform => f.write_str("uniform"),
            Self::Pct { depth: DEPTH } => f.write_str("pct"),
            Self::Pct { depth } => write!(f, "pct:{depth}"),
            Self::Coverage => f.write_str("coverage"),
        }
    }
}

impl FromStr for Strategy {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let depth = match text.split_once(':') {
            Some(("pct", depth)) => depth.parse().ok(),
            _ => None,
        };
        match (text, depth) {
            ("uniform", _) => Ok(Self::Uniform),
            ("coverage", _) => Ok(Self::Coverage),
            ("pct", _) => Ok(Self::Pct { depth: DEPTH }),
            (_, Some(depth @ 1..=1000)) => Ok(Self::Pct { depth }),
            _ => Err(format!("`{text}` is not one of uniform, pct, pct:DEPTH (up to 1000) and coverage")),
        }
    }
}

/// Which random runs to make.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sampling {
    /// Who goes next.
    pub strategy: Strategy,
    /// How many runs.
    pub runs: u64,
    /// The most steps of each.
    pub steps: u64,
}

/// Makes random runs of a model taken apart, and holds each world of theirs against the properties. Of the options,
/// the order of search does not matter. The same options find the same, with any number of workers, unless time,
/// memory or `progress` cut it short.
pub fn sample_parts<P: Parts>(
    parts: &P,
    sampling: &Sampling,
    options: &Options,
    progress: &mut dyn FnMut(&Stats) -> Go,
) -> Outcome {
    let watch = Watch::new(options.time_max, progress);
    match sampling.strategy {
        Strategy::Uniform => Rounds::new(parts, options, sampling, watch, Uniform).go(),
        Strategy::Pct { depth } => Rounds::new(parts, options, sampling, watch, Pct::new(depth)).go(),
        Strategy::Coverage => Rounds::new(parts, options, sampling, watch, Coverage::new()).go(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strategies_are_read_and_shown() {
        for text in ["uniform", "pct", "pct:1", "pct:12", "coverage"] {
            assert_eq!(text.parse::<Strategy>().map(|strategy| strategy.to_string()), Ok(text.to_owned()));
        }
        for wrong in ["", "Uniform", "pct:", "pct:0", "pct:1001", "pct:x", "coverage:3"] {
            assert!(wrong.parse::<Strategy>().is_err(), "{wrong}");
        }
    }
}
