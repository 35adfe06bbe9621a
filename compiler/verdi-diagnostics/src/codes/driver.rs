//! Codes of files and the command line.

use super::codes;

codes! {
    V0801 "cannot read file" r#"
The file could not be read. What the operating system says stands beside it: the usual causes are a
mistyped path, a directory in place of a file, or missing permissions. A `use "path/to/other.verdi".{X}`
is relative to the directory of the file it stands in.
"#;
    V0802 "no check of that name" r#"
`--check TEXT` runs the checks whose name contains the text (capitals and small letters are the same).
None does: the names that there are stand in the message.
"#;
    V0803 "no such network" r#"
`--under NAME` runs checks under another network than they say. The networks are those of the library,
`sync async flaky busy crash`, and those that the file declares or uses.
"#;
}
