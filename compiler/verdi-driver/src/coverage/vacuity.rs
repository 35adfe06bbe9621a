//! Warnings of what says nothing: claims that were never put to the test, and parts of a program that no check runs.

use super::gather::{Gather, is_library};
use super::points::FunctionPoint;
use super::report::{FunctionKind, RuleState};
use crate::report::{CheckReport, Verdict};
use crate::session::Session;
use verdi_core::PropertyKind;
use verdi_diagnostics::{Code, Diagnostic, codes};
use verdi_hir::hir;

/// So many warnings of one code are given.
const EACH_MAX: usize = 3;

/// What all checks together show.
pub fn warnings(session: &Session, gather: &Gather) -> Vec<Diagnostic> {
    let mut out = Vec::new();
    few(&mut out, codes::V0730, implications(session, gather));
    few(&mut out, codes::V0731, draws(session, gather));
    few(&mut out, codes::V0732, handlers(session, gather));
    few(&mut out, codes::V0733, rules(gather));
    out
}

/// The first of many, the last of which says how many more there are.
fn few(out: &mut Vec<Diagnostic>, code: Code, all: Vec<Diagnostic>) {
    let more = all.len().saturating_sub(EACH_MAX);
    out.extend(all.into_iter().take(EACH_MAX));
    if let (Some(last), true) = (out.last_mut(), more > 0) {
        last.notes
            .push(format!("there are {more} more warnings {code}: `--coverage` shows what they are about"));
    }
}

fn implications(session: &Session, gather: &Gather) -> Vec<Diagnostic> {
    let seen = gather.points.implications.iter().zip(&gather.implications);
    let vacuous =
        seen.filter(|(_, (tally, applied))| tally.is_known() && tally.ran > Some(0) && *applied == 0);
    vacuous
        .map(|(point, _)| {
            let left = one_line(session, point.left);
            Diagnostic::warning(
                codes::V0730,
                point.left,
                format!("`{left}` is never true, so this claims nothing"),
            )
            .label("never true in a world that the checks reach")
        })
        .collect()
}

fn draws(session: &Session, gather: &Gather) -> Vec<Diagnostic> {
    let seen = gather.points.draws.iter().zip(&gather.draws);
    let empty = seen.filter(|(_, (tally, drawn))| tally.is_known() && tally.ran > Some(0) && *drawn == 0);
    empty
        .map(|(point, _)| {
            let source = one_line(session, point.source);
            let (message, label) = if point.is_filter {
                (format!("`{source}` is never true, so this `forall` claims nothing"), "lets nothing through")
            } else {
                (
                    format!("`{source}` is always empty, so this `forall` claims nothing"),
                    "nothing is drawn here",
                )
            };
            Diagnostic::warning(codes::V0731, point.source, message).label(label)
        })
        .collect()
}

fn handlers(session: &Session, gather: &Gather) -> Vec<Diagnostic> {
    let seen = gather.points.functions.iter().zip(&gather.functions);
    let idle = seen.filter(|(point, tally)| {
        let own = point.kind == FunctionKind::Handler && !is_library(point.span.file);
        own && tally.is_idle() && !is_explained(session, point)
    });
    idle.map(|(point, _)| {
        Diagnostic::warning(codes::V0732, point.span, format!("`{}` never ran", point.name))
            .label("no check makes this handler run")
    })
    .collect()
}

/// Whether the text alone has shown why a handler does not run: it is warned of already.
fn is_explained(session: &Session, handler: &FunctionPoint) -> bool {
    session.diagnostics.iter().any(|known| {
        let at = known.primary.span;
        let here =
            at.file == handler.span.file && handler.whole.start <= at.start && at.end <= handler.whole.end;
        let of_subject = [codes::V0603, codes::V0607].contains(&known.code)
            && handler.subject.as_ref().is_some_and(|subject| session.files.slice(at) == subject);
        here || of_subject
    })
}

fn rules(gather: &Gather) -> Vec<Diagnostic> {
    let idle = gather.rules.values().filter(|rule| {
        rule.count.state == RuleState::NeverEnabled
            && rule.tally.is_idle()
            && !is_library(rule.count.span.file)
    });
    idle.map(|rule| {
        let count = &rule.count;
        let message = format!("the rule `{}` of `{}` could never fire", count.name, count.network);
        Diagnostic::warning(codes::V0733, count.span, message)
            .label("enabled in no world that the checks reach")
    })
    .collect()
}

/// What one check's report shows by itself.
pub fn of_check(check: &hir::Check, report: &CheckReport) -> Vec<Diagnostic> {
    let mut out = Vec::new();
    for row in &report.rows {
        let at_once = row.trace.as_ref().is_some_and(|trace| trace.is_empty());
        if row.kind == Some(PropertyKind::Reach) && row.verdict == Verdict::Reached && at_once {
            let message =
                format!("`{}` is true before anything happens, so reaching it shows nothing", row.property);
            out.push(Diagnostic::warning(codes::V0734, row.span, message).label("true in the first world"));
        }
    }
    let stays = report.work.distinct == 1 && report.limits.iter().any(|limit| limit == "constraint");
    if let (Some(constraint), true) = (check.constraints.first(), stays) {
        let message = "this constraint is false in the first world, so nothing was explored";
        out.push(
            Diagnostic::warning(codes::V0735, constraint.body.span, message)
                .label("false before anything happens"),
        );
    }
    out
}

/// Source for a message.
fn one_line(session: &Session, span: verdi_diagnostics::Span) -> String {
    session.files.slice(span).split_whitespace().collect::<Vec<_>>().join(" ")
}
