//! Names, types and effects of a program, and its lowering to Core.
