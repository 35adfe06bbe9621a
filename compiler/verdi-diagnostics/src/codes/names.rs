//! Codes of name resolution.

use super::codes;

codes! {
    V0201 "unknown name" "Nothing of this name is in scope here. Names of types, nodes, constructors and systems start with a capital, all others do not.";
}
