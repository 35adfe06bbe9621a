//! `verdic fmt`.

use crate::args::FmtArgs;
use crate::check::show_diagnostics;
use crate::print::Print;
use anyhow::Context;
use std::io::Read;
use std::path::Path;
use verdi_driver::formatting::{Formatted, format_text, replace};
use verdi_driver::fs::{Disk, FileSystem};
use verdi_driver::report::Exit;

pub(crate) fn run(args: &FmtArgs, print: &Print) -> anyhow::Result<Exit> {
    let mut exit = Exit::AsExpected;
    for path in &args.files {
        let one = if path == Path::new("-") { stdin(args, print) } else { file(path, args, print) };
        // The other files are formatted whatever is wrong with this one.
        let one = one.unwrap_or_else(|error| {
            print.error(&error);
            Exit::BadInput
        });
        exit = exit.max(one);
    }
    Ok(exit)
}

fn stdin(args: &FmtArgs, print: &Print) -> anyhow::Result<Exit> {
    let mut bytes = Vec::new();
    std::io::stdin().lock().read_to_end(&mut bytes).context("cannot read standard input")?;
    Ok(match format_text("<stdin>", &bytes) {
        Formatted::Same if args.check => Exit::AsExpected,
        Formatted::Same => {
            print.out(&String::from_utf8_lossy(&bytes));
            Exit::AsExpected
        }
        Formatted::Different(_) if args.check => {
            print.out("<stdin>\n");
            Exit::Failed
        }
        Formatted::Different(text) => {
            print.out(&text);
            Exit::AsExpected
        }
        Formatted::Refused(files, diagnostics) => {
            show_diagnostics(print, &files, &diagnostics);
            Exit::BadInput
        }
    })
}

fn file(path: &Path, args: &FmtArgs, print: &Print) -> anyhow::Result<Exit> {
    let name = path.display().to_string();
    let bytes = Disk.read(path).with_context(|| format!("cannot read `{name}`"))?;
    Ok(match format_text(&name, &bytes) {
        Formatted::Same => Exit::AsExpected,
        Formatted::Different(_) if args.check => {
            print.out(&format!("{name}\n"));
            Exit::Failed
        }
        Formatted::Different(text) => {
            replace(path, &text)?;
            Exit::AsExpected
        }
        Formatted::Refused(files, diagnostics) => {
            show_diagnostics(print, &files, &diagnostics);
            Exit::BadInput
        }
    })
}
