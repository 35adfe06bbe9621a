//! The programs that the models are taken from.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use verdi_core::Program;

/// Each check of every example and of the suite's programs.
pub(crate) fn checks() -> Vec<(String, Arc<Program>)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut checks = Vec::new();
    for folder in ["examples", "tests/suite/lang", "tests/suite/net", "tests/suite/peers"] {
        let entries = std::fs::read_dir(root.join(folder)).into_iter().flatten();
        let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
        paths.retain(|path| path.extension().is_some_and(|found| found == "verdi"));
        paths.sort();
        for path in paths {
            let name = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
            let found = verdi_tests::models::of(&path).into_iter();
            checks.extend(found.map(|(title, program)| (format!("{name}: {title}"), Arc::new(program))));
        }
    }
    assert!(checks.len() > 60, "only {} checks were found", checks.len());
    checks
}
