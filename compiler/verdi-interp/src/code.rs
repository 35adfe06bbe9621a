use verdi_core::{FieldId, Fire, FuncId, LocalId, Operand, Rvalue, Span, VarId};

/// A function's body, laid out. It ends in a [`Instr::Return`].
#[derive(Clone, Debug, Default)]
pub(crate) struct Code {
    pub(crate) instrs: Vec<Instr>,
    /// The source of each instruction.
    pub(crate) spans: Vec<Span>,
    /// The statement that each instruction stands for, by its position among the function's; see [`crate::Follow`].
    pub(crate) stmts: Vec<u32>,
}

/// Of instructions that stand for no statement.
pub(crate) const NO_STMT: u32 = u32::MAX;

/// The position of an instruction in its [`Code`].
pub(crate) type At = usize;

/// An instruction: the statements of Core, with control flow turned into jumps.
#[derive(Clone, Debug)]
pub(crate) enum Instr {
    /// Any value but a call's.
    Assign(LocalId, Rvalue),
    /// Calls a function; its result, if it is wanted, goes to a local.
    Call(Option<LocalId>, FuncId, Vec<Operand>),
    /// Goes on elsewhere, leaving this many loops early.
    Jump {
        to: At,
        leaves: usize,
    },
    /// Goes on at the next instruction, or elsewhere where the operand is false.
    Branch {
        cond: Operand,
        otherwise: At,
    },
    /// Opens a loop over a list.
    LoopStart(Operand),
    /// Takes the next element, or closes the loop and goes on at `end`.
    LoopNext {
        element: LocalId,
        end: At,
    },
    Return(Option<Operand>),
    Assert(Operand, smol_str::SmolStr),
    StoreField(FieldId, Operand),
    Send {
        to: Operand,
        body: Operand,
    },
    Output {
        to: Option<Operand>,
        body: Operand,
    },
    StartTimer(Operand),
    StopTimer(Operand),
    StoreVar(VarId, Operand),
    AddPacket(Operand),
    RemovePacket(Operand),
    Fire(Fire),
}
