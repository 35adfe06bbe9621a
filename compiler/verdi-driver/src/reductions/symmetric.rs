//! Worlds that differ in the names of interchangeable nodes, counted as one.

use super::WORTH_TELLING;
use crate::options::{CheckOptions, EngineKind, SearchOrder, SymmetryUse};
use verdi_core::{KindId, Program, reduce};
use verdi_explore::Stats;

/// Which nodes are interchangeable in a check, and which of that its search makes use of.
pub(crate) struct Symmetric {
    found: reduce::Symmetry,
    used: Vec<KindId>,
    /// Whether the search can make use of it at all.
    applies: bool,
}

impl Symmetric {
    /// Of a program that was lowered: what it declares was found to hold.
    pub(crate) fn of(program: &Program, options: &CheckOptions) -> Self {
        let found = reduce::symmetry(program);
        let live = program.properties.values().any(|property| property.kind.is_live());
        let applies = options.engine == EngineKind::Jit && options.search == SearchOrder::Bfs && !live;
        let declared = |kind: KindId| program.symmetric.iter().any(|(known, _)| *known == kind);
        let wanted = |kind: KindId| match options.symmetry {
            SymmetryUse::Off => false,
            SymmetryUse::Declared => declared(kind),
            SymmetryUse::Auto => true,
        };
        let kinds = found.groups.iter().map(|group| group.kind);
        let used = kinds.filter(|kind| applies && wanted(*kind)).collect();
        Self { found, used, applies }
    }

    /// The groups of interchangeable nodes that the search makes use of.
    pub(crate) fn groups(&self) -> Vec<Vec<u32>> {
        let used = self.found.groups.iter().filter(|group| self.used.contains(&group.kind));
        used.map(|group| group.nodes.clone()).collect()
    }

    /// What there is to say after the search.
    pub(crate) fn notes(&self, program: &Program, stats: &Stats) -> Vec<String> {
        let names = |kinds: &[KindId]| {
            let names: Vec<String> =
                kinds.iter().map(|kind| format!("`{}`", program.kinds[*kind].name)).collect();
            names.join(", ")
        };
        let mut notes = Vec::new();
        if !self.used.is_empty() {
            let of = names(&self.used);
            notes.push(format!("worlds that differ only in which {of} is which are counted as one"));
        } else if !self.applies && !program.symmetric.is_empty() {
            notes.push("`symmetric` has no effect on this search: every world is counted".to_owned());
        }
        let others = self.found.suggestion(program);
        let others: Vec<KindId> = others.into_iter().filter(|kind| !self.used.contains(kind)).collect();
        if self.applies && stats.distinct >= WORTH_TELLING && !others.is_empty() {
            let first = names(&others[..1]).replace('`', "");
            notes.push(format!(
                "the nodes of {} are interchangeable: `symmetric {first}` in the check would make the search smaller",
                names(&others)
            ));
        }
        notes
    }
}
