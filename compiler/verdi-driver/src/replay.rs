//! Traces in files: written in our JSON form, read back, and taken step by step.

use crate::check::{changes, prepare};
use crate::evidence::{ending, trace_for};
use crate::lasso::follow_lasso;
use crate::options::{BoundFlag, CheckOptions};
use crate::report::{CheckReport, Row, Verdict, Work};
use crate::session::Session;
use crate::testing::describe;
use crate::trace::{Layer, Trace, choice_from, fault_text, trace_of};
use crate::verdict::bound_text;
use crate::{Watch, refinement};
use anyhow::{Context, bail};
use serde_json::{Value as Json, json};
use verdi_core::{Expect, PropertyKind};
use verdi_diagnostics::{Diagnostic, codes};
use verdi_explore::{Faulted, Run};
use verdi_hir::hir;
use verdi_interp::Interp;
use verdi_machine::{Choice, Machine, Model, Refusal, World};

const FORMAT: &str = "verdi-trace";

/// A trace as a file holds it.
#[derive(Clone, Debug, Default)]
pub struct TraceFile {
    /// The check that it is of.
    pub check: Option<String>,
    /// The network, where it is not the check's.
    pub under: Option<String>,
    /// Bounds that are not the check's.
    pub bounds: Vec<BoundFlag>,
    /// The most steps, where it is not the check's.
    pub depth: Option<u64>,
    /// Of a run without end: after how many steps it begins again.
    back: Option<usize>,
    /// Rules and what their binders drew.
    steps: Vec<(String, Vec<Json>)>,
}

/// The file of a trace: what is needed to replay it, and the steps as people are shown them.
pub fn trace_file(report: &CheckReport, row: &Row) -> Json {
    let steps = row.trace.as_ref().map_or(Json::Null, crate::render::steps_json);
    json!({
        "format": FORMAT,
        "version": 1,
        "file": report.file,
        "check": report.name,
        "system": report.system,
        "network": report.network,
        "property": row.property,
        "verdict": row.verdict.name(),
        "under": report.options.under,
        "bounds": report.options.bounds.iter().map(BoundFlag::to_string).collect::<Vec<_>>(),
        "depth": report.options.depth,
        "ending": row.trace.as_ref().map(|trace| json!({
            "headline": trace.ending.headline,
            "details": trace.ending.details,
        })),
        "loop": row.trace.as_ref().and_then(|trace| trace.back),
        "steps": steps,
    })
}

impl TraceFile {
    /// Reads a trace file; also a bare list of steps, and the object that `--json` prints (then the first
    /// trace in it).
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(text: &str) -> anyhow::Result<Self> {
        let json: Json = serde_json::from_str(text).context("the trace is not JSON")?;
        if json.is_array() {
            return Ok(Self { steps: steps(&json)?, ..Self::default() });
        }
        if let Some(rows) = json["checks"].as_array() {
            let Some(row) = rows.iter().find(|row| row["trace"].is_array()) else {
                bail!("none of the checks in this file has a trace");
            };
            return Self::read(row, &row["trace"], "name");
        }
        if json["format"] != FORMAT {
            bail!(
                "this is not a trace of ours: there is no `\"format\": \"{FORMAT}\"`; write one with `--out FILE --format json`"
            );
        }
        Self::read(&json, &json["steps"], "check")
    }

    fn read(json: &Json, list: &Json, name: &str) -> anyhow::Result<Self> {
        let text = |key: &str| json[key].as_str().map(str::to_owned);
        let flags = json["bounds"].as_array().map_or(&[][..], Vec::as_slice).iter();
        let bounds = flags.filter_map(Json::as_str).map(|flag| flag.parse().map_err(anyhow::Error::msg));
        Ok(Self {
            check: text(name),
            under: text("under"),
            bounds: bounds.collect::<anyhow::Result<_>>()?,
            depth: json["depth"].as_u64(),
            back: json["loop"].as_u64().and_then(|back| usize::try_from(back).ok()),
            steps: steps(list)?,
        })
    }
}

fn steps(json: &Json) -> anyhow::Result<Vec<(String, Vec<Json>)>> {
    let list = json.as_array().context("the trace has no list of steps")?;
    let mut out = Vec::new();
    for (number, step) in list.iter().enumerate() {
        let rule =
            step["rule"].as_str().with_context(|| format!("step {number} of the trace names no rule"))?;
        // The first world is given, not chosen.
        if number == 0 && rule == "start" {
            continue;
        }
        out.push((rule.to_owned(), step["args"].as_array().cloned().unwrap_or_default()));
    }
    Ok(out)
}

/// Takes a trace's steps on a check, and holds the last world against its properties.
///
/// # Errors
/// The first step that is not possible, or what is wrong with the check.
pub fn replay(
    session: &Session,
    check: &hir::Check,
    file: &TraceFile,
    options: &CheckOptions,
    watch: &mut dyn Watch,
) -> anyhow::Result<Result<CheckReport, Vec<Diagnostic>>> {
    let changes = changes(session, options).map_err(anyhow::Error::msg)?;
    let prepared = match prepare(session, check, &changes) {
        Ok(prepared) => prepared,
        Err(diagnostics) => return Ok(Err(diagnostics)),
    };
    let Some(program) = prepared.lowered.program else {
        bail!("`{}` is not run by this version", check.title)
    };
    let machine = Machine::new(Interp::new(program));
    let program = machine.program();
    let mut choices = Vec::new();
    for (position, (rule, args)) in file.steps.iter().enumerate() {
        let choice = choice_from(program, rule, args)
            .map_err(|why| anyhow::anyhow!("step {} of the trace is not possible: {why}", position + 1))?;
        choices.push(choice);
    }
    let mut fault = None;
    match machine.replay(&choices) {
        Ok(_) => {}
        // A fault is what a trace may end in.
        Err(stop) if matches!(stop.why, Refusal::Faulted(_)) && stop.at + 1 == choices.len() => {
            if let Refusal::Faulted(why) = stop.why {
                fault = Some((why, Faulted::Step));
            }
        }
        Err(stop) => bail!(refusal(&machine, &choices, stop.at, &stop.why)),
    }
    watch.done();
    let run = Run { choices, fault };
    let claims = prepared.lowered.refinements.iter();
    let refined =
        claims.filter_map(|claim| refinement::replayed(&machine, claim, &run, options.layer)).collect();
    let file_name = session.file_of(check.span).to_owned();
    Ok(Ok(CheckReport {
        again: options.command(&file_name, &check.title),
        file: file_name,
        span: check.span,
        name: check.title.to_string(),
        system: check.subject_text.to_string(),
        network: prepared.network,
        rows: rows(session, &machine, &run, file.back, options.layer, refined),
        limits: Vec::new(),
        work: Work { transitions: run.choices.len() as u64, ..Work::default() },
        seed: options.seed,
        notes: vec![format!("replayed {} steps", run.choices.len())],
        options: options.clone(),
    }))
}

fn refusal(machine: &Machine<Interp>, choices: &[Choice], at: usize, why: &Refusal) -> String {
    let program = machine.program();
    let reason = match why {
        Refusal::NoFirstWorld(fault) => return format!("there is no first world: {}", fault_text(fault)),
        Refusal::Disabled => "the rule does not draw it there, or its guard says no".to_owned(),
        Refusal::HeldBack(bounds) => {
            let bounds: Vec<String> = bounds
                .iter()
                .filter_map(|&bound| program.bounds.get(bound))
                .map(|bound| format!("`bound {}`", bound_text(program, bound)))
                .collect();
            format!("{} holds it back", bounds.join(" and "))
        }
        Refusal::TooManyPackets => "more packets would be in flight than `bound packets` allows".to_owned(),
        Refusal::Faulted(fault) => format!("it faults: {}", fault_text(fault)),
    };
    let step = choices.get(at).map_or(String::new(), |choice| describe(program, choice));
    format!("step {} of the trace is not possible: {step}: {reason} (see {})", at + 1, codes::V0704)
}

/// The run with the fault of the first property that faults in its last world, if any does.
fn with_property_fault(machine: &Machine<Interp>, run: &Run, world: Option<&World>) -> Run {
    let asked = machine
        .program()
        .properties
        .iter()
        .filter(|(_, property)| matches!(property.kind, PropertyKind::Invariant | PropertyKind::Reach));
    let fault = world.and_then(|world| {
        asked.into_iter().find_map(|(id, _)| Some((machine.holds(id, world).err()?, Faulted::Property(id))))
    });
    Run { choices: run.choices.clone(), fault: run.fault.clone().or(fault) }
}

/// What the last world shows about each property, besides the rows that there are already; a row without a verdict of
/// its own where it shows nothing.
fn rows(
    session: &Session,
    machine: &Machine<Interp>,
    run: &Run,
    back: Option<usize>,
    layer: Layer,
    mut rows: Vec<Row>,
) -> Vec<Row> {
    let program = machine.program();
    let last = || {
        let mut world = machine.initial().ok()?;
        for choice in &run.choices {
            world = machine.step(&world, choice).after.ok()?;
        }
        Some(world)
    };
    let world = if run.fault.is_some() { None } else { last() };
    let run = &with_property_fault(machine, run, world.as_ref());
    for (id, property) in &program.properties {
        if let Some(trace) =
            back.and_then(|back| follow_lasso(machine, &session.files, id, &run.choices, back, layer))
        {
            rows.push(violated(property, trace));
            continue;
        }
        // A property that faults is undecided: the fault is against `no_fault` alone.
        let is = |world, wanted| machine.holds(id, world).is_ok_and(|holds| holds == wanted);
        let verdict = match (property.kind, &world) {
            (PropertyKind::NoFault, _) if run.fault.is_some() => Verdict::Violated,
            (PropertyKind::Invariant, Some(world)) if is(world, false) => Verdict::Violated,
            (PropertyKind::Reach, Some(world)) if is(world, true) => Verdict::Reached,
            (PropertyKind::NoDeadlock, Some(world)) => {
                let choices = machine.choices(world);
                let stuck =
                    choices.enabled.is_empty() && choices.held_back.is_empty() && choices.faults.is_empty();
                if stuck { Verdict::Violated } else { continue }
            }
            _ => continue,
        };
        let mut trace = trace_for(machine, &session.files, id, run, layer);
        let watched = machine.program().watcher_of(id).is_some();
        if let Some(world) = world.as_ref().filter(|_| property.kind != PropertyKind::NoFault && !watched) {
            trace.ending = ending(machine, &session.files, id, world);
        }
        rows.push(Row {
            property: property.name.to_string(),
            kind: Some(property.kind),
            expect: property.expect,
            verdict,
            expected: (verdict == Verdict::Violated) == (property.expect == Expect::Violates),
            reason: None,
            trace: Some(trace),
            span: property.span,
        });
    }
    if rows.is_empty() && back.is_some() {
        let mut trace = trace_of(machine, &run.choices, layer);
        trace.ending.headline =
            "no property fails on this run without end, or it is none that is fair".to_owned();
        rows.push(nothing_fails(trace));
    } else if rows.is_empty() {
        let mut trace = trace_of(machine, &run.choices, layer);
        trace.ending.headline = "no property fails here".to_owned();
        rows.push(nothing_fails(trace));
    }
    rows
}

fn violated(property: &verdi_core::Property, trace: Trace) -> Row {
    Row {
        property: property.name.to_string(),
        kind: Some(property.kind),
        expect: property.expect,
        verdict: Verdict::Violated,
        expected: property.expect == Expect::Violates,
        reason: None,
        trace: Some(trace),
        span: property.span,
    }
}

fn nothing_fails(trace: Trace) -> Row {
    Row {
        property: "replay".into(),
        kind: None,
        expect: Expect::Holds,
        verdict: Verdict::Sampled,
        expected: true,
        reason: None,
        trace: Some(trace),
        span: verdi_diagnostics::Span::default(),
    }
}
