//! The native engine does what the interpreter does.

mod dice;
mod files;
mod fuel;
mod machines;
mod random;
mod surroundings;
mod taken_apart;
mod types;
mod write;
