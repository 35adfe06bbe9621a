//! What the tests share: where the programs are, and the grammar that editors use.

#![expect(clippy::expect_used, reason = "what is not as expected fails the tests")]

use std::path::{Path, PathBuf};

pub mod agree;
pub mod book;
pub mod expect;
pub mod laws;
pub mod models;
pub mod mutate;
pub mod oracle;
pub mod run;
pub mod systems;
pub mod words;

/// The root of the repository.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new("."))
}

/// The `.verdi` files below a folder of the repository, in order of their paths; none if it is not there.
pub fn programs(folder: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![root().join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "verdi") {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// Every program that is meant to be right: the examples, the library and the suite without its errors.
pub fn right_programs() -> Vec<PathBuf> {
    ["examples", "stdlib", "tests/contract", "tests/suite/lang", "tests/suite/net", "tests/suite/peers"]
        .into_iter()
        .flat_map(programs)
        .collect()
}

/// A path as it is written in the repository.
pub fn shown(path: &Path) -> String {
    path.strip_prefix(root()).unwrap_or(path).display().to_string()
}

/// The tree-sitter grammar of `editors/`.
pub fn grammar() -> tree_sitter_language::LanguageFn {
    #[expect(unsafe_code, reason = "the grammar is C; the function takes nothing and returns a constant")]
    unsafe {
        unsafe extern "C" {
            fn tree_sitter_verdi() -> *const ();
        }
        tree_sitter_language::LanguageFn::from_raw(tree_sitter_verdi)
    }
}
