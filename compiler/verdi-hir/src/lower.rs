//! Lowering: a check or test with its system applied and its network chosen becomes one closed Core program.
//!
//! Systems' parameters become constants, generics are instantiated on demand, node kinds become lists of
//! nodes, nested expressions statements over locals, patterns tests and projections. Each file below lowers
//! one area; `body::Body` is the cursor they all write through.

use crate::hir::{self, ClaimKind, PropertyRef, Subject};
use rustc_hash::FxHashMap;
use smol_str::SmolStr;
use verdi_core as core;
use verdi_core::{Const, ConstId, FaultKind, FuncId, KindId, PropertyKind, Span, TyId, Value};
use verdi_diagnostics::{Diagnostic, codes};

mod ask;
mod body;
mod expr;
mod inputs;
mod linearizable;
mod machine;
mod monitor;
mod network;
mod pattern;
mod refine;
mod steps;
mod stmt;
mod subject;
mod symmetric;
mod system;
mod types;
mod wrapped;

pub use machine::lower_machine;
pub use refine::Refinement;
pub use steps::{LoweredTest, Step, StepKind};
pub(crate) use subject::substitute;

/// Computes a closed pure function of a program: how constants are evaluated, by whatever engine the caller has.
pub type Evaluate<'a> = &'a dyn Fn(&core::Program, FuncId) -> Result<Value, (FaultKind, Span, SmolStr)>;

/// What a run changes about a check.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Another network. Bounds on rules that it does not have are left out.
    pub network: Option<hir::NetworkId>,
    /// Bounds that replace or join the check's own.
    pub bounds: Vec<ExtraBound>,
    /// The bound, in total, on every rule that is not fair and that nothing else bounds: how a fault ladder
    /// holds faults to a few.
    pub faults_max: Option<u64>,
    /// Replaces the check's bound on depth.
    pub depth_max: Option<u64>,
    /// Replaces the check's bound on packets.
    pub packets_max: Option<u64>,
}

/// A bound given for a run.
#[derive(Clone, Debug)]
pub struct ExtraBound {
    /// The rule.
    pub rule: SmolStr,
    /// The most times.
    pub limit: u64,
    /// Whether each node has a count of its own.
    pub per_node: bool,
}

/// A check in Core.
#[derive(Clone, Debug)]
pub struct Lowered {
    /// The program; `None` where nothing of the check can be run by this version.
    pub program: Option<core::Program>,
    /// Claims that this version does not run.
    pub not_run: Vec<NotRun>,
    /// What a reader of the verdict should know.
    pub notes: Vec<String>,
    /// The extra bounds of [`Options::faults_max`] that were put: names of rules.
    pub faults_bounded: Vec<SmolStr>,
    /// Claims that the system refines its subject.
    pub refinements: Vec<Refinement>,
}

/// A claim that this version does not run.
#[derive(Clone, Debug)]
pub struct NotRun {
    /// The property, or the whole system.
    pub property: SmolStr,
    /// The claim.
    pub span: Span,
    /// Why not.
    pub reason: String,
}

/// Lowers a check.
///
/// # Errors
/// What is wrong with its arguments, bounds and domains: only their values show it.
pub fn lower_check(
    program: &hir::Program,
    check: &hir::Check,
    options: &Options,
    evaluate: Evaluate<'_>,
) -> Result<Lowered, Vec<Diagnostic>> {
    let Some(network) = options.network.or(check.network) else {
        return Ok(nothing(check, "it names no network"));
    };
    let mut lower = match Lower::open(program, &check.subject, &check.subject_text, network, evaluate) {
        Ok(Some(lower)) => lower,
        Ok(None) => {
            return Ok(nothing(check, "its system is not known"));
        }
        Err(diagnostics) => return Err(diagnostics),
    };
    let mut inputs = lower.check_inputs(check);
    lower.system(&mut inputs);
    let asked = lower.ask(check, &inputs, options);
    let program = lower.close()?;
    symmetric::refuse_liveness(&program)?;
    symmetric::refuse(&program)?;
    Ok(Lowered {
        program: Some(program),
        not_run: asked.not_run,
        notes: asked.notes,
        faults_bounded: asked.faults_bounded,
        refinements: asked.refinements,
    })
}

fn nothing(check: &hir::Check, reason: &str) -> Lowered {
    let not_run = if check.claims.is_empty() {
        vec![NotRun { property: check.subject_text.clone(), span: check.span, reason: reason.into() }]
    } else {
        check
            .claims
            .iter()
            .map(|claim| NotRun { property: claim_name(claim), span: claim.span, reason: reason.into() })
            .collect()
    };
    Lowered { program: None, not_run, notes: Vec::new(), faults_bounded: Vec::new(), refinements: Vec::new() }
}

fn claim_name(claim: &hir::Claim) -> SmolStr {
    match &claim.kind {
        ClaimKind::Holds(property) | ClaimKind::Violates(property) => match property {
            PropertyRef::NoFault => PropertyKind::NO_FAULT.into(),
            PropertyRef::DeadlockFree => PropertyKind::DEADLOCK_FREE.into(),
            PropertyRef::Linearizable => linearizable::NAME.into(),
            PropertyRef::Property(_) | PropertyRef::Monitor(_) => "property".into(),
        },
        ClaimKind::Reaches(name, _) => name.clone(),
        ClaimKind::DeadlockFree => PropertyKind::DEADLOCK_FREE.into(),
        ClaimKind::Refines(..) => "refines".into(),
        ClaimKind::Linearizable(_) => linearizable::NAME.into(),
    }
}

/// Lowers a test and its steps.
///
/// # Errors
/// What is wrong with its arguments and inputs.
pub fn lower_test(
    program: &hir::Program,
    test: &hir::Test,
    evaluate: Evaluate<'_>,
) -> Result<LoweredTest, Vec<Diagnostic>> {
    steps::lower_steps(program, &test.subject, &test.subject_text, test.network, &test.steps, evaluate)
}

/// Lowers steps that are played on a check's system under its network, or another.
///
/// # Errors
/// As [`lower_test`].
pub fn lower_script(
    program: &hir::Program,
    check: &hir::Check,
    network: Option<hir::NetworkId>,
    steps: &[hir::TestStep],
    evaluate: Evaluate<'_>,
) -> Result<LoweredTest, Vec<Diagnostic>> {
    let network = network.or(check.network);
    steps::lower_steps(program, &check.subject, &check.subject_text, network, steps, evaluate)
}

/// The state of a lowering.
struct Lower<'a> {
    hir: &'a hir::Program,
    core: core::Program,
    evaluate: Evaluate<'a>,
    system: hir::SystemId,
    /// Of no meaning for a machine alone, which draws no inputs and plays no steps.
    network: hir::NetworkId,
    /// Of the system, as applied.
    params: Vec<ConstId>,
    /// Of the system, as applied.
    ty_args: FxHashMap<hir::TyParamId, hir::Ty>,
    data: FxHashMap<types::DataKey, TyId>,
    consts: FxHashMap<(TyId, Value), ConstId>,
    fns: FxHashMap<(hir::FnId, Vec<TyId>), FuncId>,
    procs: FxHashMap<(KindId, hir::ProcId), FuncId>,
    names: FxHashMap<SmolStr, u32>,
    diagnostics: Vec<Diagnostic>,
}

impl<'a> Lower<'a> {
    /// Starts a program: the system applied, its nodes counted, its network there. `None` where the subject
    /// is a transformed system.
    fn open(
        hir: &'a hir::Program,
        subject: &'a Subject,
        name: &SmolStr,
        network: hir::NetworkId,
        evaluate: Evaluate<'a>,
    ) -> Result<Option<Self>, Vec<Diagnostic>> {
        let lower = Self::apply_alone(hir, subject, name, evaluate)?;
        Ok(lower.map(|mut lower| {
            lower.network = network;
            lower.network();
            lower
        }))
    }

    /// Starts a program that has no network.
    fn apply_alone(
        hir: &'a hir::Program,
        subject: &'a Subject,
        name: &SmolStr,
        evaluate: Evaluate<'a>,
    ) -> Result<Option<Self>, Vec<Diagnostic>> {
        let mut lower = Self {
            hir,
            core: core::Program::empty(name),
            evaluate,
            system: hir::SystemId::from_u32(0),
            network: hir::NetworkId::from_u32(0),
            params: Vec::new(),
            ty_args: FxHashMap::default(),
            data: FxHashMap::default(),
            consts: FxHashMap::default(),
            fns: FxHashMap::default(),
            procs: FxHashMap::default(),
            names: FxHashMap::default(),
            diagnostics: Vec::new(),
        };
        if !lower.apply(subject) {
            return if lower.diagnostics.is_empty() { Ok(None) } else { Err(lower.diagnostics) };
        }
        lower.special_types();
        lower.nodes();
        if lower.diagnostics.is_empty() { Ok(Some(lower)) } else { Err(lower.diagnostics) }
    }

    fn close(mut self) -> Result<core::Program, Vec<Diagnostic>> {
        self.core.wrapped = self.wrapped();
        if self.diagnostics.is_empty() { Ok(self.core) } else { Err(self.diagnostics) }
    }

    fn members(&self) -> &'a hir::Members {
        &self.hir.systems[self.system].members
    }

    fn constant(&mut self, ty: TyId, value: Value) -> ConstId {
        if let Some(&known) = self.consts.get(&(ty, value.clone())) {
            return known;
        }
        let id = self.core.consts.push(Const { ty, value: value.clone() });
        self.consts.insert((ty, value), id);
        id
    }

    /// A name that no other function has.
    fn unique(&mut self, name: &str) -> SmolStr {
        let count = self.names.entry(name.into()).or_insert(0);
        *count += 1;
        if *count == 1 { name.into() } else { smol_str::format_smolstr!("{name}#{count}") }
    }

    /// The value of closed code; an error where it faults.
    fn constant_value(&mut self, code: &'a hir::Code, ty: TyId) -> Option<Value> {
        let function = self.function("const", core::Context::Pure, code, Some(ty));
        if let [core::Stmt { kind: core::StmtKind::Return(Some(core::Operand::Const(id))), .. }] =
            function.body.stmts.as_slice()
        {
            return Some(self.core.consts[*id].value.clone());
        }
        if !self.diagnostics.is_empty() {
            return None;
        }
        let mut scratch = self.core.clone();
        let func = scratch.functions.push(function);
        match (self.evaluate)(&scratch, func) {
            Ok(value) => Some(value),
            Err((kind, span, detail)) => {
                let detail = if detail.is_empty() { String::new() } else { format!(": {detail}") };
                let error = Diagnostic::error(codes::V0720, code.body.span, "this has no value")
                    .label(format!("{kind}{detail}"));
                self.diagnostics.push(if span == code.body.span { error } else { error.also(span, "here") });
                None
            }
        }
    }

    /// The value of closed code that must be an int from 0 to `most`.
    fn constant_count(&mut self, code: &'a hir::Code, what: &str, most: u64) -> Option<u64> {
        let int = self.core.special.int;
        let Value::Int(value) = self.constant_value(code, int)? else { return None };
        match u64::try_from(value) {
            Ok(value) if value <= most => Some(value),
            _ => {
                self.diagnostics.push(
                    Diagnostic::error(codes::V0721, code.body.span, format!("{what} cannot be {value}"))
                        .label(format!("must lie between 0 and {most}")),
                );
                None
            }
        }
    }
}
