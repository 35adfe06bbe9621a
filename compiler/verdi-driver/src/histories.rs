//! `verdic check --history`: recorded histories of clients, held against a machine.

mod calls;
mod entry;
mod judge;
mod load;
mod term;

pub use entry::HistoryFormat;
pub use judge::{Held, HistoryVerdict, Lane, Next, Picture, Placed};
pub use load::load_machine;

use crate::session::Session;
use anyhow::Context;
use std::path::{Path, PathBuf};
use verdi_core::Program;
use verdi_diagnostics::Diagnostic;
use verdi_interp::Interp;
use verdi_machine::Sequential;

/// What is asked.
#[derive(Clone, Debug)]
pub struct HistoryOptions {
    /// The histories.
    pub files: Vec<PathBuf>,
    /// Their format; told from each where it is not said.
    pub format: Option<HistoryFormat>,
    /// The most bytes that a search may remember.
    pub memory: u64,
    /// The most seconds for each history.
    pub seconds: Option<f64>,
}

/// The bytes of a history must fit the positions of diagnostics.
const BYTES_MAX: u64 = 1 << 30;

/// Holds histories against a machine, in order.
///
/// # Errors
/// A file that cannot be read, or a machine that has no first state.
pub fn check_histories(
    session: &mut Session,
    program: Program,
    options: &HistoryOptions,
) -> anyhow::Result<(Vec<Held>, Vec<Diagnostic>)> {
    let machine = Sequential::new(Interp::new(program))
        .map_err(|fault| anyhow::anyhow!("the machine has no first state: {}", fault.kind))?;
    let (mut all, mut wrong) = (Vec::new(), Vec::new());
    for path in &options.files {
        let text = read(path)?;
        let file = session.files.add(path.display().to_string(), text.as_str());
        let found = entry::read(file, &text, options.format)
            .and_then(|entries| calls::calls(machine.program(), &entries));
        match found {
            Ok(calls) => {
                all.push(judge::hold(&path.display().to_string(), &machine, &calls, options));
            }
            Err(diagnostics) => wrong.extend(diagnostics),
        }
    }
    Ok((all, wrong))
}

fn read(path: &Path) -> anyhow::Result<String> {
    let name = path.display();
    let size = std::fs::metadata(path).with_context(|| format!("cannot read `{name}`"))?.len();
    anyhow::ensure!(size <= BYTES_MAX, "`{name}` is larger than {BYTES_MAX} bytes");
    std::fs::read_to_string(path).with_context(|| format!("cannot read `{name}`"))
}
