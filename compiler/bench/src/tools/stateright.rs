//! Stateright: models in Rust, in a package of their own.

use std::process::Command;

use anyhow::Result;

use super::number_before;
use super::ours::cargo;
use crate::measure::must;
use crate::models::{Family, Model};
use crate::places;

pub(super) fn version() -> Result<String> {
    let mut build = cargo();
    build.args(["build", "--release", "--quiet", "--locked", "--manifest-path"]);
    build.arg(places::peers().join("stateright/Cargo.toml"));
    must(build.env("CARGO_TARGET_DIR", places::scratch().join("stateright")))?;
    // The package depends on exactly this version.
    Ok("0.31.0".to_owned())
}

pub(super) fn prepare(model: &Model, search: &str, threads: usize) -> Command {
    let mut command = Command::new(places::scratch().join("stateright/release").join(model.family.file()));
    if model.family == Family::Raft {
        // The number of servers.
        command.arg("3");
    }
    command.args(model.sizes.iter().map(u64::to_string)).args([search, &threads.to_string()]);
    command
}

pub(super) fn distinct(output: &str) -> Option<u64> {
    (!output.contains("violated")).then(|| number_before(output, "distinct"))?
}
