//! What names stand for: of a module, of a system or transformer, and how they are found.

use super::Checker;
use crate::hir::{
    CtorRef, FnId, KindId, Members, NetworkId, ProcId, SystemId, TransformerId, Ty, TyParamId, TypeDef,
    TypeId, Variant,
};
use indexmap::IndexMap;
use rustc_hash::FxHashSet;
use smol_str::SmolStr;
use verdi_diagnostics::Span;
use verdi_syntax::ast;

/// Whose members a name may refer to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Owner {
    Module,
    System(SystemId),
    Transformer(TransformerId),
    Network(NetworkId),
}

/// What a type's name stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TypeName {
    Data(TypeId),
    Alias(usize),
}

/// The names that one file declares or imports. The library's are looked up after them.
#[derive(Default)]
pub(super) struct ModuleScope {
    pub(super) types: IndexMap<SmolStr, TypeName>,
    pub(super) fns: IndexMap<SmolStr, FnId>,
    pub(super) systems: IndexMap<SmolStr, SystemId>,
    pub(super) networks: IndexMap<SmolStr, NetworkId>,
    pub(super) transformers: IndexMap<SmolStr, TransformerId>,
    pub(super) ctors: IndexMap<SmolStr, Vec<(TypeId, u32)>>,
    pub(super) library: bool,
}

/// The names that a system, transformer or network declares.
#[derive(Default)]
pub(super) struct OwnerScope {
    pub(super) module: usize,
    pub(super) types: IndexMap<SmolStr, TypeName>,
    pub(super) kinds: IndexMap<SmolStr, KindId>,
    pub(super) fns: IndexMap<SmolStr, FnId>,
    pub(super) node_fns: Vec<(KindId, SmolStr, FnId)>,
    pub(super) ctors: IndexMap<SmolStr, Vec<(TypeId, u32)>>,
    pub(super) ty_params: Vec<(SmolStr, TyParamId)>,
}

/// Type aliases: transparent, so the program does not have them.
#[derive(Default)]
pub(super) struct Aliases<'a> {
    pub(super) list: Vec<Alias<'a>>,
    /// An alias that was met before it was resolved.
    pub(super) pending: Option<usize>,
}

pub(super) struct Alias<'a> {
    pub(super) decl: &'a ast::TypeDecl,
    pub(super) module: usize,
    pub(super) owner: Owner,
    pub(super) params: Vec<(SmolStr, TyParamId)>,
    pub(super) ty: Option<Ty>,
}

/// What was referred to, for the lints.
#[derive(Default)]
pub(super) struct Used {
    pub(super) types: FxHashSet<TypeId>,
    pub(super) aliases: FxHashSet<usize>,
    pub(super) fns: FxHashSet<FnId>,
    pub(super) procs: FxHashSet<(Owner, KindId, ProcId)>,
    pub(super) fields: FxHashSet<(Owner, KindId, u32)>,
    pub(super) params: FxHashSet<(Owner, u32)>,
    pub(super) outputs: FxHashSet<(Owner, u32)>,
    pub(super) started: FxHashSet<(Owner, u32)>,
    pub(super) sent: Vec<Sent>,
}

/// A `send` or `broadcast`, for the lint on messages that nobody handles.
pub(super) struct Sent {
    pub(super) owner: Owner,
    /// The messages it may be; `None` where that is not known.
    pub(super) message: Option<u32>,
    /// The kind it is sent to; `None` where it may be any.
    pub(super) to: Option<KindId>,
    pub(super) span: Span,
}

impl<'a> Checker<'a> {
    pub(super) fn owner(&self, owner: Owner) -> Option<&OwnerScope> {
        self.owners.get(&owner)
    }

    pub(super) fn owner_mut(&mut self, owner: Owner) -> Option<&mut OwnerScope> {
        self.owners.get_mut(&owner)
    }

    /// What a system or transformer declares.
    pub(super) fn members(&self, owner: Owner) -> Option<&Members> {
        match owner {
            Owner::System(id) => Some(&self.program.systems[id].members),
            Owner::Transformer(id) => Some(&self.program.transformers[id].members),
            Owner::Module | Owner::Network(_) => None,
        }
    }

    pub(super) fn members_mut(&mut self, owner: Owner) -> Option<&mut Members> {
        match owner {
            Owner::System(id) => Some(&mut self.program.systems[id].members),
            Owner::Transformer(id) => Some(&mut self.program.transformers[id].members),
            Owner::Module | Owner::Network(_) => None,
        }
    }

    /// The value parameters of a system or transformer.
    pub(super) fn value_params(&self, owner: Owner) -> &[crate::hir::Param] {
        match owner {
            Owner::System(id) => &self.program.systems[id].params,
            Owner::Transformer(id) => &self.program.transformers[id].params,
            Owner::Module | Owner::Network(_) => &[],
        }
    }

    /// The type of a kind's nodes. Wrappers of a subject's nodes are just nodes.
    pub(super) fn kind_ty(&self, owner: Owner, kind: KindId) -> Ty {
        match owner {
            Owner::System(id) => Ty::Kind(id, kind),
            Owner::Transformer(id) if self.program.transformers[id].members.kinds[kind].wraps_subject => {
                Ty::Node
            }
            Owner::Transformer(id) => Ty::Wrapper(id, kind),
            Owner::Module | Owner::Network(_) => Ty::Node,
        }
    }

    /// The kind that a node's type tells, seen from `owner`.
    pub(super) fn kind_of(&self, owner: Owner, ty: &Ty) -> Option<(Owner, KindId)> {
        match (ty, owner) {
            (Ty::Kind(system, kind), _) => Some((Owner::System(*system), *kind)),
            (Ty::Wrapper(id, kind), _) => Some((Owner::Transformer(*id), *kind)),
            (Ty::Node, Owner::Transformer(id)) => {
                let kinds = &self.program.transformers[id].members.kinds;
                kinds.iter().find(|(_, kind)| kind.wraps_subject).map(|(kind, _)| (owner, kind))
            }
            _ => None,
        }
    }

    /// The declaration of a constructor, message, input or output.
    pub(super) fn variant(&self, owner: Owner, ctor: CtorRef) -> Option<&Variant> {
        match ctor {
            CtorRef::Data(id, index) => self.program.types[id].ctors.get(index as usize),
            CtorRef::Message(index) => self.members(owner)?.messages.get(index as usize),
            CtorRef::Input(index) => self.members(owner)?.inputs.get(index as usize),
            CtorRef::Output(index) => self.members(owner)?.outputs.get(index as usize),
            CtorRef::Event(_) | CtorRef::Timer(_) | CtorRef::Packet | CtorRef::SubjectPacket => None,
        }
    }

    /// The library's modules.
    pub(super) fn library(&self) -> impl Iterator<Item = &ModuleScope> {
        self.modules.iter().filter(|module| module.library)
    }

    /// The module itself, then the library.
    pub(super) fn visible(&self, module: usize) -> impl Iterator<Item = &ModuleScope> {
        let own = self.modules.get(module);
        own.into_iter().chain(
            self.modules.iter().enumerate().filter(move |(i, m)| m.library && *i != module).map(|(_, m)| m),
        )
    }

    pub(super) fn declare_builtins(&mut self) {
        let param = self.program.ty_params.push("T".into());
        let variant = |name: &str, fields| Variant { name: name.into(), span: Span::default(), fields };
        let option = self.program.types.push(TypeDef {
            name: "Option".into(),
            span: Span::default(),
            system: None,
            params: vec![param],
            ctors: vec![
                variant("None", Vec::new()),
                variant("Some", vec![(SmolStr::default(), Ty::Param(param))]),
            ],
        });
        self.program.builtin.option = Some(option);
    }

    /// `Option<ty>`.
    pub(super) fn option_of(&self, ty: Ty) -> Ty {
        self.program.builtin.option.map_or(Ty::Error, |id| Ty::Data(id, vec![ty]))
    }

    /// Fills the tables from a constructor's name to the types that have it.
    pub(super) fn index_constructors(&mut self) {
        let ctors_of = |types: &IndexMap<SmolStr, TypeName>, program: &crate::hir::Program| {
            let mut table: IndexMap<SmolStr, Vec<(TypeId, u32)>> = IndexMap::new();
            let ids = types.values().filter_map(|name| match name {
                TypeName::Data(id) => Some(*id),
                TypeName::Alias(_) => None,
            });
            for id in ids {
                for (index, ctor) in program.types[id].ctors.iter().enumerate() {
                    table.entry(ctor.name.clone()).or_default().push((id, index as u32));
                }
            }
            table
        };
        for module in &mut self.modules {
            module.ctors = ctors_of(&module.types, &self.program);
        }
        for owner in self.owners.values_mut() {
            owner.ctors = ctors_of(&owner.types, &self.program);
        }
    }
}
