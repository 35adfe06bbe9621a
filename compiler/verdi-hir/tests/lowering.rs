//! Every program of the examples and the suite lowers to Core that the verifier accepts.

#![expect(clippy::expect_used, reason = "what is not as expected fails the test")]

use std::path::{Path, PathBuf};
use verdi_core::{FaultKind, FuncId, Program, Span, Value, verify};
use verdi_diagnostics::{Diagnostic, Files};
use verdi_hir::lower::{Options, lower_check, lower_test};
use verdi_hir::{Role, Source, check};
use verdi_interp::Interp;
use verdi_machine::{Engine, Env};

struct NoEnv;
impl Env for NoEnv {}

fn evaluate(program: &Program, func: FuncId) -> Result<Value, (FaultKind, Span, smol_str::SmolStr)> {
    match Interp::new(program.clone()).call(func, &[], &mut NoEnv) {
        Ok(value) => Ok(value.expect("a constant has a value")),
        Err(fault) => Err((fault.kind, fault.span, fault.detail)),
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn programs() -> Vec<PathBuf> {
    in_folders(&["examples", "tests/suite/lang", "tests/suite/net", "tests/suite/peers"])
}

fn in_folders(folders: &[&str]) -> Vec<PathBuf> {
    let mut paths: Vec<_> = folders
        .iter()
        .flat_map(|folder| std::fs::read_dir(root().join(folder)).expect("a folder of programs"))
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "verdi"))
        .collect();
    paths.sort();
    paths
}

/// A file, the library, and what the file imports.
struct Loaded {
    files: Files,
    parsed: Vec<(verdi_diagnostics::FileId, verdi_syntax::ast::Module, PathBuf, Role)>,
    diagnostics: Vec<Diagnostic>,
}

impl Loaded {
    fn new(path: &Path) -> Self {
        let mut loaded = Self { files: Files::new(), parsed: Vec::new(), diagnostics: Vec::new() };
        loaded.load(path, Role::User);
        loaded.load(&root().join("stdlib/network.verdi"), Role::Library);
        for path in in_folders(&["stdlib/transformers"]) {
            loaded.load(&path, Role::Library);
        }
        loaded
    }

    fn load(&mut self, path: &Path, role: Role) {
        let text =
            std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let file = self.files.add(path.display().to_string(), text.as_str());
        let parse = verdi_syntax::parse(file, &text);
        self.diagnostics.extend(parse.diagnostics);
        let imports = imported(&parse.module, path);
        self.parsed.push((file, parse.module, path.to_owned(), role));
        for (_, import) in imports {
            if !self.parsed.iter().any(|(_, _, known, _)| *known == import) {
                self.load(&import, Role::User);
            }
        }
    }

    fn check(&mut self) -> verdi_hir::hir::Program {
        let sources: Vec<_> = self
            .parsed
            .iter()
            .enumerate()
            .map(|(index, (file, module, path, role))| Source {
                file: *file,
                module,
                text: self.files.text(*file),
                imports: imported(module, path)
                    .into_iter()
                    .map(|(written, path)| {
                        let known = self.parsed.iter().find(|(_, _, known, _)| *known == path);
                        (written, known.expect("every import was loaded").0)
                    })
                    .collect(),
                role: *role,
                root: index == 0,
            })
            .collect();
        let (program, diagnostics) = check(&sources);
        self.diagnostics.extend(diagnostics);
        program
    }
}

fn imported(module: &verdi_syntax::ast::Module, path: &Path) -> Vec<(smol_str::SmolStr, PathBuf)> {
    let folder = path.parent().expect("a file is in a folder");
    module
        .items
        .iter()
        .filter_map(|item| match item {
            verdi_syntax::ast::Item::Use(item) => match &item.source {
                verdi_syntax::ast::UseSource::File(written, _) => {
                    Some((written.clone(), folder.join(written.as_str())))
                }
                verdi_syntax::ast::UseSource::Path(_) => None,
            },
            _ => None,
        })
        .collect()
}

fn report(files: &Files, diagnostics: &[Diagnostic]) -> String {
    verdi_diagnostics::render::human(files, diagnostics, false)
}

#[test]
fn every_program_lowers_to_verified_core() {
    let mut wrong = String::new();
    let mut lowered = 0;
    for path in programs() {
        let mut loaded = Loaded::new(&path);
        let program = loaded.check();
        if loaded.diagnostics.iter().any(Diagnostic::is_error) {
            wrong += &report(&loaded.files, &loaded.diagnostics);
            continue;
        }
        for item in &program.checks {
            match lower_check(&program, item, &Options::default(), &evaluate) {
                Ok(core) => lowered += verified(&path, &item.title, core.program.as_ref(), &mut wrong),
                Err(diagnostics) => wrong += &report(&loaded.files, &diagnostics),
            }
        }
        for item in &program.tests {
            match lower_test(&program, item, &evaluate) {
                Ok(core) => lowered += verified(&path, &item.title, core.program.as_ref(), &mut wrong),
                Err(diagnostics) => wrong += &report(&loaded.files, &diagnostics),
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    assert!(lowered > 100, "only {lowered} checks and tests were found");
}

fn verified(path: &Path, title: &str, program: Option<&Program>, wrong: &mut String) -> usize {
    let Some(program) = program else { return 0 };
    if let Err(errors) = verify(program) {
        *wrong += &format!("{}: {title}\n{program}\n{errors:#?}\n", path.display());
    }
    1
}
