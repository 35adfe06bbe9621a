//! The library, as it is in the binary.

use std::collections::BTreeSet;

/// A module of the library.
#[derive(Clone, Copy, Debug)]
pub struct LibraryModule {
    /// As it is used: `std.network`.
    pub name: &'static str,
    /// As diagnostics name it.
    pub path: &'static str,
    /// Its text.
    pub text: &'static str,
    /// Who sees it without a `use`.
    pub seen: Seen,
}

/// Who sees a module of the library without a `use`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seen {
    /// Every program.
    Everywhere,
    /// Every program, and it is loaded where one of these names occurs.
    Named(&'static [&'static str]),
    /// Nobody.
    Nowhere,
}

macro_rules! module {
    ($name:literal, $path:literal, $seen:expr) => {
        LibraryModule {
            name: $name,
            path: concat!("stdlib/", $path),
            text: include_str!(concat!("../../../stdlib/", $path)),
            seen: $seen,
        }
    };
}

/// Every module of the library.
pub const MODULES: &[LibraryModule] = &[
    module!("std.network", "network.verdi", Seen::Everywhere),
    module!("std.machines", "machines.verdi", Seen::Nowhere),
    module!("std.generic", "generic.verdi", Seen::Nowhere),
    module!(
        "std.transformers.seq_num",
        "transformers/seq_num.verdi",
        Seen::Named(&["seq_num", "duplicating"])
    ),
    module!(
        "std.transformers.reliable",
        "transformers/reliable.verdi",
        Seen::Named(&["reliable", "reliable_durable", "restarts"])
    ),
    module!(
        "std.transformers.primary_backup",
        "transformers/primary_backup.verdi",
        Seen::Named(&["primary_backup", "primary_backup_durable"])
    ),
    module!("std.transformers.raft", "transformers/raft.verdi", Seen::Named(&["raft"])),
    module!("std.transformers.ghost", "transformers/ghost.verdi", Seen::Named(&["ghost"])),
];

/// The modules whose names are in scope without a `use`: their texts are the first files of every session, in this order.
pub fn in_scope() -> impl Iterator<Item = &'static LibraryModule> {
    MODULES.iter().filter(|module| module.seen != Seen::Nowhere)
}

/// Whether a module is needed by a program with these names in it.
pub fn is_needed(module: &LibraryModule, names: &BTreeSet<&str>) -> bool {
    match module.seen {
        Seen::Everywhere => true,
        Seen::Named(wanted) => wanted.iter().any(|name| names.contains(name)),
        Seen::Nowhere => false,
    }
}

/// The transformers of the library, by name.
pub fn transformers() -> impl Iterator<Item = &'static str> {
    MODULES.iter().filter_map(|module| module.name.strip_prefix("std.transformers."))
}

/// A module by its name, with or without `std.`.
pub fn find(name: &str) -> Option<&'static LibraryModule> {
    MODULES.iter().find(|module| module.name == name || module.name.strip_prefix("std.") == Some(name))
}
