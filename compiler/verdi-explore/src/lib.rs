//! Search over worlds: frontier, seen set, properties, traces and their shrinking.
