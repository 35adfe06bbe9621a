//! `verdic check --print`: the intermediate forms, as text.

use crate::args::Form;
use std::fmt::Write;
use verdi_diagnostics::Diagnostic;
use verdi_driver::Session;
use verdi_driver::commands::core_of;
use verdi_driver::options::CheckOptions;

/// The text of a form of everything that was given.
pub(crate) fn form(
    session: &Session,
    form: Form,
    options: &CheckOptions,
) -> anyhow::Result<Result<String, Vec<Diagnostic>>> {
    let mut out = String::new();
    match form {
        Form::Ast => {
            for module in session.roots.iter().filter_map(|&root| session.module(root)) {
                writeln!(out, "{module:#?}")?;
            }
        }
        Form::Tokens => {
            for &root in &session.roots {
                for (name, span) in verdi_syntax::tokens(root, session.files.text(root)) {
                    let (line, column) = session.files.position(root, span.start);
                    writeln!(out, "{line}:{column}\t{name}\t{:?}", session.files.slice(span))?;
                }
            }
        }
        Form::Hir => writeln!(out, "{:#?}", session.program)?,
        Form::Core | Form::Clif => {
            let programs = match core_of(session, options)? {
                Ok(programs) => programs,
                Err(diagnostics) => return Ok(Err(diagnostics)),
            };
            for (title, program) in programs {
                match form {
                    Form::Clif => {
                        writeln!(out, "; check \"{title}\"\n{}", verdi_driver::print_clif(&program))?
                    }
                    _ => writeln!(out, "// check \"{title}\"\n{program}")?,
                }
            }
        }
    }
    Ok(Ok(out))
}
