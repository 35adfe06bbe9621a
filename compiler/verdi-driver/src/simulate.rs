//! `verdic run`: one seeded run, or a script, shown as it goes.

use crate::check::{changes, evaluate, prepare};
use crate::evidence::ending;
use crate::fs::FileSystem;
use crate::options::CheckOptions;
use crate::report::TestOutcome;
use crate::session::Session;
use crate::testing;
use crate::trace::{Builder, Ending, Trace, fault_text};
use std::io;
use std::path::{Path, PathBuf};
use verdi_core::PropertyKind;
use verdi_diagnostics::Diagnostic;
use verdi_explore::{Walk, WalkEnd};
use verdi_hir::{hir, lower};
use verdi_interp::Interp;
use verdi_machine::{Machine, Model};

/// What a run showed.
#[derive(Clone, Debug)]
pub struct Shown {
    /// The check that the system and the bounds are of.
    pub check: String,
    /// The system.
    pub system: String,
    /// The network.
    pub network: String,
    /// What happened.
    pub trace: Trace,
    /// Properties that failed in the last world, by name.
    pub broken: Vec<String>,
    /// Worlds that a check asks for, with the step that reached each.
    pub reached: Vec<(String, usize)>,
    /// Why it went no further.
    pub end: String,
    /// How a script went.
    pub script: Option<TestOutcome>,
}

/// The check to run: the first whose name contains the given one, or else the first; with `last`, the last
/// one of that name, which is the one that was added.
pub fn find_check<'a>(session: &'a Session, name: Option<&str>, last: bool) -> Option<&'a hir::Check> {
    let wanted = name.map(str::to_lowercase);
    let mut fitting = session
        .program
        .checks
        .iter()
        .filter(|check| session.roots.contains(&check.span.file))
        .filter(|check| wanted.as_ref().is_none_or(|wanted| check.title.to_lowercase().contains(wanted)));
    if last { fitting.next_back() } else { fitting.next() }
}

/// Told of a run as it goes: after its first world and after every step.
pub type Follow<'a> = &'a mut dyn FnMut(&Shown, &Trace);

/// A seeded run of a check's system, until something breaks or `steps` are taken.
///
/// # Errors
/// What is wrong with the check, or a reason why this version does not run it.
pub fn random(
    session: &Session,
    check: &hir::Check,
    options: &CheckOptions,
    follow: Follow<'_>,
) -> anyhow::Result<Result<Shown, Vec<Diagnostic>>> {
    let changes = changes(session, options).map_err(anyhow::Error::msg)?;
    let prepared = match prepare(session, check, &changes) {
        Ok(prepared) => prepared,
        Err(diagnostics) => return Ok(Err(diagnostics)),
    };
    let Some(program) = prepared.lowered.program else {
        let reason = prepared.lowered.not_run.first().map_or("", |claim| &claim.reason).to_owned();
        anyhow::bail!("`{}` cannot be run: {reason}", check.title);
    };
    let machine = Machine::new(Interp::new(program));
    let mut shown = Shown {
        check: check.title.to_string(),
        system: check.subject_text.to_string(),
        network: prepared.network,
        trace: Trace::default(),
        broken: Vec::new(),
        reached: Vec::new(),
        end: String::new(),
        script: None,
    };
    walk(session, &machine, options, &mut shown, follow);
    Ok(Ok(shown))
}

fn walk(
    session: &Session,
    machine: &Machine<Interp>,
    options: &CheckOptions,
    shown: &mut Shown,
    follow: Follow<'_>,
) {
    let mut builder = Builder::new(machine);
    let mut last = Ending::default();
    match Walk::new(machine, options.seed) {
        Err(fault) => shown.end = format!("there is no first world: {}", fault_text(&fault)),
        Ok(mut walk) => {
            look(session, machine, &builder, shown, &mut last);
            follow(shown, builder.trace());
            while shown.broken.is_empty() && builder.trace().len() < options.steps as usize {
                let Some(choice) = walk.next() else { break };
                builder.step(&choice);
                look(session, machine, &builder, shown, &mut last);
                follow(shown, builder.trace());
            }
            shown.end = match walk.end() {
                _ if !shown.broken.is_empty() => "it stopped where a property failed".to_owned(),
                Some(end) => end_text(end),
                None => format!("it stopped after {} steps", builder.trace().len()),
            };
            if let Some(WalkEnd::Fault(..)) = walk.end() {
                shown.broken.push(PropertyKind::NO_FAULT.into());
            }
        }
    }
    shown.trace = builder.finish(options.layer);
    shown.trace.ending = last;
}

/// Holds the world that was reached against the properties.
fn look(
    session: &Session,
    machine: &Machine<Interp>,
    builder: &Builder<'_, Interp>,
    shown: &mut Shown,
    last: &mut Ending,
) {
    let Some(world) = builder.world() else { return };
    for (id, property) in &machine.program().properties {
        let name = property.name.to_string();
        match property.kind {
            PropertyKind::Invariant | PropertyKind::Reach => {}
            _ => continue,
        }
        match (property.kind, machine.holds(id, world)) {
            (_, Err(fault)) => {
                last.headline = format!("`{name}` faults: {}", fault_text(&fault));
                shown.broken.push(PropertyKind::NO_FAULT.into());
            }
            (PropertyKind::Invariant, Ok(false)) => {
                if last.headline.is_empty() {
                    *last = ending(machine, &session.files, id, world);
                }
                shown.broken.push(name);
            }
            (PropertyKind::Reach, Ok(true)) if !shown.reached.iter().any(|(known, _)| *known == name) => {
                shown.reached.push((name, builder.trace().len()));
            }
            _ => {}
        }
    }
}

fn end_text(end: &WalkEnd) -> String {
    match end {
        WalkEnd::Deadlock => "no rule is enabled any more".into(),
        WalkEnd::HeldBack(_) => "the bounds let no step more happen".into(),
        WalkEnd::Depth => "the bound on depth was reached".into(),
        WalkEnd::Constraint => "the constraint lets it go no further".into(),
        WalkEnd::Fault(fault, _) => format!("it faulted: {}", fault_text(fault)),
    }
}

/// Plays a script on a check's system.
///
/// # Errors
/// What is wrong with the script or the check.
pub fn script(
    session: &mut Session,
    check: &hir::Check,
    options: &CheckOptions,
    name: &str,
    text: &str,
) -> anyhow::Result<Result<Shown, Vec<Diagnostic>>> {
    let network = changes(session, options).map_err(anyhow::Error::msg)?.network;
    let file = session.files.add(name, text);
    let (steps, mut diagnostics) = verdi_syntax::parse_steps(file, text);
    let effective = network.or(check.network);
    let (steps, more) = verdi_hir::check_steps(&session.program, &check.subject, effective, &steps);
    diagnostics.extend(more);
    if diagnostics.iter().any(Diagnostic::is_error) {
        return Ok(Err(diagnostics));
    }
    let lowered = match lower::lower_script(&session.program, check, network, &steps, &evaluate) {
        Ok(lowered) => lowered,
        Err(diagnostics) => return Ok(Err(diagnostics)),
    };
    let (outcome, trace) = testing::play(session, lowered, options.layer);
    Ok(Ok(Shown {
        check: check.title.to_string(),
        system: check.subject_text.to_string(),
        network: effective.map_or(String::new(), |id| session.program.networks[id].name.to_string()),
        trace: trace.unwrap_or_default(),
        broken: Vec::new(),
        reached: Vec::new(),
        end: String::new(),
        script: Some(outcome),
    }))
}

/// A file system in which one file has more text at its end: how a system that no check names is run.
pub struct Appended<'a> {
    /// Where the rest comes from.
    pub inner: &'a dyn FileSystem,
    /// The file.
    pub path: PathBuf,
    /// What is added.
    pub text: String,
}

impl FileSystem for Appended<'_> {
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        let mut bytes = self.inner.read(path)?;
        if self.inner.canonical(path) == self.inner.canonical(&self.path) {
            bytes.extend_from_slice(self.text.as_bytes());
        }
        Ok(bytes)
    }

    fn canonical(&self, path: &Path) -> PathBuf {
        self.inner.canonical(path)
    }
}

/// The text of a check that runs a system.
pub fn check_text(system: &str, network: &str) -> String {
    format!("\n\ncheck \"run\" {system} {{\n  under {network}\n}}\n")
}
