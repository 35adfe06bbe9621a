//! Programs, checked with the library's networks in scope.

#![allow(dead_code, reason = "each test file uses its own part")]
#![expect(clippy::expect_used, reason = "what cannot be read fails the tests")]

use std::path::{Path, PathBuf};
use verdi_diagnostics::{Diagnostic, FileId, Files};
use verdi_hir::hir::Program;
use verdi_hir::{Role, Source};

/// The root of the repository.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The `.verdi` files below these folders of the repository, in order.
pub(crate) fn programs(folders: &[&str]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders: Vec<PathBuf> = folders.iter().map(|folder| root().join(folder)).collect();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "verdi") {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// What the parser and the checker make of a text, and the files to show it with.
pub(crate) struct Checked {
    pub(crate) files: Files,
    pub(crate) program: Program,
    pub(crate) diagnostics: Vec<Diagnostic>,
}

/// Checks one text as the only file that is asked for.
pub(crate) fn check_text(text: &str) -> Checked {
    check_texts(&[("main.verdi", text)])
}

/// Checks texts of which the first is asked for; the others are found under their names.
pub(crate) fn check_texts(texts: &[(&str, &str)]) -> Checked {
    let mut files = Files::new();
    let mut paths = programs(&["stdlib/transformers"]);
    paths.insert(0, root().join("stdlib/network.verdi"));
    let library: Vec<FileId> = paths
        .iter()
        .map(|path| {
            let text = std::fs::read_to_string(path).expect("the library is there");
            let name = path.strip_prefix(root()).expect("the library is below the root");
            files.add(name.display().to_string(), text)
        })
        .collect();
    let ids: Vec<FileId> = texts.iter().map(|(name, text)| files.add(*name, *text)).collect();
    let all: Vec<FileId> = library.iter().chain(&ids).copied().collect();
    let mut diagnostics = Vec::new();
    let mut modules = Vec::new();
    for &file in &all {
        let parsed = verdi_syntax::parse(file, files.text(file));
        diagnostics.extend(parsed.diagnostics);
        modules.push(parsed.module);
    }
    let imports: Vec<_> = texts.iter().zip(&ids).map(|((name, _), id)| ((*name).into(), *id)).collect();
    let sources: Vec<Source<'_>> = all
        .iter()
        .zip(&modules)
        .map(|(&file, module)| Source {
            file,
            module,
            text: files.text(file),
            imports: imports.clone(),
            role: if library.contains(&file) { Role::Library } else { Role::User },
            root: Some(&file) == ids.first(),
        })
        .collect();
    let (program, more) = verdi_hir::check(&sources);
    diagnostics.extend(more);
    Checked { files, program, diagnostics }
}
