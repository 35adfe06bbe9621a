//! TLC: models in TLA+, on a Java machine.

use std::fs;
use std::process::Command;

use anyhow::{Context, Result, ensure};

use super::{Setup, number_before};
use crate::measure::{must, run};
use crate::models::{Family, Model};
use crate::places;

pub(super) fn version(setup: &Setup) -> Result<String> {
    let jar = &setup.tla2tools;
    ensure!(jar.is_file(), "there is no {}; peers/tla/fetch gets it", jar.display());
    must(Command::new("java").arg("-version")).context("it needs java")?;
    // Without a model it says its version and fails.
    let mut command = Command::new("java");
    command.arg("-cp").arg(jar).arg("tlc2.TLC");
    let output = run(&mut command, std::time::Duration::from_secs(60))?.output;
    let version =
        output.lines().find_map(|line| line.strip_prefix("TLC2 Version ")).context("it is not TLC")?;
    Ok(version.split_whitespace().next().unwrap_or(version).to_owned())
}

/// The module, and its configuration.
fn module(model: &Model) -> (&'static str, String) {
    let (module, names, invariants): (_, &[&str], _) = match model.family {
        Family::Lock => ("LockServ", &["N", "K"], "Mutex"),
        Family::TwoPhase => ("TwoPhase", &["N"], "Consistent"),
        Family::Raft => ("Raft", &["T", "L", "Lossy"], "OneLeader LogsAgree"),
    };
    let constants: Vec<String> =
        names.iter().zip(model.sizes).map(|(name, size)| format!("{name} = {size}")).collect();
    let servers = if model.family == Family::Raft { "N = 3 " } else { "" };
    let text =
        format!("SPECIFICATION Spec\nCONSTANTS {servers}{}\nINVARIANTS {invariants}\n", constants.join(" "));
    (module, text)
}

pub(super) fn prepare(model: &Model, threads: usize, setup: &Setup) -> Result<Command> {
    let folder = places::scratch().join("tlc").join(model.name());
    fs::create_dir_all(&folder).with_context(|| folder.display().to_string())?;
    let (module, config) = module(model);
    let source = places::peers().join(format!("tla/{module}.tla"));
    fs::copy(&source, folder.join(format!("{module}.tla"))).with_context(|| source.display().to_string())?;
    fs::write(folder.join(format!("{module}.cfg")), config)?;
    let mut command = Command::new("java");
    command.args(["-XX:+UseParallelGC", "-Xmx8g", "-cp"]).arg(&setup.tla2tools).arg("tlc2.TLC");
    // `-deadlock` is TLC's way to say that deadlocks are fine.
    command.args(["-deadlock", "-cleanup", "-workers", &threads.to_string(), module]).current_dir(folder);
    Ok(command)
}

pub(super) fn distinct(output: &str) -> Option<u64> {
    let done = output.contains("No error has been found");
    // Reports of progress come before.
    let last = output.lines().rev().find(|line| line.contains("distinct states found"))?;
    done.then(|| number_before(last, "distinct states found"))?
}
