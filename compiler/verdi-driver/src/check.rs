//! Runs a check: lowers it, searches its worlds, and says what was found.

use crate::evidence::trace_for;
use crate::options::{CheckOptions, EngineKind, SearchOrder, Strategy};
use crate::reductions::{Symmetric, collisions};
use crate::report::{CheckReport, Row, Verdict, Work};
use crate::session::Session;
use crate::unbounded::{endless_rules, suspects};
use crate::verdict::{cut_reason, judge, limits};
use crate::{Watch, checkpoint, memory};
use std::sync::Arc;
use verdi_core::{Expect, FuncId, Program, PropertyId, PropertyKind, RuleId};
use verdi_diagnostics::{Diagnostic, codes};
use verdi_explore::{
    Answer, Coverage, Cut, Go, Options, Outcome, Sampling, Search, Stats, explore, explore_saved,
    sample_parts, shrink,
};
use verdi_hir::{hir, lower};
use verdi_interp::Interp;
use verdi_jit::{Jit, NativeParts};
use verdi_machine::{Engine, Env, Machine, TakenApart};

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
        for rule in endless_rules(&program) {
            watch.warn(&session.files, endless_warning(&program, rule, check));
        }
        search(session, check, options, program, watch, &mut report)?;
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
    program: Program,
    watch: &mut dyn Watch,
    report: &mut CheckReport,
) -> anyhow::Result<()> {
    if watch.stop() {
        report.rows.extend(program.properties.values().map(interrupted));
        return Ok(());
    }
    let implicit = implicit_no_fault(&program, check);
    let program = Arc::new(program);
    let machine = Machine::new(Interp::new(Arc::clone(&program)));
    // The fault that nobody asks after must not keep a search going that has found all it was asked for.
    let symmetric = Symmetric::of(&program, options);
    let explore_with = Options {
        aside: implicit.into_iter().collect(),
        symmetric: symmetric.groups(),
        ..explore_options(options)
    };
    let mut progress = |stats: &Stats| {
        watch.progress(&report.name, stats);
        if watch.stop() { Go::Stop } else { Go::On }
    };
    let fast = options.engine == EngineKind::Jit && options.search == SearchOrder::Bfs;
    let mut saves = checkpoint::of(options, &explore_with, &report.name, &report.network, &program)?;
    let outcome = if fast {
        let load = |ids: &[u8]| NativeParts::load(&machine, jit(&program), ids);
        let make = || NativeParts::new(&machine, jit(&program));
        explore_saved(make, load, &explore_with, &mut saves, &mut progress)
            .map_err(|why| checkpoint::refused(options, &why))?
    } else if let Some(sampling) = sampling(options) {
        match options.engine {
            EngineKind::Jit => {
                let parts = NativeParts::new(&machine, jit(&program));
                sample_parts(&parts, &sampling, &explore_with, &mut progress)
            }
            EngineKind::Interp => {
                sample_parts(&TakenApart::new(&machine), &sampling, &explore_with, &mut progress)
            }
        }
    } else {
        explore(&machine, &explore_with, &mut progress)
    };
    watch.done();
    let program = machine.program();
    report.limits = limits(program, &outcome.coverage);
    report.work = work(&outcome.stats);
    report.notes.extend(symmetric.notes(program, &outcome.stats));
    report.notes.extend(collisions(&outcome.stats));
    if matches!(outcome.coverage, Coverage::Cut(_)) {
        report.notes.extend(suspects_note(program));
    }
    report.notes.extend(checkpoint::notes(options, &saves, matches!(outcome.coverage, Coverage::Cut(_))));
    let shrinks = options.search != SearchOrder::Bfs;
    for id in program.properties.keys() {
        let row = row(session, &machine, &outcome, id, shrinks);
        // What every check checks besides is worth a row only where it fails.
        if Some(id) != implicit || row.verdict == Verdict::Violated || program.properties.len() == 1 {
            report.rows.push(row);
        }
    }
    Ok(())
}

/// After how many calls a function is compiled: small checks are done before that pays.
const CALLS_BEFORE_CODE: u32 = 64;

fn jit(program: &Arc<Program>) -> Jit {
    Jit::compiling_after(CALLS_BEFORE_CODE, Arc::clone(program))
}

/// Of a check that was not begun.
fn interrupted(property: &verdi_core::Property) -> Row {
    Row {
        property: property.name.to_string(),
        kind: Some(property.kind),
        expect: property.expect,
        verdict: Verdict::Inconclusive,
        expected: false,
        reason: Some(cut_reason(Cut::Interrupted).into()),
        trace: None,
        span: property.span,
    }
}

/// The `no_fault` that the check does not name.
pub(crate) fn implicit_no_fault(program: &Program, check: &hir::Check) -> Option<PropertyId> {
    let mut properties = program.properties.iter();
    let implicit = properties.find(|(_, property)| {
        property.kind == PropertyKind::NoFault
            && property.expect == Expect::Holds
            && property.span == check.span
    });
    implicit.map(|(id, _)| id)
}

pub(crate) fn explore_options(options: &CheckOptions) -> Options {
    Options {
        search: match options.search {
            SearchOrder::Bfs => Search::BreadthFirst,
            SearchOrder::Dfs => Search::DepthFirst,
            SearchOrder::Random => Search::Random { runs: options.runs, steps: options.steps },
        },
        seed: options.seed,
        worlds_max: options.worlds_max,
        memory_max: Some(options.memory.unwrap_or_else(memory::default_limit)),
        time_max: options.time,
        workers: options.workers.unwrap_or_else(cores),
        count_all: options.count_all,
        ..Options::default()
    }
}

/// The random runs that are made over a model taken apart, where any are asked for: with the interpreter, those that the
/// clear search does not know.
fn sampling(options: &CheckOptions) -> Option<Sampling> {
    let CheckOptions { strategy, runs, steps, .. } = *options;
    let known_to_clear = options.engine == EngineKind::Interp && strategy == Strategy::Uniform;
    let taken_apart = options.search == SearchOrder::Random && !known_to_clear;
    taken_apart.then_some(Sampling { strategy, runs, steps })
}

/// How many threads can work at once.
fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

fn work(stats: &Stats) -> Work {
    Work {
        distinct: stats.distinct,
        transitions: stats.transitions,
        levels: stats.levels,
        runs: stats.runs,
        elapsed: stats.elapsed,
    }
}

fn suspects_note(program: &Program) -> Option<String> {
    let rules: Vec<String> =
        suspects(program).into_iter().map(|rule| format!("`{}`", program.network.rules[rule].name)).collect();
    let first = rules.first()?.trim_matches('`');
    Some(format!(
        "nothing bounds {}: `bound {first} <= 2 per node` or `bound depth <= 20` would make the search smaller",
        rules.join(", ")
    ))
}

fn row<E: Engine>(
    session: &Session,
    machine: &Machine<E>,
    outcome: &Outcome,
    id: PropertyId,
    shrinks: bool,
) -> Row {
    let property = &machine.program().properties[id];
    let judged = judge(machine.program(), outcome, id);
    let trace = match &outcome.answers[id.as_u32() as usize] {
        Answer::Found(run) if shrinks => {
            Some(trace_for(machine, &session.files, id, &shrink(machine, id, run)))
        }
        Answer::Found(run) => Some(trace_for(machine, &session.files, id, run)),
        Answer::NotFound => None,
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
