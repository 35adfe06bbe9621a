//! The checks of the project's programs as closed models.

use std::path::{Path, PathBuf};
use verdi_core::{FaultKind, FuncId, Program, Span, Value};
use verdi_driver::{Session, fs::Disk};
use verdi_hir::lower::{self, lower_check};
use verdi_interp::Interp;
use verdi_machine::{Engine, Env};

/// The programs in a folder of the project, in order.
pub(crate) fn programs(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(folder);
    let entries = std::fs::read_dir(&folder).expect("the folder is there");
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("it can be read").path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "verdi"));
    paths.sort();
    paths
}

/// Every check of a program that can be run: its title and its model.
pub(crate) fn models(path: &Path) -> Vec<(String, Program)> {
    let session = Session::load(&Disk, &[path.to_owned()]);
    assert!(!session.has_errors(), "{}: {:?}", path.display(), session.diagnostics);
    let mut found = Vec::new();
    for check in session.program.checks.iter().filter(|check| session.roots.contains(&check.span.file)) {
        let lowered = lower_check(&session.program, check, &lower::Options::default(), &evaluate);
        let lowered = lowered.unwrap_or_else(|errors| panic!("{}: {errors:?}", path.display()));
        found.extend(lowered.program.map(|program| (check.title.to_string(), program)));
    }
    found
}

fn evaluate(program: &Program, func: FuncId) -> Result<Value, (FaultKind, Span, smol_str::SmolStr)> {
    struct Nothing;
    impl Env for Nothing {}
    match Interp::new(program.clone()).call(func, &[], &mut Nothing) {
        Ok(value) => Ok(value.expect("a constant has a value")),
        Err(fault) => Err((fault.kind, fault.span, fault.detail)),
    }
}
