//! The checks of a file as closed models.

use std::path::Path;

use verdi_core::{FaultKind, FuncId, Program, Span, Value};
use verdi_driver::Session;
use verdi_driver::fs::{Disk, FileSystem, Memory};
use verdi_hir::lower::{self, lower_check};
use verdi_interp::Interp;
use verdi_machine::{Engine, Env};

/// Every check of a file that this version can run: its title and its program.
///
/// # Panics
/// Where the file is wrong.
pub fn of(path: &Path) -> Vec<(String, Program)> {
    in_files(&Disk, path, None, &[])
}

/// Every check of a text that this version can run.
///
/// # Panics
/// Where the text is wrong.
pub fn of_text(text: &str) -> Vec<(String, Program)> {
    let fs = Memory::new().with("program.verdi", text);
    in_files(&fs, Path::new("program.verdi"), None, &[])
}

/// The checks of a file under another network, with bounds on rules that each node has for itself. Checks that make no
/// sense there are left out.
///
/// # Panics
/// Where the file is wrong.
pub fn under(path: &Path, network: Option<&str>, bounds: &[(&str, u64)]) -> Vec<(String, Program)> {
    in_files(&Disk, path, network, bounds)
}

fn in_files(
    fs: &dyn FileSystem,
    path: &Path,
    network: Option<&str>,
    bounds: &[(&str, u64)],
) -> Vec<(String, Program)> {
    let session = Session::load(fs, &[path.to_owned()]);
    let errors: Vec<_> = session.diagnostics.iter().filter(|diagnostic| diagnostic.is_error()).collect();
    assert!(errors.is_empty(), "{}: {errors:?}", path.display());
    let mut found = Vec::new();
    let named = session.program.networks.iter().find(|(_, known)| Some(known.name.as_str()) == network);
    let bounds = bounds.iter().map(|(rule, limit)| lower::ExtraBound {
        rule: (*rule).into(),
        limit: *limit,
        per_node: true,
    });
    let options =
        lower::Options { network: named.map(|(id, _)| id), bounds: bounds.collect(), ..Default::default() };
    for check in session.program.checks.iter().filter(|check| session.roots.contains(&check.span.file)) {
        let lowered = match lower_check(&session.program, check, &options, &evaluate) {
            Ok(lowered) => lowered,
            Err(_) if network.is_some() => continue,
            Err(errors) => panic!("{}: {errors:?}", path.display()),
        };
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
