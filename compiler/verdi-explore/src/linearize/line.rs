//! The invocations and returns that are still to be passed, in the order of time: a doubly linked list, from which a call
//! is lifted when it is taken and put back, last lifted first, when it is taken back.

use super::Call;
use rustc_hash::FxHashMap;

/// Before all events, and after them.
const ENDS: usize = 0;

/// See the module. Events are known by their places, from 1 on; a call by its position in the history.
pub(super) struct Line {
    events: Vec<Event>,
    next: Vec<usize>,
    previous: Vec<usize>,
    /// The places of a call's invocation and return, and its bit in sets of calls.
    calls: FxHashMap<usize, Places>,
    to_return: usize,
}

#[derive(Clone, Copy)]
enum Event {
    End,
    Call(usize),
    Return(usize),
}

#[derive(Clone, Copy, Default)]
struct Places {
    invoked: usize,
    returned: Option<usize>,
    bit: usize,
}

impl Line {
    pub(super) fn new(calls: &[Call], chosen: &[usize]) -> Self {
        let mut timed: Vec<(u64, Event)> = Vec::with_capacity(chosen.len() * 2);
        for &call in chosen {
            timed.push((calls[call].invoked, Event::Call(call)));
            timed.extend(calls[call].returned.map(|moment| (moment, Event::Return(call))));
        }
        timed.sort_by_key(|(moment, _)| *moment);
        let events: Vec<Event> =
            std::iter::once(Event::End).chain(timed.into_iter().map(|(_, event)| event)).collect();
        let mut places: FxHashMap<usize, Places> = FxHashMap::default();
        for (bit, &call) in chosen.iter().enumerate() {
            places.insert(call, Places { bit, ..Places::default() });
        }
        let mut to_return = 0;
        for (place, event) in events.iter().enumerate() {
            match event {
                Event::End => {}
                Event::Call(call) => places.entry(*call).or_default().invoked = place,
                Event::Return(call) => {
                    places.entry(*call).or_default().returned = Some(place);
                    to_return += 1;
                }
            }
        }
        let count = events.len();
        let next = (0..count).map(|place| (place + 1) % count).collect();
        let previous = (0..count).map(|place| (place + count - 1) % count).collect();
        Self { events, next, previous, calls: places, to_return }
    }

    /// How many returns are still to be passed.
    pub(super) fn to_return(&self) -> usize {
        self.to_return
    }

    pub(super) fn first(&self) -> usize {
        self.next[ENDS]
    }

    pub(super) fn after(&self, place: usize) -> usize {
        self.next[place]
    }

    /// The call that is made at a place; `None` where one returns.
    pub(super) fn call_at(&self, place: usize) -> Option<usize> {
        match self.events[place] {
            Event::Call(call) => Some(call),
            Event::Return(_) | Event::End => None,
        }
    }

    /// The call that returns at a place: as long as there is a return in the line, every way through it ends at one.
    pub(super) fn returning_at(&self, place: usize) -> usize {
        match self.events[place] {
            Event::Call(call) | Event::Return(call) => call,
            Event::End => unreachable!("a return is still to be passed"),
        }
    }

    pub(super) fn bit(&self, call: usize) -> usize {
        self.calls[&call].bit
    }

    /// The calls made before the first return.
    pub(super) fn candidates(&self) -> Vec<usize> {
        let mut found = Vec::new();
        let mut place = self.first();
        while let Some(call) = self.call_at(place) {
            found.push(call);
            place = self.after(place);
        }
        found
    }

    pub(super) fn lift(&mut self, call: usize) {
        let places = self.calls[&call];
        self.unlink(places.invoked);
        if let Some(returned) = places.returned {
            self.unlink(returned);
            self.to_return -= 1;
        }
    }

    /// Puts back the call that was lifted last; the place of its invocation.
    pub(super) fn put_back(&mut self, call: usize) -> usize {
        let places = self.calls[&call];
        if let Some(returned) = places.returned {
            self.link(returned);
            self.to_return += 1;
        }
        self.link(places.invoked);
        places.invoked
    }

    fn unlink(&mut self, place: usize) {
        let (before, after) = (self.previous[place], self.next[place]);
        self.next[before] = after;
        self.previous[after] = before;
    }

    fn link(&mut self, place: usize) {
        let (before, after) = (self.previous[place], self.next[place]);
        self.next[before] = place;
        self.previous[after] = place;
    }
}
