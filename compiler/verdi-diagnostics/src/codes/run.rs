//! Codes of what stops a run.

use super::codes;

codes! {
    V0701 "not run by this version" "The program is accepted, but this version of the checker does not run the feature yet.";
}
