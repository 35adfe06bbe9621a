//! All tables as bytes, for a search that goes on later.

use super::TakenApart;
use super::codec::{Reader, Writer};
use super::slots::{self, Slots};
use super::table::{Heavy, Table};
use crate::watch::Watch;
use crate::{Choice, Engine, Machine, NodeState};
use rustc_hash::FxHasher;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;
use verdi_core::{Program, RuleId};

/// Why saved tables are of no use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadSave {
    /// They are of another program, or of another version of this one.
    OtherProgram,
    /// They are not as they were saved.
    Damaged,
}

impl fmt::Display for BadSave {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::OtherProgram => "it was saved of another program",
            Self::Damaged => "it is damaged",
        })
    }
}

impl std::error::Error for BadSave {}

/// What begins all saved tables: another form of them begins otherwise.
const FORM: &[u8] = b"verdi-parts-2\n";

/// How many bytes a hash takes.
const HASH: usize = 8;

fn hash(bytes: &[u8]) -> [u8; HASH] {
    let mut hasher = FxHasher::default();
    bytes.hash(&mut hasher);
    hasher.finish().to_le_bytes()
}

/// Tells programs apart.
fn mark(program: &Program) -> [u8; HASH] {
    hash(program.to_string().as_bytes())
}

impl<'m, E: Engine> TakenApart<'m, E> {
    /// Takes the model of a machine apart, with the ids that saved tables have.
    ///
    /// # Errors
    /// The bytes are not what `save` gave for the same program.
    pub fn load(machine: &'m Machine<E>, bytes: &[u8]) -> Result<Self, BadSave> {
        Self::new(machine).with_saved(bytes)
    }

    /// The same, for parts of which nothing has an id yet.
    ///
    /// # Errors
    /// The bytes are not what `save` gave for the same program.
    pub fn with_saved(self, bytes: &[u8]) -> Result<Self, BadSave> {
        let (body, check) = bytes.split_last_chunk::<HASH>().ok_or(BadSave::Damaged)?;
        let rest = body.strip_prefix(FORM).filter(|_| hash(body) == *check).ok_or(BadSave::Damaged)?;
        let tables = rest.strip_prefix(&mark(self.machine.program())).ok_or(BadSave::OtherProgram)?;
        let mut reader = Reader { bytes: tables };
        self.read(&mut reader).filter(|()| reader.bytes.is_empty()).ok_or(BadSave::Damaged)?;
        Ok(self)
    }

    /// All tables; others may add to them meanwhile.
    pub(super) fn write(&self) -> Vec<u8> {
        // What rows speak of was there before them: so tables are read last that are written first, and nothing that
        // they speak of is missing.
        let firings = self.write_firings();
        let slots = table(&self.slots.both, pair);
        let watches = table(&self.slots.watches, |writer, watch| {
            writer.values(&watch.iter().map(slots::saved).collect::<Vec<_>>());
        });
        let traces = table(&self.slots.traces, pair);
        let choices = table(&self.choices, |writer, choice| {
            writer.number(u64::from(choice.rule.as_u32()));
            writer.values(&choice.args);
        });
        let mut bytes = FORM.to_vec();
        bytes.extend(mark(self.machine.program()));
        bytes.extend(table(&self.vars, |writer, vars| writer.values(vars)));
        for table in [&self.packets, &self.events] {
            bytes.extend(self::table(table, Writer::value));
        }
        for kind in 0..self.machine.program().kinds.len() as u32 {
            let states = (0..self.states.count(kind)).map(|id| self.states.get(kind, id)).collect::<Vec<_>>();
            bytes.extend(rows(&states, write_state));
        }
        for glimpses in self.glimpse_tables() {
            bytes.extend(table(glimpses, |writer, seen| writer.values(seen)));
        }
        bytes.extend([choices, traces, watches, slots, firings].into_iter().flatten());
        bytes.extend(hash(&bytes));
        bytes
    }

    /// What firings do follows from their variables and choices, and is found again.
    fn write_firings(&self) -> Vec<u8> {
        let keys = self.scripts.keys();
        let mut writer = Writer::default();
        writer.number(keys.len() as u64);
        for (vars, choice) in keys {
            writer.number(vars.map_or(0, |vars| u64::from(vars) + 1));
            writer.number(u64::from(choice));
        }
        writer.bytes
    }

    fn read(&self, reader: &mut Reader<'_>) -> Option<()> {
        let program = self.machine.program();
        fill(&self.vars, reader, |reader| {
            reader.values().filter(|vars| vars.len() == program.network.vars.len())
        })?;
        fill(&self.packets, reader, Reader::value)?;
        fill(&self.events, reader, Reader::value)?;
        for (id, kind) in &program.kinds {
            for state in 0..reader.count()? {
                let read = read_state(reader).filter(|state| state.fields.len() == kind.fields.len())?;
                if self.states.id(id.as_u32(), Arc::new(read)) as usize != state {
                    return None;
                }
            }
        }
        for glimpses in self.glimpse_tables() {
            fill(glimpses, reader, Reader::values)?;
        }
        fill(&self.choices, reader, |reader| {
            let rule = RuleId::from_u32(reader.small()?);
            let binders = program.network.rules.get(rule)?.binders.len();
            let args = reader.values().filter(|args| args.len() == binders)?;
            Some(Choice { rule, args })
        })?;
        self.read_slots(reader)?;
        self.read_firings(reader)
    }

    fn read_slots(&self, reader: &mut Reader<'_>) -> Option<()> {
        let (events, Slots { traces, watches, both, .. }) = (self.events.len(), &self.slots);
        fill(traces, reader, |reader| {
            let row = (reader.small()?, reader.small()?);
            // An earlier history has an earlier row.
            (row.0 as usize <= traces.len() && (row.1 as usize) < events).then_some(row)
        })?;
        let watchers = self.machine.program().watchers.len();
        fill(watches, reader, |reader| {
            let watch: Vec<Watch> = reader.values()?.iter().map(slots::restored).collect::<Option<_>>()?;
            (watch.len() == watchers).then_some(watch)
        })?;
        fill(both, reader, |reader| {
            let row = (reader.small()?, reader.small()?);
            (row.0 as usize <= traces.len() && (row.1 as usize) < watches.len()).then_some(row)
        })
    }

    fn read_firings(&self, reader: &mut Reader<'_>) -> Option<()> {
        for id in 0..reader.count()? {
            let vars = reader.small()?.checked_sub(1);
            let choice = reader.small()?;
            let known = |id: u32, len: usize| (id as usize) < len;
            if !known(choice, self.choices.len()) || !vars.is_none_or(|vars| known(vars, self.vars.len())) {
                return None;
            }
            let values = vars.map(|vars| self.vars.get(vars)).unwrap_or_default();
            let script = self.script(&self.choices.get(choice), vars.unwrap_or(0), &values);
            if self.scripts.insert((vars, choice), script).0 as usize != id {
                return None;
            }
        }
        Some(())
    }
}

fn pair(writer: &mut Writer, (first, second): &(u32, u32)) {
    writer.number(u64::from(*first));
    writer.number(u64::from(*second));
}

fn write_state(writer: &mut Writer, state: &NodeState) {
    writer.values(&state.fields);
    writer.number(state.armed.len() as u64);
    state.armed.iter().for_each(|timer| writer.number(u64::from(*timer)));
}

fn read_state(reader: &mut Reader<'_>) -> Option<NodeState> {
    let fields = reader.values()?;
    let armed = (0..reader.count()?).map(|_| reader.small()).collect::<Option<_>>()?;
    Some(NodeState { fields, armed })
}

fn table<T: Hash + Eq + Heavy>(table: &Table<T>, write: impl Fn(&mut Writer, &T)) -> Vec<u8> {
    rows(&table.rows(), write)
}

/// How many rows there are, then each.
fn rows<T>(rows: &[Arc<T>], write: impl Fn(&mut Writer, &T)) -> Vec<u8> {
    let mut writer = Writer::default();
    writer.number(rows.len() as u64);
    rows.iter().for_each(|row| write(&mut writer, row));
    writer.bytes
}

/// Reads a table's rows back; the first ones may be there already.
fn fill<'a, T: Hash + Eq + Heavy>(
    table: &Table<T>,
    reader: &mut Reader<'a>,
    read: impl Fn(&mut Reader<'a>) -> Option<T>,
) -> Option<()> {
    for id in 0..reader.count()? {
        let row: Arc<T> = Arc::new(read(reader)?);
        if table.id(row) as usize != id {
            return None;
        }
    }
    Some(())
}
