//! Runs a check: lowers it, searches its worlds, and says what was found.

use crate::evidence::trace_for;
use crate::lasso::trace_of_lasso;
use crate::options::CheckOptions;
use crate::reductions::Reductions;
use crate::report::{CheckReport, Row, Verdict, Work};
use crate::search::{self, Asked, Searched};
use crate::session::Session;
use crate::trace::Layer;
use crate::unbounded::endless_rules;
use crate::verdict::{cut_reason, judge, limits};
use crate::{Watch, refinement};
use verdi_core::{Expect, FuncId, Program, PropertyId, RuleId};
use verdi_diagnostics::{Diagnostic, codes};
use verdi_explore::{Answer, Cut, Stats, shrink};
use verdi_hir::{hir, lower};
use verdi_interp::Interp;
use verdi_machine::{Engine, Env};

/// A check with its program, ready to be searched.
pub(crate) struct Prepared {
    pub(crate) lowered: lower::Lowered,
    pub(crate) network: String,
}

/// Lowers a check under the options of a run.
pub(crate) fn prepare(
    session: &Session,
    check: &hir::Check,
    changes: &lower::Options,
) -> Result<Prepared, Vec<Diagnostic>> {
    let lowered = lower::lower_check(&session.program, check, changes, &evaluate)?;
    let network = changes.network.or(check.network).map(|id| session.program.networks[id].name.to_string());
    if let Some(program) = &lowered.program {
        assert_verified(program);
    }
    Ok(Prepared { lowered, network: network.unwrap_or_default() })
}

/// Lowering that makes Core which the verifier refuses is a mistake of ours, and must not look like a verdict.
pub(crate) fn assert_verified(program: &Program) {
    let verified = verdi_core::verify(program);
    assert!(verified.is_ok(), "the verifier refuses the Core of {}: {verified:?}", program.name);
}

/// What the flags change about a check.
///
/// # Errors
/// There is no network of that name.
pub(crate) fn changes(session: &Session, options: &CheckOptions) -> Result<lower::Options, String> {
    let network = options.under.as_deref().map(|name| find_network(session, name)).transpose()?;
    let mut changes = lower::Options { network, depth_max: options.depth, ..lower::Options::default() };
    for bound in &options.bounds {
        match bound.rule.as_str() {
            "depth" => changes.depth_max = Some(bound.limit),
            "packets" => changes.packets_max = Some(bound.limit),
            _ => changes.bounds.push(lower::ExtraBound {
                rule: bound.rule.clone(),
                limit: bound.limit,
                per_node: bound.per_node,
            }),
        }
    }
    Ok(changes)
}

/// A network by its name.
pub(crate) fn find_network(session: &Session, name: &str) -> Result<hir::NetworkId, String> {
    let networks = &session.program.networks;
    let found = networks.iter().find(|(_, network)| network.name == name).map(|(id, _)| id);
    found.ok_or_else(|| {
        let names: Vec<_> = networks.values().map(|network| network.name.as_str()).collect();
        format!("there is no network `{name}`; there are {}", names.join(", "))
    })
}

/// Computes a closed pure function for lowering.
pub(crate) fn evaluate(
    program: &Program,
    func: FuncId,
) -> Result<verdi_core::Value, (verdi_core::FaultKind, verdi_core::Span, smol_str::SmolStr)> {
    struct Nothing;
    impl Env for Nothing {}
    match Interp::new(program.clone()).call(func, &[], &mut Nothing) {
        Ok(Some(value)) => Ok(value),
        Ok(None) => unreachable!("a constant has a value"),
        Err(fault) => Err((fault.kind, fault.span, fault.detail)),
    }
}

/// Runs one check, unless its arguments, bounds or domains are wrong.
///
/// # Errors
/// A checkpoint that is of no use.
pub(crate) fn run(
    session: &Session,
    check: &hir::Check,
    options: &CheckOptions,
    changes: &lower::Options,
    watch: &mut dyn Watch,
) -> anyhow::Result<Result<CheckReport, Vec<Diagnostic>>> {
    let Prepared { lowered, network } = match prepare(session, check, changes) {
        Ok(prepared) => prepared,
        Err(diagnostics) => return Ok(Err(diagnostics)),
    };
    let file = session.file_of(check.span).to_owned();
    let mut report = CheckReport {
        again: options.command(&file, &check.title),
        file,
        span: check.span,
        name: check.title.to_string(),
        system: check.subject_text.to_string(),
        network,
        rows: Vec::new(),
        limits: Vec::new(),
        work: Work::default(),
        seed: options.seed,
        notes: lowered.notes,
        options: options.clone(),
    };
    if let Some(program) = lowered.program {
        let reductions = match Reductions::of(&program, options, check.span) {
            Ok(reductions) => reductions,
            Err(refused) => return Ok(Err(refused)),
        };
        for rule in endless_rules(reductions.searched(&program)) {
            watch.warn(&session.files, endless_warning(&program, rule, check));
        }
        let refined: Vec<_> = lowered
            .refinements
            .iter()
            .map(|refinement| refinement::run(&program, refinement, options, watch, &report))
            .collect();
        let whole = program.clone();
        let mut program = program;
        refined.iter().for_each(|found| found.relieve(&mut program));
        let implicit = search::implicit_no_fault(&program, check);
        match refined.iter().find(|found| found.answers(&program, implicit)) {
            Some(found) => found.stand_in(&program, &mut report),
            None => search(session, check, options, (program, &reductions), watch, &mut report)?,
        }
        refined.into_iter().for_each(|found| found.tell(&whole, &mut report));
    }
    report.rows.extend(lowered.not_run.into_iter().map(|claim| Row {
        property: claim.property.to_string(),
        kind: None,
        expect: Expect::Holds,
        verdict: Verdict::Inconclusive,
        expected: false,
        reason: Some(format!("{} (see {})", claim.reason, codes::V0701)),
        trace: None,
        span: claim.span,
    }));
    Ok(Ok(report))
}

/// Told before the search begins: it may not come back for long.
fn endless_warning(program: &Program, rule: RuleId, check: &hir::Check) -> Diagnostic {
    let name = &program.network.rules[rule].name;
    let clause = format!("bound {name} <= 1");
    let message = format!("nothing bounds `{name}`, so this check has worlds without end");
    // Only the title is of interest, and the mend goes before the closing brace.
    let end =
        verdi_diagnostics::Span { start: check.span.end.saturating_sub(1), ..check.span }.with_no_length();
    Diagnostic::warning(codes::V0702, check.span, message)
        .label(format!("each `{name}` puts one more packet in flight"))
        .mend(format!("add `{clause}` to the check"), end, format!("  {clause}\n"))
}

/// An empty span where another begins.
trait NoLength {
    fn with_no_length(self) -> Self;
}

impl NoLength for verdi_diagnostics::Span {
    fn with_no_length(self) -> Self {
        Self { end: self.start, ..self }
    }
}

fn search(
    session: &Session,
    check: &hir::Check,
    options: &CheckOptions,
    (program, reductions): (Program, &Reductions),
    watch: &mut dyn Watch,
    report: &mut CheckReport,
) -> anyhow::Result<()> {
    if watch.stop() {
        report.rows.extend(program.properties.values().map(interrupted));
        return Ok(());
    }
    let asked = Asked { check, title: &report.name, network: &report.network, worlds_max: None };
    let searched = search::run(program, reductions, &asked, options, watch)?;
    let (program, outcome) = (searched.machine.program(), &searched.outcome);
    report.limits = limits(program, &outcome.coverage);
    report.work = work(&outcome.stats);
    report.notes.extend(searched.notes.iter().cloned());
    for id in program.properties.keys() {
        let row = row(session, &searched, id, options.layer);
        // What every check checks besides is worth a row only where it fails.
        if Some(id) != searched.implicit || row.verdict == Verdict::Violated || program.properties.len() == 1
        {
            report.rows.push(row);
        }
    }
    Ok(())
}

/// Of a check that was not begun.
fn interrupted(property: &verdi_core::Property) -> Row {
    Row {
        property: property.name.to_string(),
        kind: Some(property.kind),
        expect: property.expect,
        verdict: Verdict::Inconclusive,
        expected: false,
        reason: Some(cut_reason(Cut::Interrupted)),
        trace: None,
        span: property.span,
    }
}

pub(crate) fn work(stats: &Stats) -> Work {
    Work {
        distinct: stats.distinct,
        transitions: stats.transitions,
        levels: stats.levels,
        runs: stats.runs,
        elapsed: stats.elapsed,
    }
}

fn row(session: &Session, searched: &Searched, id: PropertyId, layer: Layer) -> Row {
    let Searched { machine, outcome, .. } = searched;
    let property = &machine.program().properties[id];
    let judged = judge(machine.program(), outcome, id);
    let trace = match &outcome.answers[id.as_u32() as usize] {
        Answer::Found(run) if searched.shrinks => {
            Some(trace_for(machine, &session.files, id, &shrink(machine, id, run), layer))
        }
        Answer::Found(run) => Some(trace_for(machine, &session.files, id, run, layer)),
        Answer::Lasso(lasso) => Some(trace_of_lasso(machine, &session.files, id, lasso, layer)),
        Answer::NotFound | Answer::Open(_) => None,
    };
    Row {
        property: property.name.to_string(),
        kind: Some(property.kind),
        expect: property.expect,
        verdict: judged.verdict,
        expected: judged.expected,
        reason: judged.reason,
        trace,
        span: property.span,
    }
}
