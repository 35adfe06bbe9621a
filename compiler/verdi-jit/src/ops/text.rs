//! Strings.

use super::Run;
use crate::object::{Object, text_words};
use verdi_core::Op;
use verdi_runtime::COLLECTION_MAX;

impl Run<'_> {
    pub(super) fn text(&mut self, op: Op) -> Option<()> {
        let text = self.object(0).text();
        if op == Op::StrLen {
            self.out[0] = text.chars().count() as u64;
            return Some(());
        }
        let more = Object::text(self.object(1));
        if text.len() + more.len() > COLLECTION_MAX {
            return None;
        }
        let both = [text, more].concat();
        let mut words = Vec::with_capacity(both.len() / 8 + 1);
        text_words(&both, &mut words);
        let made = self.ctx.scratch.object(words.len())?;
        made.room_mut()[..words.len()].copy_from_slice(&words);
        made.set_len(both.len(), words.len());
        self.object_out(made)
    }
}
