//! The native engine: Core compiled to machine code as it is first run.
//!
//! Values lie in words (`layout`): a scalar is one, a data type its constructor's position and its fields, anything of
//! varying size the address of an object. Interned objects (`heap`) are the only ones with their contents, so that
//! equal values have equal words; what a call makes on its way is scratch (`scratch`) until it becomes a part
//! of something that stays.
//!
//! Compiled code (`emit`, `compile`) only notices that something went wrong. The call is then run again by the
//! reference engine, which says what and where: so faults agree with its own by construction.

mod compile;
mod context;
mod convert;
mod emit;
mod engine;
mod heap;
mod layout;
mod object;
mod ops;
mod parts;
mod print;
mod rename;
mod scratch;
mod shared;
mod uses;

pub use engine::Jit;
pub use parts::NativeParts;
pub use print::{Native, native, print_clif};
