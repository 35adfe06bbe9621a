//! The `verdic` command.

fn main() {}
