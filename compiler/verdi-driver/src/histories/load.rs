//! The machine that `--as` names.

use crate::check::{assert_verified, evaluate};
use crate::fs::{FileSystem, Memory};
use crate::session::Session;
use crate::simulate::{Appended, find_check};
use std::path::{Path, PathBuf};
use verdi_core::Program;
use verdi_diagnostics::Diagnostic;
use verdi_hir::lower::lower_machine;

/// Where a machine of the library is used from.
const PLACE: &str = "--as";

/// Loads the machine that `name` means: `KV` and `KV(args)` of a file that was given, or else of the library;
/// `FILE.verdi:KV`; or the first system of `FILE.verdi`.
///
/// # Errors
/// What is wrong with the file, the name and its arguments; or why it is no machine. The session has the texts.
pub fn load_machine(
    fs: &dyn FileSystem,
    files: &[PathBuf],
    name: &str,
) -> (Session, Result<Program, Vec<Diagnostic>>) {
    let session = match (split(name), files.first()) {
        ((Some(path), Some(system)), _) => with(fs, Path::new(path), system),
        ((Some(path), None), _) => first_of(fs, Path::new(path)),
        ((None, system), Some(path)) => with(fs, path, system.unwrap_or_default()),
        ((None, system), None) => of_library(system.unwrap_or_default()),
    };
    let lowered = if session.has_errors() { Err(session.diagnostics.clone()) } else { lower(&session) };
    (session, lowered)
}

/// The file and the system in `FILE.verdi:NAME(args)`.
fn split(name: &str) -> (Option<&str>, Option<&str>) {
    match name.split_once(".verdi") {
        Some((stem, rest)) => (Some(&name[..stem.len() + ".verdi".len()]), rest.strip_prefix(':')),
        None => (None, Some(name)),
    }
}

fn with(fs: &dyn FileSystem, path: &Path, system: &str) -> Session {
    let appended = Appended { inner: fs, path: path.to_owned(), text: subject_text(system) };
    Session::load(&appended, &[path.to_owned()])
}

fn first_of(fs: &dyn FileSystem, path: &Path) -> Session {
    let session = Session::load(fs, &[path.to_owned()]);
    let own = |file| session.roots.contains(&file);
    let mut systems = session.program.systems.values().filter(|system| own(system.span.file));
    match systems.next().map(|system| system.name.clone()) {
        Some(system) if !session.has_errors() => with(fs, path, &system),
        _ => session,
    }
}

fn of_library(system: &str) -> Session {
    let bare = system.split(['(', '<']).next().unwrap_or_default().trim();
    let text = format!("use std.machines.{{{bare}}}\n{}", subject_text(system));
    Session::load(&Memory::new().with(PLACE, text), &[PathBuf::from(PLACE)])
}

fn lower(session: &Session) -> Result<Program, Vec<Diagnostic>> {
    let Some(check) = find_check(session, None, true) else { return Err(session.diagnostics.clone()) };
    let program =
        lower_machine(&session.program, &check.subject, &check.subject_text, check.span, &evaluate)?;
    assert_verified(&program);
    Ok(program)
}

/// The text of a check that is there for its subject alone: no input is drawn.
fn subject_text(system: &str) -> String {
    format!("\n\ncheck \"histories\" {system} {{\n  under async\n  bound input <= 0\n}}\n")
}
