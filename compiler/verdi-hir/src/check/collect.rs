//! Gives every declaration of every file an id and a name.

use super::scope::{Alias, ModuleScope, Owner, OwnerScope, TypeName};
use super::{Checker, Role};
use crate::hir::{
    self, Code, Expr, ExprKind, FnDef, FnId, KindId, Members, Network, NetworkId, System, SystemId,
    Transformer, TransformerId, Ty, TyParamId, TypeDef, TypeId,
};
use cranelift_entity::PrimaryMap;
use indexmap::IndexMap;
use smol_str::SmolStr;
use verdi_core::PacketStore;
use verdi_diagnostics::{Diagnostic, Span, codes};
use verdi_syntax::ast::{self, Item, NodeItem, SystemBody, SystemItem, TypeBody};

/// Declarations whose insides are still to be looked at.
#[derive(Default)]
pub(super) struct Work<'a> {
    pub(super) types: Vec<TypeWork<'a>>,
    pub(super) fns: Vec<FnWork<'a>>,
    pub(super) systems: Vec<SystemWork<'a>>,
    pub(super) networks: Vec<NetworkWork<'a>>,
    pub(super) transformers: Vec<TransformerWork<'a>>,
    pub(super) nodes: Vec<NodeWork<'a>>,
    pub(super) checks: Vec<(usize, &'a ast::CheckDecl)>,
    pub(super) tests: Vec<(usize, &'a ast::TestDecl)>,
    pub(super) uses: Vec<(usize, &'a ast::Use)>,
    /// Networks whose rules draw from the heads of queues, with where.
    pub(super) heads: Vec<(NetworkId, Span)>,
}

pub(super) struct TypeWork<'a> {
    pub(super) id: TypeId,
    pub(super) decl: &'a ast::TypeDecl,
    pub(super) module: usize,
    pub(super) owner: Owner,
    pub(super) params: Vec<(SmolStr, TyParamId)>,
}

pub(super) struct FnWork<'a> {
    pub(super) id: FnId,
    pub(super) decl: &'a ast::FnDecl,
    pub(super) module: usize,
    pub(super) owner: Owner,
    pub(super) kind: Option<KindId>,
    pub(super) params: Vec<(SmolStr, TyParamId)>,
}

pub(super) struct SystemWork<'a> {
    pub(super) id: SystemId,
    pub(super) decl: &'a ast::SystemDecl,
    pub(super) module: usize,
}

pub(super) struct NetworkWork<'a> {
    pub(super) id: NetworkId,
    pub(super) decl: &'a ast::NetworkDecl,
    pub(super) module: usize,
}

pub(super) struct TransformerWork<'a> {
    pub(super) id: TransformerId,
    pub(super) decl: &'a ast::TransformerDecl,
    pub(super) module: usize,
}

pub(super) struct NodeWork<'a> {
    pub(super) owner: Owner,
    pub(super) kind: KindId,
    pub(super) decl: &'a ast::NodeDecl,
    pub(super) module: usize,
}

/// The code that stands in until a body was checked.
pub(super) fn no_code() -> Code {
    Code {
        params: Vec::new(),
        locals: PrimaryMap::new(),
        body: Expr { span: Span::default(), ty: Ty::Error, kind: ExprKind::Error },
    }
}

const BUILTIN_TYPES: &[&str] = &[
    "Node", "List", "Set", "Map", "Option", "Packet", "Message", "Input", "Output", "Timer", "Caller",
    "Event",
];

impl<'a> Checker<'a> {
    /// The first pass.
    pub(super) fn collect(&mut self) {
        let sources = self.sources;
        for (module, source) in sources.iter().enumerate() {
            self.modules
                .push(ModuleScope { library: source.role == Role::Library, ..ModuleScope::default() });
            for item in &source.module.items {
                self.collect_item(module, item);
            }
        }
    }

    fn collect_item(&mut self, module: usize, item: &'a Item) {
        match item {
            Item::Use(decl) => self.work.uses.push((module, decl)),
            Item::Type(decl) => {
                let name = self.collect_type(module, Owner::Module, decl);
                let known = self.modules[module].types.get(&decl.name.text).copied();
                let known = known.map(|known| self.type_name_span(known));
                if self.is_new(known, &decl.name, "type") {
                    self.modules[module].types.insert(decl.name.text.clone(), name);
                }
            }
            Item::Fn(decl) => {
                let id = self.collect_fn(module, Owner::Module, None, decl);
                let known =
                    self.modules[module].fns.get(&decl.name.text).map(|id| self.program.fns[*id].span);
                if self.is_new(known, &decl.name, "function") {
                    self.modules[module].fns.insert(decl.name.text.clone(), id);
                }
            }
            Item::System(decl) => self.collect_system(module, decl),
            Item::Network(decl) => self.collect_network(module, decl),
            Item::Transformer(decl) => self.collect_transformer(module, decl),
            Item::Check(decl) => self.work.checks.push((module, decl)),
            Item::Test(decl) => self.work.tests.push((module, decl)),
            Item::Error(_) => {}
        }
    }

    /// Reports a second declaration of a name; whether this one is the first.
    pub(super) fn is_new(&mut self, known: Option<Span>, name: &ast::Name, what: &str) -> bool {
        let Some(known) = known else { return true };
        self.report(
            Diagnostic::error(
                codes::V0205,
                name.span,
                format!("the {what} `{}` is declared twice", name.text),
            )
            .label("declared again here")
            .also(known, "first declared here"),
        );
        false
    }

    pub(super) fn type_name_span(&self, name: TypeName) -> Span {
        match name {
            TypeName::Data(id) => self.program.types[id].span,
            TypeName::Alias(index) => self.aliases.list[index].decl.name.span,
        }
    }

    /// Types, nodes, constructors and systems start with a capital, everything else does not.
    pub(super) fn capital(&mut self, name: &ast::Name, what: &str, wanted: bool) {
        let Some(first) = name.text.trim_start_matches('_').chars().next() else { return };
        if first.is_ascii_uppercase() == wanted || !first.is_ascii_alphabetic() {
            return;
        }
        let mended: String = if wanted {
            first.to_ascii_uppercase().to_string() + &name.text[1..]
        } else {
            first.to_ascii_lowercase().to_string() + &name.text[1..]
        };
        let how = if wanted { "starts with a capital" } else { "starts with a small letter" };
        self.report(Diagnostic::error(codes::V0214, name.span, format!("the name of a {what} {how}")).mend(
            format!("write `{mended}`"),
            name.span,
            mended,
        ));
    }

    pub(super) fn ty_params(&mut self, names: &'a [ast::Name]) -> Vec<(SmolStr, TyParamId)> {
        let mut params: Vec<(SmolStr, TyParamId)> = Vec::new();
        for (i, name) in names.iter().enumerate() {
            self.capital(name, "type parameter", true);
            let known = params.iter().position(|(known, _)| *known == name.text).map(|at| names[at].span);
            if self.is_new(known, name, "type parameter") || i == 0 {
                params.push((name.text.clone(), self.program.ty_params.push(name.text.clone())));
            }
        }
        params
    }

    fn collect_type(&mut self, module: usize, owner: Owner, decl: &'a ast::TypeDecl) -> TypeName {
        if BUILTIN_TYPES.contains(&decl.name.text.as_str()) {
            self.report(Diagnostic::error(
                codes::V0215,
                decl.name.span,
                format!("`{}` is a built-in type", decl.name.text),
            ));
        }
        let params = self.ty_params(&decl.params);
        if let TypeBody::Alias(_) = decl.body {
            self.aliases.list.push(Alias { decl, module, owner, params, ty: None });
            return TypeName::Alias(self.aliases.list.len() - 1);
        }
        let id = self.program.types.push(TypeDef {
            name: decl.name.text.clone(),
            span: decl.name.span,
            system: match owner {
                Owner::System(id) => Some(id),
                _ => None,
            },
            params: params.iter().map(|(_, id)| *id).collect(),
            ctors: Vec::new(),
        });
        self.work.types.push(TypeWork { id, decl, module, owner, params });
        TypeName::Data(id)
    }

    pub(super) fn collect_fn(
        &mut self,
        module: usize,
        owner: Owner,
        kind: Option<KindId>,
        decl: &'a ast::FnDecl,
    ) -> FnId {
        self.capital(&decl.name, "function", false);
        let params = self.ty_params(&decl.type_params);
        let id = self.program.fns.push(FnDef {
            name: decl.name.text.clone(),
            span: decl.name.span,
            doc: decl.doc.clone(),
            system: match owner {
                Owner::System(id) => Some(id),
                _ => None,
            },
            transformer: match owner {
                Owner::Transformer(id) => Some(id),
                _ => None,
            },
            type_params: params.iter().map(|(_, id)| *id).collect(),
            result: Ty::Error,
            reads_world: false,
            applies: false,
            code: no_code(),
        });
        self.work.fns.push(FnWork { id, decl, module, owner, kind, params });
        id
    }

    fn collect_system(&mut self, module: usize, decl: &'a ast::SystemDecl) {
        let ty_params = self.ty_params(&decl.type_params);
        let id = self.program.systems.push(System {
            name: decl.name.text.clone(),
            span: decl.name.span,
            doc: decl.doc.clone(),
            type_params: ty_params.iter().map(|(_, id)| *id).collect(),
            params: Vec::new(),
            alias: None,
            transformed: None,
            lifting: None,
            carried: Vec::new(),
            members: Members::default(),
        });
        let known =
            self.modules[module].systems.get(&decl.name.text).map(|id| self.program.systems[*id].span);
        if self.is_new(known, &decl.name, "system") {
            self.modules[module].systems.insert(decl.name.text.clone(), id);
        }
        let owner = Owner::System(id);
        self.owners.insert(owner, OwnerScope { module, ty_params, ..OwnerScope::default() });
        self.work.systems.push(SystemWork { id, decl, module });
        if let SystemBody::Members(items) = &decl.body {
            self.collect_members(module, owner, items);
        }
    }

    fn collect_transformer(&mut self, module: usize, decl: &'a ast::TransformerDecl) {
        let id = self.program.transformers.push(Transformer {
            name: decl.name.text.clone(),
            span: decl.name.span,
            doc: decl.doc.clone(),
            subject: decl.subject.0.text.clone(),
            machine: decl.subject.1.text == "machine",
            params: Vec::new(),
            from: None,
            to: None,
            members: Members::default(),
            lift: None,
        });
        let known = self.modules[module].transformers.get(&decl.name.text);
        let known = known.map(|id| self.program.transformers[*id].span);
        if self.is_new(known, &decl.name, "transformer") {
            self.modules[module].transformers.insert(decl.name.text.clone(), id);
        }
        let owner = Owner::Transformer(id);
        self.owners.insert(owner, OwnerScope { module, ..OwnerScope::default() });
        self.work.transformers.push(TransformerWork { id, decl, module });
        self.collect_members(module, owner, &decl.items);
    }

    fn collect_network(&mut self, module: usize, decl: &'a ast::NetworkDecl) {
        let id = self.program.networks.push(Network {
            name: decl.name.text.clone(),
            span: decl.name.span,
            doc: decl.doc.clone(),
            packets: PacketStore::Bag,
            vars: Vec::new(),
            rules: Vec::new(),
        });
        let known =
            self.modules[module].networks.get(&decl.name.text).map(|id| self.program.networks[*id].span);
        if self.is_new(known, &decl.name, "network") {
            self.modules[module].networks.insert(decl.name.text.clone(), id);
        }
        let owner = Owner::Network(id);
        self.owners.insert(owner, OwnerScope { module, ..OwnerScope::default() });
        self.work.networks.push(NetworkWork { id, decl, module });
        for item in &decl.items {
            if let ast::NetworkItem::Fn(decl) = item {
                self.collect_owned_fn(module, owner, decl);
            }
        }
    }

    fn collect_members(&mut self, module: usize, owner: Owner, items: &'a [SystemItem]) {
        for item in items {
            match item {
                SystemItem::Type(decl) => {
                    let name = self.collect_type(module, owner, decl);
                    let known = self.owner(owner).and_then(|scope| scope.types.get(&decl.name.text).copied());
                    let known = known.map(|known| self.type_name_span(known));
                    if self.is_new(known, &decl.name, "type")
                        && let Some(scope) = self.owner_mut(owner)
                    {
                        scope.types.insert(decl.name.text.clone(), name);
                    }
                }
                SystemItem::Fn(decl) => self.collect_owned_fn(module, owner, decl),
                SystemItem::Node(decl) => self.collect_node(module, owner, decl),
                SystemItem::Message(_)
                | SystemItem::Property(_)
                | SystemItem::Monitor(_)
                | SystemItem::Lift(_)
                | SystemItem::Error(_) => {}
            }
        }
    }

    fn collect_owned_fn(&mut self, module: usize, owner: Owner, decl: &'a ast::FnDecl) {
        let id = self.collect_fn(module, owner, None, decl);
        let known = self.owner(owner).and_then(|scope| scope.fns.get(&decl.name.text));
        let known = known.map(|id| self.program.fns[*id].span);
        if self.is_new(known, &decl.name, "function")
            && let Some(scope) = self.owner_mut(owner)
        {
            scope.fns.insert(decl.name.text.clone(), id);
        }
    }

    fn collect_node(&mut self, module: usize, owner: Owner, decl: &'a ast::NodeDecl) {
        let (name, wraps_subject) = match &decl.head {
            ast::NodeHead::Kind(name, _) => {
                if BUILTIN_TYPES.contains(&name.text.as_str()) {
                    let message = format!("`{}` is a built-in type", name.text);
                    self.report(Diagnostic::error(codes::V0215, name.span, message));
                }
                (name.clone(), false)
            }
            ast::NodeHead::For(ty) => (ast::Name { text: "Node".into(), span: ty.span }, true),
        };
        let kind = hir::Kind {
            name: name.text.clone(),
            span: name.span,
            count: None,
            wraps_subject,
            fields: PrimaryMap::new(),
            inputs: Vec::new(),
            outputs: Vec::new(),
            timers: Vec::new(),
            handlers: Vec::new(),
            procs: PrimaryMap::new(),
        };
        let known = self.owner(owner).and_then(|scope| scope.kinds.get(&name.text).copied());
        let known = known.and_then(|known| Some(self.members(owner)?.kinds[known].span));
        let is_type = self.owner(owner).and_then(|scope| scope.types.get(&name.text).copied());
        let known = known.or_else(|| is_type.map(|name| self.type_name_span(name)));
        let is_new = self.is_new(known, &name, "node kind");
        let Some(id) = self.members_mut(owner).map(|members| members.kinds.push(kind)) else { return };
        if is_new && let Some(scope) = self.owner_mut(owner) {
            scope.kinds.insert(name.text.clone(), id);
        }
        self.work.nodes.push(NodeWork { owner, kind: id, decl, module });
        let mut known: IndexMap<SmolStr, Span> = IndexMap::new();
        for item in &decl.items {
            let NodeItem::Fn(decl) = item else { continue };
            let fn_id = self.collect_fn(module, owner, Some(id), decl);
            if self.is_new(known.get(&decl.name.text).copied(), &decl.name, "function") {
                known.insert(decl.name.text.clone(), decl.name.span);
                if let Some(scope) = self.owner_mut(owner) {
                    scope.node_fns.push((id, decl.name.text.clone(), fn_id));
                }
            }
        }
    }
}
