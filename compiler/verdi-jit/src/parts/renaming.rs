//! Worlds with their nodes renamed.

use super::NativeParts;
use verdi_core::KindId;
use verdi_machine::Engine;

impl<E: Engine + Sync> NativeParts<'_, E> {
    pub(super) fn rename_state(&self, renaming: &[u32], kind: u32, state: u32) -> u32 {
        let shared = &self.jit.shared;
        let id = KindId::from_u32(kind);
        let mut words = self.states.words(kind, state).to_vec();
        for (field, info) in &shared.program.kinds[id].fields {
            let (from, count) = shared.field(id, field);
            shared.rename(info.ty, &mut words[from..from + count], renaming);
        }
        self.states.id_of(kind, &words)
    }

    pub(super) fn rename_packet(&self, renaming: &[u32], packet: u32) -> u32 {
        let shared = &self.jit.shared;
        let mut words = self.packet_words(packet).to_vec();
        shared.rename(shared.program.special.packet, &mut words, renaming);
        self.packet_id(&words)
    }

    pub(super) fn rename_vars(&self, renaming: &[u32], vars: u32) -> u32 {
        let shared = &self.jit.shared;
        let mut words = self.vars_words(vars).to_vec();
        for (var, info) in &shared.program.network.vars {
            let (from, count) = shared.var(var);
            shared.rename(info.ty, &mut words[from..from + count], renaming);
        }
        self.vars_id(&words)
    }
}
