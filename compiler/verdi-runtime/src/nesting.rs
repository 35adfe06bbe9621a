//! How deep values nest. Only those of a data type that contains itself can be deeper than their type.

use crate::{COLLECTION_MAX, FaultKind, NESTING_MAX, OpResult, Value};

/// The number of parts of a value, as if none were shared.
///
/// # Errors
/// `TooLarge` where they are more than [`COLLECTION_MAX`], or nest deeper than [`NESTING_MAX`].
pub fn check(value: &Value) -> OpResult<usize> {
    let (mut todo, mut parts) = (vec![(value, 0)], 0);
    while let Some((value, depth)) = todo.pop() {
        parts += 1;
        if parts > COLLECTION_MAX || depth > NESTING_MAX {
            return Err(FaultKind::TooLarge);
        }
        match value {
            Value::List(items) | Value::Set(items) => todo.extend(items.iter().map(|item| (item, depth + 1))),
            Value::Map(entries) => {
                todo.extend(entries.iter().flat_map(|(k, v)| [(k, depth + 1), (v, depth + 1)]))
            }
            Value::Data(_, fields) => todo.extend(fields.iter().map(|field| (field, depth + 1))),
            Value::Bool(_) | Value::Int(_) | Value::Str(_) | Value::Node(_) | Value::Caller(_) => {}
        }
    }
    Ok(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `Node(inner)`, this many times.
    fn nested(depth: usize, make: impl Fn(Value) -> Value) -> Value {
        (0..depth).fold(Value::unit(0), |inner, _| make(inner))
    }

    #[test]
    fn depth_is_limited() {
        let wrap = |inner| Value::data(1, vec![inner]);
        assert_eq!(check(&nested(NESTING_MAX, wrap)), Ok(NESTING_MAX + 1));
        assert_eq!(check(&nested(NESTING_MAX + 1, wrap)), Err(FaultKind::TooLarge));
        assert_eq!(
            check(&nested(NESTING_MAX + 1, |inner| Value::list(vec![inner]))),
            Err(FaultKind::TooLarge)
        );
    }

    #[test]
    fn parts_are_counted_as_if_not_shared() {
        let twice = |inner: Value| Value::data(1, vec![inner.clone(), inner]);
        assert_eq!(check(&nested(3, twice)), Ok(15));
        assert_eq!(check(&nested(200, twice)), Err(FaultKind::TooLarge));
    }
}
