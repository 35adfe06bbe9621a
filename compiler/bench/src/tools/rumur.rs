//! Rumur: models in Murphi, searched breadth first by a program that it generates.

use std::fs;
use std::process::Command;

use anyhow::{Context, Result};

use super::{number_before, version_in};
use crate::measure::must;
use crate::models::{Family, Model};
use crate::places;

pub(super) fn version() -> Result<String> {
    let output =
        must(Command::new("rumur").arg("--version")).context("install it with: apt-get install rumur")?;
    Ok(version_in(&output).context("rumur does not say its version")?.to_owned())
}

/// The model's constants.
fn constants(model: &Model) -> Vec<(&'static str, u64)> {
    match (model.family, model.sizes) {
        (Family::Lock, &[clients, locks]) => {
            vec![("@N@", clients), ("@K@", locks), ("@QL@", clients * locks)]
        }
        // No run has more packets in flight; the model asserts it.
        (Family::Raft, &[terms, entries, lossy]) => {
            vec![("@T@", terms), ("@L@", entries), ("@M@", 10), ("@LOSSY@", lossy)]
        }
        (_, sizes) => sizes.iter().map(|size| ("@N@", *size)).collect(),
    }
}

pub(super) fn prepare(model: &Model, threads: usize) -> Result<Command> {
    let folder = places::scratch().join("rumur").join(format!("{} on {threads}", model.name()));
    fs::create_dir_all(&folder).with_context(|| folder.display().to_string())?;
    let source = places::peers().join(format!("murphi/{}.m.in", model.family.file()));
    let mut text = fs::read_to_string(&source).with_context(|| source.display().to_string())?;
    for (name, value) in constants(model) {
        text = text.replace(name, &value.to_string());
    }
    fs::write(folder.join("model.m"), text)?;
    let mut rumur = Command::new("rumur");
    rumur.args([
        "--deadlock-detection",
        "off",
        "--threads",
        &threads.to_string(),
        "--output",
        "model.c",
        "model.m",
    ]);
    must(rumur.current_dir(&folder))?;
    let mut gcc = Command::new("gcc");
    gcc.args(["-O3", "-march=native", "-std=c11", "-w", "model.c", "-o", "model", "-lpthread", "-latomic"]);
    must(gcc.current_dir(&folder))?;
    Ok(Command::new(folder.join("model")))
}

pub(super) fn distinct(output: &str) -> Option<u64> {
    output.contains("No error found").then(|| number_before(output, "states, "))?
}
