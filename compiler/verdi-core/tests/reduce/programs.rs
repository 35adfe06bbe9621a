//! Programs of the repository and of tests, as closed models.

use std::path::{Path, PathBuf};
use verdi_core::{FaultKind, FuncId, Program, Span, Value};
use verdi_diagnostics::{Diagnostic, FileId, Files};
use verdi_hir::lower::{ExtraBound, Options, lower_check};
use verdi_hir::{Role, Source};
use verdi_interp::Interp;
use verdi_machine::{Engine, Env};

/// A check as a model.
pub(crate) struct Case {
    pub(crate) title: String,
    pub(crate) program: Program,
    /// To show what spans are about.
    pub(crate) files: std::rc::Rc<Files>,
}

impl Case {
    /// The text that a span is about.
    pub(crate) fn text(&self, span: Span) -> &str {
        &self.files.text(span.file)[span.start as usize..span.end as usize]
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The checks of every program of the examples and the suite that needs no other file.
pub(crate) fn repository() -> Vec<Case> {
    let folders = ["examples", "tests/suite/lang", "tests/suite/net", "tests/suite/peers"];
    let entries = folders.iter().flat_map(|folder| std::fs::read_dir(root().join(folder)).expect("a folder"));
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    paths.retain(|path| path.extension().is_some_and(|ending| ending == "verdi"));
    paths.sort();
    let mut cases = Vec::new();
    for path in paths {
        let text = std::fs::read_to_string(&path).expect("a program is text");
        if !text.lines().any(|line| line.starts_with("use ")) {
            let name = path.file_stem().map(|stem| stem.to_string_lossy()).unwrap_or_default();
            cases.extend(checks(&name, &text).expect("a program of the repository is right"));
        }
    }
    cases
}

/// The one check of a text.
pub(crate) fn one(text: &str) -> Case {
    let mut cases = checks("text", text).unwrap_or_else(|errors| panic!("{errors:?}"));
    assert_eq!(cases.len(), 1, "the text has one check");
    cases.remove(0)
}

/// The checks of a text, or what is wrong with it.
pub(crate) fn checks(name: &str, text: &str) -> Result<Vec<Case>, Vec<Diagnostic>> {
    checks_with(name, text, "", &Options::default())
}

/// The checks of an example that run under a network of the library, without their own bounds on its faults.
pub(crate) fn example(name: &str, network: &str, bounds: &[(&str, u64)]) -> Vec<Case> {
    let text = std::fs::read_to_string(root().join(format!("examples/{name}.verdi"))).expect("an example");
    let own = |line: &&str| {
        !["drop", "duplicate"].iter().any(|rule| line.trim().starts_with(&format!("bound {rule} ")))
    };
    let text = text.lines().filter(own).collect::<Vec<_>>().join("\n");
    let bounds = bounds.iter().map(|(rule, limit)| ExtraBound {
        rule: (*rule).into(),
        limit: *limit,
        per_node: false,
    });
    let options = Options { bounds: bounds.collect(), ..Options::default() };
    checks_with(name, &text, network, &options).unwrap_or_else(|errors| panic!("{errors:?}"))
}

/// The files of the library that are in scope everywhere.
fn library() -> Vec<PathBuf> {
    let transformers = std::fs::read_dir(root().join("stdlib/transformers")).expect("a folder");
    let mut paths: Vec<PathBuf> = transformers.map(|entry| entry.expect("an entry").path()).collect();
    paths.push(root().join("stdlib/network.verdi"));
    paths.sort();
    paths
}

fn checks_with(
    name: &str,
    text: &str,
    network: &str,
    options: &Options,
) -> Result<Vec<Case>, Vec<Diagnostic>> {
    let mut files = Files::new();
    let mut ids = vec![files.add(name, text)];
    for library in library() {
        let text = std::fs::read_to_string(&library).expect("the library is there");
        ids.push(files.add(library.display().to_string(), text));
    }
    let parsed: Vec<_> = ids.iter().map(|file| verdi_syntax::parse(*file, files.text(*file))).collect();
    let sources: Vec<Source<'_>> = ids
        .iter()
        .zip(&parsed)
        .enumerate()
        .map(|(at, (file, parsed))| Source {
            file: *file,
            module: &parsed.module,
            text: files.text(*file),
            imports: Vec::<(_, FileId)>::new(),
            role: if at == 0 { Role::User } else { Role::Library },
            root: at == 0,
        })
        .collect();
    let (program, more) = verdi_hir::check(&sources);
    let all = parsed.iter().flat_map(|parsed| &parsed.diagnostics).chain(&more);
    let errors: Vec<_> = all.filter(|diagnostic| diagnostic.is_error()).cloned().collect();
    if !errors.is_empty() {
        return Err(errors);
    }
    let mut found = Vec::new();
    let network = program.networks.iter().find(|(_, known)| known.name == network).map(|(id, _)| id);
    let options = Options { network, ..options.clone() };
    for check in &program.checks {
        let lowered = lower_check(&program, check, &options, &evaluate)?;
        found.extend(lowered.program.map(|program| (format!("{name}: {}", check.title), program)));
    }
    let files = std::rc::Rc::new(files);
    Ok(found.into_iter().map(|(title, program)| Case { title, program, files: files.clone() }).collect())
}

fn evaluate(program: &Program, func: FuncId) -> Result<Value, (FaultKind, Span, smol_str::SmolStr)> {
    struct Nothing;
    impl Env for Nothing {}
    match Interp::new(program.clone()).call(func, &[], &mut Nothing) {
        Ok(value) => Ok(value.expect("a constant has a value")),
        Err(fault) => Err((fault.kind, fault.span, fault.detail)),
    }
}
