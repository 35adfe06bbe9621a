//! Applying a system: which one it is in the end, with which types and values for its parameters.

use super::Lower;
use crate::hir::{self, Subject, Ty};
use rustc_hash::FxHashMap;
use verdi_core::{ConstId, NodeId, Value};
use verdi_diagnostics::{Diagnostic, codes};

/// The most nodes of a system.
const NODES_MAX: u64 = 1000;

impl<'a> Lower<'a> {
    /// Resolves a subject to its system and values for its parameters; `false` where it is in error.
    pub(super) fn apply(&mut self, subject: &'a Subject) -> bool {
        let (id, ty_args, args) = match subject {
            Subject::System(id, ty_args, args) => (id, ty_args, args),
            Subject::Transformed(transformer, inner, args) => {
                return self.apply_transformed(*transformer, inner, args);
            }
            Subject::Error => return false,
        };
        let system = &self.hir.systems[*id];
        let ty_args: Vec<_> = ty_args.iter().map(|ty| substitute(ty, &self.ty_args)).collect();
        let mut params: Vec<ConstId> = Vec::new();
        let outer = std::mem::take(&mut self.params);
        let outer_types =
            std::mem::replace(&mut self.ty_args, system.type_params.iter().copied().zip(ty_args).collect());
        for (param, arg) in system.params.iter().zip(args) {
            let ty = self.ty_with(&param.ty, &FxHashMap::default());
            // An argument speaks of the parameters around the application, a default of those before it.
            let value = match (arg, &param.default) {
                (Some(arg), _) => {
                    let inner = std::mem::replace(&mut self.params, outer.clone());
                    let inner_types = std::mem::replace(&mut self.ty_args, outer_types.clone());
                    let value = self.constant_value(arg, ty);
                    (self.params, self.ty_args) = (inner, inner_types);
                    value
                }
                (None, Some(default)) => self.constant_value(default, ty),
                (None, None) => None,
            };
            let Some(value) = value else { return false };
            params.push(self.constant(ty, value));
            self.params.clone_from(&params);
        }
        match &system.alias {
            Some(alias) => self.apply(alias),
            None => {
                self.system = *id;
                true
            }
        }
    }

    /// A transformed system has the parameters of its subject, then those of its transformer.
    fn apply_transformed(
        &mut self,
        transformer: hir::TransformerId,
        inner: &'a Subject,
        args: &'a [Option<hir::Code>],
    ) -> bool {
        let (outer, outer_types) = (self.params.clone(), self.ty_args.clone());
        if !self.apply(inner) {
            return false;
        }
        let tys: Vec<Ty> = self.hir.systems[self.system]
            .type_params
            .iter()
            .map(|param| self.ty_args.get(param).cloned().unwrap_or(Ty::Error))
            .collect();
        let Some(&system) = self.hir.applied.get(&(transformer, self.system, tys)) else { return false };
        self.system = system;
        let params = self.hir.systems[system].params.iter().skip(self.params.len());
        for (param, arg) in params.zip(args) {
            let ty = self.ty_with(&param.ty, &FxHashMap::default());
            let value = match (arg, &param.default) {
                (Some(arg), _) => {
                    let own = std::mem::replace(&mut self.params, outer.clone());
                    let own_types = std::mem::replace(&mut self.ty_args, outer_types.clone());
                    let value = self.constant_value(arg, ty);
                    (self.params, self.ty_args) = (own, own_types);
                    value
                }
                (None, Some(default)) => self.constant_value(default, ty),
                (None, None) => None,
            };
            let Some(value) = value else { return false };
            let value = self.constant(ty, value);
            self.params.push(value);
        }
        true
    }

    /// Makes the kinds with their nodes; what they have and do comes later.
    pub(super) fn nodes(&mut self) {
        for (id, kind) in self.members().kinds.iter() {
            let count = match &kind.count {
                None => 1,
                Some(code) => {
                    let what = format!("the number of `{}` nodes", kind.name);
                    self.constant_count(code, &what, NODES_MAX).unwrap_or(0)
                }
            };
            let single = kind.count.is_none();
            let nodes: Vec<NodeId> = (0..count as u32)
                .map(|index| {
                    let name = match single {
                        true => kind.name.clone(),
                        false => smol_str::format_smolstr!("{}[{index}]", kind.name),
                    };
                    self.core.nodes.push(verdi_core::NodeInfo { kind: id, index, name })
                })
                .collect();
            self.core.kinds.push(verdi_core::Kind {
                name: kind.name.clone(),
                nodes,
                single,
                fields: cranelift_entity::PrimaryMap::new(),
                timers: kind.timers.clone(),
                handlers: Vec::new(),
                on_start: None,
                on_input: None,
                on_message: None,
                on_timeout: None,
                on_reboot: None,
                inputs: verdi_core::FuncId::from_u32(0),
            });
        }
        if self.core.nodes.len() as u64 > NODES_MAX {
            let span = self.hir.systems[self.system].span;
            let message = format!("the system has {} nodes", self.core.nodes.len());
            self.diagnostics.push(
                Diagnostic::error(codes::V0721, span, message)
                    .note(format!("at most {NODES_MAX} can be checked")),
            );
        }
    }

    /// The nodes of a kind, or all, as a list.
    pub(super) fn node_list(&mut self, kind: Option<verdi_core::KindId>) -> ConstId {
        let nodes: Vec<Value> = match kind {
            Some(kind) => self.core.kinds[kind].nodes.iter().map(|node| Value::Node(node.as_u32())).collect(),
            None => (0..self.core.nodes.len() as u32).map(Value::Node).collect(),
        };
        let ty = self.list_of(self.core.special.node);
        self.constant(ty, Value::List(nodes.into()))
    }
}

/// `ty` with type parameters replaced; unknown ones stay.
pub(crate) fn substitute(ty: &Ty, args: &FxHashMap<hir::TyParamId, Ty>) -> Ty {
    let of = |ty: &Ty| substitute(ty, args);
    match ty {
        Ty::Param(param) => args.get(param).unwrap_or(ty).clone(),
        Ty::List(element) => Ty::List(Box::new(of(element))),
        Ty::Set(element) => Ty::Set(Box::new(of(element))),
        Ty::Map(key, value) => Ty::Map(Box::new(of(key)), Box::new(of(value))),
        Ty::Tuple(elements) => Ty::Tuple(elements.iter().map(of).collect()),
        Ty::Data(id, inner) => Ty::Data(*id, inner.iter().map(of).collect()),
        _ => ty.clone(),
    }
}
