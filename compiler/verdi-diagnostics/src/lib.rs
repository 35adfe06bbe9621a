//! Files, spans, and the one [`Diagnostic`] type that every phase reports with.
//!
//! A diagnostic is data: a stable [`Code`], a severity, a message, labelled spans, notes and a suggested
//! mend. Renderers turn a list of them into text for people ([`render::human`]), JSON or SARIF. Nothing
//! here knows the language, reads files or decides an exit code.

pub mod codes;
pub mod render;

mod files;

pub use codes::Code;
pub use files::{FileId, Files, Span};

/// How serious a [`Diagnostic`] is. Only errors stop a later phase.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Something the reader may want to know: nothing has to be changed.
    Note,
    /// Probably not what was meant, but it has a meaning.
    Warning,
    /// It has no meaning: nothing is run until it is mended.
    Error,
}

/// A span with the words that stand beside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// Where.
    pub span: Span,
    /// What is to be seen there; may be empty.
    pub text: String,
}

/// A suggested change to the text: replace `span` with `text`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mend {
    /// What the reader is told, such as "did you mean `queue`?".
    pub help: String,
    /// The text to be replaced; an empty span inserts.
    pub span: Span,
    /// What to put there.
    pub text: String,
}

/// One thing to tell the user about their text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// The stable code, explained at length by `verdic explain`.
    pub code: Code,
    /// How serious it is.
    pub severity: Severity,
    /// One sentence, lower case, without a full stop.
    pub message: String,
    /// The place it is about.
    pub primary: Label,
    /// Other places that explain it.
    pub secondary: Vec<Label>,
    /// Further sentences.
    pub notes: Vec<String>,
    /// A change that would mend it.
    pub mend: Option<Mend>,
}

impl Diagnostic {
    /// An error at `span`.
    pub fn error(code: Code, span: Span, message: impl Into<String>) -> Self {
        Self::new(Severity::Error, code, span, message)
    }

    /// A warning at `span`.
    pub fn warning(code: Code, span: Span, message: impl Into<String>) -> Self {
        Self::new(Severity::Warning, code, span, message)
    }

    /// A note at `span`.
    pub fn note_at(code: Code, span: Span, message: impl Into<String>) -> Self {
        Self::new(Severity::Note, code, span, message)
    }

    fn new(severity: Severity, code: Code, span: Span, message: impl Into<String>) -> Self {
        Self {
            code,
            severity,
            message: readable(message.into()),
            primary: Label { span, text: String::new() },
            secondary: Vec::new(),
            notes: Vec::new(),
            mend: None,
        }
    }

    /// Sets the words beside the primary span.
    #[must_use]
    pub fn label(mut self, text: impl Into<String>) -> Self {
        self.primary.text = readable(text.into());
        self
    }

    /// Adds another labelled place.
    #[must_use]
    pub fn also(mut self, span: Span, text: impl Into<String>) -> Self {
        self.secondary.push(Label { span, text: readable(text.into()) });
        self
    }

    /// Adds a further sentence.
    #[must_use]
    pub fn note(mut self, text: impl Into<String>) -> Self {
        self.notes.push(readable(text.into()));
        self
    }

    /// Suggests replacing `span` with `text`.
    #[must_use]
    pub fn mend(mut self, help: impl Into<String>, span: Span, text: impl Into<String>) -> Self {
        self.mend = Some(Mend { help: readable(help.into()), span, text: text.into() });
        self
    }

    /// Whether it stops later phases.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

/// The longest word that a reader is shown.
const WORD_CHARS_MAX: usize = 200;

/// Words of the user's text stand in messages, and may be megabytes long: what is too much is cut.
fn readable(text: String) -> String {
    if text.split_whitespace().all(|word| word.len() <= WORD_CHARS_MAX) {
        return text;
    }
    let cut = |word: &str| match word.char_indices().nth(WORD_CHARS_MAX) {
        Some((end, _)) => {
            let space = &word[word.trim_end().len()..];
            let quote = if word.trim_end().ends_with('`') { "`" } else { "" };
            format!("{}…{quote}{space}", &word[..end])
        }
        None => word.to_owned(),
    };
    text.split_inclusive(char::is_whitespace).map(cut).collect()
}

/// Sorts by file, then place, then severity, and drops exact repeats: the order people read in.
pub fn sort(diagnostics: &mut Vec<Diagnostic>) {
    diagnostics.sort_by(|a, b| {
        (a.primary.span, std::cmp::Reverse(a.severity), a.code, &a.message).cmp(&(
            b.primary.span,
            std::cmp::Reverse(b.severity),
            b.code,
            &b.message,
        ))
    });
    diagnostics.dedup();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endless_words_are_cut() {
        assert_eq!(readable("no `x` here".to_owned()), "no `x` here");
        let long = format!("no `{}` here", "x".repeat(1_000_000));
        let cut = readable(long);
        assert!(cut.starts_with("no `xxx") && cut.ends_with("xxx…` here"), "{cut}");
        assert!(cut.len() < 300);
    }
}
