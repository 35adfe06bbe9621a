//! The reference engine: clear rather than fast.
