//! The library, as it is in the binary.

/// A module of the library.
#[derive(Clone, Copy, Debug)]
pub struct LibraryModule {
    /// As it is used: `std.network`.
    pub name: &'static str,
    /// As diagnostics name it.
    pub path: &'static str,
    /// Its text.
    pub text: &'static str,
}

/// Every module of the library.
pub const MODULES: &[LibraryModule] = &[LibraryModule {
    name: "std.network",
    path: "stdlib/network.verdi",
    text: include_str!("../../../stdlib/network.verdi"),
}];

/// A module by its name, with or without `std.`.
pub fn find(name: &str) -> Option<&'static LibraryModule> {
    MODULES.iter().find(|module| module.name == name || module.name.strip_prefix("std.") == Some(name))
}
