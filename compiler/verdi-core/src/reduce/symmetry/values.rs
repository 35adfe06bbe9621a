//! What is known of what is computed, and what is done to the world.

use super::value::{ANY_BITS, Class, Distinct, Known, What};
use super::walk::{State, Walk};
use super::writes::Outside;
use crate::reduce::Why;
use crate::*;

impl<'a> Walk<'a> {
    /// What is known of a value that is assigned to a local of a type.
    pub(super) fn value(
        &mut self,
        stmt: &'a Stmt,
        value: &Rvalue,
        ty: TyId,
        state: &mut State,
    ) -> Result<Known, Why> {
        let span = stmt.span;
        match value {
            Rvalue::Use(operand) => self.peek(span, *operand, state),
            Rvalue::Op(op, args) => self.op(stmt, *op, args, ty, state),
            Rvalue::List(items) if items.is_empty() => {
                Ok(Known { what: What::Nothing, ours: false, bits: 0 })
            }
            Rvalue::List(items) => {
                let items = self.all(span, items, state)?;
                let bits = items.iter().map(|item| item.bits).max().unwrap_or(0);
                Ok(Known { bits, ..Known::same(items.iter().any(|item| item.ours)) })
            }
            Rvalue::Make(_, fields) => {
                let fields = self.all(span, fields, state)?;
                let whole = fields.iter().fold(0, |draws, field| draws | field.draws().0);
                let key = fields.first().map_or(0, |field| field.draws().0);
                let ours = fields.iter().any(|field| field.ours);
                let made = Known::same(ours);
                Ok(if whole == 0 { made } else { made.with(What::Made(whole, key)) })
            }
            Rvalue::Is(operand, _) | Rvalue::NodeIs(operand, _) => {
                self.plain(span, *operand, state)?;
                Ok(Known::same(false))
            }
            Rvalue::Get(operand, _, field) => {
                let known = self.plain(span, *operand, state)?;
                let what = match known.what {
                    What::Paired(at) if *field == 0 => What::Drawn(at),
                    _ => What::Same,
                };
                Ok(Known { what, ours: known.ours && self.renamed(ty).ours, bits: ANY_BITS })
            }
            Rvalue::Call(func, args) => {
                let args = args.iter().map(|arg| self.peek(span, *arg, state));
                let args = args.collect::<Result<_, _>>()?;
                let known = self.call(span, *func, args, state)?;
                Ok(known.unwrap_or(Known::UNSET))
            }
            ambient => self.ambient(span, ambient, ty, state),
        }
    }

    /// What is known of what is read from the world.
    fn ambient(&mut self, span: Span, value: &Rvalue, ty: TyId, state: &State) -> Result<Known, Why> {
        match value {
            Rvalue::SelfNode => {
                let Context::Node(kind) = self.frame().function.context else { return Ok(Known::same(true)) };
                Ok(Known::same(self.program.kinds[kind].name == self.name))
            }
            Rvalue::Field(field) => Ok(state.cells[Outside::Place(field.as_u32()).cell(self.places).0]),
            Rvalue::Var(var) => Ok(state.cells[Outside::Place(var.as_u32()).cell(self.places).0]),
            Rvalue::NodeField(node, ..) => {
                self.plain(span, *node, state)?;
                Ok(self.renamed(ty))
            }
            Rvalue::Timers(node) => {
                self.plain(span, *node, state)?;
                Ok(Known::same(false))
            }
            Rvalue::Inputs(node) => {
                self.plain(span, *node, state)?;
                let known = self.renamed(ty);
                Ok(if known.ours { known.with(What::Shuffled(Distinct::No)) } else { known })
            }
            Rvalue::Packets | Rvalue::DistinctPackets | Rvalue::Heads => {
                let packets = state.cells[Outside::Packets.cell(self.places).0];
                self.settled(span, packets)?;
                let once = !matches!(value, Rvalue::Packets);
                let distinct = if once { Distinct::Elements } else { Distinct::No };
                Ok(Known::same(true).with(What::Shuffled(distinct)))
            }
            _ => self.why(span, "this reads the history, in which nodes are not renamed"),
        }
    }

    pub(super) fn all(&mut self, span: Span, operands: &[Operand], state: &State) -> Result<Vec<Known>, Why> {
        operands.iter().map(|operand| self.plain(span, *operand, state)).collect()
    }

    /// What a statement does to the world.
    pub(super) fn effect(&mut self, span: Span, effect: &StmtKind, state: &mut State) -> Result<(), Why> {
        match effect {
            StmtKind::StoreField(_, value) | StmtKind::StoreVar(_, value) => {
                let known = self.stored(span, *value, state)?;
                let at = match effect {
                    StmtKind::StoreField(field, _) => field.as_u32(),
                    StmtKind::StoreVar(var, _) => var.as_u32(),
                    _ => return Ok(()),
                };
                state.cells[Outside::Place(at).cell(self.places).0] = known;
            }
            StmtKind::Send { to, body } => {
                let to = self.plain(span, *to, state)?;
                self.plain(span, *body, state)?;
                self.sent(span, to, state)?;
            }
            StmtKind::AddPacket(packet) => {
                self.plain(span, *packet, state)?;
                self.sent(span, Known::same(true), state)?;
            }
            StmtKind::RemovePacket(packet) => {
                self.plain(span, *packet, state)?;
                self.done(span, Outside::Packets, Class::Take, state);
            }
            StmtKind::StartTimer(timer) => {
                self.plain(span, *timer, state)?;
                self.done(span, Outside::Timers, Class::Start, state);
            }
            StmtKind::StopTimer(timer) => {
                self.plain(span, *timer, state)?;
                self.done(span, Outside::Timers, Class::Stop, state);
            }
            StmtKind::Output { to, body } => {
                let operands: Vec<Operand> = to.iter().chain([body]).copied().collect();
                self.all(span, &operands, state)?;
            }
            StmtKind::Fire(fire) => {
                self.all(span, &fire.operands(), state)?;
            }
            _ => {}
        }
        Ok(())
    }

    /// A value that goes into a field: what earlier rounds made of it may be part of it.
    fn stored(&mut self, span: Span, value: Operand, state: &State) -> Result<Known, Why> {
        let known = self.peek(span, value, state)?;
        match known.what {
            What::Running(..) => Ok(known),
            _ => self.plain(span, value, state),
        }
    }

    /// In queues, the order of what is sent from one node to another counts.
    fn sent(&mut self, span: Span, to: Known, state: &mut State) -> Result<(), Why> {
        let queues = self.program.network.packets == PacketStore::Fifo;
        let one_each = self.loops.len() == 1 && to.what == What::Drawn(0);
        if queues && !self.loops.is_empty() && !one_each {
            return self.why(
                span,
                format!("in which order this is sent depends on the order of the nodes of `{}`", self.name),
            );
        }
        self.done(span, Outside::Packets, Class::Send, state);
        Ok(())
    }
}
