//! What arithmetic and collections mean, for every engine: values, the primitive operations, and how they fail.
//!
//! No compiler crate is known here. Values are canonical: equal values have equal representations, however
//! they were built.

/// The most elements a collection may have: beyond it an operation faults rather than exhaust memory.
pub const COLLECTION_MAX: usize = 1 << 22;

mod fault;
mod value;

pub use fault::FaultKind;
pub use value::Value;
