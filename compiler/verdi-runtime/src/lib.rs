//! What arithmetic and collections mean, for every engine: values, the primitive operations, and how they fail.
//!
//! No compiler crate is known here. Values are canonical: equal values have equal representations, however
//! they were built. Operations that change a collection take it by `&mut` and copy it only where it is shared;
//! where they fail, they leave it as it was.

/// The most elements a collection may have (and bytes a string): beyond it an operation faults rather than
/// exhaust memory.
pub const COLLECTION_MAX: usize = 1 << 22;

/// The fuel of one call of a Core function and all that it calls: an instruction takes one unit, and an operation
/// that walks collections one more for each [`FUEL_CHUNK`] elements they have. Without any left, the
/// call faults with [`FaultKind::OutOfFuel`].
pub const FUEL_MAX: u64 = 10_000_000;

/// See [`FUEL_MAX`].
pub const FUEL_CHUNK: usize = 128;

/// How many constructors and collections within each other a value of a data type that contains itself may have:
/// beyond it the constructor faults.
pub const NESTING_MAX: usize = 256;

pub mod compare;
mod fault;
pub mod int;
pub mod list;
pub mod map;
pub mod nesting;
pub mod option;
pub mod set;
pub mod text;
mod value;

pub use fault::FaultKind;
pub use value::{List, Map, Set, Value};

/// An operation's result, or why there is none.
pub type OpResult<T> = Result<T, FaultKind>;

/// Faults where a collection of `len` elements would be too large.
fn check_len(len: usize) -> OpResult<()> {
    if len > COLLECTION_MAX { Err(FaultKind::TooLarge) } else { Ok(()) }
}
