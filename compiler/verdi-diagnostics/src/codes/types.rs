//! Codes of the type checker.

use super::codes;

codes! {
    V0301 "mismatched types" "An expression has one type and its place wants another.";
}
