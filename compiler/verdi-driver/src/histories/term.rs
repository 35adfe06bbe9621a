//! Terms of Clojure as logs have them: read from a text, made values of a type, and held against values.

use verdi_core::{Program, Ty, TyId, Value};

/// How deep terms may be nested.
const DEPTH_MAX: usize = 32;

/// A term.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Term {
    Nil,
    Bool(bool),
    Int(i64),
    Text(String),
    /// `:name`, without the colon.
    Keyword(String),
    List(Vec<Term>),
    Map(Vec<(Term, Term)>),
}

/// A wrong text: where in it, and what is wrong.
pub(super) type Wrong = (usize, String);

impl Term {
    /// The one term that a text is.
    pub(super) fn parse(text: &str) -> Result<Self, Wrong> {
        let mut reader = Reader { text, at: 0 };
        let term = reader.term(0)?;
        reader.space();
        if reader.at < text.len() {
            Err((reader.at, "nothing more was expected here".into()))
        } else {
            Ok(term)
        }
    }

    /// The value of a type that it stands for.
    pub(super) fn value(&self, program: &Program, ty: TyId) -> Result<Value, String> {
        let wrong = || {
            let ty = program.ty_name(ty);
            Err(format!("this is no `{ty}`"))
        };
        let all = |terms: &[Term], ty: TyId| -> Result<Vec<Value>, String> {
            terms.iter().map(|term| term.value(program, ty)).collect()
        };
        match (program.types.get(ty), self) {
            (Ty::Bool, Term::Bool(value)) => Ok(Value::Bool(*value)),
            (Ty::Int, Term::Int(value)) => Ok(Value::Int(*value)),
            (Ty::Str, Term::Text(text) | Term::Keyword(text)) => Ok(Value::text(text)),
            (Ty::List(ty), Term::List(terms)) => Ok(Value::list(all(terms, *ty)?)),
            (Ty::Set(ty), Term::List(terms)) => Ok(Value::set(all(terms, *ty)?)),
            (Ty::Data(id), term) => {
                let ctors = &program.types.data(*id).ctors;
                let tag = |name: &str| ctors.iter().position(|ctor| ctor.name == name);
                match (tag("None"), tag("Some"), term) {
                    (Some(none), Some(_), Term::Nil) => Ok(Value::unit(none as u32)),
                    (Some(_), Some(some), term) if ctors[some].fields.len() == 1 => {
                        Ok(Value::data(some as u32, vec![term.value(program, ctors[some].fields[0].1)?]))
                    }
                    _ => wrong(),
                }
            }
            _ => wrong(),
        }
    }

    /// Whether it stands for a value. `nil` stands for `None`, and any other term for what is in a `Some` too.
    pub(super) fn is(&self, value: &Value) -> bool {
        let all = |terms: &[Term], values: &[Value]| {
            terms.len() == values.len() && terms.iter().zip(values).all(|(term, value)| term.is(value))
        };
        match (self, value) {
            (Term::Bool(a), Value::Bool(b)) => a == b,
            (Term::Int(a), Value::Int(b)) => a == b,
            (Term::Text(a) | Term::Keyword(a), Value::Str(b)) => **a == **b,
            (Term::List(terms), Value::List(values) | Value::Set(values)) => all(terms, values),
            (Term::Nil, Value::Data(0, fields)) => fields.is_empty(),
            (term, Value::Data(1, fields)) if fields.len() == 1 => term.is(&fields[0]),
            _ => false,
        }
    }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl Reader<'_> {
    fn space(&mut self) {
        let rest = &self.text[self.at..];
        self.at += rest.len() - rest.trim_start_matches(|c: char| c.is_whitespace() || c == ',').len();
    }

    fn term(&mut self, depth: usize) -> Result<Term, Wrong> {
        self.space();
        let start = self.at;
        if depth > DEPTH_MAX {
            return Err((start, "this is nested too deep".into()));
        }
        match self.text[start..].chars().next() {
            None => Err((start, "a value was expected here".into())),
            Some('"') => self.text(),
            Some('[') => Ok(Term::List(self.items(']', depth)?)),
            Some('(') => Ok(Term::List(self.items(')', depth)?)),
            Some('{') => {
                let items = self.items('}', depth)?;
                if items.len() % 2 == 1 {
                    return Err((start, "a key of this map has no value".into()));
                }
                let mut items = items.into_iter();
                let mut pairs = Vec::new();
                while let (Some(key), Some(value)) = (items.next(), items.next()) {
                    pairs.push((key, value));
                }
                Ok(Term::Map(pairs))
            }
            Some(_) => self.word(),
        }
    }

    fn items(&mut self, close: char, depth: usize) -> Result<Vec<Term>, Wrong> {
        let open = self.at;
        self.at += 1;
        let mut items = Vec::new();
        loop {
            self.space();
            match self.text[self.at..].chars().next() {
                None => return Err((open, format!("there is no `{close}` for this"))),
                Some(c) if c == close => {
                    self.at += 1;
                    return Ok(items);
                }
                Some(_) => items.push(self.term(depth + 1)?),
            }
        }
    }

    fn text(&mut self) -> Result<Term, Wrong> {
        let open = self.at;
        let mut text = String::new();
        let mut chars = self.text[open + 1..].char_indices();
        while let Some((at, c)) = chars.next() {
            match c {
                '"' => {
                    self.at = open + 1 + at + 1;
                    return Ok(Term::Text(text));
                }
                '\\' => match chars.next().map(|(_, c)| c) {
                    Some('n') => text.push('\n'),
                    Some('t') => text.push('\t'),
                    Some(c @ ('"' | '\\')) => text.push(c),
                    _ => return Err((open + 1 + at, "this escape is not known".into())),
                },
                c => text.push(c),
            }
        }
        Err((open, "this string does not end".into()))
    }

    fn word(&mut self) -> Result<Term, Wrong> {
        let start = self.at;
        let rest = &self.text[start..];
        let ends = |c: char| c.is_whitespace() || ",\"[](){}".contains(c);
        let word = &rest[..rest.find(ends).unwrap_or(rest.len())];
        self.at += word.len();
        match (word, word.strip_prefix(':')) {
            ("nil", _) => Ok(Term::Nil),
            ("true", _) => Ok(Term::Bool(true)),
            ("false", _) => Ok(Term::Bool(false)),
            (_, Some(name)) if !name.is_empty() => Ok(Term::Keyword(name.into())),
            _ => match word.parse() {
                Ok(n) => Ok(Term::Int(n)),
                Err(_) => Err((
                    start,
                    "this is no value of a log: `nil`, an int, a string, a keyword, `[…]`".into(),
                )),
            },
        }
    }
}
