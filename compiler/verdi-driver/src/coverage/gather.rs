mod lines;

use super::index::Index;
use super::points::{FunctionPoint, Points, system_of};
use super::recording::{Counts, Happening};
use super::report::{Branch, CoverageReport, Function, RuleCount, Side, Traffic, TrafficKind};
use super::rules::{Trigger, is_ruled_out, rules, triggers};
use crate::session::Session;
use crate::stdlib;
use std::collections::{BTreeMap, BTreeSet};
use verdi_core::{FuncId, Program};
use verdi_diagnostics::{FileId, Span};
use verdi_hir::hir;

/// Adds up what ran in each check of a session.
pub struct Gather {
    pub(super) points: Points,
    heads: BTreeMap<Span, Option<Span>>,
    regions: BTreeMap<Span, u64>,
    pub(super) functions: Vec<Tally>,
    branches: Vec<Vec<Option<u64>>>,
    /// How often each implication was asked, and how often it applied.
    pub(super) implications: Vec<(Tally, u64)>,
    /// How often something was to be drawn, and how often there was something.
    pub(super) draws: Vec<(Tally, u64)>,
    pub(super) rules: BTreeMap<(String, Span), RuleTally>,
    traffic: BTreeMap<Span, Traffic>,
    partial: Vec<String>,
}

/// How often something ran in all checks, and how much that says.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Tally {
    /// `None` where no check has it.
    pub(super) ran: Option<u64>,
    /// Whether a check has it that was searched to its end, and could have run it.
    pub(super) whole: bool,
    /// Whether a check has it of which nothing is known.
    pub(super) unknown: bool,
}

#[derive(Clone, Debug)]
pub(super) struct RuleTally {
    pub(super) count: RuleCount,
    pub(super) tally: Tally,
}

/// How much was seen of a check.
#[derive(Clone, Copy, Debug)]
pub enum Seen<'a> {
    /// All its worlds.
    Whole(&'a Counts),
    /// Some of its worlds.
    Partly(&'a Counts),
    /// Nothing.
    Nothing,
}

impl<'a> Seen<'a> {
    fn counts(self) -> Option<&'a Counts> {
        match self {
            Self::Whole(counts) | Self::Partly(counts) => Some(counts),
            Self::Nothing => None,
        }
    }
}

impl Gather {
    /// Of a session's sources; nothing ran yet.
    pub fn new(session: &Session) -> Self {
        let points = Points::new(&session.program);
        Self {
            heads: points.heads.iter().copied().collect(),
            regions: BTreeMap::new(),
            functions: vec![Tally::default(); points.functions.len()],
            branches: points.branches.iter().map(|branch| vec![None; branch.sides.len()]).collect(),
            implications: vec![Default::default(); points.implications.len()],
            draws: vec![Default::default(); points.draws.len()],
            rules: BTreeMap::new(),
            traffic: BTreeMap::new(),
            partial: Vec::new(),
            points,
        }
    }

    /// Adds what was seen of a check's program.
    pub fn add(&mut self, session: &Session, check: &hir::Check, program: &Program, seen: Seen<'_>) {
        let index = Index::new(program, seen.counts());
        if !matches!(seen, Seen::Whole(_)) {
            self.partial.push(check.title.to_string());
        }
        self.add_functions(&index, program, seen);
        self.add_branches(&index);
        let (implications, draws) = (self.points.implications.iter(), self.points.draws.iter());
        for ((tally, applied), point) in self.implications.iter_mut().zip(implications) {
            tally.add(index.count(&point.asked), seen, true);
            *applied += index.count(&point.applied).unwrap_or(0);
        }
        for ((tally, drawn), point) in self.draws.iter_mut().zip(draws) {
            tally.add(index.count(&point.asked), seen, true);
            *drawn += index.count(&point.drawn).unwrap_or(0);
        }
        self.add_rules(program, seen);
        self.add_traffic(session, check, program, seen);
        self.add_regions(&index);
    }

    fn add_functions(&mut self, index: &Index, program: &Program, seen: Seen<'_>) {
        let triggers = triggers(program);
        let inhabited = program.kinds.values().filter(|kind| !kind.nodes.is_empty());
        let handlers: BTreeSet<Span> =
            inhabited.flat_map(|kind| kind.handlers.iter().map(|handler| handler.span)).collect();
        for (tally, point) in self.functions.iter_mut().zip(&self.points.functions) {
            let able = point
                .trigger
                .is_none_or(|trigger| triggers.contains(&trigger) && handlers.contains(&point.span));
            tally.add(index.count(&point.way), seen, able);
        }
    }

    fn add_branches(&mut self, index: &Index) {
        for (taken, point) in self.branches.iter_mut().zip(&self.points.branches) {
            for (taken, side) in taken.iter_mut().zip(&point.sides) {
                if let Some(ran) = index.count(&side.way) {
                    *taken = Some(taken.unwrap_or(0) + ran);
                }
            }
        }
    }

    fn add_rules(&mut self, program: &Program, seen: Seen<'_>) {
        for (id, count) in rules(program, seen.counts()) {
            let key = (count.network.clone(), count.span);
            let (fired, state) = (count.fired, count.state);
            let known = self.rules.entry(key).or_insert_with(|| RuleTally {
                count: RuleCount { bounds: Vec::new(), fired: 0, ..count.clone() },
                tally: Tally::default(),
            });
            known.tally.add(Some(fired), seen, !is_ruled_out(program, id));
            known.count.fired += fired;
            known.count.state = known.count.state.max(state);
            for bound in count.bounds {
                if !known.count.bounds.contains(&bound) {
                    known.count.bounds.push(bound);
                }
            }
        }
    }

    fn add_traffic(&mut self, session: &Session, check: &hir::Check, program: &Program, seen: Seen<'_>) {
        let Some(system) = system_of(&session.program, &check.subject) else { return };
        let members = &session.program.systems[system].members;
        let events = |wanted: &dyn Fn(&Happening) -> bool| {
            let happened = seen.counts().into_iter().flat_map(|counts| &counts.happened);
            happened.filter(|(event, _)| wanted(event)).map(|(_, count)| count).sum::<u64>()
        };
        let taken = |takers: &BTreeSet<FuncId>, tag: u32| {
            events(
                &|event| matches!(event, Happening::Taken(func, of) if *of == tag && takers.contains(func)),
            )
        };
        let takers =
            |of: fn(&verdi_core::Kind) -> Option<FuncId>| program.kinds.values().filter_map(of).collect();
        let (on_message, on_input) = (takers(|kind| kind.on_message), takers(|kind| kind.on_input));
        for (tag, variant) in (0..).zip(&members.messages) {
            let traffic =
                self.traffic.entry(variant.span).or_insert_with(|| traffic(TrafficKind::Message, variant));
            traffic.sent += events(&|event| *event == Happening::Sent(tag));
            traffic.arrived += events(&|event| *event == Happening::Delivered(tag));
            traffic.taken += taken(&on_message, tag);
        }
        for (tag, variant) in (0..).zip(&members.inputs) {
            let traffic =
                self.traffic.entry(variant.span).or_insert_with(|| traffic(TrafficKind::Input, variant));
            traffic.arrived += events(&|event| *event == Happening::Given(tag));
            traffic.taken += taken(&on_input, tag);
        }
    }

    /// What was found.
    pub fn finish(self, session: &Session) -> CoverageReport {
        let mut functions: Vec<Function> = Vec::new();
        for (point, tally) in self.points.functions.iter().zip(&self.functions) {
            if let Some(ran) = tally.ran.filter(|_| !is_library(point.span.file)) {
                let (name, kind) = (point.name.clone(), point.kind);
                functions.push(Function { kind, name, span: point.span, whole: point.whole, ran });
            }
        }
        functions.sort_by_key(|function| function.span);
        let branches = self.branches();
        CoverageReport {
            files: lines::files(session, &self.regions, &functions, &branches),
            functions,
            branches,
            rules: self.rules.into_values().map(|rule| rule.count).collect(),
            traffic: self.traffic.into_values().collect(),
            partial: self.partial,
        }
    }

    fn branches(&self) -> Vec<Branch> {
        let mut branches: Vec<Branch> = Vec::new();
        for (point, taken) in self.points.branches.iter().zip(&self.branches) {
            if is_library(point.span.file) || taken.iter().all(Option::is_none) {
                continue;
            }
            let sides = point.sides.iter().zip(taken);
            let sides = sides.map(|(side, taken)| Side {
                span: side.span,
                taken: taken.unwrap_or(0),
                mark: side.mark,
            });
            let sides: Vec<Side> = sides.collect();
            let reached = sides.iter().any(|side| side.taken > 0) || self.ran(point.span);
            branches.push(Branch { word: point.word, span: point.span, sides, reached });
        }
        branches.sort_by_key(|branch| (branch.span, branch.word));
        branches
    }

    /// Whether anything within a span ran.
    fn ran(&self, span: Span) -> bool {
        let first = Span { end: span.start, ..span };
        let within =
            self.regions.range(first..).take_while(|(at, _)| at.file == span.file && at.start < span.end);
        within.into_iter().any(|(at, ran)| at.end <= span.end && *ran > 0)
    }
}

impl Tally {
    fn add(&mut self, ran: Option<u64>, seen: Seen<'_>, able: bool) {
        let Some(ran) = ran else { return };
        self.ran = Some(self.ran.unwrap_or(0) + ran);
        match seen {
            Seen::Whole(_) => self.whole |= able,
            Seen::Partly(_) => {}
            Seen::Nothing => self.unknown |= able,
        }
    }

    /// Whether it is known that it never ran, where it could have.
    pub(super) fn is_idle(self) -> bool {
        self.ran == Some(0) && self.is_known()
    }

    /// Whether enough was seen to tell.
    pub(super) fn is_known(self) -> bool {
        self.whole && !self.unknown
    }
}

fn traffic(kind: TrafficKind, variant: &hir::Variant) -> Traffic {
    Traffic { kind, name: variant.name.to_string(), span: variant.span, sent: 0, arrived: 0, taken: 0 }
}

/// Whether a file is the library's: nobody is to be told of its lines.
pub(super) fn is_library(file: FileId) -> bool {
    (file.0 as usize) < stdlib::in_scope().count()
}

impl Gather {
    fn add_regions(&mut self, index: &Index) {
        for (span, ran) in lines::regions(index, &self.points.nobodys, &self.heads) {
            *self.regions.entry(span).or_default() += ran;
        }
        let own =
            |point: &&FunctionPoint| self.heads.contains_key(&point.span) && !is_library(point.span.file);
        for point in self.points.functions.iter().filter(own) {
            if let Some(ran) = index.count(&point.way) {
                *self.regions.entry(point.span).or_default() += ran;
            }
        }
    }
}

/// The event that a handler is for.
pub(super) fn trigger(event: &hir::Event) -> Trigger {
    match event {
        hir::Event::Start => Trigger::Start,
        hir::Event::Input(_) => Trigger::Input,
        hir::Event::Message(..) => Trigger::Message,
        hir::Event::Timeout(_) => Trigger::Timeout,
        hir::Event::Reboot => Trigger::Reboot,
    }
}
