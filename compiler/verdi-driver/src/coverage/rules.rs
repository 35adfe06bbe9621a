//! What the rules of a network came to in one check.

use super::recording::Counts;
use super::report::{RuleCount, RuleState};
use crate::trace::any_statement;
use crate::verdict::bound_text;
use std::collections::BTreeSet;
use verdi_core::{Fire, Program, Rule, RuleId, StmtKind};

/// What makes a handler run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Trigger {
    Start,
    Input,
    Message,
    Timeout,
    Reboot,
}

/// The rules of a program. Without counts, none was ever enabled.
pub(super) fn rules(program: &Program, counts: Option<&Counts>) -> Vec<(RuleId, RuleCount)> {
    let rules = program.network.rules.iter();
    rules.map(|(id, rule)| (id, rule_count(program, counts, id, rule))).collect()
}

fn rule_count(program: &Program, counts: Option<&Counts>, id: RuleId, rule: &Rule) -> RuleCount {
    let fired = counts.map_or(0, |counts| counts.called[rule.body.as_u32() as usize]);
    let enabled = counts.is_some_and(|counts| is_enabled(counts, rule));
    let bounds = program.bounds.iter().filter(|bound| bound.rule == id);
    RuleCount {
        network: program.network.name.to_string(),
        name: rule.name.to_string(),
        span: rule.span,
        state: match (fired, enabled) {
            (0, false) => RuleState::NeverEnabled,
            (0, true) => RuleState::HeldBack,
            _ => RuleState::Fired,
        },
        fired,
        bounds: bounds.map(|bound| bound_text(program, bound)).collect(),
    }
}

/// Whether its guard ever held, or else the last that it draws could be drawn.
fn is_enabled(counts: &Counts, rule: &Rule) -> bool {
    match rule.guard.or(rule.binders.last().map(|binder| binder.domain)) {
        Some(last) => counts.answered[last.as_u32() as usize] > 0,
        None => true,
    }
}

/// Whether a check itself says that a rule does not fire, or it gives nodes what they do not have.
pub(super) fn is_ruled_out(program: &Program, rule: RuleId) -> bool {
    let bounded = program.bounds.iter().any(|bound| bound.rule == rule && bound.limit == 0);
    let inputs = program.types.as_data(program.special.input).map_or(0, |(_, data)| data.ctors.len());
    let no_inputs = inputs == 0 && fires(program, rule, |fire| matches!(fire, Fire::Input { .. }));
    let no_timers =
        program.timers.is_empty() && fires(program, rule, |fire| matches!(fire, Fire::Timeout { .. }));
    bounded || no_inputs || no_timers
}

fn fires(program: &Program, rule: RuleId, wanted: fn(&Fire) -> bool) -> bool {
    let body = &program.functions[program.network.rules[rule].body].body;
    any_statement(body, &|stmt| matches!(stmt, StmtKind::Fire(fire) if wanted(fire)))
}

/// What can make handlers run in a program, as far as its rules say.
pub(super) fn triggers(program: &Program) -> BTreeSet<Trigger> {
    let mut triggers = BTreeSet::from([Trigger::Start]);
    for id in program.network.rules.keys().filter(|id| !is_ruled_out(program, *id)) {
        let found = [
            (Trigger::Input, fires(program, id, |fire| matches!(fire, Fire::Input { .. }))),
            (Trigger::Message, fires(program, id, |fire| matches!(fire, Fire::Deliver(_)))),
            (Trigger::Timeout, fires(program, id, |fire| matches!(fire, Fire::Timeout { .. }))),
            (Trigger::Reboot, fires(program, id, |fire| matches!(fire, Fire::Reboot(_)))),
        ];
        triggers.extend(found.into_iter().filter(|(_, fires)| *fires).map(|(trigger, _)| trigger));
    }
    triggers
}
