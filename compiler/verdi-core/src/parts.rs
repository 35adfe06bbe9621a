//! What is in a statement.

use crate::{Fire, FuncId, LocalId, Operand, Rvalue, Stmt, StmtKind};

impl Stmt {
    /// What it reads itself, in order; not what the statements in it do.
    pub fn operands(&self) -> Vec<Operand> {
        match &self.kind {
            StmtKind::Assign(_, value) => value.operands(),
            StmtKind::Call(_, args) => args.clone(),
            StmtKind::If(operand, ..)
            | StmtKind::For { list: operand, .. }
            | StmtKind::Assert(operand, _) => vec![*operand],
            StmtKind::Scope(..) | StmtKind::Leave(_) => Vec::new(),
            StmtKind::Return(value) => value.iter().copied().collect(),
            StmtKind::StoreField(_, operand) | StmtKind::StoreVar(_, operand) => vec![*operand],
            StmtKind::Send { to, body } => vec![*to, *body],
            StmtKind::Output { to, body } => to.iter().chain([body]).copied().collect(),
            StmtKind::StartTimer(operand) | StmtKind::StopTimer(operand) => vec![*operand],
            StmtKind::AddPacket(operand) | StmtKind::RemovePacket(operand) => vec![*operand],
            StmtKind::Fire(fire) => fire.operands(),
        }
    }

    /// The local that it assigns itself.
    pub fn assigns(&self) -> Option<LocalId> {
        match &self.kind {
            StmtKind::Assign(local, _) | StmtKind::For { element: local, .. } => Some(*local),
            _ => None,
        }
    }

    /// The function that it calls itself.
    pub fn callee(&self) -> Option<FuncId> {
        match &self.kind {
            StmtKind::Assign(_, Rvalue::Call(callee, _)) | StmtKind::Call(callee, _) => Some(*callee),
            _ => None,
        }
    }
}

impl Fire {
    /// What it reads, in order.
    pub fn operands(&self) -> Vec<Operand> {
        match self {
            Self::Input { invocation: what, at } | Self::Timeout { timer: what, at } => vec![*what, *at],
            Self::Deliver(operand) | Self::Crash(operand) | Self::Reboot(operand) => vec![*operand],
        }
    }
}

impl Rvalue {
    /// What it reads, in order.
    pub fn operands(&self) -> Vec<Operand> {
        match self {
            Self::Op(_, operands) | Self::List(operands) => operands.clone(),
            Self::Make(_, operands) | Self::Call(_, operands) => operands.clone(),
            Self::Use(operand) | Self::Is(operand, _) | Self::Get(operand, ..) => vec![*operand],
            Self::NodeField(node, ..) | Self::NodeIs(node, _) => vec![*node],
            Self::Timers(node) | Self::Inputs(node) => vec![*node],
            Self::SelfNode | Self::Field(_) | Self::Var(_) => Vec::new(),
            Self::Packets | Self::DistinctPackets | Self::Heads | Self::Trace => Vec::new(),
        }
    }
}
