//! A function as it is followed, with values that are known only as far as renaming goes.

use super::renaming::{Renamed, Renaming};
use super::value::{ANY_BITS, Cell, Class, Distinct, Known, Mix, What, then};
use super::writes::{DONE, Outside, Writes};
use crate::reduce::Why;
use crate::*;
use cranelift_entity::{EntityRef, SecondaryMap};
use std::collections::BTreeSet;

/// What is known of every cell where a path has come to.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct State {
    pub(super) cells: Vec<Known>,
}

/// Where a path goes on.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum To {
    Label(Label),
    Return,
}

/// A path that leaves a loop early.
pub(super) struct Exit {
    pub(super) to: To,
    pub(super) state: State,
    pub(super) value: Option<Known>,
}

/// A loop over a list whose order depends on names, as it is gone through.
pub(super) struct Shuffle {
    pub(super) span: Span,
    pub(super) written: BTreeSet<Cell>,
    pub(super) exits: Vec<Exit>,
    /// The first thing in it that may fault.
    pub(super) faulty: Option<Why>,
    /// Cells of which a round read what belongs to its own key.
    pub(super) own_reads: Vec<Cell>,
    /// The call that it is in.
    pub(super) frame: usize,
}

pub(super) struct Target {
    pub(super) label: Label,
    /// How many shuffled loops are around it.
    pub(super) loops: usize,
    pub(super) state: Option<State>,
}

/// A call.
pub(super) struct Frame<'a> {
    pub(super) function: &'a Function,
    /// How many shuffled loops are around it.
    pub(super) loops: usize,
    pub(super) targets: Vec<Target>,
    pub(super) returned: Option<State>,
    pub(super) value: Option<Known>,
}

pub(super) struct Walk<'a> {
    pub(super) program: &'a Program,
    pub(super) renaming: Renaming<'a>,
    writes: &'a Writes,
    /// The name of the kind.
    pub(super) name: &'a str,
    /// Whether a fault that some orders meet and others do not is let pass, with a proviso.
    pub(super) lenient: bool,
    pub(super) provisos: Vec<Why>,
    /// How many fields or variables the functions at hand have.
    pub(super) places: usize,
    /// Their types.
    place_tys: Vec<TyId>,
    pub(super) loops: Vec<Shuffle>,
    pub(super) frames: Vec<Frame<'a>>,
    constants: SecondaryMap<ConstId, Option<Renamed>>,
    pub(super) steps: u64,
    pub(super) nesting: usize,
}

impl<'a> Walk<'a> {
    pub(super) fn new(program: &'a Program, writes: &'a Writes, kind: KindId) -> Self {
        Self {
            program,
            renaming: Renaming::new(program, kind),
            writes,
            name: &program.kinds[kind].name,
            lenient: false,
            provisos: Vec::new(),
            places: 0,
            place_tys: Vec::new(),
            loops: Vec::new(),
            frames: Vec::new(),
            constants: SecondaryMap::new(),
            steps: 0,
            nesting: 0,
        }
    }

    /// Follows a function that the machine calls, on arguments that are renamed with the world; what it
    /// answers. `draws`: whether that is a list whose order does not matter.
    pub(super) fn root(&mut self, func: FuncId, draws: bool) -> Result<Option<Known>, Why> {
        let function = &self.program.functions[func];
        let places: Vec<TyId> = match function.context {
            Context::Node(kind) => self.program.kinds[kind].fields.values().map(|field| field.ty).collect(),
            _ => self.program.network.vars.values().map(|var| var.ty).collect(),
        };
        (self.places, self.steps, self.nesting) = (places.len(), 0, 0);
        self.loops.clear();
        self.frames.clear();
        let done = std::iter::repeat_n(Known::same(false), DONE);
        let mut state = State { cells: places.iter().map(|ty| self.renamed(*ty)).chain(done).collect() };
        self.place_tys = places;
        let params = function.locals.values().take(function.params);
        let args = params.map(|local| self.renamed(local.ty)).collect();
        let value = self.call(function.span, func, args, &mut state)?;
        for cell in state.cells {
            self.settled(function.span, cell)?;
        }
        let Some(value) = value else { return Ok(None) };
        self.settled(function.span, value)?;
        if draws { Ok(Some(value)) } else { self.ordered(function.span, value).map(Some) }
    }

    /// A value that comes from outside of a function.
    pub(super) fn renamed(&mut self, ty: TyId) -> Known {
        Known::same(self.renaming.holds_nodes(ty))
    }

    pub(super) fn why<T>(&self, span: Span, text: impl Into<String>) -> Result<T, Why> {
        Err(Why::new(span, text))
    }

    /// A value that does not depend on the order of nodes, unless it is a list of which only the order does.
    pub(super) fn settled(&self, span: Span, value: Known) -> Result<Known, Why> {
        match value.what {
            What::Mixed(at, Mix::Rounds) => self.why(
                at,
                format!("what this leaves behind depends on the order of the nodes of `{}`", self.name),
            ),
            What::Mixed(at, Mix::List) => self.ordered(at, value.with(What::Shuffled(Distinct::No))),
            What::Mixed(at, Mix::Sum) => self.why(
                at,
                format!("whether this sum overflows may depend on the order of the nodes of `{}`", self.name),
            ),
            What::Running(..) => self.why(
                span,
                format!(
                    "this sees what an earlier round of a loop did, and so the order of the nodes of `{}`",
                    self.name
                ),
            ),
            _ => Ok(value),
        }
    }

    pub(super) fn frame(&mut self) -> &mut Frame<'a> {
        let last = self.frames.len() - 1;
        &mut self.frames[last]
    }

    /// Whether a cell is a field or a variable.
    pub(super) fn is_place(&self, cell: Cell) -> bool {
        cell.0 < self.places
    }

    pub(super) fn local(&self, local: LocalId) -> Cell {
        Cell(self.places + DONE + local.index())
    }

    /// Whether nodes of the kind may be in a cell of the function at hand, whoever writes it.
    pub(super) fn may_hold_ours(&mut self, cell: Cell) -> bool {
        let ty = match cell.0.checked_sub(self.places + DONE) {
            Some(local) => Some(self.frame().function.locals[LocalId::new(local)].ty),
            None => self.place_tys.get(cell.0).copied(),
        };
        ty.is_some_and(|ty| self.renaming.holds_nodes(ty))
    }

    /// What is in an operand, whatever it is.
    pub(super) fn peek(&mut self, span: Span, operand: Operand, state: &State) -> Result<Known, Why> {
        let id = match operand {
            Operand::Local(local) => return Ok(state.cells[self.local(local).0]),
            Operand::Const(id) => id,
        };
        let renamed = match self.constants[id] {
            Some(known) => known,
            None => *self.constants[id].insert(self.renaming.constant(id)),
        };
        let value = &self.program.consts[id].value;
        let ours = self.renaming.named(value).is_some();
        let known = |what| Known { what, ours, bits: bits_of(value) };
        match renamed {
            Renamed::Fixed => Ok(known(What::Fixed(id))),
            Renamed::Shuffled(distinct) => Ok(known(What::Shuffled(distinct))),
            Renamed::Names(node) => {
                let node = self.program.node_name(node);
                self.why(span, format!("this is `{node}` and no other node of `{}`", self.name))
            }
        }
    }

    /// What is in an operand that is renamed with the world.
    pub(super) fn plain(&mut self, span: Span, operand: Operand, state: &State) -> Result<Known, Why> {
        let known = self.peek(span, operand, state)?;
        let known = self.settled(span, known)?;
        self.ordered(span, known)
    }

    /// A value that is no list of which the order depends on names.
    fn ordered(&self, span: Span, known: Known) -> Result<Known, Why> {
        match known.what {
            What::Shuffled(_) => self.why(
                span,
                format!("this is a list in the order of the nodes of `{}`, and the order is kept", self.name),
            ),
            _ => Ok(known),
        }
    }

    /// The cells that a loop's body may write.
    pub(super) fn written(&self, body: &Block) -> BTreeSet<Cell> {
        self.writes.cells(body, self.places)
    }

    /// Notes what faults in some rounds only.
    pub(super) fn may_fault(&mut self, span: Span, text: &str) {
        for shuffle in &mut self.loops {
            shuffle.faulty.get_or_insert_with(|| Why::new(span, text));
        }
    }

    /// Does something to what lies outside of the function, in one round of each loop around.
    pub(super) fn done(&mut self, span: Span, outside: Outside, class: Class, state: &mut State) {
        let cell = outside.cell(self.places);
        let known = state.cells[cell.0];
        if let What::Running(at, of, before) = known.what {
            state.cells[cell.0].what = match then(before, class) {
                Some(class) => What::Running(at, of, class),
                None => What::Mixed(span, Mix::Rounds),
            };
        }
    }

    /// What an element of a shuffled loop is.
    pub(super) fn drawn(at: usize, distinct: Distinct) -> What {
        match distinct {
            Distinct::No => What::Same,
            Distinct::Elements => What::Drawn(at as u8),
            Distinct::Keys => What::Paired(at as u8),
        }
    }
}

/// How many bits the ints of a constant need.
fn bits_of(value: &Value) -> u8 {
    match value {
        Value::Int(int) => (u64::BITS - int.unsigned_abs().leading_zeros()) as u8,
        Value::List(items) => items.iter().map(bits_of).max().unwrap_or(0),
        _ => ANY_BITS,
    }
}
