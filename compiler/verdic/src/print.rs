//! Results go to stdout, all else to stderr.

use crate::args::{Color, Output};
use std::io::{IsTerminal, Write};
use verdi_diagnostics::render::{Paint, Style};

/// Where text goes, and what can be shown there.
pub(crate) struct Print {
    /// Of stdout.
    pub(crate) style: Style,
    /// Of stderr.
    pub(crate) err_style: Style,
    /// Whether stdout is a terminal.
    pub(crate) out_is_terminal: bool,
    /// Whether stderr is a terminal.
    pub(crate) err_is_terminal: bool,
}

impl Print {
    pub(crate) fn new(output: &Output) -> Self {
        let (out, err) = (std::io::stdout().is_terminal(), std::io::stderr().is_terminal());
        let style = |is_terminal: bool, width: Option<usize>| Style {
            color: color(output.color, is_terminal),
            width: output.width.map(usize::from).or(width.filter(|_| is_terminal)).unwrap_or(100).max(20),
            ascii: output.ascii || (is_terminal && no_unicode()),
        };
        let columns = |size: Option<(terminal_size::Width, terminal_size::Height)>| {
            size.map(|(width, _)| width.0.into())
        };
        Self {
            style: style(out, columns(terminal_size::terminal_size_of(std::io::stdout()))),
            err_style: style(err, columns(terminal_size::terminal_size_of(std::io::stderr()))),
            out_is_terminal: out,
            err_is_terminal: err,
        }
    }

    /// Prints a result. A reader that has gone away wants no more: that is no error.
    pub(crate) fn out(&self, text: &str) {
        let mut stdout = std::io::stdout().lock();
        let _ = stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush());
    }

    /// Prints what is not a result.
    pub(crate) fn err(&self, text: &str) {
        let _ = std::io::stderr().lock().write_all(text.as_bytes());
    }

    /// Prints an error of the environment or the command line.
    pub(crate) fn error(&self, error: &anyhow::Error) {
        self.err(&format!("{} {error:#}\n", self.err_style.paint(Paint::Bad, "error:")));
    }
}

fn color(flag: Color, is_terminal: bool) -> bool {
    let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    match flag {
        Color::Always => true,
        Color::Never => false,
        Color::Auto => {
            is_terminal && !set("NO_COLOR") && std::env::var_os("TERM").is_none_or(|term| term != "dumb")
        }
    }
}

/// Whether the locale says that only ASCII can be shown.
fn no_unicode() -> bool {
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().filter_map(|name| std::env::var(name).ok());
    locale.into_iter().find(|value| !value.is_empty()).is_some_and(|value| value == "C" || value == "POSIX")
}
