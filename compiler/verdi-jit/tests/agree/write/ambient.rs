//! What acts on the surroundings.

use super::Writer;
use verdi_core::*;

impl Writer<'_> {
    pub(super) fn ambient(&mut self, block: &mut Block) {
        let special = self.world.program.special;
        match self.context {
            Context::Pure => {
                let (node, kind) =
                    (self.operand(special.node), KindId::from_u32(self.world.dice.below(2) as u32));
                self.assign(block, special.bool, Rvalue::NodeIs(node, kind));
            }
            Context::Node(kind) => self.node_ambient(block, kind),
            Context::World => self.world_ambient(block),
            Context::Rule => self.rule_ambient(block),
        }
    }

    fn node_ambient(&mut self, block: &mut Block, kind: KindId) {
        let special = self.world.program.special;
        let field = FieldId::from_u32(self.world.dice.below(3) as u32);
        let ty = self.world.program.kinds[kind].fields[field].ty;
        match self.world.dice.below(8) {
            0 => drop(self.assign(block, special.node, Rvalue::SelfNode)),
            1 | 2 => drop(self.assign(block, ty, Rvalue::Field(field))),
            3 | 4 => {
                let value = self.operand(ty);
                self.push(block, StmtKind::StoreField(field, value));
            }
            5 => {
                let (to, body) = (self.operand(special.node), self.operand(special.message));
                self.push(block, StmtKind::Send { to, body });
            }
            6 => {
                let to = self.world.dice.one_in(2).then(|| self.operand(special.caller));
                let body = self.operand(special.output);
                self.push(block, StmtKind::Output { to, body });
            }
            _ => {
                let timer = self.operand(special.timer);
                let start = self.world.dice.one_in(2);
                self.push(
                    block,
                    if start { StmtKind::StartTimer(timer) } else { StmtKind::StopTimer(timer) },
                );
            }
        }
    }

    fn world_ambient(&mut self, block: &mut Block) {
        let special = self.world.program.special;
        let list = |writer: &mut Self, ty| writer.world.program.types.intern(Ty::List(ty));
        match self.world.dice.below(8) {
            0 | 1 => {
                // The last node is the only one of the second kind.
                let (node, kind) = [(0, 0), (1, 0), (2, 1)][self.world.dice.below(3)];
                let kind = KindId::from_u32(kind);
                let field = FieldId::from_u32(self.world.dice.below(3) as u32);
                let ty = self.world.program.kinds[kind].fields[field].ty;
                let node = self.world.program.constant(special.node, Value::Node(node));
                self.assign(block, ty, Rvalue::NodeField(node, kind, field));
            }
            2 => {
                let (ty, node) = (list(self, special.timer), self.operand(special.node));
                self.assign(block, ty, Rvalue::Timers(node));
            }
            3 => {
                let (ty, node) = (list(self, special.invocation), self.operand(special.node));
                self.assign(block, ty, Rvalue::Inputs(node));
            }
            4 => {
                let ty = list(self, special.event);
                self.assign(block, ty, Rvalue::Trace);
            }
            _ => self.network_ambient(block),
        }
    }

    fn network_ambient(&mut self, block: &mut Block) {
        let packet = self.world.program.special.packet;
        let packets = self.world.program.types.intern(Ty::List(packet));
        let var = VarId::from_u32(self.world.dice.below(2) as u32);
        let ty = self.world.program.network.vars[var].ty;
        match self.world.dice.below(4) {
            0 => drop(self.assign(block, ty, Rvalue::Var(var))),
            1 => drop(self.assign(block, packets, Rvalue::Packets)),
            2 => drop(self.assign(block, packets, Rvalue::DistinctPackets)),
            _ => drop(self.assign(block, packets, Rvalue::Heads)),
        }
    }

    fn rule_ambient(&mut self, block: &mut Block) {
        let packet = self.world.program.special.packet;
        let var = VarId::from_u32(self.world.dice.below(2) as u32);
        match self.world.dice.below(8) {
            0 => {
                let value = self.operand(self.world.program.network.vars[var].ty);
                self.push(block, StmtKind::StoreVar(var, value));
            }
            1 => {
                let packet = self.operand(packet);
                self.push(block, StmtKind::AddPacket(packet));
            }
            2 => {
                let packet = self.operand(packet);
                self.push(block, StmtKind::RemovePacket(packet));
            }
            _ => self.network_ambient(block),
        }
    }

    pub(super) fn fire(&mut self) -> Fire {
        let special = self.world.program.special;
        let at = self.operand(special.node);
        match self.world.dice.below(5) {
            0 => Fire::Input { invocation: self.operand(special.invocation), at },
            1 => Fire::Deliver(self.operand(special.packet)),
            2 => Fire::Timeout { timer: self.operand(special.timer), at },
            3 => Fire::Crash(at),
            _ => Fire::Reboot(at),
        }
    }
}
