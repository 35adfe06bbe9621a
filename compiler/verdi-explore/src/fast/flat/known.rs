use super::super::near::prefetch;

/// A step that is known.
#[derive(Clone, Copy, Debug)]
pub(super) struct Taken {
    /// By how much the fingerprint differs; of a simple step, whatever the world.
    pub(super) print: u64,
    /// Its delta.
    pub(super) at: u32,
    /// Whether there is nothing to look at before it is taken.
    pub(super) simple: bool,
}

/// The steps of firings in states. Open addressing, at most half full.
#[derive(Debug, Default)]
pub(super) struct Known {
    /// A power of two of them, or none.
    places: Vec<Option<(u64, Taken)>>,
    count: usize,
}

/// From so many places on they are far away.
const LARGE: usize = 1 << 12;

impl Known {
    #[inline]
    pub(super) fn get(&self, firing: u32, state: u32) -> Option<&Taken> {
        let key = key(firing, state);
        let mut at = self.home(key);
        loop {
            match self.places.get(at)? {
                None => return None,
                Some((known, taken)) if *known == key => return Some(taken),
                Some(_) => at = (at + 1) & (self.places.len() - 1),
            }
        }
    }

    /// Brings near what is known of a firing in a state.
    #[inline]
    pub(super) fn bring(&self, firing: u32, state: u32) {
        if let Some(place) = self.places.get(self.home(key(firing, state))) {
            prefetch(place);
        }
    }

    /// Whether it is worth to bring anything near.
    pub(super) fn is_large(&self) -> bool {
        self.places.len() >= LARGE
    }

    pub(super) fn insert(&mut self, firing: u32, state: u32, taken: Taken) {
        if self.count * 2 >= self.places.len() {
            let more = (self.places.len() * 2).max(64);
            for (key, taken) in std::mem::replace(&mut self.places, vec![None; more]).into_iter().flatten() {
                self.place(key, taken);
            }
        }
        self.place(key(firing, state), taken);
        self.count += 1;
    }

    fn place(&mut self, key: u64, taken: Taken) {
        let mut at = self.home(key);
        while self.places[at].is_some_and(|(known, _)| known != key) {
            at = (at + 1) & (self.places.len() - 1);
        }
        self.places[at] = Some((key, taken));
    }

    #[inline]
    fn home(&self, key: u64) -> usize {
        let spread = key.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        (spread ^ (spread >> 32)) as usize & self.places.len().wrapping_sub(1)
    }

    pub(super) fn bytes(&self) -> usize {
        self.places.len() * size_of::<Option<(u64, Taken)>>()
    }
}

fn key(firing: u32, state: u32) -> u64 {
    u64::from(firing) << 32 | u64::from(state)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_put_in_is_found() {
        let mut known = Known::default();
        assert!(known.get(0, 0).is_none());
        for n in 0..5000_u32 {
            known.insert(n % 70, n / 70, Taken { print: u64::from(n), at: n, simple: n % 2 == 0 });
        }
        for n in 0..5000_u32 {
            let taken = known.get(n % 70, n / 70).unwrap();
            assert_eq!((taken.print, taken.at, taken.simple), (u64::from(n), n, n % 2 == 0));
        }
        assert!(known.get(70, 0).is_none() && known.get(0, 72).is_none());
        assert!(known.bytes() >= 5000 * 24);
    }
}
