//! The suite of programs, end-to-end tests and the documentation's examples.
