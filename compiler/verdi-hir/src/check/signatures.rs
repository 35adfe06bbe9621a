//! The types that declarations state: fields, parameters, results, messages, timers.

use super::Checker;
use super::collect::{NodeWork, no_code};
use super::recursion::cycles;
use super::scope::Owner;
use super::types::TypeScope;
use crate::hir::{
    Code, Durability, Field, FieldId, KindId, Local, Members, Param, Proc, Timer, Ty, TypeId, Variant,
};
use cranelift_entity::{EntityRef, PrimaryMap};
use indexmap::IndexMap;
use smol_str::SmolStr;
use verdi_diagnostics::{Diagnostic, Span, codes};
use verdi_syntax::ast::{self, NodeItem, Schedule, SystemBody, SystemItem, TypeBody};

/// Which union of [`Members`] a variant belongs to.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Union {
    Input,
    Output,
}

impl Union {
    pub(super) fn noun(self) -> &'static str {
        match self {
            Self::Input => "input",
            Self::Output => "output",
        }
    }

    fn of(self, members: &mut Members) -> &mut Vec<Variant> {
        match self {
            Self::Input => &mut members.inputs,
            Self::Output => &mut members.outputs,
        }
    }
}

/// Names and types of the parameters of a signature.
pub(super) fn param_tys(code: &Code) -> Vec<(SmolStr, Ty)> {
    code.params.iter().map(|&id| (code.locals[id].name.clone(), code.locals[id].ty.clone())).collect()
}

impl<'a> Checker<'a> {
    /// The second pass.
    pub(super) fn signatures(&mut self) {
        self.type_signatures();
        self.recursive_types();
        for i in 0..self.work.systems.len() {
            let (id, decl, module) = {
                let work = &self.work.systems[i];
                (work.id, work.decl, work.module)
            };
            let owner = Owner::System(id);
            self.program.systems[id].params = self.value_param_signatures(module, owner, &decl.params);
            if let SystemBody::Members(items) = &decl.body {
                self.message_signatures(module, owner, items);
            }
        }
        for i in 0..self.work.transformers.len() {
            let (id, decl, module) = {
                let work = &self.work.transformers[i];
                (work.id, work.decl, work.module)
            };
            let owner = Owner::Transformer(id);
            self.program.transformers[id].params = self.value_param_signatures(module, owner, &decl.params);
            self.message_signatures(module, owner, &decl.items);
        }
        for i in 0..self.work.nodes.len() {
            self.node_signature(i);
        }
        self.fn_signatures();
    }

    fn type_signatures(&mut self) {
        let work = std::mem::take(&mut self.work.types);
        for item in &work {
            let scope = TypeScope { module: item.module, owner: item.owner, params: item.params.clone() };
            let ctors = match &item.decl.body {
                TypeBody::Alias(_) => Vec::new(),
                TypeBody::Record(fields) => vec![Variant {
                    name: item.decl.name.text.clone(),
                    span: item.decl.name.span,
                    fields: self.field_decls(&scope, fields),
                }],
                TypeBody::Variants(variants) => self.variant_decls(&scope, variants),
            };
            self.program.types[item.id].ctors = ctors;
        }
        self.work.types = work;
    }

    fn variant_decls(&mut self, scope: &TypeScope, variants: &[ast::VariantDecl]) -> Vec<Variant> {
        let mut known: IndexMap<SmolStr, Span> = IndexMap::new();
        let mut ctors = Vec::new();
        for decl in variants {
            if self.is_new(known.get(&decl.name.text).copied(), &decl.name, "constructor") {
                known.insert(decl.name.text.clone(), decl.name.span);
                ctors.push(self.variant_decl(scope, decl));
            }
        }
        ctors
    }

    fn variant_decl(&mut self, scope: &TypeScope, decl: &ast::VariantDecl) -> Variant {
        Variant {
            name: decl.name.text.clone(),
            span: decl.name.span,
            fields: self.field_decls(scope, &decl.fields),
        }
    }

    fn field_decls(&mut self, scope: &TypeScope, fields: &[ast::FieldDecl]) -> Vec<(SmolStr, Ty)> {
        let mut known: IndexMap<SmolStr, Span> = IndexMap::new();
        let mut result = Vec::new();
        for field in fields {
            self.capital(&field.name, "field", false);
            let ty = self.resolve_type(scope, &field.ty);
            if self.is_new(known.get(&field.name.text).copied(), &field.name, "field") {
                known.insert(field.name.text.clone(), field.name.span);
                result.push((field.name.text.clone(), ty));
            }
        }
        result
    }

    /// Refuses types that contain themselves: nothing in the language could take one apart to its end.
    fn recursive_types(&mut self) {
        let ids: Vec<TypeId> = self.work.types.iter().map(|work| work.id).collect();
        let inside = |id: TypeId| {
            let mut found = Vec::new();
            for ctor in &self.program.types[id].ctors {
                ctor.fields.iter().for_each(|(_, ty)| data_types(ty, ctor.span, &mut found));
            }
            found
        };
        for (path, span) in cycles(&ids, inside) {
            let Some(&first) = path.first() else { continue };
            let message = format!("the type `{}` contains itself", self.program.types[first].name);
            self.report(
                Diagnostic::error(codes::V0318, self.program.types[first].span, message)
                    .also(span, "in this constructor")
                    .note("there is no recursion to walk through such values; keep them in a list, and refer to one by its index"),
            );
            for id in path {
                let fields = self.program.types[id].ctors.iter_mut().flat_map(|ctor| &mut ctor.fields);
                fields.for_each(|(_, ty)| *ty = Ty::Error);
            }
        }
    }

    fn value_param_signatures(
        &mut self,
        module: usize,
        owner: Owner,
        params: &'a [ast::Param],
    ) -> Vec<Param> {
        let scope = TypeScope { module, owner, params: Vec::new() };
        let mut known: IndexMap<SmolStr, Span> = IndexMap::new();
        let mut result = Vec::new();
        for param in params {
            self.capital(&param.name, "parameter", false);
            let ty = match &param.ty {
                Some(ty) => self.resolve_type(&scope, ty),
                // The parser has said so.
                None => Ty::Error,
            };
            self.is_new(known.get(&param.name.text).copied(), &param.name, "parameter");
            known.insert(param.name.text.clone(), param.name.span);
            let default = param.default.as_ref().map(|_| no_code());
            result.push(Param { name: param.name.text.clone(), span: param.name.span, ty, default });
        }
        result
    }

    fn message_signatures(&mut self, module: usize, owner: Owner, items: &'a [SystemItem]) {
        let scope = TypeScope { module, owner, params: Vec::new() };
        for item in items {
            let SystemItem::Message(variants) = item else { continue };
            for decl in variants {
                let known =
                    self.members(owner).and_then(|m| m.messages.iter().find(|v| v.name == decl.name.text));
                let known = known.map(|variant| variant.span);
                if self.is_new(known, &decl.name, "message") {
                    let variant = self.variant_decl(&scope, decl);
                    if let Some(members) = self.members_mut(owner) {
                        members.messages.push(variant);
                    }
                }
            }
        }
    }

    fn node_signature(&mut self, index: usize) {
        let NodeWork { owner, kind, decl, module } = self.work.nodes[index];
        let scope = TypeScope { module, owner, params: Vec::new() };
        for item in &decl.items {
            match item {
                NodeItem::Input(variants) => self.union_signatures(&scope, kind, variants, Union::Input),
                NodeItem::Output(variants) => self.union_signatures(&scope, kind, variants, Union::Output),
                NodeItem::State(state) => self.field_signature(&scope, kind, state),
                NodeItem::Timer(timer) => self.timer_signature(owner, kind, timer),
                NodeItem::Proc(proc) => self.proc_signature(&scope, kind, proc),
                NodeItem::Handler(_) | NodeItem::Fn(_) | NodeItem::Error(_) => {}
            }
        }
    }

    /// Several kinds may declare the same input or output if the fields agree.
    fn union_signatures(
        &mut self,
        scope: &TypeScope,
        kind: KindId,
        variants: &'a [ast::VariantDecl],
        union: Union,
    ) {
        for decl in variants {
            let variant = self.variant_decl(scope, decl);
            let Some(members) = self.members_mut(scope.owner) else { return };
            let known = union.of(members).iter().position(|known| known.name == variant.name);
            let at = match known {
                Some(at) => at,
                None => {
                    union.of(members).push(variant.clone());
                    union.of(members).len() - 1
                }
            };
            let known = union.of(members)[at].clone();
            let kind = &mut members.kinds[kind];
            let own = if union == Union::Input { &mut kind.inputs } else { &mut kind.outputs };
            if own.contains(&(at as u32)) {
                self.is_new(Some(known.span), &decl.name, union.noun());
                continue;
            }
            own.push(at as u32);
            if known.fields != variant.fields {
                let message =
                    format!("another kind declares the {} `{}` with other fields", union.noun(), known.name);
                self.report(
                    Diagnostic::error(codes::V0205, variant.span, message)
                        .also(known.span, "declared here")
                        .note("kinds may share an input or output only if its fields are the same"),
                );
            }
        }
    }

    fn field_signature(&mut self, scope: &TypeScope, kind: KindId, state: &'a ast::StateDecl) {
        self.capital(&state.name, "field", false);
        let field = self.state_field(scope, state);
        let known = self.members(scope.owner).and_then(|members| {
            members.kinds[kind]
                .fields
                .values()
                .find(|field| field.name == state.name.text)
                .map(|field| field.span)
        });
        if self.is_new(known, &state.name, "field")
            && let Some(members) = self.members_mut(scope.owner)
        {
            members.kinds[kind].fields.push(field);
        }
    }

    /// A field whose initial value is still to be checked.
    pub(super) fn state_field(&mut self, scope: &TypeScope, state: &'a ast::StateDecl) -> Field {
        let ty = match &state.ty {
            Some(ty) => self.resolve_type(scope, ty),
            None => Ty::Error,
        };
        let durability = match state.durability {
            ast::Durability::Volatile => Durability::Volatile,
            ast::Durability::Durable => Durability::Durable,
            ast::Durability::Ghost => Durability::Ghost,
        };
        Field { name: state.name.text.clone(), span: state.name.span, ty, durability, init: no_code() }
    }

    fn timer_signature(&mut self, owner: Owner, kind: KindId, decl: &'a ast::TimerDecl) {
        self.capital(&decl.name, "timer", false);
        let (every, from_us, to_us) = match decl.schedule {
            Schedule::Every(period) => (true, period, period),
            Schedule::After { from, to } => (false, from, to),
        };
        if from_us > to_us {
            let message = format!("the range of the timer `{}` ends before it begins", decl.name.text);
            self.report(Diagnostic::error(codes::V0324, decl.span, message));
        }
        let timer = Timer { name: decl.name.text.clone(), every, from_us, to_us };
        let Some(members) = self.members_mut(owner) else { return };
        let at = members.timers.iter().position(|known| *known == timer);
        let at = at.unwrap_or_else(|| {
            members.timers.push(timer);
            members.timers.len() - 1
        }) as u32;
        let names: Vec<SmolStr> =
            members.kinds[kind].timers.iter().map(|&at| members.timers[at as usize].name.clone()).collect();
        if names.contains(&decl.name.text) {
            let message = format!("the timer `{}` is declared twice", decl.name.text);
            self.report(
                Diagnostic::error(codes::V0205, decl.name.span, message).label("declared again here"),
            );
        } else {
            members.kinds[kind].timers.push(at);
        }
    }

    fn proc_signature(&mut self, scope: &TypeScope, kind: KindId, decl: &'a ast::ProcDecl) {
        self.capital(&decl.name, "proc", false);
        let code = self.signature(scope, &decl.params, "proc");
        let result = decl.result.as_ref().map(|ty| self.resolve_type(scope, ty));
        let proc = Proc { name: decl.name.text.clone(), span: decl.name.span, result, runs: None, code };
        let known = self.members(scope.owner).and_then(|members| {
            members.kinds[kind].procs.values().find(|proc| proc.name == decl.name.text).map(|proc| proc.span)
        });
        if self.is_new(known, &decl.name, "proc")
            && let Some(members) = self.members_mut(scope.owner)
        {
            members.kinds[kind].procs.push(proc);
        }
    }

    /// Code that has parameters alone: what callers need to know.
    fn signature(&mut self, scope: &TypeScope, params: &'a [ast::Param], what: &str) -> Code {
        let mut code = no_code();
        let mut known: IndexMap<SmolStr, Span> = IndexMap::new();
        for param in params {
            self.capital(&param.name, "parameter", false);
            let ty = match &param.ty {
                Some(ty) => self.resolve_type(scope, ty),
                // The parser has said so.
                None => Ty::Error,
            };
            if let Some(default) = &param.default {
                let message = format!("a parameter of a {what} has no default");
                self.report(Diagnostic::error(codes::V0325, default.span, message));
            }
            self.is_new(known.get(&param.name.text).copied(), &param.name, "parameter");
            known.insert(param.name.text.clone(), param.name.span);
            let local = Local { name: param.name.text.clone(), span: param.name.span, ty, mutable: false };
            let id = code.locals.push(local);
            code.params.push(id);
        }
        code
    }

    fn fn_signatures(&mut self) {
        let work = std::mem::take(&mut self.work.fns);
        for item in &work {
            let scope = TypeScope { module: item.module, owner: item.owner, params: item.params.clone() };
            let code = self.signature(&scope, &item.decl.params, "function");
            let result = match &item.decl.result {
                Some(ty) => self.resolve_type(&scope, ty),
                None => {
                    let message = format!(
                        "the function `{}` does not state the type of its result",
                        item.decl.name.text
                    );
                    self.report(
                        Diagnostic::error(codes::V0322, item.decl.name.span, message)
                            .note(format!("write `fn {}(…): int {{ … }}`, for example", item.decl.name.text)),
                    );
                    Ty::Error
                }
            };
            let def = &mut self.program.fns[item.id];
            def.code = code;
            def.result = result;
        }
        self.work.fns = work;
    }

    /// The fields of a kind, by name.
    pub(super) fn field_named(
        &self,
        owner: Owner,
        kind: KindId,
        name: &str,
    ) -> Option<(FieldId, Ty, Durability)> {
        let fields: &PrimaryMap<FieldId, Field> = &self.members(owner)?.kinds[kind].fields;
        // In a transformed system, a field of what is wrapped is found by its own name, that of the outermost first.
        let behind = |field: &Field| {
            let bare = field.name.trim_start_matches("inner.");
            (bare == name).then_some(field.name.len())
        };
        fields
            .iter()
            .filter_map(|(id, field)| Some((behind(field)?, id, field)))
            .min_by_key(|(depth, ..)| *depth)
            .map(|(_, id, field)| (id, field))
            .map(|(id, field)| (id, field.ty.clone(), field.durability))
    }
}

/// The data types that a type mentions, each with `span`.
fn data_types(ty: &Ty, span: Span, into: &mut Vec<(TypeId, Span)>) {
    match ty {
        Ty::List(t) | Ty::Set(t) => data_types(t, span, into),
        Ty::Map(k, v) => {
            data_types(k, span, into);
            data_types(v, span, into);
        }
        Ty::Tuple(parts) => parts.iter().for_each(|t| data_types(t, span, into)),
        Ty::Data(id, args) => {
            into.push((*id, span));
            args.iter().for_each(|t| data_types(t, span, into));
        }
        _ => {}
    }
}

/// The index of an entity as a number.
pub(super) fn index_of<E: EntityRef>(entity: E) -> u32 {
    entity.index() as u32
}
