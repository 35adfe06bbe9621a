//! The tools: whether each is there, how its model is built and run, and how its count is read.

mod ours;
mod rumur;
mod spin;
mod stateright;
mod tlc;

use std::path::PathBuf;
use std::process::Command;

use anyhow::Result;

use crate::models::Model;

pub use ours::build_verdic;

/// Everything that takes part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tool {
    /// `verdic check`.
    Verdic,
    /// A search written by hand for the model.
    Ceiling,
    /// Stateright, breadth first.
    StaterightBfs,
    /// Stateright, depth first.
    StaterightDfs,
    /// Spin.
    Spin,
    /// Rumur, for Murphi models.
    Rumur,
    /// TLC, for TLA+ models.
    Tlc,
}

/// All tools, in the order of the table.
pub const TOOLS: [Tool; 7] = [
    Tool::Verdic,
    Tool::Ceiling,
    Tool::StaterightBfs,
    Tool::StaterightDfs,
    Tool::Spin,
    Tool::Rumur,
    Tool::Tlc,
];

/// What the command line says of tools that the race does not find by itself.
#[derive(Clone, Debug)]
pub struct Setup {
    /// The `verdic` to run.
    pub verdic: PathBuf,
    /// TLC's archive.
    pub tla2tools: PathBuf,
}

impl Tool {
    /// Its name on the command line and in the table.
    pub fn name(self) -> &'static str {
        match self {
            Tool::Verdic => "verdic",
            Tool::Ceiling => "ceiling",
            Tool::StaterightBfs => "stateright-bfs",
            Tool::StaterightDfs => "stateright-dfs",
            Tool::Spin => "spin",
            Tool::Rumur => "rumur",
            Tool::Tlc => "tlc",
        }
    }

    /// Its version, or why it cannot take part.
    pub fn version(self, setup: &Setup) -> Result<String> {
        match self {
            Tool::Verdic => ours::verdic_version(setup),
            Tool::Ceiling => ours::ceiling_version(),
            Tool::StaterightBfs | Tool::StaterightDfs => stateright::version(),
            Tool::Spin => spin::version(),
            Tool::Rumur => rumur::version(),
            Tool::Tlc => tlc::version(setup),
        }
    }

    /// Builds its model and says how to run it on so many threads. `None` where the tool has no such model or does
    /// not run on more than one.
    pub fn prepare(self, model: &Model, threads: usize, setup: &Setup) -> Result<Option<Command>> {
        match self {
            Tool::Verdic => ours::verdic(model, threads, setup),
            Tool::Ceiling => Ok(ours::ceiling(model, threads)),
            Tool::StaterightBfs => Ok(Some(stateright::prepare(model, "bfs", threads))),
            Tool::StaterightDfs => Ok(Some(stateright::prepare(model, "dfs", threads))),
            Tool::Spin => spin::prepare(model, threads).map(Some),
            Tool::Rumur => rumur::prepare(model, threads).map(Some),
            Tool::Tlc => tlc::prepare(model, threads, setup).map(Some),
        }
    }

    /// How many distinct worlds it says there are, if it finished and found nothing wrong.
    pub fn distinct(self, output: &str) -> Option<u64> {
        match self {
            Tool::Verdic => ours::verdic_distinct(output),
            Tool::Ceiling => ours::ceiling_distinct(output),
            Tool::StaterightBfs | Tool::StaterightDfs => stateright::distinct(output),
            Tool::Spin => spin::distinct(output),
            Tool::Rumur => rumur::distinct(output),
            Tool::Tlc => tlc::distinct(output),
        }
    }
}

/// The number that stands before a word of a line, with or without commas.
fn number_before(output: &str, words: &str) -> Option<u64> {
    let (before, _) = output.split_once(words)?;
    let digits = before.trim_end().rsplit(|c: char| !c.is_ascii_digit() && c != ',').next()?;
    digits.replace(',', "").parse().ok()
}

/// The first word of an output that begins with a digit.
fn version_in(output: &str) -> Option<&str> {
    let mut words = output.split_whitespace();
    words.find_map(|word| {
        Some(word.trim_start_matches('v')).filter(|word| word.starts_with(|c: char| c.is_ascii_digit()))
    })
}

#[cfg(test)]
mod tests {
    use super::{Tool, number_before, version_in};

    #[test]
    fn counts_are_read_from_what_tools_print() {
        let lines = [
            (Tool::Ceiling, "306 distinct worlds, 594 transitions, 21 levels, holds", "violated"),
            (
                Tool::StaterightDfs,
                "306 distinct, 595 generated\n",
                "306 distinct, 595 generated\nviolated: mutex",
            ),
            (
                Tool::Spin,
                "State-vector 36 byte, errors: 0\n      306 states, stored\n",
                "errors: 1\n 306 states, stored",
            ),
            (
                Tool::Rumur,
                "Status:\n\n\tNo error found.\n\n\t306 states, 594 rules fired in 0s",
                "\t306 states, 594",
            ),
            (
                Tool::Tlc,
                "Model checking completed. No error has been found.\n595 states generated, 306 distinct states found, 0",
                "Error: Invariant Mutex is violated.\n595 states generated, 306 distinct states found, 0",
            ),
        ];
        for (tool, good, bad) in lines {
            assert_eq!(tool.distinct(good), Some(306), "{}", tool.name());
            assert_eq!(tool.distinct(bad), None, "{}", tool.name());
            assert_eq!(tool.distinct(""), None, "{}", tool.name());
        }
        let verdic = r#"{"checks":[{"verdict":"exhaustive","expected":true,"distinct":306}]}"#;
        assert_eq!(Tool::Verdic.distinct(&format!("progress\n{verdic}\n")), Some(306));
        assert_eq!(Tool::Verdic.distinct(&verdic.replace("exhaustive", "inconclusive")), None);
    }

    #[test]
    fn numbers_and_versions_are_found() {
        assert_eq!(number_before("a 1,234 states", "states"), Some(1234));
        assert_eq!(number_before("many states", "states"), None);
        assert_eq!(version_in("Spin Version 6.5.2 -- 6 December 2019"), Some("6.5.2"));
        assert_eq!(version_in("Rumur version v2022.08.20"), Some("2022.08.20"));
    }
}
