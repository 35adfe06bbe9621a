//! Codes of files and the command line.

use super::codes;

codes! {
    V0801 "cannot read file" r#"
The file could not be read. What the operating system says stands beside it: the usual causes are a
mistyped path, a directory in place of a file, or missing permissions. A `use "path/to/other.verdi".{X}`
is relative to the directory of the file it stands in.
"#;
    V0802 "not UTF-8" r#"
Source files are text in UTF-8, and this one holds bytes that are not. It may be a binary file, or text in
another encoding: save it as UTF-8.
"#;
    V0803 "file too large" r#"
Source files may be at most 64 MiB. A file of that size is most likely not a program: check the path.
"#;
    V0804 "files use one another in a circle" r#"
A file may not use names of a file that uses, directly or through others, names of it. Move what both need
to a third file:

```
use "types.verdi".{Entry}
```
"#;
    V0805 "no check of that name" r#"
`--check TEXT` runs the checks whose name contains the text (capitals and small letters are the same).
None does: the names that there are stand in the message.
"#;
    V0806 "no such network" r#"
`--under NAME` runs checks under another network than they say. The networks are those of the library,
`sync async flaky busy crash`, and those that the file declares or uses.
"#;
}
