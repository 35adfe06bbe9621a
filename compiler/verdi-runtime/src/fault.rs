use std::fmt;

/// Why a computation has no result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FaultKind {
    /// An `int` left the range of 64 bits.
    Overflow,
    /// Division or remainder by zero.
    DivisionByZero,
    /// A list was indexed outside its length.
    IndexOutOfRange,
    /// A map was indexed with a key it does not have.
    MissingKey,
    /// The greatest or least of nothing.
    Empty,
    /// A collection grew past [`crate::COLLECTION_MAX`].
    TooLarge,
    /// An `assert` did not hold.
    Assert,
    /// A handler took more steps than it may.
    OutOfFuel,
}

impl fmt::Display for FaultKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Overflow => "an int overflowed",
            Self::DivisionByZero => "a division by zero",
            Self::IndexOutOfRange => "an index out of range",
            Self::MissingKey => "a key that the map does not have",
            Self::Empty => "the max or min of nothing",
            Self::TooLarge => "a collection grew too large",
            Self::Assert => "an assertion failed",
            Self::OutOfFuel => "a handler ran too long",
        })
    }
}
