//! Runs without end that are against a property of runs: followed once more with the reference engine, held against the
//! definition, and told.

use crate::evidence::place;
use crate::testing::describe;
use crate::trace::{Ending, Layer, Trace, trace_of};
use crate::verdict::bound_text;
use std::collections::BTreeSet;
use verdi_core::{Fairness, Program, PropertyId, PropertyKind};
use verdi_diagnostics::Files;
use verdi_explore::Lasso;
use verdi_interp::Interp;
use verdi_machine::{Choice, Machine, Model, World};

/// How many fair steps are accounted for.
const ACCOUNTS_MAX: usize = 16;

/// The trace of a lasso that a search found.
pub(crate) fn trace_of_lasso(
    machine: &Machine<Interp>,
    files: &Files,
    property: PropertyId,
    lasso: &Lasso,
    layer: Layer,
) -> Trace {
    let case = Case::new(machine, property, lasso.case);
    let run = Followed::new(machine, &lasso.choices, lasso.back);
    let Some(told) = run.as_ref().and_then(|run| run.against(&case)) else {
        unreachable!("the reference engine does not find `{}` violated by this run: {lasso:?}", case.name)
    };
    told.trace(machine, files, &case, layer)
}

/// The trace of a run without end, if it is fair and against a property.
pub(crate) fn follow_lasso(
    machine: &Machine<Interp>,
    files: &Files,
    property: PropertyId,
    choices: &[Choice],
    back: usize,
    layer: Layer,
) -> Option<Trace> {
    let info = &machine.program().properties[property];
    let cases = info.parts.len() / info.kind.case_parts()?;
    let run = Followed::new(machine, choices, back)?;
    (0..cases).find_map(|case| {
        let case = Case::new(machine, property, case);
        Some(run.against(&case)?.trace(machine, files, &case, layer))
    })
}

/// One thing that a property of runs is claimed of.
struct Case<'a> {
    machine: &'a Machine<Interp>,
    property: PropertyId,
    name: &'a str,
    /// The part on the left of `~>`.
    begins: Option<usize>,
    /// The part that is to come true.
    keeps: usize,
}

impl<'a> Case<'a> {
    fn new(machine: &'a Machine<Interp>, property: PropertyId, case: usize) -> Self {
        let info = &machine.program().properties[property];
        let (begins, keeps) = match info.kind {
            PropertyKind::LeadsTo => (Some(2 * case), 2 * case + 1),
            _ => (None, case),
        };
        Self { machine, property, name: &info.name, begins, keeps }
    }

    /// What its binders drew: its functions are called after it.
    fn drawn(&self) -> Option<&str> {
        let program = self.machine.program();
        let first = program.properties[self.property].parts.get(self.begins.unwrap_or(self.keeps))?;
        Some(program.functions[first.func].name.split_once(": ")?.1)
    }

    fn waits(&self, world: &World) -> bool {
        self.machine.part_holds(self.property, self.keeps, world) == Ok(false)
    }

    fn begins(&self, number: usize, world: &World) -> bool {
        match self.begins {
            None => number == 0,
            Some(part) => self.machine.part_holds(self.property, part, world) == Ok(true),
        }
    }
}

/// A run that comes back to a world.
struct Followed<'a> {
    program: &'a Program,
    choices: &'a [Choice],
    back: usize,
    worlds: Vec<World>,
    /// What is enabled in the worlds that it comes to again and again.
    enabled: Vec<BTreeSet<Choice>>,
    /// The bounds that hold a fair rule back there.
    bounds: BTreeSet<usize>,
}

/// A run that is against a property.
struct Told<'a> {
    run: &'a Followed<'a>,
    /// The step whose world it begins to wait in.
    since: usize,
}

impl<'a> Followed<'a> {
    /// `None` where it cannot be followed, or does not come back.
    fn new(machine: &'a Machine<Interp>, choices: &'a [Choice], back: usize) -> Option<Self> {
        let worlds = verdi_explore::replay(machine, choices).ok()?;
        let last = worlds.last()?;
        if machine.key(worlds.get(back)?) != machine.key(last) {
            return None;
        }
        let (mut enabled, mut bounds) = (Vec::new(), BTreeSet::new());
        let program = machine.program();
        for world in &worlds[back..] {
            let choices = machine.choices(world);
            // What a guard that faults would have said is not known.
            if !choices.faults.is_empty() || machine.expandable(world).is_err() {
                return None;
            }
            enabled.push(choices.enabled.into_iter().collect());
            bounds.extend(choices.held_back.into_iter().filter(|at| {
                let rule = program.bounds.get(*at).map(|bound| &program.network.rules[bound.rule]);
                rule.is_some_and(|rule| rule.fairness != Fairness::None)
            }));
        }
        Some(Self { program, choices, back, worlds, enabled, bounds })
    }

    /// Whether it is fair and the case waits on it for ever.
    fn against(&self, case: &Case<'_>) -> Option<Told<'_>> {
        let waiting = self.worlds.iter().rposition(|world| !case.waits(world)).map_or(0, |at| at + 1);
        let begins = |at: &usize| case.begins(*at, &self.worlds[*at]);
        let since = (waiting..self.worlds.len()).find(begins)?;
        let fair = self.labels().into_iter().all(|label| self.account(label).is_some());
        (waiting <= self.back && fair).then_some(Told { run: self, since })
    }

    /// The fair firings that are enabled again and again.
    fn labels(&self) -> BTreeSet<&Choice> {
        let all = self.enabled.iter().flatten();
        all.filter(|choice| self.program.network.rules[choice.rule].fairness != Fairness::None).collect()
    }

    /// How it is fair to a firing; `None` where it is not.
    fn account(&self, label: &Choice) -> Option<String> {
        if let Some(at) = self.choices[self.back..].iter().position(|choice| choice == label) {
            return Some(format!("is taken in step {}", self.back + at + 1));
        }
        let off = self.enabled.iter().position(|enabled| !enabled.contains(label));
        let weak = self.program.network.rules[label.rule].fairness == Fairness::Weak;
        off.filter(|_| weak).map(|at| format!("is not enabled after step {}", self.back + at))
    }
}

impl Told<'_> {
    fn trace(&self, machine: &Machine<Interp>, files: &Files, case: &Case<'_>, layer: Layer) -> Trace {
        let (run, program) = (self.run, self.run.program);
        let mut trace = trace_of(machine, run.choices, layer);
        trace.back = Some(run.back);
        let mut details = Vec::new();
        details.extend(case.drawn().map(|drawn| format!("for {drawn}")));
        let parts = &program.properties[case.property].parts;
        let source = |part: usize| crate::evidence::one_line(files.slice(parts[part].span));
        let keeps = source(case.keeps);
        details.push(match case.begins {
            Some(part) => {
                let since = if self.since == 0 {
                    "at the start".into()
                } else {
                    format!("after step {}", self.since)
                };
                format!("`{}` is true {since}, and `{keeps}` is false from there on for ever", source(part))
            }
            None => format!("`{keeps}` is false for ever"),
        });
        let labels = run.labels();
        if labels.is_empty() {
            details.push("the run is fair: no fair step is enabled where it goes on".to_owned());
        }
        for label in labels.iter().take(ACCOUNTS_MAX) {
            if let Some(account) = run.account(label) {
                details.push(format!("fair: {} {account}", describe(program, label)));
            }
        }
        if labels.len() > ACCOUNTS_MAX {
            details.push(format!("and so of {} more fair steps", labels.len() - ACCOUNTS_MAX));
        }
        for bound in &run.bounds {
            let bound = bound_text(program, &program.bounds[*bound]);
            details.push(format!("`bound {bound}` holds a fair rule back here: it counts as not enabled"));
        }
        details.push(place(files, program.properties[case.property].span));
        trace.ending = Ending { headline: format!("{} fails", case.name), details };
        trace
    }
}
