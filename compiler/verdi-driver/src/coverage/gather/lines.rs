//! From counts of statements to lines, and to what never ran.

use super::is_library;
use crate::coverage::index::Index;
use crate::coverage::report::{Branch, FileCoverage, Function, FunctionKind, Mark};
use crate::session::Session;
use std::collections::{BTreeMap, BTreeSet};
use verdi_diagnostics::{FileId, Files, Span};

/// Pieces of the sources that people wrote, with how often each ran in one check.
pub(super) fn regions(
    index: &Index,
    nobodys: &BTreeSet<Span>,
    heads: &BTreeMap<Span, Option<Span>>,
) -> BTreeMap<Span, u64> {
    let mut regions = BTreeMap::new();
    for entry in index.stmts() {
        let span = entry.site.span;
        if is_library(span.file) || nobodys.contains(&span) || is_test_of_head(heads, span) {
            continue;
        }
        let ran: &mut u64 = regions.entry(span).or_default();
        *ran = (*ran).max(entry.ran);
    }
    regions
}

/// Whether a handler is looked for here, rather than something done.
fn is_test_of_head(heads: &BTreeMap<Span, Option<Span>>, span: Span) -> bool {
    let last = Span { end: u32::MAX, ..span };
    let Some((head, guard)) = heads.range(..=last).next_back() else { return false };
    covers(*head, span) && !guard.is_some_and(|guard| covers(guard, span))
}

fn covers(outer: Span, inner: Span) -> bool {
    outer.file == inner.file && outer.start <= inner.start && inner.end <= outer.end
}

/// Line by line, for each file that has code.
pub(super) fn files(
    session: &Session,
    regions: &BTreeMap<Span, u64>,
    functions: &[Function],
    branches: &[Branch],
) -> Vec<FileCoverage> {
    let with_code: BTreeSet<FileId> = regions.keys().map(|span| span.file).collect();
    let file = |file: FileId| {
        let own: Vec<(Span, u64)> =
            regions.iter().filter(|(span, _)| span.file == file).map(|(span, ran)| (*span, *ran)).collect();
        let idle = functions.iter().filter(|function| function.ran == 0).map(|function| function.whole);
        let sides = branches.iter().flat_map(|branch| &branch.sides);
        let untaken =
            sides.filter(|side| side.taken == 0 && side.mark == Mark::NeverTaken).map(|side| side.span);
        let whole = idle.chain(untaken).filter(|span| span.file == file);
        let heads = functions.iter().filter(|function| function.kind == FunctionKind::Handler);
        let heads =
            heads.filter(|handler| handler.span.file == file).map(|handler| (handler.span, handler.ran));
        FileCoverage { file, lines: lines(&session.files, &own, heads), never: never(&own, whole) }
    };
    with_code.into_iter().map(file).collect()
}

fn lines(
    files: &Files,
    regions: &[(Span, u64)],
    heads: impl Iterator<Item = (Span, u64)>,
) -> Vec<(usize, u64)> {
    let line = |span: Span| files.position(span.file, span.start).0;
    let mut lines = BTreeMap::new();
    for (span, ran) in regions {
        let count: &mut u64 = lines.entry(line(*span)).or_default();
        *count = (*count).max(*ran);
    }
    // A guard is asked more often than its handler runs.
    lines.extend(heads.map(|(span, ran)| (line(span), ran)));
    lines.into_iter().collect()
}

/// What never ran, joined where it touches or overlaps.
fn never(regions: &[(Span, u64)], whole: impl Iterator<Item = Span>) -> Vec<Span> {
    let ran: Vec<Span> = regions.iter().filter(|(_, ran)| *ran > 0).map(|(span, _)| *span).collect();
    let holds_something = |span: Span| {
        let first = ran.partition_point(|other| other.start < span.start);
        ran[first..].iter().take_while(|other| other.start < span.end).any(|other| covers(span, *other))
    };
    let idle = regions.iter().filter(|(_, ran)| *ran == 0).map(|(span, _)| *span);
    let mut idle: Vec<Span> = idle.filter(|span| !holds_something(*span)).chain(whole).collect();
    idle.sort_unstable();
    let mut joined: Vec<Span> = Vec::new();
    for span in idle {
        match joined.last_mut() {
            Some(last) if span.start <= last.end => last.end = last.end.max(span.end),
            _ => joined.push(span),
        }
    }
    joined
}
