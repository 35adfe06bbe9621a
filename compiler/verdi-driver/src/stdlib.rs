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
    /// Whether every program sees it without a `use`; others are loaded by who uses them.
    pub everywhere: bool,
}

macro_rules! module {
    ($name:literal, $path:literal, everywhere: $everywhere:literal) => {
        LibraryModule {
            name: $name,
            path: concat!("stdlib/", $path),
            text: include_str!(concat!("../../../stdlib/", $path)),
            everywhere: $everywhere,
        }
    };
}

/// Every module of the library.
pub const MODULES: &[LibraryModule] = &[
    module!("std.network", "network.verdi", everywhere: true),
    module!("std.machines", "machines.verdi", everywhere: false),
];

/// The modules that every program sees: the first files of every session, in this order.
pub fn everywhere() -> impl Iterator<Item = &'static LibraryModule> {
    MODULES.iter().filter(|module| module.everywhere)
}

/// A module by its name, with or without `std.`.
pub fn find(name: &str) -> Option<&'static LibraryModule> {
    MODULES.iter().find(|module| module.name == name || module.name.strip_prefix("std.") == Some(name))
}
