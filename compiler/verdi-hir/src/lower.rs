//! Lowering to Core.
