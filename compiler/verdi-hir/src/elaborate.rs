//! Transformers applied: a transformer and its subject become one ordinary system.
//!
//! The subject's fields are put behind the wrapper's, its handlers become procs that answer with their effects
//! (of a machine: functions from state to state), its messages become a data type that the wrapper's messages
//! carry, and its properties speak of the lifted world. What comes out is lowered like any other system, and may
//! be the subject of another transformer.

mod embed;
mod lift;
mod machine;
mod map;
mod node;
mod refusals;
mod types;

use crate::hir::{
    Code, FnDef, FnId, KindId, LocalId, Members, Program, Subject, System, SystemId, Transformer,
    TransformerId, Ty, TyParamId,
};
use rustc_hash::FxHashMap;
use smol_str::format_smolstr;
use verdi_core::Span;

pub(crate) use refusals::refusal;

/// The system that a subject stands for, aliases followed, with the types of its parameters; `None` where there is
/// none, or a transformer in it was not applied.
pub(crate) fn resolve(program: &Program, subject: &Subject) -> Option<(SystemId, Vec<Ty>)> {
    match subject {
        Subject::Error => None,
        Subject::System(id, tys, _) => {
            let system = &program.systems[*id];
            let Some(alias) = &system.alias else { return Some((*id, tys.clone())) };
            let (inner, inner_tys) = resolve(program, alias)?;
            let map: FxHashMap<TyParamId, Ty> =
                system.type_params.iter().copied().zip(tys.iter().cloned()).collect();
            Some((inner, inner_tys.iter().map(|ty| crate::lower::substitute(ty, &map)).collect()))
        }
        Subject::Transformed(transformer, inner, _) => {
            let (system, tys) = resolve(program, inner)?;
            let applied = program.applied.get(&(*transformer, system, tys))?;
            Some((*applied, Vec::new()))
        }
    }
}

/// Applies a transformer to a system with these type arguments. What it cannot be applied to, [`refusal`] tells
/// beforehand.
pub(crate) fn apply(
    program: &mut Program,
    transformer: TransformerId,
    subject: SystemId,
    tys: &[Ty],
) -> SystemId {
    let key = (transformer, subject, tys.to_vec());
    if let Some(known) = program.applied.get(&key) {
        return *known;
    }
    let t = program.transformers[transformer].clone();
    let s = program.systems[subject].clone();
    let new = program.systems.push(System {
        name: format_smolstr!("{}({})", t.name, s.name),
        span: t.span,
        doc: t.doc.clone(),
        type_params: Vec::new(),
        params: Vec::new(),
        alias: None,
        transformed: Some((transformer, subject)),
        lifting: None,
        carried: Vec::new(),
        members: Members::default(),
    });
    program.applied.insert(key, new);
    let mut elaboration = Elaboration::new(program, t, s, (transformer, subject, new), tys);
    elaboration.run();
    new
}

/// Whose code is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Side {
    /// The transformer's.
    Own,
    /// The subject's.
    Subject,
}

/// One application.
struct Elaboration<'p> {
    program: &'p mut Program,
    t: Transformer,
    s: System,
    subject: SystemId,
    new: SystemId,
    ty_args: FxHashMap<TyParamId, Ty>,
    types: types::Types,
    /// The kinds that each kind of the transformer became.
    own_kinds: FxHashMap<KindId, Vec<KindId>>,
    /// The kind that each kind of the subject became; empty for a machine.
    subject_kinds: FxHashMap<KindId, KindId>,
    /// The position of each timer of the subject.
    timers: Vec<u32>,
    fns: FxHashMap<(FnId, Side), FnId>,
    made: FxHashMap<Made, FnId>,
}

/// A function that application itself adds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Made {
    /// A field of a node of whatever kind a kind of the transformer became.
    Field(KindId, crate::hir::FieldId),
    /// `n.inner`.
    InnerState,
    /// The state that a node of the lifted world has.
    LiftedState,
    /// The packets of the lifted world.
    LiftedPackets,
    /// `S.init`.
    Init,
    /// `S.apply`, with or without the caller.
    Apply,
    /// A proc of a machine.
    Proc(crate::hir::ProcId),
}

impl<'p> Elaboration<'p> {
    fn new(
        program: &'p mut Program,
        t: Transformer,
        s: System,
        (_, subject, new): (TransformerId, SystemId, SystemId),
        tys: &[Ty],
    ) -> Self {
        let ty_args = s.type_params.iter().copied().zip(tys.iter().cloned()).collect();
        let types = types::Types::declare(program, &s, new);
        Self {
            program,
            t,
            s,
            subject,
            new,
            ty_args,
            types,
            own_kinds: FxHashMap::default(),
            subject_kinds: FxHashMap::default(),
            timers: Vec::new(),
            fns: FxHashMap::default(),
            made: FxHashMap::default(),
        }
    }

    fn run(&mut self) {
        self.kinds();
        self.timers();
        self.define_types();
        self.interface();
        self.parameters();
        let own: Vec<_> = self.t.members.kinds.iter().map(|(id, kind)| (id, kind.wraps_subject)).collect();
        for (own, wraps) in own {
            match wraps {
                true => {
                    let kinds: Vec<KindId> = self.s.members.kinds.keys().collect();
                    kinds.into_iter().for_each(|subject| self.node(own, Some(subject)));
                }
                false => self.node(own, None),
            }
        }
        self.functions();
        self.properties();
    }

    /// Which kinds there will be: a wrapper becomes one for each kind of the subject.
    fn kinds(&mut self) {
        let mut next = 0;
        let mut take = || {
            next += 1;
            KindId::from_u32(next - 1)
        };
        for (own, kind) in &self.t.members.kinds {
            if !kind.wraps_subject {
                self.own_kinds.insert(own, vec![take()]);
                continue;
            }
            for subject in self.s.members.kinds.keys() {
                let id = take();
                self.own_kinds.entry(own).or_default().push(id);
                self.subject_kinds.insert(subject, id);
            }
        }
    }

    /// The kinds that a kind of the transformer became: none where its code names a kind that is not there.
    fn became(&self, kind: KindId) -> Vec<KindId> {
        self.own_kinds.get(&kind).cloned().unwrap_or_default()
    }

    /// The transformer's timers, then the subject's that are not among them.
    fn timers(&mut self) {
        let mut timers = self.t.members.timers.clone();
        for timer in &self.s.members.timers {
            let mut timer = timer.clone();
            while timers.iter().any(|known| known.name == timer.name) {
                timer.name = format_smolstr!("inner.{}", timer.name);
            }
            self.timers.push(timers.len() as u32);
            timers.push(timer);
        }
        self.program.systems[self.new].members.timers = timers;
    }

    /// Messages, inputs and outputs: the subject's inputs and outputs come first, as they are.
    fn interface(&mut self) {
        let mut messages = self.t.members.messages.clone();
        self.variants(Side::Own, &mut messages);
        let mut inputs = self.s.members.inputs.clone();
        self.variants(Side::Subject, &mut inputs);
        let mut outputs = self.s.members.outputs.clone();
        self.variants(Side::Subject, &mut outputs);
        let mut own_inputs = self.t.members.inputs.clone();
        self.variants(Side::Own, &mut own_inputs);
        let mut own_outputs = self.t.members.outputs.clone();
        self.variants(Side::Own, &mut own_outputs);
        inputs.extend(own_inputs);
        outputs.extend(own_outputs);
        let members = &mut self.program.systems[self.new].members;
        (members.messages, members.inputs, members.outputs) = (messages, inputs, outputs);
    }

    /// The subject's parameters, then the transformer's.
    fn parameters(&mut self) {
        let mut params = self.s.params.clone();
        for param in &mut params {
            param.ty = self.ty(Side::Subject, &param.ty);
            if let Some(default) = &mut param.default {
                self.world_code(Side::Subject, default);
            }
        }
        let mut own = self.t.params.clone();
        for param in &mut own {
            param.ty = self.ty(Side::Own, &param.ty);
            if let Some(default) = &mut param.default {
                self.world_code(Side::Own, default);
            }
        }
        params.extend(own);
        self.program.systems[self.new].params = params;
    }

    /// All functions of both, so that checks can call them.
    fn functions(&mut self) {
        let (t, s) = (self.program.systems[self.new].transformed.map(|(t, _)| t), self.subject);
        let of = |side: Side, def: &FnDef| match side {
            Side::Own => def.transformer.is_some() && def.transformer == t,
            Side::Subject => def.system == Some(s),
        };
        for side in [Side::Own, Side::Subject] {
            let ids: Vec<FnId> =
                self.program.fns.iter().filter(|(_, def)| of(side, def)).map(|(id, _)| id).collect();
            ids.into_iter().for_each(|id| {
                self.function(side, id);
            });
        }
    }

    /// A function as the new system has it. One that belongs to nobody stays what it is.
    fn function(&mut self, side: Side, id: FnId) -> FnId {
        if let Some(known) = self.fns.get(&(id, side)) {
            return *known;
        }
        let def = &self.program.fns[id];
        let owned = match side {
            Side::Own => def.transformer.is_some(),
            Side::Subject => def.system == Some(self.subject),
        };
        if !owned {
            return id;
        }
        let mut def = def.clone();
        (def.system, def.transformer) = (Some(self.new), None);
        def.result = self.ty(side, &def.result);
        let mut code = def.code.clone();
        let new = self.program.fns.push(def);
        self.fns.insert((id, side), new);
        self.world_code(side, &mut code);
        self.program.fns[new].code = code;
        new
    }

    /// Adds a function of the new system.
    fn add_fn(&mut self, name: &str, span: Span, result: Ty, reads_world: bool, code: Code) -> FnId {
        self.program.fns.push(FnDef {
            name: name.into(),
            span,
            doc: String::new(),
            system: Some(self.new),
            transformer: None,
            type_params: Vec::new(),
            result,
            reads_world,
            applies: false,
            code,
        })
    }
}

/// A variable that application adds.
fn variable(name: &str, span: Span, ty: Ty, mutable: bool) -> crate::hir::Local {
    crate::hir::Local { name: name.into(), span, ty, mutable }
}

/// A variable `by` positions further on.
fn shifted(local: LocalId, by: usize) -> LocalId {
    LocalId::from_u32(local.as_u32() + by as u32)
}
