//! `verdic fmt`: formats files in place, or tells which are not formatted.

use anyhow::Context;
use std::io::Write;
use std::path::Path;
use verdi_diagnostics::{Diagnostic, FileId, Files};

/// What was done with a file, or would be.
#[derive(Debug)]
pub enum Formatted {
    /// It was formatted already.
    Same,
    /// It was not: this is how it should be.
    Different(String),
    /// It has errors, and is left as it is.
    Refused(Files, Vec<Diagnostic>),
}

/// Formats a text that people know under `name`.
pub fn format_text(name: &str, bytes: &[u8]) -> Formatted {
    let mut files = Files::new();
    let text = match verdi_syntax::decode(FileId(0), bytes) {
        Ok(text) => text,
        Err(diagnostic) => {
            files.add(name, "");
            return Formatted::Refused(files, vec![*diagnostic]);
        }
    };
    match verdi_syntax::format(text) {
        Ok(formatted) if formatted == text => Formatted::Same,
        Ok(formatted) => Formatted::Different(formatted),
        Err(diagnostics) => {
            files.add(name, text);
            Formatted::Refused(files, diagnostics)
        }
    }
}

/// Replaces a file's text in one step: whoever reads it meanwhile sees the old text or the new one. A link
/// stays a link, and the permissions stay.
///
/// # Errors
/// What the operating system says.
pub fn replace(path: &Path, text: &str) -> anyhow::Result<()> {
    let wrong = || format!("cannot write `{}`", path.display());
    let real = path.canonicalize().with_context(wrong)?;
    let directory = real.parent().unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(directory).with_context(wrong)?;
    file.write_all(text.as_bytes()).with_context(wrong)?;
    let permissions = std::fs::metadata(&real).with_context(wrong)?.permissions();
    file.as_file().set_permissions(permissions).with_context(wrong)?;
    file.persist(&real).map_err(|error| error.error).with_context(wrong)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_with_errors_is_refused() {
        assert!(matches!(format_text("a.verdi", b"system {"), Formatted::Refused(..)));
        assert!(matches!(format_text("a.verdi", b"\xff\xfe"), Formatted::Refused(..)));
    }

    #[test]
    fn files_are_replaced_and_keep_their_permissions() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("a.verdi");
        std::fs::write(&path, "old").unwrap();
        replace(&path, "new").unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "new");
        assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 1);
        assert!(replace(&directory.path().join("none"), "x").is_err());
    }
}
