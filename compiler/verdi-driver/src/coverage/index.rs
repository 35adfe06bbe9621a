//! How often a piece of source ran, told by the spans of the Core that it became.

use super::recording::Counts;
use super::sites::{Class, Site, sites};
use std::collections::BTreeMap;
use verdi_core::{Program, Span};

/// A way to tell from Core how often a piece of source ran.
#[derive(Clone, Debug)]
pub(super) enum Way {
    /// As often as the first statement within it: code is lowered in the order in which it is evaluated. A
    /// function that became several, for several types, ran in all of them.
    Within(Span),
    /// The same, but of several functions that stand for the same text the one that ran most often.
    Most(Span),
    /// As often as the assignment of just this span at this position ran.
    Assign(Span, usize),
    /// As often as the return of just this span ran.
    Return(Span),
    /// The elements that the loop over this took.
    Elements(Span),
    /// What is left of the first without the second.
    Less(Box<Way>, Box<Way>),
    /// The first of these that there is.
    First(Vec<Way>),
}

/// The statements of a program with how often they ran, by their spans.
pub(super) struct Index {
    /// Ascending by span, then function, then position.
    stmts: Vec<Entry>,
}

/// A statement.
#[derive(Clone, Copy)]
pub(super) struct Entry {
    pub(super) site: Site,
    func: u32,
    position: usize,
    pub(super) ran: u64,
    entered: u64,
}

impl Index {
    /// The statements of a program. Without counts, none ran.
    pub(super) fn new(program: &Program, counts: Option<&Counts>) -> Self {
        let mut stmts = Vec::new();
        for (func, function) in &program.functions {
            for (position, site) in sites(function).into_iter().enumerate() {
                let at = stmts.len();
                let count = |of: fn(&Counts) -> &Vec<u64>| counts.map_or(0, |counts| of(counts)[at]);
                let (ran, entered) = (count(|counts| &counts.ran), count(|counts| &counts.entered));
                stmts.push(Entry { site, func: func.as_u32(), position, ran, entered });
            }
        }
        stmts.retain(|entry| entry.site.class != Class::Scope);
        stmts.sort_by_key(|entry| (entry.site.span, entry.func, entry.position));
        Self { stmts }
    }

    /// All statements, by span.
    pub(super) fn stmts(&self) -> &[Entry] {
        &self.stmts
    }

    /// How often a piece of source ran; `None` where the program has nothing of it.
    pub(super) fn count(&self, way: &Way) -> Option<u64> {
        match way {
            Way::Within(span) => self.firsts(*span).map(|ran| ran.into_values().sum()),
            Way::Most(span) => self.firsts(*span).and_then(|ran| ran.into_values().max()),
            Way::Assign(span, nth) => self.nth_assign(*span, *nth),
            Way::Return(span) => {
                self.exactly(*span, Class::Return).map(|entry| entry.ran).reduce(|a, b| a + b)
            }
            Way::Elements(span) => {
                self.exactly(*span, Class::Loop).map(|entry| entry.entered).reduce(|a, b| a + b)
            }
            Way::Less(all, part) => Some(self.count(all)?.saturating_sub(self.count(part)?)),
            Way::First(ways) => ways.iter().find_map(|way| self.count(way)),
        }
    }

    /// For each function that has statements within a span, how often the first of them ran.
    fn firsts(&self, span: Span) -> Option<BTreeMap<u32, u64>> {
        let mut firsts: BTreeMap<u32, (usize, u64)> = BTreeMap::new();
        for entry in self.from(span).take_while(|entry| entry.site.span.start < span.end.max(span.start + 1))
        {
            if entry.site.span.end <= span.end {
                let first = firsts.entry(entry.func).or_insert((entry.position, entry.ran));
                *first = (*first).min((entry.position, entry.ran));
            }
        }
        (!firsts.is_empty()).then(|| firsts.into_iter().map(|(func, (_, ran))| (func, ran)).collect())
    }

    fn nth_assign(&self, span: Span, nth: usize) -> Option<u64> {
        let mut seen: BTreeMap<u32, usize> = BTreeMap::new();
        let assigns = self.exactly(span, Class::Assign).filter(|entry| {
            let seen = seen.entry(entry.func).or_default();
            *seen += 1;
            *seen == nth + 1
        });
        assigns.map(|entry| entry.ran).reduce(|a, b| a + b)
    }

    fn exactly(&self, span: Span, class: Class) -> impl Iterator<Item = &Entry> {
        let same = self.from(span).take_while(move |entry| entry.site.span.start == span.start);
        same.filter(move |entry| entry.site.span == span && entry.site.class == class)
    }

    /// From the first statement of the span's file that does not begin before it.
    fn from(&self, span: Span) -> impl Iterator<Item = &Entry> {
        let first = self
            .stmts
            .partition_point(|entry| (entry.site.span.file, entry.site.span.start) < (span.file, span.start));
        self.stmts[first..].iter().take_while(move |entry| entry.site.span.file == span.file)
    }
}
