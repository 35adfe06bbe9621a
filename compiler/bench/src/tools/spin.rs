//! Spin: models in Promela, searched depth first by a program that it generates.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};

use super::{number_before, version_in};
use crate::measure::must;
use crate::models::{Family, Model};
use crate::places;

pub(super) fn version() -> Result<String> {
    let output = must(Command::new("spin").arg("-V")).context("install it with: apt-get install spin")?;
    Ok(version_in(&output).context("spin does not say its version")?.to_owned())
}

/// The model's sizes as macros, for Spin and for the compiler.
fn macros(model: &Model) -> (Vec<String>, Vec<String>) {
    let mut spin: Vec<String> = Vec::new();
    let mut compiler = Vec::new();
    match (model.family, model.sizes) {
        (Family::Raft, &[terms, entries, lossy]) => {
            // No run has more packets in flight; the model stops with an error where one does.
            let packets = 10;
            spin.extend([format!("-DT={terms}"), format!("-DL={entries}"), format!("-DM={packets}")]);
            spin.extend((lossy == 1).then(|| "-DLOSSY".to_owned()));
            compiler.extend([format!("-DLL_={}", entries + 1), format!("-DM_={packets}")]);
        }
        (_, sizes) => {
            spin.extend(["N", "K"].iter().zip(sizes).map(|(name, size)| format!("-D{name}={size}")));
        }
    }
    (spin, compiler)
}

/// With the switches that make Spin fastest here: all of a world is stored, in one piece. Of its ways to use several
/// processors this is the fastest that finds every world.
pub(super) fn prepare(model: &Model, threads: usize) -> Result<Command> {
    let folder: PathBuf = places::scratch().join("spin").join(format!("{} on {threads}", model.name()));
    fs::create_dir_all(&folder).with_context(|| folder.display().to_string())?;
    let (spin, compiler) = macros(model);
    let source = places::peers().join(format!("spin/{}.pml", model.family.file()));
    must(Command::new("spin").args(spin).arg("-a").arg(source).current_dir(&folder))?;
    let switches =
        ["-O3", "-march=native", "-w", "-DSAFETY", "-DNOREDUCE", "-DNOCOMP", "-DNOBOUNDCHECK", "-DNOFAIR"];
    let mut gcc = Command::new("gcc");
    gcc.args((threads > 1).then(|| format!("-DNCORE={threads}")));
    gcc.args(switches).arg("-DMEMLIM=12000").args(compiler).args(["pan.c", "-o", "pan"]);
    must(gcc.current_dir(&folder))?;
    let mut command = Command::new(folder.join("pan"));
    // It writes a trail where it runs.
    command.args(["-m10000", "-w25"]).current_dir(folder);
    Ok(command)
}

pub(super) fn distinct(output: &str) -> Option<u64> {
    let complete = output.contains("errors: 0") && !output.contains("max search depth too small");
    complete.then(|| number_before(output, "states, stored"))?
}
