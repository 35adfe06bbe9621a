//! Codes of files and the command line.

use super::codes;

codes! {
    V0801 "cannot read file" "The file could not be read: the message of the operating system stands beside it.";
}
