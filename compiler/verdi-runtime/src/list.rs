//! Lists.

use crate::{FaultKind, List, OpResult, Value, check_len};
use std::sync::Arc;

/// The number of elements.
pub fn len(xs: &[Value]) -> i64 {
    xs.len() as i64
}

/// Whether there is no element.
pub fn is_empty(xs: &[Value]) -> bool {
    xs.is_empty()
}

/// The first element, if any.
pub fn first(xs: &[Value]) -> Option<Value> {
    xs.first().cloned()
}

/// The last element, if any.
pub fn last(xs: &[Value]) -> Option<Value> {
    xs.last().cloned()
}

/// The element at a position, if there is one.
pub fn get(xs: &[Value], at: i64) -> Option<Value> {
    usize::try_from(at).ok().and_then(|at| xs.get(at)).cloned()
}

/// The element at a position.
///
/// # Errors
/// `IndexOutOfRange`.
pub fn index(xs: &[Value], at: i64) -> OpResult<Value> {
    get(xs, at).ok_or(FaultKind::IndexOutOfRange)
}

/// The elements from one position up to, not including, another.
///
/// # Errors
/// `IndexOutOfRange` unless `0 <= from <= to <= len`.
pub fn slice(xs: &[Value], from: i64, to: i64) -> OpResult<List> {
    let bounds = usize::try_from(from).ok().zip(usize::try_from(to).ok());
    let part = bounds.and_then(|(from, to)| xs.get(from..to));
    part.map(|part| Arc::new(part.to_vec())).ok_or(FaultKind::IndexOutOfRange)
}

/// The first `n` elements, or all; none where `n` is negative.
pub fn take(xs: &mut List, n: i64) {
    let n = clamp(xs, n);
    if n < xs.len() {
        Arc::make_mut(xs).truncate(n);
    }
}

/// All but the first `n` elements; all where `n` is negative.
pub fn drop(xs: &mut List, n: i64) {
    let n = clamp(xs, n);
    if n > 0 {
        Arc::make_mut(xs).drain(..n);
    }
}

fn clamp(xs: &[Value], n: i64) -> usize {
    usize::try_from(n.max(0)).unwrap_or(usize::MAX).min(xs.len())
}

/// Whether an element is there.
pub fn contains(xs: &[Value], x: &Value) -> bool {
    xs.contains(x)
}

/// The first position of an element, if it is there.
pub fn index_of(xs: &[Value], x: &Value) -> Option<Value> {
    xs.iter().position(|known| known == x).map(|at| Value::Int(at as i64))
}

/// Turns it around.
pub fn reverse(xs: &mut List) {
    Arc::make_mut(xs).reverse();
}

/// Sorts it, ascending.
pub fn sort(xs: &mut List) {
    if !xs.is_sorted() {
        Arc::make_mut(xs).sort();
    }
}

/// Adds the elements of another list at the end.
///
/// # Errors
/// `TooLarge`.
pub fn append(xs: &mut List, ys: &List) -> OpResult<()> {
    check_len(xs.len() + ys.len())?;
    if xs.is_empty() {
        *xs = Arc::clone(ys);
    } else if !ys.is_empty() {
        Arc::make_mut(xs).extend_from_slice(ys);
    }
    Ok(())
}

/// Adds an element at the end.
///
/// # Errors
/// `TooLarge`.
pub fn push(xs: &mut List, x: Value) -> OpResult<()> {
    check_len(xs.len() + 1)?;
    Arc::make_mut(xs).push(x);
    Ok(())
}

/// Removes the last element; an empty list stays as it is.
pub fn pop(xs: &mut List) {
    if !xs.is_empty() {
        Arc::make_mut(xs).pop();
    }
}

/// Removes the first element; an empty list stays as it is.
pub fn pop_front(xs: &mut List) {
    drop(xs, 1);
}

/// Removes all elements.
pub fn clear(xs: &mut List) {
    *xs = Arc::default();
}

/// Replaces the element at a position.
///
/// # Errors
/// `IndexOutOfRange`.
pub fn set(xs: &mut List, at: i64, x: Value) -> OpResult<()> {
    let at = usize::try_from(at).ok().filter(|at| *at < xs.len()).ok_or(FaultKind::IndexOutOfRange)?;
    Arc::make_mut(xs)[at] = x;
    Ok(())
}

/// The greatest element.
///
/// # Errors
/// `Empty`.
pub fn max(xs: &[Value]) -> OpResult<Value> {
    xs.iter().max().cloned().ok_or(FaultKind::Empty)
}

/// The least element.
///
/// # Errors
/// `Empty`.
pub fn min(xs: &[Value]) -> OpResult<Value> {
    xs.iter().min().cloned().ok_or(FaultKind::Empty)
}
