//! `verdic` and the ceilings.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};
use serde_json::Value;

use super::{Setup, number_before, version_in};
use crate::ceiling;
use crate::measure::must;
use crate::models::Model;
use crate::places;

/// Builds `verdic` as users do, and says where it is.
pub fn build_verdic() -> Result<PathBuf> {
    must(cargo().args(["build", "--release", "--quiet", "-p", "verdic"]).current_dir(places::root()))?;
    Ok(places::target().join("release/verdic"))
}

pub(super) fn cargo() -> Command {
    Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

pub(super) fn verdic_version(setup: &Setup) -> Result<String> {
    let output = must(Command::new(&setup.verdic).arg("--version"))?;
    Ok(version_in(&output).context("verdic does not say its version")?.to_owned())
}

/// `verdic check` of one model, for its counts.
pub(super) fn verdic(model: &Model, threads: usize, setup: &Setup) -> Result<Option<Command>> {
    let takes_workers = must(Command::new(&setup.verdic).args(["check", "--help"]))?.contains("--workers");
    if threads > 1 && !takes_workers {
        return Ok(None);
    }
    let mut command = Command::new(&setup.verdic);
    command.args(["check", "--json", "--count-all", "--check", &model.name()]);
    if takes_workers {
        command.args(["--workers", &threads.to_string()]);
    }
    command.arg(places::root().join(format!("tests/suite/peers/{}.verdi", model.family.file())));
    Ok(Some(command))
}

/// Of the only check of a report, whatever was printed around it, if it covered everything and found what it states.
pub(super) fn verdic_distinct(output: &str) -> Option<u64> {
    let line = output.lines().find(|line| line.starts_with('{'))?;
    let report: Value = serde_json::from_str(line).ok()?;
    // There is a row for each property.
    let rows = report["checks"].as_array()?;
    let as_stated = |row: &Value| row["verdict"] == "exhaustive" && row["expected"] == true;
    rows.first().filter(|_| rows.iter().all(as_stated))?["distinct"].as_u64()
}

fn ceiling_path() -> PathBuf {
    places::target().join("release/ceiling")
}

pub(super) fn ceiling_version() -> Result<String> {
    must(
        cargo()
            .args(["build", "--release", "--quiet", "-p", "verdi-bench", "--bin", "ceiling"])
            .current_dir(places::root()),
    )?;
    Ok(env!("CARGO_PKG_VERSION").to_owned())
}

pub(super) fn ceiling(model: &Model, threads: usize) -> Option<Command> {
    ceiling::find(model.family.name(), model.sizes)?;
    let mut command = Command::new(ceiling_path());
    command.arg(model.family.name()).args(model.sizes.iter().map(u64::to_string)).arg(threads.to_string());
    Some(command)
}

pub(super) fn ceiling_distinct(output: &str) -> Option<u64> {
    output.contains("holds").then(|| number_before(output, "distinct worlds"))?
}
