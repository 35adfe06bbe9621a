//! From syntax to [`hir`]: names, types, effects, ghost state.
//!
//! Three passes. [`collect`] gives every declaration an id, so that order does not matter; [`signatures`]
//! resolves the types they state; then each body is checked on its own ([`body`]). Every error is reported
//! once: what could not be resolved becomes [`hir::Ty::Error`], which fits everything.

mod alias;
mod args;
mod body;
mod call;
mod checks;
mod collect;
mod collections;
mod cond;
mod ctor;
mod effects;
mod enumerable;
mod expr;
mod fields;
mod flow;
mod handlers;
mod holes;
mod imports;
mod infer;
mod lints;
mod method;
mod names;
mod network;
mod node;
mod operators;
mod pattern;
mod place;
mod property;
mod recursion;
mod scope;
mod signatures;
mod stmt;
mod subject;
mod suggest;
mod tests;
mod transformer;
mod types;
mod usefulness;

use crate::hir::{self, Program};
use indexmap::IndexMap;
use scope::{Aliases, ModuleScope, Owner, OwnerScope, Used};
use smol_str::SmolStr;
use verdi_diagnostics::{Diagnostic, FileId};
use verdi_syntax::ast;

/// A loaded file.
pub struct Source<'a> {
    /// Its id.
    pub file: FileId,
    /// Its tree.
    pub module: &'a ast::Module,
    /// Its text.
    pub text: &'a str,
    /// For each `use "path"` in it: the path as written, and the file that was loaded for it.
    pub imports: Vec<(SmolStr, FileId)>,
    /// Where it comes from.
    pub role: Role,
    /// Whether its checks and tests are asked for. The lints are for these files alone.
    pub root: bool,
}

/// Where a [`Source`] comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// The library: its names are in scope everywhere.
    Library,
    /// A user's file.
    User,
}

/// Resolves and types all files of a session. Diagnostics are in the order people read in; the program may
/// be lowered if none of them is an error.
pub fn check(sources: &[Source<'_>]) -> (Program, Vec<Diagnostic>) {
    let mut checker = Checker::new(sources);
    checker.collect();
    checker.import();
    checker.resolve_aliases();
    checker.signatures();
    checker.index_constructors();
    checker.networks();
    checker.bodies();
    checker.apply_transformers();
    checker.checks_and_tests();
    checker.recursion();
    checker.lints();
    let mut diagnostics = checker.diagnostics;
    holes::forgive(sources, &mut diagnostics);
    verdi_diagnostics::sort(&mut diagnostics);
    (checker.program, diagnostics)
}

/// Resolves the steps of a script that is run on `subject` under `network`, both of `program`.
pub fn check_steps(
    program: &Program,
    subject: &hir::Subject,
    network: Option<hir::NetworkId>,
    steps: &[ast::TestStep],
) -> (Vec<hir::TestStep>, Vec<Diagnostic>) {
    let mut checker = Checker::of_program(program.clone());
    let steps = checker.script(subject, network, steps);
    let mut diagnostics = checker.diagnostics;
    verdi_diagnostics::sort(&mut diagnostics);
    (steps, diagnostics)
}

/// Everything known so far.
struct Checker<'a> {
    sources: &'a [Source<'a>],
    program: Program,
    diagnostics: Vec<Diagnostic>,
    modules: Vec<ModuleScope>,
    owners: IndexMap<Owner, OwnerScope>,
    aliases: Aliases<'a>,
    work: collect::Work<'a>,
    used: Used,
    effects: effects::Summaries,
    /// Transformers and what they are applied to, as they were met.
    applications: Vec<(hir::TransformerId, hir::Subject, verdi_diagnostics::Span)>,
    /// Applications that were refused.
    refused: Vec<(hir::TransformerId, hir::SystemId)>,
    /// Whose messages and inputs the patterns at hand are of.
    judging: Owner,
}

impl<'a> Checker<'a> {
    fn new(sources: &'a [Source<'a>]) -> Self {
        let mut checker = Self {
            sources,
            program: Program::default(),
            diagnostics: Vec::new(),
            modules: Vec::new(),
            owners: IndexMap::new(),
            aliases: Aliases::default(),
            work: collect::Work::default(),
            used: Used::default(),
            effects: effects::Summaries::default(),
            applications: Vec::new(),
            refused: Vec::new(),
            judging: Owner::Module,
        };
        checker.declare_builtins();
        checker
    }

    fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }
}
