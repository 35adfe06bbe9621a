//! What the README shows is what the tool prints.

use crate::{Folder, verdic};

/// The fenced blocks of a language.
fn blocks(markdown: &str, language: &str) -> Vec<String> {
    let opening = format!("```{language}\n");
    let bodies = markdown.split(&opening).skip(1).filter_map(|rest| rest.split("```").next());
    bodies.map(str::to_owned).collect()
}

#[test]
fn the_readmes_example_prints_what_the_readme_shows() {
    let readme = concat!(env!("CARGO_MANIFEST_DIR"), "/../../README.md");
    let readme = std::fs::read_to_string(readme).expect("there is a README");
    let folder = Folder::new();
    let program = blocks(&readme, "verdi");
    let file = folder.file("lock.verdi", program.first().expect("the README has a program"));
    let checked = verdic(&["check", &file]);
    assert_eq!(checked.code, 1, "{}{}", checked.out, checked.err);
    let ladder = verdic(&["check", &file, "--ladder"]);
    let printed = (checked.out + &ladder.out).replace(&file, "lock.verdi");
    let shown = blocks(&readme, "text");
    assert_eq!(shown.len(), 2, "the README shows a run and a ladder");
    for line in shown.iter().flat_map(|block| block.lines()) {
        assert!(
            printed.lines().any(|other| other.trim_end() == line.trim_end()),
            "not printed: {line}\n{printed}"
        );
    }
}
