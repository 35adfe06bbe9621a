//! Equality, and the canonical order where the language lets programs see it.

use crate::Value;
use std::cmp::Ordering;

/// `a == b`.
pub fn eq(a: &Value, b: &Value) -> bool {
    a == b
}

/// `a != b`.
pub fn ne(a: &Value, b: &Value) -> bool {
    a != b
}

/// `a < b`.
pub fn lt(a: &Value, b: &Value) -> bool {
    a.cmp(b) == Ordering::Less
}

/// `a <= b`.
pub fn le(a: &Value, b: &Value) -> bool {
    a.cmp(b) != Ordering::Greater
}

/// `a > b`.
pub fn gt(a: &Value, b: &Value) -> bool {
    a.cmp(b) == Ordering::Greater
}

/// `a >= b`.
pub fn ge(a: &Value, b: &Value) -> bool {
    a.cmp(b) != Ordering::Less
}

/// The lesser of two.
pub fn min(a: Value, b: Value) -> Value {
    a.min(b)
}

/// The greater of two.
pub fn max(a: Value, b: Value) -> Value {
    a.max(b)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_is_lexicographic() {
        let pair = |a: i64, b: &str| Value::tuple(vec![Value::Int(a), Value::text(b)]);
        assert!(lt(&pair(1, "z"), &pair(2, "a")) && le(&pair(1, "a"), &pair(1, "a")));
        assert!(gt(&pair(1, "b"), &pair(1, "a")) && ge(&pair(1, "b"), &pair(1, "a")));
        assert!(lt(&Value::text("Z"), &Value::text("a")), "strings go by their bytes");
        let list = |items: &[i64]| Value::list(items.iter().map(|n| Value::Int(*n)).collect());
        assert!(lt(&list(&[1]), &list(&[1, 0])) && lt(&list(&[1, 9]), &list(&[2])));
        assert!(lt(&Value::Int(-1), &Value::Int(0)) && lt(&Value::Bool(false), &Value::Bool(true)));
        assert!(eq(&list(&[1]), &list(&[1])) && ne(&list(&[1]), &list(&[2])));
        assert_eq!(
            (min(pair(1, "b"), pair(1, "a")), max(Value::Int(1), Value::Int(2))),
            (pair(1, "a"), Value::Int(2))
        );
    }
}
