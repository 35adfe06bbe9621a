//! What is different between two values: the least that says it, not both in full.

use super::Change;
use super::look::Look;
use verdi_core::{DataStyle, Ty, TyId, Value};

/// Values that take no more than this together are shown whole.
const WHOLE: usize = 64;

/// What stands for a value that is not shown.
pub(super) const FOLDED: &str = "..";

/// A place where two values differ.
pub(super) struct Difference {
    /// The way to it from where the comparison began.
    pub(super) path: String,
    pub(super) before: String,
    pub(super) after: String,
}

impl Difference {
    /// As a change of a node's state, or of the network's.
    pub(super) fn at(self, node: Option<usize>) -> Change {
        Change { node, path: self.path, before: self.before, after: self.after }
    }
}

/// The places where two values of a type differ, in order; `path` leads to them.
pub(super) fn differences(
    look: Look<'_>,
    ty: TyId,
    path: String,
    before: &Value,
    after: &Value,
) -> Vec<Difference> {
    if before == after {
        return Vec::new();
    }
    if look.folds.contains(&ty) {
        return vec![Difference { path, before: FOLDED.into(), after: FOLDED.into() }];
    }
    let whole = Difference { before: look.show(ty, before), after: look.show(ty, after), path };
    if whole.before.len() + whole.after.len() <= WHOLE {
        return vec![whole];
    }
    let parts = match (look.program.types.get(ty), before, after) {
        (Ty::Map(key, ty), Value::Map(a), Value::Map(b)) => entries(look, (*key, *ty), &whole.path, a, b),
        (Ty::List(ty), Value::List(a), Value::List(b)) => list(look, *ty, &whole.path, a, b),
        (Ty::Set(ty), Value::Set(a), Value::Set(b)) => vec![set(look, *ty, &whole.path, a, b)],
        (Ty::Data(id), Value::Data(a, old), Value::Data(b, new)) if a == b => {
            let data = look.program.types.data(*id);
            let named = data.style == DataStyle::Named;
            let fields = data.ctors.get(*a as usize).map_or(&[][..], |ctor| &ctor.fields);
            let labelled = fields.iter().all(|(label, _)| !label.is_empty());
            let parts = fields.iter().zip(old.iter().zip(new.iter())).filter(|_| named && labelled);
            parts
                .flat_map(|((label, ty), (old, new))| {
                    differences(look, *ty, format!("{}.{label}", whole.path), old, new)
                })
                .collect()
        }
        _ => Vec::new(),
    };
    if parts.is_empty() { vec![whole] } else { parts }
}

type Entry = (Value, Value);

fn entries(
    look: Look<'_>,
    (key, ty): (TyId, TyId),
    path: &str,
    old: &[Entry],
    new: &[Entry],
) -> Vec<Difference> {
    let get = |entries: &[Entry], k: &Value| {
        entries.binary_search_by(|(known, _)| known.cmp(k)).ok().map(|at| entries[at].1.clone())
    };
    let mut keys: Vec<&Value> = old.iter().chain(new).map(|(k, _)| k).collect();
    keys.sort();
    keys.dedup();
    let absent = "(absent)".to_owned();
    keys.into_iter()
        .flat_map(|k| {
            let path = format!("{path}[{}]", look.show(key, k));
            match (get(old, k), get(new, k)) {
                (Some(a), Some(b)) => differences(look, ty, path, &a, &b),
                (a, b) => {
                    let shown = |v: Option<Value>| v.map_or(absent.clone(), |v| look.show(ty, &v));
                    vec![Difference { path, before: shown(a), after: shown(b) }]
                }
            }
        })
        .collect()
}

fn list(look: Look<'_>, ty: TyId, path: &str, old: &[Value], new: &[Value]) -> Vec<Difference> {
    let shown = |items: &[Value]| -> String {
        let items: Vec<String> = items.iter().map(|item| look.show(ty, item)).collect();
        format!("[{}]", items.join(", "))
    };
    let elements = |n: usize| if n == 1 { "1 element".to_owned() } else { format!("{n} elements") };
    let one = |before: String, after: String| vec![Difference { path: path.to_owned(), before, after }];
    if new.starts_with(old) {
        return one(elements(old.len()), format!("… ++ {}", shown(&new[old.len()..])));
    }
    if old.ends_with(new) {
        return one(format!("{} ++ …", shown(&old[..old.len() - new.len()])), elements(new.len()));
    }
    if old.starts_with(new) {
        return one(format!("… ++ {}", shown(&old[new.len()..])), elements(new.len()));
    }
    if old.len() != new.len() {
        return Vec::new();
    }
    let pairs = old.iter().zip(new).enumerate();
    pairs.flat_map(|(i, (a, b))| differences(look, ty, format!("{path}[{i}]"), a, b)).collect()
}

fn set(look: Look<'_>, ty: TyId, path: &str, old: &[Value], new: &[Value]) -> Difference {
    let only = |these: &[Value], those: &[Value]| -> String {
        let items: Vec<String> = these
            .iter()
            .filter(|item| those.binary_search(item).is_err())
            .map(|item| look.show(ty, item))
            .collect();
        items.join(", ")
    };
    let (gone, come) = (only(old, new), only(new, old));
    let before = format!("{} elements", old.len());
    let after = match (gone.is_empty(), come.is_empty()) {
        (true, _) => format!("… | set[{come}]"),
        (false, true) => format!("… - set[{gone}]"),
        (false, false) => format!("… - set[{gone}] | set[{come}]"),
    };
    Difference { path: path.to_owned(), before, after }
}
