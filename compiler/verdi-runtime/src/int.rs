//! Arithmetic on `int`: 64 bits, and a fault instead of wrapping around.

use crate::{FaultKind, List, OpResult, Value, check_len};
use std::sync::Arc;

/// `a + b`.
///
/// # Errors
/// `Overflow`.
pub fn add(a: i64, b: i64) -> OpResult<i64> {
    a.checked_add(b).ok_or(FaultKind::Overflow)
}

/// `a - b`.
///
/// # Errors
/// `Overflow`.
pub fn sub(a: i64, b: i64) -> OpResult<i64> {
    a.checked_sub(b).ok_or(FaultKind::Overflow)
}

/// `a * b`.
///
/// # Errors
/// `Overflow`.
pub fn mul(a: i64, b: i64) -> OpResult<i64> {
    a.checked_mul(b).ok_or(FaultKind::Overflow)
}

/// `a / b`, rounded towards zero.
///
/// # Errors
/// `DivisionByZero`, `Overflow`.
pub fn div(a: i64, b: i64) -> OpResult<i64> {
    if b == 0 { Err(FaultKind::DivisionByZero) } else { a.checked_div(b).ok_or(FaultKind::Overflow) }
}

/// `a % b`, with the sign of `a`.
///
/// # Errors
/// `DivisionByZero`, `Overflow`.
pub fn rem(a: i64, b: i64) -> OpResult<i64> {
    if b == 0 { Err(FaultKind::DivisionByZero) } else { a.checked_rem(b).ok_or(FaultKind::Overflow) }
}

/// `-a`.
///
/// # Errors
/// `Overflow`.
pub fn neg(a: i64) -> OpResult<i64> {
    a.checked_neg().ok_or(FaultKind::Overflow)
}

/// `a..b`: empty where `b <= a`.
///
/// # Errors
/// `TooLarge`.
pub fn range(a: i64, b: i64) -> OpResult<List> {
    check_range(i128::from(b) - i128::from(a))?;
    Ok(Arc::new((a..b).map(Value::Int).collect()))
}

/// `a..=b`: empty where `b < a`.
///
/// # Errors
/// `TooLarge`.
pub fn range_inclusive(a: i64, b: i64) -> OpResult<List> {
    check_range(i128::from(b) - i128::from(a) + 1)?;
    Ok(Arc::new((a..=b).map(Value::Int).collect()))
}

fn check_range(len: i128) -> OpResult<()> {
    check_len(usize::try_from(len.max(0)).unwrap_or(usize::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::COLLECTION_MAX;
    use FaultKind::{DivisionByZero, Overflow, TooLarge};

    #[test]
    fn arithmetic() {
        assert_eq!((add(2, 3), sub(2, 3), mul(2, 3), neg(2)), (Ok(5), Ok(-1), Ok(6), Ok(-2)));
        assert_eq!((div(-7, 2), rem(-7, 2), div(7, -2), rem(7, -2)), (Ok(-3), Ok(-1), Ok(-3), Ok(1)));
    }

    #[test]
    fn every_edge_faults() {
        assert_eq!(add(i64::MAX, 1), Err(Overflow));
        assert_eq!(sub(i64::MIN, 1), Err(Overflow));
        assert_eq!(mul(i64::MAX, 2), Err(Overflow));
        assert_eq!(neg(i64::MIN), Err(Overflow));
        assert_eq!((div(1, 0), rem(1, 0)), (Err(DivisionByZero), Err(DivisionByZero)));
        assert_eq!((div(i64::MIN, -1), rem(i64::MIN, -1)), (Err(Overflow), Err(Overflow)));
    }

    #[test]
    fn ranges() {
        let ints =
            |list: OpResult<List>| list.map(|items| items.iter().map(Value::as_int).collect::<Vec<_>>());
        assert_eq!(ints(range(2, 5)), Ok(vec![2, 3, 4]));
        assert_eq!(ints(range(5, 2)), Ok(vec![]));
        assert_eq!(ints(range(i64::MAX, i64::MIN)), Ok(vec![]));
        assert_eq!(ints(range_inclusive(2, 4)), Ok(vec![2, 3, 4]));
        assert_eq!(ints(range_inclusive(i64::MAX, i64::MAX)), Ok(vec![i64::MAX]));
        assert_eq!(range(i64::MIN, i64::MAX), Err(TooLarge));
        assert_eq!(range_inclusive(i64::MIN, i64::MAX), Err(TooLarge));
        assert_eq!(range(0, COLLECTION_MAX as i64).map(|xs| xs.len()), Ok(COLLECTION_MAX));
        assert_eq!(range(0, COLLECTION_MAX as i64 + 1), Err(TooLarge));
    }
}
