//! Calls of a machine, made of the entries of a history: the input that each gives, and what its answer has to be.

use super::entry::{Entry, Kind, Said};
use super::term::Term;
use crate::codec::json_to_value;
use std::collections::BTreeMap;
use verdi_core::{Program, Value, show};
use verdi_diagnostics::{Diagnostic, Span, codes};
use verdi_explore::Call;

/// The constructor of outputs that say that an operation changed nothing.
const FAILED: &str = "Failed";

/// A call.
#[derive(Clone, Debug)]
pub(super) struct Recorded {
    pub(super) process: String,
    /// The position of its process, in the order in which they appear.
    pub(super) caller: u32,
    pub(super) input: Value,
    pub(super) answer: Answer,
    pub(super) moments: Call,
    /// The line of its invocation.
    pub(super) span: Span,
}

/// What a call's answer has to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// Anything: none was recorded.
    Any,
    /// This output.
    Exactly(Value),
    /// An output of no field for `nil`, or of one that the term stands for.
    Holds(Term),
    /// Any but `Failed`.
    Done,
    /// `Failed`.
    Failed,
}

impl Answer {
    /// Whether outputs of the machine are such an answer.
    pub(super) fn agrees(&self, program: &Program, outputs: &[Value]) -> bool {
        if *self == Self::Any {
            return true;
        }
        let [output] = outputs else { return false };
        let failed = is_failed(program, output);
        match self {
            Self::Any => true,
            Self::Exactly(wanted) => wanted == output,
            Self::Done => !failed,
            Self::Failed => failed,
            Self::Holds(term) => match output.fields() {
                [] => *term == Term::Nil && !failed,
                [field] => term.is(field),
                _ => false,
            },
        }
    }

    /// For people.
    pub(super) fn show(&self, program: &Program) -> String {
        match self {
            Self::Any => "?".into(),
            Self::Exactly(value) => show(program, program.special.output, value),
            Self::Holds(term) => show_term(term),
            Self::Done => "ok".into(),
            Self::Failed => FAILED.into(),
        }
    }
}

fn is_failed(program: &Program, output: &Value) -> bool {
    let data = program.types.as_data(program.special.output).map(|(_, data)| data);
    data.and_then(|data| data.ctors.get(output.tag() as usize)).is_some_and(|ctor| ctor.name == FAILED)
}

fn show_term(term: &Term) -> String {
    match term {
        Term::Nil => "nil".into(),
        Term::Bool(value) => value.to_string(),
        Term::Int(n) => n.to_string(),
        Term::Text(text) => format!("{text:?}"),
        Term::Keyword(name) => format!(":{name}"),
        Term::List(terms) => format!("[{}]", terms.iter().map(show_term).collect::<Vec<_>>().join(" ")),
        Term::Map(_) => "{…}".into(),
    }
}

/// Makes calls of entries.
///
/// # Errors
/// Inputs and outputs that the machine does not have, answers to nothing, and calls of a process that has one open.
pub(super) fn calls(program: &Program, entries: &[Entry]) -> Result<Vec<Recorded>, Vec<Diagnostic>> {
    let mut maker = Maker {
        program,
        made: Vec::new(),
        open: BTreeMap::new(),
        callers: BTreeMap::new(),
        gone: Vec::new(),
    };
    let mut wrong = Vec::new();
    for (moment, entry) in entries.iter().enumerate() {
        if let Err(report) = maker.entry(moment as u64, entry) {
            wrong.push(*report);
        }
    }
    if !wrong.is_empty() {
        return Err(wrong);
    }
    let gone = maker.gone;
    let kept = maker.made.into_iter().enumerate().filter(|(call, _)| !gone.contains(call));
    Ok(kept.map(|(_, call)| call).collect())
}

struct Maker<'a> {
    program: &'a Program,
    made: Vec<Recorded>,
    /// The open call of a process, and what it said.
    open: BTreeMap<String, (usize, Said)>,
    callers: BTreeMap<String, u32>,
    /// Calls that did not happen.
    gone: Vec<usize>,
}

type Made<T> = Result<T, Box<Diagnostic>>;

impl Maker<'_> {
    fn entry(&mut self, moment: u64, entry: &Entry) -> Made<()> {
        let wrong = |message: &str, label: String| {
            Err(Box::new(Diagnostic::error(codes::V0742, entry.span, message).label(label)))
        };
        if entry.kind == Kind::Invoke {
            if let Some((call, _)) = self.open.get(&entry.process) {
                let label = format!("process {} has an operation open", entry.process);
                let report = Diagnostic::error(codes::V0742, entry.span, "this operation cannot begin here");
                return Err(Box::new(report.label(label).also(self.made[*call].span, "it began here")));
            }
            return self.invoke(moment, entry);
        }
        let Some((call, invoked)) = self.open.remove(&entry.process) else {
            return wrong("this answers nothing", format!("process {} has no operation open", entry.process));
        };
        match entry.kind {
            Kind::Ok => {
                self.made[call].answer = self.answer(entry, &invoked)?;
                self.made[call].moments.returned = Some(moment);
            }
            Kind::Fail if is_refused_swap(&entry.said) => {
                self.made[call].answer = Answer::Failed;
                self.made[call].moments.returned = Some(moment);
            }
            Kind::Fail => self.gone.push(call),
            Kind::Info | Kind::Invoke => {}
        }
        Ok(())
    }

    fn invoke(&mut self, moment: u64, entry: &Entry) -> Made<()> {
        let input = self.input(entry)?;
        let next = self.callers.len() as u32;
        let caller = *self.callers.entry(entry.process.clone()).or_insert(next);
        self.open.insert(entry.process.clone(), (self.made.len(), entry.said.clone()));
        self.made.push(Recorded {
            process: entry.process.clone(),
            caller,
            input,
            answer: Answer::Any,
            moments: Call { invoked: moment, returned: None },
            span: entry.span,
        });
        Ok(())
    }

    fn input(&self, entry: &Entry) -> Made<Value> {
        let program = self.program;
        let wrong = |label: String| {
            let message = format!("the machine `{}` has no such input", program.name);
            Box::new(Diagnostic::error(codes::V0742, entry.span, message).label(label).note(self.inputs()))
        };
        let (function, key, value) = match &entry.said {
            Said::Json(Some(json)) => {
                return json_to_value(program, program.special.input, json).map_err(wrong);
            }
            Said::Json(None) => return Err(wrong("this has no `input`".into())),
            Said::Term { function, key, value } => (function, key, value),
        };
        let ctors =
            program.types.as_data(program.special.input).map(|(_, data)| &data.ctors[..]).unwrap_or_default();
        let Some(tag) = ctors.iter().position(|ctor| plain(&ctor.name) == plain(function)) else {
            return Err(wrong(format!("no input is called `{function}`")));
        };
        let values: Vec<&Term> = match value {
            Term::Nil => Vec::new(),
            Term::List(terms) if ctors[tag].fields.len() == key.iter().len() + terms.len() => {
                terms.iter().collect()
            }
            term => vec![term],
        };
        let terms: Vec<&Term> = key.iter().chain(values).collect();
        if terms.len() != ctors[tag].fields.len() {
            let (wanted, given) = (ctors[tag].fields.len(), terms.len());
            return Err(wrong(format!("`{}` has {wanted} fields, this gives {given}", ctors[tag].name)));
        }
        let fields = terms.iter().zip(&ctors[tag].fields).map(|(term, (label, ty))| {
            term.value(program, *ty).map_err(|text| wrong(format!("`{label}`: {text}")))
        });
        Ok(Value::data(tag as u32, fields.collect::<Made<_>>()?))
    }

    fn answer(&self, entry: &Entry, invoked: &Said) -> Made<Answer> {
        match (&entry.said, invoked) {
            (Said::Json(None), _) => Ok(Answer::Any),
            (Said::Json(Some(json)), _) => {
                let value = json_to_value(self.program, self.program.special.output, json);
                value.map(Answer::Exactly).map_err(|label| {
                    let message = format!("the machine `{}` has no such output", self.program.name);
                    Box::new(Diagnostic::error(codes::V0742, entry.span, message).label(label))
                })
            }
            (Said::Term { value, .. }, Said::Term { value: Term::Nil, .. }) => {
                Ok(Answer::Holds(value.clone()))
            }
            (Said::Term { .. }, _) => Ok(Answer::Done),
        }
    }

    fn inputs(&self) -> String {
        let data = self.program.types.as_data(self.program.special.input);
        let names: Vec<_> =
            data.iter().flat_map(|(_, data)| &data.ctors).map(|ctor| format!("`{}`", ctor.name)).collect();
        format!("its inputs are {}", names.join(", "))
    }
}

/// A failed `:cas` is an answer, the value was another; but not where it failed for some reason of the system's.
fn is_refused_swap(said: &Said) -> bool {
    matches!(said, Said::Term { function, value, .. } if plain(function) == "cas" && !matches!(value, Term::Keyword(_)))
}

/// A name without case, dashes and underscores.
fn plain(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_lowercase()
}
