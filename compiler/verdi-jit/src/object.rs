//! What a collection's word points to: a header and the elements' words, one after the other.
//!
//! An object is either *interned* (in a [`crate::Heap`], for ever, and the only one with its contents) or
//! *scratch* (made in a call, gone after it). Only interned objects are ever a part of something else, so that
//! equal values have equal words.
#![expect(unsafe_code, reason = "compiled code and this crate share the layout of objects")]

use std::slice;

/// Where an object's number of elements lies: 32 bits.
pub(crate) const LEN: i32 = 0;
/// Where an object's mark lies.
pub(crate) const MARK: i32 = 8;
/// Where its elements begin.
pub(crate) const DATA: i32 = 16;
/// The words of a header.
pub(crate) const HEADER: usize = 2;

/// The bit of a mark that says that the object is interned; the others are then its hash.
pub(crate) const INTERNED: u64 = 1;
/// The bit of a scratch object's mark that says that one local alone has it: it may be changed in place.
pub(crate) const UNIQUE: u64 = 2;
/// From which bit on a scratch object's mark has the words that there is room for.
const ROOM: u32 = 8;

/// A collection's word, or that of a value in a box. It is the address of an object that outlives its use: interned
/// objects stay as long as their heap, scratch objects as long as the call that made them, and no word of
/// either outlives those.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Object(u64);

impl Object {
    /// The object of a word. The word must be of a type that is kept as an object; every word of such a type is
    /// made by this crate.
    pub(crate) fn of(word: u64) -> Self {
        debug_assert!(word != 0 && word.is_multiple_of(8), "{word:#x} is no object");
        Self(word)
    }

    pub(crate) fn word(self) -> u64 {
        self.0
    }

    fn at(self, offset: i32) -> *mut u64 {
        (self.0 as *mut u8).wrapping_add(offset as usize).cast()
    }

    /// Elements, or bytes of a string, or what a box says of itself.
    pub(crate) fn len(self) -> usize {
        // SAFETY: see `Object`.
        unsafe { (self.at(LEN) as *const u32).read() as usize }
    }

    pub(crate) fn word_count(self) -> usize {
        // SAFETY: see `Object`.
        unsafe { (self.at(LEN) as *const u32).add(1).read() as usize }
    }

    pub(crate) fn mark(self) -> u64 {
        // SAFETY: see `Object`.
        unsafe { self.at(MARK).read() }
    }

    pub(crate) fn is_interned(self) -> bool {
        self.mark() & INTERNED != 0
    }

    pub(crate) fn is_unique(self) -> bool {
        self.mark() & (INTERNED | UNIQUE) == UNIQUE
    }

    /// Has no part in something else from now on, if it is scratch: it is not changed in place any more.
    pub(crate) fn share(self) {
        let mark = self.mark();
        if mark & (INTERNED | UNIQUE) == UNIQUE {
            // SAFETY: see `Object`; scratch objects belong to one thread.
            unsafe { self.at(MARK).write(mark & !UNIQUE) }
        }
    }

    /// The words that there is room for in a scratch object.
    pub(crate) fn room(self) -> usize {
        (self.mark() >> ROOM) as usize
    }

    pub(crate) fn words<'a>(self) -> &'a [u64] {
        // SAFETY: see `Object`: `word_count` words follow the header.
        unsafe { slice::from_raw_parts(self.at(DATA), self.word_count()) }
    }

    /// All that there is room for in a scratch object that nobody else has.
    pub(crate) fn room_mut<'a>(self) -> &'a mut [u64] {
        debug_assert!(self.is_unique());
        // SAFETY: see `Object`; the object is unique, and callers hold no other slice of it.
        unsafe { slice::from_raw_parts_mut(self.at(DATA), self.room()) }
    }

    /// The text of a string.
    pub(crate) fn text<'a>(self) -> &'a str {
        // SAFETY: see `Object`; strings are made of whole texts only.
        unsafe { std::str::from_utf8_unchecked(slice::from_raw_parts(self.at(DATA).cast(), self.len())) }
    }

    /// Writes an object where there is room for its header and words.
    pub(crate) fn write_interned(place: *mut u64, len: u32, words: &[u64], hash: u64) -> Self {
        let object = Self(place as u64);
        object.write_header(len, words.len(), hash | INTERNED);
        // SAFETY: `place` is fresh memory of a heap's that is large enough.
        unsafe { object.at(DATA).copy_from_nonoverlapping(words.as_ptr(), words.len()) };
        object
    }

    /// Makes a scratch object of a place that has this room for words.
    pub(crate) fn write_scratch(place: *mut u64, room: usize) -> Self {
        let object = Self(place as u64);
        object.write_header(0, 0, (room as u64) << ROOM | UNIQUE);
        object
    }

    /// Says how many elements and words of its room a scratch object has.
    pub(crate) fn set_len(self, len: usize, words: usize) {
        debug_assert!(words <= self.room());
        self.write_header(len as u32, words, self.mark());
    }

    fn write_header(self, len: u32, words: usize, mark: u64) {
        // SAFETY: the object is being made, or is a scratch object of this thread.
        unsafe {
            (self.at(LEN) as *mut u32).write(len);
            (self.at(LEN) as *mut u32).add(1).write(words as u32);
            self.at(MARK).write(mark);
        }
    }
}

/// The words of a text, its last one filled up with zeros.
pub(crate) fn text_words(text: &str, words: &mut Vec<u64>) {
    words.extend(text.as_bytes().chunks(8).map(|chunk| {
        let mut bytes = [0; 8];
        bytes[..chunk.len()].copy_from_slice(chunk);
        u64::from_ne_bytes(bytes)
    }));
}
