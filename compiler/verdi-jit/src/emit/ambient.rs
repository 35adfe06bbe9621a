//! What reads and changes the context.

use super::{Address, Emit, Words};
use crate::context::{at, record};
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{self, InstBuilder};
use verdi_core::{Context, Fire, KindId, Operand, Rvalue, StmtKind};

impl Emit<'_, '_> {
    pub(super) fn ambient_value(&mut self, value: &Rvalue) -> Words {
        match value {
            Rvalue::SelfNode => vec![self.load(self.ctx, at::SELF_NODE)],
            Rvalue::Field(field) => {
                let Context::Node(kind) = self.function.context else { return Words::new() };
                let (from, words) = self.shared.field(kind, *field);
                let state = self.load(self.ctx, at::STATE);
                self.load_words(state, from, words)
            }
            Rvalue::NodeField(node, kind, field) => {
                self.require_kind(*node, *kind);
                let (from, words) = self.shared.field(*kind, *field);
                let state = self.of_node(at::NODES, *node);
                self.load_words(state, from, words)
            }
            Rvalue::NodeIs(node, kind) => {
                let found = self.kind(*node);
                let wanted = self.int(i64::from(kind.as_u32()));
                vec![self.icmp(IntCC::Equal, found, wanted)]
            }
            Rvalue::Timers(node) => vec![self.of_node(at::TIMERS, *node)],
            Rvalue::Inputs(node) => vec![self.of_node(at::INPUTS, *node)],
            Rvalue::Var(var) => {
                let (from, words) = self.shared.var(*var);
                let vars = self.load(self.ctx, at::VARS);
                self.load_words(vars, from, words)
            }
            Rvalue::Packets => vec![self.packets(at::PACKETS)],
            Rvalue::DistinctPackets => vec![self.packets(at::DISTINCT)],
            Rvalue::Heads => vec![self.packets(at::HEADS)],
            Rvalue::Trace => vec![self.load(self.ctx, at::TRACE)],
            _ => unreachable!("`Emit::assign` does the rest"),
        }
    }

    fn kind(&mut self, node: Operand) -> ir::Value {
        let table = Address::NodeKind(self.shared.node_kind.as_ptr() as usize);
        self.look_up(table, node)
    }

    /// Fields of another kind lie elsewhere.
    fn require_kind(&mut self, node: Operand, kind: KindId) {
        if self.shared.program.kinds.len() > 1 {
            let found = self.kind(node);
            let wanted = self.int(i64::from(kind.as_u32()));
            let is = self.b.ins().icmp(IntCC::Equal, found, wanted);
            self.require(is);
        }
    }

    /// A node's word of a table of the context's.
    fn of_node(&mut self, table: i32, node: Operand) -> ir::Value {
        let (table, node) = (self.load(self.ctx, table), self.read_word(node));
        self.word_of(table, node)
    }

    fn packets(&mut self, list: i32) -> ir::Value {
        if self.function.context == Context::Rule {
            // What the rule itself did to the packets is not in the lists.
            let stale = self.load(self.ctx, at::STALE);
            self.forbid(stale);
        }
        self.load(self.ctx, list)
    }

    pub(super) fn ambient(&mut self, stmt: &StmtKind) {
        match stmt {
            StmtKind::StoreField(field, value) => {
                let Context::Node(kind) = self.function.context else { return };
                let words = self.read_canonical(*value);
                let (from, _) = self.shared.field(kind, *field);
                let state = self.load(self.ctx, at::STATE);
                self.store_words(&words, state, from);
            }
            StmtKind::Send { to, body } => self.record(record::SEND, &[*to, *body]),
            StmtKind::Output { to, body } => {
                let (given, to) = match to {
                    Some(to) => (self.int(1), self.read_word(*to)),
                    None => (self.int(0), self.int(0)),
                };
                let mut words = vec![given, to];
                words.extend(self.read(*body));
                self.record_words(record::OUTPUT, &words);
            }
            StmtKind::StartTimer(timer) => self.record_timer(record::START_TIMER, *timer),
            StmtKind::StopTimer(timer) => self.record_timer(record::STOP_TIMER, *timer),
            StmtKind::StoreVar(var, value) => {
                let words = self.read_canonical(*value);
                let (from, _) = self.shared.var(*var);
                let vars = self.load(self.ctx, at::VARS);
                self.store_words(&words, vars, from);
                let mut stored = vec![self.int(i64::from(var.as_u32()))];
                stored.extend(words);
                self.record_words(record::STORE_VAR, &stored);
            }
            StmtKind::AddPacket(packet) => self.move_packets(record::ADD_PACKET, &[*packet]),
            StmtKind::RemovePacket(packet) => self.move_packets(record::REMOVE_PACKET, &[*packet]),
            StmtKind::Fire(fire) => self.fire(fire),
            _ => unreachable!("`Emit::stmt` does the rest"),
        }
    }

    fn fire(&mut self, fire: &Fire) {
        match fire {
            Fire::Input { invocation, at } => self.move_packets(record::INPUT, &[*at, *invocation]),
            Fire::Deliver(packet) => self.move_packets(record::DELIVER, &[*packet]),
            Fire::Timeout { timer, at } => {
                let mut words = self.read(*at);
                words.push(self.timer(*timer));
                self.record_words(record::TIMEOUT, &words);
                self.set_stale();
            }
            Fire::Crash(node) => self.move_packets(record::CRASH, &[*node]),
            Fire::Reboot(node) => self.move_packets(record::REBOOT, &[*node]),
        }
    }

    fn move_packets(&mut self, kind: u64, operands: &[Operand]) {
        self.record(kind, operands);
        self.set_stale();
    }

    fn set_stale(&mut self) {
        let one = self.int(1);
        self.store(one, self.ctx, at::STALE);
    }

    /// A timer's position.
    fn timer(&mut self, timer: Operand) -> ir::Value {
        self.tag(timer).unwrap_or_else(|| self.int(0))
    }

    fn record_timer(&mut self, kind: u64, timer: Operand) {
        let timer = self.timer(timer);
        self.record_words(kind, &[timer]);
    }

    fn record(&mut self, kind: u64, operands: &[Operand]) {
        let mut words = Words::new();
        for operand in operands {
            words.extend(self.read(*operand));
        }
        self.record_words(kind, &words);
    }

    /// Adds to what the call did. Every type that is recorded is a scalar or a data type, and so canonical.
    fn record_words(&mut self, kind: u64, words: &[ir::Value]) {
        let taken = words.len() as i64 + 1;
        let from = self.load(self.ctx, at::EFFECT_WORDS);
        let to = self.b.ins().iadd_imm_s(from, taken);
        let room = self.load(self.ctx, at::EFFECT_ROOM);
        let fits = self.b.ins().icmp(IntCC::UnsignedLessThanOrEqual, to, room);
        let [grow, go_on] = [(); 2].map(|()| self.b.create_block());
        self.b.set_cold_block(grow);
        self.b.ins().brif(fits, go_on, &[], grow, &[]);
        self.enter(grow);
        let helper = self.address(Address::GrowEffects);
        let zero = self.int(0);
        self.b.ins().call_indirect(self.signatures.one, helper, &[self.ctx, zero]);
        self.b.ins().jump(go_on, &[]);
        self.enter(go_on);
        let base = self.load(self.ctx, at::EFFECTS);
        let offset = self.b.ins().ishl_imm_u(from, 3);
        let place = self.b.ins().iadd(base, offset);
        let kind = self.int(kind as i64);
        self.store(kind, place, 0);
        self.store_words(words, place, 1);
        self.store(to, self.ctx, at::EFFECT_WORDS);
    }
}
