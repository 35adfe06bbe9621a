//! Expectations inside a wrong program: `//~ error[V0203] "part of the message"` on the line concerned.

use std::fmt;

/// A diagnostic that is expected, or one that was reported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expected {
    /// One-based.
    pub line: usize,
    /// `error` or `warning`.
    pub severity: String,
    /// The code, where one is named.
    pub code: Option<String>,
    /// A part of the message, where one is given.
    pub part: Option<String>,
}

/// A diagnostic as it was reported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reported {
    /// One-based.
    pub line: usize,
    /// `error` or `warning`.
    pub severity: String,
    /// Such as `V0203`.
    pub code: String,
    /// Message, label, notes and suggestion, each on a line.
    pub message: String,
}

impl Expected {
    fn is_met_by(&self, reported: &Reported) -> bool {
        self.line == reported.line
            && self.severity == reported.severity
            && self.code.as_ref().is_none_or(|code| *code == reported.code)
            && self.part.as_ref().is_none_or(|part| reported.message.contains(part.as_str()))
    }
}

impl fmt::Display for Expected {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "line {}: {}", self.line, self.severity)?;
        if let Some(code) = &self.code {
            write!(out, "[{code}]")?;
        }
        if let Some(part) = &self.part {
            write!(out, " {part:?}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Reported {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "line {}: {}[{}] {:?}", self.line, self.severity, self.code, self.message)
    }
}

/// The expectations of a program; several may stand on a line.
///
/// # Panics
/// Where one cannot be read.
pub fn expectations(text: &str) -> Vec<Expected> {
    let mut found = Vec::new();
    for (number, line) in text.lines().enumerate() {
        for note in line.split("//~").skip(1) {
            found.push(read(number + 1, note.trim()));
        }
    }
    found
}

fn read(line: usize, note: &str) -> Expected {
    let (head, part) = match note.split_once('"') {
        Some((head, rest)) => {
            let part =
                rest.strip_suffix('"').unwrap_or_else(|| panic!("line {line}: no closing quote: {note}"));
            (head.trim(), Some(part.to_owned()))
        }
        None => (note, None),
    };
    let (severity, code) = match head.split_once('[') {
        Some((severity, code)) => (severity, Some(code.trim_end_matches(']').to_owned())),
        None => (head, None),
    };
    assert!(matches!(severity, "error" | "warning"), "line {line}: `{severity}` is no severity");
    Expected { line, severity: severity.to_owned(), code, part }
}

/// What is expected and was not reported, and what was reported and is not expected, in words.
pub fn differences(expected: &[Expected], reported: &[Reported]) -> Vec<String> {
    let mut rest: Vec<&Reported> = reported.iter().collect();
    let mut found = Vec::new();
    // The more an expectation says, the earlier it chooses.
    let mut expected: Vec<&Expected> = expected.iter().collect();
    expected.sort_by_key(|e| (e.part.is_none(), e.code.is_none()));
    for expectation in expected {
        match rest.iter().position(|reported| expectation.is_met_by(reported)) {
            Some(at) => drop(rest.remove(at)),
            None => found.push(format!("not reported: {expectation}")),
        }
    }
    found.extend(rest.iter().map(|reported| format!("not expected: {reported}")));
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_difference_is_told() {
        let expected = expectations("a //~ error[V0203] \"b\"\nc //~ warning\n");
        let reported = |line, severity: &str, message: &str| Reported {
            line,
            severity: severity.to_owned(),
            code: "V0203".to_owned(),
            message: message.to_owned(),
        };
        let both = [reported(1, "error", "abc"), reported(2, "warning", "x")];
        assert_eq!(differences(&expected, &both), Vec::<String>::new());
        assert_eq!(differences(&expected, &both[..1]), ["not reported: line 2: warning"]);
        assert_eq!(differences(&[], &both[1..]), ["not expected: line 2: warning[V0203] \"x\""]);
        assert_eq!(differences(&expected[..1], &[reported(1, "error", "ac")]).len(), 2);
    }
}
