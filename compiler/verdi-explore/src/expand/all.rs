use super::Expand;
use verdi_machine::Choice;

/// Every choice, in order.
pub(crate) struct All(usize);

impl All {
    pub(crate) fn new() -> Self {
        Self(0)
    }
}

impl Expand for All {
    fn begin(&mut self, _depth: u32, _enabled: &[Choice]) {
        self.0 = 0;
    }

    fn next(&mut self, enabled: &[Choice]) -> Option<usize> {
        let at = self.0;
        self.0 += 1;
        (at < enabled.len()).then_some(at)
    }
}
