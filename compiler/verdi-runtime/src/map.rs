//! Maps: pairs in strictly ascending order of their keys.

use crate::{FaultKind, List, Map, OpResult, Set, Value, check_len};
use std::sync::Arc;

fn position(map: &[(Value, Value)], key: &Value) -> Result<usize, usize> {
    map.binary_search_by(|(known, _)| known.cmp(key))
}

/// The value of a key, if it is there.
pub fn get(map: &[(Value, Value)], key: &Value) -> Option<Value> {
    position(map, key).ok().map(|at| map[at].1.clone())
}

/// The value of a key.
///
/// # Errors
/// `MissingKey`.
pub fn index(map: &[(Value, Value)], key: &Value) -> OpResult<Value> {
    get(map, key).ok_or(FaultKind::MissingKey)
}

/// The value of a key, or else the default.
pub fn get_or(map: &[(Value, Value)], key: &Value, default: Value) -> Value {
    get(map, key).unwrap_or(default)
}

/// The set of keys.
pub fn keys(map: &[(Value, Value)]) -> Set {
    Arc::new(map.iter().map(|(key, _)| key.clone()).collect())
}

/// The values, in the order of their keys.
pub fn values(map: &[(Value, Value)]) -> List {
    Arc::new(map.iter().map(|(_, value)| value.clone()).collect())
}

/// The number of keys.
pub fn len(map: &[(Value, Value)]) -> i64 {
    map.len() as i64
}

/// Whether there is no key.
pub fn is_empty(map: &[(Value, Value)]) -> bool {
    map.is_empty()
}

/// Whether a key is there.
pub fn contains(map: &[(Value, Value)], key: &Value) -> bool {
    position(map, key).is_ok()
}

/// Sets a key's value.
///
/// # Errors
/// `TooLarge`.
pub fn insert(map: &mut Map, key: Value, value: Value) -> OpResult<()> {
    match position(map, &key) {
        Ok(at) => Arc::make_mut(map)[at].1 = value,
        Err(at) => {
            check_len(map.len() + 1)?;
            Arc::make_mut(map).insert(at, (key, value));
        }
    }
    Ok(())
}

/// Removes a key; one that is absent changes nothing.
pub fn remove(map: &mut Map, key: &Value) {
    if let Ok(at) = position(map, key) {
        Arc::make_mut(map).remove(at);
    }
}

/// Removes all keys.
pub fn clear(map: &mut Map) {
    *map = Arc::default();
}

/// The map of a list of pairs; of equal keys, the last wins.
pub fn of(pairs: &[Value]) -> Map {
    of_pairs(pairs.iter().map(|pair| (pair.fields()[0].clone(), pair.fields()[1].clone())).collect())
}

/// The same, of Rust's pairs.
pub fn of_pairs(mut pairs: Vec<(Value, Value)>) -> Map {
    // A stable sort keeps equal keys in order; turned around first, the last comes first, which `dedup` keeps.
    pairs.reverse();
    pairs.sort_by(|a, b| a.0.cmp(&b.0));
    pairs.dedup_by(|later, first| later.0 == first.0);
    Arc::new(pairs)
}

/// The pairs in the order of their keys.
pub fn to_list(map: &[(Value, Value)]) -> List {
    Arc::new(map.iter().map(|(key, value)| Value::tuple(vec![key.clone(), value.clone()])).collect())
}
