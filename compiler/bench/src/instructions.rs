//! How many instructions a transition costs `verdic`: a figure that does not depend on what else the machine does.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde::{Deserialize, Serialize};

use crate::measure::run;
use crate::models::{MODELS, Model, Scale};
use crate::tools::{Setup, Tool};

/// What a model costs.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Cost {
    /// To read the program and to get ready, up to the first world.
    pub start: u64,
    /// From then on, for each transition that the model has in every tool.
    pub transition: f64,
}

/// The costs of models by their names.
pub type Costs = BTreeMap<String, Cost>;

/// By how much a figure may differ from the recorded one.
pub const TOLERANCE: f64 = 0.05;

/// Where the figures are recorded.
pub fn recorded_at() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("instructions.json")
}

/// The recorded figures; none if there are none yet.
pub fn recorded() -> Result<Costs> {
    let path = recorded_at();
    if !path.exists() {
        return Ok(Costs::new());
    }
    let text = fs::read_to_string(&path).with_context(|| path.display().to_string())?;
    serde_json::from_str(&text).with_context(|| path.display().to_string())
}

/// Records figures.
pub fn record(costs: &Costs) -> Result<()> {
    let path = recorded_at();
    let rounded: Costs = costs
        .iter()
        .map(|(name, cost)| {
            (name.clone(), Cost { transition: (cost.transition * 10.0).round() / 10.0, ..*cost })
        })
        .collect();
    let text = serde_json::to_string_pretty(&rounded)? + "\n";
    fs::write(&path, text).with_context(|| path.display().to_string())
}

/// Measures the quick models on one thread.
pub fn measure(setup: &Setup) -> Result<Costs> {
    let models = MODELS.iter().filter(|model| model.scale == Scale::Quick);
    models.map(|model| Ok((model.name(), cost(model, setup)?))).collect()
}

fn cost(model: &Model, setup: &Setup) -> Result<Cost> {
    let (start, _) = collect(model, setup, &["--max-worlds", "1"])?;
    let (all, output) = collect(model, setup, &[])?;
    ensure!(
        Tool::Verdic.distinct(&output) == Some(model.distinct),
        "{} did not come out right\n{output}",
        model.name()
    );
    Ok(Cost { start, transition: all.saturating_sub(start) as f64 / model.transitions as f64 })
}

/// The instructions of a check, and what `verdic` printed.
fn collect(model: &Model, setup: &Setup, more: &[&str]) -> Result<(u64, String)> {
    let check = Tool::Verdic.prepare(model, 1, setup)?.context("verdic has every model")?;
    let mut valgrind = Command::new("valgrind");
    valgrind.args(["--tool=callgrind", "--callgrind-out-file=/dev/null"]);
    valgrind.arg(check.get_program()).args(check.get_args()).args(more);
    // A search that is cut short does not end well, so its exit code says nothing.
    let output = run(&mut valgrind, Duration::from_secs(600))?.output;
    let collected = output.lines().find_map(|line| line.split_once("Collected : ")?.1.trim().parse().ok());
    Ok((collected.with_context(|| format!("callgrind counted nothing\n{output}"))?, output))
}

/// A figure beside the recorded one.
#[derive(Debug, PartialEq)]
pub enum Change {
    /// Within [`TOLERANCE`].
    Same,
    /// It costs less: the record can be renewed.
    Less,
    /// It costs more.
    More,
    /// Nothing is recorded.
    Unknown,
}

/// Holds a figure against the recorded one.
pub fn compare(now: f64, recorded: Option<f64>) -> Change {
    match recorded {
        None => Change::Unknown,
        Some(before) if now > before * (1.0 + TOLERANCE) => Change::More,
        Some(before) if now < before * (1.0 - TOLERANCE) => Change::Less,
        Some(_) => Change::Same,
    }
}

#[cfg(test)]
mod tests {
    use super::{Change, MODELS, Scale, compare, recorded};

    #[test]
    fn five_percent_are_allowed() {
        assert_eq!(compare(104.0, Some(100.0)), Change::Same);
        assert_eq!(compare(96.0, Some(100.0)), Change::Same);
        assert_eq!(compare(106.0, Some(100.0)), Change::More);
        assert_eq!(compare(94.0, Some(100.0)), Change::Less);
        assert_eq!(compare(94.0, None), Change::Unknown);
    }

    #[test]
    fn every_quick_model_is_recorded() {
        let recorded = recorded().expect("the record can be read");
        for model in MODELS.iter().filter(|model| model.scale == Scale::Quick) {
            assert!(recorded.contains_key(&model.name()), "{}", model.name());
        }
    }
}
