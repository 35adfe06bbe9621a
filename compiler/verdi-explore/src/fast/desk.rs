use super::packed::Overflow;
use super::space::Space;
use super::worker::{Back, Shared};
use std::collections::VecDeque;
use std::sync::atomic::Ordering;
use std::sync::{Mutex, PoisonError};

/// What workers take their work from.
pub(super) struct Desk<C> {
    pub(super) chunks: Mutex<VecDeque<C>>,
    pub(super) overflow: Mutex<Option<Overflow>>,
}

impl<C: Send> Desk<C> {
    fn chunks(&self) -> std::sync::MutexGuard<'_, VecDeque<C>> {
        self.chunks.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn work<S: Space<Chunk = C>>(
        &self,
        space: &S,
        shared: &Shared,
        worker: &mut S::Worker,
        poll: &mut dyn FnMut() -> bool,
    ) {
        while !shared.halt.load(Ordering::Relaxed) {
            let Some(mut chunk) = self.chunks().pop_front() else { return };
            let result = space.expand(shared, worker, &mut chunk, poll);
            if let Err(back) = result {
                shared.halt.store(true, Ordering::Relaxed);
                self.chunks().push_front(chunk);
                if let Back::Overflow(overflow) = back {
                    *self.overflow.lock().unwrap_or_else(PoisonError::into_inner) = Some(overflow);
                }
            }
        }
    }
}
