//! The code blocks of the book, as `spec/README.md` says how they are run.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::{root, shown};

/// A block, ready to be run.
#[derive(Debug)]
pub struct Block {
    /// The file and line it is from.
    pub place: String,
    /// A whole program.
    pub text: String,
    /// The exit code of a check.
    pub exit: u8,
    /// A diagnostic's code that must be among those reported.
    pub code: Option<String>,
}

/// What stands after the opening of a block.
#[derive(Default)]
struct Opening {
    exit: u8,
    code: Option<String>,
    fragment: Option<String>,
    name: Option<String>,
    with: Option<String>,
}

/// All blocks of the book, chapter by chapter.
///
/// # Panics
/// Where an opening says what `spec/README.md` does not know.
pub fn blocks() -> Vec<Block> {
    let mut found = Vec::new();
    for chapter in chapters() {
        let text = fs::read_to_string(&chapter).expect("a chapter is readable text");
        found.extend(blocks_of(&chapter, &text));
    }
    found
}

fn chapters() -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![root().join("spec/src"), root().join("spec/decisions")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "md") {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

fn blocks_of(chapter: &Path, markdown: &str) -> Vec<Block> {
    let mut named: BTreeMap<String, String> = BTreeMap::new();
    let mut found = Vec::new();
    for (line, opening, body) in fences(markdown) {
        let place = format!("{}:{line}", shown(chapter));
        let opening = Opening::read(&opening, &place);
        let before = opening.with.as_ref().map(|name| {
            named.get(name).unwrap_or_else(|| panic!("{place}: no block before this one is named {name}"))
        });
        let text = [before.map_or("", String::as_str), &body].concat();
        if let Some(name) = &opening.name {
            assert!(named.insert(name.clone(), text.clone()).is_none(), "{place}: the name {name} is taken");
        }
        let text = match &opening.fragment {
            Some(kind) => put_into_fragment(kind, &text, &place),
            None => text,
        };
        found.push(Block { place, text, exit: opening.exit, code: opening.code });
    }
    found
}

/// The fenced blocks of Verdi: line, what follows `verdi`, and the body, without the fence's indentation.
fn fences(markdown: &str) -> Vec<(usize, String, String)> {
    let mut found: Vec<(usize, String, String)> = Vec::new();
    let mut lines = markdown.lines().enumerate();
    while let Some((number, line)) = lines.next() {
        let indent = line.len() - line.trim_start().len();
        let Some(opening) = line.trim_start().strip_prefix("```") else { continue };
        let mut body = String::new();
        for (_, line) in lines.by_ref().take_while(|(_, line)| line.trim() != "```") {
            body.push_str(line.get(indent..).unwrap_or(""));
            body.push('\n');
        }
        if let Some(options) = opening.strip_prefix("verdi") {
            found.push((number + 1, options.to_owned(), body));
        }
    }
    found
}

impl Opening {
    fn read(options: &str, place: &str) -> Self {
        let mut opening = Self::default();
        for option in options.split(',').skip(1) {
            match option.trim().split_once('=') {
                None if option == "violates" => opening.exit = 1,
                None if option == "fails" => opening.exit = 2,
                Some(("warns", code)) => opening.code = Some(code.to_owned()),
                Some(("fails", code)) => (opening.exit, opening.code) = (2, Some(code.to_owned())),
                Some(("fragment", kind)) => opening.fragment = Some(kind.to_owned()),
                Some(("name", name)) => opening.name = Some(name.to_owned()),
                Some(("with", name)) => opening.with = Some(name.to_owned()),
                _ => panic!("{place}: `{option}` says nothing about a block"),
            }
        }
        opening
    }
}

fn put_into_fragment(kind: &str, text: &str, place: &str) -> String {
    let path = root().join(format!("spec/fragments/{kind}.verdi"));
    let frame = fs::read_to_string(&path).unwrap_or_else(|_| panic!("{place}: there is no fragment {kind}"));
    let (above, below) = frame.split_once("// HERE\n").expect("a fragment has a line `// HERE`");
    let inside: String = match kind {
        "expr" => text.lines().map(expectation).collect(),
        _ => text.to_owned(),
    };
    [above, &inside, below].concat()
}

fn expectation(line: &str) -> String {
    let code = line.trim();
    let word = if code.is_empty() || code.starts_with("//") { "" } else { "expect " };
    format!("{word}{code}\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_may_stand_on_another() {
        let markdown =
            "```verdi,name=a\nx\n```\n- item\n  ```verdi,with=a,fails=V0301\n  y\n  ```\n```sh\nz\n```\n";
        let found = blocks_of(Path::new("a.md"), markdown);
        assert_eq!(found.len(), 2);
        assert_eq!((found[0].text.as_str(), found[0].exit), ("x\n", 0));
        assert_eq!((found[1].text.as_str(), found[1].exit), ("x\ny\n", 2));
        assert_eq!(found[1].code.as_deref(), Some("V0301"));
    }

    #[test]
    fn each_line_of_expressions_is_expected() {
        assert_eq!(expectation("1 < 2"), "expect 1 < 2\n");
        assert_eq!(expectation("// why"), "// why\n");
    }
}
