use verdi_machine::Parts;

/// The operations that are open in the world that was last asked about: the firings of a world ask one after the other.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Open {
    trace: Option<u32>,
    operations: u64,
}

impl Open {
    /// Whether something waits for an operation that is open after a history.
    #[inline]
    pub(crate) fn holds(&mut self, parts: &impl Parts, waits_for: u64, trace: u32) -> bool {
        if waits_for == 0 {
            return false;
        }
        if self.trace != Some(trace) {
            *self = Self { trace: Some(trace), operations: parts.open(trace) };
        }
        waits_for & self.operations != 0
    }
}
