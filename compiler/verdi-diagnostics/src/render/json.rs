use crate::{Diagnostic, Files, Label, Severity, Span};
use serde_json::{Value, json as object};

/// One object for each diagnostic: `code`, `severity`, `message`, the primary place flattened into it
/// (`file`, `line`, `column`, `end_line`, `end_column`, one-based and in characters; `start`, `end` in
/// bytes; `label`), `labels`, `notes` and `mend`.
pub fn json(files: &Files, diagnostics: &[Diagnostic]) -> Value {
    diagnostics.iter().map(|diagnostic| one(files, diagnostic)).collect()
}

fn one(files: &Files, diagnostic: &Diagnostic) -> Value {
    let mut value = object!({
        "code": diagnostic.code.name(),
        "severity": severity(diagnostic.severity),
        "message": diagnostic.message,
    });
    place(&mut value, files, diagnostic.primary.span);
    value["label"] = diagnostic.primary.text.clone().into();
    value["labels"] = diagnostic.secondary.iter().map(|label| labelled(files, label)).collect();
    value["notes"] = diagnostic.notes.clone().into();
    value["mend"] = diagnostic.mend.as_ref().map_or(Value::Null, |mend| {
        let mut value = object!({ "help": mend.help, "text": mend.text });
        place(&mut value, files, mend.span);
        value
    });
    value
}

fn labelled(files: &Files, label: &Label) -> Value {
    let mut value = object!({ "text": label.text });
    place(&mut value, files, label.span);
    value
}

fn place(value: &mut Value, files: &Files, span: Span) {
    let (line, column) = files.position(span.file, span.start);
    let (end_line, end_column) = files.position(span.file, span.end);
    value["file"] = files.name(span.file).into();
    value["line"] = line.into();
    value["column"] = column.into();
    value["end_line"] = end_line.into();
    value["end_column"] = end_column.into();
    value["start"] = span.start.into();
    value["end"] = span.end.into();
}

fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Note => "note",
        Severity::Warning => "warning",
        Severity::Error => "error",
    }
}
