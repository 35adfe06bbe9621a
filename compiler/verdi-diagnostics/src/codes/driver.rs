//! Codes of files and the command line.

use super::codes;

codes! {
    V0801 "cannot read file" r#"
The file could not be read. What the operating system says stands beside it: the usual causes are a
mistyped path, a directory in place of a file, or missing permissions. A `use "path/to/other.verdi".{X}`
is relative to the directory of the file it stands in.
"#;
}
