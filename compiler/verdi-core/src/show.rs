use crate::{DataStyle, Program, Ty, TyId, Value};
use std::fmt::{self, Display, Formatter, Write};

/// A value as people write it: `Client[0]`, `[1, 2]`, `set[1]`, `map["a": 1]`, `Data(seq: 1, body: Lock)`,
/// `(1, "x")`, `Some(3)`, `caller 0`.
pub fn show(program: &Program, ty: TyId, value: &Value) -> String {
    show_folded(program, &[], ty, value)
}

/// As [`show`], but of data of these types only the name: `Data(seq: 1, body: Transfer(..))`.
pub fn show_folded(program: &Program, folds: &[TyId], ty: TyId, value: &Value) -> String {
    Shown { program, folds, ty, value }.to_string()
}

/// A value to be printed as [`show`] does.
#[derive(Clone, Copy)]
pub struct Shown<'a> {
    /// Knows the types and the names of nodes.
    pub program: &'a Program,
    /// The types of data of which only the name is printed.
    pub folds: &'a [TyId],
    /// The value's type.
    pub ty: TyId,
    /// The value.
    pub value: &'a Value,
}

impl Display for Shown<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match (self.program.types.get(self.ty), self.value) {
            (Ty::Bool, Value::Bool(b)) => write!(f, "{b}"),
            (Ty::Int, Value::Int(n)) => write!(f, "{n}"),
            (Ty::Str, Value::Str(text)) => quote(f, text),
            (Ty::Node, Value::Node(node)) => f.write_str(self.program.node_name(*node)),
            (Ty::Caller, Value::Caller(caller)) => write!(f, "caller {caller}"),
            (Ty::List(ty), Value::List(items)) => self.items(f, "[", *ty, items),
            (Ty::Set(ty), Value::Set(items)) => self.items(f, "set[", *ty, items),
            (Ty::Map(key, ty), Value::Map(entries)) => self.entries(f, *key, *ty, entries),
            (Ty::Data(id), Value::Data(tag, fields)) => {
                let data = self.program.types.data(*id);
                match data.ctors.get(*tag as usize) {
                    Some(ctor) if self.folds.contains(&self.ty) && !fields.is_empty() => {
                        write!(f, "{}(..)", ctor.name)
                    }
                    Some(ctor) if ctor.fields.len() == fields.len() => self.data(f, data.style, ctor, fields),
                    _ => write!(f, "{:?}", self.value),
                }
            }
            // Only what the verifier refuses comes here; a printer says what it sees.
            (_, value) => write!(f, "{value:?}"),
        }
    }
}

impl<'a> Shown<'a> {
    fn part(&self, ty: TyId, value: &'a Value) -> Shown<'a> {
        Shown { ty, value, ..*self }
    }

    fn items(&self, f: &mut Formatter<'_>, open: &str, ty: TyId, items: &'a [Value]) -> fmt::Result {
        f.write_str(open)?;
        commas(f, items, |f, item| self.part(ty, item).fmt(f))?;
        f.write_str("]")
    }

    fn entries(
        &self,
        f: &mut Formatter<'_>,
        key: TyId,
        ty: TyId,
        entries: &'a [(Value, Value)],
    ) -> fmt::Result {
        f.write_str("map[")?;
        commas(f, entries, |f, (k, v)| write!(f, "{}: {}", self.part(key, k), self.part(ty, v)))?;
        f.write_str("]")
    }

    fn data(
        &self,
        f: &mut Formatter<'_>,
        style: DataStyle,
        ctor: &crate::Ctor,
        fields: &'a [Value],
    ) -> fmt::Result {
        f.write_str(&ctor.name)?;
        if style == DataStyle::Named && fields.is_empty() {
            return Ok(());
        }
        f.write_str("(")?;
        commas(f, ctor.fields.iter().zip(fields), |f, ((label, ty), field)| {
            if !label.is_empty() {
                write!(f, "{label}: ")?;
            }
            self.part(*ty, field).fmt(f)
        })?;
        f.write_str(")")
    }
}

/// Writes items with commas between them.
pub(crate) fn commas<T>(
    f: &mut Formatter<'_>,
    items: impl IntoIterator<Item = T>,
    mut write_item: impl FnMut(&mut Formatter<'_>, T) -> fmt::Result,
) -> fmt::Result {
    for (i, item) in items.into_iter().enumerate() {
        if i > 0 {
            f.write_str(", ")?;
        }
        write_item(f, item)?;
    }
    Ok(())
}

/// Writes a string literal of the language.
pub(crate) fn quote(f: &mut Formatter<'_>, text: &str) -> fmt::Result {
    f.write_char('"')?;
    for c in text.chars() {
        match c {
            '"' => f.write_str("\\\"")?,
            '\\' => f.write_str("\\\\")?,
            '\n' => f.write_str("\\n")?,
            '\t' => f.write_str("\\t")?,
            c if c.is_control() => write!(f, "\\u{{{:x}}}", u32::from(c))?,
            c => f.write_char(c)?,
        }
    }
    f.write_char('"')
}
