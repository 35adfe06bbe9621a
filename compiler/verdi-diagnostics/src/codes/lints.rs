//! Codes of warnings about likely mistakes.

use super::codes;

codes! {
    V0601 "unused name" "Nothing reads this name. Remove it, or begin it with an underscore.";
}
