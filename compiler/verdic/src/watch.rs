//! Shows how far a search has come, and results as they come.

use crate::print::Print;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use verdi_diagnostics::render::{Paint, clip, human_styled};
use verdi_diagnostics::{Diagnostic, Files};
use verdi_driver::Watch;
use verdi_driver::render::{check_text, progress_text, test_text};
use verdi_driver::report::{CheckReport, TestReport};
use verdi_explore::Stats;

static INTERRUPTED: AtomicBool = AtomicBool::new(false);

/// Makes Ctrl-C stop a search, which then ends as inconclusive; a second one ends the command.
pub(crate) fn catch_interrupts() {
    // Without the handler, Ctrl-C ends the command at once: no harm.
    let _ = ctrlc::set_handler(|| {
        if INTERRUPTED.swap(true, Ordering::Relaxed) {
            std::process::exit(i32::from(verdi_driver::report::Exit::Inconclusive.code()));
        }
    });
}

/// Searches that take less than this are not worth a word.
const QUIET: Duration = Duration::from_secs(1);

/// Follows checks for a person.
pub(crate) struct Screen<'a> {
    print: &'a Print,
    /// Whether results are printed as they come.
    prints: bool,
    last: Option<Instant>,
    /// Whether a progress line stands on the terminal.
    line: bool,
    /// What was warned of, for the machine-readable reports.
    pub(crate) warnings: Vec<Diagnostic>,
}

impl<'a> Screen<'a> {
    pub(crate) fn new(print: &'a Print, prints: bool) -> Self {
        Self { print, prints, last: None, line: false, warnings: Vec::new() }
    }

    fn clear(&mut self) {
        if self.line {
            self.print.err("\r\x1b[2K");
            self.line = false;
        }
    }
}

impl Watch for Screen<'_> {
    fn progress(&mut self, check: &str, stats: &Stats) {
        let often = if self.print.err_is_terminal { Duration::from_millis(150) } else { QUIET };
        let due = self.last.map_or(stats.elapsed >= QUIET, |last| last.elapsed() >= often);
        if !due {
            return;
        }
        self.last = Some(Instant::now());
        let style = &self.print.err_style;
        let text = clip(&progress_text(check, stats), style.width.saturating_sub(1), style.ascii);
        if self.print.err_is_terminal {
            self.print.err(&format!("\r\x1b[2K{}", style.paint(Paint::Faint, &text)));
            self.line = true;
        } else {
            self.print.err(&format!("{}\n", progress_text(check, stats)));
        }
    }

    fn done(&mut self) {
        self.clear();
        self.last = None;
    }

    fn checked(&mut self, report: &CheckReport) {
        if self.prints {
            self.print
                .out(&format!("{}\n", check_text(report, self.print.out_is_terminal, &self.print.style)));
        }
    }

    fn tested(&mut self, files: &Files, report: &TestReport) {
        if self.prints {
            self.print.out(&test_text(files, report, &self.print.style));
        }
    }

    fn warn(&mut self, files: &Files, diagnostic: Diagnostic) {
        self.clear();
        self.print.err(&human_styled(files, std::slice::from_ref(&diagnostic), &self.print.err_style));
        self.warnings.push(diagnostic);
    }

    fn stop(&self) -> bool {
        INTERRUPTED.load(Ordering::Relaxed)
    }
}
