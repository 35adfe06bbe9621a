//! Codes of effects, ghost state and what a handler may do.

use super::codes;

codes! {
    V0401 "a pure function has an effect" "A `fn` only computes a value: it cannot send, output, or change state. Use a `proc`.";
}
