//! Entries of recorded histories, in any of the formats.

use super::term::Term;
use serde_json::Value as Json;
use verdi_diagnostics::{Diagnostic, FileId, Span, codes};

/// The formats of histories.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HistoryFormat {
    /// A JSON object a line.
    Json,
    /// A log of Jepsen: lines of `jepsen.util - PROCESS :invoke :read nil` among others.
    Jepsen,
    /// A map of Clojure a line.
    Maps,
}

/// A moment of an operation.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) process: String,
    pub(super) kind: Kind,
    pub(super) said: Said,
    /// Its line.
    pub(super) span: Span,
}

/// What happens to an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// It begins.
    Invoke,
    /// It ends, with an answer.
    Ok,
    /// It did not happen.
    Fail,
    /// It is not known whether it happened, or ever will.
    Info,
}

/// What an entry says of its operation.
#[derive(Clone, Debug)]
pub(super) enum Said {
    /// An input or output of the machine, in our form; `None` where it is not said.
    Json(Option<Json>),
    /// A function, the key it is about, and its value.
    Term { function: String, key: Option<Term>, value: Term },
}

impl Kind {
    fn of(name: &str) -> Option<Self> {
        match name {
            "invoke" => Some(Self::Invoke),
            "ok" => Some(Self::Ok),
            "fail" => Some(Self::Fail),
            "info" => Some(Self::Info),
            _ => None,
        }
    }
}

/// The format that a text is of.
fn detect(text: &str) -> Option<HistoryFormat> {
    if text.contains(MARK) {
        return Some(HistoryFormat::Jepsen);
    }
    let inside = text.trim_start().strip_prefix('{')?.trim_start();
    match inside.chars().next()? {
        ':' => Some(HistoryFormat::Maps),
        '"' => Some(HistoryFormat::Json),
        _ => None,
    }
}

/// Reads a history.
///
/// # Errors
/// Every line that is wrong.
pub(super) fn read(
    file: FileId,
    text: &str,
    format: Option<HistoryFormat>,
) -> Result<Vec<Entry>, Vec<Diagnostic>> {
    let Some(format) = format.or_else(|| detect(text)) else {
        let first = text.lines().next().unwrap_or_default();
        let report =
            Diagnostic::error(codes::V0741, Span::new(file, 0, first.len() as u32), "this is no history")
                .label("no format is known that begins like this")
                .note(
                    "known are JSON lines, logs of Jepsen, and maps of Clojure: see `verdic explain V0741`",
                );
        return Err(vec![report]);
    };
    let (mut entries, mut wrong, mut start) = (Vec::new(), Vec::new(), 0);
    for line in text.split_inclusive('\n') {
        let written = line.trim_end();
        let span = Span::new(file, start as u32, (start + written.len()) as u32);
        let entry = match format {
            HistoryFormat::Jepsen => jepsen(written, span),
            _ if written.trim().is_empty() => Ok(None),
            HistoryFormat::Maps => map(written, span).map(Some),
            HistoryFormat::Json => json(written, span).map(Some),
        };
        match entry {
            Ok(entry) => entries.extend(entry),
            Err((at, text)) => {
                let at = (start + at.min(written.len())) as u32;
                let here = Span::new(file, at, span.end.max(at));
                wrong.push(Diagnostic::error(codes::V0741, here, "this entry cannot be read").label(text));
            }
        }
        start += line.len();
    }
    if wrong.is_empty() { Ok(entries) } else { Err(wrong) }
}

type Read<T> = Result<T, super::term::Wrong>;

/// What stands before the entries of a log of Jepsen.
const MARK: &str = "jepsen.util - ";

/// `… jepsen.util - 4 :invoke :cas [2 4]`; other lines say nothing of operations.
fn jepsen(line: &str, span: Span) -> Read<Option<Entry>> {
    let Some(mark) = line.find(MARK) else { return Ok(None) };
    let mut at = mark + MARK.len();
    let mut word = || {
        let rest = &line[at..];
        let begin = rest.len() - rest.trim_start().len();
        let rest = &rest[begin..];
        let word = &rest[..rest.find(char::is_whitespace).unwrap_or(rest.len())];
        at += begin + word.len();
        (word, at - word.len())
    };
    let ((process, _), (kind, kind_at), (function, function_at)) = (word(), word(), word());
    if process.parse::<u64>().is_err() || !kind.starts_with(':') {
        return Ok(None);
    }
    let kind = Kind::of(&kind[1..])
        .ok_or_else(|| (kind_at, "this is none of `:invoke`, `:ok`, `:fail` and `:info`".to_owned()))?;
    let function = function
        .strip_prefix(':')
        .ok_or_else(|| (function_at, "a function such as `:read` was expected here".to_owned()))?;
    let value = Term::parse(&line[at..]).map_err(|(within, text)| (at + within, text))?;
    let said = Said::Term { function: function.into(), key: None, value };
    Ok(Some(Entry { process: process.into(), kind, said, span }))
}

/// `{:process 0, :type :invoke, :f :put, :key "0", :value "x"}`.
fn map(line: &str, span: Span) -> Read<Entry> {
    let Term::Map(pairs) = Term::parse(line)? else { return Err((0, "a map was expected here".into())) };
    let get = |name: &str| {
        pairs.iter().find(|(key, _)| *key == Term::Keyword(name.into())).map(|(_, value)| value.clone())
    };
    let name = |name: &str| match get(name) {
        Some(Term::Keyword(word) | Term::Text(word)) => Ok(word),
        Some(Term::Int(n)) => Ok(n.to_string()),
        _ => Err((0, format!("this map has no `:{name}`"))),
    };
    let kind = Kind::of(&name("type")?)
        .ok_or_else(|| (0, "its `:type` is none of `:invoke`, `:ok`, `:fail` and `:info`".to_owned()))?;
    let key = get("key").filter(|key| *key != Term::Nil);
    let said = Said::Term { function: name("f")?, key, value: get("value").unwrap_or(Term::Nil) };
    Ok(Entry { process: name("process")?, kind, said, span })
}

/// `{"process": 0, "type": "invoke", "input": {"Put": {"key": "a", "value": "x"}}}`.
fn json(line: &str, span: Span) -> Read<Entry> {
    let json: Json = serde_json::from_str(line)
        .map_err(|error| (error.column().saturating_sub(1), "this is no JSON".into()))?;
    let process = match json.get("process") {
        Some(Json::Number(n)) => n.to_string(),
        Some(Json::String(name)) => name.clone(),
        _ => return Err((0, "this object has no `process`: a number or a name".into())),
    };
    let kind =
        json.get("type").and_then(Json::as_str).and_then(Kind::of).ok_or_else(|| {
            (0, "this object has no `type` of `invoke`, `ok`, `fail` and `info`".to_owned())
        })?;
    let said = if kind == Kind::Invoke { "input" } else { "output" };
    Ok(Entry { process, kind, said: Said::Json(json.get(said).cloned()), span })
}
