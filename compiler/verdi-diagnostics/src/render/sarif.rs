use crate::{Code, Diagnostic, Files, Label, Mend, Severity, Span};
use serde_json::{Value, json as object};

/// Something else than a diagnostic to be listed: a property that a check found broken.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The rule it comes under.
    pub rule: &'static str,
    /// One line on the rule.
    pub rule_title: &'static str,
    /// What was found.
    pub message: String,
    /// What it is about.
    pub span: Span,
    /// How it came about, one line a step.
    pub steps: Vec<String>,
}

/// A SARIF 2.1.0 log of one run: the diagnostics, then the findings.
pub fn sarif(files: &Files, diagnostics: &[Diagnostic], findings: &[Finding], version: &str) -> Value {
    let mut rules: Vec<Value> = Code::all().map(rule_of_code).collect();
    for finding in findings {
        if !rules.iter().any(|rule| rule["id"] == finding.rule) {
            rules.push(rule(finding.rule, finding.rule_title, finding.rule_title));
        }
    }
    let index = |id: &str| rules.iter().position(|rule| rule["id"] == id);
    let results: Vec<Value> = diagnostics
        .iter()
        .map(|d| result_of_diagnostic(files, d, index(d.code.name())))
        .chain(findings.iter().map(|f| result_of_finding(files, f, index(f.rule))))
        .collect();
    object!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "verdic",
                "semanticVersion": version,
                "rules": rules,
            }},
            "columnKind": "unicodeCodePoints",
            "artifacts": files.ids().map(|id| object!({ "location": { "uri": uri(files.name(id)) } })).collect::<Vec<_>>(),
            "results": results,
        }],
    })
}

fn rule_of_code(code: Code) -> Value {
    rule(code.name(), code.title(), code.explanation())
}

fn rule(id: &str, title: &str, help: &str) -> Value {
    object!({
        "id": id,
        "shortDescription": { "text": title },
        "help": { "text": help, "markdown": help },
    })
}

fn result_of_diagnostic(files: &Files, diagnostic: &Diagnostic, rule: Option<usize>) -> Value {
    let level = match diagnostic.severity {
        Severity::Note => "note",
        Severity::Warning => "warning",
        Severity::Error => "error",
    };
    let mut text = diagnostic.message.clone();
    for note in &diagnostic.notes {
        text.push('\n');
        text.push_str(note);
    }
    let mut result = object!({
        "ruleId": diagnostic.code.name(),
        "level": level,
        "message": { "text": text },
        "locations": [location(files, &diagnostic.primary)],
    });
    if let Some(index) = rule {
        result["ruleIndex"] = index.into();
    }
    if !diagnostic.secondary.is_empty() {
        result["relatedLocations"] =
            diagnostic.secondary.iter().map(|label| location(files, label)).collect();
    }
    if let Some(mend) = &diagnostic.mend {
        result["fixes"] = object!([fix(files, mend)]);
    }
    result
}

fn result_of_finding(files: &Files, finding: &Finding, rule: Option<usize>) -> Value {
    let here = Label { span: finding.span, text: String::new() };
    let mut result = object!({
        "ruleId": finding.rule,
        "level": "error",
        "message": { "text": finding.message },
        "locations": [location(files, &here)],
    });
    if let Some(index) = rule {
        result["ruleIndex"] = index.into();
    }
    if !finding.steps.is_empty() {
        let steps: Vec<Value> = finding
            .steps
            .iter()
            .map(|step| object!({ "location": { "message": { "text": step } } }))
            .collect();
        result["codeFlows"] = object!([{ "threadFlows": [{ "locations": steps }] }]);
    }
    result
}

fn location(files: &Files, label: &Label) -> Value {
    let mut value = object!({
        "physicalLocation": {
            "artifactLocation": { "uri": uri(files.name(label.span.file)) },
            "region": region(files, label.span),
        }
    });
    if !label.text.is_empty() {
        value["message"] = object!({ "text": label.text });
    }
    value
}

fn fix(files: &Files, mend: &Mend) -> Value {
    object!({
        "description": { "text": mend.help },
        "artifactChanges": [{
            "artifactLocation": { "uri": uri(files.name(mend.span.file)) },
            "replacements": [{
                "deletedRegion": region(files, mend.span),
                "insertedContent": { "text": mend.text },
            }],
        }],
    })
}

fn region(files: &Files, span: Span) -> Value {
    let (line, column) = files.position(span.file, span.start);
    let (end_line, end_column) = files.position(span.file, span.end);
    object!({
        "startLine": line,
        "startColumn": column,
        "endLine": end_line,
        "endColumn": end_column,
    })
}

/// A relative or absolute path as a URI reference.
fn uri(name: &str) -> String {
    let mut out = String::new();
    for byte in name.bytes() {
        match byte {
            b'\\' => out.push('/'),
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'.' | b'-' | b'_' | b'~' => {
                out.push(byte as char)
            }
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    if out.starts_with('/') { format!("file://{out}") } else { out }
}
