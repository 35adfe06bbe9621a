//! Follows what handles an event, over all paths that are not known to be shut.

use super::handling::{Cause, Handling, Whom, kinds_in};
use crate::reduce::facts::holds_nodes;
use crate::*;
use cranelift_entity::{EntityRef, SecondaryMap};
use std::collections::{BTreeMap, BTreeSet};

/// Which kinds of nodes are in fields, messages and inputs.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Held {
    pub(super) fields: BTreeMap<(KindId, FieldId), BTreeSet<KindId>>,
    pub(super) messages: BTreeMap<u32, BTreeSet<KindId>>,
    pub(super) inputs: BTreeSet<KindId>,
}

/// What is known of a value; nothing before it is assigned.
#[derive(Clone, Debug, PartialEq)]
struct Known {
    /// For a bool.
    truth: Option<bool>,
    /// Its constructor.
    tag: Option<u32>,
    /// The nodes that may be in it.
    whom: Whom,
}

impl Known {
    fn of(whom: Whom) -> Self {
        Self { truth: None, tag: None, whom }
    }

    fn join(&mut self, other: &Known) {
        self.truth = self.truth.filter(|truth| other.truth == Some(*truth));
        self.tag = self.tag.filter(|tag| other.tag == Some(*tag));
        self.whom.join(&other.whom);
    }
}

/// A function as far as it is known to be called.
#[derive(Clone, Debug, Default, PartialEq)]
struct Frame {
    locals: Vec<Option<Known>>,
    result: Option<Known>,
}

/// Follows what handles one event, over all paths that are not known to be shut.
pub(super) struct Follow<'a> {
    pub(super) program: &'a Program,
    pub(super) held: &'a Held,
    pub(super) kind: KindId,
    pub(super) cause: Cause,
    pub(super) found: Handling,
    /// The kinds of nodes in what is stored, by field, and in what is sent, by constructor.
    pub(super) stored: BTreeMap<FieldId, BTreeSet<KindId>>,
    pub(super) sent: BTreeMap<u32, BTreeSet<KindId>>,
    frames: BTreeMap<u32, Frame>,
    left: BTreeSet<Label>,
    holds_nodes: SecondaryMap<TyId, Option<bool>>,
}

impl<'a> Follow<'a> {
    pub(super) fn new(program: &'a Program, held: &'a Held, kind: KindId, cause: Cause) -> Self {
        Self {
            program,
            held,
            kind,
            cause,
            found: Handling::default(),
            stored: BTreeMap::new(),
            sent: BTreeMap::new(),
            frames: BTreeMap::new(),
            left: BTreeSet::new(),
            holds_nodes: SecondaryMap::new(),
        }
    }

    /// Follows a function that handles the event; its result holds these kinds of nodes.
    pub(super) fn run(&mut self, func: FuncId) -> BTreeSet<KindId> {
        let sender = Whom { sender: true, ..Whom::default() };
        let args: Vec<Known> = match self.cause {
            Cause::Start | Cause::Crash | Cause::Reboot => Vec::new(),
            Cause::Input(tag) => {
                let kinds = self.held.inputs.clone();
                let input = Known { truth: None, tag: Some(tag), whom: Whom { kinds, ..Whom::default() } };
                vec![Known::of(Whom::default()), input]
            }
            Cause::Message(tag, _) => {
                let kinds = self.held.messages.get(&tag).cloned().unwrap_or_default();
                let message = Known { truth: None, tag: Some(tag), whom: Whom { kinds, ..Whom::default() } };
                vec![Known::of(sender), message]
            }
            Cause::Timeout(timer) => vec![Known { tag: Some(timer), ..Known::of(Whom::default()) }],
        };
        self.enter(func, &args);
        loop {
            let before = self.frames.clone();
            for func in before.keys() {
                self.left.clear();
                let func = FuncId::from_u32(*func);
                let body = &self.program.functions[func].body;
                self.block(func, body);
            }
            if self.frames == before {
                break;
            }
        }
        let result = self.frames.get(&func.as_u32()).and_then(|frame| frame.result.clone());
        result.map_or_else(BTreeSet::new, |known| known.whom.kinds(self.kind, self.cause))
    }

    /// A function is called with these arguments, among others.
    fn enter(&mut self, func: FuncId, args: &[Known]) {
        let locals = self.program.functions[func].locals.len();
        let frame = self.frames.entry(func.as_u32()).or_default();
        frame.locals.resize(locals, None);
        for (local, arg) in frame.locals.iter_mut().zip(args) {
            put(local, arg);
        }
    }

    fn known(&self, func: FuncId, operand: Operand) -> Option<Known> {
        match operand {
            Operand::Local(local) => self.frames.get(&func.as_u32())?.locals.get(local.index())?.clone(),
            Operand::Const(id) => {
                let value = &self.program.consts[id].value;
                let mut kinds = BTreeSet::new();
                kinds_in(self.program, value, &mut kinds);
                let (truth, tag) = match value {
                    Value::Bool(truth) => (Some(*truth), None),
                    Value::Data(tag, _) => (None, Some(*tag)),
                    _ => (None, None),
                };
                Some(Known { truth, tag, whom: Whom { kinds, ..Whom::default() } })
            }
        }
    }

    fn holds_nodes(&mut self, ty: TyId) -> bool {
        *self.holds_nodes[ty].get_or_insert_with(|| holds_nodes(&self.program.types, ty))
    }

    /// Whether a path may come to the end of a block.
    fn block(&mut self, func: FuncId, block: &'a Block) -> bool {
        block.stmts.iter().all(|stmt| self.stmt(func, stmt))
    }

    /// Whether a path may go on after a statement.
    fn stmt(&mut self, func: FuncId, stmt: &'a Stmt) -> bool {
        match &stmt.kind {
            StmtKind::Assign(local, value) => {
                let Some(mut known) = self.value(func, value) else { return false };
                let ty = self.program.functions[func].locals[*local].ty;
                if !self.holds_nodes(ty) {
                    known.whom = Whom::default();
                }
                if let Some(frame) = self.frames.get_mut(&func.as_u32()) {
                    put(&mut frame.locals[local.index()], &known);
                }
                true
            }
            StmtKind::If(cond, then, other) => {
                let Some(cond) = self.known(func, *cond) else { return false };
                let yes = cond.truth != Some(false) && self.block(func, then);
                let no = cond.truth != Some(true) && self.block(func, other);
                yes || no
            }
            StmtKind::For { label, element, list, body } => {
                if let Some(mut list) = self.known(func, *list) {
                    (list.truth, list.tag) = (None, None);
                    if let Some(frame) = self.frames.get_mut(&func.as_u32()) {
                        put(&mut frame.locals[element.index()], &list);
                    }
                    self.block(func, body);
                }
                self.left.remove(label);
                true
            }
            StmtKind::Scope(label, body) => {
                let falls = self.block(func, body);
                self.left.remove(label) || falls
            }
            StmtKind::Leave(label) => {
                self.left.insert(*label);
                false
            }
            StmtKind::Return(value) => {
                let known = value.and_then(|value| self.known(func, value));
                if let (Some(known), Some(frame)) = (known, self.frames.get_mut(&func.as_u32())) {
                    put(&mut frame.result, &known);
                }
                false
            }
            StmtKind::Call(callee, args) => {
                self.call(func, *callee, args);
                true
            }
            effect => {
                self.effect(func, effect);
                true
            }
        }
    }

    fn call(&mut self, func: FuncId, callee: FuncId, args: &[Operand]) {
        let args: Option<Vec<Known>> = args.iter().map(|arg| self.known(func, *arg)).collect();
        if let Some(args) = args {
            self.enter(callee, &args);
        }
    }

    fn effect(&mut self, func: FuncId, effect: &StmtKind) {
        match effect {
            StmtKind::StoreField(field, value) => {
                self.found.writes.insert(*field);
                if let Some(known) = self.known(func, *value) {
                    let kinds = known.whom.kinds(self.kind, self.cause);
                    self.stored.entry(*field).or_default().extend(kinds);
                }
            }
            StmtKind::Send { to, body } => {
                let (Some(to), Some(body)) = (self.known(func, *to), self.known(func, *body)) else { return };
                let kinds = body.whom.kinds(self.kind, self.cause);
                let all = self.program.types.as_data(self.program.special.message);
                let all = all.map_or(0, |(_, data)| data.ctors.len() as u32);
                for tag in (0..all).filter(|tag| body.tag.is_none_or(|known| known == *tag)) {
                    self.found.sends.entry(tag).or_default().join(&to.whom);
                    self.sent.entry(tag).or_default().extend(&kinds);
                }
            }
            StmtKind::Output { .. } => self.found.outputs = true,
            StmtKind::StartTimer(timer) => {
                let tag = self.known(func, *timer).and_then(|known| known.tag);
                let all = 0..self.program.timers.len() as u32;
                self.found.starts.extend(all.filter(|timer| tag.is_none_or(|tag| tag == *timer)));
            }
            StmtKind::StopTimer(_) => self.found.stops = true,
            _ => {}
        }
    }

    /// What is known of a value; nothing where no path comes to it yet.
    fn value(&mut self, func: FuncId, value: &Rvalue) -> Option<Known> {
        let operands = value.operands();
        let all: Vec<Known> =
            operands.iter().map(|operand| self.known(func, *operand)).collect::<Option<_>>()?;
        let mut known = Known::of(Whom::default());
        for operand in &all {
            known.whom.join(&operand.whom);
        }
        match value {
            Rvalue::Use(_) => return all.into_iter().next(),
            Rvalue::Make(tag, _) => known.tag = Some(*tag),
            Rvalue::Is(_, tag) => known.truth = all[0].tag.map(|known| known == *tag),
            Rvalue::NodeIs(_, kind) => {
                let kinds = all[0].whom.kinds(self.kind, self.cause);
                known.truth = match kinds.contains(kind) {
                    false => Some(false),
                    true => (kinds.len() == 1).then_some(true),
                };
            }
            Rvalue::Op(Op::Eq, _) => known.truth = self.same(&operands, &all),
            Rvalue::Op(Op::Not, _) => known.truth = all[0].truth.map(|truth| !truth),
            Rvalue::Call(callee, args) => {
                self.call(func, *callee, args);
                return self.frames.get(&callee.as_u32())?.result.clone();
            }
            Rvalue::SelfNode => known.whom.itself = true,
            Rvalue::Field(field) => {
                let kinds = self.held.fields.get(&(self.kind, *field));
                known.whom.kinds = kinds.cloned().unwrap_or_default();
            }
            _ => {}
        }
        Some(known)
    }

    /// Whether two values are equal, as far as their constructors tell.
    fn same(&self, operands: &[Operand], all: &[Known]) -> Option<bool> {
        let (a, b) = (all[0].tag?, all[1].tag?);
        let constant = operands.iter().find_map(|operand| match operand {
            Operand::Const(id) => Some(&self.program.consts[*id]),
            Operand::Local(_) => None,
        })?;
        let bare = matches!(&constant.value, Value::Data(_, fields) if fields.is_empty());
        if a != b { Some(false) } else { bare.then_some(true) }
    }
}

/// Lets a place be this too.
fn put(place: &mut Option<Known>, known: &Known) {
    match place {
        Some(place) => place.join(known),
        None => *place = Some(known.clone()),
    }
}
