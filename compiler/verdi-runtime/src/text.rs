//! Strings.

use crate::{OpResult, check_len};
use std::sync::Arc;

/// The number of characters (Unicode scalar values).
pub fn len(text: &str) -> i64 {
    text.chars().count() as i64
}

/// Whether there is no character.
pub fn is_empty(text: &str) -> bool {
    text.is_empty()
}

/// Both, one after the other.
///
/// # Errors
/// `TooLarge`.
pub fn concat(a: &str, b: &str) -> OpResult<Arc<str>> {
    check_len(a.len().saturating_add(b.len()))?;
    Ok([a, b].concat().into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{COLLECTION_MAX, FaultKind};

    #[test]
    fn text() {
        assert_eq!((len("häß"), len("")), (3, 0));
        assert!(is_empty("") && !is_empty("a"));
        assert_eq!(concat("ab", "ç").as_deref(), Ok("abç"));
        let half = "x".repeat(COLLECTION_MAX / 2);
        assert_eq!(concat(&half, &half).map(|s| s.len()), Ok(COLLECTION_MAX));
        assert_eq!(concat(&half, &format!("{half}y")), Err(FaultKind::TooLarge));
    }
}
