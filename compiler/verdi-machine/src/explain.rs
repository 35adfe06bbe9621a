mod names;
mod recorder;

use crate::{Engine, Fault, Machine, World, env::WorldEnv};
use recorder::Recorder;
use smol_str::SmolStr;
use verdi_core::{FieldId, KindId, PropertyId, Span, TyId, Value, VarId};

/// Why a property does not hold of a world.
#[derive(Clone, Debug)]
pub struct Explanation {
    /// The part of the property that failed, by its position.
    pub part: usize,
    /// Where that part was written.
    pub span: Span,
    /// What quantifiers and loops had drawn when it was decided, the outermost first; empty where all that they
    /// draw was looked at in vain.
    pub bindings: Vec<Binding>,
    /// What was read of the world and led to the decision, in order, each once. What earlier iterations of a
    /// loop read is left out where a later one decided.
    pub reads: Vec<Read>,
    /// Where the evaluation faulted.
    pub fault: Option<Fault>,
}

/// What a quantifier drew.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Binding {
    /// The variable.
    pub name: SmolStr,
    /// Its type.
    pub ty: TyId,
    /// What was drawn.
    pub value: Value,
}

/// A value that a property read of the world.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Read {
    /// What was read.
    pub source: Source,
    /// What it was.
    pub value: Value,
}

/// What a property can read. The type of the value follows from it: see [`Machine::source_ty`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// A field of a node of a kind.
    Field(u32, KindId, FieldId),
    /// The armed timers of a node.
    Timers(u32),
    /// A variable of the network.
    Var(VarId),
    /// The packets in flight.
    Packets,
    /// The history.
    Trace,
}

impl<E: Engine> Machine<E> {
    /// Why a property does not hold of a world; `None` if it does.
    pub fn explain(&self, property: PropertyId, world: &World) -> Option<Explanation> {
        for (at, part) in self.program().properties[property].parts.iter().enumerate() {
            let mut recorder = Recorder::new(WorldEnv { tables: &self.tables, world });
            let fault = match self.engine().call(part.func, &[], &mut recorder) {
                Ok(Some(Value::Bool(true)) | None) => continue,
                Ok(Some(_)) => None,
                Err(fault) => Some(fault),
            };
            let (elements, reads) = recorder.finish();
            let functions = &self.program().functions;
            let named = |(func, local, value)| names::bindings(&functions[func], local, value);
            let bindings = elements.into_iter().flat_map(named).collect();
            return Some(Explanation { part: at, span: part.span, bindings, reads, fault });
        }
        None
    }

    /// The type of what is read; `None` for lists, whose elements are of the type that [`Self::source_item_ty`] gives.
    pub fn source_ty(&self, source: Source) -> Option<TyId> {
        match source {
            Source::Field(_, kind, field) => Some(self.program().kinds[kind].fields[field].ty),
            Source::Var(var) => Some(self.program().network.vars[var].ty),
            Source::Timers(_) | Source::Packets | Source::Trace => None,
        }
    }

    /// The type of the elements of the list that is read, where it is the machine that makes the list.
    pub fn source_item_ty(&self, source: Source) -> Option<TyId> {
        let special = &self.program().special;
        match source {
            Source::Timers(_) => Some(special.timer),
            Source::Packets => Some(special.packet),
            Source::Trace => Some(special.event),
            Source::Field(..) | Source::Var(_) => None,
        }
    }
}
