//! The Core intermediate representation: closed, typed, and ignorant of syntax.
