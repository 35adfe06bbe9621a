//! Codes of checks, networks and tests.

use super::codes;

codes! {
    V0501 "unknown property" "A check names a property that its system does not declare.";
}
