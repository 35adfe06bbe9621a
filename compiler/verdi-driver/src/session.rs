//! Loads files and runs the phases over them up to the checked program.

use crate::fs::{FileSystem, Memory};
use crate::stdlib::{self, Seen};
use smol_str::SmolStr;
use std::path::{Path, PathBuf};
use verdi_diagnostics::{Diagnostic, FileId, Files, Span, codes};
use verdi_hir::{Role, Source, hir};
use verdi_syntax::ast::{Item, Module, Name, UseSource};

/// The most files of one session.
const FILES_MAX: usize = 1000;

/// Files, their trees, the program they make, and what is to be said about them.
pub struct Session {
    /// All texts, the library's first.
    pub files: Files,
    /// What is wrong with them, in the order people read in.
    pub diagnostics: Vec<Diagnostic>,
    /// What they mean; to be lowered only if no diagnostic is an error.
    pub program: hir::Program,
    /// The files that were asked for.
    pub roots: Vec<FileId>,
    units: Vec<Unit>,
}

/// A loaded file.
struct Unit {
    file: FileId,
    /// Its one name; `None` for the library's.
    path: Option<PathBuf>,
    module: Module,
    imports: Vec<(SmolStr, FileId)>,
    root: bool,
}

impl Session {
    /// Loads files, what they use, and the library, and checks them.
    pub fn load(fs: &dyn FileSystem, paths: &[PathBuf]) -> Self {
        Self::load_with(fs, paths, &[])
    }

    /// The same, and modules of the library that these names need, though no file may use them.
    pub fn load_with(fs: &dyn FileSystem, paths: &[PathBuf], needed: &[&str]) -> Self {
        let mut session = Self {
            files: Files::new(),
            diagnostics: Vec::new(),
            program: hir::Program::default(),
            roots: Vec::new(),
            units: Vec::new(),
        };
        let library: Vec<_> =
            stdlib::in_scope().map(|module| (module, session.files.add(module.path, module.text))).collect();
        for path in paths {
            if let Some(file) = session.open(fs, path, None, true) {
                session.roots.push(file);
            }
        }
        session.follow_uses(fs);
        session.open_in_scope(&library, needed);
        session.analyse();
        session
    }

    /// Whether anything stops later phases.
    pub fn has_errors(&self) -> bool {
        self.diagnostics.iter().any(Diagnostic::is_error)
    }

    /// The tree of a file.
    pub fn module(&self, file: FileId) -> Option<&Module> {
        self.units.iter().find(|unit| unit.file == file).map(|unit| &unit.module)
    }

    /// The path of a file as it was given, for commands that repeat a run.
    pub fn file_of(&self, span: Span) -> &str {
        self.files.name(span.file)
    }

    /// Opens a file, unless it is open already. `used_at` is the `use` that asks for it.
    fn open(
        &mut self,
        fs: &dyn FileSystem,
        path: &Path,
        used_at: Option<Span>,
        root: bool,
    ) -> Option<FileId> {
        let canonical = fs.canonical(path);
        if let Some(unit) = self.units.iter_mut().find(|unit| unit.path.as_ref() == Some(&canonical)) {
            unit.root |= root;
            return Some(unit.file);
        }
        let name = path.display().to_string();
        let read = if self.units.len() < FILES_MAX { fs.read(path) } else { Err(too_many()) };
        let bytes = match read {
            Ok(bytes) => bytes,
            Err(error) => {
                let span = used_at.unwrap_or_else(|| Span::new(self.files.add(&*name, ""), 0, 0));
                let message = format!("cannot read `{name}`");
                self.diagnostics.push(Diagnostic::error(codes::V0801, span, message).label(reason(&error)));
                return None;
            }
        };
        let file = FileId(self.files.ids().count() as u32);
        let text = match verdi_syntax::decode(file, &bytes) {
            Ok(text) => text,
            Err(diagnostic) => {
                self.files.add(&*name, "");
                self.diagnostics.push(*diagnostic);
                return None;
            }
        };
        self.files.add(&*name, text);
        self.parse(file, Some(canonical), root);
        Some(file)
    }

    fn parse(&mut self, file: FileId, path: Option<PathBuf>, root: bool) {
        let parsed = verdi_syntax::parse(file, self.files.text(file));
        self.diagnostics.extend(parsed.diagnostics);
        self.units.push(Unit { file, path, module: parsed.module, imports: Vec::new(), root });
    }

    /// Opens what the open files use, and what those use. A file that is used twice, or uses itself through
    /// others, is there once.
    fn follow_uses(&mut self, fs: &dyn FileSystem) {
        let mut next = 0;
        while next < self.units.len() {
            let unit = &self.units[next];
            let directory =
                Path::new(self.files.name(unit.file)).parent().unwrap_or(Path::new("")).to_owned();
            let uses: Vec<(UseSource, Span)> = unit
                .module
                .items
                .iter()
                .filter_map(|item| match item {
                    Item::Use(item) => Some((item.source.clone(), item.span)),
                    _ => None,
                })
                .collect();
            for (source, used_at) in uses {
                let opened = match source {
                    UseSource::File(path, span) => {
                        let file = self.open(fs, &directory.join(path.as_str()), Some(span), false);
                        file.map(|file| (path, file))
                    }
                    UseSource::Path(path) => self.open_library(&path, used_at),
                };
                self.units[next].imports.extend(opened);
            }
            next += 1;
        }
    }

    /// Opens the modules of the library that have one of these names, or one that occurs in what was opened.
    fn open_in_scope(&mut self, library: &[(&'static stdlib::LibraryModule, FileId)], names: &[&str]) {
        let found = self.units.iter().flat_map(|unit| verdi_syntax::names(self.files.text(unit.file)));
        let names = found.chain(names.iter().copied()).collect();
        let needed: Vec<FileId> = library
            .iter()
            .filter(|(module, _)| stdlib::is_needed(module, &names))
            .map(|(_, file)| *file)
            .collect();
        let opened = std::mem::take(&mut self.units);
        needed.into_iter().for_each(|file| self.parse(file, None, false));
        self.units.extend(opened);
    }

    /// Opens a module of the library, unless it is open already, or there from the beginning.
    fn open_library(&mut self, path: &[Name], used_at: Span) -> Option<(SmolStr, FileId)> {
        let segments: Vec<&str> = path.iter().map(|name| name.text.as_str()).collect();
        let written = segments.join(".");
        let module =
            stdlib::find(&written).filter(|module| module.name == written && module.seen == Seen::Nowhere)?;
        let place = PathBuf::from(module.path);
        let known = self.units.iter().find(|unit| unit.path.as_ref() == Some(&place)).map(|unit| unit.file);
        let file = known.or_else(|| {
            let memory = Memory::new().with(module.path, module.text);
            self.open(&memory, &place, Some(used_at), false)
        });
        file.map(|file| (written.into(), file))
    }

    fn analyse(&mut self) {
        let sources: Vec<Source<'_>> = self
            .units
            .iter()
            .map(|unit| Source {
                file: unit.file,
                module: &unit.module,
                text: self.files.text(unit.file),
                imports: unit.imports.clone(),
                role: if unit.path.is_some() { Role::User } else { Role::Library },
                root: unit.root,
            })
            .collect();
        let (program, diagnostics) = verdi_hir::check(&sources);
        self.program = program;
        // What could not be parsed may hold the uses that a warning misses.
        let parsed = !self.has_errors();
        self.diagnostics.extend(diagnostics.into_iter().filter(|diagnostic| parsed || diagnostic.is_error()));
        verdi_diagnostics::sort(&mut self.diagnostics);
    }
}

fn too_many() -> std::io::Error {
    std::io::Error::other(format!("more than {FILES_MAX} files are used"))
}

/// What the operating system says, in lower case as all our messages.
fn reason(error: &std::io::Error) -> String {
    use std::io::ErrorKind;
    match error.kind() {
        ErrorKind::NotFound => "there is no such file".to_owned(),
        ErrorKind::PermissionDenied => "permission denied".to_owned(),
        ErrorKind::IsADirectory => "it is a directory".to_owned(),
        _ => error.to_string(),
    }
}
