//! `refines S under A`: searches the transformed system for a step that stands for nothing its subject can do.

mod carried;
mod told;

use crate::Watch;
use crate::check::{assert_verified, work};
use crate::options::{CheckOptions, EngineKind, SearchOrder};
use crate::report::{CheckReport, Row, Verdict, Work};
use crate::search::{explore_options, jit};
use crate::trace::{Layer, trace_of};
use crate::verdict::{judge, limits};
use smol_str::SmolStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use verdi_core::{Expect, Program, Property, PropertyId, PropertyKind};
use verdi_explore::{Answer, Go, Options, Outcome, Run, Search, Stats, Stepwise, explore, explore_parts};
use verdi_hir::lower::Refinement;
use verdi_interp::Interp;
use verdi_jit::{Jit, NativeParts};
use verdi_machine::{Engine, Fired, Lifted, Machine, Model, Refining};

/// One step may stand for so many of the subject's: more than a transformer of the library needs.
const STEPS_MAX: usize = 3;

/// The places of what is asked: that no step stands for nothing, and that none faults.
const REFINES: u32 = 0;
const NO_FAULT: u32 = 1;

/// What came of a claim that a system refines another.
pub(crate) struct Found {
    row: Row,
    notes: Vec<String>,
    limits: Vec<String>,
    work: Work,
    /// The lifted invariants that hold because of it, and the reason.
    carried: Vec<(SmolStr, String)>,
}

/// Searches for a step that stands for nothing.
pub(crate) fn run(
    program: &Program,
    refinement: &Refinement,
    options: &CheckOptions,
    watch: &mut dyn Watch,
    report: &CheckReport,
) -> Found {
    assert_verified(&refinement.subject);
    let (asked, subject) = (Arc::new(asked(program, refinement)), Arc::new(refinement.subject.clone()));
    let (machine, theirs) = (Machine::new(jit(&asked)), Machine::new(jit(&subject)));
    let refining = Refining::new(&machine, &theirs, &refinement.lift, STEPS_MAX);
    let title = format!("{}: refines {}", report.name, subject.name);
    let mut progress = |stats: &Stats| {
        watch.progress(&title, stats);
        if watch.stop() { Go::Stop } else { Go::On }
    };
    let outcome = search(&refining, &machine, &asked, options, &mut progress);
    let judged = judge(&asked, &outcome, PropertyId::from_u32(REFINES));
    let trace = match &outcome.answers[REFINES as usize] {
        Answer::Found(run) => {
            let mut trace = trace_of(&machine, &run.choices, options.layer);
            trace.ending = told::ending(&machine, &theirs, &refining, run, refinement);
            Some(trace)
        }
        _ => None,
    };
    let faults = matches!(outcome.answers[NO_FAULT as usize], Answer::Found(_));
    let faulted = judged.verdict != Verdict::Violated && faults;
    let (verdict, reason) = match faulted {
        true => (Verdict::Inconclusive, Some("a step faults: see `no_fault`".to_owned())),
        false => (judged.verdict, judged.reason),
    };
    let row = Row {
        property: asked.properties[PropertyId::from_u32(REFINES)].name.to_string(),
        kind: Some(PropertyKind::Invariant),
        expect: refinement.expect,
        verdict,
        expected: judged.expected && !faulted,
        reason,
        trace,
        span: refinement.span,
    };
    let limits = limits(&asked, &outcome.coverage);
    let covered = matches!(verdict, Verdict::Exhaustive | Verdict::Bounded);
    let mut notes: Vec<String> = Vec::new();
    let mut carried = Vec::new();
    if covered {
        notes.push(theorem(refinement, &asked, outcome.stats.transitions));
        let done = (&outcome.stats, limits.as_slice());
        let (over, note) =
            carried::over(refinement, &asked.name, &report.network, done, options, &mut progress);
        notes.extend(note);
        carried = over;
    }
    watch.done();
    Found { row, notes, limits, work: work(&outcome.stats), carried }
}

/// What a run shows of the claim: nothing, unless its last step stands for nothing.
pub(crate) fn replayed(
    machine: &Machine<Interp>,
    refinement: &Refinement,
    run: &Run,
    layer: Layer,
) -> Option<Row> {
    let theirs = Machine::new(Interp::new(refinement.subject.clone()));
    let refining = Refining::new(machine, &theirs, &refinement.lift, STEPS_MAX);
    let mut last = refining.initial().ok()?;
    for choice in &run.choices {
        let Fired::World(after) = refining.fire(&last, choice) else { return None };
        last = after;
    }
    last.broken.then(|| {
        let mut trace = trace_of(machine, &run.choices, layer);
        trace.ending = told::ending(machine, &theirs, &refining, run, refinement);
        Row {
            property: name(refinement),
            kind: Some(PropertyKind::Invariant),
            expect: refinement.expect,
            verdict: Verdict::Violated,
            expected: refinement.expect == Expect::Violates,
            reason: None,
            trace: Some(trace),
            span: refinement.span,
        }
    })
}

impl Found {
    /// Leaves out of a program what holds because of the refinement: there is nothing left to be evaluated of it.
    pub(crate) fn relieve(&self, program: &mut Program) {
        for property in program.properties.values_mut().filter(|property| self.holds(property).is_some()) {
            property.parts.clear();
        }
    }

    /// Why a property holds, if that is because of the refinement.
    fn holds(&self, property: &Property) -> Option<&str> {
        let invariant = property.kind == PropertyKind::Invariant && property.expect == Expect::Holds;
        let found = self.carried.iter().find(|(name, _)| invariant && *name == property.name);
        found.map(|(_, reason)| reason.as_str())
    }

    /// Whether a program asks for nothing else than what the refinement's search has shown: that is looked at for faults, too.
    pub(crate) fn answers(&self, program: &Program, implicit: Option<PropertyId>) -> bool {
        let mut properties = program.properties.iter();
        program.watchers.is_empty()
            && properties.all(|(id, property)| Some(id) == implicit || self.holds(property).is_some())
    }

    /// Says in a report what is known of the program's properties without another search.
    pub(crate) fn stand_in(&self, program: &Program, report: &mut CheckReport) {
        report.work = self.work;
        for property in program.properties.values().filter(|property| self.holds(property).is_some()) {
            report.rows.push(Row {
                property: property.name.to_string(),
                kind: Some(property.kind),
                span: property.span,
                ..self.row.clone()
            });
        }
    }

    /// Adds what came of it to a report of the properties.
    pub(crate) fn tell(self, program: &Program, report: &mut CheckReport) {
        for row in &mut report.rows {
            let mut properties = program.properties.values();
            let property = properties.find(|property| *property.name == *row.property);
            if let Some(reason) = property.and_then(|property| self.holds(property)) {
                row.reason.get_or_insert_with(|| reason.to_owned());
            }
        }
        let new: Vec<String> =
            self.limits.into_iter().filter(|limit| !report.limits.contains(limit)).collect();
        report.limits.extend(new);
        report.rows.push(self.row);
        report.notes.extend(self.notes);
    }
}

/// Searches over parts where that is what the options ask for, and over whole worlds otherwise.
fn search<S: Engine + Sync>(
    refining: &Refining<'_, Jit, S>,
    machine: &Machine<Jit>,
    program: &Arc<Program>,
    options: &CheckOptions,
    progress: &mut dyn FnMut(&Stats) -> Go,
) -> Outcome {
    let general = Options { aside: vec![PropertyId::from_u32(NO_FAULT)], ..explore_options(options) };
    if options.engine == EngineKind::Jit && options.search == SearchOrder::Bfs {
        let mut outcome = by_parts(refining, machine, program, &general, progress);
        let Answer::Found(run) = &mut outcome.answers[REFINES as usize] else { return outcome };
        end_in_step(refining, run);
        // The steps of the last worlds within a bound on depth were judged as well.
        if program.depth_max.is_none_or(|most| run.choices.len() as u64 <= most) {
            return outcome;
        }
    }
    let order = match general.search {
        Search::DepthFirst if program.depth_max.is_none() => Search::BreadthFirst,
        order => order,
    };
    explore(refining, &Options { search: order, ..general }, progress)
}

fn by_parts<S: Engine + Sync>(
    refining: &Refining<'_, Jit, S>,
    machine: &Machine<Jit>,
    program: &Arc<Program>,
    options: &Options,
    progress: &mut dyn FnMut(&Stats) -> Go,
) -> Outcome {
    // Where a way has to be told by a second search, it is over parts of which nothing is known.
    let parts = [(); 2].map(|()| NativeParts::new(machine, jit(program)));
    let made = AtomicUsize::new(0);
    let make = || {
        let parts = &parts[made.fetch_add(1, Ordering::Relaxed) % parts.len()];
        Stepwise::new(parts, Lifted::new(refining, parts.apart()), PropertyId::from_u32(REFINES))
    };
    explore_parts(make, options, progress)
}

/// Makes a run to a world in which some step stands for nothing end in the first such step; as it is where the first world
/// is at fault.
fn end_in_step<S: Engine>(refining: &Refining<'_, Jit, S>, run: &mut Run) {
    let Ok(mut world) = refining.initial() else { return };
    for choice in &run.choices {
        let Fired::World(after) = refining.fire(&world, choice) else { return };
        world = after;
    }
    let breaks = |choice: &_| matches!(refining.fire(&world, choice), Fired::World(after) if after.broken);
    run.choices.extend(refining.choices(&world).enabled.into_iter().find(breaks));
}

/// The program with what is asked of it: that no step stands for nothing, and that none faults.
fn asked(program: &Program, refinement: &Refinement) -> Program {
    let mut asked = program.clone();
    asked.properties.clear();
    let name = name(refinement);
    let kinds = [
        (name.as_str(), PropertyKind::Invariant, refinement.expect),
        (PropertyKind::NO_FAULT, PropertyKind::NoFault, Expect::Holds),
    ];
    for (name, kind, expect) in kinds {
        asked.properties.push(Property {
            name: name.into(),
            span: refinement.span,
            kind,
            expect,
            parts: Vec::new(),
        });
    }
    asked
}

fn name(refinement: &Refinement) -> String {
    format!("refines {} under {}", refinement.subject.name, refinement.network)
}

/// What a refinement that holds is good for.
fn theorem(refinement: &Refinement, program: &Program, steps: u64) -> String {
    let (of, network) = (&refinement.subject.name, &refinement.network);
    let same = match refinement.lift.machine {
        true => "(answers are held against it by `linearizable as`)",
        false => "with the same inputs and outputs",
    };
    format!(
        "each of {steps} steps of {} stands for at most {STEPS_MAX} of {of} under {network} {same}: what holds in every \
         world of {of} under {network} holds here of the lifted worlds",
        program.name
    )
}
