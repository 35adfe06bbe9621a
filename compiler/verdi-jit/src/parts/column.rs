//! Things by small ids, for many threads: looked up without a lock.

use std::sync::OnceLock;

/// The things of the first chunk; each chunk has twice as many as the one before.
pub(super) const FIRST: usize = 64;
pub(super) const CHUNKS: usize = 27;

/// Something for each id, made when it is first asked for. Nothing ever moves.
pub(super) struct Column<T> {
    chunks: [OnceLock<Box<[OnceLock<T>]>>; CHUNKS],
}

impl<T> Default for Column<T> {
    fn default() -> Self {
        Self { chunks: [const { OnceLock::new() }; CHUNKS] }
    }
}

impl<T> Column<T> {
    /// What is there for an id, made if it is not.
    pub(super) fn get_or(&self, id: u32, make: impl FnOnce() -> T) -> &T {
        let (chunk, at) = place(id);
        let chunk = self.chunks[chunk].get_or_init(|| (0..FIRST << chunk).map(|_| OnceLock::new()).collect());
        chunk[at].get_or_init(make)
    }
}

/// The chunk of an id, and its position there.
pub(super) fn place(id: u32) -> (usize, usize) {
    let at = id as usize + FIRST;
    let chunk = (at / FIRST).ilog2() as usize;
    (chunk, at - (FIRST << chunk))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_id_has_its_own_place() {
        let column = Column::default();
        for id in 0..1000 {
            assert_eq!(*column.get_or(id, || id * 2), id * 2);
        }
        for id in 0..1000 {
            assert_eq!(*column.get_or(id, || 0), id * 2);
        }
        assert_eq!((place(0), place(63), place(64), place(191)), ((0, 0), (0, 63), (1, 0), (1, 127)));
        assert_eq!(place(u32::MAX).0, CHUNKS - 1);
    }
}
