//! What a transformed system has of what was transformed, for those who show its runs.

use super::Lower;
use super::types::DataKey;
use crate::hir::InnerOp;
use verdi_core::{FuncId, Handled, Wrapped};

impl Lower<'_> {
    /// Once all is lowered: the layers of a transformed system. Of functions and types, those that the program has.
    pub(super) fn wrapped(&self) -> Option<Wrapped> {
        let outermost = &self.hir.systems[self.system];
        outermost.transformed?;
        let (mut layers, mut innermost) = (Vec::new(), outermost);
        while let Some((transformer, subject)) = innermost.transformed {
            layers.push(self.hir.transformers[transformer].name.clone());
            innermost = &self.hir.systems[subject];
        }
        let named = |id| self.data.get(&DataKey::Named(id, Vec::new())).copied();
        let special = [self.core.special.input, self.core.special.output];
        Some(Wrapped {
            handlers: self.runners(layers.len()).collect(),
            layers,
            carried: outermost.carried.iter().copied().filter_map(named).chain(special).collect(),
            timers_from: (outermost.members.timers.len() - innermost.members.timers.len()) as u32,
        })
    }

    /// The functions that run handlers so many layers further in.
    fn runners(&self, depth: usize) -> impl Iterator<Item = (FuncId, Handled)> {
        let kinds = self.members().kinds.iter();
        let procs =
            kinds.flat_map(|(kind, owner)| owner.procs.iter().map(move |(id, proc)| (kind, id, proc)));
        let wrapped = procs.filter_map(move |(kind, id, proc)| {
            let (op, further) = proc.runs?;
            let handled = handled(op).filter(|_| further as usize == depth)?;
            Some((*self.procs.get(&(kind, id))?, handled))
        });
        let applied = self.hir.fns.iter().filter(|(_, def)| def.applies);
        let applied = applied.filter_map(|(id, _)| self.fns.get(&(id, Vec::new())).copied());
        wrapped.chain(applied.map(|func| (func, Handled::Apply)))
    }
}

fn handled(op: InnerOp) -> Option<Handled> {
    match op {
        InnerOp::Start => Some(Handled::Start),
        InnerOp::Input => Some(Handled::Input),
        InnerOp::Message => Some(Handled::Message),
        InnerOp::Timeout => Some(Handled::Timeout),
        InnerOp::Reboot => Some(Handled::Reboot),
        InnerOp::MachineInit | InnerOp::MachineApply => None,
    }
}
