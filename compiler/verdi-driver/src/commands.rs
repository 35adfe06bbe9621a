//! What the subcommands do, for whoever prints the results.

use crate::check::changes;
use crate::coverage::{follow, of_check, warnings};
use crate::options::CheckOptions;
use crate::reductions::may_wait;
use crate::report::Report;
use crate::session::Session;
use crate::trace::Layer;
use crate::{Watch, check, checkpoint, disk, ladder, replay, testing};
use anyhow::bail;
use verdi_diagnostics::{Diagnostic, FileId};
use verdi_hir::hir;

/// What a command found: reports, and diagnostics that only running showed.
#[derive(Debug, Default)]
pub struct Found {
    /// Checks and tests.
    pub report: Report,
    /// What is wrong with arguments, bounds and domains.
    pub diagnostics: Vec<Diagnostic>,
}

/// Runs the checks of a session's files, and their tests unless a check is named.
///
/// # Errors
/// A check or network that does not exist, or a checkpoint that is of no use.
pub fn check_all(session: &Session, options: &CheckOptions, watch: &mut dyn Watch) -> anyhow::Result<Found> {
    may_wait(options)?;
    let changes = changes(session, options).map_err(anyhow::Error::msg)?;
    let mut found = Found::default();
    let mut runs = Vec::new();
    let checks = selected(session, options.check.as_deref())?;
    checkpoint::may_keep(options, checks.len())?;
    disk::may_use(options)?;
    for check in checks {
        match check::run(session, check, options, &changes, watch)? {
            Ok(report) => {
                watch.checked(&report);
                for warning in of_check(check, &report) {
                    watch.warn(&session.files, warning);
                }
                runs.push((check, report.work.transitions));
                found.report.checks.push(report);
            }
            Err(diagnostics) => found.diagnostics.extend(diagnostics),
        }
    }
    let gather = follow(session, (options, &changes), &runs, watch);
    for warning in warnings(session, &gather) {
        watch.warn(&session.files, warning);
    }
    if options.coverage {
        found.report.coverage = Some(gather.finish(session));
    }
    if options.tests && options.check.is_none() && !watch.stop() {
        run_tests(session, options.layer, &mut found, watch);
    }
    Ok(found)
}

/// Runs the tests of a session's files; traces of transformed systems show a layer.
pub fn test_all(session: &Session, layer: Layer, watch: &mut dyn Watch) -> Found {
    let mut found = Found::default();
    run_tests(session, layer, &mut found, watch);
    found
}

fn run_tests(session: &Session, layer: Layer, found: &mut Found, watch: &mut dyn Watch) {
    for test in session.program.tests.iter().filter(|test| is_root(session, test.span.file)) {
        match testing::run(session, test, layer) {
            Ok(report) => {
                watch.tested(&session.files, &report);
                found.report.tests.push(report);
            }
            Err(diagnostics) => found.diagnostics.extend(diagnostics),
        }
    }
}

/// A check's name and its Core.
pub type Titled = (String, verdi_core::Program);

/// The Core of each check that can be run, with the check's name.
///
/// # Errors
/// A check or network that does not exist.
pub fn core_of(
    session: &Session,
    options: &CheckOptions,
) -> anyhow::Result<Result<Vec<Titled>, Vec<Diagnostic>>> {
    let changes = changes(session, options).map_err(anyhow::Error::msg)?;
    let mut out = Vec::new();
    for check in selected(session, options.check.as_deref())? {
        match check::prepare(session, check, &changes) {
            Ok(prepared) => {
                out.extend(prepared.lowered.program.map(|program| (check.title.to_string(), program)))
            }
            Err(diagnostics) => return Ok(Err(diagnostics)),
        }
    }
    Ok(Ok(out))
}

/// Climbs the fault ladder with each check.
///
/// # Errors
/// A check that does not exist.
pub fn ladder_all(
    session: &Session,
    options: &CheckOptions,
    faults: u64,
    watch: &mut dyn Watch,
) -> anyhow::Result<Found> {
    may_wait(options)?;
    let mut found = Found::default();
    for check in selected(session, options.check.as_deref())? {
        match ladder::climb(session, check, options, faults, watch)? {
            Ok(ladder) => found.report.ladders.push(ladder),
            Err(diagnostics) => found.diagnostics.extend(diagnostics),
        }
    }
    Ok(found)
}

/// Replays a trace. What the flags do not say, the trace says.
///
/// # Errors
/// A trace that cannot be read, or a step of it that is not possible.
pub fn replay_trace(
    session: &Session,
    text: &str,
    options: &CheckOptions,
    watch: &mut dyn Watch,
) -> anyhow::Result<Found> {
    let file = replay::TraceFile::parse(text)?;
    let mut options = options.clone();
    let exact = options.check.is_none();
    options.check = options.check.or_else(|| file.check.clone());
    options.under = options.under.or_else(|| file.under.clone());
    options.depth = options.depth.or(file.depth);
    if options.bounds.is_empty() {
        options.bounds.clone_from(&file.bounds);
    }
    let mut checks = selected(session, options.check.as_deref())?;
    if exact && let Some(title) = &options.check {
        let same: Vec<_> = checks.iter().copied().filter(|check| check.title == title.as_str()).collect();
        checks = if same.is_empty() { checks } else { same };
    }
    let [check] = checks.as_slice() else {
        bail!("say with --check which of {} checks the trace is of", checks.len());
    };
    let mut found = Found::default();
    match replay::replay(session, check, &file, &options, watch)? {
        Ok(report) => {
            watch.checked(&report);
            found.report.checks.push(report);
        }
        Err(diagnostics) => found.diagnostics.extend(diagnostics),
    }
    Ok(found)
}

/// The checks of the files that were asked for; with a name, those whose title contains it, whatever the
/// case, or is it.
fn selected<'a>(session: &'a Session, name: Option<&str>) -> anyhow::Result<Vec<&'a hir::Check>> {
    let all: Vec<&hir::Check> =
        session.program.checks.iter().filter(|check| is_root(session, check.span.file)).collect();
    let Some(name) = name else { return Ok(all) };
    let exact: Vec<&hir::Check> = all.iter().copied().filter(|check| check.title == name).collect();
    if !exact.is_empty() {
        return Ok(exact);
    }
    let wanted = name.to_lowercase();
    let found: Vec<&hir::Check> =
        all.iter().copied().filter(|check| check.title.to_lowercase().contains(&wanted)).collect();
    if found.is_empty() {
        if all.is_empty() {
            bail!("no check has a name with `{name}` in it: there are no checks");
        }
        let names: Vec<String> = all.iter().map(|check| format!("  {}", check.title)).collect();
        bail!("no check has a name with `{name}` in it; there are\n{}", names.join("\n"));
    }
    Ok(found)
}

fn is_root(session: &Session, file: FileId) -> bool {
    session.roots.contains(&file)
}
