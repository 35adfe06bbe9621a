//! The fault ladder: each property under networks that can do ever more harm, with the same bounds.

use crate::Watch;
use crate::check::{find_network, prepare};
use crate::options::{BoundFlag, CheckOptions};
use crate::reductions::Reductions;
use crate::report::Verdict;
use crate::search::{self, Asked};
use crate::session::Session;
use crate::verdict::judge;
use smol_str::SmolStr;
use verdi_core::{Fire, Program, PropertyKind, StmtKind};
use verdi_diagnostics::Diagnostic;
use verdi_explore::Answer;
use verdi_hir::{hir, lower};

/// The networks, each with one fault more than the one before.
pub const RUNGS: [&str; 5] = ["sync", "async", "flaky", "busy", "crash"];

/// The most worlds of a rung, unless it is said otherwise: a rung must not keep the others waiting.
pub const WORLDS_MAX: u64 = 300_000;

/// The ladder of one check.
#[derive(Clone, Debug)]
pub struct Ladder {
    /// The check's name.
    pub check: String,
    /// Its system.
    pub system: String,
    /// The file.
    pub file: String,
    /// Its properties, each with a cell for each rung.
    pub rows: Vec<LadderRow>,
    /// For each rung, the rules that the check does not bound and that were held to a few.
    pub held: Vec<Vec<String>>,
    /// To how many.
    pub faults: u64,
    /// What is not run.
    pub notes: Vec<String>,
}

/// A property on the ladder.
#[derive(Clone, Debug)]
pub struct LadderRow {
    /// The property.
    pub property: String,
    /// Whether a world is looked for rather than looked out for.
    pub is_reach: bool,
    /// Whether the check does not name it.
    pub is_implicit: bool,
    /// One for each rung.
    pub cells: Vec<Cell>,
}

/// A property under a network.
#[derive(Clone, Debug)]
pub struct Cell {
    /// What was found.
    pub verdict: Verdict,
    /// The steps of the run that shows it.
    pub steps: Option<usize>,
    /// Distinct worlds of the rung's search.
    pub distinct: u64,
    /// The command that shows it.
    pub again: String,
}

impl LadderRow {
    /// The weakest network under which the property breaks.
    pub fn weakest(&self) -> Option<usize> {
        self.cells.iter().position(|cell| cell.verdict == Verdict::Violated)
    }
}

/// Climbs the ladder with one check; `None` where this version runs nothing of it.
///
/// # Errors
/// What is wrong with the check's arguments, bounds and domains, or with what is to be left out of the search.
pub(crate) fn climb(
    session: &Session,
    check: &hir::Check,
    options: &CheckOptions,
    faults: u64,
    watch: &mut dyn Watch,
) -> anyhow::Result<Result<Ladder, Vec<Diagnostic>>> {
    let mut ladder = Ladder {
        check: check.title.to_string(),
        system: check.subject_text.to_string(),
        file: session.file_of(check.span).to_owned(),
        rows: Vec::new(),
        held: Vec::new(),
        faults,
        notes: Vec::new(),
    };
    for name in RUNGS {
        if watch.stop() {
            break;
        }
        if let Err(diagnostics) = rung(session, check, options, name, &mut ladder, watch)? {
            return Ok(Err(diagnostics));
        }
    }
    // What every check checks besides is worth a row only where it fails.
    ladder.rows.retain(|row| !row.is_implicit || row.weakest().is_some());
    Ok(Ok(ladder))
}

fn rung(
    session: &Session,
    check: &hir::Check,
    options: &CheckOptions,
    name: &str,
    ladder: &mut Ladder,
    watch: &mut dyn Watch,
) -> anyhow::Result<Result<(), Vec<Diagnostic>>> {
    // The networks of the library are always there.
    let Ok(network) = find_network(session, name) else { return Ok(Ok(())) };
    let (program, held) = match held_to_few(session, check, options, network, ladder) {
        Ok(Some(found)) => found,
        Ok(None) => return Ok(Ok(())),
        Err(diagnostics) => return Ok(Err(diagnostics)),
    };
    match Reductions::of(&program, options, check.span) {
        Ok(reductions) => search(check, options, name, (program, &reductions), &held, ladder, watch)?,
        Err(refused) => return Ok(Err(refused)),
    }
    ladder.held.push(held.iter().map(SmolStr::to_string).collect());
    Ok(Ok(()))
}

/// A check under a network that can do harm a few times only, and the rules that were held to that; `None` where this
/// version runs nothing of it.
fn held_to_few(
    session: &Session,
    check: &hir::Check,
    options: &CheckOptions,
    network: hir::NetworkId,
    ladder: &mut Ladder,
) -> Result<Option<(Program, Vec<SmolStr>)>, Vec<Diagnostic>> {
    let mut changes = lower::Options { network: Some(network), ..lower::Options::default() };
    changes.depth_max = options.depth;
    changes.bounds = options.bounds.iter().map(extra).collect();
    changes.faults_max = Some(ladder.faults);
    let first = prepare(session, check, &changes)?.lowered;
    let Some(program) = first.program else {
        ladder
            .notes
            .extend(first.not_run.into_iter().map(|claim| format!("{}: {}", claim.property, claim.reason)));
        ladder.notes.dedup();
        return Ok(None);
    };
    // Timeouts are fair, but without a bound a timer that resends makes worlds without end.
    let timeouts = unbounded_timeouts(&program);
    changes.bounds.extend(timeouts.iter().map(|rule| lower::ExtraBound {
        rule: rule.clone(),
        limit: ladder.faults,
        per_node: false,
    }));
    let second = prepare(session, check, &changes)?.lowered;
    let held = second.faults_bounded.into_iter().chain(timeouts).collect();
    Ok(second.program.map(|program| (program, held)))
}

fn extra(bound: &BoundFlag) -> lower::ExtraBound {
    lower::ExtraBound { rule: bound.rule.clone(), limit: bound.limit, per_node: bound.per_node }
}

fn unbounded_timeouts(program: &Program) -> Vec<SmolStr> {
    let fires_timeout = |stmt: &StmtKind| matches!(stmt, StmtKind::Fire(Fire::Timeout { .. }));
    program
        .network
        .rules
        .iter()
        .filter(|(id, rule)| {
            crate::trace::any_statement(&program.functions[rule.body].body, &fires_timeout)
                && !program.timers.is_empty()
                && !program.bounds.iter().any(|bound| bound.rule == *id)
        })
        .map(|(_, rule)| rule.name.clone())
        .collect()
}

fn search(
    check: &hir::Check,
    options: &CheckOptions,
    network: &str,
    (program, reductions): (Program, &Reductions),
    held: &[SmolStr],
    ladder: &mut Ladder,
    watch: &mut dyn Watch,
) -> anyhow::Result<()> {
    let mut again = CheckOptions { under: Some(network.to_owned()), ..options.clone() };
    again.bounds.extend(held.iter().map(|rule| BoundFlag {
        rule: rule.clone(),
        limit: ladder.faults,
        per_node: false,
    }));
    let again = again.command(&ladder.file, &check.title);
    let title = format!("{} under {network}", check.title);
    let asked = Asked { check, title: &title, network, worlds_max: Some(WORLDS_MAX) };
    let searched = search::run(program, reductions, &asked, options, watch)?;
    let (program, outcome) = (searched.machine.program(), &searched.outcome);
    for (position, (id, property)) in program.properties.iter().enumerate() {
        let judged = judge(program, outcome, id);
        let steps = match &outcome.answers[id.as_u32() as usize] {
            Answer::Found(run) => Some(run.choices.len()),
            Answer::Lasso(lasso) => Some(lasso.choices.len()),
            Answer::NotFound | Answer::Open(_) => None,
        };
        let cell =
            Cell { verdict: judged.verdict, steps, distinct: outcome.stats.distinct, again: again.clone() };
        if ladder.rows.len() == position {
            ladder.rows.push(LadderRow {
                property: property.name.to_string(),
                is_reach: property.kind == PropertyKind::Reach,
                is_implicit: Some(id) == searched.implicit && program.properties.len() > 1,
                cells: Vec::new(),
            });
        }
        ladder.rows[position].cells.push(cell);
    }
    Ok(())
}
