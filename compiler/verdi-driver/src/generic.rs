//! `--generic`: a transformer around the most general system of the library.

use crate::fs::{Disk, FileSystem};
use crate::session::Session;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use verdi_core::Fairness;
use verdi_hir::hir::{NetworkId, Program, Transformer};

/// The file that the check is written in.
const FILE: &str = "generic.verdi";

/// Loads a check of a transformer around the most general system (or machine) that it takes: that it refines it under the
/// networks of its claim. The transformer is the library's or is declared in `files`.
///
/// # Errors
/// There is no transformer of that name, or it makes no claim.
pub fn load(files: &[PathBuf], name: &str) -> anyhow::Result<Session> {
    let session = with(String::new(), files, &[name]);
    if session.has_errors() {
        return Ok(session);
    }
    let program = &session.program;
    let Some(transformer) = program.transformers.values().rfind(|known| known.name == name) else {
        let mut known: Vec<&str> = crate::stdlib::transformers().collect();
        known.extend(program.transformers.values().map(|known| known.name.as_str()));
        known.sort_unstable();
        known.dedup();
        anyhow::bail!("there is no transformer `{name}`; there are {}", known.join(", "));
    };
    let (Some(from), Some(to)) = (transformer.from, transformer.to) else {
        anyhow::bail!("`{name}` does not say from which network to which it carries what holds");
    };
    if transformer.lift.is_none() {
        anyhow::bail!("`{name}` has no `lift`: it does not say what its worlds stand for");
    }
    let declared = session.file_of(transformer.span);
    let used = files.iter().find(|file| file.display().to_string() == declared);
    Ok(with(text(program, transformer, (from, to), used), &[], &[]))
}

fn with(text: String, files: &[PathBuf], needed: &[&str]) -> Session {
    let mut roots = vec![PathBuf::from(FILE)];
    roots.extend(files.iter().cloned());
    Session::load_with(&Overlay { text: text.into_bytes() }, &roots, needed)
}

/// The rule by which timers fire, which may happen without end.
const TIMEOUT: &str = "timeout";

/// The check, written out.
fn text(
    program: &Program,
    transformer: &Transformer,
    (from, to): (NetworkId, NetworkId),
    used: Option<&PathBuf>,
) -> String {
    let subject = if transformer.machine { "AnyMachine" } else { "Anything" };
    let name = &transformer.name;
    let mut text = format!("use std.generic.{{{subject}}}\n");
    let (from, to) = (&program.networks[from], &program.networks[to]);
    if let Some(file) = used {
        let own = [from, to].into_iter().filter(|network| network.span.file == transformer.span.file);
        let mut names: Vec<&str> =
            std::iter::once(&**name).chain(own.map(|network| &*network.name)).collect();
        names.dedup();
        let _ = writeln!(text, "use {:?}.{{{}}}", file.display().to_string(), names.join(", "));
    }
    let _ = writeln!(text, "check \"{name} around the most general system\" {name}({subject}) {{");
    let bounded: Vec<_> = to
        .rules
        .iter()
        .filter(|rule| rule.fairness == Fairness::None || rule.name == TIMEOUT)
        .map(|rule| rule.name.as_str())
        .collect();
    // Two inputs can overtake each other; with several kinds of faults as well, that would be too many worlds.
    let inputs = if bounded.len() > 1 { 1 } else { 2 };
    let _ = writeln!(text, "  under {}\n  bound input <= {inputs}", to.name);
    for rule in &bounded {
        let _ = writeln!(text, "  bound {rule} <= 1");
    }
    for input in transformer.members.inputs.iter().filter(|input| !input.fields.is_empty()) {
        let _ = writeln!(text, "  domain {}.{} = []", input.name, input.fields[0].0);
    }
    let _ = writeln!(text, "  refines {subject} under {}\n}}", from.name);
    text
}

/// The disk, with one file more.
struct Overlay {
    text: Vec<u8>,
}

impl FileSystem for Overlay {
    fn read(&self, path: &Path) -> std::io::Result<Vec<u8>> {
        if path == Path::new(FILE) { Ok(self.text.clone()) } else { Disk.read(path) }
    }

    fn canonical(&self, path: &Path) -> PathBuf {
        if path == Path::new(FILE) { path.to_owned() } else { Disk.canonical(path) }
    }
}
