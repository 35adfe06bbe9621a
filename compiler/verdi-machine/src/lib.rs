//! Worlds, steps, faults, and the trait that every engine implements.
