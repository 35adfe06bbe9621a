//! Sets: strictly ascending sequences.

use crate::{FaultKind, List, OpResult, Set, Value, check_len};
use std::cmp::Ordering;
use std::sync::Arc;

/// The number of elements.
pub fn len(set: &[Value]) -> i64 {
    set.len() as i64
}

/// Whether there is no element.
pub fn is_empty(set: &[Value]) -> bool {
    set.is_empty()
}

/// Whether an element is there.
pub fn contains(set: &[Value], x: &Value) -> bool {
    set.binary_search(x).is_ok()
}

/// Adds an element.
///
/// # Errors
/// `TooLarge`.
pub fn insert(set: &mut Set, x: Value) -> OpResult<()> {
    if let Err(at) = set.binary_search(&x) {
        check_len(set.len() + 1)?;
        Arc::make_mut(set).insert(at, x);
    }
    Ok(())
}

/// Removes an element; one that is absent changes nothing.
pub fn remove(set: &mut Set, x: &Value) {
    if let Ok(at) = set.binary_search(x) {
        Arc::make_mut(set).remove(at);
    }
}

/// Removes all elements.
pub fn clear(set: &mut Set) {
    *set = Arc::default();
}

/// Every subset, the empty one and the set itself among them.
///
/// # Errors
/// `TooLarge` where the elements of all subsets together (`n * 2^(n-1)`) are more than a collection may have.
pub fn subsets(set: &[Value]) -> OpResult<Set> {
    let halves =
        u32::try_from(set.len()).ok().and_then(|n| 1_usize.checked_shl(n)).ok_or(FaultKind::TooLarge)?;
    check_len((halves / 2).saturating_mul(set.len()))?;
    let subset =
        |mask: usize| set.iter().enumerate().filter(move |(i, _)| mask >> i & 1 == 1).map(|(_, x)| x.clone());
    let mut all: Vec<Value> = (0..halves).map(|mask| Value::Set(Arc::new(subset(mask).collect()))).collect();
    all.sort();
    Ok(Arc::new(all))
}

/// Whether every element is in the other set.
pub fn is_subset(a: &[Value], b: &[Value]) -> bool {
    a.len() <= b.len() && a.iter().all(|x| contains(b, x))
}

/// What is in either.
///
/// # Errors
/// `TooLarge`.
pub fn union(a: &Set, b: &Set) -> OpResult<Set> {
    if a.is_empty() {
        return Ok(Arc::clone(b));
    }
    let all = merge(a, b, |_| true);
    check_len(all.len())?;
    Ok(Arc::new(all))
}

/// What is in both.
pub fn intersect(a: &[Value], b: &[Value]) -> Set {
    Arc::new(merge(a, b, |found| found == Found::Both))
}

/// What is in the first and not in the second.
pub fn difference(a: &[Value], b: &[Value]) -> Set {
    Arc::new(merge(a, b, |found| found == Found::First))
}

/// The set of a list's elements.
pub fn of(list: List) -> Set {
    if list.is_sorted_by(|a, b| a < b) {
        return list;
    }
    let mut items = Arc::unwrap_or_clone(list);
    items.sort_unstable();
    items.dedup();
    Arc::new(items)
}

/// The elements in canonical order.
pub fn to_list(set: &Set) -> List {
    Arc::clone(set)
}

/// Where a merge found an element.
#[derive(Clone, Copy, PartialEq)]
enum Found {
    First,
    Second,
    Both,
}

/// Walks two sets together and keeps the elements that `keep` says, in order.
fn merge(mut a: &[Value], mut b: &[Value], keep: impl Fn(Found) -> bool) -> Vec<Value> {
    let mut kept = Vec::new();
    loop {
        let (found, x) = match (a.first(), b.first()) {
            (None, None) => return kept,
            (Some(x), None) => (Found::First, x),
            (None, Some(y)) => (Found::Second, y),
            (Some(x), Some(y)) => match x.cmp(y) {
                Ordering::Less => (Found::First, x),
                Ordering::Equal => (Found::Both, x),
                Ordering::Greater => (Found::Second, y),
            },
        };
        if found != Found::Second {
            a = &a[1..];
        }
        if found != Found::First {
            b = &b[1..];
        }
        if keep(found) {
            kept.push(x.clone());
        }
    }
}
