//! Plays tests and scripts: each step is the one firing of a rule that it means, each expectation is held
//! against the world that was reached.

use crate::check::{assert_verified, evaluate};
use crate::evidence::{ending, one_line};
use crate::report::{TestOutcome, TestReport};
use crate::session::Session;
use crate::trace::{Builder, Layer, Trace, fault_text};
use std::time::Instant;
use verdi_core::{
    Expect, FuncId, Program, Property, PropertyId, PropertyKind, PropertyPart, RuleId, Span, Value, show,
};
use verdi_diagnostics::Diagnostic;
use verdi_hir::hir;
use verdi_hir::lower::{LoweredTest, StepKind, lower_test};
use verdi_interp::Interp;
use verdi_machine::{Choice, Fault, Machine, Model, World};

/// The most firings that a message lists.
const LISTED_MAX: usize = 8;

/// Runs one test.
///
/// # Errors
/// What is wrong with its arguments and inputs.
pub(crate) fn run(session: &Session, test: &hir::Test, layer: Layer) -> Result<TestReport, Vec<Diagnostic>> {
    let started = Instant::now();
    let lowered = lower_test(&session.program, test, &evaluate)?;
    let (outcome, trace) = play(session, lowered, layer);
    Ok(TestReport {
        file: session.file_of(test.span).to_owned(),
        span: test.span,
        name: test.title.to_string(),
        system: test.subject_text.to_string(),
        network: test.network.map_or(String::new(), |id| session.program.networks[id].name.to_string()),
        outcome,
        trace,
        elapsed: started.elapsed(),
    })
}

/// Plays lowered steps: how they went, and what happened.
pub(crate) fn play(session: &Session, lowered: LoweredTest, layer: Layer) -> (TestOutcome, Option<Trace>) {
    let Some(mut program) = lowered.program else {
        return (TestOutcome::NotRun(lowered.reason.unwrap_or_default()), None);
    };
    assert_verified(&program);
    // As a property, an expectation that fails can be explained.
    let expectations: Vec<Option<PropertyId>> = lowered
        .steps
        .iter()
        .map(|step| match step.kind {
            StepKind::Expect(func) => Some(program.properties.push(expectation(func, step.span))),
            StepKind::Fire { .. } => None,
        })
        .collect();
    let machine = Machine::new(Interp::new(program));
    let mut player = Player { session, machine: &machine, builder: Builder::new(&machine) };
    if let Some(fault) = player.builder.trace().steps.first().and_then(|step| step.fault.clone()) {
        let span = lowered.steps.first().map_or(Span::default(), |step| step.span);
        return (
            failed(span, format!("there is no first world: {fault}")),
            Some(player.builder.finish(layer)),
        );
    }
    for (step, expectation) in lowered.steps.iter().zip(expectations) {
        let result = match (&step.kind, expectation) {
            (StepKind::Fire { rule, select }, _) => player.fire(*rule, *select),
            (StepKind::Expect(_), Some(property)) => player.expect(property),
            (StepKind::Expect(_), None) => Ok(()),
        };
        if let Err((message, details)) = result {
            let outcome = TestOutcome::Failed { span: step.span, message, details };
            return (outcome, Some(player.builder.finish(layer)));
        }
    }
    (TestOutcome::Passed, Some(player.builder.finish(layer)))
}

fn failed(span: Span, message: String) -> TestOutcome {
    TestOutcome::Failed { span, message, details: Vec::new() }
}

fn expectation(func: FuncId, span: Span) -> Property {
    Property {
        name: "the expectation".into(),
        span,
        kind: PropertyKind::Invariant,
        expect: Expect::Holds,
        parts: vec![PropertyPart { func, span }],
    }
}

/// Why a step fails: a line, and what helps to understand it.
type Failure = (String, Vec<String>);

struct Player<'a> {
    session: &'a Session,
    machine: &'a Machine<Interp>,
    builder: Builder<'a, Interp>,
}

impl Player<'_> {
    fn world(&self) -> Result<World, Failure> {
        self.builder.world().cloned().ok_or_else(|| ("the step before it faulted".to_owned(), Vec::new()))
    }

    fn expect(&mut self, property: PropertyId) -> Result<(), Failure> {
        let world = self.world()?;
        let source = one_line(self.session.files.slice(self.machine.program().properties[property].span));
        let source = source.strip_prefix("expect ").unwrap_or(&source);
        match self.machine.holds(property, &world) {
            Ok(true) => Ok(()),
            Ok(false) => {
                let mut details = ending(self.machine, &self.session.files, property, &world).details;
                details.retain(|detail| !detail.starts_with("at "));
                Err((format!("this does not hold: {source}"), details))
            }
            Err(fault) => Err((format!("this faults: {source}"), vec![fault_text(&fault)])),
        }
    }

    fn fire(&mut self, rule: RuleId, select: FuncId) -> Result<(), Failure> {
        let world = self.world()?;
        let choices = self.machine.choices(&world);
        let mut meant: Vec<Choice> = Vec::new();
        for choice in choices.enabled.iter().filter(|choice| choice.rule == rule) {
            let selected = self.machine.evaluate(&world, select, &choice.args);
            if selected.map_err(|fault: Fault| ("the step faults".to_owned(), vec![fault_text(&fault)]))?
                == Value::Bool(true)
            {
                meant.push(choice.clone());
            }
        }
        let program = self.machine.program();
        match meant.as_slice() {
            [one] => self.take(one),
            [] => {
                let name = &program.network.rules[rule].name;
                let enabled: Vec<Choice> =
                    choices.enabled.into_iter().filter(|choice| choice.rule == rule).collect();
                let mut details = vec![if enabled.is_empty() {
                    format!("no `{name}` is possible here")
                } else {
                    format!("possible here: {}", list(program, &enabled))
                }];
                details.extend(
                    choices.faults.iter().filter(|(id, _)| *id == rule).map(|(_, fault)| fault_text(fault)),
                );
                Err(("this step is not possible here".to_owned(), details))
            }
            several => Err((
                format!("this step could be any of {}: say which", several.len()),
                vec![format!("it could be {}", list(program, several))],
            )),
        }
    }

    fn take(&mut self, choice: &Choice) -> Result<(), Failure> {
        self.builder.step(choice);
        let fault = self.builder.trace().steps.last().and_then(|step| step.fault.clone());
        fault.map_or(Ok(()), |fault| Err((format!("this step faults: {fault}"), Vec::new())))
    }
}

fn list(program: &Program, choices: &[Choice]) -> String {
    let shown: Vec<String> =
        choices.iter().take(LISTED_MAX).map(|choice| describe(program, choice)).collect();
    let more = choices.len().saturating_sub(LISTED_MAX);
    let more = if more > 0 { format!("; and {more} more") } else { String::new() };
    format!("{}{more}", shown.join("; "))
}

/// A choice in a line: `deliver Lock from Client[0] to Server`, `crash(Server)`.
pub(crate) fn describe(program: &Program, choice: &Choice) -> String {
    let rule = &program.network.rules[choice.rule];
    if let ([binder], [Value::Data(_, fields)]) = (rule.binders.as_slice(), choice.args.as_slice())
        && binder.ty == program.special.packet
        && let [src, dst, body] = &**fields
    {
        let node = |value: &Value| program.node_name(value.as_node()).to_owned();
        let body = show(program, program.special.message, body);
        return format!("{} {body} from {} to {}", rule.name, node(src), node(dst));
    }
    let args: Vec<String> = rule
        .binders
        .iter()
        .zip(&choice.args)
        .map(|(binder, value)| match value {
            Value::Data(_, fields) if binder.ty == program.special.invocation && fields.len() == 2 => {
                show(program, program.special.input, &fields[1])
            }
            value => show(program, binder.ty, value),
        })
        .collect();
    if args.is_empty() { rule.name.to_string() } else { format!("{}({})", rule.name, args.join(", ")) }
}
