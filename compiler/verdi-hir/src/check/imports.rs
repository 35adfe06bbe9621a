//! `use`: names that come from other files.

use super::Checker;
use super::suggest::{did_you_mean, listed};
use verdi_diagnostics::{Diagnostic, codes};
use verdi_syntax::ast::{self, UseSource};

const NETWORK_MODULE: &[&str] = &["std", "network"];
const TRANSFORMER_MODULE: &[&str] = &["std", "transformers"];

impl<'a> Checker<'a> {
    /// Brings every imported name into its file's scope.
    pub(super) fn import(&mut self) {
        let uses = std::mem::take(&mut self.work.uses);
        for (module, decl) in uses {
            match &decl.source {
                UseSource::Path(path) => {
                    let segments: Vec<&str> = path.iter().map(|name| name.text.as_str()).collect();
                    match self.imported(module, &segments.join(".")) {
                        Some(from) => decl.names.iter().for_each(|name| self.import_name(module, from, name)),
                        None => self.import_library(path, decl),
                    }
                }
                UseSource::File(path, _) => {
                    // A file that could not be read was reported when it was loaded.
                    if let Some(from) = self.imported(module, path) {
                        decl.names.iter().for_each(|name| self.import_name(module, from, name));
                    }
                }
            }
        }
    }

    /// The module that another uses under this name, where one was loaded for it.
    fn imported(&self, module: usize, written: &str) -> Option<usize> {
        let (_, file) = self.sources[module].imports.iter().find(|(known, _)| known == written)?;
        self.sources.iter().position(|source| source.file == *file)
    }

    fn import_library(&mut self, path: &[ast::Name], decl: &ast::Use) {
        let segments: Vec<&str> = path.iter().map(|name| name.text.as_str()).collect();
        let names: Vec<String> = if segments == NETWORK_MODULE {
            self.library().flat_map(|m| m.networks.keys().map(ToString::to_string)).collect()
        } else if segments == TRANSFORMER_MODULE {
            self.library().flat_map(|m| m.transformers.keys().map(ToString::to_string)).collect()
        } else {
            let span = path.first().zip(path.last()).map_or(decl.span, |(a, b)| a.span.to(b.span));
            let written = segments.join(".");
            let error = Diagnostic::error(codes::V0209, span, format!("there is no module `{written}`"))
                .note("the library's modules are `std.network`, `std.machines` and `std.transformers`; a file is named in quotes: `use \"other.verdi\".{A}`");
            self.report(did_you_mean(
                error,
                span,
                &written,
                ["std.network", "std.machines", "std.transformers"],
            ));
            return;
        };
        for name in &decl.names {
            if !names.iter().any(|known| *known == name.text.as_str()) {
                let message = format!("`{}` has no `{}`", segments.join("."), name.text);
                let error = Diagnostic::error(codes::V0209, name.span, message)
                    .note(format!("it has {}", listed(names.iter().map(String::as_str))));
                self.report(did_you_mean(error, name.span, &name.text, names.iter().map(String::as_str)));
            }
        }
    }

    fn import_name(&mut self, module: usize, from: usize, name: &ast::Name) {
        let key = &name.text;
        let known = self.declared_span(module, key);
        let source = &self.modules[from];
        let (ty, function) = (source.types.get(key).copied(), source.fns.get(key).copied());
        let (system, network) = (source.systems.get(key).copied(), source.networks.get(key).copied());
        let transformer = source.transformers.get(key).copied();
        if ty.is_none()
            && function.is_none()
            && system.is_none()
            && network.is_none()
            && transformer.is_none()
        {
            let names: Vec<String> = self.exported(from);
            let error = Diagnostic::error(codes::V0209, name.span, format!("that file declares no `{key}`"));
            self.report(did_you_mean(error, name.span, key, names.iter().map(String::as_str)));
            return;
        }
        if from != module && !self.is_new(known, name, "name") {
            return;
        }
        let scope = &mut self.modules[module];
        ty.map(|ty| scope.types.insert(key.clone(), ty));
        function.map(|id| scope.fns.insert(key.clone(), id));
        system.map(|id| scope.systems.insert(key.clone(), id));
        network.map(|id| scope.networks.insert(key.clone(), id));
        transformer.map(|id| scope.transformers.insert(key.clone(), id));
    }

    fn exported(&self, module: usize) -> Vec<String> {
        let scope = &self.modules[module];
        let types = scope.types.keys().chain(scope.fns.keys()).chain(scope.systems.keys());
        types.chain(scope.networks.keys()).chain(scope.transformers.keys()).map(ToString::to_string).collect()
    }

    fn declared_span(&self, module: usize, key: &str) -> Option<verdi_diagnostics::Span> {
        let scope = &self.modules[module];
        let ty = scope.types.get(key).map(|name| self.type_name_span(*name));
        let function = || scope.fns.get(key).map(|id| self.program.fns[*id].span);
        let system = || scope.systems.get(key).map(|id| self.program.systems[*id].span);
        let network = || scope.networks.get(key).map(|id| self.program.networks[*id].span);
        let transformer = || scope.transformers.get(key).map(|id| self.program.transformers[*id].span);
        ty.or_else(function).or_else(system).or_else(network).or_else(transformer)
    }
}
