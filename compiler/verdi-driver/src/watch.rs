//! What a caller may follow while checks run.

use crate::report::{CheckReport, TestReport};
use verdi_diagnostics::{Diagnostic, Files};
use verdi_explore::Stats;

/// Follows a run as it goes, and may stop it.
pub trait Watch {
    /// A search goes on: called a few times a second at most.
    fn progress(&mut self, check: &str, stats: &Stats) {
        let _ = (check, stats);
    }

    /// A search has ended.
    fn done(&mut self) {}

    /// A check is decided, as far as it can be.
    fn checked(&mut self, report: &CheckReport) {
        let _ = report;
    }

    /// A test was run.
    fn tested(&mut self, files: &Files, report: &TestReport) {
        let _ = (files, report);
    }

    /// Something to be told before a search begins.
    fn warn(&mut self, files: &Files, diagnostic: Diagnostic) {
        let _ = (files, diagnostic);
    }

    /// Whether the search is to stop: it ends as inconclusive.
    fn stop(&self) -> bool {
        false
    }
}

/// Looks away.
#[derive(Clone, Copy, Debug, Default)]
pub struct Unwatched;

impl Watch for Unwatched {}
