//! From what a search found to what is said of a property.

use crate::report::Verdict;
use verdi_core::{Bound, Expect, Program, PropertyId, PropertyKind};
use verdi_explore::{Answer, Coverage, Cut, Limits, Open, Outcome};

/// What is said of a property, and why where it is nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Judged {
    pub(crate) verdict: Verdict,
    pub(crate) expected: bool,
    pub(crate) reason: Option<String>,
}

/// What an outcome says of one property.
pub(crate) fn judge(program: &Program, outcome: &Outcome, id: PropertyId) -> Judged {
    let property = &program.properties[id];
    let is_reach = property.kind == PropertyKind::Reach;
    let answer = outcome.answers.get(id.as_u32() as usize);
    let found = matches!(answer, Some(Answer::Found(_) | Answer::Lasso(_)));
    let open =
        |reason: String| Judged { verdict: Verdict::Inconclusive, expected: false, reason: Some(reason) };
    if let Some(Answer::Open(why)) = answer {
        return open(open_reason(why, program));
    }
    let verdict = if found {
        if is_reach { Verdict::Reached } else { Verdict::Violated }
    } else if outcome.undecided.contains(&id) {
        return open("its evaluation faulted in some world: see `no_fault`".into());
    } else {
        match &outcome.coverage {
            Coverage::Cut(cut) if outcome.untold.contains(&id) => {
                let what = if is_reach { "such a world" } else { "a violation" };
                return open(format!(
                    "{what} was seen, but {} before the way to it was told",
                    cut_reason(*cut)
                ));
            }
            Coverage::Cut(cut) => return open(cut_reason(*cut)),
            Coverage::Decided => return open("the search stopped when all else was decided".into()),
            Coverage::Sampled if is_reach || property.expect == Expect::Violates => {
                return open("not every world was visited, and none that was shows it".into());
            }
            Coverage::Sampled => Verdict::Sampled,
            Coverage::Complete(_) if is_reach => Verdict::Unreached,
            Coverage::Complete(limits) if limits.none() && !program.domain_limited => Verdict::Exhaustive,
            Coverage::Complete(_) => Verdict::Bounded,
        }
    };
    let against = matches!(verdict, Verdict::Violated | Verdict::Unreached);
    Judged { verdict, expected: against == (property.expect == Expect::Violates), reason: None }
}

/// Why nothing is known of a property of runs.
fn open_reason(why: &Open, program: &Program) -> String {
    match why {
        Open::Cut(cut) => cut_reason(*cut),
        Open::Faults => "its evaluation faulted in some world: see `no_fault`".to_owned(),
        Open::Leaves => {
            let mut limits = Vec::new();
            let all = Limits {
                held_back: Vec::new(),
                packets: program.packets_max.is_some(),
                depth: program.depth_max.is_some(),
                constraint: program.constraint.is_some(),
            };
            other_limits(program, &all, &mut limits);
            format!("runs on which it has yet to come true go on past {}", limits.join(", "))
        }
    }
}

/// Why a search was cut short, in the user's words.
pub(crate) fn cut_reason(cut: Cut) -> String {
    let reason = match cut {
        Cut::Worlds => "the limit on worlds was hit",
        Cut::Memory => "the limit on memory was hit",
        Cut::Time => "the limit on time was hit",
        Cut::Interrupted => "it was interrupted",
        Cut::Disk(why) => return format!("the folder of --disk could not be used any more ({why})"),
    };
    reason.to_owned()
}

/// The limits of a check that kept steps from being taken, in the words of its clauses.
pub(crate) fn limits(program: &Program, coverage: &Coverage) -> Vec<String> {
    let mut out = Vec::new();
    if let Coverage::Complete(limits) = coverage {
        out.extend(
            limits.held_back.iter().filter_map(|&at| program.bounds.get(at)).map(|b| bound_text(program, b)),
        );
        other_limits(program, limits, &mut out);
        if program.domain_limited {
            out.push("domain".into());
        }
    }
    out
}

fn other_limits(program: &Program, limits: &Limits, out: &mut Vec<String>) {
    if limits.packets {
        out.push(format!("packets <= {}", program.packets_max.unwrap_or(0)));
    }
    if limits.depth {
        out.push(format!("depth <= {}", program.depth_max.unwrap_or(0)));
    }
    if limits.constraint {
        out.push("constraint".into());
    }
}

/// A bound as it is written.
pub(crate) fn bound_text(program: &Program, bound: &Bound) -> String {
    let per_node = if bound.per_node { " per node" } else { "" };
    format!("{} <= {}{per_node}", program.network.rules[bound.rule].name, bound.limit)
}

#[cfg(test)]
mod tests {
    use super::*;
    use verdi_core::{Property, Span};
    use verdi_explore::{Run, Stats};

    fn outcome(found: bool, coverage: Coverage) -> Outcome {
        let run = Run { choices: Vec::new(), fault: None };
        Outcome {
            answers: vec![if found { Answer::Found(run) } else { Answer::NotFound }],
            undecided: Vec::new(),
            untold: Vec::new(),
            fault: None,
            coverage,
            stats: Stats::default(),
        }
    }

    fn said(kind: PropertyKind, expect: Expect, found: bool, coverage: Coverage) -> (Verdict, bool) {
        let mut program = Program::empty("test");
        program.properties.push(Property {
            name: "p".into(),
            span: Span::default(),
            kind,
            expect,
            parts: Vec::new(),
        });
        let judged = judge(&program, &outcome(found, coverage), PropertyId::from_u32(0));
        (judged.verdict, judged.expected)
    }

    #[test]
    fn a_violation_that_was_seen_is_not_passed_over() {
        let id = PropertyId::from_u32(0);
        let mut program = Program::empty("test");
        program.properties.push(Property {
            name: "p".into(),
            span: Span::default(),
            kind: PropertyKind::Invariant,
            expect: Expect::Holds,
            parts: Vec::new(),
        });
        let outcome = Outcome { untold: vec![id], ..outcome(false, Coverage::Cut(Cut::Time)) };
        let judged = judge(&program, &outcome, id);
        assert_eq!(judged.verdict, Verdict::Inconclusive);
        assert!(judged.reason.unwrap().starts_with("a violation was seen, but the limit on time was hit"));
    }

    #[test]
    fn every_answer_has_its_verdict() {
        use Expect::{Holds, Violates};
        use PropertyKind::{Invariant, Reach};
        let whole = || Coverage::Complete(Limits::default());
        let bounded = || Coverage::Complete(Limits { held_back: vec![0], ..Limits::default() });
        let cut = || Coverage::Cut(Cut::Memory);
        for (kind, expect, found, coverage, verdict) in [
            (Invariant, Holds, false, whole(), (Verdict::Exhaustive, true)),
            (Invariant, Holds, false, bounded(), (Verdict::Bounded, true)),
            (Invariant, Holds, false, Coverage::Sampled, (Verdict::Sampled, true)),
            (Invariant, Holds, false, cut(), (Verdict::Inconclusive, false)),
            (Invariant, Holds, true, cut(), (Verdict::Violated, false)),
            (Invariant, Violates, true, whole(), (Verdict::Violated, true)),
            (Invariant, Violates, false, whole(), (Verdict::Exhaustive, false)),
            (Invariant, Violates, false, Coverage::Sampled, (Verdict::Inconclusive, false)),
            (Invariant, Violates, false, cut(), (Verdict::Inconclusive, false)),
            (Reach, Holds, true, Coverage::Decided, (Verdict::Reached, true)),
            (Reach, Holds, false, bounded(), (Verdict::Unreached, false)),
            (Reach, Holds, false, Coverage::Sampled, (Verdict::Inconclusive, false)),
            (Reach, Holds, false, cut(), (Verdict::Inconclusive, false)),
        ] {
            assert_eq!(
                said(kind, expect, found, coverage.clone()),
                verdict,
                "{kind:?} {expect:?} {found} {coverage:?}"
            );
        }
    }
}
