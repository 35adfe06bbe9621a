//! What the book shows as printed is what the tool prints.
//!
//! A block `text,printed` belongs to the `sh` block before it, which is run by a shell in a folder that has the
//! repository's programs and the page's: a block `verdi,name=X` is `X.verdi` there. A line `…` stands for lines that
//! are left out. Pictures that a command draws into `charts/` are those of the book.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::Folder;

/// What a page does, from top to bottom.
enum Block {
    Program { name: String, text: String },
    Commands(String),
    Printed(String),
}

fn blocks(page: &str) -> Vec<Block> {
    let mut found = Vec::new();
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        let Some(opening) = line.strip_prefix("```") else { continue };
        let body = lines.by_ref().take_while(|line| *line != "```").map(|line| format!("{line}\n")).collect();
        let mut words = opening.split(',');
        match (words.next(), words.find_map(|word| word.strip_prefix("name="))) {
            (Some("verdi"), Some(name)) => found.push(Block::Program { name: name.to_owned(), text: body }),
            (Some("sh"), _) => found.push(Block::Commands(body)),
            (Some("text"), _) if opening == "text,printed" => found.push(Block::Printed(body)),
            _ => {}
        }
    }
    found
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn pages(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("the book has this folder");
    let mut found = Vec::new();
    for path in entries.map(|entry| entry.expect("it can be read").path()) {
        if path.is_dir() {
            found.extend(pages(&path));
        } else if path.extension().is_some_and(|extension| extension == "md") {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// Runs the commands as a reader would, with this `verdic`. How they end is shown by what they print.
fn printed_by(commands: &str, folder: &Path) -> String {
    let tool = Path::new(env!("CARGO_BIN_EXE_verdic"));
    let places = std::env::var_os("PATH").unwrap_or_default();
    let before = tool.parent().map(Path::to_owned);
    let path = std::env::join_paths(before.into_iter().chain(std::env::split_paths(&places)));
    let output = Command::new("sh")
        .args(["-c", commands])
        .current_dir(folder)
        .env("PATH", path.expect("folders of PATH have no colon"))
        .output()
        .expect("there is a shell");
    String::from_utf8(output.stdout).expect("it prints UTF-8")
}

/// Whether the parts between the lines `…` stand in the output, one after the other.
fn shows(output: &str, block: &str) -> bool {
    let lines: Vec<&str> = output.lines().map(str::trim_end).collect();
    let shown: Vec<&str> = block.lines().map(str::trim_end).collect();
    let mut from = 0;
    shown.split(|line| *line == "…").filter(|part| !part.is_empty()).all(|part| {
        let found = lines[from..].windows(part.len()).position(|window| window == part);
        from += found.map_or(0, |at| at + part.len());
        found.is_some()
    })
}

fn pictures(folder: &Path) -> Vec<(String, String)> {
    let entries = fs::read_dir(folder).expect("there is a folder of pictures");
    let mut found: Vec<_> = entries
        .map(|entry| entry.expect("it can be read"))
        .map(|entry| {
            let picture = fs::read_to_string(entry.path()).expect("a picture is text");
            (entry.file_name().to_string_lossy().into_owned(), picture)
        })
        .collect();
    found.sort();
    found
}

/// Runs what belongs to printed blocks of a page, and tells how many there are and of each that differs.
fn differences(page: &Path, folder: &Path) -> (usize, Vec<String>) {
    let text = fs::read_to_string(page).expect("a page is readable text");
    let (mut count, mut wrong) = (0, Vec::new());
    let (mut commands, mut output) = (String::new(), None);
    for block in blocks(&text) {
        match block {
            Block::Program { name, text } => {
                fs::write(folder.join(format!("{name}.verdi")), text).expect("the folder can be written to");
            }
            Block::Commands(text) => (commands, output) = (text, None),
            Block::Printed(shown) => {
                count += 1;
                let output = output.get_or_insert_with(|| printed_by(&commands, folder));
                if !shows(output, &shown) {
                    wrong
                        .push(format!("{}:\n{commands}\nprints\n\n{output}\nnot\n\n{shown}", page.display()));
                }
            }
        }
    }
    (count, wrong)
}

#[test]
fn what_the_book_shows_as_printed_is() {
    let folder = Folder::new();
    let folder = folder.0.path();
    for name in ["examples", "stdlib", "tests"] {
        std::os::unix::fs::symlink(root().join(name), folder.join(name)).expect("links can be made");
    }
    fs::create_dir(folder.join("charts")).expect("the folder can be written to");
    let (mut count, mut wrong) = (0, Vec::new());
    for page in pages(&root().join("spec/src")) {
        let (printed, differing) = differences(&page, folder);
        count += printed;
        wrong.extend(differing);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(count >= 15, "the book shows {count} outputs that are compared");
    let (drawn, shown) = (pictures(&folder.join("charts")), pictures(&root().join("spec/src/charts")));
    let names = |pictures: &[(String, String)]| -> Vec<String> {
        pictures.iter().map(|(name, _)| name.clone()).collect()
    };
    assert_eq!(names(&drawn), names(&shown), "the pictures that commands draw, and those of the book");
    for ((name, drawn), (_, shown)) in drawn.iter().zip(&shown) {
        assert!(drawn == shown, "charts/{name} is drawn otherwise now:\n{drawn}");
    }
}

#[test]
fn lines_that_are_left_out_keep_the_order() {
    let output = "a\nb \nc\nd\n";
    assert!(shows(output, "a\nb\n") && shows(output, "b\n…\nd\n") && shows(output, "…\nc\nd\n"));
    assert!(!shows(output, "a\nc\n") && !shows(output, "c\n…\na\n") && !shows(output, "b\n…\nb\n"));
}
