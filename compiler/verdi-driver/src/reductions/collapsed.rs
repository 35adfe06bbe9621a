//! Drops and duplicates of packets that are not explored, as what they make possible is seen without them.

use super::{WORTH_TELLING, refusal};
use crate::options::CollapseUse;
use verdi_core::reduce::{Collapse, Collapsed, Replay, collapse};
use verdi_core::{Program, RuleId, Span};
use verdi_diagnostics::Diagnostic;
use verdi_explore::{Answer, Outcome, Run, Stats};
use verdi_machine::Choice;

/// Which rules are not explored.
pub(super) struct Leaving {
    wanted: CollapseUse,
    collapsed: Option<Collapsed>,
}

impl Leaving {
    pub(super) fn of(program: &Program, wanted: CollapseUse, span: Span) -> Result<Self, Vec<Diagnostic>> {
        let which: &[Collapse] = match wanted {
            CollapseUse::Off => &[],
            CollapseUse::Drops => &[Collapse::Drops],
            CollapseUse::Duplicates => &[Collapse::Duplicates],
            CollapseUse::Auto => &[Collapse::Duplicates, Collapse::Drops],
        };
        for which in which {
            match collapse(program, *which) {
                Ok(collapsed) if never(program, &collapsed.vanished) => {}
                Ok(collapsed) => return Ok(Self { wanted, collapsed: Some(collapsed) }),
                Err(reasons) if reasons.is_empty() || wanted == CollapseUse::Auto => {}
                Err(reasons) => {
                    let flag = format!("--collapse {}", wanted.name());
                    return Err(vec![refusal(&flag, span, &reasons)]);
                }
            }
        }
        Ok(Self { wanted, collapsed: None })
    }

    pub(super) fn searched<'a>(&'a self, program: &'a Program) -> &'a Program {
        self.collapsed.as_ref().map_or(program, |collapsed| &collapsed.program)
    }

    /// Makes the runs of an outcome runs of the program that was asked about; whether steps were put in that may not
    /// all be needed.
    pub(super) fn replay(&self, outcome: &mut Outcome) -> bool {
        let Some(Collapsed { replay: Replay::CopyFirst { copy, rules }, .. }) = &self.collapsed else {
            return false;
        };
        let found = outcome.answers.iter_mut().filter_map(|answer| match answer {
            Answer::Found(run) => Some(run),
            Answer::NotFound | Answer::Lasso(_) | Answer::Open(_) => None,
        });
        found.chain(&mut outcome.fault).for_each(|run| copy_first(*copy, rules, run));
        true
    }

    /// What there is to say after a search.
    pub(super) fn note(&self, program: &Program, stats: &Stats) -> Option<String> {
        if let Some(collapsed) = &self.collapsed {
            let rules = names(program, &collapsed.vanished);
            return Some(match collapsed.replay {
                Replay::AsItIs => format!("{rules} is not explored: a packet may wait for ever instead"),
                Replay::CopyFirst { .. } => {
                    format!("{rules} is not explored: all that was ever sent stays in flight instead")
                }
            });
        }
        match self.wanted {
            CollapseUse::Off if stats.distinct >= WORTH_TELLING => {
                let (which, collapsed) = [CollapseUse::Duplicates, CollapseUse::Drops]
                    .into_iter()
                    .zip([Collapse::Duplicates, Collapse::Drops])
                    .find_map(|(wanted, which)| Some((wanted, collapse(program, which).ok()?)))?;
                (!never(program, &collapsed.vanished)).then(|| {
                    let (rules, which) = (names(program, &collapsed.vanished), which.name());
                    format!(
                        "{rules} need not be explored: `--collapse {which}` would make the search smaller"
                    )
                })
            }
            CollapseUse::Off | CollapseUse::Auto => None,
            CollapseUse::Drops => Some(nothing("drops")),
            CollapseUse::Duplicates => Some(nothing("duplicates")),
        }
    }
}

/// Whether no rule of some ever fires.
fn never(program: &Program, rules: &[RuleId]) -> bool {
    let bounded_away =
        |rule: &RuleId| program.bounds.iter().any(|bound| bound.rule == *rule && bound.limit == 0);
    rules.iter().all(bounded_away)
}

fn nothing(what: &str) -> String {
    format!("`--collapse {what}` has no effect: no rule does nothing else, or a bound keeps it from firing")
}

/// Copies each packet before it is taken out of flight, so that a copy stays.
fn copy_first(copy: RuleId, rules: &[(RuleId, Vec<usize>)], run: &mut Run) {
    let mut whole = Vec::with_capacity(run.choices.len());
    for choice in std::mem::take(&mut run.choices) {
        let taken = rules.iter().filter(|(rule, _)| *rule == choice.rule).flat_map(|(_, binders)| binders);
        whole.extend(taken.map(|at| Choice { rule: copy, args: vec![choice.args[*at].clone()] }));
        whole.push(choice);
    }
    run.choices = whole;
}

fn names(program: &Program, rules: &[RuleId]) -> String {
    let names: Vec<String> =
        rules.iter().map(|rule| format!("`{}`", program.network.rules[*rule].name)).collect();
    names.join(" and ")
}
